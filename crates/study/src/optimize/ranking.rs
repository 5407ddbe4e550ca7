//! Who is better: domination under constraints, fronts and crowding.
//!
//! K. Deb, A. Pratap, S. Agarwal and T. Meyarivan (2002), "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE
//! Transactions on Evolutionary Computation 6(2). With one objective the fronts are the order of its values, and the method is
//! an elitist genetic algorithm.

use std::cmp::Ordering;

use super::candidate::Candidate;

/// Where a candidate stands among others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Standing {
    /// Sum over constraints of how far each is broken, as a share of the worst of all; infinite if something is undefined.
    pub violation: f64,
    /// Costs, less is better, made comparable between candidates with different numbers of replications.
    pub costs: Vec<f64>,
}

impl Standing {
    /// Constraint domination: whoever breaks less is better; of those that break nothing whoever is at least as good in every
    /// objective and better in one.
    pub fn dominates(&self, other: &Standing) -> bool {
        if self.violation > 0.0 || other.violation > 0.0 {
            return self.violation < other.violation;
        }
        let pairs = || self.costs.iter().zip(&other.costs);
        pairs().all(|(mine, theirs)| mine <= theirs) && pairs().any(|(mine, theirs)| mine < theirs)
    }
}

/// Where the candidates of `pool` stand.
///
/// Replications are common random numbers, and some are kinder than others to all designs alike. Who has played only the first
/// few would look better or worse for that alone. So from every mean is taken how much its replications differ, for those who have
/// played most, from all that have been played. Among candidates with equally many replications that changes nothing.
pub(super) fn standings(candidates: &[Candidate], pool: &[usize]) -> Vec<Standing> {
    let known: Vec<&Candidate> = pool.iter().map(|&at| &candidates[at]).filter(|one| one.is_known()).collect();
    let most = known.iter().map(|one| one.replications()).max().unwrap_or(0);
    let veterans: Vec<&Candidate> = known.iter().copied().filter(|one| one.replications() == most).collect();
    let objectives = known.first().map_or(0, |one| one.costs.len());
    let corrections: Vec<Vec<f64>> = (0..objectives).map(|index| corrections(&veterans, index, most)).collect();
    let constraints = known.first().map_or(0, |one| one.constraints.len());
    let broken = |one: &Candidate, index: usize| one.constraints[index].mean().unwrap_or(0.0).max(0.0);
    let worst: Vec<f64> =
        (0..constraints).map(|index| known.iter().map(|one| broken(one, index)).fold(0.0, f64::max)).collect();
    let standing = |&at: &usize| {
        let one = &candidates[at];
        if !one.is_known() {
            return Standing { violation: f64::INFINITY, costs: vec![f64::INFINITY; one.costs.len()] };
        }
        let share = |(index, worst): (usize, &f64)| if *worst > 0.0 { broken(one, index) / worst } else { 0.0 };
        let violation = worst.iter().enumerate().map(share).sum();
        let last = one.replications() as usize - 1;
        let cost = |index: usize| mean(&one.costs[index]) - corrections[index][last];
        Standing { violation, costs: (0..objectives).map(cost).collect() }
    };
    pool.iter().map(standing).collect()
}

/// The mean, which is exactly that value if all are the same: an objective without noise, such as a number of places, must be equal
/// for designs where it is equal, or the worse of them would seem to be on the front.
fn mean(values: &[f64]) -> f64 {
    let first = values[0];
    first + values.iter().map(|value| value - first).sum::<f64>() / values.len() as f64
}

/// For each number of replications, by how much the mean of the veterans over the first so many differs from that over all. Exactly 0
/// for an objective without noise.
fn corrections(veterans: &[&Candidate], objective: usize, most: u64) -> Vec<f64> {
    let mut sum = 0.0;
    let rise = |one: &&Candidate, replication: usize| one.costs[objective][replication] - one.costs[objective][0];
    let mut means: Vec<f64> = (0..most as usize)
        .map(|replication| {
            sum += veterans.iter().map(|one| rise(one, replication)).sum::<f64>() / veterans.len() as f64;
            sum / (replication + 1) as f64
        })
        .collect();
    let all = means.last().copied().unwrap_or(0.0);
    means.iter_mut().for_each(|mean| *mean -= all);
    means
}

/// Positions of those that nobody dominates.
pub(super) fn first_front(standings: &[Standing]) -> Vec<usize> {
    let mut front: Vec<usize> = Vec::new();
    for (position, standing) in standings.iter().enumerate() {
        if front.iter().any(|&other| standings[other].dominates(standing)) {
            continue;
        }
        front.retain(|&other| !standing.dominates(&standings[other]));
        front.push(position);
    }
    front
}

