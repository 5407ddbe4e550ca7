//! Seizing and releasing people and tools from pools. Seizing is written here, once, for operators, setters,
//! repairers and tools alike.
//!
//! A request names everything it needs and gets all of it or waits with nothing in hand, so requests can never
//! block each other in a circle. Waiting requests are served by priority, then in the order of coming; a request
//! further back may be served first when those before it lack something it does not need. Where members walk, those
//! nearest are taken, and what was granted holds from when they are there (`walks.rs`).

use std::sync::Arc;

use bevy_ecs::component::Component;
use kernel::{SimDuration, SimTime};

use crate::element::ElementIndex;
use crate::floor::walks::{Call, Choice};
use crate::floor::{Floor, Signal};
use crate::state::State;

/// Index of a skill in the plant.
pub type SkillIndex = u16;

/// What is needed of one pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The pool.
    pub pool: ElementIndex,
    /// How many members.
    pub amount: u32,
    /// The skill they must have, if any.
    pub skill: Option<SkillIndex>,
}
kernel::persist!(struct Need { pool, amount, skill });

impl Need {
    /// Whether members of `group` can be what it asks for.
    pub(crate) fn is_met_by(&self, group: &CrewGroup) -> bool {
        self.skill.is_none_or(|skill| group.skills.contains(&skill))
    }
}

/// Members of a pool that have the same skills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrewGroup {
    /// How many there are.
    pub size: u32,
    /// Their skills.
    pub skills: Vec<SkillIndex>,
}

/// Who is in a pool.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CrewPlan {
    /// The groups, those with the fewest skills first, so that specialists are kept free.
    pub groups: Vec<CrewGroup>,
}

/// Which members of a pool are free.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct Crew {
    pub(crate) free: Vec<i64>,
    pub(crate) busy: u32,
    pub(crate) busy_since: SimTime,
    pub(crate) busy_total: i128,
    /// Members there are now, on shift or not.
    members: u32,
    /// What the clock of the working hours showed when that number or the statistics last changed.
    members_since: SimDuration,
    /// Integral of the members over the working hours before, in member-nanoseconds.
    members_total: i128,
    pub(crate) granted: u64,
    pub(crate) waited_total: i128,
}
kernel::persist!(struct Crew { free, busy, busy_since, busy_total, members, members_since, members_total, granted, waited_total });

impl CrewPlan {
    /// All members.
    #[must_use]
    pub fn size(&self) -> u32 {
        self.groups.iter().map(|group| group.size).sum()
    }
}

impl Crew {
    pub(crate) fn new(plan: &CrewPlan) -> Self {
        Crew {
            free: plan.groups.iter().map(|group| i64::from(group.size)).collect(),
            busy: 0,
            busy_since: SimTime::ZERO,
            busy_total: 0,
            members: plan.size(),
            members_since: SimDuration::ZERO,
            members_total: 0,
            granted: 0,
            waited_total: 0,
        }
    }

    /// Members at work now.
    #[must_use]
    pub fn busy(&self) -> u32 {
        self.busy
    }

    /// Integral of the members at work over time, in member-nanoseconds, up to `now`.
    #[must_use]
    pub fn busy_integral(&self, now: SimTime) -> i128 {
        self.busy_total + i128::from(self.busy) * i128::from((now - self.busy_since).as_nanos())
    }

    /// Integral of the members over the working hours, in member-nanoseconds; `on_shift` are the hours so far.
    #[must_use]
    pub fn members_integral(&self, on_shift: SimDuration) -> i128 {
        self.members_total + i128::from(self.members) * i128::from((on_shift - self.members_since).as_nanos())
    }

    /// There are so many members from now on.
    pub(crate) fn set_members(&mut self, on_shift: SimDuration, members: u32) {
        self.members_total = self.members_integral(on_shift);
        self.members_since = on_shift;
        self.members = members;
    }

    /// The working hours are counted from zero again, too.
    pub(crate) fn reset_statistics(&mut self, now: SimTime) {
        self.busy_since = now;
        self.busy_total = 0;
        self.members_since = SimDuration::ZERO;
        self.members_total = 0;
        self.granted = 0;
        self.waited_total = 0;
    }

    fn set_busy(&mut self, now: SimTime, busy: u32) {
        self.busy_total = self.busy_integral(now);
        self.busy_since = now;
        self.busy = busy;
    }
}

