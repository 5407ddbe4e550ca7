//! What following a plant costs: observations a second with their journal, memory over many of them, a snapshot of many parts,
//! a forecast. Each is held against what was asked for, as a ratio above 1 where it is met.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kernel::{SimDuration, SimTime};
use live::feed::outlet;
use live::forecast::{self, Request};
use live::journal::{Entry, Journal, Retention};
use live::observation::{Observation, Quality, Reading, Stamps};
use live::signals::Signals;
use live::twin::Twin;
use live::wall_time::WallTime;
use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::{Run, Snapshot};
use scenario::expand;
use scenario::sources::Sources;

use super::engine::{line, plant_of};
use super::line::TWENTY_STATIONS;
use super::{SEED, memory};

/// A station that is followed: parts come in once a second on average.
const STATION: &str = r#"Scenario(schema: 1, name: "followed", clock: (horizon: "3000 d"), elements: {
    "in": Source(arrivals: Interarrival(Exponential("1 s")), next: "mill"),
    "mill": Station(process_time: Exponential("0.8 s"), queue: Unlimited, next: "out"),
    "out": Sink(),
})"#;
const SIGNALS: &str = r#"Signals(schema: 1, window: "2 s", sources: {"log": (from: Shdr(file: "none"))}, signals: {
    "in": (address: "in", shows: Started("in")),
    "begins": (address: "begins", shows: Started("mill")), "ends": (address: "ends", shows: Finished("mill")),
})"#;
/// Observations that are timed.
const MANY: u64 = 1_000_000;
/// Observations over which memory must not grow, in the same stretches.
const STRETCHES: u64 = 100;
const BATCH: usize = 1_024;
/// Observations a second whose latency is measured, for how long, and how often they are handed on.
const PACE_PER_S: u64 = 10_000;
const PACED_S: u64 = 10;
const TICK: Duration = Duration::from_millis(1);
/// Batches that may wait, as in the program.
const QUEUE: usize = 1_000;
/// Elements and parts of the plant that a snapshot is taken of.
const STATIONS: usize = 998;
const PARTS: u64 = 100_000;

/// Everything there is to say, a line each.
///
/// # Errors
/// A sentence for the developer, when something does not load, run or write.
pub fn all() -> Result<String, String> {
    let mut text =
        String::from("what                                               goal         measured   goal / measured\n");
    let mut row = |what: &str, goal: String, measured: String, ratio: f64| {
        text += &format!("{what:<46} {goal:>12} {measured:>16} {ratio:>17.2}\n");
    };
    let directory = std::env::temp_dir().join(format!("linewright-bench-live-{}", std::process::id()));
    let followed = follow(&directory, false, STRETCHES);
    // What cannot be removed does no harm.
    let _ = std::fs::remove_dir_all(&directory);
    let (per_s, growth_kib) = followed?;
    row("observations/s with journal, as fast as can be", "100,000".into(), format!("{per_s:.0}"), per_s / 1e5);
    let correcting = follow(&directory, true, 1);
    let _ = std::fs::remove_dir_all(&directory);
    let (per_s, _) = correcting?;
    row("the same of a twin that corrects itself", "100,000".into(), format!("{per_s:.0}"), per_s / 1e5);
    let growth = growth_kib.map_or_else(|| "unknown".to_owned(), |kib| format!("{kib} KiB"));
    text +=
        &format!("peak memory over {STRETCHES} times {MANY} observations   grew by {growth} after the first million\n");
    let mut row = |what: &str, goal: String, measured: String, ratio: f64| {
        text += &format!("{what:<46} {goal:>12} {measured:>16} {ratio:>17.2}\n");
    };
    for (what, foresees) in
        [("from arrival to state, 99 of 100, at 10,000/s", false), ("the same beside a forecast every second", true)]
    {
        let milliseconds = latency(&directory, foresees);
        let _ = std::fs::remove_dir_all(&directory);
        let milliseconds = milliseconds?;
        row(what, "50 ms".into(), format!("{milliseconds:.1} ms"), 50.0 / milliseconds);
    }
    let (milliseconds, bytes_a_part) = snapshot()?;
    row(
        "snapshot of 1,000 elements, 100,000 parts",
        "50 ms".into(),
        format!("{milliseconds:.1} ms"),
        50.0 / milliseconds,
    );
    row("bytes a part in it", "64".into(), format!("{bytes_a_part:.1}"), 64.0 / bytes_a_part);
    let seconds = foresee()?;
    row("100 futures of 8 h of a line of 20 stations", "1 s".into(), format!("{seconds:.3} s"), 1.0 / seconds);
    Ok(text)
}

