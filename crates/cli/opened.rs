//! From arguments to a run that can begin: the scenario read and checked, seed and end decided.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use plant::description::{Describe, Node, Origin, Reader};
use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::Run;
use scenario::expand::{self, Scenario};
use scenario::load::Rejected;
use scenario::sources::Sources;

use crate::arguments::Selection;
use crate::exit::Failure;
use crate::provenance::{self, Parameters};

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
        let until = selection.until.as_deref().map(duration).transpose()?;
        let scenario =
            expand::open(&selection.file, &selection.set, registry).map_err(|rejected| Failure::rejected(&rejected))?;
        let parameters = Parameters {
            seed: selection.seed.unwrap_or(scenario.seed),
            replication: selection.replication.unwrap_or(0),
            until_ns: until.map(SimDuration::as_nanos),
        };
        let run_id = provenance::run_id(&scenario.loaded, &parameters);
        Ok(Opened { file: selection.file.clone(), set: selection.set.clone(), scenario, parameters, run_id })
    }

    /// The plant.
    pub fn plant(&self) -> &Arc<Plant> {
        &self.scenario.plant
    }

    /// The scenario's name, or its file's where it has none.
    pub fn name(&self) -> &str {
        let name: &str = &self.scenario.plant.name;
        if name.is_empty() { file_stem(&self.file) } else { name }
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

/// `plants/line.ron` without folder and ending.
fn file_stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.strip_suffix(".ron").filter(|stem| !stem.is_empty()).unwrap_or(name)
}

/// The duration after `--until`, with the same complaints as in a scenario.
fn duration(text: &str) -> Result<SimDuration, Failure> {
    let sources = Sources::default();
    let complaints = match sources.add_text("--until", text, "") {
        Ok(source) => {
            let node = Node::text(text).at(Origin::new(source, 0, text.len() as u32));
            let mut reader = Reader::new(&sources);
            if let Some(duration) = SimDuration::read(&node, &mut reader) {
                return Ok(duration);
            }
            reader.into_complaints()
        }
        Err(complaint) => vec![complaint],
    };
    Err(Failure::rejected(&Rejected { sources, complaints }).into_usage())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_without_a_name_goes_by_its_file() {
        for (file, name) in [("a/line.ron", "line"), ("line", "line"), ("c:\\x\\line.ron", "line"), (".ron", ".ron")] {
            assert_eq!(file_stem(file), name);
        }
    }

    #[test]
    fn until_is_a_duration_with_its_unit() {
        assert_eq!(duration("1 h 30 min").ok(), Some(SimDuration::from_minutes(90)));
        for wrong in ["90", "", "ninety minutes", "-1 h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
