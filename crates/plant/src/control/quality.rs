//! Quality: defects that are made, inspections that find them, and what becomes of a rejected part.

use bevy_ecs::component::Component;
use kernel::Stream;

use crate::description::{Name, Ratio, describe};
use crate::element::{ElementIndex, Streams};
use crate::facet::Facet;
use crate::plan::Planner;

describe! {
    /// How well an inspection tells defective parts from sound ones.
    pub struct Inspection {
        /// Share of the defective parts that are found.
        detection: Ratio = Ratio::ONE,
        /// Share of the sound parts that are rejected by mistake.
        false_alarm: Ratio = Ratio::ZERO,
    }
}

describe! {
    /// What becomes of a rejected part.
    pub enum Rejects {
        /// It leaves the plant as scrap.
        Scrap,
        /// It goes back to an element to be worked on again; there its defect is made good.
        Rework {
            /// Where it goes.
            to: Name,
            /// How often the same part may be sent back; after that it is scrapped.
            limit: u16 = 1,
        },
        /// It goes to another element as it is.
        Send {
            /// Where it goes.
            to: Name,
        },
    }
}

describe! {
    /// Defects made at a unit and found there.
    pub struct Quality {
        /// Share of the processed parts that come out without a new defect.
        yield_ratio: Ratio = Ratio::ONE,
        /// How parts are inspected after processing; `None` lets defects pass on unseen.
        inspection: Option<Inspection> = Some(Inspection { detection: Ratio::ONE, false_alarm: Ratio::ZERO }),
        /// What becomes of rejected parts.
        rejects: Rejects = Rejects::Scrap,
    }
}

/// What becomes of a rejected part, resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rejection {
    Scrap,
    Rework { to: ElementIndex, limit: u16 },
    Send { to: ElementIndex },
}

/// Quality resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityPlan {
    defect_ratio: f64,
    inspection: Option<(f64, f64)>,
    pub(crate) rejection: Rejection,
}

/// The streams of a unit's quality: one for what it makes, one for what it sees.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct QualityState {
    making: Stream,
    seeing: Stream,
}
kernel::persist!(struct QualityState { making, seeing });

impl Facet for Quality {
    const KEY: &'static str = "quality";
    const EXAMPLE: &'static str = r#"(yield_ratio: 0.98, inspection: (detection: 0.95), rejects: Scrap)"#;
    type Plan = QualityPlan;
    type State = QualityState;

    fn plan(&self, planner: &mut Planner<'_>) -> QualityPlan {
        QualityPlan {
            defect_ratio: 1.0 - self.yield_ratio.value(),
            inspection: self
                .inspection
                .as_ref()
                .map(|inspection| (inspection.detection.value(), inspection.false_alarm.value())),
            rejection: match &self.rejects {
                Rejects::Scrap => Rejection::Scrap,
                Rejects::Rework { to, limit } => Rejection::Rework { to: planner.destination(to), limit: *limit },
                Rejects::Send { to } => Rejection::Send { to: planner.destination(to) },
            },
        }
    }

    fn begin(_plan: &QualityPlan, streams: &Streams<'_>) -> QualityState {
        QualityState { making: streams.stream("defects"), seeing: streams.stream("inspection") }
    }
}

impl QualityPlan {
    /// Whether processing makes a defect. One uniform draw from "defects" a part, so that the parts hit stay the
    /// same when only the yield is changed.
    pub(crate) fn makes_defect(&self, state: &mut QualityState) -> bool {
        state.making.uniform() < self.defect_ratio
    }

    /// Whether a part is judged bad. One uniform draw from "inspection" a part.
    pub(crate) fn rejects(&self, state: &mut QualityState, defective: bool) -> bool {
        match self.inspection {
            None => false,
            Some((detection, false_alarm)) => state.seeing.uniform() < if defective { detection } else { false_alarm },
        }
    }
}
