//! Sensors that look at parts on a conveyor of a zone: barcode readers, scales, proximity switches.
//!
//! The zone finds out what there is to be seen and when, within its steps; what a sensor makes of that is the measuring chain
//! of all sensors.

use bevy_ecs::component::Component;
use kernel::SimTime;

use super::letter::{NOTICE, Notice};
use crate::codes;
use crate::description::{Coordinate, Length, Name, Ratio, describe};
use crate::element::{At, Command, Door, ElementIndex, ElementKind, Streams};
use crate::floor::Floor;
use crate::plan::Planner;
use crate::plant::PlannedElement;
use crate::report::Figures;
use crate::sensing::signal::{Measurement, MeasurementPlan, Signal};
use crate::transport::conveyor::ConveyorPlan;

/// The timer of a reading at a regular time.
const SAMPLE: u32 = NOTICE + 1;

describe! {
    /// Reads the code of each part on a conveyor in a zone as its front passes, and shows the serial number of the part until
    /// the next one passes; nothing after one that it could not read.
    pub struct BarcodeReader {
        /// The conveyor, which must have `fidelity: Physics`.
        at: Name,
        /// Distance from the entry of the conveyor, at most its length.
        position: Length,
        /// Share of the codes that it cannot read, drawn for each part.
        no_reads: Ratio = Ratio::ZERO,
    }
}

describe! {
    /// A scale in a conveyor of a zone: shows the mass of the parts that are wholly on it, in kilograms, and 0 while none is.
    pub struct Scale {
        /// The conveyor, which must have `fidelity: Physics`.
        at: Name,
        /// Distance of its middle from the entry of the conveyor.
        position: Length,
        /// How long it is along the conveyor; a part that is longer is never wholly on it.
        length: Length,
        /// How the mass becomes a reading.
        signal: Measurement = Measurement::default(),
    }
}

describe! {
    /// A switch that reads 1 while a part is near a point above a conveyor in a zone, else 0: an inductive or ultrasonic
    /// sensor. It senses whatever reaches into a block of space.
    pub struct ProximitySensor {
        /// The conveyor, which must have `fidelity: Physics`.
        at: Name,
        /// Distance of the middle of the block from the entry of the conveyor.
        position: Length,
        /// How far the middle of the block is to the left of the middle line (to the right where negative).
        left: Coordinate = Coordinate::ZERO,
        /// How far the block begins above the belt.
        above: Length = Length::from_nanometres(5_000_000),
        /// Length, width and height of the block.
        size: (Length, Length, Length) = (
            Length::from_nanometres(10_000_000),
            Length::from_nanometres(10_000_000),
            Length::from_nanometres(10_000_000),
        ),
        /// How that becomes a reading.
        signal: Measurement = Measurement::default(),
    }
}

/// What a sensor senses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Sense {
    /// Which part passes.
    Read,
    /// The mass that is wholly on a piece of the conveyor.
    Weigh { length_m: f64 },
    /// Whether a part reaches into a block.
    Near { left_m: f64, above_m: f64, size_m: [f64; 3] },
}

/// A sensor of a zone resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneSensorPlan {
    pub(crate) conveyor: ElementIndex,
    pub(crate) along_m: f64,
    pub(crate) sense: Sense,
    measurement: MeasurementPlan,
    unit: String,
}

/// What a run changes at a sensor of a zone.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct ZoneSensorState {
    signal: Signal,
    /// What there is to be seen.
    truth: f64,
    /// Whether a part has passed since the last reading.
    has_passed: bool,
    /// Whether a reading at a regular time is to be taken.
    due: bool,
    passed: u64,
    read: u64,
}
kernel::persist!(struct ZoneSensorState { signal, truth, has_passed, due, passed, read });

