//! A path network as a constant of the plant: nodes, segments, what stands where, and whose vehicles drive on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::SimDuration;

use super::interlock::{Footprint, Layout};
use super::ways::Ways;
use crate::description::{Length, Speed};
use crate::element::ElementIndex;
use crate::model::Model;
use crate::part::PartTypeIndex;

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeInfo {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is, in nanometres.
    pub place_nm: [i64; 2],
    /// Most vehicles there at once.
    pub capacity: u32,
    /// Whether vehicles may stop there.
    pub stop: bool,
    /// The elements there.
    pub serves: Vec<ElementIndex>,
}

/// A segment.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentInfo {
    /// The node where it begins.
    pub from: u32,
    /// The node where it ends.
    pub to: u32,
    /// Whether it is driven on in both directions.
    pub two_way: bool,
    /// How long it is.
    pub length: Length,
    /// No vehicle drives faster on it.
    pub speed: Option<Speed>,
    /// Most vehicles on it at once.
    pub capacity: u32,
}

impl SegmentInfo {
    /// How fast a vehicle drives on it that drives at `speed` where it may.
    #[inline]
    #[must_use]
    pub fn speed(&self, speed: Speed) -> Speed {
        self.speed.map_or(speed, |limit| limit.min(speed))
    }

    /// How long a vehicle is on it that drives at `speed` where it may: 1 ns at least.
    #[must_use]
    pub fn time(&self, speed: Speed) -> SimDuration {
        let time = self.speed(speed).time_for(self.length).unwrap_or(kernel::limits::LONGEST_DURATION);
        time.clamp(SimDuration::from_nanos(1), kernel::limits::LONGEST_DURATION)
    }
}

/// Where an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// The network, by number.
    pub network: u32,
    /// The node.
    pub node: u32,
}

/// A network whose fleets are known.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// The element.
    pub element: ElementIndex,
    /// Its nodes, in the order of the scenario.
    pub nodes: Vec<NodeInfo>,
    /// Its segments, in the order of the scenario.
    pub segments: Vec<SegmentInfo>,
    /// Every vehicle on it: the number of its fleet, and its own in that.
    pub vehicles: Vec<(u32, u32)>,
    /// The fleet that carries parts of each type, by number.
    pub(crate) carriers: Vec<Option<u32>>,
    /// The size of the largest vehicles on it.
    pub footprint: Footprint,
    /// So many of its nodes, from the first, are in the scenario; the others lie between blocks.
    pub(super) named: usize,
    /// For each node and segment the others that are not held while it is; nothing where vehicles are points.
    pub(super) interlocks: Vec<Vec<Cell>>,
}

/// One thing that vehicles hold on their way: a node or a segment. First come the nodes, then the segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell(pub u32);
kernel::persist!(struct Cell(number));

impl Network {
    /// How many nodes and segments there are.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.nodes.len() + self.segments.len()
    }

    /// A node as something to be held.
    #[must_use]
    pub fn node_cell(&self, node: u32) -> Cell {
        Cell(node)
    }

    /// A segment as something to be held.
    #[inline]
    #[must_use]
    pub fn segment_cell(&self, segment: u32) -> Cell {
        Cell(self.nodes.len() as u32 + segment)
    }

    /// Most vehicles that hold a cell at once.
    #[inline]
    #[must_use]
    pub fn capacity(&self, cell: Cell) -> u32 {
        match self.nodes.get(cell.0 as usize) {
            Some(node) => node.capacity,
            None => self.segments[cell.0 as usize - self.nodes.len()].capacity,
        }
    }

    /// The cells that are not held while another vehicle holds this.
    #[inline]
    #[must_use]
    pub fn interlocked(&self, cell: Cell) -> &[Cell] {
        self.interlocks.get(cell.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// How far a vehicle has driven on a segment when it has come so far on the straight line between its nodes, both in nanometres.
    /// A segment that is longer than that line is wound evenly along it.
    #[must_use]
    pub fn driven_nm(&self, segment: u32, straight_nm: i64) -> i64 {
        let info = &self.segments[segment as usize];
        let line = i128::from(self.straight_nm(segment)).max(1);
        let driven = i128::from(straight_nm) * i128::from(info.length.as_nanometres());
        i64::try_from((driven + line - 1) / line).unwrap_or(i64::MAX)
    }

    /// How long the straight line between the nodes of a segment is, in nanometres.
    #[must_use]
    pub fn straight_nm(&self, segment: u32) -> i64 {
        let info = &self.segments[segment as usize];
        let [from, to] = [info.from, info.to].map(|node| self.nodes[node as usize].place_nm);
        super::survey::distance(from, to).as_nanometres()
    }

    /// What vehicles take up where.
    pub(crate) fn layout(&self) -> Layout<'_> {
        Layout { nodes: &self.nodes, segments: &self.segments, footprint: self.footprint }
    }

    /// A cell in words: `node "a"`, `segment "a" - "b"`.
    #[must_use]
    pub fn cell_in_words(&self, cell: Cell) -> String {
        let name = |node: u32| &self.nodes[node as usize].name;
        match self.nodes.get(cell.0 as usize) {
            Some(node) => format!("node \"{}\"", node.name),
            None => {
                let segment = &self.segments[cell.0 as usize - self.nodes.len()];
                format!("segment \"{}\" - \"{}\"", name(segment.from), name(segment.to))
            }
        }
    }
}

