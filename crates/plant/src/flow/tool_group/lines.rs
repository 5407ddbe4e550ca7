//! The lines of a tool group: what waits, by what it is, each line in the order of the ranking.
//!
//! What is alike in everything that a choice asks for, but for its own keys, waits in one line. That is what needs the same setup
//! and may be done by the same tools; where batches are made or the work remaining decides, what is of one type and has the same
//! step of its routing to do. So a free tool compares the first parts of lines, however long the lines are, and does not see those
//! that wait for another tool; to join a line and to leave it costs the logarithm of its length.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use kernel::Persist;
use kernel::persist::{Reader, Unreadable, Writer};

use crate::control::ranking::Rank;
use crate::control::setup::SetupIndex;
use crate::part::{Part, PartId, PartTypeIndex, RoutingPosition};

/// What is alike in all parts of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LineKey {
    /// The tool that has to do it, by number, if only one may because it did an earlier step. Lines for any tool come first.
    pub(super) tool: Option<u32>,
    /// The type of its parts, where types make a difference.
    pub(super) part_type: PartTypeIndex,
    /// What they have to have done.
    pub(super) alike: Alike,
    /// The setup that all of them need, where what was chosen of them decides that.
    pub(super) setup: Option<SetupIndex>,
}
kernel::persist!(struct LineKey { tool, part_type, alike, setup });

/// What all parts of a line have to have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alike {
    /// What their type says: they follow no routing.
    Type,
    /// That step.
    Step(RoutingPosition),
    /// Any step of the recipe whose first step in the plant is that one.
    Recipe(RoutingPosition),
    /// Anything that needs that setup.
    Need(Option<SetupIndex>),
}
kernel::persist!(enum Alike { 0 => Type, 1 => Step(inner), 2 => Recipe(inner), 3 => Need(inner) });

impl Alike {
    /// A step that says what all of them say.
    pub(super) fn step(self) -> Option<RoutingPosition> {
        match self {
            Alike::Type | Alike::Need(_) => None,
            Alike::Step(step) | Alike::Recipe(step) => Some(step),
        }
    }
}

impl LineKey {
    /// That of a part which goes together with those only that have the same step to do and are of its type.
    pub(super) fn of(part: &Part) -> Self {
        let alike = part.position.map_or(Alike::Type, Alike::Step);
        LineKey { part_type: part.part_type, alike, tool: None, setup: None }
    }
}

/// Parts that are alike, the first one by the ranking in front.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) key: LineKey,
    waiting: BinaryHeap<Reverse<Rank>>,
    /// How much its parts are together, in what batches are counted in.
    amount: u32,
}

impl Persist for Line {
    fn write(&self, writer: &mut Writer) {
        let Self { key, waiting, amount } = self;
        (*key, *amount).write(writer);
        // In their order: a heap may hold the same parts in several ways.
        let mut ranks: Vec<Rank> = waiting.iter().map(|Reverse(rank)| *rank).collect();
        ranks.sort_unstable();
        ranks.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let (key, amount) = <(LineKey, u32)>::read(reader)?;
        let ranks = Vec::<Rank>::read(reader)?;
        Ok(Line { key, waiting: ranks.into_iter().map(Reverse).collect(), amount })
    }
}

impl Line {
    /// The first part.
    #[inline]
    pub(super) fn head(&self) -> Option<&Rank> {
        self.waiting.peek().map(|Reverse(rank)| rank)
    }

    /// All parts, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Rank> {
        self.waiting.iter().map(|Reverse(rank)| rank)
    }

    /// How much its parts are together.
    #[inline]
    pub(super) fn amount(&self) -> u32 {
        self.amount
    }

    /// Takes the first part, which is so much of it.
    #[inline]
    pub(super) fn pop(&mut self, amount: u32) -> Option<PartId> {
        self.amount = self.amount.saturating_sub(amount);
        self.waiting.pop().map(|Reverse(rank)| rank.part)
    }

    /// Takes out one that is not the first as a rule, which is so much of it. O(line).
    pub(super) fn take(&mut self, part: PartId, amount: u32) {
        self.waiting.retain(|Reverse(rank)| rank.part != part);
        self.amount = self.amount.saturating_sub(amount);
    }
}

