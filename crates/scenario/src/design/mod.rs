//! Designs: which values a sweep puts where, in which combinations.
//!
//! ```text
//! sweep: Product([...]) -- description --> Design (a tree of axes) -- points --> point number i: settings (path, value)
//!                                                                        sample: Latin hypercube, Sobol, Morris ...
//! ```
//!
//! A design stays a description: its points are made one by one, by number, so that millions of them cost no more than
//! three, and any process can make any of them.

mod description;
mod optimization;
mod points;
mod sample;
mod sobol;
mod walk;

use plant::description::{Node, NumberWithUnit};

use crate::overlay::Path;

pub use points::{Setting, in_words};
pub use walk::{Move, Walks};

pub use description::{CODES, ConditionDescription, DesignDescription, FactorDescription};
pub(crate) use description::{STUDY_SECTIONS, design};
pub(crate) use optimization::optimization;
pub use optimization::{
    CODES as OPTIMIZATION_CODES, Constraint, ConstraintDescription, LARGEST_BUDGET, Objective, ObjectiveDescription,
    Optimization, OptimizationDescription, SMALLEST_BUDGET, Total, TotalDescription,
};

/// The values one field goes through.
#[derive(Debug, Clone, PartialEq)]
pub enum Levels {
    /// As listed.
    List(Vec<Node>),
    /// So many equal steps from the first value.
    Steps {
        /// The first value.
        from: NumberWithUnit,
        /// The step.
        step: f64,
        /// How many values.
        count: u64,
    },
    /// Anything between two numbers, both included.
    Between {
        /// The least.
        low: NumberWithUnit,
        /// The largest, in the same unit.
        high: f64,
    },
}

/// One field that a design varies.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// Where its values go.
    pub path: Path,
    /// The values.
    pub levels: Levels,
}

impl Factor {
    /// How many values it has; one for [`Levels::Between`].
    #[must_use]
    pub fn count(&self) -> u64 {
        match &self.levels {
            Levels::List(values) => values.len() as u64,
            Levels::Steps { count, .. } => *count,
            Levels::Between { .. } => 1,
        }
    }

    /// Value number `index`.
    #[must_use]
    pub fn level(&self, index: u64) -> Node {
        match &self.levels {
            Levels::List(values) => values[(index as usize).min(values.len() - 1)].clone(),
            Levels::Steps { from, step, .. } => from.with(from.number + index as f64 * step),
            Levels::Between { low, .. } => low.with(low.number),
        }
    }

    /// The value at `share` (0 to 1) of the way from the first to the last. Listed values and whole numbers get equal shares.
    #[must_use]
    pub fn at(&self, share: f64) -> Node {
        let share = share.clamp(0.0, 1.0);
        let nth = |count: f64| (share * count).floor().min(count - 1.0);
        match &self.levels {
            Levels::List(values) => self.level(nth(values.len() as f64) as u64),
            Levels::Steps { count, .. } => self.level(nth(*count as f64) as u64),
            Levels::Between { low, high } if low.is_whole => low.with(low.number + nth(high - low.number + 1.0)),
            Levels::Between { low, high } => {
                low.with(rounded(low.number + share * (high - low.number), high - low.number))
            }
        }
    }

    /// A number between the ends of [`Levels::Between`] as a scenario spells it; the first value of other factors.
    ///
    /// Where it is not whole it gets three digits more than the range takes, 41.74 s of 30 s to 60 s: nobody sets more, and what
    /// is shown is what was played.
    #[must_use]
    pub fn near(&self, number: f64) -> Node {
        let Levels::Between { low, high } = &self.levels else { return self.level(0) };
        if low.is_whole {
            return low.with(number.clamp(low.number, *high));
        }
        let range = format!("{:e}", high - low.number);
        let exponent = range.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok()).unwrap_or(0);
        let step = format!("1e{}", exponent - 3).parse().unwrap_or(1.0);
        low.with(((number / step).round() * step).clamp(low.number, *high))
    }
}

/// A number to a hundred-thousandth of a range or so: nobody sets a machine more finely, and tables stay readable.
fn rounded(number: f64, range: f64) -> f64 {
    let exponent =
        format!("{range:e}").rsplit('e').next().and_then(|exponent| exponent.parse::<i32>().ok()).unwrap_or(0);
    let decimals = usize::try_from(5 - exponent).unwrap_or(0).min(300);
    format!("{number:.decimals$}").parse().unwrap_or(number)
}

