//! The exact belt, event by event: whether it runs, what is handed over, when the entry is free and what photo-eyes see.

use kernel::{SimDuration, SimTime};

use super::belt::{self, Decision, Entry, distance};
use super::{BELT, Conveyor, ConveyorPlan, ConveyorState, MOST_SIGHTED};
use crate::availability::failure;
use crate::element::{At, ElementIndex};
use crate::floor::{Floor, Happening, Passage, Signal};
use crate::follow::{Agreement, Answer, Refusal};
use crate::part::{PartId, PartTypeIndex};
use crate::state::State;
use crate::transport::beam::EDGE;

pub(super) fn arrive(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, part: PartId) {
    let now = floor.now();
    let length = at.plan.part_lengths[floor.parts()[part].part_type.index()].as_nanometres();
    at.state.belt.advance(now);
    at.state.belt.push(&at.plan.track, part, distance(length));
    at.state.entry_free = false;
    at.state.parts.add(now, 1);
    at.state.covered.add(now, length);
    settle(at, floor);
}

pub(super) fn departed(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, part: PartId) {
    at.state.belt.advance(floor.now());
    if at.state.belt.offered() == Some(part) {
        at.state.unanswered = false;
        hand_over(at, floor);
        settle(at, floor);
    }
}

pub(super) fn replanned(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, before: &ConveyorPlan) {
    at.state.belt.advance(floor.now());
    if let Some(part) = at.state.belt.offered()
        && (at.plan.next != before.next || at.plan.track.length > before.track.length)
    {
        floor.withdraw(part);
        at.state.belt.withdraw();
    }
    if !at.plan.track.is_alike(&before.track) {
        at.state.belt.reshape(&before.track, &at.plan.track);
    }
    settle(at, floor);
}

/// The first part is wanted at the end now: in how long it would have got on.
pub(super) fn hasten(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>) -> Option<SimDuration> {
    let now = floor.now();
    at.state.belt.advance(now);
    let belt = &mut at.state.belt;
    if at.state.unanswered || belt.len() == 0 || belt.offered().is_some() {
        return None;
    }
    // By the next thing that happens on the belt, which is when that part stops or arrives.
    let left = belt.next_event(&at.plan.track, now).map_or(SimDuration::ZERO, |next| next - now);
    let first = belt.first();
    let is_brought = belt.bring(&at.plan.track, first, at.plan.track.length);
    settle(at, floor);
    is_brought.then_some(left)
}

/// A part's front was seen at `position` nanometres: the next part that was not seen there yet is there now, or has been.
pub(super) fn reach(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, position: i64) -> Answer {
    at.state.belt.advance(floor.now());
    if at.state.unanswered {
        return Answer::Refused(Refusal::Blocked);
    }
    let place = distance(position).min(at.plan.track.length);
    let reached = at.state.belt.reached(place);
    let index = match at.state.sighted.binary_search_by_key(&position, |(place, _)| *place) {
        Ok(index) => index,
        Err(index) if at.state.sighted.len() < MOST_SIGHTED => {
            at.state.sighted.insert(index, (position, reached));
            index
        }
        Err(_) => return Answer::Refused(Refusal::NoSuchThing),
    };
    // The model may be ahead by a part; by more it is not believed, or one that was missed would be missed for ever.
    let next = at.state.sighted[index].1.clamp(reached.saturating_sub(1), reached);
    let part = at.state.belt.part(reached);
    if next == reached {
        let Some(part) = part else {
            // It may wait at the entry for the part before it to be out of its way.
            if at.state.entry_free || !at.state.belt.clear_entry(&at.plan.track) {
                return Answer::NoPart;
            }
            settle(at, floor);
            return Answer::AskAgain;
        };
        if !at.state.belt.bring(&at.plan.track, reached, place) {
            return Answer::Refused(Refusal::Blocked);
        }
        at.state.sighted[index].1 = next + 1;
        settle(at, floor);
        return Answer::Done(Agreement { part: Some(part.serial()), ..Agreement::default() });
    }
    at.state.sighted[index].1 = next + 1;
    Answer::Done(Agreement { part: at.state.belt.part(next).map(PartId::serial), ..Agreement::default() })
}

/// Brings everything in line at the present time: parts that arrive, stop, start and leave, whether the belt
/// runs, the state, the entry, the next event and the photo-eyes.
pub(super) fn settle(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>) {
    let now = floor.now();
    at.state.belt.advance(now);
    if at.state.unanswered {
        return;
    }
    while let Some(decision) = at.state.belt.settle(&at.plan.track, now) {
        match decision {
            Decision::AtEnd(part) => {
                finish(at, floor, part);
                match floor.forward(at.me, part, at.plan.next) {
                    Passage::Taken => hand_over(at, floor),
                    Passage::Waiting => {
                        // There may be room before this instant is over: only then does anything stop.
                        at.state.belt.keep();
                        at.state.unanswered = true;
                        floor.request_dispatch(at.me);
                        return;
                    }
                }
            }
            Decision::AtStopper(stopper) => {
                let dwell = at.plan.track.stoppers[stopper].dwell.as_ref();
                let time = dwell.map_or(SimDuration::ZERO, |dwell| dwell.sample_duration(&mut at.state.dwell));
                at.state.belt.detain(stopper, now.saturating_add(time));
            }
        }
    }
    drive(at, floor);
    let next = [at.state.belt.next_event(&at.plan.track, now), free_entry(at, floor)].into_iter().flatten().min();
    if at.state.timer.map(|(time, _)| time) != next {
        if let Some((_, timer)) = at.state.timer.take() {
            floor.cancel(timer);
        }
        at.state.timer = next.map(|time| (time, floor.set_timer(at.me, time - now, BELT)));
    }
    look(at.me, at.state, floor);
}

