//! The walks of Morris: a design that moves one factor after the other.
//!
//! M. D. Morris (1991), "Factorial sampling plans for preliminary computational experiments", Technometrics 33(2): a trajectory
//! starts at a random point of a grid and moves each factor once, in random order, by half the grid.
//!
//! Any point is worked out from its number alone, so a design of any size takes no memory.

use kernel::{Stream, StreamKey};

/// Most factors of one plan.
pub const MOST_FACTORS: usize = 100_000;
/// Most levels of a grid.
pub const MOST_LEVELS: u32 = 1_000;

/// Trajectories over the unit cube.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walks {
    seed: u64,
    factors: usize,
    levels: u32,
    trajectories: u64,
}

/// The move from one point of the plan to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The factor that moves.
    pub factor: usize,
    /// Whether it rises.
    pub rises: bool,
}

impl Walks {
    /// How many factors there are.
    #[must_use]
    pub fn factors(&self) -> usize {
        self.factors
    }

    /// A plan for `factors` factors on a grid of `levels` levels, an even number. 4 levels and 10 to 30 trajectories are usual.
    ///
    /// # Errors
    /// In words, if there is no such plan.
    pub fn new(seed: u64, factors: usize, levels: u32, trajectories: u64) -> Result<Self, &'static str> {
        if factors == 0 || factors > MOST_FACTORS {
            return Err("a screening is of 1 to 100000 factors");
        }
        if levels < 2 || !levels.is_multiple_of(2) || levels > MOST_LEVELS {
            return Err("the grid must have an even number of levels, from 2 to 1000");
        }
        if trajectories == 0 || trajectories.checked_mul(factors as u64 + 1).is_none() {
            return Err("there must be at least one trajectory, and fewer than 2^64 points");
        }
        Ok(Walks { seed, factors, levels, trajectories })
    }

    /// How many points there are: one for each factor and one more, in each trajectory.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.trajectories * (self.factors as u64 + 1)
    }

    /// The level of every factor at a point, from 0 to levels - 1; `None` beyond the last point.
    #[must_use]
    pub fn levels_at(&self, point: u64) -> Option<Vec<u32>> {
        if point >= self.points() {
            return None;
        }
        let (trajectory, step) = (point / (self.factors as u64 + 1), point % (self.factors as u64 + 1));
        let (mut levels, moves) = self.trajectory(trajectory);
        let half = self.levels / 2;
        for done in &moves[..step as usize] {
            let level = &mut levels[done.factor];
            *level = if done.rises { *level + half } else { *level - half };
        }
        Some(levels)
    }

    /// The coordinates of a point in the unit cube; `None` beyond the last point.
    #[must_use]
    pub fn coordinates_at(&self, point: u64) -> Option<Vec<f64>> {
        let last = f64::from(self.levels - 1);
        Some(self.levels_at(point)?.into_iter().map(|level| f64::from(level) / last).collect())
    }

    /// The levels at which a trajectory starts, and its moves.
    #[must_use]
    pub fn trajectory(&self, trajectory: u64) -> (Vec<u32>, Vec<Move>) {
        let key = StreamKey { seed: self.seed, replication: trajectory, name: "morris", purpose: "trajectory" };
        let mut stream = Stream::new(&key);
        let half = self.levels / 2;
        let mut start = Vec::with_capacity(self.factors);
        let mut moves = Vec::with_capacity(self.factors);
        for factor in 0..self.factors {
            let low = stream.below(u64::from(half)) as u32;
            let rises = stream.below(2) == 0;
            start.push(if rises { low } else { low + half });
            moves.push(Move { factor, rises });
        }
        // Fisher and Yates, as in Knuth, TAOCP 2, algorithm 3.4.2P.
        for last in (1..moves.len()).rev() {
            moves.swap(last, stream.below(last as u64 + 1) as usize);
        }
        (start, moves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trajectory_moves_each_factor_once_by_half_the_grid() {
        let plan = Walks::new(3, 7, 6, 40).expect("a plan");
        let (mut starts, mut orders) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
        let mut seen = [0u32; 6];
        for trajectory in 0..40 {
            let points: Vec<Vec<u32>> =
                (0..8).map(|step| plan.levels_at(trajectory * 8 + step).expect("a point")).collect();
            let mut order = Vec::new();
            for pair in points.windows(2) {
                let moved: Vec<usize> = (0..7).filter(|factor| pair[0][*factor] != pair[1][*factor]).collect();
                assert_eq!(moved.len(), 1, "{pair:?}");
                assert_eq!(pair[0][moved[0]].abs_diff(pair[1][moved[0]]), 3);
                order.push(moved[0]);
            }
            points.iter().flatten().for_each(|level| seen[*level as usize] += 1);
            starts.insert(points[0].clone());
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3, 4, 5, 6]);
            orders.insert(order);
        }
        assert!(starts.len() == 40 && orders.len() == 40, "trajectories differ");
        // 2240 levels over 6, standard error below 60 for dependent ones.
        assert!(seen.iter().all(|count| (250..500).contains(count)), "{seen:?}");
        assert_eq!(plan.levels_at(320), None);
    }
}
