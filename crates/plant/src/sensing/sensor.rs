//! Sensors: the one mechanism behind counters, level sensors, state sensors, power meters and process values.
//!
//! Kinds differ only in the quantity they measure. When to look, what the reading is, and what is wrong with the
//! sensor are the same for all of them. A sensor looks when everything at an instant has happened, so a reading never
//! shows a state that lasted no time.

use std::sync::Arc;

use bevy_ecs::component::Component;
use kernel::{EventId, SimDuration, SimTime};

use crate::element::{Command, ElementIndex, Streams};
use crate::floor::Floor;
use crate::report::Figures;
use crate::sensing::counter::{Counted, CounterOutput};
use crate::sensing::process_value::ValuePlan;
use crate::sensing::signal::{MeasurementPlan, Signal};

/// Milliwatts in a kilowatt.
const MW_PER_KW: f64 = 1e6;

/// What a sensor measures.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Quantity {
    /// A count of an element since the run began.
    Count { of: ElementIndex, counted: Counted, output: CounterOutput },
    /// Parts at an element; litres in a tank or pipe.
    Level { of: ElementIndex },
    /// The state of an element, as its number.
    State { of: ElementIndex },
    /// Power of an element or of the plant in kilowatts.
    Power { of: Option<ElementIndex> },
    /// A physical value that follows the state of an element.
    Value(ValuePlan),
}

/// A sensor resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct SensorPlan {
    pub(crate) quantity: Quantity,
    pub(crate) measurement: MeasurementPlan,
    /// Unit of the readings; empty for counts and plain numbers.
    pub unit: Arc<str>,
}

/// What a sensor has to remember of the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Memory {
    Nothing,
    Count {
        total: u64,
        /// The count of the element when it was last looked at.
        seen: u64,
        /// The total at the last reading, and when that was.
        before: u64,
        read_at: SimTime,
    },
    Value {
        value: f64,
        target: f64,
        at: SimTime,
    },
}
kernel::persist!(enum Memory { 0 => Nothing, 1 => Count { total, seen, before, read_at }, 2 => Value { value, target, at } });

/// What a run changes at a sensor, and what systems can see of it.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct Sensor {
    signal: Signal,
    memory: Memory,
    timer: Option<EventId>,
    /// Whether a reading at a regular time is due.
    due: bool,
}
kernel::persist!(struct Sensor { signal, memory, timer, due });

impl Sensor {
    /// What the sensor shows; NaN where it shows nothing.
    #[must_use]
    pub fn reading(&self) -> f64 {
        self.signal.reading()
    }

    pub(crate) fn new(plan: &SensorPlan, streams: &Streams<'_>) -> Self {
        let memory = match &plan.quantity {
            Quantity::Count { .. } => Memory::Count { total: 0, seen: 0, before: 0, read_at: SimTime::ZERO },
            Quantity::Value(value) => Memory::Value { value: value.initial, target: value.initial, at: SimTime::ZERO },
            _ => Memory::Nothing,
        };
        Sensor { signal: Signal::new(streams), memory, timer: None, due: true }
    }

    pub(crate) fn start(&mut self, me: ElementIndex, plan: &SensorPlan, floor: &mut Floor<'_>) {
        floor.look_on(me);
        plan.watch(me, floor);
        self.remember(plan, floor);
        self.set_timer(me, plan, floor);
        floor.request_dispatch(me);
    }

    pub(crate) fn timer(&mut self, me: ElementIndex, plan: &SensorPlan, floor: &mut Floor<'_>) {
        self.due = true;
        self.set_timer(me, plan, floor);
        floor.request_dispatch(me);
    }

    pub(crate) fn observe(&mut self, me: ElementIndex, plan: &SensorPlan, floor: &mut Floor<'_>) {
        self.remember(plan, floor);
        if plan.measurement.interval.is_none() {
            floor.request_dispatch(me);
        }
    }

