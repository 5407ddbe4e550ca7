//! Who holds which node and segment, and who waits for it. Reserving is written here, once, for all fleets of a network.
//!
//! A vehicle asks for a whole stretch, up to where it may stop again, and gets all of it or waits with nothing more than the node
//! on which it stands. It waits in the line of the first cell that it lacks; nobody passes a line. Whoever lets a cell go is
//! given the first of its line, which asks anew. So no waiting vehicle is looked at but the first.
//!
//! Vehicles that have a stretch need nothing else to get to its end. So whether some wait for each other in a circle is seen
//! when one begins to wait: if everybody that it waits for, and that those wait for, waits too, none of them will ever go on.

use std::collections::VecDeque;

use kernel::persist;

use super::network::{Cell, Network};
use super::ways::Leg;

/// A claim on a cell: which, and of a segment in which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    pub cell: Cell,
    pub forward: bool,
}
kernel::persist!(struct Claim { cell, forward });

/// One node or segment.
#[derive(Debug, Clone, PartialEq, Default)]
struct CellState {
    /// The vehicles that hold it.
    holders: Vec<u32>,
    /// The direction in which those drive on a segment.
    forward: bool,
    /// The vehicles on a segment, in the order in which they came onto it.
    under_way: VecDeque<u32>,
    /// The vehicles that wait for it, first come first.
    line: VecDeque<u32>,
}
kernel::persist!(struct CellState { holders, forward, under_way, line });

/// The traffic on one network. Vehicles go by their places in [`Network::vehicles`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Traffic {
    cells: Vec<CellState>,
    /// What each vehicle waits for.
    waits: Vec<Option<Claim>>,
}
kernel::persist!(struct Traffic { cells, waits });

impl Traffic {
    pub(crate) fn new(network: &Network) -> Self {
        let cell = |cell: u32| CellState {
            holders: Vec::with_capacity(network.capacity(Cell(cell)).min(network.vehicles.len() as u32) as usize),
            ..CellState::default()
        };
        Traffic { cells: (0..network.cells() as u32).map(cell).collect(), waits: vec![None; network.vehicles.len()] }
    }

    /// Whether a state that was read can be one of this network.
    pub(crate) fn fits(&self, network: &Network) -> bool {
        let vehicles = network.vehicles.len() as u32;
        let is_one = |vehicle: &u32| *vehicle < vehicles;
        let cells = self.cells.len() as u32;
        cells as usize == network.cells()
            && self.waits.len() == vehicles as usize
            && self.waits.iter().flatten().all(|claim| claim.cell.0 < cells)
            && self.cells.iter().all(|cell| cell.holders.iter().chain(&cell.under_way).chain(&cell.line).all(is_one))
    }

    /// Whether a cell has room for one more that drives in that direction.
    #[inline]
    pub(crate) fn has_room(&self, network: &Network, claim: Claim) -> bool {
        let cell = &self.cells[claim.cell.0 as usize];
        cell.holders.is_empty()
            || (cell.holders.len() < network.capacity(claim.cell) as usize && cell.forward == claim.forward)
    }

    /// The first of the stretch that `vehicle` cannot have now: there is no room, or others wait for it.
    #[inline]
    pub(crate) fn lacks(
        &self,
        network: &Network,
        vehicle: u32,
        mut stretch: impl Iterator<Item = Claim>,
    ) -> Option<Claim> {
        stretch.find(|claim| {
            let first = self.cells[claim.cell.0 as usize].line.front();
            first.is_some_and(|first| *first != vehicle) || !self.has_room(network, *claim)
        })
    }

    /// Gives a cell to `vehicle`, for which it has room.
    #[inline]
    pub(crate) fn hold(&mut self, vehicle: u32, claim: Claim) {
        let cell = &mut self.cells[claim.cell.0 as usize];
        cell.forward = claim.forward;
        cell.holders.push(vehicle);
    }

    /// `vehicle` lets a cell go. The vehicle to be told, if any waits.
    #[inline]
    #[must_use]
    pub(crate) fn let_go(&mut self, vehicle: u32, cell: Cell) -> Option<u32> {
        let cell = &mut self.cells[cell.0 as usize];
        if let Some(place) = cell.holders.iter().position(|holder| *holder == vehicle) {
            cell.holders.remove(place);
        }
        cell.line.front().copied()
    }

    /// `vehicle` comes onto a segment that it holds.
    #[inline]
    pub(crate) fn come_onto(&mut self, vehicle: u32, cell: Cell) {
        self.cells[cell.0 as usize].under_way.push_back(vehicle);
    }

    /// Whether nobody is on a segment before `vehicle`.
    #[inline]
    pub(crate) fn is_first(&self, vehicle: u32, cell: Cell) -> bool {
        self.cells[cell.0 as usize].under_way.front() == Some(&vehicle)
    }

