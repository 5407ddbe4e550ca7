//! The results of a run as plain figures: of the plant, of each element, of each part type.
//!
//! Everything here is computed from what the run keeps; nothing is printed. Names and formulas of KPIs are in `kpi`.

mod ending;
mod group;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::{SimDuration, SimTime, TotalTime};

pub use self::ending::{OrderProgress, StandstillReport, StuckReport};
use self::ending::{overdue, queue_times, standstill, stuck};

use crate::availability::work_calendar;
use crate::costs::Costs;
use crate::element::{ElementIndex, ElementKind};
use crate::energy::{CarrierMeasure, CarrierPlan, EnergyState, Products, Site, by_product};
use crate::floor::Floor;
use crate::flow::source::Source;
use crate::kind::View;
use crate::ledger::{Ledger, OrderLedger};
use crate::model::{Model, OrderInfo};
use crate::part::PartTypeIndex;
use crate::resource::walkers::Clock;
use crate::run::Run;
use crate::state::State;
use crate::transport::fleet;
use crate::transport::zone::PlacedBody;
use crate::unit::{Counts, Repairs};

/// One named figure of an element.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it is.
    pub name: &'static str,
    /// The number.
    pub value: f64,
    /// Its unit; empty for counts.
    pub unit: Cow<'static, str>,
}

/// One thing that is said of an element in a word, such as the severity of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What it is.
    pub name: &'static str,
    /// The word.
    pub word: Cow<'static, str>,
}

/// The word for what an assembly lacks at the end.
pub const WAITS_FOR: &str = "waits for";

/// Collects the figures of one element.
#[derive(Debug)]
pub struct Figures<'a> {
    floor: &'a Floor<'a>,
    me: ElementIndex,
    figures: Vec<Figure>,
    words: Vec<Word>,
}

