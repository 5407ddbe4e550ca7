//! Sources: where parts come from - by a law, by a table, by orders, without end, or as a fixed population.

mod brought_in;
mod planning;

use bevy_ecs::component::Component;
use kernel::{Distribution, EventId, SimDuration, SimTime, Stream};

use self::planning::{plan_mix, plan_rows, refuse_idle_fields, refuse_if};
use crate::description::{
    CountDistribution, Describe, Fields, Map, Name, Node, Reader, Shape, Table, TimeDistribution, Value, describe,
};
use crate::element::{At, Command, Door, ElementIndex, ElementKind, Streams};
use crate::floor::{Floor, Passage};
use crate::follow::{Agreement, Answer, Refusal, Seen};
use crate::model::Release;
use crate::part::{Home, PartId, PartTypeIndex};
use crate::plan::Planner;
use crate::report::Figures;

/// The figure of a source whose parts circulate: how many there are.
pub(crate) const IN_CIRCULATION: &str = "parts in circulation";

/// Timer of the next arrival.
const ARRIVAL: u32 = 0;
/// Timer of the next released order.
const ORDER: u32 = 1;

describe! {
    /// One arrival of a table.
    pub struct TableArrival {
        /// When, from the start of the run.
        time: SimDuration,
        /// What; the source's `part_type` unless given.
        part_type: Option<Name> = None,
        /// How many at once.
        quantity: u32 = 1,
        /// Urgency of the parts.
        priority: i32 = 0,
        /// When they are due, from the start of the run.
        due: Option<SimDuration> = None,
    }
}

describe! {
    /// What makes parts arrive.
    pub enum Arrivals {
        /// Times between arrivals follow a law; the first part comes after the first such time.
        Interarrival(
            /// The law.
            time: TimeDistribution,
        ),
        /// A list of arrivals, or a table with the same columns. Further columns of a table become attributes of
        /// the parts, if the part types have attributes of these names.
        Table(
            /// The list, or the name of a CSV file beside the scenario.
            rows: ArrivalTable,
        ),
        /// There is always a part when there is room for one. Until it leaves the source it does not count as being in
        /// the plant, and its flow time has not begun.
        Unlimited,
        /// A fixed number of parts (pallets, carriers) circulates: when one is shipped or scrapped, the next comes in. One
        /// that goes into another part (an assembly) lives on in that, and again in the first part of its type that comes
        /// out when that is taken apart.
        Population(
            /// How many.
            size: u32,
        ),
        /// The plant's orders that name this source are released at their release times.
        Orders,
    }
}

describe! {
    /// What becomes of parts that arrive when there is no room.
    pub enum WhenBlocked {
        /// They wait outside the plant, and others keep arriving; their flow time runs.
        Wait,
        /// The part waits and nothing else arrives until it is in.
        Pause,
        /// They are lost.
        Lose,
    }
}

/// The arrivals of a table, each with the attributes that further columns give.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrivalTable {
    rows: Vec<(TableArrival, Vec<(Name, f64)>)>,
}

