//! What a scenario may be made of: our own element kinds and those that plugins add.

use bevy_ecs::schedule::Schedule;
use kernel::SimDuration;

use crate::description::Code;
use crate::element::ElementKind;
use crate::kind::{Kind, own_kinds};
use crate::sensing::{SensorKind, own_sensors};

/// A crate's extension of the engine: element kinds and systems.
pub trait Plugin: Send + Sync {
    /// Adds what the plugin brings to `registry`.
    fn extend(&self, registry: &mut Registry);
}

/// A function that adds systems to the schedule that runs between slices.
pub type SystemsOf = fn(&mut Schedule);

/// The kinds and systems at hand.
#[derive(Debug, Clone)]
pub struct Registry {
    kinds: Vec<Kind>,
    sensors: Vec<SensorKind>,
    codes: Vec<&'static Code>,
    systems: Vec<(SystemsOf, SimDuration)>,
}

impl Default for Registry {
    fn default() -> Self {
        Registry { kinds: own_kinds(), sensors: own_sensors(), codes: Vec::new(), systems: Vec::new() }
    }
}

impl Registry {
    /// Our own kinds and those of `plugins`.
    #[must_use]
    pub fn with_plugins(plugins: &[&dyn Plugin]) -> Self {
        let mut registry = Registry::default();
        for plugin in plugins {
            plugin.extend(&mut registry);
        }
        registry
    }

    /// Adds an element kind; one of the same name is replaced.
    pub fn add_kind<K: ElementKind>(&mut self) -> &mut Self {
        self.kinds.retain(|kind| kind.name != K::NAME);
        self.kinds.push(Kind::of::<K>());
        self.sensors.retain(|sensor| sensor.name != K::NAME);
        if K::IS_SENSOR {
            self.sensors.push(SensorKind::of::<K>());
        }
        self
    }

    /// Adds codes that `explain` knows.
    pub fn add_codes(&mut self, codes: &[&'static Code]) -> &mut Self {
        self.codes.extend_from_slice(codes);
        self
    }

    /// Adds systems that run between slices, every `interval` of simulated time (and at the end of the run).
    ///
    /// They run one after another on one thread; two that touch the same data without a fixed order are an error
    /// when the run is built.
    pub fn add_systems(&mut self, systems: SystemsOf, interval: SimDuration) -> &mut Self {
        self.systems.push((systems, interval));
        self
    }

    /// The kinds, ours first.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The kind called `name`.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }

    /// The codes that plugins added.
    #[must_use]
    pub fn codes(&self) -> &[&'static Code] {
        &self.codes
    }

    /// The kinds that show readings.
    pub(crate) fn sensors(&self) -> &[SensorKind] {
        &self.sensors
    }

    pub(crate) fn systems(&self) -> &[(SystemsOf, SimDuration)] {
        &self.systems
    }
}