impl Figures<'_> {
    /// The end of the observation.
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.floor.now()
    }

    /// The name of an element of the plant.
    pub(crate) fn name_of(&self, element: ElementIndex) -> &str {
        self.floor.model().name(element)
    }

    /// Adds a number without a unit.
    pub fn number(&mut self, name: &'static str, value: f64) {
        self.quantity(name, value, "");
    }

    /// Adds a number in `unit`.
    pub fn quantity(&mut self, name: &'static str, value: f64, unit: impl Into<Cow<'static, str>>) {
        self.figures.push(Figure { name, value, unit: unit.into() });
    }

    /// Adds what is said in a word.
    pub fn word(&mut self, name: &'static str, word: impl Into<Cow<'static, str>>) {
        self.words.push(Word { name, word: word.into() });
    }

    /// Adds the figures of a workplace.
    pub(crate) fn workplace(&mut self) {
        let floor = self.floor;
        if let Some(work) = floor.works[self.me.index()].as_ref() {
            work.state.figures(work.plan, self);
        }
    }

    /// Adds the figures of a tank, pump or pipe.
    pub(crate) fn fixture(&mut self) {
        let (floor, me) = (self.floor, self.me);
        crate::fluid::add_figures(floor, me, self);
    }

    /// Adds the figures of a path network.
    pub(crate) fn paths(&mut self) {
        let me = self.me;
        let Some(network) = self.floor.model().paths.networks.iter().find(|network| network.element == me) else {
            return;
        };
        let (nodes, segments, vehicles) = (network.nodes.len(), network.segments.len(), network.vehicles.len());
        let length_m: f64 = network.segments.iter().map(|segment| segment.length.as_metres()).sum();
        self.number("nodes", nodes as f64);
        self.number("segments", segments as f64);
        self.quantity("length of all segments", length_m, "m");
        self.number("vehicles", vehicles as f64);
    }

    /// The share of their time in which the members of the group are at work.
    pub(crate) fn share_of_members_at_work(&self) -> f64 {
        let (floor, now) = (self.floor, self.now());
        let members = floor.model().elements.iter().zip(&floor.units).filter(|(info, _)| info.group == Some(self.me));
        let (mut at_work, mut all) = (0.0, 0.0);
        for (_, unit) in members {
            at_work += unit.time_in(State::Processing, now).as_seconds_f64();
            all += (now - floor.statistics_since()).as_seconds_f64();
        }
        ratio(at_work, all)
    }

    /// Adds the part types that an assembly with some of its parts there lacks now, by the names of the first of each line.
    pub(crate) fn waits_for(&mut self, part_types: &[PartTypeIndex]) {
        let model = self.floor.model();
        let names: Vec<String> =
            part_types.iter().map(|part_type| format!("\"{}\"", model.part_type(*part_type).name)).collect();
        if !names.is_empty() {
            self.word(WAITS_FOR, names.join(", "));
        }
    }

    /// Adds the figures of a card loop.
    pub(crate) fn cards(&mut self) {
        let shop = &self.floor.shop;
        let Some(number) = shop.model.cards.number_of(self.me) else { return };
        let (account, now) = (&shop.cards[number], self.now());
        let (limit, mean, most) = (account.limit(), account.in_use().mean(now), account.in_use().maximum());
        let wait = account.mean_wait_s();
        if shop.model.cards.loops[number].limit.is_work() {
            let hours = |nanos: f64| nanos / 3.6e12;
            self.quantity("work allowed", hours(limit as f64), "h");
            self.quantity("work on its way", hours(mean), "h");
            self.quantity("most work on its way", hours(most as f64), "h");
        } else {
            self.number("cards", limit as f64);
            self.number("cards in use", mean);
            self.number("most cards in use", most as f64);
        }
        self.quantity("mean wait for a card", wait, "s");
        if self.floor.is_card_wanted(number) {
            let places = self.floor.whereabouts_of_cards(number);
            let names: Vec<String> = places.iter().map(|place| format!("\"{}\"", self.name_of(*place))).collect();
            self.word(WAITS_FOR, format!("cards at {}", names.join(", ")));
        }
    }

    /// Adds the figures of a pool's members.
    pub(crate) fn crew(&mut self) {
        let now = self.now();
        let Some((plan, crew)) = self.floor.facets[self.me.index()].crew.as_ref() else { return };
        let since = self.floor.statistics_since();
        let on_shift = self.floor.unit(self.me).on_shift(now, since);
        let busy = crew.busy_integral(now) as f64;
        let (granted, waited, members) = (crew.granted, crew.waited_total, plan.size());
        let utilization = ratio(busy, crew.members_integral(on_shift) as f64);
        self.number("members", f64::from(members));
        self.number("members at work", ratio(busy, (now - since).as_nanos() as f64));
        self.number("utilization", utilization);
        if granted > 0 {
            self.quantity("mean wait for the pool", waited as f64 / 1e9 / granted as f64, "s");
        }
    }

    /// Adds what the members of a pool have walked, if they walk.
    pub(crate) fn walking(&mut self) {
        let facets = &self.floor.facets[self.me.index()];
        let (Some((_, crew)), Some((plan, walkers))) = (facets.crew.as_ref(), facets.walking.as_ref()) else { return };
        let clock = Clock { now: self.now(), since: self.floor.statistics_since() };
        let on_shift = self.floor.unit(self.me).on_shift(clock.now, clock.since);
        let (walking, distance_nm) = (walkers.walking(clock) as f64, walkers.distance_nm(plan, clock) as f64);
        let (members, calls) = (crew.members_integral(on_shift) as f64, walkers.calls() as f64);
        self.number("walking", ratio(walking, members));
        self.quantity("mean walk", ratio(walking / 1e9, calls), "s");
        self.quantity("distance walked", distance_nm / 1e9, "m");
    }
}

