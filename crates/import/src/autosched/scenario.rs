//! A fab written as a scenario: a tool group for each station family, a routing and its table for each route, a table of orders
//! and one of the lots that are there at the start.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Understood;
use super::decimal::Decimal;
use super::fab::{Due, Fab, Family, Order, Per, Product, Rank, Route, Step};
use super::time::{Span, date_text, spelled};
use crate::Imported;

/// What carries lots where the format knows no way: nothing, in no time.
const AT_HAND: &str = "at hand";

/// Writes the scenario called `name`, which was imported from `folder`.
pub(super) fn write(fab: &Fab, name: &str, folder: &str, wishes: &Understood<'_>, mut notes: Vec<String>) -> Imported {
    let start =
        fab.orders.iter().map(|order| order.start).chain(fab.lots.iter().map(|lot| lot.start)).min().unwrap_or(0);
    let file = |what: &str| format!("{name}_{what}.csv");
    let mut out = String::new();
    let tools: u32 = fab.families.iter().map(|family| family.tools).sum();
    // A text that is written to takes everything.
    let _ = write!(
        out,
        "// A fab of {tools} tools in {families} families, imported from {folder}: {lots} lots are in it at the start.\n\
         // Lots are parts, and wafers the pieces in them. Tools are ranked as the files say, {rule} after that.\n\
         //   linewright run {name}.ron\n\
         //   linewright run {name}.ron --set '*.ranking=[Priority, CriticalRatio]'\n\
         Scenario(\n    schema: 1,\n    name: {quoted},\n    clock: (start: \"{start}\", horizon: \"{horizon}\"),\n",
        families = fab.families.len(),
        lots = fab.lots.len(),
        rule = wishes.rule,
        quoted = quoted(name),
        start = date_text(start),
        horizon = spelled(wishes.horizon_seconds()),
    );
    out.push_str("    part_types: {\n");
    for (product, name) in products(fab) {
        let Product { route, priority, pieces, .. } = product;
        let _ = writeln!(
            out,
            "        {}: (routing: {}, priority: {priority}, pieces: {pieces}),",
            quoted(&name),
            quoted(route)
        );
    }
    out.push_str("    },\n    routings: {\n");
    let mut files = Vec::new();
    for route in &fab.routes {
        let (transport, table) = steps(fab, route, wishes);
        let table_name = file(&route.name);
        let _ = writeln!(
            out,
            "        {}: (steps: {}, transport: {}, then: \"stock\"),",
            quoted(&route.name),
            quoted(&table_name),
            quoted(&transport)
        );
        files.push((table_name, table));
    }
    let _ = write!(
        out,
        "    }},\n    orders: {},\n    work_in_progress: {},\n    elements: {{\n        \"release\": Source(arrivals: Orders),\n",
        quoted(&file("orders")),
        quoted(&file("work_in_progress"))
    );
    for way in &fab.ways {
        let _ =
            writeln!(out, "        {}: Delay(time: {}),", quoted(&way_name(&way.from, &way.to)), way.time.text("\""));
    }
    let unknown = unknown_ways(fab);
    if !unknown.is_empty() {
        let _ = writeln!(out, "        {}: Delay(time: \"0 s\"),", quoted(AT_HAND));
        let ways: Vec<String> = unknown.iter().map(|(from, to)| format!("{from} to {to}")).collect();
        let ways = ways.join(", ");
        notes.push(format!("fromto.txt: lots take no time on ways that it does not name (\"{AT_HAND}\"): {ways}"));
    }
    for family in &fab.families {
        group(&mut out, fab, family, wishes.rule);
    }
    out.push_str("        \"stock\": Sink(),\n    },\n)\n");
    files.push((file("orders"), orders(fab, start, wishes)));
    files.push((file("work_in_progress"), work_in_progress(fab, start, &mut notes)));
    files.insert(0, (format!("{name}.ron"), out));
    Imported { files, notes }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A cell of a table.
fn cell(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// What is made, with the names of these part types: that of the first order of it, if there is one.
fn products(fab: &Fab) -> Vec<(&Product, String)> {
    let mut all: Vec<(&Product, String)> = Vec::new();
    let ordered = fab.orders.iter().map(|order| (&order.product, order.name.text.clone()));
    let lying = fab.lots.iter().map(|lot| {
        let Product { part, priority, pieces, .. } = &lot.product;
        (&lot.product, format!("{part}, {pieces} pieces of priority {priority}"))
    });
    for (product, name) in ordered.chain(lying) {
        if !all.iter().any(|(other, _)| *other == product) {
            all.push((product, name));
        }
    }
    all
}

fn type_name(fab: &Fab, product: &Product) -> String {
    products(fab).into_iter().find(|(other, _)| *other == product).map_or_else(String::new, |(_, name)| name)
}

fn way_name(from: &str, to: &str) -> String {
    format!("{from} to {to}")
}

/// The places of the step before, and of this one.
fn places<'f>(fab: &'f Fab, route: &Route, index: usize) -> (&'f str, &'f str) {
    let place = |step: &Step| {
        let family = fab.families.iter().find(|family| family.name.text == step.family.text);
        family.map_or("", |family| family.place.as_str())
    };
    (place(&route.steps[index - 1]), place(&route.steps[index]))
}

/// What carries lots to a step from the one before.
fn via(fab: &Fab, route: &Route, index: usize) -> String {
    let (from, to) = places(fab, route, index);
    let way = fab.ways.iter().find(|way| way.from == from && way.to == to);
    way.map_or_else(|| AT_HAND.to_owned(), |way| way_name(&way.from, &way.to))
}

/// From where to where lots go on ways that are not known, as people read it.
fn unknown_ways(fab: &Fab) -> BTreeSet<(String, String)> {
    let named = |place: &str| if place.is_empty() { "no place".to_owned() } else { quoted(place) };
    let all = fab.routes.iter().flat_map(|route| (1..route.steps.len()).map(move |index| (route, index)));
    all.filter(|(route, index)| via(fab, route, *index) == AT_HAND)
        .map(|(route, index)| places(fab, route, index))
        .map(|(from, to)| (named(from), named(to)))
        .collect()
}

/// The table of a route, without the columns in which nothing stands; and what carries lots to most of its steps.
fn steps(fab: &Fab, route: &Route, wishes: &Understood<'_>) -> (String, String) {
    let ways: Vec<String> = (1..route.steps.len()).map(|index| via(fab, route, index)).collect();
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    ways.iter().for_each(|way| *uses.entry(way).or_default() += 1);
    let most = uses.iter().max_by_key(|(_, count)| **count).map_or(AT_HAND, |(way, _)| *way);
    let named = |number: &str| {
        let step = route.steps.iter().find(|step| step.number.text == number);
        step.map_or_else(String::new, |step| step.name.clone())
    };
    let heads = [
        "name",
        "at",
        "process_time",
        "per",
        "interval",
        "batch_minimum",
        "batch_maximum",
        "setup",
        "same_tool_as",
        "via",
        "sampled",
        "rework",
        "rework_to",
        "queue_time",
        "queue_time_to",
    ];
    let rows: Vec<[String; 15]> = route
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| {
            let saved = route
                .steps
                .iter()
                .find(|other| other.saves_for.as_ref().is_some_and(|number| number.text == step.number.text));
            let span = |span: Option<Span>| span.map(Span::text).unwrap_or_default();
            let (minimum, maximum) = step.batch.map_or_else(Default::default, |(minimum, maximum)| {
                let minimum = if wishes.full_batches { maximum } else { minimum };
                (minimum.to_string(), maximum.to_string())
            });
            let way = index.checked_sub(1).map_or("", |before| ways[before].as_str());
            [
                step.name.clone(),
                step.family.text.clone(),
                step.time.text(""),
                if step.per == Per::Piece { "Piece".to_owned() } else { String::new() },
                span(step.interval),
                minimum,
                maximum,
                step.setup.clone().unwrap_or_default(),
                saved.map_or_else(String::new, |other| other.name.clone()),
                if way == most { String::new() } else { way.to_owned() },
                step.sampled.map(|share| share.to_string()).unwrap_or_default(),
                step.rework.as_ref().map(|(share, _)| share.to_string()).unwrap_or_default(),
                step.rework.as_ref().map(|(_, to)| named(&to.text)).unwrap_or_default(),
                span(step.queue_time.as_ref().map(|(span, _)| *span)),
                step.queue_time.as_ref().map(|(_, to)| named(&to.text)).unwrap_or_default(),
            ]
        })
        .collect();
    let used: Vec<usize> = (0..heads.len()).filter(|column| rows.iter().any(|row| !row[*column].is_empty())).collect();
    let line =
        |of: &dyn Fn(usize) -> String| used.iter().map(|column| of(*column)).collect::<Vec<_>>().join(",") + "\n";
    let mut table = line(&|column| heads[column].to_owned());
    for row in &rows {
        table.push_str(&line(&|column| cell(&row[column])));
    }
    (most.to_owned(), table)
}

