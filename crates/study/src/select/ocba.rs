//! Optimal computing budget allocation: a fixed budget of runs, spent where it tells the best design from its rivals.
//!
//! C.-H. Chen, J. Lin, E. Yücesan and S. E. Chick (2000), "Simulation budget allocation for further enhancing the efficiency of
//! ordinal optimization", Discrete Event Dynamic Systems 10, theorem 1: replications of a design in proportion to
//! (standard deviation / distance from the best)^2, those of the best to its standard deviation times the root of the sum of
//! (replications / standard deviation)^2 of the others. The theory is for independent designs; under common random numbers the
//! probability that comes with it is cautious, since the noise that two designs share cancels.

use std::ops::Range;

use kernel::{Moments, libm};

use super::{Failed, Goal, MOST_DESIGNS};

/// What is asked of an allocation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Which end is the good one.
    pub goal: Goal,
    /// Replications of every design to begin with, at least 2; 5 to 20 are usual.
    pub first: u64,
    /// Runs of all designs together.
    pub runs: u64,
    /// Runs to be handed out before means are looked at again, at least 1.
    pub step: u64,
}

/// What came of a budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// The design with the best mean.
    pub best: usize,
    /// Estimated probability, at least, that it is the best: 1 less the sum of the probabilities that it is worse than one of the
    /// others (the paper's APCS-B).
    pub probability: f64,
    /// What was seen of every design; their counts are the replications spent.
    pub moments: Vec<Moments>,
}

/// Replications of a design, to be played next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The design.
    pub design: usize,
    /// Its replications.
    pub replications: Range<u64>,
}

/// Spends the budget on designs `0..designs`. `play` returns the values of every request, by replication.
///
/// # Errors
/// What `play` returned, a budget that makes no sense, or a KPI that is undefined in some replication.
pub fn allocate<E>(
    designs: usize,
    budget: &Budget,
    mut play: impl FnMut(&[Request]) -> Result<Vec<Vec<f64>>, E>,
) -> Result<Allocation, Failed<E>> {
    if designs == 0 || designs > MOST_DESIGNS {
        return Err(Failed::Invalid("a selection is among 1 to 4000 designs"));
    }
    let first_stage = budget.first.checked_mul(designs as u64);
    if budget.first < 2 || budget.step == 0 || first_stage.is_none_or(|runs| runs > budget.runs) {
        return Err(Failed::Invalid(
            "the budget must allow the first replications of every design (--first, 2 or more, times the designs)",
        ));
    }
    let mut moments = vec![Moments::new(); designs];
    let mut spent = 0;
    let mut wanted = vec![budget.first; designs];
    loop {
        let requests = requests(&moments, &wanted, budget.runs - spent);
        if requests.is_empty() {
            break;
        }
        let answers = play(&requests).map_err(Failed::Evaluation)?;
        take(&mut moments, &requests, &answers)?;
        spent = moments.iter().map(Moments::count).sum();
        let after = budget.runs.min(spent.saturating_add(budget.step));
        wanted = targets(&moments, budget.goal, after);
    }
    let best = best(&moments, budget.goal);
    Ok(Allocation { best, probability: probability(&moments, best), moments })
}

/// What is missing of `wanted`, cut where `runs` end.
fn requests(moments: &[Moments], wanted: &[u64], mut runs: u64) -> Vec<Request> {
    let mut requests = Vec::new();
    for (design, (moments, wanted)) in moments.iter().zip(wanted).enumerate() {
        let more = wanted.saturating_sub(moments.count()).min(runs);
        if more > 0 {
            requests.push(Request { design, replications: moments.count()..moments.count() + more });
            runs -= more;
        }
    }
    requests
}

