//! `linewright verify`: plays a scenario three times, once of them with all records on, and compares the digests; where
//! they differ it plays two of them side by side, event by event, and names the first event that differs.
//!
//! A difference is a defect of the engine or of a plugin (a clock read, a hash map walked through, a static counter),
//! never of a scenario; so is an invariant that does not hold, which is looked for on the way.

use std::sync::Arc;
use std::time::Instant;

use kernel::{Digest, SimDuration};
use plant::registry::Registry;
use plant::run::{Progress as Stand, RunError};
use serde::Serialize;

use crate::arguments::{Format, Verify};
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::opened::Opened;
use crate::output::directory::Directory;
use crate::output::{self, GOOD, figure, styled};
use crate::progress::Progress;
use side_by_side::{Difference, first_difference, forget_records};

pub mod side_by_side;
#[cfg(test)]
mod tests;

/// Events between two comparisons of runs side by side.
const STRIDE: u64 = 65_536;
/// Runs that are compared.
const RUNS: usize = 3;

/// What one run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    digest: Digest,
    events: u64,
    /// The error that ended it, if one did: that too must be the same each time.
    error: Option<String>,
}

/// What JSON says of it all.
#[derive(Debug, Serialize)]
struct Verdict<'a> {
    file: &'a str,
    run_id: &'a str,
    agree: bool,
    runs: Vec<RunVerdict>,
    difference: Option<Difference>,
}

#[derive(Debug, Serialize)]
struct RunVerdict {
    records: bool,
    events: u64,
    digest: String,
    error: Option<String>,
}

/// Plays and compares.
///
/// # Errors
/// A wrong scenario, or a result that cannot be written. A difference is a result, told by exit code 1.
pub fn verify(arguments: &Verify, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let mut opened = Opened::new(&arguments.selection, registry)?;
    opened.settle()?;
    interrupt::listen();
    let clock = Instant::now();
    let mut outcomes = Vec::with_capacity(RUNS);
    let mut error = None;
    let mut progress = Progress::new("verifying");
    for index in 0..RUNS {
        let records = index == RUNS - 1;
        let Some((outcome, ended_by)) =
            play(&opened, records, |share| progress.at((index as f64 + share) / RUNS as f64))?
        else {
            progress.end();
            output::complain(&output::warning_line("interrupted: nothing is verified"));
            return Ok(Exit::Interrupted);
        };
        outcomes.push(outcome);
        error = error.or(ended_by);
    }
    progress.end();
    let other = outcomes.iter().position(|outcome| *outcome != outcomes[0]);
    let difference = match other {
        Some(other) => Some(first_difference(&opened, other == RUNS - 1)?),
        None => None,
    };
    match arguments.format {
        Format::Json => {
            let verdict = |(index, outcome): (usize, &Outcome)| RunVerdict {
                records: index == RUNS - 1,
                events: outcome.events,
                digest: outcome.digest.to_string(),
                error: outcome.error.clone(),
            };
            output::print_json(&Verdict {
                file: &opened.file,
                run_id: &opened.run_id,
                agree: difference.is_none(),
                runs: outcomes.iter().enumerate().map(verdict).collect(),
                difference: difference.clone(),
            })?;
        }
        Format::Human => {
            // Runs that agree on an error are not all right; the error says it all.
            if difference.is_none() && error.is_none() {
                output::print(&format!(
                    "{} {}: {RUNS} runs agree, one of them with all records on\n   {} each, digest {}, {} in all\n",
                    styled(GOOD, "ok"),
                    opened.name(),
                    figure::counted(outcomes[0].events, "event"),
                    outcomes[0].digest,
                    figure::seconds(clock.elapsed().as_secs_f64()),
                ))?;
            }
        }
    }
    match (difference, error) {
        (Some(difference), _) => Ok(Failure::internal(in_words(&opened, &outcomes, &difference)).report()),
        (None, Some(error)) => Ok(Failure::ended(&error).report()),
        (None, None) => Ok(Exit::Done),
    }
}

/// One run to its end; `None` if somebody interrupts it.
fn play(
    opened: &Opened,
    records: bool,
    mut progress: impl FnMut(f64),
) -> Result<Option<(Outcome, Option<RunError>)>, Failure> {
    let mut run = opened.run()?;
    if records {
        Directory::ask_for_records(run.recorder());
    }
    let error = loop {
        match run.advance_by(STRIDE) {
            Ok(Stand::Going) => {}
            Ok(Stand::Done) => break run.check_invariants().err(),
            Err(error) => break Some(error),
        }
        forget_records(&mut run);
        if interrupt::is_asked() {
            return Ok(None);
        }
        progress(run.now().as_seconds_f64() / run.horizon().as_seconds_f64());
    };
    let outcome =
        Outcome { digest: run.digest(), events: run.event_count(), error: error.as_ref().map(ToString::to_string) };
    Ok(Some((outcome, error)))
}

fn in_words(opened: &Opened, outcomes: &[Outcome], difference: &Difference) -> String {
    let mut text = format!("{RUNS} runs of {} do not agree\n", opened.name());
    for (index, outcome) in outcomes.iter().enumerate() {
        let records = if index == RUNS - 1 { " (records on)" } else { "" };
        let events = figure::counted(outcome.events, "event");
        text.push_str(&format!("  run {}: digest {}, {events}{records}\n", index + 1, outcome.digest));
    }
    match &difference.events {
        Some(events) => {
            text.push_str("the first event that differs:\n");
            for (index, event) in events.iter().enumerate() {
                let event = event.as_deref().unwrap_or("nothing happens");
                text.push_str(&format!("  {}: {event}\n", if index == 0 { "once" } else { "then" }));
            }
        }
        None if difference.elements.is_empty() => {
            text.push_str("played side by side they agree: the difference does not show every time\n");
        }
        None => {
            let at = difference.time_s.and_then(SimDuration::from_seconds_f64);
            let at = at.map(|at| format!(" at {at}")).unwrap_or_default();
            let names: Vec<String> = difference.elements.iter().map(|name| format!("\"{name}\"")).collect();
            text.push_str(&format!("they part{at}, at {}\n", names.join(", ")));
        }
    }
    text.push_str(
        "A run must not depend on anything but scenario and seed. Look for a clock, a hash map that is walked through, or a \
         static variable in the plugins; without plugins this is a defect of the engine: please report it.",
    );
    text
}
