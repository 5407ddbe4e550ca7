//! A plant: what a scenario says of it, and the same checked and ready to run.
//!
//! [`PlantDescription`] is read from a node tree and knows where every word of it stands; planning it resolves all
//! names and yields a [`Plant`], which any number of runs share.

mod bill_of_materials;
mod change;
mod damage;
mod flows;
mod foreseen;
mod orders;
mod reading;
mod routing;
mod schedule;
mod structure;
mod warm_up;
mod warnings;
mod work_in_progress;
mod workplaces;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kernel::{SimDuration, SimTime};

use crate::availability::instant::StartInstant;
use crate::availability::work_calendar::WorkCalendar;
use crate::codes;
use crate::control::cards::{self, CardLoopPlan, CardLoops};
use crate::control::options::{ChoiceLaw, Choices, OptionInfo};
use crate::control::setup::SetupIndex;
use crate::costs::CostRates;
use crate::description::{Complaint, FieldShape, Map, Name, NumberDistribution, Origin, Volume, describe, field_shape};
use crate::element::{Door, ElementIndex, MemberPlan};
pub use crate::energy::EnergySupply;
use crate::energy::{self, SupplyPlan};
use crate::facet::{FacetDescriptions, FacetPlans};
use crate::flow::tool_group::{batch, qualification};
use crate::fluid;
use crate::kind::{Described, Planned};
use crate::model::{ElementInfo, Model, PartTypeInfo, Release, Role};
use crate::part::PartTypeIndex;
use crate::plan::{Directory, Planner, member_name};
use crate::process::{Technology, fits};
use crate::registry::Registry;
use crate::resource::pool::Members;
use crate::sensing::photo_eye;
use crate::transport::paths::survey::survey;
#[cfg(feature = "motion")]
use crate::transport::robot;
use crate::transport::{PartBody, PartSize, part_length, zone};
use crate::work::WorkplacePlan;

pub use self::bill_of_materials::{MaterialInfo, RequiredMaterial};
pub use self::change::{Change, Replan};
use self::damage::{Damage, dangling};
pub(crate) use self::flows::Flows;
use self::flows::Ground;
use self::foreseen::Detours;
pub use self::foreseen::Foreseen;
pub use self::orders::{OrderDescription, Orders};
use self::reading::RawNode;
pub use self::routing::{RoutingDescription, Stations, StepDescription, StepTime, Steps};
pub use self::schedule::{OperationDescription, Operations, ScheduleDescription};
pub use self::warm_up::{Mser5, WarmUp};
use self::warnings::Ways;
pub use self::work_in_progress::{PresentDescription, WorkInProgress};

describe! {
    /// When a run begins, from when on statistics count, and when it ends.
    pub struct ClockDescription {
        /// Date and time at which the run begins, as in `2026-11-23T06:00:00Z`; calendars refer to it.
        start: StartInstant = StartInstant::default(),
        /// Statistics count from here on.
        warm_up: WarmUp = WarmUp::Fixed(SimDuration::ZERO),
        /// The run ends here.
        horizon: SimDuration,
    }
}

describe! {
    /// A type of part.
    pub struct PartTypeDescription {
        /// The routing its parts follow; without one they go where each element's `next` says.
        routing: Option<Name> = None,
        /// Urgency; larger is served first where priorities count.
        priority: i32 = 0,
        /// How many pieces are in one part (wafers in a lot), for what is worked on or counted piece by piece.
        pieces: u32 = 1,
        /// Numbers that each part carries, drawn when it is born.
        attributes: Map<NumberDistribution> = Map::default(),
        /// What can be chosen of each part, by option, and how often each choice is made where no order says.
        options: Map<Choices> = Map::default(),
        /// What else is released with an order of it, so that all that goes into a product is made for it.
        bill_of_materials: Vec<RequiredMaterial> = Vec::new(),
        /// What its parts are like as rigid bodies: for zones, and for what weighs them.
        body: Option<PartBody> = None,
        /// How much material is in one part, for what builds it of powder.
        volume: Option<Volume> = None,
    }
}

