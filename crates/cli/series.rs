//! Series of replications, as every command plays them: which case, on how many cores, with progress and Ctrl-C.

use kernel::SimTime;
use scenario::expand::Replications;
use study::case::{Case, Outcome};
use study::precision::Rule;
use study::team::{Ended, FailedRun, Team};

use crate::exit::Failure;
use crate::interrupt;
use crate::opened::Opened;
use crate::output;
use crate::progress::Progress;

/// What `opened` asks for, as a case called `name`.
pub fn case(opened: &Opened, name: &str) -> Case {
    Case {
        name: name.to_owned(),
        plant: opened.plant().clone(),
        seed: opened.parameters.seed,
        until: opened.parameters.until_ns.map(SimTime::from_nanos),
    }
}

/// How many replications to play: as the command line says, or the scenario, or so many.
///
/// # Errors
/// If the command line says none.
pub fn rule(asked: Option<u32>, opened: &Opened, otherwise: u64) -> Result<Rule, Failure> {
    if asked == Some(0) {
        return Err(Failure::usage("nothing would be played", "--replications takes 1 or more"));
    }
    let said = opened.scenario.study.replications.clone();
    let asked = asked.map(|number| Replications::Fixed(u64::from(number)));
    Ok(Rule(asked.or(said).unwrap_or(Replications::Fixed(otherwise))))
}

/// Plays replications of `cases` until `take` wants no more, at most `most`. The cores used are told with how it ended.
///
/// # Errors
/// The first run that ended in an error, or no threads to be had.
pub fn play(
    cases: &[Case],
    most: u64,
    jobs: Option<usize>,
    mut take: impl FnMut(&[Outcome]) -> bool,
) -> Result<(Ended, usize), Failure> {
    let no_threads = |error| Failure::input_output("cannot start threads", &error);
    let team = Team::new(jobs.unwrap_or(0)).map_err(no_threads)?;
    interrupt::listen();
    let mut progress = Progress::new("playing");
    let ended = team.play(cases, 0..most, &interrupt::is_asked, |replication, outcomes| {
        progress.at((replication + 1) as f64 / most as f64);
        take(outcomes)
    });
    progress.end();
    let ended = ended.map_err(|failed| failure(&failed))?;
    Ok((ended, team.jobs()))
}

/// A run that ended in an error, with what is needed to look at it alone.
fn failure(failed: &FailedRun) -> Failure {
    let FailedRun { case, replication, error } = failed;
    output::complain(&output::warning_line(&format!(
        "in replication {replication} of {case}, which `run --replication {replication}` shows alone:"
    )));
    Failure::ended(error)
}
