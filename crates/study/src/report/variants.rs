//! Variants against their base: for each KPI the paired differences with their intervals, the best variant on top.

use crate::compare::{Aim, Finding};

use super::chart::{LETTERS, WIDE};
use super::figure::{NONE, count, counted, difference_like, measured, measured_like, percent, spread, unit};
use super::html::{Cell, Figure, Table, marked, paragraph};
use super::page::{ComparedKpi, Variant, VariantDifference, Variants};
use super::palette;
use super::scale::{Scale, round_ticks};
use super::svg::{Drawing, Element, Path, group, line, shortened, text};

/// Panels that are drawn, and rows of each.
const MOST_PANELS: usize = 24;
const MOST_ROWS: usize = 60;
const ROW: f64 = 28.0;
const NAMES: f64 = 220.0;
/// Room for the difference and the finding in words, on the right.
const WORDS: f64 = 330.0;

/// What a finding looks like: class, sign of its own shape, and words.
fn look(finding: Finding) -> (&'static str, &'static str, String) {
    match finding {
        Finding::Better => ("good", "▲", "better".to_owned()),
        Finding::Worse => ("bad", "▼", "worse".to_owned()),
        Finding::Different => ("different", "◆", "different".to_owned()),
        Finding::Same => ("unclear", "=", "the same".to_owned()),
        Finding::Unclear { more: Some(more) } => ("unclear", "○", format!("unclear ({} more)", count(more))),
        Finding::Unclear { more: None } => ("unclear", "○", "unclear".to_owned()),
    }
}

/// All KPIs, and what the variants are.
pub(super) fn render(variants: &Variants) -> String {
    if variants.variants.is_empty() || variants.kpis.is_empty() {
        return String::new();
    }
    let mut text = paragraph(&format!(
        "Differences from {}, played with the same random numbers in {}. All intervals of a picture hold together with a confidence \
         of {}; one that does not reach zero is more than chance.",
        variants.base,
        counted(variants.replications, "replication"),
        percent(variants.confidence)
    ));
    text += &descriptions(variants);
    for kpi in variants.kpis.iter().take(MOST_PANELS) {
        text += &panel(variants, kpi);
    }
    if variants.kpis.len() > MOST_PANELS {
        text += &format!("<p class=\"note\">{} more KPIs are left out.</p>", variants.kpis.len() - MOST_PANELS);
    }
    text
}

/// What is different in each variant, and what that does.
fn descriptions(variants: &Variants) -> String {
    // Variants without a name of their own are called what they change.
    let changes = |variant: &Variant| variant.changes.join(", ");
    let has_names = variants.variants.iter().any(|variant| !["", &variant.name].contains(&changes(variant).as_str()));
    let mut table = Table::new().text("variant");
    if has_names {
        table = table.text("what is different");
    }
    table = table.text("what that does");
    for variant in &variants.variants {
        let mut row: Vec<Cell> = vec![variant.name.as_str().into()];
        if has_names {
            row.push(changes(variant).into());
        }
        row.push(variant.remarks.join(" ").into());
        table.row(row);
    }
    table.open()
}

/// Variants with a difference in that KPI, the best first; where neither direction is better, the largest first.
fn ranked(kpi: &ComparedKpi) -> Vec<(usize, VariantDifference)> {
    let known = kpi.differences.iter().enumerate();
    let mut ranked: Vec<(usize, VariantDifference)> = known
        .filter_map(|(index, difference)| Some((index, (*difference)?)))
        .filter(|(_, known)| known.mean.is_finite())
        .collect();
    ranked.sort_by(|(_, one), (_, other)| match kpi.aim {
        Aim::Less => one.mean.total_cmp(&other.mean),
        Aim::More | Aim::Neither => other.mean.total_cmp(&one.mean),
    });
    ranked
}

