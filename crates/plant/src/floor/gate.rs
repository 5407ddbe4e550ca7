//! How parts move: offers, places and waiting in front of a full element. Blocking is written here, once.
//!
//! An element offers a finished part to the next one. If that has a place free the part moves at once
//! ([`Passage::Taken`]); if not, the part stays, its place stays occupied (blocking after service) and the offer
//! waits at the gate, by priority and then in the order of coming. Whoever frees a place lets the first one in
//! and tells its holder. Pass-through elements (branches, merges) hold nothing: they hand the offer on, so they
//! never become a hidden buffer.

use kernel::SimTime;

use crate::element::{Door, ElementIndex};
use crate::floor::{Floor, Signal};
use crate::part::{PartId, PartTypeIndex};
use crate::run::RunError;

/// A part on offer: who holds it and how urgent it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The part.
    pub part: PartId,
    /// The element that holds it, and will be told when it has left.
    pub holder: ElementIndex,
    /// Where it comes from: the holder or the last pass-through element.
    pub via: ElementIndex,
    /// Larger is let in first.
    pub priority: i32,
}
kernel::persist!(struct Offer { part, holder, via, priority });

/// The answer to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// The part has left.
    Taken,
    /// The part stays until [`crate::element::ElementKind::departed`] is called.
    Waiting,
}

/// An offer kept waiting at a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) offer: Offer,
    pub(crate) since: SimTime,
    /// Set where the same part waits at several gates at once: taken at one, it leaves the others.
    pub(crate) shared: bool,
}
kernel::persist!(struct Waiting { offer, since, shared });

/// The places of one element (or of one part type at it).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gate {
    pub(crate) owner: ElementIndex,
    pub(crate) room: u32,
    /// Places that must fall free before room counts again, after a capacity was lowered or the gate was shut.
    pub(crate) debt: u32,
    /// Whether it is shut while its owner is closed: parts behind it are at work at once and do not wait for a choice.
    pub(crate) shuts: bool,
    /// Whether its owner stands at a node of a path network: then who comes in may have to be fetched.
    pub(crate) at_node: bool,
    /// Whether a card loop begins at its owner or a schedule says what is done there: then who comes in may need more than a place.
    pub(crate) by_choice: bool,
    /// The most urgent first, then who came first.
    pub(crate) waiting: Vec<Waiting>,
}
kernel::persist!(struct Gate { owner, room, debt, shuts, at_node, by_choice, waiting });

/// Where offers to an element go.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Closed,
    Through,
    /// To the element's own gate.
    Own,
    GateByType(Vec<Option<u32>>),
}
kernel::persist!(enum Entry { 0 => Closed, 1 => Through, 2 => Own, 3 => GateByType(inner) });

impl Gate {
    fn new(owner: ElementIndex, room: u32) -> Self {
        Gate { owner, room, debt: 0, shuts: false, at_node: false, by_choice: false, waiting: Vec::new() }
    }

    /// The gate that every element has. Where offers do not go to it, it never has room, so that asking it first is
    /// right for any element.
    pub(crate) fn own(owner: ElementIndex, door: &Door) -> Self {
        let room = match door {
            Door::Places(room) => *room,
            Door::Entrance => 1,
            Door::Closed | Door::Through | Door::PlacesByType { .. } => 0,
        };
        Gate { shuts: matches!(door, Door::Entrance), ..Gate::new(owner, room) }
    }

    /// Whether who comes in needs more than a place: to be fetched, a card, or its turn.
    #[inline(always)]
    pub(crate) fn is_guarded(&self) -> bool {
        self.at_node | self.by_choice
    }

    /// Takes a place away until one is given back: the free one, or the one that falls free next.
    pub(crate) fn lose(&mut self) {
        if self.room > 0 {
            self.room -= 1;
        } else {
            self.debt += 1;
        }
    }

    /// An offer has to wait here.
    #[inline(never)]
    pub(crate) fn wait(&mut self, offer: Offer, since: SimTime, shared: bool) {
        let waiting = Waiting { offer, since, shared };
        if self.waiting.last().is_none_or(|last| last.offer.priority >= offer.priority) {
            self.waiting.push(waiting);
        } else {
            let place = self.waiting.partition_point(|other| other.offer.priority >= offer.priority);
            self.waiting.insert(place, waiting);
        }
    }

    /// Takes the first offer that waits, which there is.
    #[inline]
    pub(crate) fn pop_waiting(&mut self) -> Waiting {
        // Mostly it is the only one, and nothing has to move up.
        if self.waiting.len() == 1 { self.waiting.swap_remove(0) } else { self.waiting.remove(0) }
    }

