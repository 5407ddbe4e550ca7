//! Reads a distribution from a node: a value alone, a law with its parameters, or a list of values.
//!
//! What the kernel would refuse is found here first, where the argument that is wrong can be pointed at in the author's
//! own words and units; the kernel's check stands behind it.

use std::sync::Arc;

use kernel::{Distribution, SimDuration};

use super::super::choice::Choice;
use super::super::codes;
use super::super::complaint::Complaint;
use super::super::dimension::DURATION;
use super::super::fields::FieldSet;
use super::super::node::{Node, Value};
use super::super::quantity::read_quantity;
use super::super::ratio::Ratio;
use super::super::reader::Reader;
use super::super::scalar::wrong_type;
use super::super::table::{Table, split_heading, with_unit};
use super::laws::{self, Demand, Law, Parameter, ParameterKind};
use super::measure::Measure;

/// Most values between the bounds of a `Uniform` of counts.
const WIDEST_UNIFORM: f64 = 1e6;

pub(super) fn read(node: &Node, measure: Measure, reader: &mut Reader<'_>) -> Option<Distribution> {
    match &node.value {
        Value::Text(_) | Value::Integer(_) | Value::Float(_) => {
            measure.read_value(node, reader).map(Distribution::Constant)
        }
        _ if node.name().is_some() => {
            let choice = Choice::of(node, measure.name(), &measure.words(), reader)?;
            match choice.variant() {
                "Empirical" => empirical(&choice, measure, reader),
                "Discrete" => discrete(&choice, measure, reader),
                word => with_parameters(&choice, laws::law(word)?, node, measure, reader),
            }
        }
        _ => {
            let examples = match measure {
                Measure::Time => "\"45 s\" or Exponential(\"6 h\")",
                Measure::Number => "4.5 or Uniform(1.0, 2.0)",
                Measure::Count => "3 or Uniform(1, 6)",
            };
            let expected = format!("a {}", measure.name());
            reader.complain(wrong_type(node, &expected).help(format!("write for example {examples}")));
            None
        }
    }
}

