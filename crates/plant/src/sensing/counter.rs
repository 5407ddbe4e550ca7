//! Counters: how many parts came, went or were worked on at an element.

use kernel::SimDuration;

use crate::codes;
use crate::description::{Name, describe};
use crate::element::ElementKind;
use crate::plan::Planner;
use crate::sensing::sensor::{Quantity, SensorPlan, sensor_handlers};
use crate::sensing::signal::Measurement;
use crate::unit::Counts;

describe! {
    /// What a counter counts.
    #[derive(Copy)]
    pub enum Counted {
        /// Parts that came in.
        Arrived,
        /// Parts that left, wherever to.
        Departed,
        /// Operations finished.
        Processed,
        /// Operations whose result was judged good.
        Good,
        /// Parts scrapped there.
        Scrapped,
        /// Parts sent back for rework from there.
        Reworked,
        /// Failures that began.
        Failures,
        /// Parts turned away because there was no room.
        Lost,
    }
}

describe! {
    /// What a counter shows.
    pub enum CounterOutput {
        /// The count since the run began; it goes on counting at the end of the warm-up.
        Total,
        /// The count since the reading before.
        PerInterval,
        /// The count since the reading before, as a rate.
        Rate(
            /// The time that the rate is per.
            per: SimDuration,
        ),
    }
}

describe! {
    /// A sensor that counts at an element.
    pub struct Counter {
        /// The element.
        of: Name,
        /// What is counted.
        count: Counted = Counted::Processed,
        /// What is shown.
        output: CounterOutput = CounterOutput::Total,
        /// How the count becomes a reading.
        signal: Measurement = Measurement::default(),
    }
}

impl ElementKind for Counter {
    const NAME: &'static str = "Counter";
    const EXAMPLE: &'static str =
        r#"Counter(of: "mill", count: Processed, output: Rate("1 h"), signal: (sampling: Every("10 min")))"#;

    fn plan(&self, planner: &mut Planner<'_>) -> SensorPlan {
        let measurement = self.signal.plan(planner);
        let mut complain = |message: &str, help: &str| {
            let origin = planner.origin();
            planner.complain(&codes::CONTRADICTION, origin, message, "in this counter", Some(help.to_owned()));
        };
        if self.output != CounterOutput::Total && measurement.interval.is_none() {
            complain(
                "this counter shows counts of an interval and has none",
                "say how long it is: signal: (sampling: Every(\"10 min\"))",
            );
        }
        if let CounterOutput::Rate(per) = self.output
            && per <= SimDuration::ZERO
        {
            complain("this counter shows a rate per no time at all", "give `Rate` a time above 0, as in Rate(\"1 h\")");
        }
        let unit = match &self.output {
            CounterOutput::Rate(per) => {
                let per = per.to_string();
                match per.strip_prefix("1 ") {
                    Some(unit) if !unit.contains(' ') => format!("1/{unit}"),
                    _ => format!("1/({per})"),
                }
            }
            _ => String::new(),
        };
        SensorPlan {
            quantity: Quantity::Count {
                of: planner.element(&self.of),
                counted: self.count,
                output: self.output.clone(),
            },
            measurement,
            unit: self.signal.unit.clone().unwrap_or(unit).into(),
        }
    }

    sensor_handlers!();
}

impl Counted {
    /// The count that is meant, of `counts`.
    pub(crate) fn of(self, counts: &Counts) -> u64 {
        match self {
            Counted::Arrived => counts.arrived,
            Counted::Departed => counts.departed,
            Counted::Processed => counts.processed,
            Counted::Good => counts.good(),
            Counted::Scrapped => counts.scrapped,
            Counted::Reworked => counts.reworked,
            Counted::Failures => counts.failures,
            Counted::Lost => counts.lost,
        }
    }
}