impl Describe for ArrivalTable {
    fn shape() -> Shape {
        Shape::one_of(
            "ArrivalTable",
            "A list of arrivals, or the name of a CSV file beside the scenario. Further columns of the file are \
             attributes of the parts.",
            &[r#"[(time: "5 min", quantity: 3)]"#, r#""arrivals.csv""#],
            vec![TableArrival::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Value::Text(path) = &node.value else {
            let rows = Vec::<TableArrival>::read(node, reader)?;
            return Some(ArrivalTable { rows: rows.into_iter().map(|row| (row, Vec::new())).collect() });
        };
        let table = reader.table(path, node.origin)?;
        let names: Vec<String> = table.column_names().map(str::to_owned).collect();
        let is_field = |column: usize| TableArrival::NAMES.contains(&names[column].as_str());
        let (fields, attributes): (Vec<usize>, Vec<usize>) = (0..names.len()).partition(|column| is_field(*column));
        let pick = |cells: &[Node]| fields.iter().map(|column| cells[*column].clone()).collect::<Vec<Node>>();
        let arrivals = Table { columns: pick(&table.columns), rows: table.rows.iter().map(|row| pick(row)).collect() };
        let arrivals: Option<Vec<TableArrival>> = arrivals.read_rows("an arrival", node.origin, reader);
        let mut sound = true;
        let mut further = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let mut values = Vec::with_capacity(attributes.len());
            for column in attributes.iter().copied() {
                match f64::read_cell(&row[column], reader) {
                    Some(value) => values.push((Name::new(&names[column], table.columns[column].origin), value)),
                    None => sound = false,
                }
            }
            further.push(values);
        }
        let rows = arrivals?.into_iter().zip(further).collect();
        sound.then_some(ArrivalTable { rows })
    }
}

/// Which types of parts come, and how often each.
#[derive(Debug, Clone, PartialEq)]
pub enum PartMix {
    /// Always the same.
    One(Name),
    /// By weight, one draw an arrival.
    Weighted(Map<f64>),
    /// In turn, one type an arrival, and again from the beginning.
    Sequence(Vec<Name>),
}

impl Describe for PartMix {
    fn shape() -> Shape {
        Shape::one_of(
            "PartMix",
            "The name of a part type, weights by part type, or a list of types that come in turn. All parts of one \
             arrival are of the same type.",
            &[r#""red""#, r#"{"red": 3, "white": 1}"#, r#"["red", "red", "white"]"#],
            Vec::new(),
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Map(_) => Some(PartMix::Weighted(Map::read(node, reader)?)),
            Value::List(_) => Some(PartMix::Sequence(Vec::read(node, reader)?)),
            _ => Some(PartMix::One(Name::read(node, reader)?)),
        }
    }
}

describe! {
    /// Brings parts into the plant.
    pub struct Source {
        /// What makes parts arrive.
        arrivals: Arrivals,
        /// Which types come. May be left out where the plant has only one part type.
        part_type: Option<PartMix> = None,
        /// Parts at each arrival.
        batch_size: Option<CountDistribution> = None,
        /// Most parts ever brought in; no limit unless given.
        limit: Option<u64> = None,
        /// When the first part may come.
        start: SimDuration = SimDuration::ZERO,
        /// What becomes of parts that find no room.
        when_blocked: WhenBlocked = WhenBlocked::Wait,
        /// Where parts go; without it they follow their routing.
        next: Option<Name> = None,
    }
}

#[derive(Debug, Clone, PartialEq)]
enum ArrivalPlan {
    Interarrival(Distribution),
    Table(Vec<RowPlan>),
    Unlimited,
    Population(u32),
    Orders(Vec<Release>),
}

#[derive(Debug, Clone, PartialEq)]
struct RowPlan {
    at: SimTime,
    part_type: Option<PartTypeIndex>,
    quantity: u32,
    priority: i32,
    due: SimTime,
    attributes: Vec<(usize, f64)>,
}

#[derive(Debug, Clone, PartialEq)]
enum MixPlan {
    One(PartTypeIndex),
    /// Cumulative weights, the last one 1.
    Weighted(Vec<(f64, PartTypeIndex)>),
    Sequence(Vec<PartTypeIndex>),
}

/// A source resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcePlan {
    arrivals: ArrivalPlan,
    mix: MixPlan,
    batch_size: Option<Distribution>,
    limit: u64,
    start: SimDuration,
    when_blocked: WhenBlocked,
    next: Option<ElementIndex>,
}

impl SourcePlan {
    /// Whether it brings in what orders ask for, and no order names it.
    pub(crate) fn waits_for_orders_in_vain(&self) -> bool {
        matches!(&self.arrivals, ArrivalPlan::Orders(orders) if orders.is_empty())
    }

    /// Whether its arrivals are drawn, so that they can be those of a real plant as well.
    pub(crate) fn draws_arrivals(&self) -> bool {
        matches!(&self.arrivals, ArrivalPlan::Interarrival(_))
    }
}

/// What a run changes at a source.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct SourceState {
    interarrival: Stream,
    mix: Stream,
    batch_size: Stream,
    attributes: Stream,
    options: Stream,
    /// Parts that have arrived and wait outside, first come first.
    outside: std::collections::VecDeque<PartId>,
    /// The part on offer.
    on_offer: Option<PartId>,
    brought: u64,
    /// Whether the next arrival is not planned until the part on offer is in.
    paused: bool,
    /// Of an arrival that was drawn: since when it is waited for, when it is due, and its timer.
    coming: Option<(SimTime, SimTime, EventId)>,
    /// Arrivals so far, for types that come in turn.
    arrivals: u64,
    position: usize,
}
kernel::persist!(struct SourceState { interarrival, mix, batch_size, attributes, options, outside, on_offer, brought, paused, coming, arrivals, position });

impl ElementKind for Source {
    const NAME: &'static str = "Source";
    const TAKES_PARTS: bool = false;
    const EXAMPLE: &'static str = r#"Source(arrivals: Interarrival(Exponential("50 s")), part_type: {"red": 3, "white": 1}, limit: 1000, next: "mill")"#;
    const FACETS: &'static [&'static str] = &["calendar"];
    type Plan = SourcePlan;
    type State = SourceState;

