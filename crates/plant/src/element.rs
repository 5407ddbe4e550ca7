//! What an element kind is: a description, a plan, a state and the handlers that run on them.
//!
//! - The *description* is what the scenario says: plain fields read from text.
//! - The *plan* is the description resolved against the plant: names have become indices, tables are dense. It is
//!   constant during a run, except that a timed `Set` swaps it for one made from the changed description.
//! - The *state* is what a run changes.
//!
//! Plan and state are components of the element's entity. Handlers never reach into another element: they move
//! parts, seize resources and ask for time through [`Floor`], and the answers come back as further handler calls.
//! That is what lets every kind, ours or a user's, run on plain mutable borrows.

use std::sync::Arc;

use bevy_ecs::component::{Component, Mutable};
use kernel::persist::{self, Unreadable};
use kernel::{Persist, SimDuration, Stream, StreamKey};

use crate::control::quality::Quality;
use crate::description::Fields;
use crate::energy::EnergyPlan;
use crate::facet::{Facet, names};
use crate::floor::Floor;
use crate::follow::{Answer, Refusal, Seen};
use crate::kind::{Planned, planned};
use crate::part::{Part, PartId};
use crate::plan::Planner;
use crate::report::Figures;

/// Dense index of an element in its plant: the order of the elements' stream names.
///
/// It is an identity within one plant only; what a run shows are names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Component)]
pub struct ElementIndex(pub u32);

impl Persist for ElementIndex {
    fn write(&self, writer: &mut persist::Writer) {
        self.0.write(writer);
    }

    fn read(reader: &mut persist::Reader<'_>) -> Result<Self, Unreadable> {
        let index = u32::read(reader)?;
        if index as usize >= reader.elements() {
            return Err(reader.unreadable("an element of the plant"));
        }
        Ok(ElementIndex(index))
    }
}

impl ElementIndex {
    /// As an index into a column of elements.
    #[inline]
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The name of an element as the scenario gives it, for systems that look at entities.
#[derive(Debug, Clone, PartialEq, Eq, Component)]
pub struct ElementName(pub Arc<str>);
kernel::persist!(struct ElementName(name));

/// How parts come into an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// No part ever comes in.
    Closed,
    /// Parts are passed on in the same instant; nothing is held here ([`ElementKind::route`] decides).
    Through,
    /// A number of places that any part may take.
    Places(u32),
    /// One place at the entrance, which the element frees while the part is still inside: how many fit in is not
    /// a matter of places (a conveyor). Outside the element's working time nothing is let in.
    Entrance,
    /// Several gates, each with a number of places of its own.
    PlacesByType {
        /// Places of each gate.
        rooms: Vec<u32>,
        /// The gate of each part type; types without one are turned away.
        gate_of: Vec<Option<usize>>,
    },
}

/// The random streams of one element: one for each purpose, named after the element.
#[derive(Debug, Clone)]
pub struct Streams<'a> {
    /// The seed of the study.
    pub seed: u64,
    /// The replication, counted from 0.
    pub replication: u64,
    /// The element's stream name: its own name, unless the scenario says otherwise.
    pub name: &'a str,
}

impl Streams<'_> {
    /// The stream for `purpose` ("process_time", "failure 0" ...).
    #[must_use]
    pub fn stream(&self, purpose: &str) -> Stream {
        Stream::new(&StreamKey { seed: self.seed, replication: self.replication, name: self.name, purpose })
    }
}

/// The plan of an element of kind `K` as a component. Plans are shared by all runs of a plant.
#[derive(Debug, Component)]
pub struct PlanOf<K: ElementKind>(pub Arc<K::Plan>);

/// One element while its handlers run: its plan, its state and its place in the plant.
#[derive(Debug)]
pub struct At<'a, K: ElementKind> {
    /// The element itself.
    pub me: ElementIndex,
    /// What is constant.
    pub plan: &'a K::Plan,
    /// What the run changes.
    pub state: &'a mut K::State,
}

impl<K: ElementKind> At<'_, K> {
    /// The same element for a shorter while, to hand to another handler.
    #[inline]
    pub fn reborrow(&mut self) -> At<'_, K> {
        At { me: self.me, plan: self.plan, state: self.state }
    }
}

/// The elements that come into being with another one, all alike: the tools of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupMembers {
    /// How many. They are numbered from 1 and called after their group: "etch/1".
    pub count: u32,
    /// The name of their kind.
    pub kind: &'static str,
    /// Whether studies keep the KPIs of each, beside those of the group.
    pub are_studied: bool,
}

