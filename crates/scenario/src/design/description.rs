//! How a scenario spells a design, and whether what it spells can be laid out.

use plant::declare_codes;
use plant::description::{
    Complaint, Describe, Map, Node, NumberWithUnit, Origin, Reader, describe, magnitude, nearest,
};

use super::{Condition, Design, Factor, Levels, Method, sobol, walk};
use crate::expand::Anything;
use crate::overlay::{Path, Place, Schema, resolve};
use crate::syntax::write;

declare_codes! {
    /// A design that has no points, or too many, or whose parts do not fit together.
    IMPOSSIBLE_DESIGN = "LW0512", "sweep that cannot be laid out",
    "An axis has at least one value, a range gets from its first value to its last in steps of the same unit, and what is \
     zipped has the same length.\n\n\
     Bad:\n    sweep: Zip([Axis(\"mill.queue\", [1, 2, 3]), Axis(\"mill.capacity\", [1, 2])]),\n\
     Good:\n    sweep: Product([Axis(\"mill.queue\", [1, 2, 3]), Axis(\"mill.capacity\", [1, 2])]),";
}

/// Sections that say how a plant is studied.
pub(crate) const STUDY_SECTIONS: &[&str] =
    &["schema", "seed", "replications", "variants", "sweep", "optimize", "expect"];

/// Most points of a design: more than any machine plays, and few enough to be counted exactly everywhere.
const MOST_POINTS: u64 = 1_000_000_000_000;

describe! {
    /// Which points a sweep plays. Designs are built from designs; none of them is ever written out.
    pub enum DesignDescription {
        /// One field through a list of values.
        Axis(
            /// The field, by path as in `set`.
            path: Anything,
            /// Its values.
            values: Vec<Anything>,
        ),
        /// One field in equal steps.
        Range {
            /// The field, by path as in `set`.
            path: Anything,
            /// The first value.
            from: Anything,
            /// The last value; it is left out if no step ends there.
            to: Anything,
            /// The step, in the same unit.
            step: Anything,
        },
        /// Every combination of the points of several designs; the last changes fastest.
        Product(
            /// The designs.
            designs: Vec<DesignDescription>,
        ),
        /// Designs of the same length side by side: their first points together, then their second points, and so on.
        Zip(
            /// The designs.
            designs: Vec<DesignDescription>,
        ),
        /// The points of several designs, one design after the other.
        Join(
            /// The designs.
            designs: Vec<DesignDescription>,
        ),
        /// Points written one by one, each as paths and values.
        Points(
            /// The points.
            points: Vec<Map<Anything>>,
        ),
        /// Only those points of a design for which all conditions hold. They keep the numbers they have in the whole design.
        Filter(
            /// The design.
            design: Box<DesignDescription>,
            /// The conditions.
            keep: Vec<ConditionDescription>,
        ),
        /// Points that cover every axis evenly, in random combinations (McKay, Beckman and Conover 1979).
        LatinHypercube {
            /// How many points.
            points: u32,
            /// The axes.
            axes: Vec<FactorDescription>,
        },
        /// Points that cover all axes together evenly (Sobol 1967, directions of Joe and Kuo 2008). A power of two is best; more
        /// points come after those that are there.
        Sobol {
            /// How many points.
            points: u32,
            /// The axes.
            axes: Vec<FactorDescription>,
        },
        /// The scenario as it is, then each axis alone at its first and at its last value.
        OneAtATime(
            /// The axes.
            axes: Vec<FactorDescription>,
        ),
        /// Random walks that change one axis after the other, to tell which matter at all (Morris 1991).
        Morris {
            /// How many walks; each has one point more than there are axes.
            trajectories: u32 = 10,
            /// Levels of each axis that the walks use; even.
            levels: u32 = 4,
            /// The axes.
            axes: Vec<FactorDescription>,
        },
    }
}

describe! {
    /// One field that a design varies.
    pub enum FactorDescription {
        /// Anything from one value to another.
        Between(
            /// The field, by path as in `set`.
            path: Anything,
            /// The least value. Whole numbers give whole numbers.
            low: Anything,
            /// The largest value, in the same unit.
            high: Anything,
        ),
        /// One of several values.
        Axis(
            /// The field, by path as in `set`.
            path: Anything,
            /// Its values.
            values: Vec<Anything>,
        ),
    }
}

