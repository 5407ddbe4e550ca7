//! What electricity emits: one factor, or others at some times of the week, as grids with much sun or wind have them.

use super::weekly::{Said, Weekly};
use crate::availability::instant::StartInstant;
use crate::description::{
    ClockTime, Complaint, Describe, Emission, Node, Origin, Reader, Shape, Value, Weekdays, describe,
};

describe! {
    /// A time of the week at which electricity emits something else.
    pub struct EmissionPeriod {
        /// The days on which it begins.
        days: Weekdays = Weekdays::every_day(),
        /// When it begins, local time.
        from: ClockTime,
        /// When it ends; at or before `from` means on the next day.
        to: ClockTime,
        /// Greenhouse gases per energy then.
        emission: EmissionSaid,
    }
}

describe! {
    /// Greenhouse gases per energy, week by week.
    pub struct EmissionTimes {
        /// What holds whenever `times` says nothing else, as in `380 g/kWh`.
        emission: Emission,
        /// Times with another factor; no two of them at once.
        times: Vec<EmissionPeriod> = Vec::new(),
    }
}

/// An emission factor, and where it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmissionSaid {
    factor: Emission,
    origin: Origin,
}

impl Describe for EmissionSaid {
    fn shape() -> Shape {
        Emission::shape()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Some(EmissionSaid { factor: Emission::read(node, reader)?, origin: node.origin })
    }

    fn write(&self) -> Option<String> {
        self.factor.write()
    }
}

/// The greenhouse gases of electricity: the same always, or by the time of the week.
#[derive(Debug, Clone, PartialEq)]
pub struct EmissionFactor(EmissionTimes);

impl Describe for EmissionFactor {
    fn shape() -> Shape {
        Shape::one_of(
            "EmissionFactor",
            "Greenhouse gases per energy, the same always or by the time of the week. With `times` the results show what each \
             hour of the day emitted.",
            &[
                "\"380 g/kWh\"",
                r#"(emission: "420 g/kWh", times: [(from: "10:00", to: "16:00", emission: "210 g/kWh")])"#,
            ],
            vec![Emission::shape(), EmissionTimes::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Struct { .. } => EmissionTimes::read(node, reader).map(EmissionFactor),
            _ => Some(EmissionFactor(EmissionTimes { emission: Emission::read(node, reader)?, times: Vec::new() })),
        }
    }

    fn write(&self) -> Option<String> {
        if self.0.times.is_empty() { self.0.emission.write() } else { self.0.write() }
    }
}

impl EmissionFactor {
    /// Grams per kilowatt-hour, where that is the same always.
    pub(super) fn constant(&self) -> Option<f64> {
        self.0.times.is_empty().then(|| self.0.emission.g_per_kwh())
    }

    /// Micrograms per kilowatt-hour by the time of the week, where that counts.
    pub(super) fn weekly(&self, start: StartInstant) -> Result<Option<Weekly<i64>>, Vec<Complaint>> {
        if self.0.times.is_empty() {
            return Ok(None);
        }
        let said = |EmissionPeriod { days, from, to, emission }: &EmissionPeriod| Said {
            days: *days,
            from: *from,
            to: *to,
            value: emission.factor.as_micrograms_per_kwh(),
            origin: emission.origin,
        };
        let periods: Vec<Said<i64>> = self.0.times.iter().map(said).collect();
        Weekly::of(self.0.emission.as_micrograms_per_kwh(), &periods, start, "emission factors").map(Some)
    }
}
