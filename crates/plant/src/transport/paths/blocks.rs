//! Segments for several vehicles that are no points: each is divided into blocks for one, with a place to stop between them.
//!
//! So keeping one's distance behind another vehicle is the same as keeping off what another holds, and is written once.

use super::interlock::Footprint;
use super::network::{Network, NodeInfo, SegmentInfo};
use crate::codes;
use crate::description::Length;
use crate::plan::Planner;

/// Divides the segments of a network on which vehicles of a footprint drive. False, with a complaint, if that cannot be.
pub(super) fn divide(network: &mut Network, footprint: Footprint, planner: &mut Planner<'_>) -> bool {
    let mut divided = Vec::with_capacity(network.segments.len());
    let most = kernel::limits::PATH_NODES;
    let clearance_nm = footprint.clearance_nm();
    for (number, segment) in (0..).zip(network.segments.clone()) {
        if segment.from == segment.to {
            // One of its ends is no node, or both are the same: that has been said.
            divided.push(segment);
            continue;
        }
        let capacity = i64::from(segment.capacity);
        let name = |node: u32| network.nodes.get(node as usize).map_or("?", |node| &*node.name);
        let ends = [name(segment.from), name(segment.to)].map(str::to_owned);
        let wrong = if capacity > 1 && segment.two_way {
            Some((
                "has room for several vehicles in either direction".to_owned(),
                "vehicles with a `length` or `width` keep their distance on one-way segments only",
                "let it have `capacity: 1`, or draw two one-way segments side by side",
            ))
        } else if capacity > 1 && network.straight_nm(number) / capacity < clearance_nm {
            let metres = |length_nm: i64| length_nm as f64 / 1e9;
            let (apart, vehicle) = (metres(network.straight_nm(number)), metres(clearance_nm));
            Some((
                format!("is for {capacity} vehicles that need {vehicle:.3} m each, and its nodes are {apart} m apart"),
                "they would not be clear of each other",
                "give the segment less `capacity`, or more length",
            ))
        } else if network.nodes.len() as i64 + capacity - 1 > most as i64 {
            Some((
                format!("is for {capacity} vehicles at once"),
                "with a place for each there are too many nodes",
                "give segments less `capacity`, or divide the network",
            ))
        } else {
            None
        };
        if let Some((what, label, help)) = wrong {
            let message = format!("the segment from \"{}\" to \"{}\" {what}", ends[0], ends[1]);
            let origin = planner.origin_of("segments");
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
            return false;
        }
        let [from, to] =
            [segment.from, segment.to].map(|node| network.nodes.get(node as usize).map(|node| node.place_nm));
        let (Some(from), Some(to)) = (from, to) else {
            divided.push(segment);
            continue;
        };
        // What is left over by the division goes to the first blocks, a nanometre each.
        let part = |total: i128, number: i64| (total * i128::from(number) / i128::from(capacity)) as i64;
        let mut begin = segment.from;
        for block in 1..=capacity {
            let end = if block == capacity {
                segment.to
            } else {
                network.nodes.push(NodeInfo {
                    name: format!("{} - {}, after {block} of {capacity}", ends[0], ends[1]).into(),
                    place_nm: [0, 1].map(|axis| {
                        let between = i128::from(to[axis]) - i128::from(from[axis]);
                        from[axis].saturating_add(part(between, block))
                    }),
                    capacity: 1,
                    stop: true,
                    serves: Vec::new(),
                });
                network.nodes.len() as u32 - 1
            };
            let length = i128::from(segment.length.as_nanometres());
            let length = Length::from_nanometres(part(length, block) - part(length, block - 1));
            divided.push(SegmentInfo { from: begin, to: end, length, capacity: 1, ..segment.clone() });
            begin = end;
        }
    }
    network.segments = divided;
    true
}
