//! Where the elements of a plant are drawn: a layered drawing of its flow, folded like a meander so that a long line fits a page.
//!
//! The steps are those of Sugiyama, Tagawa and Toda (1981), "Methods for visual understanding of hierarchical system structures":
//! turn back some edges until there is no circle, give every element a layer, lead long edges through places of their own, order
//! the layers so that few edges cross (`layers`, `order`), and place them (`meander`). Nothing depends on anything but the graph, so
//! the same plant is always drawn alike.

mod layers;
mod meander;
mod order;

#[cfg(test)]
mod tests;

pub(super) use meander::{Place, Route, Stop};

/// Stops of long edges between their ends that are drawn in all: an edge that would need more is left out.
pub(super) const MOST_STOPS: usize = 8_000;

/// A way from one element to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What goes along: busy edges are kept straight and forward first.
    pub weight: u64,
}

/// Sizes of what is placed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sizes {
    /// Width of the box of an element.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Room between boxes side by side, in which edges find their way.
    pub gap: f64,
    /// Room between boxes above each other.
    pub spacing: f64,
    /// Most boxes side by side.
    pub columns: usize,
}

/// A drawing of a graph.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Layout {
    /// Width of all of it.
    pub width: f64,
    /// Height of all of it.
    pub height: f64,
    /// The box of each element; `None` for those that have no edge to another.
    pub places: Vec<Option<Place>>,
    /// The edges between different elements that are drawn.
    pub routes: Vec<Route>,
    /// Edges that are not drawn because they would go past too much.
    pub left_out: usize,
}

/// Places `count` elements. Edges from an element to itself need no place and are not looked at.
pub(super) fn layout(count: usize, edges: &[Edge], sizes: Sizes) -> Layout {
    let mut drawn = Layout { places: vec![None; count], ..Layout::default() };
    let mut stops_left = MOST_STOPS;
    for component in components(count, edges) {
        let layered = layers::layered(&component, edges, &mut stops_left);
        drawn.left_out += layered.left_out;
        let ordered = order::ordered(layered);
        meander::place(&ordered, sizes, &mut drawn);
    }
    drawn
}

/// The elements of each connected part of the graph that has more than one, and the indices of its edges.
#[derive(Debug)]
struct Component {
    elements: Vec<usize>,
    edges: Vec<usize>,
}

fn components(count: usize, edges: &[Edge]) -> Vec<Component> {
    let mut parents: Vec<usize> = (0..count).collect();
    fn root(parents: &mut [usize], mut at: usize) -> usize {
        while parents[at] != at {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        at
    }
    let real = |edge: &Edge| edge.from != edge.to && edge.from < count && edge.to < count;
    for edge in edges.iter().filter(|edge| real(edge)) {
        let (one, other) = (root(&mut parents, edge.from), root(&mut parents, edge.to));
        // The smaller index is the root, so components come in the order of their first elements.
        parents[one.max(other)] = one.min(other);
    }
    let roots: Vec<usize> = (0..count).map(|element| root(&mut parents, element)).collect();
    let mut found: Vec<Component> = (0..count).map(|_| Component { elements: Vec::new(), edges: Vec::new() }).collect();
    for (element, root) in roots.iter().enumerate() {
        found[*root].elements.push(element);
    }
    for (index, edge) in edges.iter().enumerate().filter(|(_, edge)| real(edge)) {
        found[roots[edge.from]].edges.push(index);
    }
    found.retain(|component| component.elements.len() > 1);
    found
}
