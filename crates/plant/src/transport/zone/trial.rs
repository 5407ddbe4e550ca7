//! A trial of a zone before anything runs: parts of every type that comes are sent over its conveyors.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::ZonePlan;
use super::bounds::FASTEST_M_PER_S;
use super::world::{Transit, transits};
use crate::codes;
use crate::element::ElementIndex;
use crate::part::PartTypeIndex;
use crate::plan::Planner;
use crate::plant::Flows;

/// What goes more slowly than this falls asleep on a belt.
const SLOWEST_M_PER_S: f64 = 0.005;

/// A belt that speeds up less than this is slower than that for half a second, in which what is on it falls asleep.
const SLOWEST_M_PER_S2: f64 = 2.0 * SLOWEST_M_PER_S;

/// What sending parts over a conveyor before the run has come to.
#[cfg_attr(not(feature = "motion"), allow(dead_code, reason = "without physics nothing is tried"))]
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) enum Trial {
    /// No part comes there.
    #[default]
    Unneeded,
    /// It would have taken too long.
    Untried,
    /// How long parts take.
    Taken(Transit),
}

impl Trial {
    /// How long parts take, if that is known.
    pub fn transit(self) -> Option<Transit> {
        match self {
            Trial::Taken(transit) => Some(transit),
            Trial::Unneeded | Trial::Untried => None,
        }
    }
}

/// A part that does not get to the end of a conveyor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stuck {
    /// Its type.
    pub part_type: PartTypeIndex,
    /// The conveyor that it came over, by its number in the zone, if not from outside.
    pub from: Option<usize>,
}

/// What sending parts over the conveyors of a zone has come to, in their order, or why it cannot be computed.
type Outcomes = Result<Vec<Result<Trial, Stuck>>, String>;

/// A zone that was tried, and which types came where.
type Tried = (ZonePlan, Vec<Vec<PartTypeIndex>>, Outcomes);

/// The zones that were tried last. A plant is planned again for each of its timed changes and for each point of a design, and most
/// of them leave its zones as they are. What a trial comes to follows from its zone alone, so who asks first makes no difference.
static TRIED: Mutex<VecDeque<Tried>> = Mutex::new(VecDeque::new());

/// So many are remembered.
const MOST_TRIED: usize = 16;

fn tried(plan: &ZonePlan, comes: Vec<Vec<PartTypeIndex>>) -> Outcomes {
    let remembered = || TRIED.lock().unwrap_or_else(PoisonError::into_inner);
    let is_alike = |(other, types, _): &&Tried| other == plan && *types == comes;
    let known = remembered().iter().find(is_alike).map(|(.., outcomes)| outcomes.clone());
    known.unwrap_or_else(|| {
        let outcomes = transits(plan, &comes);
        let mut remembered = remembered();
        remembered.push_front((plan.clone(), comes, outcomes.clone()));
        remembered.truncate(MOST_TRIED);
        outcomes
    })
}

/// Sends parts over each conveyor and complains where they do not come to the end.
pub(super) fn find_transits(plan: &mut ZonePlan, flows: &Flows, planner: &mut Planner<'_>) {
    if planner.has_complaints() {
        return;
    }
    for carrier in plan.carriers.iter().filter(|carrier| carrier.slide.is_none()) {
        let speeds = (
            carrier.speed_m_per_s,
            SLOWEST_M_PER_S,
            "is too slow for physics",
            format!("a belt that moves goes {} mm/s at least", SLOWEST_M_PER_S * 1e3),
            "give it `fidelity: Event`, which is exact at any speed, or a higher `speed`",
        );
        let ramps = (
            carrier.acceleration_m_per_s2.unwrap_or(0.0),
            SLOWEST_M_PER_S2,
            "speeds up too slowly for physics",
            format!("a belt that speeds up does so by {} mm/s^2 at least", SLOWEST_M_PER_S2 * 1e3),
            "give it `fidelity: Event`, which is exact in any ramp, or a higher `acceleration`",
        );
        if carrier.speed_m_per_s > FASTEST_M_PER_S {
            let message = format!("\"{}\" is too fast for physics", planner.name_of(carrier.element));
            let label = format!("a belt goes {FASTEST_M_PER_S} m/s at most");
            let help = "give it `fidelity: Event`, which is exact at any speed, or a lower `speed`".to_owned();
            let origin = planner.place_of(carrier.element);
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help));
        }
        for (value, least, what, label, help) in [speeds, ramps] {
            if (f64::MIN_POSITIVE..least).contains(&value) {
                let message = format!("\"{}\" {what}", planner.name_of(carrier.element));
                let origin = planner.place_of(carrier.element);
                planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
            }
        }
    }
    if planner.has_complaints() {
        return;
    }
    let comes: Vec<Vec<PartTypeIndex>> =
        plan.carriers.iter().map(|carrier| flows.types_at(carrier.element).collect()).collect();
    let transits = tried(plan, comes).unwrap_or_else(|why| {
        let origin = planner.origin();
        let help = "look at the sizes, speeds and places in this zone";
        planner.complain(
            &codes::CONTRADICTION,
            origin,
            format!("this zone cannot be computed: {why}"),
            "physics refuses it",
            Some(help.to_owned()),
        );
        Vec::new()
    });
    let elements: Vec<ElementIndex> = plan.carriers.iter().map(|carrier| carrier.element).collect();
    for (carrier, transit) in plan.carriers.iter_mut().zip(transits) {
        match transit {
            Ok(trial) => carrier.trial = trial,
            Err(stuck) if carrier.speed_m_per_s > 0.0 => {
                let from = stuck.from.map(|from| format!(" from \"{}\"", planner.name_of(elements[from])));
                let message = format!(
                    "a part put onto \"{}\"{} does not come to its end: one of type \"{}\"",
                    planner.name_of(carrier.element),
                    from.unwrap_or_default(),
                    planner.part_type_name(stuck.part_type)
                );
                let help = "look at its `friction`, `incline` and `width`, at the body of the part, and at where the conveyor before it ends";
                let origin = planner.place_of(carrier.element);
                let label = "found by sending one over it";
                planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
            }
            Err(_) => {}
        }
    }
}