    fn plan(&self, planner: &mut Planner<'_>) -> SourcePlan {
        let me = planner.me();
        let arrivals = match &self.arrivals {
            Arrivals::Interarrival(time) => ArrivalPlan::Interarrival(time.distribution().clone()),
            Arrivals::Table(table) => {
                let message = "this table of arrivals has no rows";
                refuse_if(table.rows.is_empty(), "arrivals", message, "no part would ever come", planner);
                ArrivalPlan::Table(plan_rows(table, planner))
            }
            Arrivals::Unlimited => ArrivalPlan::Unlimited,
            Arrivals::Population(size) => ArrivalPlan::Population(planner.at_least_one(*size, "Population")),
            Arrivals::Orders => ArrivalPlan::Orders(planner.releases_of(me)),
        };
        let is_never_any = self.batch_size.as_ref().is_some_and(|size| size.distribution().mean() <= 0.0);
        refuse_if(is_never_any, "batch_size", "`batch_size` is always 0", "no part would ever come", planner);
        refuse_idle_fields(self, planner);
        SourcePlan {
            arrivals,
            mix: plan_mix(self.part_type.as_ref(), &self.arrivals, planner),
            batch_size: self.batch_size.as_ref().map(|size| size.distribution().clone()),
            limit: self.limit.unwrap_or(u64::MAX),
            start: self.start,
            when_blocked: self.when_blocked.clone(),
            next: self.next.as_ref().map(|next| planner.destination(next)),
        }
    }

    fn can_follow(plan: &SourcePlan, before: &SourcePlan) -> Result<(), String> {
        match (&plan.arrivals, &before.arrivals) {
            (ArrivalPlan::Interarrival(_), ArrivalPlan::Interarrival(_)) => Ok(()),
            (after, before) if after == before => Ok(()),
            _ => {
                Err("what makes parts arrive cannot change during a run, only the law of the times between them"
                    .to_owned())
            }
        }
    }

    fn follows_routings(plan: &SourcePlan) -> bool {
        plan.next.is_none()
    }

    fn circulates(plan: &SourcePlan) -> bool {
        matches!(plan.arrivals, ArrivalPlan::Population(_))
    }

    fn door(_plan: &SourcePlan) -> Door {
        Door::Closed
    }

    fn begin(_plan: &SourcePlan, streams: &Streams<'_>) -> SourceState {
        SourceState {
            interarrival: streams.stream("interarrival"),
            mix: streams.stream("part_type"),
            batch_size: streams.stream("batch_size"),
            attributes: streams.stream("attributes"),
            options: streams.stream("options"),
            outside: std::collections::VecDeque::new(),
            on_offer: None,
            brought: 0,
            paused: false,
            coming: None,
            arrivals: 0,
            position: 0,
        }
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        floor.unit_mut(at.me).departs_straight = departs_straight(at.plan, floor);
        let start = at.plan.start;
        match &at.plan.arrivals {
            ArrivalPlan::Interarrival(time) => {
                let delay = start + time.sample_duration(&mut at.state.interarrival);
                await_arrival(at, floor, SimTime::ZERO + start, delay);
            }
            ArrivalPlan::Table(_) | ArrivalPlan::Orders(_) => schedule_next(at, floor),
            ArrivalPlan::Unlimited | ArrivalPlan::Population(_) => {
                floor.set_timer(at.me, start, ARRIVAL);
            }
        }
    }

