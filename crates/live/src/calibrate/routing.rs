//! Which way parts go at branches: counted at the first elements behind each way that the log tells of.
//!
//! A branch is observed by the elements that begin work on its parts. From each of its ways everything that the log does not
//! tell of (ways, buffers, further branches) is walked through. A share is only worth something if no other part can come to
//! those elements: where one of them can be reached by two ways, or past the branch, nothing is said of it.

use std::collections::{BTreeMap, BTreeSet};

use plant::description::Value;
use plant::element::ElementIndex;
use plant::plant::Plant;

use super::fit::Estimate;
use super::target::{Targets, field};

/// The quantile of the normal law for a confidence of 95 %.
const QUANTILE: f64 = 1.959_963_984_540_054;

/// The share of one way.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// Where it leads.
    pub to: ElementIndex,
    /// Parts that went there.
    pub count: usize,
    /// Its share with an interval (Wilson 1927, JASA 22; each way against the others).
    pub share: Estimate,
}

/// What was seen at a branch.
#[derive(Debug, Clone, PartialEq)]
pub struct Branching {
    /// The branch.
    pub branch: ElementIndex,
    /// Its ways, by where they lead.
    pub ways: Vec<Way>,
    /// Why the shares cannot be put into the scenario, if so.
    pub refusal: Option<String>,
}

/// Every branch whose ways can be told apart; `starts` counts what began at each observed element.
pub(super) fn branchings(
    plant: &Plant,
    targets: &Targets<'_>,
    starts: &BTreeMap<ElementIndex, usize>,
) -> Vec<Branching> {
    let mut onward: BTreeMap<ElementIndex, BTreeSet<ElementIndex>> = BTreeMap::new();
    let mut backward: BTreeMap<ElementIndex, BTreeSet<ElementIndex>> = BTreeMap::new();
    for (from, to) in plant.ways() {
        onward.entry(from).or_default().insert(to);
        backward.entry(to).or_default().insert(from);
    }
    let elements = (0..plant.model.elements.len()).map(|index| ElementIndex(index as u32));
    let branches = elements.filter(|element| plant.model.elements[element.index()].kind == "Branch");
    branches
        .filter_map(|branch| {
            let mut counts: Vec<(ElementIndex, usize)> = Vec::new();
            let mut seen: BTreeSet<ElementIndex> = BTreeSet::new();
            for way in onward.get(&branch)? {
                let observed = observed_behind(*way, branch, &onward, starts)?;
                let is_apart = observed
                    .iter()
                    .all(|element| seen.insert(*element) && only_through(*element, *way, branch, &backward, starts));
                if observed.is_empty() || !is_apart {
                    return None;
                }
                counts.push((*way, observed.iter().map(|element| starts[element]).sum()));
            }
            let total: usize = counts.iter().map(|(_, count)| count).sum();
            if counts.len() < 2 || total == 0 {
                return None;
            }
            let ways = counts.iter().map(|(to, count)| Way { to: *to, count: *count, share: wilson(*count, total) });
            let rule = targets.node(branch).and_then(|node| field(node, "by"));
            let word = rule.and_then(|rule| rule.name()).map_or("", |(word, _)| word);
            let has_weights = word == "Probability"
                && matches!(rule.map(|rule| &rule.value), Some(Value::Call { .. } | Value::Struct { .. }));
            let refusal = (!has_weights).then(|| format!("in the scenario the branch goes by {word}"));
            Some(Branching { branch, ways: ways.collect(), refusal })
        })
        .collect()
}

/// The first observed elements from `way` on; `None` where parts may come back to the branch unseen.
fn observed_behind(
    way: ElementIndex,
    branch: ElementIndex,
    onward: &BTreeMap<ElementIndex, BTreeSet<ElementIndex>>,
    starts: &BTreeMap<ElementIndex, usize>,
) -> Option<BTreeSet<ElementIndex>> {
    let (mut found, mut walked, mut next) = (BTreeSet::new(), BTreeSet::new(), vec![way]);
    while let Some(element) = next.pop() {
        if element == branch {
            return None;
        }
        if starts.contains_key(&element) {
            found.insert(element);
        } else if walked.insert(element) {
            // Parts that leave the plant unseen were not counted.
            next.extend(onward.get(&element)?);
        }
    }
    Some(found)
}

/// Whether parts come to `element` from `branch` by `way` alone.
fn only_through(
    element: ElementIndex,
    way: ElementIndex,
    branch: ElementIndex,
    backward: &BTreeMap<ElementIndex, BTreeSet<ElementIndex>>,
    starts: &BTreeMap<ElementIndex, usize>,
) -> bool {
    let (mut walked, mut next) = (BTreeSet::from([element]), vec![element]);
    while let Some(at) = next.pop() {
        let Some(before) = backward.get(&at) else { return false };
        for from in before {
            if *from == branch {
                if at != way {
                    return false;
                }
            } else if starts.contains_key(from) {
                return false;
            } else if walked.insert(*from) {
                next.push(*from);
            }
        }
    }
    true
}

fn wilson(count: usize, total: usize) -> Estimate {
    let (n, value) = (total as f64, count as f64 / total as f64);
    let square = QUANTILE * QUANTILE;
    let centre = (value + square / (2.0 * n)) / (1.0 + square / n);
    let half = QUANTILE * (value * (1.0 - value) / n + square / (4.0 * n * n)).sqrt() / (1.0 + square / n);
    Estimate { value, low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_of_shares_are_those_of_wilson() {
        // Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263, 0 of 20.
        let some = wilson(81, 263);
        assert!((some.low - 0.2553).abs() < 1e-4 && (some.high - 0.3662).abs() < 1e-4, "{some:?}");
        let none = wilson(0, 20);
        assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 1e-4, "{none:?}");
    }
}
