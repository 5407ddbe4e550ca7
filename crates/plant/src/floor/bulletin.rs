//! What elements make known of themselves to the rest of the plant: readings of sensors, and where a pass-through
//! element leads.
//!
//! Handlers never reach into another element's state, so what others may see of it is posted here by its owner.

use crate::element::ElementIndex;
use crate::floor::Floor;
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
    /// Where a pass-through element leads, if any of these destinations will do for any part it is offered.
    onward: Vec<Vec<ElementIndex>>,
}

impl Bulletin {
    pub(crate) fn new(elements: usize) -> Self {
        Bulletin {
            readings: vec![f64::NAN; elements],
            onlookers: vec![false; elements],
            onward: vec![Vec::new(); elements],
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

    /// Posts where the pass-through element `me` leads. Only for elements that do not care which of `destinations`
    /// a part goes to; others post nothing, and count as always having room.
    pub(crate) fn set_onward(&mut self, me: ElementIndex, destinations: &[ElementIndex]) {
        let posted = &mut self.shop.bulletin.onward[me.index()];
        posted.clear();
        posted.extend_from_slice(destinations);
    }

    /// Whether `part` would be taken at once at `to`, or behind it where `to` is a pass-through element.
    pub(crate) fn leads_to_room(&self, to: ElementIndex, part: PartId) -> bool {
        self.leads_to_room_within(to, part, LONGEST_CHAIN)
    }

    fn leads_to_room_within(&self, to: ElementIndex, part: PartId, depth: usize) -> bool {
        match self.onward(to) {
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
        let behind = self.onward(to).iter().map(|next| self.line_length_within(*next, depth - 1));
        behind.min().unwrap_or(own)
    }

    /// Adds to `ends` where `to` finally leads: itself, or whatever stands behind it.
    pub(crate) fn ends_of(&self, to: ElementIndex, ends: &mut Vec<ElementIndex>) {
        let mut chain = vec![to];
        let mut seen: Vec<ElementIndex> = Vec::new();
        while let Some(next) = chain.pop() {
            if seen.contains(&next) {
                continue;
            }
            seen.push(next);
            match self.onward(next) {
                [] => ends.push(next),
                onward => chain.extend(onward.iter().rev()),
            }
        }
    }

    fn onward(&self, element: ElementIndex) -> &[ElementIndex] {
        &self.shop.bulletin.onward[element.index()]
    }
}
