//! What comes next in a network: who need wait no more, and at which time something happens by itself.

use std::sync::Arc;

use kernel::SimDuration;

use super::amount::Amount;
use super::course::Course;
use super::fixture::{Fixture, FixturePlan};
use super::network::Network;
use crate::floor::Floor;

/// The timer of a network's next event.
const NEXT: u32 = 0;

impl Floor<'_> {
    /// Those that wait for what is in a tank, or for room in it, and need wait no more may go on: the longest wait first.
    pub(super) fn wake_exchangers(&mut self, network: &Network) {
        let mut ready = Vec::new();
        for element in &network.exchangers {
            let Some((_, state)) = &self.facets[element.index()].fluid else { continue };
            let lacks = state.lacks_since.filter(|_| self.has_material(*element));
            let full = state.full_since.filter(|_| self.has_room_for_what_comes(*element));
            ready.extend(lacks.into_iter().chain(full).map(|since| (since, *element)));
        }
        ready.sort();
        for (_, element) in ready {
            self.request_dispatch(element);
        }
    }

    /// Sets the clock of the network to its next event.
    pub(super) fn schedule_next(&mut self, network: &Arc<Network>, course: &Course) {
        let targets = self.targets(network);
        let reached = targets.into_iter().filter_map(|(store, target)| course.reaches(store, target));
        let next = reached.chain(course.next_bound()).min();
        let leader = network.leader();
        let clock = self.fixture_state(leader).and_then(|state| state.clock.as_mut());
        if let Some(timer) = clock.and_then(|clock| clock.timer.take()) {
            self.cancel(timer);
        }
        let timer = next.map(|next| self.set_timer(leader, next.max(SimDuration::from_nanos(1)), NEXT));
        if let Some(clock) = self.fixture_state(leader).and_then(|state| state.clock.as_mut()) {
            clock.timer = timer;
        }
    }

    /// The volumes that matter besides full and empty, by store: levels, those at which pumps start and stop, and those that
    /// somebody waits for.
    fn targets(&self, network: &Network) -> Vec<(usize, Amount)> {
        let one = Amount::from_units(1);
        let mut targets = Vec::new();
        for (store, element) in network.stores.iter().enumerate() {
            let Some(Fixture { plan: FixturePlan::Tank(plan), state }) = self.fixture(*element) else { continue };
            let passages = plan.levels.iter().zip(&state.levels);
            // A level is passed when the volume is beyond it, not when it is there.
            let beyond =
                passages.map(|((_, level), passage)| if passage.is_above { *level - one } else { *level + one });
            targets.extend(beyond.map(|target| (store, target)));
        }
        for pump in &network.pumps {
            let Some(Fixture { plan: FixturePlan::Pump(plan), state }) = self.fixture(*pump) else { continue };
            let fill = plan.fill.map(|fill| (plan.to, if state.wants_to_fill { fill.off } else { fill.on }));
            let drain = plan.drain.map(|drain| (plan.from, if state.wants_to_drain { drain.off } else { drain.on }));
            let switches = fill.into_iter().chain(drain);
            targets.extend(switches.filter_map(|(tank, target)| Some((Self::end(network, tank)?, target))));
        }
        for element in &network.exchangers {
            let Some((plan, state)) = &self.facets[element.index()].fluid else { continue };
            let takes = plan.takes.iter().filter(|_| state.lacks()).copied();
            let capacity = |tank| self.fixture(tank).and_then(|fixture| fixture.plan.capacity()).unwrap_or_default();
            let gives = plan.gives.iter().filter(|_| state.waits_for_room());
            let gives = gives.map(|(tank, amount)| (*tank, capacity(*tank) - *amount));
            let waited_for = takes.filter(|(tank, amount)| self.volume(*tank) < *amount);
            let waited_for = waited_for.chain(gives.filter(|(tank, target)| self.volume(*tank) > *target));
            targets.extend(waited_for.filter_map(|(tank, target)| Some((network.store(tank)?, target))));
        }
        targets
    }
}
