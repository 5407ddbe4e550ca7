//! What the axes of a sweep do to a KPI, by whatever its design allows to tell.

use plant::description::{Node, NumberWithUnit};
use scenario::design::{Design, Factor, Levels, Method, Walks};

use super::factorial::{self, Effects};
use super::one_at_a_time::{self, Sensitivity, Setting};
use super::regression::{Regression, regression};
use crate::morris::{self, Screened};
use crate::sweep::{Point, Points};

/// Axes with more values than this are looked at in equal parts.
const MOST_LEVELS: usize = 12;
/// So many of them.
const PARTS: usize = 5;

/// What is known of the axes.
#[derive(Debug)]
pub enum Analysis {
    /// Means by level, and effects.
    Factorial {
        /// The axes: path, and the values of its levels in words.
        axes: Vec<(String, Vec<String>)>,
        /// Their effects.
        effects: Effects,
    },
    /// Each axis alone at either end.
    OneAtATime {
        /// The axes: path, and the values at both ends.
        axes: Vec<(String, [String; 2])>,
        /// What each does.
        sensitivities: Vec<Sensitivity>,
    },
    /// A plane through a space-filling sample.
    Regression {
        /// The axes: path, and the values at both ends.
        axes: Vec<(String, [String; 2])>,
        /// How far the plane rises along each of them.
        regression: Regression,
    },
    /// A screening.
    Morris {
        /// The axes.
        axes: Vec<String>,
        /// What each does, over its whole range.
        screened: Vec<Screened>,
    },
}

/// What the axes of `design` do to KPI number `kpi` of `points`; `base` gives the value at a path of the scenario. `None` where
/// points are missing or there is nothing to tell.
#[must_use]
pub fn analyse(
    design: &Design,
    points: &Points,
    kpi: usize,
    confidence: f64,
    base: impl Fn(&str) -> Option<Node>,
) -> Option<Analysis> {
    if !points.extent.is_complete() || points.points.len() as u64 != points.extent.cases {
        return None;
    }
    let rows = rows(&points.points, kpi);
    match design {
        Design::Sample { method: Method::Morris { levels }, factors, points: count } => {
            let trajectories = count / (factors.len() as u64 + 1);
            let walks = Walks::new(0, factors.len(), *levels, trajectories).ok()?;
            let means: Vec<f64> =
                points.points.iter().map(|point| point.moments[kpi].mean().unwrap_or(f64::NAN)).collect();
            let screened = morris::analyse(&walks, &coordinates(factors, &points.points)?, &means).ok()?;
            Some(Analysis::Morris { axes: factors.iter().map(|factor| factor.path.to_string()).collect(), screened })
        }
        Design::Sample { method: Method::LatinHypercube | Method::Sobol, factors, .. } => {
            let coordinates = coordinates(factors, &points.points)?;
            let means: Vec<f64> =
                points.points.iter().map(|point| point.moments[kpi].mean().unwrap_or(f64::NAN)).collect();
            let regression = regression(&coordinates, &means, confidence)?;
            let axes = factors.iter().map(|factor| (factor.path.to_string(), ends_of(factor))).collect();
            Some(Analysis::Regression { axes, regression })
        }
        Design::Sample { method: Method::OneAtATime, factors, .. } => {
            let ends = |factor: &Factor| [factor.at(0.0), factor.at(1.0)];
            let number = |node: &Node| NumberWithUnit::of(node).and_then(|number| number.magnitude());
            let setting = |factor: &Factor| {
                let [low, high] = ends(factor).map(|end| number(&end));
                let base = number(&base(&factor.path.to_string())?)?;
                Some(Setting { base: base.0, low: low?.0, high: high?.0 })
            };
            let settings: Vec<Option<Setting>> = factors.iter().map(setting).collect();
            let axes = factors.iter().map(|factor| (factor.path.to_string(), ends_of(factor))).collect();
            let sensitivities = one_at_a_time::sensitivities(&settings, &rows).ok()?;
            Some(Analysis::OneAtATime { axes, sensitivities })
        }
        _ => {
            let axes: Vec<Axis> =
                points.paths().into_iter().filter_map(|path| Axis::of(path, &points.points)).collect();
            if axes.is_empty() {
                return None;
            }
            let levels: Vec<usize> = axes.iter().map(|axis| axis.levels.len()).collect();
            let at: Vec<Vec<usize>> =
                (0..points.points.len()).map(|point| axes.iter().map(|axis| axis.places[point]).collect()).collect();
            let mut effects = factorial::effects(&levels, &at, &rows, confidence).ok()?;
            if axes.iter().any(|axis| axis.is_in_parts) {
                // What varies inside of the parts is nobody's share.
                effects.forget_shares();
            }
            Some(Analysis::Factorial { axes: axes.into_iter().map(|axis| (axis.path, axis.levels)).collect(), effects })
        }
    }
}