/// What the sensors of zones do alike.
macro_rules! zone_sensor_handlers {
    () => {
        const TAKES_PARTS: bool = false;
        const IS_SENSOR: bool = true;
        type Plan = ZoneSensorPlan;
        type State = ZoneSensorState;

        fn reading_unit(plan: &ZoneSensorPlan) -> &str {
            &plan.unit
        }

        fn door(_plan: &ZoneSensorPlan) -> Door {
            Door::Closed
        }

        fn can_follow(plan: &ZoneSensorPlan, before: &ZoneSensorPlan) -> Result<(), String> {
            let place = |plan: &ZoneSensorPlan| (plan.conveyor, plan.along_m, plan.sense);
            if place(plan) != place(before) || plan.measurement.interval != before.measurement.interval {
                return Err("what stands in a zone cannot change during a run, only how it measures can".to_owned());
            }
            Ok(())
        }

        fn begin(_plan: &ZoneSensorPlan, streams: &Streams<'_>) -> ZoneSensorState {
            ZoneSensorState {
                signal: Signal::new(streams),
                truth: 0.0,
                has_passed: false,
                due: true,
                passed: 0,
                read: 0,
            }
        }

        fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
            floor.look_on(at.me);
            floor.request_dispatch(at.me);
        }

        fn timer(at: At<'_, Self>, floor: &mut Floor<'_>, timer: u32) {
            if timer == SAMPLE {
                at.state.due = true;
            }
            while let Some(notice) = floor.next_notice(at.me) {
                if let Notice::Truth(truth) = notice {
                    (at.state.truth, at.state.has_passed) = (truth, true);
                    at.state.passed += 1;
                }
            }
            floor.request_dispatch(at.me);
        }

        fn dispatch(at: At<'_, Self>, floor: &mut Floor<'_>) {
            if floor.is_settled() {
                at.state.show(at.plan, at.me, floor);
            } else {
                floor.request_dispatch(at.me);
            }
        }

        fn command(at: At<'_, Self>, floor: &mut Floor<'_>, command: &Command) -> bool {
            let Command::Fault(fault) = command else { return false };
            at.state.signal.set_fault(*fault, floor.now());
            floor.request_dispatch(at.me);
            true
        }

        fn reset_statistics(at: At<'_, Self>, now: SimTime) {
            at.state.signal.reset_statistics(now);
            (at.state.passed, at.state.read) = (0, 0);
        }

        fn figures(plan: &ZoneSensorPlan, state: &ZoneSensorState, figures: &mut Figures<'_>) {
            state.figures(plan, figures);
        }
    };
}

impl ElementKind for BarcodeReader {
    const NAME: &'static str = "BarcodeReader";
    const EXAMPLE: &'static str = r#"BarcodeReader(at: "infeed", position: "1.5 m", no_reads: "0.5 %")"#;

    fn plan(&self, planner: &mut Planner<'_>) -> ZoneSensorPlan {
        let measurement = Measurement { drop_out: self.no_reads, ..Measurement::default() };
        ZoneSensorPlan {
            conveyor: planner.element_of(&self.at, &["Conveyor"]),
            along_m: self.position.as_metres(),
            sense: Sense::Read,
            measurement: measurement.plan(planner),
            unit: String::new(),
        }
    }

    zone_sensor_handlers!();
}

impl ElementKind for Scale {
    const NAME: &'static str = "Scale";
    const EXAMPLE: &'static str =
        r#"Scale(at: "infeed", position: "2 m", length: "800 mm", signal: (noise: 0.02, resolution: 0.05))"#;

    fn plan(&self, planner: &mut Planner<'_>) -> ZoneSensorPlan {
        ZoneSensorPlan {
            conveyor: planner.element_of(&self.at, &["Conveyor"]),
            along_m: self.position.as_metres(),
            sense: Sense::Weigh { length_m: self.length.as_metres() },
            measurement: self.signal.plan(planner),
            unit: self.signal.unit.clone().unwrap_or_else(|| "kg".to_owned()),
        }
    }

    zone_sensor_handlers!();
}

