//! One run of a plant: a World of elements, stepped in slices.
//!
//! A slice borrows the components of all elements out of the World once, into dense columns; handlers run on those
//! until the slice's horizon; then the borrow ends, ordinary systems run, and timed changes are made. See
//! `slice` for the order of things within an instant.

mod build;
mod error;
mod follow;
mod further;
mod slice;
mod snapshot;
mod snapshot_bytes;
mod spare;

use std::sync::Arc;

use bevy_ecs::prelude::{Entity, Resource, Schedule, World};
use bevy_ecs::schedule::SingleThreadedExecutor;
use kernel::{Digest, DigestChain, SimDuration, SimTime};

pub use error::{RunError, VehicleWait};
pub use snapshot::Snapshot;
pub use snapshot_bytes::Misfit;

use crate::element::{Door, ElementIndex};
use crate::floor::{Floor, Recorder, Shop};
use crate::kind::View;
use crate::plant::{Change, Plant};
use crate::unit::Unit;

/// Events handled between two looks at the world outside (progress, records, an interrupt).
const SLICE_EVENTS: u64 = 65_536;
/// Slices grow with the plant so that borrowing the elements stays a small part of the work.
const SLICE_EVENTS_PER_ELEMENT: u64 = 1_024;

/// The time of the run, for systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Resource)]
pub struct Clock {
    /// The present time of the run.
    pub now: SimTime,
}

/// Where a run stands after [`Run::advance`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do before the horizon.
    Going,
    /// The horizon is reached.
    Done,
}

/// A system's schedule and when it runs next.
struct Systems {
    schedule: Schedule,
    interval: SimDuration,
    next: SimTime,
}

/// A run of a plant under one seed and replication.
pub struct Run {
    plant: Arc<Plant>,
    world: World,
    entities: Vec<Entity>,
    elements: slice::Elements,
    systems: Vec<Systems>,
    /// Runs that its World has seen before.
    uses: u32,
    seed: u64,
    replication: u64,
    horizon: SimTime,
    changes_made: usize,
    /// Whether the plant has tanks, pumps or pipes.
    has_liquids: bool,
    started: bool,
    warm: bool,
    done: bool,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Run(seed {}, replication {}, at {})", self.seed, self.replication, self.now())
    }
}

impl Run {
    /// The plant that runs.
    #[must_use]
    pub fn plant(&self) -> &Arc<Plant> {
        &self.plant
    }

