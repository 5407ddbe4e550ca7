//! Orders: what is to be made, when, and what is chosen of it.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{SimDuration, SimTime};

use super::schedule::{OperationDescription, ScheduleDescription};
use crate::availability::instant::{DueDate, Moment, StartInstant};
use crate::control::options;
use crate::description::{
    Complaint, Describe, Fields, Map, Name, Node, Reader, Shape, Table, Value, codes, describe, nearest_word,
};
use crate::model::{OrderInfo, PartTypeInfo};
use crate::plan::Planner;

describe! {
    /// An order: a number of parts of one type, released together.
    pub struct OrderDescription {
        /// Its name.
        name: String,
        /// What is to be made.
        part_type: Name,
        /// How many.
        quantity: u32 = 1,
        /// When it may begin.
        release: Moment = Moment::START,
        /// When it is due.
        due: Option<DueDate> = None,
        /// Urgency; larger is served first where priorities count.
        priority: i32 = 0,
        /// The source that releases it.
        source: Name,
        /// What is chosen of its parts, by option; the rest by chance, the same for all parts of the order. In a table each option
        /// has a column of its name.
        options: Map<Name> = Map::default(),
    }
}

/// The orders of a plant: a list, or the name of a CSV file whose columns are the fields of an order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Orders(pub Vec<OrderDescription>);

impl Describe for Orders {
    fn shape() -> Shape {
        Shape::one_of(
            "Orders",
            "A list of orders, or the name of a CSV file beside the scenario whose columns are the fields of an order, and options \
             of the parts.",
            &[r#"[(name: "A-1", part_type: "red", quantity: 20, due: "3 d", source: "release")]"#, r#""orders.csv""#],
            vec![OrderDescription::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Text(path) => {
                let table = reader.table(path, node.origin)?;
                read_table(&table, node, reader).map(Orders)
            }
            _ => Some(Orders(Vec::read(node, reader)?)),
        }
    }
}

/// Columns that are not called like a field, nor nearly so, are options.
fn read_table(table: &Table, node: &Node, reader: &mut Reader<'_>) -> Option<Vec<OrderDescription>> {
    let names: Vec<&str> = table.column_names().collect();
    let known = || OrderDescription::NAMES.iter().copied();
    let is_field = |column: &usize| {
        let name = names[*column];
        known().any(|field| field == name) || nearest_word(name, known()).is_some()
    };
    let (fields, options): (Vec<usize>, Vec<usize>) = (0..names.len()).partition(is_field);
    let pick = |cells: &[Node]| fields.iter().map(|column| cells[*column].clone()).collect::<Vec<Node>>();
    let of_fields = Table { columns: pick(&table.columns), rows: table.rows.iter().map(|row| pick(row)).collect() };
    let of_options = options.iter().map(|column| table.columns[*column].clone()).collect();
    let is_sound = Table { columns: of_options, rows: Vec::new() }.check_once(reader);
    let mut orders: Vec<OrderDescription> =
        of_fields.read_rows("an order", node.origin, reader).filter(|_| is_sound)?;
    for (order, row) in orders.iter_mut().zip(&table.rows) {
        let chosen = options.iter().filter_map(|column| {
            let Value::Text(choice) = &row[*column].value else { return None };
            let option = Name::new(names[*column], table.columns[*column].origin);
            // An empty cell leaves the choice to chance.
            (!choice.trim().is_empty()).then(|| (option, Name::new(choice.trim(), row[*column].origin)))
        });
        order.options = order.options.iter().cloned().chain(chosen).collect();
    }
    Some(orders)
}

/// Resolves orders, in the order of their release.
pub(super) fn plan(
    orders: &[&OrderDescription],
    start: StartInstant,
    part_types: &[PartTypeInfo],
    planner: &mut Planner<'_>,
) -> Vec<OrderInfo> {
    check(orders, planner);
    let resolve = |order: &&OrderDescription| OrderInfo {
        name: order.name.as_str().into(),
        options: options::plan_choices(&order.options, &order.part_type, part_types, planner),
        part_type: planner.part_type(&order.part_type),
        quantity: order.quantity,
        release: planner.time(order.release.since(start)),
        due: order.due.map_or(SimTime::MAX, |due| planner.time(due.since(start))),
        priority: order.priority,
        source: planner.element_of(&order.source, &["Source"]),
    };
    orders.iter().map(resolve).collect()
}

/// Complains of orders that share a name, by which schedules, results and what is left to chance know them, and of orders of nothing.
fn check(orders: &[&OrderDescription], planner: &mut Planner<'_>) {
    let mut names = BTreeSet::new();
    for order in orders {
        let origin = order.part_type.origin();
        if !names.insert(order.name.as_str()) {
            let message = format!("two orders are called \"{}\"", order.name);
            let help = "give this one another name, or the other one a larger `quantity`".to_owned();
            planner.complain(&codes::DUPLICATE, origin, message, "this is the second one", Some(help));
        }
        if order.quantity == 0 {
            let message = format!("the `quantity` of order \"{}\" is 0", order.name);
            let help = "say how many parts it is for, or take it out".to_owned();
            planner.complain(&crate::codes::CONTRADICTION, origin, message, "nothing is to be made", Some(help));
        }
    }
}

/// Warnings of orders that are due before anything of them can be made, and of operations of a schedule that come before the release of their order.
pub(super) fn warnings(
    orders: &[OrderDescription],
    schedule: Option<&ScheduleDescription>,
    start: StartInstant,
) -> Vec<Complaint> {
    let released = |order: &OrderDescription| order.release.since(start).unwrap_or_default();
    let warn = |name: &Name, message: String, help: &str| {
        Complaint::new(&crate::codes::BEFORE_THE_RELEASE, name.origin(), message)
            .label("played as it is written")
            .help(help)
    };
    let haste = |order: &OrderDescription| {
        let (release, due) = (released(order), order.due?.since(start).ok()?);
        // What is overdue when a run begins is nothing strange.
        let is_late = release > SimDuration::ZERO && due <= release;
        let message = || match release - due {
            SimDuration::ZERO => format!("order \"{}\" is due at the very instant at which it may begin", order.name),
            before => format!("order \"{}\" is due {before} before it may begin", order.name),
        };
        is_late.then(|| warn(&order.part_type, message(), "let `due` be after `release`"))
    };
    let by_name: BTreeMap<&str, &OrderDescription> = orders.iter().map(|order| (order.name.as_str(), order)).collect();
    let early = |operation: &OperationDescription| {
        let release = released(by_name.get(operation.order.text())?);
        let begins = operation.start.since(start).ok()?;
        let message = || {
            let before = release - begins;
            format!("this operation begins {before} before order \"{}\" is released", operation.order.text())
        };
        (begins < release).then(|| warn(&operation.order, message(), "let it begin later, or release the order before"))
    };
    let operations = schedule.map_or(&[][..], |schedule| &schedule.operations.0);
    orders.iter().filter_map(haste).chain(operations.iter().filter_map(early)).collect()
}
