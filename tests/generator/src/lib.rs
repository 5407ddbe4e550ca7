//! Valid plants made up from a number, of every kind of element and every facet, and what must hold of all of them.
//!
//! `generated(17, &registry)` is always the same scenario as text. Small numbers are small plants; the larger the number, the
//! more flows, elements and things beside. A plant that is refused is a fault, of this generator or of the engine; one
//! that jams is none: a jam is named, and everything that must hold of a run holds of a jammed one too.
//!
//! To add a kind: one function and one line in [`ways::WAYS`] if parts go through it, else in [`beside::BESIDE`]. To add a
//! facet: one function and one line in [`facets::FACETS`]; which kinds take it the registry says. The census of the test
//! fails as long as the registry has a kind or a facet that is missing here or never works.

pub mod beside;
pub mod chance;
pub mod draft;
pub mod examine;
pub mod facets;
pub mod flows;
pub mod laws;
pub mod sections;
pub mod shrink;
pub mod ways;

use plant::registry::Registry;

use crate::draft::{Draft, Drawn};

/// A plant that was made up.
#[derive(Debug)]
pub struct Generated {
    /// The scenario.
    pub text: String,
    /// Its elements, in the order in which they were drawn.
    pub elements: Vec<Drawn>,
}

/// The plant of a number.
///
/// Random stream: [`chance::Chance::of`]. Costs well below a millisecond.
#[must_use]
pub fn generated(number: u64, registry: &Registry) -> Generated {
    let mut draft = Draft::of(number, registry);
    // Small numbers are small plants.
    for _ in 0..draft.chance.between(1, 1 + number / 700) {
        let skeleton = *draft.chance.pick(flows::SKELETONS);
        let size = draft.chance.between(1, 2 + number / 300);
        skeleton(&mut draft, size);
    }
    for _ in 0..draft.chance.between(1, 2 + number / 200) {
        let beside = draft.chance.pick(beside::BESIDE).draw;
        beside(&mut draft);
    }
    sections::draw(&mut draft);
    beside::say_where(&mut draft);
    Generated { text: draft.text(number), elements: draft.elements }
}
