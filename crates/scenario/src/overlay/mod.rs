//! Changing a scenario without touching its file: bases, `set`, the command line, sweeps and timed Sets.
//!
//! All of them go through one mechanism, [`assign`]: values are put into the tree as values, never as text, and what is
//! put there is then read and checked exactly as if the file had said it.
//!
//! # Order
//! A file's own fields are laid over its `base`; then its `set` entries are applied in file order; then the same for the
//! next file up the chain. `--set` comes last, in the order given; sweep axes and timed Sets after that. Later wins.
//!
//! # Laying a file over its base
//! - Two structs are merged field by field, if their names agree or one of them has none: an overlay's
//!   `"mill": (capacity: 2)` changes one field of the base's `"mill": Station(...)`. A struct of another name replaces the
//!   base's as a whole: `"mill": Buffer(...)` makes another element of it.
//! - Two maps are merged entry by entry, by key. A new key adds an entry, such as a new element. `"mill": None` removes
//!   the base's entry; that there is none is a mistake.
//! - Where a type has a short form, a bare value over a struct changes the field it stands for: `queue: 10` over
//!   `queue: (capacity: 30, rule: Spt)` is `(capacity: 10, rule: Spt)`. The same goes for values put at paths.
//! - Everything else (numbers, texts, lists, calls such as `Constant("42 s")`) is replaced as a whole.
//! - `field: None` takes the base's field away, so that its default holds again.
//!
//! # Paths
//! `mill.process_time`, `mill.failures[0].time_to_repair`, `mill.process_time[1]` (argument of a call), `clock.horizon` (a
//! section), `line1/*.capacity`, `**.failures[*].time_to_repair`; names with dots or brackets in single quotes. An element goes
//! before a section of the same name. `*` ends at the next `/` of a name, `**` does not. A field that is not given is inserted
//! (with its parents), under a wildcard only where the element's kind has it; `None` takes a field, entry or element away.
//! A path that matches nothing is a mistake.

mod assignment;
pub mod codes;
mod merge;
mod path;
mod resolve;
mod search;
mod typed;

#[cfg(test)]
mod tests;

pub use assignment::Assignment;
pub use path::{Path, spelled};
pub use resolve::{NoSchema, Place, Schema, assign, resolve};

pub(crate) use merge::merge;
