//! Which tanks, pumps and pipes belong together, and which stations take from them: worked out from the present plans at the
//! start of every slice, so that it need not be kept.

use std::sync::Arc;

use super::fixture::{Fixture, FixturePlan};
use crate::element::ElementIndex;
use crate::facet::Facets;

/// All that is connected by pumps and pipes, each list in the order of elements.
#[derive(Debug, Default)]
pub(crate) struct Network {
    /// All of it. The first keeps the clock.
    pub(super) members: Vec<ElementIndex>,
    /// What holds liquid: tanks, and pipes that pumps feed.
    pub(super) stores: Vec<ElementIndex>,
    pub(super) pumps: Vec<ElementIndex>,
    /// Pipes through which tanks run out by their weight.
    pub(super) outlets: Vec<ElementIndex>,
    /// What takes from its tanks or gives into them.
    pub(super) exchangers: Vec<ElementIndex>,
}

impl Network {
    /// Whose clock it goes by.
    pub(super) fn leader(&self) -> ElementIndex {
        self.members[0]
    }

    /// The number of a tank or pipe among its stores.
    pub(super) fn store(&self, element: ElementIndex) -> Option<usize> {
        self.stores.binary_search(&element).ok()
    }
}

/// The networks of a plant.
#[derive(Debug, Default)]
pub(crate) struct Networks {
    all: Vec<Arc<Network>>,
    /// The network of each element, where any has one.
    of: Vec<Option<u32>>,
}

impl Networks {
    /// The networks of these fixtures. Costs a walk over all elements where there are any, and nothing where there are none.
    pub(crate) fn of(fixtures: &[Option<Fixture<'_>>], facets: &[Facets<'_>]) -> Self {
        if fixtures.iter().all(Option::is_none) {
            return Networks::default();
        }
        // Each element points to one before it that it is connected with, or to itself.
        let mut heads: Vec<usize> = (0..fixtures.len()).collect();
        let head = |heads: &[usize], mut element: usize| {
            while heads[element] != element {
                element = heads[element];
            }
            element
        };
        for (index, fixture) in fixtures.iter().enumerate() {
            let ends = fixture.as_ref().map_or([None; 2], |fixture| fixture.plan.ends());
            for end in ends.into_iter().flatten() {
                let (one, other) = (head(&heads, index), head(&heads, end.index()));
                heads[one.max(other)] = one.min(other);
            }
        }
        let mut networks = Networks { all: Vec::new(), of: vec![None; fixtures.len()] };
        let mut lists: Vec<Network> = Vec::new();
        for (index, fixture) in fixtures.iter().enumerate() {
            let Some(fixture) = fixture else { continue };
            let first = head(&heads, index);
            let number = *networks.of[first].get_or_insert_with(|| {
                lists.push(Network::default());
                lists.len() as u32 - 1
            });
            networks.of[index] = Some(number);
            let (me, network) = (ElementIndex(index as u32), &mut lists[number as usize]);
            network.members.push(me);
            match fixture.plan {
                FixturePlan::Pump(_) => network.pumps.push(me),
                plan if plan.capacity().is_some() => network.stores.push(me),
                _ => network.outlets.push(me),
            }
        }
        for (index, facets) in facets.iter().enumerate() {
            let Some((plan, _)) = &facets.fluid else { continue };
            for tank in plan.tanks() {
                let Some(number) = networks.of[tank.index()] else { continue };
                let exchangers = &mut lists[number as usize].exchangers;
                let me = ElementIndex(index as u32);
                if exchangers.last() != Some(&me) {
                    exchangers.push(me);
                }
            }
        }
        networks.all = lists.into_iter().map(Arc::new).collect();
        networks
    }

    /// The network that `element` belongs to.
    pub(super) fn find(&self, element: ElementIndex) -> Option<Arc<Network>> {
        let number = (*self.of.get(element.index())?)?;
        self.all.get(number as usize).cloned()
    }

    /// All networks, in the order of their first elements.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Network>> {
        self.all.iter()
    }

    pub(super) fn first_members(&self) -> Vec<ElementIndex> {
        self.iter().map(|network| network.leader()).collect()
    }
}
