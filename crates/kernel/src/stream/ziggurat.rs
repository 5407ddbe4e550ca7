//! Tables and rare branches of the ziggurat method (Marsaglia and Tsang 2000, Journal of Statistical Software 5(8)).
//!
//! 256 layers of equal area under the density; a point in the part of a layer that lies wholly under the curve needs one
//! multiplication and one comparison. The tables are computed with `libm`, so their bits are the same on every machine.

use super::{Stream, UNIT};
use std::sync::LazyLock;

const LAYERS: usize = 256;
/// Where the tail begins, so that 256 layers close exactly at the top of the curve.
const EXPONENTIAL_TAIL: f64 = 7.697_117_470_131_05;
const NORMAL_TAIL: f64 = 3.654_152_885_361_009;

/// One layer: its outer abscissa is `scale` x 2^53, its inner one the outer of the layer above.
pub(super) struct Layer {
    pub(super) scale: f64,
    pub(super) inner: f64,
}

pub(super) struct Table {
    pub(super) layers: [Layer; LAYERS],
    /// Density at the outer abscissa of each layer, and 1 at the end.
    heights: [f64; LAYERS + 1],
}

pub(super) struct Tables {
    pub(super) exponential: Table,
    pub(super) normal: Table,
}

pub(super) fn tables() -> &'static Tables {
    static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
        exponential: table(
            EXPONENTIAL_TAIL,
            (EXPONENTIAL_TAIL + 1.0) * libm::exp(-EXPONENTIAL_TAIL),
            exponential_density,
            |y| -libm::log(y),
        ),
        normal: table(
            NORMAL_TAIL,
            NORMAL_TAIL * normal_density(NORMAL_TAIL)
                + (std::f64::consts::PI / 2.0).sqrt() * libm::erfc(NORMAL_TAIL / std::f64::consts::SQRT_2),
            normal_density,
            |y| (-2.0 * libm::log(y)).sqrt(),
        ),
    });
    &TABLES
}

fn exponential_density(x: f64) -> f64 {
    libm::exp(-x)
}

/// Not normalised: 1 at the top.
fn normal_density(x: f64) -> f64 {
    libm::exp(-0.5 * x * x)
}

/// Layer 0 is the rectangle below the tail's height plus the tail itself, stretched to one rectangle of the same area.
fn table(tail: f64, area: f64, density: fn(f64) -> f64, inverse: fn(f64) -> f64) -> Table {
    let mut edges = [0.0; LAYERS + 1];
    edges[0] = area / density(tail);
    edges[1] = tail;
    for i in 1..LAYERS - 1 {
        edges[i + 1] = inverse(area / edges[i] + density(edges[i]));
    }
    edges[LAYERS] = 0.0;
    Table {
        layers: std::array::from_fn(|i| Layer { scale: edges[i] * UNIT, inner: edges[i + 1] }),
        heights: std::array::from_fn(|i| density(edges[i])),
    }
}

/// Whether a point at `x` in the wedge of this layer lies under the curve. One draw.
fn under_curve(stream: &mut Stream, table: &Table, index: usize, height_at_x: f64) -> bool {
    let (low, high) = (table.heights[index], table.heights[index + 1]);
    low + (high - low) * stream.uniform() < height_at_x
}

/// Tail or wedge of the exponential law, about 1 draw in 45.
#[cold]
#[inline(never)]
pub(super) fn exponential_edge(stream: &mut Stream, first_bits: u64, first_x: f64) -> f64 {
    let table = &stream.tables.exponential;
    let (mut bits, mut x) = (first_bits, first_x);
    // Each round accepts with a probability over 0.9, whatever came before.
    loop {
        let index = (bits & 0xFF) as usize;
        if index == 0 {
            // The law has no memory: beyond the tail's start it begins anew.
            return EXPONENTIAL_TAIL - libm::log(stream.uniform_open());
        }
        if under_curve(stream, table, index, exponential_density(x)) {
            return x;
        }
        bits = stream.next_u64();
        let layer = &table.layers[(bits & 0xFF) as usize];
        x = (bits >> 11) as f64 * layer.scale;
        if x < layer.inner {
            return x;
        }
    }
}

/// Tail or wedge of half the normal law, about 1 draw in 70.
#[cold]
#[inline(never)]
pub(super) fn normal_edge(stream: &mut Stream, first_bits: u64, first_x: f64) -> f64 {
    let table = &stream.tables.normal;
    let (mut bits, mut x) = (first_bits, first_x);
    loop {
        let index = (bits & 0xFF) as usize;
        if index == 0 {
            // Marsaglia 1964: exponential envelope of the tail, accepted with a probability over 0.9.
            loop {
                let excess = stream.exponential() / NORMAL_TAIL;
                if 2.0 * stream.exponential() > excess * excess {
                    return NORMAL_TAIL + excess;
                }
            }
        }
        if under_curve(stream, table, index, normal_density(x)) {
            return x;
        }
        bits = stream.next_u64();
        let layer = &table.layers[(bits & 0xFF) as usize];
        x = (bits >> 11) as f64 * layer.scale;
        if x < layer.inner {
            return x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Then all layers have the same area, which is what makes choosing one at random right.
    #[test]
    fn layers_close_at_the_top_of_the_density() {
        for table in [&tables().exponential, &tables().normal] {
            let outer = |index: usize| table.layers[index].scale / UNIT;
            let area = outer(0) * table.heights[1];
            let top = table.heights[LAYERS - 1] + area / outer(LAYERS - 1);
            assert!((top - 1.0).abs() < 1e-9, "{top}");
            assert_eq!((table.heights[LAYERS], table.layers[LAYERS - 1].inner), (1.0, 0.0));
            for (index, layer) in table.layers.iter().enumerate() {
                assert!(layer.inner < outer(index));
            }
        }
    }
}
