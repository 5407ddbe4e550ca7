//! The plant: a factory as an ECS, stepped by a deterministic scheduler.
//!
//! ```text
//!  Node tree -- PlantDescription::read --> description -- plan --> Plant (shared, immutable)
//!                                                                   |
//!                     Report <-- report -- Run (World, slices) <-- Run::new
//! ```
//!
//! - [`description`]: how types read themselves from nodes, complain, and document themselves.
//! - [`plant`]: the sections of a plant, and planning them; [`plan`], [`model`], [`registry`] serve it.
//! - [`element`] and [`facet`]: what a kind and a facet are; [`kind`] lists ours.
//! - [`flow`], [`transport`], [`resource`], [`sensing`]: the element kinds, one file each; `work` is what those that work
//!   on parts share. [`fluid`]: tanks, pumps and pipes, and what stations take from them.
//! - [`availability`], [`control`], [`energy`]: the facets, and the rules by which elements decide.
//! - [`floor`]: what handlers work with: time, parts, gates, crews, records.
//! - [`run`]: slices, boundaries, snapshots; [`invariant`] checks a run by counting everything again.
//! - [`state`], [`unit`](mod@unit), [`ledger`], [`report`], [`kpi`]: what is counted, and what it amounts to.
//!
//! The order of events within an instant is told in [`run`]; docs/architecture.md tells the rest.

pub mod availability;
pub mod codes;
pub mod control;
pub mod costs;
pub mod description;
pub mod element;
pub mod energy;
pub mod facet;
pub mod floor;
pub mod flow;
pub mod fluid;
pub mod follow;
pub mod invariant;
pub mod kind;
pub mod kpi;
pub mod ledger;
pub mod model;
pub mod part;
pub mod plan;
pub mod plant;
pub mod process;
pub mod registry;
pub mod report;
pub mod resource;
pub mod run;
pub mod sensing;
pub mod state;
pub mod transport;
pub mod unit;
mod work;
