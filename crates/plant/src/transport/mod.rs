//! Elements that carry parts from one place to another.
//!
//! Invariant: where a part lies on a belt is exact; only the times of events are rounded, each by itself and by
//! less than a nanosecond.

mod beam;
pub mod conveyor;
pub mod delay;
mod part_length;
pub mod robot;

pub(crate) use beam::{Beam, EDGE};
pub use part_length::PartLength;
