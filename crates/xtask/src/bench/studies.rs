//! What a study costs besides the events of its runs, and how well it uses two cores: ratios within one process.
//!
//! The model is a line of five stations with failures and short runs, of about 0.2 ms each by hand: the worst case for whatever
//! has to be done once a replication.

use std::env;
use std::fs;
use std::sync::Arc;
use std::time::Instant;

use kernel::SimTime;
use plant::registry::Registry;
use study::case::Case;
use study::directory::Directory;
use study::estimate::Estimates;
use study::exec::{Shard, Share, exec};
use study::plan::{Kind, Plan, Study};
use study::result::{self, Tables};
use study::team::Team;

use super::engine::{line, plant_of};
use super::line::{Line, LineShape, TWENTY_STATIONS};
use super::report::Spread;
use super::{SEED, memory};

/// The line that is studied, each station with a repairer at hand.
const FIVE_STATIONS: LineShape = LineShape { stations: 5, repairers: 5, ..TWENTY_STATIONS };
/// Simulated time of a run.
const HORIZON_S: i64 = 1_200;
/// Replications of a study.
const REPLICATIONS: u64 = 1_000;
/// Replications over which memory must not grow.
const MANY: u64 = 1_000_000;

/// The line as scenario text. As many repairers as stations are no crew anybody could wait for, so there is none.
fn text() -> String {
    let text = line(&FIVE_STATIONS, true).replace(", repaired_by: \"crew\"", "");
    text.lines().filter(|line| !line.starts_with("\"crew\"")).map(|line| format!("{line}\n")).collect()
}

/// Everything there is to say of studies, a line each.
///
/// # Errors
/// A sentence for the developer, when something does not load, run or write.
pub fn all(rounds: usize) -> Result<String, String> {
    let plant = plant_of(&text())?;
    let until = Some(SimTime::from_nanos(HORIZON_S * 1_000_000_000));
    let case = Case { name: "line".to_owned(), plant, seed: SEED, until };
    let (one, two) = (team(1)?, team(2)?);
    let mut by_hand = Vec::new();
    let mut on_one = Vec::new();
    let mut on_two = Vec::new();
    for _ in 0..rounds {
        by_hand.push(seconds(replications_by_hand));
        on_one.push(seconds(|| replications(&one, &case, REPLICATIONS)).and_timed()?);
        on_two.push(seconds(|| replications(&two, &case, REPLICATIONS)).and_timed()?);
    }
    let by_hand: Vec<f64> = by_hand.into_iter().map(|(time, _)| time).collect();
    let micros = |times: &[f64]| 1e6 * median(times) / REPLICATIONS as f64;
    let ratio = |over: &[f64], under: &[f64]| {
        let ratios: Vec<f64> = over.iter().zip(under).map(|(over, under)| over / under).collect();
        median(&ratios)
    };
    let mut lines = format!(
        "{REPLICATIONS} replications of a line of 5 stations with failures, {rounds} rounds, medians\n\
         by hand, one core: {:.1} us each\n\
         engine, one core: {:.1} us each: {:.2} times by hand (goal: at most 1.5)\n\
         engine, two cores: {:.1} us each: {:.2} times faster than on one (goal: at least 1.8)\n",
        micros(&by_hand),
        micros(&on_one),
        ratio(&on_one, &by_hand),
        micros(&on_two),
        ratio(&on_one, &on_two),
    );
    lines += &overhead(&one, &case, median(&on_one) / REPLICATIONS as f64)?;
    lines += &sweep()?;
    Ok(lines)
}

/// What a replication costs without its events, and whether memory grows with their number.
fn overhead(team: &Team, case: &Case, whole: f64) -> Result<String, String> {
    let empty = Case { until: Some(SimTime::from_nanos(1)), ..case.clone() };
    // The first ones find no memory warm.
    replications(team, &empty, MANY / 100)?;
    let before = memory::restart_peak();
    let (time, outcome) = seconds(|| replications(team, &empty, MANY));
    outcome?;
    let growth = before.zip(memory::peak_kib()).map(|(before, after)| after.saturating_sub(before));
    let each = time / MANY as f64;
    let growth = growth.map_or("not told by this system".to_owned(), |growth| format!("{growth} KiB"));
    Ok(format!(
        "overhead of a replication (build, collect, tally): {:.1} us: {:.1} % of a run of 0.2 ms (goal: under 15), {:.1} % of the \
         runs above\n\
         growth of peak memory over {MANY} replications: {growth} (goal: none)\n",
        1e6 * each,
        100.0 * each / 0.2e-3,
        100.0 * each / whole,
    ))
}

