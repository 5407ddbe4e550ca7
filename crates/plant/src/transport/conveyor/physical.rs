//! Conveyors whose parts are bodies in a zone.
//!
//! The zone knows where parts are; this file says what follows from it, as the file above does for the exact belt: parts at
//! the end are offered on, the entry is free again when the last part has left it, and the belt is driven or not. Notices of
//! the zone come at their exact times; what is asked of it takes effect at its next step.

use kernel::{SimDuration, SimTime};

use super::exact::finish;
use super::{Conveyor, ConveyorPlan};
use crate::element::{At, Resumption};
use crate::floor::{Floor, Happening, Passage, Signal};
use crate::follow::{Answer, Refusal};
use crate::part::{PartId, PartTypeIndex};
use crate::state::State;
use crate::transport::zone::{NOTICE, Notice, Trouble, Wish};

/// The timer of a part that has stood at a stopper long enough.
const DWELL: u32 = NOTICE + 1;

/// A part on the conveyor.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rider {
    part: PartId,
    /// Its length in nanometres.
    length: i64,
}
kernel::persist!(struct Rider { part, length });

/// A part that stands at a stopper, and until when.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Detained {
    part: PartId,
    stopper: u32,
    until: SimTime,
}
kernel::persist!(struct Detained { part, stopper, until });

/// The parts of a conveyor that are bodies.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Riding {
    /// In the order of coming.
    riders: Vec<Rider>,
    /// The parts whose fronts are at the end, in the order of coming there. The first one has been offered and waits; on a
    /// wide belt others may stand beside it.
    at_end: Vec<PartId>,
    /// The part that has come last, while it has not left the entry.
    entering: Option<PartId>,
    detained: Vec<Detained>,
    /// Whether anything moves, as the zone has it.
    moves: bool,
    /// The speed last asked of the zone, in nanometres per second.
    driven: i64,
}
kernel::persist!(struct Riding { riders, at_end, entering, detained, moves, driven });

impl Riding {
    /// The parts, in the order of coming.
    pub fn parts(&self) -> impl Iterator<Item = PartId> {
        self.riders.iter().map(|rider| rider.part)
    }

    /// The part that has been offered and waits.
    fn offered(&self) -> Option<PartId> {
        self.at_end.first().copied()
    }

    fn has(&self, part: PartId) -> bool {
        self.riders.iter().any(|rider| rider.part == part)
    }
}

pub(super) fn arrive(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, part: PartId) {
    let Some(carriage) = at.plan.carriage() else { return };
    let now = floor.now();
    let length = at.plan.part_lengths[floor.parts()[part].part_type.index()].as_nanometres();
    let riding = &mut at.state.riding;
    riding.riders.push(Rider { part, length });
    riding.moves = true;
    // One that comes back has never left, wherever on the conveyor it is.
    if !floor.is_told(at.me, Notice::Returned { part }) {
        riding.entering = Some(part);
        at.state.entry_free = false;
    }
    at.state.parts.add(now, 1);
    at.state.covered.add(now, length);
    let zone = carriage.zone;
    // What the belt does is said first: a part comes onto it as it runs from now on.
    settle(at, floor);
    floor.wish(at.me, zone, Wish::Enter { part, conveyor: at.me });
}

pub(super) fn departed(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, part: PartId) {
    if at.state.riding.offered() == Some(part) {
        at.state.unanswered = false;
        at.state.finished = false;
        if let Some(carriage) = at.plan.carriage() {
            floor.wish(at.me, carriage.zone, Wish::Release { conveyor: at.me, hold: 0, part });
        }
        gone(at, floor, part);
        offer(at, floor);
        settle(at, floor);
    }
}

/// The instant is over in which a part was offered: it is refused for now.
pub(super) fn dispatch(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>) {
    if std::mem::take(&mut at.state.unanswered)
        && let (Some(part), Some(carriage)) = (at.state.riding.offered(), at.plan.carriage())
    {
        floor.wish(at.me, carriage.zone, Wish::Hold { conveyor: at.me, hold: 0, part });
    }
    settle(at, floor);
}

pub(super) fn timer(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, is_notice: bool) {
    if is_notice {
        while let Some(notice) = floor.next_notice(at.me) {
            hear(at, floor, notice);
        }
    } else {
        let_go(at, floor);
    }
    settle(at, floor);
}

