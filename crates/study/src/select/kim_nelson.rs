//! The fully sequential procedure KN: one replication of every surviving design at a time, until one is left.
//!
//! S.-H. Kim and B. L. Nelson (2001), "A fully sequential procedure for indifference-zone selection in simulation", ACM TOMACS
//! 11(3), with c = 1. A first stage of `first` replications gives the variance S^2 of the difference of every two designs; then
//! a design is dropped as soon as its mean is behind another's by more than W(r) = max(0, zone / (2 r) (h^2 S^2 / zone^2 - r)).
//! The promise holds for normal data, also under common random numbers: the error is shared out by Bonferroni's inequality. The
//! more a pair has in common, the smaller S^2 and the earlier the end.

use std::ops::Range;

use kernel::{Moments, libm};

use super::{Failed, Goal, MOST_DESIGNS, equal_allocation};

/// What is asked of a selection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Which end is the good one.
    pub goal: Goal,
    /// Probability of selecting the best, between 0.5 and 1.
    pub confidence: f64,
    /// The indifference zone, in the unit of the KPI: the smallest difference worth telling apart.
    pub zone: f64,
    /// Replications of the first stage, at least 2; 10 or more are advised.
    pub first: u64,
    /// Most replications of any design.
    pub most: u64,
    /// Replications asked for at a time after the first stage. 1 wastes none; more keep many cores busy.
    pub batch: u64,
}

/// How a selection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All others are dropped, or tell apart no more: the promise holds.
    Decided,
    /// The most replications are played and more than one design is left; the best so far is named without promise.
    Undecided,
}

/// A design that was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elimination {
    /// The design.
    pub design: usize,
    /// The best one of those that it was clearly worse than.
    pub by: usize,
    /// Replications of each after which that was clear.
    pub after: u64,
}

/// The outcome of a selection.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// The design with the best mean of those left.
    pub best: usize,
    /// Whether it is promised to be the best.
    pub ending: Ending,
    /// The designs left at the end, the best one first.
    pub left: Vec<usize>,
    /// The dropped ones, in the order in which they were dropped.
    pub eliminations: Vec<Elimination>,
    /// What was seen of every design until it was dropped.
    pub moments: Vec<Moments>,
    /// Replications played of every design, those of a batch that came too late to matter included.
    pub replications: Vec<u64>,
    /// Replications that every design would have got without dropping any, for the same promise.
    pub equal_allocation: u64,
}

impl Selection {
    /// Runs played of all designs.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.replications.iter().sum()
    }

    /// How many times as many runs equal allocation would have taken.
    #[must_use]
    pub fn saving(&self) -> f64 {
        self.equal_allocation as f64 * self.replications.len() as f64 / self.runs() as f64
    }
}

/// Selects the best of designs `0..designs`. `play` plays the given replications of the given designs and returns one row for each
/// replication, with one value for each design in the order given.
///
/// ```
/// use study::select::{Goal, kim_nelson::{Rule, select}};
/// let rule = Rule { goal: Goal::Largest, confidence: 0.95, zone: 1.0, first: 10, most: 1_000, batch: 1 };
/// let play = |designs: &[usize], replications: std::ops::Range<u64>| -> Result<_, std::convert::Infallible> {
///     let value = |design: usize, replication: u64| design as f64 * 5.0 + ((replication * 7) % 5) as f64;
///     Ok(replications.map(|r| designs.iter().map(|&design| value(design, r)).collect()).collect())
/// };
/// assert_eq!(select(3, &rule, play).expect("values are finite").best, 2);
/// ```
///
/// # Errors
/// What `play` returned, a rule that makes no sense, or a KPI that is undefined in some replication.
pub fn select<E>(
    designs: usize,
    rule: &Rule,
    play: impl FnMut(&[usize], Range<u64>) -> Result<Vec<Vec<f64>>, E>,
) -> Result<Selection, Failed<E>> {
    check(designs, rule).map_err(Failed::Invalid)?;
    let mut race = Race { rule, play, left: (0..designs).collect(), moments: vec![Moments::new(); designs] };
    let first = race.rows(0..rule.first)?;
    for row in &first {
        race.add(row);
    }
    let variances = Variances::of(designs, &first);
    drop(first);
    let h_squared = h_squared(designs, rule);
    let mut replications = vec![rule.first; designs];
    let mut eliminations = Vec::new();
    let (mut seen, mut played) = (rule.first, rule.first);
    let mut waiting = Vec::new().into_iter();
    let ending = loop {
        race.drop_the_worse(seen, h_squared, &variances, &mut eliminations);
        if race.is_decided(seen, h_squared, &variances) {
            break Ending::Decided;
        }
        if seen >= rule.most {
            break Ending::Undecided;
        }
        if seen == played {
            let end = played.saturating_add(rule.batch).min(rule.most);
            waiting = race.spread(designs, race.left.clone(), played..end)?.into_iter();
            race.left.iter().for_each(|design| replications[*design] = end);
            played = end;
        }
        if let Some(row) = waiting.next() {
            race.add(&row);
        }
        seen += 1;
    };
    let Race { mut left, moments, .. } = race;
    // Stable: of equal means the one with the smaller number comes first.
    left.sort_by(|one, other| cost(rule, &moments[*one]).total_cmp(&cost(rule, &moments[*other])));
    let equal_allocation = equal_allocation(designs, variances.largest(), rule.confidence, rule.zone, rule.first);
    Ok(Selection { best: left[0], ending, left, eliminations, moments, replications, equal_allocation })
}

