//! What a conveyor is like for others, and what is wrong with its description.

use super::belt::{self, StopperPlan, Track, distance};
use super::{Conveyor, ConveyorPlan, Stopper};
use crate::codes;
use crate::description::{Length, Name, Speed};
use crate::element::ElementIndex;
use crate::plan::Planner;
use crate::transport::zone::Carriage;

impl ConveyorPlan {
    /// What a table is to its zone.
    pub(crate) fn of_table(
        length: Length,
        speed: Speed,
        part_lengths: Vec<Length>,
        carriage: Option<Carriage>,
    ) -> Self {
        let (ends_m, gap) = (distance(length.as_nanometres()), distance(0));
        let track = Track { length: ends_m, gap, accumulating: false, acceleration: 0, stoppers: Vec::new() };
        ConveyorPlan { track, speed, length, part_lengths, next: None, carriage }
    }

    /// From the entry to the end.
    pub(crate) fn length(&self) -> Length {
        self.length
    }

    /// Speed of the belt.
    pub(crate) fn speed(&self) -> Speed {
        self.speed
    }

    /// Least distance between parts.
    pub(crate) fn gap(&self) -> Length {
        length_of(self.track.gap)
    }

    /// Where parts go; `None` leaves it to their routing.
    pub(crate) fn next(&self) -> Option<ElementIndex> {
        self.next
    }

    /// What its zone needs, if it is in one.
    pub(crate) fn carriage(&self) -> Option<&Carriage> {
        self.carriage.as_ref()
    }

    /// Places of its stoppers, in order.
    pub(crate) fn stopper_places(&self) -> impl Iterator<Item = Length> {
        self.track.stoppers.iter().map(|stopper| length_of(stopper.position))
    }

    /// How long parts of a type are.
    pub(crate) fn part_length(&self, part_type: usize) -> Length {
        self.part_lengths[part_type]
    }

    /// How long it is, and how long parts of each type are on it.
    pub(crate) fn lengths(&self) -> (Length, &[Length]) {
        (self.length, &self.part_lengths)
    }
}

/// A distance of the belt as a length.
fn length_of(distance: belt::Distance) -> Length {
    Length::from_nanometres((distance / belt::distance(1)) as i64)
}

impl Stopper {
    pub(super) fn plan(&self) -> StopperPlan {
        StopperPlan {
            position: distance(self.position.as_nanometres()),
            dwell: self.dwell.as_ref().map(|dwell| dwell.distribution().clone()),
            closed: self.closed,
        }
    }
}

/// Complains of parts that do not fit.
pub(super) fn check_lengths(conveyor: &Conveyor, part_lengths: &[Length], planner: &mut Planner<'_>) {
    let origin = planner.origin_of("part_length");
    let longest = part_lengths.iter().copied().max().unwrap_or(Length::ZERO);
    // What its own `part_length` says is wrong whatever comes; how long the bodies are that come is seen when it is known
    // which do ([`crate::transport::part_length::check`]).
    if longest > conveyor.length && conveyor.part_length.is_some() {
        planner.complain(
            &codes::CONTRADICTION,
            origin,
            format!("parts of {} m do not fit on a conveyor of {} m", longest.as_metres(), conveyor.length.as_metres()),
            "`part_length` is more than `length`",
            Some("make the conveyor longer, or give its parts their `part_length`".to_owned()),
        );
    }
    if part_lengths.contains(&Length::ZERO) {
        planner.complain(
            &codes::CONTRADICTION,
            origin,
            "a part on this conveyor has no length",
            "`part_length` must be more than 0",
            Some("give the length of the part in the direction of transport".to_owned()),
        );
    }
}

/// Complains of stoppers at the ends or at the same place.
pub(super) fn check_stoppers(conveyor: &Conveyor, planner: &mut Planner<'_>) {
    for (index, (name, stopper)) in conveyor.stoppers.iter().enumerate() {
        let elsewhere = |(_, other): &&(Name, Stopper)| other.position == stopper.position;
        let message = if stopper.position == Length::ZERO || stopper.position >= conveyor.length {
            format!("stopper \"{name}\" is not between the ends of the conveyor")
        } else if let Some((other, _)) = conveyor.stoppers.iter().take(index).find(elsewhere) {
            format!("stoppers \"{other}\" and \"{name}\" are at the same place")
        } else {
            continue;
        };
        let help = format!("give it a `position` of its own, above 0 m and below {} m", conveyor.length.as_metres());
        planner.complain(&codes::CONTRADICTION, name.origin(), message, "this stopper", Some(help));
    }
}
