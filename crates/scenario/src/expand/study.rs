//! What a scenario says besides its plant: how often to play it, which variants to compare, what to expect.

use std::sync::Arc;

use plant::codes::SEVERAL_CURRENCIES;
use plant::declare_codes;
use plant::description::{
    Complaint, Describe, Energy, Frequency, Mass, Money, Name, Node, Origin, Power, Ratio, Reader, Shape, Value,
    Volume, describe, nearest,
};
use plant::kpi::{self, Column, Measure};
use plant::model::Model;
use plant::plant::Plant;

use crate::design::{Design, Optimization, Setting};
use crate::load::Rejected;
use crate::sources::Sources;

declare_codes! {
    /// An address that leads to no KPI.
    UNKNOWN_KPI = "LW0510", "KPI that does not exist",
    "A KPI is written as its key, and after an `@` the element or part type it belongs to; without one it is that of the \
     plant. docs/kpis.md lists them all.\n\nBad:\n    expect: [AtLeast(\"through_put\", 100)],\n\
     Good:\n    expect: [AtLeast(\"throughput\", 100), AtLeast(\"oee@mill\", \"78 %\")],";
    /// Numbers of replications, or a confidence, that make no sense.
    IMPOSSIBLE_STUDY = "LW0511", "study that cannot be carried out",
    "At least one replication is played, an interval needs two, and a confidence lies between 0 and 1, both left out.\n\n\
     Bad:\n    replications: Until(kpi: \"throughput\", half_width: Relative(0), min: 30, max: 10),\n\
     Good:\n    replications: Until(kpi: \"throughput\", half_width: Relative(\"2 %\"), min: 10, max: 30),";
}

/// The address of a KPI, as in `oee@mill`.
#[derive(Debug, Clone, PartialEq)]
pub struct KpiAddress(Name);

impl KpiAddress {
    /// The key, and what it belongs to.
    fn parts(&self) -> (&str, Option<&str>) {
        match self.0.text().split_once('@') {
            Some((key, subject)) => (key.trim(), Some(subject.trim())),
            None => (self.0.text().trim(), None),
        }
    }

    /// Where it is written.
    pub(crate) fn origin(&self) -> Origin {
        self.0.origin()
    }
}

impl Describe for KpiAddress {
    fn shape() -> Shape {
        let documentation =
            "A KPI: its key, and after an `@` the element or part type it belongs to. [All KPIs](kpis.md).";
        Shape::one_of("KPI", documentation, &["\"throughput\"", "\"oee@mill\""], Vec::new())
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Some(KpiAddress(Name::new(&String::read(node, reader)?, node.origin)))
    }
}

/// A value of a KPI, kept until it is known in which unit it is to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct KpiValue(Node);

impl Describe for KpiValue {
    fn shape() -> Shape {
        let documentation = "A value of that KPI: times, energies, powers and sums of money with their unit, ratios as a number or in percent, \
                             counts and parts per hour as a number.";
        Shape::one_of("KPI value", documentation, &["120", "\"78 %\"", "\"6 h\"", "\"1.2 kWh\""], Vec::new())
    }

    fn read(node: &Node, _reader: &mut Reader<'_>) -> Option<Self> {
        Some(KpiValue(node.clone()))
    }
}

describe! {
    /// How narrow an interval has to be.
    pub enum Precision {
        /// Half its width, as a share of the mean.
        Relative(
            /// The share.
            share: Ratio,
        ),
        /// Half its width.
        Absolute(
            /// The width, as a value of the KPI.
            width: KpiValue,
        ),
    }
}

describe! {
    /// Replications until the 95 % interval of a KPI is narrow enough.
    pub struct Until {
        /// The KPI.
        kpi: KpiAddress,
        /// How narrow.
        half_width: Precision,
        /// Fewest replications.
        min: u32 = 10,
        /// Most replications.
        max: u32 = 1000,
    }
}