/// `part / whole`, and 0 where there is no whole.
#[must_use]
pub fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// The results of one element.
#[derive(Debug, Clone, PartialEq)]
pub struct ElementReport {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// Time in each state, in the order of [`State::ALL`]; they sum to the observed time exactly.
    pub times: Vec<(State, TotalTime)>,
    /// Whether it works on parts ([`ElementKind::WORKS`]), itself or by its tools. Belts and delays move them.
    pub works: bool,
    /// The group that it is a tool of, if it is one. What is told of it is in the sums of the group too.
    pub group: Option<String>,
    /// Whether studies keep its KPIs.
    pub is_studied: bool,
    /// Units whose times and counts are summed up here: 1, or the tools of a group.
    pub units: u32,
    /// Whether parts can be there at all: not at pools, sensors and alarms.
    pub holds_parts: bool,
    /// Counts since the end of the warm-up.
    pub counts: Counts,
    /// Sum over all finished operations of the mean of the law they were drawn from, divided by the parallel places.
    pub planned_run_time: TotalTime,
    /// Repairs that ended since the end of the warm-up.
    pub repairs: RepairTimes,
    /// Time in which it was active: its only place, or every one of its parallel places, in a state that
    /// [`State::is_active`].
    pub active_time: TotalTime,
    /// Active periods begun; a period ends when the element waits.
    pub active_periods: u64,
    /// Parts there at the end.
    pub level: u32,
    /// Mean number of parts there.
    pub level_mean: f64,
    /// Most parts there at once.
    pub level_maximum: u32,
    /// Mean time a part waited for work to begin.
    pub wait_mean: Option<SimDuration>,
    /// What it drew of energy carriers besides electricity, in the order of the plant.
    pub carriers: Vec<CarrierReport>,
    /// Energy and time by energy state, in joules, if the element has energy.
    pub energy: Option<Vec<(EnergyState, f64, TotalTime)>>,
    /// Time in which it waited for power or was switched off for the want of it, if the limit of the load names it. Where it waits for
    /// liquid as well it is what is left of the time of all that the limit held back.
    pub held_back: Option<TotalTime>,
    /// The pools that its work calls.
    pub crews: Vec<CrewReport>,
    /// Figures of its kind.
    pub figures: Vec<Figure>,
    /// What else its kind says of it.
    pub words: Vec<Word>,
}

/// A pool that work on an element calls.
#[derive(Debug, Clone, PartialEq)]
pub struct CrewReport {
    /// Its name.
    pub pool: String,
    /// Share of the working time of the element in a week, holidays aside, in which the pool is at work too.
    pub meets: f64,
}

/// What was used of an energy carrier besides electricity, by one element or by all.
#[derive(Debug, Clone, PartialEq)]
pub struct CarrierReport {
    /// Its name.
    pub name: String,
    /// By what it is measured.
    pub measure: CarrierMeasure,
    /// Joules, or litres of what is measured by volume.
    pub used: f64,
    /// The electricity in joules that made it, where it is made on site.
    pub electricity_j: Option<f64>,
    /// What it cost by itself, if it is bought.
    pub cost: Option<f64>,
    /// What it emitted by itself in grams, if it does.
    pub emission_g: Option<f64>,
}

impl CarrierReport {
    fn of(carrier: &CarrierPlan, amount: i128) -> Self {
        CarrierReport {
            name: carrier.name.to_string(),
            measure: carrier.measure,
            used: carrier.in_base_units(amount),
            electricity_j: carrier.electricity.map(|_| carrier.electricity_for(amount) as f64 / PER_JOULE),
            cost: carrier.cost(amount),
            emission_g: carrier.emission_g(amount),
        }
    }

    /// That and what another element used of the same.
    pub(crate) fn add(&mut self, other: &Self) {
        let sum =
            |mine: &mut Option<f64>, theirs: Option<f64>| *mine = mine.zip(theirs).map(|(mine, theirs)| mine + theirs);
        self.used += other.used;
        sum(&mut self.electricity_j, other.electricity_j);
        sum(&mut self.cost, other.cost);
        sum(&mut self.emission_g, other.emission_g);
    }
}

/// What the grid, the sun and a battery gave, in joules.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteReport {
    /// Drawn from the grid.
    pub drawn_j: f64,
    /// Given by the sun, if there is one.
    pub solar_j: Option<f64>,
    /// Of that fed into the grid.
    pub fed_in_j: f64,
    /// Taken by the battery.
    pub charged_j: f64,
    /// Given by the battery.
    pub discharged_j: f64,
    /// What the battery holds when it is full, if there is one.
    pub capacity_j: Option<f64>,
}

impl SiteReport {
    fn of(site: &Site, drawn: i128) -> Self {
        let sums = site.sums();
        let joules = |energy: i128| energy as f64 / PER_JOULE;
        SiteReport {
            drawn_j: joules(drawn),
            solar_j: site.has_solar().then(|| joules(sums.solar)),
            fed_in_j: joules(sums.fed_in),
            charged_j: joules(sums.charged),
            discharged_j: joules(sums.discharged),
            capacity_j: site.capacity().map(joules),
        }
    }
}

/// What was drawn and emitted in one hour of the day, over all days.
#[derive(Debug, Clone, PartialEq)]
pub struct HourReport {
    /// Electricity in joules.
    pub energy_j: f64,
    /// What that emitted, in grams.
    pub emission_g: f64,
    /// What each of the other carriers emitted by itself in grams, in the order of the plant; nothing of one that emits nothing.
    pub carriers_emission_g: Vec<f64>,
}

