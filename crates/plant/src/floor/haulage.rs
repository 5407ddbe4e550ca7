//! What vehicles and cranes have to carry: from where to where, and where it is now. Having parts fetched is written here, once,
//! for all kinds of elements and all that fetch (haulers).
//!
//! A part goes to an element at another node of its path network. If there is a place for it, that is taken and kept, and
//! the part is called for; if not, its offer waits at the gate like any other, and it is called for when its turn has come.
//! Until a vehicle has loaded it the part stays where it is and keeps its place there. As nobody is called for what could
//! not be put down, a loaded vehicle never waits for room, and cannot be part of a circle of elements that wait for each other.
//! A part in a store is fetched out of that by a crane first, and then by a vehicle where its way leads over a path network.

use std::collections::VecDeque;

use kernel::SimTime;
use kernel::persist::{Persist, Reader, Unreadable};

use crate::element::ElementIndex;
use crate::floor::{Entry, Floor, Offer, Signal};
use crate::part::{Part, PartId};
use crate::transport::paths::Paths;

/// A part that is to be carried, or is being carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Haul {
    pub part: PartId,
    /// The element that holds it until a vehicle does.
    pub from: ElementIndex,
    /// The element that keeps a place for it.
    pub to: ElementIndex,
    /// When it was called for.
    pub since: SimTime,
    /// Larger is fetched first.
    pub priority: i32,
    /// How many cards it took with its place: the last ones that it holds, until it is loaded.
    pub cards: u32,
}
kernel::persist!(struct Haul { part, from, to, since, priority, cards });

/// All that one hauler has to carry.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Haulage {
    /// What no vehicle is on its way for, by the node where it is: the most urgent first, then what was called for first. A store
    /// makes lines of its own of what comes into the first.
    pub waiting: Vec<VecDeque<Haul>>,
    /// What each vehicle is to fetch.
    pub called: Vec<Option<Haul>>,
    /// What each vehicle has loaded.
    pub aboard: Vec<Vec<Haul>>,
}
kernel::persist!(struct Haulage { waiting, called, aboard });

impl Haulage {
    fn new(nodes: usize, vehicles: usize) -> Self {
        Haulage {
            waiting: vec![VecDeque::new(); nodes],
            called: vec![None; vehicles],
            aboard: vec![Vec::new(); vehicles],
        }
    }

    /// That of all haulers of a plant at the beginning of a run.
    pub(crate) fn of(paths: &Paths) -> Vec<Haulage> {
        paths.haulers.iter().map(|hauler| Haulage::new(hauler.lines, hauler.carriers.len())).collect()
    }

    /// Everything in it.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Haul> {
        self.not_loaded().chain(self.aboard.iter().flatten())
    }

    /// What is still where it was.
    pub(crate) fn not_loaded(&self) -> impl Iterator<Item = &Haul> {
        self.waiting.iter().flatten().chain(self.called.iter().flatten())
    }

    pub(crate) fn line_up(&mut self, node: u32, haul: Haul) {
        let line = &mut self.waiting[node as usize];
        let place = line.partition_point(|other| other.priority >= haul.priority);
        line.insert(place, haul);
    }

    /// What is fetched first of what waits at a node.
    pub(crate) fn first(&self, node: u32) -> Option<&Haul> {
        self.waiting[node as usize].front()
    }

    /// The haulage of all haulers, read back.
    pub(crate) fn read_all(reader: &mut Reader<'_>, paths: &Paths) -> Result<Vec<Haulage>, Unreadable> {
        let haulage: Vec<Haulage> = Persist::read(reader)?;
        let fits = haulage.len() == paths.haulers.len()
            && haulage.iter().zip(&paths.haulers).all(|(haulage, hauler)| {
                let carriers = hauler.carriers.len();
                haulage.waiting.len() == hauler.lines
                    && haulage.called.len() == carriers
                    && haulage.aboard.len() == carriers
            });
        if fits { Ok(haulage) } else { Err(reader.unreadable("what the haulers of the plant have to carry")) }
    }
}

