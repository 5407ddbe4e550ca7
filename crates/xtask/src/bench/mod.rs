//! The engine against hand-written baselines: ratios from one process, never a time alone.
//!
//! A baseline is what an expert would write for that one model, with the kernel's random streams, so that the ratio is
//! about the engine and not about drawing numbers. The engine plays the same model from a scenario file with its
//! statistics and its digest on. Rounds alternate between the two (A B A B ...), because absolute times drift with the
//! machine. The throughputs of both are compared too: a fast engine that plays another model is worth nothing.

mod engine;
mod fab;
mod fab_by_hand;
mod heap;
mod line;
mod live;
mod memory;
mod mujoco;
mod options;
mod plants;
mod probe;
mod queue;
mod report;
mod studies;
mod zones;

use std::time::Instant;

use kernel::{Stream, StreamKey};
use stats_alloc::INSTRUMENTED_SYSTEM;

use line::{Line, TWENTY_STATIONS};
use options::Options;
use queue::Queue;
use report::Rounds;

/// What a stretch of a run did, as the model counts it.
#[derive(Debug, Default, Clone, Copy)]
pub struct Played {
    /// Events of the model: arrivals and departures (model a), completions, breakdowns and repairs (b and c). Whatever
    /// else an engine puts on its list does not count, or the slower engine would look like the faster one.
    pub events: u64,
    /// Parts that left the model.
    pub parts: u64,
    /// Simulated time at the end, in nanoseconds since the start of the run.
    pub nanoseconds: u64,
}

/// What playing a stretch of a run took.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// Events of the model.
    pub events: u64,
    /// Parts that left the model per simulated second.
    pub throughput: f64,
    /// Wall time in seconds.
    pub seconds: f64,
    /// Allocations and reallocations made meanwhile.
    pub allocations: u64,
    /// Growth of the process's peak memory meanwhile, in KiB; None where the system does not tell.
    pub peak_growth_kib: Option<u64>,
}

/// A model that both sides play.
pub trait Model {
    /// One letter or word, for the command line and the table.
    fn name(&self) -> &'static str;
    /// The model in a few words.
    fn description(&self) -> &'static str;
    /// Plays so many events after a warm-up of a tenth of them, by hand.
    fn baseline(&self, events: u64) -> Measured;
    /// The same through the engine, or None for a model that no scenario file describes yet.
    ///
    /// # Errors
    /// A sentence for the developer, when the scenario does not load or the run fails.
    fn engine(&self, _events: u64) -> Result<Option<Measured>, String> {
        Ok(None)
    }
}

/// Every model, in the order of the report.
const MODELS: &[&dyn Model] = &[&QueueModel, &LineModel::<false>, &LineModel::<true>];

/// The seed of every run: the same model is played in every round, so rounds differ by the machine's noise alone.
pub const SEED: u64 = 20_261_123;

/// Model a.
struct QueueModel;

impl Model for QueueModel {
    fn name(&self) -> &'static str {
        "a"
    }

    fn description(&self) -> &'static str {
        "M/M/1, load 0.8"
    }

    fn baseline(&self, events: u64) -> Measured {
        let mut queue = Queue::new(SEED);
        let warm_up = queue.play(events / 10, |_, _| {});
        measure(warm_up, || queue.play(events, |_, _| {}), |played| played)
    }

    fn engine(&self, events: u64) -> Result<Option<Measured>, String> {
        engine::play(engine::QUEUE, events).map(Some)
    }
}

/// Model b, and with failures model c.
struct LineModel<const FAILURES: bool>;

impl<const FAILURES: bool> Model for LineModel<FAILURES> {
    fn name(&self) -> &'static str {
        if FAILURES { "c" } else { "b" }
    }

    fn description(&self) -> &'static str {
        if FAILURES { "b with failures, 3 repairers" } else { "20 stations, buffers of 10" }
    }

    fn baseline(&self, events: u64) -> Measured {
        let mut line = Line::<FAILURES>::new(TWENTY_STATIONS, SEED);
        let warm_up = line.play(events / 10, |_, _| {});
        measure(warm_up, || line.play(events, |_, _| {}), |played| played)
    }

    fn engine(&self, events: u64) -> Result<Option<Measured>, String> {
        engine::play(&engine::line(&TWENTY_STATIONS, FAILURES), events).map(Some)
    }
}

/// Plays the stretch that counts, after the warm-up, with the clock running and the allocator watched; `tally` says
/// afterwards what was played.
pub fn measure<T>(warm_up: Played, play: impl FnOnce() -> T, tally: impl FnOnce(T) -> Played) -> Measured {
    let peak_before = memory::restart_peak();
    let heap_before = INSTRUMENTED_SYSTEM.stats();
    let start = Instant::now();
    let outcome = play();
    let seconds = start.elapsed().as_secs_f64();
    let heap = INSTRUMENTED_SYSTEM.stats() - heap_before;
    let peak_after = memory::peak_kib();
    let played = tally(outcome);
    Measured {
        events: played.events,
        throughput: played.parts as f64 / ((played.nanoseconds - warm_up.nanoseconds) as f64 / 1e9),
        seconds,
        allocations: (heap.allocations + heap.reallocations) as u64,
        peak_growth_kib: peak_before.zip(peak_after).map(|(before, after)| after.saturating_sub(before)),
    }
}

/// The kernel's stream for one purpose of one element, named as a scenario would name it.
fn stream(seed: u64, name: &str, purpose: &str) -> Stream {
    Stream::new(&StreamKey { seed, replication: 0, name, purpose })
}

/// A positive time rounded to whole nanoseconds.
#[inline]
fn whole_nanoseconds(time: f64) -> u64 {
    // Through i64, because that conversion is one instruction.
    (time + 0.5) as i64 as u64
}

/// Runs the benchmarks the arguments ask for and prints the table and one line of JSON per model.
///
/// # Errors
/// A sentence for the developer: wrong arguments, a scenario that does not run, or a ratio below what was asked for.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let names: Vec<&str> = MODELS.iter().map(|model| model.name()).collect();
    let Some(options) = Options::parse(arguments, &names)? else {
        print!("{}", options::HELP);
        return Ok(());
    };
    if options.probes {
        print!("{}", probe::all()?);
        return Ok(());
    }
    if options.live {
        print!("{}", live::all()?);
        return Ok(());
    }
    if options.fab {
        print!("{}", fab::all(options.rounds)?);
        return Ok(());
    }
    if options.motion {
        print!("{}", zones::all(options.rounds)?);
        print!("{}", plants::all(options.rounds)?);
        if let Some(python) = &options.mujoco {
            print!("{}", mujoco::all(python, options.rounds)?);
        }
        return Ok(());
    }
    if options.studies {
        print!("{}", studies::all(options.rounds)?);
        return Ok(());
    }
    let mut results = Vec::new();
    for model in MODELS.iter().filter(|model| options.wants(model.name())) {
        let mut rounds = Rounds::new(model.name(), model.description(), options.events);
        for _ in 0..options.rounds {
            let baseline = model.baseline(options.events);
            rounds.add(baseline, model.engine(options.events)?);
        }
        results.push(rounds);
    }
    print!("{}", report::table(&results));
    for rounds in &results {
        println!("{}", rounds.json());
    }
    if memory::peak_kib().is_none() {
        println!("note: this system does not tell peak memory (no /proc/self/status)");
    }
    report::verdict(&results, options.at_least)
}
