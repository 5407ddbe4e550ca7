//! What the cranes of a store do: which part is stored where, which is offered and taken out, and in which order.

use kernel::{SimDuration, SimTime};

use super::crane::{Crane, Task};
use super::rack::Point;
use super::{
    AutomatedStorage, AutomatedStoragePlan, AutomatedStorageState, CommandCycle, DwellPoint, PlaceRule, RetrievalRule,
    Stored,
};
use crate::availability::failure;
use crate::element::{At, ElementIndex};
use crate::floor::{Floor, Haulage, Passage};
use crate::part::{PartId, PartTypeIndex, RoutingPosition};
use crate::state::State;

/// A store while its handlers run.
pub(super) struct Control<'a, 'f, 'w> {
    me: ElementIndex,
    plan: &'a AutomatedStoragePlan,
    state: &'a mut AutomatedStorageState,
    floor: &'f mut Floor<'w>,
    /// Its number among the haulers, and its cranes.
    number: usize,
    cranes: &'a [ElementIndex],
}

impl<'w> Control<'_, '_, 'w> {
    /// Lets `act` see to the store.
    pub(super) fn with(
        at: At<'_, AutomatedStorage>,
        floor: &mut Floor<'w>,
        act: impl FnOnce(&mut Control<'_, '_, 'w>),
    ) {
        let model = floor.shop.model.clone();
        let Some(number) = model.paths.stores.get(&at.me).map(|number| *number as usize) else { return };
        let cranes = &model.paths.haulers[number].carriers[..];
        let At { me, plan, state } = at;
        act(&mut Control { me, plan, state, floor, number, cranes });
    }

    fn crane(&mut self, crane: usize) -> &mut Crane {
        &mut self.state.cranes[crane]
    }

    fn haulage(&mut self) -> &mut Haulage {
        &mut self.floor.shop.haulage[self.number]
    }

    fn part_type(&self, part: PartId) -> PartTypeIndex {
        self.floor.parts().find(part).map_or(PartTypeIndex::default(), |part| part.part_type)
    }

    /// A part has come in. What is in the plant from the beginning is in the rack, in the aisle with the most room.
    pub(super) fn take_in(&mut self, part: PartId) {
        let present = &self.floor.model().work_in_progress;
        let is_present = self.floor.now() == SimTime::ZERO
            && present.get(part.serial() as usize - 1).is_some_and(|present| present.at == self.me);
        let zone = self.plan.zone_of(self.part_type(part));
        if is_present && let Some(aisle) = self.roomiest(zone, 0..self.cranes.len()) {
            let rank = self.take_place(zone, aisle);
            self.put_in_rack(part, aisle, rank);
        } else {
            self.state.waiting.push_back(part);
        }
        self.floor.request_dispatch(self.me);
    }

    /// The aisle with the most free places of a zone, and be it one; of equals the first.
    fn roomiest(&self, zone: usize, aisles: impl Iterator<Item = usize>) -> Option<usize> {
        let room = |aisle: &usize| self.state.free[self.plan.list(zone, *aisle)].len();
        aisles.filter(|aisle| room(aisle) > 0).min_by_key(|aisle| std::cmp::Reverse(room(aisle)))
    }

    /// Takes a free place of a zone in an aisle where there is one, by the rule. Draws from the stream "place".
    fn take_place(&mut self, zone: usize, aisle: usize) -> u32 {
        let free = &mut self.state.free[self.plan.list(zone, aisle)];
        let chosen = match self.plan.place {
            PlaceRule::Random if free.len() > 1 => self.state.place.below(free.len() as u64) as usize,
            _ => free.len() - 1,
        };
        free.remove(chosen)
    }

    /// A place of an aisle is free again.
    fn free_place(&mut self, aisle: usize, rank: u32) {
        let free = &mut self.state.free[self.plan.list_of_place(aisle, rank)];
        let place = free.partition_point(|other| *other > rank);
        free.insert(place, rank);
    }

    /// A part is in its place of the rack and can be asked for from now on.
    fn put_in_rack(&mut self, part: PartId, aisle: usize, rank: u32) {
        let now = self.floor.now();
        self.state.fill.add(now, 1);
        self.state.stored.insert(part, Stored { aisle: aisle as u32, rank, since: now });
        self.floor.complete_step(self.me, part);
        let key = match self.plan.retrieval {
            RetrievalRule::FirstIn => now.as_nanos(),
            RetrievalRule::Nearest => i64::from(rank),
        };
        let line = self.state.lines.entry(way_of(self.floor, part)).or_default();
        let place = line.parts.partition_point(|(other, _)| *other <= key);
        line.parts.insert(place, (key, part));
    }

    /// Everything at this instant has happened: offers parts, and sends cranes that are free to what is to be stored and taken out.
    pub(super) fn choose(&mut self) {
        self.offer();
        if !self.floor.all_is_offered() {
            return self.floor.request_dispatch(self.me);
        }
        self.begin_storages();
        for crane in 0..self.cranes.len() {
            if self.is_free(crane) {
                self.begin_retrieval_or_rest(crane);
            }
        }
        let is_at_work = self.state.cranes.iter().any(|crane| crane.task.is_some());
        self.floor.set_operation(self.me, if is_at_work { State::Processing } else { State::Starved });
    }

    /// Offers the first part of each line that has none on offer, until it has to wait.
    fn offer(&mut self) {
        self.hear_calls();
        let ways: Vec<(PartTypeIndex, Option<RoutingPosition>)> = self.state.lines.keys().copied().collect();
        for way in ways {
            while let Some(line) = self.state.lines.get_mut(&way)
                && let Some((_, part)) = line.parts.front().copied()
            {
                match line.offered {
                    Some(offered) if offered == part => break,
                    Some(worse) => {
                        line.offered = None;
                        self.floor.withdraw(worse);
                        continue;
                    }
                    None => line.offered = Some(part),
                }
                if self.floor.forward(self.me, part, self.plan.next) == Passage::Taken {
                    // Whoever takes it without asking for a crane has it at once.
                    self.take_off_offer(part, way);
                    self.take_from_rack(part);
                    self.floor.free_place(self.me, way.0);
                }
                self.hear_calls();
            }
        }
    }

    /// What has been called for since the last look comes into the line of its aisle.
    fn hear_calls(&mut self) {
        while let Some(haul) = self.haulage().waiting[0].pop_front() {
            let Some(stored) = self.state.stored.get(&haul.part).copied() else { continue };
            let way = way_of(self.floor, haul.part);
            self.take_off_offer(haul.part, way);
            self.haulage().line_up(1 + stored.aisle, haul);
        }
    }

    fn take_off_offer(&mut self, part: PartId, way: (PartTypeIndex, Option<RoutingPosition>)) {
        let Some(line) = self.state.lines.get_mut(&way) else { return };
        line.offered = line.offered.filter(|offered| *offered != part);
        if let Some(place) = line.parts.iter().position(|(_, other)| *other == part) {
            line.parts.remove(place);
        }
        if line.parts.is_empty() {
            self.state.lines.remove(&way);
        }
    }

    /// A part has been taken off its place of the rack.
    fn take_from_rack(&mut self, part: PartId) {
        let Some(stored) = self.state.stored.remove(&part) else { return };
        let now = self.floor.now();
        self.state.fill.add(now, -1);
        self.state.retrieved += 1;
        self.state.stored_total += i128::from((now - stored.since.max(self.floor.statistics_since())).as_nanos());
        self.free_place(stored.aisle as usize, stored.rank);
    }

    /// Whether a crane can begin something.
    fn is_free(&self, crane: usize) -> bool {
        let state = &self.state.cranes[crane];
        state.task.is_none() && !state.stint.stands_still && self.floor.unit(self.cranes[crane]).is_open()
    }

    /// Sends free cranes to store what waits, in the order of coming, each part by the crane of the aisle with the most room for it.
    fn begin_storages(&mut self) {
        let mut place = 0;
        while let Some(part) = self.state.waiting.get(place).copied() {
            let zone = self.plan.zone_of(self.part_type(part));
            let came = self.floor.parts().find(part).map_or(SimTime::ZERO, |part| part.arrived);
            let takes = |crane: &usize| self.is_free(*crane) && self.may_store(*crane, came);
            let Some(crane) = self.roomiest(zone, (0..self.cranes.len()).filter(takes)) else {
                if !(0..self.cranes.len()).any(|crane| self.is_free(crane)) {
                    return;
                }
                place += 1;
                continue;
            };
            self.state.waiting.remove(place);
            let rank = self.take_place(zone, crane);
            let now = self.floor.now();
            let state = self.crane(crane);
            state.end_cycle(now);
            (state.part, state.rank) = (Some(part), rank);
            self.begin(crane, Task::Collect);
        }
    }

    /// Whether a crane that is free stores what came then: after a storage a retrieval comes first, and in single cycles whatever was
    /// asked for first.
    fn may_store(&self, crane: usize, came: SimTime) -> bool {
        let state = &self.state.cranes[crane];
        let Some(first) = self.floor.shop.haulage[self.number].first(1 + crane as u32) else {
            return state.cycle_since.is_none() || self.plan.command_cycle == CommandCycle::Dual;
        };
        match self.plan.command_cycle {
            CommandCycle::Dual => state.cycle_since.is_none(),
            CommandCycle::Single => state.cycle_since.is_none() && came <= first.since,
        }
    }

    /// A free crane with nothing to store fetches what is called for in its aisle, or goes to where it waits.
    fn begin_retrieval_or_rest(&mut self, crane: usize) {
        let is_in_cycle = self.crane(crane).cycle_since.is_some();
        let may_retrieve = !is_in_cycle || self.plan.command_cycle == CommandCycle::Dual;
        if may_retrieve && let Some(place) = self.next_call(crane) {
            let haulage = self.haulage();
            haulage.called[crane] = haulage.waiting[1 + crane].remove(place);
            self.crane(crane).part = self.haulage().called[crane].map(|haul| haul.part);
            return self.begin(crane, Task::Retrieve);
        }
        let goes_back =
            self.plan.command_cycle == CommandCycle::Single || self.plan.dwell_point == DwellPoint::InputOutput;
        if goes_back && self.state.cranes[crane].at != self.plan.rack.input {
            return self.begin(crane, Task::Return);
        }
        let now = self.floor.now();
        self.crane(crane).end_cycle(now);
        self.floor.set_operation(self.cranes[crane], State::Starved);
    }

    /// What a crane fetches next of what is called for in its aisle: the most urgent, and of equals the first or the nearest.
    fn next_call(&self, crane: usize) -> Option<usize> {
        let line = &self.floor.shop.haulage[self.number].waiting[1 + crane];
        let first = line.front()?;
        if self.plan.retrieval == RetrievalRule::FirstIn {
            return Some(0);
        }
        let at = self.state.cranes[crane].at;
        let time = |part: PartId| {
            self.state.stored.get(&part).map(|stored| self.plan.rack.time(at, self.plan.rack.point(stored.rank)))
        };
        let as_urgent = line.iter().take_while(|haul| haul.priority == first.priority);
        as_urgent.enumerate().min_by_key(|(place, haul)| (time(haul.part), *place)).map(|(place, _)| place)
    }

    /// A crane begins to do something: it moves there, and picks up or puts down. Draws from the stream "transfer_time".
    fn begin(&mut self, crane: usize, task: Task) {
        let now = self.floor.now();
        let goal = self.goal(crane, task);
        let (plan, state) = (self.plan, &mut *self.state);
        let own = &mut state.cranes[crane];
        own.begin_cycle(now);
        own.task = Some(task);
        let travel = plan.rack.time(own.at, goal);
        own.at = goal;
        let transfer = match &plan.transfer_time {
            Some(law) if task != Task::Return => law.sample_duration(&mut state.transfer),
            _ => SimDuration::ZERO,
        };
        self.floor.set_operation(self.cranes[crane], State::Processing);
        self.run(crane, travel + transfer);
    }

    /// Where a crane goes to do something.
    fn goal(&self, crane: usize, task: Task) -> Point {
        let state = &self.state.cranes[crane];
        let stored = state.part.and_then(|part| self.state.stored.get(&part));
        match (task, stored) {
            (Task::Store, _) => self.plan.rack.point(state.rank),
            (Task::Retrieve, Some(stored)) => self.plan.rack.point(stored.rank),
            (Task::Retrieve, None) => state.at,
            (Task::Collect | Task::Deliver | Task::Return, _) => self.plan.rack.input,
        }
    }

    fn run(&mut self, crane: usize, time: SimDuration) {
        self.state.cranes[crane].stint.run(self.floor, self.me, crane as u32, time);
    }

    /// A crane has done what it was doing.
    pub(super) fn done(&mut self, crane: usize) {
        let Some(state) = self.state.cranes.get_mut(crane) else { return };
        state.stint.is_over();
        let (task, part) = (state.task.take(), state.part);
        match (task, part) {
            (Some(Task::Collect), Some(_)) => return self.begin(crane, Task::Store),
            (Some(Task::Store), Some(part)) => {
                let rank = self.crane(crane).rank;
                self.crane(crane).has_stored = true;
                self.put_in_rack(part, crane, rank);
                self.command_is_done(crane);
            }
            (Some(Task::Retrieve), Some(part)) if self.haulage().called[crane].is_some() => {
                self.take_from_rack(part);
                return self.begin(crane, Task::Deliver);
            }
            (Some(Task::Deliver), Some(part)) => {
                let part_type = self.part_type(part);
                self.crane(crane).has_retrieved = true;
                if self.floor.hand_out(self.number, crane) {
                    self.floor.free_place(self.me, part_type);
                } else {
                    self.state.handed_out.insert(part, part_type);
                }
                let now = self.floor.now();
                self.crane(crane).end_cycle(now);
                self.command_is_done(crane);
            }
            (Some(Task::Return), _) => {
                let now = self.floor.now();
                self.crane(crane).end_cycle(now);
            }
            _ => {}
        }
        self.crane(crane).part = None;
        self.floor.request_dispatch(self.me);
    }

    /// A crane has stored or retrieved a part.
    fn command_is_done(&mut self, crane: usize) {
        let element = self.cranes[crane];
        self.floor.unit_mut(element).counts.count_operation(0);
        if self.floor.unit(element).has.failures {
            failure::operation_finished(self.floor, element);
        }
    }

    /// Something about a crane has changed: whether it stands still, whether it can begin something, whether it is still called.
    pub(super) fn look_at(&mut self, watched: ElementIndex) {
        let Some(crane) = self.cranes.iter().position(|other| *other == watched) else { return };
        let halted = self.floor.unit(watched).is_halted();
        let stint = &mut self.state.cranes[crane].stint;
        if halted != stint.stands_still {
            stint.stands_still = halted;
            if halted {
                stint.keep(self.floor);
            } else if let Some(left) = stint.take_left() {
                self.run(crane, left);
            }
        }
        self.floor.request_dispatch(self.me);
    }

    /// What a crane carries is scrapped. It goes on to where it was going, with nothing.
    pub(super) fn scrap_load(&mut self, crane: usize) {
        let Some(state) = self.state.cranes.get_mut(crane) else { return };
        let Some(part) = state.part.filter(|_| matches!(state.task, Some(Task::Store | Task::Deliver))) else { return };
        let (task, rank) = (state.task.replace(Task::Return), state.rank);
        state.part = None;
        if task == Some(Task::Store) {
            self.free_place(crane, rank);
        }
        self.floor.call_off(part);
        let part_type = self.part_type(part);
        self.floor.scrap(self.me, part);
        self.floor.free_place(self.me, part_type);
        self.floor.request_dispatch(self.me);
    }
}

/// The line of a part: those of its type that go the same way.
fn way_of(floor: &Floor<'_>, part: PartId) -> (PartTypeIndex, Option<RoutingPosition>) {
    floor.parts().find(part).map_or((PartTypeIndex::default(), None), |part| (part.part_type, part.position))
}
