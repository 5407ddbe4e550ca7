//! The books of liquids, counted again: what came in is there or has left, and what a pump took from one tank it gave to the next.
//!
//! Tanks count what comes and goes; pumps, pipes and stations count what they move. Neither reads the other's count, so they agree
//! only if nothing is lost or made.

use super::amount::Amount;
use super::fixture::{Fixture, FixturePlan};
use crate::element::ElementIndex;
use crate::floor::Floor;

/// What pumps and pipes have delivered so far, and what could flow in a nanosecond in the network of each, by element.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deliveries {
    /// What each pump delivers, in nanolitres per hour, and has delivered; nothing for other elements.
    pub flows: Vec<(i128, Amount)>,
    /// What may be cut at the end of a stretch, when a tank is full or empty within a nanosecond.
    pub slack: Vec<Amount>,
}

impl Deliveries {
    /// What each pump should have delivered since `before`, if flows held for `nanos` nanoseconds, and did: observed and counted
    /// have to agree but for what is cut in a nanosecond.
    ///
    /// # Errors
    /// What does not agree.
    pub(crate) fn follow(&self, before: &Deliveries, nanos: i64, name: impl Fn(usize) -> String) -> Result<(), String> {
        for (index, ((_, after), (flow, then))) in self.flows.iter().zip(&before.flows).enumerate() {
            let (expected, counted) = (flow * i128::from(nanos), (*after - *then).units());
            let slack = before.slack[index].units();
            if counted > expected || counted < expected - slack {
                return Err(format!("\"{}\": {expected} units should have flowed, {counted} did", name(index)));
            }
        }
        Ok(())
    }
}

impl Floor<'_> {
    /// What pumps have delivered up to the present.
    pub(crate) fn deliveries(&self) -> Deliveries {
        let count = self.fixtures.len();
        let mut deliveries = Deliveries { flows: vec![(0, Amount::ZERO); count], slack: vec![Amount::ZERO; count] };
        for network in self.networks.iter() {
            let behind = self.time_behind(network);
            let moved = self.course(network).moved(behind);
            let mut total = 0;
            for (pump, amount) in network.pumps.iter().zip(&moved.by_line) {
                if let Some(Fixture { state, .. }) = &self.fixtures[pump.index()] {
                    deliveries.flows[pump.index()] = (state.flow, state.went + *amount);
                    total += state.flow;
                }
            }
            for pump in &network.pumps {
                deliveries.slack[pump.index()] = Amount::from_units(total);
            }
        }
        deliveries
    }

    /// Checks the tank, pump or pipe `me`, if it is one, and what work at `me` takes and gives, if it does.
    ///
    /// # Errors
    /// What does not agree, with the figures.
    pub(crate) fn audit_liquids(&self, me: ElementIndex) -> Result<(), String> {
        if let Some((plan, state)) = &self.facets[me.index()].fluid
            && !state.fits(plan)
        {
            return Err("it counts other tanks than those it takes from and gives into".to_owned());
        }
        let Some(Fixture { plan, state }) = &self.fixtures[me.index()] else { return Ok(()) };
        let Some(capacity) = plan.capacity() else { return Ok(()) };
        let there = state.opening + state.came - state.went - state.spilled;
        if state.volume != there {
            return Err(format!("{:?} are in it, and {there:?} by what came and went", state.volume));
        }
        if !(Amount::ZERO..=capacity).contains(&state.volume) {
            return Err(format!("{:?} are in it, of {capacity:?} at most", state.volume));
        }
        let moved = |is_it: fn(&FixturePlan) -> Option<ElementIndex>| -> Amount {
            let fixtures = self.fixtures.iter().flatten().filter(|fixture| is_it(fixture.plan) == Some(me));
            fixtures.map(|fixture| fixture.state.went).sum()
        };
        let exchanged = |gives: bool| -> Amount {
            let exchanges = self.facets.iter().filter_map(|facets| facets.fluid.as_ref());
            let portions = exchanges.flat_map(|(plan, state)| {
                let (portions, counts) = if gives { (&plan.gives, &state.given) } else { (&plan.takes, &state.taken) };
                portions.iter().zip(counts)
            });
            portions.filter(|((tank, _), _)| *tank == me).map(|(_, amount)| *amount).sum()
        };
        let came = moved(|plan| plan.ends()[1]) + exchanged(true);
        if came != state.came {
            return Err(format!("{:?} have come in, and {came:?} were sent there", state.came));
        }
        // What comes out of a pipe, it counts itself.
        let is_pipe = matches!(plan, FixturePlan::Pipe(_));
        let went = moved(|plan| plan.ends()[0]) + exchanged(false);
        if !is_pipe && went != state.went {
            return Err(format!("{:?} have gone out, and {went:?} were taken", state.went));
        }
        Ok(())
    }
}
