//! Photo-eyes: light barriers across conveyors, with exact edges.
//!
//! When a part's front or tail passes is worked out by the conveyor (see `transport::beam`); the eye shows it. Faults
//! change what is shown and never what happens.

use bevy_ecs::component::Component;
use kernel::{SimTime, TimeWeighted};

use super::signal::{Measurement, MeasurementPlan, Sampling, Signal};
use crate::codes;
use crate::description::{Length, Name, describe};
use crate::element::{At, Command, Door, ElementIndex, ElementKind, SensorFault, Streams};
use crate::floor::Floor;
use crate::plan::Planner;
use crate::plant::PlannedElement;
use crate::report::Figures;
use crate::transport::EDGE;
use crate::transport::conveyor::ConveyorPlan;

/// The timer of a reading at a regular time.
const SAMPLE: u32 = EDGE + 1;

describe! {
    /// A light barrier across a conveyor: reads 1 while a part interrupts it, else 0. A part interrupts it from the
    /// moment its front reaches the eye until its tail has passed, also after the next element has taken it over.
    /// Parts that touch look like one. Of the sensor faults it knows `Freeze` and `DropOut`.
    pub struct PhotoEye {
        /// The conveyor.
        at: Name,
        /// Distance from the entry of the conveyor, at most its length.
        position: Length,
        /// When readings are written; on change unless given.
        sampling: Option<Sampling> = None,
    }
}

/// A photo-eye resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoEyePlan {
    conveyor: ElementIndex,
    position: Length,
    measurement: MeasurementPlan,
}

impl PhotoEyePlan {
    /// The conveyor and the place along it, in nanometres from its entry.
    pub(crate) fn place(&self) -> (ElementIndex, i64) {
        (self.conveyor, self.position.as_nanometres())
    }
}

/// What a run changes at a photo-eye.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct PhotoEyeState {
    signal: Signal,
    /// 1 while the beam is interrupted, whatever the eye shows.
    covered: TimeWeighted,
    /// Times it was interrupted.
    interruptions: u64,
    /// Whether a reading at a regular time is to be taken at this instant.
    due: bool,
    /// Whether a timer for such a reading runs.
    sampling: bool,
}
kernel::persist!(struct PhotoEyeState { signal, covered, interruptions, due, sampling });

impl ElementKind for PhotoEye {
    const NAME: &'static str = "PhotoEye";
    const TAKES_PARTS: bool = false;
    const EXAMPLE: &'static str = r#"PhotoEye(at: "outfeed", position: "11.5 m")"#;
    const IS_SENSOR: bool = true;
    type Plan = PhotoEyePlan;
    type State = PhotoEyeState;

    fn plan(&self, planner: &mut Planner<'_>) -> PhotoEyePlan {
        let measurement = Measurement { sampling: self.sampling.clone(), ..Measurement::default() };
        PhotoEyePlan {
            conveyor: planner.element_of(&self.at, &["Conveyor"]),
            position: self.position,
            measurement: measurement.plan(planner),
        }
    }

    fn door(_plan: &PhotoEyePlan) -> Door {
        Door::Closed
    }

    fn begin(_plan: &PhotoEyePlan, streams: &Streams<'_>) -> PhotoEyeState {
        PhotoEyeState {
            signal: Signal::new(streams),
            covered: TimeWeighted::new(SimTime::ZERO, 0),
            interruptions: 0,
            due: true,
            sampling: false,
        }
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        floor.look_on(at.me);
        floor.place_beam(at.me, at.plan.conveyor, at.plan.position.as_nanometres());
        floor.request_dispatch(at.me);
    }

    fn timer(at: At<'_, Self>, floor: &mut Floor<'_>, timer: u32) {
        if timer == SAMPLE {
            at.state.sampling = false;
            at.state.due = true;
            floor.request_dispatch(at.me);
        } else {
            floor.beam_is_due(at.me, at.plan.conveyor);
        }
    }