/// How many replications a scenario asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplicationsDescription {
    /// So many.
    Fixed(u32),
    /// As many as it takes.
    Until(Until),
}

impl Describe for ReplicationsDescription {
    fn shape() -> Shape {
        Shape::one_of(
            "Replications",
            "A number of replications, or the precision to reach.",
            &["30", r#"Until(kpi: "throughput", half_width: Relative("2 %"), min: 10, max: 200)"#],
            vec![Until::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Struct { .. } | Value::Identifier(_) | Value::Call { .. } => {
                Some(ReplicationsDescription::Until(Until::read(node, reader)?))
            }
            _ => Some(ReplicationsDescription::Fixed(u32::read(node, reader)?)),
        }
    }

    fn write(&self) -> Option<String> {
        match self {
            ReplicationsDescription::Fixed(number) => Some(number.to_string()),
            ReplicationsDescription::Until(_) => None,
        }
    }
}

describe! {
    /// What has to hold for a scenario to pass.
    pub enum ExpectationDescription {
        /// The KPI is at least so large: the lower bound of its mean over the replications is.
        AtLeast(
            /// The KPI.
            kpi: KpiAddress,
            /// The least value.
            bound: KpiValue,
            /// How sure one has to be.
            confidence: f64 = 0.95,
        ),
        /// The KPI is at most so large: the upper bound of its mean over the replications is.
        AtMost(
            /// The KPI.
            kpi: KpiAddress,
            /// The largest value.
            bound: KpiValue,
            /// How sure one has to be.
            confidence: f64 = 0.95,
        ),
    }
}

/// When enough replications are played.
#[derive(Debug, Clone, PartialEq)]
pub enum Replications {
    /// After so many.
    Fixed(u64),
    /// As soon as the interval of a KPI is narrow enough.
    Until {
        /// The KPI.
        kpi: Column,
        /// Half the width it may have: a share of the mean, or a value.
        half_width: HalfWidth,
        /// Fewest replications.
        min: u64,
        /// Most replications.
        max: u64,
    },
}

/// Half the width an interval may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HalfWidth {
    /// As a share of the mean.
    Relative(f64),
    /// In the unit of the KPI.
    Absolute(f64),
}

/// Which side of a bound is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// At least the bound.
    AtLeast,
    /// At most the bound.
    AtMost,
}

/// An expectation, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// The KPI.
    pub kpi: Column,
    /// Which side of the bound is good.
    pub sense: Sense,
    /// The bound, in the unit of the KPI.
    pub bound: f64,
    /// How sure one has to be, between 0 and 1.
    pub confidence: f64,
    /// Where it stands.
    pub origin: Origin,
}

/// One variant of a scenario.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// What it changes.
    pub settings: Vec<Setting>,
    /// Its plant.
    pub plant: Arc<Plant>,
}

/// What a scenario says besides its plant, checked.
#[derive(Debug, Clone, Default)]
pub struct Study {
    /// How many replications it asks for, if it does.
    pub replications: Option<Replications>,
    /// Its variants, in file order.
    pub variants: Vec<Variant>,
    /// Which points a sweep of it plays, if it says so.
    pub sweep: Option<Design>,
    /// What an optimisation of it looks for, if it says so.
    pub optimization: Option<Optimization>,
    /// What it expects.
    pub expectations: Vec<Expectation>,
}

