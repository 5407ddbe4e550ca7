//! Sinks: where finished parts leave the plant.

use bevy_ecs::component::Component;

use crate::description::describe;
use crate::element::{At, Door, ElementKind, Streams};
use crate::floor::Floor;
use crate::part::PartId;
use crate::plan::Planner;

describe! {
    /// Where parts leave the plant as finished.
    pub struct Sink {
    }
}

/// A sink changes nothing but the books.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct SinkState;
kernel::persist!(
    struct SinkState {}
);

impl ElementKind for Sink {
    const NAME: &'static str = "Sink";
    const EXAMPLE: &'static str = "Sink()";
    type Plan = ();
    type State = SinkState;

    fn plan(&self, _planner: &mut Planner<'_>) {}

    fn door(_plan: &()) -> Door {
        Door::Places(u32::MAX)
    }

    fn begin(_plan: &(), _streams: &Streams<'_>) -> SinkState {
        SinkState
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        floor.unit_mut(at.me).ships = true;
    }

    fn arrive(at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        let part_type = floor.parts()[part].part_type;
        floor.ship(at.me, part);
        floor.free_place(at.me, part_type);
    }
}
