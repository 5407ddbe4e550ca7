//! Differences between two means, as a table and as data.

use serde::Serialize;
use study::compare::{Difference, Finding};

use super::figure;
use super::table::{Column, Table};

/// One difference in JSON.
#[derive(Debug, Serialize)]
pub struct DifferenceRow {
    kpi: String,
    unit: String,
    base: f64,
    variant: f64,
    difference: Option<f64>,
    half_width: Option<f64>,
    finding: &'static str,
    more_replications: Option<u64>,
}

impl DifferenceRow {
    /// The row of a difference.
    pub fn of(difference: &Difference) -> Self {
        let (finding, more_replications) = match difference.finding {
            Finding::Better => ("better", None),
            Finding::Worse => ("worse", None),
            Finding::Different => ("different", None),
            Finding::Same => ("same", None),
            Finding::Unclear { more } => ("unclear", more),
        };
        DifferenceRow {
            kpi: difference.column.to_string(),
            unit: difference.column.quantity.unit().to_owned(),
            base: difference.base,
            variant: difference.variant,
            difference: difference.interval.map(|interval| interval.mean),
            half_width: difference.interval.map(|interval| interval.half_width),
            finding,
            more_replications,
        }
    }
}

/// Differences as a table.
pub fn table(differences: &[Difference], width: usize) -> String {
    let mut table = Table::new(&[
        Column::Names("KPI"),
        Column::Figures("base"),
        Column::Figures("variant"),
        Column::Figures("difference"),
        Column::Words(""),
    ]);
    for difference in differences {
        let quantity = difference.column.quantity;
        let name = match &difference.column.subject {
            None => difference.column.definition.name.to_owned(),
            Some(_) => difference.column.to_string(),
        };
        table.row([
            name,
            figure::measured(quantity, difference.base),
            figure::measured(quantity, difference.variant),
            change(difference),
            finding(difference.finding),
        ]);
    }
    table.render(width)
}

/// `+3.1 % +- 0.6 %`: relative to the base's mean; of ratios in points.
pub fn change(difference: &Difference) -> String {
    let Some(interval) = difference.interval else { return figure::NONE.to_owned() };
    if difference.finding == Finding::Same {
        return figure::NONE.to_owned();
    }
    let measure = difference.column.quantity.measure;
    figure::change(measure, difference.base, interval.mean, Some(interval.half_width))
}

fn finding(finding: Finding) -> String {
    match finding {
        Finding::Better => "better".to_owned(),
        Finding::Worse => "worse".to_owned(),
        Finding::Different => "different".to_owned(),
        Finding::Same => "the same".to_owned(),
        Finding::Unclear { more: Some(more) } => {
            format!("cannot tell yet: about {} more", figure::counted(more, "replication"))
        }
        Finding::Unclear { more: None } => "cannot tell yet".to_owned(),
    }
}
