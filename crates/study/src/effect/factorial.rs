//! Main effects and two-way interactions of a design whose points are combinations of levels.
//!
//! In a full factorial, with every combination of levels equally often, the variation of the points' means is a sum of what the
//! axes explain alone, in pairs and in higher orders (Montgomery, Design and Analysis of Experiments, sections 5.3 and 5.4). In
//! any other design these sums are not independent: there are plain means of levels, and no shares.

use kernel::{Interval, Moments};

/// Most axes of one analysis; there are so many squared pairs.
pub const MOST_AXES: usize = 200;
/// Most cells of all pairs of axes together.
pub const MOST_CELLS: usize = 4_000_000;

/// The effects of all axes on one KPI.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// Mean over all points.
    pub mean: f64,
    /// For each axis, what it does alone.
    pub axes: Vec<MainEffect>,
    /// For every two axes, what they do together; in the order (0, 1), (0, 2) ... (1, 2) ...
    pub interactions: Vec<Interaction>,
    /// Whether the points are a full factorial, so that shares and interactions can be told.
    pub is_full_factorial: bool,
    /// Share of the variation that neither single axes nor pairs explain; `None` unless a full factorial.
    pub rest: Option<f64>,
    /// Share of the variation that is likely to be noise: inside the other shares, and mostly inside the rest. `None` with a
    /// single row or unless a full factorial.
    pub noise: Option<f64>,
    /// Points left out since the KPI is undefined there in some row.
    pub left_out: usize,
}

/// What one axis does alone.
#[derive(Debug, Clone, PartialEq)]
pub struct MainEffect {
    /// For each level, the mean over its points in every row.
    pub levels: Vec<Moments>,
    /// The level with the least mean.
    pub lowest: usize,
    /// The level with the largest mean.
    pub highest: usize,
    /// The mean at the highest level less that at the lowest.
    pub range: f64,
    /// Interval of the range, made wider by Bonferroni's inequality for the number of pairs it was picked from.
    pub interval: Option<Interval>,
    /// Share of the variation that the axis explains alone; `None` unless a full factorial.
    pub share: Option<f64>,
}

/// What two axes do together, beyond what each does alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    /// The axes.
    pub axes: (usize, usize),
    /// Mean of the KPI at every level of the first axis and, inside, of the second; `None` where there is no point.
    pub cells: Vec<Vec<Option<f64>>>,
    /// The largest deviation of a cell from the sum of its two main effects, with its sign; `None` unless a full factorial.
    pub largest: Option<f64>,
    /// Interval of that deviation, made wider by Bonferroni's inequality for the number of cells it was picked from.
    pub interval: Option<Interval>,
    /// Share of the variation that the pair explains; `None` unless a full factorial.
    pub share: Option<f64>,
}

impl Effects {
    /// Leaves only means and ranges: for levels that are themselves means over something.
    pub(super) fn forget_shares(&mut self) {
        self.is_full_factorial = false;
        self.rest = None;
        self.noise = None;
        self.axes.iter_mut().for_each(|axis| axis.share = None);
        for pair in &mut self.interactions {
            pair.share = None;
            pair.largest = None;
            pair.interval = None;
        }
    }
}

