//! Tanks: what holds liquid.

use std::sync::Arc;

use super::amount::Amount;
use super::fixture::{FixturePlan, fixture};
use crate::codes;
use crate::description::{Area, Labels, Volume, describe};
use crate::element::ElementKind;
use crate::plan::Planner;

describe! {
    /// A tank of constant cross-section that holds liquid. Pumps fill and drain it, pipes let it run out by its weight, and
    /// stations take from it and give into it (`fluid`).
    ///
    /// When it is empty, pumps that draw from it pass on what comes in, and when it is full, pumps that feed it deliver what
    /// goes out: all that are held back run at the same fraction of their flow, as far as nothing else holds them back
    /// further. What falls into a full tank from a pipe runs over and is lost. When it is full, when it is empty and when a
    /// level is passed follows from a formula, to the nanosecond.
    ///
    /// Its state is `Starved` while it is empty, `Blocked` while it is full, and `Processing` otherwise.
    pub struct Tank {
        /// Most that it holds. What is in it beyond a lowered capacity runs over.
        capacity: Volume,
        /// What is in it when the run begins.
        initial: Volume = Volume::ZERO,
        /// Cross-section, from which the height of the surface follows; needed where a pipe leads out of it.
        area: Option<Area> = None,
        /// Volumes that are worth an event, by name: it is counted how often and how long it holds more than that, and
        /// sensors that read it on change take a reading at the nanosecond at which one is passed.
        levels: Labels<Volume> = Labels::default(),
    }
}

/// A tank resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct TankPlan {
    pub(super) capacity: Amount,
    pub(super) initial: Amount,
    /// In square metres.
    pub(super) area: Option<f64>,
    pub(super) levels: Vec<(Arc<str>, Amount)>,
}

impl ElementKind for Tank {
    const NAME: &'static str = "Tank";
    const EXAMPLE: &'static str =
        r#"Tank(capacity: "2 m^3", initial: "500 l", area: "1 m^2", levels: {"low": "200 l", "high": "1.8 m^3"})"#;

    fn plan(&self, planner: &mut Planner<'_>) -> FixturePlan {
        let beyond = |volume: Volume| volume > self.capacity;
        let mut mistakes = Vec::new();
        if self.capacity == Volume::ZERO {
            mistakes.push(("capacity", "this tank holds nothing".to_owned(), "give it a `capacity` above 0"));
        } else if beyond(self.initial) {
            mistakes.push((
                "initial",
                "more is in this tank at the beginning than fits in".to_owned(),
                "give `initial` at most the `capacity`",
            ));
        }
        if self.area == Some(Area::ZERO) {
            mistakes.push(("area", "the cross-section of this tank is 0".to_owned(), "give it an `area` above 0"));
        }
        for (name, _) in self.levels.iter().filter(|(_, level)| beyond(*level)) {
            let message = format!("the level \"{}\" is above the brim of this tank", name.text());
            mistakes.push(("levels", message, "give every level at most the `capacity`"));
        }
        for (field, message, help) in mistakes {
            let origin = planner.origin_of(field);
            planner.complain(&codes::CONTRADICTION, origin, message, "in this tank", Some(help.to_owned()));
        }
        let mut levels: Vec<(Arc<str>, Amount)> =
            self.levels.iter().map(|(name, level)| (name.text().into(), (*level).into())).collect();
        levels.sort();
        FixturePlan::Tank(TankPlan {
            capacity: self.capacity.into(),
            initial: self.initial.min(self.capacity).into(),
            area: self.area.map(Area::as_square_metres),
            levels,
        })
    }

    fixture!();
}
