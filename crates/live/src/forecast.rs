//! The forecast: what happens next, from many futures of the present state.
//!
//! Each future is a fork of the model as it stands, with streams of its own and with what is under way drawn anew, given how
//! long it has gone on ([`plant::run::Run::foresee`]). What is said of the future is counted over them.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use kernel::{SimDuration, SimTime, Stream, StreamKey};
use plant::element::ElementIndex;
use plant::floor::Happening;
use plant::plant::Plant;
use plant::run::{Misfit, Progress, Run, RunError, Snapshot};
use plant::state::State;

use crate::divergence::Belief;

/// Events between two drains of the records.
const SLICE_EVENTS: u64 = 65_536;

/// No work takes less than this multiple of the planned time.
const LEAST_SLOWNESS: f64 = 0.05;

/// What is to be foreseen.
#[derive(Debug, Clone)]
pub struct Request {
    /// How far ahead.
    pub horizon: SimDuration,
    /// How many futures.
    pub futures: u32,
    /// How many threads play them; all cores for 0.
    pub jobs: usize,
    /// Elements where work is believed to take another time than the model says, how many times as long, and how surely.
    pub beliefs: Vec<(ElementIndex, Belief)>,
    /// Where parts are done; where they leave the plant unless given.
    pub done_at: Option<ElementIndex>,
}

/// A number over the futures.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spread {
    /// Its mean.
    pub mean: f64,
    /// Below it are 5 % of the futures.
    pub low: f64,
    /// Below it are half of the futures.
    pub middle: f64,
    /// Below it are 95 % of the futures.
    pub high: f64,
}

impl Spread {
    /// Of values; `None` if there are none.
    #[must_use]
    pub fn of(values: &mut [f64]) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        let at = |share: f64| {
            let place = share * last as f64;
            let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
            if above.is_finite() { below + (above - below) * place.fract() } else { above }
        };
        let finite = values.iter().filter(|value| value.is_finite());
        let mean = finite.clone().sum::<f64>() / finite.count().max(1) as f64;
        Some(Spread { mean, low: at(0.05), middle: at(0.5), high: at(0.95) })
    }
}

/// When something happens, over the futures.
#[derive(Debug, Clone, PartialEq)]
pub struct When {
    /// In which share of the futures it happens within the horizon.
    pub probability: f64,
    /// How long until then, in seconds, if it ever does; where it does not within the horizon it is later than that, so that a
    /// quantile may be infinite. The mean is that of those in which it does.
    pub after_s: Option<Spread>,
}

/// What an order comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderForecast {
    /// Its name.
    pub name: Arc<str>,
    /// When it is complete.
    pub complete: When,
    /// In which share of the futures it is not complete when it is due; `None` where nothing says when that is, or where it is
    /// due beyond the horizon.
    pub missed: Option<f64>,
}

/// What is foreseen.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Futures that were played.
    pub futures: u32,
    /// Parts done within the horizon.
    pub done: Spread,
    /// The same in each future, in their order: futures of one state under two scenarios have the same chances, one by one.
    pub done_each: Vec<f64>,
    /// When each part that is in the plant now is done, by its serial number.
    pub parts: BTreeMap<u64, When>,
    /// Orders that are not complete yet.
    pub orders: Vec<OrderForecast>,
    /// When each element is next starved or blocked that is not now.
    pub stops: Vec<(ElementIndex, State, When)>,
}

/// Why there is no forecast.
#[derive(Debug)]
pub enum NoForecast {
    /// The state does not fit the plant.
    Misfit(Misfit),
    /// A future ended in an error.
    Run(RunError),
    /// Somebody asked it to stop.
    Interrupted,
}

impl std::fmt::Display for NoForecast {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoForecast::Misfit(misfit) => misfit.fmt(formatter),
            NoForecast::Run(error) => write!(formatter, "a future ended in an error: {error}"),
            NoForecast::Interrupted => formatter.write_str("interrupted while futures were played"),
        }
    }
}

/// One future.
#[derive(Debug, Default)]
struct Future {
    done: u64,
    parts: BTreeMap<u64, SimDuration>,
    stops: BTreeMap<(ElementIndex, u8), SimDuration>,
    orders: Vec<Option<SimTime>>,
}

