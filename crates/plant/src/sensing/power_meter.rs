//! Power meters: the electrical power that an element or the whole plant draws.

use crate::description::{Name, describe};
use crate::element::ElementKind;
use crate::plan::Planner;
use crate::sensing::sensor::{Quantity, SensorPlan, sensor_handlers};
use crate::sensing::signal::Measurement;

describe! {
    /// A sensor that shows electrical power in kW. An element without `energy` draws none.
    pub struct PowerMeter {
        /// The element; the whole plant unless given.
        of: Option<Name> = None,
        /// How the power becomes a reading.
        signal: Measurement = Measurement::default(),
    }
}

impl ElementKind for PowerMeter {
    const NAME: &'static str = "PowerMeter";
    const EXAMPLE: &'static str =
        r#"PowerMeter(of: "mill", signal: (sampling: Every("1 min"), noise: 0.05, resolution: 0.1, range: (0, 50)))"#;

    fn plan(&self, planner: &mut Planner<'_>) -> SensorPlan {
        SensorPlan {
            quantity: Quantity::Power { of: self.of.as_ref().map(|of| planner.element(of)) },
            measurement: self.signal.plan(planner),
            unit: self.signal.unit.clone().unwrap_or_else(|| "kW".to_owned()).into(),
        }
    }

    sensor_handlers!();
}
