//! Coordinates: layers side by side, and where they fill the width, on in a new row that runs the other way, as a meander does.
//!
//! A row that runs back is also turned upside down, as a strip of paper would be: so what lay outside in the bend lies outside again,
//! and no edges cross just because the page ends.

use super::layers::Layered;
use super::{Layout, Sizes};

/// Room that an edge takes which goes past a layer.
const STOP_HEIGHT: f64 = 20.0;
/// How far bends reach out of the rows they join.
pub(in super::super) const BEND: f64 = 38.0;
/// Room between rows, and between components.
const ROW_GAP: f64 = 30.0;
/// Passes in which vertices are drawn towards their neighbours.
const PASSES: usize = 8;

/// The upper left corner of the box of an element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Place {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// Where an edge passes a layer: at its first stop it leaves a box, at its last it enters one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Stop {
    /// Where it comes into the layer.
    pub enter_x: f64,
    /// Where it goes out of it.
    pub leave_x: f64,
    /// At which height: of the middle of the box, for the first and the last stop.
    pub y: f64,
    /// 1 in rows that run to the right, -1 in those that run to the left.
    pub direction: f64,
}

/// The way an edge is drawn, from the earliest layer to the latest.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Route {
    /// Its index among all edges.
    pub edge: usize,
    /// Where it passes.
    pub stops: Vec<Stop>,
    /// Whether it is gone along from the last stop to the first.
    pub is_back: bool,
}

/// Places a component below what is drawn already.
pub(super) fn place(layered: &Layered, sizes: Sizes, drawn: &mut Layout) {
    let rise = heights(layered, sizes);
    let depth = layered.layers.len();
    let rows = depth.div_ceil(sizes.columns.max(1)).max(1);
    // Rows of equal length rather than a full one and a stub.
    let columns = depth.div_ceil(rows).max(1);
    let margin = if rows > 1 { BEND } else { 0.0 };
    let pitch = sizes.width + sizes.gap;
    let size = |vertex: usize| size(layered, sizes, vertex);

    let mut top = if drawn.height > 0.0 { drawn.height + ROW_GAP } else { 0.0 };
    let mut stops = vec![Stop { enter_x: 0.0, leave_x: 0.0, y: 0.0, direction: 1.0 }; layered.elements.len()];
    for (row, layers) in layered.layers.chunks(columns).enumerate() {
        let is_back = row % 2 == 1;
        let turned = |vertex: usize| if is_back { -rise[vertex] } else { rise[vertex] };
        let all = || layers.iter().flatten().copied();
        let highest = all().map(|vertex| turned(vertex) - 0.5 * size(vertex)).fold(f64::INFINITY, f64::min);
        let lowest = all().map(|vertex| turned(vertex) + 0.5 * size(vertex)).fold(f64::NEG_INFINITY, f64::max);
        for (column, layer) in layers.iter().enumerate() {
            let left = margin + pitch * if is_back { columns - 1 - column } else { column } as f64;
            let (enter_x, leave_x) = if is_back { (left + sizes.width, left) } else { (left, left + sizes.width) };
            for vertex in layer {
                let y = top + turned(*vertex) - highest;
                stops[*vertex] = Stop { enter_x, leave_x, y, direction: if is_back { -1.0 } else { 1.0 } };
                if let Some(element) = layered.elements[*vertex] {
                    drawn.places[element] = Some(Place { x: left, y: y - 0.5 * sizes.height });
                }
            }
        }
        top += lowest - highest + ROW_GAP;
    }
    drawn.height = top - ROW_GAP;
    drawn.width = drawn.width.max(2.0 * margin + pitch * columns as f64 - sizes.gap);
    drawn.routes.extend(layered.chains.iter().map(|chain| Route {
        edge: chain.edge,
        stops: chain.vertices.iter().map(|vertex| stops[*vertex]).collect(),
        is_back: chain.is_back,
    }));
}