/// Repairs that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RepairTimes {
    /// How many.
    pub count: u64,
    /// Sum of the times from the beginning of the repair to its end.
    pub repair_time: TotalTime,
    /// Sum of the times from the failure to the end of the repair, the wait for a crew included.
    pub down_time: TotalTime,
}

impl From<Repairs> for RepairTimes {
    fn from(repairs: Repairs) -> Self {
        let Repairs { count, repair_time, down_time } = repairs;
        Self { count, repair_time: repair_time.into(), down_time: down_time.into() }
    }
}

impl ElementReport {
    /// Time in `state`.
    #[must_use]
    pub fn time_in(&self, state: State) -> TotalTime {
        self.times.iter().find(|(other, _)| *other == state).map_or(TotalTime::ZERO, |(_, time)| *time)
    }

    /// Share of the observed time in `state`.
    #[must_use]
    pub fn share(&self, state: State) -> f64 {
        let all: f64 = self.times.iter().map(|(_, time)| time.as_nanos() as f64).sum();
        ratio(self.time_in(state).as_nanos() as f64, all)
    }
}

/// The results of one part type.
#[derive(Debug, Clone, PartialEq)]
pub struct PartTypeReport {
    /// Its name.
    pub name: String,
    /// Parts born, those turned away at a source included.
    pub born: u64,
    /// Parts shipped.
    pub shipped: u64,
    /// Shipped parts without a defect, known or not.
    pub shipped_sound: u64,
    /// Parts scrapped.
    pub scrapped: u64,
    /// Parts that went into others.
    pub consumed: u64,
    /// Its part of the energy of the plant in joules, if any element has energy and anything was worked on.
    pub energy_j: Option<f64>,
    /// Time from birth to shipping.
    pub flow_time: kernel::DurationTally,
}

/// A circle of elements that wait for each other: none of them ever goes on by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JamReport {
    /// Their names in the order of waiting; the last one waits for the first.
    pub elements: Vec<String>,
    /// Since when all of them wait.
    pub since: SimTime,
}

/// How a limit between two steps of a routing was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueTimeReport {
    /// The routing.
    pub routing: String,
    /// The step with whose end it begins.
    pub from: String,
    /// The step that must have begun by then.
    pub to: String,
    /// The limit.
    pub within: SimDuration,
    /// Parts that came in time.
    pub kept: u64,
    /// Parts that came too late, or have not come and are too late at the end.
    pub missed: u64,
}

/// What became of an order of a plant that keeps to a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReport {
    /// Its name.
    pub name: String,
    /// When it is due, if that is said.
    pub due: Option<SimTime>,
    /// When the schedule has it done, if that says so.
    pub planned_end: Option<SimTime>,
    /// When its last part was shipped, if all were.
    pub completed: Option<SimTime>,
}

/// The results of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Since when statistics count.
    pub since: SimTime,
    /// The end of the observation.
    pub until: SimTime,
    /// Events handled since the run began.
    pub event_count: u64,
    /// Elements that wait for each other in a circle at the end, if there are such.
    pub jam: Option<JamReport>,
    /// That the plant stands still at the end for want of parts, if it does.
    pub standstill: Option<StandstillReport>,
    /// Elements that have done nothing for long although parts are there, where neither the whole plant stands still nor a circle
    /// says it all.
    pub stuck: Vec<StuckReport>,
    /// By element, in name order.
    pub elements: Vec<ElementReport>,
    /// By part type, in name order.
    pub part_types: Vec<PartTypeReport>,
    /// Time from birth to shipping, over all types.
    pub flow_time: kernel::DurationTally,
    /// Mean parts in the plant.
    pub work_in_progress_mean: f64,
    /// Most parts in the plant at once.
    pub work_in_progress_maximum: i64,
    /// Parts in the plant at the end.
    pub work_in_progress: i64,
    /// Parts that are in the plant, or wait to come in, and were due before now; without what is released with an order to go into its
    /// product.
    pub overdue: u64,
    /// Shipped parts with a due time.
    pub due: u64,
    /// Those of them that were not late.
    pub on_time: u64,
    /// The limits between steps of routings, in the order of routings and steps.
    pub queue_times: Vec<QueueTimeReport>,
    /// How many orders were shipped to the last part, if there are any.
    pub order_progress: Option<OrderProgress>,
    /// The orders by release, where the plant keeps to a schedule.
    pub orders: Vec<OrderReport>,
    /// Energy of the plant in joules, if any element has energy.
    pub energy_j: Option<f64>,
    /// Highest mean power over 15 minutes, in watts.
    pub peak_w: f64,
    /// What that energy cost, in the currency of the tariff, if there is one; other carriers apart.
    pub energy_cost: Option<f64>,
    /// Time for which units waited for power or were switched off for the want of it, where the load has a limit; summed over units.
    pub held_back: Option<SimDuration>,
    /// What came of the sun and the battery, if there are any.
    pub site: Option<SiteReport>,
    /// Energy carriers besides electricity, in name order.
    pub carriers: Vec<CarrierReport>,
    /// The 24 hours of the day, where the emission factor depends on the time.
    pub hours: Vec<HourReport>,
    /// What making parts cost besides, in the same currency, if the scenario says.
    pub costs: Option<Costs>,
    /// The currency of all sums by its three letters, if there are any.
    pub currency: Option<Arc<str>>,
    /// Grams of CO2 equivalent per kilowatt-hour of electricity, if the scenario says; the mean of what was drawn.
    pub emission_g_per_kwh: Option<f64>,
}

