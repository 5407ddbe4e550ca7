//! From arguments to a run that can begin: the scenario read and checked, seed and end decided.

use std::path::Path;
use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use plant::element::ElementIndex;
use plant::follow::Told;
use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::Run;
use scenario::expand::{self, Scenario};
use scenario::saved::{Saved, Unusable};
use study::case::Case;
use study::warm_up::settled;

use crate::arguments::{Changes, Selection};
use crate::exit::Failure;
use crate::interrupt;
use crate::output::{self, figure};
use crate::provenance::{self, Parameters};
use crate::studies::request::{duration, file_failure, warm_up_failure};

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
    /// Whether the end of the warm-up was found by pilot runs.
    pub warm_up_was_found: bool,
    /// Whether it goes on from a state that followed no plant but what plays one.
    pub is_simulated: bool,
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
        let (file, set) = (selection.file.clone(), set.clone());
        Ok(Opened { file, set, scenario, parameters, run_id, warm_up_was_found: false, is_simulated: false })
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
        self.warm_up_was_found = true;
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

    /// What `run`, which is one of this, is saved as. Where the warm-up ends is saved as it was found.
    pub fn save(&self, run: &Run) -> Saved {
        let mut settings = self.set.clone();
        if self.warm_up_was_found {
            settings.push(format!("clock.warm_up={} ns", self.plant().warm_up.as_nanos()));
        }
        let mut saved = Saved::of(run, &self.scenario, &self.file, &settings, provenance::VERSION);
        saved.is_simulated = self.is_simulated;
        saved
    }

    /// A saved run with further settings, that run as it stands, and the states that futures of it go on from.
    ///
    /// # Errors
    /// Settings that are wrong, or that make another plant of it.
    pub fn saved(
        saved: &Saved,
        set: &[String],
        until: Option<&str>,
        registry: &Arc<Registry>,
    ) -> Result<(Self, Run, Vec<Vec<u8>>), Failure> {
        let until = until.map(|until| duration("--until", until)).transpose()?;
        let forked = saved.fork(set, registry).map_err(|error| unusable(&error))?;
        let scenario::saved::Fork { scenario, mut run, states } = forked;
        let parameters =
            Parameters { seed: saved.seed, replication: saved.replication, until_ns: until.map(SimDuration::as_nanos) };
        let ends = SimTime::ZERO + until.unwrap_or(scenario.plant.horizon);
        if ends <= run.now() {
            let [now, ends] = [run.now(), ends].map(|at| figure::duration(at - SimTime::ZERO));
            let message = format!("the run was saved at {now}, and is to end at {ends}");
            return Err(Failure::usage(message, "give a later end with --until"));
        }
        run.set_horizon(ends);
        // The state of a twin waits to be told what the plant does; here nobody tells it any more.
        for index in 0..scenario.plant.model.elements.len() {
            let element = ElementIndex(index as u32);
            if run.told(element) != Told::default() {
                run.tell(element, Told::default());
            }
        }
        let run_id = provenance::run_id(&scenario.loaded, &parameters);
        let set = saved.settings.iter().cloned().chain(saved.further(set)).collect();
        let file = saved.file.clone();
        let is_simulated = saved.is_simulated;
        let opened = Opened { file, set, scenario, parameters, run_id, warm_up_was_found: false, is_simulated };
        Ok((opened, run, states))
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

/// A saved run that cannot be gone on with.
pub fn unusable(error: &Unusable) -> Failure {
    match error {
        Unusable::File(error) => file_failure(error),
        Unusable::Rejected(rejected) => Failure::rejected(rejected),
        Unusable::NotSaved(reason) => {
            Failure::invalid(reason, "`linewright run FILE --until TIME --save NAME` saves a run")
        }
        Unusable::Misfit(misfit) => Failure::invalid(
            format!("the saved run cannot go on: {misfit}"),
            "what there is in a plant cannot change in a fork, only what it is like",
        ),
        Unusable::Run(error) => Failure::ended(error),
    }
}

/// That a run can be saved in a file at `path`, as far as can be told before.
///
/// # Errors
/// A folder that is not there, or a folder where the file belongs.
pub fn can_be_saved(path: &Path) -> Result<(), Failure> {
    is_a_place("--save", path, "plant.saved")
}

/// That a file can stand at the place that `option` gives.
///
/// # Errors
/// If its folder is not there, or if it is a folder itself.
pub fn is_a_place(option: &str, path: &Path, example: &str) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let message = format!("{option} {}: there is no folder {}", path.display(), folder.display());
        return Err(Failure::missing(message, "make the folder first, or name a file in another one"));
    }
    if path.is_dir() {
        let message = format!("{option} {} is a folder, and what is written is a file", path.display());
        return Err(Failure::usage(message, &format!("name a file in it, as in {example}")));
    }
    Ok(())
}
