//! From a checked plant to a World ready to run.

use std::sync::Arc;

use kernel::{EventList, SimTime};

use super::slice::Elements;
use super::{Run, spare, systems_of};
use crate::control::cards::CardAccount;
use crate::element::{ElementIndex, Streams};
use crate::energy::PowerMeter;
use crate::floor::{Agenda, Bulletin, Chances, Haulage, OrderChoices, Recorder, Shop, build_entries};
use crate::fluid::FixturePlan;
use crate::kind::Birth;
use crate::ledger::Ledger;
use crate::part::Parts;
use crate::plant::Plant;
use crate::run::RunError;
use crate::transport::paths::traffic::Traffic;
use crate::unit::Unit;

impl Run {
    /// Makes a run of `plant` under `seed`; replications of the same seed draw from different streams.
    ///
    /// Costs a few microseconds an element.
    ///
    /// # Errors
    /// [`RunError::Systems`] if a plugin's systems cannot be put in order.
    pub fn new(plant: Arc<Plant>, seed: u64, replication: u64) -> Result<Run, RunError> {
        let spare::Spare { mut world, query, uses } = spare::take();
        let count = plant.elements.len();
        let mut entities = Vec::with_capacity(count);
        for (index, element) in plant.elements.iter().enumerate() {
            let index = ElementIndex(index as u32);
            let info = &plant.model.elements[index.index()];
            let birth = Birth {
                index,
                name: info.name.clone(),
                facets: &element.facets,
                streams: Streams { seed, replication, name: &info.stream },
            };
            let entity = element.planned.spawn(&mut world, birth);
            let at_node = plant.model.paths.is_destination(&plant.model, index);
            let by_choice = plant.model.chooses_who_comes_in(index);
            if (at_node || by_choice)
                && let Some(mut unit) = world.entity_mut(entity).get_mut::<Unit>()
            {
                (unit.gate.at_node, unit.gate.by_choice) = (at_node, by_choice);
            }
            entities.push(entity);
        }
        let (entries, mut further_gates) = build_entries(plant.elements.iter().map(|element| element.planned.door()));
        for gate in &mut further_gates {
            gate.at_node = plant.model.paths.is_destination(&plant.model, gate.owner);
            gate.by_choice = plant.model.chooses_who_comes_in(gate.owner);
        }
        world.insert_resource(Shop {
            now: SimTime::ZERO,
            statistics_since: SimTime::ZERO,
            model: plant.model.clone(),
            events: EventList::with_capacity(4 * count),
            agenda: Agenda::with_capacity(64),
            offers: Agenda::with_capacity(16),
            dispatches: Agenda::with_capacity(count),
            parts: Parts::new(plant.model.numbers()),
            order_choices: OrderChoices::new(seed, replication),
            chances: Chances::of(&plant.model, seed, replication),
            entries,
            further_gates,
            requests: Vec::new(),
            look_due: false,
            holdings: Vec::new(),
            approaches: Vec::new(),
            watchers: vec![Vec::new(); count],
            beams: vec![Vec::new(); count],
            mail: Default::default(),
            haulage: Haulage::of(&plant.model.paths),
            traffic: plant.model.paths.networks.iter().map(Traffic::new).collect(),
            cards: plant.model.cards.loops.iter().map(|info| CardAccount::new(info.limit.amount())).collect(),
            ledger: Ledger::new(&plant.model),
            power: PowerMeter::new(&plant.model.supply),
            recorder: Recorder::default(),
            bulletin: Bulletin::new(count),
            event_count: 0,
            steps_in_instant: 0,
            parts_in_instant: None,
            failure: None,
        });
        let systems = systems_of(&plant, &mut world)?;
        let horizon = SimTime::ZERO + plant.horizon;
        let has_liquids = plant.elements.iter().any(|element| element.planned.plan().is::<FixturePlan>());
        let planned = plant.elements.iter().map(|element| element.planned.clone()).collect();
        let facets = plant.elements.iter().map(|element| element.facets.clone()).collect();
        Ok(Run {
            plant,
            world,
            entities,
            elements: Elements { query, planned, facets },
            systems,
            uses,
            seed,
            replication,
            horizon,
            changes_made: 0,
            has_liquids,
            started: false,
            warm: false,
            done: false,
        })
    }
}
