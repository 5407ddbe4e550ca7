//! Kits: the parts of a bill that go into one product, whose bill can depend on what was chosen of its main part.
//!
//! The main part is the first one of the first line, by the rule of the queue, for which everything is there.

use std::collections::BTreeMap;

use super::Workplace;
use crate::control::dispatching::PartQueue;
use crate::control::options::Condition;
use crate::floor::Floor;
use crate::part::{PartId, PartTypeIndex};

/// What a line of a bill asks for besides an amount.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Selection {
    /// What must have been chosen of the main part, or the line is passed over.
    pub when: Condition,
    /// Whether its parts must have been made for the order of the main part.
    pub same_order: bool,
}

impl Selection {
    /// Whether it asks for anything.
    pub fn is_any(&self) -> bool {
        self.same_order || !self.when.is_none()
    }
}

/// A main part for which everything is there, and what that depends on.
#[derive(Debug)]
pub(super) struct Kit {
    main: PartId,
    /// What was chosen of it.
    chosen: Vec<u16>,
    /// The order that it was made for.
    order: Option<u32>,
}

impl Kit {
    /// Whether it takes anything from a line.
    pub(super) fn needs(&self, line: usize, selections: &[Selection]) -> bool {
        selections[line].when.holds(|option| self.chosen[option])
    }

    /// Whether a part of a line can go into it.
    fn fits(&self, part: PartId, line: usize, selections: &[Selection], floor: &Floor<'_>) -> bool {
        if line == 0 {
            part == self.main
        } else {
            !selections[line].same_order || floor.parts().made_for(part) == self.order
        }
    }
}

impl Workplace {
    /// Whether everything for one product is there. O(lines), or where lines are selected O(parts in lines + main parts x lines).
    pub(super) fn has_kit(&self, lines: &[(PartTypeIndex, u32)], selections: &[Selection], floor: &Floor<'_>) -> bool {
        if selections.is_empty() {
            return lines.iter().zip(&self.lines).all(|((_, amount), queue)| queue.len() >= *amount as usize);
        }
        self.complete_kit(lines, selections, floor).is_some()
    }

    /// The first main part for which everything is there, where lines are selected.
    pub(super) fn complete_kit(
        &self,
        lines: &[(PartTypeIndex, u32)],
        selections: &[Selection],
        floor: &Floor<'_>,
    ) -> Option<Kit> {
        if selections.is_empty() {
            return None;
        }
        // Counted once, and not for each main part: of what there is for an order, or for none.
        let mut of_order: Vec<BTreeMap<Option<u32>, usize>> = vec![BTreeMap::new(); self.lines.len()];
        for (line, queue) in self.lines.iter().enumerate().filter(|(line, _)| selections[*line].same_order) {
            for part in queue.iter() {
                *of_order[line].entry(floor.parts().made_for(part)).or_default() += 1;
            }
        }
        let kit = |main: PartId| Kit { main, chosen: floor.choices_of(main), order: floor.parts().made_for(main) };
        let is_complete = |kit: &Kit| {
            let fitting = |line: usize, queue: &PartQueue| match line {
                0 => 1,
                _ if selections[line].same_order => of_order[line].get(&kit.order).copied().unwrap_or_default(),
                _ => queue.len(),
            };
            let is_there = |(line, queue): (usize, &PartQueue)| {
                !kit.needs(line, selections) || fitting(line, queue) >= lines[line].1 as usize
            };
            self.lines.iter().enumerate().all(is_there)
        };
        self.lines.first()?.iter().map(kit).find(is_complete)
    }

    /// Takes a part from a line: the first, or the first that can go into the kit.
    pub(super) fn take_from(
        &mut self,
        line: usize,
        kit: Option<&Kit>,
        selections: &[Selection],
        floor: &Floor<'_>,
    ) -> Option<PartId> {
        let queue = &mut self.lines[line];
        let Some(kit) = kit else { return queue.pop() };
        let part = queue.iter().find(|part| kit.fits(*part, line, selections, floor))?;
        queue.remove(part);
        Some(part)
    }
}
