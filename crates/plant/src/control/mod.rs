//! How elements are controlled: which part is next, how long it takes, who is needed, what counts as good.

pub mod cadence;
pub mod cards;
pub mod dispatching;
pub(crate) mod likeness;
pub(crate) mod options;
pub mod process_time;
pub mod quality;
pub mod queue;
pub mod ranking;
pub(crate) mod schedule;
pub mod setup;
pub mod staffing;
pub(crate) mod urgency;
