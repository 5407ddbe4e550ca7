//! `linewright check`: everything that is wrong with some scenarios, without playing them.

use std::sync::Arc;

use plant::description::Complaint;
use plant::plant::Plant;
use plant::registry::Registry;
use scenario::diagnostic::{self, Row, Style};
use scenario::expand;
use scenario::sources::Sources;
use serde::Serialize;

use crate::arguments::{Check, Format};
use crate::exit::{Exit, Failure, exit_of};
use crate::output::{self, GOOD, figure, styled};

/// What JSON says of one file.
#[derive(Debug, Serialize)]
struct FileResult<'a> {
    file: &'a str,
    ok: bool,
    elements: Option<usize>,
    complaints: Vec<ComplaintResult>,
}

/// What JSON says of one complaint.
#[derive(Debug, Serialize)]
struct ComplaintResult {
    code: &'static str,
    severity: &'static str,
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    end_column: Option<usize>,
    message: String,
    label: String,
    help: Option<String>,
}

impl From<Row> for ComplaintResult {
    fn from(row: Row) -> Self {
        let Row { file, line, column, end_column, code, is_warning, message, label, help } = row;
        let severity = if is_warning { "warning" } else { "error" };
        ComplaintResult { code, severity, file, line, column, end_column, message, label, help }
    }
}

/// Checks every file and tells of all of them.
///
/// # Errors
/// If the result cannot be written. Wrong scenarios are a result, told by the exit code.
pub fn check(arguments: &Check, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let mut results = Vec::new();
    let mut mistakes = 0;
    let mut wrong_files = 0;
    let mut exit = Exit::Done;
    for file in &arguments.files {
        let outcome = expand::open(file, &arguments.set, registry);
        match &outcome {
            Ok(scenario) => {
                if arguments.format == Format::Human {
                    output::warn(scenario);
                    output::print(&good_line(file, &scenario.plant))?;
                }
            }
            Err(rejected) => {
                mistakes += rejected.complaints.len();
                wrong_files += 1;
                // A scenario that stays wrong weighs more than a file that may be there tomorrow.
                exit = if exit == Exit::Invalid { exit } else { exit_of(rejected) };
                if arguments.format == Format::Human {
                    let text = diagnostic::render(&rejected.complaints, &rejected.sources, Style::Coloured);
                    output::complain(&format!("{text}\n"));
                }
            }
        }
        results.push(FileResult {
            file,
            ok: outcome.is_ok(),
            elements: outcome.as_ref().ok().map(|scenario| scenario.plant.model.elements.len()),
            complaints: match &outcome {
                Ok(scenario) => rows(&scenario.plant.warnings, &scenario.loaded.sources),
                Err(rejected) => rows(&rejected.complaints, &rejected.sources),
            },
        });
    }
    match arguments.format {
        Format::Json => output::print_json(&results)?,
        Format::Human if mistakes > 0 => {
            let mistakes = figure::counted(mistakes as u64, "mistake");
            let files = figure::counted(arguments.files.len() as u64, "file");
            let text = match arguments.files.len() {
                1 => mistakes,
                _ => format!("{mistakes} in {wrong_files} of {files}"),
            };
            output::complain(&output::error_line(&text));
        }
        Format::Human => {}
    }
    Ok(exit)
}

fn rows(complaints: &[Complaint], sources: &Sources) -> Vec<ComplaintResult> {
    diagnostic::rows(complaints, sources).into_iter().map(Into::into).collect()
}

fn good_line(file: &str, plant: &Plant) -> String {
    let elements = figure::counted(plant.model.elements.len() as u64, "element");
    let part_types = figure::counted(plant.model.part_types.len() as u64, "part type");
    format!("{} {file}: {elements}, {part_types}, {}\n", styled(GOOD, "ok"), figure::duration(plant.horizon))
}
