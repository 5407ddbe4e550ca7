//! How a source is planned: the rows of its table, and which types come.

use kernel::{SimDuration, SimTime};

use super::{ArrivalTable, Arrivals, MixPlan, PartMix, RowPlan, Source, WhenBlocked};
use crate::codes;
use crate::description::Name;
use crate::part::PartTypeIndex;
use crate::plan::Planner;

/// Complains of `field` if it says that the source brings in nothing.
pub(super) fn refuse_if(is_wrong: bool, field: &str, message: &str, label: &str, planner: &mut Planner<'_>) {
    if is_wrong {
        let origin = planner.origin_of(field);
        let help = "bring in at least one part, or take the source out".to_owned();
        planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help));
    }
}

/// Complains of fields that mean nothing beside what makes parts arrive.
pub(super) fn refuse_idle_fields(source: &Source, planner: &mut Planner<'_>) {
    let name = match &source.arrivals {
        Arrivals::Interarrival(_) => return,
        Arrivals::Table(_) => "Table",
        Arrivals::Orders => "Orders",
        Arrivals::Unlimited => "Unlimited",
        Arrivals::Population(_) => "Population",
    };
    let says_when = matches!(source.arrivals, Arrivals::Table(_) | Arrivals::Orders);
    // What an event brings in goes by these all the same.
    let by_order = matches!(source.arrivals, Arrivals::Orders) && !planner.is_rushed();
    let mut refuse = |is_wrong: bool, field: &str, why: &str, help: &str| {
        if is_wrong {
            let origin = planner.origin_of(field);
            let message = format!("`{field}` does nothing beside `arrivals: {name}`");
            planner.complain(&codes::CONTRADICTION, origin, message, why, Some(help.to_owned()));
        }
    };
    let quantity = if says_when { "say how many come in `quantity`" } else { "leave it out" };
    refuse(
        source.batch_size.is_some(),
        "batch_size",
        "only arrivals with times between them come in batches",
        quantity,
    );
    refuse(
        by_order && source.limit.is_some(),
        "limit",
        "each order says how many come",
        "leave it out, and say how many come in the `quantity` of the orders",
    );
    refuse(
        by_order && source.part_type.is_some(),
        "part_type",
        "each order says which type comes",
        "leave it out, and say what comes in the `part_type` of the orders",
    );
    let is_late = source.start > SimDuration::ZERO;
    refuse(is_late && says_when, "start", "each arrival has its own time", "leave it out, and move the times");
    let is_endless = matches!(source.arrivals, Arrivals::Unlimited);
    let loses = source.when_blocked == WhenBlocked::Lose;
    refuse(
        loses && is_endless,
        "when_blocked",
        "of an endless supply nothing is lost",
        "leave it out, or let parts come by `Interarrival`",
    );
}

pub(super) fn plan_rows(table: &ArrivalTable, planner: &mut Planner<'_>) -> Vec<RowPlan> {
    let time = |duration: SimDuration| SimTime::ZERO + duration;
    let mut rows: Vec<RowPlan> = table
        .rows
        .iter()
        .map(|(row, attributes)| RowPlan {
            at: time(row.time),
            part_type: row.part_type.as_ref().map(|name| planner.part_type(name)),
            quantity: row.quantity,
            priority: row.priority,
            due: row.due.map_or(SimTime::MAX, time),
            attributes: attributes.iter().map(|(name, value)| (planner.attribute(name), *value)).collect(),
        })
        .collect();
    rows.sort_by_key(|row| row.at);
    rows
}

pub(super) fn plan_mix(mix: Option<&PartMix>, arrivals: &Arrivals, planner: &mut Planner<'_>) -> MixPlan {
    match mix {
        Some(PartMix::One(name)) => MixPlan::One(planner.part_type(name)),
        Some(PartMix::Weighted(weights)) => {
            let sum: f64 = weights.iter().map(|(_, weight)| weight.max(0.0)).sum();
            if weights.iter().any(|(_, weight)| *weight < 0.0) || sum <= 0.0 {
                let origin = weights.iter().next().map_or(planner.origin(), |(name, _)| name.origin());
                planner.complain(
                    &codes::CONTRADICTION,
                    origin,
                    "the weights of a part mix must not be negative, nor all be zero",
                    "in this mix",
                    None,
                );
            }
            let mut up_to = 0.0;
            let cumulate = |(name, weight): &(Name, f64)| {
                up_to += weight / sum;
                (up_to, planner.part_type(name))
            };
            MixPlan::Weighted(weights.iter().map(cumulate).collect())
        }
        Some(PartMix::Sequence(names)) if !names.is_empty() => {
            MixPlan::Sequence(names.iter().map(|name| planner.part_type(name)).collect())
        }
        Some(PartMix::Sequence(_)) => {
            refuse_if(true, "part_type", "this list of part types is empty", "no type would ever come", planner);
            MixPlan::One(PartTypeIndex::default())
        }
        _ => {
            let says_itself = match arrivals {
                Arrivals::Orders => true,
                Arrivals::Table(table) => table.rows.iter().all(|(row, _)| row.part_type.is_some()),
                _ => false,
            };
            if planner.part_type_count() > 1 && !says_itself {
                let origin = planner.origin();
                planner.complain(
                    &codes::CONTRADICTION,
                    origin,
                    "this source does not say which part type it brings in",
                    "the plant has several part types",
                    Some("add `part_type: \"...\"`, or weights by type".to_owned()),
                );
            }
            MixPlan::One(PartTypeIndex::default())
        }
    }
}
