//! Resolving a description: names become indices, and what is wrong is complained of where it stands.
//!
//! Planning is both the check and the preparation of a run, so nothing can be checked that is not run and
//! nothing is run that was not checked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kernel::{SimDuration, SimTime};

use crate::availability::instant::StartInstant;
use crate::availability::work_calendar::WorkCalendar;
use crate::codes;
use crate::control::options::OptionInfo;
use crate::control::setup::SetupIndex;
use crate::description::{Code, Complaint, Map, Name, Origin, nearest, with_article};
use crate::element::ElementIndex;
use crate::energy::CarrierPlan;
use crate::model::Release;
use crate::part::{PartTypeIndex, RoutingPosition};
use crate::transport::PartSize;

/// Every name that something in a plant can refer to.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    pub(crate) elements: BTreeMap<Arc<str>, (ElementIndex, &'static str)>,
    /// Where the names of elements stand in the scenario, by index.
    pub(crate) origins: Vec<Origin>,
    /// The group that each element is a member of, by index, if it is one.
    pub(crate) groups: Vec<Option<ElementIndex>>,
    pub(crate) part_types: BTreeMap<Arc<str>, PartTypeIndex>,
    /// How large and heavy parts of each type are, as far as the scenario says.
    pub(crate) part_sizes: Vec<PartSize>,
    pub(crate) attributes: Vec<Arc<str>>,
    pub(crate) options: Vec<OptionInfo>,
    pub(crate) skills: Vec<Arc<str>>,
    pub(crate) routings: BTreeMap<Arc<str>, u32>,
    /// What steps have to be set up for.
    pub(crate) setups: BTreeMap<Arc<str>, SetupIndex>,
    /// What steps say in `recipe`.
    pub(crate) recipes: BTreeSet<Arc<str>>,
    /// Whether steps that may say so could not be read.
    pub(crate) lost_setups: bool,
    /// Whether part types that may have options could not be read.
    pub(crate) lost_options: bool,
    /// What may be defined in what could not be read whole.
    pub(crate) definitions: Vec<Arc<str>>,
    /// The kinds of elements that could not be read; empty where that is not known either.
    pub(crate) lost_kinds: Vec<&'static str>,
    /// What the steps of each routing are called; `None` where it could not be read.
    pub(crate) steps: Vec<Option<Vec<Arc<str>>>>,
    /// Names of the kinds that show readings.
    pub(crate) sensors: Vec<&'static str>,
    /// Names of the kinds that parts cannot be sent to.
    pub(crate) closed: Vec<&'static str>,
    /// Names of the kinds that work on parts, by themselves or by their members.
    pub(crate) workers: Vec<&'static str>,
    /// Keys of the facets that elements of each kind may carry, by the names of the kinds.
    pub(crate) facets: BTreeMap<&'static str, &'static [&'static str]>,
    /// Energy carriers, in name order.
    pub(crate) carriers: Vec<CarrierPlan>,
    /// Those that cannot be.
    pub(crate) lost_carriers: Vec<Arc<str>>,
    /// Calendars that could not be read.
    pub(crate) lost_calendars: Vec<Arc<str>>,
    /// Sources that timed events bring parts in at without an order.
    pub(crate) rushed: BTreeSet<String>,
    /// What could not be read at all, in the words of complaints ("part type" ...): no name of it dangles.
    pub(crate) unknown: Vec<&'static str>,
}

impl Directory {
    /// Whether an option or a choice of this name may be one of a part type that could not be read.
    fn may_be_lost(&self, name: &Name) -> bool {
        self.unknown.contains(&"part type")
            || (self.lost_options && self.definitions.iter().any(|text| **text == *name.text()))
    }
}

/// Resolves the names of one description after another and collects complaints.
#[derive(Debug)]
pub struct Planner<'a> {
    directory: &'a Directory,
    calendars: &'a Map<WorkCalendar>,
    start: StartInstant,
    /// What orders release, and where, in the order of the orders.
    releases: &'a [(ElementIndex, Release)],
    complaints: &'a mut Vec<Complaint>,
    me: ElementIndex,
    /// Whether an element is being planned, and not what belongs to none.
    is_at_element: bool,
    origin: Origin,
    /// Where each field of the element stands.
    fields: &'a [(String, Origin)],
    mentions: Mentions,
    /// The currency of every sum that elements name, and its place.
    sums: Vec<(String, Origin)>,
}