    /// The conveyor says that the beam has changed.
    fn observe(at: At<'_, Self>, floor: &mut Floor<'_>, _watched: ElementIndex) {
        floor.request_dispatch(at.me);
    }

    fn dispatch(at: At<'_, Self>, floor: &mut Floor<'_>) {
        if floor.is_settled() {
            see(at, floor);
        } else {
            floor.request_dispatch(at.me);
        }
    }

    fn replanned(at: At<'_, Self>, floor: &mut Floor<'_>, before: &PhotoEyePlan) {
        if at.plan.conveyor != before.conveyor {
            floor.remove_beam(at.me, before.conveyor);
        }
        if (at.plan.conveyor, at.plan.position) != (before.conveyor, before.position) {
            floor.place_beam(at.me, at.plan.conveyor, at.plan.position.as_nanometres());
        }
        at.state.due |= at.plan.measurement.interval.is_some() && !at.state.sampling;
    }

    fn command(at: At<'_, Self>, floor: &mut Floor<'_>, command: &Command) -> bool {
        let Command::Fault(fault) = command else { return false };
        let known = matches!(fault, SensorFault::Freeze | SensorFault::DropOut | SensorFault::Clear);
        if known {
            at.state.signal.set_fault(*fault, floor.now());
            floor.request_dispatch(at.me);
        }
        known
    }

    fn reset_statistics(at: At<'_, Self>, now: SimTime) {
        at.state.signal.reset_statistics(now);
        at.state.covered.reset(now);
        at.state.interruptions = 0;
    }

    fn figures(_plan: &PhotoEyePlan, state: &PhotoEyeState, figures: &mut Figures<'_>) {
        figures.number("times interrupted", state.interruptions as f64);
        figures.number("share of time interrupted", state.covered.mean(figures.now()));
        state.signal.figures("", figures);
    }
}

/// Complains if the element being planned is an eye beyond the end of its conveyor, which it would never see a part from.
pub(crate) fn check_position(elements: &[Option<PlannedElement>], planner: &mut Planner<'_>) {
    let plan = |element: ElementIndex| Some(elements.get(element.index())?.as_ref()?.planned.plan());
    let eye = plan(planner.me()).and_then(|plan| plan.downcast_ref::<PhotoEyePlan>());
    let Some(eye) = eye else { return };
    let conveyor = plan(eye.conveyor).and_then(|plan| plan.downcast_ref::<ConveyorPlan>());
    let Some(length) = conveyor.map(ConveyorPlan::length).filter(|length| eye.position > *length) else { return };
    let origin = planner.origin_of("position");
    planner.complain(
        &codes::CONTRADICTION,
        origin,
        format!(
            "this photo-eye at {} m is beyond the end of its conveyor, which is {} m long",
            eye.position.as_metres(),
            length.as_metres()
        ),
        "it would never see a part",
        Some(format!("give it a `position` from 0 m to {} m", length.as_metres())),
    );
}

/// Takes over what the beam is like at this instant, and shows it as the sampling asks.
fn see(at: At<'_, PhotoEye>, floor: &mut Floor<'_>) {
    let (now, state) = (floor.now(), at.state);
    let covered = floor.is_beam_covered(at.me, at.plan.conveyor);
    if covered != (state.covered.level() == 1) {
        state.covered.set(now, i64::from(covered));
        state.interruptions += u64::from(covered);
    }
    let truth = f64::from(u8::from(covered));
    let due = std::mem::take(&mut state.due);
    match at.plan.measurement.interval {
        None => state.signal.take_if_changed(&at.plan.measurement, floor, at.me, truth, false),
        Some(interval) if due => {
            state.signal.take(&at.plan.measurement, floor, at.me, truth, false);
            state.sampling = true;
            floor.set_timer(at.me, interval, SAMPLE);
        }
        Some(_) => {}
    }
}