    fn timer(mut at: At<'_, Self>, floor: &mut Floor<'_>, timer: u32) {
        at.state.coming = None;
        // Parts come in when the plant says so, and not when the model would have them come.
        if let (true, ArrivalPlan::Interarrival(_)) = (floor.unit(at.me).told.starts, &at.plan.arrivals) {
            return schedule_next(at, floor);
        }
        if timer == ARRIVAL && !floor.unit(at.me).is_open() && !matches!(at.plan.arrivals, ArrivalPlan::Orders(_)) {
            // Nothing arrives outside working hours; an arrival due then is skipped, as a closed gate would do.
            if let ArrivalPlan::Interarrival(_) = at.plan.arrivals {
                schedule_next(at, floor);
            }
            return;
        }
        match (timer, &at.plan.arrivals) {
            (ARRIVAL, ArrivalPlan::Interarrival(_)) => {
                let quantity = batch_size(&mut at);
                bring_usual(&mut at, floor, quantity);
                schedule_or_pause(at, floor);
            }
            (ARRIVAL, ArrivalPlan::Table(rows)) => {
                let Some(row) = rows.get(at.state.position) else { return };
                at.state.position += 1;
                let particulars = Particulars {
                    part_type: row.part_type,
                    priority: row.priority,
                    due: Some(row.due),
                    attributes: &row.attributes,
                    ..Particulars::default()
                };
                bring(&mut at, floor, row.quantity, &particulars);
                schedule_or_pause(at, floor);
            }
            (ORDER, ArrivalPlan::Orders(releases)) => {
                let Some(release) = releases.get(at.state.position).copied() else { return };
                at.state.position += 1;
                release_for_order(&mut at, floor, release);
                schedule_or_pause(at, floor);
            }
            (ARRIVAL, ArrivalPlan::Unlimited) => bring_usual(&mut at, floor, 1),
            (ARRIVAL, ArrivalPlan::Population(size)) => {
                let missing = u64::from(*size).saturating_sub(at.state.brought);
                bring_usual(&mut at, floor, missing as u32);
            }
            _ => {}
        }
    }

    fn departed(mut at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        if at.state.on_offer == Some(part) {
            at.state.on_offer = None;
            if matches!(at.plan.arrivals, ArrivalPlan::Unlimited)
                && at.state.outside.is_empty()
                && at.state.brought < at.plan.limit
                && floor.shop.agenda.is_empty()
                && floor.shop.is_quiet()
            {
                // The choice that it would ask for comes next in any case.
                return Self::dispatch(at, floor);
            }
            offer_next(&mut at, floor);
            if at.state.on_offer.is_none() && std::mem::take(&mut at.state.paused) {
                schedule_next(at, floor);
            }
        }
    }

    /// The part on offer is fetched: the next one may be.
    fn sent_for(at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        Self::departed(at, floor, part);
    }

    /// Room was found for the last part, or the working hours have begun again: the endless supply goes on.
    fn dispatch(mut at: At<'_, Self>, floor: &mut Floor<'_>) {
        if at.plan.when_blocked == WhenBlocked::Lose {
            turn_away(&mut at, floor);
        }
        let started = floor.now() - SimTime::ZERO >= at.plan.start;
        if let ArrivalPlan::Unlimited = at.plan.arrivals
            && started
            && at.state.on_offer.is_none()
        {
            if floor.unit(at.me).is_open() {
                bring_usual(&mut at, floor, 1);
            } else {
                // The last part has gone and no other may come: nothing of it is blocked any more.
                floor.set_operation(at.me, crate::state::State::Processing);
            }
        }
    }

    /// A part of the population was shipped: another one comes in.
    fn observe(mut at: At<'_, Self>, floor: &mut Floor<'_>, _watched: ElementIndex) {
        if let ArrivalPlan::Population(_) = at.plan.arrivals {
            bring_usual(&mut at, floor, 1);
        }
    }

    fn replanned(at: At<'_, Self>, floor: &mut Floor<'_>, _before: &SourcePlan) {
        floor.unit_mut(at.me).departs_straight = departs_straight(at.plan, floor);
    }

