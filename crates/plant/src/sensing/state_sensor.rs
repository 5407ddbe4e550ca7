//! State sensors: what an element is doing, as a number that controls and time series can carry.

use crate::description::{Name, describe};
use crate::element::ElementKind;
use crate::plan::Planner;
use crate::sensing::sensor::{Quantity, SensorPlan, sensor_handlers};
use crate::sensing::signal::Measurement;

describe! {
    /// A sensor that shows the state of an element as a number: 0 Starved, 1 Processing, 2 Setup, 3 Blocked,
    /// 4 WaitingForOperator, 5 WaitingForTransport, 6 MinorStop, 7 Failed, 8 WaitingForRepair, 9 Repair,
    /// 10 PlannedMaintenance, 11 OffShift, 12 WarmingUp, 13 WaitingForMaterial. From 6 to 9 the element is down.
    pub struct StateSensor {
        /// The element.
        of: Name,
        /// How the number becomes a reading.
        signal: Measurement = Measurement::default(),
    }
}

impl ElementKind for StateSensor {
    const NAME: &'static str = "StateSensor";
    const EXAMPLE: &'static str = r#"StateSensor(of: "mill")"#;

    fn plan(&self, planner: &mut Planner<'_>) -> SensorPlan {
        SensorPlan {
            quantity: Quantity::State { of: planner.element(&self.of) },
            measurement: self.signal.plan(planner),
            unit: self.signal.unit.clone().unwrap_or_default().into(),
        }
    }

    sensor_handlers!();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::Describe;
    use crate::state::State;

    #[test]
    fn the_documentation_gives_every_state_its_number() {
        let documentation = StateSensor::shape().documentation.replace('\n', " ");
        for state in State::ALL {
            let entry = format!("{} {}", state as u8, state.name());
            assert!(documentation.contains(&entry), "{entry} is not in: {documentation}");
        }
    }
}