impl Floor<'_> {
    /// Whether a part of `holder` that goes to `to` has to be fetched by a vehicle or a crane.
    pub(crate) fn has_to_be_fetched(&self, holder: ElementIndex, to: ElementIndex) -> bool {
        self.shop.model.paths.is_fetched(holder, to)
    }

    /// There is a place at `to` for the part, which is kept for it, and it has taken so many `cards`: a vehicle is to fetch it.
    pub(super) fn call_for(&mut self, offer: Offer, to: ElementIndex, cards: u32) {
        let Offer { part, holder, priority, .. } = offer;
        let model = self.shop.model.clone();
        let part_type = self.shop.parts[part].part_type;
        let Some((hauler, line)) = model.paths.hauler(holder, to, part_type) else { return };
        let haul = Haul { part, from: holder, to, since: self.shop.now, priority, cards };
        self.shop.haulage[hauler as usize].line_up(line, haul);
        self.request_dispatch(model.paths.haulers[hauler as usize].element);
        self.units[holder.index()].to_fetch += 1;
        self.refresh_state(holder);
    }

    /// The crane of a store has brought what it was to fetch out of the rack: it goes to the place that was kept for it, or waits for
    /// the vehicle that takes it there. True if it has left the store.
    pub(crate) fn hand_out(&mut self, store: usize, crane: usize) -> bool {
        let Some(haul) = self.shop.haulage[store].called[crane].take() else { return false };
        let model = self.shop.model.clone();
        let part_type = self.shop.parts[haul.part].part_type;
        if let Some((hauler, line)) = model.paths.hauler_outside(haul.from, haul.to, part_type) {
            self.shop.haulage[hauler as usize].line_up(line, Haul { since: self.shop.now, ..haul });
            self.request_dispatch(model.paths.haulers[hauler as usize].element);
            return false;
        }
        let unit = &mut *self.units[haul.from.index()];
        unit.to_fetch = unit.to_fetch.saturating_sub(1);
        self.carry(haul.from, haul.part, haul.to);
        self.refresh_state(haul.from);
        true
    }

    /// A carrier is to fetch what is first in a line. Who holds that may have something else fetched at the same time: so what is
    /// called for is the best by the rules whenever a vehicle comes free, and not what was so long ago.
    pub(crate) fn send_for_first(&mut self, hauler: usize, carrier: usize, line: u32) {
        let haulage = &mut self.shop.haulage[hauler];
        let first = haulage.waiting[line as usize].pop_front();
        haulage.called[carrier] = first;
        if let Some(haul) = first {
            self.signal(haul.from, Signal::SentFor { part: haul.part });
        }
    }

    /// A vehicle has loaded what it was to fetch.
    pub(crate) fn take_aboard(&mut self, fleet: usize, vehicle: usize, carrier: ElementIndex) -> Option<Haul> {
        let haulage = &mut self.shop.haulage[fleet];
        let haul = haulage.called[vehicle].take()?;
        haulage.aboard[vehicle].push(haul);
        let unit = &mut *self.units[haul.from.index()];
        unit.to_fetch = unit.to_fetch.saturating_sub(1);
        self.transfer(haul.from, haul.part, carrier);
        self.signal(haul.from, Signal::Departed { part: haul.part });
        self.refresh_state(haul.from);
        Some(haul)
    }

    /// A vehicle puts what it has loaded as `place`th down in the place that was kept for it.
    pub(crate) fn put_off(&mut self, fleet: usize, vehicle: usize, place: usize, carrier: ElementIndex) {
        let haul = self.shop.haulage[fleet].aboard[vehicle].remove(place);
        self.carry(carrier, haul.part, haul.to);
    }

    /// What a vehicle has loaded is scrapped, and the places that were kept for it come free.
    pub(crate) fn scrap_load(&mut self, carrier: ElementIndex) {
        let model = self.shop.model.clone();
        let Some(fleet) = model.elements[carrier.index()].group else { return };
        let Some(number) = model.paths.haulers.iter().position(|info| info.element == fleet) else { return };
        let Some(vehicle) = model.paths.haulers[number].carriers.iter().position(|other| *other == carrier) else {
            return;
        };
        while let Some(haul) = self.shop.haulage[number].aboard[vehicle].pop() {
            let part_type = self.shop.parts[haul.part].part_type;
            self.scrap(carrier, haul.part);
            self.free_place(haul.to, part_type);
        }
    }

    /// Takes back the call for a part that no vehicle has loaded yet: its place comes free. False where it was not called for.
    pub(crate) fn call_off(&mut self, part: PartId) -> bool {
        if self.shop.haulage.is_empty() {
            return false;
        }
        let model = self.shop.model.clone();
        let Some(record) = self.shop.parts.find(part) else { return false };
        let (location, part_type) = (record.location, record.part_type);
        let store = model.paths.stores.get(&location).copied();
        let fleet = model.paths.site(location).and_then(|site| model.paths.carrier(site.network, part_type));
        let rails = model.paths.rails.iter().filter(|(_, stops)| stops.contains_key(&location)).map(|(rail, _)| *rail);
        let found = store
            .into_iter()
            .chain(fleet)
            .chain(rails)
            .find_map(|hauler| Some((hauler, self.take_call(hauler as usize, part)?)));
        let Some((hauler, (haul, carrier))) = found else { return false };
        if let Some(carrier) = carrier {
            let info = &model.paths.haulers[hauler as usize];
            self.signal(info.element, Signal::Observe { watched: info.carriers[carrier] });
        }
        let unit = &mut *self.units[haul.from.index()];
        unit.to_fetch = unit.to_fetch.saturating_sub(1);
        self.refresh_state(haul.from);
        self.undo_cards(part, haul.cards);
        self.free_place(haul.to, part_type);
        true
    }

    /// How many of the cards that `part` holds it has been given for the way on which it is to be fetched.
    pub(crate) fn cards_for_the_way(&self, part: &Part) -> usize {
        if !part.is_tied() || self.shop.parts.ties(part.id).cards.is_empty() {
            return 0;
        }
        let called = self.shop.haulage.iter().flat_map(Haulage::not_loaded).find(|haul| haul.part == part.id);
        called.map_or(0, |haul| haul.cards as usize)
    }

    /// Whether the vehicle or crane that is on its way for `other` could fetch `part` instead, which may go to the same place.
    pub(crate) fn could_fetch_instead(&self, other: PartId, part: PartId) -> bool {
        let part_type = self.shop.parts[part].part_type;
        let could = |(number, haulage): (usize, &Haulage)| {
            let haul = haulage.called.iter().flatten().find(|haul| haul.part == other)?;
            let (hauler, _) = self.shop.model.paths.hauler(haul.from, haul.to, part_type)?;
            Some(hauler as usize == number)
        };
        self.shop.haulage.iter().enumerate().find_map(could).unwrap_or(false)
    }

    /// Takes a part off what a hauler is to fetch, with the number of the carrier that was called for it.
    fn take_call(&mut self, hauler: usize, part: PartId) -> Option<(Haul, Option<usize>)> {
        let haulage = &mut self.shop.haulage[hauler];
        for line in &mut haulage.waiting {
            if let Some(place) = line.iter().position(|haul| haul.part == part) {
                return Some((line.remove(place)?, None));
            }
        }
        let mut called = haulage.called.iter_mut().enumerate();
        let (carrier, haul) = called.find(|(_, haul)| haul.is_some_and(|haul| haul.part == part))?;
        Some((haul.take()?, Some(carrier)))
    }

    /// Whether a vehicle is to fetch a part: for invariants. Walks over all hauls.
    pub(crate) fn waits_for_vehicle(&self, part: PartId) -> bool {
        self.shop.haulage.iter().flat_map(Haulage::not_loaded).any(|haul| haul.part == part)
    }

    /// Places behind one of the gates of `to` that are kept for parts on their way there: for invariants. Walks over all hauls.
    pub(crate) fn places_kept(&self, to: ElementIndex, gate: usize) -> u64 {
        let all = self.shop.haulage.iter().flat_map(Haulage::all).filter(|haul| haul.to == to);
        let behind = all.filter(|haul| match &self.shop.entries[to.index()] {
            Entry::GateByType(gates) => {
                let part_type = self.parts().find(haul.part).map(|part| part.part_type.index());
                part_type.and_then(|part_type| gates.get(part_type).copied().flatten()) == Some(gate as u32)
            }
            _ => true,
        });
        behind.count() as u64
    }
}
