//! Runs that go on from a state, and plants that are followed.

pub mod diff;
mod foreseen;
pub mod fork;
pub mod live;
mod state;