/// Resolves the replications a scenario asks for against its plant.
pub(super) fn replications(
    description: &ReplicationsDescription,
    origin: Origin,
    plant: Option<&Plant>,
    reader: &mut Reader<'_>,
) -> Option<Replications> {
    let refuse = |reader: &mut Reader<'_>, message: &str, label: &str| {
        reader.complain(Complaint::new(&IMPOSSIBLE_STUDY, origin, message).label(label));
        None
    };
    match description {
        ReplicationsDescription::Fixed(0) => refuse(reader, "nothing would be played", "expected at least 1"),
        ReplicationsDescription::Fixed(number) => Some(Replications::Fixed(u64::from(*number))),
        ReplicationsDescription::Until(Until { kpi, half_width, min, max }) => {
            let kpi = column(kpi, plant, reader)?;
            let half_width = match half_width {
                Precision::Relative(share) => HalfWidth::Relative(share.value()),
                Precision::Absolute(width) => HalfWidth::Absolute(value(width, kpi.definition.measure, plant, reader)?),
            };
            let (HalfWidth::Relative(width) | HalfWidth::Absolute(width)) = half_width;
            if width <= 0.0 {
                return refuse(reader, "no interval gets that narrow", "`half_width` has to be more than 0");
            }
            if *min < 2 || max < min {
                return refuse(reader, "no number of replications fits", "expected 2 <= min <= max");
            }
            Some(Replications::Until { kpi, half_width, min: u64::from(*min), max: u64::from(*max) })
        }
    }
}

/// Resolves an expectation, which stands at `origin`, against the plant.
pub(super) fn expectation(
    description: &ExpectationDescription,
    origin: Origin,
    plant: Option<&Plant>,
    reader: &mut Reader<'_>,
) -> Option<Expectation> {
    let (sense, (kpi, bound, confidence)) = match description {
        ExpectationDescription::AtLeast(kpi, bound, confidence) => (Sense::AtLeast, (kpi, bound, *confidence)),
        ExpectationDescription::AtMost(kpi, bound, confidence) => (Sense::AtMost, (kpi, bound, *confidence)),
    };
    // What a KPI measures is known whether it is one of this plant or not, so a wrong value is told beside a wrong plant.
    let measures = measure(kpi);
    let kpi = column(kpi, plant, reader);
    let bound = measures.and_then(|measures| value(bound, measures, plant, reader));
    let (kpi, bound) = (kpi?, bound?);
    if !(confidence > 0.0 && confidence < 1.0) {
        let message = format!("nobody can be sure to {confidence}");
        reader.complain(Complaint::new(&IMPOSSIBLE_STUDY, origin, message).label("expected a confidence such as 0.95"));
        return None;
    }
    Some(Expectation { kpi, sense, bound, confidence, origin })
}

/// What the KPI that `address` names measures, whatever it belongs to.
pub(crate) fn measure(address: &KpiAddress) -> Option<Measure> {
    let (key, _) = address.parts();
    kpi::definitions().find(|definition| definition.key == key).map(|definition| definition.measure)
}

/// The column that `address` names. Without a plant, because something is wrong with that, there is none; the key can be wrong
/// all the same.
pub(crate) fn column(address: &KpiAddress, plant: Option<&Plant>, reader: &mut Reader<'_>) -> Option<Column> {
    let text = address.0.text();
    let (key, subject) = address.parts();
    let Some(plant) = plant else {
        if measure(address).is_none() {
            let complaint = Complaint::new(&UNKNOWN_KPI, address.0.origin(), format!("there is no KPI `{text}`"));
            let near = nearest(key, kpi::definitions().map(|definition| definition.key));
            let near = near.map(|near| format!("did you mean `{}`?", text.replacen(key, near, 1)));
            let help = near.unwrap_or_else(|| "docs/kpis.md lists all KPIs".to_owned());
            reader.complain(complaint.label("expected a KPI").help(help));
        }
        return None;
    };
    let mut columns = kpi::columns(&plant.model);
    let is_it = |column: &Column| column.definition.key == key && column.subject.as_deref() == subject;
    if let Some(index) = columns.iter().position(is_it) {
        return Some(columns.swap_remove(index));
    }
    let subjects = || columns.iter().filter_map(|column| column.subject.as_deref());
    let of_subject = columns.iter().filter(|column| column.subject.as_deref() == subject);
    let help = match subject {
        Some(subject) if let Some(group) = unstudied(subject, &plant.model) => {
            format!(
                "studies keep the KPIs of each tool if the group says `each_tool: true`; others are those of `{key}@{group}`"
            )
        }
        Some(subject) if !subjects().any(|known| known == subject) => match nearest(subject, subjects()) {
            Some(near) => format!("did you mean `{key}@{near}`?"),
            None => "write the name of an element or part type after the `@`".to_owned(),
        },
        _ => match nearest(key, of_subject.map(|column| column.definition.key)) {
            Some(near) => format!("did you mean `{}`?", text.replacen(key, near, 1)),
            None => match columns.iter().find(|column| column.definition.key == key) {
                Some(known) => format!("`{key}` is known of others, as in `{known}`"),
                None => "docs/kpis.md lists all KPIs".to_owned(),
            },
        },
    };
    let message = format!("there is no KPI `{text}`");
    reader.complain(Complaint::new(&UNKNOWN_KPI, address.0.origin(), message).label("expected a KPI").help(help));
    None
}

