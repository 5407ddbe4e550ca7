//! KPIs of energy carriers besides electricity.

use super::{Definition, Formula, JOULES_PER_KWH, Kpi, Measure, PRACTICE, Subjects};
use super::{maybe, read_all, value};
use crate::energy::CarrierMeasure;
use crate::report::{CarrierReport, Report};

/// The sort of subject that energy carriers are.
pub(super) struct Carriers;

impl Subjects for Carriers {
    type Subject<'r> = &'r CarrierReport;
}

/// The KPIs of `carrier`, one of `report`.
#[must_use]
pub fn of_carrier(carrier: &CarrierReport, report: &Report) -> Vec<Kpi> {
    read_all(FORMULAS, &carrier, report)
}

fn by_energy(carrier: &&CarrierReport) -> bool {
    carrier.measure == CarrierMeasure::Energy
}

fn by_volume(carrier: &&CarrierReport) -> bool {
    carrier.measure == CarrierMeasure::Volume
}

fn is_made(carrier: &&CarrierReport) -> bool {
    carrier.electricity_j.is_some()
}

fn is_bought(carrier: &&CarrierReport) -> bool {
    carrier.cost.is_some()
}

fn emits(carrier: &&CarrierReport) -> bool {
    carrier.emission_g.is_some()
}

/// One line of the table below.
macro_rules! formulas {
    ($($key:literal, $name:literal, $measure:ident, $formula:literal, $applies:ident, $read:expr;)*) => {
        /// All KPIs of energy carriers.
        pub(super) static FORMULAS: &[Formula<Carriers>] = &[$(Formula {
            definition: Definition {
                key: $key,
                name: $name,
                measure: Measure::$measure,
                formula: $formula,
                source: PRACTICE,
            },
            applies: $applies,
            read: $read,
        },)*];
    };
}

formulas! {
    "energy", "Energy", Energy, "sum of power x time, and of what is drawn for each part, over all elements", by_energy,
        |my| value(my.used / JOULES_PER_KWH);
    "volume", "Volume", Volume, "sum of flow x time, and of what is drawn for each part, over all elements", by_volume,
        |my| value(my.used);
    "electricity", "Electricity that makes it", Energy, "volume x electricity per volume; it is in the energy of the elements", is_made,
        |my| maybe(my.electricity_j.map(|joules| joules / JOULES_PER_KWH));
    "energy_cost", "Cost", Cost, "energy or volume x price", is_bought, |my| maybe(my.cost);
    "co2e", "Greenhouse gases", Emission, "energy or volume x emission factor", emits,
        |my| maybe(my.emission_g.map(|grams| grams / 1000.0));
}
