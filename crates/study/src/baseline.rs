//! A study against an earlier one: which KPIs got worse by more than noise.
//!
//! Replications are paired by their numbers. Under the same seed that is common random numbers, and what did not change differs
//! by nothing at all; under another seed the pairs are independent, and the intervals are as wide as that makes them. All
//! intervals hold together with the confidence asked for (Bonferroni).

use kernel::Moments;
use plant::kpi::Column;

use crate::compare::{Difference, Finding, aim, finding};
use crate::journal::Journal;
use crate::plan::{Entry, Kind, Study};
use crate::result::{Step, Unpacker, walk};
use scenario::staged::FileError;

/// What the base of a study is known by.
pub const BASE: &str = "base";

/// The values of one case: by KPI, and by replication.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What the case is known by, in any study of the same design.
    pub case: String,
    /// The values.
    pub values: Vec<Vec<f64>>,
}

impl Sample {
    /// Of no replication so far.
    #[must_use]
    pub fn of(study: &Study, entry: &Entry, kpis: usize) -> Self {
        Sample { case: key(study, entry), values: vec![Vec::new(); kpis] }
    }
}

/// What a case is known by: the base as such, variants by their names, points by what they set.
fn key(study: &Study, entry: &Entry) -> String {
    match study.plan.kind {
        Kind::Sweep => {
            let settings = entry.settings.iter();
            let settings = settings.map(|setting| format!("{}={}", setting.path, setting.value_in_words()));
            settings.collect::<Vec<String>>().join("; ")
        }
        _ if entry.index == 0 => BASE.to_owned(),
        _ => entry.name.clone(),
    }
}

/// The values of `kpis` in every case of a study.
///
/// # Errors
/// A journal that cannot be read any more.
pub fn samples(study: &Study, journal: &Journal, kpis: &[Column]) -> Result<Vec<Sample>, FileError> {
    let mut unpacker = Unpacker::for_columns(kpis);
    let mut samples: Vec<Sample> = Vec::new();
    walk(study, journal, &mut |step| {
        match step {
            Step::Case(entry) => samples.push(Sample::of(study, entry, kpis.len())),
            Step::Run(columns, run) => {
                let outcome = unpacker.outcome(columns, run);
                let values = samples.last_mut().map(|sample| sample.values.iter_mut()).into_iter().flatten();
                values.zip(outcome.values).for_each(|(values, value)| values.push(value));
            }
            Step::End(_) => {}
        }
        Ok(())
    })?;
    Ok(samples)
}

/// One case against the same case of an earlier study.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    /// What the case is known by.
    pub case: String,
    /// The KPIs that are defined in both.
    pub differences: Vec<Difference>,
}

/// The cases of `present` that `past` has too. `tolerance` is a share of the past mean: what got worse by less is not called worse.
#[must_use]
pub fn against(past: &[Sample], present: &[Sample], kpis: &[Column], confidence: f64, tolerance: f64) -> Vec<Against> {
    let pairs: Vec<(&Sample, &Sample)> = present
        .iter()
        .filter_map(|present| past.iter().find(|past| past.case == present.case).map(|past| (past, present)))
        .collect();
    let level = 1.0 - (1.0 - confidence) / (pairs.len() * kpis.len()).max(1) as f64;
    let of_pair = |(past, present): (&Sample, &Sample)| {
        let difference = |(index, column): (usize, &Column)| {
            let mut moments = [Moments::new(); 3];
            for (before, now) in past.values[index].iter().zip(&present.values[index]) {
                if before.is_finite() && now.is_finite() {
                    moments[0].add(*before);
                    moments[1].add(*now);
                    moments[2].add(now - before);
                }
            }
            let [before, now, change] = moments;
            let all_before = past.values[index].iter().filter(|value| value.is_finite());
            if now.count() == 0 && all_before.clone().count() > 0 {
                // What has no value any more, such as the flow time of a line that ships nothing, is not well.
                let base = all_before.clone().sum::<f64>() / all_before.count() as f64;
                let finding = Finding::Worse;
                return Some(Difference { column: column.clone(), base, variant: f64::NAN, interval: None, finding });
            }
            let (base, variant) = (before.mean()?, now.mean()?);
            let mut finding = finding(&change, level, aim(column));
            if matches!(finding, Finding::Worse) && (variant - base).abs() <= tolerance * base.abs() {
                finding = Finding::Different;
            }
            Some(Difference { column: column.clone(), base, variant, interval: change.interval(level), finding })
        };
        let differences = kpis.iter().enumerate().filter_map(difference).collect();
        Against { case: present.case.clone(), differences }
    };
    pairs.into_iter().map(of_pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throughput() -> Vec<Column> {
        let definition =
            plant::kpi::definitions().find(|definition| definition.key == "throughput").expect("throughput");
        vec![Column { definition, quantity: definition.measure.into(), subject: None }]
    }

    fn sample(case: &str, values: &[f64]) -> Sample {
        Sample { case: case.to_owned(), values: vec![values.to_vec()] }
    }

    #[test]
    fn what_is_noise_is_not_called_worse_and_what_is_more_is() {
        let past = [sample("base", &[100.0, 104.0, 96.0, 101.0, 99.0]), sample("gone", &[1.0, 2.0])];
        let finding = |values: &[f64], tolerance: f64| {
            let found =
                against(&past, &[sample("new", &[1.0]), sample("base", values)], &throughput(), 0.95, tolerance);
            assert_eq!(found.len(), 1, "only what both have is compared");
            found[0].differences[0].finding
        };
        assert_eq!(finding(&[100.0, 104.0, 96.0, 101.0, 99.0], 0.0), Finding::Same);
        assert_eq!(finding(&[99.0, 103.1, 94.9, 100.0, 98.0], 0.0), Finding::Worse);
        assert_eq!(finding(&[99.0, 103.1, 94.9, 100.0, 98.0], 0.02), Finding::Different);
        assert_eq!(finding(&[101.0, 105.1, 96.9, 102.0, 100.0], 0.0), Finding::Better);
        assert!(matches!(finding(&[90.0, 115.0, 97.0, 100.0, 96.0], 0.0), Finding::Unclear { .. }));
        assert_eq!(finding(&[f64::NAN; 5], 0.0), Finding::Worse, "what has no value any more");
        assert_eq!(finding(&[f64::NAN, 103.1, 94.9, 100.0, 98.0], 0.0), Finding::Worse);
    }
}
