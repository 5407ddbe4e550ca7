//! From arguments to a study that can be played, and what is said where that is not possible.

use std::path::Path;
use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use plant::kpi::{Column, columns};
use plant::model::Model;
use plant::plant::Plant;
use plant::registry::Registry;
use scenario::staged::FileError;
use study::directory::{Directory, OpenError};
use study::exec::ExecError;
use study::plan::{Kind, Plan, Refused, Study};
use study::warm_up::WarmUpError;

use super::typed::{Typed, point};
use crate::arguments::Changes;
use crate::exit::Failure;
use crate::inputs::Inputs;
use crate::output::{self, figure};
use crate::provenance::LONG_VERSION;

/// KPIs that are of interest where nobody says which.
const USUAL_KPIS: [&str; 9] = [
    "throughput",
    "flow_time.mean",
    "flow_time.p95",
    "wip",
    "on_time_delivery",
    "quality_ratio",
    "cost_per_good_part",
    "energy_per_good_part",
    "co2e_per_good_part",
];

/// A plan of nothing but files.
pub fn plan_of(kind: Kind, files: &[String]) -> Plan {
    Plan {
        kind,
        files: files.to_vec(),
        set: Vec::new(),
        variants: Vec::new(),
        seed: None,
        until: None,
        replications: None,
        replication: 0,
        kpis: Vec::new(),
        confidence: 0.95,
        runs: None,
    }
}

/// Lets `plan` say what is changed about its scenarios.
pub fn change(plan: &mut Plan, changes: &Changes) {
    plan.set.clone_from(&changes.set);
    plan.seed = changes.seed;
    plan.until.clone_from(&changes.until);
}

/// Reads what `plan` asks for, and shows warnings.
///
/// # Errors
/// As [`read`].
pub fn open(plan: Plan, typed: Typed<'_>, registry: &Arc<Registry>) -> Result<Study, Failure> {
    let study = read(plan, typed, registry)?;
    study.scenarios().for_each(output::warn);
    Ok(study)
}

/// Reads what `plan` asks for; complaints point at what was `typed`.
///
/// # Errors
/// A wrong scenario, or a request that makes no sense.
pub fn read(plan: Plan, typed: Typed<'_>, registry: &Arc<Registry>) -> Result<Study, Failure> {
    let study = Study::open(plan, None, LONG_VERSION, registry).map_err(|mut why| {
        if let Refused::Scenario(rejected) = &mut why {
            typed.add_to(&rejected.sources);
            point(&mut rejected.complaints, &rejected.sources);
        }
        refused(why)
    })?;
    study.scenarios().for_each(|scenario| typed.add_to(&scenario.loaded.sources));
    if let Some(until) = study.until {
        for scenario in study.scenarios() {
            observed(&scenario.plant, until - SimTime::ZERO)?;
            scenario.study.variants.iter().try_for_each(|variant| observed(&variant.plant, until - SimTime::ZERO))?;
        }
    }
    wanted(&study, &study.base().plant.model)?;
    Ok(study)
}

/// That a run of `plant` which ends after `until` is longer than its warm-up. One that is still to be found ends before that.
///
/// # Errors
/// If it is not.
pub fn observed(plant: &Plant, until: SimDuration) -> Result<(), Failure> {
    if plant.warm_up_search.is_some() || until > plant.warm_up {
        return Ok(());
    }
    let (until, warm_up) = (figure::duration(until), figure::duration(plant.warm_up));
    let help = "give --until a later time, or shorten the warm-up as with --set 'clock.warm_up=0 s'";
    Err(Failure::usage(
        format!("--until {until} ends the run within its warm-up of {warm_up}: nothing is observed"),
        help,
    ))
}

/// Opens the study that was laid out in the directory at `path`.
///
/// # Errors
/// If there is none, or one that this engine cannot play.
pub fn open_directory(path: &Path, registry: &Arc<Registry>) -> Result<(Directory, Study), Failure> {
    let directory = Directory::at(path);
    let study = directory.open(LONG_VERSION, registry).map_err(open_error)?;
    Ok((directory, study))
}

/// A file where a directory belongs.
pub fn no_directory(path: &Path) -> Failure {
    Failure::usage(format!("{} is a file, and a study is a directory", path.display()), "give the name of a directory")
}

