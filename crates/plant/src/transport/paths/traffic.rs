//! Who holds which node and segment, and who waits for it. Reserving is written here, once, for all fleets of a network.
//!
//! A vehicle asks for a whole stretch, up to where it may stop again, and gets all of it or waits with nothing more than what it
//! has. It waits in the line of the first cell that it lacks; nobody passes a line. Whoever lets a cell go is
//! given the first of its line, which asks anew. So no waiting vehicle is looked at but the first.
//!
//! Cells may be [interlocked](super::interlock): where vehicles on one and on the other would touch, only one of the two is
//! held. When one comes free the first of its line and of theirs are told, who has waited longest first. A line keeps nobody
//! from a cell that is interlocked with its own: the one in line may be waiting for just that vehicle to leave.
//!
//! Vehicles that have a stretch need nothing else to get to its end. So whether some wait for each other in a circle is seen
//! when one that stands begins to wait: if everybody that it waits for, and that those wait for, stands and waits too, none of them
//! will ever go on unless one turns aside.

use std::collections::VecDeque;

use kernel::persist;

use crate::element::ElementIndex;

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

/// What a vehicle waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wait {
    claim: Claim,
    /// The number of this wait: who began sooner has a lower one.
    number: u64,
    /// Whether it stands, and does not only brake.
    stands: bool,
}
kernel::persist!(struct Wait { claim, number, stands });

/// The traffic on one network. Vehicles go by their places in [`Network::vehicles`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Traffic {
    cells: Vec<CellState>,
    /// What each vehicle waits for.
    waits: Vec<Option<Wait>>,
    /// How often somebody has begun to wait.
    waits_begun: u64,
    /// The fleets none of whose vehicles can turn aside for those that wait for each other, since somebody last set out.
    pub(crate) asked: Vec<ElementIndex>,
}
kernel::persist!(struct Traffic { cells, waits, waits_begun, asked });

impl Traffic {
    pub(crate) fn new(network: &Network) -> Self {
        let cell = |cell: u32| CellState {
            holders: Vec::with_capacity(network.capacity(Cell(cell)).min(network.vehicles.len() as u32) as usize),
            ..CellState::default()
        };
        Traffic {
            cells: (0..network.cells() as u32).map(cell).collect(),
            waits: vec![None; network.vehicles.len()],
            waits_begun: 0,
            asked: Vec::new(),
        }
    }

    /// Whether a state that was read can be one of this network.
    pub(crate) fn fits(&self, network: &Network) -> bool {
        let vehicles = network.vehicles.len() as u32;
        let is_one = |vehicle: &u32| *vehicle < vehicles;
        let cells = self.cells.len() as u32;
        cells as usize == network.cells()
            && self.waits.len() == vehicles as usize
            && self.waits.iter().flatten().all(|wait| wait.claim.cell.0 < cells && wait.number <= self.waits_begun)
            && self.cells.iter().all(|cell| cell.holders.iter().chain(&cell.under_way).chain(&cell.line).all(is_one))
    }

    /// Whether a cell has room for `vehicle`, which holds it already or would drive in that direction.
    #[inline]
    pub(crate) fn has_room(&self, network: &Network, vehicle: u32, claim: Claim) -> bool {
        let cell = &self.cells[claim.cell.0 as usize];
        let has_place = cell.holders.is_empty()
            || (cell.holders.len() < network.capacity(claim.cell) as usize && cell.forward == claim.forward)
            || cell.holders.contains(&vehicle);
        has_place && self.in_the_way(network, vehicle, claim.cell).next().is_none()
    }

