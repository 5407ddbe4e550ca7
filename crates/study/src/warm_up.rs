//! Finds where the warm-up ends: MSER-5 over the averages of pilot runs.
//!
//! The pilot runs are cut into equal intervals; work in progress and throughput of each are averaged over the runs (as in Welch's
//! method: Law 2015, section 9.5.1), which takes the noise out, and MSER-5 ([`kernel::mser5`]) looks where what is left begins to
//! be level. The later of the two counts. A plant that has not settled by the middle of the run has no warm-up: the run is too
//! short, or the plant fills up for ever.

use std::fmt;
use std::sync::Arc;

use kernel::{SimDuration, SimTime, mser5};
use plant::plant::{Mser5, Plant};
use plant::run::RunError;

use crate::case::Case;
use crate::film::{FilmOptions, shoot};

/// Intervals that a pilot run is cut into.
const INTERVALS: usize = 1_000;
/// Most pilot runs.
const MOST_PILOTS: u32 = 1_000;

/// Why no warm-up was found.
#[derive(Debug)]
pub enum WarmUpError {
    /// A pilot run ended in an error.
    Run(RunError),
    /// The plant does not settle in the first half of the run.
    Unsettled {
        /// How long the run is.
        horizon: SimDuration,
    },
    /// Somebody asked to stop.
    Interrupted,
}

impl fmt::Display for WarmUpError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WarmUpError::Run(error) => error.fmt(formatter),
            WarmUpError::Unsettled { horizon } => {
                write!(
                    formatter,
                    "the plant does not settle in the first half of {horizon}, so MSER-5 finds no end of the warm-up"
                )
            }
            WarmUpError::Interrupted => formatter.write_str("interrupted while the end of the warm-up was looked for"),
        }
    }
}

/// The plant of `case` with the end of its warm-up found, if it asks for that; the same plant otherwise.
///
/// # Errors
/// See [`WarmUpError`].
pub fn settled(case: &Case, stop: &(dyn Fn() -> bool + Sync)) -> Result<Arc<Plant>, WarmUpError> {
    let Some(search) = case.plant.warm_up_search else { return Ok(case.plant.clone()) };
    let warm_up = find(case, search, stop)?;
    Ok(with_warm_up(&case.plant, warm_up))
}

/// The same plant with another warm-up, which is found.
#[must_use]
pub fn with_warm_up(plant: &Plant, warm_up: SimDuration) -> Arc<Plant> {
    let mut plant = plant.clone();
    plant.warm_up = warm_up;
    plant.warm_up_search = None;
    Arc::new(plant)
}

/// The end of the warm-up of a case.
///
/// # Errors
/// See [`WarmUpError`].
pub fn find(case: &Case, search: Mser5, stop: &(dyn Fn() -> bool + Sync)) -> Result<SimDuration, WarmUpError> {
    let options = FilmOptions { intervals: INTERVALS, ..FilmOptions::default() };
    let mut work_in_progress = vec![0.0; INTERVALS];
    let mut throughput = vec![0.0; INTERVALS];
    let mut ticks: Vec<SimTime> = Vec::new();
    let pilots = search.pilots.clamp(1, MOST_PILOTS);
    for replication in 0..u64::from(pilots) {
        let film = shoot(case, replication, &options, stop).map_err(WarmUpError::Run)?;
        let film = film.ok_or(WarmUpError::Interrupted)?;
        work_in_progress.iter_mut().zip(&film.work_in_progress).for_each(|(sum, value)| *sum += value);
        throughput.iter_mut().zip(&film.throughput_per_h).for_each(|(sum, value)| *sum += value);
        ticks = film.ticks;
    }
    let horizon = ticks.last().map_or(SimDuration::ZERO, |last| *last - SimTime::ZERO);
    // A short run may have fewer intervals than asked for.
    let series = [&work_in_progress[..ticks.len()], &throughput[..ticks.len()]];
    let mut left_out = 0;
    for series in series {
        left_out = left_out.max(mser5(series).ok_or(WarmUpError::Unsettled { horizon })?);
    }
    Ok(left_out.checked_sub(1).map_or(SimDuration::ZERO, |last| ticks[last] - SimTime::ZERO))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plant::registry::Registry;
    use scenario::expand::open_from;
    use scenario::sources::Sources;

    use super::*;

    fn case(queue: &str, arrivals: &str) -> Case {
        let text = format!(
            r#"Scenario(
                clock: (warm_up: Mser5(pilots: 10), horizon: "40 h"),
                elements: {{
                    "in": Source(arrivals: Interarrival({arrivals}), next: "mill"),
                    "mill": Station(process_time: Exponential("54 s"), queue: {queue}, next: "out"),
                    "out": Sink(),
                }},
            )"#
        );
        let files = BTreeMap::from([("a.ron".to_owned(), text.into_bytes())]);
        let registry = Arc::new(Registry::with_plugins(&[]));
        let scenario = open_from(Sources::new(files), "a.ron", &[], &registry).expect("a scenario");
        Case { name: "a".into(), plant: scenario.plant, seed: 1, until: None }
    }

    #[test]
    fn a_plant_that_starts_empty_is_warm_after_a_while() {
        // Utilisation 0.9 with exponential times: the relaxation time is 54 s / (1 - sqrt 0.9)^2, about 5.7 h.
        let plant = settled(&case("Unlimited", r#"Exponential("60 s")"#), &|| false).expect("it settles");
        assert!(plant.warm_up > SimDuration::from_minutes(20), "{}", plant.warm_up);
        assert!(plant.warm_up <= SimDuration::from_minutes(20 * 60), "{}", plant.warm_up);
        assert_eq!(plant.warm_up_search, None);
    }

    #[test]
    fn a_plant_that_fills_up_has_none() {
        let found = settled(&case("Unlimited", r#"Exponential("50 s")"#), &|| false);
        assert!(matches!(found, Err(WarmUpError::Unsettled { .. })), "{found:?}");
    }
}