fn take<E>(moments: &mut [Moments], requests: &[Request], answers: &[Vec<f64>]) -> Result<(), Failed<E>> {
    if answers.len() != requests.len() {
        return Err(Failed::Shape);
    }
    for (request, answer) in requests.iter().zip(answers) {
        let replications = request.replications.clone();
        if answer.len() as u64 != replications.end - replications.start {
            return Err(Failed::Shape);
        }
        for (replication, value) in replications.zip(answer) {
            if !value.is_finite() {
                return Err(Failed::Undefined { design: request.design, replication });
            }
            moments[request.design].add(*value);
        }
    }
    Ok(())
}

/// The design with the best mean; of equal ones the first.
fn best(moments: &[Moments], goal: Goal) -> usize {
    let cost = |design: &usize| goal.cost(moments[*design].mean().unwrap_or(f64::NAN));
    (0..moments.len()).min_by(|one, other| cost(one).total_cmp(&cost(other))).unwrap_or(0)
}

/// How many replications every design should have when `runs` are spent.
///
/// Where nothing is left to learn, since no design has any noise, everything goes to nobody: the budget is not used up.
fn targets(moments: &[Moments], goal: Goal, runs: u64) -> Vec<u64> {
    let best = best(moments, goal);
    let mean = |design: usize| moments[design].mean().unwrap_or(f64::NAN);
    let deviation = |design: usize| moments[design].variance().unwrap_or(0.0).sqrt();
    let largest = (0..moments.len()).map(deviation).fold(0.0, f64::max);
    // A design as good as the best would get everything for ever: closer than this counts as this far.
    let closest = 1e-3 * largest;
    let mut weights: Vec<f64> = (0..moments.len())
        .map(|design| {
            let ratio = deviation(design) / (mean(design) - mean(best)).abs().max(closest);
            if design == best || largest == 0.0 { 0.0 } else { ratio * ratio }
        })
        .collect();
    let squares: f64 = (0..moments.len())
        .filter(|design| deviation(*design) > 0.0)
        .map(|design| (weights[design] / deviation(design)) * (weights[design] / deviation(design)))
        .sum();
    // Rivals without noise need nothing themselves, but the best still has to be told from them.
    let others_are_exact = squares == 0.0;
    weights[best] = if others_are_exact { deviation(best) } else { deviation(best) * squares.sqrt() };
    share_out(moments, &weights, runs)
}

/// Shares `runs` out in proportion to `weights`, leaving out designs that already have more than their share.
fn share_out(moments: &[Moments], weights: &[f64], runs: u64) -> Vec<u64> {
    let mut shares: Vec<u64> = moments.iter().map(Moments::count).collect();
    let mut open: Vec<usize> = (0..moments.len()).filter(|design| weights[*design] > 0.0).collect();
    let all: u64 = shares.iter().sum();
    loop {
        let taken = all - open.iter().map(|design| moments[*design].count()).sum::<u64>();
        let rest = runs.saturating_sub(taken) as f64;
        let total: f64 = open.iter().map(|design| weights[*design]).sum();
        let share = |design: usize| rest * weights[design] / total;
        let before = open.len();
        open.retain(|design| share(*design) > moments[*design].count() as f64);
        if open.len() == before {
            // Rounded up: the caller cuts where the budget ends, so every round hands out at least one run.
            open.iter().for_each(|design| shares[*design] = share(*design).ceil() as u64);
            return shares;
        }
    }
}

fn probability(moments: &[Moments], best: usize) -> f64 {
    let error = |design: usize| moments[design].standard_error().unwrap_or(f64::INFINITY);
    let worse = |design: usize| {
        let distance = (moments[design].mean().unwrap_or(f64::NAN) - moments[best].mean().unwrap_or(f64::NAN)).abs();
        let noise = (error(design) * error(design) + error(best) * error(best)).sqrt();
        // Two designs that are exactly equal: either is the best.
        if noise == 0.0 { 0.0 } else { 0.5 * libm::erfc(distance / noise / std::f64::consts::SQRT_2) }
    };
    let risk: f64 = (0..moments.len()).filter(|design| *design != best).map(worse).sum();
    (1.0 - risk).max(0.0)
}