    /// The present time of the run.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.shop().now
    }

    /// When the run ends.
    #[must_use]
    pub fn horizon(&self) -> SimTime {
        self.horizon
    }

    /// Changes when the run ends; never to before the present.
    pub fn set_horizon(&mut self, horizon: SimTime) {
        self.horizon = horizon.max(self.now());
        self.done = false;
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The replication, counted from 0.
    #[must_use]
    pub fn replication(&self) -> u64 {
        self.replication
    }

    /// Events handled so far.
    #[must_use]
    pub fn event_count(&self) -> u64 {
        self.shop().event_count
    }

    /// Where records go; drain them between calls of [`Run::advance`].
    pub fn recorder(&mut self) -> &mut Recorder {
        &mut self.world.resource_mut::<Shop>().into_inner().recorder
    }

    /// The World, for observers and tests. What it shows must not feed back into the run except by commands.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The digest of everything that has happened: the chains of all elements in the order of their stream names.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let elements = self.plant.model.elements.iter();
        kernel::combine(
            elements
                .zip(self.entities.iter().map(|entity| self.chain_of(*entity)))
                .filter(|(_, chain)| *chain != DigestChain::default())
                .map(|(element, chain)| (kernel::hash_name(&element.stream), chain.value())),
        )
    }

    /// The digest of what has happened at one element.
    #[must_use]
    pub fn digest_of(&self, element: ElementIndex) -> Digest {
        self.chain_of(self.entities[element.index()]).value()
    }

    fn chain_of(&self, entity: Entity) -> DigestChain {
        self.world.get::<Unit>(entity).map(|unit| unit.digest).unwrap_or_default()
    }

    pub(crate) fn shop(&self) -> &Shop {
        self.world.resource::<Shop>()
    }

    /// Goes on for one slice.
    ///
    /// # Errors
    /// The first [`RunError`] ends the run for good; the results up to then stay readable.
    pub fn advance(&mut self) -> Result<Progress, RunError> {
        let budget = SLICE_EVENTS.max(SLICE_EVENTS_PER_ELEMENT * self.entities.len() as u64);
        let progress = self.advance_by(budget)?;
        #[cfg(debug_assertions)]
        self.check_invariants()?;
        Ok(progress)
    }

    /// Goes on to the horizon.
    ///
    /// # Errors
    /// As [`Run::advance`].
    pub fn finish(&mut self) -> Result<(), RunError> {
        while self.advance()? == Progress::Going {}
        Ok(())
    }

    /// Handles at most `budget` events, and never passes the next boundary (a timed change, a system's turn, the
    /// end of the warm-up, the horizon).
    ///
    /// # Errors
    /// As [`Run::advance`].
    pub fn advance_by(&mut self, budget: u64) -> Result<Progress, RunError> {
        if self.done {
            return Ok(Progress::Done);
        }
        self.begin()?;
        let boundary = self.next_boundary();
        let last = boundary.map_or(self.horizon, |boundary| boundary - SimDuration::from_nanos(1));
        let outcome = self.on_floor(|views, floor| slice::run(views, floor, last, budget));
        match outcome {
            slice::Outcome::Budget => {
                self.check_failure()?;
                return Ok(Progress::Going);
            }
            slice::Outcome::Horizon => self.check_failure()?,
        }
        match boundary {
            Some(boundary) => {
                self.set_now(boundary);
                self.at_boundary(boundary)?;
                Ok(Progress::Going)
            }
            None => {
                self.set_now(self.horizon);
                let horizon = self.horizon;
                self.world.resource_mut::<Shop>().into_inner().power.advance(horizon);
                self.run_systems(true);
                self.done = true;
                Ok(Progress::Done)
            }
        }
    }

    /// Starts every element, the first time it is called.
    fn begin(&mut self) -> Result<(), RunError> {
        if self.started {
            return Ok(());
        }
        self.started = true;
        self.on_floor(slice::start);
        self.at_boundary(SimTime::ZERO)
    }

    /// Delivers the signals and lets the choices be made that are due at the present instant, without handling an
    /// event: what the run looks like now then holds until the next event.
    pub(crate) fn settle(&mut self) -> Result<(), RunError> {
        self.begin()?;
        self.on_floor(|views, floor| {
            let now = floor.now();
            slice::run(views, floor, now, 0);
        });
        self.check_failure()
    }

    /// How parts come into each element under its present plan.
    pub(crate) fn doors(&self) -> Vec<Door> {
        self.elements.planned.iter().map(|planned| planned.door()).collect()
    }

    /// The next moment before the horizon at which something other than events happens.
    fn next_boundary(&self) -> Option<SimTime> {
        let change = self.plant.changes.get(self.changes_made).map(Change::at);
        let warm_up = (!self.warm).then_some(SimTime::ZERO + self.plant.warm_up);
        let systems = self.systems.iter().map(|systems| systems.next).min();
        [change, warm_up, systems].into_iter().flatten().min().filter(|at| *at <= self.horizon)
    }

    /// Does what is due at `now` apart from events: the end of the warm-up, timed changes, systems.
    fn at_boundary(&mut self, now: SimTime) -> Result<(), RunError> {
        if !self.warm && SimTime::ZERO + self.plant.warm_up <= now {
            self.warm = true;
            if now > SimTime::ZERO {
                self.reset_statistics();
            }
        }
        while let Some(change) = self.plant.changes.get(self.changes_made).filter(|change| change.at() <= now).cloned()
        {
            self.changes_made += 1;
            self.make_change(&change);
        }
        self.run_systems(false);
        self.check_failure()
    }

    /// Makes a change to the running plant now: a swapped plan or a command.
    pub fn make_change(&mut self, change: &Change) {
        match change {
            Change::Replan { replans, .. } => {
                if self.has_liquids {
                    // What has flowed up to now did so as it was planned before.
                    self.on_floor(|_, floor| floor.advance_all_liquids());
                }
                let mut before = Vec::new();
                for replan in replans.iter() {
                    let me = replan.element;
                    let mut entity = self.world.entity_mut(self.entities[me.index()]);
                    replan.planned.swap(&mut entity);
                    replan.facets.swap(&mut entity);
                    self.elements.facets[me.index()] = replan.facets.clone();
                    let old = std::mem::replace(&mut self.elements.planned[me.index()], replan.planned.clone());
                    before.push((me, old));
                }
                self.on_floor(|views, floor| {
                    for (me, before) in &before {
                        views[me.index()].replanned(*me, floor, &**before);
                    }
                });
            }
            Change::Command { element, command, .. } => {
                self.on_floor(|views, floor| views[element.index()].command(*element, floor, command));
            }
        }
    }

    /// Forgets the statistics and keeps the present: the end of the warm-up.
    fn reset_statistics(&mut self) {
        self.on_floor(|views, floor| {
            let now = floor.now();
            floor.shop.statistics_since = now;
            floor.shop.ledger.reset_statistics(now);
            floor.shop.power.reset_statistics(now);
            floor.shop.cards.iter_mut().for_each(|account| account.reset_statistics(now));
            for (index, view) in views.iter_mut().enumerate() {
                floor.units[index].reset_statistics(now);
                if let Some((_, meter)) = floor.facets[index].energy.as_mut() {
                    meter.reset_statistics(now);
                }
                if let Some((_, crew)) = floor.facets[index].crew.as_mut() {
                    crew.reset_statistics(now);
                }
                if let Some((_, walkers)) = floor.facets[index].walking.as_mut() {
                    walkers.reset_statistics();
                }
                view.reset_statistics(floor);
            }
        });
    }

    fn run_systems(&mut self, at_end: bool) {
        let now = self.now();
        if self.systems.is_empty() {
            return;
        }
        self.world.insert_resource(Clock { now });
        for systems in &mut self.systems {
            if systems.next <= now || at_end {
                systems.schedule.run(&mut self.world);
                while systems.next <= now {
                    systems.next = systems.next.saturating_add(systems.interval);
                }
            }
        }
    }

    fn set_now(&mut self, now: SimTime) {
        self.world.resource_mut::<Shop>().into_inner().come_to(now);
    }

    fn check_failure(&self) -> Result<(), RunError> {
        match &self.shop().failure {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    /// Borrows all elements out of the World and lets `work` use them.
    pub(crate) fn on_floor<T>(&mut self, work: impl FnOnce(&mut [View<'_>], &mut Floor<'_>) -> T) -> T {
        slice::borrow(&mut self.world, &mut self.elements, work)
    }
}

fn systems_of(plant: &Plant, world: &mut World) -> Result<Vec<Systems>, RunError> {
    let mut all = Vec::new();
    for (add, interval) in plant.registry.systems() {
        let mut schedule = Schedule::default();
        schedule.set_executor(SingleThreadedExecutor::new());
        schedule.set_build_settings(bevy_ecs::schedule::ScheduleBuildSettings {
            ambiguity_detection: bevy_ecs::schedule::LogLevel::Error,
            ..Default::default()
        });
        add(&mut schedule);
        if let Err(error) = schedule.initialize(world) {
            return Err(RunError::Systems { message: error.to_string(schedule.graph(), world) });
        }
        let interval = (*interval).max(SimDuration::from_nanos(1));
        all.push(Systems { schedule, interval, next: SimTime::ZERO.saturating_add(interval) });
    }
    Ok(all)
}
