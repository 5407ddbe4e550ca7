//! Key figures: the ones that matter most as cards and in words, all of them as tables, and what was expected of them.

use std::fmt::Write;

use scenario::expand::Sense;

use super::figure::{NONE, Quantity, count, counted, difference, measured, percent, spread};
use super::html::{MOST_ROWS, Table, details, marked};
use super::page::{Estimate, KpiRow, Page, VerdictRow};
use super::svg::escape;

/// KPIs of the plant that are cards if they are known, in that order, each with the name that fits a card.
const CARDS: [(&str, &str); 11] = [
    ("throughput", "Throughput"),
    ("flow_time.mean", "Flow time"),
    ("wip", "Work in progress"),
    ("quality_ratio", "Good parts"),
    ("on_time_delivery", "On time"),
    ("queue_times_kept", "Queue times kept"),
    ("cost_per_good_part", "Cost per good part"),
    ("energy_per_good_part", "Energy per good part"),
    ("energy_cost_per_good_part", "Energy cost per good part"),
    ("energy_cost", "Energy cost"),
    ("co2e_per_good_part", "CO2e per good part"),
];

/// The KPI of the plant with that key.
fn of_plant<'a>(page: &'a Page, key: &str) -> Option<&'a KpiRow> {
    page.kpis.iter().find(|row| row.subject.is_none() && row.key == key && row.estimate.mean.is_finite())
}

fn half_width(row: &KpiRow) -> Option<String> {
    let half_width = row.estimate.half_width.filter(|width| width.is_finite() && *width > 0.0)?;
    Some(spread(row.measure, half_width, row.estimate.mean))
}

/// The most important figures as cards.
pub(super) fn cards(page: &Page) -> String {
    let mut cards = String::new();
    let mut card = |name: &str, value: &str, note: &str| {
        let [name, value, note] = [name, value, note].map(escape);
        let _ = write!(
            cards,
            "<div class=\"card\"><div class=\"card-name\">{name}</div><div class=\"card-value\">{value}</div>\
             <div class=\"card-note\">{note}</div></div>"
        );
    };
    for (key, name) in CARDS {
        if let Some(row) = of_plant(page, key) {
            card(name, &measured(row.measure, row.estimate.mean), &half_width(row).unwrap_or_default());
        }
    }
    if let Some(film) = &page.film
        && let Some(bottleneck) = film.bottleneck.and_then(|index| film.elements.get(index))
    {
        card("Bottleneck", &bottleneck.name, bottleneck.kind);
    }
    if !page.verdicts.is_empty() {
        let passed = page.verdicts.iter().filter(|verdict| verdict.passed).count();
        let note = if passed == page.verdicts.len() { "all hold" } else { "not all hold" };
        card("Expectations", &format!("{passed} of {}", page.verdicts.len()), note);
    }
    if cards.is_empty() { cards } else { format!("<div class=\"cards\">{cards}</div>") }
}

/// The same as a paragraph that can be read aloud.
pub(super) fn summary(page: &Page) -> String {
    let value = |key: &str| of_plant(page, key).map(|row| measured(row.measure, row.estimate.mean));
    let mut text = String::new();
    if let Some(film) = &page.film {
        let observed = super::figure::seconds(film.until.as_seconds_f64() - film.since.as_seconds_f64());
        text = format!("{} observed for {observed}", counted(film.elements.len() as u64, "element"));
        if film.since > kernel::SimTime::ZERO {
            text += &format!(" after {} of warm-up", super::figure::seconds(film.since.as_seconds_f64()));
        }
        text += ".";
    }
    if let Some(throughput) = of_plant(page, "throughput") {
        let interval = half_width(throughput).map_or_else(String::new, |width| format!(" ({width})"));
        let per_hour = measured(throughput.measure, throughput.estimate.mean).replace(" /h", "");
        text += &format!(" The plant ships {per_hour} parts an hour{interval}");
        if let Some(flow_time) = value("flow_time.mean") {
            text += &format!(", each of which takes {flow_time} on average");
        }
        if let Some(wip) = value("wip") {
            text += &format!("; {wip} parts are in it at a time");
        }
        text += ".";
    }
    if let Some(energy) = value("energy_per_good_part") {
        text += &format!(" A good part costs {energy} of electricity.");
    }
    let failed = page.verdicts.iter().filter(|verdict| !verdict.passed).count();
    if failed > 0 {
        text += &format!(
            " {failed} of {} not met.",
            match page.verdicts.len() {
                1 => "1 expectation is".to_owned(),
                total => format!("{total} expectations {}", if failed == 1 { "is" } else { "are" }),
            }
        );
    } else if !page.verdicts.is_empty() {
        text += " All expectations are met.";
    }
    let mut paragraph = text.trim().to_owned();
    for remark in &page.remarks {
        paragraph.push(' ');
        paragraph += remark.trim();
    }
    let paragraph = paragraph.trim();
    if paragraph.is_empty() {
        String::new()
    } else {
        format!("<p class=\"summary\">{}</p>", escape(&unbroken(paragraph)))
    }
}

