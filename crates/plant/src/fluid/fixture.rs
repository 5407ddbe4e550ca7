//! What tanks, pumps and pipes have in common: a plan and a state that lie on the floor, where their network is settled.
//!
//! As with what is made of work, a slice takes them apart: the element's view is only its name, and plan and state stand in
//! [`Floor::fixtures`](crate::floor::Floor), so that one handler can see to a whole network.

use std::sync::Arc;

use bevy_ecs::component::Component;
use kernel::{EventId, SimDuration, SimTime};

use super::amount::Amount;
use super::pipe::PipePlan;
use super::pump::PumpPlan;
use super::tank::TankPlan;
use crate::element::{Command, ElementIndex, Resumption};
use crate::floor::{Floor, Offer};
use crate::follow::{Answer, Refusal, Seen};
use crate::kind::{Handlers, Planned};
use crate::part::{Part, PartId};
use crate::report::Figures;
use crate::state::State;

/// A tank, pump or pipe resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum FixturePlan {
    /// It holds liquid.
    Tank(TankPlan),
    /// It moves liquid.
    Pump(PumpPlan),
    /// It lets liquid through.
    Pipe(PipePlan),
}

impl FixturePlan {
    /// How much it holds at most; `None` of what holds nothing.
    pub(crate) fn capacity(&self) -> Option<Amount> {
        match self {
            FixturePlan::Tank(tank) => Some(tank.capacity),
            FixturePlan::Pipe(pipe) => (pipe.volume > Amount::ZERO).then_some(pipe.volume),
            FixturePlan::Pump(_) => None,
        }
    }

    /// Where it takes liquid from and where it lets it out, if it does.
    pub(super) fn ends(&self) -> [Option<ElementIndex>; 2] {
        match self {
            FixturePlan::Tank(_) => [None; 2],
            FixturePlan::Pump(pump) => [pump.from, pump.to],
            FixturePlan::Pipe(pipe) => [pipe.from, pipe.to],
        }
    }

    /// Whether a running element can go over to this plan: what is connected stays so.
    pub(super) fn can_follow(&self, before: &FixturePlan) -> Result<(), String> {
        if self.ends() != before.ends() || self.capacity().is_some() != before.capacity().is_some() {
            return Err("what is connected with what by pumps and pipes cannot change during a run".to_owned());
        }
        let (FixturePlan::Tank(tank), FixturePlan::Tank(other)) = (self, before) else { return Ok(()) };
        let names = |tank: &TankPlan| tank.levels.iter().map(|(name, _)| name.clone()).collect::<Vec<Arc<str>>>();
        if names(tank) == names(other) {
            Ok(())
        } else {
            Err("the levels of a tank can move during a run, but none can come or go".to_owned())
        }
    }

    pub(super) fn begin(&self) -> FixtureState {
        let volume = match self {
            FixturePlan::Tank(tank) => tank.initial,
            _ => Amount::ZERO,
        };
        let levels = match self {
            FixturePlan::Tank(tank) => tank.levels.iter().map(|(_, level)| Passage::new(volume > *level)).collect(),
            _ => Vec::new(),
        };
        FixtureState {
            volume,
            opening: volume,
            came: Amount::ZERO,
            went: Amount::ZERO,
            spilled: Amount::ZERO,
            before: [Amount::ZERO; 3],
            flow: 0,
            is_stopped: false,
            wants_to_fill: false,
            wants_to_drain: false,
            levels,
            clock: None,
            litre_seconds: 0.0,
            largest: volume,
            smallest: volume,
        }
    }

    /// Whether a state that was read can be gone on with.
    pub(super) fn fits(&self, state: &FixtureState) -> bool {
        let levels = if let FixturePlan::Tank(tank) = self { tank.levels.len() } else { 0 };
        let bounded = |amount: &Amount| (Amount::ZERO..=MOST).contains(amount);
        [state.volume, state.opening, state.came, state.went, state.spilled, state.largest, state.smallest]
            .iter()
            .all(bounded)
            && state.before.iter().all(bounded)
            && (0..=MOST_FLOW).contains(&state.flow)
            && state.litre_seconds.is_finite()
            && state.levels.len() == levels
            && state.levels.iter().all(|level| level.above >= SimDuration::ZERO)
    }
}

