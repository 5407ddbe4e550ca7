//! A twin that follows a real plant: what is observed comes in, is written down, put in order, and done in the model.
//!
//! ```text
//!  feed ─┐                                                        ┌─ divergence ── alarms
//!  feed ─┼─ observations ─ journal ─ order ─ mirror ─ plant::Run ─┤
//!  feed ─┘    (bounded)    (disk)   (window)  (signals)           └─ forecast ── futures of the present state
//! ```
//!
//! - [`wall_time`]: dates and times of the world outside, in nanoseconds.
//! - [`observation`]: one value from the plant, with up to three timestamps and its quality.
//! - [`signals`]: what an address of the plant means to the model: `signals.ron`.
//! - [`clock`]: which of its timestamps says when an observation happened.
//! - [`feed`]: where observations come from, each behind a bounded queue.
//! - [`journal`](mod@journal): every observation on the disk before it is applied.
//! - [`order`]: late, early, twice: what is applied, and when.
//! - [`counters`]: what became of every observation.
//! - [`mirror`]: the model does what the plant was seen to do.
//! - [`mod@calibrate`]: what a log of the plant says of the times in the scenario.
//! - [`divergence`]: how far the model and the plant are apart, element by element.
//! - [`particles`]: many models that follow at once, for what nobody sees.
//! - [`forecast`]: what happens next, from many futures of the present state.
//! - [`emulate`]: a scenario played as if it were the plant, for a twin to follow.
//!
//! Invariant: an observation is in the journal before it is applied, and ends in exactly one counter.
//! Invariant: nothing here writes to the plant, but the one request of a Sparkplug feed that `asks_for_rebirth` allows.
//! Invariant: journal, scenario, signals and seed replay to the same digest, at any speed and however the journal was cut up.

pub mod calibrate;
pub mod clock;
pub mod counters;
pub mod divergence;
pub mod emulate;
pub mod feed;
pub mod forecast;
pub mod journal;
pub mod mirror;
pub mod observation;
pub mod order;
pub mod particles;
pub mod signals;
pub mod twin;
pub mod wall_time;

/// JSON, for whoever writes what a twin says.
pub use serde_json;
