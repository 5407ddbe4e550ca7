//! Process times: one law for all parts, one by part type, a number that each part carries, or several in turn.

use kernel::limits::LONGEST_DURATION;
use kernel::{Distribution, SimDuration, Stream};

use crate::control::cadence::Cadence;
use crate::description::{
    Describe, Fields, Map, Name, Node, Reader, Shape, TimeDistribution, Value, describe, nearest_word,
};
use crate::element::ElementIndex;
use crate::model::Model;
use crate::part::{Part, PartTypeIndex, Parts};
use crate::plan::Planner;

describe! {
    /// A process time that each part carries as a number.
    pub struct FromAttribute {
        /// The attribute that holds the number.
        attribute: Name,
        /// What one unit of it lasts.
        unit: SimDuration,
    }
}

describe! {
    /// A process time that depends on what was chosen of the part.
    pub struct ByOption {
        /// What work on any part takes; nothing unless given.
        base: Option<TimeDistribution> = None,
        /// What comes to it, by option and choice; choices that are not named add nothing.
        options: Map<Map<TimeDistribution>>,
    }
}

/// How long work on a part takes.
#[derive(Debug, Clone, PartialEq)]
pub enum ProcessTime {
    /// The same law for all parts.
    Same(TimeDistribution),
    /// A law by part type; `"*"` stands for all others.
    ByType(Map<TimeDistribution>),
    /// The part says.
    FromAttribute(FromAttribute),
    /// What was chosen of the part says.
    ByOption(ByOption),
}

/// Whether a field of this name, or nearly so, belongs to a time by options.
fn is_of_options(field: &str) -> bool {
    ByOption::NAMES.contains(&field)
        || nearest_word(field, [ByOption::NAMES, FromAttribute::NAMES].concat())
            .is_some_and(|meant| ByOption::NAMES.contains(&meant))
}

impl Describe for ProcessTime {
    fn shape() -> Shape {
        Shape::one_of(
            "ProcessTime",
            "A duration or a distribution of durations, a map of these by part type (`\"*\"` for all others), a number that each part \
             carries, or a sum by what was chosen of the part.",
            &[
                r#""45 s""#,
                r#"Triangular("40 s", "45 s", "60 s")"#,
                r#"{"red": "40 s", "*": Exponential("50 s")}"#,
                r#"(attribute: "work", unit: "1 ms")"#,
                r#"(base: "40 s", options: {"roof": {"glass": "25 s"}})"#,
            ],
            vec![TimeDistribution::shape(), FromAttribute::shape(), ByOption::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Map(_) => Some(ProcessTime::ByType(Map::read(node, reader)?)),
            Value::Struct { name: None, fields, .. } if fields.iter().any(|field| is_of_options(&field.name)) => {
                Some(ProcessTime::ByOption(ByOption::read(node, reader)?))
            }
            Value::Struct { name: None, .. } => Some(ProcessTime::FromAttribute(FromAttribute::read(node, reader)?)),
            _ => Some(ProcessTime::Same(TimeDistribution::read(node, reader)?)),
        }
    }

    fn write(&self) -> Option<String> {
        match self {
            ProcessTime::Same(time) => time.write(),
            ProcessTime::ByType(times) => times.write(),
            ProcessTime::FromAttribute(from) => from.write(),
            ProcessTime::ByOption(by) => by.write(),
        }
    }
}

/// Process times resolved.
#[derive(Debug, Clone, PartialEq)]
#[repr(u8)]
pub(crate) enum ProcessPlan {
    Same(Distribution),
    /// By part type; types without a law are not worked on here.
    ByType(Vec<Option<Distribution>>),
    Attribute {
        index: usize,
        unit_ns: f64,
    },
    /// A law for all parts, and further ones by what was chosen.
    ByOption(Box<OptionTimes>),
    /// One after the other, whatever comes, and again from the first one. There is one at least.
    InTurn(Vec<SimDuration>),
}

/// What work takes by what was chosen of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct OptionTimes {
    /// For any part.
    base: Distribution,
    /// Of each option that counts, what each choice adds, by the number of the choice from 0 (none).
    added: Vec<(usize, Vec<Option<Distribution>>)>,
}

impl OptionTimes {
    pub(crate) fn plan(by: &ByOption, planner: &mut Planner<'_>) -> OptionTimes {
        let mut added = Vec::with_capacity(by.options.len());
        for (name, times) in &by.options {
            let Some(option) = planner.option(name) else { continue };
            let choices = planner.options().get(option).map_or(0, |info| info.choices.len());
            let mut laws = vec![None; choices + 1];
            for (choice, time) in times {
                if let Some(law) = laws.get_mut(usize::from(planner.choice(option, choice))) {
                    *law = Some(time.distribution().clone());
                }
            }
            added.push((option, laws));
        }
        let base = by.base.as_ref().map_or(Distribution::Constant(0.0), |base| base.distribution().clone());
        OptionTimes { base, added }
    }