/// Follows a station and says how many of a million observations a second it took in, and by how much memory grew afterwards.
fn follow(directory: &Path, corrects: bool, stretches: u64) -> Result<(f64, Option<u64>), String> {
    let mut twin = station(directory, SIGNALS)?;
    if corrects {
        twin = twin.correcting();
    }
    let addresses: [Arc<str>; 3] = ["in".into(), "begins".into(), "ends".into()];
    let mut number = 0;
    let mut stretch = |twin: &mut Twin| -> Result<f64, String> {
        let batches: Vec<Vec<Observation>> = (0..MANY / BATCH as u64)
            .map(|_| {
                let observation = |_| {
                    number += 1;
                    // A part a second: it comes in, is worked on, and leaves.
                    let at = WallTime::from_nanos(
                        1_700_000_000_000_000_000 + number / 3 * 1_000_000_000 + number % 3 * 300_000_000,
                    );
                    Observation {
                        source: 0,
                        address: addresses[(number % 3) as usize].clone(),
                        reading: Reading::Nothing,
                        stamps: Stamps { source: Some(at), server: None, arrival: at },
                        quality: Quality::Good,
                        sequence: Some(number as u64),
                        is_simulated: false,
                        is_standing: false,
                    }
                };
                (0..BATCH).map(observation).collect()
            })
            .collect();
        let start = Instant::now();
        for batch in batches {
            twin.take_in(Entry::Observations(batch), &mut |_| {}).map_err(|error| error.to_string())?;
        }
        Ok(MANY as f64 / start.elapsed().as_secs_f64())
    };
    let per_s = stretch(&mut twin)?;
    let before = memory::restart_peak();
    for _ in 1..stretches {
        stretch(&mut twin)?;
    }
    Ok((per_s, before.zip(memory::peak_kib()).map(|(before, after)| after.saturating_sub(before))))
}

/// Milliseconds from the arrival of an observation to a state that has it, for 99 of 100, at a steady pace and with a journal; the
/// window of 20 ms is in them. With a forecast beside it, futures are played on all cores once a second, as whoever watches does.
fn latency(directory: &Path, foresees: bool) -> Result<f64, String> {
    let mut twin = station(directory, &SIGNALS.replace("window: \"2 s\"", "window: \"20 ms\""))?;
    let (outlet, intake) = outlet(QUEUE);
    let feed = std::thread::spawn(move || {
        let addresses: [Arc<str>; 3] = ["in".into(), "begins".into(), "ends".into()];
        let began = Instant::now();
        let mut number = 0;
        while number < PACE_PER_S * PACED_S && !outlet.is_closed() {
            let due = (began.elapsed().as_secs_f64() * PACE_PER_S as f64) as u64;
            let arrival = WallTime::now();
            let batch = (number..due.max(number)).map(|number| Observation {
                source: 0,
                address: addresses[(number % 3) as usize].clone(),
                reading: Reading::Nothing,
                // Within the batch each has a time of its own.
                stamps: Stamps {
                    source: Some(arrival.after(SimDuration::from_nanos((number % 1_000) as i64))),
                    server: None,
                    arrival,
                },
                quality: Quality::Good,
                sequence: Some(number),
                is_simulated: false,
                is_standing: false,
            });
            outlet.offer(batch.collect());
            number = number.max(due);
            std::thread::sleep(TICK);
        }
    });
    let mut arrivals = VecDeque::new();
    let mut latencies = Vec::new();
    let mut foreseen: Option<std::thread::JoinHandle<bool>> = None;
    let mut due = Instant::now();
    while let Ok(batch) = intake.wait(Duration::from_secs(5)) {
        arrivals.extend(batch.iter().map(|one| one.stamps.arrival));
        twin.take_in(Entry::Observations(batch), &mut |_| {}).map_err(|error| error.to_string())?;
        let now = WallTime::now();
        let in_state = arrivals.len().saturating_sub(twin.counters().waiting() as usize);
        latencies.extend(arrivals.drain(..in_state).map(|arrival| now.since(arrival).as_seconds_f64() * 1e3));
        if foresees && Instant::now() >= due && foreseen.as_ref().is_none_or(std::thread::JoinHandle::is_finished) {
            if foreseen.is_some_and(|thread| !thread.join().unwrap_or(false)) {
                return Err("a forecast could not be made".to_owned());
            }
            let present = twin.present();
            foreseen = Some(std::thread::spawn(move || present.foresee(&futures(0)).is_ok()));
            due += Duration::from_secs(1);
        }
    }
    feed.join().map_err(|_| "the feed has ended early")?;
    if intake.take_dropped() > 0 {
        return Err("observations found no room".to_owned());
    }
    latencies.sort_by(f64::total_cmp);
    latencies.get(latencies.len() * 99 / 100).copied().ok_or_else(|| "nothing came".to_owned())
}