    /// The other vehicles that hold what is interlocked with a cell.
    fn in_the_way<'a>(&'a self, network: &'a Network, vehicle: u32, cell: Cell) -> impl Iterator<Item = u32> + use<'a> {
        let holders = network.interlocked(cell).iter().flat_map(|other| self.holders(*other));
        holders.copied().filter(move |holder| *holder != vehicle)
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
            // Who is in line because of this very vehicle lets it through: it would wait for ever otherwise.
            let is_behind = self.first_in_line(claim.cell).is_some_and(|first| first != vehicle);
            (is_behind && !self.keeps(network, vehicle, claim.cell)) || !self.has_room(network, vehicle, *claim)
        })
    }

    /// Whether `vehicle` keeps others from a cell: it holds that, or what is interlocked with it.
    fn keeps(&self, network: &Network, vehicle: u32, cell: Cell) -> bool {
        let mut cells = std::iter::once(&cell).chain(network.interlocked(cell));
        cells.any(|cell| self.holders(*cell).contains(&vehicle))
    }

    /// Of the first in line for a cell and for those interlocked with it, the one that has waited longest of those who began after
    /// wait number `after`; with the number of its wait.
    pub(crate) fn longest_waiting(&self, network: &Network, cell: Cell, after: u64) -> Option<(u64, u32)> {
        let cells = std::iter::once(&cell).chain(network.interlocked(cell));
        let firsts = cells.filter_map(|cell| self.first_in_line(*cell));
        firsts
            .filter_map(|first| Some((self.waits[first as usize]?.number, first)))
            .filter(|(number, _)| *number > after)
            .min()
    }

    /// Gives a cell to `vehicle`, for which it has room. False if it has it already.
    #[inline]
    pub(crate) fn hold(&mut self, vehicle: u32, claim: Claim) -> bool {
        let cell = &mut self.cells[claim.cell.0 as usize];
        if cell.holders.contains(&vehicle) {
            return false;
        }
        cell.forward = claim.forward;
        cell.holders.push(vehicle);
        true
    }

    /// `vehicle` lets a cell go.
    #[inline]
    pub(crate) fn let_go(&mut self, vehicle: u32, cell: Cell) {
        let cell = &mut self.cells[cell.0 as usize];
        if let Some(place) = cell.holders.iter().position(|holder| *holder == vehicle) {
            cell.holders.remove(place);
        }
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

    /// `vehicle`, which stands or brakes, waits for `claim` and for nothing else. It keeps its place if that is where it waits.
    pub(crate) fn wait(&mut self, vehicle: u32, claim: Claim, stands: bool) {
        let known = self.waits[vehicle as usize].filter(|known| known.claim.cell == claim.cell);
        let number = known.map_or(self.waits_begun + 1, |known| known.number);
        self.waits[vehicle as usize] = Some(Wait { claim, number, stands });
        if known.is_none() {
            self.waits_begun = number;
            self.cells[claim.cell.0 as usize].line.push_back(vehicle);
        }
    }

    /// `vehicle` waits for nothing any more. The cell for which it did, if it was the first there: those behind somebody else
    /// learn nothing new.
    #[must_use]
    pub(crate) fn stop_waiting(&mut self, vehicle: u32) -> Option<Cell> {
        let cell = self.waits[vehicle as usize].take()?.claim.cell;
        let line = &mut self.cells[cell.0 as usize].line;
        let place = line.iter().position(|other| *other == vehicle)?;
        line.remove(place);
        (place == 0).then_some(cell)
    }

    /// The first of those who wait for a cell.
    #[inline]
    fn first_in_line(&self, cell: Cell) -> Option<u32> {
        self.cells[cell.0 as usize].line.front().copied()
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
        self.waits[vehicle as usize].map(|wait| wait.claim)
    }

    /// Whether a node or segment is free for `vehicle`, and nobody else wants it.
    pub(crate) fn is_free(&self, network: &Network, vehicle: u32, claim: Claim) -> bool {
        self.has_room(network, vehicle, claim) && self.waiting(claim.cell).len() == 0
    }

    /// The vehicles because of which `vehicle` cannot have a cell: those that hold it, or what is interlocked with it.
    pub(crate) fn keepers(&self, network: &Network, vehicle: u32, claim: Claim) -> Vec<u32> {
        let cell = &self.cells[claim.cell.0 as usize];
        let is_full = !cell.holders.is_empty()
            && !cell.holders.contains(&vehicle)
            && (cell.holders.len() >= network.capacity(claim.cell) as usize || cell.forward != claim.forward);
        let holders = if is_full { &cell.holders[..] } else { &[] };
        let mut keepers = Vec::with_capacity(holders.len());
        for keeper in holders.iter().copied().chain(self.in_the_way(network, vehicle, claim.cell)) {
            if !keepers.contains(&keeper) {
                keepers.push(keeper);
            }
        }
        keepers
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

    /// The vehicles that will never go on because of each other, beginning with `vehicle`, which stands and has just begun to wait;
    /// empty if it may go on some day. Looks only at those that it waits for, and that they wait for.
    pub(crate) fn stuck(&self, network: &Network, vehicle: u32) -> Vec<u32> {
        // As a rule somebody in front of it drives, and nothing has to be written down.
        let wait = |vehicle: u32| self.waits[vehicle as usize].filter(|wait| wait.stands);
        let holders = wait(vehicle).map_or(&[][..], |wait| self.holders(wait.claim.cell));
        if holders.iter().any(|holder| *holder != vehicle && wait(*holder).is_none()) {
            return Vec::new();
        }
        let mut found = vec![vehicle];
        let mut next = 0;
        while let Some(vehicle) = found.get(next).copied() {
            next += 1;
            // Whoever drives or has something to do will let go of what it holds.
            let Some(Wait { claim, .. }) = wait(vehicle) else { return Vec::new() };
            let before = self.waiting(claim.cell).take_while(|other| *other != vehicle);
            let mut waited_for = self.keepers(network, vehicle, claim);
            waited_for.extend(before);
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
