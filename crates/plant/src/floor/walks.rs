//! Members who walk: whoever was granted some whose way takes time is told when the last of them is there. This is
//! written here, once, for operators, setters and repairers alike.
//!
//! From the grant on members are held, so that nobody else gets them; what is held under a purpose that is in
//! [`Shop::approaches`](crate::floor::Shop) is not there yet. Giving it back calls the walk off.

use kernel::{EventId, SimTime};

use crate::element::ElementIndex;
use crate::floor::crew::Need;
use crate::floor::{Cause, Event, Floor, Holding, Purpose, Request, priority};
use crate::resource::walkers::Clock;

/// A grant of which somebody is still on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Approach {
    pub(crate) element: ElementIndex,
    pub(crate) purpose: Purpose,
    /// When the last of them is there.
    pub(crate) arrives: SimTime,
    timer: EventId,
}
kernel::persist!(struct Approach { element, purpose, arrives, timer });

/// A member that was chosen: its pool, and its number there.
pub(super) type Call = (ElementIndex, usize);

/// Who of several goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The nearest, and of those as near one of the group with the fewest skills.
    Nearest,
    /// One of the group with the fewest skills, as where nobody walks, and of those the nearest.
    FewestSkills,
}

impl Floor<'_> {
    fn clock(&self) -> Clock {
        Clock { now: self.shop.now, since: self.shop.statistics_since }
    }

    /// Keeps members for what one need asks for, of which there are enough; false, with some of them kept, if not all of them can
    /// be found.
    pub(super) fn keep_walkers(
        &mut self,
        request: &Request,
        need: &Need,
        choice: Choice,
        called: &mut Vec<Call>,
    ) -> bool {
        let now = self.now();
        let facets = &mut self.facets[need.pool.index()];
        let (Some((crew_plan, crew)), Some((plan, walkers))) = (facets.crew.as_mut(), facets.walking.as_mut()) else {
            return false;
        };
        let (serves, place) = ((request.element, request.purpose), plan.place_at(request.element));
        let fits = |group: u16| crew_plan.groups.get(usize::from(group)).is_some_and(|group| need.is_met_by(group));
        let first = self.shop.holdings.len();
        for _ in 0..need.amount {
            let Some((number, group)) = walkers.keep(place, serves, fits, choice, (plan, now)) else { return false };
            called.push((need.pool, number));
            crew.free[usize::from(group)] -= 1;
            match self.shop.holdings[first..].iter_mut().find(|holding| holding.group == group) {
                Some(holding) => holding.amount += 1,
                None => {
                    let (element, purpose) = serves;
                    self.shop.holdings.push(Holding { element, purpose, pool: need.pool, group, amount: 1 });
                }
            }
        }
        true
    }

    /// Who was kept for a request that does not get all it needs is free as before.
    pub(super) fn keep_no_longer(&mut self, called: &[Call]) {
        for (pool, number) in called {
            if let Some((_, walkers)) = self.facets[pool.index()].walking.as_mut() {
                walkers.keep_no_longer(*number);
            }
        }
    }

    /// Who was kept sets out to `element`. Returns when the last of them is there: now, if nobody has to walk.
    pub(super) fn send(&mut self, element: ElementIndex, called: &[Call]) -> SimTime {
        let clock = self.clock();
        let mut last = clock.now;
        for (pool, number) in called {
            if let Some((plan, walkers)) = self.facets[pool.index()].walking.as_mut() {
                last = last.max(walkers.send(*number, plan.place_at(element), plan, clock));
            }
        }
        last
    }

    /// All that was asked for is held, and will be there at `arrives`.
    pub(super) fn expect_crew(&mut self, element: ElementIndex, purpose: Purpose, arrives: SimTime) {
        let event = Event { element, cause: Cause::CrewArrives };
        let timer = self.shop.events.schedule(arrives, priority::TIMER, event);
        self.shop.approaches.push(Approach { element, purpose, arrives, timer });
    }

    /// The last of those whom `me` waits for is there.
    pub(crate) fn crew_arrives(&mut self, me: ElementIndex) {
        let now = self.now();
        let is_there = |approach: &Approach| approach.element == me && approach.arrives <= now;
        if let Some(index) = self.shop.approaches.iter().position(is_there) {
            let approach = self.shop.approaches.remove(index);
            self.tell_of_grant(me, approach.purpose);
        }
    }

    /// Whoever is on the way to `me` for `purpose` is waited for no longer.
    pub(super) fn expect_nobody(&mut self, me: ElementIndex, purpose: Purpose) {
        let events = &mut self.shop.events;
        self.shop.approaches.retain(|approach| {
            let goes_on = (approach.element, approach.purpose) != (me, purpose);
            if !goes_on {
                events.cancel(approach.timer);
            }
            goes_on
        });
    }

    /// The members that were held so are free, where they are; those whose posts were cut meanwhile leave.
    pub(super) fn dismiss(&mut self, held: &Holding) {
        let clock = self.clock();
        if let Some((plan, walkers)) = self.facets[held.pool.index()].walking.as_mut() {
            walkers.dismiss(held, plan, clock);
            self.muster(held.pool);
        }
    }

    /// As many walk in each group of `pool` as are free or held.
    pub(crate) fn muster(&mut self, pool: ElementIndex) {
        let clock = self.clock();
        let facets = &mut self.facets[pool.index()];
        let (Some((_, crew)), Some((plan, walkers))) = (facets.crew.as_ref(), facets.walking.as_mut()) else { return };
        for (group, free) in crew.free.iter().enumerate() {
            walkers.muster(group as u16, (*free).max(0) as u64, plan, clock);
        }
    }
}
