//! Tables for programs: comma-separated, quoted where they must be (RFC 4180), figures in full.

use plant::kpi::{Definition, Measure, definitions};
use plant::state::State;

use super::figure::exact_seconds;
use crate::summary::ElementFigures;

/// `text` as a cell.
pub fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// A number as a cell, in the shortest form that reads back the same; empty where there is none.
pub fn number(value: f64) -> String {
    // Adding zero turns the zero below zero, which sums of nothing come to, into the one everybody expects.
    if value.is_finite() { (value + 0.0).to_string() } else { String::new() }
}

/// `WaitingForOperator` as `waiting_for_operator_s`.
fn state_column(state: State) -> String {
    let mut column = String::new();
    for letter in state.name().chars() {
        if letter.is_ascii_uppercase() && !column.is_empty() {
            column.push('_');
        }
        column.push(letter.to_ascii_lowercase());
    }
    column + "_s"
}

/// `mtbf` as `mtbf_s`: a KPI's key with its unit last.
fn kpi_column(definition: &Definition) -> String {
    let unit = match definition.measure {
        // There is one currency in a plant, and no element has a cost of its own.
        Measure::Ratio | Measure::Parts | Measure::Cost => "",
        Measure::Time => "_s",
        Measure::PartsPerHour => "_per_h",
        Measure::Energy => "_kwh",
        Measure::Power => "_kw",
        Measure::Emission | Measure::Mass => "_kg",
        Measure::Volume => "_l",
    };
    format!("{}{unit}", definition.key)
}

/// The KPIs that any of the elements has, each once, in the order of their definition.
fn kpis_of(elements: &[ElementFigures]) -> Vec<&'static Definition> {
    let mut present: Vec<&'static Definition> = Vec::new();
    for definition in definitions() {
        let has_it = |element: &ElementFigures| element.kpis.0.iter().any(|kpi| kpi.definition == definition);
        if !present.contains(&definition) && elements.iter().any(has_it) {
            present.push(definition);
        }
    }
    present
}

/// The table of all elements: one a row, states in seconds first, then counts and levels, then KPIs.
pub fn elements(elements: &[ElementFigures]) -> String {
    let states = State::ALL.iter().map(|state| state_column(*state));
    let counts = [
        "arrived",
        "departed",
        "processed",
        "good",
        "first_pass",
        "scrapped",
        "reworked",
        "failures",
        "lost",
        "level",
        "level_mean",
        "level_maximum",
    ];
    let names = ["element", "kind"].into_iter().map(str::to_owned);
    let counts = counts.into_iter().map(str::to_owned);
    let kpis = kpis_of(elements);
    let heading = names.chain(states).chain(counts).chain(kpis.iter().map(|definition| kpi_column(definition)));
    let heading: Vec<String> = heading.collect();
    let mut text = heading.join(",") + "\n";
    for element in elements {
        let mut row = vec![cell(&element.name), cell(element.kind)];
        row.extend(element.states_s.0.iter().map(|nanos| exact_seconds(*nanos)));
        row.extend(
            [
                element.arrived,
                element.departed,
                element.processed,
                element.good,
                element.first_pass,
                element.scrapped,
                element.reworked,
                element.failures,
                element.lost,
                u64::from(element.level),
            ]
            .map(|count| count.to_string()),
        );
        row.push(number(element.level_mean));
        row.push(element.level_maximum.to_string());
        row.extend(kpis.iter().map(|definition| {
            let kpi = element.kpis.0.iter().find(|kpi| kpi.definition == *definition);
            kpi.and_then(|kpi| kpi.value).map_or_else(String::new, number)
        }));
        text.push_str(&row.join(","));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        for (text, expected) in [("mill", "mill"), ("mill, big", "\"mill, big\""), ("5\" pipe", "\"5\"\" pipe\"")] {
            assert_eq!(cell(text), expected);
        }
        assert_eq!(number(f64::NAN), "");
        assert_eq!(number(0.1), "0.1");
        assert_eq!(number(-0.0), "0");
    }

    #[test]
    fn columns_are_in_lower_case() {
        assert_eq!(state_column(State::WaitingForOperator), "waiting_for_operator_s");
        assert_eq!(state_column(State::Setup), "setup_s");
    }
}
