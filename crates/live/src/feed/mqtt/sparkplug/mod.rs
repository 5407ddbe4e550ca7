//! Sparkplug B (Eclipse Sparkplug 3.0.0, ISO/IEC 20237): what edge nodes tell, as observations.
//!
//! An edge node tells all its metrics in a *birth*, with name, type and value, and afterwards only what changes, in *data*, under
//! numbers (aliases) that the birth gave. Its *death* is published by the broker when the connection breaks. Messages are
//! numbered from 0 to 255, over and over, so that a loss shows ([decision 0014](../../../../../../docs/decisions/0014-sparkplug.md)).
//!
//! | what comes | what is observed |
//! |---|---|
//! | a birth | each metric's value, at its own time |
//! | data | the values, at their own times; at most uncertain from a loss to the next birth, since names may have changed |
//! | data under a number that no birth gave | one observation of bad quality, at the address of the node or device |
//! | a death | nothing, of bad quality, of each metric; not if an earlier session of the node has died |
//! | no value, a type that is no single value | nothing, of bad quality |
//!
//! Reading writes nothing, unless `asks_for_rebirth` allows the one command "Node Control/Rebirth".
//!
//! Invariant: memory is bounded by [`reader::MOST_NODES`] and [`reader::MOST_METRICS`], whatever comes.

mod node;
mod reader;
mod silent;
mod topic;
mod value;
pub(crate) mod wire;

pub(super) use reader::SparkplugReader;
pub(super) use topic::filters;

#[cfg(test)]
mod tests;
