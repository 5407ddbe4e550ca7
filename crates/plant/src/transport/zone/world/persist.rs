//! The world of a zone between runs and on the disk: all of it, so that a run goes on bit for bit.
//!
//! What is read off a snapshot is kept as bytes until the plan of its zone is at hand, without which no world can be built.

use kernel::SimTime;
use kernel::persist::{Persist, Reader, Unreadable, Writer};

use super::super::letter::Wish;
use super::super::{PlacedBody, ZonePlan};
use super::{HoldState, LaneState, MoverState, Rider, World};
use crate::element::ElementIndex;
use crate::floor::Floor;

/// A world, or the bytes of one.
#[derive(Debug, Clone)]
pub(in super::super) enum Slot {
    /// A world; none where its plan cannot be built, which planning refuses.
    World(Option<Box<World>>),
    /// What it was when a snapshot was written.
    Bytes(Vec<u8>),
}

impl Slot {
    pub fn new(plan: &ZonePlan) -> Self {
        Slot::World(World::build(plan).ok().map(Box::new))
    }

    pub fn fits(&self, plan: &ZonePlan) -> bool {
        match self {
            Slot::World(world) => world.is_some(),
            Slot::Bytes(bytes) => World::from_bytes(plan, bytes).is_some(),
        }
    }

    /// The world, which is built first where it was read.
    fn world(&mut self, plan: &ZonePlan) -> Option<&mut World> {
        if let Slot::Bytes(bytes) = self {
            *self = Slot::World(World::from_bytes(plan, bytes).map(Box::new));
        }
        match self {
            Slot::World(Some(world)) => Some(world),
            _ => None,
        }
    }

    /// The bodies in the world.
    pub fn bodies(&mut self, plan: &ZonePlan) -> Vec<PlacedBody> {
        self.world(plan).map(|world| world.bodies(plan)).unwrap_or_default()
    }

    /// By how much each of its fittings that can move has moved.
    pub fn amounts(&mut self, plan: &ZonePlan) -> Vec<f64> {
        self.world(plan).map(|world| world.amounts(plan)).unwrap_or_default()
    }

    /// See [`World::tick`].
    pub fn tick(
        &mut self,
        plan: &ZonePlan,
        me: ElementIndex,
        now: SimTime,
        wishes: Vec<(SimTime, Wish)>,
        floor: &mut Floor<'_>,
    ) -> bool {
        self.world(plan).is_some_and(|world| world.tick(plan, me, now, wishes, floor))
    }

    /// See [`World::looks_again`].
    pub fn looks_again(&mut self, plan: &ZonePlan) -> Option<SimTime> {
        self.world(plan)?.looks_again(plan)
    }
}

impl Persist for Slot {
    fn write(&self, writer: &mut Writer) {
        match self {
            Slot::World(world) => world.as_ref().map(|world| world.to_bytes()).unwrap_or_default().write(writer),
            Slot::Bytes(bytes) => bytes.write(writer),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        Ok(Slot::Bytes(Vec::read(reader)?))
    }
}

impl World {
    fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.lanes.iter().map(|lane| lane.state.clone()).collect::<Vec<LaneState>>().write(&mut writer);
        let holds = self.lanes.iter().flat_map(|lane| &lane.holds).map(|hold| hold.state.clone());
        holds.collect::<Vec<HoldState>>().write(&mut writer);
        self.riders.values().cloned().collect::<Vec<Rider>>().write(&mut writer);
        self.movers.iter().map(|mover| mover.state.clone()).collect::<Vec<MoverState>>().write(&mut writer);
        self.covering.write(&mut writer);
        self.sensed.write(&mut writer);
        // Only a body that is no number could not be written, and there is none: it is quarantined within its step.
        self.zone.snapshot().unwrap_or_default().write(&mut writer);
        writer.finish()
    }

    fn from_bytes(plan: &ZonePlan, bytes: &[u8]) -> Option<World> {
        let mut world = World::build(plan).ok()?;
        let mut reader = Reader::new(bytes, 0);
        let lanes = Vec::<LaneState>::read(&mut reader).ok()?;
        let holds = Vec::<HoldState>::read(&mut reader).ok()?;
        let riders = Vec::<Rider>::read(&mut reader).ok()?;
        let movers = Vec::<MoverState>::read(&mut reader).ok()?;
        let covering = Vec::<u32>::read(&mut reader).ok()?;
        let sensed = Vec::<Vec<u64>>::read(&mut reader).ok()?;
        let zone = Vec::<u8>::read(&mut reader).ok()?;
        let counts = [lanes.len(), movers.len(), covering.len(), sensed.len(), holds.len()];
        let all_holds = world.lanes.iter().map(|lane| lane.holds.len()).sum();
        if counts != [world.lanes.len(), world.movers.len(), world.covering.len(), world.sensed.len(), all_holds] {
            return None;
        }
        for (lane, state) in world.lanes.iter_mut().zip(lanes) {
            lane.state = state;
        }
        for (hold, state) in world.lanes.iter_mut().flat_map(|lane| &mut lane.holds).zip(holds) {
            hold.state = state;
        }
        for rider in riders {
            if rider.part_type as usize >= plan.bodies.len() || rider.lane() >= plan.carriers.len() {
                return None;
            }
            world.riders.insert(rider.part.serial(), rider);
        }
        for (mover, state) in world.movers.iter_mut().zip(movers) {
            mover.state = state;
        }
        (world.covering, world.sensed) = (covering, sensed);
        world.zone.restore(&zone).ok()?;
        Some(world)
    }
}