/// The lines of a group, in the order of their keys. A line stays when it has run empty: its like will come again.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    all: Vec<Line>,
    /// The places of those that have something to offer which they had not at the last choice; hardly ever more than one.
    fresh: Vec<u32>,
}
kernel::persist!(struct Lines { all, fresh });

impl Lines {
    /// A part that is so much joins the line of its like; returns the place of that.
    #[inline]
    pub(super) fn join(&mut self, key: LineKey, rank: Rank, amount: u32) -> usize {
        let place = match self.place_of(key) {
            Ok(place) => place,
            Err(place) => {
                self.begin_line(place, key);
                place
            }
        };
        let line = &mut self.all[place];
        line.waiting.push(Reverse(rank));
        line.amount = line.amount.saturating_add(amount);
        place
    }

    /// Puts a line of a new kind in its place; those behind it move up.
    #[cold]
    fn begin_line(&mut self, place: usize, key: LineKey) {
        self.all.insert(place, Line { key, waiting: BinaryHeap::new(), amount: 0 });
        for fresh in self.fresh.iter_mut().filter(|fresh| **fresh as usize >= place) {
            *fresh = fresh.saturating_add(1);
        }
    }

    fn place_of(&self, key: LineKey) -> Result<usize, usize> {
        self.all.binary_search_by(|line| line.key.cmp(&key))
    }

    /// The line at `place` has something to offer that it had not at the last choice.
    #[inline]
    pub(super) fn refresh(&mut self, place: usize) {
        if !self.is_fresh(place) {
            self.fresh.push(place as u32);
        }
    }

    /// The lines that have something to offer which they had not at the last choice.
    #[inline]
    pub(super) fn fresh(&self) -> impl Iterator<Item = &Line> {
        self.fresh.iter().filter_map(|place| self.all.get(*place as usize))
    }

    /// Whether the line at `place` is one of those.
    #[inline]
    pub(super) fn is_fresh(&self, place: usize) -> bool {
        self.fresh.contains(&(place as u32))
    }

    /// The lines that do not wait for another tool, with their places.
    #[inline]
    pub(super) fn open_to(&self, tool: u32) -> impl Iterator<Item = (usize, &Line)> {
        let any_bound = self.all.last().is_some_and(|last| last.key.tool.is_some());
        let (for_any, mine) = if any_bound { self.bound_to(tool) } else { (self.all.len(), 0..0) };
        (0..for_any).chain(mine).map(|place| (place, &self.all[place]))
    }

    /// How many lines wait for any tool, and where those are that wait for this one.
    fn bound_to(&self, tool: u32) -> (usize, Range<usize>) {
        let for_any = self.all.partition_point(|line| line.key.tool.is_none());
        let up_to = |tool: u32| self.all.partition_point(|line| line.key.tool <= Some(tool));
        let before = if tool == 0 { for_any } else { up_to(tool - 1) };
        (for_any, before..up_to(tool))
    }

    /// All lines, empty ones too.
    #[inline]
    pub(super) fn iter(&self) -> std::slice::Iter<'_, Line> {
        self.all.iter()
    }

    /// The line at a place in the order of [`Lines::iter`].
    #[inline]
    pub(super) fn line(&self, place: usize) -> &Line {
        &self.all[place]
    }

    /// The same, to be changed.
    #[inline]
    pub(super) fn line_mut(&mut self, place: usize) -> &mut Line {
        &mut self.all[place]
    }

    /// Nothing is fresh any more.
    pub(super) fn settle(&mut self) {
        self.fresh.clear();
    }

    /// Takes everybody out, line by line.
    pub(super) fn take_all(&mut self) -> Vec<PartId> {
        let mut parts = Vec::new();
        for line in &mut self.all {
            line.amount = 0;
            parts.extend(std::iter::from_fn(|| line.pop(0)));
        }
        parts
    }
}