impl ElementKind for ProximitySensor {
    const NAME: &'static str = "ProximitySensor";
    const EXAMPLE: &'static str = r#"ProximitySensor(at: "infeed", position: "1 m", left: "150 mm", above: "20 mm")"#;

    fn plan(&self, planner: &mut Planner<'_>) -> ZoneSensorPlan {
        let (length, width, height) = self.size;
        let size_m = [length, width, height].map(Length::as_metres);
        if size_m.iter().any(|size| !(1e-3..=20.0).contains(size)) {
            let origin = planner.origin_of("size");
            let help = "write `size: (\"10 mm\", \"10 mm\", \"10 mm\")`".to_owned();
            let label = "each of its sizes is from 1 mm to 20 m";
            planner.complain(&codes::CONTRADICTION, origin, "a block without a volume", label, Some(help));
        }
        ZoneSensorPlan {
            conveyor: planner.element_of(&self.at, &["Conveyor"]),
            along_m: self.position.as_metres(),
            sense: Sense::Near { left_m: self.left.as_metres(), above_m: self.above.as_metres(), size_m },
            measurement: self.signal.plan(planner),
            unit: self.signal.unit.clone().unwrap_or_default(),
        }
    }

    zone_sensor_handlers!();
}

impl ZoneSensorState {
    /// Shows what there is to be seen, if the sampling asks for it.
    fn show(&mut self, plan: &ZoneSensorPlan, me: ElementIndex, floor: &mut Floor<'_>) {
        let has_passed = std::mem::take(&mut self.has_passed);
        let is_due = std::mem::take(&mut self.due);
        match (plan.sense, plan.measurement.interval) {
            // Before the first part there is no code to be read.
            (Sense::Read, _) if has_passed => {
                self.signal.take(&plan.measurement, floor, me, self.truth, false);
                self.read += u64::from(!self.signal.reading().is_nan());
            }
            (Sense::Read, _) => {}
            (_, None) => self.signal.take_if_changed(&plan.measurement, floor, me, self.truth, false),
            (_, Some(interval)) if is_due => {
                self.signal.take(&plan.measurement, floor, me, self.truth, false);
                floor.set_timer(me, interval, SAMPLE);
            }
            (_, Some(_)) => {}
        }
    }

    fn figures(&self, plan: &ZoneSensorPlan, figures: &mut Figures<'_>) {
        if plan.sense == Sense::Read {
            figures.number("parts passed", self.passed as f64);
            figures.number("codes read", self.read as f64);
        } else {
            self.signal.figures(&plan.unit, figures);
        }
    }
}

/// Complains if the element being planned is a sensor of a zone on a conveyor in none, or not wholly on its conveyor.
pub(crate) fn check(elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let plan = |element: ElementIndex| Some(elements.get(element.index())?.as_ref()?.planned.plan());
    let Some(sensor) = plan(planner.me()).and_then(|plan| plan.downcast_ref::<ZoneSensorPlan>()) else { return };
    let Some(conveyor) = plan(sensor.conveyor).and_then(|plan| plan.downcast_ref::<ConveyorPlan>()) else { return };
    let mut complain = |field: &str, message: String, label: &str, help: String| {
        let origin = planner.origin_of(field);
        planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help));
    };
    if conveyor.carriage().is_none() {
        let help =
            "give it `fidelity: Physics` and a `zone`; across other conveyors a PhotoEye counts parts".to_owned();
        complain("at", "this sensor looks at a conveyor that is in no zone".to_owned(), "no bodies are there", help);
    }
    let half_m = if let Sense::Weigh { length_m } = sensor.sense { 0.5 * length_m } else { 0.0 };
    let length_m = conveyor.length().as_metres();
    if sensor.along_m - half_m < 0.0 || sensor.along_m + half_m > length_m {
        let message = format!("this sensor at {} m is not on its conveyor, which is {length_m} m long", sensor.along_m);
        let help = format!("give it a `position` from {half_m} m to {} m", (length_m - half_m).max(half_m));
        complain("position", message, "all of it must be on the conveyor", help);
    }
}
