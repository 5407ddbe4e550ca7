//! Runs that go on from a state, and plants that are followed.

mod alarms;
mod check;
mod coming_back;
pub mod diff;
mod endpoint;
mod foreseen;
pub mod fork;
mod keeper;
mod listening;
pub mod live;
mod metrics;
mod recipients;
mod state;
mod watcher;
pub mod what_if;