/// The text with figures that are not torn apart from their units at the end of a line.
fn unbroken(text: &str) -> String {
    let mut words = text.split(' ').peekable();
    let mut joined = String::with_capacity(text.len());
    while let Some(word) = words.next() {
        joined.push_str(word);
        let begins =
            |word: &str| word.trim_start_matches(['(', '±']).starts_with(|letter: char| letter.is_ascii_digit());
        let is_sign = word.ends_with('±');
        if let Some(next) = words.peek() {
            let is_unit = begins(word) && next.trim_end_matches(['.', ',', ';', ')']).len() <= 4;
            joined.push(if is_sign || is_unit { '\u{a0}' } else { ' ' });
        }
    }
    joined
}

/// Half the width of the interval of an estimate.
pub(super) fn width_of(measure: Quantity, estimate: &Estimate) -> String {
    estimate.half_width.map_or_else(|| NONE.to_owned(), |width| spread(measure, width, estimate.mean))
}

fn table<'a>(rows: impl Iterator<Item = &'a KpiRow>) -> Table {
    let mut table =
        Table::new().text("KPI").figures("mean").figures("95 % interval").figures("least").figures("largest");
    table = table.figures("replications");
    for row in rows {
        table.row(vec![
            row.name.as_str().into(),
            measured(row.measure, row.estimate.mean).into(),
            width_of(row.measure, &row.estimate).into(),
            measured(row.measure, row.least).into(),
            measured(row.measure, row.largest).into(),
            count(row.estimate.replications).into(),
        ]);
    }
    table
}

/// All key figures: those of the plant at once, those of each element or part type folded away.
pub(super) fn tables(page: &Page) -> String {
    let mut text = String::new();
    let plant = table(page.kpis.iter().filter(|row| row.subject.is_none()));
    if !plant.is_empty() {
        text += &format!("<h3>The plant</h3>{}", plant.open());
    }
    let mut subjects: Vec<&str> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for subject in page.kpis.iter().filter_map(|row| row.subject.as_deref()) {
        if seen.insert(subject) {
            subjects.push(subject);
        }
    }
    if subjects.is_empty() {
        return text;
    }
    // Nothing of it is seen on paper, where nobody can unfold it.
    text += "<div class=\"screen-only\"><h3>Elements and part types</h3>";
    for subject in subjects.iter().take(MOST_ROWS) {
        let rows = page.kpis.iter().filter(|row| row.subject.as_deref() == Some(subject));
        text += &details(subject, &table(rows).open());
    }
    if subjects.len() > MOST_ROWS {
        text += &format!("<p class=\"note\">{} more are left out.</p>", count((subjects.len() - MOST_ROWS) as u64));
    }
    text + "</div>"
}

/// What was expected and whether it holds, what failed first.
pub(super) fn verdicts(verdicts: &[VerdictRow]) -> String {
    if verdicts.is_empty() {
        return String::new();
    }
    let mut table = Table::new().text("").text("KPI").figures("expected").figures("mean").figures("judged on");
    table = table.figures("margin").figures("confidence").figures("replications");
    let mut sorted: Vec<&VerdictRow> = verdicts.iter().collect();
    sorted.sort_by_key(|verdict| verdict.passed);
    for verdict in sorted {
        let shown =
            |value: Option<f64>| value.map_or_else(|| NONE.to_owned(), |value| measured(verdict.measure, value));
        let sense = match verdict.sense {
            Sense::AtLeast => "≥",
            Sense::AtMost => "≤",
        };
        let margin = verdict.margin.map_or_else(|| NONE.to_owned(), |margin| difference(verdict.measure, margin));
        table.row(vec![
            if verdict.passed { marked("✓ holds", "good") } else { marked("✗ failed", "bad") },
            verdict.kpi.as_str().into(),
            format!("{sense} {}", measured(verdict.measure, verdict.limit)).into(),
            shown(verdict.mean).into(),
            shown(verdict.bound).into(),
            margin.into(),
            percent(verdict.confidence).into(),
            count(verdict.replications).into(),
        ]);
    }
    let note = "An expectation holds if the confidence bound of the mean does, not the mean alone.";
    format!("<p class=\"note\">{note}</p>{}", table.open())
}
