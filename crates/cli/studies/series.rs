//! Series of runs, as every command plays them: on how many cores, with progress and Ctrl-C, in memory or into a directory.

use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;
use study::case::{Case, Outcome};
use study::directory::Directory;
use study::exec::{self, Advance, Share};
use study::journal::Journal;
use study::plan::{Entry, Kind, Study};
use study::result::{self, Extent, Tables};
use study::team::{Ended, FailedRun, Team};

use super::kept::Kept;
use super::request::{self, exec_failure, file_failure, warm_up_failure};
use crate::exit::Failure;
use crate::interrupt;
use crate::output::{self, figure};
use crate::progress::Progress;

/// How a series of runs went.
#[derive(Debug, Clone, Copy)]
pub struct Played {
    /// Whether all that was asked for is there.
    pub complete: bool,
    /// Whether somebody stopped it.
    pub interrupted: bool,
    /// Cores that played.
    pub cores: usize,
    /// How long it took.
    pub wall: Duration,
    /// Runs that were there before.
    pub found: u64,
}

/// The warm-up of a study, as JSON says it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct WarmUp {
    /// How long it is; unknown as long as nobody has looked for its end.
    seconds: Option<f64>,
    /// What found its end, if the scenario does not say it.
    found_by: Option<&'static str>,
}

impl WarmUp {
    /// Of the base, which decides for all cases that leave it to be found.
    pub fn of(study: &Study) -> Self {
        let plant = study.base_case().plant;
        WarmUp {
            seconds: plant.warm_up_search.is_none().then(|| plant.warm_up.as_seconds_f64()),
            found_by: study.base().plant.warm_up_search.map(|_| "MSER-5"),
        }
    }
}

/// Every case of a study with its plant, ready to be played.
///
/// # Errors
/// A case that cannot be played.
pub fn settled_cases(study: &Study) -> Result<Vec<(Entry, Case)>, Failure> {
    settle(study)?;
    cases(study)
}

/// Finds the end of the warm-up, if the scenario leaves that to pilot runs, and says what was found.
///
/// # Errors
/// If it was not found.
pub fn settle(study: &Study) -> Result<(), Failure> {
    interrupt::listen();
    if let Some(found) = study.settle(&interrupt::is_asked).map_err(|error| warm_up_failure(&error))? {
        let text = format!("MSER-5 ends the warm-up at {}", figure::duration(found));
        output::complain(&format!("{}\n", output::styled(output::QUIET, text)));
    }
    Ok(())
}

/// Every case of a study with its plant, as the scenario says it.
///
/// # Errors
/// A case that cannot be played.
pub fn cases(study: &Study) -> Result<Vec<(Entry, Case)>, Failure> {
    let case = |entry: Entry| match study.case(&entry) {
        Ok(case) => Ok((entry, case)),
        Err(complaints) => Err(exec_failure(study, exec::ExecError::Case(Box::new(entry), complaints))),
    };
    study.entries().map(case).collect()
}

/// Plays replications of all `cases` side by side, the first case deciding how many.
///
/// # Errors
/// The first run that ended in an error, or no threads to be had.
pub fn stream(
    study: &Study,
    cases: &[(Entry, Case)],
    jobs: Option<usize>,
    mut take: impl FnMut(&[Outcome]),
) -> Result<Played, Failure> {
    let team = team(jobs)?;
    let plain: Vec<Case> = cases.iter().map(|(_, case)| case.clone()).collect();
    let most = study.rule.most();
    let mut counted = study.rule.begin();
    let columns = cases.first().map(|(_, case)| plant::kpi::columns(&case.plant.model)).unwrap_or_default();
    let place = study.rule.kpi().and_then(|kpi| columns.iter().position(|column| column.to_string() == kpi));
    let clock = Instant::now();
    let mut progress = Progress::new("playing");
    let mut kept = Kept::default();
    let ended = team.play(&plain, 0..most, &interrupt::is_asked, |replication, outcomes| {
        progress.at((replication + 1) as f64 / most as f64);
        let value = outcomes.first().zip(place).map_or(f64::NAN, |(outcome, place)| outcome.values[place]);
        counted.add(value);
        for ((entry, case), outcome) in cases.iter().zip(outcomes) {
            kept.add(entry, case, replication, outcome);
        }
        take(outcomes);
        counted.wants_more()
    });
    progress.end();
    let interrupted = ended.map_err(|failed| failure(&failed))? == Ended::Interrupted;
    if interrupted {
        kept.write(study)?;
    }
    let complete = !interrupted;
    Ok(Played { complete, interrupted, cores: team.jobs(), wall: clock.elapsed(), found: 0 })
}