/// About `count` positions, rising: the members of the first front, of the next one and so on, the last front as a whole.
pub(super) fn best_fronts(standings: &[Standing], count: usize) -> Vec<usize> {
    let mut rest: Vec<usize> = (0..standings.len()).collect();
    let mut found = Vec::new();
    while found.len() < count && !rest.is_empty() {
        let left: Vec<Standing> = rest.iter().map(|position| standings[*position].clone()).collect();
        let front = first_front(&left);
        found.extend(front.iter().map(|position| rest[*position]));
        let mut is_left = vec![true; rest.len()];
        front.iter().for_each(|position| is_left[*position] = false);
        let mut is_left = is_left.into_iter();
        rest.retain(|_| is_left.next().unwrap_or(false));
    }
    found.sort_unstable();
    found
}

/// Rank of a position and the room around it: the order in which parents and survivors are picked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// Number of the front, from 0.
    pub front: usize,
    /// Crowding distance: the more room, the better.
    pub room: f64,
}

impl Place {
    /// The better one first.
    pub fn order(&self, other: &Place) -> Ordering {
        self.front.cmp(&other.front).then(other.room.total_cmp(&self.room))
    }
}

/// The place of every position, by fronts and crowding.
pub(super) fn places(standings: &[Standing]) -> Vec<Place> {
    let mut places = vec![Place { front: 0, room: 0.0 }; standings.len()];
    let mut dominators = vec![0usize; standings.len()];
    let mut dominated = vec![Vec::new(); standings.len()];
    for one in 0..standings.len() {
        for other in 0..standings.len() {
            if standings[one].dominates(&standings[other]) {
                dominators[other] += 1;
                dominated[one].push(other);
            }
        }
    }
    let mut front: Vec<usize> = (0..standings.len()).filter(|position| dominators[*position] == 0).collect();
    let mut number = 0;
    while !front.is_empty() {
        front.iter().for_each(|position| places[*position].front = number);
        crowd(standings, &front, &mut places);
        let mut next = Vec::new();
        for position in &front {
            for other in &dominated[*position] {
                dominators[*other] -= 1;
                if dominators[*other] == 0 {
                    next.push(*other);
                }
            }
        }
        next.sort_unstable();
        front = next;
        number += 1;
    }
    places
}

/// Adds, for each objective, the distance between the neighbours of every member of a front; the ends have all the room there is.
fn crowd(standings: &[Standing], front: &[usize], places: &mut [Place]) {
    let objectives = standings[front[0]].costs.len();
    for objective in 0..objectives {
        let cost = |position: &usize| standings[*position].costs[objective];
        let mut sorted = front.to_vec();
        sorted.sort_by(|one, other| cost(one).total_cmp(&cost(other)));
        let (first, last) = (sorted[0], sorted[sorted.len() - 1]);
        let range = cost(&last) - cost(&first);
        for neighbours in sorted.windows(3).filter(|_| range > 0.0 && range.is_finite()) {
            places[neighbours[1]].room += (cost(&neighbours[2]) - cost(&neighbours[0])) / range;
        }
        places[first].room = f64::INFINITY;
        places[last].room = f64::INFINITY;
    }
}