describe! {
    /// What has to hold of a point.
    pub enum ConditionDescription {
        /// The sum of fields is at most a value.
        AtMost(
            /// Paths of the design.
            paths: Vec<String>,
            /// The value.
            value: Anything,
        ),
        /// The sum of fields is at least a value.
        AtLeast(
            /// Paths of the design.
            paths: Vec<String>,
            /// The value.
            value: Anything,
        ),
        /// The first of two fields is less than the second.
        Less(
            /// A path of the design.
            one: String,
            /// Another path of the design.
            other: String,
        ),
        /// Two fields are not the same.
        Different(
            /// A path of the design.
            one: String,
            /// Another path of the design.
            other: String,
        ),
    }
}

/// Reads and checks the design at `node` against the tree it changes.
pub(crate) fn design(node: &Node, root: &Node, schema: &dyn Schema, reader: &mut Reader<'_>) -> Option<Design> {
    let description = DesignDescription::read(node, reader)?;
    let said = reader.said();
    let design = Checker { root, schema, reader }.design(&description, node.origin)?;
    if design.count() == 0 || design.count() > MOST_POINTS {
        let (message, label) = match design.count() {
            0 => ("this design has no points".to_owned(), "expected at least one".to_owned()),
            _ => ("nobody can play so many points".to_owned(), format!("at most {MOST_POINTS} points")),
        };
        reader.complain(Complaint::new(&IMPOSSIBLE_DESIGN, node.origin, message).label(label));
    }
    (reader.said() == said).then_some(design)
}

/// Reads what is varied against the tree it changes.
pub(super) struct Checker<'c, 'r, 't> {
    pub root: &'c Node,
    pub schema: &'c dyn Schema,
    pub reader: &'r mut Reader<'t>,
}