/// The plan of the members of a group.
#[derive(Debug)]
pub struct MemberPlan {
    pub(crate) planned: Arc<dyn Planned>,
    /// What they draw, where their kind knows better than the scenario.
    pub(crate) energy: Option<EnergyPlan>,
}

impl MemberPlan {
    /// That of members of kind `K`.
    #[must_use]
    pub fn of<K: ElementKind>(plan: K::Plan) -> Self {
        MemberPlan { planned: planned::<K>(plan), energy: None }
    }

    /// They draw power like that.
    #[must_use]
    pub fn drawing(self, energy: EnergyPlan) -> Self {
        MemberPlan { energy: Some(energy), ..self }
    }
}

/// A kind of element. Every method but the first four has a default, so a kind says only what it does.
pub trait ElementKind: Fields + std::fmt::Debug + Clone + Send + Sync + 'static {
    /// The word that begins an element of this kind in a scenario.
    const NAME: &'static str;
    /// A complete example element, as scenario text; it stands in the reference and is checked by a test.
    const EXAMPLE: &'static str;
    /// Keys of the facets ("failures", "energy" ...) that an element of this kind may carry.
    const FACETS: &'static [&'static str] = &[];
    /// Whether it shows readings ([`Floor::set_reading`]), so that an alarm can watch it.
    const IS_SENSOR: bool = false;
    /// Whether it works on parts, and does not just hold or move them: then its states are those of an equipment, and it
    /// has the KPIs of a unit, a time bar and a say in what limits the plant. It says when an operation ends
    /// ([`Floor::finish_operation`]). What can carry the facet `quality` works on parts unless it says otherwise.
    const WORKS: bool = names(Self::FACETS, Quality::KEY);
    /// Whether parts can be sent to it: false for kinds whose door is always [`Door::Closed`].
    const TAKES_PARTS: bool = true;

    /// The description resolved against the plant.
    type Plan: std::fmt::Debug + Send + Sync + 'static;
    /// What a run changes.
    type State: Component<Mutability = Mutable> + std::fmt::Debug + Clone + Persist;

    /// Resolves names, checks what no single field can check, and complains to the planner of what is wrong.
    fn plan(&self, planner: &mut Planner<'_>) -> Self::Plan;

    /// Unit of its readings, if it is a sensor; empty for counts and plain numbers.
    fn reading_unit(_plan: &Self::Plan) -> &str {
        ""
    }

    /// The elements that come into being with it, if any do. What its facets say they have in its stead.
    fn members(&self) -> Option<GroupMembers> {
        None
    }

    /// The plan that all of its members share, where `plan` is its own; the planner is at the first of them
    /// ([`Planner::group`]).
    fn plan_member(&self, _plan: &Self::Plan, _planner: &mut Planner<'_>) -> Option<MemberPlan> {
        None
    }

    /// How parts come in.
    fn door(plan: &Self::Plan) -> Door;

    /// Whether parts that leave go where their routing says.
    fn follows_routings(_plan: &Self::Plan) -> bool {
        false
    }

    /// Whether it brings parts in as others leave the plant.
    fn circulates(_plan: &Self::Plan) -> bool {
        false
    }

    /// The state at time zero, with its random streams.
    fn begin(plan: &Self::Plan, streams: &Streams<'_>) -> Self::State;

    /// Whether a running element can go over from the plan `before` to `plan`.
    ///
    /// # Errors
    /// What of it cannot change during a run; said to the author of the scenario.
    fn can_follow(_plan: &Self::Plan, _before: &Self::Plan) -> Result<(), String> {
        Ok(())
    }

    /// The run begins.
    fn start(_at: At<'_, Self>, _floor: &mut Floor<'_>) {}

    /// `part` has come in and holds one of this element's places.
    fn arrive(_at: At<'_, Self>, _floor: &mut Floor<'_>, _part: PartId) {}

    /// `part`, offered earlier and kept waiting, has left.
    fn departed(_at: At<'_, Self>, _floor: &mut Floor<'_>, _part: PartId) {}

    /// A vehicle or crane sets out for `part`, for which a place is kept where it goes: it is as good as gone, and something else
    /// may be offered.
    fn sent_for(_at: At<'_, Self>, _floor: &mut Floor<'_>, _part: PartId) {}

    /// A part is offered to this pass-through element ([`Door::Through`]), which offers it on.
    fn route(_at: At<'_, Self>, _floor: &mut Floor<'_>, _offer: crate::floor::Offer) {}

    /// A timer of this element has run out; `timer` is the number it was set with.
    fn timer(_at: At<'_, Self>, _floor: &mut Floor<'_>, _timer: u32) {}

    /// The resources asked for under `ticket` are now held.
    fn granted(_at: At<'_, Self>, _floor: &mut Floor<'_>, _ticket: u32) {}

    /// Everything that happens at this instant has happened: choose what to work on next.
    ///
    /// Comes after [`Floor::request_dispatch`]; all completions at an instant precede any choice.
    fn dispatch(_at: At<'_, Self>, _floor: &mut Floor<'_>) {}

    /// Work must stand still from now on (a failure, the end of a shift).
    fn halt(_at: At<'_, Self>, _floor: &mut Floor<'_>) {}

    /// Work may go on.
    fn proceed(_at: At<'_, Self>, _floor: &mut Floor<'_>, _resumption: Resumption) {}

    /// Something this element watches ([`Floor::watch`]) has changed.
    fn observe(_at: At<'_, Self>, _floor: &mut Floor<'_>, _watched: ElementIndex) {}

    /// A timed change has swapped the plan; `before` is the old one.
    fn replanned(_at: At<'_, Self>, _floor: &mut Floor<'_>, _before: &Self::Plan) {}

    /// Whether a state that was read can be gone on with under this plan, as far as the parts and places of a run do not show.
    fn fits(_plan: &Self::Plan, _state: &Self::State) -> bool {
        true
    }

    /// A command from a timed event or a live input ("stop", "fault" ...); false if the kind knows none such.
    fn command(_at: At<'_, Self>, _floor: &mut Floor<'_>, _command: &Command) -> bool {
        false
    }

    /// Does what the plant was seen to do here. See [`crate::follow`].
    fn seen(_at: At<'_, Self>, _floor: &mut Floor<'_>, _seen: Seen) -> Answer {
        Answer::Refused(Refusal::NoSuchThing)
    }

    /// What this element is told by the plant has changed ([`crate::unit::Unit::told`]).
    fn told(_at: At<'_, Self>, _floor: &mut Floor<'_>) {}

    /// Lets the part that would go next go now, and says by how much before its time that is; `None` if it has none or cannot.
    fn hasten(_at: At<'_, Self>, _floor: &mut Floor<'_>) -> Option<SimDuration> {
        None
    }

    /// Gives a part that waits here, and that `takes` says can be worked on there, to `to`, which has room for one; false if there
    /// is none.
    fn hand_across(
        _at: At<'_, Self>,
        _floor: &mut Floor<'_>,
        _to: ElementIndex,
        _takes: &dyn Fn(&Part) -> bool,
    ) -> bool {
        false
    }

    /// Draws anew what was drawn for the future, given how far things have come.
    fn redraw(_at: At<'_, Self>, _floor: &mut Floor<'_>) {}

    /// The end of the warm-up: forget statistics, keep the present.
    fn reset_statistics(_at: At<'_, Self>, _now: kernel::SimTime) {}

    /// Adds the kind's own figures to the element's results.
    fn figures(_plan: &Self::Plan, _state: &Self::State, _figures: &mut Figures<'_>) {}
}

/// What becomes of work that was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Resumption {
    /// It goes on where it stopped.
    #[default]
    Resume,
    /// It begins again with the same process time.
    Restart,
    /// The part is scrapped.
    Scrap,
}
kernel::persist!(enum Resumption { 0 => Resume, 1 => Restart, 2 => Scrap });

/// Something a timed event or a live input tells an element to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Break down now; repaired as the failure mode says, or when `Repair` comes.
    Fail,
    /// End every failure now.
    Repair,
    /// Stop moving (a conveyor).
    Stop,
    /// Move again.
    Go,
    /// Release `quantity` parts ahead of everything else (a source).
    Rush {
        /// How many.
        quantity: u32,
        /// The type, or the source's own.
        part_type: Option<crate::part::PartTypeIndex>,
        /// Larger is more urgent.
        priority: i32,
    },
    /// Begin or end a sensor fault.
    Fault(SensorFault),
    /// Open or close the element as a shift change would.
    Shift {
        /// Whether the shift is on.
        on: bool,
    },
}

/// What can be wrong with a sensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SensorFault {
    /// It keeps showing the last value.
    Freeze,
    /// It shows nothing.
    DropOut,
    /// Its error grows with time, in the sensor's unit per second.
    Drift {
        /// Growth of the error in units per second.
        units_per_s: f64,
    },
    /// Its readings scatter more, by this standard deviation in the sensor's unit.
    Noise {
        /// Standard deviation of the additional noise.
        standard_deviation: f64,
    },
    /// It works again.
    Clear,
}
