//! From arguments to a study that can be played, and what is said where that is not possible.

use std::path::Path;
use std::sync::Arc;

use kernel::SimDuration;
use plant::kpi::{Column, columns};
use plant::model::Model;
use plant::registry::Registry;
use study::directory::{Directory, OpenError};
use study::exec::ExecError;
use study::journal::staged::FileError;
use study::plan::{Kind, Plan, Refused, Study};
use study::warm_up::WarmUpError;

use crate::arguments::Changes;
use crate::exit::Failure;
use crate::output;
use crate::provenance::LONG_VERSION;

/// KPIs that are of interest where nobody says which.
const USUAL_KPIS: [&str; 8] = [
    "throughput",
    "flow_time.mean",
    "flow_time.p95",
    "wip",
    "on_time_delivery",
    "quality_ratio",
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
/// A wrong scenario, or a request that makes no sense.
pub fn open(plan: Plan, registry: &Arc<Registry>) -> Result<Study, Failure> {
    let study = Study::open(plan, None, LONG_VERSION, registry).map_err(refused)?;
    study.scenarios().for_each(output::warn);
    wanted(&study, &study.base().plant.model)?;
    Ok(study)
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
/// If the directory cannot be written, or is a file.
pub fn lay_out(directory: &Directory, study: &Study) -> Result<(), Failure> {
    if directory.path().is_file() {
        return Err(no_directory(directory.path()));
    }
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
            "`linewright plan FILE --out DIR` lays one out; `run`, `compare` and `sweep` do with --out DIR",
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

/// A share such as a confidence.
///
/// # Errors
/// If it is none.
pub fn checked_confidence(confidence: f64) -> Result<f64, Failure> {
    if confidence > 0.0 && confidence < 1.0 {
        return Ok(confidence);
    }
    let help = "--confidence takes a share between 0 and 1, such as 0.95";
    Err(Failure::usage(format!("nobody can be sure to {confidence}"), help))
}

/// The text that sets a sweep of axes, each as in `PATH=[VALUE, ...]` or `PATH=VALUE, ...`.
///
/// # Errors
/// An axis without a path or values.
pub fn sweep_of_axes(axes: &[String]) -> Result<Option<String>, Failure> {
    if axes.is_empty() {
        return Ok(None);
    }
    let mut written = Vec::new();
    for axis in axes {
        let Some((path, values)) = axis.split_once('=').filter(|(_, values)| !values.trim().is_empty()) else {
            let help = "write, for example, --axis 'mill.capacity=[1, 2, 3]'";
            return Err(Failure::usage(format!("`{axis}` is no axis"), help));
        };
        let values = values.trim();
        let is_list = values.starts_with('[');
        let plain = parts(values, ',').into_iter().map(|value| plain_value(value.trim()));
        let list = if is_list { values.to_owned() } else { format!("[{}]", plain.collect::<Vec<_>>().join(", ")) };
        written.push(format!("Axis({:?}, {list})", path.trim()));
    }
    Ok(Some(format!("sweep=Product([{}])", written.join(", "))))
}

/// A value typed without quotes: numbers and words of the vocabulary stay, everything else is a text.
fn plain_value(value: &str) -> String {
    let is_written = value.starts_with('"') || value.parse::<f64>().is_ok() || value.ends_with(')');
    let is_word = value.starts_with(char::is_uppercase) && value.chars().all(char::is_alphanumeric);
    if is_written || is_word { value.to_owned() } else { format!("{value:?}") }
}

/// The changes of a variant on the command line, parted at `;`.
pub fn changes(text: &str) -> Vec<String> {
    let parts = parts(text, ';').into_iter();
    parts.map(|change| change.trim().to_owned()).filter(|change| !change.is_empty()).collect()
}

/// `text` parted at a mark, but for those in quotes and brackets.
fn parts(text: &str, mark: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut in_quotes, mut depth) = (false, 0_i32);
    for character in text.chars() {
        in_quotes ^= character == '"';
        depth += match character {
            '(' | '[' | '{' if !in_quotes => 1,
            ')' | ']' | '}' if !in_quotes => -1,
            _ => 0,
        };
        match parts.last_mut() {
            Some(last) if character != mark || in_quotes || depth > 0 => last.push(character),
            _ => parts.push(String::new()),
        }
    }
    parts
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
        ExecError::Case(entry, complaints) => {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_parted_at_semicolons_outside_of_quotes() {
        assert_eq!(changes("a.b=1; c=\"x;y\" ;"), ["a.b=1", "c=\"x;y\""]);
        assert!(changes(" ; ").is_empty());
    }

    #[test]
    fn axes_are_written_as_a_scenario_would() {
        let axes = [
            "mill.queue=1, 2".to_owned(),
            "mill.process_time=[\"40 s\"]".to_owned(),
            "a.b=40 s,Lifo,Uniform(\"1 s\", \"2 s\")".to_owned(),
        ];
        let written = sweep_of_axes(&axes).ok().flatten();
        let expected = r#"sweep=Product([Axis("mill.queue", [1, 2]), Axis("mill.process_time", ["40 s"]), Axis("a.b", ["40 s", Lifo, Uniform("1 s", "2 s")])])"#;
        assert_eq!(written.as_deref(), Some(expected));
        assert!(sweep_of_axes(&["mill.queue".to_owned()]).is_err());
    }
}
