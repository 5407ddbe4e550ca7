//! From a study and its runs to what a page shows.

use std::collections::BTreeMap;

use kernel::{Interval, Moments};
use plant::kpi::Column;

use super::{
    Axis, ComparedKpi, Effects, Estimate, Interaction, KpiRow, MainEffect, Page, ScreenedFactor, Screening, Sweep,
    SweptKpi, Variant, VariantDifference, Variants, VerdictRow,
};
use crate::case::Case;
use crate::compare::{Comparison, Finding, aim};
use crate::effect::one_at_a_time::Sensitivity;
use crate::effect::{Analysis, analyse};
use crate::estimate::Estimates;
use crate::expect::{Verdict, judge};
use crate::film::Film;
use crate::journal::Journal;
use crate::plan::{Entry, Kind, Study};
use crate::precision::LEVEL;
use crate::result::{Extent, side_by_side};
use crate::sweep::Points;
use scenario::staged::FileError;

/// Most shares of elements' time that are named as what moved.
const MECHANISMS: usize = 4;

/// Everything a page says of a study, but for the film: `kpis` are of interest, the most interesting first.
///
/// # Errors
/// A journal that cannot be read any more.
pub fn page(
    study: &Study,
    journal: &Journal,
    cases: &[(Entry, Case)],
    kpis: &[Column],
    film: Option<Film>,
) -> Result<Page, FileError> {
    let mut page = Page {
        title: study.name().to_owned(),
        file: study.plan.files[0].clone(),
        provenance: vec![("engine".into(), study.engine.clone()), ("seed".into(), study.seed.to_string())],
        film,
        ..Page::default()
    };
    match study.plan.kind {
        Kind::Run => {
            let mut estimates = Estimates::of(&cases[0].1);
            let complete = side_by_side(study, journal, cases, |outcomes| estimates.add(&outcomes[0]))?;
            page.of_estimates(study, &estimates, complete);
        }
        Kind::Compare => page.of_comparison(study, journal, cases, kpis)?,
        Kind::Sweep => page.of_sweep(study, &Points::gather(study, journal, kpis)?),
        Kind::Optimize => page.of_search(study, journal)?,
    }
    Ok(page)
}

impl Page {
    fn of_estimates(&mut self, study: &Study, estimates: &Estimates, complete: bool) {
        self.kpis = estimates.iter().map(|(column, moments)| kpi_row(column, moments)).collect();
        let verdicts = judge(&study.base().study.expectations, |column| estimates.find(column).copied());
        self.verdicts = verdicts.iter().map(verdict_row).collect();
        self.provenance.push(("replications".into(), estimates.replications().to_string()));
        self.provenance.push(("digest over all runs".into(), estimates.digest().to_string()));
        if !complete {
            self.remarks.push("The study is incomplete: more runs were asked for than are there.".into());
        }
    }