/// Plays futures of the states that were written as `states` ([`Snapshot::to_bytes`]) of runs of `plant` under `seed`, in turn: one
/// state, or several that are equally likely.
///
/// The same state gives the same forecast for any number of threads. `stop` is asked now and then whether to leave it.
///
/// # Errors
/// A state of another plant, the first future that ends in an error, or [`NoForecast::Interrupted`].
pub fn foresee(
    plant: &Arc<Plant>,
    states: &[impl AsRef<[u8]> + Sync],
    seed: u64,
    request: &Request,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Forecast, NoForecast> {
    let jobs = match request.jobs {
        0 => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        jobs => jobs,
    };
    let jobs = jobs.min(request.futures as usize).max(1);
    let next = std::sync::atomic::AtomicU32::new(0);
    let work = || {
        let mut mine = Vec::new();
        loop {
            let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if number >= request.futures {
                return mine;
            }
            let Some(bytes) = states.get(number as usize % states.len().max(1)) else { return mine };
            mine.push((number, play(plant, bytes.as_ref(), seed, number, request, stop)));
        }
    };
    let mut futures: Vec<(u32, Result<Future, NoForecast>)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..jobs).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            match other.join() {
                Ok(more) => all.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    futures.sort_by_key(|(number, _)| *number);
    let futures = futures.into_iter().map(|(_, future)| future).collect::<Result<Vec<Future>, NoForecast>>()?;
    let now = match states.first() {
        Some(bytes) => Snapshot::from_bytes(plant, bytes.as_ref()).map_err(NoForecast::Misfit)?.now(),
        None => SimTime::ZERO,
    };
    Ok(summed(plant, now, request, &futures))
}

fn play(
    plant: &Arc<Plant>,
    bytes: &[u8],
    seed: u64,
    number: u32,
    request: &Request,
    stop: &dyn Fn() -> bool,
) -> Result<Future, NoForecast> {
    if stop() {
        return Err(NoForecast::Interrupted);
    }
    let snapshot = Snapshot::apart(plant, bytes, u64::from(number)).map_err(NoForecast::Misfit)?;
    let mut run = Run::resume(plant.clone(), seed, u64::from(number), &snapshot).map_err(NoForecast::Run)?;
    for (element, belief) in &request.beliefs {
        run.slow(*element, slowness(plant, seed, number, *element, *belief));
    }
    run.foresee();
    let now = run.now();
    let before: Vec<State> =
        (0..plant.model.elements.len()).filter_map(|index| run.state(ElementIndex(index as u32))).collect();
    run.recorder().events = true;
    run.set_horizon(now.saturating_add(request.horizon));
    let mut future = Future::default();
    let born = run.parts_born();
    loop {
        let progress = run.advance_by(SLICE_EVENTS).map_err(NoForecast::Run)?;
        for record in run.recorder().event_records.drain(..) {
            let after = record.at - now;
            match record.what {
                Happening::Shipped(part) if request.done_at.is_none() => future.end(part, born, after),
                Happening::Finished(part) if request.done_at == Some(record.element) => future.end(part, born, after),
                Happening::State(state @ (State::Starved | State::Blocked))
                    if before[record.element.index()] != state =>
                {
                    future.stops.entry((record.element, state as u8)).or_insert(after);
                }
                _ => {}
            }
        }
        if progress == Progress::Done {
            break;
        }
        if stop() {
            return Err(NoForecast::Interrupted);
        }
    }
    future.orders = run.orders_completed();
    run.retire();
    Ok(future)
}

/// How many times as long as planned work takes at an element in a future: one of the values that are believed to be possible.
/// Draws from the stream of the element's name for the purpose "slowness", the number of the future taken for the replication.
fn slowness(plant: &Plant, seed: u64, number: u32, element: ElementIndex, belief: Belief) -> f64 {
    let name = plant.model.name(element);
    let mut stream = Stream::new(&StreamKey { seed, replication: u64::from(number), name, purpose: "slowness" });
    (belief.mean + belief.variance.max(0.0).sqrt() * stream.normal()).max(LEAST_SLOWNESS)
}

impl Future {
    /// A part is done.
    fn end(&mut self, part: u64, born: u64, after: SimDuration) {
        self.done += 1;
        if part <= born {
            self.parts.entry(part).or_insert(after);
        }
    }
}

fn summed(plant: &Plant, now: SimTime, request: &Request, futures: &[Future]) -> Forecast {
    let count = futures.len() as f64;
    let when = |times: Vec<SimDuration>| {
        let mut seconds: Vec<f64> = times.iter().map(|time| time.as_seconds_f64()).collect();
        let probability = seconds.len() as f64 / count;
        let is_ever = !seconds.is_empty();
        seconds.resize(futures.len(), f64::INFINITY);
        When { probability, after_s: Spread::of(&mut seconds).filter(|_| is_ever) }
    };
    let done_each: Vec<f64> = futures.iter().map(|future| future.done as f64).collect();
    let mut parts: BTreeMap<u64, Vec<SimDuration>> = BTreeMap::new();
    let mut stops: BTreeMap<(ElementIndex, u8), Vec<SimDuration>> = BTreeMap::new();
    for future in futures {
        future.parts.iter().for_each(|(part, after)| parts.entry(*part).or_default().push(*after));
        future.stops.iter().for_each(|(stop, after)| stops.entry(*stop).or_default().push(*after));
    }
    let state = |code: u8| if code == State::Blocked as u8 { State::Blocked } else { State::Starved };
    let ends = now.saturating_add(request.horizon);
    let order = |(index, info): (usize, &plant::model::OrderInfo)| {
        let complete: Vec<Option<SimTime>> =
            futures.iter().map(|future| future.orders.get(index).copied().flatten()).collect();
        if complete.iter().all(|at| at.is_some_and(|at| at <= now)) {
            return None;
        }
        let missed = complete.iter().filter(|at| at.is_none_or(|at| at > info.due)).count() as f64 / count;
        Some(OrderForecast {
            name: info.name.clone(),
            complete: when(complete.iter().flatten().map(|at| *at - now).collect()),
            missed: (info.due <= ends).then_some(missed),
        })
    };
    Forecast {
        futures: futures.len() as u32,
        done: Spread::of(&mut done_each.clone()).unwrap_or_default(),
        done_each,
        parts: parts.into_iter().map(|(part, times)| (part, when(times))).collect(),
        orders: plant.model.orders.iter().enumerate().filter_map(order).collect(),
        stops: stops.into_iter().map(|((element, code), times)| (element, state(code), when(times))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_forecast_that_nobody_wants_any_more_is_left_between_two_slices() {
        let text = r#"Scenario(schema: 1, name: "line", clock: (horizon: "1 d"), elements: {
            "in": Source(arrivals: Unlimited, next: "mill"),
            "mill": Station(process_time: "1 s", next: "out"),
            "out": Sink(),
        })"#;
        let files = BTreeMap::from([("line.ron".to_owned(), text.as_bytes().to_vec())]);
        let registry = Arc::new(plant::registry::Registry::default());
        let sources = scenario::sources::Sources::new(files);
        let opened = scenario::expand::open_from(sources, "line.ron", &[], &registry).expect("a plant");
        let bytes = Run::new(opened.plant.clone(), 1, 0).expect("a plant without plugins").snapshot().to_bytes();
        // Played to its end this would be thousands of slices, each future.
        let request = |days: u64, futures: u32| Request {
            horizon: SimDuration::from_secs(i64::try_from(days).expect("few") * 86_400),
            futures,
            jobs: 1,
            beliefs: Vec::new(),
            done_at: None,
        };
        let asked = AtomicU32::new(0);
        let stop = || asked.fetch_add(1, Ordering::Relaxed) >= 2;
        let forecast = foresee(&opened.plant, &[&bytes], 1, &request(30_000, 3), &stop);
        assert!(matches!(forecast, Err(NoForecast::Interrupted)), "{forecast:?}");
        assert_eq!(asked.into_inner(), 5, "three times of the first future, once of each other");
        assert!(foresee(&opened.plant, &[&bytes], 1, &request(1, 3), &|| false).is_ok());
    }

    #[test]
    fn what_does_not_happen_is_later_than_all_that_does() {
        let mut values = vec![f64::INFINITY, 10.0, 20.0, f64::INFINITY];
        let spread = Spread::of(&mut values).expect("values");
        assert_eq!((spread.mean, spread.low), (15.0, 11.5));
        assert!(spread.middle.is_infinite() && spread.high.is_infinite());
        assert_eq!(Spread::of(&mut []), None);
    }
}
