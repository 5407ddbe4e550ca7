//! Where vehicles would touch: the nodes and segments of a network of which only one may be held at a time.
//!
//! Vehicles are rectangles from above, as long and wide as the longest and widest on the network. On a segment their middle
//! keeps to the straight line between its nodes, along which they point. At a node where all ways lie in one line they point along
//! that; at any other they turn on the spot, and take up the circle around them. Places that overlap are interlocked, as signals of
//! railways are: so no vehicle has to see another. A node with room for several is an area where they find room beside each other.
//!
//! A vehicle lets go of a node when it has driven on by the [clearance](Footprint::clearance_nm). So it is of no account that segments meet
//! at their common node: what counts is what is left of each beyond that.

use super::network::{Cell, NodeInfo, SegmentInfo};
use crate::description::Length;

/// Vehicles may overlap by so much, which is less than anybody measures and more than rounding makes of touching.
const LITTLE_M: f64 = 0.001;

/// Ways whose directions differ by less (the sine of the angle: 1 degree) lie in one line.
const IN_LINE: f64 = 0.0175;

/// The size of the largest vehicles on a network, as seen from above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Footprint {
    /// How long.
    pub length: Length,
    /// How wide.
    pub width: Length,
}

impl Footprint {
    /// The smallest that covers both.
    pub(super) fn with(self, other: Footprint) -> Footprint {
        Footprint { length: self.length.max(other.length), width: self.width.max(other.width) }
    }

    /// Whether vehicles are points.
    pub(crate) fn is_none(self) -> bool {
        self == Footprint::default()
    }

    fn metres(self) -> [f64; 2] {
        [self.length, self.width].map(|length| length.as_nanometres() as f64 / 1e9)
    }

    /// From corner to corner, in metres: two vehicles whose middles are so far apart do not touch, however they stand.
    fn diagonal_m(self) -> f64 {
        let [length, width] = self.metres();
        (length * length + width * width).sqrt()
    }

    /// How far beyond a node the middle of a vehicle is when another may be there, in nanometres; rounded up.
    #[must_use]
    pub fn clearance_nm(self) -> i64 {
        (self.diagonal_m() * 1e9).ceil() as i64
    }
}

/// What a vehicle takes up where it is, or all that it takes up on a segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Outline {
    Circle {
        middle: [f64; 2],
        radius: f64,
    },
    /// Half as long and wide around a middle, long in a direction of length 1.
    Rectangle {
        middle: [f64; 2],
        direction: [f64; 2],
        half: [f64; 2],
    },
}

fn minus(one: [f64; 2], other: [f64; 2]) -> [f64; 2] {
    [one[0] - other[0], one[1] - other[1]]
}

fn dot(one: [f64; 2], other: [f64; 2]) -> f64 {
    one[0] * other[0] + one[1] * other[1]
}

fn along(from: [f64; 2], direction: [f64; 2], distance: f64) -> [f64; 2] {
    [from[0] + direction[0] * distance, from[1] + direction[1] * distance]
}

impl Outline {
    fn middle(&self) -> [f64; 2] {
        match self {
            Outline::Circle { middle, .. } | Outline::Rectangle { middle, .. } => *middle,
        }
    }

    /// How far it reaches from its middle in a direction of length 1.
    fn reach(&self, towards: [f64; 2]) -> f64 {
        match self {
            Outline::Circle { radius, .. } => *radius,
            Outline::Rectangle { direction, half, .. } => {
                let across = [-direction[1], direction[0]];
                half[0] * dot(*direction, towards).abs() + half[1] * dot(across, towards).abs()
            }
        }
    }

    /// The corner of a rectangle nearest to a place, or the middle of a circle.
    fn nearest_corner(&self, place: [f64; 2]) -> [f64; 2] {
        match self {
            Outline::Circle { middle, .. } => *middle,
            Outline::Rectangle { middle, direction, half } => {
                let across = [-direction[1], direction[0]];
                let towards = minus(place, *middle);
                let along_it = along(*middle, *direction, half[0].copysign(dot(*direction, towards)));
                along(along_it, across, half[1].copysign(dot(across, towards)))
            }
        }
    }

    /// The directions in which two such might be told apart: those of their sides, and for a circle that to the nearest corner.
    fn directions(&self, other: &Outline) -> [[f64; 2]; 2] {
        match self {
            Outline::Rectangle { direction, .. } => [*direction, [-direction[1], direction[0]]],
            Outline::Circle { middle, .. } => {
                let towards = minus(other.nearest_corner(*middle), *middle);
                let length = dot(towards, towards).sqrt();
                let towards = if length > 0.0 { towards.map(|part| part / length) } else { [1.0, 0.0] };
                [towards, towards]
            }
        }
    }

    /// Whether two overlap by more than a little. Two convex shapes do not if a line separates them (Ericson, Real-Time Collision
    /// Detection, 2005, section 5.2.1).
    pub(crate) fn overlaps(&self, other: &Outline) -> bool {
        let between = minus(other.middle(), self.middle());
        let mut directions = self.directions(other).into_iter().chain(other.directions(self));
        directions.all(|towards| dot(between, towards).abs() < self.reach(towards) + other.reach(towards) - LITTLE_M)
    }
}

/// The outlines of vehicles on the nodes and segments of a network.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout<'n> {
    pub nodes: &'n [NodeInfo],
    pub segments: &'n [SegmentInfo],
    pub footprint: Footprint,
}