fn panel(variants: &Variants, kpi: &ComparedKpi) -> String {
    let ranked = ranked(kpi);
    if ranked.is_empty() {
        return String::new();
    }
    let width = |difference: &VariantDifference| difference.half_width.filter(|width| width.is_finite()).unwrap_or(0.0);
    let shown = &ranked[..ranked.len().min(MOST_ROWS)];
    let least = shown.iter().map(|(_, difference)| difference.mean - width(difference)).fold(0.0, f64::min);
    let largest = shown.iter().map(|(_, difference)| difference.mean + width(difference)).fold(0.0, f64::max);
    let unit = unit(kpi.measure, largest.max(-least));
    let ticks = round_ticks(least * unit.factor, largest * unit.factor, 7);
    let bottom = 6.0 + shown.len() as f64 * ROW;
    let x = Scale { low: ticks.low(), high: ticks.high(), start: NAMES, end: WIDE - WORDS };
    let mut drawing = Drawing::new(WIDE, bottom + 42.0);
    for (value, label) in &ticks.labels {
        let at = x.at(*value);
        drawing.add(line(at, 2.0, at, bottom).class(if *value == 0.0 { "zero strong" } else { "grid" }));
        drawing.add(text(at, bottom + 17.0, label).class("tick middle"));
    }
    let points = if unit.name() == "%" { "percentage points" } else { unit.name() };
    let what = if points.is_empty() { String::new() } else { format!(" ({points})") };
    let title = format!("difference from {}{what}", shortened(&variants.base, 200.0, LETTERS));
    drawing.add(text(0.5 * (x.start + x.end), bottom + 35.0, &title).class("axis-title middle"));
    for (row, (index, known)) in shown.iter().enumerate() {
        let y = 6.0 + (row as f64 + 0.5) * ROW;
        let name = variants.variants.get(*index).map_or("", |variant| &variant.name);
        drawing.add(interval(kpi, known, name, x, largest.max(-least), y));
    }
    let mut note = format!("{} has {}.", variants.base, measured(kpi.measure, kpi.base));
    note += match kpi.aim {
        Aim::More => " More is better.",
        Aim::Less => " Less is better.",
        Aim::Neither => "",
    };
    if ranked.len() > shown.len() {
        note += &format!(" {} more are in the table only.", counted((ranked.len() - shown.len()) as u64, "variant"));
    }
    let looks = [("mark-good", "better"), ("mark-bad", "worse"), ("mark-unclear", "cannot be told yet, or the same")];
    Figure {
        title: kpi.name.clone(),
        note,
        legend: palette::legend(looks.map(|(class, name)| (class, name.to_owned()))),
        picture: drawing.finish(&format!("Differences of {} by variant", kpi.name)),
        numbers: numbers(variants, kpi, &ranked).folded("Numbers"),
        is_small: false,
    }
    .render()
}

/// One row, in the unit that fits `about`: the name, the interval with a mark whose shape says the finding too, and the same in words.
fn interval(kpi: &ComparedKpi, known: &VariantDifference, name: &str, x: Scale, about: f64, y: f64) -> Element {
    let (class, sign, words) = look(known.finding);
    let factor = unit(kpi.measure, about).factor;
    let value = |value: f64| difference_like(kpi.measure, value, about);
    let at = x.at(known.mean * factor);
    let half_width = known.half_width.filter(|width| width.is_finite());
    let mut tip = format!("{name}\n{}", value(known.mean));
    if let Some(width) = half_width {
        tip += &format!(" {}", spread(kpi.measure, width, about));
    }
    tip += &format!("\n{words}");
    let mut row = group(&format!("row mark-{class}")).tip(&tip);
    row = row.child(super::svg::rect(0.0, y - 0.5 * ROW, WIDE, ROW).class("reach"));
    row = row.child(text(NAMES - 12.0, y + 4.0, &shortened(name, NAMES - 20.0, 13.0)).class("label end"));
    if let Some(width) = half_width {
        let (left, right) = (x.at((known.mean - width) * factor), x.at((known.mean + width) * factor));
        row = row.child(line(left, y, right, y).class("whisker"));
        for end in [left, right] {
            row = row.child(line(end, y - 5.0, end, y + 5.0).class("whisker"));
        }
    }
    let mut mark = Path::default();
    match known.finding {
        Finding::Better => mark.move_to(at, y - 7.0).line_to(at + 7.0, y + 6.0).line_to(at - 7.0, y + 6.0).close(),
        Finding::Worse => mark.move_to(at, y + 7.0).line_to(at + 7.0, y - 6.0).line_to(at - 7.0, y - 6.0).close(),
        _ => mark.move_to(at, y - 7.0).line_to(at + 7.0, y).line_to(at, y + 7.0).line_to(at - 7.0, y).close(),
    };
    row = row.child(mark.element().class("mark"));
    row = row.child(text(WIDE - WORDS + 16.0, y + 4.0, &value(known.mean)).class("label strong"));
    row.child(text(WIDE - WORDS + 110.0, y + 4.0, &format!("{sign} {words}")).class("words"))
}

fn numbers(variants: &Variants, kpi: &ComparedKpi, ranked: &[(usize, VariantDifference)]) -> Table {
    let mut table =
        Table::new().text("variant").figures("mean").figures("difference").figures("half width").figures("relative");
    table = table.text("finding");
    let largest_mean = ranked.iter().map(|(_, known)| (kpi.base + known.mean).abs()).fold(0.0, f64::max);
    let largest = ranked.iter().map(|(_, known)| known.mean.abs()).fold(0.0, f64::max);
    for (index, known) in ranked {
        let (class, sign, words) = look(known.finding);
        let width = known.half_width.map(|width| spread(kpi.measure, width, largest));
        let relative = if kpi.base == 0.0 { f64::NAN } else { known.mean / kpi.base.abs() };
        let sign_of = if relative > 0.0 { "+" } else { "" };
        let row: Vec<Cell> = vec![
            variants.variants.get(*index).map_or("", |variant| &variant.name).into(),
            measured_like(kpi.measure, kpi.base + known.mean, largest_mean).into(),
            difference_like(kpi.measure, known.mean, largest).into(),
            width.unwrap_or_else(|| NONE.to_owned()).into(),
            if relative.is_finite() { format!("{sign_of}{}", percent(relative)) } else { NONE.to_owned() }.into(),
            marked(&format!("{sign} {words}"), class),
        ];
        table.row(row);
    }
    table
}
