//! What the axes of a design do on average, and how they depend on each other.

use super::chart::{Frame, LETTERS, Room, SMALL};
use super::figure::{NONE, measured, percent, size_like, unit};
use super::heat_map::labels_step;
use super::html::{Figure, Table};
use super::intervals::{Point, along_within, reach};
use super::page::{Effects, Interaction};
use super::palette::{self, SERIES};
use super::scale::round_ticks;
use super::svg::{Path, circle, escape, group, shortened};

/// Lines of an interaction that are drawn.
const MOST_LINES: usize = 40;
/// Panels that are drawn of main effects, and of interactions.
const MOST_PANELS: usize = 24;

/// Ranking, main effects and interactions of one KPI.
pub(super) fn render(effects: &Effects) -> String {
    let all = || effects.mains.iter().flat_map(|main| main.means.iter().flatten());
    let Some(reach) = reach(all()) else { return String::new() };
    let mut text = format!("<h3>{}</h3>", escape(&format!("What moves {}", effects.kpi)));
    text += &super::html::paragraph(
        "Each panel is the mean over all levels of the other axes, with intervals of 95 %; all panels have the same scale.",
    );
    text += &ranking(effects).open();
    text += "<div class=\"multiples\">";
    for main in effects.mains.iter().take(MOST_PANELS) {
        let points: Vec<Point> = main
            .axis
            .levels
            .iter()
            .zip(&main.means)
            .map(|(level, mean)| Point { label: level.clone(), estimate: *mean })
            .collect();
        let picture = along_within(&main.axis.name, &effects.kpi, effects.measure, &points, (SMALL, 150.0), reach);
        text +=
            &Figure { title: shortened(&main.axis.name, 300.0, 14.0), picture, is_small: true, ..Figure::default() }
                .render();
    }
    text += "</div>";
    text += &levels(effects).folded("Means by level");
    if !effects.interactions.is_empty() {
        text += &format!("<h3>{}</h3>", escape(&format!("How axes depend on each other for {}", effects.kpi)));
        text += &super::html::paragraph(
            "Lines that run side by side: no interaction. Lines that cross or spread: what one axis does depends on the other.",
        );
        text += "<div class=\"multiples\">";
        for interaction in effects.interactions.iter().take(MOST_PANELS) {
            text += &panel(effects, interaction);
        }
        text += "</div>";
    }
    text
}

fn name(effects: &Effects, index: usize) -> &str {
    effects.mains.get(index).map_or("", |main| &main.axis.name)
}

/// Axes and pairs of axes by what they do.
fn ranking(effects: &Effects) -> Table {
    let mut rows: Vec<(String, Option<f64>, Option<f64>)> =
        effects.mains.iter().map(|main| (main.axis.name.clone(), Some(main.range), main.share)).collect();
    rows.extend(effects.interactions.iter().map(|interaction| {
        (
            format!("{} × {}", name(effects, interaction.first), name(effects, interaction.second)),
            None,
            interaction.share,
        )
    }));
    let known = |value: Option<f64>| value.filter(|value| value.is_finite()).unwrap_or(-1.0);
    rows.sort_by(|one, other| known(other.2).total_cmp(&known(one.2)).then(known(other.1).total_cmp(&known(one.1))));
    let widest = effects.mains.iter().map(|main| main.range).filter(|range| range.is_finite()).fold(0.0, f64::max);
    let mut table =
        Table::new().figures("rank").text("effect").figures("range of means").figures("share of the variation");
    for (rank, (name, range, share)) in rows.into_iter().enumerate() {
        table.row(vec![
            (rank + 1).to_string().into(),
            name.into(),
            range.map_or_else(|| NONE.to_owned(), |range| size_like(effects.measure, range, widest)).into(),
            share.map_or_else(|| NONE.to_owned(), percent).into(),
        ]);
    }
    table
}

fn levels(effects: &Effects) -> Table {
    let mut table = Table::new().text("axis").text("level").figures("mean").figures("95 % interval");
    for main in &effects.mains {
        for (level, mean) in main.axis.levels.iter().zip(&main.means) {
            let value = mean.map_or_else(|| NONE.to_owned(), |mean| measured(effects.measure, mean.mean));
            let width = mean.map_or_else(|| NONE.to_owned(), |mean| super::kpis::width_of(effects.measure, &mean));
            table.row(vec![main.axis.name.as_str().into(), level.as_str().into(), value.into(), width.into()]);
        }
    }
    table
}

fn panel(effects: &Effects, interaction: &Interaction) -> String {
    let none = Vec::new();
    let levels = |index: usize| effects.mains.get(index).map_or(&none, |main| &main.axis.levels);
    let (along, lines) = (levels(interaction.first), levels(interaction.second));
    let known = || interaction.means.iter().flatten().flatten().copied().filter(|mean| mean.is_finite());
    if known().next().is_none() || along.is_empty() {
        return String::new();
    }
    let (least, largest) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let unit = unit(effects.measure, largest.abs().max(least.abs()));
    let ticks = round_ticks(least * unit.factor, largest * unit.factor, 4);
    let title = shortened(&unit.title(&effects.kpi), SMALL, LETTERS);
    let until = along.len() as f64;
    let mut frame = Frame::new(Room::new(SMALL, 150.0), (0.0, until), &ticks, &title);
    let pitch = (frame.x.end - frame.x.start) / until;
    let every = labels_step(along, pitch);
    let label =
        |(index, label): (usize, &String)| (index as f64 + 0.5, shortened(label, pitch * every as f64 - 6.0, LETTERS));
    let axis = shortened(name(effects, interaction.first), 280.0, LETTERS);
    frame.x_axis(along.iter().enumerate().step_by(every).map(label).collect(), &axis);
    let mut legend = Vec::new();
    for (rank, (level, means)) in lines.iter().zip(&interaction.means).take(MOST_LINES).enumerate() {
        let class = if rank < SERIES { rank.to_string() } else { "rest".to_owned() };
        let mut path = Path::default();
        let mut marks = group(&format!("marks line-{class}"));
        for (index, mean) in means.iter().enumerate() {
            let Some(mean) = mean.filter(|mean| mean.is_finite()) else { continue };
            let (x, y) = (frame.x.at(index as f64 + 0.5), frame.y.at(mean * unit.factor));
            if path.is_empty() {
                path.move_to(x, y)
            } else {
                path.line_to(x, y)
            };
            let at = along.get(index).map_or("", |level| level);
            let second = name(effects, interaction.second);
            let first = name(effects, interaction.first);
            let tip = format!("{first}: {at}\n{second}: {level}\n{}", measured(effects.measure, mean));
            marks = marks.child(circle(x, y, 4.0).class("mark").tip(&tip));
        }
        if !path.is_empty() {
            frame.drawing.add(group(&format!("line-{class}")).child(path.element().class("way")));
        }
        frame.drawing.add(marks);
        legend.push((palette::series(rank), shortened(level, 120.0, 13.0)));
    }
    let mut note = format!("Lines: {}.", name(effects, interaction.second));
    if let Some(share) = interaction.share {
        note += &format!(" {} of the variation.", percent(share));
    }
    Figure {
        title: format!("{axis} × {}", shortened(name(effects, interaction.second), 160.0, 14.0)),
        note,
        legend: palette::legend(legend),
        picture: frame.drawing.finish(&format!(
            "Interaction of {} and {}",
            name(effects, interaction.first),
            name(effects, interaction.second)
        )),
        numbers: String::new(),
        is_small: true,
    }
    .render()
}