/// A fleet as others see it.
#[derive(Debug, Clone, PartialEq)]
pub struct FleetInfo {
    /// The element.
    pub element: ElementIndex,
    /// Its network, by number.
    pub network: u32,
    /// Its vehicles.
    pub vehicles: Vec<ElementIndex>,
    /// The place of the first of them among all vehicles of the network; the others follow.
    pub first: u32,
    /// The ways that empty vehicles take, and those that loaded ones do.
    pub ways: [Ways; 2],
    /// The nodes where they begin, in turn.
    pub start: Vec<u32>,
    /// The nodes to which they go when there is nothing to do.
    pub parking: Vec<u32>,
    /// The nodes where they charge.
    pub chargers: Vec<u32>,
    /// Elements at nodes that parts can leave for elements at other nodes.
    pub(crate) feeders: Vec<ElementIndex>,
}

/// Whoever fetches parts from one place to another: a fleet, the cranes of a rail, or those of a store.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hauler {
    /// The element.
    pub element: ElementIndex,
    /// Its vehicles or cranes.
    pub carriers: Vec<ElementIndex>,
    /// In how many lines that waits which is to be fetched: one for each node or stop.
    pub lines: usize,
}

/// All paths of a plant. Without any, nothing here is allocated.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Paths {
    /// The networks, in the order of their elements.
    pub networks: Vec<Network>,
    /// The fleets, in the order of their elements.
    pub fleets: Vec<FleetInfo>,
    /// Whoever fetches parts: the fleets in their order, then the rails, then the stores.
    pub(crate) haulers: Vec<Hauler>,
    /// The rails on which cranes run, each by its number among the haulers: the stops at which elements stand.
    pub(crate) rails: BTreeMap<u32, BTreeMap<ElementIndex, u32>>,
    /// The stores whose parts are fetched by cranes wherever they go, each with its number among the haulers.
    pub(crate) stores: BTreeMap<ElementIndex, u32>,
    /// Where each element stands; empty in plants without networks.
    pub(crate) sites: Vec<Option<Site>>,
}

impl Paths {
    /// Where an element stands, if it is at a node.
    #[inline]
    #[must_use]
    pub fn site(&self, element: ElementIndex) -> Option<Site> {
        self.sites.get(element.index()).copied().flatten()
    }

    /// Whether parts that are sent to an element may have to be fetched. To the tools of a group none are sent but by that.
    pub(crate) fn is_destination(&self, model: &Model, element: ElementIndex) -> bool {
        let is_at_stop = || self.rails.values().any(|stops| stops.contains_key(&element));
        (self.site(element).is_some() || !self.stores.is_empty() || is_at_stop())
            && model.elements[element.index()].group.is_none()
    }

    /// Where a vehicle has to load and unload what goes from one element to another; `None` if parts go there by themselves.
    #[must_use]
    pub fn trip(&self, from: ElementIndex, to: ElementIndex) -> Option<(Site, Site)> {
        let (from, to) = (self.site(from)?, self.site(to)?);
        (from.network == to.network && from.node != to.node).then_some((from, to))
    }

    /// Who fetches a part of a type from one element to another, by number, and in which line it waits there; `None` if it goes by
    /// itself.
    #[inline]
    pub(crate) fn hauler(&self, from: ElementIndex, to: ElementIndex, part_type: PartTypeIndex) -> Option<(u32, u32)> {
        match self.stores.get(&from) {
            Some(store) => Some((*store, 0)),
            None => self.hauler_outside(from, to, part_type),
        }
    }

    /// [`Paths::hauler`] for a part that is not inside a store, or out of it already.
    pub(crate) fn hauler_outside(
        &self,
        from: ElementIndex,
        to: ElementIndex,
        part_type: PartTypeIndex,
    ) -> Option<(u32, u32)> {
        if let Some(rail) = self.along_rail(from, to) {
            return Some(rail);
        }
        let (site, _) = self.trip(from, to)?;
        Some((self.carrier(site.network, part_type)?, site.node))
    }

    /// The rail along which parts go from one element to another, and the stop where they wait.
    fn along_rail(&self, from: ElementIndex, to: ElementIndex) -> Option<(u32, u32)> {
        self.rails.iter().find_map(|(rail, stops)| {
            let (from, to) = (stops.get(&from)?, stops.get(&to)?);
            (from != to).then_some((*rail, *from))
        })
    }

    /// Whether what goes from one element to another has to be fetched.
    pub(crate) fn is_fetched(&self, from: ElementIndex, to: ElementIndex) -> bool {
        self.stores.contains_key(&from) || self.trip(from, to).is_some() || self.along_rail(from, to).is_some()
    }

    /// The number of the fleet that carries parts of a type on a network.
    #[must_use]
    pub fn carrier(&self, network: u32, part_type: PartTypeIndex) -> Option<u32> {
        self.networks[network as usize].carriers[part_type.index()]
    }
}
