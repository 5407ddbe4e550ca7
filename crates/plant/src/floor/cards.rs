//! Cards at the gates: a part that comes to where a loop begins takes a card with its place, and hands it back where the loop ends.
//! This is written here, once, for all kinds of elements.
//!
//! Whoever cannot have everything waits with nothing in hand, in the line of the gate like any other. What comes back is given
//! out once the loop has been told, so that no chain of loops needs a stack and nobody who comes at this instant gets in before those
//! who wait. In between it is in the account as returned.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use kernel::SimTime;

use crate::control::cards::{Card, CardAccount};
use crate::element::ElementIndex;
use crate::floor::{Entry, Floor, Haulage, Offer, Shop, Signal};
use crate::part::{Part, PartId};

impl Shop {
    /// The cards that `part` needs to come to `to` and does not hold, by the numbers of their loops.
    fn cards_needed<'a>(&'a self, part: &'a Part, to: ElementIndex) -> impl Iterator<Item = u32> + 'a {
        let cards = &self.model.cards;
        let held = &self.parts.ties(part.id).cards;
        let is_needed = move |number: &u32| {
            cards.loops[*number as usize].concerns(part) && held.iter().all(|card| card.of != *number)
        };
        cards.starting_at(to).iter().copied().filter(is_needed)
    }

    /// A part takes the card of a loop, for which it has waited since `since`.
    fn take_card(&mut self, number: u32, part: PartId, since: SimTime) {
        let amount = self.model.cards.loops[number as usize].amount(&self.model, &self.parts, &self.parts[part]);
        let since = since.max(self.statistics_since);
        self.cards[number as usize].take(self.now, amount, since);
        self.parts.ties_mut(part).cards.push(Card { of: number, amount });
    }

    /// A card comes back from `from`: its loop gives it to whoever waits for it.
    fn return_card(&mut self, card: Card, from: ElementIndex) {
        if self.cards[card.of as usize].give_back(self.now, card.amount) {
            let element = self.model.cards.loops[card.of as usize].element;
            self.agenda.push((element, Signal::Observe { watched: from }));
        }
    }

    /// `part` hands those of its cards back that `is_meant` says.
    fn return_cards(&mut self, part: PartId, from: ElementIndex, is_meant: impl Fn(Card) -> bool) {
        let held = self.parts.take_cards(part);
        let (back, kept): (Vec<Card>, Vec<Card>) = held.into_iter().partition(|card| is_meant(*card));
        self.parts.ties_mut(part).cards = kept;
        for card in back {
            self.return_card(card, from);
        }
    }

    /// `part` has come to its end: all of its cards come back.
    pub(super) fn return_all_cards(&mut self, part: PartId) {
        if self.parts[part].is_tied() && !self.parts.ties(part).cards.is_empty() {
            self.return_cards(part, self.parts[part].location, |_| true);
        }
    }
}

