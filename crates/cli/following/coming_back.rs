//! Brings a twin that was stopped back to where its journal ends.

use std::path::Path;

use live::journal::{self, Checkpoint, Found, Journal, Retention};
use live::mirror::Done;
use live::twin::{Notice, Twin};
use plant::follow::Seen;

use super::watcher::{journal_failure, twin_failure};
use crate::arguments::{FollowedPlant, Live};
use crate::exit::Failure;
use crate::interrupt;
use crate::opened::Opened;
use crate::output::{self, QUIET, styled};
use crate::studies::request::duration;

/// What came of coming back.
pub struct Back {
    /// Whether somebody interrupted: the twin is then anywhere.
    pub is_interrupted: bool,
    /// What was noticed on the way, since the checkpoint.
    pub notices: Vec<Notice>,
}

/// Opens the journal to append to it, if there is to be one, and says what was lost of it.
///
/// # Errors
/// A directory that is no journal or cannot be written, a retention that makes no sense.
pub fn open_journal(arguments: &Live, identity: &str) -> Result<Option<Journal>, Failure> {
    let Some(directory) = arguments.journal.as_deref().filter(|_| !arguments.replay) else { return Ok(None) };
    whole_directory(directory)?;
    let age = duration("--keep-age", &arguments.keep_age)?;
    let retention = Retention {
        bytes: arguments.keep_mib.saturating_mul(1 << 20),
        age: std::time::Duration::from_nanos(u64::try_from(age.as_nanos()).unwrap_or(0)),
    };
    let (journal, found) = Journal::open(directory, identity, retention).map_err(|error| journal_failure(&error))?;
    say_lost(&found);
    Ok(Some(journal))
}

/// That a journal can be in `directory`.
fn whole_directory(directory: &Path) -> Result<(), Failure> {
    // What is not there is made.
    let Ok(found) = std::fs::metadata(directory) else { return Ok(()) };
    if found.is_dir() {
        return Ok(());
    }
    let what = if found.is_file() { "a file" } else { "no directory" };
    let message = format!("--journal {} is {what}, and a journal is a directory", directory.display());
    Err(Failure::usage(message, "give the name of a directory; it is made if it is not there"))
}

/// What a twin is made from besides what it is told.
pub fn identity(followed: &FollowedPlant, arguments: &Live, opened: &Opened) -> String {
    let signals = std::fs::read(&followed.signals).unwrap_or_default();
    format!(
        "run {}\nsignals {}\ncorrect {}\nparticles {}\n",
        opened.run_id,
        scenario::blake3::hash(&signals).to_hex(),
        arguments.correct,
        arguments.particles,
    )
}

/// Says so if the journal in `directory` was written by a twin of something else, and notes what it is of if it is new.
pub fn say_other(directory: &Path, identity: &str) {
    let path = directory.join("of");
    match std::fs::read_to_string(&path) {
        Ok(before) if before == identity => {}
        Ok(_) => {
            // Said once: from now on it is a journal of this twin.
            let _ = std::fs::write(&path, identity);
            let text = "this journal was written by a twin of another scenario, seed, signals or options: what it comes to now is not what it came to then";
            output::complain(&output::warning_line(text));
        }
        // Where it cannot be written the journal says more of that.
        Err(_) => drop(std::fs::write(&path, identity)),
    }
}

fn say_lost(found: &Found) {
    let Found { count, lost_bytes, is_damaged, .. } = found;
    let text = match (lost_bytes, is_damaged) {
        (0, _) => return,
        (bytes, false) => {
            format!("the journal ended in a half-written frame: {bytes} bytes after record {count} are lost")
        }
        (bytes, true) => format!(
            "the journal is damaged: {bytes} bytes after record {count} cannot be read, whole frames among them"
        ),
    };
    output::complain(&output::warning_line(&text));
}

/// Brings a twin to where the journal ends.
///
/// The newest checkpoint is gone on from; a replay goes through everything that is there.
///
/// # Errors
/// A journal that is damaged in the middle, a model that cannot go on.
pub fn come_back(twin: &mut Twin, directory: &Path, identity: &str, is_replay: bool) -> Result<Back, Failure> {
    let mut back = Back { is_interrupted: false, notices: Vec::new() };
    let is_new = std::fs::read_dir(directory).is_err();
    if is_new && !is_replay {
        return Ok(back);
    }
    whole_directory(directory)?;
    let first = journal::first(directory).map_err(|error| journal_failure(&error))?.unwrap_or(0);
    let mut checkpoints = journal::checkpoints(directory).map_err(|error| journal_failure(&error))?;
    match (is_replay, first) {
        // Nothing has been removed: a replay owes nothing to what was kept of an earlier one.
        (true, 0) => checkpoints.clear(),
        (true, _) => {}
        (false, _) => checkpoints.reverse(),
    }
    // One beyond the end is of records that somebody has taken away.
    let count = twin.journal().map_or(u64::MAX, Journal::count);
    let mut usable = checkpoints.iter().filter(|checkpoint| (first..=count).contains(&checkpoint.number));
    let from = usable.find(|checkpoint| take_up(twin, checkpoint, identity)).map(|one| one.number);
    if from.is_none() && first > 0 {
        let text = format!(
            "the first {first} records are gone from the journal, and no checkpoint is of this twin: it begins in the middle"
        );
        output::complain(&output::warning_line(&text));
        twin.pass_over(first);
    }
    let from = from.unwrap_or(first);
    let mut failed = None;
    let found = journal::read(directory, from, |_, entry| {
        let heard = &mut |notice: Notice| {
            // What was done is no news; what is wrong may be.
            let is_news = match &notice {
                Notice::Done(Done { seen, .. }) => matches!(seen, Seen::Failed | Seen::Repaired),
                _ => true,
            };
            if is_news && !is_replay {
                back.notices.push(notice);
            }
        };
        match twin.take_again(entry, heard) {
            Ok(()) => {
                back.is_interrupted = interrupt::is_asked();
                !back.is_interrupted
            }
            Err(error) => {
                failed = Some(twin_failure(&error));
                false
            }
        }
    });
    let found = found.map_err(|error| journal_failure(&error))?;
    if let Some(failure) = failed {
        return Err(failure);
    }
    if is_replay && !back.is_interrupted {
        say_lost(&found);
    }
    if found.count > 0 {
        let after = if from > first { format!(" after a checkpoint at record {from}") } else { String::new() };
        let until = if back.is_interrupted { "; interrupted before its end" } else { "" };
        let text = format!("{} records from the journal{after}{until}", found.count.saturating_sub(from));
        output::complain(&format!("{}\n", styled(QUIET, text)));
    }
    Ok(back)
}

/// Goes on from a checkpoint, if it is one of this twin.
fn take_up(twin: &mut Twin, checkpoint: &Checkpoint, identity: &str) -> bool {
    let state = checkpoint.open(identity).map_err(|error| error.to_string());
    let taken = state.and_then(|state| state.map(|state| twin.take_up(&state)).transpose());
    taken.map(|taken| taken.is_some()).unwrap_or_else(|reason| {
        let text = format!("the checkpoint at record {} is of no use: {reason}", checkpoint.number);
        output::complain(&output::warning_line(&text));
        false
    })
}