    fn command(mut at: At<'_, Self>, floor: &mut Floor<'_>, command: &Command) -> bool {
        let Command::Rush { quantity, part_type, priority } = command else { return false };
        let particulars = Particulars { part_type: *part_type, priority: *priority, ..Particulars::default() };
        // What is rushed goes in before what waited outside, the part on offer included.
        if let Some(part) = at.state.on_offer
            && floor.withdraw(part)
        {
            at.state.on_offer = None;
            at.state.outside.push_front(part);
        }
        let waiting = at.state.outside.len();
        create(&mut at, floor, *quantity, &particulars);
        at.state.outside.rotate_left(waiting);
        offer_next(&mut at, floor);
        true
    }

    /// A part was seen to come in.
    fn seen(at: At<'_, Self>, floor: &mut Floor<'_>, seen: Seen) -> Answer {
        match (seen, &at.plan.arrivals) {
            (Seen::Started, ArrivalPlan::Interarrival(_)) => {
                bring_next_now(at, floor);
                Answer::Done(Agreement::default())
            }
            _ => Answer::Refused(Refusal::NoSuchThing),
        }
    }

    /// The next arrival comes now, if it was drawn when it is to come.
    fn hasten(at: At<'_, Self>, floor: &mut Floor<'_>) -> Option<SimDuration> {
        let (_, due, _) = at.state.coming?;
        if at.state.brought >= at.plan.limit || !floor.unit(at.me).is_open() {
            return None;
        }
        bring_next_now(at, floor);
        Some(due - floor.now())
    }

    /// Draws anew when the next part arrives, given how long it has not, from the stream "interarrival".
    fn redraw(at: At<'_, Self>, floor: &mut Floor<'_>) {
        let (ArrivalPlan::Interarrival(law), Some((since, _, timer))) = (&at.plan.arrivals, at.state.coming) else {
            return;
        };
        let age = floor.now() - since;
        if age < SimDuration::ZERO {
            return;
        }
        floor.cancel(timer);
        let left = law.sample_residual(age, &mut at.state.interarrival);
        await_arrival(at, floor, since, left);
    }

    fn figures(plan: &SourcePlan, state: &SourceState, figures: &mut Figures<'_>) {
        figures.number("parts brought in", state.brought as f64);
        if let ArrivalPlan::Population(size) = plan.arrivals {
            figures.number(IN_CIRCULATION, f64::from(size));
        }
    }
}

/// What is special about parts that arrive.
#[derive(Debug, Clone, Copy, Default)]
struct Particulars<'a> {
    part_type: Option<PartTypeIndex>,
    priority: i32,
    due: Option<SimTime>,
    attributes: &'a [(usize, f64)],
    /// What is chosen of each option, 0 where chance decides.
    options: &'a [u16],
    release: Option<Release>,
}

/// Brings in what an order releases here, if its choices ask for it.
fn release_for_order(at: &mut At<'_, Source>, floor: &mut Floor<'_>, release: Release) {
    let model = floor.shop.model.clone();
    let order = &model.orders[release.order as usize];
    let options = floor.choices_of_order(release.order);
    let (part_type, quantity) = match release.material {
        None => {
            floor.shop.ledger.orders[release.order as usize].released = order.quantity;
            (order.part_type, order.quantity)
        }
        Some(line) => {
            let material = &model.part_type(order.part_type).bill_of_materials[line as usize];
            if !material.conditions.iter().all(|condition| condition.holds(|option| options[option])) {
                return;
            }
            (material.part_type, order.quantity.saturating_mul(material.amount))
        }
    };
    let particulars = Particulars {
        part_type: Some(part_type),
        priority: order.priority,
        due: Some(order.due),
        options: &options,
        release: Some(release),
        ..Particulars::default()
    };
    bring(at, floor, quantity, &particulars);
}

/// Whether a part that was on offer leaves without more to do than to offer the next one: no timer is set, and nobody is asked
/// where that part goes.
fn departs_straight(plan: &SourcePlan, floor: &Floor<'_>) -> bool {
    plan.when_blocked != WhenBlocked::Pause && plan.next.is_some_and(|next| floor.has_own_gate(next))
}

/// The next part arrives in `delay`; it has been waited for since `since`.
fn await_arrival(at: At<'_, Source>, floor: &mut Floor<'_>, since: SimTime, delay: SimDuration) {
    let due = floor.now().saturating_add(delay);
    at.state.coming = Some((since, due, floor.set_timer(at.me, delay, ARRIVAL)));
}

