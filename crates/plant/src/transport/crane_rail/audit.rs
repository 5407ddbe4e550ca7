//! The books of one rail, counted again: where its cranes are and will be, what they carry and what they are out for.
//!
//! Used by [`crate::invariant`]; it lives here because only this room sees cranes.

use super::crane::{Crane, Errand};
use super::{CraneRailPlan, CraneRailState};
use crate::element::ElementIndex;
use crate::floor::{Floor, Haul};
use kernel::{SimDuration, SimTime};

/// So many moments between now and the end of all moves are looked at.
const MOMENTS: i64 = 24;

/// How much nearer than their clearance two cranes may come out by rounding, in nanometres.
const HAIR_NM: i64 = 2_000;

impl CraneRailState {
    /// Checks this rail, which is `me`. `settled` says that no signal is on its way.
    ///
    /// # Errors
    /// What does not agree.
    pub(crate) fn audit(
        &self,
        me: ElementIndex,
        plan: &CraneRailPlan,
        floor: &Floor<'_>,
        settled: bool,
    ) -> Result<(), String> {
        let model = floor.model();
        let Some(number) = model.paths.haulers.iter().position(|hauler| hauler.element == me) else {
            return Err("is no rail of the plant".to_owned());
        };
        let (hauler, haulage) = (&model.paths.haulers[number], &floor.shop.haulage[number]);
        let Some(stops) = model.paths.rails.get(&(number as u32)) else {
            return Err("has no stops".to_owned());
        };
        for (crane, state) in self.cranes.iter().enumerate() {
            let (element, aboard) = (hauler.carriers[crane], &haulage.aboard[crane]);
            let wrong = |what: &str| Err(format!("\"{}\" {what}", model.name(element)));
            if settled && !carries_what_it_says(state, haulage.called[crane].as_ref(), aboard) {
                return wrong("carries or fetches something else than its errand says");
            }
            if settled && aboard.len() as u32 != floor.unit(element).level {
                return wrong("has other parts on it than it carries");
            }
            let is_on_it = |haul: &Haul| {
                floor.parts().find(haul.part).is_some_and(|part| part.location == element && !part.is_packed())
            };
            if !aboard.iter().all(|haul| is_on_it(haul) && stops.contains_key(&haul.to)) {
                return wrong("carries what is not there, or to where it cannot go");
            }
            if settled && state.stint.stands_still != floor.unit(element).is_halted() {
                return wrong("has failed and moves, or the other way round");
            }
            let is_at_work = state.track.moves() || state.is_handling();
            if (is_at_work && !state.stint.stands_still) != state.stint.is_running() {
                return wrong("moves without an end, or ends without a move");
            }
            if !plan.reaches(crane, state.track.to_nm) {
                return wrong("goes to where the others find no room beside it");
            }
            if state.is_handling() && (state.track.moves() || state.track.to_nm != plan.stops[state.stop as usize].1) {
                return wrong("picks up or puts down elsewhere than at its stop");
            }
        }
        for haul in haulage.not_loaded() {
            let part = floor.parts().find(haul.part);
            if part.is_none_or(|part| part.location != haul.from || part.is_packed()) {
                return Err(format!("is to fetch {:?}, which is not at \"{}\"", haul.part, model.name(haul.from)));
            }
        }
        self.keep_clear(plan, floor.now())
    }

    /// No two cranes come nearer than they may, now and until all of them stand: at moments in between, from where each is then.
    fn keep_clear(&self, plan: &CraneRailPlan, now: SimTime) -> Result<(), String> {
        let moving = self.cranes.iter().filter(|crane| crane.track.moves());
        let last = moving.map(|crane| crane.stint.ends()).max().unwrap_or(now).max(now);
        for moment in 0..=MOMENTS {
            let passed = i128::from((last - now).as_nanos()) * i128::from(moment) / i128::from(MOMENTS);
            let then = now + SimDuration::from_nanos(passed as i64);
            let places: Vec<i64> = self.cranes.iter().map(|crane| crane.track.place_nm(plan, then)).collect();
            let near = places.windows(2).position(|pair| pair[1] - pair[0] < plan.clearance_nm - HAIR_NM);
            if let Some(crane) = near {
                return Err(format!(
                    "cranes {} and {} are {} nm apart at {then}, and should be {} nm",
                    crane + 1,
                    crane + 2,
                    places[crane + 1] - places[crane],
                    plan.clearance_nm
                ));
            }
            if last == now {
                break;
            }
        }
        Ok(())
    }
}

/// A crane carries and fetches what its errand says.
fn carries_what_it_says(state: &Crane, called: Option<&Haul>, aboard: &[Haul]) -> bool {
    match state.errand {
        Errand::Idle => called.is_none() && aboard.is_empty(),
        Errand::Fetch | Errand::Pick => called.is_some() && aboard.is_empty(),
        Errand::Deliver | Errand::Drop => called.is_none() && aboard.len() == 1,
    }
}
