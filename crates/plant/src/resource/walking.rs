//! Walking: the members of a pool have a place each, and walk to where they are called.
//!
//! A facet of pools: with it a grant sends the nearest members, and holds from when the last of them is there. What
//! walks is in [`super::walkers`]; who is sent, and what becomes of it, on the floor (`floor/walks.rs`).

use std::collections::BTreeMap;

use kernel::SimDuration;

use super::walkers::{Spot, Walkers};
use crate::codes;
use crate::description::{Coordinate, Map, Origin, Speed, describe};
use crate::element::{ElementIndex, Streams};
use crate::facet::Facet;
use crate::plan::Planner;

describe! {
    /// A place on the floor.
    pub struct FloorPlace {
        /// Where it is.
        x: Coordinate = Coordinate::ZERO,
        /// Where it is.
        y: Coordinate = Coordinate::ZERO,
    }
}

describe! {
    /// What a member does that nobody calls.
    pub enum WhenFree {
        /// It stays where it was at work last.
        Stay,
        /// It walks back to the base, and can be called on the way.
        Return,
    }
}

describe! {
    /// Which way members walk. Nothing is in their way.
    pub enum FootWay {
        /// In a straight line.
        Straight,
        /// Along the axes, first in x and then in y, as aisles at right angles make them.
        Axes,
    }
}

describe! {
    /// How the members of a pool walk to where they are called. Without it they are there at once.
    ///
    /// Of the free members that can do it the nearest go; of several that are as near those with the fewest skills, then those that
    /// have been free longest. Work begins when the last of them is there: until then they are busy, and who called them waits for them
    /// as if they were still being asked for (a unit shows `WaitingForOperator`, one that is down `WaitingForRepair`). Who is at the
    /// place already, after the setup of the same unit for example, need not walk. When the work is given up meanwhile (a failure, the
    /// end of a shift) they are free where they are by then, on the way.
    pub struct Walking {
        /// How fast they walk; 1.2 m/s is usual.
        speed: Speed,
        /// Where members work at each element that calls them; one place of a [ToolGroup](#toolgroup) or [Fleet](#fleet) serves
        /// for all of it that has none of its own.
        at: Map<FloorPlace>,
        /// Where they are when the run begins, and where members begin that the pool gets later.
        base: FloorPlace,
        /// What they do when nobody calls them, off shift as well.
        when_free: WhenFree = WhenFree::Stay,
        /// Which way they walk.
        way: FootWay = FootWay::Straight,
    }
}

/// How members walk, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct WalkingPlan {
    speed: Speed,
    places: BTreeMap<ElementIndex, Spot>,
    pub(super) base: Spot,
    pub(super) returns: bool,
    pub(super) way: FootWay,
    /// Whether all names in `at` are those of elements that could be read.
    is_whole: bool,
}

impl WalkingPlan {
    /// Where members work at `element`; `None` where nobody has said it.
    pub(crate) fn place_at(&self, element: ElementIndex) -> Option<Spot> {
        self.places.get(&element).copied()
    }

    /// Whether every place that was given is known, so that whoever has none was given none.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// How long a member walks so many nanometres, rounded to the nanosecond.
    pub(super) fn time_for(&self, distance_nm: i64) -> SimDuration {
        let speed = i128::from(self.speed.as_nanometres_per_second().max(1));
        let nanos = (i128::from(distance_nm) * 1_000_000_000 + speed / 2) / speed;
        let longest = kernel::limits::LONGEST_DURATION;
        i64::try_from(nanos).map_or(longest, |nanos| SimDuration::from_nanos(nanos).min(longest))
    }
}

impl Facet for Walking {
    const KEY: &'static str = "walking";
    const EXAMPLE: &'static str =
        r#"(speed: "1.2 m/s", at: {"mill": (x: "2 m"), "lathe": (x: "8 m", y: "2 m")}, base: (x: "5 m", y: "4 m"))"#;
    type Plan = WalkingPlan;
    type State = Walkers;

    fn plan(&self, planner: &mut Planner<'_>) -> WalkingPlan {
        if self.speed.as_nanometres_per_second() <= 0 {
            planner.complain(
                &codes::CONTRADICTION,
                Origin::NOWHERE,
                "these members walk with a speed of 0",
                "they would never arrive",
                Some(
                    "give them a `speed`, 1.2 m/s for example, or take `walking` out: then they are there at once"
                        .to_owned(),
                ),
            );
        }
        let is_whole = self.at.iter().all(|(name, _)| planner.kind_of(name).is_some());
        let own: Vec<(ElementIndex, Spot)> =
            self.at.iter().map(|(name, place)| (planner.element(name), Spot::of(place))).collect();
        let mut places = BTreeMap::new();
        for (element, place) in &own {
            places.extend(planner.members_of(*element).into_iter().map(|member| (member, *place)));
        }
        places.extend(own);
        WalkingPlan {
            speed: self.speed,
            places,
            base: Spot::of(&self.base),
            returns: self.when_free == WhenFree::Return,
            way: self.way.clone(),
            is_whole,
        }
    }

    /// Nobody yet: members come when the run begins, as many as the pool has then.
    fn begin(_plan: &WalkingPlan, _streams: &Streams<'_>) -> Walkers {
        Walkers::default()
    }

    fn can_follow(plan: &WalkingPlan, before: &WalkingPlan) -> Result<(), String> {
        if plan.way == before.way {
            Ok(())
        } else {
            Err("the `way` members walk cannot change during a run, since some are on it; their speed and the places can".to_owned())
        }
    }
}
