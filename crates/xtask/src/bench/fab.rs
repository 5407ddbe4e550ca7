//! A fab of 1,443 tools (SMT2020), imported and played: events a second, whatever waits in it, and beside a loop written by hand.
//!
//! The files lie outside of the project; where they are absent this says so.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use import::Imported;
use import::autosched::{Wishes, import};
use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::Run;
use scenario::expand::open_from;
use scenario::sources::{Disk, Sources};

use super::SEED;
use super::fab_by_hand::Fab;
use super::report::Spread;
use super::zones::processor_s;

/// Where the files are, seen from the project.
const FOLDER: &str = "../shared/data/smt2020_hvlm";
/// How long it is played.
const DAYS: u64 = 30;
/// The name of what is imported.
const NAME: &str = "fab";

/// Everything there is to say of the fab.
///
/// # Errors
/// A sentence for the developer, when the fab cannot be imported or a run fails.
pub fn all(rounds: usize) -> Result<String, String> {
    if !Path::new(FOLDER).exists() {
        return Ok(format!("{FOLDER} is absent: nothing to play\n"));
    }
    let imported = imported(DAYS)?;
    let mut told = String::new();
    for times in [1, 2, 4] {
        let plant = plant_of(&imported, times)?;
        let (mut engine, mut by_hand, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        let mut events = [0, 0];
        for _ in 0..rounds {
            let (mut fab, start_s) = (Fab::of(&plant, &imported, times, DAYS)?, stamp_s());
            events[1] = fab.play(DAYS);
            by_hand.push((stamp_s() - start_s) * 1e9 / events[1] as f64);
            let start_s = stamp_s();
            events[0] = played(&plant)?;
            engine.push((stamp_s() - start_s) * 1e9 / events[0] as f64);
            ratios.push(by_hand[by_hand.len() - 1] / engine[engine.len() - 1]);
        }
        let [engine, by_hand] = [engine, by_hand].map(|times| spread(times.into_iter()));
        let (engine, by_hand, ratio) = (engine?, by_hand?, spread(ratios.into_iter())?);
        told += &format!(
            "{DAYS} days of the fab with {times} x its work in progress, {rounds} rounds: {} events in {:.2} s, {:.0} ns an event at least, \
             {:.0} in the median ({:.2} M/s); by hand {} events, {:.0} ns; {:.0} % of the events/s by hand, round by round\n",
            events[0],
            engine.least * events[0] as f64 * 1e-9,
            engine.least,
            engine.median,
            1e3 / engine.median,
            events[1],
            by_hand.least,
            100.0 * ratio.median,
        );
    }
    let plant = plant_of(&self::imported(2 * 365)?, 1)?;
    let start_s = stamp_s();
    let events = played(&plant)?;
    Ok(told + &format!("two years: {events} events in {:.1} s (goal: 20 s)\n", stamp_s() - start_s))
}

fn imported(days: u64) -> Result<Imported, String> {
    let wishes = Wishes { horizon: format!("{days} d"), rule: "Fifo".to_owned(), full_batches: false };
    import(Sources::new(Disk), FOLDER, NAME, &wishes).map_err(|rejected| format!("{:?}", rejected.complaints))
}

/// The plant with each lot that is there at the start so many times.
fn plant_of(imported: &Imported, times: u32) -> Result<Arc<Plant>, String> {
    let more = |name: &str, text: &str| {
        let lines = text.lines().enumerate();
        let more = lines.map(|(index, line)| match index {
            0 => format!("{line},quantity\n"),
            _ => format!("{line},{times}\n"),
        });
        if name.ends_with("work_in_progress.csv") { more.collect() } else { text.to_owned() }
    };
    let files: BTreeMap<String, Vec<u8>> =
        imported.files.iter().map(|(name, text)| (name.clone(), more(name, text).into_bytes())).collect();
    let opened = open_from(Sources::new(files), &format!("{NAME}.ron"), &[], &Arc::new(Registry::default()));
    opened.map(|scenario| scenario.plant).map_err(|rejected| format!("{:?}", rejected.complaints))
}

/// Plays the plant to its end; the number of events.
fn played(plant: &Arc<Plant>) -> Result<u64, String> {
    let mut run = Run::new(plant.clone(), SEED, 0).map_err(|error| error.to_string())?;
    run.finish().map_err(|error| error.to_string())?;
    Ok(run.event_count())
}

/// Seconds of the processor, where the machine tells them.
fn stamp_s() -> f64 {
    processor_s().unwrap_or(0.0)
}

fn spread(values: impl Iterator<Item = f64>) -> Result<Spread, String> {
    Spread::of(values).ok_or_else(|| "nothing was timed".to_owned())
}
