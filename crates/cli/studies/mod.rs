//! Commands that play more than one run, on one plan: `run` with replications, `compare`, `sweep`, `optimize`, `select`, and
//! the same in pieces: `plan`, `exec`, `merge`, `status`; and `report`, pictures of any of them.
//!
//! ```text
//! request: arguments -> Plan -> Study ─┬─ series: streamed through memory, nothing on the disk
//!                                      └─ series: into a directory -> merge: tables, and what is shown of them
//! ```

mod baseline;
pub mod compare;
pub mod exec;
mod kept;
pub mod merge;
pub mod optimize;
mod orders;
pub mod plan;
pub mod replicate;
pub mod report;
pub mod request;
pub mod select;
mod series;
pub mod status;
pub mod sweep;
pub mod typed;
