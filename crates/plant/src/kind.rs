//! The element kinds and how a run calls them.
//!
//! Our own kinds are called directly through [`View`], an enum, so the hot path is inlined; a kind from another
//! crate is called through the same trait behind a box. Adding a kind of ours is one file and one line here.

use std::any::{Any, TypeId};
use std::fmt::Debug;
use std::sync::Arc;

use bevy_ecs::entity::Entity;
use bevy_ecs::world::{EntityMut, EntityRef, EntityWorldMut, World};
use kernel::persist::{self, Unreadable};
use kernel::{Persist, SimDuration};

use crate::availability::failure;
use crate::availability::maintenance;
use crate::availability::work_calendar;
use crate::description::{FieldSet, Fields, Reader, Shape};
use crate::element::{
    At, Command, Door, ElementIndex, ElementKind, ElementName, GroupMembers, MemberPlan, PlanOf, Resumption, Streams,
};
use crate::energy;
use crate::facet::{FacetPlans, FacetQuery, Facets};
use crate::floor::{Cause, Event, Floor, Gate, Offer, Signal, shared_command};
use crate::flow::tool_group::ToolGroup;
use crate::fluid::{AtFixture, Fixture, FixturePlan, FixtureState};
use crate::follow::{Answer, Refusal, Seen};
use crate::part::{Part, PartId};
use crate::plan::Planner;
use crate::report::Figures;
use crate::unit::Unit;
use crate::work::{AtWork, Work, Workplace};

