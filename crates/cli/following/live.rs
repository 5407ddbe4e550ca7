//! `linewright live`: follows a plant and says how it stands, how far the model is apart from it, and what comes.

use std::sync::Arc;

use live::signals::Signals;
use live::twin::{Reopen, Twin};
use plant::registry::Registry;

use super::check::check;
use super::coming_back::{come_back, identity, open_journal, say_other};
use super::keeper::Keeper;
use super::listening::listen;
use super::watcher::Watcher;
use crate::arguments::{Changes, FollowedPlant, Live, LiveAction, LiveCheck, LiveCommand, Selection};
use crate::exit::{Exit, Failure};
use crate::inputs::Inputs;
use crate::interrupt;
use crate::opened::{Opened, can_be_saved};

/// Most particles: of more, estimates would get no better that anybody could see.
const MOST_PARTICLES: u32 = 10_000;

/// Follows the plant, or only looks at its signals.
///
/// # Errors
/// A wrong scenario, wrong signals, sources that cannot be read, a journal that cannot be written.
pub fn live(arguments: &LiveCommand, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    match (&arguments.action, &arguments.followed) {
        (Some(LiveAction::Check(check)), _) => look(check, registry),
        (None, Some(followed)) => follow(followed, &arguments.live, registry),
        (None, None) => {
            Err(Failure::usage("live needs a scenario and its signals", "`linewright live --help` says more"))
        }
    }
}

/// The scenario, and what the signals of the plant mean to it.
fn opened(followed: &FollowedPlant, registry: &Arc<Registry>) -> Result<(Opened, Arc<Signals>), Failure> {
    let changes = Changes { set: followed.set.clone(), seed: followed.seed, until: None };
    let selection = Selection { file: followed.file.clone(), changes, replication: None };
    let opened = Opened::new(&selection, registry)?;
    let signals = Signals::open(&followed.signals, opened.plant()).map_err(|rejected| Failure::rejected(&rejected))?;
    interrupt::listen();
    Ok((opened, Arc::new(signals)))
}

/// Looks at the signals.
fn look(arguments: &LiveCheck, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let (_, signals) = opened(&arguments.followed, registry)?;
    let listening = listen(&arguments.followed, &signals)?;
    let exit = check(&listening, &signals, arguments.format);
    listening.end().and(exit)
}

/// Follows the plant until its feeds end or somebody interrupts.
fn follow(followed: &FollowedPlant, arguments: &Live, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let (opened, signals) = opened(followed, registry)?;
    let inputs = Inputs::of(&opened.scenario).and_signals(&followed.signals, &signals);
    for (option, path) in [("--save", &arguments.save), ("--log", &arguments.log), ("--alarms", &arguments.alarms)] {
        inputs.spare(option, path.as_deref())?;
    }
    arguments.save.as_deref().map_or(Ok(()), can_be_saved)?;
    let identity = identity(followed, arguments, &opened);
    let journal = open_journal(arguments, &identity)?;
    // From the files as they were when they were read: nobody who edits them meanwhile changes the twin.
    let beginning = Arc::new(opened.save(&opened.run()?));
    let reopen: Reopen = {
        let (beginning, registry) = (beginning.clone(), registry.clone());
        Box::new(move |further: &[String]| Some(beginning.scenario(further, &registry).ok()?.plant))
    };
    if let Some(directory) = &arguments.journal {
        say_other(directory, &identity);
    }
    let (plant, seed) = (opened.plant().clone(), opened.parameters.seed);
    let keeper = arguments.save.clone().map(|path| Keeper {
        path,
        beginning,
        registry: registry.clone(),
        scenario: (Vec::new(), opened.scenario),
    });
    let mut watcher = Watcher::new(arguments, plant.clone(), keeper, &signals)?;
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
        let back = come_back(&mut twin, directory, &identity, arguments.replay)?;
        if back.is_interrupted {
            return Ok(Exit::Interrupted);
        }
        watcher.come_back(&twin, &back.notices)?;
    }
    if arguments.replay {
        return watcher.end(twin, Exit::Done);
    }
    let mut listening = listen(followed, &signals)?;
    let outcome = watcher.watch(twin, &mut listening);
    listening.end().and(outcome)
}