/// One element as the scenario describes it.
#[derive(Debug, Clone)]
pub struct ElementDescription {
    /// Its name.
    pub name: Name,
    /// The name its random streams go by, if not its own.
    pub stream: Option<Name>,
    /// Where its kind is written.
    pub origin: Origin,
    /// The word it begins with.
    pub kind: &'static str,
    /// Where the value of each field stands.
    fields: Vec<(String, Origin)>,
    /// What it is, if that can be read; of a member what its group is.
    described: Option<Arc<dyn Described>>,
    /// Its facets, or those of its members.
    facets: FacetDescriptions,
    /// The name of the group that it came into being with, if it is a member of one.
    group: Option<Name>,
    /// Its number in it from 1, and how many members that has.
    place_in_group: Option<(u32, u32)>,
    /// Whether studies keep its KPIs.
    is_studied: bool,
}

impl ElementDescription {
    /// Where `field` stands; the element itself if it is not given.
    fn origin_of(&self, field: &str) -> Origin {
        self.fields.iter().find(|(name, _)| name == field).map_or(self.origin, |(_, origin)| *origin)
    }

    /// It resolved. What its members have it has not.
    fn plan(&self, planner: &mut Planner<'_>) -> Option<PlannedElement> {
        let has_members = self.described.as_ref().is_some_and(|described| described.members().is_some());
        let planned = self.described.as_ref().map(|described| described.plan(planner));
        let mut facets = if has_members { FacetPlans::default() } else { self.facets.plan(planner) };
        let planned = planned?;
        let technology = planned.plan().downcast_ref::<WorkplacePlan>().and_then(|plan| plan.technology.as_deref());
        if let (Some(power_mw), Some(energy)) = (technology.and_then(Technology::most_power_mw), &mut facets.energy) {
            *energy = Arc::new(energy.where_jobs_draw(power_mw));
        }
        Some(PlannedElement { planned, facets: Arc::new(facets) })
    }

    /// What all of its members are, resolved, where `group` is what it is itself.
    fn plan_member(&self, group: &PlannedElement, planner: &mut Planner<'_>) -> Option<PlannedElement> {
        let MemberPlan { planned, energy } = self.described.as_ref()?.plan_member(&*group.planned, planner)?;
        let mut facets = self.facets.plan(planner);
        facets.energy = energy.map(Arc::new).or(facets.energy);
        Some(PlannedElement { planned, facets: Arc::new(facets) })
    }

    /// The elements that come into being with it.
    fn members(&self) -> Vec<ElementDescription> {
        let Some(members) = self.described.as_ref().and_then(|described| described.members()) else {
            return Vec::new();
        };
        let named = |name: &Name, number: u32| Name::new(&member_name(name.text(), number), name.origin());
        let member = |number: u32| ElementDescription {
            name: named(&self.name, number),
            stream: self.stream.as_ref().map(|stream| named(stream, number)),
            origin: self.origin,
            kind: members.kind,
            fields: self.fields.clone(),
            described: self.described.clone(),
            facets: FacetDescriptions::default(),
            group: Some(self.name.clone()),
            place_in_group: Some((number, members.count)),
            is_studied: members.are_studied,
        };
        (1..=members.count).map(member).collect()
    }
}