/// An element's handlers, whatever its kind.
pub(crate) trait Handlers: Debug {
    fn start(&mut self, floor: &mut Floor<'_>);
    fn arrive(&mut self, floor: &mut Floor<'_>, part: PartId);
    fn departed(&mut self, floor: &mut Floor<'_>, part: PartId);
    fn sent_for(&mut self, floor: &mut Floor<'_>, part: PartId);
    fn route(&mut self, floor: &mut Floor<'_>, offer: Offer);
    fn timer(&mut self, floor: &mut Floor<'_>, timer: u32);
    fn granted(&mut self, floor: &mut Floor<'_>, ticket: u32);
    fn dispatch(&mut self, floor: &mut Floor<'_>);
    fn halt(&mut self, floor: &mut Floor<'_>);
    fn proceed(&mut self, floor: &mut Floor<'_>, resumption: Resumption);
    fn observe(&mut self, floor: &mut Floor<'_>, watched: ElementIndex);
    fn replanned(&mut self, floor: &mut Floor<'_>, before: &dyn Planned);
    fn command(&mut self, floor: &mut Floor<'_>, command: &Command) -> bool;
    fn seen(&mut self, floor: &mut Floor<'_>, seen: Seen) -> Answer;
    fn told(&mut self, floor: &mut Floor<'_>);
    fn hasten(&mut self, floor: &mut Floor<'_>) -> Option<SimDuration>;
    fn hand_across(&mut self, floor: &mut Floor<'_>, to: ElementIndex, takes: &dyn Fn(&Part) -> bool) -> bool;
    fn redraw(&mut self, floor: &mut Floor<'_>);
    fn reset_statistics(&mut self, floor: &mut Floor<'_>);
    fn figures(&self, figures: &mut Figures<'_>);
}

impl<K: ElementKind> Handlers for At<'_, K> {
    fn start(&mut self, floor: &mut Floor<'_>) {
        K::start(self.reborrow(), floor);
    }
    #[inline]
    fn arrive(&mut self, floor: &mut Floor<'_>, part: PartId) {
        K::arrive(self.reborrow(), floor, part);
    }
    #[inline]
    fn departed(&mut self, floor: &mut Floor<'_>, part: PartId) {
        K::departed(self.reborrow(), floor, part);
    }
    fn sent_for(&mut self, floor: &mut Floor<'_>, part: PartId) {
        K::sent_for(self.reborrow(), floor, part);
    }
    #[inline]
    fn route(&mut self, floor: &mut Floor<'_>, offer: Offer) {
        K::route(self.reborrow(), floor, offer);
    }
    #[inline]
    fn timer(&mut self, floor: &mut Floor<'_>, timer: u32) {
        K::timer(self.reborrow(), floor, timer);
    }
    fn granted(&mut self, floor: &mut Floor<'_>, ticket: u32) {
        K::granted(self.reborrow(), floor, ticket);
    }
    #[inline]
    fn dispatch(&mut self, floor: &mut Floor<'_>) {
        K::dispatch(self.reborrow(), floor);
    }
    fn halt(&mut self, floor: &mut Floor<'_>) {
        K::halt(self.reborrow(), floor);
    }
    fn proceed(&mut self, floor: &mut Floor<'_>, resumption: Resumption) {
        K::proceed(self.reborrow(), floor, resumption);
    }
    fn observe(&mut self, floor: &mut Floor<'_>, watched: ElementIndex) {
        K::observe(self.reborrow(), floor, watched);
    }
    fn replanned(&mut self, floor: &mut Floor<'_>, before: &dyn Planned) {
        if let Some(before) = before.plan().downcast_ref::<K::Plan>() {
            K::replanned(self.reborrow(), floor, before);
        }
    }
    fn command(&mut self, floor: &mut Floor<'_>, command: &Command) -> bool {
        K::command(self.reborrow(), floor, command)
    }
    fn seen(&mut self, floor: &mut Floor<'_>, seen: Seen) -> Answer {
        K::seen(self.reborrow(), floor, seen)
    }
    fn told(&mut self, floor: &mut Floor<'_>) {
        K::told(self.reborrow(), floor);
    }
    fn hasten(&mut self, floor: &mut Floor<'_>) -> Option<SimDuration> {
        K::hasten(self.reborrow(), floor)
    }
    fn hand_across(&mut self, floor: &mut Floor<'_>, to: ElementIndex, takes: &dyn Fn(&Part) -> bool) -> bool {
        K::hand_across(self.reborrow(), floor, to, takes)
    }
    fn redraw(&mut self, floor: &mut Floor<'_>) {
        K::redraw(self.reborrow(), floor);
    }
    fn reset_statistics(&mut self, floor: &mut Floor<'_>) {
        K::reset_statistics(self.reborrow(), floor.now());
    }
    fn figures(&self, figures: &mut Figures<'_>) {
        K::figures(self.plan, self.state, figures);
    }
}

macro_rules! kinds {
    ($dollar:tt ends: [$($End:ident: $end:path,)*] made_of_work: [$($worker:path,)*] fixtures: [$($fixture:path,)*] others: [$($Other:ident: $other:path,)*] members: [$($Member:ident: $member:path,)*]) => {
        kinds! { @views $dollar [$($End: $end,)* $($Other: $other,)* $($Member: $member,)*] }

        /// The kinds of elements that only come into being with others, and the facets of those.
        pub(crate) fn member_kinds() -> Vec<(&'static str, &'static [&'static str])> {
            vec![$((<$member as ElementKind>::NAME, <$member as ElementKind>::FACETS),)*]
        }

        /// Our own kinds, in the order of the reference.
        #[must_use]
        pub fn own_kinds() -> Vec<Kind> {
            vec![$(Kind::of::<$end>(),)* $(Kind::of::<$worker>(),)* $(Kind::of::<$other>(),)* $(Kind::of::<$fixture>(),)*]
        }
    };
    (@views $dollar:tt [$($Kind:ident: $path:path,)*]) => {
        macro_rules! on_view {
            ($dollar view:expr, $dollar at:ident => $dollar call:expr) => {
                match $dollar view {
                    View::Work($dollar at) => $dollar call,
                    View::Fixture($dollar at) => $dollar call,
                    $(View::$Kind($dollar at) => $dollar call,)*
                    View::Extension($dollar at) => $dollar call,
                }
            };
        }

        /// One element of a slice: borrowed once, called directly. All kinds that are made of work are one here, and so are
        /// tanks, pumps and pipes.
        #[derive(Debug)]
        pub(crate) enum View<'w> {
            Work(AtWork),
            Fixture(AtFixture),
            $($Kind(At<'w, $path>),)*
            Extension(Box<dyn Handlers + 'w>),
        }

        /// Makes the view of an element of kind `K`: its own variant if the kind is ours, a box if it is not. The workplace
        /// of one that is made of work, and a tank, pump or pipe, come apart.
        fn view_of<'w, K: ElementKind>(at: At<'w, K>) -> (View<'w>, Apart<'w>) {
            // The casts are resolved at compile time: exactly one branch remains for each `K`.
            let mut at = Some(at);
            if TypeId::of::<K::State>() == TypeId::of::<Workplace>()
                && let Some((me, plan, state)) = adopt(&mut at)
            {
                return (View::Work(AtWork(me)), Apart::Work(Work { me, plan, state }));
            }
            if TypeId::of::<K::State>() == TypeId::of::<FixtureState>()
                && let Some((me, plan, state)) = adopt::<K, FixturePlan, FixtureState>(&mut at)
            {
                return (View::Fixture(AtFixture(me)), Apart::Fixture(Fixture { plan, state }));
            }
            $(
                if TypeId::of::<K>() == TypeId::of::<$path>()
                    && let Some((me, plan, state)) = adopt(&mut at)
                {
                    return (View::$Kind(At { me, plan, state }), Apart::Nothing);
                }
            )*
            match at {
                Some(at) => (View::Extension(Box::new(at)), Apart::Nothing),
                None => unreachable!("an adopted view was returned"),
            }
        }
    };
}
/// What of an element lies on the floor, where others' handlers reach it too.
#[derive(Debug)]
pub(crate) enum Apart<'w> {
    Nothing,
    Work(Work<'w>),
    Fixture(Fixture<'w>),
}

/// An element with its plan and state known by type: as the `P` and `S` that those of `K` are.
fn adopt<'w, K: ElementKind, P: 'static, S: 'static>(
    at: &mut Option<At<'w, K>>,
) -> Option<(ElementIndex, &'w P, &'w mut S)> {
    let At { me, plan, state } = at.take()?;
    let plan: &'w dyn Any = plan;
    let state: &'w mut dyn Any = state;
    Some((me, plan.downcast_ref()?, state.downcast_mut()?))
}

kinds! {
    $
    ends: [
        Source: crate::flow::source::Source,
        Sink: crate::flow::sink::Sink,
    ]
    made_of_work: [
        crate::flow::station::Station,
        crate::flow::assembly::Assembly,
        crate::flow::disassembly::Disassembly,
        crate::flow::batch::Batch,
        crate::flow::batch::Unbatch,
        crate::transport::robot::Robot,
        crate::process::furnace::Furnace,
        crate::process::additive::AdditiveStation,
    ]
    fixtures: [
        crate::fluid::tank::Tank,
        crate::fluid::pump::Pump,
        crate::fluid::pipe::Pipe,
    ]
    others: [
        Conveyor: crate::transport::conveyor::Conveyor,
        Zone: crate::transport::zone::Zone,
        Pusher: crate::transport::zone::Pusher,
        Diverter: crate::transport::zone::Diverter,
        Turntable: crate::transport::zone::Turntable,
        Lift: crate::transport::zone::Lift,
        BarcodeReader: crate::transport::zone::BarcodeReader,
        Scale: crate::transport::zone::Scale,
        ProximitySensor: crate::transport::zone::ProximitySensor,
        PhotoEye: crate::sensing::photo_eye::PhotoEye,
        Pool: crate::resource::pool::Pool,
        ToolGroup: crate::flow::tool_group::ToolGroup,
        Buffer: crate::flow::buffer::Buffer,
        Branch: crate::flow::branch::Branch,
        Merge: crate::flow::merge::Merge,
        Delay: crate::transport::delay::Delay,
        PathNetwork: crate::transport::paths::PathNetwork,
        Fleet: crate::transport::fleet::Fleet,
        AutomatedStorage: crate::transport::automated_storage::AutomatedStorage,
        CraneRail: crate::transport::crane_rail::CraneRail,
        CardLoop: crate::control::cards::CardLoop,
        Counter: crate::sensing::counter::Counter,
        LevelSensor: crate::sensing::level_sensor::LevelSensor,
        StateSensor: crate::sensing::state_sensor::StateSensor,
        PowerMeter: crate::sensing::power_meter::PowerMeter,
        ProcessValue: crate::sensing::process_value::ProcessValue,
        Alarm: crate::sensing::alarm::Alarm,
    ]
    members: [
        Vehicle: crate::transport::fleet::FleetVehicle,
        StorageCrane: crate::transport::automated_storage::StorageCrane,
        RailCrane: crate::transport::crane_rail::RailCrane,
    ]
}

impl View<'_> {
    /// Delivers a signal.
    #[inline]
    pub(crate) fn signal(&mut self, me: ElementIndex, floor: &mut Floor<'_>, signal: Signal) {
        match signal {
            Signal::Arrive { part } => on_view!(self, at => at.arrive(floor, part)),
            Signal::Departed { part } => on_view!(self, at => at.departed(floor, part)),
            Signal::Route => {
                if let Some(offer) = floor.shop.offers.pop() {
                    on_view!(self, at => at.route(floor, offer));
                }
            }
            Signal::Granted { ticket } => on_view!(self, at => at.granted(floor, ticket)),
            Signal::Halt => on_view!(self, at => at.halt(floor)),
            Signal::Proceed { resumption } => on_view!(self, at => at.proceed(floor, resumption)),
            Signal::Observe { watched } => on_view!(self, at => at.observe(floor, watched)),
            Signal::CrewForRepair { mode } => failure::repair(floor, me, mode),
            Signal::CrewForMaintenance { task } => maintenance::begin(floor, me, task),
            Signal::SentFor { part } => on_view!(self, at => at.sent_for(floor, part)),
        }
    }

    /// Handles an event of the event list.
    #[inline(never)]
    pub(crate) fn event(&mut self, floor: &mut Floor<'_>, event: Event) {
        match event.cause {
            Cause::Timer(timer) => on_view!(self, at => at.timer(floor, timer)),
            cause => shared_event(floor, event.element, cause),
        }
    }

    /// Chooses what to work on next.
    #[inline]
    pub(crate) fn dispatch(&mut self, floor: &mut Floor<'_>) {
        on_view!(self, at => at.dispatch(floor));
    }

    /// The run begins.
    pub(crate) fn start(&mut self, me: ElementIndex, floor: &mut Floor<'_>) {
        energy::start(floor, me);
        work_calendar::start(floor, me);
        failure::start(floor, me);
        maintenance::start(floor, me);
        on_view!(self, at => at.start(floor));
    }

    /// Carries out a command; false if neither the kind nor the shared mechanisms know it.
    pub(crate) fn command(&mut self, me: ElementIndex, floor: &mut Floor<'_>, command: &Command) -> bool {
        on_view!(self, at => at.command(floor, command)) || shared_command(floor, me, command)
    }

    /// Does what the plant was seen to do here.
    pub(crate) fn seen(&mut self, me: ElementIndex, floor: &mut Floor<'_>, seen: Seen) -> Answer {
        match seen {
            Seen::Failed | Seen::Repaired => floor.seen_down(me, seen == Seen::Failed),
            Seen::Started | Seen::Finished | Seen::Reached(_) => on_view!(self, at => at.seen(floor, seen)),
            // What it takes for that is done around the element, not in it.
            Seen::Holds(_) => Answer::Refused(Refusal::NoSuchThing),
        }
    }

    /// What the element is told by the plant has changed.
    pub(crate) fn told(&mut self, floor: &mut Floor<'_>) {
        on_view!(self, at => at.told(floor));
    }

    /// Lets the part that would go next go now, and says by how much before its time that is.
    pub(crate) fn hasten(&mut self, floor: &mut Floor<'_>) -> Option<SimDuration> {
        on_view!(self, at => at.hasten(floor))
    }

    /// Gives a part that waits here, and that `takes` says can be worked on there, to `to`, which has room for one; says whether
    /// there was such a part.
    pub(crate) fn hand_across(
        &mut self,
        floor: &mut Floor<'_>,
        to: ElementIndex,
        takes: &dyn Fn(&Part) -> bool,
    ) -> bool {
        on_view!(self, at => at.hand_across(floor, to, takes))
    }

    /// Draws anew what was drawn for the future.
    pub(crate) fn redraw(&mut self, me: ElementIndex, floor: &mut Floor<'_>) {
        failure::redraw(floor, me);
        on_view!(self, at => at.redraw(floor));
    }

    /// The plan was swapped.
    pub(crate) fn replanned(&mut self, me: ElementIndex, floor: &mut Floor<'_>, before: &dyn Planned) {
        floor.unit_mut(me).armed = false;
        on_view!(self, at => at.replanned(floor, before));
        work_calendar::follow(floor, me);
        floor.refresh_energy(me);
        floor.request_dispatch(me);
    }

    pub(crate) fn reset_statistics(&mut self, floor: &mut Floor<'_>) {
        on_view!(self, at => at.reset_statistics(floor));
    }

    pub(crate) fn figures(&self, figures: &mut Figures<'_>) {
        on_view!(self, at => at.figures(figures));
    }
}

/// Events of the mechanisms that all kinds share.
#[inline(never)]
fn shared_event(floor: &mut Floor<'_>, me: ElementIndex, cause: Cause) {
    match cause {
        Cause::Timer(_) => {}
        Cause::Failure(mode) => failure::look(floor, me, mode),
        Cause::Repaired(mode) => failure::end(floor, me, mode),
        Cause::MaintenanceDue(task) => maintenance::due(floor, me, task),
        Cause::Maintained(task) => maintenance::end(floor, me, task),
        Cause::Shift => work_calendar::turn(floor, me),
        Cause::Energy => energy::timer(floor, me),
        Cause::CrewArrives => floor.crew_arrives(me),
    }
}

/// An element kind as the registry knows it: documentation, and the way from text to a plan.
#[derive(Clone)]
pub struct Kind {
    /// The word that begins an element of this kind.
    pub name: &'static str,
    /// A complete example element.
    pub example: &'static str,
    /// Keys of the facets it may carry.
    pub facets: &'static [&'static str],
    /// Its fields and their documentation.
    pub shape: Shape,
    /// Names of its own fields.
    pub fields: &'static [&'static str],
    /// Whether parts can be sent to it.
    pub takes_parts: bool,
    /// Whether it works on parts.
    pub works: bool,
    read: fn(&FieldSet<'_>, &mut Reader<'_>) -> Option<Box<dyn Described>>,
}

impl Debug for Kind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Kind({})", self.name)
    }
}

impl Kind {
    /// Whether steps of routings are done by its elements, or by their members.
    #[must_use]
    pub fn does_steps(&self) -> bool {
        self.works || self.name == ToolGroup::NAME
    }

    /// The registry entry of `K`.
    #[must_use]
    pub fn of<K: ElementKind>() -> Kind {
        Kind {
            name: K::NAME,
            example: K::EXAMPLE,
            facets: K::FACETS,
            shape: K::shape(),
            fields: <K as Fields>::NAMES,
            takes_parts: K::TAKES_PARTS,
            works: K::WORKS,
            read: |fields, reader| {
                let description = K::read_fields(fields, reader)?;
                Some(Box::new(description))
            },
        }
    }

    pub(crate) fn read(&self, fields: &FieldSet<'_>, reader: &mut Reader<'_>) -> Option<Box<dyn Described>> {
        (self.read)(fields, reader)
    }
}

/// The description of an element, its kind forgotten.
pub(crate) trait Described: Debug + Send + Sync {
    fn plan(&self, planner: &mut Planner<'_>) -> Arc<dyn Planned>;
    fn members(&self) -> Option<GroupMembers>;
    /// The plan of its members, where `group` is its own.
    fn plan_member(&self, group: &dyn Planned, planner: &mut Planner<'_>) -> Option<MemberPlan>;
}

impl<K: ElementKind> Described for K {
    fn plan(&self, planner: &mut Planner<'_>) -> Arc<dyn Planned> {
        planned::<K>(ElementKind::plan(self, planner))
    }

    fn members(&self) -> Option<GroupMembers> {
        ElementKind::members(self)
    }

    fn plan_member(&self, group: &dyn Planned, planner: &mut Planner<'_>) -> Option<MemberPlan> {
        ElementKind::plan_member(self, group.plan().downcast_ref()?, planner)
    }
}

/// A plan of an element of kind `K`.
pub(crate) fn planned<K: ElementKind>(plan: K::Plan) -> Arc<dyn Planned> {
    Arc::new(PlannedAs::<K>(Arc::new(plan)))
}

/// The plan of an element, its kind forgotten.
pub(crate) trait Planned: Debug + Send + Sync {
    fn plan(&self) -> &dyn Any;
    fn door(&self) -> Door;
    fn follows_routings(&self) -> bool;
    fn circulates(&self) -> bool;
    /// Makes the entity of an element and returns it.
    fn spawn(&self, world: &mut World, birth: Birth<'_>) -> Entity;
    /// Whether a running element can go over from the plan `before` to this one.
    fn can_follow(&self, before: &dyn Planned) -> Result<(), String>;
    /// Swaps the plan of an existing entity, keeping its state.
    fn swap(&self, entity: &mut EntityWorldMut<'_>);
    /// Borrows an entity, which has `facets`, for a slice.
    fn borrow<'w>(&'w self, me: ElementIndex, facets: &'w FacetPlans, entity: EntityMut<'w>) -> Option<Borrowed<'w>>;
    /// Copies the kind's own state off an entity.
    fn save(&self, entity: EntityRef<'_>) -> Option<Arc<dyn Saved>>;
    /// Takes a state of this kind off the front of bytes.
    fn read(&self, reader: &mut persist::Reader<'_>) -> Result<Arc<dyn Saved>, Unreadable>;
}

/// What an entity is made of, apart from its plan.
#[derive(Debug)]
pub(crate) struct Birth<'a> {
    pub index: ElementIndex,
    pub name: Arc<str>,
    pub facets: &'a FacetPlans,
    pub streams: Streams<'a>,
}

/// One element, borrowed for a slice.
#[derive(Debug)]
pub(crate) struct Borrowed<'w> {
    pub view: View<'w>,
    pub apart: Apart<'w>,
    pub unit: &'w mut Unit,
    pub facets: Facets<'w>,
}

/// A state taken off an entity, its type forgotten.
pub(crate) trait Saved: Debug + Send + Sync {
    fn write(&self, writer: &mut persist::Writer);
    fn restore(&self, entity: &mut EntityWorldMut<'_>);
    /// The state itself.
    fn state(&self) -> &dyn Any;
}

#[derive(Debug)]
struct PlannedAs<K: ElementKind>(Arc<K::Plan>);

#[derive(Debug)]
struct SavedAs<K: ElementKind>(K::State);

impl<K: ElementKind> Saved for SavedAs<K> {
    fn write(&self, writer: &mut persist::Writer) {
        self.0.write(writer);
    }

    fn restore(&self, entity: &mut EntityWorldMut<'_>) {
        entity.insert(self.0.clone());
    }

    fn state(&self) -> &dyn Any {
        &self.0
    }
}

impl<K: ElementKind> Planned for PlannedAs<K> {
    fn plan(&self) -> &dyn Any {
        &*self.0
    }

    fn door(&self) -> Door {
        K::door(&self.0)
    }

    fn follows_routings(&self) -> bool {
        K::follows_routings(&self.0)
    }

    fn circulates(&self) -> bool {
        K::circulates(&self.0)
    }

    fn spawn(&self, world: &mut World, birth: Birth<'_>) -> Entity {
        let state = K::begin(&self.0, &birth.streams);
        let unit = Unit::new(Gate::own(birth.index, &K::door(&self.0)));
        let mut entity = world.spawn((birth.index, ElementName(birth.name), PlanOf::<K>(self.0.clone()), state, unit));
        birth.facets.spawn(&mut entity, &birth.streams);
        entity.id()
    }

    fn can_follow(&self, before: &dyn Planned) -> Result<(), String> {
        match before.plan().downcast_ref::<K::Plan>() {
            Some(before) => K::can_follow(&self.0, before),
            None => Err("an element cannot become another kind during a run".to_owned()),
        }
    }

    fn swap(&self, entity: &mut EntityWorldMut<'_>) {
        entity.insert(PlanOf::<K>(self.0.clone()));
    }

    fn borrow<'w>(&'w self, me: ElementIndex, facets: &'w FacetPlans, entity: EntityMut<'w>) -> Option<Borrowed<'w>> {
        // The World compares every component asked for with every other, so nothing is asked for in vain.
        let (state, unit, facets) = if facets.is_empty() {
            let (state, unit) = entity.into_components_mut::<(&mut K::State, &mut Unit)>().ok()?;
            (state, unit, Facets::default())
        } else {
            let (state, unit, states) = entity.into_components_mut::<(&mut K::State, &mut Unit, FacetQuery)>().ok()?;
            (state, unit, Facets::of(facets, states))
        };
        let (view, apart) = view_of::<K>(At { me, plan: &*self.0, state: state.into_inner() });
        Some(Borrowed { view, apart, unit: unit.into_inner(), facets })
    }

    fn save(&self, entity: EntityRef<'_>) -> Option<Arc<dyn Saved>> {
        Some(Arc::new(SavedAs::<K>(entity.get::<K::State>()?.clone())))
    }

    fn read(&self, reader: &mut persist::Reader<'_>) -> Result<Arc<dyn Saved>, Unreadable> {
        let state = K::State::read(reader)?;
        if !K::fits(&self.0, &state) {
            return Err(reader.unreadable("a state that fits the plan of its element"));
        }
        Ok(Arc::new(SavedAs::<K>(state)))
    }
}