/// Elements that others have named so far.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// Named for whatever reason.
    pub named: BTreeSet<ElementIndex>,
    /// Named as where parts go.
    pub destinations: BTreeSet<ElementIndex>,
    /// Which element sends parts to which, as far as elements say it themselves and leave it to no routing.
    pub ways: BTreeSet<(ElementIndex, ElementIndex)>,
    /// Energy carriers that elements draw, by number.
    pub carriers: BTreeSet<usize>,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(
        directory: &'a Directory,
        calendars: &'a Map<WorkCalendar>,
        start: StartInstant,
        releases: &'a [(ElementIndex, Release)],
        complaints: &'a mut Vec<Complaint>,
    ) -> Self {
        Planner {
            directory,
            calendars,
            start,
            releases,
            complaints,
            me: ElementIndex(0),
            is_at_element: false,
            origin: Origin::default(),
            fields: &[],
            mentions: Mentions::default(),
            sums: Vec::new(),
        }
    }

    /// An element names a sum in that currency: all of a plant are in one.
    pub(crate) fn note_currency(&mut self, currency: &str, origin: Origin) {
        self.sums.push((currency.to_owned(), origin));
    }

    /// The currency of every sum that elements have named, and its place.
    pub(crate) fn take_sums(&mut self) -> Vec<(String, Origin)> {
        std::mem::take(&mut self.sums)
    }

    /// The elements that others have named.
    pub(crate) fn into_mentions(self) -> Mentions {
        self.mentions
    }

    /// Makes `element`, which stands at `origin` and has `fields`, the subject of what follows.
    pub(crate) fn turn_to(&mut self, element: ElementIndex, origin: Origin, fields: &'a [(String, Origin)]) {
        self.me = element;
        self.is_at_element = true;
        self.origin = origin;
        self.fields = fields;
    }

    /// What follows belongs to no element.
    pub(crate) fn turn_from_elements(&mut self) {
        self.is_at_element = false;
    }

    /// Makes a field of the element the subject of what `plan` complains of.
    pub(crate) fn within<T>(&mut self, field: &str, plan: impl FnOnce(&mut Self) -> T) -> T {
        let element = self.origin;
        self.origin = self.origin_of(field);
        let planned = plan(self);
        self.origin = element;
        planned
    }

    /// Where `field` of the element being planned stands; the element itself if it is not given.
    #[must_use]
    pub fn origin_of(&self, field: &str) -> Origin {
        self.fields.iter().find(|(name, _)| name == field).map_or(self.origin, |(_, origin)| *origin)
    }

    /// Whether the scenario gives `field` of the element being planned.
    pub(crate) fn gives(&self, field: &str) -> bool {
        self.fields.iter().any(|(name, _)| name == field)
    }

    /// The element being planned.
    #[must_use]
    pub fn me(&self) -> ElementIndex {
        self.me
    }

    /// Where the element being planned stands in the scenario.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Number of part types in the plant.
    #[must_use]
    pub fn part_type_count(&self) -> usize {
        self.directory.part_types.len()
    }

    /// Records what is wrong at `origin`.
    pub fn complain(
        &mut self,
        code: &'static Code,
        origin: Origin,
        message: impl Into<String>,
        label: impl Into<String>,
        help: Option<String>,
    ) {
        let origin = if origin.is_known() { origin } else { self.origin };
        self.complaints.push(Complaint {
            code,
            origin,
            message: message.into(),
            label: label.into(),
            help,
            related: Vec::new(),
        });
    }

    /// Records what is wrong.
    pub(crate) fn add(&mut self, complaint: Complaint) {
        self.complaints.push(complaint);
    }

    /// A time so long after the start; what is wrong with that is complained of, and the start stands for it.
    pub(crate) fn time(&mut self, since_start: Result<SimDuration, Complaint>) -> SimTime {
        let since_start = since_start.unwrap_or_else(|complaint| {
            self.add(complaint);
            SimDuration::ZERO
        });
        SimTime::ZERO + since_start
    }

    /// The element called `name`. A dangling name is complained of and stands for the element itself.
    pub fn element(&mut self, name: &Name) -> ElementIndex {
        self.element_of(name, &[])
    }

    /// The element called `name`, which must be of one of `kinds` (of any, if none is given).
    pub fn element_of(&mut self, name: &Name, kinds: &[&str]) -> ElementIndex {
        let what = if kinds.is_empty() { "element".to_owned() } else { kinds.join(" or ") };
        self.element_among(name, &what, |_, kind| kinds.is_empty() || kinds.contains(&kind))
    }

    /// The same, and no tool of a group: that is named by its group.
    pub(crate) fn whole_element_of(&mut self, name: &Name, kinds: &[&str]) -> ElementIndex {
        let directory = self.directory;
        let group_of = |index: ElementIndex| directory.groups.get(index.index()).copied().flatten();
        if let Some((index, _)) = directory.elements.get(name.text())
            && let Some(group) = group_of(*index)
        {
            let group = self.name_of(group).to_owned();
            self.complain(
                &codes::WRONG_KIND,
                name.origin(),
                format!("\"{}\" is a tool of the group \"{group}\", which says what its tools do", name.text()),
                format!("expected the name of {}", with_article(&kinds.join(" or "))),
                Some(format!("name \"{group}\"")),
            );
            return *index;
        }
        self.element_among(name, &kinds.join(" or "), |index, kind| kinds.contains(&kind) && group_of(index).is_none())
    }

    /// The element called `name`, which must be of a kind that shows readings.
    pub fn sensor(&mut self, name: &Name) -> ElementIndex {
        let directory = self.directory;
        self.element_among(name, "sensor", |_, kind| directory.sensors.contains(&kind))
    }

    /// The element called `name`, which must be of a kind that can carry the facet `facet` ("failures" ...).
    pub fn element_with(&mut self, name: &Name, facet: &str) -> ElementIndex {
        let directory = self.directory;
        let carries =
            |kind: &str| kind.is_empty() || directory.facets.get(kind).is_some_and(|facets| facets.contains(&facet));
        match directory.elements.get(name.text()) {
            Some((index, kind)) if !carries(kind) => {
                let able = directory.elements.iter().filter(|(_, (_, kind))| carries(kind));
                let names: Vec<&str> = able.map(|(name, _)| &**name).collect();
                self.complain(
                    &codes::WRONG_KIND,
                    name.origin(),
                    format!("\"{}\" is {}, which cannot have `{facet}`", name.text(), with_article(kind)),
                    format!("expected the name of an element that can have `{facet}`"),
                    (!names.is_empty()).then(|| format!("known: {}", listed(&names))),
                );
                *index
            }
            _ => self.element(name),
        }
    }

    /// Whether the element called `name` is of a kind that works on parts; true where that is not known.
    pub(crate) fn does_steps(&self, name: &Name) -> bool {
        self.kind_of(name).is_none_or(|kind| self.directory.workers.contains(&kind))
    }

    /// The kind of the element called `name`; `None` if there is none of that name, or if its kind is not known.
    #[must_use]
    pub fn kind_of(&self, name: &Name) -> Option<&'static str> {
        self.directory.elements.get(name.text()).map(|(_, kind)| *kind).filter(|kind| !kind.is_empty())
    }

    /// The element called `name`, to which parts are to be sent.
    pub fn destination(&mut self, name: &Name) -> ElementIndex {
        let directory = self.directory;
        if let Some((index, kind)) = directory.elements.get(name.text())
            && directory.closed.contains(kind)
        {
            self.complain(
                &codes::WRONG_KIND,
                name.origin(),
                format!("\"{}\" is {}, and no part can go there", name.text(), with_article(kind)),
                "expected the name of an element that takes parts",
                None,
            );
            return *index;
        }
        let destination = self.element(name);
        // What a dangling name stands for is nobody's wish.
        let is_there = directory.elements.contains_key(name.text());
        if let Some(group) = directory.groups.get(destination.index()).copied().flatten().filter(|_| is_there) {
            let group = self.name_of(group);
            self.complain(
                &codes::WRONG_KIND,
                name.origin(),
                format!("\"{}\" is a tool of \"{group}\", and no part can be sent to one", name.text()),
                "expected the name of an element that takes parts",
                Some(format!("write \"{group}\", and say in its `qualified` which of its tools may do what")),
            );
            return destination;
        }
        if destination != self.me || !self.is_at_element {
            self.mentions.destinations.insert(destination);
        }
        if self.is_at_element {
            self.mentions.ways.insert((self.me, destination));
        }
        destination
    }

    /// The members of the element being planned, in the order of their numbers: it sends parts to each.
    pub(crate) fn members(&mut self) -> Vec<ElementIndex> {
        let members = self.members_of(self.me);
        self.mentions.destinations.extend(&members);
        self.mentions.ways.extend(members.iter().map(|member| (self.me, *member)));
        members
    }

    /// The members of a group, in the order of their numbers.
    pub(crate) fn members_of(&self, group: ElementIndex) -> Vec<ElementIndex> {
        let directory = self.directory;
        let group = self.name_of(group);
        let member = |number: u32| Some(directory.elements.get(&*member_name(group, number))?.0);
        (1..).map_while(member).collect()
    }

    /// The group of which the element being planned is a member, if it is one.
    pub(crate) fn group(&self) -> Option<ElementIndex> {
        self.directory.groups.get(self.me.index()).copied().flatten()
    }

    /// The element being planned is like `other`, which is planned: it sends parts to where that does.
    pub(crate) fn do_as(&mut self, other: ElementIndex) {
        let ways = self.mentions.ways.range((other, ElementIndex(0))..=(other, ElementIndex(u32::MAX)));
        let ways: Vec<(ElementIndex, ElementIndex)> = ways.map(|(_, to)| (self.me, *to)).collect();
        self.mentions.ways.extend(ways);
    }

    /// The element called `name`, of one of `kinds`, to which parts are to be sent.
    pub fn destination_of(&mut self, name: &Name, kinds: &[&str]) -> ElementIndex {
        match self.kind_of(name) {
            Some(kind) if kinds.contains(&kind) => self.destination(name),
            _ => self.element_of(name, kinds),
        }
    }

    /// Which element sends parts to which, as far as the elements planned so far say it themselves.
    pub(crate) fn ways(&self) -> &BTreeSet<(ElementIndex, ElementIndex)> {
        &self.mentions.ways
    }

    /// Whether an element could not be read that is of this kind, or may be.
    pub(crate) fn has_lost(&self, kind: &str) -> bool {
        self.directory.lost_kinds.iter().any(|lost| lost.is_empty() || *lost == kind)
    }

    /// Whether timed events bring parts in at the source being planned without an order.
    pub(crate) fn is_rushed(&self) -> bool {
        self.directory.rushed.contains(self.name_of(self.me))
    }

    /// How much has been complained of so far.
    pub(crate) fn complaint_count(&self) -> usize {
        self.complaints.len()
    }

    /// Whether anything has been complained of so far.
    pub(crate) fn has_complaints(&self) -> bool {
        !self.complaints.is_empty()
    }

    /// The name of an element.
    pub(crate) fn name_of(&self, element: ElementIndex) -> &'a str {
        let directory = self.directory;
        directory.elements.iter().find(|(_, (index, _))| *index == element).map_or("", |(name, _)| name)
    }

    /// The name of the kind of an element, as far as it is known.
    pub(crate) fn kind_of_element(&self, element: ElementIndex) -> &'static str {
        let directory = self.directory;
        directory.elements.values().find(|(index, _)| *index == element).map_or("", |(_, kind)| kind)
    }

    /// Where the name of another element stands in the scenario.
    pub(crate) fn place_of(&self, element: ElementIndex) -> Origin {
        self.directory.origins.get(element.index()).copied().unwrap_or(self.origin)
    }

    /// The name of a part type.
    pub(crate) fn part_type_name(&self, part_type: PartTypeIndex) -> &'a str {
        let directory = self.directory;
        directory.part_types.iter().find(|(_, index)| **index == part_type).map_or("", |(name, _)| name)
    }

    /// How large and heavy parts of each type are, as far as the scenario says.
    pub(crate) fn part_sizes(&self) -> &'a [PartSize] {
        &self.directory.part_sizes
    }

    /// Whether a step of a routing gives that `recipe`, or may do so.
    pub(crate) fn has_recipe(&self, recipe: &str) -> bool {
        self.directory.lost_setups || self.directory.recipes.contains(recipe)
    }

    /// The element called `name`, which must be of a kind that is a `what`.
    fn element_among(
        &mut self,
        name: &Name,
        what: &str,
        is_meant: impl Fn(ElementIndex, &str) -> bool,
    ) -> ElementIndex {
        let directory = self.directory;
        let found = directory.elements.get(name.text());
        // An element that could not be read may be of any kind.
        if let Some((index, kind)) = found
            && (kind.is_empty() || is_meant(*index, kind))
        {
            if *index != self.me {
                self.mentions.named.insert(*index);
            }
            return *index;
        }
        let meant = directory.elements.iter().filter(|(_, (index, kind))| is_meant(*index, kind));
        let names: Vec<&str> = meant.map(|(name, _)| &**name).collect();
        if let Some((_, kind)) = found {
            let help = help(what, name, &names);
            let what = with_article(what);
            self.complain(
                &codes::WRONG_KIND,
                name.origin(),
                format!("\"{}\" is {}, not {what}", name.text(), with_article(kind)),
                format!("expected the name of {what}"),
                Some(help),
            );
        } else {
            self.dangling(what, name, &names);
        }
        self.me
    }

    /// The part type called `name`. A dangling name is complained of and stands for the first one.
    pub fn part_type(&mut self, name: &Name) -> PartTypeIndex {
        let directory = self.directory;
        match directory.part_types.get(name.text()) {
            Some(index) => *index,
            None => {
                let names: Vec<&str> = directory.part_types.keys().map(|name| &**name).collect();
                self.dangling("part type", name, &names);
                PartTypeIndex::default()
            }
        }
    }

    /// The attribute called `name`, as an index into the attributes of every part.
    pub fn attribute(&mut self, name: &Name) -> usize {
        let directory = self.directory;
        let names: Vec<&str> = directory.attributes.iter().map(|name| &**name).collect();
        self.position("attribute", name, &names)
    }

    /// The options of parts, in name order.
    pub(crate) fn options(&self) -> &'a [OptionInfo] {
        &self.directory.options
    }

    /// The option called `name`, as an index into the options of every part; `None` after complaining that there is none.
    pub(crate) fn option(&mut self, name: &Name) -> Option<usize> {
        let directory = self.directory;
        let found = directory.options.iter().position(|option| *option.name == *name.text());
        if found.is_none() && !directory.may_be_lost(name) {
            let names: Vec<&str> = directory.options.iter().map(|option| &*option.name).collect();
            self.dangling("option", name, &names);
        }
        found
    }

    /// The number of a choice of an option, from 1; 0 after complaining that there is none of this name.
    pub(crate) fn choice(&mut self, option: usize, name: &Name) -> u16 {
        let directory = self.directory;
        let Some(info) = directory.options.get(option) else { return 0 };
        let found = info.choices.iter().position(|choice| **choice == *name.text());
        if found.is_none() && !directory.may_be_lost(name) {
            let names: Vec<&str> = info.choices.iter().map(|choice| &**choice).collect();
            self.complain(
                &codes::DANGLING_NAME,
                name.origin(),
                format!("\"{}\" is no choice of the option \"{}\"", name.text(), info.name),
                "expected one of its choices",
                Some(help("choice", name, &names)),
            );
        }
        found.map_or(0, |place| place as u16 + 1)
    }

    /// Resolves what has been resolved before, and complained of where it stands.
    pub(crate) fn aside<T>(&mut self, plan: impl FnOnce(&mut Self) -> T) -> T {
        let said = self.complaints.len();
        let planned = plan(self);
        self.complaints.truncate(said);
        planned
    }

    /// The skill called `name`.
    pub fn skill(&mut self, name: &Name) -> u16 {
        let directory = self.directory;
        let names: Vec<&str> = directory.skills.iter().map(|name| &**name).collect();
        self.position("skill", name, &names) as u16
    }

    /// Number of setups that steps of routings name.
    pub(crate) fn setup_count(&self) -> usize {
        self.directory.setups.len()
    }

    /// The setup of that name that a step of a routing has to be set up for.
    pub(crate) fn setup(&mut self, name: &Name) -> SetupIndex {
        let directory = self.directory;
        if let Some(setup) = directory.setups.get(name.text()) {
            return *setup;
        }
        if !directory.lost_setups {
            let names: Vec<&str> = directory.setups.keys().map(|name| &**name).collect();
            self.dangling("setup", name, &names);
        }
        SetupIndex::default()
    }

    /// The routing called `name`.
    pub fn routing(&mut self, name: &Name) -> u32 {
        let directory = self.directory;
        let names: Vec<&str> = directory.routings.keys().map(|name| &**name).collect();
        self.position("routing", name, &names) as u32
    }

    /// The step that `name` names as "routing/step", by the name or number of the step; `None` if it is the name of a part type
    /// or can be none of a step. One that leads nowhere is complained of.
    pub(crate) fn step(&mut self, name: &Name) -> Option<Option<RoutingPosition>> {
        let directory = self.directory;
        if directory.part_types.contains_key(name.text()) {
            return None;
        }
        let (routing_name, step_name) = name.text().rsplit_once('/')?;
        let routing = self.routing(&Name::new(routing_name, name.origin()));
        let steps = directory.steps.get(routing as usize)?.as_ref();
        let Some(steps) = steps.filter(|_| directory.routings.contains_key(routing_name)) else { return Some(None) };
        let by_name = steps.iter().position(|step| **step == *step_name);
        let numbers = 1..=steps.len();
        let by_number = step_name.parse::<usize>().ok().filter(|number| numbers.contains(number));
        let step = by_name.or(by_number.map(|number| number - 1));
        if step.is_none() {
            let names: Vec<&str> = steps.iter().map(|step| &**step).collect();
            self.complain(
                &codes::DANGLING_NAME,
                name.origin(),
                format!("routing \"{routing_name}\" has no step \"{step_name}\""),
                "expected the name of one of its steps, or its number from 1",
                (!names.is_empty()).then(|| format!("known: {}", listed(&names))),
            );
        }
        Some(step.map(|step| RoutingPosition { routing, step: step as u32 }))
    }

    /// The calendar called `name`, if there is one; a dangling name is complained of.
    pub fn calendar(&mut self, name: &Name) -> Option<&'a WorkCalendar> {
        let calendars = self.calendars;
        let found = calendars.iter().find(|(candidate, _)| candidate.text() == name.text());
        if found.is_none() && !self.directory.lost_calendars.iter().any(|lost| **lost == *name.text()) {
            let names: Vec<&str> = calendars.iter().map(|(name, _)| name.text()).collect();
            self.dangling("calendar", name, &names);
        }
        found.map(|(_, calendar)| calendar)
    }

    /// The energy carriers of the plant, in name order.
    pub(crate) fn carriers(&self) -> &'a [CarrierPlan] {
        let directory = self.directory;
        &directory.carriers
    }

    /// The energy carrier called `name`, and its number.
    pub(crate) fn carrier(&mut self, name: &Name) -> Option<(usize, &'a CarrierPlan)> {
        let directory = self.directory;
        let found = (0..).zip(&directory.carriers).find(|(_, carrier)| *carrier.name == *name.text());
        match found {
            Some((number, _)) => {
                self.mentions.carriers.insert(number);
            }
            None if directory.lost_carriers.iter().any(|lost| **lost == *name.text()) => {}
            None => {
                let names: Vec<&str> = directory.carriers.iter().map(|carrier| &*carrier.name).collect();
                self.dangling("carrier", name, &names);
            }
        }
        found
    }

    /// Date and time at which a run begins.
    #[must_use]
    pub fn start(&self) -> StartInstant {
        self.start
    }

    /// What `source` releases for orders, in the order of their release.
    #[must_use]
    pub fn releases_of(&self, source: ElementIndex) -> Vec<Release> {
        self.releases.iter().filter(|(named, _)| *named == source).map(|(_, release)| *release).collect()
    }

    /// `value`, which must not be zero; `field` is its name in the scenario.
    pub fn at_least_one(&mut self, value: u32, field: &str) -> u32 {
        if value == 0 {
            let origin = self.origin_of(field);
            self.complain(
                &codes::CONTRADICTION,
                origin,
                format!("`{field}` of this element is 0"),
                format!("`{field}` must be at least 1"),
                Some("give it a number from 1 on, or take the element out".to_owned()),
            );
        }
        value.max(1)
    }

    /// `value` parallel places, of which there must be one at least and not more than are planned for.
    pub fn places(&mut self, value: u32, field: &str) -> u32 {
        let places = self.at_least_one(value, field);
        let most = kernel::limits::PLACES;
        if places > most {
            let origin = self.origin_of(field);
            self.complain(
                &codes::CONTRADICTION,
                origin,
                format!("`{field}` of this element is {places}"),
                format!("there may be {most} places at most"),
                Some("many parts that stay for a while without a machine are a Delay".to_owned()),
            );
        }
        places.min(most)
    }

    /// `value`, which must not be zero; `field` is its name in the entry for `name`.
    pub fn at_least_one_of(&mut self, value: u32, field: &str, name: &Name) -> u32 {
        if value == 0 {
            self.complain(
                &codes::CONTRADICTION,
                name.origin(),
                format!("`{field}` of \"{}\" is 0", name.text()),
                format!("`{field}` must be at least 1"),
                Some("give it a number from 1 on, or take this out".to_owned()),
            );
        }
        value.max(1)
    }

    /// The place of `name` among the `names` of what is a `what`; a dangling one is complained of and stands for the first.
    pub(crate) fn one_of(&mut self, what: &str, name: &Name, names: &[&str]) -> usize {
        self.position(what, name, names)
    }

    fn position(&mut self, what: &str, name: &Name, names: &[&str]) -> usize {
        match names.iter().position(|candidate| *candidate == name.text()) {
            Some(position) => position,
            None => {
                self.dangling(what, name, names);
                0
            }
        }
    }

    fn dangling(&mut self, what: &str, name: &Name, names: &[&str]) {
        if self.directory.unknown.contains(&what) {
            return;
        }
        self.complain(
            &codes::DANGLING_NAME,
            name.origin(),
            format!("there is no {what} called \"{}\"", name.text()),
            format!("expected the name of {} of this plant", with_article(what)),
            Some(help(what, name, names)),
        );
    }
}

/// What the member of that number of the element called `group` is called.
pub(crate) fn member_name(group: &str, number: u32) -> String {
    format!("{group}/{number}")
}

/// What to do about `name`, which should be one of the `names` of what is a `what`.
fn help(what: &str, name: &Name, names: &[&str]) -> String {
    if let Some(near) = nearest(name.text(), names.iter().copied()) {
        return format!("did you mean \"{near}\"?");
    }
    let place = match what {
        "part type" => "`part_types`",
        "carrier" => "`energy.carriers`",
        "routing" => "`routings`",
        "calendar" => "`calendars`",
        "attribute" => "the `attributes` of a part type",
        "option" => "the `options` of a part type",
        "order" => "`orders`",
        "skill" => "the `members` of a Pool",
        "setup" => "the `setup` of a step of a routing",
        _ if names.is_empty() => "`elements`",
        _ => return format!("known: {}", listed(names)),
    };
    if names.is_empty() {
        format!("this plant has no {what}: define one in {place}, or leave this out")
    } else {
        format!("known: {}; others are defined in {place}", listed(names))
    }
}

/// The first few of `names` for a message.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let mut text = names.iter().take(SHOWN).map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text += &format!(" and {} more", names.len() - SHOWN);
    }
    text
}
