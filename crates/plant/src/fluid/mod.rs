//! Liquids: tanks, pumps and pipes, and stations that take from tanks and give into them.
//!
//! What is connected by pumps and pipes is one network. Between two events every pump runs steadily, so volumes are straight
//! lines, or follow Torricelli's law where a tank runs out by its weight; when a tank is full or empty or a level is passed
//! follows from a formula, to the nanosecond. Nothing is stepped to. Volumes are whole numbers of a unit in which no flow
//! leaves a remainder, and what a pump takes from one tank is what it gives to the next.
//!
//! ```text
//!  something changes -> Floor::disturb -> (once everything at this instant has happened) Floor::settle
//!     settle: advance volumes -> who wants to run -> sharing -> flows, states -> next event (course)
//! ```
//!
//! - [`tank`], [`pump`], [`pipe`]: the kinds; their plans and states lie on the floor (`fixture`), since a network is settled as a
//!   whole.
//! - `network`: which belong together; `sharing`: who gets how much where not all can; `course` and `fall`: how it goes on.
//! - `exchange`: what stations take and give; `check`: what must not be connected how.
//!
//! Invariant: what came into a tank is in it or has left it, to the last unit; no tank ever holds more than fits, or less than
//! nothing (`audit`).
//! Invariant: a network is settled by what happens to it alone; another network's events never touch it.

mod amount;
mod audit;
pub(crate) mod check;
mod course;
pub mod exchange;
mod fall;
mod figures;
pub(crate) mod fixture;
mod network;
pub mod pipe;
pub mod pump;
mod schedule;
mod settle;
mod sharing;
pub mod tank;
#[cfg(test)]
mod tests;

pub use amount::Amount;

pub(crate) use audit::Deliveries;
pub(crate) use figures::add_figures;
pub(crate) use fixture::{AtFixture, Fixture, FixturePlan, FixtureState};
pub(crate) use network::Networks;