    fn of_comparison(
        &mut self,
        study: &Study,
        journal: &Journal,
        cases: &[(Entry, Case)],
        kpis: &[Column],
    ) -> Result<(), FileError> {
        let plain: Vec<Case> = cases.iter().map(|(_, case)| case.clone()).collect();
        let mut comparison = Comparison::of(&plain[0], &plain[1..]);
        let complete = side_by_side(study, journal, cases, |outcomes| comparison.add(outcomes))?;
        self.of_estimates(study, comparison.base(), complete);
        let (found, level) = comparison.findings(study.plan.confidence, kpis);
        let compared = kpis.iter().filter_map(|kpi| {
            let of_variant = |differences: &Vec<crate::compare::Difference>| {
                differences.iter().find(|difference| difference.column == *kpi).cloned()
            };
            let differences: Vec<_> = found.iter().map(of_variant).collect();
            let base = differences.iter().flatten().next()?.base;
            let difference = |difference: crate::compare::Difference| VariantDifference {
                mean: difference.variant - difference.base,
                half_width: difference.interval.map(|interval| interval.half_width),
                finding: difference.finding,
            };
            Some(ComparedKpi {
                name: kpi_name(kpi),
                measure: kpi.quantity,
                aim: aim(kpi),
                base,
                differences: differences.into_iter().map(|found| found.map(difference)).collect(),
            })
        });
        let variant = |(index, (entry, _)): (usize, &(Entry, Case))| {
            let changes = entry.settings.iter();
            let moved = comparison.mechanisms(index, level);
            let share = |moved: &crate::compare::Difference| {
                let name = moved.column.subject.as_deref().unwrap_or_default();
                let (from, to) = (100.0 * moved.base, 100.0 * moved.variant);
                format!("{name} {} {from:.1} % to {to:.1} %", moved.column.definition.key)
            };
            let moved: Vec<String> = moved.iter().take(MECHANISMS).map(share).collect();
            Variant {
                name: entry.name.clone(),
                changes: changes.map(|setting| format!("{}={}", setting.path, setting.value_in_words())).collect(),
                remarks: if moved.is_empty() { Vec::new() } else { vec![format!("What moved: {}.", moved.join("; "))] },
            }
        };
        self.variants = Some(Variants {
            base: study.name().to_owned(),
            confidence: study.plan.confidence,
            replications: comparison.base().replications(),
            variants: cases[1..].iter().enumerate().map(variant).collect(),
            kpis: compared.collect(),
        });
        for (index, differences) in found.iter().enumerate() {
            let of_first = differences.first().filter(|difference| difference.column == kpis[0]);
            if let Some(difference) = of_first {
                let name = &cases[index + 1].0.name;
                self.remarks.push(format!("{name}: {}", sentence(difference)));
            }
        }
        Ok(())
    }