/// Lays a study out in a directory, and says so if another one was there.
///
/// # Errors
/// If the directory cannot be written, or is a file, or if the plan would be written over what the study was read from.
pub fn lay_out(directory: &Directory, study: &Study) -> Result<(), Failure> {
    if directory.path().is_file() {
        return Err(no_directory(directory.path()));
    }
    Inputs::of(study.base()).spare("--out", Some(&directory.plan()))?;
    if directory.lay_out(study).map_err(|error| file_failure(&error))? {
        let path = directory.path().display();
        let text =
            format!("{path} held another plan: it is replaced; runs that this one asks for too are not repeated");
        output::complain(&format!("{}\n", output::styled(output::QUIET, text)));
    }
    Ok(())
}

/// Why a directory cannot be opened.
pub fn open_error(error: OpenError) -> Failure {
    match error {
        OpenError::File(error) => file_failure(&error),
        OpenError::NoDirectory(path) => no_directory(&path),
        OpenError::NoStudy(path) => Failure::usage(
            format!("there is no study in {}", path.display()),
            "`linewright plan FILE --out DIR` lays one out; `run`, `compare`, `sweep` and `select` do with --out DIR",
        ),
        OpenError::Refused(why) => refused(why),
        OpenError::OtherEngine(other) => Failure::usage(
            format!("this study was laid out by another engine, {other}; this one is {LONG_VERSION}"),
            "runs of two engines are not mixed: use that engine, or lay the study out again with this one",
        ),
    }
}

/// The KPIs of interest, in the order asked for, as far as a plant with that model has them.
///
/// # Errors
/// A KPI that was asked for and that there is not.
pub fn wanted(study: &Study, model: &Model) -> Result<Vec<Column>, Failure> {
    let columns = columns(model);
    let asked = &study.plan.kpis;
    if asked.is_empty() {
        let find = |key: &&str| columns.iter().find(|column| column.to_string() == **key).cloned();
        return Ok(USUAL_KPIS.iter().filter_map(find).collect());
    }
    let mut wanted = Vec::new();
    for address in asked {
        match columns.iter().find(|column| column.to_string() == *address) {
            Some(column) => wanted.push(column.clone()),
            None => {
                let known: Vec<String> = columns.iter().map(ToString::to_string).collect();
                let near = plant::description::nearest(address, known.iter().map(String::as_str));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "docs/kpis.md lists all KPIs; an element's is written as in `oee@mill`".to_owned(),
                };
                return Err(Failure::usage(format!("there is no KPI `{address}`"), &help));
            }
        }
    }
    Ok(wanted)
}

/// The duration after an option.
///
/// # Errors
/// If it is none.
pub fn duration(option: &str, text: &str) -> Result<SimDuration, Failure> {
    study::plan::duration(option, text).map_err(|why| refused(why).into_usage())
}

/// What is wrong with a plan.
pub fn refused(refused: Refused) -> Failure {
    match refused {
        Refused::Scenario(rejected) => Failure::rejected(&rejected),
        Refused::Request(message, help) => Failure::usage(message, &help),
    }
}

/// What is wrong with a file.
pub fn file_failure(error: &FileError) -> Failure {
    // Only a pipe that nobody reads is no mistake; for a file it would be one.
    let cause = std::io::Error::other(error.error.to_string());
    Failure::input_output(&format!("cannot use {}", error.path.display()), &cause)
}

/// Why the end of a warm-up was not found.
pub fn warm_up_failure(error: &WarmUpError) -> Failure {
    match error {
        WarmUpError::Run(error) => Failure::ended(error),
        WarmUpError::Unsettled { .. } => Failure::invalid(
            error.to_string(),
            "make `clock.horizon` longer or give `clock.warm_up` as a duration; a plant that gets more than it can do never settles",
        ),
        WarmUpError::Interrupted => Failure::interrupted(error.to_string()),
    }
}

/// Why a study could not go on.
pub fn exec_failure(study: &Study, error: ExecError) -> Failure {
    match error {
        ExecError::File(error) => file_failure(&error),
        ExecError::Case(entry, mut complaints) => {
            point(&mut complaints, &study.base().loaded.sources);
            output::complain(&output::warning_line(&format!("case {} cannot be played:", entry.name)));
            Failure::complaints(&complaints, &study.base().loaded.sources)
        }
        ExecError::WarmUp(error) => warm_up_failure(&error),
        ExecError::Run(entry, replication, error) => {
            output::complain(&output::warning_line(&format!("in replication {replication} of {}:", entry.name)));
            Failure::ended(&error)
        }
    }
}
