//! Where the runs of a journal are: some 70 bytes for every stretch of successive replications, whatever a run holds.

use std::collections::{BTreeSet, btree_set};
use std::ops::Range;

use super::segment::Stretch;
use crate::plan::CaseId;

/// Where runs are: a stretch, and the number of its segment.
pub(super) type Piece = (Stretch, u32);

/// All stretches of all segments, by case and first replication. Stretches of one case may overlap: two processes may have
/// played the same.
#[derive(Debug, Default)]
pub(super) struct Index {
    pieces: BTreeSet<Piece>,
    /// Replications of the longest stretch: what covers a replication begins so far before it at most.
    longest: u64,
}

impl Index {
    /// Adds what a segment holds.
    pub fn add(&mut self, segment: u32, stretches: Vec<Stretch>) {
        self.longest = stretches.iter().map(|stretch| stretch.count).fold(self.longest, u64::max);
        self.pieces.extend(stretches.into_iter().map(|stretch| (stretch, segment)));
    }

    /// Every stretch of `case` that may hold some of `replications`, by their first ones.
    pub fn pieces(&self, case: CaseId, replications: &Range<u64>) -> btree_set::Range<'_, Piece> {
        let least = |replication| (Stretch { case, replication, count: 0, row: 0 }, 0);
        let end = replications.end.max(replications.start);
        self.pieces.range(least(replications.start.saturating_sub(self.longest))..least(end))
    }

    /// Those of `replications` of `case` that are not there, as ranges in their order.
    pub fn missing(&self, case: CaseId, replications: Range<u64>) -> impl Iterator<Item = Range<u64>> {
        let mut pieces = self.pieces(case, &replications);
        let Range { start: mut next, end } = replications;
        std::iter::from_fn(move || {
            while next < end {
                let (begins, ends) =
                    pieces.next().map_or((end, end), |(stretch, _)| (stretch.replication, stretch.end()));
                let gap = next..begins;
                next = next.max(ends);
                if !gap.is_empty() {
                    return Some(gap);
                }
            }
            None
        })
    }

    /// How many of `replications` of `case` are there.
    pub fn count(&self, case: CaseId, replications: Range<u64>) -> u64 {
        let length = |range: &Range<u64>| range.end.saturating_sub(range.start);
        length(&replications) - self.missing(case, replications).map(|gap| length(&gap)).sum::<u64>()
    }

    /// How many runs are there of all cases, each counted once.
    pub fn size(&self) -> u64 {
        let mut seen: Option<(CaseId, u64)> = None;
        let new = self.pieces.iter().map(|(stretch, _)| {
            let behind = seen.filter(|(case, _)| *case == stretch.case).map_or(0, |(_, end)| end);
            let end = stretch.end().max(behind);
            seen = Some((stretch.case, end));
            end - stretch.replication.max(behind)
        });
        new.sum()
    }
}