/// How much of the room below a reference is dominated by `costs`, of one or two objectives: the larger, the better a front
/// (Zitzler and Thiele 1999, IEEE Transactions on Evolutionary Computation 3(4)).
///
/// ```
/// # use study::optimize::hypervolume;
/// assert_eq!(hypervolume(&[vec![1.0, 3.0], vec![2.0, 1.0]], &[4.0, 4.0]), 3.0 + 4.0);
/// ```
#[must_use]
pub fn hypervolume(costs: &[Vec<f64>], reference: &[f64]) -> f64 {
    let is_inside = |costs: &&Vec<f64>| {
        costs.len() == reference.len() && costs.iter().zip(reference).all(|(cost, bound)| cost <= bound)
    };
    let mut inside: Vec<(f64, f64)> = costs
        .iter()
        .filter(is_inside)
        .filter_map(|costs| Some((*costs.first()?, costs.get(1).copied().unwrap_or(0.0))))
        .collect();
    inside.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let width = reference.first().copied().unwrap_or(0.0);
    let mut floor = reference.get(1).copied().unwrap_or(1.0);
    let mut volume = 0.0;
    for (first, second) in inside {
        if second < floor {
            volume += (width - first) * (floor - second);
            floor = second;
        }
    }
    volume
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::select::Goal;

    fn standing(violation: f64, costs: &[f64]) -> Standing {
        Standing { violation, costs: costs.to_vec() }
    }

    fn candidates(objectives: Vec<Goal>, constraints: usize, rows: &[&[&[f64]]]) -> Vec<Candidate> {
        rows.iter().map(|rows| Candidate::played(&objectives, constraints, rows)).collect()
    }

    #[test]
    fn what_is_feasible_dominates_what_is_not_and_less_broken_dominates_more() {
        let (good, equal, bad) = (standing(0.0, &[1.0, 2.0]), standing(0.0, &[2.0, 1.0]), standing(0.0, &[1.0, 3.0]));
        let (broken, worse) = (standing(0.1, &[0.0, 0.0]), standing(0.2, &[-1.0, -1.0]));
        assert!(good.dominates(&bad) && !bad.dominates(&good) && !good.dominates(&good));
        assert!(!good.dominates(&equal) && !equal.dominates(&good));
        assert!(bad.dominates(&broken) && broken.dominates(&worse) && !worse.dominates(&bad));
        assert_eq!(first_front(&[bad, worse, good.clone(), equal, good]), [2, 3, 4]);
    }

    #[test]
    fn kind_replications_favour_nobody() {
        // The first replication gives everybody 10 less. Plain means: 2.0 after one, 8.5 and 7.5 after four.
        let few: &[&[f64]] = &[&[2.0]];
        let found = standings(
            &candidates(
                vec![Goal::Smallest],
                0,
                &[few, &[&[1.0], &[11.0], &[11.0], &[11.0]], &[&[0.0], &[10.0], &[10.0], &[10.0]]],
            ),
            &[0, 1, 2],
        );
        let costs: Vec<f64> = found.iter().map(|standing| standing.costs[0]).collect();
        assert_eq!(costs, [9.5, 8.5, 7.5]);
    }

    #[test]
    fn what_is_equal_without_noise_stays_equal_whatever_the_number_of_replications() {
        let one: Vec<[f64; 2]> = (0..7).map(|replication| [f64::from(replication), 0.1]).collect();
        let rows: Vec<&[f64]> = one.iter().map(|row| row.as_slice()).collect();
        let all = candidates(vec![Goal::Largest, Goal::Smallest], 0, &[&rows[..3], &rows, &rows[..1]]);
        assert!(standings(&all, &[0, 1, 2]).iter().all(|standing| standing.costs[1] == 0.1));
    }

    #[test]
    fn constraints_count_as_shares_of_the_worst_and_undefined_is_worse_than_all() {
        let all = candidates(
            vec![Goal::Smallest],
            2,
            &[&[&[0.0, 1.0, -1.0]], &[&[0.0, 4.0, 1000.0]], &[&[0.0, -3.0, 0.0]], &[&[f64::NAN, 0.0, 0.0]]],
        );
        let violations: Vec<f64> = standings(&all, &[0, 1, 2, 3]).iter().map(|standing| standing.violation).collect();
        assert_eq!(violations, [0.25, 2.0, 0.0, f64::INFINITY]);
    }

    #[test]
    fn fronts_are_peeled_and_the_lonely_come_first() {
        let all: Vec<Standing> = [[0.0, 10.0], [1.0, 6.0], [2.0, 5.0], [8.0, 1.0], [10.0, 0.0], [9.0, 9.0], [2.0, 7.0]]
            .iter()
            .map(|costs| standing(0.0, costs))
            .collect();
        let places = places(&all);
        let fronts: Vec<usize> = places.iter().map(|place| place.front).collect();
        assert_eq!(fronts, [0, 0, 0, 0, 0, 2, 1]);
        // By hand for the third: (8 - 1) / 10 + (6 - 1) / 10.
        assert!((places[2].room - 1.2).abs() < 1e-12 && (places[1].room - 0.7).abs() < 1e-12);
        assert_eq!((places[0].room, places[4].room), (f64::INFINITY, f64::INFINITY));
        assert!(places[2].order(&places[1]).is_lt() && places[1].order(&places[6]).is_lt());
        assert_eq!(best_fronts(&all, 6), [0, 1, 2, 3, 4, 6]);
        assert_eq!(best_fronts(&all, 100).len(), 7);
    }

    #[test]
    fn the_volume_counts_what_is_dominated_once() {
        let front = [vec![1.0, 3.0], vec![2.0, 1.0], vec![2.5, 2.0], vec![9.0, 0.0], vec![1.0, 3.0]];
        assert_eq!(hypervolume(&front, &[4.0, 4.0]), 7.0);
        assert_eq!(hypervolume(&[vec![3.0], vec![1.0]], &[4.0]), 3.0);
        assert_eq!((hypervolume(&[], &[4.0]), hypervolume(&front, &[])), (0.0, 0.0));
    }
}