fn check(designs: usize, rule: &Rule) -> Result<(), &'static str> {
    if designs == 0 || designs > MOST_DESIGNS {
        return Err("a selection is among 1 to 4000 designs");
    }
    if !(rule.confidence > 0.5 && rule.confidence < 1.0) {
        return Err("the confidence must lie between 0.5 and 1");
    }
    if !(rule.zone > 0.0 && rule.zone.is_finite()) {
        return Err("the indifference zone must be a positive number");
    }
    if rule.first < 2 || rule.most < rule.first || rule.batch == 0 {
        return Err("the first stage takes at least 2 replications, at most the most, and batches at least 1");
    }
    Ok(())
}

/// The constant h^2 of the procedure for c = 1, with the error 1 - confidence shared out among designs - 1 pairs.
fn h_squared(designs: usize, rule: &Rule) -> f64 {
    let degrees = (rule.first - 1) as f64;
    let pairs = designs.saturating_sub(1).max(1) as f64;
    let eta = 0.5 * (libm::pow(2.0 * (1.0 - rule.confidence) / pairs, -2.0 / degrees) - 1.0);
    2.0 * eta * degrees
}

/// The mean, turned so that less is better.
fn cost(rule: &Rule, moments: &Moments) -> f64 {
    rule.goal.cost(moments.mean().unwrap_or(f64::NAN))
}

/// A selection under way.
struct Race<'a, P> {
    rule: &'a Rule,
    play: P,
    /// The designs left, rising.
    left: Vec<usize>,
    moments: Vec<Moments>,
}

impl<E, P: FnMut(&[usize], Range<u64>) -> Result<Vec<Vec<f64>>, E>> Race<'_, P> {
    /// Rows of the designs left, checked.
    fn rows(&mut self, replications: Range<u64>) -> Result<Vec<Vec<f64>>, Failed<E>> {
        let rows = (self.play)(&self.left, replications.clone()).map_err(Failed::Evaluation)?;
        if rows.len() as u64 != replications.end - replications.start {
            return Err(Failed::Shape);
        }
        for (replication, row) in replications.zip(&rows) {
            if row.len() != self.left.len() {
                return Err(Failed::Shape);
            }
            if let Some(position) = row.iter().position(|value| !value.is_finite()) {
                return Err(Failed::Undefined { design: self.left[position], replication });
            }
        }
        Ok(rows)
    }

    /// Rows of `designs`, spread to one value for every design there is: some may be dropped before their row is looked at.
    fn spread(
        &mut self,
        count: usize,
        designs: Vec<usize>,
        replications: Range<u64>,
    ) -> Result<Vec<Vec<f64>>, Failed<E>> {
        let rows = self.rows(replications)?;
        let spread = |row: Vec<f64>| {
            let mut wide = vec![f64::NAN; count];
            designs.iter().zip(row).for_each(|(design, value)| wide[*design] = value);
            wide
        };
        Ok(rows.into_iter().map(spread).collect())
    }

    /// Adds one replication: a value for every design there is.
    fn add(&mut self, row: &[f64]) {
        for &design in &self.left {
            self.moments[design].add(row[design]);
        }
    }

    /// Drops what is clearly worse after `seen` replications than another that was left before.
    fn drop_the_worse(
        &mut self,
        seen: u64,
        h_squared: f64,
        variances: &Variances,
        eliminations: &mut Vec<Elimination>,
    ) {
        let costs: Vec<f64> = self.moments.iter().map(|moments| cost(self.rule, moments)).collect();
        let (zone, seen_as_number) = (self.rule.zone, seen as f64);
        let margin = |one: usize, other: usize| {
            let slack = h_squared * variances.of_pair(one, other) / (zone * zone) - seen_as_number;
            (zone / (2.0 * seen_as_number) * slack).max(0.0)
        };
        let before = std::mem::take(&mut self.left);
        for &design in &before {
            let beats = |other: &&usize| **other != design && costs[design] > costs[**other] + margin(design, **other);
            let by = before.iter().filter(beats).min_by(|one, other| costs[**one].total_cmp(&costs[**other]));
            match by {
                Some(&by) => eliminations.push(Elimination { design, by, after: seen }),
                None => self.left.push(design),
            }
        }
    }

    /// Whether one design is left, or those left have equal means that no number of replications would tell apart.
    fn is_decided(&self, seen: u64, h_squared: f64, variances: &Variances) -> bool {
        let scale = h_squared / (self.rule.zone * self.rule.zone);
        let is_open = |one: usize, other: usize| scale * variances.of_pair(one, other) >= seen as f64;
        let mut pairs =
            self.left.iter().enumerate().flat_map(|(at, one)| self.left[..at].iter().map(move |o| (*one, *o)));
        !pairs.any(|(one, other)| is_open(one, other))
    }
}

/// The variance of the difference of every two designs, by the first stage.
struct Variances {
    /// Row by row below the diagonal.
    triangle: Vec<f64>,
}

impl Variances {
    fn of(designs: usize, rows: &[Vec<f64>]) -> Self {
        let mut triangle = Vec::with_capacity(designs * designs.saturating_sub(1) / 2);
        for one in 0..designs {
            for other in 0..one {
                let mut differences = Moments::new();
                rows.iter().for_each(|row| differences.add(row[one] - row[other]));
                triangle.push(differences.variance().unwrap_or(0.0));
            }
        }
        Variances { triangle }
    }

    fn of_pair(&self, one: usize, other: usize) -> f64 {
        let (low, high) = (one.min(other), one.max(other));
        self.triangle[high * (high - 1) / 2 + low]
    }

    fn largest(&self) -> f64 {
        self.triangle.iter().fold(0.0, |largest, variance| f64::max(largest, *variance))
    }
}