    /// The laws whose draws add up to the time of work on a part that carries these numbers.
    fn laws<'a>(&'a self, numbers: &'a [f64], model: &'a Model) -> impl Iterator<Item = &'a Distribution> {
        let added = self.added.iter().filter_map(|(option, laws)| {
            laws.get(usize::from(model.choice(numbers, *option))).and_then(Option::as_ref)
        });
        std::iter::once(&self.base).chain(added)
    }

    /// The time of work on a part that carries these numbers: a draw of each law that counts.
    #[inline(never)]
    pub(crate) fn operation(&self, numbers: &[f64], model: &Model, stream: &mut Stream) -> OperationTime {
        let planned = SimDuration::from_nanos(self.mean_ns(numbers, model) as i64).min(LONGEST_DURATION);
        let drawn = self
            .laws(numbers, model)
            .fold(SimDuration::ZERO, |sum, law| sum.saturating_add(law.sample_duration(stream)).min(LONGEST_DURATION));
        OperationTime { planned, drawn, ahead: SimDuration::ZERO }
    }

    /// The mean over all parts, where nothing else says what is chosen, in nanoseconds.
    pub(crate) fn mean_over_choices_ns(&self, planner: &Planner<'_>) -> f64 {
        let of_option = |(option, laws): &(usize, Vec<Option<Distribution>>)| {
            let shares = planner.options().get(*option).map_or(&[][..], |info| info.shares());
            let added = laws.iter().skip(1).zip(shares);
            added.map(|(law, share)| law.as_ref().map_or(0.0, Distribution::mean) * share).sum::<f64>()
        };
        self.base.mean() + self.added.iter().map(of_option).sum::<f64>()
    }

    /// The mean of their sum in nanoseconds.
    fn mean_ns(&self, numbers: &[f64], model: &Model) -> f64 {
        self.laws(numbers, model).map(Distribution::mean).sum()
    }
}

/// The time of one operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OperationTime {
    /// The mean of the law it was drawn from.
    pub planned: SimDuration,
    /// What was drawn.
    pub drawn: SimDuration,
    /// How long before its end its place comes free.
    pub ahead: SimDuration,
}

impl ProcessTime {
    pub(crate) fn plan(&self, planner: &mut Planner<'_>) -> ProcessPlan {
        match self {
            ProcessTime::Same(time) => ProcessPlan::Same(time.distribution().clone()),
            ProcessTime::ByType(times) => {
                let others = times.iter().find(|(name, _)| name.text() == "*");
                let others = others.map(|(_, time)| time.distribution().clone());
                let mut table = vec![others; planner.part_type_count()];
                for (name, time) in times.iter().filter(|(name, _)| name.text() != "*") {
                    let index = planner.part_type(name).index();
                    if let Some(entry) = table.get_mut(index) {
                        *entry = Some(time.distribution().clone());
                    }
                }
                ProcessPlan::ByType(table)
            }
            ProcessTime::FromAttribute(from) => ProcessPlan::Attribute {
                index: planner.attribute(&from.attribute),
                unit_ns: from.unit.as_nanos() as f64,
            },
            ProcessTime::ByOption(by) => ProcessPlan::ByOption(Box::new(OptionTimes::plan(by, planner))),
        }
    }
}

/// What a workplace keeps to tell one time from the next.
#[derive(Debug)]
pub(crate) struct Pace<'a> {
    /// The means of the laws of its plan.
    pub means: &'a [SimDuration],
    /// How many of the times that are taken in turn are gone in the present round.
    pub turn: &'a mut u32,
    /// Where it draws from.
    pub stream: &'a mut Stream,
}

impl OperationTime {
    /// One draw of a law with that mean.
    #[inline(always)]
    pub(crate) fn draw(mean: SimDuration, law: &Distribution, stream: &mut Stream) -> Self {
        OperationTime { planned: mean, drawn: law.sample_duration(stream), ahead: SimDuration::ZERO }
    }

    /// The same where work takes `slowness` times as long as planned.
    #[inline(always)]
    pub(crate) fn slowed(self, slowness: f64) -> Self {
        if slowness == 1.0 {
            return self;
        }
        let slowed = |time: SimDuration| {
            SimDuration::from_nanos((time.as_nanos() as f64 * slowness) as i64).min(LONGEST_DURATION)
        };
        OperationTime { drawn: slowed(self.drawn), ahead: slowed(self.ahead), ..self }
    }
}

impl ProcessPlan {
    /// Whether parts of this type can be worked on by it.
    pub(crate) fn takes(&self, part_type: PartTypeIndex) -> bool {
        match self {
            ProcessPlan::Same(_)
            | ProcessPlan::Attribute { .. }
            | ProcessPlan::ByOption(_)
            | ProcessPlan::InTurn(_) => true,
            ProcessPlan::ByType(laws) => laws.get(part_type.index()).is_some_and(Option::is_some),
        }
    }