    pub(crate) fn dispatch(&mut self, me: ElementIndex, plan: &SensorPlan, floor: &mut Floor<'_>) {
        if !floor.is_settled() {
            floor.request_dispatch(me);
            return;
        }
        let on_change = plan.measurement.interval.is_none();
        if !on_change && !self.due {
            return;
        }
        self.remember(plan, floor);
        let truth = self.truth(plan, floor);
        let silent = floor.unit(me).is_halted();
        if on_change {
            self.signal.take_if_changed(&plan.measurement, floor, me, truth, silent);
        } else {
            self.signal.take(&plan.measurement, floor, me, truth, silent);
        }
        self.due = false;
    }

    pub(crate) fn replanned(
        &mut self,
        me: ElementIndex,
        plan: &SensorPlan,
        floor: &mut Floor<'_>,
        before: &SensorPlan,
    ) {
        self.remember(before, floor);
        if plan.quantity != before.quantity {
            if let (Quantity::Count { of, counted, .. }, Memory::Count { seen, .. }) =
                (&plan.quantity, &mut self.memory)
            {
                *seen = counted.of(&floor.unit(*of).counts);
            }
            plan.watch(me, floor);
            self.remember(plan, floor);
        } else if plan.measurement.interval.is_none() && before.measurement.interval.is_some() {
            plan.watch(me, floor);
        }
        if plan.measurement.interval != before.measurement.interval {
            if let Some(timer) = self.timer.take() {
                floor.cancel(timer);
            }
            self.due = true;
            self.set_timer(me, plan, floor);
        }
    }

    pub(crate) fn command(&mut self, me: ElementIndex, floor: &mut Floor<'_>, command: &Command) -> bool {
        let Command::Fault(fault) = command else { return false };
        self.signal.set_fault(*fault, floor.now());
        floor.request_dispatch(me);
        true
    }

    pub(crate) fn reset_statistics(&mut self, now: SimTime) {
        self.signal.reset_statistics(now);
        // The counts of the elements begin again; what the sensor has counted stays.
        if let Memory::Count { seen, .. } = &mut self.memory {
            *seen = 0;
        }
    }

    pub(crate) fn figures(&self, plan: &SensorPlan, figures: &mut Figures<'_>) {
        self.signal.figures(&plan.unit, figures);
    }

    fn set_timer(&mut self, me: ElementIndex, plan: &SensorPlan, floor: &mut Floor<'_>) {
        self.timer = plan.measurement.interval.map(|interval| floor.set_timer(me, interval, 0));
    }

    /// Brings the memory up to the present.
    fn remember(&mut self, plan: &SensorPlan, floor: &Floor<'_>) {
        match (&plan.quantity, &mut self.memory) {
            (Quantity::Count { of, counted, .. }, Memory::Count { total, seen, .. }) => {
                let count = counted.of(&floor.unit(*of).counts);
                *total += count.checked_sub(*seen).unwrap_or(count);
                *seen = count;
            }
            (Quantity::Value(plan), Memory::Value { value, target, at }) => {
                let now = floor.now();
                *value = plan.after(*value, *target, now - *at);
                *at = now;
                *target = plan.target(floor);
            }
            _ => {}
        }
    }

    /// What a perfect sensor would show now.
    fn truth(&mut self, plan: &SensorPlan, floor: &Floor<'_>) -> f64 {
        match (&plan.quantity, &mut self.memory) {
            (Quantity::Count { output, .. }, Memory::Count { total, before, read_at, .. }) => {
                let now = floor.now();
                let (new, span) = (*total - *before, now - *read_at);
                if let CounterOutput::Total = output {
                    return *total as f64;
                }
                (*before, *read_at) = (*total, now);
                match output {
                    CounterOutput::Rate(_) if span <= SimDuration::ZERO => 0.0,
                    CounterOutput::Rate(per) => new as f64 * (per.as_seconds_f64() / span.as_seconds_f64()),
                    _ => new as f64,
                }
            }
            // With a lag of nothing the value is where the state wants it.
            (Quantity::Value(plan), Memory::Value { value, target, .. }) => {
                plan.after(*value, *target, SimDuration::ZERO)
            }
            (Quantity::Level { of }, _) if floor.fixtures[of.index()].is_some() => floor.volume(*of).litres(),
            (Quantity::Level { of }, _) => f64::from(floor.unit(*of).level),
            (Quantity::State { of }, _) => f64::from(floor.unit(*of).state() as u8),
            (Quantity::Power { of: Some(of) }, _) => element_power_kw(floor, *of),
            (Quantity::Power { of: None }, _) => floor.shop.power.power_mw() as f64 / MW_PER_KW,
            (Quantity::Count { .. } | Quantity::Value(_), _) => f64::NAN,
        }
    }
}