/// A part that is in the plant, and since when it has been where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresentPart {
    /// Serial number of the part.
    pub part: u64,
    /// Its type.
    pub part_type: PartTypeIndex,
    /// The element that holds it.
    pub element: ElementIndex,
    /// When it came there.
    pub arrived: SimTime,
}

/// Milliwatt-nanoseconds in a joule.
const PER_JOULE: f64 = 1e12;
/// Joules in a kilowatt-hour.
const JOULES_PER_KWH: f64 = 3.6e6;

impl Run {
    /// The parts in the plant, by serial number. What is packed in another part is not anywhere by itself, and what an
    /// endless supply holds ready is not in the plant yet.
    pub fn parts_present(&mut self) -> Vec<PresentPart> {
        self.on_floor(|_, floor| {
            let parts = floor.shop.parts.iter().filter(|part| !part.is_packed() && !part.is_outside());
            let mut present: Vec<PresentPart> = parts
                .map(|part| PresentPart {
                    part: part.id.serial(),
                    part_type: part.part_type,
                    element: part.location,
                    arrived: part.arrived,
                })
                .collect();
            present.sort_unstable_by_key(|part| part.part);
            present
        })
    }

    /// The parts that are bodies in zones, and where they are.
    pub fn bodies(&mut self) -> Vec<PlacedBody> {
        self.on_floor(|views, _| {
            let zone = |view: &mut View<'_>| match view {
                View::Zone(at) => at.state.bodies(at.plan),
                _ => Vec::new(),
            };
            views.iter_mut().flat_map(zone).collect()
        })
    }

    /// Writes down what is in tanks and pipes up to now, for whoever has asked for it ([`crate::floor::Recorder::volume_ticks`]).
    pub fn record_volumes(&mut self) {
        self.on_floor(|_, floor| floor.advance_all_liquids());
    }

    /// The results up to now. Costs a walk over all elements and all parts alive.
    pub fn report(&mut self) -> Report {
        let working_kinds: Vec<&'static str> = {
            let kinds = self.plant().registry.kinds().iter();
            kinds.filter(|kind| kind.works).map(|kind| kind.name).collect()
        };
        let holding_kinds: Vec<&'static str> = {
            let kinds = self.plant().registry.kinds().iter();
            kinds.filter(|kind| kind.takes_parts || kind.name == Source::NAME).map(|kind| kind.name).collect()
        };
        self.on_floor(|views, floor| {
            let now = floor.now();
            let since = floor.statistics_since();
            let span = (now - since).as_nanos() as f64;
            floor.shop.power.advance(now);
            let mut stays = vec![0_i128; views.len()];
            for part in floor.shop.parts.iter().filter(|part| !part.is_packed()) {
                stays[part.location.index()] += i128::from((now - part.arrived.max(since)).as_nanos());
            }
            let mut elements = Vec::with_capacity(views.len());
            for (index, view) in views.iter().enumerate() {
                let me = ElementIndex(index as u32);
                let info = floor.model().elements[index].clone();
                let mut figures = Figures { floor, me, figures: Vec::new(), words: Vec::new() };
                view.figures(&mut figures);
                let Figures { figures, words, .. } = figures;
                let unit = floor.unit(me);
                let energy = floor.facets[index].energy.as_ref().map(|(_, meter)| {
                    let by_state = |state: EnergyState| {
                        (state, meter.energy_in(state, now) as f64 / PER_JOULE, meter.time_in(state, now).into())
                    };
                    EnergyState::ALL.into_iter().map(by_state).collect()
                });
                let carriers = floor.facets[index].energy.as_ref().map_or(Vec::new(), |(plan, meter)| {
                    let carriers = plan.carriers.iter().enumerate().map(|(place, (number, _))| {
                        CarrierReport::of(&floor.model().supply.carriers[*number], meter.carrier_total(place, now))
                    });
                    carriers.collect()
                });
                elements.push(ElementReport {
                    carriers,
                    name: info.name.to_string(),
                    kind: info.kind,
                    times: State::ALL.into_iter().map(|state| (state, unit.time_in(state, now).into())).collect(),
                    works: working_kinds.contains(&info.kind),
                    group: info.group.map(|group| floor.model().name(group).to_owned()),
                    is_studied: info.is_studied,
                    units: 1,
                    holds_parts: holding_kinds.contains(&info.kind) || unit.counts.arrived > 0,
                    counts: unit.counts,
                    repairs: unit.repairs.into(),
                    planned_run_time: TotalTime::from_nanos(unit.planned_total),
                    active_time: unit.active_periods().total(now).into(),
                    active_periods: unit.active_periods().count(),
                    level: unit.level,
                    level_mean: ratio((unit.stay_total + stays[index]) as f64, span),
                    level_maximum: unit.level_maximum,
                    wait_mean: (unit.wait_count > 0)
                        .then(|| SimDuration::from_nanos((unit.wait_total / i128::from(unit.wait_count)) as i64)),
                    energy,
                    held_back: floor.held_back(me).map(TotalTime::from),
                    crews: crews(floor, me),
                    figures,
                    words,
                });
            }
            for view in views.iter() {
                if let View::Fleet(at) = view
                    && let Some(fleet) = floor.model().paths.fleets.iter().find(|fleet| fleet.element == at.me)
                {
                    fleet::add_to_vehicles(fleet, at.state, now, &mut elements);
                }
                if let View::CraneRail(at) = view {
                    let haulers = &floor.model().paths.haulers;
                    let cranes =
                        haulers.iter().find(|hauler| hauler.element == at.me).map(|hauler| &hauler.carriers[..]);
                    at.state.add_to_cranes(cranes.unwrap_or(&[]), now, &mut elements);
                }
            }
            group::sum_up(&mut elements, floor.model());
            elements.sort_by(|one, other| one.name.cmp(&other.name));
            let energies = energy_by_product(floor, now);
            let ledger = &floor.shop.ledger;
            let part_types =
                floor.model().part_types.iter().zip(&ledger.types).enumerate().map(|(index, (info, books))| {
                    PartTypeReport {
                        energy_j: energies.get(index).map(|energy| *energy as f64 / PER_JOULE),
                        name: info.name.to_string(),
                        born: books.born,
                        shipped: books.shipped,
                        shipped_sound: books.shipped_sound,
                        scrapped: books.scrapped,
                        consumed: books.consumed,
                        flow_time: books.flow_time.clone(),
                    }
                });
            let has_energy = elements.iter().any(|element| element.energy.is_some());
            let jam = floor.jam().map(|jam| JamReport {
                elements: jam.elements.iter().map(|element| floor.model().name(*element).to_owned()).collect(),
                since: jam.since,
            });
            // A circle says it all.
            let standstill = if jam.is_some() { None } else { standstill(floor, views) };
            let stuck = if jam.is_some() || standstill.is_some() { Vec::new() } else { stuck(floor) };
            Report {
                since,
                jam,
                standstill,
                stuck,
                until: now,
                event_count: floor.shop.event_count,
                part_types: part_types.collect(),
                flow_time: ledger.flow_time(),
                work_in_progress_mean: ledger.work_in_progress.mean(now),
                work_in_progress_maximum: ledger.work_in_progress.maximum(),
                work_in_progress: ledger.work_in_progress.level(),
                overdue: overdue(floor),
                due: ledger.due,
                on_time: ledger.on_time,
                queue_times: queue_times(floor),
                order_progress: OrderProgress::of(ledger),
                orders: orders(floor.model(), ledger),
                energy_j: has_energy.then(|| floor.shop.power.total() as f64 / PER_JOULE),
                peak_w: floor.shop.power.peak_w(),
                energy_cost: floor.shop.power.cost().filter(|_| has_energy),
                costs: floor.model().costs.as_ref().map(|plan| plan.costs(floor, now)),
                currency: floor.model().currency().cloned(),
                emission_g_per_kwh: emission_g_per_kwh(floor),
                held_back: floor.shop.power.peak().map(|peak| peak.lost(now)),
                site: floor.shop.power.site().map(|site| SiteReport::of(site, floor.shop.power.drawn())),
                carriers: carriers(floor),
                hours: hours(floor),
                elements,
            }
        })
    }
}

