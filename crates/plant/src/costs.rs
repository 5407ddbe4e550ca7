//! What making parts costs: people, machines, material, scrap and late deliveries, beside electricity.
//!
//! Nothing is kept for it during a run but how late parts were: all else follows from times and counts that are there already.

use std::sync::Arc;

use kernel::SimTime;

use crate::codes;
use crate::description::{Complaint, HourlyRate, Map, Money, Origin, describe};
use crate::element::{ElementIndex, ElementKind};
use crate::floor::Floor;
use crate::plan::Planner;
use crate::resource::pool::Pool;
use crate::state::State;

describe! {
    /// What an hour of a machine costs.
    pub struct MachineRate {
        /// For every hour in which it processes or is set up.
        in_use: Option<HourlyRate> = None,
        /// For every hour, whatever it does: what it costs to own and to house it.
        always: Option<HourlyRate> = None,
    }
}

describe! {
    /// What making parts costs, besides electricity (`energy.tariff`). All sums are in one currency.
    #[derive(Default)]
    pub struct CostRates {
        /// What an hour of each member of a pool costs, on shift, at work or not; by pool.
        labour: Map<HourlyRate> = Map::default(),
        /// What an hour of a machine costs, by element; of a group of tools or a fleet, of each of them.
        machines: Map<MachineRate> = Map::default(),
        /// What a part costs that comes into being, by type: bought from outside, or what is added when it is made of others. `"*"` stands
        /// for all types that are not named.
        materials: Map<Money> = Map::default(),
        /// What a scrapped part costs beyond its material, by type; `"*"` as above.
        scrap: Map<Money> = Map::default(),
        /// What an hour costs by which a part is shipped after it was due, by type; `"*"` as above.
        late: Map<HourlyRate> = Map::default(),
    }
}

/// Rates resolved, in millionths of the currency.
#[derive(Debug, Clone, PartialEq)]
pub struct CostPlan {
    /// Three letters (ISO 4217).
    pub currency: Arc<str>,
    labour: Vec<(ElementIndex, i64)>,
    /// In use, and always.
    machines: Vec<(ElementIndex, [i64; 2])>,
    /// By part type.
    materials: Vec<i64>,
    scrap: Vec<i64>,
    late: Vec<i64>,
}

/// What it cost since the end of the warm-up, in the currency of the plant.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Costs {
    /// People on shift.
    pub labour: f64,
    /// Machines.
    pub machines: f64,
    /// Parts that came into being, and virgin powder.
    pub materials: f64,
    /// Parts that were scrapped, beyond their material.
    pub scrap: f64,
    /// Parts that were shipped late.
    pub late: f64,
    /// What was recovered is worth: a credit.
    pub recovered: f64,
}

impl Costs {
    /// All of it, less what was recovered.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.labour + self.machines + self.materials + self.scrap + self.late - self.recovered
    }
}

impl CostRates {
    /// Whether anything is said.
    fn is_none(&self) -> bool {
        *self == CostRates::default()
    }

    /// Every sum with its currency and place.
    fn amounts(&self) -> impl Iterator<Item = (&str, Origin)> {
        let rates = self.labour.iter().chain(self.late.iter()).map(|(_, rate)| rate);
        let machines = self.machines.iter().flat_map(|(_, rate)| [&rate.in_use, &rate.always]).flatten();
        let sums = self.materials.iter().chain(self.scrap.iter()).map(|(_, sum)| (sum.currency(), sum.origin()));
        rates.chain(machines).map(|rate| (rate.currency(), rate.origin())).chain(sums)
    }

    /// Resolves the names; `None` where nothing is said.
    pub(crate) fn plan(&self, planner: &mut Planner<'_>) -> Option<CostPlan> {
        if self.is_none() {
            return None;
        }
        let labour = self
            .labour
            .iter()
            .map(|(pool, rate)| (planner.element_of(pool, &[Pool::NAME]), rate.millionths_per_hour()));
        let labour = labour.collect();
        let machines = self.machines.iter().map(|(machine, rate)| {
            let [in_use, always] =
                [&rate.in_use, &rate.always].map(|rate| rate.as_ref().map(HourlyRate::millionths_per_hour));
            if in_use.or(always).is_none() {
                planner.complain(
                    &codes::CONTRADICTION,
                    machine.origin(),
                    format!("nothing is said of what \"{}\" costs", machine.text()),
                    "expected `in_use`, `always` or both",
                    Some("leave the machine out if it costs nothing".to_owned()),
                );
            }
            if planner.kind_of(machine) == Some(Pool::NAME) {
                planner.complain(
                    &codes::WRONG_KIND,
                    machine.origin(),
                    format!("\"{}\" is a Pool, and no machine", machine.text()),
                    "expected the name of a machine",
                    Some("say in `labour` what an hour of its members costs".to_owned()),
                );
            }
            (planner.element(machine), [in_use.unwrap_or(0), always.unwrap_or(0)])
        });
        let machines = machines.collect();
        Some(CostPlan {
            currency: self.amounts().next().map_or("EUR", |(currency, _)| currency).into(),
            labour,
            machines,
            materials: by_type(&self.materials, Money::millionths, planner),
            scrap: by_type(&self.scrap, Money::millionths, planner),
            late: by_type(&self.late, HourlyRate::millionths_per_hour, planner),
        })
    }

