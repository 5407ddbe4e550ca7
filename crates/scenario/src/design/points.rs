//! The points of a design, by number.

use plant::description::{Node, magnitude};

use super::{Condition, Design, Factor, Levels, sample};
use crate::overlay::Path;
use crate::syntax::write;

/// What one point sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Where.
    pub path: Path,
    /// What.
    pub value: Node,
}

impl Setting {
    /// The value as the scenario spells it, a text without its quotes.
    #[must_use]
    pub fn value_in_words(&self) -> String {
        in_words(&self.value)
    }
}

/// A value as the scenario spells it, a text without its quotes.
#[must_use]
pub fn in_words(value: &Node) -> String {
    match &value.value {
        plant::description::Value::Text(text) => text.clone(),
        _ => write(value),
    }
}

impl Design {
    /// What point number `index` sets; `None` for a point that a filter leaves out, and behind the last.
    ///
    /// Costs as much as the point has settings, wherever in the design it is.
    #[must_use]
    pub fn point(&self, index: u64) -> Option<Vec<Setting>> {
        if index >= self.count() {
            return None;
        }
        match self {
            Design::Axis(factor) => Some(vec![Setting { path: factor.path.clone(), value: factor.level(index) }]),
            Design::Product(designs) => {
                // The last design changes fastest, as in nested loops.
                let mut rest = index;
                let mut parts = Vec::with_capacity(designs.len());
                for design in designs.iter().rev() {
                    let count = design.count();
                    parts.push(design.point(rest % count)?);
                    rest /= count;
                }
                Some(parts.into_iter().rev().flatten().collect())
            }
            Design::Zip(designs) => {
                let parts: Option<Vec<Vec<Setting>>> = designs.iter().map(|design| design.point(index)).collect();
                Some(parts?.into_iter().flatten().collect())
            }
            Design::Join(designs) => {
                let mut rest = index;
                for design in designs {
                    if rest < design.count() {
                        return design.point(rest);
                    }
                    rest -= design.count();
                }
                None
            }
            Design::Points(points) => {
                let settings = points[index as usize].iter();
                Some(settings.map(|(path, value)| Setting { path: path.clone(), value: value.clone() }).collect())
            }
            Design::Filter(design, conditions) => {
                let settings = design.point(index)?;
                conditions.iter().all(|condition| condition.holds(&settings)).then_some(settings)
            }
            Design::Sample { method, points, factors } => {
                let shares = sample::shares(*method, *points, factors, index);
                let settings = factors.iter().zip(shares).filter_map(|(factor, share)| {
                    share.map(|share| Setting { path: factor.path.clone(), value: factor.at(share) })
                });
                Some(settings.collect())
            }
        }
    }
}

impl Design {
    /// The values that a path takes: all that are listed, and the first of those that are stepped through.
    #[must_use]
    pub(super) fn values_of(&self, path: &str) -> Vec<Node> {
        let of_factor = |factor: &Factor| match &factor.levels {
            _ if factor.path.to_string() != path => Vec::new(),
            Levels::List(values) => values.clone(),
            Levels::Steps { .. } | Levels::Between { .. } => vec![factor.level(0)],
        };
        match self {
            Design::Axis(factor) => of_factor(factor),
            Design::Product(designs) | Design::Zip(designs) | Design::Join(designs) => {
                designs.iter().flat_map(|design| design.values_of(path)).collect()
            }
            Design::Points(points) => {
                let settings = points.iter().flatten().filter(|(known, _)| known.to_string() == path);
                settings.map(|(_, value)| value.clone()).collect()
            }
            Design::Filter(design, _) => design.values_of(path),
            Design::Sample { factors, .. } => factors.iter().flat_map(of_factor).collect(),
        }
    }
}

impl Condition {
    /// Whether it holds of a point. What the point does not set counts for nothing in a sum.
    fn holds(&self, settings: &[Setting]) -> bool {
        // Of two settings of one path the later one counts, as when they are carried out.
        let value = |path: &str| settings.iter().rev().find(|setting| setting.path.to_string() == path);
        let magnitude = |path: &str| magnitude(&value(path)?.value).map(|(magnitude, _)| magnitude);
        let sum = |paths: &[String]| paths.iter().filter_map(|path| magnitude(path)).sum::<f64>();
        // Sums of decimals are not quite what their digits say.
        let slack = |bound: f64| 1e-9 * bound.abs();
        match self {
            Condition::AtMost(paths, bound) => sum(paths) <= bound + slack(*bound),
            Condition::AtLeast(paths, bound) => sum(paths) >= bound - slack(*bound),
            Condition::Less(one, other) => match (magnitude(one), magnitude(other)) {
                (Some(one), Some(other)) => one < other,
                _ => false,
            },
            Condition::Different(one, other) => match (magnitude(one), magnitude(other)) {
                (Some(one), Some(other)) => one != other,
                _ => value(one).map(Setting::value_in_words) != value(other).map(Setting::value_in_words),
            },
        }
    }
}
