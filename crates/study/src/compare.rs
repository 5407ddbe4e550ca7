//! Variants against a base under common random numbers: better, worse, or how many more replications would tell.
//!
//! Every replication plays the base and all variants with the same streams, so the differences of one replication are free of
//! most of the noise that both share (paired-t intervals: Law 2015, section 10.2.1). Several comparisons at once are made safe by
//! Bonferroni's inequality: each interval is given the confidence 1 - (1 - level) / comparisons, so that all of them hold
//! together with at least `level` (Law 2015, section 9.7).

use kernel::{Interval, Moments, student_t_quantile};
use plant::kpi::{Column, columns};

use crate::case::{Case, Outcome};
use crate::estimate::Estimates;

/// Which way a KPI should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// The more, the better.
    More,
    /// The less, the better.
    Less,
    /// Neither is better as such.
    Neither,
}

/// Which way a KPI should go, by its key.
#[must_use]
pub fn aim(column: &Column) -> Aim {
    let key = column.definition.key;
    let (stem, _) = key.split_once('.').unwrap_or((key, ""));
    match stem {
        "throughput"
        | "shipped"
        | "on_time_delivery"
        | "queue_times_kept"
        | "quality_ratio"
        | "oee"
        | "nee"
        | "availability"
        | "effectiveness"
        | "technical_efficiency"
        | "first_pass_yield"
        | "mtbf" => Aim::More,
        "flow_time"
        | "wip"
        | "scrapped"
        | "tipped"
        | "jammed"
        | "fell"
        | "quarantined"
        | "scrap_ratio"
        | "rework_ratio"
        | "energy"
        | "energy_per_good_part"
        | "non_productive_energy"
        | "peak_power"
        | "cost"
        | "energy_cost"
        | "energy_cost_per_good_part"
        | "cost_per_good_part"
        | "labour_cost"
        | "machine_cost"
        | "material_cost"
        | "scrap_cost"
        | "late_cost"
        | "co2e"
        | "co2e_per_good_part"
        | "mttr"
        | "blocked"
        | "starved"
        | "waiting"
        | "wait"
        | "down"
        | "mean_down_time"
        | "setup"
        | "setup_ratio" => Aim::Less,
        _ => Aim::Neither,
    }
}

/// What can be said of one KPI of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// It is better than the base's.
    Better,
    /// It is worse.
    Worse,
    /// It is another one, and neither is better as such.
    Different,
    /// It is the same in every replication.
    Same,
    /// The interval holds 0; so many more replications are likely to tell, if the difference is as large as it seems.
    Unclear {
        /// How many; `None` if there are too few to say.
        more: Option<u64>,
    },
}

/// One KPI of a variant against the base's.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The KPI.
    pub column: Column,
    /// Mean of the base.
    pub base: f64,
    /// Mean of the variant.
    pub variant: f64,
    /// The paired difference, variant - base; `None` with a single replication.
    pub interval: Option<Interval>,
    /// What it says.
    pub finding: Finding,
}

/// Shares of an element's time that tell why a plant makes more or less, by the keys of their KPIs.
const MECHANISMS: [&str; 6] = ["blocked", "starved", "waiting", "down", "setup", "off_shift"];

/// A base and its variants, played together.
#[derive(Debug)]
pub struct Comparison {
    columns: Vec<Column>,
    base: Estimates,
    variants: Vec<Estimates>,
    /// For each variant the paired differences of the base's columns.
    differences: Vec<Vec<Moments>>,
    /// For each variant, where the base's columns are among its own.
    places: Vec<Vec<Option<usize>>>,
}

impl Comparison {
    /// Of no replication so far; the first case is the base.
    #[must_use]
    pub fn of(base: &Case, variants: &[Case]) -> Self {
        let columns = columns_of(base);
        let places = variants.iter().map(|variant| {
            let own = columns_of(variant);
            columns.iter().map(|column| own.iter().position(|other| other == column)).collect()
        });
        Comparison {
            base: Estimates::of(base),
            variants: variants.iter().map(Estimates::of).collect(),
            differences: vec![vec![Moments::new(); columns.len()]; variants.len()],
            places: places.collect(),
            columns,
        }
    }

    /// Adds the next replication: the outcomes of the base and then of each variant.
    pub fn add(&mut self, outcomes: &[Outcome]) {
        let Some((base, variants)) = outcomes.split_first() else { return };
        self.base.add(base);
        for (index, variant) in variants.iter().enumerate() {
            self.variants[index].add(variant);
            let pairs = self.places[index].iter().zip(&base.values);
            for (difference, (place, base)) in self.differences[index].iter_mut().zip(pairs) {
                let value = place.map_or(f64::NAN, |place| variant.values[place]);
                difference.add(value - base);
            }
        }
    }

    /// What is known of the base.
    #[must_use]
    pub fn base(&self) -> &Estimates {
        &self.base
    }

