//! A report: one page of HTML with all its pictures, which needs nothing but itself.
//!
//! ```text
//!  Page (plain data) ── html ──> sections ── one file a chart ── chart, scale, palette ── svg ──> one String
//! ```
//!
//! The page works without network and without script, in light and in dark, on a phone and on paper; its script only adds a
//! quicker tip under the pointer and a schedule that can be moved. Pictures are SVG written by `svg`, the only place where
//! text becomes markup.
//!
//! Invariant: the same data gives the same bytes. Invariant: the size is bounded whatever the data: series come in intervals,
//! tables are cut, and every chart says how much of what it draws.

mod alarms;
mod chart;
mod effects;
mod energy;
mod figure;
mod flow;
mod flow_time;
mod front;
mod heat_map;
mod html;
mod incidents;
mod intervals;
mod kpis;
mod layout;
mod levels;
mod of_search;
mod of_study;
mod page;
mod palette;
mod scale;
mod schedule;
mod screening;
mod states;
mod svg;
mod sweep;
mod variants;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use figure::Quantity;
pub use of_study::page;
pub use page::{
    Axis, ComparedKpi, Effects, Estimate, EvaluatedDesign, Front, Interaction, KpiRow, MainEffect, ObjectiveAxis, Page,
    ScreenedFactor, Screening, Sweep, SweptKpi, Variant, VariantDifference, Variants, VerdictRow,
};

use html::Section;
use svg::escape;

use crate::film::Film;

const STYLE: &str = include_str!("assets/page.css");
const SCRIPT: &str = include_str!("assets/page.js");
/// A page may not load anything, whoever wrote the names on it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// The page as one HTML file.
#[must_use]
pub fn html(page: &Page) -> String {
    let sections = sections(page);
    let title = escape(&page.title);
    let contents: String = match sections.len() {
        0 | 1 => String::new(),
        _ => sections
            .iter()
            .map(|section| format!("<li><a href=\"#{}\">{}</a></li>", section.id, escape(section.title)))
            .collect(),
    };
    let contents = if contents.is_empty() { contents } else { format!("<nav><ul>{contents}</ul></nav>") };
    let file =
        if page.file.is_empty() { String::new() } else { format!("<p class=\"file\">{}</p>", escape(&page.file)) };
    let body: String = sections.iter().map(Section::render).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{}\n<main>\n\
         <header><h1>{title}</h1>{file}{}{}</header>\n{contents}\n{body}\n<footer>{}</footer>\n</main>\n\
         <script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        palette::hatches(),
        kpis::summary(page),
        kpis::cards(page),
        provenance(page)
    )
}

/// All sections that have something to show.
fn sections(page: &Page) -> Vec<Section> {
    let film = |draw: fn(&Film) -> String| page.film.as_ref().map_or_else(String::new, draw);
    let section = |id, title, inside| Section { id, title, inside };
    // What a study decides comes first; the pictures of one run show the plant that it started from.
    let findings = [
        section("variants", "Variants", page.variants.as_ref().map_or_else(String::new, variants::render)),
        section("sweep", "Sweep", page.sweep.as_ref().map_or_else(String::new, sweep::render)),
        section("effects", "Effects", page.effects.iter().map(effects::render).collect()),
        section("screening", "Screening", page.screenings.iter().map(screening::render).collect()),
        section("optimisation", "Optimisation", page.front.as_ref().map_or_else(String::new, front::render)),
    ];
    let has_findings = findings.iter().any(|section| !section.inside.is_empty());
    let pictures = [
        section("plant", if has_findings { "The plant as it is" } else { "The plant" }, film(flow::render)),
        section("states", "Where the time went", film(states::render)),
        section("levels", "Work in progress and buffers", film(levels::render)),
        section("schedule", "Schedule", film(schedule::render)),
        section("flow-time", "Flow time", film(flow_time::render)),
        section("energy", "Energy", film(energy::render)),
        section("throughput", "Throughput", film(levels::throughput)),
        section("incidents", "Incidents", film(incidents::render)),
        section("alarms", "Alarms", film(alarms::render)),
    ];
    let figures = [
        section("expectations", "Expectations", kpis::verdicts(&page.verdicts)),
        section("kpis", "Key figures", kpis::tables(page)),
    ];
    let mut sections: Vec<Section> = findings.into_iter().chain(pictures).chain(figures).collect();
    sections.retain(|section| !section.inside.is_empty());
    sections
}

/// Where the results come from, in small print.
fn provenance(page: &Page) -> String {
    let mut facts: Vec<String> =
        page.provenance.iter().map(|(name, value)| format!("{} {}", escape(name), escape(value))).collect();
    if let Some(film) = &page.film {
        facts.push(format!(
            "pictures of replication {} of seed {}, digest {}",
            film.replication, film.seed, film.digest
        ));
    }
    facts.join(" · ")
}