    /// The time of the next operation on `part` at `me`, and for what it counts: the step of its routing says, if it is done
    /// here, or else this element, whose `own` cadence it has; `None` where neither does. One draw (none for constants,
    /// attributes and times in turn; by options one a law that counts).
    #[inline(always)]
    pub(crate) fn operation(
        &self,
        model: &Model,
        parts: &Parts,
        part: &Part,
        me: ElementIndex,
        own: Cadence,
        pace: Pace<'_>,
    ) -> Option<(OperationTime, Cadence)> {
        let Pace { means, turn, stream } = pace;
        if let Some(step) = model.step_at(me, part) {
            if let (Some(time), Some(mean)) = (step.process_time(me), step.mean_at(me)) {
                return Some((OperationTime::draw(SimDuration::from_nanos(mean), time, stream), step.cadence));
            }
            if let Some(times) = &step.option_times {
                return Some((times.operation(parts.attributes(part.id), model, stream), step.cadence));
            }
        }
        let (index, time) = match self {
            ProcessPlan::Same(time) => (0, time),
            ProcessPlan::ByType(times) => (part.part_type.index(), times[part.part_type.index()].as_ref()?),
            ProcessPlan::Attribute { index, unit_ns } => {
                let time = parts.attributes(part.id)[*index] * unit_ns;
                let planned = SimDuration::from_nanos(time.max(0.0) as i64);
                let drawn = Distribution::Constant(time).sample_duration(stream);
                return Some((OperationTime { planned, drawn, ahead: SimDuration::ZERO }, own));
            }
            ProcessPlan::ByOption(times) => {
                return Some((times.operation(parts.attributes(part.id), model, stream), own));
            }
            ProcessPlan::InTurn(times) => {
                let count = (times.len() as u32).max(1);
                // The plan may have become shorter.
                let now = *turn % count;
                let time = *times.get(now as usize)?;
                *turn = (now + 1) % count;
                return Some((OperationTime { planned: time, drawn: time, ahead: SimDuration::ZERO }, own));
            }
        };
        Some((OperationTime::draw(means[index], time, stream), own))
    }

    /// For what the time of [`ProcessPlan::operation`] counts, without a draw.
    pub(crate) fn cadence(&self, model: &Model, part: &Part, me: ElementIndex, own: Cadence) -> Cadence {
        let step = model.step_at(me, part).filter(|step| step.mean_at(me).is_some());
        step.map_or(own, |step| step.cadence)
    }

    /// The mean of [`ProcessPlan::operation`] in nanoseconds, without a draw.
    pub(crate) fn expected_ns(&self, model: &Model, parts: &Parts, part: &Part, me: ElementIndex) -> i64 {
        let said = model.step_at(me, part);
        if let Some(times) = said.and_then(|step| step.option_times.as_ref()) {
            return times.mean_ns(parts.attributes(part.id), model) as i64;
        }
        said.and_then(|step| step.mean_at(me)).unwrap_or_else(|| self.mean_ns(model, parts, part))
    }

    /// The means of the laws, to be looked up by [`ProcessPlan::operation`]: some laws are slow to work theirs out.
    pub(crate) fn means(&self) -> Vec<SimDuration> {
        let mean = |time: &Distribution| SimDuration::from_nanos(time.mean() as i64);
        match self {
            ProcessPlan::Same(time) => vec![mean(time)],
            ProcessPlan::ByType(times) => {
                times.iter().map(|time| time.as_ref().map_or(SimDuration::ZERO, mean)).collect()
            }
            ProcessPlan::Attribute { .. } | ProcessPlan::ByOption(_) | ProcessPlan::InTurn(_) => Vec::new(),
        }
    }

    /// Mean time of an operation on `part` here, or on its first piece, in nanoseconds, its routing left aside.
    pub(crate) fn mean_ns(&self, model: &Model, parts: &Parts, part: &Part) -> i64 {
        let mean = match self {
            ProcessPlan::Same(time) => time.mean(),
            ProcessPlan::ByType(times) => times[part.part_type.index()].as_ref().map_or(0.0, Distribution::mean),
            ProcessPlan::Attribute { index, unit_ns } => parts.attributes(part.id)[*index] * unit_ns,
            ProcessPlan::ByOption(times) => times.mean_ns(parts.attributes(part.id), model),
            ProcessPlan::InTurn(times) => mean_of(times),
        };
        mean as i64
    }
}

/// The mean of durations in nanoseconds, 0 if there are none.
fn mean_of(times: &[SimDuration]) -> f64 {
    let sum: f64 = times.iter().map(|time| time.as_nanos() as f64).sum();
    sum / times.len().max(1) as f64
}
