//! What zones and conveyors say to each other: wishes that a zone takes up at its next tick, and notices that reach their
//! element at the exact time at which it happened.
//!
//! A tick looks 8 ms ahead, so what it finds lies in the future and can be delivered on time; what is wanted of it
//! between ticks has to wait for the next one.

use std::collections::{BTreeMap, VecDeque};

use kernel::SimTime;

use crate::element::ElementIndex;
use crate::floor::{Floor, Signal};
use crate::part::PartId;

/// The timer of a notice that has come to its time; for every kind that gets notices.
pub(crate) const NOTICE: u32 = 1;

/// What is wanted of a zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wish {
    /// A part has come onto a conveyor, its front at the entry.
    Enter { part: PartId, conveyor: ElementIndex },
    /// A part has left a conveyor. One that enters another of the zone at the same time just goes on.
    Leave { part: PartId, conveyor: ElementIndex },
    /// A belt is to run at so many nanometres per second.
    Drive { conveyor: ElementIndex, speed: i64 },
    /// A belt turns out to have stood for long, and stands at once.
    Stand { conveyor: ElementIndex },
    /// A part is to stand at a hold of a conveyor: 0 is the end, the others are its stoppers.
    Hold { conveyor: ElementIndex, hold: u32, part: PartId },
    /// A part that stands there may pass.
    Release { conveyor: ElementIndex, hold: u32, part: PartId },
    /// A part is to be moved off its conveyor by an actuator, which begins when the part's middle is there.
    Divert { part: PartId, actuator: ElementIndex },
}
kernel::persist!(enum Wish {
    0 => Enter { part, conveyor }, 1 => Leave { part, conveyor }, 2 => Drive { conveyor, speed }, 3 => Hold { conveyor, hold, part },
    4 => Release { conveyor, hold, part }, 5 => Divert { part, actuator }, 6 => Stand { conveyor },
});

/// What a zone has seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Notice {
    /// The front of a part is at the end of the conveyor.
    AtEnd { part: PartId },
    /// The tail of a part has left the entry by the gap.
    EntryClear { part: PartId },
    /// The front of a part is at a stopper.
    AtStopper { part: PartId, stopper: u32 },
    /// A part has come into the beam of a photo-eye, or left it.
    Beam { eye: ElementIndex, covered: bool },
    /// A part is where an actuator moves parts off the conveyor, to another.
    AtActuator { part: PartId, actuator: ElementIndex, to: ElementIndex },
    /// An actuator has moved a part.
    Moved,
    /// An actuator would have moved a part, and there was no room for it.
    NoRoom,
    /// Whether anything on the conveyor moves.
    Moving(bool),
    /// To the zone itself: something has gone wrong with a part on a conveyor, so many micrometres from its entry.
    Happened { conveyor: ElementIndex, part: PartId, trouble: Trouble, along_um: i64 },
    /// A part that had jammed was taken away by somebody.
    Cleared { part: PartId },
    /// To the conveyor: something has gone wrong with a part.
    Incident { part: PartId, trouble: Trouble },
    /// To a sensor: what there is to be seen now.
    Truth(f64),
    /// To a table: it is where its part may leave it.
    InPlace { part: PartId },
    /// To a table: it is where it takes parts in.
    AtHome,
    /// A part that an actuator was to move here has stayed on the conveyor `from`.
    Missed { part: PartId, from: ElementIndex },
    /// A part that had been handed over is still here, and comes back.
    Returned { part: PartId },
}
kernel::persist!(enum Notice {
    0 => AtEnd { part }, 1 => EntryClear { part }, 2 => AtStopper { part, stopper }, 3 => Beam { eye, covered },
    4 => AtActuator { part, actuator, to }, 5 => Moved, 6 => NoRoom, 7 => Moving(inner),
    8 => Happened { conveyor, part, trouble, along_um }, 9 => Cleared { part },
    10 => Incident { part, trouble }, 11 => Truth(inner),
    12 => InPlace { part }, 13 => AtHome, 14 => Missed { part, from }, 15 => Returned { part },
});

/// What can go wrong with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// It leans more than 45 degrees from the surface that it is on.
    Tipped,
    /// It does not move, though it is driven and nothing holds it.
    Jammed,
    /// It has fallen off.
    Fell,
    /// Its state could not be computed any more, and it was taken out.
    Quarantined,
}
kernel::persist!(enum Trouble { 0 => Tipped, 1 => Jammed, 2 => Fell, 3 => Quarantined });

impl Trouble {
    /// One word for it, as logs have it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Trouble::Tipped => "tipped",
            Trouble::Jammed => "jammed",
            Trouble::Fell => "fell",
            Trouble::Quarantined => "quarantined",
        }
    }

    /// What has happened, as it follows the name of the part.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Trouble::Tipped => "tipped over",
            Trouble::Jammed => "jammed",
            Trouble::Fell => "fell off",
            Trouble::Quarantined => "was quarantined",
        }
    }
}

/// Letters on their way, by the element they are for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Mail {
    wishes: BTreeMap<ElementIndex, Vec<(SimTime, Wish)>>,
    notices: BTreeMap<ElementIndex, VecDeque<(SimTime, Notice)>>,
}
kernel::persist!(struct Mail { wishes, notices });

impl Floor<'_> {
    /// Asks something of `zone`, which takes it up at its next tick.
    pub(crate) fn wish(&mut self, me: ElementIndex, zone: ElementIndex, wish: Wish) {
        let now = self.now();
        self.shop.mail.wishes.entry(zone).or_default().push((now, wish));
        self.signal(zone, Signal::Observe { watched: me });
    }

    /// Takes everything that is asked of the zone `me`, with the times.
    pub(crate) fn take_wishes(&mut self, me: ElementIndex) -> Vec<(SimTime, Wish)> {
        self.shop.mail.wishes.get_mut(&me).map(std::mem::take).unwrap_or_default()
    }

    /// Tells `to` something at `at`; for one element in the order of time.
    pub(crate) fn notify(&mut self, to: ElementIndex, at: SimTime, notice: Notice) {
        let notices = self.shop.mail.notices.entry(to).or_default();
        // Some of what a tick finds is of its start, and found after what is of its end.
        let place = notices.partition_point(|(other, _)| *other <= at);
        notices.insert(place, (at, notice));
        self.set_timer_at(to, at, NOTICE);
    }

    /// Whether `me` is told of `notice` now.
    pub(crate) fn is_told(&self, me: ElementIndex, notice: Notice) -> bool {
        let now = self.now();
        let notices = self.shop.mail.notices.get(&me);
        notices.is_some_and(|notices| notices.iter().any(|(at, other)| *at == now && *other == notice))
    }

    /// The next notice for `me` that has come to its time.
    pub(crate) fn next_notice(&mut self, me: ElementIndex) -> Option<Notice> {
        let now = self.now();
        let notices = self.shop.mail.notices.get_mut(&me)?;
        if notices.front().is_some_and(|(at, _)| *at <= now) {
            notices.pop_front().map(|(_, notice)| notice)
        } else {
            None
        }
    }
}