    fn of_sweep(&mut self, study: &Study, points: &Points) {
        let Extent { cases, complete, runs, .. } = points.extent;
        self.provenance.push(("points".into(), cases.to_string()));
        self.provenance.push(("runs".into(), runs.to_string()));
        if complete < cases {
            self.remarks.push(format!("The sweep is incomplete: {complete} of {cases} points have all their runs."));
        }
        let failed = points.points.iter().filter(|point| point.verdicts.iter().any(|verdict| !verdict.passed)).count();
        let judged = points.points.iter().filter(|point| !point.verdicts.is_empty()).count();
        if judged > 0 {
            self.remarks.push(format!("What is expected holds at {} of {judged} points.", judged - failed));
        }
        let paths = points.paths();
        let mut axes: Vec<Axis> = paths.iter().map(|path| Axis { name: path.clone(), levels: Vec::new() }).collect();
        let mut places: Vec<Vec<usize>> = Vec::with_capacity(points.points.len());
        let mut known: Vec<BTreeMap<String, usize>> = vec![BTreeMap::new(); paths.len()];
        for point in &points.points {
            let place = |((path, axis), known): ((&String, &mut Axis), &mut BTreeMap<String, usize>)| {
                let setting = point.settings.iter().rev().find(|(set, _)| set == path);
                let value = setting.map_or("as it is", |(_, value)| value);
                if let Some(level) = known.get(value) {
                    return *level;
                }
                known.insert(value.to_owned(), axis.levels.len());
                axis.levels.push(value.to_owned());
                axis.levels.len() - 1
            };
            places.push(paths.iter().zip(&mut axes).zip(&mut known).map(place).collect());
        }
        axes.iter_mut().enumerate().for_each(|(axis, levels)| in_order(levels, axis, &mut places));
        let defined: Vec<usize> = (0..points.columns.len())
            .filter(|kpi| points.points.iter().any(|point| point.moments[*kpi].count() > 0))
            .collect();
        let swept = |kpi: &usize| SweptKpi {
            name: kpi_name(&points.columns[*kpi]),
            measure: points.columns[*kpi].quantity,
            shown: (0, 1),
            estimates: points.points.iter().map(|point| estimate(&point.moments[*kpi])).collect(),
        };
        self.sweep = Some(Sweep { axes, points: places, kpis: defined.iter().map(swept).collect() });
        let Some(design) = &study.base().study.sweep else { return };
        for kpi in defined {
            let column = &points.columns[kpi];
            let (name, measure) = (kpi_name(column), column.quantity);
            match analyse(design, points, kpi, LEVEL, |path| study.base_value(path)) {
                Some(Analysis::Factorial { axes, effects }) => {
                    let main =
                        |((path, levels), effect): (&(String, Vec<String>), &crate::effect::factorial::MainEffect)| {
                            MainEffect {
                                axis: Axis { name: path.clone(), levels: levels.clone() },
                                means: effect.levels.iter().map(estimate).collect(),
                                range: effect.range,
                                share: effect.share,
                            }
                        };
                    let interactions = effects.interactions.iter().map(|pair| Interaction {
                        first: pair.axes.0,
                        second: pair.axes.1,
                        means: transposed(&pair.cells),
                        share: pair.share,
                    });
                    self.effects.push(Effects {
                        kpi: name,
                        measure,
                        mains: axes.iter().zip(&effects.axes).map(main).collect(),
                        interactions: interactions.collect(),
                    });
                }
                Some(Analysis::Morris { axes, screened }) => {
                    let factor = |(name, found): (&String, &crate::morris::Screened)| ScreenedFactor {
                        name: name.clone(),
                        mu: found.mu().unwrap_or(f64::NAN),
                        mu_star: found.mu_star().unwrap_or(f64::NAN),
                        half_width: found.sizes.interval(LEVEL).map(|interval| interval.half_width),
                        sigma: found.sigma().unwrap_or(f64::NAN),
                    };
                    let factors = axes.iter().zip(&screened).map(factor).collect();
                    // Walks visit few cells of a map, each at other levels of the other axes.
                    self.sweep = None;
                    self.screenings.push(Screening { kpi: name, measure, factors });
                }
                Some(Analysis::OneAtATime { axes, sensitivities }) => {
                    // A map would put points that differ in other axes into the cells of the base.
                    self.sweep = None;
                    let mean = |point: usize| points.points.get(point).and_then(|point| estimate(&point.moments[kpi]));
                    let main =
                        |(axis, ((path, [low, high]), found)): (usize, (&(String, [String; 2]), &Sensitivity))| {
                            MainEffect {
                                axis: Axis {
                                    name: path.clone(),
                                    levels: vec![low.clone(), "as it is".into(), high.clone()],
                                },
                                means: vec![mean(1 + 2 * axis), mean(0), mean(2 + 2 * axis)],
                                range: found.swing.mean().map_or(0.0, f64::abs),
                                share: None,
                            }
                        };
                    let mains = axes.iter().zip(&sensitivities).enumerate().map(main).collect();
                    self.effects.push(Effects { kpi: name, measure, mains, interactions: Vec::new() });
                }
                Some(Analysis::Regression { axes, regression }) => {
                    let means: Vec<f64> = points.points.iter().filter_map(|point| point.moments[kpi].mean()).collect();
                    let middle = means.iter().sum::<f64>() / means.len().max(1) as f64;
                    let main = |((path, ends), rise): (&(String, [String; 2]), &Interval)| {
                        let end = |side: f64| Estimate {
                            mean: middle + side * rise.mean / 2.0,
                            half_width: Some(rise.half_width / 2.0),
                            replications: means.len() as u64,
                        };
                        MainEffect {
                            axis: Axis { name: path.clone(), levels: ends.to_vec() },
                            means: vec![Some(end(-1.0)), Some(end(1.0))],
                            range: rise.mean.abs(),
                            share: None,
                        }
                    };
                    let mains = axes.iter().zip(&regression.rises).map(main).collect();
                    self.effects.push(Effects { kpi: name, measure, mains, interactions: Vec::new() });
                }
                None => {}
            }
        }
    }
}

/// Puts the levels of an axis in order, if all are numbers with the same unit: designs that draw their points come to them in
/// any order.
fn in_order(axis: &mut Axis, index: usize, places: &mut [Vec<usize>]) {
    let parse = |level: &String| {
        let (number, unit) = level.split_once(' ').unwrap_or((level, ""));
        Some((number.parse::<f64>().ok().filter(|number| number.is_finite())?, unit.to_owned()))
    };
    let Some(known) = axis.levels.iter().map(parse).collect::<Option<Vec<_>>>() else { return };
    if known.windows(2).any(|pair| pair[0].1 != pair[1].1) {
        return;
    }
    let mut order: Vec<usize> = (0..known.len()).collect();
    order.sort_by(|one, other| known[*one].0.total_cmp(&known[*other].0));
    let mut rank = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, level)| rank[*level] = place);
    axis.levels = order.iter().map(|level| axis.levels[*level].clone()).collect();
    places.iter_mut().for_each(|levels| levels[index] = rank[levels[index]]);
}