/// A plant as the scenario describes it.
#[derive(Debug, Clone)]
pub struct PlantDescription {
    /// The plant's name.
    pub name: String,
    /// When it runs.
    pub clock: ClockDescription,
    /// Its part types.
    pub part_types: Map<PartTypeDescription>,
    /// Its routings.
    pub routings: Map<RoutingDescription>,
    /// Its orders.
    pub orders: Vec<OrderDescription>,
    /// What is done where and when, if that was decided beforehand.
    pub schedule: Option<ScheduleDescription>,
    /// What is in the plant when a run begins.
    pub work_in_progress: Vec<PresentDescription>,
    /// Calendars that elements refer to by name.
    pub calendars: Map<WorkCalendar>,
    /// Its energy supply.
    pub energy: EnergySupply,
    /// What making parts costs.
    pub costs: CostRates,
    /// Its elements, in file order.
    pub elements: Vec<ElementDescription>,
    /// What timed events will do to it.
    pub foreseen: Arc<Foreseen>,
    warm_up_origin: Origin,
    /// Names of the kinds that show readings.
    sensors: Vec<&'static str>,
    /// Names of the kinds that parts cannot be sent to.
    closed: Vec<&'static str>,
    /// Names of the kinds that work on parts.
    workers: Vec<&'static str>,
    /// Keys of the facets that elements of each kind may carry.
    facets: BTreeMap<&'static str, &'static [&'static str]>,
    damage: Damage,
}

/// The top-level fields of a scenario that describe the plant.
pub const PLANT_FIELDS: &[&str] = &[
    "name",
    "clock",
    "part_types",
    "routings",
    "orders",
    "schedule",
    "work_in_progress",
    "calendars",
    "energy",
    "costs",
    "elements",
];

/// Fields that every element has, whatever its kind.
pub const SHARED_FIELDS: &[&str] = &["stream"];

/// The top-level fields that describe the plant, for the reference; in the order of [`PLANT_FIELDS`].
#[must_use]
pub fn section_shapes() -> Vec<FieldShape> {
    vec![
        field_shape::<String>("name", "What this is about.".into(), Some((String::new(), ""))),
        field_shape::<ClockDescription>("clock", "When the run begins and ends.".into(), None),
        field_shape::<Map<PartTypeDescription>>(
            "part_types",
            "The types of parts, by name. Without any, all parts are of one type called `part`.".into(),
            Some((Map::default(), "{}")),
        ),
        field_shape::<Map<RoutingDescription>>("routings", "Routings, by name.".into(), Some((Map::default(), "{}"))),
        field_shape::<Orders>("orders", "What is to be made and when.".into(), Some((Orders::default(), "[]"))),
        field_shape::<Option<ScheduleDescription>>(
            "schedule",
            "What is done where and when, if that was decided beforehand: the run replays it.".into(),
            Some((None, "None")),
        ),
        field_shape::<WorkInProgress>(
            "work_in_progress",
            "What is in the plant when a run begins.".into(),
            Some((WorkInProgress::default(), "[]")),
        ),
        field_shape::<Map<WorkCalendar>>(
            "calendars",
            "Calendars that elements refer to by name.".into(),
            Some((Map::default(), "{}")),
        ),
        field_shape::<EnergySupply>(
            "energy",
            "Where the energy comes from.".into(),
            Some((EnergySupply::default(), "()")),
        ),
        field_shape::<CostRates>(
            "costs",
            "What making parts costs, besides electricity.".into(),
            Some((CostRates::default(), "()")),
        ),
        field_shape::<Map<RawNode>>("elements", "The elements of the plant, by name.".into(), None),
    ]
}

/// The fields that every element has, for the reference; in the order of [`SHARED_FIELDS`].
#[must_use]
pub fn shared_field_shapes() -> Vec<FieldShape> {
    let documentation = "The name that the element's random streams go by; its own name unless given. Keep it when you \
                         rename an element, and its draws stay the same.";
    vec![field_shape::<Option<Name>>("stream", documentation.into(), Some((None, "None")))]
}

impl PlantDescription {
    /// Complaints of those of `names` that nothing in this plant is called, whatever they should name: for names that
    /// stand outside of it, when it cannot be planned.
    #[must_use]
    pub fn dangling(&self, names: &[Name]) -> Vec<Complaint> {
        let (_, directory) = self.directory(&mut Vec::new());
        let calendars = self.calendars.iter().map(|(name, _)| name.text());
        let orders = self.orders.iter().map(|order| order.name.as_str());
        let carriers = self.energy.carriers.iter().map(|(name, _)| name.text());
        dangling(names, &directory, calendars.chain(orders).chain(carriers))
    }

