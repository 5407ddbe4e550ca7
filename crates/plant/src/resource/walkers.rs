//! Where the members of a pool that walk are, whom they serve, and how far they have come.
//!
//! Each has one course: from a place that it left at a time to a place where it is from a time on. Where it is in between
//! is computed from these whenever somebody asks, so nothing is stepped and a member can be sent elsewhere at any moment.

use bevy_ecs::component::Component;
use kernel::SimTime;

use super::walking::{FloorPlace, FootWay, WalkingPlan};
use crate::element::ElementIndex;
use crate::floor::{Choice, Holding, Purpose};

/// A place on the floor, in nanometres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spot {
    x: i64,
    y: i64,
}
kernel::persist!(struct Spot { x, y });

impl Spot {
    pub(super) fn of(place: &FloorPlace) -> Self {
        Spot { x: place.x.as_nanometres(), y: place.y.as_nanometres() }
    }

    /// How far it is from here to `other` on each axis.
    fn offsets(self, other: Spot) -> [i128; 2] {
        [i128::from(other.x) - i128::from(self.x), i128::from(other.y) - i128::from(self.y)]
    }

    /// How far it is to walk from here to `other`, in nanometres, rounded down to one.
    fn distance(self, other: Spot, way: &FootWay) -> i64 {
        let [x, y] = self.offsets(other).map(i128::unsigned_abs);
        let distance = match way {
            FootWay::Straight => (x.pow(2) + y.pow(2)).isqrt(),
            FootWay::Axes => x + y,
        };
        i64::try_from(distance).unwrap_or(i64::MAX)
    }

    /// The place so far from here on each axis.
    fn moved(self, [x, y]: [i128; 2]) -> Spot {
        let moved = |from: i64, by: i128| i64::try_from(i128::from(from) + by).unwrap_or(from);
        Spot { x: moved(self.x, x), y: moved(self.y, y) }
    }
}

/// One walk, or a stay where both ends are the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Course {
    from: Spot,
    to: Spot,
    left: SimTime,
    arrives: SimTime,
}
kernel::persist!(struct Course { from, to, left, arrives });

impl Course {
    fn begin(from: Spot, to: Spot, now: SimTime, plan: &WalkingPlan) -> Self {
        let arrives = now.saturating_add(plan.time_for(from.distance(to, &plan.way)));
        Course { from, to, left: now, arrives }
    }

    pub(crate) fn left(&self) -> SimTime {
        self.left
    }

    pub(crate) fn arrives(&self) -> SimTime {
        self.arrives
    }

    /// `whole` times the share of the time on the way that has passed at `now`, rounded towards 0.
    fn share(&self, whole: i128, now: SimTime) -> i128 {
        let nanos = |time: SimTime| i128::from(time.as_nanos());
        if now >= self.arrives {
            whole
        } else if now <= self.left {
            0
        } else {
            whole * (nanos(now) - nanos(self.left)) / (nanos(self.arrives) - nanos(self.left))
        }
    }

    /// How far the member has come by `now`, in nanometres.
    fn covered_nm(&self, now: SimTime, way: &FootWay) -> i128 {
        self.share(i128::from(self.from.distance(self.to, way)), now)
    }

    /// Where the member is at `now`.
    fn place(&self, now: SimTime, way: &FootWay) -> Spot {
        let offsets = self.from.offsets(self.to);
        match way {
            FootWay::Straight => self.from.moved(offsets.map(|offset| self.share(offset, now))),
            FootWay::Axes => {
                let (covered, [x, y]) = (self.covered_nm(now, way), offsets);
                let in_x = covered.min(x.abs());
                self.from.moved([in_x * x.signum(), (covered - in_x) * y.signum()])
            }
        }
    }

    /// Time on the way from `since` to `now`, in nanoseconds.
    fn time_on_way(&self, since: SimTime, now: SimTime) -> i128 {
        let (from, to) = (self.left.max(since), self.arrives.min(now));
        i128::from(to.as_nanos().saturating_sub(from.as_nanos()).max(0))
    }
}

/// One member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Walker {
    /// The group of members with the same skills that it belongs to.
    pub(crate) group: u16,
    pub(crate) course: Course,
    /// Since when it is free, if it is.
    free_since: SimTime,
    /// Who has called it, and what for: the course leads there.
    pub(crate) serves: Option<(ElementIndex, Purpose)>,
}
kernel::persist!(struct Walker { group, course, free_since, serves });

/// The members of a pool, and what they have walked on courses that are over, since statistics count.
#[derive(Debug, Clone, PartialEq, Default, Component)]
pub struct Walkers {
    pub(crate) members: Vec<Walker>,
    /// Members sent to where they were called.
    calls: u64,
    /// Time on the way there, in nanoseconds.
    walking_total: i128,
    /// Distance of all ways, in nanometres.
    distance_total: i128,
}
kernel::persist!(struct Walkers { members, calls, walking_total, distance_total });

/// A moment, and since when statistics count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) now: SimTime,
    pub(crate) since: SimTime,
}