/// A family as a tool group.
fn group(out: &mut String, fab: &Fab, family: &Family, rule: &str) {
    let steps: Vec<&Step> =
        fab.routes.iter().flat_map(|route| &route.steps).filter(|step| step.family.text == family.name.text).collect();
    let mut field = |name: &str, text: String| {
        let _ = writeln!(out, "            {name}: {text},");
    };
    let ranking = family.ranks.iter().map(|rank| match rank {
        Rank::Priority => "Priority",
        Rank::Setup => "SetupAvoiding",
        Rank::Fifo => rule,
    });
    field("tools", family.tools.to_string());
    field("ranking", format!("[{}]", ranking.collect::<Vec<_>>().join(", ")));
    let batches = || steps.iter().filter_map(|step| step.batch);
    if let (Some(least), Some(most)) =
        (batches().map(|(minimum, _)| minimum).min(), batches().map(|(_, maximum)| maximum).max())
    {
        field("batch", format!("(minimum: {least}, maximum: {most}, counted_in: Pieces)"));
    }
    if family.load.number > Decimal::ZERO || family.unload.number > Decimal::ZERO {
        let beside = if family.ports > 1 { ", occupies: false" } else { "" };
        field("handling", format!("(load: \"{}\", unload: \"{}\"{beside})", family.load.text(), family.unload.text()));
    }
    if let Some(setup) = setup(fab, family, &steps) {
        field("setup", setup);
    }
    let breakdowns = fab.breakdowns.iter().filter(|breakdown| family.is_meant(&breakdown.target));
    let breakdowns: Vec<String> = breakdowns
        .map(|breakdown| {
            let clock = if breakdown.is_by_calendar { "clock: CalendarTime, " } else { "" };
            let (between, duration) = (breakdown.between.text("\""), breakdown.duration.text("\""));
            format!("({clock}time_to_failure: {between}, time_to_repair: {duration})")
        })
        .collect();
    if !breakdowns.is_empty() {
        field("failures", format!("[{}]", breakdowns.join(", ")));
    }
    let tasks = fab.maintenance.iter().filter(|task| family.is_meant(&task.target)).map(|task| {
        let due = match &task.due {
            Due::Calendar(every, first) => format!("every: \"{}\", first: \"{}\"", every.text(), first.text()),
            Due::Pieces(every, first) => format!("pieces: {every}, first_pieces: {first}"),
        };
        format!("                ({due}, duration: {}), // {}\n", task.duration.text("\""), task.name)
    });
    let tasks: String = tasks.collect();
    if !tasks.is_empty() {
        field("maintenance", format!("[\n{tasks}            ]"));
    }
    let whole = std::mem::take(out);
    let (before, fields) = whole.split_at(whole.rfind("            tools: ").unwrap_or(0));
    let _ = write!(out, "{before}        {}: ToolGroup(\n{fields}        ),\n", quoted(&family.name.text));
}

