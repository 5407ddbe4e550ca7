//! `linewright diff`: plays two runs side by side and names the first event in which they differ.

use std::path::Path;
use std::sync::Arc;

use kernel::SimTime;
use plant::registry::Registry;
use plant::run::Run;
use scenario::saved::{Saved, Unusable};
use serde::Serialize;

use crate::arguments::{Changes, Diff, Format, Selection};
use crate::exit::{Exit, Failure};
use crate::opened::{Opened, unusable};
use crate::output::{self, ALARMING, GOOD, figure, styled};
use crate::verify::side_by_side::{Difference, parting};

/// What JSON says of it.
#[derive(Debug, Serialize)]
struct Found<'a> {
    one: &'a str,
    other: &'a str,
    same: bool,
    difference: Option<&'a Difference>,
}

/// Plays and compares.
///
/// # Errors
/// Files that are neither scenarios nor saved runs, or settings that are wrong.
pub fn diff(arguments: &Diff, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let other = arguments.other.as_ref().unwrap_or(&arguments.one);
    let runs = [run(&arguments.one, &[], None, registry)?, run(other, &arguments.set, arguments.seed, registry)?];
    if runs[0].now() != runs[1].now() {
        let [one, other] = runs.each_ref().map(|run| figure::duration(run.now() - SimTime::ZERO));
        return Err(Failure::usage(
            format!("one begins at {one} and the other at {other}"),
            "compare two scenarios, or two runs that were saved at the same time",
        ));
    }
    let difference = parting(runs);
    let same = difference.elements.is_empty() && difference.events.is_none();
    match arguments.format {
        Format::Json => {
            output::print_json(&Found { one: &arguments.one, other, same, difference: (!same).then_some(&difference) })?
        }
        Format::Human if same => {
            output::print(&format!("{} the two runs are the same, event by event\n", styled(GOOD, "same:")))?;
        }
        Format::Human => output::print(&in_words(&difference, &arguments.one, other))?,
    }
    Ok(if same { Exit::Done } else { Exit::Unmet })
}

/// The run that `file` is: a saved one, or the beginning of a scenario.
fn run(file: &str, set: &[String], seed: Option<u64>, registry: &Arc<Registry>) -> Result<Run, Failure> {
    match Saved::open(Path::new(file)) {
        Ok(saved) => Ok(Opened::saved(&saved, set, None, registry)?.1),
        Err(Unusable::NotSaved(_)) if !is_saved(file) => {
            let changes = Changes { set: set.to_vec(), seed, until: None };
            let selection = Selection { file: file.to_owned(), changes, replication: None };
            let mut opened = Opened::new(&selection, registry)?;
            opened.settle()?;
            opened.run()
        }
        Err(error) => Err(unusable(&error)),
    }
}

/// Whether a file claims to be a saved run.
fn is_saved(file: &str) -> bool {
    std::fs::read(file).is_ok_and(|bytes| bytes.starts_with(b"linewright run "))
}

fn in_words(difference: &Difference, one: &str, other: &str) -> String {
    let mut text = match difference.time_s {
        Some(time_s) => {
            let at = kernel::SimDuration::from_seconds_f64(time_s).map_or_else(|| "-".to_owned(), figure::duration);
            format!("{} the first event that differs is at {at}\n", styled(ALARMING, "different:"))
        }
        None => format!("{} the runs part\n", styled(ALARMING, "different:")),
    };
    let names = [one.to_owned(), if one == other { format!("{other}, changed") } else { other.to_owned() }];
    let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for (name, event) in names.iter().zip(difference.events.iter().flatten()) {
        text += &format!("  {name:widest$}  {}\n", event.as_deref().unwrap_or("nothing more at this time"));
    }
    if !difference.elements.is_empty() {
        text += &format!("  at: {}\n", difference.elements.join(", "));
    }
    text
}
