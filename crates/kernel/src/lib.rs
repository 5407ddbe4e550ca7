//! Linewright's kernel: what any discrete-event simulation needs, and nothing that knows what a factory is.
//!
//! A run is a loop: take the next event from the [`EventList`], do what it says, which may draw random times from
//! [`Stream`]s and schedule further events, and keep the books in tallies. This crate supplies the parts of that loop; the
//! loop itself, the elements and their rules belong to the room above.
//!
//! # A queue in thirty lines
//!
//! M/M/1: parts arrive every 2 s on average, one server takes 1 s on average. Theory says that a part spends
//! 1 / (1 - 0.5) = 2 s in the system.
//!
//! ```
//! use kernel::{Distribution, DurationTally, EventList, Priority, SimTime, Stream, StreamKey};
//! use std::collections::VecDeque;
//!
//! #[derive(Clone, Copy)]
//! enum Event { Arrival, Departure }
//!
//! let stream = |purpose| Stream::new(&StreamKey { seed: 1, replication: 0, name: "server", purpose });
//! let (mut arrivals, mut services) = (stream("interarrival_time"), stream("process_time"));
//! let interarrival_time = Distribution::Exponential { mean: 2e9 }; // nanoseconds
//! let process_time = Distribution::Exponential { mean: 1e9 };
//! let (mut events, mut present, mut flow_times) = (EventList::new(), VecDeque::new(), DurationTally::new());
//! let horizon = SimTime::from_seconds_f64(200_000.0).expect("in range");
//!
//! events.schedule(SimTime::ZERO, Priority(0), Event::Arrival);
//! while let Some((now, event)) = events.pop_at_or_before(horizon) {
//!     let server_starts = match event {
//!         Event::Arrival => {
//!             events.schedule(now + interarrival_time.sample_duration(&mut arrivals), Priority(0), Event::Arrival);
//!             present.push_back(now);
//!             present.len() == 1
//!         }
//!         Event::Departure => {
//!             let arrived = present.pop_front().expect("a part departs");
//!             flow_times.record(now - arrived);
//!             !present.is_empty()
//!         }
//!     };
//!     if server_starts {
//!         events.schedule(now + process_time.sample_duration(&mut services), Priority(0), Event::Departure);
//!     }
//! }
//! let mean = flow_times.mean_seconds().expect("parts were served");
//! assert!((mean - 2.0).abs() < 0.05, "{mean}");
//! ```
//!
//! # The parts
//!
//! | module | what it holds |
//! |---|---|
//! | [`time`] | [`SimTime`] and [`SimDuration`]: `i64` nanoseconds, checked, exact as text |
//! | [`event_list`] | [`EventList`]: total order (time, priority, sequence), cancellation that leaves nothing behind |
//! | [`stream`] | [`Stream`]: xoshiro256++ keyed by (seed, replication, name, purpose); exponential and normal by ziggurat |
//! | [`distribution`] | [`Distribution`]: sixteen laws with mean, variance and validation |
//! | [`tally`] | [`DurationTally`], [`Tally`]: mean, spread, extremes, quantiles in bounded memory |
//! | [`time_weighted`] | [`TimeWeighted`]: a level and its exact integral over time |
//! | [`interval`] | [`Interval`], [`batch_means`], [`mser5`]: what a result is worth and where the warm-up ends |
//! | [`digest`] | [`DigestChain`], [`Digest`]: a fingerprint of every event of a run |
//! | [`persist`](mod@persist) | [`Persist`]: state as canonical bytes and back, for snapshots on the disk |
//! | [`limits`] | every bound of the engine |
//!
//! # What holds
//!
//! - Invariant: the same calls give the same bits on every machine, in debug and release. Logarithms and their kin come from
//!   `libm`, never from the platform; nothing iterates over a hash map; nothing reads a clock.
//! - Invariant: ties are broken by priority, then by the order of scheduling, never by memory or chance.
//! - Invariant: a stale [`EventId`] is refused for ever; it can never cancel another event.
//! - Invariant: nothing allocates in a steady state. An [`EventList`] grows to its largest size, a tally to its buckets.
//! - Invariant: no valid parameter gives NaN, an infinity or an endless loop. What is invalid, [`Distribution::validate`]
//!   says in words.
//! - Invariant: time and integrals of levels over time are integers, so identities between them hold exactly.
//!
//! Deliberately absent: processes and coroutines (pending events are plain data, so a run can be saved and forked), a global
//! random number generator (draws of one element would move those of another), float clocks.

pub mod digest;
pub mod distribution;
pub mod event_list;
pub mod interval;
pub mod limits;
pub mod persist;
pub mod stream;
pub mod tally;
pub mod time;
pub mod time_weighted;
mod total_time;

/// The only source of exp, ln, sin and friends in the engine: the same bits on every machine.
pub use libm;

pub use digest::{Digest, DigestChain, NotADigest, combine, hash_name};
pub use distribution::Distribution;
pub use event_list::{EventId, EventList, Priority};
pub use interval::{Interval, Moments, batch_means, mser5, student_t_quantile};
pub use persist::Persist;
pub use stream::{Stream, StreamKey};
pub use tally::{DurationTally, Tally};
pub use time::{SimDuration, SimTime};
pub use time_weighted::TimeWeighted;
pub use total_time::TotalTime;