    /// The first vehicle on a segment leaves it. The one behind it, if there is one.
    #[inline]
    pub(crate) fn come_off(&mut self, cell: Cell) -> Option<u32> {
        let cell = &mut self.cells[cell.0 as usize];
        cell.under_way.pop_front();
        cell.under_way.front().copied()
    }

    /// `vehicle` waits for `claim`; whom to tell of what it waited for before.
    #[must_use]
    pub(crate) fn wait(&mut self, vehicle: u32, claim: Claim) -> Option<u32> {
        let before = self.waits[vehicle as usize];
        if before.is_some_and(|before| before.cell == claim.cell) {
            self.waits[vehicle as usize] = Some(claim);
            return None;
        }
        let told = self.stop_waiting(vehicle);
        self.waits[vehicle as usize] = Some(claim);
        self.cells[claim.cell.0 as usize].line.push_back(vehicle);
        told
    }

    /// `vehicle` waits for nothing any more; whom to tell of it.
    #[must_use]
    pub(crate) fn stop_waiting(&mut self, vehicle: u32) -> Option<u32> {
        let claim = self.waits[vehicle as usize].take()?;
        let line = &mut self.cells[claim.cell.0 as usize].line;
        let place = line.iter().position(|other| *other == vehicle)?;
        line.remove(place);
        // Who stands behind somebody else learns nothing new.
        line.front().copied().filter(|_| place == 0)
    }

    /// Takes a vehicle that waits out of its line.
    #[cfg(test)]
    pub(crate) fn corrupt_line(&mut self, vehicle: u32) {
        for cell in &mut self.cells {
            cell.line.retain(|other| *other != vehicle);
        }
    }

    /// What `vehicle` waits for.
    pub(crate) fn waits_for(&self, vehicle: u32) -> Option<Claim> {
        self.waits[vehicle as usize]
    }

    /// The vehicles that hold a cell.
    pub(crate) fn holders(&self, cell: Cell) -> &[u32] {
        &self.cells[cell.0 as usize].holders
    }

    /// The vehicles that wait for a cell.
    pub(crate) fn waiting(&self, cell: Cell) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.cells[cell.0 as usize].line.iter().copied()
    }

    /// The vehicles on a segment, the first in front.
    pub(crate) fn under_way(&self, cell: Cell) -> impl Iterator<Item = u32> + '_ {
        self.cells[cell.0 as usize].under_way.iter().copied()
    }

    /// The vehicles that will never go on because of each other, beginning with `vehicle`, which has just begun to wait; empty if
    /// it may go on some day. Looks only at those that it waits for, and that they wait for.
    pub(crate) fn stuck(&self, network: &Network, vehicle: u32) -> Vec<u32> {
        // As a rule somebody in front of it drives, and nothing has to be written down.
        let claim = self.waits[vehicle as usize];
        let holders = claim.map_or(&[][..], |claim| self.holders(claim.cell));
        if holders.iter().any(|holder| self.waits[*holder as usize].is_none()) {
            return Vec::new();
        }
        let mut found = vec![vehicle];
        let mut next = 0;
        while let Some(vehicle) = found.get(next).copied() {
            next += 1;
            // Whoever does not wait will let go of what it holds.
            let Some(claim) = self.waits[vehicle as usize] else { return Vec::new() };
            let cell = &self.cells[claim.cell.0 as usize];
            let before = cell.line.iter().take_while(|other| **other != vehicle);
            let holders = if self.has_room(network, claim) { &[][..] } else { &cell.holders[..] };
            let waited_for: Vec<u32> = before.chain(holders).copied().collect();
            if waited_for.is_empty() {
                // It has been told that there is room.
                return Vec::new();
            }
            for other in waited_for {
                if !found.contains(&other) {
                    found.push(other);
                }
            }
        }
        found
    }
}

/// What a vehicle has to hold for a leg: the segment and the node at its end.
#[inline]
pub(crate) fn claims(network: &Network, leg: Leg) -> [Claim; 2] {
    [
        Claim { cell: network.segment_cell(leg.segment), forward: leg.forward },
        Claim { cell: network.node_cell(leg.to), forward: true },
    ]
}

/// The traffic of all networks, read back.
pub(crate) fn read(
    reader: &mut persist::Reader<'_>,
    networks: &[Network],
) -> Result<Vec<Traffic>, persist::Unreadable> {
    let traffic: Vec<Traffic> = kernel::Persist::read(reader)?;
    let fits =
        traffic.len() == networks.len() && traffic.iter().zip(networks).all(|(traffic, network)| traffic.fits(network));
    if fits { Ok(traffic) } else { Err(reader.unreadable("the traffic of the networks of the plant")) }
}