/// The part that would have arrived next arrives now.
fn bring_next_now(mut at: At<'_, Source>, floor: &mut Floor<'_>) {
    if let Some((_, _, timer)) = at.state.coming.take() {
        floor.cancel(timer);
    }
    let quantity = batch_size(&mut at);
    bring_usual(&mut at, floor, quantity);
    schedule_or_pause(at, floor);
}

fn batch_size(at: &mut At<'_, Source>) -> u32 {
    match &at.plan.batch_size {
        None => 1,
        Some(size) => size.sample(&mut at.state.batch_size).clamp(0.0, f64::from(u32::MAX)) as u32,
    }
}

/// Brings `quantity` parts to the gate of the plant and offers what waits there.
fn bring(at: &mut At<'_, Source>, floor: &mut Floor<'_>, quantity: u32, particulars: &Particulars<'_>) {
    create(at, floor, quantity, particulars);
    offer_next(at, floor);
}

/// Brings parts with nothing special about them. A single one need not line up where nothing else waits.
fn bring_usual(at: &mut At<'_, Source>, floor: &mut Floor<'_>, quantity: u32) {
    let usual = Particulars::default();
    if quantity != 1 || at.state.on_offer.is_some() || !at.state.outside.is_empty() {
        return bring(at, floor, quantity, &usual);
    }
    let part_type = draw_type(at);
    if let Some(part) = create_one(at, floor, part_type, &usual) {
        offer(at, floor, part);
    }
    offer_next(at, floor);
}

/// Lets `quantity` parts line up in front of the plant.
fn create(at: &mut At<'_, Source>, floor: &mut Floor<'_>, quantity: u32, particulars: &Particulars<'_>) {
    let part_type = match particulars.part_type {
        Some(part_type) => part_type,
        None => draw_type(at),
    };
    for _ in 0..quantity {
        let Some(part) = create_one(at, floor, part_type, particulars) else { return };
        at.state.outside.push_back(part);
    }
}

/// Lets a part appear in front of the plant; `None` if there are to be no more, or can be none.
#[inline(always)]
fn create_one(
    at: &mut At<'_, Source>,
    floor: &mut Floor<'_>,
    part_type: PartTypeIndex,
    particulars: &Particulars<'_>,
) -> Option<PartId> {
    if at.state.brought >= at.plan.limit && particulars.release.is_none() {
        return None;
    }
    at.state.brought += 1;
    let part = match at.plan.arrivals {
        ArrivalPlan::Unlimited => floor.create_outside(at.me, part_type),
        _ => floor.create_part(at.me, part_type),
    }?;
    if floor.shop.model.part_types[part_type.index()].has_options() {
        floor.choose_options(part, particulars.options, || at.state.options.uniform());
    }
    let type_attributes = &floor.shop.model.part_types[part_type.index()].attributes;
    for (index, law) in type_attributes.iter().enumerate() {
        if let Some(law) = law {
            let value = law.sample(&mut at.state.attributes);
            floor.shop.parts.attributes_mut(part)[index] = value;
        }
    }
    for (index, value) in particulars.attributes {
        floor.shop.parts.attributes_mut(part)[*index] = *value;
    }
    if particulars.priority != 0 {
        floor.shop.parts[part].priority = particulars.priority;
    }
    if let Some(due) = particulars.due {
        floor.shop.parts[part].due = due;
    }
    if let Some(Release { order, material }) = particulars.release {
        let ties = floor.shop.parts.ties_mut(part);
        *(if material.is_none() { &mut ties.order } else { &mut ties.material_of }) = Some(order);
        floor.count_steps_passed_over(part, 0);
    }
    if let ArrivalPlan::Population(_) = at.plan.arrivals {
        floor.shop.parts.ties_mut(part).homes.push(Home { source: at.me, part_type });
    }
    floor.enter(at.me, part);
    Some(part)
}

/// Offers a part while none is on offer.
#[inline(always)]
fn offer(at: &mut At<'_, Source>, floor: &mut Floor<'_>, part: PartId) {
    if floor.forward(at.me, part, at.plan.next) == Passage::Waiting {
        at.state.on_offer = Some(part);
    }
}

