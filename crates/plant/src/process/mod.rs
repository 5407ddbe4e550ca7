//! Process kinds: work that is more than a time. What a furnace, a machine that builds parts of powder and the recovery of
//! materials know beyond taking parts in and letting them out.
//!
//! All of them are made of work ([`crate::work`]): failing, calendars, crews, quality, energy and routing are written there.
//! A [`Technology`] only says how long a job takes, given the state of its unit, and what becomes of matter and heat;
//! a [`load::LoadPlan`] which parts go into one job together.

pub mod additive;
pub(crate) mod fits;
pub mod furnace;
pub(crate) mod load;
pub(crate) mod recovery;

use kernel::{SimDuration, SimTime};

use crate::element::Streams;
use crate::report::Figures;

use self::additive::{AdditivePlan, PowderBooks};
use self::furnace::{FurnacePlan, Heat};
use self::load::LoadTally;
use self::recovery::{Recovery, RecoveryPlan};

/// What is special about the work of an element, resolved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Technology {
    /// Heating by a program.
    Furnace(FurnacePlan),
    /// Building parts of powder.
    Additive(AdditivePlan),
    /// Grading pieces and recovering materials.
    Recovery(RecoveryPlan),
}

/// What a run changes of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TechnologyState {
    Furnace(Heat),
    Additive(Box<PowderBooks>),
    Recovery(Recovery),
}
kernel::persist!(enum TechnologyState { 0 => Furnace(inner), 1 => Additive(inner), 2 => Recovery(inner) });

/// What a workplace keeps that takes several parts into one job, or has a technology.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Particulars {
    pub loads: LoadTally,
    pub technology: Option<TechnologyState>,
}
kernel::persist!(struct Particulars { loads, technology });

impl Particulars {
    pub(crate) fn reset_statistics(&mut self, technology: Option<&Technology>, now: SimTime) {
        self.loads = LoadTally::default();
        if let (Some(state), Some(technology)) = (&mut self.technology, technology) {
            state.reset_statistics(technology, now);
        }
    }

    pub(crate) fn figures(&self, takes_loads: bool, technology: Option<&Technology>, figures: &mut Figures<'_>) {
        if takes_loads {
            self.loads.figures(figures);
        }
        if let (Some(state), Some(technology)) = (&self.technology, technology) {
            state.figures(technology, figures);
        }
    }
}

impl Technology {
    /// What is recovered, if it is that.
    pub(crate) fn recovery(&self) -> Option<&RecoveryPlan> {
        match self {
            Technology::Recovery(recovery) => Some(recovery),
            Technology::Furnace(_) | Technology::Additive(_) => None,
        }
    }

    /// Whether it says how long jobs take, and not a law of process times.
    pub(crate) fn sets_times(&self) -> bool {
        match self {
            Technology::Furnace(_) | Technology::Additive(_) => true,
            Technology::Recovery(_) => false,
        }
    }

    /// The most power that its jobs draw, in milliwatts, where they say what that is and not the energy of the element.
    pub(crate) fn most_power_mw(&self) -> Option<i64> {
        match self {
            Technology::Furnace(furnace) => furnace.most_power_mw(),
            Technology::Additive(_) | Technology::Recovery(_) => None,
        }
    }

    /// Whether the next job may begin before earlier ones have ended.
    pub(crate) fn overlaps(&self) -> bool {
        self.ends_outside()
    }

    /// Whether what is left of a job when it has made way for the next one goes on beside the unit.
    pub(crate) fn ends_outside(&self) -> bool {
        matches!(self, Technology::Additive(plan) if plan.removable_chamber())
    }

    /// Whether a running element can go over from the technology `before` to this one.
    ///
    /// # Errors
    /// What of it cannot change during a run.
    pub(crate) fn can_follow(&self, before: &Technology) -> Result<(), String> {
        match (self, before) {
            (Technology::Furnace(_), Technology::Furnace(_)) => Ok(()),
            (Technology::Additive(plan), Technology::Additive(before))
                if plan.counts_powder() == before.counts_powder() =>
            {
                Ok(())
            }
            (Technology::Recovery(plan), Technology::Recovery(before)) => plan.can_follow(before),
            _ => Err("what is special about the work of an element cannot come or go during a run".to_owned()),
        }
    }

    pub(crate) fn begin(&self, streams: &Streams<'_>) -> TechnologyState {
        match self {
            Technology::Furnace(plan) => TechnologyState::Furnace(plan.begin()),
            Technology::Additive(_) => TechnologyState::Additive(Box::default()),
            Technology::Recovery(plan) => TechnologyState::Recovery(plan.begin(streams)),
        }
    }
}

impl TechnologyState {
    /// Whether it is that of such a technology.
    pub(crate) fn fits(&self, technology: &Technology) -> bool {
        matches!(
            (self, technology),
            (TechnologyState::Furnace(_), Technology::Furnace(_))
                | (TechnologyState::Additive(_), Technology::Additive(_))
                | (TechnologyState::Recovery(_), Technology::Recovery(_))
        )
    }

    pub(crate) fn reset_statistics(&mut self, technology: &Technology, now: SimTime) {
        match (self, technology) {
            (TechnologyState::Furnace(heat), Technology::Furnace(plan)) => heat.reset_statistics(plan, now),
            (TechnologyState::Additive(powder), _) => powder.reset_statistics(),
            (TechnologyState::Recovery(recovery), _) => recovery.reset_statistics(),
            (TechnologyState::Furnace(_), _) => {}
        }
    }

    pub(crate) fn figures(&self, technology: &Technology, figures: &mut Figures<'_>) {
        match (self, technology) {
            (TechnologyState::Furnace(heat), Technology::Furnace(plan)) => heat.figures(plan, figures),
            (TechnologyState::Additive(powder), Technology::Additive(plan)) => powder.figures(plan, figures),
            (TechnologyState::Recovery(recovery), Technology::Recovery(plan)) => recovery.figures(plan, figures),
            _ => {}
        }
    }

    /// What virgin material has cost since the end of the warm-up, and what was recovered is worth.
    pub(crate) fn cost_and_value(&self) -> (f64, f64) {
        match self {
            TechnologyState::Furnace(_) => (0.0, 0.0),
            TechnologyState::Additive(powder) => (powder.cost(), 0.0),
            TechnologyState::Recovery(recovery) => (0.0, recovery.value()),
        }
    }
}

/// A time in seconds as a whole number of nanoseconds, and no longer than a duration can be.
pub(crate) fn whole_nanoseconds(seconds: f64) -> SimDuration {
    // Saturating; what is not a number is none.
    let nanoseconds = kernel::libm::round(seconds * 1e9) as i64;
    SimDuration::from_nanos(nanoseconds).clamp(SimDuration::ZERO, kernel::limits::LONGEST_DURATION)
}
