//! An example of extending Linewright from a crate of one's own: a paint booth with a paint tank, and a system that
//! keeps an eye on the tanks. Nothing of the engine is touched; the plugin adds both.
//!
//! ```text
//!            part          coated part
//!   source -------> booth -------------> sink        every coat takes paint out of the tank;
//!                   [tank]                            an empty tank is refilled before the next coat
//! ```

mod booth;
mod watch;

use kernel::SimDuration;
use plant::registry::{Plugin, Registry};

pub use booth::{Booth, PaintBooth};
pub use watch::{TankWatch, watch_tanks};

/// The plugin: hand it to `linewright::main_with` or to `plant::registry::Registry::with_plugins`.
#[derive(Debug, Clone, Copy, Default)]
pub struct PaintShop;

impl Plugin for PaintShop {
    fn extend(&self, registry: &mut Registry) {
        registry.add_kind::<PaintBooth>().add_codes(booth::CODES);
        registry.add_systems(
            |schedule| {
                schedule.add_systems(watch_tanks);
            },
            SimDuration::from_minutes(10),
        );
    }
}