/// The effects of axes with `levels` levels each: `points` says at which level of each axis every point is, and `rows` hold the KPI
/// of every point, one row for each replication. Intervals have the confidence `confidence`.
///
/// # Errors
/// In words, if points, rows and axes do not fit each other, or the KPI is undefined everywhere.
pub fn effects(
    levels: &[usize],
    points: &[Vec<usize>],
    rows: &[Vec<f64>],
    confidence: f64,
) -> Result<Effects, &'static str> {
    check(levels, points, rows)?;
    let kept: Vec<usize> = (0..points.len()).filter(|point| rows.iter().all(|row| row[*point].is_finite())).collect();
    if kept.is_empty() {
        return Err("the KPI is undefined at every point");
    }
    let table = Table { levels, points, rows, kept: &kept, confidence };
    let means: Vec<f64> = table.kept.iter().map(|point| average(rows.iter().map(|row| row[*point]))).collect();
    let mean = average(means.iter().copied());
    let variation: f64 = means.iter().map(|value| (value - mean) * (value - mean)).sum();
    let is_full_factorial = table.is_full_factorial();
    let share = |squares: f64| is_full_factorial.then(|| if variation > 0.0 { squares / variation } else { 0.0 });

    let groups: Vec<Vec<Vec<usize>>> = (0..levels.len()).map(|axis| table.points_by_level(axis)).collect();
    let by_row: Vec<Vec<Vec<f64>>> =
        groups.iter().map(|groups| groups.iter().map(|points| table.means(points)).collect()).collect();
    let axes: Vec<MainEffect> =
        groups.iter().zip(&by_row).map(|(groups, by_row)| table.main_effect(groups, by_row, mean, share)).collect();
    let mut interactions = Vec::new();
    for one in 0..levels.len() {
        for other in one + 1..levels.len() {
            interactions.push(table.interaction((one, other), &by_row, share));
        }
    }
    let shares = axes.iter().map(|axis| axis.share).chain(interactions.iter().map(|pair| pair.share));
    let explained: Option<f64> = shares.sum();
    let rest = explained.map(|explained| if variation > 0.0 { (1.0 - explained).max(0.0) } else { 0.0 });
    let noise = table.noise(&means, mean).and_then(|squares| share(squares.min(variation)));
    let left_out = points.len() - kept.len();
    Ok(Effects { mean, axes, interactions, is_full_factorial, rest, noise, left_out })
}

fn check(levels: &[usize], points: &[Vec<usize>], rows: &[Vec<f64>]) -> Result<(), &'static str> {
    if levels.len() > MOST_AXES {
        return Err("effects are told of at most 200 axes");
    }
    if !super::are_rows_of(rows, points.len()) {
        return Err("every row must have one value for each point");
    }
    if points.iter().any(|point| point.len() != levels.len() || point.iter().zip(levels).any(|(at, of)| at >= of)) {
        return Err("every point must be at one of the levels of each axis");
    }
    let all = levels.iter().try_fold(0usize, |sum, count| sum.checked_add(*count)).unwrap_or(usize::MAX);
    if all.saturating_mul(all) > MOST_CELLS {
        return Err("the axes have too many levels: effects are told of at most 2000 levels of all axes together");
    }
    Ok(())
}

fn average(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// What is analysed; only the points of `kept` count.
struct Table<'a> {
    levels: &'a [usize],
    points: &'a [Vec<usize>],
    rows: &'a [Vec<f64>],
    kept: &'a [usize],
    confidence: f64,
}

