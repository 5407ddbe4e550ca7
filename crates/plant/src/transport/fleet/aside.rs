//! Turning aside: vehicles that have come to wait for each other need not do so for good.
//!
//! A vehicle holds all that it needs up to its next stop, so nobody is ever stuck between two. Where some stand and wait for each other
//! in a circle all the same, as two do that meet on a two-way way, one of them goes to where there is room and it is on the way of none of
//! the others, lets them by, and goes on from there.

use super::control::Control;
use crate::transport::paths::network::Cell;
use crate::transport::paths::traffic::claims;

/// A vehicle that has turned aside this often without coming to where it is to go will not come there: vehicles that keep turning aside
/// for each other are stuck like those that cannot.
const MOST_TURNS: u32 = 20;

impl Control<'_, '_, '_> {
    /// One of these vehicles, which wait for each other, turns aside, of this fleet or else of another. False where none can.
    #[cold]
    pub(super) fn turn_one_aside(&mut self, stuck: &[u32]) -> bool {
        if self.turn_own_aside(stuck) {
            return true;
        }
        // Their own fleets know where the others are to go: each is asked once, by way of one of its vehicles, until somebody drives.
        let fleet = self.fleet.element;
        self.traffic().asked.push(fleet);
        let others: Vec<_> = stuck.iter().map(|ordinal| (self.of_ordinal(*ordinal).1, *ordinal)).collect();
        let next = others
            .into_iter()
            .find(|(fleet, _)| !self.floor.shop.traffic[self.fleet.network as usize].asked.contains(fleet));
        self.tell(next.map(|(_, ordinal)| ordinal));
        next.is_some()
    }

    /// The vehicle of this fleet that has the shortest way to where it is in nobody's way turns aside. False where none can.
    fn turn_own_aside(&mut self, stuck: &[u32]) -> bool {
        let number = |ordinal: &u32| ordinal.checked_sub(self.fleet.first).map(|number| number as usize);
        let own = stuck.iter().filter_map(number).filter(|number| *number < self.state.vehicles.len());
        let nearest = own.filter_map(|vehicle| {
            let (time, to) = self.place_aside(vehicle, stuck)?;
            Some((time, vehicle, to))
        });
        let Some((_, vehicle, to)) = nearest.min() else { return false };
        let record = self.vehicle(vehicle);
        let then = record.then.or(record.goal);
        record.turns_aside += 1;
        (record.goal, record.then) = (Some(to), then);
        self.set_out(vehicle);
        true
    }

    /// The nearest node where a vehicle may stop, to which the whole way is free, and where none of the others wants that are `stuck`;
    /// with the time to get there. `None` where there is none, or where the vehicle cannot set out.
    fn place_aside(&self, vehicle: usize, stuck: &[u32]) -> Option<(kernel::SimDuration, u32)> {
        let (network, ordinal) = (self.network, self.ordinal(vehicle));
        let record = &self.state.vehicles[vehicle];
        let goal = record.then.or(record.goal)?;
        if record.stint.stands_still || record.is_under_way() || record.turns_aside >= MOST_TURNS {
            return None;
        }
        let ways = &self.fleet.ways[usize::from(record.drives_loaded)];
        let traffic = &self.floor.shop.traffic[self.fleet.network as usize];
        let others = || stuck.iter().filter(|other| **other != ordinal);
        let wanted: Vec<u32> = others().flat_map(|other| self.wanted_by(*other)).collect();
        let waited_for: Vec<Cell> = others().filter_map(|other| Some(traffic.waits_for(*other)?.cell)).collect();
        let is_aside = |to: &u32| {
            let way = || self.legs(ways, record.node, *to).flat_map(|leg| claims(network, leg));
            *to != record.node
                && network.nodes[*to as usize].stop
                && !wanted.contains(to)
                && !waited_for.contains(&network.node_cell(*to))
                && ways.time(*to, goal).is_some()
                && traffic.lacks(network, ordinal, way()).is_none()
        };
        let nodes = (0..network.nodes.len() as u32).filter(is_aside);
        nodes.filter_map(|to| Some((ways.time(record.node, to)?, to))).min()
    }
}