impl Layout<'_> {
    fn place(&self, node: u32) -> [f64; 2] {
        self.nodes[node as usize].place_nm.map(|part| part as f64 / 1e9)
    }

    /// From where to where a segment leads in which direction, and how far that is on the straight line.
    fn line(&self, segment: &SegmentInfo) -> ([f64; 2], [f64; 2], f64) {
        let (from, to) = (self.place(segment.from), self.place(segment.to));
        let between = minus(to, from);
        let length = dot(between, between).sqrt();
        let direction = if length > 0.0 { between.map(|part| part / length) } else { [1.0, 0.0] };
        (from, direction, length)
    }

    /// What vehicles take up whose middles are between two places on a segment, in metres from its beginning.
    fn stretch(&self, segment: &SegmentInfo, [begin, end]: [f64; 2]) -> Outline {
        let (from, direction, _) = self.line(segment);
        let [length, width] = self.footprint.metres();
        Outline::Rectangle {
            middle: along(from, direction, (begin + end) / 2.0),
            direction,
            half: [(end - begin + length) / 2.0, width / 2.0],
        }
    }

    /// What a vehicle takes up that has come so far on a segment, of its whole length.
    pub(crate) fn on_segment(&self, segment: &SegmentInfo, share: f64) -> Outline {
        let (_, _, length) = self.line(segment);
        self.stretch(segment, [share * length; 2])
    }

    /// What a vehicle takes up at a node.
    pub(crate) fn at_node(&self, node: u32) -> Outline {
        let at = |segment: &&SegmentInfo| segment.from == node || segment.to == node;
        let mut directions = self.segments.iter().filter(at).map(|segment| self.line(segment).1);
        let middle = self.place(node);
        let [length, width] = self.footprint.metres();
        let first = directions.next();
        let cross = |one: [f64; 2], other: [f64; 2]| (one[0] * other[1] - one[1] * other[0]).abs();
        match first.filter(|first| directions.all(|other| cross(*first, other) < IN_LINE)) {
            Some(direction) => Outline::Rectangle { middle, direction, half: [length / 2.0, width / 2.0] },
            None => Outline::Circle { middle, radius: self.footprint.diagonal_m() / 2.0 },
        }
    }

    /// What is taken up on a segment, beyond the clearance of the nodes that it `shares`.
    fn beyond(&self, segment: &SegmentInfo, shares: impl Fn(u32) -> bool) -> Option<Outline> {
        let (_, _, length) = self.line(segment);
        let clearance = self.footprint.diagonal_m();
        let begin = if shares(segment.from) { clearance } else { 0.0 };
        let end = if shares(segment.to) { length - clearance } else { length };
        (begin <= end).then(|| self.stretch(segment, [begin, end]))
    }

    /// All that vehicles take up on each cell.
    fn outlines(&self) -> Vec<Outline> {
        let nodes = (0..self.nodes.len() as u32).map(|node| self.at_node(node));
        let segments = self.segments.iter().map(|segment| self.stretch(segment, [0.0, self.line(segment).2]));
        nodes.chain(segments).collect()
    }

    fn segment(&self, cell: Cell) -> Option<&SegmentInfo> {
        (cell.0 as usize).checked_sub(self.nodes.len()).map(|number| &self.segments[number])
    }

    /// Whether vehicles on two cells may touch.
    fn touch(&self, outlines: &[Outline], one: Cell, other: Cell) -> bool {
        let [whole, whole_other] = [one, other].map(|cell| &outlines[cell.0 as usize]);
        let ends = |segment: &SegmentInfo| [segment.from, segment.to];
        whole.overlaps(whole_other)
            && match (self.segment(one), self.segment(other)) {
                (None, None) => true,
                (Some(segment), None) => !ends(segment).contains(&other.0),
                (None, Some(segment)) => !ends(segment).contains(&one.0),
                (Some(segment), Some(segment_other)) => {
                    let rest = self.beyond(segment, |node| ends(segment_other).contains(&node));
                    let rest_other = self.beyond(segment_other, |node| ends(segment).contains(&node));
                    rest.is_some_and(|rest| rest.overlaps(whole_other))
                        || rest_other.is_some_and(|rest| rest.overlaps(whole))
                }
            }
    }
}

/// For each cell the others that are not held while it is, in their order; nothing where vehicles are points. O(n log n) and a look at
/// each pair of cells that have ground in common from west to east.
pub(super) fn interlocks(layout: &Layout<'_>) -> Vec<Vec<Cell>> {
    if layout.footprint.is_none() {
        return Vec::new();
    }
    let outlines = layout.outlines();
    let mut interlocks = vec![Vec::new(); outlines.len()];
    let extent = |outline: &Outline| {
        let (middle, reach) = (outline.middle()[0], outline.reach([1.0, 0.0]));
        [middle - reach, middle + reach]
    };
    let mut by_west: Vec<([f64; 2], Cell)> = outlines.iter().map(extent).zip((0..).map(Cell)).collect();
    by_west.sort_by(|(one, _), (other, _)| one[0].total_cmp(&other[0]));
    for (place, ([_, east], cell)) in by_west.iter().enumerate() {
        let reached = by_west[place + 1..].iter().take_while(|([west, _], _)| west < east);
        for (_, other) in reached.filter(|(_, other)| layout.touch(&outlines, *cell, *other)) {
            interlocks[cell.0 as usize].push(*other);
            interlocks[other.0 as usize].push(*cell);
        }
    }
    for others in &mut interlocks {
        others.sort_unstable();
    }
    interlocks
}
