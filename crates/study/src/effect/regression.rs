//! What each axis of a space-filling sample does to a KPI: a plane through all points.
//!
//! In a Latin hypercube or a Sobol sample every axis has its own value at every point, so a mean by level mixes what the axis does
//! with where the other axes happened to be. A least-squares plane parts them (Draper and Smith 1998, Applied Regression Analysis,
//! chapter 5). Its intervals come from the distances of the points to the plane, so they hold noise and everything that is not
//! straight: a KPI that bends has wide ones, and [`Regression::explained`] says how little the plane is worth.

use kernel::{Interval, student_t_quantile};

/// Most axes: the equations are solved anew for each KPI.
pub const MOST_AXES: usize = 200;

/// A plane through the points of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// For each axis, how far the plane rises from its first value to its last.
    pub rises: Vec<Interval>,
    /// Share of the variation between points that the plane explains.
    pub explained: f64,
}

/// The plane through `values` at `points`, each with a coordinate from 0 to 1 for every axis. Points with an undefined value are
/// left out. `None` with fewer than two points more than the plane has unknowns, or where axes cannot be told apart.
#[must_use]
pub fn regression(points: &[Vec<f64>], values: &[f64], confidence: f64) -> Option<Regression> {
    let axes = points.first()?.len();
    let kept: Vec<(&Vec<f64>, f64)> = points
        .iter()
        .zip(values)
        .filter(|(_, value)| value.is_finite())
        .map(|(point, value)| (point, *value))
        .collect();
    let degrees = kept.len().checked_sub(axes + 1).filter(|degrees| *degrees > 0 && axes <= MOST_AXES)?;
    let count = kept.len() as f64;
    // Centred, so that the constant falls out of the equations.
    let centre: Vec<f64> =
        (0..axes).map(|axis| kept.iter().map(|(point, _)| point[axis]).sum::<f64>() / count).collect();
    let mean = kept.iter().map(|(_, value)| value).sum::<f64>() / count;
    let mut products = vec![vec![0.0; axes]; axes];
    let mut right = vec![0.0; axes];
    for (point, value) in &kept {
        for one in 0..axes {
            let distance = point[one] - centre[one];
            right[one] += distance * (value - mean);
            for other in 0..axes {
                products[one][other] += distance * (point[other] - centre[other]);
            }
        }
    }
    let inverse = inverse(products)?;
    let slopes: Vec<f64> =
        inverse.iter().map(|row| row.iter().zip(&right).map(|(one, other)| one * other).sum()).collect();
    let (mut residual, mut total) = (0.0, 0.0);
    for (point, value) in &kept {
        let plane: f64 = (0..axes).map(|axis| slopes[axis] * (point[axis] - centre[axis])).sum();
        residual += (value - mean - plane) * (value - mean - plane);
        total += (value - mean) * (value - mean);
    }
    let quantile = student_t_quantile(0.5 + 0.5 * confidence, degrees as f64);
    let variance = residual / degrees as f64;
    let rise = |(axis, slope): (usize, &f64)| {
        let half_width = quantile * (variance * inverse[axis][axis]).max(0.0).sqrt();
        Interval { mean: *slope, half_width, level: confidence }
    };
    let explained = if total > 0.0 { (1.0 - residual / total).clamp(0.0, 1.0) } else { 0.0 };
    Some(Regression { rises: slopes.iter().enumerate().map(rise).collect(), explained })
}

/// The inverse of a symmetric matrix by Gauss and Jordan with pivots from the diagonal; `None` if it has none.
fn inverse(mut matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let mut inverse: Vec<Vec<f64>> =
        (0..size).map(|row| (0..size).map(|column| f64::from(u8::from(row == column))).collect()).collect();
    for column in 0..size {
        let largest = |one: &usize, other: &usize| matrix[*one][column].abs().total_cmp(&matrix[*other][column].abs());
        let pivot = (column..size).max_by(largest)?;
        matrix.swap(column, pivot);
        inverse.swap(column, pivot);
        let scale = matrix[column][column];
        // Coordinates are between 0 and 1: less than this is nothing but rounding.
        if scale.abs() < 1e-12 {
            return None;
        }
        for cell in 0..size {
            matrix[column][cell] /= scale;
            inverse[column][cell] /= scale;
        }
        for row in (0..size).filter(|row| *row != column) {
            let factor = matrix[row][column];
            for cell in 0..size {
                matrix[row][cell] -= factor * matrix[column][cell];
                inverse[row][cell] -= factor * inverse[column][cell];
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points() -> Vec<Vec<f64>> {
        // A lattice that fills the cube and in which axes hardly depend on each other.
        (0..32)
            .map(|i| vec![f64::from(i) / 31.0, f64::from(i * 7 % 32) / 31.0, f64::from(i * 13 % 32) / 31.0])
            .collect()
    }

    #[test]
    fn a_plane_is_found_exactly() {
        let points = points();
        let values: Vec<f64> = points.iter().map(|x| 5.0 + 3.0 * x[0] - 2.0 * x[1]).collect();
        let found = regression(&points, &values, 0.95).expect("a plane");
        for (rise, expected) in found.rises.iter().zip([3.0, -2.0, 0.0]) {
            assert!((rise.mean - expected).abs() < 1e-9 && rise.half_width < 1e-6, "{rise:?}");
        }
        assert!(found.explained > 1.0 - 1e-12);
    }

    #[test]
    fn an_axis_that_does_nothing_is_not_given_what_others_do() {
        let points = points();
        // Strongly bent in the first axis: the intervals must be as wide as that makes them.
        let values: Vec<f64> = points.iter().map(|x| if x[0] > 0.8 { 100.0 } else { 0.0 }).collect();
        let found = regression(&points, &values, 0.95).expect("a plane");
        assert!(found.rises[0].lower() > 0.0);
        assert!(found.rises[1].contains(0.0) && found.rises[2].contains(0.0), "{found:?}");
        assert!(found.explained < 0.7);
    }

    #[test]
    fn what_cannot_be_told_is_not_told() {
        let twice: Vec<Vec<f64>> = points().into_iter().map(|x| vec![x[0], x[0]]).collect();
        let values: Vec<f64> = twice.iter().map(|x| x[0]).collect();
        assert_eq!(regression(&twice, &values, 0.95), None, "two axes that are one");
        assert_eq!(regression(&points()[..4], &values[..4], 0.95), None, "too few points");
        assert_eq!(regression(&[], &[], 0.95), None);
    }
}
