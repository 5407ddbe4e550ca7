//! Key performance indicators: from the times and counts of a report to the figures people steer by.
//!
//! Names follow ISO 22400-2, states SEMI E10. The text of the standards was not at hand: each KPI cites the formula it
//! is computed by, in the standard's abbreviations, and what the engine puts in for each:
//!
//! | abbreviation | here |
//! |---|---|
//! | PBT planned busy time | observed time - OffShift - PlannedMaintenance |
//! | APT actual production time | Processing |
//! | AUST actual unit setup time | Setup |
//! | AUPT actual unit processing time | APT + AUST |
//! | ADET actual unit delay time | MinorStop + Failed + WaitingForRepair + Repair: what the unit itself causes |
//! | AUBT actual unit busy time | AUPT + WarmingUp + ADET + Blocked + WaitingForOperator + WaitingForTransport + WaitingForMaterial: all but Starved |
//! | AOET actual order execution time | observed time: the whole observation counts as one order |
//! | PQ produced, GQ good, SQ scrap, RQ rework quantity | operations finished, judged good, parts scrapped, sent back |
//! | GP good parts at first pass, IP inspected parts | the same, over parts that were never sent back |
//! | PRI planned run time per item | mean of the process-time law an operation was drawn from, over the parallel places; where jobs overlap, for as long as each holds its place |
//!
//! PRI is the model's own mean: a scenario holds no work plan beside its process times. Effectiveness therefore shows
//! work that is done again after a failure and parallel places that stand empty, and scatters about 1 otherwise.
//!
//! Invariant: a KPI is a finite number or undefined (`None`), never NaN.

use crate::report::Report;

mod address;
mod bottleneck;
mod carrier;
mod column;
mod element;
pub mod figure;
mod order;
mod plant;

#[cfg(test)]
mod tests;

pub use address::{FindError, find};
pub use bottleneck::{Bottleneck, Candidate, Limit, bottleneck, candidates, piles_up};
pub use carrier::of_carrier;
pub use column::{Column, columns, values};
pub use element::of_element;
pub use figure::Quantity;
pub use order::of_order;
pub use plant::{of_part_type, of_plant};

/// What a KPI measures, and so how it is shown and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// A share or ratio; 1 is the whole.
    Ratio,
    /// A time in seconds.
    Time,
    /// Parts, or operations on parts.
    Parts,
    /// Parts per hour.
    PartsPerHour,
    /// Energy in kilowatt-hours.
    Energy,
    /// Power in kilowatts.
    Power,
    /// Greenhouse gases in kilograms of CO2 equivalent.
    Emission,
    /// Volume in litres.
    Volume,
    /// Mass in kilograms.
    Mass,
    /// Money in the currency of the plant.
    Cost,
}

impl Measure {
    /// The unit of the values; empty for ratios and counts.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Measure::Ratio | Measure::Parts => "",
            Measure::Time => "s",
            Measure::PartsPerHour => "/h",
            Measure::Energy => "kWh",
            Measure::Power => "kW",
            Measure::Emission | Measure::Mass => "kg",
            Measure::Volume => "l",
            Measure::Cost => "currency",
        }
    }
}

/// What a KPI is, whatever its value.
#[derive(Debug, PartialEq, Eq)]
pub struct Definition {
    /// The name programs know it by, as in `oee@mill`; it never changes.
    pub key: &'static str,
    /// The name people know it by.
    pub name: &'static str,
    /// What it measures.
    pub measure: Measure,
    /// How it is computed.
    pub formula: &'static str,
    /// Where the name and the formula come from.
    pub source: &'static str,
}

/// One KPI of one element, part type or plant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kpi {
    /// What it is.
    pub definition: &'static Definition,
    /// What it measures, of costs with the currency of the plant.
    pub quantity: Quantity,
    /// Its value in the unit of its measure; `None` where it is undefined (no failure, so no mean time to repair).
    pub value: Option<f64>,
    /// How many observations it rests on, where that can be said.
    pub count: Option<u64>,
}

/// A value and the number of observations behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Reading {
    value: Option<f64>,
    count: Option<u64>,
}

/// What has KPIs: elements, part types, the plant. Subjects borrow from a report, formulas do not.
trait Subjects: 'static {
    type Subject<'r>;
}

/// A KPI of subjects of one sort.
struct Formula<S: Subjects> {
    definition: Definition,
    /// Whether it means anything for this subject.
    applies: for<'r> fn(&S::Subject<'r>) -> bool,
    read: for<'r> fn(&S::Subject<'r>) -> Reading,
}

/// All KPIs of `subject`, which is part of `report`, that mean anything for it.
fn read_all<S: Subjects>(formulas: &'static [Formula<S>], subject: &S::Subject<'_>, report: &Report) -> Vec<Kpi> {
    let kpi = |formula: &'static Formula<S>| {
        let Reading { value, count } = (formula.read)(subject);
        let definition = &formula.definition;
        let quantity = Quantity::of(definition.measure, report.currency.as_deref());
        Kpi { definition, quantity, value: value.filter(|value| value.is_finite()), count }
    };
    formulas.iter().filter(|formula| (formula.applies)(subject)).map(kpi).collect()
}

/// Every KPI that there is, by what has it: an element, a part type, the plant, an order, an energy carrier.
#[must_use]
pub fn by_subject() -> [(&'static str, Vec<&'static Definition>); 5] {
    fn of<S: Subjects>(formulas: &'static [Formula<S>]) -> Vec<&'static Definition> {
        formulas.iter().map(|formula| &formula.definition).collect()
    }
    [
        ("an element", of(element::FORMULAS)),
        ("a part type", of(plant::PART_TYPE_FORMULAS)),
        ("the plant", of(plant::FORMULAS)),
        ("an order of a plant that keeps to a schedule", of(order::ORDER_FORMULAS)),
        ("an energy carrier", of(carrier::FORMULAS)),
    ]
}

/// All of them, in that order: what can stand in an address. A key that several kinds of subject have comes once for each.
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    by_subject().into_iter().flat_map(|(_, definitions)| definitions)
}

/// A value on its own.
fn value(value: f64) -> Reading {
    Reading { value: Some(value), count: None }
}

/// A value that may be undefined.
fn maybe(value: Option<f64>) -> Reading {
    Reading { value, count: None }
}

/// `part / whole`; undefined where there is no whole.
fn quotient(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// `part / whole` of counts, resting on `whole` observations.
fn share_of(part: u64, whole: u64) -> Reading {
    Reading { value: quotient(part as f64, whole as f64), count: Some(whole) }
}

/// The source of what engineers use without a standard.
const PRACTICE: &str = "common practice";
/// The source of the ISO KPIs.
const ISO: &str = "ISO 22400-2";
/// The source of the equipment states.
const E10: &str = "SEMI E10";
/// Joules in a kilowatt-hour.
const JOULES_PER_KWH: f64 = 3.6e6;
