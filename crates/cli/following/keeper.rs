//! Keeps the present state of a twin in a file, for `fork` and `what-if` to go on from.

use std::path::PathBuf;
use std::sync::Arc;

use live::divergence::Belief;
use live::twin::Twin;
use plant::element::ElementIndex;
use plant::part::PartTypeIndex;
use plant::registry::Registry;
use plant::run::Run;
use scenario::expand::Scenario;
use scenario::saved::Saved;

use crate::exit::Failure;
use crate::opened::unusable;
use crate::provenance;
use crate::studies::request::file_failure;

/// Where the state is kept, and what it was made from.
pub struct Keeper {
    /// The file.
    pub path: PathBuf,
    /// The twin at its beginning, with the files that it was read from.
    pub beginning: Arc<Saved>,
    /// The kinds of elements there are.
    pub registry: Arc<Registry>,
    /// The scenario as it is with these settings of the twin besides.
    pub scenario: (Vec<String>, Scenario),
}

impl Keeper {
    /// Writes the state of `twin` as it stands, whole or not at all.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn keep(&mut self, twin: &Twin) -> Result<(), Failure> {
        let settings = twin.settings();
        if self.scenario.0 != settings {
            let scenario = self.beginning.scenario(&settings, &self.registry).map_err(|error| unusable(&error))?;
            self.scenario = (settings, scenario);
        }
        let (file, before) = (&self.beginning.file, &self.beginning.settings);
        let set: Vec<String> = before.iter().chain(&self.scenario.0).cloned().collect();
        let mut saved = Saved::of(twin.mirror().run(), &self.scenario.1, file, &set, provenance::VERSION);
        saved.is_simulated = twin.mirror().is_simulated();
        let present = twin.present();
        if twin.mirror().particles().is_some() {
            saved.particles = present.states().iter().map(|state| state.to_vec()).collect();
        }
        let name = |element: ElementIndex| twin.plant().model.name(element).to_owned();
        let beliefs = present.beliefs().iter();
        saved.beliefs = beliefs.map(|(element, belief)| (name(*element), (belief.mean, belief.variance))).collect();
        saved.store(&self.path).map_err(|error| file_failure(&error))
    }
}

/// What was believed when `saved` was kept of how long work takes in `run`, which is one of it, perhaps under other parameters. Of work
/// that has other times now than in `before` nothing is: what was seen is no measure of them.
pub fn beliefs(saved: &Saved, before: &Run, run: &Run) -> Vec<(ElementIndex, Belief)> {
    let is_the_same = |element: ElementIndex| {
        let types = (0..run.plant().model.part_types.len()).map(|index| Some(PartTypeIndex(index as u16)));
        std::iter::once(None)
            .chain(types)
            .all(|part_type| run.process_time_of(element, part_type) == before.process_time_of(element, part_type))
    };
    let found = |(name, (mean, variance)): (&String, &(f64, f64))| {
        let element = run.plant().element(name).filter(|element| is_the_same(*element))?;
        Some((element, Belief { mean: *mean, variance: *variance }))
    };
    saved.beliefs.iter().filter_map(found).collect()
}