/// A sweep of 10,000 points, one replication each, from the plan to the tables on the disk.
fn sweep() -> Result<String, String> {
    let directory = env::temp_dir().join(format!("linewright-bench-{}.study", std::process::id()));
    let file = env::temp_dir().join(format!("linewright-bench-{}-sweep.ron", std::process::id()));
    fs::write(&file, text()).map_err(|error| format!("{}: {error}", file.display()))?;
    let axis = |path: &str| format!("Range(path: \"{path}\", from: 1, to: 100, step: 1)");
    let plan = Plan {
        kind: Kind::Sweep,
        files: vec![file.display().to_string()],
        set: vec![format!("sweep=Product([{}, {}])", axis("s2.queue"), axis("s4.queue"))],
        variants: Vec::new(),
        seed: Some(SEED),
        until: Some(format!("{HORIZON_S} s")),
        replications: Some(1),
        runs: None,
        replication: 0,
        kpis: Vec::new(),
        confidence: 0.95,
    };
    let team = team(2)?;
    let start = Instant::now();
    let played = play_sweep(plan, &directory, &team);
    let wall = start.elapsed().as_secs_f64();
    // Best effort: what is left behind in the temporary folder does no harm.
    let _ = fs::remove_dir_all(&directory);
    let _ = fs::remove_file(&file);
    let (played, tables) = played?;
    Ok(format!(
        "a sweep of 10,000 points on two cores, from the plan to tables on the disk: {wall:.1} s (goal: under 10), of which {played:.1} s \
         playing and {tables:.1} s tables\n"
    ))
}

fn play_sweep(plan: Plan, path: &std::path::Path, team: &Team) -> Result<(f64, f64), String> {
    let registry = Arc::new(Registry::default());
    let study = Study::open(plan, None, "bench", &registry).map_err(|_| "the sweep does not open".to_owned())?;
    let directory = Directory::at(path);
    directory.lay_out(&study).map_err(|error| error.to_string())?;
    let mut journal = directory.journal().map_err(|error| error.to_string())?;
    let start = Instant::now();
    let whole = Share::Shard(Shard::WHOLE);
    exec(&study, &mut journal, whole, team, &|| false, &mut |_| ()).map_err(|error| format!("{error:?}"))?;
    let played = start.elapsed().as_secs_f64();
    let extent =
        result::write(&study, &journal, &directory.results(), Tables::Csv).map_err(|error| error.to_string())?;
    if extent.runs == 10_000 {
        Ok((played, start.elapsed().as_secs_f64() - played))
    } else {
        Err(format!("{extent:?}"))
    }
}

fn team(jobs: usize) -> Result<Team, String> {
    Team::new(jobs).map_err(|error| error.to_string())
}

/// Plays and tallies replications as `linewright run --replications` does.
fn replications(team: &Team, case: &Case, count: u64) -> Result<(), String> {
    let mut estimates = Estimates::of(case);
    let played = team.play(std::slice::from_ref(case), 0..count, &|| false, |_, outcomes| {
        estimates.add(&outcomes[0]);
        true
    });
    played.map(|_| ()).map_err(|failed| format!("{:?}", failed.error))
}

/// The same runs by hand, with the mean of their throughput.
fn replications_by_hand() -> Result<(), String> {
    let mut parts = 0;
    for replication in 0..REPLICATIONS {
        let mut line = Line::<true>::new(FIVE_STATIONS, SEED + replication);
        let until = HORIZON_S as u64 * 1_000_000_000;
        // Events come one by one, so that the run ends where the engine's does.
        loop {
            let played = line.play(64, |_, _| {});
            parts += played.parts;
            if played.nanoseconds >= until {
                break;
            }
        }
    }
    if parts > 0 { Ok(()) } else { Err("nothing left the line".to_owned()) }
}

/// The wall time of a call, and what it made.
fn seconds<T>(call: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let made = call();
    (start.elapsed().as_secs_f64(), made)
}

/// The time of a call that went well.
trait AndTimed {
    fn and_timed(self) -> Result<f64, String>;
}

impl AndTimed for (f64, Result<(), String>) {
    fn and_timed(self) -> Result<f64, String> {
        self.1.map(|()| self.0)
    }
}

fn median(values: &[f64]) -> f64 {
    Spread::of(values.iter().copied()).map_or(f64::NAN, |spread| spread.median)
}
