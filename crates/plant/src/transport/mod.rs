//! Elements that carry parts from one place to another.
//!
//! Invariant: where a part lies on a belt is exact; only the times of events are rounded, each by itself and by
//! less than a nanosecond.

mod activity;
pub mod automated_storage;
mod beam;
pub(crate) mod body;
pub mod conveyor;
mod course;
pub mod crane_rail;
pub mod delay;
pub mod fleet;
pub(crate) mod member;
pub(crate) mod part_length;
pub mod paths;
pub mod robot;
mod stint;
pub mod zone;

pub(crate) use beam::{Beam, EDGE};
pub use body::{BodyInfo, PartBody, PartPoint, PartShape, PartSize, ShapeInfo};
pub use part_length::PartLength;