/// Power that an element draws now, in kilowatts; 0 where it has no energy.
fn element_power_kw(floor: &Floor<'_>, element: ElementIndex) -> f64 {
    let meter = floor.facets[element.index()].energy.as_ref();
    meter.map_or(0.0, |(_, meter)| meter.power_mw() as f64 / MW_PER_KW)
}

impl SensorPlan {
    /// Has the sensor told of what it cannot find out by looking at regular times.
    fn watch(&self, me: ElementIndex, floor: &mut Floor<'_>) {
        let on_change = self.measurement.interval.is_none();
        match &self.quantity {
            Quantity::Count { of, .. } => floor.watch(me, *of),
            Quantity::Value(value) => {
                if let Some(of) = value.of {
                    floor.watch(me, of);
                }
            }
            Quantity::Level { of } | Quantity::State { of } | Quantity::Power { of: Some(of) } if on_change => {
                floor.watch(me, *of);
            }
            Quantity::Power { of: None } if on_change => {
                for index in 0..floor.facets.len() {
                    if floor.facets[index].energy.is_some() {
                        floor.watch(me, ElementIndex(index as u32));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Hands the handlers of a kind of sensor on to [`Sensor`].
macro_rules! sensor_handlers {
    () => {
        const IS_SENSOR: bool = true;
        const TAKES_PARTS: bool = false;
        type Plan = $crate::sensing::sensor::SensorPlan;
        type State = $crate::sensing::sensor::Sensor;

        fn reading_unit(plan: &Self::Plan) -> &str {
            &plan.unit
        }

        fn door(_plan: &Self::Plan) -> $crate::element::Door {
            $crate::element::Door::Closed
        }
        fn begin(plan: &Self::Plan, streams: &$crate::element::Streams<'_>) -> Self::State {
            $crate::sensing::sensor::Sensor::new(plan, streams)
        }
        fn start(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>) {
            at.state.start(at.me, at.plan, floor);
        }
        fn timer(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>, _timer: u32) {
            at.state.timer(at.me, at.plan, floor);
        }
        fn dispatch(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>) {
            at.state.dispatch(at.me, at.plan, floor);
        }
        fn observe(
            at: $crate::element::At<'_, Self>,
            floor: &mut $crate::floor::Floor<'_>,
            _watched: $crate::element::ElementIndex,
        ) {
            at.state.observe(at.me, at.plan, floor);
        }
        fn halt(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>) {
            floor.request_dispatch(at.me);
        }
        fn replanned(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>, before: &Self::Plan) {
            at.state.replanned(at.me, at.plan, floor, before);
        }
        fn command(
            at: $crate::element::At<'_, Self>,
            floor: &mut $crate::floor::Floor<'_>,
            command: &$crate::element::Command,
        ) -> bool {
            at.state.command(at.me, floor, command)
        }
        fn reset_statistics(at: $crate::element::At<'_, Self>, now: kernel::SimTime) {
            at.state.reset_statistics(now);
        }
        fn figures(plan: &Self::Plan, state: &Self::State, figures: &mut $crate::report::Figures<'_>) {
            state.figures(plan, figures);
        }
    };
}
pub(crate) use sensor_handlers;