fn with_parameters(
    choice: &Choice<'_>,
    law: &'static Law,
    node: &Node,
    measure: Measure,
    reader: &mut Reader<'_>,
) -> Option<Distribution> {
    let declared: Vec<(&'static str, bool)> = law.parameters.iter().map(|parameter| (parameter.name, true)).collect();
    let before = reader.said();
    let set = choice.arguments(&declared, reader)?;
    // Every parameter is read before any is missed, so that each can complain.
    let values: Vec<Option<f64>> =
        law.parameters.iter().map(|parameter| value_of(parameter, law, &set, measure, reader)).collect();
    let values: Vec<f64> = values.into_iter().collect::<Option<Vec<f64>>>()?;
    complain_of_order(law, &values, &set, reader);
    // One argument too many is complained of, and its value is not a value of the law.
    if reader.said() > before {
        return None;
    }
    let distribution = law.build(&values)?;
    if let Err(reason) = distribution.validate() {
        // The kernel's reasons begin with the parameter's name in backquotes.
        let named = reason.split('`').nth(1).and_then(|name| set.get(name));
        let origin = named.map_or(node.origin, |argument| argument.origin);
        reader.complain(Complaint::new(&codes::WRONG_PARAMETERS, origin, reason).label("makes no distribution"));
        return None;
    }
    match (measure, &distribution) {
        (Measure::Count, Distribution::Uniform { min, max }) => counts_between(*min, *max, node, reader),
        _ => Some(distribution),
    }
}

/// Every whole number from `min` to `max`, each equally likely.
fn counts_between(min: f64, max: f64, node: &Node, reader: &mut Reader<'_>) -> Option<Distribution> {
    if max - min >= WIDEST_UNIFORM {
        let message = format!("there are more than {WIDEST_UNIFORM} counts between these bounds");
        reader.complain(
            Complaint::new(&codes::OUT_OF_RANGE, node.origin, message).label("expected bounds closer together"),
        );
        return None;
    }
    Some(Distribution::Empirical((min as u32..=max as u32).map(f64::from).collect()))
}

fn value_of(
    parameter: &Parameter,
    law: &Law,
    set: &FieldSet<'_>,
    measure: Measure,
    reader: &mut Reader<'_>,
) -> Option<f64> {
    let name = parameter.name;
    let value = match (parameter.kind, measure) {
        (ParameterKind::Value, Measure::Time) => set.required::<SimDuration>(name, reader)?.as_nanos() as f64,
        (ParameterKind::Value, Measure::Number) | (ParameterKind::Number, _) => set.required::<f64>(name, reader)?,
        (ParameterKind::Value, Measure::Count) | (ParameterKind::Whole, _) => {
            f64::from(set.required::<u32>(name, reader)?)
        }
        (ParameterKind::Probability, _) => set.required::<Ratio>(name, reader)?.value(),
    };
    let (demanded, expected) = match parameter.demand {
        Demand::Positive if value <= 0.0 => ("must be above 0", "expected more than 0"),
        Demand::NotNegative if value < 0.0 => ("must not be negative", "expected 0 or more"),
        _ => return Some(value),
    };
    let origin = set.get(name).map_or(set.name_origin(), |argument| argument.origin);
    reader.complain(
        Complaint::new(&codes::WRONG_PARAMETERS, origin, format!("`{name}` of {} {demanded}", law.name))
            .label(expected),
    );
    None
}

fn complain_of_order(law: &Law, values: &[f64], set: &FieldSet<'_>, reader: &mut Reader<'_>) {
    let value = |name: &str| {
        let index = law.parameters.iter().position(|parameter| parameter.name == name)?;
        values.get(index).copied()
    };
    for pair in law.ascending.windows(2) {
        let [low, high] = pair else { continue };
        if value(low) <= value(high) {
            continue;
        }
        let origin = |name: &str| set.get(name).map_or(set.name_origin(), |argument| argument.origin);
        reader.complain(
            Complaint::new(
                &codes::WRONG_PARAMETERS,
                origin(low),
                format!("`{low}` of {} is above its `{high}`", law.name),
            )
            .label(format!("must not be above `{high}`"))
            .help(format!("the order is {}", law.ascending.join(", ")))
            .related(origin(high), format!("`{high}` is here")),
        );
    }
}

fn discrete(choice: &Choice<'_>, measure: Measure, reader: &mut Reader<'_>) -> Option<Distribution> {
    let set = choice.arguments(&[("values", true)], reader)?;
    let pairs: Vec<(f64, f64)> = match measure {
        Measure::Time => set
            .required::<Vec<(SimDuration, f64)>>("values", reader)?
            .into_iter()
            .map(|(time, weight)| (time.as_nanos() as f64, weight))
            .collect(),
        Measure::Number => set.required("values", reader)?,
        Measure::Count => set
            .required::<Vec<(u32, f64)>>("values", reader)?
            .into_iter()
            .map(|(count, weight)| (f64::from(count), weight))
            .collect(),
    };
    let list = set.get("values")?;
    let mut sound = true;
    if let Value::List(items) = &list.value {
        for (item, (_, weight)) in items.iter().zip(&pairs) {
            if *weight < 0.0 {
                let origin = match &item.value {
                    Value::Call { arguments, .. } => arguments.get(1).map_or(item.origin, |weight| weight.origin),
                    _ => item.origin,
                };
                reader.complain(
                    Complaint::new(&codes::WRONG_PARAMETERS, origin, format!("the weight {weight:?} is negative"))
                        .label("expected a weight of 0 or above"),
                );
                sound = false;
            }
        }
    }
    if !sound {
        return None;
    }
    let distribution = Distribution::Discrete(Arc::from(pairs));
    checked(distribution, list, reader)
}

fn checked(distribution: Distribution, node: &Node, reader: &mut Reader<'_>) -> Option<Distribution> {
    match distribution.validate() {
        Ok(()) => Some(distribution),
        Err(reason) => {
            let complaint = Complaint::new(&codes::WRONG_PARAMETERS, node.origin, reason);
            reader.complain(complaint.label("makes no distribution"));
            None
        }
    }
}

fn empirical(choice: &Choice<'_>, measure: Measure, reader: &mut Reader<'_>) -> Option<Distribution> {
    let declared = [("from", true), ("column", false), ("unit", false)];
    // Only times have units.
    let declared = if measure == Measure::Time { &declared[..] } else { &declared[..2] };
    let set = choice.arguments(declared, reader)?;
    let column = set.optional::<Option<String>>("column", || None, reader);
    let unit = set.optional::<Option<String>>("unit", || None, reader);
    let Some(from) = set.get("from") else {
        // Complains that it is missing.
        return set.required::<Vec<f64>>("from", reader).and(None);
    };
    let values: Vec<f64> = match &from.value {
        Value::Text(path) => {
            let (column, unit) = (column?, unit?);
            if let (Some(unit), Some(node)) = (&unit, set.get("unit")) {
                // A unit that is wrong is complained of once, and not for each cell.
                read_quantity(&Node::text(&format!("1 {unit}")).at(node.origin), &DURATION, reader)?;
            }
            let table = reader.table(path, from.origin)?;
            let index = column_index(&table, column.as_deref(), from, &set, reader)?;
            observed(&table, index, unit.as_deref(), measure, reader)?
        }
        Value::List(items) => {
            if let Some(argument) = set.get("column").or(set.get("unit")) {
                reader.complain(
                    Complaint::new(&codes::WRONG_ARGUMENTS, argument.origin, "a list has no columns")
                        .label("belongs to a CSV file"),
                );
                return None;
            }
            // All items are read before any is missed, so that each can complain.
            let values: Vec<Option<f64>> = items.iter().map(|item| measure.read_value(item, reader)).collect();
            values.into_iter().collect::<Option<Vec<f64>>>()?
        }
        _ => {
            reader.complain(wrong_type(from, "a list of values or the path of a CSV file"));
            return None;
        }
    };
    if values.is_empty() {
        reader.complain(
            Complaint::new(&codes::EMPTY, from.origin, "there are no values to draw from")
                .label("expected at least one value"),
        );
        return None;
    }
    checked(Distribution::Empirical(Arc::from(values)), from, reader)
}

fn column_index(
    table: &Table,
    column: Option<&str>,
    from: &Node,
    set: &FieldSet<'_>,
    reader: &mut Reader<'_>,
) -> Option<usize> {
    let found = match column {
        Some(name) => table.column(name, set.get("column").map_or(from.origin, |node| node.origin)),
        None if table.columns.len() == 1 => Ok(0),
        None => {
            let count = table.columns.len();
            Err(Complaint::new(&codes::MISSING_COLUMN, from.origin, format!("this table has {count} columns"))
                .label("expected the column to be named")
                .help(table.columns_in_words()))
        }
    };
    found.map_err(|complaint| reader.complain(complaint)).ok()
}

fn observed(
    table: &Table,
    index: usize,
    unit: Option<&str>,
    measure: Measure,
    reader: &mut Reader<'_>,
) -> Option<Vec<f64>> {
    let heading = table.columns.get(index).and_then(|column| split_heading(column).1);
    let unit = unit.or(heading).filter(|_| measure == Measure::Time);
    let read = |row: &Vec<Node>| {
        let cell = row.get(index)?;
        match unit {
            Some(unit) => measure.read_cell(&with_unit(cell, unit), reader),
            None => measure.read_cell(cell, reader),
        }
    };
    let values: Vec<Option<f64>> = table.rows.iter().map(read).collect();
    values.into_iter().collect()
}