/// The changeovers of a family between the setups that its steps ask for.
fn setup(fab: &Fab, family: &Family, steps: &[&Step]) -> Option<String> {
    let asked: BTreeSet<&str> = steps.iter().filter_map(|step| step.setup.as_deref()).collect();
    if asked.is_empty() {
        return None;
    }
    let mut matrix: BTreeMap<&str, BTreeMap<&str, Span>> = BTreeMap::new();
    for change in &fab.changeovers {
        let from = change.from.as_deref().unwrap_or("*");
        if asked.contains(change.to.as_str()) && (from == "*" || asked.contains(from)) {
            matrix.entry(from).or_default().insert(&change.to, change.time);
        }
    }
    for step in steps {
        if let (Some(setup), Some(time)) = (&step.setup, step.setup_time) {
            matrix.entry("*").or_default().insert(setup, time);
        }
    }
    let runs = fab.minimum_runs.iter().filter(|run| family.is_of_setup_group(&run.group)).map(|run| run.jobs);
    let least = runs.max().map_or_else(String::new, |jobs| format!(", minimum_run: {jobs}"));
    let rows = matrix.iter().map(|(from, row)| {
        let cells: Vec<String> = row.iter().map(|(to, time)| format!("{}: \"{}\"", quoted(to), time.text())).collect();
        format!("                {}: {{{}}},\n", quoted(from), cells.join(", "))
    });
    Some(format!("(by: Step{least}, matrix: {{\n{}            }})", rows.collect::<String>()))
}

