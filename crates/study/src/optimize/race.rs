//! Racing: who needs more replications.
//!
//! All candidates play the same replications (common random numbers), so two of them are compared by their differences within
//! replications. Only those stay in the race that are not significantly worse than a member of the front, and only those of them
//! play on whose order is not yet clear (after Birattari, Stützle, Paquete and Varrentrapp 2002, "A racing algorithm for
//! configuring metaheuristics", GECCO; here with paired t tests). Each test has the asked confidence on its own; many are
//! made, so the whole is a rule for spending runs well and no promise. For a promise put the few best into
//! [`crate::select::kim_nelson`].

use std::cmp::Ordering;

use kernel::{Moments, student_t_quantile};

use super::candidate::Candidate;
use super::ranking::{best_fronts, first_front, places, standings};

/// Most contenders that are compared with each other; of more, the most promising.
const MOST_CONTENDERS: usize = 300;

/// A race under way.
pub(super) struct Race<'a> {
    candidates: &'a [Candidate],
    quantiles: &'a Quantiles,
    /// Most replications of a candidate.
    most: u64,
}

/// Student's quantiles of one confidence by the number of values: working one out costs more than a race.
#[derive(Debug, Clone)]
pub(super) struct Quantiles {
    confidence: f64,
    /// From 2 values on.
    known: Vec<f64>,
}

impl Quantiles {
    pub fn new(confidence: f64) -> Self {
        Quantiles { confidence, known: Vec::new() }
    }

    /// Makes those of up to `count` values known.
    pub fn reach(&mut self, count: u64) {
        for count in self.known.len() as u64 + 2..=count {
            self.known.push(student_t_quantile(self.confidence, (count - 1) as f64));
        }
    }

    /// The quantile for the mean of so many values; `None` below 2, and for more than are known.
    fn of(&self, count: u64) -> Option<f64> {
        self.known.get(count.checked_sub(2)? as usize).copied()
    }
}

/// Whether a candidate keeps its constraints.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Feasibility {
    Kept,
    Broken,
    Open,
}

impl<'a> Race<'a> {
    pub fn new(candidates: &'a [Candidate], quantiles: &'a Quantiles, most: u64) -> Self {
        Race { candidates, quantiles, most }
    }

    /// Those of `pool` that may still be the best or on the front.
    pub fn contenders(&self, pool: &[usize]) -> Vec<usize> {
        let is_alive = |at: &usize| {
            self.candidates[*at].is_known() && self.feasibility(&self.candidates[*at]) != Feasibility::Broken
        };
        let alive: Vec<usize> = pool.iter().copied().filter(is_alive).collect();
        let front: Vec<usize> =
            first_front(&standings(self.candidates, &alive)).into_iter().map(|position| alive[position]).collect();
        // One whose constraints are still open pushes nobody out, unless it has played all it may.
        let is_sure = |at: &usize| {
            let one = &self.candidates[*at];
            let feasibility = self.feasibility(one);
            feasibility == Feasibility::Kept || (one.is_feasible() && one.replications() >= self.most)
        };
        let judges: Vec<usize> = front.into_iter().filter(is_sure).collect();
        let is_in = |at: &usize| !judges.iter().any(|judge| judge != at && self.is_clearly_dominated(*at, *judge));
        alive.into_iter().filter(is_in).collect()
    }

    /// Those of `pool` that should play on, the most promising first.
    pub fn undecided(&self, pool: &[usize]) -> Vec<usize> {
        let replications = |at: usize| self.candidates[at].replications();
        if pool.iter().all(|at| replications(*at) >= self.most) {
            return Vec::new();
        }
        let mut contenders = self.contenders(pool);
        if contenders.len() > MOST_CONTENDERS {
            let positions = best_fronts(&standings(self.candidates, &contenders), MOST_CONTENDERS);
            contenders = positions.into_iter().map(|position| contenders[position]).collect();
        }
        let mut is_open: Vec<bool> = contenders
            .iter()
            .map(|at| contenders.len() > 1 && self.feasibility(&self.candidates[*at]) == Feasibility::Open)
            .collect();
        for (position, &one) in contenders.iter().enumerate() {
            for (other_position, &other) in contenders[..position].iter().enumerate() {
                if !self.is_settled(one, other) {
                    // The replications that both have played count, so whoever has fewer plays on.
                    is_open[position] |= replications(one) <= replications(other);
                    is_open[other_position] |= replications(other) <= replications(one);
                }
            }
        }
        let places = places(&standings(self.candidates, &contenders));
        let plays_on = |position: &usize| is_open[*position] && replications(contenders[*position]) < self.most;
        let mut found: Vec<usize> = (0..contenders.len()).filter(plays_on).collect();
        found.sort_by(|one, other| places[*one].order(&places[*other]));
        found.into_iter().map(|position| contenders[position]).collect()
    }

    fn feasibility(&self, candidate: &Candidate) -> Feasibility {
        let mut found = Feasibility::Kept;
        for moments in &candidate.constraints {
            match self.sign(moments) {
                Some(Ordering::Greater) => return Feasibility::Broken,
                Some(Ordering::Less | Ordering::Equal) => {}
                None => found = Feasibility::Open,
            }
        }
        found
    }

    /// On which side of 0 the mean is; `None` if that is not clear. Who may play but once is told to be without noise.
    fn sign(&self, moments: &Moments) -> Option<Ordering> {
        if self.most == 1 {
            return moments.mean()?.partial_cmp(&0.0);
        }
        let (mean, error) = (moments.mean()?, moments.standard_error()?);
        let half_width = self.quantiles.of(moments.count())? * error;
        if half_width == 0.0 || mean.abs() > half_width { mean.partial_cmp(&0.0) } else { None }
    }

