//! The books of one store, counted again: where its parts are, which places are free, what its cranes do.
//!
//! Used by [`crate::invariant`]; it lives here because only this room sees cranes and places.

use std::collections::BTreeSet;

use super::crane::Task;
use super::{AutomatedStoragePlan, AutomatedStorageState, RetrievalRule, Stored};
use crate::element::ElementIndex;
use crate::floor::{Floor, Haul};
use crate::part::PartId;

impl AutomatedStorageState {
    /// Checks this store, which is `me`. `settled` says that no signal is on its way.
    ///
    /// # Errors
    /// What does not agree.
    pub(crate) fn audit(
        &self,
        me: ElementIndex,
        plan: &AutomatedStoragePlan,
        floor: &Floor<'_>,
        settled: bool,
    ) -> Result<(), String> {
        let Some(number) = floor.model().paths.stores.get(&me).map(|number| *number as usize) else {
            return Err("is no store of the plant".to_owned());
        };
        self.audit_places(plan, floor)?;
        let haulage = &floor.shop.haulage[number];
        let is_here =
            |part: PartId| floor.parts().find(part).is_some_and(|there| there.location == me && !there.is_packed());
        for (crane, state) in self.cranes.iter().enumerate() {
            let wrong = |what: &str| Err(format!("crane {} {what}", crane + 1));
            let fetches = haulage.called[crane].map(|haul| haul.part);
            let retrieves = matches!(state.task, Some(Task::Retrieve | Task::Deliver));
            if settled && (retrieves != fetches.is_some() || (retrieves && fetches != state.part)) {
                return wrong("fetches something else than it was called for");
            }
            if state.part.is_some_and(|part| !is_here(part)) {
                return wrong("has to do with a part that is not there");
            }
            let is_in_rack = state.part.is_some_and(|part| self.stored.contains_key(&part));
            if state.task.is_some() && is_in_rack != (state.task == Some(Task::Retrieve)) {
                return wrong("has to do with a part that is elsewhere");
            }
            if (state.task.is_some() && !state.stint.stands_still) != state.stint.is_running() {
                return wrong("moves without an end, or ends without a move");
            }
            let member = floor.model().paths.haulers[number].carriers[crane];
            if settled && state.stint.stands_still != floor.unit(member).is_halted() {
                return wrong("has failed and moves, or the other way round");
            }
            if haulage.waiting[1 + crane].iter().any(|haul| !self.is_in(haul, crane)) {
                return wrong("is to fetch what is not in its aisle");
            }
        }
        // Every part is in one place: at the input, in the rack, on a crane, or handed out.
        let on_cranes =
            self.cranes.iter().filter(|crane| crane.task != Some(Task::Retrieve)).filter_map(|crane| crane.part);
        let all = self.waiting.iter().chain(self.stored.keys()).chain(self.handed_out.keys()).copied().chain(on_cranes);
        let known: Vec<PartId> = all.collect();
        let distinct: BTreeSet<PartId> = known.iter().copied().collect();
        if settled && (distinct.len() != known.len() || known.len() != floor.unit(me).level as usize) {
            return Err(format!("knows of {} parts ({} different ones)", known.len(), distinct.len()));
        }
        if settled && !distinct.into_iter().all(is_here) {
            return Err("holds a part that is not there".to_owned());
        }
        // What is in the rack is in line, or called for.
        let in_line = self.lines.values().map(|line| line.parts.len()).sum::<usize>();
        let in_aisles = haulage.waiting[1..].iter().map(|line| line.len()).sum::<usize>();
        let fetched = self.cranes.iter().filter(|crane| crane.task == Some(Task::Retrieve)).count();
        let just_called = haulage.waiting[0].len();
        if settled && in_line + in_aisles + fetched != self.stored.len() {
            return Err(format!(
                "{in_line} parts wait in its rack, {in_aisles} are called for and {fetched} fetched, of {}",
                self.stored.len()
            ));
        }
        for line in self.lines.values() {
            let may_be_next = |offered: PartId| match plan.retrieval {
                // What came at this instant is looked at when all is quiet.
                RetrievalRule::Nearest => line.parts.iter().any(|(_, part)| *part == offered),
                RetrievalRule::FirstIn => line.parts.front().is_some_and(|(_, part)| *part == offered),
            };
            if !line.parts.iter().is_sorted_by_key(|(key, _)| *key)
                || line.offered.is_some_and(|offered| !may_be_next(offered))
            {
                return Err("takes its parts out in a wrong order".to_owned());
            }
        }
        let filled = self.fill.level();
        if filled != self.stored.len() as i64 || just_called > self.stored.len() {
            return Err(format!("{} parts are in its rack, and it says {filled}", self.stored.len()));
        }
        Ok(())
    }

    /// Every place of every aisle is free, taken, or kept for what is about to be stored there; and in its zone.
    fn audit_places(&self, plan: &AutomatedStoragePlan, floor: &Floor<'_>) -> Result<(), String> {
        for aisle in 0..plan.aisles as usize {
            let mut places: Vec<u32> = Vec::new();
            for (zone, (from, to)) in plan.zones.iter().enumerate() {
                let free = &self.free[plan.list(zone, aisle)];
                let is_foreign = |stored: &(&PartId, &Stored)| {
                    stored.1.aisle as usize == aisle
                        && (*from..*to).contains(&stored.1.rank)
                        && floor.parts().find(*stored.0).is_some_and(|part| plan.zone_of(part.part_type) != zone)
                };
                if self.stored.iter().any(|stored| is_foreign(&stored)) {
                    return Err(format!("a part is in zone {} and belongs to another", zone + 1));
                }
                if !free.is_sorted_by(|one, other| one > other) || free.iter().any(|rank| !(*from..*to).contains(rank))
                {
                    return Err(format!("the free places of aisle {} are out of order", aisle + 1));
                }
                places.extend(free);
            }
            places
                .extend(self.stored.values().filter(|stored| stored.aisle as usize == aisle).map(|stored| stored.rank));
            let crane = &self.cranes[aisle];
            places.extend(matches!(crane.task, Some(Task::Collect | Task::Store)).then_some(crane.rank));
            places.sort_unstable();
            let last = plan.zones.last().map_or(0, |zone| zone.1);
            if !places.into_iter().eq(0..last) {
                return Err(format!("a place of aisle {} is taken twice, or by nobody", aisle + 1));
            }
        }
        Ok(())
    }

    fn is_in(&self, haul: &Haul, aisle: usize) -> bool {
        self.stored.get(&haul.part).is_some_and(|stored| stored.aisle as usize == aisle)
    }

    /// Of each zone the part types that are stored there, how many places it has and how many of them are held by parts, be they
    /// in the rack or about to come there.
    pub(crate) fn places_held(
        me: ElementIndex,
        plan: &AutomatedStoragePlan,
        floor: &Floor<'_>,
    ) -> Vec<(u64, Vec<usize>, u64)> {
        let here = floor.parts().iter().filter(|part| part.location == me && !part.is_packed());
        let mut held = vec![0; plan.zones.len()];
        here.for_each(|part| held[plan.zone_of(part.part_type)] += 1);
        let types = |zone: usize| match plan.zone_of.is_empty() {
            true => vec![0],
            false => (0..plan.zone_of.len()).filter(|part_type| plan.zone_of[*part_type] == Some(zone)).collect(),
        };
        let zones = plan.zones.iter().zip(held).enumerate();
        zones.map(|(zone, ((from, to), held))| (u64::from((to - from) * plan.aisles), types(zone), held)).collect()
    }
}