impl Floor<'_> {
    /// Whether all cards that `part` needs to come to `to` are free.
    fn finds_cards(&self, to: ElementIndex, part: PartId) -> bool {
        let shop = &self.shop;
        let Some(record) = shop.parts.find(part) else { return true };
        shop.cards_needed(record, to).all(|number| shop.cards[number as usize].free() > 0)
    }

    /// Whether there is a place behind `gate`, which belongs to `to`, for `part`, and every card that it needs there.
    pub(super) fn can_come_in(&self, gate: usize, to: ElementIndex, part: PartId) -> bool {
        let Some(room) = Some(self.gate(gate)).filter(|gate| gate.room > 0) else { return false };
        !room.by_choice || (self.finds_cards(to, part) && self.is_left_to(gate, part))
    }

    /// Takes a place behind `gate` and the cards that go with it, and says how many those are; `None`, with nothing done, if one
    /// of all these is missing.
    pub(super) fn seize_way_in(&mut self, gate: usize, offer: &Offer, to: ElementIndex, since: SimTime) -> Option<u32> {
        if !self.can_come_in(gate, to, offer.part) {
            return None;
        }
        self.gate_mut(gate).room -= 1;
        let needed: Vec<u32> = self.shop.cards_needed(&self.shop.parts[offer.part], to).collect();
        for number in &needed {
            self.shop.take_card(*number, offer.part, since);
        }
        Some(needed.len() as u32)
    }

    /// The cards that `part` took last are not needed after all.
    pub(super) fn undo_cards(&mut self, part: PartId, count: u32) {
        let location = self.shop.parts[part].location;
        for _ in 0..count {
            if let Some(card) = self.shop.parts.ties_mut(part).cards.pop() {
                self.shop.return_card(card, location);
            }
        }
    }

    /// Lets in whoever can of those who wait at `gate`. The first in line goes first; who lacks a card, or has to wait for others
    /// inside, is passed over.
    pub(crate) fn admit_who_may(&mut self, gate: usize) {
        while let Some(place) = self.first_to_come_in(gate) {
            self.admit_at(gate, place);
        }
    }

    /// The place in the line of `gate` of the first who can come in.
    fn first_to_come_in(&self, gate: usize) -> Option<usize> {
        let own = Some(self.gate(gate)).filter(|gate| gate.room > 0)?;
        own.waiting.iter().position(|waiting| self.can_come_in(gate, own.owner, waiting.offer.part))
    }

    fn admit_at(&mut self, gate: usize, place: usize) {
        let owner = self.gate(gate).owner;
        let waiting = self.gate_mut(gate).waiting.remove(place);
        if let Some(cards) = self.seize_way_in(gate, &waiting.offer, owner, waiting.since) {
            self.admit(waiting, owner, cards);
        }
    }

    /// Cards have come back to the loop that is `me`: those who wait get them, the most urgent first, then who has waited longest.
    pub(crate) fn deal_cards(&mut self, me: ElementIndex) {
        let model = self.shop.model.clone();
        let Some(number) = model.cards.number_of(me) else { return };
        self.shop.cards[number].put_back();
        let gates: Vec<usize> = model.cards.loops[number].from.iter().flat_map(|from| self.gates_of(*from)).collect();
        while self.shop.cards[number].free() > 0 {
            let ahead = gates.iter().filter_map(|gate| {
                let place = self.first_to_come_in(*gate)?;
                let waiting = &self.gate(*gate).waiting[place];
                Some((Reverse(waiting.offer.priority), waiting.since, *gate, place))
            });
            let Some((_, _, gate, place)) = ahead.min() else { break };
            self.admit_at(gate, place);
        }
        // Buffers may have something else to offer now.
        self.changed(me);
    }

    /// The loop that is `me` gives out so much at most from now on.
    pub(crate) fn limit_cards(&mut self, me: ElementIndex, limit: i64) {
        if let Some(number) = self.shop.model.cards.number_of(me) {
            self.shop.cards[number].set_limit(limit);
            self.deal_cards(me);
        }
    }

    /// The gates of an element, by their numbers.
    fn gates_of(&self, element: ElementIndex) -> Vec<usize> {
        match &self.shop.entries[element.index()] {
            Entry::Closed | Entry::Through => Vec::new(),
            Entry::Own => vec![element.index()],
            Entry::GateByType(gates) => {
                let mut gates: Vec<usize> = gates.iter().flatten().map(|gate| *gate as usize).collect();
                gates.sort_unstable();
                gates.dedup();
                gates
            }
        }
    }

    /// `part` has left `from` for `to`: what is inside it, and it, hand back the cards of loops that end there.
    pub(super) fn hand_back(&mut self, from: ElementIndex, part: PartId, to: ElementIndex) {
        let model = self.shop.model.clone();
        // On a vehicle a part is on its way to where that puts it down.
        let aboard = self.shop.haulage.iter().flat_map(|haulage| haulage.aboard.iter().flatten());
        let to = aboard.clone().find(|haul| haul.part == part).map_or(to, |haul| haul.to);
        let ends = |card: Card| {
            let ends_here = model.cards.ending_at(from).contains(&card.of);
            let info = &model.cards.loops[card.of as usize];
            ends_here && !info.to.contains(&to) && !info.from.contains(&to)
        };
        let mut all = vec![part];
        while let Some(part) = all.pop() {
            if self.shop.parts[part].is_tied() {
                self.shop.return_cards(part, from, ends);
                all.extend(self.shop.parts.contents(part).map(|content| content.id));
            }
        }
    }

    /// `part` is in the plant when the run begins: it holds a card of every loop that it is inside.
    pub(super) fn take_cards_inside(&mut self, part: PartId, at: ElementIndex) {
        let model = self.shop.model.clone();
        for (number, info) in (0..).zip(&model.cards.loops) {
            if info.inside.contains(&at) && info.concerns(&self.shop.parts[part]) {
                self.shop.take_card(number, part, self.shop.now);
            }
        }
    }

    /// `part` goes into `heir`, and its cards with it.
    pub(crate) fn hand_on_cards(&mut self, part: PartId, heir: PartId) {
        let cards = self.shop.parts.take_cards(part);
        if !cards.is_empty() {
            self.shop.parts.ties_mut(heir).cards.extend(cards);
        }
    }

    /// Whether `part` could not go to `next`, or to any element where its next step is done, for want of cards.
    pub(crate) fn lacks_cards(&self, part: PartId, next: Option<ElementIndex>) -> bool {
        if self.shop.cards.is_empty() {
            return false;
        }
        let Some(record) = self.shop.parts.find(part) else { return false };
        match (next, record.position) {
            (Some(next), _) => !self.finds_cards(next, part),
            (None, Some(position)) => {
                let routing = &self.shop.model.routings[position.routing as usize];
                routing.ways_on(position.step, record.location).iter().all(|to| !self.finds_cards(*to, part))
            }
            (None, None) => false,
        }
    }

    /// The one element where the next step of `part` is done, or that carries it there, if a card loop begins at that.
    pub(crate) fn card_gate(&self, part: PartId) -> Option<ElementIndex> {
        if self.shop.cards.is_empty() {
            return None;
        }
        let record = self.shop.parts.find(part)?;
        let position = record.position?;
        match self.shop.model.routings[position.routing as usize].ways_on(position.step, record.location) {
            [only] if self.shop.model.cards.start_at(*only) => Some(*only),
            _ => None,
        }
    }

    /// Has `me` told when cards come back that parts may need to go to `next`, or anywhere if that is left to routings.
    pub(crate) fn watch_cards(&mut self, me: ElementIndex, next: Option<ElementIndex>) {
        let model = self.shop.model.clone();
        let starts = |from: &[ElementIndex]| next.is_none_or(|next| from.contains(&next));
        for info in model.cards.loops.iter().filter(|info| starts(&info.from)) {
            self.watch(me, info.element);
        }
    }

    /// All parts, each with the one that it travels with: itself, or the outermost of those that it is inside of. Walks over
    /// all parts.
    fn parts_with_carriers(&self) -> Vec<(&Part, &Part)> {
        let parts = &self.shop.parts;
        let mut all: Vec<(&Part, &Part)> =
            parts.iter().filter(|part| !part.is_packed()).map(|part| (part, part)).collect();
        let mut next = 0;
        while let Some((part, carrier)) = all.get(next).copied() {
            all.extend(parts.contents(part.id).map(|content| (content, carrier)));
            next += 1;
        }
        all
    }

    /// Where the cards of a loop are. Walks over all parts.
    pub(crate) fn whereabouts_of_cards(&self, number: usize) -> BTreeSet<ElementIndex> {
        let holds_one = |part: &Part| self.shop.parts.ties(part.id).cards.iter().any(|card| card.of as usize == number);
        let all = self.parts_with_carriers().into_iter();
        all.filter(|(part, _)| holds_one(part)).map(|(_, carrier)| carrier.location).collect()
    }

    /// Whether a part waits for a card of a loop.
    pub(crate) fn is_card_wanted(&self, number: usize) -> bool {
        let from = &self.shop.model.cards.loops[number].from;
        let gates = from.iter().flat_map(|from| self.gates_of(*from)).map(|gate| self.gate(gate));
        let mut waiting = gates.flat_map(|gate| gate.waiting.iter().map(|waiting| (gate.owner, waiting.offer.part)));
        waiting.any(|(to, part)| self.cards_lacking(to, part).contains(&(number as u32)))
    }

    /// The loops without a card for one who waits at `gate` and would have a place; for those who ask what keeps a part.
    pub(super) fn cards_lacking(&self, to: ElementIndex, part: PartId) -> Vec<u32> {
        let shop = &self.shop;
        let Some(record) = shop.parts.find(part) else { return Vec::new() };
        shop.cards_needed(record, to).filter(|number| shop.cards[*number as usize].free() <= 0).collect()
    }

    /// Cards agree with who holds them, holders are inside, and nobody waits who could come in: for invariants. Walks over all
    /// parts and gates.
    pub(crate) fn audit_cards(&self, settled: bool) -> Result<(), String> {
        let shop = &self.shop;
        let loops = &shop.model.cards.loops;
        let mut held = vec![0; loops.len()];
        for (part, carrier) in self.parts_with_carriers() {
            let location = carrier.location;
            for card in &shop.parts.ties(part.id).cards {
                let Some(info) = loops.get(card.of as usize) else {
                    return Err(format!("{:?} holds a card of no loop", part.id));
                };
                held[card.of as usize] += card.amount;
                let is_called = || shop.haulage.iter().flat_map(Haulage::all).any(|haul| haul.part == carrier.id);
                if !info.inside.contains(&location) && !is_called() {
                    let (name, location) = (shop.model.name(info.element), shop.model.name(location));
                    return Err(format!("{:?} holds a card of \"{name}\" and is at \"{location}\"", part.id));
                }
            }
        }
        for ((info, account), held) in loops.iter().zip(&shop.cards).zip(held) {
            account_adds_up(account, held, settled)
                .map_err(|message| format!("\"{}\": {message}", shop.model.name(info.element)))?;
        }
        for (number, gate) in self.gates().enumerate() {
            if gate.by_choice != shop.model.chooses_who_comes_in(gate.owner) {
                let name = shop.model.name(gate.owner);
                return Err(format!(
                    "\"{name}\": asks for cards or a turn that nobody gives out, or the other way round"
                ));
            }
            if gate.by_choice && self.first_to_come_in(number).is_some() {
                let name = shop.model.name(gate.owner);
                return Err(format!("\"{name}\": a part waits in front of it that could come in"));
            }
        }
        Ok(())
    }
}

/// Cards that are out and cards that are free are all there are.
fn account_adds_up(account: &CardAccount, held: i64, settled: bool) -> Result<(), String> {
    let (out, returned) = (account.in_use().level(), account.returned());
    if out != held {
        return Err(format!("parts hold cards for {held}, and {out} are out"));
    }
    if returned < 0 || (settled && returned > 0) {
        return Err(format!("cards for {returned} have come back and are not given out"));
    }
    let sum = account.free() + out + returned;
    if sum == account.limit() { Ok(()) } else { Err(format!("there are cards for {}, and not {sum}", account.limit())) }
}