    /// For each objective how one compares with another: less is better.
    fn signs(&self, one: usize, other: usize) -> impl Iterator<Item = Option<Ordering>> {
        let pairs = self.candidates[one].costs.iter().zip(&self.candidates[other].costs);
        pairs.map(|(mine, theirs)| {
            let mut differences = Moments::new();
            mine.iter().zip(theirs).for_each(|(mine, theirs)| differences.add(mine - theirs));
            self.sign(&differences)
        })
    }

    /// Whether it is clear that `one` is in no objective better than `other`, and in one worse.
    fn is_clearly_dominated(&self, one: usize, other: usize) -> bool {
        let mut is_worse = false;
        for sign in self.signs(one, other) {
            match sign {
                Some(Ordering::Greater) => is_worse = true,
                Some(Ordering::Equal) => {}
                Some(Ordering::Less) | None => return false,
            }
        }
        is_worse
    }

    /// Whether more replications could change nothing in what is known of two candidates: one dominates the other, they are equal,
    /// or each is better in one objective.
    fn is_settled(&self, one: usize, other: usize) -> bool {
        let signs: Vec<Option<Ordering>> = self.signs(one, other).collect();
        let is_there = |wanted| signs.contains(&Some(wanted));
        signs.iter().all(Option::is_some) || (is_there(Ordering::Less) && is_there(Ordering::Greater))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::select::Goal;

    /// One that has played `count` replications of its values over and over.
    fn played(objectives: usize, count: usize, rows: &[&[f64]]) -> Candidate {
        let constraints = rows[0].len() - objectives;
        let rows: Vec<&[f64]> = rows.iter().copied().cycle().take(count).collect();
        Candidate::played(&vec![Goal::Smallest; objectives], constraints, &rows)
    }

    fn race(candidates: &[Candidate], most: u64) -> (Vec<usize>, Vec<usize>) {
        let mut quantiles = Quantiles::new(0.95);
        quantiles.reach(most);
        let race = Race::new(candidates, &quantiles, most);
        let pool: Vec<usize> = (0..candidates.len()).collect();
        (race.contenders(&pool), race.undecided(&pool))
    }

    #[test]
    fn what_is_common_hides_no_difference() {
        // Values from 0 to 9, and a difference of 0.5 in each replication; the last one differs by 0.5 on average, either way.
        let all = [
            played(1, 10, &[&[0.0], &[9.0], &[4.0]]),
            played(1, 10, &[&[0.5], &[9.5], &[4.5]]),
            played(1, 10, &[&[4.0], &[4.0], &[6.5]]),
        ];
        assert_eq!(race(&all, 100), (vec![0, 2], vec![0, 2]));
        // All that may be played is played.
        assert_eq!(race(&all, 10), (vec![0, 2], vec![]));
    }

    #[test]
    fn whoever_has_played_less_plays_on() {
        let all =
            [played(1, 30, &[&[0.0], &[9.0]]), played(1, 6, &[&[4.0], &[6.0]]), played(1, 6, &[&[70.0], &[71.0]])];
        assert_eq!(race(&all, 100), (vec![0, 1], vec![1]));
    }

    #[test]
    fn equals_and_those_with_an_advantage_each_are_settled() {
        let same: &[&[f64]] = &[&[1.0, 5.0], &[2.0, 6.0]];
        let other: &[&[f64]] = &[&[0.0, 7.0], &[1.0, 8.0]];
        assert_eq!(race(&[played(2, 6, same), played(2, 6, same), played(2, 6, other)], 100), (vec![0, 1, 2], vec![]));
        // Worse in one objective and not clear in the other: not out, and not settled.
        let doubtful: &[&[f64]] = &[&[3.0, 4.0], &[4.0, 8.0]];
        assert_eq!(race(&[played(2, 6, same), played(2, 6, doubtful)], 100).1, [0, 1]);
    }

    #[test]
    fn who_breaks_a_constraint_is_out_and_who_may_break_one_pushes_nobody_out() {
        let kept: &[&[f64]] = &[&[5.0, -1.0], &[6.0, -1.0]];
        let broken: &[&[f64]] = &[&[1.0, 1.0], &[2.0, 0.9]];
        let open: &[&[f64]] = &[&[1.0, 1.0], &[2.0, -1.1]];
        assert_eq!(race(&[played(1, 6, kept), played(1, 6, broken)], 100), (vec![0], vec![]));
        let all = [played(1, 6, kept), played(1, 6, open)];
        assert_eq!(race(&all, 100), (vec![0, 1], vec![1]));
        // When it has played all it may, its mean decides.
        assert_eq!(race(&all, 6), (vec![1], vec![]));
    }

    #[test]
    fn of_a_crowd_the_most_promising_play_on() {
        let candidate = |at: usize| {
            let value = at as f64 * 1e-3;
            played(1, 4, &[&[value - 100.0 - at as f64], &[value + 100.0 + at as f64]])
        };
        let crowd: Vec<Candidate> = (0..400).rev().map(candidate).collect();
        let (contenders, undecided) = race(&crowd, 100);
        assert_eq!((contenders.len(), undecided.len()), (400, MOST_CONTENDERS));
        assert_eq!((undecided[0], undecided.iter().min()), (399, Some(&100)));
    }
}
