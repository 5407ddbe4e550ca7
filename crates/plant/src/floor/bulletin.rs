//! What elements make known of themselves to the rest of the plant: readings of sensors, and where a pass-through
//! element leads.
//!
//! Handlers never reach into another element's state, so what others may see of it is posted here by its owner.

use crate::element::ElementIndex;
use crate::floor::{Floor, Offer};
use crate::part::PartId;

/// Pass-through elements that are looked through one behind another; bounds the search where they form a circle.
const LONGEST_CHAIN: usize = 8;

/// What every element has posted, by element index.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bulletin {
    /// The last reading of a sensor; NaN where there is none.
    readings: Vec<f64>,
    /// Whether an element only looks on and never touches the plant.
    onlookers: Vec<bool>,
    onward: Vec<Onward>,
}
kernel::persist!(struct Bulletin { readings, onlookers, onward });

/// Where a pass-through element leads that does not care which of its destinations a part goes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Onward {
    pub(crate) destinations: Vec<ElementIndex>,
    /// Priorities that count instead of the parts' own, by the element a part comes from; others have 0. Empty where
    /// the parts' own priorities count.
    pub(crate) priorities: Vec<(ElementIndex, i32)>,
}
kernel::persist!(struct Onward { destinations, priorities });

impl Onward {
    /// The offer as it leaves the pass-through element `through`.
    pub(crate) fn offer(&self, through: ElementIndex, offer: Offer) -> Offer {
        let of = |input: ElementIndex| self.priorities.iter().find(|(named, _)| *named == input);
        let priority = if self.priorities.is_empty() {
            offer.priority
        } else {
            of(offer.via).or_else(|| of(offer.holder)).map_or(0, |(_, priority)| *priority)
        };
        Offer { via: through, priority, ..offer }
    }
}

impl Bulletin {
    pub(crate) fn new(elements: usize) -> Self {
        Bulletin {
            readings: vec![f64::NAN; elements],
            onlookers: vec![false; elements],
            onward: vec![Onward::default(); elements],
        }
    }
}

impl Floor<'_> {
    /// The last reading of a sensor in its own unit; NaN where `sensor` shows nothing or is no sensor.
    #[must_use]
    pub fn reading(&self, sensor: ElementIndex) -> f64 {
        self.shop.bulletin.readings[sensor.index()]
    }

    /// Posts a reading of `me` and tells whoever watches `me`.
    pub fn set_reading(&mut self, me: ElementIndex, reading: f64) {
        self.shop.bulletin.readings[me.index()] = reading;
        self.changed(me);
    }

    /// Declares that `me` only looks on: it never moves a part, seizes anybody or halts anything.
    pub fn look_on(&mut self, me: ElementIndex) {
        self.shop.bulletin.onlookers[me.index()] = true;
    }

    /// Whether everything at this instant has happened: nobody but onlookers has a choice left to make.
    ///
    /// An onlooker whose dispatch finds the plant unsettled asks for another one and so sees each instant once, when
    /// it is complete.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let bulletin = &self.shop.bulletin;
        self.shop.dispatches.iter().all(|element| bulletin.onlookers[element.index()])
    }

    /// Whether all that can offer parts at this instant has done so: nobody but onlookers and haulers has a choice left to make.
    pub(crate) fn all_is_offered(&self) -> bool {
        let (bulletin, haulers) = (&self.shop.bulletin, &self.shop.model.paths.haulers);
        let is_hauler = |element: &ElementIndex| haulers.iter().any(|hauler| hauler.element == *element);
        self.shop.dispatches.iter().all(|element| bulletin.onlookers[element.index()] || is_hauler(element))
    }

    /// Posts where the pass-through element `me` leads, if any of the destinations will do for any part it is offered.
    /// Elements that are particular post nothing, and count as always having room.
    pub(crate) fn set_onward(&mut self, me: ElementIndex, onward: Onward) {
        self.shop.bulletin.onward[me.index()] = onward;
    }

    /// Whether `part` would be taken at once at `next`, or at the next step of its routing where there is none.
    #[cfg(feature = "motion")]
    pub(crate) fn would_take(&self, part: PartId, next: Option<ElementIndex>) -> bool {
        if let Some(next) = next {
            return self.leads_to_room(next, part);
        }
        let Some(record) = self.parts().find(part) else { return false };
        let Some(position) = record.position else { return true };
        let routing = &self.model().routings[position.routing as usize];
        routing.ways_on(position.step, record.location).iter().any(|to| self.leads_to_room(*to, part))
    }

    /// Whether `part` would be taken at once at `to`, or behind it where `to` is a pass-through element.
    pub(crate) fn leads_to_room(&self, to: ElementIndex, part: PartId) -> bool {
        self.leads_to_room_within(to, part, LONGEST_CHAIN)
    }

    fn leads_to_room_within(&self, to: ElementIndex, part: PartId, depth: usize) -> bool {
        match &self.onward(to).destinations[..] {
            [] => self.has_room(to, part),
            onward => depth > 0 && onward.iter().any(|next| self.leads_to_room_within(*next, part, depth - 1)),
        }
    }

    /// Parts at `to` and in front of it; at the best of the destinations behind it where `to` is a pass-through
    /// element.
    pub(crate) fn line_length(&self, to: ElementIndex) -> usize {
        self.line_length_within(to, LONGEST_CHAIN)
    }

    fn line_length_within(&self, to: ElementIndex, depth: usize) -> usize {
        let own = self.unit(to).level as usize + self.waiting_outside(to);
        if depth == 0 {
            return own;
        }
        let behind = self.onward(to).destinations.iter().map(|next| self.line_length_within(*next, depth - 1));
        behind.min().unwrap_or(own)
    }

    /// Lets a part wait at all of `destinations` at once, or at all that stands behind those that are pass-through
    /// elements; whichever has room first takes it.
    pub(crate) fn wait_for_any(&mut self, offer: Offer, destinations: &[ElementIndex]) {
        let mut chain: Vec<(ElementIndex, Offer)> = destinations.iter().rev().map(|to| (*to, offer)).collect();
        let mut seen: Vec<ElementIndex> = Vec::new();
        while let Some((next, offer)) = chain.pop() {
            if seen.contains(&next) {
                continue;
            }
            seen.push(next);
            let onward = self.onward(next);
            if !onward.destinations.is_empty() {
                let offer = onward.offer(next, offer);
                chain.extend(onward.destinations.iter().rev().map(|behind| (*behind, offer)));
            } else if self.has_room(next, offer.part) {
                self.withdraw(offer.part);
                self.pass_on(offer, next);
                return;
            } else {
                self.pass_on_to_first_free(offer, &[next]);
            }
        }
    }

    fn onward(&self, element: ElementIndex) -> &Onward {
        &self.shop.bulletin.onward[element.index()]
    }
}
