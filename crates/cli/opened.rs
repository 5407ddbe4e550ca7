//! From arguments to a run that can begin: the scenario read and checked, seed and end decided.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::Run;
use scenario::expand::{self, Scenario};
use study::case::Case;
use study::warm_up::settled;

use crate::arguments::{Changes, Selection};
use crate::exit::Failure;
use crate::interrupt;
use crate::output::{self, figure};
use crate::provenance::{self, Parameters};
use crate::studies::request::{duration, warm_up_failure};

/// A scenario as selected on the command line, checked.
#[derive(Debug)]
pub struct Opened {
    /// The file as given.
    pub file: String,
    /// The texts after `--set`.
    pub set: Vec<String>,
    /// The scenario.
    pub scenario: Scenario,
    /// The seed and replication that will be played.
    pub parameters: Parameters,
    /// The name of this run.
    pub run_id: String,
}

impl Opened {
    /// Reads and checks what `selection` names.
    ///
    /// # Errors
    /// Everything that is wrong with the scenario and with `--until`, all at once.
    pub fn new(selection: &Selection, registry: &Arc<Registry>) -> Result<Self, Failure> {
        let Changes { set, seed, until } = &selection.changes;
        let until = until.as_deref().map(|until| duration("--until", until)).transpose()?;
        let scenario = expand::open(&selection.file, set, registry).map_err(|rejected| Failure::rejected(&rejected))?;
        let parameters = Parameters {
            seed: seed.unwrap_or(scenario.seed),
            replication: selection.replication.unwrap_or(0),
            until_ns: until.map(SimDuration::as_nanos),
        };
        let run_id = provenance::run_id(&scenario.loaded, &parameters);
        Ok(Opened { file: selection.file.clone(), set: set.clone(), scenario, parameters, run_id })
    }

    /// Finds the end of the warm-up, if the scenario leaves that to pilot runs, and says what was found.
    ///
    /// # Errors
    /// If it was not found.
    pub fn settle(&mut self) -> Result<(), Failure> {
        if self.scenario.plant.warm_up_search.is_none() {
            return Ok(());
        }
        let case = Case {
            name: self.file.clone(),
            plant: self.scenario.plant.clone(),
            seed: self.parameters.seed,
            until: self.parameters.until_ns.map(SimTime::from_nanos),
        };
        interrupt::listen();
        self.scenario.plant = settled(&case, &interrupt::is_asked).map_err(|error| warm_up_failure(&error))?;
        let text = format!("MSER-5 ends the warm-up at {}", figure::duration(self.scenario.plant.warm_up));
        output::complain(&format!("{}\n", output::styled(output::QUIET, text)));
        Ok(())
    }

    /// The plant.
    pub fn plant(&self) -> &Arc<Plant> {
        &self.scenario.plant
    }

    /// The scenario's name, or its file's where it has none.
    pub fn name(&self) -> &str {
        study::plan::name_of(&self.scenario, &self.file)
    }

    /// A new run of it.
    ///
    /// # Errors
    /// If the systems of a plugin cannot be put in order.
    pub fn run(&self) -> Result<Run, Failure> {
        let mut run = Run::new(self.plant().clone(), self.parameters.seed, self.parameters.replication)
            .map_err(|error| Failure::ended(&error))?;
        if let Some(until) = self.parameters.until_ns {
            run.set_horizon(SimTime::from_nanos(until));
        }
        Ok(run)
    }
}
