//! Following a real plant: what it is seen to do is done here too, at the same time.
//!
//! An element that is *told* something ([`Told`]) does not do it by itself any more: the model plays on between two
//! observations, and waits where the plant has the say. What is seen at an element ([`Seen`]) is then done there at once. If
//! the model is behind, so that no part is there to be worked on, parts on their way are hastened: the model is wrong about
//! where they are, and the plant is right. What could not be done is refused and leaves no trace.
//!
//! ```text
//!  seen ── told element ── does it ───────────────> Followed: how far ahead or behind the model was
//!              ^ no part there: the nearest that can let one go is hastened, then again
//! ```
//!
//! Invariant: whatever is seen in whatever order, the run stays sound: no part comes from nowhere, none is lost.
//! Invariant: the same observations at the same times lead to the same digest.

use kernel::{SimDuration, SimTime};

use crate::element::{ElementIndex, ElementKind};
use crate::flow::source::{Source, SourcePlan};
use crate::part::PartTypeIndex;
use crate::plant::Plant;
use crate::sensing::photo_eye::PhotoEyePlan;
use crate::transport::delay::Delay;

/// What an element is told by the plant and so does not do by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// When work begins, or a part comes in from outside the plant.
    pub starts: bool,
    /// When work ends.
    pub finishes: bool,
    /// When it fails and when it is repaired.
    pub failures: bool,
}
kernel::persist!(struct Told { starts, finishes, failures });

impl Plant {
    /// All that `element` could be told by a plant; nothing if there is no such element.
    #[must_use]
    pub fn could_be_told(&self, element: ElementIndex) -> Told {
        let (Some(info), Some(planned)) =
            (self.model.elements.get(element.index()), self.elements.get(element.index()))
        else {
            return Told::default();
        };
        let facets = self.registry.kind(info.kind).map_or(&[][..], |kind| kind.facets);
        let works = facets.contains(&"quality");
        let brings = info.kind == Source::NAME
            && planned.planned.plan().downcast_ref::<SourcePlan>().is_some_and(SourcePlan::draws_arrivals);
        Told {
            starts: works || brings,
            finishes: works || info.kind == Delay::NAME,
            failures: facets.contains(&"failures"),
        }
    }
}

impl Plant {
    /// Whether `element` brings parts in from outside.
    #[must_use]
    pub fn brings_parts(&self, element: ElementIndex) -> bool {
        self.model.elements.get(element.index()).is_some_and(|info| info.kind == Source::NAME)
    }

    /// The conveyor that `element`, a photo-eye, looks across, and where, in nanometres from its entry; `None` if it is none.
    #[must_use]
    pub fn eye(&self, element: ElementIndex) -> Option<(ElementIndex, i64)> {
        let plan = self.elements.get(element.index())?.planned.plan();
        Some(plan.downcast_ref::<PhotoEyePlan>()?.place())
    }
}

/// What the plant is seen to do at an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Work on a part began; at a source, a part came in.
    Started,
    /// Work on a part ended.
    Finished,
    /// It broke down.
    Failed,
    /// It works again.
    Repaired,
    /// The front of a part has come to this place along a conveyor, in nanometres from its entry.
    Reached(i64),
    /// So many parts are there.
    Holds(u32),
}

impl Seen {
    /// As a number, for the digest.
    pub(crate) fn code(self) -> u64 {
        match self {
            Seen::Started => 0,
            Seen::Finished => 1,
            Seen::Failed => 2,
            Seen::Repaired => 3,
            Seen::Reached(position) => 4 | (position.unsigned_abs() << 3),
            Seen::Holds(count) => 5 | (u64::from(count) << 3),
        }
    }
}

/// What became of something seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// It was done.
    Done(Agreement),
    /// It could not be done.
    Refused(Refusal),
}

/// How well the model had foreseen what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreement {
    /// The part that work began or ended on, by its serial number.
    pub part: Option<u64>,
    /// The type of that part, where work began or ended on it.
    pub part_type: Option<PartTypeIndex>,
    /// Of work that ended: how long it had gone on, standing still left out.
    pub worked: Option<SimDuration>,
    /// Of work that ended: how much longer the model would have gone on; negative if it was done before.
    pub ahead: Option<SimDuration>,
    /// Of work that began: when its part had come there.
    pub arrived: Option<SimTime>,
    /// Parts that were hastened so that it could be done.
    pub hastened: u32,
    /// By how much before their time those were, together.
    pub early: SimDuration,
    /// Whether something that must have happened before had not been seen, and was done as well.
    pub made_up: bool,
}

/// Why something seen could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No part is there, and none is on its way that could be hastened.
    NoPart,
    /// A part is done and cannot leave, since the model has no room for it further on.
    Blocked,
    /// The model's calendar has it stand still.
    StandsStill,
    /// Elements of this kind do no such thing.
    NoSuchThing,
}

impl Refusal {
    /// In words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Refusal::NoPart => "the model has no part there, and none on its way that is not told when to move",
            Refusal::Blocked => "the model has a part there that is done and has nowhere to go",
            Refusal::StandsStill => "the model's calendar has it stand still",
            Refusal::NoSuchThing => "elements of this kind do no such thing",
        }
    }
}

/// What an element answers to something seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Done.
    Done(Agreement),
    /// Something else was done that had to come first: ask again once it has taken effect.
    AskAgain,
    /// There is no part.
    NoPart,
    /// It cannot be done.
    Refused(Refusal),
}

/// An element and what was seen there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// When, on the clock of the run.
    pub at: SimTime,
    /// Where.
    pub element: ElementIndex,
    /// What.
    pub seen: Seen,
}