/// Plays what the directory of a study lacks of that share.
///
/// # Errors
/// A case or run that cannot be played, or files that cannot be written; what was finished stays.
pub fn into_directory(
    study: &Study,
    directory: &Directory,
    share: Share,
    jobs: Option<usize>,
) -> Result<(Journal, Played, Advance), Failure> {
    let team = team(jobs)?;
    let mut journal = open_journal(directory, true)?;
    settle(study)?;
    let clock = Instant::now();
    let mut progress = Progress::new("playing");
    let mut last = Advance::default();
    let ended = exec::exec(study, &mut journal, share, &team, &interrupt::is_asked, &mut |advance| {
        progress.at(advance.cases as f64 / advance.cases_in_all.max(1) as f64);
        last = *advance;
    });
    progress.end();
    let interrupted = ended.map_err(|error| exec_failure(study, error))? == exec::Ended::Interrupted;
    let wall = clock.elapsed();
    let played = Played { complete: !interrupted, interrupted, cores: team.jobs(), wall, found: last.found };
    Ok((journal, played, last))
}

/// The journal of a directory; what is damaged is named, and set aside if it is to be played again.
///
/// # Errors
/// If it cannot be read.
pub fn open_journal(directory: &Directory, sets_aside: bool) -> Result<Journal, Failure> {
    let mut journal = directory.journal().map_err(|error| file_failure(&error))?;
    for damaged in journal.damaged() {
        let what =
            if sets_aside { "it is set aside, and its runs are played again" } else { "its runs count as missing" };
        output::complain(&output::warning_line(&format!("{damaged}: {what}")));
    }
    if sets_aside {
        journal.tidy();
    }
    Ok(journal)
}

/// Lays a study out in the directory at `path`, plays what it lacks and writes its tables.
///
/// # Errors
/// As [`into_directory`].
pub fn play_out(
    study: &Study,
    path: &Path,
    jobs: Option<usize>,
) -> Result<(Directory, Journal, Played, Extent), Failure> {
    let directory = Directory::at(path);
    if study.plan.kind == Kind::Sweep && study.entries().next().is_none() {
        return Err(Failure::invalid(
            "the filter of this sweep keeps no point",
            "`--dry-run` shows the design; loosen `keep`",
        ));
    }
    request::lay_out(&directory, study)?;
    let (journal, played, _) = into_directory(study, &directory, Share::Shard(exec::Shard::WHOLE), jobs)?;
    let extent = write_tables(study, &journal, &directory)?;
    Ok((directory, journal, played, extent))
}

/// Writes the tables of a study.
///
/// # Errors
/// If they cannot be written.
pub fn write_tables(study: &Study, journal: &Journal, directory: &Directory) -> Result<Extent, Failure> {
    result::write(study, journal, &directory.results(), TABLES).map_err(|error| file_failure(&error))
}

/// `in 1.2 s on 2 cores (3 M events/s)`, behind a comma or so; what was there before is told apart.
pub fn in_words(played: &Played, events: u64) -> String {
    if played.cores == 0 {
        return String::new();
    }
    let cores = figure::counted(played.cores as u64, "core");
    let seconds = figure::seconds(played.wall.as_secs_f64());
    if played.found > 0 {
        let found = figure::counted(played.found, "run");
        let were = if played.found == 1 { "was" } else { "were" };
        return format!("; {found} {were} there, the others took {seconds} on {cores}");
    }
    let measured = crate::run::measured(events, played.wall);
    format!(" in {seconds} on {cores} ({})", figure::rate(measured.events_per_s))
}

/// Says on stderr where results are.
pub fn say_where(path: Option<&Path>, played: &Played) {
    let Some(path) = path else { return };
    if !played.interrupted {
        return say_where_kept(path);
    }
    let text = format!("interrupted: what is finished is in {}; the same command goes on", path.display());
    output::complain(&format!("{}\n", output::styled(output::QUIET, text)));
}

/// The same of a study that came to its end.
pub fn say_where_kept(path: &Path) {
    let text = format!("runs and tables are in {}", path.display());
    output::complain(&format!("{}\n", output::styled(output::QUIET, text)));
}

/// How tables are written.
#[cfg(feature = "parquet")]
pub const TABLES: Tables = Tables::Parquet;
/// How tables are written.
#[cfg(not(feature = "parquet"))]
pub const TABLES: Tables = Tables::Csv;

/// So many cores; all there are unless said.
///
/// # Errors
/// If the operating system gives no threads.
pub fn team(jobs: Option<usize>) -> Result<Team, Failure> {
    Team::new(jobs.unwrap_or(0)).map_err(|error| Failure::input_output("cannot start threads", &error))
}

/// A run that ended in an error, with what is needed to look at it alone.
fn failure(failed: &FailedRun) -> Failure {
    let FailedRun { case, replication, error } = failed;
    output::complain(&output::warning_line(&format!(
        "in replication {replication} of {case}, which `run --replication {replication}` shows alone:"
    )));
    Failure::ended(error)
}