pub(super) fn proceed(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, resumption: Resumption) {
    if resumption == Resumption::Scrap {
        let parts: Vec<PartId> = at.state.riding.parts().collect();
        for part in parts {
            take_away(at, floor, part);
        }
    }
    settle(at, floor);
}

pub(super) fn replanned(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, before: &ConveyorPlan) {
    if let Some(part) = at.state.riding.offered()
        && at.plan.next != before.next
    {
        floor.withdraw(part);
        offer(at, floor);
    }
    // A stopper may have been opened.
    let_go(at, floor);
    settle(at, floor);
}

/// Parts that are bodies cannot be shown where they are: where they go is a matter of forces.
pub(super) fn seen() -> Answer {
    Answer::Refused(Refusal::NoSuchThing)
}

pub(super) fn hasten() -> Option<SimDuration> {
    None
}

/// What the zone has seen comes to its time. Of a part that has gone since nothing more is wanted.
fn hear(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, notice: Notice) {
    match notice {
        Notice::AtEnd { part } => {
            let riding = &mut at.state.riding;
            if riding.has(part) && !riding.at_end.contains(&part) {
                riding.at_end.push(part);
                if riding.at_end.len() == 1 {
                    offer(at, floor);
                }
            }
        }
        Notice::EntryClear { part } => clear_entry(at, floor, part),
        Notice::AtStopper { part, stopper } => detain(at, floor, part, stopper),
        Notice::Beam { eye, covered } => {
            let beams = &mut floor.shop.beams[at.me.index()];
            if let Some(beam) = beams.iter_mut().find(|beam| beam.eye == eye) {
                beam.covered = covered;
                floor.signal(eye, Signal::Observe { watched: at.me });
            }
        }
        Notice::AtActuator { part, actuator, to } => {
            if !at.state.riding.has(part) || at.state.riding.at_end.contains(&part) {
                return;
            }
            let now = floor.now();
            if !floor.has_room(to, part) || floor.offer(at.me, part, to) == Passage::Waiting {
                floor.withdraw(part);
                floor.notify(actuator, now, Notice::NoRoom);
                return;
            }
            let reworks = floor.parts()[part].reworks;
            floor.unit_mut(at.me).counts.count_operation(reworks);
            floor.record_event(at.me, Happening::Finished(part.serial()));
            gone(at, floor, part);
            if let Some(carriage) = at.plan.carriage() {
                floor.wish(at.me, carriage.zone, Wish::Divert { part, actuator });
            }
        }
        Notice::Missed { part, from } => {
            if at.state.riding.has(part) && !at.state.riding.at_end.contains(&part) {
                let now = floor.now();
                gone(at, floor, part);
                floor.notify(from, now, Notice::Returned { part });
                floor.carry(at.me, part, from);
            }
        }
        Notice::Moving(moves) => at.state.riding.moves = moves,
        Notice::Incident { part, trouble } => {
            if !at.state.riding.has(part) {
                return;
            }
            floor.record_event(at.me, Happening::Incident(part.serial(), trouble));
            if matches!(trouble, Trouble::Fell | Trouble::Quarantined) {
                take_away(at, floor, part);
            }
        }
        Notice::Cleared { part } => {
            if at.state.riding.has(part) {
                take_away(at, floor, part);
            }
        }
        Notice::Moved
        | Notice::NoRoom
        | Notice::Returned { .. }
        | Notice::Truth(_)
        | Notice::InPlace { .. }
        | Notice::AtHome
        | Notice::Happened { .. } => {}
    }
}

/// Offers the parts at the end on, one after the other, until one has to wait.
fn offer(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>) {
    while let Some(part) = at.state.riding.offered() {
        finish(at, floor, part);
        match floor.forward(at.me, part, at.plan.next) {
            Passage::Taken => {
                at.state.finished = false;
                gone(at, floor, part);
            }
            Passage::Waiting => {
                at.state.unanswered = true;
                floor.request_dispatch(at.me);
                return;
            }
        }
    }
}