/// More than any run can move.
const MOST: Amount = Amount::from_units(1 << 120);

/// More than any pump delivers, in nanolitres per hour.
const MOST_FLOW: i128 = 1 << 59;

/// On which side of a level a tank is, and how long it was above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Passage {
    pub is_above: bool,
    pub since: SimTime,
    /// Time above since the end of the warm-up, up to `since`.
    pub above: SimDuration,
    /// How often it was passed upwards since the end of the warm-up.
    pub times: u64,
}
kernel::persist!(struct Passage { is_above, since, above, times });

impl Passage {
    fn new(is_above: bool) -> Self {
        Passage { is_above, since: SimTime::ZERO, above: SimDuration::ZERO, times: 0 }
    }

    /// Time above since the end of the warm-up.
    pub fn time_above(&self, now: SimTime) -> SimDuration {
        if self.is_above { self.above + (now - self.since) } else { self.above }
    }
}

/// The clock of a network, kept by its first element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NetworkClock {
    /// The time that the volumes of the network are of.
    pub at: SimTime,
    /// Its next event.
    pub timer: Option<EventId>,
}
kernel::persist!(struct NetworkClock { at, timer });

/// What a run changes at a tank, pump or pipe.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct FixtureState {
    /// What is in it, as of the time of its network's clock.
    pub(super) volume: Amount,
    /// What was in it when the run began.
    pub(super) opening: Amount,
    /// What has come in since the run began.
    pub(super) came: Amount,
    /// What has gone out since the run began; of a pump, what it has delivered.
    pub(super) went: Amount,
    /// What has run over since the run began.
    pub(super) spilled: Amount,
    /// `came`, `went` and `spilled` at the end of the warm-up.
    pub(super) before: [Amount; 3],
    /// What a pump delivers now, in nanolitres per hour.
    pub(super) flow: i128,
    /// Whether it was stopped by command.
    pub(super) is_stopped: bool,
    /// Whether a pump that keeps a tank filled is on.
    pub(super) wants_to_fill: bool,
    /// Whether a pump that keeps a tank drained is on.
    pub(super) wants_to_drain: bool,
    pub(super) levels: Vec<Passage>,
    /// Kept by the first element of each network.
    pub(super) clock: Option<NetworkClock>,
    /// Integral of the volume since the end of the warm-up, up to the time of the network's clock.
    pub(super) litre_seconds: f64,
    pub(super) largest: Amount,
    pub(super) smallest: Amount,
}
kernel::persist!(struct FixtureState { volume, opening, came, went, spilled, before, flow, is_stopped, wants_to_fill, wants_to_drain, levels, clock, litre_seconds, largest, smallest });

impl FixtureState {
    /// What came, went and ran over since the end of the warm-up.
    pub(super) fn since_warm_up(&self) -> [Amount; 3] {
        let [came, went, spilled] = self.before;
        [self.came - came, self.went - went, self.spilled - spilled]
    }

    /// The end of the warm-up: forget the past, keep what is there.
    fn reset_statistics(&mut self, now: SimTime) {
        self.before = [self.came, self.went, self.spilled];
        self.litre_seconds = 0.0;
        (self.largest, self.smallest) = (self.volume, self.volume);
        for level in &mut self.levels {
            *level = Passage { since: now, ..Passage::new(level.is_above) };
        }
    }
}

/// A tank, pump or pipe while handlers run.
#[derive(Debug)]
pub(crate) struct Fixture<'a> {
    pub plan: &'a FixturePlan,
    pub state: &'a mut FixtureState,
}

/// A tank, pump or pipe among the views of a slice: what it is lies in [`Floor::fixtures`].
#[derive(Debug)]
pub(crate) struct AtFixture(pub ElementIndex);

