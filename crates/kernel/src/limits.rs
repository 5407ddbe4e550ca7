//! Every bound of the engine in one place.
//!
//! A queue, loop or expansion without a limit turns a mistyped number into a hang or a full memory. Each limit is far
//! beyond any real plant and small enough that hitting it is quick and can be named in a message.

use crate::SimDuration;

/// Longest duration and longest horizon: 100 years of 365.25 days.
///
/// Twice this still fits in the `i64` nanoseconds of [`crate::SimTime`], so `now + duration` cannot overflow inside a run.
pub const LONGEST_DURATION: SimDuration = SimDuration::from_secs(3_155_760_000);

/// Events at one and the same instant before the run is stopped as a zero-time loop.
pub const EVENTS_PER_INSTANT: u64 = 1_000_000;

/// Events pending in one [`crate::EventList`] at once: what fits in the slot bits of a heap key.
pub const PENDING_EVENTS: usize = 1 << 26;

/// Parts alive in one plant at once.
pub const PARTS_ALIVE: usize = 16_000_000;

/// Parallel places of one station.
pub const PLACES: u32 = 100_000;

/// Tools of one group, each an element of its own.
pub const GROUP_TOOLS: u32 = 10_000;

/// Places of one automated store: 16 bytes each.
pub const STORAGE_PLACES: u64 = 1_000_000;

/// Nodes of one path network: the ways between all pairs are known beforehand, some 24 bytes each for a fleet.
pub const PATH_NODES: usize = 2_000;

/// Members of one pool that walk: all of them are looked at when one is called.
pub const WALKERS: u32 = 10_000;

/// Parts or requests waiting in one queue.
pub const QUEUE: usize = 16_000_000;

/// Alarms kept in the results of one run; later ones are only counted by their alarm.
pub const ALARM_RECORDS: usize = 100_000;

/// Incidents kept with their places in the results of one zone; later ones are only counted.
pub const ZONE_INCIDENTS: usize = 100;

/// Steps for which one part is followed when a zone is tried before a run: 400 s of 8 ms. One that takes longer is not sent at all.
pub const TRIAL_STEPS_OF_A_PART: u32 = 50_000;

/// Steps for which all parts together are followed when a zone is tried: some seconds of computing.
pub const TRIAL_STEPS: u32 = 2_000_000;

/// Flat pieces into which the surface of one conveyor of a zone is cut to see what is in its way.
pub const SURFACE_PIECES: u32 = 400;

/// Places of the pattern of one robot: planning looks at thousands of postures for each.
pub const PATTERN_PLACES: u32 = 1_000;

/// Elements in one plant after expansion.
pub const ELEMENTS: usize = 1_000_000;

/// Depth of brackets in a scenario file; deeper text is an error instead of a stack overflow.
pub const NESTING: usize = 64;

/// Bytes in one scenario file or table.
pub const SOURCE_BYTES: usize = 64 * 1024 * 1024;

/// Values that overlays, wildcards and repetitions may write while one scenario is expanded.
pub const EXPANSION: usize = 10_000_000;

/// Largest magnitude of a distribution parameter, in its own unit. Its fourth power is still finite, so moments are too.
pub const LARGEST_PARAMETER: f64 = 1e30;

/// Smallest magnitude of a distribution parameter that must be positive.
pub const SMALLEST_PARAMETER: f64 = 1e-30;

/// Largest mean of a Poisson count: beyond it the acceptance test would lose digits.
pub const LARGEST_COUNT_MEAN: f64 = 1e9;

/// Smallest shape of a Gamma or Beta law: below it nearly every draw is zero or one of the ends.
pub const SMALLEST_SHAPE: f64 = 0.01;

/// Smallest shape of a Weibull law: below it the variance, the gamma function of 1 + 2/shape, leaves the range of `f64`.
pub const SMALLEST_WEIBULL_SHAPE: f64 = 0.02;

/// Lines that the bill of materials of one product may have, written out over all levels: an order of it releases as many lots of
/// parts at once, and bills that name each other twice would double with every level.
pub const MATERIALS: usize = 10_000;
