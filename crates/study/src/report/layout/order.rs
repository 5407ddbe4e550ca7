//! The order within layers: each vertex goes where its neighbours are on average, to and fro, and the best order met is kept.

use super::layers::Layered;

/// Passes over all layers, each once to and once fro. The barycentre method has settled long before.
const PASSES: usize = 12;

/// The same with its layers in an order in which few edges cross.
pub(super) fn ordered(mut layered: Layered) -> Layered {
    let mut positions = vec![0.0; layered.elements.len()];
    let mut best = layered.layers.clone();
    let mut fewest = crossings(&layered, &mut positions);
    for _ in 0..PASSES {
        if fewest == 0 {
            break;
        }
        let depth = layered.layers.len();
        for layer in 1..depth {
            settle(&mut layered.layers[layer], &layered.before, &mut positions);
        }
        for layer in (0..depth.saturating_sub(1)).rev() {
            settle(&mut layered.layers[layer], &layered.after, &mut positions);
        }
        let crossed = crossings(&layered, &mut positions);
        if crossed < fewest {
            fewest = crossed;
            best.clone_from(&layered.layers);
        }
    }
    layered.layers = best;
    layered
}

/// Sorts one layer by the mean position of its vertices' neighbours; those without any stay where they are.
fn settle(layer: &mut [usize], neighbours: &[Vec<usize>], positions: &mut [f64]) {
    let mean = |vertex: usize| match neighbours[vertex].len() {
        0 => positions[vertex],
        count => neighbours[vertex].iter().map(|other| positions[*other]).sum::<f64>() / count as f64,
    };
    let mut wanted: Vec<(f64, usize)> = layer.iter().map(|vertex| (mean(*vertex), *vertex)).collect();
    wanted.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (place, (_, vertex)) in layer.iter_mut().zip(wanted) {
        *place = vertex;
    }
    number(layer, positions);
}

/// Positions go from 0 to 1 in every layer, so that layers of different size compare.
fn number(layer: &[usize], positions: &mut [f64]) {
    for (index, vertex) in layer.iter().enumerate() {
        positions[*vertex] = (index as f64 + 0.5) / layer.len() as f64;
    }
}

/// How many pairs of edges cross; numbers all positions.
fn crossings(layered: &Layered, positions: &mut [f64]) -> u64 {
    let mut places = vec![0_usize; layered.elements.len()];
    for layer in &layered.layers {
        number(layer, positions);
        for (index, vertex) in layer.iter().enumerate() {
            places[*vertex] = index;
        }
    }
    layered.layers.windows(2).map(|pair| between(&pair[0], pair[1].len(), &layered.after, &places)).sum()
}

/// Crossings between two layers: inversions among the ends of the edges, counted with a tree of partial sums (Barth, Mutzel and
/// Jünger 2004, "Simple and efficient bilayer cross counting").
fn between(layer: &[usize], width: usize, after: &[Vec<usize>], places: &[usize]) -> u64 {
    let mut sums = vec![0_u64; width + 1];
    let mut seen = 0;
    let mut crossed = 0;
    for vertex in layer {
        let mut ends: Vec<usize> = after[*vertex].iter().map(|to| places[*to]).collect();
        ends.sort_unstable();
        for end in &ends {
            let (mut before, mut at) = (0, end + 1);
            while at > 0 {
                before += sums[at];
                at &= at - 1;
            }
            crossed += seen - before;
        }
        // Edges of one vertex do not cross each other, so they are counted before they are entered.
        for end in ends {
            let mut at = end + 1;
            while at <= width {
                sums[at] += 1;
                at += at & at.wrapping_neg();
            }
            seen += 1;
        }
    }
    crossed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_are_counted() {
        // Two layers of three; all to all is 9 crossings, straight across none, turned around three.
        let places = [0, 1, 2, 0, 1, 2];
        let count = |after: [&[usize]; 3]| {
            let after: Vec<Vec<usize>> = after.iter().map(|ends| ends.to_vec()).collect();
            between(&[0, 1, 2], 3, &after, &places)
        };
        assert_eq!(count([&[3, 4, 5], &[3, 4, 5], &[3, 4, 5]]), 9);
        assert_eq!(count([&[3], &[4], &[5]]), 0);
        assert_eq!(count([&[5], &[4], &[3]]), 3);
        assert_eq!(count([&[3, 3], &[3], &[]]), 0);
    }
}
