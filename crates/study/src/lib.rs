//! Studies: from single runs to decisions.
//!
//! ```text
//!  Case (plant, seed) ─┐
//!  Case ...            ├─ team: replications on all cores ─ Outcome (KPIs, digest) ─┬─ estimate: means with intervals
//!  replications 0..n ──┘        handed on in order                                  ├─ compare: paired differences
//!                                                                                   └─ expect: passed or failed
//! ```
//!
//! - [`case`]: what is played: a plant under a seed; and what comes out of one replication of it.
//! - [`team`]: many replications on several cores, handed on in the order of their numbers.
//! - [`estimate`]: the mean of every KPI with its interval, in memory that does not grow with the replications.
//! - [`precision`]: when enough replications are played.
//! - [`warm_up`]: where the warm-up ends, from pilot runs.
//! - [`compare`]: variants against a base under common random numbers: better, worse, or how many more replications.
//! - [`effect`]: main effects, interactions and one-at-a-time sensitivity of a KPI.
//! - [`morris`]: which of many parameters matter at all.
//! - [`optimize`]: the best design of a space too large to try, under noise, for one or two objectives.
//! - [`tuning`]: the same of a scenario: its variables, its KPIs, its runs in a journal.
//! - [`select`]: the best of many designs, with a promise or within a budget.
//! - [`contest`]: the same among the cases of a study.
//! - [`player`]: what both want of cases, found where it is kept or played.
//! - [`film`]: one replication played once more, with everything that pictures of it need.
//! - [`plan`]: what a study is asked to do, as text with every file it needs; its cases, made one by one.
//! - [`journal`]: runs on the disk, so that what is finished stays finished.
//! - [`directory`]: where plan, runs and tables are.
//! - [`exec`]: plays what a plan asks for and a journal lacks.
//! - [`sweep`]: what the points of a sweep come to.
//! - [`result`]: the runs of a study in order, and tables of them.
//! - [`report`]: one page of HTML with pictures of all that.
//! - [`baseline`]: a study against an earlier one.
//! - [`expect`]: whether what a scenario expects holds, judged on confidence bounds.
//!
//! Invariant: results are the same bits for any number of cores: outcomes are tallied in the order of their replications,
//! whoever played them.

pub mod baseline;
pub mod case;
pub mod compare;
pub mod contest;
pub mod directory;
pub mod effect;
pub mod estimate;
pub mod exec;
pub mod expect;
pub mod film;
pub mod journal;
pub mod morris;
pub mod optimize;
pub mod plan;
pub mod player;
pub mod precision;
pub mod report;
pub mod result;
pub mod select;
pub mod sweep;
pub mod team;
pub mod tuning;
pub mod warm_up;