impl Walkers {
    /// Keeps a free member of a group that `fits` to go to `place` for `serves`; it does not set out yet. Returns its number and
    /// its group. Cost: the number of members.
    pub(crate) fn keep(
        &mut self,
        place: Option<Spot>,
        serves: (ElementIndex, Purpose),
        fits: impl Fn(u16) -> bool,
        choice: Choice,
        (plan, now): (&WalkingPlan, SimTime),
    ) -> Option<(usize, u16)> {
        let distance = |walker: &Walker| {
            let here = walker.course.place(now, &plan.way);
            here.distance(place.unwrap_or(here), &plan.way)
        };
        let free = self.members.iter().enumerate().filter(|(_, walker)| walker.serves.is_none() && fits(walker.group));
        let (number, walker) = free.min_by_key(|(_, walker)| {
            let (distance, group) = (distance(walker), i64::from(walker.group));
            let before = match choice {
                Choice::Nearest => [distance, group],
                Choice::FewestSkills => [group, distance],
            };
            (before, walker.free_since)
        })?;
        let group = walker.group;
        self.members[number].serves = Some(serves);
        Some((number, group))
    }

    /// Who was kept is free as before.
    pub(crate) fn keep_no_longer(&mut self, number: usize) {
        self.members[number].serves = None;
    }

    /// Who was kept sets out to `place`, and says when it is there; without a place it is there at once.
    pub(crate) fn send(&mut self, number: usize, place: Option<Spot>, plan: &WalkingPlan, clock: Clock) -> SimTime {
        self.calls += 1;
        self.end_course(number, false, plan, clock);
        let course = &mut self.members[number].course;
        let here = course.place(clock.now, &plan.way);
        *course = Course::begin(here, place.unwrap_or(here), clock.now, plan);
        course.arrives
    }

    /// As many of those who serve as were held so are free from now on, where they are.
    pub(crate) fn dismiss(&mut self, held: &Holding, plan: &WalkingPlan, clock: Clock) {
        let (serves, mut left) = (Some((held.element, held.purpose)), held.amount);
        for number in 0..self.members.len() {
            let walker = &self.members[number];
            if left > 0 && walker.serves == serves && walker.group == held.group {
                left -= 1;
                self.end_course(number, true, plan, clock);
                let walker = &mut self.members[number];
                let here = walker.course.place(clock.now, &plan.way);
                let to = if plan.returns { plan.base } else { here };
                walker.course = Course::begin(here, to, clock.now, plan);
                walker.free_since = clock.now;
                walker.serves = None;
            }
        }
    }

    /// The group has so many free members: others come to the base or leave, the last first.
    pub(crate) fn muster(&mut self, group: u16, free: u64, plan: &WalkingPlan, clock: Clock) {
        let is_free = |walker: &Walker| walker.group == group && walker.serves.is_none();
        let mut there = self.members.iter().filter(|walker| is_free(walker)).count() as u64;
        while there > free
            && let Some(last) = self.members.iter().rposition(is_free)
        {
            self.end_course(last, false, plan, clock);
            self.members.remove(last);
            there -= 1;
        }
        let course = Course { from: plan.base, to: plan.base, left: clock.now, arrives: clock.now };
        let newcomers = free.saturating_sub(there) as usize;
        let newcomer = Walker { group, course, free_since: clock.now, serves: None };
        self.members.extend(std::iter::repeat_n(newcomer, newcomers));
    }

    /// What has been walked of a course that ends now is entered.
    fn end_course(&mut self, number: usize, was_called: bool, plan: &WalkingPlan, clock: Clock) {
        let course = self.members[number].course;
        self.distance_total += distance_since(&course, plan, clock);
        if was_called {
            self.walking_total += course.time_on_way(clock.since, clock.now);
        }
    }

    pub(crate) fn reset_statistics(&mut self) {
        (self.calls, self.walking_total, self.distance_total) = (0, 0, 0);
    }

    /// Members sent to where they were called.
    pub(crate) fn calls(&self) -> u64 {
        self.calls
    }

    /// Time on the way to where members were called, up to now, in member-nanoseconds.
    pub(crate) fn walking(&self, clock: Clock) -> i128 {
        let called = self.members.iter().filter(|walker| walker.serves.is_some());
        let under_way: i128 = called.map(|walker| walker.course.time_on_way(clock.since, clock.now)).sum();
        self.walking_total + under_way
    }

    /// Distance of all ways up to now, in nanometres.
    pub(crate) fn distance_nm(&self, plan: &WalkingPlan, clock: Clock) -> i128 {
        let under_way: i128 = self.members.iter().map(|walker| distance_since(&walker.course, plan, clock)).sum();
        self.distance_total + under_way
    }
}

/// How much of a course was walked since statistics count, in nanometres.
fn distance_since(course: &Course, plan: &WalkingPlan, clock: Clock) -> i128 {
    course.covered_nm(clock.now, &plan.way) - course.covered_nm(clock.since, &plan.way)
}
