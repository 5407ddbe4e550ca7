//! Process values: a temperature, a pressure, a vibration that follows what an element is doing.

use kernel::SimDuration;

use crate::codes;
use crate::description::{Map, Name, describe, nearest};
use crate::element::{ElementIndex, ElementKind};
use crate::floor::Floor;
use crate::plan::Planner;
use crate::sensing::sensor::{Quantity, SensorPlan, sensor_handlers};
use crate::sensing::signal::Measurement;
use crate::state::{STATE_COUNT, State};

describe! {
    /// A sensor of a physical value that is drawn towards a target, which depends on the state of an element: an oven
    /// that is hot while it works and cools down while it does not.
    ///
    /// The value follows its target with a first-order lag: the distance that is left falls by 63 % in every time
    /// constant.
    pub struct ProcessValue {
        /// The element whose state decides; none for a constant value.
        of: Option<Name> = None,
        /// The target, in states that `by_state` does not name.
        value: f64,
        /// The target by state, as in `{"Processing": 180, "Failed": 20}`.
        by_state: Map<f64> = Map::default(),
        /// The value at the start of the run; `value` unless given.
        initial: Option<f64> = None,
        /// Time constant of the lag; without one the value is at its target at once.
        time_constant: SimDuration = SimDuration::ZERO,
        /// How the value becomes a reading. A value that lags has to be read at regular times.
        signal: Measurement = Measurement::default(),
    }
}

/// A process value resolved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ValuePlan {
    pub(crate) of: Option<ElementIndex>,
    pub(crate) initial: f64,
    value: f64,
    by_state: [f64; STATE_COUNT],
    time_constant_s: f64,
}

impl ElementKind for ProcessValue {
    const NAME: &'static str = "ProcessValue";
    const EXAMPLE: &'static str = r#"ProcessValue(
    of: "mill",
    value: 20,
    by_state: {"Processing": 65, "Setup": 30},
    time_constant: "8 min",
    signal: (sampling: Every("10 s"), noise: 0.4, unit: "degC"),
)"#;

    fn plan(&self, planner: &mut Planner<'_>) -> SensorPlan {
        let measurement = self.signal.plan(planner);
        if self.time_constant > SimDuration::ZERO && measurement.interval.is_none() {
            let origin = planner.origin();
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                "this value changes all the time, so it cannot be read on change",
                "it has a `time_constant`",
                Some("read it at regular times: signal: (sampling: Every(\"10 s\"))".to_owned()),
            );
        }
        if self.of.is_none()
            && let Some((state, _)) = self.by_state.first()
        {
            planner.complain(
                &codes::CONTRADICTION,
                state.origin(),
                "this value depends on a state and does not say whose",
                "the state of which element?",
                Some("name the element in `of`".to_owned()),
            );
        }
        let mut by_state = [self.value; STATE_COUNT];
        for (name, value) in &self.by_state {
            if let Some(state) = state_named(name, planner) {
                by_state[state as usize] = *value;
            }
        }
        let plan = ValuePlan {
            of: self.of.as_ref().map(|of| planner.element(of)),
            initial: self.initial.unwrap_or(self.value),
            value: self.value,
            by_state,
            time_constant_s: self.time_constant.as_seconds_f64(),
        };
        SensorPlan {
            quantity: Quantity::Value(plan),
            measurement,
            unit: self.signal.unit.clone().unwrap_or_default().into(),
        }
    }

    sensor_handlers!();
}

impl ValuePlan {
    /// The target now.
    pub(crate) fn target(&self, floor: &Floor<'_>) -> f64 {
        self.of.map_or(self.value, |of| self.by_state[floor.unit(of).state() as usize])
    }

    /// Where a value that is drawn towards `target` stands after `span`.
    pub(crate) fn after(&self, value: f64, target: f64, span: SimDuration) -> f64 {
        if self.time_constant_s > 0.0 {
            target + (value - target) * kernel::libm::exp(-span.as_seconds_f64() / self.time_constant_s)
        } else {
            target
        }
    }
}

/// The state called `name`; others are complained of.
fn state_named(name: &Name, planner: &mut Planner<'_>) -> Option<State> {
    let state = State::ALL.into_iter().find(|state| state.name() == name.text());
    if state.is_none() {
        let names = State::ALL.map(State::name);
        let help = match nearest(name.text(), names) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("states: {}", names.join(", ")),
        };
        planner.complain(
            &codes::DANGLING_NAME,
            name.origin(),
            format!("there is no state called \"{}\"", name.text()),
            "expected the name of a state",
            Some(help),
        );
    }
    state
}
