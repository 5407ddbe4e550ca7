//! The ways of least time between all nodes of a network, found when a plant is planned.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use kernel::SimDuration;

use super::network::{NodeInfo, SegmentInfo};
use crate::description::Speed;

/// No way leads there.
const NONE: u32 = u32::MAX;

/// A segment in the direction in which it is driven on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// The segment.
    pub segment: u32,
    /// Whether it is driven on from its beginning to its end.
    pub forward: bool,
    /// The node where that leads.
    pub to: u32,
}

kernel::persist!(struct Leg { segment, forward, to });

/// What is next on the way of least time, from every node to every other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ways {
    nodes: usize,
    /// By goal and node: the segment, twice its number and one more where it is driven on backwards.
    next: Vec<u32>,
    /// By goal and node, in nanoseconds.
    times: Vec<i64>,
    /// Time on each segment.
    segment_times: Vec<SimDuration>,
}

impl Ways {
    /// The ways of vehicles that drive at `speed`. O(nodes * segments * log nodes) time, 12 bytes a pair of nodes.
    #[must_use]
    pub fn find(nodes: &[NodeInfo], segments: &[SegmentInfo], speed: Speed) -> Ways {
        let count = nodes.len();
        let segment_times: Vec<SimDuration> = segments.iter().map(|segment| segment.time(speed)).collect();
        // The ways into each node, in the order of the scenario: from where, and by what.
        let mut into: Vec<Vec<(u32, u32)>> = vec![Vec::new(); count];
        for (number, segment) in (0..).zip(segments) {
            into[segment.to as usize].push((segment.from, 2 * number));
            if segment.two_way {
                into[segment.from as usize].push((segment.to, 2 * number + 1));
            }
        }
        let mut ways =
            Ways { nodes: count, next: vec![NONE; count * count], times: vec![i64::MAX; count * count], segment_times };
        let mut open: BinaryHeap<Reverse<(i64, u32)>> = BinaryHeap::new();
        for goal in 0..count {
            let times = &mut ways.times[goal * count..][..count];
            let next = &mut ways.next[goal * count..][..count];
            times[goal] = 0;
            open.push(Reverse((0, goal as u32)));
            while let Some(Reverse((time, node))) = open.pop() {
                if time > times[node as usize] {
                    continue;
                }
                for (from, by) in &into[node as usize] {
                    let longer = time.saturating_add(ways.segment_times[*by as usize / 2].as_nanos());
                    let known = &mut times[*from as usize];
                    if longer < *known {
                        (*known, next[*from as usize]) = (longer, *by);
                        open.push(Reverse((longer, *from)));
                    } else if longer == *known && *by < next[*from as usize] {
                        next[*from as usize] = *by;
                    }
                }
            }
        }
        ways
    }

    /// Time from a node to another where nothing is in the way; `None` if no way leads there.
    #[inline]
    #[must_use]
    pub fn time(&self, from: u32, goal: u32) -> Option<SimDuration> {
        let time = self.times[goal as usize * self.nodes + from as usize];
        (time < i64::MAX).then(|| SimDuration::from_nanos(time))
    }

    /// Time on a segment.
    #[inline]
    #[must_use]
    pub fn segment_time(&self, segment: u32) -> SimDuration {
        self.segment_times[segment as usize]
    }

    /// What is next from `from` on the way to `goal`, which is another node; `None` if no way leads there.
    #[inline]
    #[must_use]
    pub fn leg(&self, segments: &[SegmentInfo], from: u32, goal: u32) -> Option<Leg> {
        let by = self.next[goal as usize * self.nodes + from as usize];
        let segment = segments.get(by as usize / 2).filter(|_| by != NONE && from != goal)?;
        let forward = by.is_multiple_of(2);
        Some(Leg { segment: by / 2, forward, to: if forward { segment.to } else { segment.from } })
    }

    /// The stretch from `from` on the way to `goal`, up to the next node where a vehicle may stop.
    pub fn stretch<'a>(
        &'a self,
        nodes: &'a [NodeInfo],
        segments: &'a [SegmentInfo],
        from: u32,
        goal: u32,
    ) -> impl Iterator<Item = Leg> + Clone + use<'a> {
        let mut at = Some(from);
        std::iter::from_fn(move || {
            let leg = self.leg(segments, at?, goal)?;
            at = (!nodes[leg.to as usize].stop).then_some(leg.to);
            Some(leg)
        })
    }
}