/// Offers waiting parts until one has to wait.
fn offer_next(at: &mut At<'_, Source>, floor: &mut Floor<'_>) {
    while at.state.on_offer.is_none() {
        let Some(part) = at.state.outside.pop_front() else {
            if let ArrivalPlan::Unlimited = at.plan.arrivals
                && at.state.brought < at.plan.limit
            {
                // Not at once: a plant that takes everything must not be fed without end within one call.
                floor.request_dispatch(at.me);
                return;
            }
            break;
        };
        offer(at, floor, part);
    }
    if at.plan.when_blocked == WhenBlocked::Lose && at.state.on_offer.is_some() {
        // A branch or a merge on the way has to be asked first.
        floor.request_dispatch(at.me);
    }
    say_whether_blocked(at, floor);
}

/// Turns away what is still on offer when everybody on the way has been asked, and all behind it. What is called for has a place, and
/// waits for a vehicle only.
fn turn_away(at: &mut At<'_, Source>, floor: &mut Floor<'_>) {
    let Some(part) = at.state.on_offer else { return };
    if floor.unit(at.me).to_fetch > 0 && floor.waits_for_vehicle(part) {
        return;
    }
    floor.withdraw(part);
    at.state.on_offer = None;
    lose(at, floor, part);
    while let Some(part) = at.state.outside.pop_front() {
        lose(at, floor, part);
    }
    say_whether_blocked(at, floor);
}

fn say_whether_blocked(at: &At<'_, Source>, floor: &mut Floor<'_>) {
    let operation =
        if at.state.on_offer.is_some() { crate::state::State::Blocked } else { crate::state::State::Processing };
    floor.set_operation(at.me, operation);
}

fn lose(at: &mut At<'_, Source>, floor: &mut Floor<'_>, part: PartId) {
    floor.unit_mut(at.me).counts.lost += 1;
    floor.leave(at.me, part);
    // Nobody calls for another part of a population: that would be lost at once as well, and so for ever.
    floor.parts_mut().ties_mut(part).homes.clear();
    floor.turn_away(at.me, part);
}

fn draw_type(at: &mut At<'_, Source>) -> PartTypeIndex {
    at.state.arrivals += 1;
    match &at.plan.mix {
        MixPlan::One(part_type) => *part_type,
        MixPlan::Weighted(weights) => {
            let draw = at.state.mix.uniform();
            let chosen = weights.iter().find(|(up_to, _)| draw < *up_to).or(weights.last());
            chosen.map_or(PartTypeIndex::default(), |(_, part_type)| *part_type)
        }
        MixPlan::Sequence(types) => types[((at.state.arrivals - 1) % types.len() as u64) as usize],
    }
}

/// Sets the timer of the next arrival, unless that pauses until the part on offer is in.
fn schedule_or_pause(at: At<'_, Source>, floor: &mut Floor<'_>) {
    at.state.paused = at.plan.when_blocked == WhenBlocked::Pause && at.state.on_offer.is_some();
    if !at.state.paused {
        schedule_next(at, floor);
    }
}

/// Sets the timer of the next arrival, if there is one to come.
fn schedule_next(at: At<'_, Source>, floor: &mut Floor<'_>) {
    if at.state.brought >= at.plan.limit && !matches!(at.plan.arrivals, ArrivalPlan::Orders(_)) {
        return;
    }
    let now = floor.now();
    let until = |time: SimTime| if time > now { time - now } else { SimDuration::ZERO };
    match &at.plan.arrivals {
        ArrivalPlan::Interarrival(time) => {
            let delay = time.sample_duration(&mut at.state.interarrival);
            await_arrival(at, floor, now, delay);
        }
        ArrivalPlan::Table(rows) => {
            if let Some(row) = rows.get(at.state.position) {
                floor.set_timer(at.me, until(row.at), ARRIVAL);
            }
        }
        ArrivalPlan::Orders(releases) => {
            if let Some(Release { order, .. }) = releases.get(at.state.position) {
                let release = floor.model().orders[*order as usize].release;
                floor.set_timer(at.me, until(release), ORDER);
            }
        }
        ArrivalPlan::Unlimited | ArrivalPlan::Population(_) => {}
    }
}
