//! KPIs as columns: the same ones in the same order for every run of a plant, so that runs can be tallied side by side.

use std::fmt;
use std::sync::Arc;

use super::{Definition, Formula, Quantity, Subjects, carrier, element, order, plant};
use crate::model::Model;
use crate::report::Report;

/// One KPI of one subject of a plant.
#[derive(Debug, Clone)]
pub struct Column {
    /// What it is.
    pub definition: &'static Definition,
    /// What it measures, of costs with the currency of the plant.
    pub quantity: Quantity,
    /// The element, part type, energy carrier or order it belongs to; `None` for the plant itself.
    pub subject: Option<Arc<str>>,
}

impl PartialEq for Column {
    /// The same KPI of the same subject: a plant without a tariff has no currency, and its costs are those of one that has.
    fn eq(&self, other: &Self) -> bool {
        self.definition == other.definition && self.subject == other.subject
    }
}

impl fmt::Display for Column {
    /// The address of the KPI: `throughput`, `oee@mill`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            None => formatter.write_str(self.definition.key),
            Some(subject) => write!(formatter, "{}@{subject}", self.definition.key),
        }
    }
}

/// Every KPI there may be in a run of a plant with that model: those of the plant, of the part types by name, of the
/// energy carriers by name, of the elements by name, tools only of groups that say so, and of orders by release where the plant keeps to a schedule. Some are undefined in every run ([`values`]).
#[must_use]
pub fn columns(model: &Model) -> Vec<Column> {
    fn all<S: Subjects>(
        formulas: &'static [Formula<S>],
        subject: Option<&Arc<str>>,
        model: &Model,
    ) -> impl Iterator<Item = Column> {
        let subject = subject.cloned();
        let currency = model.currency().cloned();
        formulas.iter().map(move |Formula { definition, .. }| {
            let quantity = Quantity::of(definition.measure, currency.as_deref());
            Column { definition, quantity, subject: subject.clone() }
        })
    }
    let studied = model.elements.iter().filter(|element| element.is_studied);
    let mut names: Vec<&Arc<str>> = studied.map(|element| &element.name).collect();
    names.sort();
    let part_types = model.part_types.iter().map(|part_type| &part_type.name);
    let mut columns: Vec<Column> = all(plant::FORMULAS, None, model).collect();
    columns.extend(part_types.flat_map(|name| all(plant::PART_TYPE_FORMULAS, Some(name), model)));
    let carriers = model.supply.carriers.iter().map(|carrier| &carrier.name);
    columns.extend(carriers.flat_map(|name| all(carrier::FORMULAS, Some(name), model)));
    columns.extend(names.into_iter().flat_map(|name| all(element::FORMULAS, Some(name), model)));
    if model.schedule.is_some() {
        columns.extend(model.orders.iter().flat_map(|info| all(order::ORDER_FORMULAS, Some(&info.name), model)));
    }
    columns
}

/// The values of [`columns`] in one run, in their order; NaN where a KPI is undefined or means nothing for its subject.
#[must_use]
pub fn values(report: &Report) -> Vec<f64> {
    fn read<S: Subjects>(formulas: &'static [Formula<S>], subject: &S::Subject<'_>, values: &mut Vec<f64>) {
        values.extend(formulas.iter().map(|formula| {
            let value = if (formula.applies)(subject) { (formula.read)(subject).value } else { None };
            value.filter(|value| value.is_finite()).unwrap_or(f64::NAN)
        }));
    }
    let mut values = Vec::new();
    read(plant::FORMULAS, &plant::subject(report), &mut values);
    for part_type in &report.part_types {
        read(plant::PART_TYPE_FORMULAS, &plant::type_subject(part_type, report), &mut values);
    }
    for carrier in &report.carriers {
        read(carrier::FORMULAS, &carrier, &mut values);
    }
    for element in report.elements.iter().filter(|element| element.is_studied) {
        read(element::FORMULAS, &element::subject(element, report), &mut values);
    }
    for order in &report.orders {
        read(order::ORDER_FORMULAS, &order::order_subject(order, report), &mut values);
    }
    values
}
