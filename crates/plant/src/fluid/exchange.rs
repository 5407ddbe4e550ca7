//! What work takes from tanks and gives into them: where parts and liquids meet.
//!
//! Written once for everything that is made of work: before a job begins what it takes must be there, all of it, and when it is
//! done what it gives must fit. What is short waits, and is told by the network at the nanosecond at which it no longer is.

use bevy_ecs::component::Component;
use kernel::SimTime;

use super::amount::Amount;
use crate::codes;
use crate::description::{Map, Volume, describe};
use crate::element::{ElementIndex, Streams};
use crate::facet::Facet;
use crate::floor::Floor;
use crate::plan::Planner;

describe! {
    /// What every operation takes from tanks and gives into them.
    ///
    /// An operation begins when all that it takes is there, and takes it then (`WaitingForMaterial` until it is); of several units
    /// that wait for what is in a tank, the one that has waited longest and has enough comes first. When it is done it gives
    /// what it gives; while that does not fit, its part stays and blocks its place. What a batch or an assembly takes is
    /// taken once for all its parts, and work that is given up gives nothing back.
    pub struct FluidExchange {
        /// Taken from tanks as an operation begins, as in `{"rinse": "12 l"}`.
        takes: Map<Volume> = Map::default(),
        /// Given into tanks as an operation ends.
        gives: Map<Volume> = Map::default(),
    }
}

/// Amounts by tank, in the order of elements.
type Portions = Vec<(ElementIndex, Amount)>;

/// What operations take and give, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct ExchangePlan {
    pub(super) takes: Portions,
    pub(super) gives: Portions,
}

impl ExchangePlan {
    /// The tanks that it has to do with; some may come twice.
    pub(super) fn tanks(&self) -> impl Iterator<Item = ElementIndex> {
        self.takes.iter().chain(&self.gives).map(|(tank, _)| *tank)
    }
}

/// What a run changes of an exchange.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct ExchangeState {
    /// Since when a job waits for what it takes.
    pub(super) lacks_since: Option<SimTime>,
    /// Since when a job waits for room for what it gives.
    pub(super) full_since: Option<SimTime>,
    /// Taken since the run began, as the plan lists it.
    pub(super) taken: Vec<Amount>,
    /// Given since the run began, as the plan lists it.
    pub(super) given: Vec<Amount>,
}
kernel::persist!(struct ExchangeState { lacks_since, full_since, taken, given });

impl ExchangeState {
    /// Whether a job waits for what it takes.
    pub(crate) fn lacks(&self) -> bool {
        self.lacks_since.is_some()
    }

    /// Whether a job waits for room for what it gives.
    pub(crate) fn waits_for_room(&self) -> bool {
        self.full_since.is_some()
    }

    /// Whether it counts what the plan lists.
    pub(super) fn fits(&self, plan: &ExchangePlan) -> bool {
        (self.taken.len(), self.given.len()) == (plan.takes.len(), plan.gives.len())
    }
}

impl Facet for FluidExchange {
    const KEY: &'static str = "fluid";
    const EXAMPLE: &'static str = r#"(takes: {"rinse": "12 l"}, gives: {"drain": "11.5 l"})"#;
    type Plan = ExchangePlan;
    type State = ExchangeState;

    fn plan(&self, planner: &mut Planner<'_>) -> ExchangePlan {
        if self.takes.is_empty() && self.gives.is_empty() {
            let origin = planner.origin();
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                "work here takes nothing and gives nothing",
                "in the `fluid` of this element",
                Some("give it `takes` or `gives`, or leave it out".to_owned()),
            );
        }
        let mut portions = |amounts: &Map<Volume>| {
            let portion = |(tank, volume): &(_, Volume)| (planner.element_of(tank, &["Tank"]), Amount::from(*volume));
            let mut portions: Portions = amounts.iter().map(portion).collect();
            portions.sort();
            portions
        };
        ExchangePlan { takes: portions(&self.takes), gives: portions(&self.gives) }
    }

    fn begin(plan: &ExchangePlan, _streams: &Streams<'_>) -> ExchangeState {
        ExchangeState {
            lacks_since: None,
            full_since: None,
            taken: vec![Amount::ZERO; plan.takes.len()],
            given: vec![Amount::ZERO; plan.gives.len()],
        }
    }

    fn can_follow(plan: &ExchangePlan, before: &ExchangePlan) -> Result<(), String> {
        let tanks = |portions: &Portions| portions.iter().map(|(tank, _)| *tank).collect::<Vec<_>>();
        if (tanks(&plan.takes), tanks(&plan.gives)) == (tanks(&before.takes), tanks(&before.gives)) {
            Ok(())
        } else {
            Err("which tanks work takes from and gives into cannot change during a run, only how much".to_owned())
        }
    }
}