    /// Lets `resolve` look up names of this plant, also where it cannot be planned; dangling ones go to `complaints`.
    pub fn resolve<T>(&self, complaints: &mut Vec<Complaint>, resolve: impl FnOnce(&mut Planner<'_>) -> T) -> T {
        let (_, directory) = self.directory(&mut Vec::new());
        resolve(&mut Planner::new(&directory, &self.calendars, self.clock.start, &[], complaints))
    }

    /// Resolves every name and checks what no single field can check.
    ///
    /// # Errors
    /// All complaints; none if only what was read before is wrong.
    pub fn plan(&self, registry: &Arc<Registry>) -> Result<Plant, Vec<Complaint>> {
        self.plan_for(registry, false)
    }

    /// The same for a change of a plant that is under way: what was in it at the start has had its places.
    ///
    /// # Errors
    /// As [`PlantDescription::plan`].
    pub fn plan_change(&self, registry: &Arc<Registry>) -> Result<Plant, Vec<Complaint>> {
        self.plan_for(registry, true)
    }

    fn plan_for(&self, registry: &Arc<Registry>, under_way: bool) -> Result<Plant, Vec<Complaint>> {
        let mut complaints = Vec::new();
        let (order, directory) = self.directory(&mut complaints);
        let start = self.clock.start;
        let releases = self.releases(&directory);
        let mut planner = Planner::new(&directory, &self.calendars, start, &releases, &mut complaints);
        let mut elements: Vec<Option<PlannedElement>> = Vec::with_capacity(order.len());
        let mut infos = Vec::with_capacity(order.len());
        let mut first_members = BTreeMap::new();
        for (index, description) in order.iter().enumerate() {
            let me = ElementIndex(index as u32);
            planner.turn_to(me, description.origin, &description.fields);
            // What is sound of an element is checked, also where the rest of it cannot be read.
            elements.push(match directory.groups[index] {
                None => description.plan(&mut planner),
                // Members are alike: what is planned for the first of them is the plan of all.
                Some(group) => match first_members.get(&group) {
                    None => {
                        first_members.insert(group, me);
                        let planned = elements[group.index()].as_ref();
                        planned.and_then(|planned| order[group.index()].plan_member(planned, &mut planner))
                    }
                    Some(first) => {
                        planner.do_as(*first);
                        elements[first.index()].clone()
                    }
                },
            });
            infos.push(ElementInfo {
                name: description.name.text().into(),
                stream: description.stream.as_ref().unwrap_or(&description.name).text().into(),
                kind: description.kind,
                group: directory.groups[index],
                place_in_group: description.place_in_group,
                is_studied: description.is_studied,
            });
        }
        let are_sound = !planner.has_complaints();
        for (index, description) in order.iter().enumerate() {
            planner.turn_to(ElementIndex(index as u32), description.origin, &description.fields);
            photo_eye::check_position(&elements, &mut planner);
            // A conveyor that is in no zone by mistake is no mistake of what acts on it.
            if are_sound {
                zone::check_actuator(&elements, &mut planner);
                zone::check_sensor(&elements, &mut planner);
                zone::check_table(&elements, &mut planner);
            }
            fluid::check::check(&elements, &mut planner);
            energy::check(&elements, &mut planner);
        }
        workplaces::check(&order, &elements, &directory.groups, &mut planner);
        let places: Vec<_> = order.iter().map(|description| (description.origin, &description.fields[..])).collect();
        let paths = survey(&elements, &directory.groups, &places, &mut planner);
        planner.turn_from_elements();
        let part_types = self.plan_part_types(&directory, &mut planner);
        let before_routings = planner.complaint_count();
        let routings = routing::plan(&self.routings, &mut planner);
        let carries = |element: ElementIndex| {
            let planned = elements.get(element.index()).and_then(Option::as_ref);
            planned.is_none_or(|element| element.planned.follows_routings() && element.planned.door() != Door::Through)
        };
        routing::check_transport(&self.routings, carries, &mut planner);
        let origin_of = |name: &str| {
            let found = self.routings.iter().find(|(other, _)| other.text() == name);
            found.map_or(Origin::NOWHERE, |(name, _)| name.origin())
        };
        // What a wrong name stands for is no ground for more complaints.
        if planner.complaint_count() == before_routings {
            batch::check_steps(&routings, &elements, origin_of, &mut planner);
            fits::check_steps(&routings, &elements, origin_of, &mut planner);
            qualification::check_same_tools(&routings, &part_types, &elements, origin_of, &mut planner);
        }
        let orders = orders::plan(&self.orders_by_release(), self.clock.start, &part_types, &mut planner);
        let schedule = self.schedule.as_ref().map(|description| {
            let ground = schedule::Ground {
                start,
                part_types: &part_types,
                routings: &routings,
                orders: &orders,
                elements: &elements,
                is_whole: !self.damage.exists(),
            };
            schedule::plan(description, &ground, &mut planner)
        });
        let ground = work_in_progress::Ground {
            start,
            elements: &elements,
            part_types: &part_types,
            routings: &routings,
            is_whole: !self.damage.exists(),
            under_way,
        };
        let present = work_in_progress::plan(&self.work_in_progress, &ground, &mut planner);
        // Where something is wrong already, what stands in zones and what goes through them would seem to be elsewhere.
        let zones = if planner.has_complaints() { Vec::new() } else { zone::zones(&elements) };
        // Most plants need not know what goes where to be sure that all of it fits.
        let is_loop = |element: &PlannedElement| element.planned.plan().is::<CardLoopPlan>();
        let is_whole = elements.iter().all(Option::is_some) && !self.damage.exists() && !planner.has_complaints();
        let has_loops = is_whole && elements.iter().flatten().any(is_loop);
        let (mut card_loops, mut further_warnings) = (CardLoops::default(), Vec::new());
        let sizes = planner.part_sizes();
        let is_in_doubt =
            |element: &PlannedElement| part_length::is_exceeded(element) || fits::is_in_doubt(element, sizes);
        if has_loops || !zones.is_empty() || elements.iter().flatten().any(is_in_doubt) {
            let ways = planner.ways();
            let (part_types, routings, orders) = (&part_types, &routings, &orders);
            let (detours, held) = (&Detours::default(), &BTreeSet::new());
            let present = &present;
            let ground = Ground { elements: &elements, ways, part_types, routings, orders, present, detours, held };
            let flows = Flows::find(&ground);
            if has_loops {
                let detours = &self.foreseen.detours(&directory);
                let ever = (!detours.is_empty()).then(|| Flows::find(&Ground { detours, ..ground }));
                // What has come another way is still where it is, and goes on from there.
                let now = ever.as_ref().map(|ever| Flows::find(&Ground { held: ever.stays(), ..ground }));
                let flows = (now.as_ref().unwrap_or(&flows), ever.as_ref().unwrap_or(&flows));
                (card_loops, further_warnings) =
                    cards::survey(&elements, &directory.groups, &places, routings, flows, &mut planner);
            }
            for (index, description) in order.iter().enumerate() {
                planner.turn_to(ElementIndex(index as u32), description.origin, &description.fields);
                if let Some(element) = &elements[index] {
                    part_length::check(element, &flows, &mut planner);
                    fits::check(element, &flows, (part_types, routings), &mut planner);
                }
            }
            for zone in zones {
                let description = &order[zone.index()];
                planner.turn_to(zone, description.origin, &description.fields);
                zone::complete(&mut elements, part_types, &flows, &mut planner);
                zone::check_zones(&elements, &flows, &mut planner);
            }
        }
        #[cfg(feature = "motion")]
        for (index, description) in order.iter().enumerate() {
            planner.turn_to(ElementIndex(index as u32), description.origin, &description.fields);
            robot::check_surroundings(&elements, &mut planner);
        }
        planner.turn_from_elements();
        if self.clock.warm_up.fixed() >= self.clock.horizon {
            planner.complain(
                &codes::CONTRADICTION,
                self.warm_up_origin,
                format!(
                    "the warm-up ({}) does not end before the horizon ({})",
                    self.clock.warm_up.fixed(),
                    self.clock.horizon
                ),
                "nothing would be measured",
                Some("make `clock.horizon` longer or `clock.warm_up` shorter".to_owned()),
            );
        }
        let costs = self.costs.plan(&mut planner);
        let peak = self.energy.peak.as_ref().map(|peak| peak.plan(&elements, &mut planner));
        let sums = planner.take_sums();
        let mentions = planner.into_mentions();
        let drawn = mentions.carriers.clone();
        complaints.extend(self.dangling(self.damage.names()));
        let supply = self.energy.plan(start).unwrap_or_else(|wrong| {
            complaints.extend(wrong);
            SupplyPlan::default()
        });
        complaints.extend(self.costs.of_currencies(supply.currency().map(|currency| &**currency), &sums));
        let elements: Option<Vec<PlannedElement>> = elements.into_iter().collect();
        let Some(elements) = elements.filter(|_| complaints.is_empty() && !self.damage.exists()) else {
            return Err(complaints);
        };
        let model = Model {
            roles: Role::of_all(&infos, &routings),
            elements: infos,
            part_types,
            attributes: directory.attributes.clone(),
            options: directory.options.clone(),
            routings,
            orders,
            schedule: schedule.map(Arc::new),
            work_in_progress: present,
            start_in_week: start.in_week(),
            supply: Arc::new(SupplyPlan { peak: peak.map(Arc::new), ..supply }),
            costs: costs.map(Arc::new),
            element_currency: sums.first().map(|(currency, _)| currency.as_str().into()),
            paths,
            cards: card_loops,
        };
        let ways = structure::ways(&mentions, &elements, &model);
        let seen = Ways { mentions: &mentions, all: &ways, foreseen: &self.foreseen };
        Ok(Plant {
            name: self.name.as_str().into(),
            warnings: warnings::of(&order, &elements, &model, &seen, registry)
                .into_iter()
                .chain(further_warnings)
                .chain(orders::warnings(&self.orders, self.schedule.as_ref(), self.clock.start))
                .chain(self.energy.warnings(&drawn))
                .collect(),
            ways,
            model: Arc::new(model),
            elements,
            start,
            warm_up: self.clock.warm_up.fixed(),
            warm_up_search: self.clock.warm_up.search(),
            horizon: self.clock.horizon,
            changes: Vec::new(),
            directory,
            registry: registry.clone(),
        })
    }

    /// The orders sorted by release time, and which source each names; dangling names are complained of later.
    fn orders_by_release(&self) -> Vec<&OrderDescription> {
        let mut orders: Vec<&OrderDescription> = self.orders.iter().collect();
        orders.sort_by_key(|order| order.release.since(self.clock.start).unwrap_or(SimDuration::ZERO));
        orders
    }

    /// What orders release, and at which source: the products, and what their bills of materials name.
    fn releases(&self, directory: &Directory) -> Vec<(ElementIndex, Release)> {
        let mut releases = Vec::new();
        let mut of_types: BTreeMap<&str, Vec<ElementIndex>> = BTreeMap::new();
        for (number, order) in (0..).zip(self.orders_by_release()) {
            let source = directory.elements.get(order.source.text()).map(|(index, _)| *index);
            releases.push((source.unwrap_or(ElementIndex(u32::MAX)), Release { order: number, material: None }));
            let part_type = order.part_type.text();
            let materials = of_types
                .entry(part_type)
                .or_insert_with(|| bill_of_materials::sources(&self.part_types, part_type, directory));
            releases.extend(
                (0..).zip(&*materials).map(|(line, source)| (*source, Release { order: number, material: Some(line) })),
            );
        }
        releases
    }

    /// Complains of elements that are called as members of others are.
    fn complain_of_taken_names(&self, complaints: &mut Vec<Complaint>) {
        let mut members: Vec<&ElementDescription> =
            self.elements.iter().filter(|element| element.group.is_some()).collect();
        if members.is_empty() {
            return;
        }
        members.sort_by_key(|member| member.name.text());
        for element in self.elements.iter().filter(|element| element.group.is_none()) {
            let place = members.binary_search_by_key(&element.name.text(), |member| member.name.text());
            let Some(group) = place.ok().and_then(|place| members[place].group.as_ref()) else { continue };
            let name = element.name.text();
            let message = format!("\"{name}\" is the name of a tool of \"{}\" already", group.text());
            let complaint = Complaint::new(&codes::TAKEN_NAME, element.name.origin(), message)
                .label("expected a name that no other element has")
                .help("call this element something else")
                .related(group.origin(), "this group names its tools after itself");
            complaints.push(complaint);
        }
    }

    /// Every name that can be referred to, and the elements in the order of their stream names.
    fn directory(&self, complaints: &mut Vec<Complaint>) -> (Vec<&ElementDescription>, Directory) {
        let mut order: Vec<&ElementDescription> = self.elements.iter().collect();
        let stream = |element: &ElementDescription| element.stream.as_ref().unwrap_or(&element.name).text().to_owned();
        order.sort_by_key(|element| stream(element));
        self.complain_of_taken_names(complaints);
        for pair in order.windows(2) {
            if stream(pair[0]) == stream(pair[1]) && pair[0].name != pair[1].name {
                let (first, second) = (pair[0], pair[1]);
                // The one that says its stream is the one to be changed.
                let (first, second) = if second.stream.is_some() { (first, second) } else { (second, first) };
                let at = second.stream.as_ref().unwrap_or(&second.name);
                let other = first.stream.as_ref().unwrap_or(&first.name).origin();
                complaints.push(
                    Complaint::new(
                        &codes::SHARED_STREAM,
                        at.origin(),
                        format!("two elements draw from the stream \"{}\"", at.text()),
                    )
                    .label("every element needs a stream of its own")
                    .help("give one of them another `stream`")
                    .related(other, format!("\"{}\" draws from it too", first.name.text())),
                );
            }
        }
        let mut directory = Directory {
            carriers: self.energy.carriers(),
            lost_carriers: self.energy.lost_carriers(),
            sensors: self.sensors.clone(),
            closed: self.closed.clone(),
            workers: self.workers.clone(),
            facets: self.facets.clone(),
            rushed: self.foreseen.rushed.clone(),
            ..Directory::default()
        };
        for (index, element) in order.iter().enumerate() {
            directory.elements.insert(element.name.text().into(), (ElementIndex(index as u32), element.kind));
            directory.origins.push(element.name.origin());
        }
        let group_of = |element: &&ElementDescription| {
            let (group, _) = directory.elements.get(element.group.as_ref()?.text())?;
            Some(*group)
        };
        directory.groups = order.iter().map(group_of).collect();
        let mut types: Vec<&str> = self.part_types.iter().map(|(name, _)| name.text()).collect();
        types.extend(self.damage.part_types().map(Name::text));
        if types.is_empty() {
            types.push("part");
        }
        types.sort_unstable();
        directory.part_types =
            types.iter().enumerate().map(|(index, name)| ((*name).into(), PartTypeIndex(index as u16))).collect();
        let size_of = |it: &PartTypeDescription| PartSize::of(it.body.as_ref(), it.volume);
        let sizes = types.iter().map(|name| self.part_types.get(name).map(size_of).unwrap_or_default());
        directory.part_sizes = sizes.collect();
        let mut attributes: BTreeSet<&str> = BTreeSet::new();
        for (_, part_type) in self.part_types.iter() {
            attributes.extend(part_type.attributes.iter().map(|(name, _)| name.text()));
        }
        directory.attributes = attributes.into_iter().map(Into::into).collect();
        directory.options = OptionInfo::all(&self.part_types);
        let mut skills: BTreeSet<&str> = BTreeSet::new();
        for element in &self.elements {
            if let Some(Members(groups)) = &element.facets.crew {
                skills.extend(groups.iter().flat_map(|group| group.skills.iter().map(Name::text)));
            }
        }
        directory.skills = skills.into_iter().map(Into::into).collect();
        let mut routings: Vec<&str> = self.routings.iter().map(|(name, _)| name.text()).collect();
        routings.extend(self.damage.routings().map(Name::text));
        routings.sort_unstable();
        directory.routings = routings.iter().enumerate().map(|(index, name)| ((*name).into(), index as u32)).collect();
        let steps_of = |name: &&str| {
            let steps = (1..).zip(&self.routings.get(name)?.steps.0);
            Some(steps.map(|(number, step)| routing::step_name(step, number)).collect())
        };
        let steps = self.routings.iter().flat_map(|(_, routing)| &routing.steps.0);
        let setups: BTreeSet<&str> = steps.clone().filter_map(|step| step.setup.as_deref()).collect();
        directory.recipes = steps.filter_map(|step| step.recipe.as_deref()).map(Into::into).collect();
        directory.setups = (0..).zip(setups).map(|(index, name)| (name.into(), SetupIndex(index))).collect();
        directory.steps = routings.iter().map(steps_of).collect();
        self.damage.complete(&mut directory);
        (order, directory)
    }

    fn plan_part_types(&self, directory: &Directory, planner: &mut Planner<'_>) -> Vec<PartTypeInfo> {
        let by_name: BTreeMap<&str, &(Name, PartTypeDescription)> =
            self.part_types.iter().map(|entry| (entry.0.text(), entry)).collect();
        let plan = |name: &Arc<str>| {
            let described = by_name.get(&**name);
            let description = described.map(|(_, description)| description);
            let attribute = |attribute: &Arc<str>| {
                let (_, value) = description?.attributes.iter().find(|(name, _)| name.text() == &**attribute)?;
                Some(value.distribution().clone())
            };
            PartTypeInfo {
                name: name.clone(),
                routing: description
                    .and_then(|description| description.routing.as_ref())
                    .map(|routing| planner.routing(routing)),
                priority: description.map_or(0, |description| description.priority),
                pieces: described
                    .map_or(1, |(name, description)| planner.at_least_one_of(description.pieces, "pieces", name)),
                attributes: directory.attributes.iter().map(attribute).collect(),
                options: directory
                    .options
                    .iter()
                    .enumerate()
                    .map(|(option, info)| {
                        let (name, choices) =
                            description?.options.iter().find(|(name, _)| *name.text() == *info.name)?;
                        Some(ChoiceLaw::plan(option, name, choices, planner))
                    })
                    .collect(),
                bill_of_materials: described
                    .map_or_else(Vec::new, |(name, _)| bill_of_materials::plan(&self.part_types, name, planner)),
                body: described.and_then(|(name, description)| Some(description.body.as_ref()?.plan(name, planner))),
                size: described.map_or_else(PartSize::default, |(_, it)| PartSize::of(it.body.as_ref(), it.volume)),
            }
        };
        directory.part_types.keys().map(plan).collect()
    }
}

/// One element resolved.
#[derive(Debug, Clone)]
pub(crate) struct PlannedElement {
    pub(crate) planned: Arc<dyn Planned>,
    pub(crate) facets: Arc<FacetPlans>,
}

/// A checked plant, ready for any number of runs.
#[derive(Debug, Clone)]
pub struct Plant {
    /// Its name.
    pub name: Arc<str>,
    /// Its constants.
    pub model: Arc<Model>,
    pub(crate) elements: Vec<PlannedElement>,
    ways: BTreeSet<(ElementIndex, ElementIndex)>,
    /// What will hardly do what is meant, though it can be played.
    pub warnings: Vec<Complaint>,
    /// Date and time at which a run begins.
    pub start: StartInstant,
    /// Statistics count from here on.
    pub warm_up: SimDuration,
    /// How the end of the warm-up is to be found before anything counts, if it is.
    pub warm_up_search: Option<Mser5>,
    /// A run ends here.
    pub horizon: SimDuration,
    /// Timed changes, in time order.
    pub(crate) changes: Vec<Change>,
    directory: Directory,
    pub(crate) registry: Arc<Registry>,
}

impl Plant {
    /// The element called `name`.
    #[must_use]
    pub fn element(&self, name: &str) -> Option<ElementIndex> {
        self.directory.elements.get(name).map(|(index, _)| *index)
    }

