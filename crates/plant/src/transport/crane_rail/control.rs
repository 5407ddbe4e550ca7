//! What the cranes of a rail do: which fetches what, when each sets out, what happens at stops and when one fails.

use std::cmp::Reverse;

use kernel::SimDuration;

use super::crane::{Crane, Errand};
use super::right_of_way::goals_nm;
use super::track::{HAIR_M, Track, least_gap_m};
use super::{CraneDispatching, CraneRail, CraneRailPlan, CraneRailState};
use crate::availability::failure;
use crate::element::{At, ElementIndex};
use crate::floor::{Floor, Haulage};
use crate::transport::activity::Activity;
use crate::transport::paths::Paths;

/// A rail while its handlers run.
pub(super) struct Control<'a, 'f, 'w> {
    me: ElementIndex,
    plan: &'a CraneRailPlan,
    state: &'a mut CraneRailState,
    floor: &'f mut Floor<'w>,
    paths: &'a Paths,
    /// Its number among the haulers, and its cranes.
    number: usize,
    elements: &'a [ElementIndex],
}

impl<'w> Control<'_, '_, 'w> {
    /// Lets `act` see to the rail.
    pub(super) fn with(at: At<'_, CraneRail>, floor: &mut Floor<'w>, act: impl FnOnce(&mut Control<'_, '_, 'w>)) {
        let model = floor.shop.model.clone();
        let paths = &model.paths;
        let Some(number) = paths.haulers.iter().position(|hauler| hauler.element == at.me) else { return };
        let elements = &paths.haulers[number].carriers[..];
        let At { me, plan, state } = at;
        act(&mut Control { me, plan, state, floor, paths, number, elements });
    }

    fn crane(&mut self, crane: usize) -> &mut Crane {
        &mut self.state.cranes[crane]
    }

    fn haulage(&mut self) -> &mut Haulage {
        &mut self.floor.shop.haulage[self.number]
    }

    fn stop_of(&self, element: ElementIndex) -> Option<u32> {
        self.paths.rails.get(&(self.number as u32))?.get(&element).copied()
    }

    /// Everything at this instant has happened: calls free cranes, and lets those set out that can.
    pub(super) fn choose(&mut self) {
        if !self.floor.all_is_offered() {
            return self.floor.request_dispatch(self.me);
        }
        while let Some((crane, stop)) = self.next_call() {
            self.floor.send_for_first(self.number, crane, stop);
            let call = self.state.calls;
            self.state.calls += 1;
            let state = self.crane(crane);
            (state.errand, state.stop, state.call) = (Errand::Fetch, stop, call);
        }
        for crane in 0..self.elements.len() {
            self.begin_at_stop(crane);
        }
        self.set_out();
    }

    /// Whether a crane can be called.
    fn is_free(&self, crane: usize) -> bool {
        let state = &self.state.cranes[crane];
        state.errand == Errand::Idle && !state.stint.stands_still && self.floor.unit(self.elements[crane]).is_open()
    }

    /// The next crane to be called, and the stop to which.
    fn next_call(&self) -> Option<(usize, u32)> {
        let haulage = &self.floor.shop.haulage[self.number];
        let lines = (0..haulage.waiting.len() as u32).filter_map(|stop| Some((stop, haulage.first(stop)?)));
        let calls = lines.filter_map(|(stop, haul)| {
            let from_nm = self.plan.stops[stop as usize].1;
            let to_nm = self.plan.stops[self.stop_of(haul.to)? as usize].1;
            let can_carry = |crane: &usize| self.plan.reaches(*crane, from_nm) && self.plan.reaches(*crane, to_nm);
            let free = (0..self.elements.len()).filter(|crane| self.is_free(*crane)).filter(can_carry);
            let (way, crane) =
                free.map(|crane| (self.state.cranes[crane].track.to_nm.abs_diff(from_nm), crane)).min()?;
            // Of ways of the same length the part goes first that has waited longest.
            let way = if self.plan.dispatching == CraneDispatching::LongestWaiting { 0 } else { way };
            Some(((Reverse(haul.priority), way, haul.since, haul.part), crane, stop))
        });
        let (_, crane, stop) = calls.min()?;
        Some((crane, stop))
    }

    /// A crane that stands where it has to go begins to pick up or to put down. Draws from the streams "pick_time" and "drop_time".
    fn begin_at_stop(&mut self, crane: usize) {
        let (plan, state) = (self.plan, &mut *self.state);
        let own = &mut state.cranes[crane];
        if !own.can_move() || own.errand == Errand::Idle || own.track.to_nm != plan.stops[own.stop as usize].1 {
            return;
        }
        let (errand, law, stream) = match own.errand {
            Errand::Fetch => (Errand::Pick, &plan.pick_time, &mut state.pick),
            _ => (Errand::Drop, &plan.drop_time, &mut state.drop),
        };
        own.errand = errand;
        let time = law.as_ref().map_or(SimDuration::ZERO, |law| law.sample_duration(stream));
        self.turn_to(crane, Activity::Handling);
        self.run(crane, time);
    }

    /// Lets cranes set out for where they may go, in whatever order they can; those that cannot stay and wait.
    fn set_out(&mut self) {
        let goals = goals_nm(self.plan, &self.state.cranes);
        let now = self.floor.now();
        let next = |state: &CraneRailState, plan: &CraneRailPlan| {
            (0..goals.len()).find_map(|crane| {
                let own = &state.cranes[crane];
                let track = Track { from_nm: own.track.to_nm, to_nm: goals[crane], since: now };
                let sets_out = own.can_move() && track.moves() && is_clear(plan, &state.cranes, crane, &track, now);
                sets_out.then_some((crane, track))
            })
        };
        while let Some((crane, track)) = next(self.state, self.plan) {
            let loaded = self.crane(crane).is_loaded();
            self.crane(crane).track = track;
            self.turn_to(crane, if loaded { Activity::DrivingLoaded } else { Activity::DrivingEmpty });
            self.run(crane, track.time(self.plan));
        }
        for crane in 0..goals.len() {
            if self.crane(crane).can_move() {
                let is_idle = self.crane(crane).errand == Errand::Idle;
                self.turn_to(crane, if is_idle { Activity::Parked } else { Activity::WaitingForWay });
            }
        }
    }

    fn run(&mut self, crane: usize, time: SimDuration) {
        self.state.cranes[crane].stint.run(self.floor, self.me, crane as u32, time);
    }

    /// What a crane does from now on: its times and its state follow.
    fn turn_to(&mut self, crane: usize, activity: Activity) {
        let now = self.floor.now();
        let state = &mut self.state.cranes[crane];
        state.activity = activity;
        let shown = if state.stint.stands_still { Activity::Failed } else { activity };
        if shown != state.clock.present {
            state.clock.set(now, shown);
        }
        self.floor.set_operation(self.elements[crane], activity.operation());
    }

    /// A crane has moved, picked up or put down.
    pub(super) fn done(&mut self, crane: usize) {
        let Some(state) = self.state.cranes.get_mut(crane) else { return };
        state.stint.is_over();
        if state.track.moves() {
            state.driven_nm += i128::from(state.track.distance_nm());
            state.track = Track::standing(state.track.to_nm);
            self.begin_at_stop(crane);
        } else if state.errand == Errand::Pick {
            self.picked_up(crane);
        } else if state.errand == Errand::Drop {
            self.put_down(crane);
        }
        self.floor.request_dispatch(self.me);
    }

    fn picked_up(&mut self, crane: usize) {
        let Some(haul) = self.floor.take_aboard(self.number, crane, self.elements[crane]) else {
            return self.come_free(crane);
        };
        let since = haul.since.max(self.floor.statistics_since());
        self.state.fetched += 1;
        self.state.waited_total += i128::from((self.floor.now() - since).as_nanos());
        let stop = self.stop_of(haul.to);
        let state = self.crane(crane);
        (state.errand, state.stop) = (Errand::Deliver, stop.unwrap_or(state.stop));
    }

    fn put_down(&mut self, crane: usize) {
        let element = self.elements[crane];
        if let Some(haul) = self.haulage().aboard[crane].first().copied() {
            let reworks = self.floor.parts()[haul.part].reworks;
            self.floor.put_off(self.number, crane, 0, element);
            self.crane(crane).carried += 1;
            self.floor.unit_mut(element).counts.count_operation(reworks);
            if self.floor.unit(element).has.failures {
                failure::operation_finished(self.floor, element);
            }
        }
        self.come_free(crane);
    }

    /// A crane has nothing on it and nothing to fetch.
    fn come_free(&mut self, crane: usize) {
        self.crane(crane).errand = Errand::Idle;
        self.floor.request_dispatch(self.me);
    }

    /// Something about a crane has changed: whether it stands still, what it was called for or what it carries.
    pub(super) fn look_at(&mut self, watched: ElementIndex) {
        let Some(crane) = self.elements.iter().position(|other| *other == watched) else { return };
        let is_halted = self.floor.unit(watched).is_halted();
        if is_halted != self.crane(crane).stint.stands_still {
            self.crane(crane).stint.stands_still = is_halted;
            if is_halted { self.stand_still(crane) } else { self.go_on(crane) }
        }
        let is_in_vain = match self.crane(crane).errand {
            Errand::Idle => false,
            Errand::Fetch | Errand::Pick => self.haulage().called[crane].is_none(),
            Errand::Deliver | Errand::Drop => self.haulage().aboard[crane].is_empty(),
        };
        if is_in_vain {
            if self.crane(crane).is_handling() {
                self.break_off(crane);
            }
            self.come_free(crane);
        }
        self.floor.request_dispatch(self.me);
    }

    fn break_off(&mut self, crane: usize) {
        self.state.cranes[crane].stint.break_off(self.floor);
    }

    /// A crane has failed: it stops where it is, and so do those that would come too near to it or to each other.
    fn stand_still(&mut self, crane: usize) {
        let now = self.floor.now();
        if self.crane(crane).is_handling() {
            self.state.cranes[crane].stint.keep(self.floor);
        }
        self.stop(crane);
        let too_near = |state: &CraneRailState, plan: &CraneRailPlan| {
            let is_moving = |crane: &usize| state.cranes[*crane].track.moves();
            let is_near = |crane: &usize| !is_clear(plan, &state.cranes, *crane, &state.cranes[*crane].track, now);
            (0..state.cranes.len()).filter(is_moving).find(is_near)
        };
        while let Some(other) = too_near(self.state, self.plan) {
            self.stop(other);
        }
        let activity = self.crane(crane).activity;
        self.turn_to(crane, activity);
    }

    /// A crane stops at once where it is.
    fn stop(&mut self, crane: usize) {
        let now = self.floor.now();
        let track = self.crane(crane).track;
        if track.moves() {
            let place_nm = track.place_nm(self.plan, now);
            let state = self.crane(crane);
            state.driven_nm += i128::from(place_nm.abs_diff(track.from_nm));
            state.track = Track::standing(place_nm);
            self.break_off(crane);
            self.floor.request_dispatch(self.me);
        }
    }

    /// A crane is repaired.
    fn go_on(&mut self, crane: usize) {
        let state = self.crane(crane);
        let (activity, left) = (state.activity, state.stint.take_left());
        self.turn_to(crane, activity);
        if let Some(left) = left {
            self.run(crane, left);
        }
    }
}

/// Whether a crane on a track keeps clear of its neighbours, whatever those do just now.
fn is_clear(plan: &CraneRailPlan, cranes: &[Crane], crane: usize, track: &Track, now: kernel::SimTime) -> bool {
    let clearance_m = plan.clearance_nm as f64 / 1e9 - HAIR_M;
    let left = crane.checked_sub(1).map(|left| least_gap_m(&cranes[left].track, track, plan, now));
    let right = cranes.get(crane + 1).map(|right| least_gap_m(track, &right.track, plan, now));
    left.into_iter().chain(right).all(|gap| gap >= clearance_m)
}