impl Table<'_> {
    /// Whether every combination of levels is there, each equally often.
    fn is_full_factorial(&self) -> bool {
        let combinations = self.levels.iter().try_fold(1usize, |product, count| product.checked_mul(*count));
        let Some(times) = combinations.and_then(|combinations| self.kept.len().checked_div(combinations)) else {
            return false;
        };
        let mut sorted: Vec<&Vec<usize>> = self.kept.iter().map(|point| &self.points[*point]).collect();
        sorted.sort_unstable();
        let runs: Vec<usize> = sorted.chunk_by(|one, other| one == other).map(<[_]>::len).collect();
        combinations == Some(runs.len()) && runs.iter().all(|run| *run == times)
    }

    fn points_by_level(&self, axis: usize) -> Vec<Vec<usize>> {
        let mut groups = vec![Vec::new(); self.levels[axis]];
        self.kept.iter().for_each(|point| groups[self.points[*point][axis]].push(*point));
        groups
    }

    /// The mean over `points` in every row; nothing if there are no points.
    fn means(&self, points: &[usize]) -> Vec<f64> {
        let rows = if points.is_empty() { &[] } else { self.rows };
        rows.iter().map(|row| average(points.iter().map(|point| row[*point]))).collect()
    }

    /// Confidence of one interval, if it is picked from so many.
    fn confidence_of_one(&self, comparisons: usize) -> f64 {
        1.0 - (1.0 - self.confidence) / comparisons.max(1) as f64
    }

    fn main_effect(
        &self,
        groups: &[Vec<usize>],
        by_row: &[Vec<f64>],
        mean: f64,
        share: impl Fn(f64) -> Option<f64>,
    ) -> MainEffect {
        let levels: Vec<Moments> = by_row.iter().map(|values| moments(values)).collect();
        let squares = levels.iter().zip(groups).filter_map(|(level, points)| {
            let distance = level.mean()? - mean;
            Some(distance * distance * points.len() as f64)
        });
        let share = share(squares.sum());
        let seen: Vec<(f64, usize)> =
            levels.iter().enumerate().filter_map(|(level, moments)| Some((moments.mean()?, level))).collect();
        let by_mean = |one: &&(f64, usize), other: &&(f64, usize)| one.0.total_cmp(&other.0);
        let end = |end: Option<&(f64, usize)>| end.map_or(0, |(_, level)| *level);
        // Of equal means the first level is both ends.
        let (lowest, highest) = (end(seen.iter().min_by(by_mean)), end(seen.iter().rev().max_by(by_mean)));
        let differences: Vec<f64> = by_row[highest].iter().zip(&by_row[lowest]).map(|(high, low)| high - low).collect();
        let range = moments(&differences);
        let pairs = seen.len() * seen.len().saturating_sub(1) / 2;
        let interval = range.interval(self.confidence_of_one(pairs));
        MainEffect { levels, lowest, highest, range: range.mean().unwrap_or(0.0), interval, share }
    }

    fn interaction(
        &self,
        axes: (usize, usize),
        by_row: &[Vec<Vec<f64>>],
        share: impl Fn(f64) -> Option<f64>,
    ) -> Interaction {
        let (one, other) = axes;
        let (rows, columns) = (self.levels[one], self.levels[other]);
        let mut members = vec![Vec::new(); rows * columns];
        for point in self.kept {
            let at = &self.points[*point];
            members[at[one] * columns + at[other]].push(*point);
        }
        let cell_mean = |points: &Vec<usize>| moments(&self.means(points)).mean();
        let means: Vec<Option<f64>> = members.iter().map(cell_mean).collect();
        let cells = means.chunks(columns.max(1)).map(<[_]>::to_vec).collect();
        if share(0.0).is_none() {
            return Interaction { axes, cells, largest: None, interval: None, share: None };
        }
        let everywhere = self.means(self.kept);
        let mut squares = 0.0;
        let mut largest = Moments::new();
        for (cell, points) in members.iter().enumerate() {
            let (of_one, of_other) = (&by_row[one][cell / columns], &by_row[other][cell % columns]);
            let values = self.means(points);
            let deviations: Vec<f64> =
                (0..values.len()).map(|row| values[row] - of_one[row] - of_other[row] + everywhere[row]).collect();
            let deviation = moments(&deviations);
            let size = deviation.mean().unwrap_or(0.0).abs();
            squares += size * size * points.len() as f64;
            if largest.mean().is_none_or(|largest| size > largest.abs()) {
                largest = deviation;
            }
        }
        let interval = largest.interval(self.confidence_of_one(members.len()));
        Interaction { axes, cells, largest: largest.mean(), interval, share: share(squares) }
    }

    /// What of the sum of squares of the points' means is to be expected from noise alone; `None` with a single row.
    ///
    /// Rows are blocks (Montgomery, section 5.6): what a row adds to all of its points is no noise between points.
    fn noise(&self, means: &[f64], mean: f64) -> Option<f64> {
        let (points, rows) = (self.kept.len() as f64, self.rows.len() as f64);
        if self.rows.len() < 2 {
            return None;
        }
        let everywhere = self.means(self.kept);
        let mut squares = 0.0;
        for (row, of_row) in self.rows.iter().zip(&everywhere) {
            for (point, of_point) in self.kept.iter().zip(means) {
                let residual = row[*point] - of_point - of_row + mean;
                squares += residual * residual;
            }
        }
        // Mean square = squares / ((points - 1)(rows - 1)); a mean over rows has 1/rows of it, points - 1 times.
        Some(if points > 1.0 { squares / ((rows - 1.0) * rows) } else { 0.0 })
    }
}

fn moments(values: &[f64]) -> Moments {
    let mut moments = Moments::new();
    values.iter().for_each(|value| moments.add(*value));
    moments
}