    /// What is known of each variant.
    #[must_use]
    pub fn variants(&self) -> &[Estimates] {
        &self.variants
    }

    /// Every KPI there may be of the base.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How variant `variant` fares in the KPIs for which `wanted` says so, each interval with the confidence `level`. KPIs that are
    /// undefined on one side are left out.
    #[must_use]
    pub fn differences(&self, variant: usize, level: f64, wanted: impl Fn(&Column) -> bool) -> Vec<Difference> {
        let columns = self.columns.iter().zip(&self.differences[variant]).filter(|(column, _)| wanted(column));
        let difference = |(column, moments): (&Column, &Moments)| {
            let base = self.base.find(column)?.mean()?;
            let other = self.variants[variant].find(column)?.mean()?;
            moments.mean()?;
            let interval = moments.interval(level);
            let finding = finding(moments, level, aim(column));
            Some(Difference { column: column.clone(), base, variant: other, interval, finding })
        };
        columns.filter_map(difference).collect()
    }
}

impl Comparison {
    /// How every variant fares in `kpis`, in their order, such that all intervals hold together with `confidence`; and the
    /// confidence that each of them needs for that.
    #[must_use]
    pub fn findings(&self, confidence: f64, kpis: &[Column]) -> (Vec<Vec<Difference>>, f64) {
        if self.variants.is_empty() {
            return (Vec::new(), confidence);
        }
        let count = |variant| self.differences(variant, confidence, |kpi| kpis.contains(kpi)).len();
        let comparisons = (0..self.variants.len()).map(count).sum::<usize>().max(1);
        let level = 1.0 - (1.0 - confidence) / comparisons as f64;
        let rank = |kpi: &Column| kpis.iter().position(|wanted| wanted == kpi);
        let of_variant = |variant: usize| {
            let mut differences = self.differences(variant, level, |kpi| rank(kpi).is_some());
            differences.sort_by_key(|difference| rank(&difference.column));
            differences
        };
        ((0..self.variants.len()).map(of_variant).collect(), level)
    }

    /// The shares of elements' time that moved most from the base to variant `variant`, the largest first: where the change
    /// does its work. Only what moved at that confidence.
    #[must_use]
    pub fn mechanisms(&self, variant: usize, level: f64) -> Vec<Difference> {
        let is_mechanism = |column: &Column| column.subject.is_some() && MECHANISMS.contains(&column.definition.key);
        // So many shares are looked at that some would seem to move by chance: together they are given the error of one.
        let count = self.differences(variant, level, is_mechanism).len().max(1);
        let mut moved = self.differences(variant, 1.0 - (1.0 - level) / count as f64, is_mechanism);
        moved.retain(|moved| !matches!(moved.finding, Finding::Same | Finding::Unclear { .. }));
        let size = |moved: &Difference| (moved.variant - moved.base).abs();
        moved.sort_by(|one, other| size(other).total_cmp(&size(one)));
        moved
    }
}

fn columns_of(case: &Case) -> Vec<Column> {
    columns(&case.plant.model)
}

/// What paired differences say at that confidence.
pub(crate) fn finding(moments: &Moments, level: f64, aim: Aim) -> Finding {
    if moments.minimum() == Some(0.0) && moments.maximum() == Some(0.0) {
        return Finding::Same;
    }
    let Some(interval) = moments.interval(level) else { return Finding::Unclear { more: None } };
    let rises = interval.lower() > 0.0;
    if !rises && interval.upper() >= 0.0 {
        return Finding::Unclear { more: more_replications(moments, level) };
    }
    match aim {
        Aim::Neither => Finding::Different,
        Aim::More if rises => Finding::Better,
        Aim::Less if !rises => Finding::Better,
        Aim::More | Aim::Less => Finding::Worse,
    }
}

/// Nobody plays more replications.
const MOST_REPLICATIONS: u64 = 1 << 40;

/// How many more replications make the interval narrower than the difference seen, if mean and variance stay as they are.
fn more_replications(moments: &Moments, level: f64) -> Option<u64> {
    let (count, mean, variance) = (moments.count(), moments.mean()?, moments.variance()?);
    if mean == 0.0 || count < 2 {
        return None;
    }
    let is_enough = |number: u64| {
        let quantile = student_t_quantile(0.5 + 0.5 * level, (number - 1) as f64);
        quantile * quantile * variance <= mean * mean * number as f64
    };
    // Student's quantile falls with the number, so what is enough once stays enough.
    let mut needed = count + 1;
    while !is_enough(needed) && needed < MOST_REPLICATIONS {
        needed *= 2;
    }
    let mut least = count;
    while needed - least > 1 {
        let middle = least + (needed - least) / 2;
        if is_enough(middle) {
            needed = middle;
        } else {
            least = middle;
        }
    }
    Some(needed - count)
}