impl Fixture<'_> {
    /// Whether liquid flows through it in that state: what lies in a tank does nothing.
    pub(crate) fn may_flow(&self, operation: State) -> bool {
        match self.plan {
            FixturePlan::Tank(_) => false,
            FixturePlan::Pump(_) | FixturePlan::Pipe(_) => operation == State::Processing,
        }
    }
}

impl Handlers for AtFixture {
    fn start(&mut self, floor: &mut Floor<'_>) {
        floor.disturb(self.0);
    }
    fn arrive(&mut self, _floor: &mut Floor<'_>, _part: PartId) {}
    fn departed(&mut self, _floor: &mut Floor<'_>, _part: PartId) {}
    fn sent_for(&mut self, _floor: &mut Floor<'_>, _part: PartId) {}
    fn route(&mut self, _floor: &mut Floor<'_>, _offer: Offer) {}
    /// Something happens in the network: a tank is full, a level is passed.
    fn timer(&mut self, floor: &mut Floor<'_>, _timer: u32) {
        floor.network_event(self.0);
    }
    fn granted(&mut self, _floor: &mut Floor<'_>, _ticket: u32) {}
    fn dispatch(&mut self, floor: &mut Floor<'_>) {
        floor.settle(self.0);
    }
    fn halt(&mut self, floor: &mut Floor<'_>) {
        floor.disturb(self.0);
    }
    fn proceed(&mut self, floor: &mut Floor<'_>, _resumption: Resumption) {
        floor.disturb(self.0);
    }
    fn observe(&mut self, _floor: &mut Floor<'_>, _watched: ElementIndex) {}
    fn replanned(&mut self, floor: &mut Floor<'_>, _before: &dyn Planned) {
        floor.spill_surplus(self.0);
        floor.disturb(self.0);
    }
    fn command(&mut self, floor: &mut Floor<'_>, command: &Command) -> bool {
        // What has flowed up to now did so before.
        floor.advance_liquids(self.0);
        let Some(fixture) = floor.fixtures[self.0.index()].as_mut() else { return false };
        match command {
            Command::Stop => fixture.state.is_stopped = true,
            Command::Go => fixture.state.is_stopped = false,
            _ => return false,
        }
        floor.disturb(self.0);
        true
    }
    fn seen(&mut self, _floor: &mut Floor<'_>, _seen: Seen) -> Answer {
        Answer::Refused(Refusal::NoSuchThing)
    }
    fn told(&mut self, _floor: &mut Floor<'_>) {}
    fn hasten(&mut self, _floor: &mut Floor<'_>) -> Option<SimDuration> {
        None
    }
    fn hand_across(&mut self, _floor: &mut Floor<'_>, _to: ElementIndex, _takes: &dyn Fn(&Part) -> bool) -> bool {
        false
    }
    fn redraw(&mut self, _floor: &mut Floor<'_>) {}
    fn reset_statistics(&mut self, floor: &mut Floor<'_>) {
        floor.advance_liquids(self.0);
        let now = floor.now();
        if let Some(fixture) = floor.fixtures[self.0.index()].as_mut() {
            fixture.state.reset_statistics(now);
        }
    }
    fn figures(&self, figures: &mut Figures<'_>) {
        figures.fixture();
    }
}

/// What a kind of fixture says besides its plan; its handlers are those of [`AtFixture`].
macro_rules! fixture {
    () => {
        const TAKES_PARTS: bool = false;
        type Plan = $crate::fluid::FixturePlan;
        type State = $crate::fluid::FixtureState;

        fn door(_plan: &Self::Plan) -> $crate::element::Door {
            $crate::element::Door::Closed
        }
        fn can_follow(plan: &Self::Plan, before: &Self::Plan) -> Result<(), String> {
            plan.can_follow(before)
        }
        fn begin(plan: &Self::Plan, _streams: &$crate::element::Streams<'_>) -> Self::State {
            plan.begin()
        }
        fn fits(plan: &Self::Plan, state: &Self::State) -> bool {
            plan.fits(state)
        }
    };
}
pub(crate) use fixture;