/// Why resources are asked for, and so who is told of the grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Work { ticket: u32 },
    Repair { mode: u32 },
    Maintenance { task: u32 },
}
kernel::persist!(enum Purpose { 0 => Work { ticket }, 1 => Repair { mode }, 2 => Maintenance { task } });

/// A request that waits.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) element: ElementIndex,
    pub(crate) purpose: Purpose,
    needs: Arc<[Need]>,
    priority: i32,
    since: SimTime,
}
kernel::persist!(struct Request { element, purpose, needs, priority, since });

/// What an element holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holding {
    pub(crate) element: ElementIndex,
    pub(crate) purpose: Purpose,
    pub(crate) pool: ElementIndex,
    pub(crate) group: u16,
    pub(crate) amount: u32,
}
kernel::persist!(struct Holding { element, purpose, pool, group, amount });

impl Floor<'_> {
    /// Seizes `needs` for `me`: true if they are held now, false if [`crate::element::ElementKind::granted`]
    /// will be called with `ticket` once they are.
    pub fn seize(&mut self, me: ElementIndex, ticket: u32, needs: &Arc<[Need]>, priority: i32) -> bool {
        self.request(me, Purpose::Work { ticket }, needs, priority)
    }

    /// Gives back what `me` holds under `ticket`, and takes back a request that still waits.
    pub fn release(&mut self, me: ElementIndex, ticket: u32) {
        self.give_back(me, Purpose::Work { ticket });
    }

    pub(crate) fn request(&mut self, me: ElementIndex, purpose: Purpose, needs: &Arc<[Need]>, priority: i32) -> bool {
        let request = Request { element: me, purpose, needs: needs.clone(), priority, since: self.now() };
        // As long as somebody more urgent may ask at this very instant, nobody is given anything.
        let is_last = self.shop.agenda.is_empty()
            && self.shop.dispatches.is_empty()
            && !self.shop.look_due
            && self.shop.events.next_time() > self.shop.now;
        if is_last && let Some(there) = self.try_grant(&request) {
            let is_there = there <= self.now();
            if !is_there {
                self.expect_crew(me, purpose, there);
            }
            return is_there;
        }
        self.shop.look_due |= !is_last;
        let place = self.shop.requests.partition_point(|other| other.priority >= priority);
        self.shop.requests.insert(place, request);
        false
    }

    pub(crate) fn give_back(&mut self, me: ElementIndex, purpose: Purpose) {
        self.shop.requests.retain(|request| (request.element, request.purpose) != (me, purpose));
        if !self.shop.approaches.is_empty() {
            self.expect_nobody(me, purpose);
        }
        let mut index = 0;
        while index < self.shop.holdings.len() {
            let holding = self.shop.holdings[index];
            if (holding.element, holding.purpose) == (me, purpose) {
                self.shop.holdings.remove(index);
                if let Some(crew) = self.crew(holding.pool) {
                    crew.free[holding.group as usize] += i64::from(holding.amount);
                }
                if self.facets[holding.pool.index()].walking.is_some() {
                    self.dismiss(&holding);
                }
                self.count_busy(holding.pool, -i64::from(holding.amount));
            } else {
                index += 1;
            }
        }
        self.shop.look_due = true;
    }

    /// Members have become free or have come on shift: who waits is looked through, but only when everything else at this
    /// instant has happened, or a less urgent one would be served before a more urgent one that comes at the same time.
    pub(crate) fn serve_requests(&mut self) {
        self.shop.look_due = false;
        let mut index = 0;
        while let Some(request) = self.shop.requests.get(index).cloned() {
            if let Some(there) = self.try_grant(&request) {
                self.shop.requests.remove(index);
                if there > self.now() {
                    self.expect_crew(request.element, request.purpose, there);
                } else {
                    self.tell_of_grant(request.element, request.purpose);
                }
            } else {
                index += 1;
            }
        }
    }

    /// All that `element` asked for is there.
    pub(super) fn tell_of_grant(&mut self, element: ElementIndex, purpose: Purpose) {
        let signal = match purpose {
            Purpose::Work { ticket } => Signal::Granted { ticket },
            Purpose::Repair { mode } => Signal::CrewForRepair { mode },
            Purpose::Maintenance { task } => Signal::CrewForMaintenance { task },
        };
        self.signal(element, signal);
    }

    /// Elements that hold members of `pool` for their work (not for a repair).
    pub(crate) fn served_by(&self, pool: ElementIndex) -> Vec<ElementIndex> {
        let mut served: Vec<ElementIndex> = self
            .shop
            .holdings
            .iter()
            .filter(|holding| holding.pool == pool && matches!(holding.purpose, Purpose::Work { .. }))
            .map(|holding| holding.element)
            .collect();
        served.sort_unstable();
        served.dedup();
        served
    }

    /// The pools that `element` waits for with its work.
    pub(super) fn waits_for_crews(&self, element: ElementIndex) -> Vec<ElementIndex> {
        let asks = |request: &&Request| request.element == element && matches!(request.purpose, Purpose::Work { .. });
        let needs = self.shop.requests.iter().filter(asks).flat_map(|request| request.needs.iter());
        let mut pools: Vec<ElementIndex> = needs.map(|need| need.pool).collect();
        pools.sort_unstable();
        pools.dedup();
        pools
    }

    fn crew(&mut self, pool: ElementIndex) -> Option<&mut Crew> {
        self.facets[pool.index()].crew.as_mut().map(|(_, crew)| &mut **crew)
    }

    /// Gives `request` all it needs and says from when on that is there: now, unless somebody has to walk. `None`, with nothing
    /// taken, if it cannot have all.
    fn try_grant(&mut self, request: &Request) -> Option<SimTime> {
        let first = self.shop.holdings.len();
        let mut called = Vec::new();
        let mut has_all = self.take_all(request, Choice::Nearest, &mut called);
        if !has_all && !called.is_empty() {
            // The nearest may be the only one for something else of it: nobody goes short for having members who walk.
            self.take_nothing(first, &mut called);
            has_all = self.take_all(request, Choice::FewestSkills, &mut called);
        }
        if !has_all {
            self.take_nothing(first, &mut called);
            return None;
        }
        let now = self.now();
        for index in first..self.shop.holdings.len() {
            let Holding { pool, amount, .. } = self.shop.holdings[index];
            self.count_busy(pool, i64::from(amount));
            if let Some(crew) = self.crew(pool) {
                crew.granted += 1;
                crew.waited_total += i128::from((now - request.since).as_nanos());
            }
        }
        Some(self.send(request.element, &called))
    }

    fn take_all(&mut self, request: &Request, choice: Choice, called: &mut Vec<Call>) -> bool {
        request.needs.iter().all(|need| self.take(request, need, choice, called))
    }

    /// Puts back what was taken since there were `first` holdings.
    fn take_nothing(&mut self, first: usize, called: &mut Vec<Call>) {
        for holding in self.shop.holdings.split_off(first) {
            if let Some(crew) = self.crew(holding.pool) {
                crew.free[holding.group as usize] += i64::from(holding.amount);
            }
        }
        self.keep_no_longer(called);
        called.clear();
    }

    /// Takes what one need asks for out of the groups of its pool, or nothing. Those of a pool that walks are `called`.
    fn take(&mut self, request: &Request, need: &Need, choice: Choice, called: &mut Vec<Call>) -> bool {
        if !self.units[need.pool.index()].is_open() {
            return false;
        }
        let facets = &mut self.facets[need.pool.index()];
        let Some((plan, crew)) = facets.crew.as_mut() else { return false };
        let fitting = plan.groups.iter().zip(&crew.free).filter(|(group, _)| need.is_met_by(group));
        let free: i64 = fitting.map(|(_, free)| (*free).max(0)).sum();
        if free < i64::from(need.amount) {
            return false;
        }
        if facets.walking.is_some() {
            return self.keep_walkers(request, need, choice, called);
        }
        let mut missing = need.amount;
        for (index, group) in plan.groups.iter().enumerate() {
            if missing == 0 || !need.is_met_by(group) || crew.free[index] <= 0 {
                continue;
            }
            let amount = missing.min(crew.free[index] as u32);
            crew.free[index] -= i64::from(amount);
            missing -= amount;
            self.shop.holdings.push(Holding {
                element: request.element,
                purpose: request.purpose,
                pool: need.pool,
                group: index as u16,
                amount,
            });
        }
        true
    }

    fn count_busy(&mut self, pool: ElementIndex, change: i64) {
        let now = self.now();
        let Some(crew) = self.crew(pool) else { return };
        let busy = (i64::from(crew.busy) + change).max(0) as u32;
        crew.set_busy(now, busy);
        self.units[pool.index()].level = busy;
        let level_maximum = self.units[pool.index()].level_maximum.max(busy);
        self.units[pool.index()].level_maximum = level_maximum;
        self.set_operation(pool, if busy > 0 { State::Processing } else { State::Starved });
        self.changed(pool);
    }
}
