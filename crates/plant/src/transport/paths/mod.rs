//! Path networks: the ways on which vehicles drive, and who may drive on them when.
//!
//! ```text
//!  PathNetwork: nodes and segments, elements at the nodes      Fleet: vehicles, what they are to carry
//!         |                                                       |
//!     Network, Ways (constants of the plant) ------------------> drive: one reserved stretch after another
//!     Traffic (of the run): who holds what, who waits <-----------'
//! ```
//!
//! A network is constant and belongs to the plant ([`network`], made by [`survey`]); who is where on it belongs to the shop
//! floor ([`traffic`]), since fleets share it.

pub(crate) mod audit;
mod blocks;
pub(crate) mod interlock;
pub(crate) mod network;
mod rails;
pub(crate) mod survey;
pub(crate) mod traffic;
pub(crate) mod ways;

use bevy_ecs::component::Component;

use crate::description::{Coordinate, Label, Labels, Length, Name, Speed, describe};
use crate::element::{Door, ElementIndex, ElementKind, Streams};
use crate::plan::Planner;
use crate::report::Figures;

pub use interlock::Footprint;
pub use network::{FleetInfo, Network, NodeInfo, Paths, SegmentInfo, Site};
pub use ways::Ways;

describe! {
    /// A node of a path network: a place where segments meet.
    pub struct PathNode {
        /// Where it is.
        x: Coordinate = Coordinate::ZERO,
        /// Where it is.
        y: Coordinate = Coordinate::ZERO,
        /// Most vehicles there at once.
        capacity: u32 = 1,
        /// Whether vehicles may stop there. They only ever wait where they may.
        stop: bool = true,
        /// The elements there. A part that goes from one of them to one at another node is carried by a vehicle.
        serves: Vec<Name> = Vec::new(),
    }
}

describe! {
    /// A segment of a path network: a way from one node to another.
    pub struct PathSegment {
        /// The node where it begins.
        from: Label,
        /// The node where it ends.
        to: Label,
        /// Whether vehicles drive on it in both directions, though never in both at once.
        two_way: bool = false,
        /// How long it is; the distance of its nodes unless given.
        length: Option<Length> = None,
        /// No vehicle drives faster on it.
        speed: Option<Speed> = None,
        /// Most vehicles on it at once. They keep their order.
        capacity: u32 = 1,
    }
}

describe! {
    /// Ways on which the vehicles of a [Fleet](#fleet) drive.
    ///
    /// Elements stand at nodes. A part that leaves one of them for an element at another node waits in its old place, which
    /// shows as `WaitingForTransport`, until a vehicle has loaded it. It is called for when its destination has a place for it,
    /// which is kept for it from then on, so that a vehicle never waits with a part for which there is no room. From and to
    /// elements that stand at no node of the same network parts go by themselves.
    ///
    /// Vehicles take the way that takes least time; of two such ways the one whose next segment is declared first. A
    /// vehicle drives on when every segment and node up to the next where it may stop is free for it, and holds them from
    /// then on: it lets go of a node when it leaves it, and of a segment at its end. Where it has to wait it waits at a node
    /// where it may stop, in the order of coming.
    ///
    /// Vehicles without a `length` and `width` are points: then give segments the length that keeps them apart. Those with keep
    /// clear of each other: the next comes to a node when the one before has driven on by its diagonal; of nodes
    /// and segments that are closer than vehicles are large only one is held at a time; and a segment for several is divided into as
    /// many blocks of the same length, each with a place at its end where vehicles may stop. Segments run straight from node to node, and
    /// vehicles turn at nodes.
    ///
    /// Of vehicles that stand and wait for each other in a circle one turns aside, if it has a free way to where it is on the way of none
    /// of the others; if none can, the run ends with an error that names them. On a one-way loop with fewer vehicles than places that
    /// cannot happen.
    pub struct PathNetwork {
        /// The nodes, by name.
        nodes: Labels<PathNode>,
        /// The segments.
        segments: Vec<PathSegment>,
    }
}

/// A path network resolved, as far as it knows by itself: [`survey`] makes a [`Network`] of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PathNetworkPlan {
    pub(super) nodes: Vec<NodeInfo>,
    pub(super) segments: Vec<SegmentInfo>,
}

/// What a run changes at a path network lies on the floor ([`traffic`]): here is nothing.
#[derive(Debug, Clone, PartialEq, Default, Component)]
pub struct PathNetworkState {}
kernel::persist!(
    struct PathNetworkState {}
);

impl ElementKind for PathNetwork {
    const NAME: &'static str = "PathNetwork";
    const EXAMPLE: &'static str = r#"PathNetwork(
    nodes: {
        "store": (x: "0 m", y: "0 m", serves: ["rack"]),
        "line": (x: "20 m", y: "0 m", serves: ["mill", "lathe"]),
        "turn": (x: "10 m", y: "8 m", stop: false),
    },
    segments: [
        (from: "store", to: "line", capacity: 2),
        (from: "line", to: "turn"),
        (from: "turn", to: "store", speed: "0.5 m/s"),
    ],
)"#;
    const TAKES_PARTS: bool = false;
    type Plan = PathNetworkPlan;
    type State = PathNetworkState;

    fn plan(&self, planner: &mut Planner<'_>) -> PathNetworkPlan {
        survey::plan_network(self, planner)
    }

    fn door(_plan: &PathNetworkPlan) -> Door {
        Door::Closed
    }

    fn begin(_plan: &PathNetworkPlan, _streams: &Streams<'_>) -> PathNetworkState {
        PathNetworkState {}
    }

    fn can_follow(plan: &PathNetworkPlan, before: &PathNetworkPlan) -> Result<(), String> {
        if plan == before { Ok(()) } else { Err("the ways of vehicles cannot change during a run".to_owned()) }
    }

    fn figures(_plan: &PathNetworkPlan, _state: &PathNetworkState, figures: &mut Figures<'_>) {
        figures.paths();
    }
}

/// The element that stands for a network, and what it is made of in the plant.
pub(crate) fn number_of(paths: &Paths, element: ElementIndex) -> Option<usize> {
    paths.networks.iter().position(|network| network.element == element)
}