impl Floor<'_> {
    fn portions(&self, me: ElementIndex, which: fn(&ExchangePlan) -> &Portions) -> Portions {
        self.facets[me.index()].fluid.as_ref().map_or_else(Vec::new, |(plan, _)| which(plan).clone())
    }

    /// Whether all is there that an operation of `me` takes.
    pub(crate) fn has_material(&self, me: ElementIndex) -> bool {
        let takes = self.portions(me, |plan| &plan.takes);
        takes.into_iter().all(|(tank, amount)| self.volume(tank) >= amount)
    }

    /// Whether all fits that an operation of `me` gives.
    pub(super) fn has_room_for_what_comes(&self, me: ElementIndex) -> bool {
        let gives = self.portions(me, |plan| &plan.gives);
        gives.into_iter().all(|(tank, amount)| self.room(tank) >= amount)
    }

    /// Says whether a job of `me` waits for what it takes.
    pub(crate) fn set_lacks(&mut self, me: ElementIndex, lacks: bool) {
        let now = self.now();
        let Some((_, state)) = self.facets[me.index()].fluid.as_mut() else { return };
        if state.lacks() != lacks {
            state.lacks_since = lacks.then_some(now);
            self.disturb_tanks_of(me);
        }
    }

    /// Whether a job of `me` waits for what it takes.
    pub(crate) fn lacks_material(&self, me: ElementIndex) -> bool {
        self.facets[me.index()].fluid.as_ref().is_some_and(|(_, state)| state.lacks())
    }

    /// Whether a part of `me` waits for room for what work on it gives.
    pub(crate) fn waits_to_discharge(&self, me: ElementIndex) -> bool {
        self.facets[me.index()].fluid.as_ref().is_some_and(|(_, state)| state.waits_for_room())
    }

    /// What an operation of `me` lacks, or has no room for, by the names of the tanks, in words; nothing if neither is.
    pub(crate) fn waits_for_tanks(&self, me: ElementIndex) -> Option<String> {
        let short = |which: fn(&ExchangePlan) -> &Portions, there: fn(&Self, ElementIndex) -> Amount| {
            let portions = self.portions(me, which).into_iter();
            let short = portions.filter(|(tank, amount)| there(self, *tank) < *amount);
            let names: Vec<String> = short.map(|(tank, _)| format!("\"{}\"", self.model().name(tank))).collect();
            names.join(" and ")
        };
        if self.waits_to_discharge(me) {
            Some(format!("for room in {} for what it gives", short(|plan| &plan.gives, Self::room)))
        } else if self.lacks_material(me) {
            Some(format!("for more in {} than is there", short(|plan| &plan.takes, Self::volume)))
        } else {
            None
        }
    }

    /// Takes what an operation of `me` takes; where a plant that is followed has begun without it, all that is there.
    pub(crate) fn take_material(&mut self, me: ElementIndex) {
        for (index, (tank, amount)) in self.portions(me, |plan| &plan.takes).into_iter().enumerate() {
            let amount = amount.min(self.volume(tank));
            self.change_volume(tank, -amount);
            if let Some((_, state)) = self.facets[me.index()].fluid.as_mut() {
                state.taken[index] += amount;
            }
        }
    }

    /// Gives what an operation of `me` gives, if all of it fits; says whether it did.
    pub(crate) fn give_material(&mut self, me: ElementIndex) -> bool {
        let (now, fits) = (self.now(), self.has_room_for_what_comes(me));
        let Some((_, state)) = self.facets[me.index()].fluid.as_mut() else { return true };
        let waited = state.waits_for_room();
        if !fits {
            state.full_since.get_or_insert(now);
            if !waited {
                self.disturb_tanks_of(me);
            }
            return false;
        }
        state.full_since = None;
        for (index, (tank, amount)) in self.portions(me, |plan| &plan.gives).into_iter().enumerate() {
            self.change_volume(tank, amount);
            if let Some((_, state)) = self.facets[me.index()].fluid.as_mut() {
                state.given[index] += amount;
            }
        }
        true
    }

    fn disturb_tanks_of(&mut self, me: ElementIndex) {
        let tanks: Vec<ElementIndex> = match &self.facets[me.index()].fluid {
            Some((plan, _)) => plan.tanks().collect(),
            None => return,
        };
        for tank in tanks {
            self.disturb(tank);
        }
    }
}
