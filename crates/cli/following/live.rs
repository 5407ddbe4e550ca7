//! `linewright live`: follows a plant and says how it stands, how far the model is apart from it, and what comes.

use std::path::Path;
use std::sync::Arc;

use live::journal::{self, Journal, Retention};
use live::signals::Signals;
use live::twin::{Reopen, Twin};
use plant::registry::Registry;

use super::check::check;
use super::keeper::Keeper;
use super::listening::listen;
use super::watcher::{Watcher, journal_failure, twin_failure};
use crate::arguments::{Changes, Live, Selection};
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::opened::{Opened, can_be_saved};
use crate::output::{self, QUIET, styled};

/// Most particles: of more, estimates would get no better that anybody could see.
const MOST_PARTICLES: u32 = 10_000;

/// Follows the plant until its feeds end or somebody interrupts.
///
/// # Errors
/// A wrong scenario, wrong signals, sources that cannot be read, a journal that cannot be written.
pub fn live(arguments: &Live, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let changes = Changes { set: arguments.set.clone(), seed: arguments.seed, until: None };
    let selection = Selection { file: arguments.file.clone(), changes, replication: None };
    let opened = Opened::new(&selection, registry)?;
    let signals = Signals::open(&arguments.signals, opened.plant()).map_err(|rejected| Failure::rejected(&rejected))?;
    let signals = Arc::new(signals);
    if let Some(path) = &arguments.save {
        can_be_saved(path)?;
    }
    interrupt::listen();
    if arguments.check {
        let listening = listen(arguments, &signals)?;
        let exit = check(&listening, &signals, arguments.format);
        return listening.end().and(exit);
    }
    let journal = arguments.journal.as_deref().filter(|_| !arguments.replay).map(open_journal).transpose()?;
    // From the files as they were when they were read: nobody who edits them meanwhile changes the twin.
    let beginning = Arc::new(opened.save(&opened.run()?));
    let reopen: Reopen = {
        let (beginning, registry) = (beginning.clone(), registry.clone());
        Box::new(move |further: &[String]| Some(beginning.scenario(further, &registry).ok()?.plant))
    };
    if let Some(directory) = &arguments.journal {
        say_other(directory, &identity(arguments, &opened));
    }
    let (plant, seed) = (opened.plant().clone(), opened.parameters.seed);
    let keeper = arguments.save.clone().map(|path| Keeper {
        path,
        beginning,
        registry: registry.clone(),
        scenario: (Vec::new(), opened.scenario),
    });
    let watcher = Watcher::new(arguments, plant.clone(), keeper, &signals)?;
    let mut twin =
        Twin::new(plant, seed, signals.clone(), journal, Some(reopen)).map_err(|error| Failure::ended(&error))?;
    if arguments.particles > 0 {
        let count = u32::try_from(arguments.particles).unwrap_or(u32::MAX).min(MOST_PARTICLES);
        twin = twin.split(count).map_err(|error| Failure::ended(&error))?;
    }
    if arguments.correct {
        twin = twin.correcting();
    }
    if let Some(directory) = &arguments.journal {
        come_back(&mut twin, directory, arguments.replay)?;
    }
    if arguments.replay {
        return watcher.end(twin, Exit::Done);
    }
    let mut listening = listen(arguments, &signals)?;
    let outcome = watcher.watch(twin, &mut listening);
    listening.end().and(outcome)
}

/// Opens the journal to append to it, and says what was lost of it.
fn open_journal(directory: &Path) -> Result<Journal, Failure> {
    whole_directory(directory)?;
    let (journal, found) = Journal::open(directory, Retention::default()).map_err(|error| journal_failure(&error))?;
    say_lost(found.lost_bytes, found.count);
    Ok(journal)
}

/// That a journal can be in `directory`.
fn whole_directory(directory: &Path) -> Result<(), Failure> {
    if !directory.is_file() {
        return Ok(());
    }
    let message = format!("--journal {} is a file, and a journal is a directory", directory.display());
    Err(Failure::usage(message, "give the name of a directory; it is made if it is not there"))
}

/// What a twin is made from besides what it is told.
fn identity(arguments: &Live, opened: &Opened) -> String {
    let signals = std::fs::read(&arguments.signals).unwrap_or_default();
    format!(
        "run {}\nsignals {}\ncorrect {}\nparticles {}\n",
        opened.run_id,
        scenario::blake3::hash(&signals).to_hex(),
        arguments.correct,
        arguments.particles,
    )
}

/// Says so if the journal in `directory` was written by a twin of something else, and notes what it is of if it is new.
fn say_other(directory: &Path, identity: &str) {
    let path = directory.join("of");
    match std::fs::read_to_string(&path) {
        Ok(before) if before == identity => {}
        Ok(_) => {
            let text = "this journal was written by a twin of another scenario, seed, signals or options: what it comes to now is not what it came to then";
            output::complain(&output::warning_line(text));
        }
        // Where it cannot be written the journal says more of that.
        Err(_) => drop(std::fs::write(&path, identity)),
    }
}

fn say_lost(bytes: u64, after: u64) {
    if bytes > 0 {
        let text = format!("the journal ended in a half-written frame: {bytes} bytes after record {after} are lost");
        output::complain(&output::warning_line(&text));
    }
}

/// Brings a twin to where the journal ends. What changed meanwhile was told when it was noticed.
fn come_back(twin: &mut Twin, directory: &Path, is_replay: bool) -> Result<(), Failure> {
    let mut failed = None;
    let is_new = std::fs::read_dir(directory).is_err();
    if is_new && !is_replay {
        return Ok(());
    }
    whole_directory(directory)?;
    let found = journal::read(directory, |_, entry| match twin.take_again(entry, &mut |_| {}) {
        Ok(()) => !interrupt::is_asked(),
        Err(error) => {
            failed = Some(twin_failure(&error));
            false
        }
    });
    let found = found.map_err(|error| journal_failure(&error))?;
    if let Some(failure) = failed {
        return Err(failure);
    }
    if is_replay {
        say_lost(found.lost_bytes, found.count);
    }
    if found.count > 0 {
        let text = format!("{} records from the journal", found.count - found.first);
        output::complain(&format!("{}\n", styled(QUIET, text)));
    }
    Ok(())
}
