//! Layers: every edge goes from a layer to a later one, by way of a stop in each layer between.

use super::{Component, Edge};

/// A component in layers. Vertices are its elements first, then the stops of long edges.
#[derive(Debug)]
pub(super) struct Layered {
    /// The element of each vertex, among all of the plant; `None` for stops.
    pub elements: Vec<Option<usize>>,
    /// The vertices of each layer, in the order in which they were found.
    pub layers: Vec<Vec<usize>>,
    /// Neighbours of each vertex in the layer before.
    pub before: Vec<Vec<usize>>,
    /// Neighbours of each vertex in the layer after.
    pub after: Vec<Vec<usize>>,
    /// The edges with the vertices they go through.
    pub chains: Vec<Chain>,
    /// Edges for which there were no stops left.
    pub left_out: usize,
}

/// One edge as it goes through the layers.
#[derive(Debug)]
pub(super) struct Chain {
    /// Its index among all edges.
    pub edge: usize,
    /// The vertices from the earliest layer to the latest.
    pub vertices: Vec<usize>,
    /// Whether it begins in the latest: an edge that was turned back.
    pub is_back: bool,
}

/// Puts a component into layers. Each stop of a long edge is taken from `stops_left`; busy edges come first.
pub(super) fn layered(component: &Component, edges: &[Edge], stops_left: &mut usize) -> Layered {
    let count = component.elements.len();
    let vertex = |element: usize| component.elements.binary_search(&element).unwrap_or(0);
    let ends: Vec<(usize, usize)> =
        component.edges.iter().map(|edge| (vertex(edges[*edge].from), vertex(edges[*edge].to))).collect();
    let mut busiest: Vec<usize> = (0..ends.len()).collect();
    busiest.sort_by_key(|end| std::cmp::Reverse(edges[component.edges[*end]].weight));
    let (found, is_back) = walk(count, &ends, &busiest);
    let forward: Vec<(usize, usize)> =
        ends.iter().zip(&is_back).map(|((from, to), back)| if *back { (*to, *from) } else { (*from, *to) }).collect();
    let layer = longest_paths(count, &forward);

    let depth = layer.iter().max().map_or(0, |deepest| deepest + 1);
    let mut layered = Layered {
        elements: component.elements.iter().map(|element| Some(*element)).collect(),
        layers: vec![Vec::new(); depth],
        before: vec![Vec::new(); count],
        after: vec![Vec::new(); count],
        chains: Vec::new(),
        left_out: 0,
    };
    for vertex in found {
        layered.layers[layer[vertex]].push(vertex);
    }
    for index in busiest {
        let (from, to) = forward[index];
        let stops = layer[to] - layer[from] - 1;
        if stops > *stops_left {
            layered.left_out += 1;
            continue;
        }
        *stops_left -= stops;
        let mut vertices = vec![from];
        for between in layer[from] + 1..layer[to] {
            let stop = layered.elements.len();
            layered.elements.push(None);
            layered.before.push(Vec::new());
            layered.after.push(Vec::new());
            layered.layers[between].push(stop);
            vertices.push(stop);
        }
        vertices.push(to);
        for pair in vertices.windows(2) {
            layered.after[pair[0]].push(pair[1]);
            layered.before[pair[1]].push(pair[0]);
        }
        layered.chains.push(Chain { edge: component.edges[index], vertices, is_back: is_back[index] });
    }
    layered
}

/// Walks the graph depth first, from where nothing comes in: the vertices in the order in which they are found, and for each edge
/// whether it leads back to where the walk came from. Without those edges there is no circle.
fn walk(count: usize, ends: &[(usize, usize)], busiest: &[usize]) -> (Vec<usize>, Vec<bool>) {
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut incoming = vec![0_usize; count];
    for edge in busiest {
        outgoing[ends[*edge].0].push(*edge);
        incoming[ends[*edge].1] += 1;
    }
    let mut is_back = vec![false; ends.len()];
    let mut found = Vec::with_capacity(count);
    let mut is_found = vec![false; count];
    let mut is_open = vec![false; count];
    let sources = (0..count).filter(|vertex| incoming[*vertex] == 0);
    for start in sources.chain(0..count) {
        if is_found[start] {
            continue;
        }
        let mut open = vec![(start, 0)];
        (is_found[start], is_open[start]) = (true, true);
        found.push(start);
        while let Some((vertex, next)) = open.last_mut() {
            let Some(edge) = outgoing[*vertex].get(*next).copied() else {
                is_open[*vertex] = false;
                open.pop();
                continue;
            };
            *next += 1;
            let to = ends[edge].1;
            is_back[edge] = is_open[to];
            if !is_found[to] {
                (is_found[to], is_open[to]) = (true, true);
                found.push(to);
                open.push((to, 0));
            }
        }
    }
    (found, is_back)
}

/// The layer of each vertex: as early as the longest way to it allows, but what only feeds something stands just before it.
fn longest_paths(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut incoming = vec![0_usize; count];
    for (from, to) in edges {
        outgoing[*from].push(*to);
        incoming[*to] += 1;
    }
    let mut waiting = incoming.clone();
    let mut order: Vec<usize> = (0..count).filter(|vertex| waiting[*vertex] == 0).collect();
    let mut layer = vec![0; count];
    let mut next = 0;
    while let Some(vertex) = order.get(next).copied() {
        next += 1;
        for to in &outgoing[vertex] {
            layer[*to] = layer[*to].max(layer[vertex] + 1);
            waiting[*to] -= 1;
            if waiting[*to] == 0 {
                order.push(*to);
            }
        }
    }
    for vertex in order.into_iter().rev() {
        let earliest = outgoing[vertex].iter().map(|to| layer[*to]).min();
        // Moving it makes as many edges shorter as leave it, and as many longer as come in.
        if let Some(earliest) = earliest.filter(|_| outgoing[vertex].len() >= incoming[vertex]) {
            layer[vertex] = earliest - 1;
        }
    }
    let first = layer.iter().min().copied().unwrap_or(0);
    layer.into_iter().map(|layer| layer - first).collect()
}
