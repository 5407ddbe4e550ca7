//! `linewright status`: how far a study is, without playing or writing anything.

use std::sync::Arc;

use plant::registry::Registry;
use serde::Serialize;
use study::result;

use super::request::{self, file_failure};
use super::series;
use crate::arguments::{Format, Status};
use crate::exit::{Exit, Failure};
use crate::output::{self, ALARMING, GOOD, HEADING, QUIET, figure, styled};
use crate::progress::Progress;

/// What JSON says.
#[derive(Debug, Serialize)]
struct Stand {
    cases: u64,
    complete_cases: u64,
    runs: u64,
    complete: bool,
    /// Runs that are there behind one that is missing; they count when it is there.
    waiting_runs: u64,
    /// Runs that the present plan does not ask for.
    other_runs: u64,
    segments: usize,
    damaged: Vec<String>,
    missing: Option<Missing>,
}

#[derive(Debug, Serialize)]
struct Missing {
    case: u64,
    replication: u64,
}

/// Shows how far it is; exit code 3 as long as runs are missing.
///
/// # Errors
/// A directory without a study, or files that cannot be read.
pub fn status(arguments: &Status, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let (directory, study) = request::open_directory(&arguments.directory, registry)?;
    let journal = series::open_journal(&directory, false)?;
    let mut of_plan = 0;
    let mut progress = Progress::new("counting");
    let all = study.count().max(1) as f64;
    let extent = result::count(&study, &journal, &mut |entry| {
        of_plan += journal.count(&entry.id, 0..u64::MAX);
        progress.at(entry.index as f64 / all);
    });
    progress.end();
    let extent = extent.map_err(|error| file_failure(&error))?;
    let tables = result::damaged(&directory.results()).map_err(|error| file_failure(&error))?;
    let (stored, segments) = journal.size();
    let damaged = journal.damaged().iter().map(|damaged| damaged.path.display().to_string());
    let stand = Stand {
        cases: extent.cases,
        complete_cases: extent.complete,
        runs: extent.runs,
        complete: extent.is_complete(),
        waiting_runs: if extent.is_complete() { 0 } else { of_plan.saturating_sub(extent.runs) },
        other_runs: stored.saturating_sub(if extent.is_complete() { extent.runs } else { of_plan }),
        segments,
        damaged: damaged.chain(tables.iter().map(|path| path.display().to_string())).collect(),
        missing: extent.missing.map(|(case, replication)| Missing { case, replication }),
    };
    for table in &tables {
        let what = format!("{}: it is not what was written; `linewright merge` writes it again", table.display());
        output::complain(&output::warning_line(&what));
    }
    match arguments.format {
        Format::Json => output::print_json(&stand)?,
        Format::Human => {
            let mut text = format!("{}  {}\n", styled(HEADING, study.name()), styled(QUIET, &study.plan.files[0]));
            let of_all = format!("{} of {}", figure::count(stand.complete_cases), figure::counted(stand.cases, "case"));
            match &stand.missing {
                None => text.push_str(&format!(
                    "{}: {of_all}, {}\n",
                    styled(GOOD, "complete"),
                    figure::counted(stand.runs, "run")
                )),
                Some(missing) => text.push_str(&format!(
                    "{}: {of_all}, {}; the first that is missing is replication {} of case {}\n",
                    styled(ALARMING, "incomplete"),
                    figure::counted(stand.runs, "run"),
                    missing.replication,
                    missing.case
                )),
            }
            if stand.waiting_runs > 0 {
                let waiting = figure::counted(stand.waiting_runs, "run");
                let text_of = format!("{waiting} behind missing ones are there already");
                text.push_str(&format!("{}\n", styled(QUIET, text_of)));
            }
            if stand.other_runs > 0 {
                let other = figure::counted(stand.other_runs, "further run");
                text.push_str(&format!("{}\n", styled(QUIET, format!("{other} that this plan does not count"))));
            }
            output::print(&text)?;
        }
    }
    Ok(if stand.complete { Exit::Done } else { Exit::Incomplete })
}
