//! Level sensors: how many parts are at an element, or how much liquid is in a tank.

use crate::description::{Name, describe};
use crate::element::ElementKind;
use crate::fluid::pipe::Pipe;
use crate::fluid::tank::Tank;
use crate::plan::Planner;
use crate::sensing::sensor::{Quantity, SensorPlan, sensor_handlers};
use crate::sensing::signal::Measurement;

describe! {
    /// A sensor that shows how many parts are at an element; at a pool, how many of its members are at work. Of a tank it shows
    /// how many litres are in it, and of a pipe how many are on their way. What a tank holds changes all the time: read on
    /// change, it is read when a flow changes, when the tank is full or empty, and at the nanosecond at which one of its
    /// `levels` is passed, which an alarm on that level needs.
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
        let is_liquid = matches!(planner.kind_of(&self.of), Some(Tank::NAME | Pipe::NAME));
        let unit = if is_liquid { "l" } else { "" };
        SensorPlan {
            quantity: Quantity::Level { of: planner.element(&self.of) },
            measurement: self.signal.plan(planner),
            unit: self.signal.unit.clone().unwrap_or_else(|| unit.to_owned()).into(),
        }
    }

    sensor_handlers!();
}
