//! A system of one's own: it runs between slices, every ten minutes of simulated time, and sees the World as any
//! bevy system does.

use std::collections::BTreeMap;

use bevy_ecs::prelude::{Commands, Query, Res, ResMut, Resource};
use kernel::SimTime;
use plant::element::ElementName;
use plant::run::Clock;

use crate::booth::Booth;

/// The lowest level of every tank and when it was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Resource)]
pub struct TankWatch {
    /// By booth: litres, and when.
    pub lowest: BTreeMap<String, (u32, SimTime)>,
}

/// Notes down the lowest level of each tank.
pub fn watch_tanks(
    mut commands: Commands<'_, '_>,
    clock: Res<'_, Clock>,
    watch: Option<ResMut<'_, TankWatch>>,
    booths: Query<'_, '_, (&ElementName, &Booth)>,
) {
    let mut seen = watch.as_deref().cloned().unwrap_or_default();
    for (name, booth) in &booths {
        let lowest = seen.lowest.entry(name.0.to_string()).or_insert((booth.level, clock.now));
        if booth.level < lowest.0 {
            *lowest = (booth.level, clock.now);
        }
    }
    match watch {
        Some(mut watch) => *watch = seen,
        None => commands.insert_resource(seen),
    }
}