/// The pools that work on an element calls, each once.
fn crews(floor: &Floor<'_>, me: ElementIndex) -> Vec<CrewReport> {
    let facets = &floor.facets[me.index()];
    let Some((staffing, _)) = facets.staffing.as_ref() else { return Vec::new() };
    let calendar = |element: ElementIndex| floor.facets[element.index()].calendar.as_ref().map(|(plan, _)| *plan);
    let pools: BTreeSet<ElementIndex> = staffing.pools().collect();
    let crew = |pool: ElementIndex| CrewReport {
        pool: floor.model().name(pool).to_owned(),
        meets: work_calendar::meets(calendar(me), calendar(pool)),
    };
    pools.into_iter().map(crew).collect()
}

fn orders(model: &Model, ledger: &Ledger) -> Vec<OrderReport> {
    let Some(schedule) = &model.schedule else { return Vec::new() };
    let orders = (0..).zip(model.orders.iter().zip(&ledger.orders));
    let report = |(number, (info, books)): (u32, (&OrderInfo, &OrderLedger))| OrderReport {
        name: info.name.to_string(),
        due: (info.due < SimTime::MAX).then_some(info.due),
        planned_end: schedule.end_of(number),
        completed: books.completed,
    };
    orders.map(report).collect()
}

/// The energy of each part type in milliwatt-nanoseconds; nothing where nothing can be said of it.
fn energy_by_product(floor: &Floor<'_>, now: SimTime) -> Vec<i128> {
    let types = floor.model().part_types.len();
    let meters = floor.facets.iter().filter_map(|facets| facets.energy.as_ref());
    let units: Vec<(i128, Products)> = meters.map(|(_, meter)| (meter.total(now), meter.products(now))).collect();
    match types {
        _ if units.is_empty() => Vec::new(),
        1 => vec![units.iter().map(|(total, _)| total).sum()],
        _ => by_product(&units, types),
    }
}