    /// A place behind the gate is free again. False, with nothing done, if it is owed or waited for.
    #[inline(always)]
    pub(crate) fn gain(&mut self) -> bool {
        let is_wanted = self.debt > 0 || !self.waiting.is_empty();
        if !is_wanted {
            // More than can be counted is no limit.
            self.room = self.room.saturating_add(1);
        }
        !is_wanted
    }
}

/// The ways into the elements of a plant, and the gates that are nobody's own. Gates are numbered: first the elements'
/// own, by the elements' indices, then these.
pub(crate) fn build_entries(doors: impl ExactSizeIterator<Item = Door>) -> (Vec<Entry>, Vec<Gate>) {
    let own = doors.len();
    let mut further: Vec<Gate> = Vec::new();
    let mut entry = |(owner, door): (usize, Door)| match door {
        Door::Closed => Entry::Closed,
        Door::Through => Entry::Through,
        Door::Places(_) | Door::Entrance => Entry::Own,
        Door::PlacesByType { rooms, gate_of } => {
            let first = own + further.len();
            further.extend(rooms.iter().map(|room| Gate::new(ElementIndex(owner as u32), *room)));
            Entry::GateByType(gate_of.iter().map(|gate| gate.map(|gate| (first + gate) as u32)).collect())
        }
    };
    let entries = doors.enumerate().map(&mut entry).collect();
    (entries, further)
}

