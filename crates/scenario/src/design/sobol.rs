//! Sobol's sequence: points that fill a cube evenly, however many of them are taken.
//!
//! Sobol 1967 (USSR Computational Mathematics and Mathematical Physics 7); primitive polynomials and initial direction numbers
//! of Joe and Kuo 2008 (SIAM Journal on Scientific Computing 30), their set with search criterion 6.

/// Degree, coefficients and initial direction numbers of the polynomial of each axis but the first.
const DIRECTIONS: [(u32, u32, &[u32]); 20] = [
    (1, 0, &[1]),
    (2, 1, &[1, 3]),
    (3, 1, &[1, 3, 1]),
    (3, 2, &[1, 1, 1]),
    (4, 1, &[1, 1, 3, 3]),
    (4, 4, &[1, 3, 5, 13]),
    (5, 2, &[1, 1, 5, 5, 17]),
    (5, 4, &[1, 1, 5, 5, 5]),
    (5, 7, &[1, 1, 7, 11, 19]),
    (5, 11, &[1, 1, 5, 1, 1]),
    (5, 13, &[1, 1, 1, 3, 11]),
    (5, 14, &[1, 3, 5, 5, 31]),
    (6, 1, &[1, 3, 3, 9, 7, 49]),
    (6, 13, &[1, 1, 1, 15, 21, 21]),
    (6, 16, &[1, 3, 1, 13, 27, 49]),
    (6, 19, &[1, 1, 1, 15, 7, 5]),
    (6, 22, &[1, 3, 1, 15, 13, 25]),
    (6, 25, &[1, 1, 5, 5, 19, 61]),
    (7, 1, &[1, 3, 7, 11, 23, 15, 103]),
    (7, 4, &[1, 3, 7, 13, 13, 15, 69]),
];

/// Most axes.
pub const MOST_AXES: usize = DIRECTIONS.len() + 1;

/// Bits of a coordinate.
const BITS: u32 = 32;

/// Coordinate `axis` of point `index`, between 0 and 1, both left out. Axes beyond [`MOST_AXES`] repeat the last.
pub fn coordinate(axis: usize, index: u32) -> f64 {
    let mut bits = 0;
    for bit in 0..BITS {
        if index >> bit & 1 == 1 {
            bits ^= direction(axis, bit);
        }
    }
    // In the middle of its cell, so that no point lies on the edge.
    (f64::from(bits) + 0.5) / (1_u64 << BITS) as f64
}

/// Direction number `bit` of an axis, as bits behind the point.
fn direction(axis: usize, bit: u32) -> u32 {
    let Some(axis) = axis.checked_sub(1) else { return 1 << (BITS - 1 - bit) };
    let (degree, coefficients, initial) = DIRECTIONS[axis.min(DIRECTIONS.len() - 1)];
    let mut numbers = [0_u32; BITS as usize];
    for position in 0..=bit {
        let at = position as usize;
        numbers[at] = if position < degree {
            initial[at] << (BITS - 1 - position)
        } else {
            let far = numbers[at - degree as usize];
            let mut number = far ^ (far >> degree);
            for step in 1..degree {
                if coefficients >> (degree - 1 - step) & 1 == 1 {
                    number ^= numbers[at - step as usize];
                }
            }
            number
        };
    }
    numbers[bit as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_axis_is_cut_into_equal_parts() {
        for axis in 0..MOST_AXES {
            let mut cells: Vec<u64> = (0..256).map(|index| (coordinate(axis, index) * 256.0) as u64).collect();
            cells.sort_unstable();
            assert!(cells.into_iter().eq(0..256), "axis {axis}");
        }
    }

    /// The unscrambled points of `scipy.stats.qmc.Sobol` (SciPy 1.17), which come in another order.
    #[test]
    fn the_points_are_those_of_joe_and_kuo() {
        let eighths = |index: u32| [1, 5, 12, 20].map(|axis| (coordinate(axis, index) * 8.0) as u32);
        let mut points: Vec<[u32; 4]> = (0..8).map(eighths).collect();
        points.sort_unstable();
        let expected = [
            [0, 0, 0, 0],
            [1, 7, 1, 3],
            [2, 6, 2, 2],
            [3, 1, 3, 1],
            [4, 4, 4, 4],
            [5, 3, 5, 7],
            [6, 2, 6, 6],
            [7, 5, 7, 5],
        ];
        assert_eq!(points, expected);
        let of_64 = |index: u32| [3, 9, 15, 19, 20].map(|axis| (coordinate(axis, index) * 64.0) as u32);
        assert!((0..64).any(|index| of_64(index) == [59, 11, 31, 9, 61]));
    }
}