/// Grams per kilowatt-hour, the mean of what was drawn where it depends on the time.
fn emission_g_per_kwh(floor: &Floor<'_>) -> Option<f64> {
    let power = &floor.shop.power;
    let used_kwh = power.total() as f64 / (PER_JOULE * JOULES_PER_KWH);
    match (floor.model().supply.emission_g_per_kwh, power.site()) {
        (constant @ Some(_), None) => constant,
        (Some(constant), Some(_)) => Some(constant * ratio(power.drawn() as f64, power.total() as f64)),
        (None, _) => power.hours().map(|(_, grams)| ratio(grams.iter().sum(), used_kwh)),
    }
}

fn carriers(floor: &Floor<'_>) -> Vec<CarrierReport> {
    let carriers = floor.model().supply.carriers.iter().enumerate();
    carriers.map(|(number, carrier)| CarrierReport::of(carrier, floor.shop.power.carrier(number).0)).collect()
}

fn hours(floor: &Floor<'_>) -> Vec<HourReport> {
    let Some((energies, grams)) = floor.shop.power.hours() else { return Vec::new() };
    let of_carrier = |(number, carrier): (usize, &CarrierPlan), hour: usize| {
        let by_hour = floor.shop.power.carrier(number).1?;
        carrier.emission_g(by_hour[hour])
    };
    let hour = |hour: usize| HourReport {
        energy_j: energies[hour] as f64 / PER_JOULE,
        emission_g: grams[hour],
        carriers_emission_g: {
            let carriers = floor.model().supply.carriers.iter().enumerate();
            carriers.map(|carrier| of_carrier(carrier, hour).unwrap_or(0.0)).collect()
        },
    };
    (0..24).map(hour).collect()
}
