//! Finding one KPI by its address: `throughput` of the plant, `oee@mill` of an element, `flow_time.p95@red` of a part
//! type, `on_time@A-1` of an order of a
//! plant that keeps to a schedule. Where they share a name, the element is meant before the part type and that before the order, unless
//! only the other one has that KPI.

use std::fmt;

use super::{Kpi, definitions, of_carrier, of_element, of_order, of_part_type, of_plant};
use crate::description::nearest;
use crate::report::Report;

/// Why an address leads to no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindError {
    /// No KPI is called so.
    UnknownKey {
        /// The key.
        key: String,
        /// What to write instead, as a sentence.
        help: String,
    },
    /// No element or part type is called so.
    UnknownSubject {
        /// The name after the `@`.
        subject: String,
        /// What to write instead, as a sentence.
        help: String,
    },
    /// The KPI exists and means nothing for this subject.
    NotApplicable {
        /// The address.
        address: String,
        /// What to write instead, as a sentence.
        help: String,
    },
    /// The KPI has no value in this report: nothing was processed, or nothing failed.
    Undefined {
        /// The address.
        address: String,
        /// The formula that has no value.
        formula: &'static str,
    },
}

impl fmt::Display for FindError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FindError::UnknownKey { key, help } => write!(formatter, "there is no KPI `{key}`; {help}"),
            FindError::UnknownSubject { subject, help } => {
                write!(formatter, "there is no element or part type called \"{subject}\"; {help}")
            }
            FindError::NotApplicable { address, help } => write!(formatter, "`{address}` means nothing here; {help}"),
            FindError::Undefined { address, formula } => {
                write!(formatter, "`{address}` is undefined in this run: {formula} has nothing to count")
            }
        }
    }
}

impl std::error::Error for FindError {}

/// The value of the KPI at `address`, in the unit of its [`super::Measure`]. Costs the computation of all KPIs of one
/// subject.
///
/// # Errors
/// [`FindError`], with a did-you-mean for names.
pub fn find(report: &Report, address: &str) -> Result<f64, FindError> {
    let (key, subject) = match address.split_once('@') {
        Some((key, subject)) => (key.trim(), Some(subject.trim())),
        None => (address.trim(), None),
    };
    if !definitions().any(|definition| definition.key == key) {
        return Err(FindError::UnknownKey { key: key.to_owned(), help: key_help(key) });
    }
    let kpis = match subject {
        None => vec![of_plant(report)],
        Some(subject) => kpis_of(report, subject)?,
    };
    let Some(kpi) = kpis.iter().flatten().find(|kpi| kpi.definition.key == key) else {
        let help = scope_help(report, key, subject, &kpis);
        return Err(FindError::NotApplicable { address: address.to_owned(), help });
    };
    let undefined = || FindError::Undefined { address: address.to_owned(), formula: kpi.definition.formula };
    kpi.value.ok_or_else(undefined)
}

/// The KPIs of everything called `subject`.
fn kpis_of(report: &Report, subject: &str) -> Result<Vec<Vec<Kpi>>, FindError> {
    let element = report.elements.iter().find(|element| element.name == subject);
    let part_type = report.part_types.iter().find(|part_type| part_type.name == subject);
    let elements = element.map(|element| of_element(element, report));
    let part_types = part_type.map(|part_type| of_part_type(part_type, report));
    let order = report.orders.iter().find(|order| order.name == subject);
    let orders = order.map(|order| of_order(order, report));
    let carrier = report.carriers.iter().find(|carrier| carrier.name == subject);
    let carriers = carrier.map(|carrier| of_carrier(carrier, report));
    let found: Vec<Vec<Kpi>> = elements.into_iter().chain(part_types).chain(carriers).chain(orders).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let elements = report.elements.iter().map(|element| element.name.as_str());
    let names = elements.chain(report.part_types.iter().map(|part_type| part_type.name.as_str()));
    let names = names.chain(report.orders.iter().map(|order| order.name.as_str()));
    let names = names.chain(report.carriers.iter().map(|carrier| carrier.name.as_str()));
    let help = match nearest(subject, names) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "write the name of an element or part type of this plant after the `@`".to_owned(),
    };
    Err(FindError::UnknownSubject { subject: subject.to_owned(), help })
}

fn key_help(key: &str) -> String {
    match nearest(key, definitions().map(|definition| definition.key)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", listed(definitions().map(|definition| definition.key))),
    }
}

/// What to write for a key that exists and does not belong to this subject.
fn scope_help(report: &Report, key: &str, subject: Option<&str>, kpis: &[Vec<Kpi>]) -> String {
    let has_it = |kpis: &[Kpi]| kpis.iter().any(|kpi| kpi.definition.key == key);
    match subject {
        None => match report.elements.iter().find(|element| has_it(&of_element(element, report))) {
            Some(element) => format!("it is a KPI of elements, as in `{key}@{}`", element.name),
            None => "it is a KPI of elements, and no element of this plant has it".to_owned(),
        },
        Some(_) if has_it(&of_plant(report)) => format!("it is a KPI of the plant: write `{key}`"),
        Some(subject) => {
            let known = listed(kpis.iter().flatten().map(|kpi| kpi.definition.key));
            format!("\"{subject}\" has {known}")
        }
    }
}

/// `names` in one line, each once.
fn listed(names: impl Iterator<Item = &'static str>) -> String {
    let mut once: Vec<&str> = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