impl Floor<'_> {
    /// A gate by its number: see [`build_entries`].
    #[inline]
    pub(crate) fn gate(&self, gate: usize) -> &Gate {
        match self.units.get(gate) {
            Some(unit) => &unit.gate,
            None => &self.shop.further_gates[gate - self.units.len()],
        }
    }

    #[inline]
    pub(crate) fn gate_mut(&mut self, gate: usize) -> &mut Gate {
        if gate < self.units.len() {
            &mut self.units[gate].gate
        } else {
            &mut self.shop.further_gates[gate - self.units.len()]
        }
    }

    /// All gates, by their numbers.
    pub(crate) fn gates(&self) -> impl Iterator<Item = &Gate> {
        self.units.iter().map(|unit| &unit.gate).chain(&self.shop.further_gates)
    }

    pub(crate) fn gates_mut(&mut self) -> impl Iterator<Item = &mut Gate> {
        self.units.iter_mut().map(|unit| &mut unit.gate).chain(&mut self.shop.further_gates)
    }

    /// Offers `part`, held by `me`, to `to`.
    #[inline(always)]
    pub fn offer(&mut self, me: ElementIndex, part: PartId, to: ElementIndex) -> Passage {
        let priority = self.shop.parts[part].priority;
        self.pass_on(Offer { part, holder: me, via: me, priority }, to)
    }

    /// Offers a part to the element `next` or, where there is none, to the next step of its routing.
    #[inline(always)]
    pub fn forward(&mut self, me: ElementIndex, part: PartId, next: Option<ElementIndex>) -> Passage {
        match next {
            Some(next) => self.offer(me, part, next),
            None => self.follow_routing(me, part),
        }
    }

    /// Hands an offer on to `to`; for pass-through elements.
    #[inline(always)]
    pub fn pass_on(&mut self, offer: Offer, to: ElementIndex) -> Passage {
        if self.enter_by(to.index(), &offer, to) { Passage::Taken } else { self.pass_on_by_entry(offer, to) }
    }

    /// Hands an offer on to an element whose own gate has no room, or is none.
    #[inline(never)]
    fn pass_on_by_entry(&mut self, offer: Offer, to: ElementIndex) -> Passage {
        match self.shop.entries[to.index()] {
            Entry::Own if self.unit(to).gate.is_guarded() => return self.offer_at_guarded(to.index(), offer, to),
            Entry::Own => {
                self.wait_at(to.index(), offer, false);
                return Passage::Waiting;
            }
            Entry::Through => {
                self.shop.offers.push(offer);
                self.signal(to, Signal::Route);
                return Passage::Waiting;
            }
            Entry::Closed | Entry::GateByType(_) => {}
        }
        let part_type = self.shop.parts[offer.part].part_type;
        if let Some(gate) = self.gate_for(to, part_type) {
            if self.gate(gate).is_guarded() {
                return self.offer_at_guarded(gate, offer, to);
            }
            if self.enter_by(gate, &offer, to) {
                return Passage::Taken;
            }
            self.wait_at(gate, offer, false);
            return Passage::Waiting;
        }
        let model = &self.shop.model;
        self.fail_run(RunError::NotAccepted {
            at: self.now(),
            element: model.elements[to.index()].name.clone(),
            part_type: model.part_type(part_type).name.clone(),
            from: model.elements[offer.holder.index()].name.clone(),
        });
        Passage::Waiting
    }

    /// Offers a part at a gate where a place alone may not do.
    #[inline(never)]
    fn offer_at_guarded(&mut self, gate: usize, offer: Offer, to: ElementIndex) -> Passage {
        let Some(cards) = self.seize_way_in(gate, &offer, to, self.shop.now) else {
            self.wait_at(gate, offer, false);
            return Passage::Waiting;
        };
        if self.has_to_be_fetched(offer.holder, to) {
            self.call_for(offer, to, cards);
            return Passage::Waiting;
        }
        self.carry(offer.holder, offer.part, to);
        if offer.via != offer.holder {
            self.signal(offer.holder, Signal::Departed { part: offer.part });
        }
        Passage::Taken
    }

    /// Lets the part through a gate of `to` if there is room behind it and it needs nothing else.
    #[inline(always)]
    fn enter_by(&mut self, gate: usize, offer: &Offer, to: ElementIndex) -> bool {
        let gate = self.gate_mut(gate);
        if (gate.room == 0) | gate.is_guarded() {
            return false;
        }
        gate.room -= 1;
        self.carry(offer.holder, offer.part, to);
        if offer.via != offer.holder {
            self.signal(offer.holder, Signal::Departed { part: offer.part });
        }
        true
    }

    /// Hands an offer to whichever of `candidates` has room first, in the order given; where none has, the part
    /// waits at all of them and the first to have room takes it.
    pub fn pass_on_to_first_free(&mut self, offer: Offer, candidates: &[ElementIndex]) -> Passage {
        if let Some(free) = candidates.iter().copied().find(|to| self.has_room(*to, offer.part)) {
            return self.pass_on(offer, free);
        }
        let part_type = self.shop.parts[offer.part].part_type;
        for candidate in candidates {
            if let Some(gate) = self.gate_for(*candidate, part_type) {
                self.wait_at(gate, offer, true);
            }
        }
        Passage::Waiting
    }

    /// Puts a part that has come from nowhere into a place of `to`, if there is one.
    pub(crate) fn put_down(&mut self, part: PartId, to: ElementIndex) {
        let Some(gate) = self.gate_for(to, self.shop.parts[part].part_type) else { return };
        let room = &mut self.gate_mut(gate).room;
        *room = room.saturating_sub(1);
        self.enter(to, part);
        self.announce(part, to);
    }

    /// Whether `to` would take `part` at once. A pass-through element is asked as if it had room.
    #[must_use]
    pub fn has_room(&self, to: ElementIndex, part: PartId) -> bool {
        match &self.shop.entries[to.index()] {
            Entry::Through => true,
            _ => {
                let gate = self.gate_for(to, self.shop.parts[part].part_type);
                gate.is_some_and(|gate| self.can_come_in(gate, to, part))
            }
        }
    }

    /// Whether offers to `element` go to its own gate: whoever has none, such as a branch, has to be asked.
    pub(crate) fn has_own_gate(&self, element: ElementIndex) -> bool {
        matches!(self.shop.entries[element.index()], Entry::Own)
    }

    /// Offers kept waiting in front of `element`, over all its gates.
    #[must_use]
    pub fn waiting_outside(&self, element: ElementIndex) -> usize {
        match &self.shop.entries[element.index()] {
            Entry::Closed | Entry::Through | Entry::Own => self.unit(element).gate.waiting.len(),
            Entry::GateByType(gates) => {
                gates.iter().flatten().map(|gate| self.gate(*gate as usize).waiting.len()).sum()
            }
        }
    }

    /// A place of `me` that held a part of `part_type` is free again; the first in line takes it.
    #[inline]
    pub fn free_place(&mut self, me: ElementIndex, part_type: PartTypeIndex) {
        if let Some(gate) = self.gate_for(me, part_type) {
            self.free_place_at(gate);
        }
    }

    /// A place behind `me`'s own gate is free again: [`Floor::free_place`] where the type of the part is no matter.
    #[inline(always)]
    pub(crate) fn free_own_place(&mut self, me: ElementIndex) {
        if !self.unit_mut(me).gate.gain() {
            self.free_wanted_place(me.index());
        }
    }

    #[inline]
    fn free_place_at(&mut self, gate: usize) {
        if !self.gate_mut(gate).gain() {
            self.free_wanted_place(gate);
        }
    }

    /// A place behind `gate` is free again that is owed or waited for.
    #[inline(never)]
    pub(crate) fn free_wanted_place(&mut self, gate: usize) {
        let own = self.gate_mut(gate);
        if own.debt > 0 {
            own.debt -= 1;
        } else if own.by_choice {
            own.room = own.room.saturating_add(1);
            self.admit_who_may(gate);
        } else {
            let waiting = own.pop_waiting();
            let owner = own.owner;
            self.admit(waiting, owner, 0);
        }
    }

    /// Changes the places of `me` from those of the door `before` to those of `after`, parts inside staying where
    /// they are: places that are lost while occupied go when their parts leave.
    pub fn change_door(&mut self, me: ElementIndex, before: &Door, after: &Door) {
        let changes: Vec<(usize, u32, u32)> = match (&self.shop.entries[me.index()], before, after) {
            (Entry::Own, Door::Places(before), Door::Places(after)) => vec![(me.index(), *before, *after)],
            (
                Entry::GateByType(gates),
                Door::PlacesByType { rooms: before, .. },
                Door::PlacesByType { rooms: after, gate_of },
            ) => {
                let gate = |line: usize| {
                    let part_type = gate_of.iter().position(|of| *of == Some(line))?;
                    gates.get(part_type).copied().flatten()
                };
                let lines = before.iter().zip(after).enumerate();
                lines.filter_map(|(line, (before, after))| Some((gate(line)? as usize, *before, *after))).collect()
            }
            _ => Vec::new(),
        };
        for (gate, before, after) in changes {
            let mut gained = after.saturating_sub(before);
            while gained > 0 && (self.gate(gate).debt > 0 || !self.gate(gate).waiting.is_empty()) {
                self.free_wanted_place(gate);
                gained -= 1;
            }
            let gate = self.gate_mut(gate);
            gate.room += gained;
            let lost = before.saturating_sub(after);
            let taken_now = lost.min(gate.room);
            gate.room -= taken_now;
            gate.debt += lost - taken_now;
        }
    }

    /// Takes back the offers of `part`, and the call for it: it is scrapped or goes elsewhere. False where it waits at no gate and
    /// for no vehicle: then it has left, or its offer is still on its way through elements that hold nothing.
    pub fn withdraw(&mut self, part: PartId) -> bool {
        self.take_from_gates(part) || self.call_off(part)
    }

    /// If `part`, which leaves a place of `me`, waits for another one there, it goes back into the line: the place that it leaves
    /// is the one it needs.
    #[cold]
    pub(crate) fn turn_back(&mut self, me: ElementIndex, part: PartId) -> bool {
        let gate = &self.unit(me).gate;
        let waits = gate.waiting.iter().any(|waiting| waiting.offer.part == part && waiting.offer.via == me);
        if !waits || gate.at_node || self.shop.model.cards.start_at(me) {
            return false;
        }
        self.take_from_gates(part);
        self.units[me.index()].gate.lose();
        self.carry(me, part, me);
        true
    }

    fn take_from_gates(&mut self, part: PartId) -> bool {
        let mut waited = false;
        for gate in self.gates_mut() {
            let before = gate.waiting.len();
            gate.waiting.retain(|waiting| waiting.offer.part != part);
            waited |= gate.waiting.len() < before;
        }
        waited
    }

    #[inline]
    fn gate_for(&self, element: ElementIndex, part_type: PartTypeIndex) -> Option<usize> {
        match &self.shop.entries[element.index()] {
            Entry::Closed | Entry::Through => None,
            Entry::Own => Some(element.index()),
            Entry::GateByType(gates) => gates.get(part_type.index()).copied().flatten().map(|gate| gate as usize),
        }
    }

    pub(super) fn wait_at(&mut self, gate: usize, offer: Offer, shared: bool) {
        let now = self.shop.now;
        self.gate_mut(gate).wait(offer, now, shared);
    }

    /// Lets somebody in for whom a place was taken, and so many cards.
    pub(super) fn admit(&mut self, waiting: Waiting, to: ElementIndex, cards: u32) {
        if waiting.shared {
            self.take_from_gates(waiting.offer.part);
        }
        if self.has_to_be_fetched(waiting.offer.holder, to) {
            return self.call_for(waiting.offer, to, cards);
        }
        self.carry(waiting.offer.holder, waiting.offer.part, to);
        self.signal(waiting.offer.holder, Signal::Departed { part: waiting.offer.part });
    }
}