    /// The unit of what a sensor reads, empty for counts and plain numbers; nothing if `element` is no sensor.
    #[must_use]
    pub fn reading_unit(&self, element: ElementIndex) -> Option<&str> {
        let kind = self.model.elements.get(element.index())?.kind;
        let sensor = self.registry.sensors().iter().find(|sensor| sensor.name == kind)?;
        (sensor.unit)(self.elements.get(element.index())?.planned.plan())
    }

    /// The part type called `name`.
    #[must_use]
    pub fn part_type(&self, name: &str) -> Option<PartTypeIndex> {
        self.directory.part_types.get(name).copied()
    }

    /// The names that can be referred to, for messages and for planning what is written against them.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The change at `at` that gives `elements` the plans they have in `changed`, a plant with the same elements.
    ///
    /// # Errors
    /// What of it cannot change during a run.
    pub fn replan(&self, at: SimTime, changed: &Plant, elements: &[ElementIndex]) -> Result<Change, String> {
        let mut replans = Vec::with_capacity(elements.len());
        // A zone knows what its conveyors are like.
        let zones: BTreeSet<ElementIndex> =
            elements.iter().filter_map(|element| zone::zone_of(&changed.elements[element.index()])).collect();
        let zones = zones.into_iter().filter(|zone| !elements.contains(zone));
        // The tools of a group are what it says of them.
        let members = (0..)
            .map(ElementIndex)
            .zip(&changed.model.elements)
            .filter_map(|(element, info)| info.group.is_some_and(|group| elements.contains(&group)).then_some(element));
        for element in elements.iter().copied().chain(zones).chain(members) {
            let before = &self.elements[element.index()];
            let PlannedElement { planned, facets } = changed.elements[element.index()].clone();
            planned.can_follow(&*before.planned)?;
            facets.can_follow(&before.facets)?;
            replans.push(Replan { element, planned, facets });
        }
        Ok(Change::Replan { at, replans: replans.into() })
    }

    /// Lets `resolve` look up names of this plant; dangling ones go to `complaints`.
    pub fn resolve<T>(&self, complaints: &mut Vec<Complaint>, resolve: impl FnOnce(&mut Planner<'_>) -> T) -> T {
        let calendars = Map::default();
        resolve(&mut Planner::new(&self.directory, &calendars, self.start, &[], complaints))
    }

    /// Adds a timed change; changes at the same time are made in the order in which they were added.
    pub fn add_change(&mut self, change: Change) {
        let place = self.changes.partition_point(|other| other.at() <= change.at());
        self.changes.insert(place, change);
    }
}
