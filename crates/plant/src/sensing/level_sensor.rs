//! Level sensors: how many parts are at an element.

use crate::description::{Name, describe};
use crate::element::ElementKind;
use crate::plan::Planner;
use crate::sensing::sensor::{Quantity, SensorPlan, sensor_handlers};
use crate::sensing::signal::Measurement;

describe! {
    /// A sensor that shows how many parts are at an element; at a pool, how many of its members are at work.
    pub struct LevelSensor {
        /// The element.
        of: Name,
        /// How the level becomes a reading.
        signal: Measurement = Measurement::default(),
    }
}

impl ElementKind for LevelSensor {
    const NAME: &'static str = "LevelSensor";
    const EXAMPLE: &'static str = r#"LevelSensor(of: "mill", signal: (sampling: Every("1 s"), noise: 0.2))"#;

    fn plan(&self, planner: &mut Planner<'_>) -> SensorPlan {
        SensorPlan {
            quantity: Quantity::Level { of: planner.element(&self.of) },
            measurement: self.signal.plan(planner),
            unit: self.signal.unit.clone().unwrap_or_default().into(),
        }
    }

    sensor_handlers!();
}
