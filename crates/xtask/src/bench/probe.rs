//! Times that no baseline stands against: making a plant ready to run, and a whole run from the command line.
//!
//! They bound what a study of many short runs costs besides its events: a plant is read once, made ready once for each
//! replication, and the program is started once for each job of a sweep.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plant::run::Run;

use super::SEED;
use super::engine::{line, plant_of};
use super::line::{LineShape, TWENTY_STATIONS};
use super::report::Spread;

/// How often each thing is done; the least and the median are told.
const REPETITIONS: u64 = 200;
/// The line that is made ready and run.
const FIVE_STATIONS: LineShape = LineShape { stations: 5, ..TWENTY_STATIONS };

/// Everything there is to probe, a line each.
///
/// # Errors
/// A sentence for the developer, when the line does not load or does not run.
pub fn all() -> Result<String, String> {
    let text = line(&FIVE_STATIONS, false);
    let plant = plant_of(&text)?;
    let mut lines = String::new();
    lines += &told("from text to a checked plant of 5 stations", timed(|| plant_of(&text))?);
    let mut replication = 0;
    let ready = timed(|| {
        replication += 1;
        Run::new(plant.clone(), SEED, replication).map_err(|error| error.to_string())
    })?;
    lines += &told("from that plant to a run that is ready", ready);
    match program() {
        Some(program) => {
            lines += &told("`linewright run` of it for an hour, whole process", whole_run(&program, &text)?)
        }
        None => lines += "`linewright run` was not probed: `cargo build --release` makes the program\n",
    }
    Ok(lines)
}

fn told(what: &str, spread: Spread) -> String {
    format!("{what}: {:.1} us at least, {:.1} us in the median\n", spread.least, spread.median)
}

/// Microseconds of one call, over many. What a call makes is dropped with the clock stopped.
fn timed<T>(mut call: impl FnMut() -> Result<T, String>) -> Result<Spread, String> {
    let mut times: Vec<Duration> = Vec::new();
    // The first one finds no memory and no code warm, and is left out.
    for _ in 0..=REPETITIONS {
        let start = Instant::now();
        let made = call()?;
        times.push(start.elapsed());
        drop(made);
    }
    let spread = Spread::of(times[1..].iter().map(|time| time.as_secs_f64() * 1e6));
    spread.ok_or_else(|| "nothing was timed".to_owned())
}

/// The program beside this one, if it has been built.
fn program() -> Option<PathBuf> {
    let name = format!("linewright{}", env::consts::EXE_SUFFIX);
    Some(env::current_exe().ok()?.with_file_name(name)).filter(|path| path.is_file())
}

fn whole_run(program: &PathBuf, text: &str) -> Result<Spread, String> {
    let file = env::temp_dir().join(format!("linewright-bench-{}.ron", std::process::id()));
    fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    let spread = timed(|| {
        let mut command = Command::new(program);
        command.arg("run").arg(&file).args(["--until", "1 h"]).stdout(Stdio::null()).stderr(Stdio::null());
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`linewright run` of a line of 5 stations: {status}")),
            Err(error) => Err(format!("{}: {error}", program.display())),
        }
    });
    // Best effort: a file left behind in the temporary folder does no harm.
    let _ = fs::remove_file(&file);
    spread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plant_is_made_ready() {
        assert!(all().is_ok_and(|lines| lines.lines().count() == 3));
    }
}
