//! Worlds that have been used: making one and telling it every kind of component costs more than a short run.
//!
//! What a run leaves in its World is taken out again; what stays is what the World knows of kinds of components, and its memory.
//! Nothing observable depends on entity ids, so a run in such a World is the run in a new one.

use std::cell::RefCell;

use bevy_ecs::prelude::World;

use super::slice::ElementQuery;
use super::{Clock, Run};
use crate::floor::Shop;

/// Runs in one World: far fewer than its generations of entities and ticks of change.
const MOST_USES: u32 = 10_000;

thread_local! {
    /// A World of this thread that nobody uses.
    static SPARE: RefCell<Option<Spare>> = const { RefCell::new(None) };
}

/// A World without entities of ours.
pub(super) struct Spare {
    pub world: World,
    pub query: ElementQuery,
    /// Runs that it has seen before.
    pub uses: u32,
}

pub(super) fn take() -> Spare {
    SPARE.with_borrow_mut(Option::take).unwrap_or_else(|| {
        let mut world = World::new();
        crate::facet::register_facets(&mut world);
        let query = world.query_filtered();
        Spare { world, query, uses: 0 }
    })
}

impl Run {
    /// Ends the run for good; the next one of this thread begins sooner for it.
    pub fn retire(self) {
        let Run { mut world, elements, entities, systems, uses, .. } = self;
        // Systems of plugins may have left anything behind.
        if !systems.is_empty() || uses >= MOST_USES {
            return;
        }
        for entity in entities {
            world.despawn(entity);
        }
        world.remove_resource::<Shop>();
        world.remove_resource::<Clock>();
        // Otherwise the World would keep a record of every component that was ever removed.
        world.clear_trackers();
        SPARE.set(Some(Spare { world, query: elements.query, uses: uses + 1 }));
    }
}