/// A twin of the station that keeps a journal.
fn station(directory: &Path, signals: &str) -> Result<Twin, String> {
    let plant = plant_of(STATION)?;
    let files = BTreeMap::from([("signals.ron".to_owned(), signals.as_bytes().to_vec())]);
    let signals =
        Signals::open_from(Sources::new(files), "signals.ron", &plant).map_err(|_| "the signals are wrong")?;
    let retention = Retention { bytes: 64 << 20, ..Retention::default() };
    let (journal, _) = Journal::open(directory, "", retention).map_err(|error| error.to_string())?;
    let reopen = |settings: &[String]| {
        let files = BTreeMap::from([("followed.ron".to_owned(), STATION.as_bytes().to_vec())]);
        let opened = expand::open_from(Sources::new(files), "followed.ron", settings, &Arc::new(Registry::default()));
        opened.ok().map(|scenario| scenario.plant)
    };
    Twin::new(plant, SEED, Arc::new(signals), Some(journal), Some(Box::new(reopen))).map_err(|error| error.to_string())
}

/// A hundred futures of eight hours.
fn futures(jobs: usize) -> Request {
    Request { horizon: SimDuration::from_secs(8 * 3_600), futures: 100, jobs, beliefs: Vec::new(), done_at: None }
}

/// Milliseconds that writing a snapshot takes, and bytes that a part takes in it.
fn snapshot() -> Result<(f64, f64), String> {
    let mut elements = String::new();
    for station in 0..STATIONS {
        let next = if station + 1 < STATIONS { format!("s{}", station + 1) } else { "out".to_owned() };
        elements +=
            &format!("\"s{station}\": Station(process_time: Exponential(\"1 h\"), queue: 200, next: \"{next}\"),\n");
    }
    let text = format!(
        "Scenario(schema: 1, name: \"many\", clock: (horizon: \"3000 d\"), elements: {{\n\
         \"in\": Source(arrivals: Interarrival(Constant(\"1 d\")), batch_size: Constant({PARTS}), next: \"s0\"),\n{elements}\"out\": Sink(),\n}})"
    );
    let plant = plant_of(&text)?;
    let size = |days: i64| -> Result<(usize, f64), String> {
        let mut run = Run::new(plant.clone(), SEED, 0).map_err(|error| error.to_string())?;
        run.play_to(SimTime::ZERO + SimDuration::from_secs(days * 86_400 + 60)).map_err(|error| error.to_string())?;
        let start = Instant::now();
        let bytes = run.snapshot().to_bytes();
        let milliseconds = 1e3 * start.elapsed().as_secs_f64();
        Snapshot::from_bytes(&plant, &bytes).map_err(|misfit| misfit.to_string())?;
        Ok((bytes.len(), milliseconds))
    };
    let (empty, _) = size(0)?;
    let (full, milliseconds) = size(1)?;
    Ok((milliseconds, (full - empty) as f64 / PARTS as f64))
}

/// Seconds that a hundred futures of eight hours take, of a line in full swing.
fn foresee() -> Result<f64, String> {
    // The line of the benchmarks has operations of a second; a minute is what such lines have.
    let text = line(&TWENTY_STATIONS, true).replace("\"1000 ms\"", "\"60 s\"");
    let plant: Arc<Plant> = plant_of(&text)?;
    let mut run = Run::new(plant.clone(), SEED, 0).map_err(|error| error.to_string())?;
    run.play_to(SimTime::ZERO + SimDuration::from_secs(10 * 3_600)).map_err(|error| error.to_string())?;
    let bytes = run.snapshot().to_bytes();
    let start = Instant::now();
    forecast::foresee(&plant, &[bytes], SEED, &futures(2), &|| false).map_err(|error| error.to_string())?;
    Ok(start.elapsed().as_secs_f64())
}
