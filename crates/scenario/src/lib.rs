//! Scenario files: from text to a plant that can run, with every mistake shown where it was made.
//!
//! ```text
//!  plant.ron ─┐                ┌─ base, set, --set          ┌─ plant::Plant
//!  week.ron ──┤ syntax ─ Node ─┤ overlay ─ Node (one tree) ─┤ expand
//!  times.csv ─┘ (spans)        └─ sweep axis, timed Set     └─ complaints ─ diagnostic
//! ```
//!
//! - [`sources`]: every text of a scenario, numbered, so that an origin (source and bytes) always finds its line.
//! - [`syntax`]: RON text to a tree of nodes that know their bytes; all syntax mistakes of a file at once.
//! - [`overlay`]: a file laid over its `base`, then `set`, then `--set`; the same mechanism serves sweep axes and timed
//!   Sets. Its [module documentation](overlay) holds the rules of merging and of paths.
//! - [`table`]: CSV files beside the scenario, whose cells know their bytes too.
//! - [`load`](mod@load): all of the above in one call, from a path to one tree.
//! - [`expand`]: what the tree means: the last step, to a plant.
//! - [`diagnostic`]: complaints as text with carets, or as rows.
//! - [`staged`]: files that are whole or not there.
//! - [`saved`]: runs saved to the disk, with all that they were made from.
//!
//! ```
//! use std::collections::BTreeMap;
//! use scenario::{diagnostic, load, overlay, sources::Sources, syntax};
//!
//! let files = BTreeMap::from([
//!     ("plant.ron".to_owned(), br#"Scenario(elements: { "mill": Station(capacity: 1, next: "out") })"#.to_vec()),
//!     ("study.ron".to_owned(), br#"Scenario(base: "plant.ron", set: { "mill.capacity": 2 })"#.to_vec()),
//! ]);
//! let overrides = ["mill.next=packer".to_owned()];
//! let loaded = load::load_from(Sources::new(files.clone()), "study.ron", &overrides, &overlay::NoSchema).unwrap();
//! assert_eq!(syntax::write(&loaded.root), r#"Scenario(elements:{"mill":Station(capacity:2,next:"packer")})"#);
//!
//! let overrides = ["mil.next=packer".to_owned()];
//! let rejected = load::load_from(Sources::new(files), "study.ron", &overrides, &overlay::NoSchema).unwrap_err();
//! let shown = diagnostic::render(&rejected.complaints, &rejected.sources, diagnostic::Style::Plain);
//! assert!(shown.contains("help: did you mean `mill`?"));
//! ```
//!
//! Invariant: nothing here panics, whatever the files hold; every loop and every recursion is bounded by the text's size and
//! by `kernel::limits`.
//! Invariant: a value is never rewritten as text on its way: what a path sets is the node that was written.

use plant::description::Code;

/// Hashes of files and scenarios, and of whatever else has to be told apart.
pub use blake3;
/// Tables by columns, for whoever writes results or reads observations.
#[cfg(feature = "parquet")]
pub use parquet;

pub mod design;
pub mod diagnostic;
pub mod expand;
pub mod load;
pub mod overlay;
pub mod reference;
pub mod saved;
pub mod sources;
pub mod staged;
pub mod syntax;
pub mod table;

/// The codes of this room's complaints, each list in the order of its numbers: what `linewright explain` adds to the plant's.
pub const CODES: [&[&Code]; 7] = [
    syntax::codes::CODES,
    overlay::codes::CODES,
    table::codes::CODES,
    expand::CODES,
    expand::STUDY_CODES,
    design::CODES,
    design::OPTIMIZATION_CODES,
];