/// All lots that are started before the end.
fn orders(fab: &Fab, start: i64, wishes: &Understood<'_>) -> String {
    let mut rows: Vec<(Decimal, usize, String)> = Vec::new();
    for (index, order) in fab.orders.iter().enumerate() {
        let Order { name, product, lots, .. } = order;
        let (first, due) = (Decimal::whole(order.start - start), Decimal::whole(order.due - start));
        let every = order.every.map_or(Decimal::ZERO, Span::seconds);
        let times = order.every.map_or(1, |_| order.times);
        for time in 0..times {
            let later = every * i64::from(time);
            let release = first + later;
            if release >= wishes.horizon_seconds() {
                break;
            }
            let row = format!(
                "{},{},{lots},{},{},release\n",
                cell(&format!("{} {}", name.text, time + 1)),
                cell(&type_name(fab, product)),
                spelled(release),
                spelled(due + later)
            );
            rows.push((release, index, row));
        }
    }
    rows.sort();
    let rows: String = rows.into_iter().map(|(_, _, row)| row).collect();
    format!("name,part_type,quantity,release,due,source\n{rows}")
}

/// The lots that are there at the start, as old as lots of their kind are that have to be done when they have.
fn work_in_progress(fab: &Fab, start: i64, notes: &mut Vec<String>) -> String {
    let mut table = "part_type,step,due,age\n".to_owned();
    let (mut unknown, mut early, mut late, mut later) = (0, 0, 0, 0);
    for lot in &fab.lots {
        let lead = fab.orders.iter().find(|order| order.product == lot.product).map(|order| order.due - order.start);
        let left = lot.due - start;
        unknown += u32::from(lead.is_none());
        early += u32::from(lead.is_some_and(|lead| lead < left));
        late += u32::from(left < 0);
        later += u32::from(lot.start > start);
        let age = lead.map_or(0, |lead| (lead - left).max(0));
        let step = fab
            .routes
            .iter()
            .find(|route| route.name == lot.product.route)
            .and_then(|route| route.steps.iter().find(|step| step.number.text == lot.step.text));
        let _ = writeln!(
            table,
            "{},{},{},{}",
            cell(&type_name(fab, &lot.product)),
            cell(step.map_or("", |step| step.name.as_str())),
            spelled(Decimal::whole(left.max(0))),
            spelled(Decimal::whole(age))
        );
    }
    if !fab.lots.is_empty() {
        notes.push(
            "WIP.txt does not say when its lots were started: each is as old as it is if lots of its kind have as much time until \
             they are due as order.txt gives them"
                .to_owned(),
        );
    }
    for (count, what) in [
        (unknown, "are of a kind that no order is of, and have no age"),
        (early, "have more time than order.txt gives lots of their kind, and are new"),
        (late, "were due before the start, and are due at it"),
        (later, "have a later START than others, and are there at the start all the same"),
    ] {
        if count > 0 {
            let lots = if count == 1 { "1 lot".to_owned() } else { format!("{count} lots") };
            notes.push(format!("WIP.txt ({lots}): these {what}"));
        }
    }
    table
}