impl Checker<'_, '_, '_> {
    fn design(&mut self, description: &DesignDescription, origin: Origin) -> Option<Design> {
        Some(match description {
            DesignDescription::Axis(path, values) => Design::Axis(self.axis(path, values)?),
            DesignDescription::Range { path, from, to, step } => {
                let path = self.path(path)?;
                Design::Axis(Factor { path, levels: self.steps(from, to, step)? })
            }
            DesignDescription::Product(designs) => {
                let designs = self.designs(designs, origin)?;
                self.complain_of_repeated(&designs);
                Design::Product(designs)
            }
            DesignDescription::Zip(designs) => {
                let designs = self.designs(designs, origin)?;
                self.complain_of_repeated(&designs);
                let counts: Vec<u64> = designs.iter().map(Design::count).collect();
                if counts.iter().any(|count| *count != counts[0]) {
                    let counts: Vec<String> = counts.iter().map(u64::to_string).collect();
                    let message = format!("these designs have {} points", counts.join(", "));
                    return self.refuse(origin, &message, "expected the same number of points in each");
                }
                Design::Zip(designs)
            }
            DesignDescription::Join(designs) => Design::Join(self.designs(designs, origin)?),
            DesignDescription::Points(points) => Design::Points(self.points(points)?),
            DesignDescription::Filter(design, keep) => {
                let design = self.design(design, origin)?;
                let known: Vec<String> = design.paths().iter().map(ToString::to_string).collect();
                let keep = keep.iter().map(|condition| self.condition(condition, &known, &design, origin));
                let keep: Vec<Option<Condition>> = keep.collect();
                Design::Filter(Box::new(design), keep.into_iter().collect::<Option<_>>()?)
            }
            DesignDescription::LatinHypercube { points, axes } => {
                self.sample(Method::LatinHypercube, u64::from(*points), axes, origin)?
            }
            DesignDescription::Sobol { axes, .. } if axes.len() > sobol::MOST_AXES => {
                let message = format!("{} axes are more than there are directions for", axes.len());
                return self.refuse(origin, &message, &format!("at most {} axes", sobol::MOST_AXES));
            }
            DesignDescription::Sobol { points, axes } => {
                self.sample(Method::Sobol, u64::from(*points), axes, origin)?
            }
            DesignDescription::OneAtATime(axes) => {
                self.sample(Method::OneAtATime, 2 * axes.len() as u64 + 1, axes, origin)?
            }
            DesignDescription::Morris { trajectories, levels, axes } => {
                if *levels < 2 || levels % 2 == 1 {
                    let message = format!("walks on {levels} levels are not balanced");
                    return self.refuse(origin, &message, "expected an even number of levels, such as 4");
                }
                let points = u64::from(*trajectories) * (axes.len() as u64 + 1);
                if axes.len() > walk::MOST_FACTORS || *levels > walk::MOST_LEVELS {
                    let most = format!("at most {} axes and {} levels", walk::MOST_FACTORS, walk::MOST_LEVELS);
                    return self.refuse(origin, "there are no walks of that size", &most);
                }
                self.sample(Method::Morris { levels: *levels }, points, axes, origin)?
            }
        })
    }

    fn designs(&mut self, descriptions: &[DesignDescription], origin: Origin) -> Option<Vec<Design>> {
        if descriptions.is_empty() {
            return self.refuse(origin, "nothing is combined here", "expected at least one design in the list");
        }
        let designs: Vec<Option<Design>> =
            descriptions.iter().map(|description| self.design(description, origin)).collect();
        designs.into_iter().collect()
    }

    /// Designs side by side must not set the same field: the last would win in silence.
    fn complain_of_repeated(&mut self, designs: &[Design]) {
        let mut known: Vec<(String, Origin)> = Vec::new();
        for path in designs.iter().flat_map(Design::paths) {
            let text = path.to_string();
            match known.iter().find(|(other, _)| *other == text) {
                Some((_, first)) => self.reader.complain(
                    Complaint::new(&IMPOSSIBLE_DESIGN, path.origin(), format!("`{text}` is set twice at every point"))
                        .label("the second axis of this field")
                        .related(*first, "the first")
                        .help("write one axis with all its values; `Join` plays one after the other"),
                ),
                None => known.push((text, path.origin())),
            }
        }
    }

    fn sample(&mut self, method: Method, points: u64, axes: &[FactorDescription], origin: Origin) -> Option<Design> {
        if axes.is_empty() {
            return self.refuse(origin, "nothing is varied here", "expected at least one axis");
        }
        let factors: Vec<Option<Factor>> = axes.iter().map(|axis| self.factor(axis)).collect();
        Some(Design::Sample { method, points, factors: factors.into_iter().collect::<Option<_>>()? })
    }

    /// An axis of a sample or a variable: anything between two values, or one of several.
    pub(super) fn factor(&mut self, description: &FactorDescription) -> Option<Factor> {
        match description {
            FactorDescription::Axis(path, values) => self.axis(path, values),
            FactorDescription::Between(path, low, high) => {
                let path = self.path(path);
                let low_number = self.number(low)?;
                let high_number = self.like(high, &low_number)?;
                if high_number <= low_number.number {
                    return self.refuse(
                        high.0.origin,
                        "there is nothing between these values",
                        "expected more than the first",
                    );
                }
                Some(Factor { path: path?, levels: Levels::Between { low: low_number, high: high_number } })
            }
        }
    }

    fn axis(&mut self, path: &Anything, values: &[Anything]) -> Option<Factor> {
        let path = self.path(path)?;
        if values.is_empty() {
            return self.refuse(path.origin(), "this axis has no values", "expected a list of values after it");
        }
        for (index, Anything(value)) in values.iter().enumerate() {
            let written = write(value);
            if values[..index].iter().any(|Anything(earlier)| write(earlier) == written) {
                let message = format!("{written} stands twice in this axis");
                return self.refuse(value.origin, &message, "the same point would be played twice");
            }
        }
        Some(Factor { path, levels: Levels::List(values.iter().map(|Anything(node)| node.clone()).collect()) })
    }

    fn steps(&mut self, from: &Anything, to: &Anything, step: &Anything) -> Option<Levels> {
        let first = self.number(from)?;
        let last = self.like(to, &first)?;
        let width = self.like(step, &first)?;
        let steps = (last - first.number) / width;
        if !(width != 0.0 && steps >= 0.0 && steps < MOST_POINTS as f64) {
            return self.refuse(step.0.origin, "no number of such steps leads there", "expected a step towards `to`");
        }
        // A whole number of tenths is not quite one in binary.
        let count = (steps + 1e-9).floor() as u64 + 1;
        Some(Levels::Steps { from: first, step: width, count })
    }

    fn points(&mut self, points: &[Map<Anything>]) -> Option<Vec<Vec<(Path, Node)>>> {
        let mut sound = true;
        let mut all = Vec::new();
        for point in points {
            let mut settings = Vec::new();
            for (name, Anything(value)) in point.iter() {
                match self.path(&Anything(Node::text(name.text()).at(name.origin()))) {
                    Some(path) => settings.push((path, value.clone())),
                    None => sound = false,
                }
            }
            all.push(settings);
        }
        sound.then_some(all)
    }

    fn condition(
        &mut self,
        description: &ConditionDescription,
        known: &[String],
        design: &Design,
        at: Origin,
    ) -> Option<Condition> {
        let mut sound = true;
        let mut look = |path: &String| {
            if !known.contains(path) {
                let near = nearest(path, known.iter().map(String::as_str));
                let help = near.map_or_else(
                    || format!("it varies {}", known.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("the design does not vary `{path}`");
                self.reader.complain(
                    Complaint::new(&IMPOSSIBLE_DESIGN, at, message).label("in a condition of this filter").help(help),
                );
                sound = false;
            }
        };
        let (paths, value) = match description {
            ConditionDescription::AtMost(paths, value) | ConditionDescription::AtLeast(paths, value) => {
                paths.iter().for_each(&mut look);
                (paths.clone(), Some(value))
            }
            ConditionDescription::Less(one, other) | ConditionDescription::Different(one, other) => {
                [one, other].into_iter().for_each(&mut look);
                (Vec::new(), None)
            }
        };
        if !sound {
            return None;
        }
        let bound = match value {
            Some(value) => match magnitude(&value.0) {
                Some(bound) => Some(bound),
                None => {
                    return self.refuse(
                        value.0.origin,
                        "this is no number to compare with",
                        "expected a number, with its unit if it has one",
                    );
                }
            },
            None => None,
        };
        // What is added up or compared by size has to be of one kind at every point.
        let sized: Vec<&String> = match description {
            ConditionDescription::Less(one, other) => vec![one, other],
            _ => paths.iter().collect(),
        };
        let mut kind = bound.map(|(_, kind)| kind);
        for path in sized {
            for value in design.values_of(path) {
                let found = magnitude(&value).map(|(_, kind)| kind);
                if found.is_none() || kind.is_some_and(|kind| found != Some(kind)) {
                    let message = format!("{} at `{path}` cannot be compared here", write(&value));
                    let label = match kind {
                        Some("number") | None => "expected plain numbers".to_owned(),
                        Some(kind) => format!("expected a {kind}, as the others are"),
                    };
                    let origin = if value.origin.is_known() { value.origin } else { at };
                    return self.refuse(origin, &message, &label);
                }
                kind = found;
            }
        }
        let magnitude = bound.map_or(0.0, |(magnitude, _)| magnitude);
        Some(match description {
            ConditionDescription::AtMost(..) => Condition::AtMost(paths, magnitude),
            ConditionDescription::AtLeast(..) => Condition::AtLeast(paths, magnitude),
            ConditionDescription::Less(one, other) => Condition::Less(one.clone(), other.clone()),
            ConditionDescription::Different(one, other) => Condition::Different(one.clone(), other.clone()),
        })
    }

    fn path(&mut self, path: &Anything) -> Option<Path> {
        let found =
            Path::of(&path.0).and_then(|path| resolve(self.root, &path, self.schema).map(|places| (path, places)));
        let (path, places) = found.map_err(|complaint| self.reader.complain(complaint)).ok()?;
        let of_the_study = |place: &Place| {
            STUDY_SECTIONS.iter().find(|section| {
                place.path() == **section
                    || place.path().starts_with(&format!("{section}."))
                    || place.path().starts_with(&format!("{section}["))
            })
        };
        if let Some(section) = places.iter().find_map(of_the_study) {
            return self.refuse(
                path.origin(),
                &format!("`{section}` is not part of the plant"),
                "a design varies what is played, not how it is studied",
            );
        }
        Some(path)
    }

    fn number(&mut self, value: &Anything) -> Option<NumberWithUnit> {
        match NumberWithUnit::of(&value.0) {
            Some(number) => Some(number),
            None => self.refuse(
                value.0.origin,
                "one cannot step through this",
                "expected a number, with its unit if it has one",
            ),
        }
    }

    /// The number of a value in the unit of another one.
    fn like(&mut self, value: &Anything, other: &NumberWithUnit) -> Option<f64> {
        let number = self.number(value)?;
        let (unit, same) = (NumberWithUnit { number: 1.0, ..other.clone() }.magnitude(), number.magnitude());
        if let (Some((unit, of)), Some((magnitude, same))) = (unit, same)
            && number.unit != other.unit
            && of == same
            && of != "number"
        {
            return Some(magnitude / unit);
        }
        if number.unit != other.unit || (other.is_whole && !number.is_whole) {
            let unit = if other.unit.is_empty() {
                "a whole number like the first".to_owned()
            } else {
                format!("`{}` like the first", other.unit)
            };
            return self.refuse(value.0.origin, "the two are not written alike", &format!("expected {unit}"));
        }
        Some(number.number)
    }

    fn refuse<T>(&mut self, origin: Origin, message: &str, label: &str) -> Option<T> {
        self.reader.complain(Complaint::new(&IMPOSSIBLE_DESIGN, origin, message).label(label));
        None
    }
}