fn size(layered: &Layered, sizes: Sizes, vertex: usize) -> f64 {
    if layered.elements[vertex].is_some() { sizes.height + sizes.spacing } else { STOP_HEIGHT }
}

/// How far below the middle of the strip each vertex is.
fn heights(layered: &Layered, sizes: Sizes) -> Vec<f64> {
    let mut heights = vec![0.0; layered.elements.len()];
    let size = |vertex: usize| size(layered, sizes, vertex);
    for layer in &layered.layers {
        let mut at = -0.5 * layer.iter().map(|vertex| size(*vertex)).sum::<f64>();
        for vertex in layer {
            heights[*vertex] = at + 0.5 * size(*vertex);
            at += size(*vertex);
        }
    }
    // A stop pulls harder than a box, because a long edge with a kink is what the eye stumbles over.
    let weight = |vertex: usize| if layered.elements[vertex].is_some() { 1.0 } else { 3.0 };
    let none: Vec<Vec<usize>> = vec![Vec::new(); layered.elements.len()];
    let mut draw = |layer: &[usize], before: &[Vec<usize>], after: &[Vec<usize>]| {
        let wanted = layer.iter().map(|vertex| {
            let (mut sum, mut total) = (0.0, 0.0);
            for other in before[*vertex].iter().chain(&after[*vertex]) {
                sum += weight(*other) * heights[*other];
                total += weight(*other);
            }
            // What has no neighbour there stays where it is, but gives way easily.
            let (height, pull) =
                if total > 0.0 { (sum / total, total * weight(*vertex)) } else { (heights[*vertex], 0.01) };
            (height, pull, size(*vertex))
        });
        let settled = apart(&wanted.collect::<Vec<_>>());
        for (vertex, height) in layer.iter().zip(settled) {
            heights[*vertex] = height;
        }
    };
    for _ in 0..PASSES {
        layered.layers.iter().for_each(|layer| draw(layer, &layered.before, &none));
        layered.layers.iter().rev().for_each(|layer| draw(layer, &none, &layered.after));
    }
    layered.layers.iter().for_each(|layer| draw(layer, &layered.before, &layered.after));
    heights
}

/// Heights as near as possible, in the sense of least squares, to the wanted ones, in the same order and not overlapping; for each
/// the wanted height, how much it matters, and its size. Without the sizes this is isotonic regression, which pooling adjacent
/// violators solves (Barlow et al. 1972, "Statistical inference under order restrictions").
fn apart(wanted: &[(f64, f64, f64)]) -> Vec<f64> {
    let mut offsets = Vec::with_capacity(wanted.len());
    let mut offset = 0.0;
    for (index, (_, _, size)) in wanted.iter().enumerate() {
        if index > 0 {
            offset += 0.5 * (wanted[index - 1].2 + size);
        }
        offsets.push(offset);
    }
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for ((height, pull, _), offset) in wanted.iter().zip(&offsets) {
        let mut pool = (height - offset, *pull, 1);
        while let Some(last) = pools.last().copied().filter(|last| last.0 > pool.0) {
            pools.pop();
            let pull = last.1 + pool.1;
            pool = ((last.0 * last.1 + pool.0 * pool.1) / pull, pull, last.2 + pool.2);
        }
        pools.push(pool);
    }
    let settled = pools.into_iter().flat_map(|(height, _, count)| std::iter::repeat_n(height, count));
    settled.zip(offsets).map(|(height, offset)| height + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wants_the_same_place_stands_around_it() {
        assert_eq!(apart(&[(10.0, 1.0, 4.0), (10.0, 1.0, 4.0)]), [8.0, 12.0]);
        assert_eq!(apart(&[(10.0, 3.0, 4.0), (10.0, 1.0, 4.0)]), [9.0, 13.0]);
        assert_eq!(apart(&[(0.0, 1.0, 2.0), (50.0, 1.0, 2.0), (10.0, 1.0, 2.0)]), [0.0, 29.0, 31.0]);
        assert!(apart(&[]).is_empty());
    }
}
