//! The plant: a factory as an ECS, stepped by a deterministic scheduler.

pub mod availability;
pub mod codes;
pub mod control;
pub mod description;
pub mod element;
pub mod energy;
pub mod facet;
pub mod floor;
pub mod flow;
pub mod invariant;
pub mod kind;
pub mod kpi;
pub mod ledger;
pub mod model;
pub mod part;
pub mod plan;
pub mod plant;
pub mod registry;
pub mod report;
pub mod resource;
pub mod run;
pub mod sensing;
pub mod state;
pub mod transport;
pub mod unit;
mod work;