/// The values of a KPI: a row a replication that all points have, a column a point.
fn rows(points: &[Point], kpi: usize) -> Vec<Vec<f64>> {
    let replications = points.iter().map(|point| point.values[kpi].len()).min().unwrap_or(0);
    if replications == 0 {
        return vec![points.iter().map(|point| point.moments[kpi].mean().unwrap_or(f64::NAN)).collect()];
    }
    (0..replications).map(|row| points.iter().map(|point| point.values[kpi][row]).collect()).collect()
}

/// One axis with its levels, and at which of them each point is.
struct Axis {
    path: String,
    levels: Vec<String>,
    /// Whether the levels are parts of more values.
    is_in_parts: bool,
    places: Vec<usize>,
}

impl Axis {
    /// `None` for a path that only some points set, or that all set alike.
    fn of(path: String, points: &[Point]) -> Option<Self> {
        let value = |point: &Point| {
            let setting = point.settings.iter().rev().find(|(known, _)| *known == path);
            setting.map(|(_, value)| value.clone())
        };
        let values: Vec<String> = points.iter().map(value).collect::<Option<_>>()?;
        let mut levels: Vec<String> = Vec::new();
        let mut places = Vec::with_capacity(values.len());
        let mut known = std::collections::BTreeMap::new();
        for value in &values {
            let place = *known.entry(value.clone()).or_insert_with(|| {
                levels.push(value.clone());
                levels.len() - 1
            });
            places.push(place);
        }
        let is_in_parts = levels.len() > MOST_LEVELS;
        if is_in_parts {
            (levels, places) = in_parts(&values)?;
        }
        (levels.len() > 1).then_some(Axis { path, levels, is_in_parts, places })
    }
}

/// Parts of equally many points by the size of their values, and in which of them each point is. `None` if they are no numbers.
fn in_parts(values: &[String]) -> Option<(Vec<String>, Vec<usize>)> {
    let number = |text: &String| {
        let plain = text.parse::<f64>().ok();
        plain.or_else(|| {
            NumberWithUnit::of(&Node::text(text)).and_then(|number| number.magnitude()).map(|number| number.0)
        })
    };
    let numbers: Vec<f64> = values.iter().map(number).collect::<Option<_>>()?;
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|one, other| numbers[*one].total_cmp(&numbers[*other]));
    // Equal values stay together, so parts may differ in size, and there may be fewer of them.
    let mut places = vec![0; numbers.len()];
    let mut levels: Vec<String> = Vec::new();
    let mut begin = 0;
    for part in 1..=PARTS {
        let mut end = part * order.len() / PARTS;
        while end > 0 && end < order.len() && numbers[order[end]] == numbers[order[end - 1]] {
            end += 1;
        }
        if end <= begin {
            continue;
        }
        order[begin..end].iter().for_each(|point| places[*point] = levels.len());
        let (first, last) = (&values[order[begin]], &values[order[end - 1]]);
        levels.push(if first == last { first.clone() } else { format!("{first} to {last}") });
        begin = end;
    }
    Some((levels, places))
}

/// The first and the last value of an axis, in words.
fn ends_of(factor: &Factor) -> [String; 2] {
    [factor.at(0.0), factor.at(1.0)].map(|value| words(&value))
}

/// How far along each axis every point is, from 0 to 1: by its number, or by the place of its value in a list. `None` if a
/// point does not set an axis.
fn coordinates(factors: &[Factor], points: &[Point]) -> Option<Vec<Vec<f64>>> {
    let of_factor = |factor: &Factor, point: &Point| {
        let path = factor.path.to_string();
        let (_, value) = point.settings.iter().rev().find(|(known, _)| *known == path)?;
        if let Levels::List(values) = &factor.levels {
            let place = values.iter().position(|level| words(level) == *value)?;
            return Some(place as f64 / (values.len() - 1).max(1) as f64);
        }
        let number = |node: &Node| Some(NumberWithUnit::of(node)?.magnitude()?.0);
        let written = value.parse().map_or_else(|_| Node::text(value), Node::float);
        let (low, high) = (number(&factor.at(0.0))?, number(&factor.at(1.0))?);
        Some((number(&written)? - low) / (high - low))
    };
    points.iter().map(|point| factors.iter().map(|factor| of_factor(factor, point)).collect()).collect()
}

fn words(node: &Node) -> String {
    match &node.value {
        plant::description::Value::Text(text) => text.clone(),
        _ => scenario::syntax::write(node),
    }
}