/// What a difference means, in a sentence.
fn sentence(difference: &crate::compare::Difference) -> String {
    let name = &difference.column.definition.name;
    let relative = |value: f64| 100.0 * value / difference.base.abs();
    let size = match difference.interval {
        Some(interval) if difference.base != 0.0 => {
            format!(" ({:+.1} % +- {:.1} %)", relative(interval.mean), relative(interval.half_width))
        }
        _ => String::new(),
    };
    match difference.finding {
        Finding::Better => format!("{name} is better{size}."),
        Finding::Worse => format!("{name} is worse{size}."),
        Finding::Different => format!("{name} is another one{size}."),
        Finding::Same => format!("{name} is the same in every replication."),
        Finding::Unclear { more: Some(more) } => {
            format!("for {name} one cannot tell yet{size}: about {more} more replications would.")
        }
        Finding::Unclear { more: None } => format!("for {name} one cannot tell yet{size}."),
    }
}

pub(super) fn kpi_name(column: &Column) -> String {
    match &column.subject {
        None => column.definition.name.to_owned(),
        Some(subject) => format!("{} of {subject}", column.definition.name),
    }
}

pub(super) fn estimate(moments: &Moments) -> Option<Estimate> {
    let half_width = moments.interval(LEVEL).map(|interval| interval.half_width);
    Some(Estimate { mean: moments.mean()?, half_width, replications: moments.count() })
}

fn kpi_row(column: &Column, moments: &Moments) -> KpiRow {
    let none = Estimate { mean: f64::NAN, half_width: None, replications: 0 };
    KpiRow {
        key: column.definition.key.to_owned(),
        name: column.definition.name.to_owned(),
        subject: column.subject.as_ref().map(ToString::to_string),
        measure: column.quantity,
        estimate: estimate(moments).unwrap_or(none),
        least: moments.minimum().unwrap_or(f64::NAN),
        largest: moments.maximum().unwrap_or(f64::NAN),
    }
}

fn verdict_row(verdict: &Verdict) -> VerdictRow {
    let expectation = &verdict.expectation;
    VerdictRow {
        kpi: expectation.kpi.to_string(),
        measure: expectation.kpi.quantity,
        sense: expectation.sense,
        limit: expectation.bound,
        confidence: expectation.confidence,
        mean: verdict.mean,
        bound: verdict.bound,
        margin: verdict.margin(),
        replications: verdict.count,
        passed: verdict.passed,
    }
}

/// Cells by second and first axis instead of first and second.
fn transposed(cells: &[Vec<Option<f64>>]) -> Vec<Vec<Option<f64>>> {
    let width = cells.first().map_or(0, Vec::len);
    (0..width).map(|column| cells.iter().map(|row| row[column]).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_that_are_numbers_are_put_in_order_and_their_points_with_them() {
        let order = |levels: &[&str]| {
            let mut axis = Axis { name: String::new(), levels: levels.iter().map(ToString::to_string).collect() };
            let mut places: Vec<Vec<usize>> = (0..levels.len()).map(|level| vec![7, level]).collect();
            in_order(&mut axis, 1, &mut places);
            let found: Vec<&str> = places.iter().map(|levels| axis.levels[levels[1]].as_str()).collect();
            assert_eq!(found, levels, "each point is still at its level");
            assert!(places.iter().all(|levels| levels[0] == 7));
            axis.levels
        };
        assert_eq!(order(&["3", "9", "0", "-6"]), ["-6", "0", "3", "9"]);
        assert_eq!(order(&["70 s", "9.5 s", "100 s"]), ["9.5 s", "70 s", "100 s"]);
        for as_they_are in [["2 min", "30 s"], ["Fifo", "Lifo"], ["as it is", "4"], ["inf", "1"]] {
            assert_eq!(order(&as_they_are), as_they_are);
        }
    }
}
