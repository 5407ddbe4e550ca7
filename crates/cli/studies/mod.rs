//! Commands that play more than one run, on one plan: `run` with replications, `compare`, `sweep`, and the same in pieces:
//! `plan`, `exec`, `merge`, `status`; and `report`, pictures of any of them.
//!
//! ```text
//! request: arguments -> Plan -> Study ─┬─ series: streamed through memory, nothing on the disk
//!                                      └─ series: into a directory -> merge: tables, and what is shown of them
//! ```

pub mod compare;
pub mod exec;
pub mod merge;
pub mod plan;
pub mod replicate;
pub mod report;
mod request;
mod series;
pub mod status;
pub mod sweep;