/// How the points of a sample are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Every axis evenly, in random combinations.
    LatinHypercube,
    /// All axes together evenly.
    Sobol,
    /// The base, then every axis at either end.
    OneAtATime,
    /// Walks on so many levels.
    Morris {
        /// The levels.
        levels: u32,
    },
}

/// Something a point has to meet. Paths are as the design writes them.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The sum of fields is at most a magnitude.
    AtMost(Vec<String>, f64),
    /// The sum of fields is at least a magnitude.
    AtLeast(Vec<String>, f64),
    /// The first is less than the second.
    Less(String, String),
    /// The two differ.
    Different(String, String),
}

/// A checked design.
#[derive(Debug, Clone, PartialEq)]
pub enum Design {
    /// One field.
    Axis(Factor),
    /// Every combination; the last changes fastest.
    Product(Vec<Design>),
    /// Side by side.
    Zip(Vec<Design>),
    /// One after the other.
    Join(Vec<Design>),
    /// Written one by one.
    Points(Vec<Vec<(Path, Node)>>),
    /// Those for which all conditions hold.
    Filter(Box<Design>, Vec<Condition>),
    /// Chosen by a method.
    Sample {
        /// The method.
        method: Method,
        /// How many points.
        points: u64,
        /// The axes.
        factors: Vec<Factor>,
    },
}

impl Design {
    /// How many points there are, those that a filter leaves out included.
    #[must_use]
    pub fn count(&self) -> u64 {
        match self {
            Design::Axis(factor) => factor.count(),
            Design::Product(designs) => {
                designs.iter().fold(1, |count: u64, design| count.saturating_mul(design.count()))
            }
            Design::Zip(designs) => designs.iter().map(Design::count).min().unwrap_or(0),
            Design::Join(designs) => designs.iter().fold(0, |count: u64, design| count.saturating_add(design.count())),
            Design::Points(points) => points.len() as u64,
            Design::Filter(design, _) => design.count(),
            Design::Sample { points, .. } => *points,
        }
    }

    /// The paths it sets, in the order of the file.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        let mut paths: Vec<&Path> = Vec::new();
        self.add_paths(&mut paths);
        let mut seen: Vec<String> = Vec::new();
        paths.retain(|path| {
            let text = path.to_string();
            let is_new = !seen.contains(&text);
            seen.push(text);
            is_new
        });
        paths
    }

    fn add_paths<'d>(&'d self, paths: &mut Vec<&'d Path>) {
        match self {
            Design::Axis(factor) => paths.push(&factor.path),
            Design::Product(designs) | Design::Zip(designs) | Design::Join(designs) => {
                designs.iter().for_each(|design| design.add_paths(paths));
            }
            Design::Points(points) => paths.extend(points.iter().flatten().map(|(path, _)| path)),
            Design::Filter(design, _) => design.add_paths(paths),
            Design::Sample { factors, .. } => paths.extend(factors.iter().map(|factor| &factor.path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use plant::description::Value;

    use super::*;

    #[test]
    fn numbers_in_a_range_get_the_digits_that_somebody_would_set() {
        let factor = |low: Node, high: f64| {
            let low = NumberWithUnit::of(&low).expect("a number");
            let path = Path::of(&Node::text("mill.process_time")).expect("a path");
            Factor { path, levels: Levels::Between { low, high } }
        };
        let seconds = factor(Node::text("30 s"), 60.0);
        assert_eq!(in_words(&seconds.near(41.735_829_1)), "41.74 s");
        assert_eq!((in_words(&seconds.near(1e9)), in_words(&seconds.near(f64::MIN))), ("60 s".into(), "30 s".into()));
        assert_eq!(in_words(&factor(Node::text("0.0004 m/s"), 0.0011).near(0.000_712_345)), "0.0007123 m/s");
        assert_eq!(factor(Node::integer(2), 9.0).near(4.4).value, Value::Integer(4));
        // Where the ends are finer than the digits, they hold all the same.
        assert_eq!(in_words(&factor(Node::float(1.000_01), 2.000_01).near(1.0)), "1.00001");
    }
}