    /// Complaints of sums, those that elements name among them, that are not in the currency of the tariff, or of the first of them.
    pub(crate) fn of_currencies(&self, tariff: Option<&str>, of_elements: &[(String, Origin)]) -> Vec<Complaint> {
        let amounts =
            || self.amounts().chain(of_elements.iter().map(|(currency, origin)| (currency.as_str(), *origin)));
        let first = amounts().next();
        let Some(expected) = tariff.or(first.map(|(currency, _)| currency)) else { return Vec::new() };
        let foreign = amounts().filter(|(currency, _)| *currency != expected);
        let complain = |(currency, origin): (&str, Origin)| {
            let whose = if tariff.is_some() { "the tariff" } else { "the first sum" };
            Complaint::new(
                &codes::SEVERAL_CURRENCIES,
                origin,
                format!("this sum is in {currency}, {whose} in {expected}"),
            )
            .label(format!("expected a sum in {expected}"))
            .help(format!("give all costs in {expected}"))
        };
        foreign.map(complain).collect()
    }
}

/// What is said of each part type; `"*"` stands for those that are not named.
fn by_type<T>(said: &Map<T>, amount: impl Fn(&T) -> i64, planner: &mut Planner<'_>) -> Vec<i64> {
    let others = said.iter().find(|(name, _)| name.text() == "*").map_or(0, |(_, sum)| amount(sum));
    let mut by_type = vec![others; planner.part_type_count()];
    for (name, sum) in said.iter().filter(|(name, _)| name.text() != "*") {
        if let Some(place) = by_type.get_mut(planner.part_type(name).index()) {
            *place = amount(sum);
        }
    }
    by_type
}

/// Millionths times nanoseconds in one unit of the currency for an hour.
const PER_HOUR: f64 = 1e6 * 3.6e12;

impl CostPlan {
    /// What it cost by now. O(elements named and their tools, part types).
    pub(crate) fn costs(&self, floor: &Floor<'_>, now: SimTime) -> Costs {
        let since = floor.statistics_since();
        let (model, ledger) = (floor.model(), &floor.shop.ledger);
        let labour = self.labour.iter().filter_map(|(pool, rate)| {
            let (_, crew) = floor.facets[pool.index()].crew.as_ref()?;
            Some(crew.members_integral(floor.unit(*pool).on_shift(now, since)) as f64 * *rate as f64)
        });
        let machines = self.machines.iter().map(|(machine, [in_use, always])| {
            let cost = |element: ElementIndex| {
                let unit = floor.unit(element);
                let used = unit.time_in(State::Processing, now) + unit.time_in(State::Setup, now);
                used.as_nanos() as f64 * *in_use as f64 + (now - since).as_nanos() as f64 * *always as f64
            };
            let all = (0..model.elements.len() as u32).map(ElementIndex);
            let members = all.filter(|element| model.elements[element.index()].group == Some(*machine));
            let of_members: Vec<f64> = members.map(cost).collect();
            if of_members.is_empty() { cost(*machine) } else { of_members.iter().sum() }
        });
        let counted = |rates: &[i64], count: fn(&crate::ledger::TypeLedger) -> f64| {
            let sums = rates.iter().zip(&ledger.types).map(|(rate, books)| *rate as f64 * count(books));
            sums.sum::<f64>()
        };
        let (labour, machines) = (labour.sum::<f64>() / PER_HOUR, machines.sum::<f64>() / PER_HOUR);
        let of_work = floor.works.iter().flatten().filter_map(|work| work.state.technology());
        let (powder, recovered) = of_work.fold((0.0, 0.0), |(cost, value), technology| {
            let (more, worth) = technology.cost_and_value();
            (cost + more, value + worth)
        });
        Costs {
            labour,
            machines,
            recovered,
            materials: counted(&self.materials, |books| books.born as f64) / 1e6 + powder,
            scrap: counted(&self.scrap, |books| books.scrapped as f64) / 1e6,
            late: counted(&self.late, |books| books.late_total as f64) / PER_HOUR,
        }
    }
}