/// The group of the tool of that name whose KPIs studies do not keep.
fn unstudied<'m>(name: &str, model: &'m Model) -> Option<&'m str> {
    let tool = model.elements.iter().find(|element| &*element.name == name && !element.is_studied)?;
    Some(model.name(tool.group?))
}

/// The value of a KPI that measures `measure`, as somebody typed it after the option `name`.
///
/// # Errors
/// What is wrong with it.
pub fn kpi_value(name: &str, text: &str, measure: Measure, plant: &Plant) -> Result<f64, Box<Rejected>> {
    let sources = Sources::default();
    let complaints = match sources.add_text(name, text, "") {
        Ok(source) => {
            let node = text.trim().parse().map_or_else(|_| Node::text(text.trim()), Node::float);
            let node = node.at(Origin::new(source, 0, text.len() as u32));
            let mut reader = Reader::new(&sources);
            if let Some(value) = value(&KpiValue(node), measure, Some(plant), &mut reader) {
                return Ok(value);
            }
            reader.into_complaints()
        }
        Err(complaint) => vec![complaint],
    };
    Err(Box::new(Rejected { sources, complaints }))
}

/// A value in the unit of a measure.
pub(crate) fn value(value: &KpiValue, measure: Measure, plant: Option<&Plant>, reader: &mut Reader<'_>) -> Option<f64> {
    const MILLIJOULES_PER_KWH: f64 = 3.6e9;
    let node = &value.0;
    match (measure, &node.value) {
        (Measure::Time, _) => Some(kernel::SimDuration::read(node, reader)?.as_seconds_f64()),
        (Measure::Energy, _) => Some(Energy::read(node, reader)?.as_millijoules() as f64 / MILLIJOULES_PER_KWH),
        (Measure::Power, _) => Some(Power::read(node, reader)?.as_milliwatts() as f64 / 1e6),
        (Measure::Mass, _) => Some(Mass::read(node, reader)?.as_kilograms()),
        (Measure::Volume, _) => Some(Volume::read(node, reader)?.as_nanolitres() as f64 / 1e9),
        (Measure::Cost, _) => {
            let money = Money::read(node, reader)?;
            let currency = plant.and_then(|plant| plant.model.currency());
            match currency.filter(|currency| ***currency != *money.currency()) {
                None => Some(money.millionths() as f64 / 1e6),
                Some(currency) => {
                    let message = format!("this sum is in {}, those of the plant in {currency}", money.currency());
                    let complaint = Complaint::new(&SEVERAL_CURRENCIES, node.origin, message);
                    reader.complain(complaint.label(format!("expected a sum in {currency}")));
                    None
                }
            }
        }
        (Measure::PartsPerHour, Value::Text(_)) => {
            Some(Frequency::read(node, reader)?.as_millionths_per_week() as f64 / (1e6 * 168.0))
        }
        (Measure::Ratio, Value::Text(_)) => Some(Ratio::read(node, reader)?.value()),
        (Measure::Ratio | Measure::Parts | Measure::PartsPerHour | Measure::Emission, _) => f64::read(node, reader),
    }
}
