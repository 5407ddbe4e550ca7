//! From what a scenario says of a store to its rack and its zones, and what of it cannot be.

use super::AutomatedStorage;
use super::rack::{Axis, Point, Rack};
use crate::codes;
use crate::description::{Acceleration, Length, Speed};
use crate::plan::Planner;
use crate::transport::course::Ramps;

impl AutomatedStorage {
    /// The places of an aisle and how long cranes take between them.
    pub(super) fn plan_rack(&self, planner: &mut Planner<'_>) -> Rack {
        let mut contradict = |field: &str, message: String, label: &str, help: &str| {
            let origin = planner.origin_of(field);
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
        };
        if !(1..=2).contains(&self.sides) {
            let message = format!("`sides` of this element is {}", self.sides);
            contradict("sides", message, "expected 1 or 2", "an aisle has a rack on one side or on both");
        }
        for (field, size) in [("bay_width", self.bay_width), ("tier_height", self.tier_height)] {
            if size <= Length::ZERO {
                let message = format!("`{field}` of this element is 0");
                contradict(field, message, "places need room", "give a length above 0");
            }
        }
        for (field, speed) in [("travel_speed", self.travel_speed), ("lift_speed", self.lift_speed)] {
            if speed <= Speed::ZERO {
                let message = format!("`{field}` of this element is 0");
                contradict(field, message, "cranes have to get on", "give a speed above 0");
            }
        }
        let accelerations =
            [("travel_acceleration", self.travel_acceleration), ("lift_acceleration", self.lift_acceleration)];
        for (field, acceleration) in accelerations {
            if acceleration.is_some_and(|acceleration| acceleration <= Acceleration::ZERO) {
                let message = format!("`{field}` of this element is 0");
                let help = "give one above 0, or leave it out: then cranes have their speed at once";
                contradict(field, message, "cranes would never reach their speed", help);
            }
        }
        let (bays, tiers) = (planner.at_least_one(self.bays, "bays"), planner.at_least_one(self.tiers, "tiers"));
        let aisles = u64::from(self.aisles.clamp(1, kernel::limits::GROUP_TOOLS));
        let places = aisles * u64::from(self.sides.clamp(1, 2)) * u64::from(bays) * u64::from(tiers);
        let most = kernel::limits::STORAGE_PLACES;
        let (bays, tiers) = if places > most {
            let origin = planner.origin_of("bays");
            let message = format!("this store has {places} places");
            let help = "divide it into several, or leave bays out that do not matter".to_owned();
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                message,
                format!("there may be {most} at most"),
                Some(help),
            );
            (1, 1)
        } else {
            (bays, tiers)
        };
        let axis = |speed: Speed, acceleration: Option<Acceleration>| Axis {
            speed: speed.max(Speed::from_nanometres_per_second(1)),
            ramps: acceleration.map(|acceleration| Ramps::new(acceleration, acceleration)),
        };
        Rack::new(
            [self.sides.clamp(1, 2), bays, tiers],
            [self.bay_width, self.tier_height],
            Point { along_nm: self.input_along.as_nanometres(), up_nm: self.input_up.as_nanometres() },
            axis(self.travel_speed, self.travel_acceleration),
            axis(self.lift_speed, self.lift_acceleration),
        )
    }

    /// The places of each zone in an aisle with so many, and the zone of each part type.
    pub(super) fn plan_zones(&self, places: u32, planner: &mut Planner<'_>) -> (Vec<(u32, u32)>, Vec<Option<usize>>) {
        if self.zones.is_empty() {
            return (vec![(0, places)], Vec::new());
        }
        let origin = planner.origin_of("zones");
        let contradict = |planner: &mut Planner<'_>, message: String, label: &str, help: &str| {
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
        };
        let mut zones = Vec::with_capacity(self.zones.len());
        let mut from = 0;
        let last = self.zones.len() - 1;
        for (number, zone) in self.zones.iter().enumerate() {
            let asked = match zone.places {
                Some(asked) => asked,
                None if number == last => places.saturating_sub(from),
                None => {
                    let message = format!("zone {} does not say how many places it has", number + 1);
                    contradict(planner, message, "only the last one may leave that out", "give it `places`");
                    1
                }
            };
            let to = from.saturating_add(asked);
            if asked == 0 || to > places {
                let message =
                    format!("zone {} has {asked} places, and {} are left", number + 1, places.saturating_sub(from));
                let label = format!("an aisle has {places} places");
                contradict(planner, message, &label, "divide the places of an aisle among the zones");
            }
            zones.push((from.min(places), to.min(places)));
            from = to.min(places);
        }
        let mut zone_of: Vec<Option<usize>> = vec![None; planner.part_type_count()];
        for (number, zone) in self.zones.iter().enumerate() {
            for name in &zone.part_types {
                let part_type = planner.part_type(name);
                let Some(of) = zone_of.get_mut(part_type.index()) else { continue };
                if of.replace(number).is_some() {
                    let message = format!("parts of type \"{}\" are stored in two zones", name.text());
                    contradict(planner, message, "expected one zone for each type", "name it in one zone only");
                }
            }
        }
        let mut others =
            (0..).zip(&self.zones).filter(|(_, zone)| zone.part_types.is_empty()).map(|(number, _)| number);
        if let Some(rest) = others.next() {
            zone_of.iter_mut().for_each(|of| *of = of.or(Some(rest)));
        }
        if others.next().is_some() {
            let message = "two zones name no part types".to_owned();
            contradict(planner, message, "expected one for all others", "say in `part_types` which are stored where");
        }
        (zones, zone_of)
    }
}