/// A part has come to a stopper: it stands there until its time is over, or the stopper is opened.
fn detain(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, part: PartId, stopper: u32) {
    let Some(carriage) = at.plan.carriage() else { return };
    if !at.state.riding.has(part) || at.state.riding.detained.iter().any(|detained| detained.part == part) {
        return;
    }
    let plan = &at.plan.track.stoppers[stopper as usize];
    let hold = stopper + 1;
    let time = plan.dwell.as_ref().map_or(SimDuration::ZERO, |dwell| dwell.sample_duration(&mut at.state.dwell));
    if time == SimDuration::ZERO && !plan.closed {
        floor.wish(at.me, carriage.zone, Wish::Release { conveyor: at.me, hold, part });
        return;
    }
    floor.wish(at.me, carriage.zone, Wish::Hold { conveyor: at.me, hold, part });
    let until = floor.now().saturating_add(time);
    at.state.riding.detained.push(Detained { part, stopper, until });
    floor.set_timer_at(at.me, until, DWELL);
}

/// Lets those parts pass that have stood at their stoppers long enough, where these are open.
fn let_go(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>) {
    let Some(carriage) = at.plan.carriage() else { return };
    let now = floor.now();
    let stoppers = &at.plan.track.stoppers;
    let (due, rest): (Vec<Detained>, Vec<Detained>) = std::mem::take(&mut at.state.riding.detained)
        .into_iter()
        .partition(|detained| detained.until <= now && !stoppers[detained.stopper as usize].closed);
    at.state.riding.detained = rest;
    for Detained { part, stopper, .. } in due {
        floor.wish(at.me, carriage.zone, Wish::Release { conveyor: at.me, hold: stopper + 1, part });
    }
}

/// The tail of the last part has left the entry.
fn clear_entry(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, part: PartId) {
    if at.state.riding.entering == Some(part) {
        at.state.riding.entering = None;
        at.state.entry_free = true;
        floor.free_place(at.me, PartTypeIndex::default());
    }
}

/// A part is not on this conveyor any more; whether it is still in the zone is decided by who has it now.
fn gone(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, part: PartId) {
    let Some(carriage) = at.plan.carriage() else { return };
    let Some(index) = at.state.riding.riders.iter().position(|rider| rider.part == part) else { return };
    let Rider { length, .. } = at.state.riding.riders.remove(index);
    let now = floor.now();
    at.state.parts.add(now, -1);
    at.state.covered.add(now, -length);
    at.state.riding.detained.retain(|detained| detained.part != part);
    at.state.riding.at_end.retain(|other| *other != part);
    floor.wish(at.me, carriage.zone, Wish::Leave { part, conveyor: at.me });
    clear_entry(at, floor, part);
}

/// Scraps a part.
fn take_away(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, part: PartId) {
    let is_offered = at.state.riding.offered() == Some(part);
    if is_offered {
        floor.withdraw(part);
        (at.state.finished, at.state.unanswered) = (false, false);
    }
    gone(at, floor, part);
    floor.scrap(at.me, part);
    if is_offered {
        offer(at, floor);
    }
}

/// Decides whether the belt runs, and says what the conveyor is doing.
pub(super) fn settle(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>) {
    let Some(carriage) = at.plan.carriage() else { return };
    let speed = at.plan.speed.as_nanometres_per_second();
    let off = at.state.stopped || speed == 0;
    let halted = off || floor.unit(at.me).is_halted();
    let is_empty = at.state.riding.riders.is_empty();
    let is_refused = at.state.riding.offered().is_some() && !at.state.unanswered;
    let waits = is_refused || !at.state.riding.detained.is_empty();
    let stands = waits && !at.plan.track.accumulating;
    let moving = !is_empty && !stands && at.state.riding.moves;
    if !halted && moving && carriage.acceleration_m_per_s2.is_some() && floor.is_asleep(at.me) {
        at.state.riding.driven = 0;
        floor.wish(at.me, carriage.zone, Wish::Stand { conveyor: at.me });
    }
    let warm = halted || !moving || floor.is_warm(at.me);
    let wanted = if halted || stands || !warm { 0 } else { speed };
    if std::mem::replace(&mut at.state.riding.driven, wanted) != wanted {
        floor.wish(at.me, carriage.zone, Wish::Drive { conveyor: at.me, speed: wanted });
    }
    let operation = match (off, is_empty) {
        (true, _) => State::MinorStop,
        (false, true) => State::Starved,
        _ if !warm => State::Starved,
        _ if moving => State::Processing,
        _ => State::Blocked,
    };
    floor.set_operation(at.me, operation);
}