/// Decides whether the belt runs, and says what the conveyor is doing.
fn drive(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>) {
    let now = floor.now();
    let belt = &mut at.state.belt;
    let speed = at.plan.speed.as_nanometres_per_second();
    let off = at.state.stopped || speed == 0;
    let moving = belt.is_moving(&at.plan.track, now);
    let halted = off || floor.unit(at.me).is_halted();
    if !halted && moving && floor.is_asleep(at.me) {
        belt.stand();
    }
    let warm = halted || !moving || floor.is_warm(at.me);
    let stands = halted || !warm || belt.is_stopped(&at.plan.track, now);
    belt.run(&at.plan.track, if stands { 0 } else { speed });
    let operation = match (off, belt.len()) {
        (true, _) => State::MinorStop,
        (false, 0) => State::Starved,
        _ if !warm => State::Starved,
        _ if moving => State::Processing,
        _ => State::Blocked,
    };
    floor.set_operation(at.me, operation);
}

/// Lets the next part in if the entry is clear; otherwise says when it will be. The time is rounded down, so that
/// on a chain of equal conveyors no part finds the next entry closed for a nanosecond.
fn free_entry(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>) -> Option<SimTime> {
    if at.state.entry_free {
        return None;
    }
    match at.state.belt.entry(&at.plan.track) {
        Entry::Clear => {}
        Entry::ClearAfter(distance) => {
            let time = at.state.belt.time_within(distance)?;
            if time > SimDuration::ZERO {
                return Some(floor.now().saturating_add(time));
            }
        }
        Entry::Obstructed => return None,
    }
    at.state.entry_free = true;
    floor.free_place(at.me, PartTypeIndex::default());
    None
}

/// The first part has reached the end. If its offer is taken back and made again, it counts once.
pub(super) fn finish(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>, part: PartId) {
    if std::mem::replace(&mut at.state.finished, true) {
        return;
    }
    let reworks = floor.parts()[part].reworks;
    floor.unit_mut(at.me).counts.count_operation(reworks);
    floor.record_event(at.me, Happening::Finished(part.serial()));
    floor.complete_step(at.me, part);
    failure::operation_finished(floor, at.me);
}

/// The first part has left over the end.
fn hand_over(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>) {
    let length = at.state.belt.hand_over();
    at.state.finished = false;
    uncount(at.state, floor, length);
}

/// A part that covered `length` of the belt is gone.
fn uncount(state: &mut ConveyorState, floor: &Floor<'_>, length: belt::Distance) {
    let now = floor.now();
    state.parts.add(now, -1);
    state.covered.add(now, -((length / distance(1)) as i64));
}

/// Scraps everything on the belt, except a part whose offer is not answered yet.
pub(super) fn clear(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>) {
    at.state.belt.advance(floor.now());
    if !at.state.unanswered
        && let Some(part) = at.state.belt.offered()
    {
        floor.withdraw(part);
        at.state.finished = false;
    }
    while let Some((part, length)) = at.state.belt.take_last(usize::from(at.state.unanswered)) {
        uncount(at.state, floor, length);
        floor.scrap(at.me, part);
    }
}

/// Brings the beams of photo-eyes up to date, and wakes each eye at its next edge if that comes before anything
/// else happens on the belt.
pub(super) fn look(me: ElementIndex, state: &mut ConveyorState, floor: &mut Floor<'_>) {
    if floor.shop.beams[me.index()].is_empty() {
        return;
    }
    let now = floor.now();
    let belt_event = state.timer.map_or(SimTime::MAX, |(time, _)| time);
    let mut beams = std::mem::take(&mut floor.shop.beams[me.index()]);
    for beam in &mut beams {
        let position = distance(beam.position);
        let (covered, next) = state.belt.look(position, beam.next);
        beam.next = Some(next);
        if covered != beam.covered {
            beam.covered = covered;
            floor.signal(beam.eye, Signal::Observe { watched: me });
        }
        let edge = state.belt.next_edge(position, covered, next, now).filter(|edge| *edge < belt_event);
        if beam.timer.map(|(time, _)| time) != edge {
            if let Some((_, timer)) = beam.timer.take() {
                floor.cancel(timer);
            }
            beam.timer = edge.map(|time| (time, floor.set_timer(beam.eye, time - now, EDGE)));
        }
    }
    floor.shop.beams[me.index()] = beams;
}
