//! What an optimisation found: all designs it evaluated, and those that nothing beats in every objective.

use crate::compare::Aim;

use super::chart::{Frame, Room, WIDE};
use super::figure::{NONE, Unit, count, measured, unit};
use super::html::{Figure, Table};
use super::kpis::width_of;
use super::page::{EvaluatedDesign, Front, ObjectiveAxis};
use super::palette;
use super::scale::round_ticks;
use super::svg::{Element, Path, circle, group, line, rect};

/// Variables that a tip tells; the table has all of those of the front.
const MOST_TOLD: usize = 12;
/// Designs beside the front that are drawn: the last ones.
const MOST_DESIGNS: usize = 4_000;

/// Rows of the front that are shown at once; a longer table is folded away.
const OPEN_ROWS: usize = 30;

/// The picture and the table of the front.
pub(super) fn render(front: &Front) -> String {
    let best = best(front);
    let figure = match front.objectives.as_slice() {
        [] => return String::new(),
        [objective] => history(front, objective, &best),
        [first, second, ..] => scatter(front, (first, second), &best),
    };
    let Some(mut figure) = figure else { return String::new() };
    let table = table(front, &best);
    figure.numbers = if best.len() <= OPEN_ROWS { table.open() } else { table.folded("The front") };
    figure.render()
}

fn mean(design: &EvaluatedDesign, objective: usize) -> Option<f64> {
    design.objectives.get(objective).copied().flatten().map(|estimate| estimate.mean).filter(|mean| mean.is_finite())
}

/// The designs of the front, in the order of the first objective.
fn best(front: &Front) -> Vec<usize> {
    let is_best = |index: &usize| front.designs[*index].is_on_front && mean(&front.designs[*index], 0).is_some();
    let mut best: Vec<usize> = (0..front.designs.len()).filter(is_best).collect();
    let first = |index: usize| mean(&front.designs[index], 0).unwrap_or(0.0);
    best.sort_by(|one, other| first(*one).total_cmp(&first(*other)));
    best
}

/// What all marks of a scatter show, for the pointer.
fn tip(front: &Front, design: &EvaluatedDesign) -> String {
    let mut tip = Vec::new();
    for (name, value) in front.variables.iter().zip(&design.variables).take(MOST_TOLD) {
        tip.push(format!("{name}: {value}"));
    }
    for (objective, estimate) in front.objectives.iter().zip(&design.objectives) {
        if let Some(estimate) = estimate {
            let value = measured(objective.measure, estimate.mean);
            tip.push(format!("{}: {value} {}", objective.name, width_of(objective.measure, estimate)));
        }
    }
    if !design.is_feasible {
        tip.push("breaks a constraint".to_owned());
    }
    tip.join("\n")
}

fn direction(aim: Aim) -> &'static str {
    match aim {
        Aim::More => ", more is better",
        Aim::Less => ", less is better",
        Aim::Neither => "",
    }
}

/// Unit and reach of an objective over all designs.
fn reach(front: &Front, objective: &ObjectiveAxis, index: usize) -> Option<(Unit, f64, f64)> {
    let means = || front.designs.iter().filter_map(|design| mean(design, index));
    means().next()?;
    let (least, largest) = (means().fold(f64::INFINITY, f64::min), means().fold(f64::NEG_INFINITY, f64::max));
    Some((unit(objective.measure, largest.abs().max(least.abs())), least, largest))
}

/// Designs that are drawn though they are not on the front.
fn others(front: &Front) -> impl Iterator<Item = (usize, &EvaluatedDesign)> {
    let others = front.designs.iter().enumerate().filter(|(_, design)| !design.is_on_front);
    let total = others.clone().count();
    others.skip(total.saturating_sub(MOST_DESIGNS))
}

/// Designs that keep the constraints are dots, those that do not are crosses, and those of the front are squares.
fn mark(front: &Front, design: &EvaluatedDesign, x: f64, y: f64) -> Element {
    let shape = if design.is_on_front {
        rect(x - 5.0, y - 5.0, 10.0, 10.0).at("rx", 1.5).class("front")
    } else if design.is_feasible {
        circle(x, y, 3.0).class("dot")
    } else {
        let mut cross = Path::default();
        cross.move_to(x - 3.0, y - 3.0).line_to(x + 3.0, y + 3.0).move_to(x - 3.0, y + 3.0).line_to(x + 3.0, y - 3.0);
        cross.element().class("cross")
    };
    shape.tip(&tip(front, design))
}

fn legend(front: &Front, best: &str) -> String {
    let mut entries = vec![("front", best.to_owned()), ("dot", "other designs".to_owned())];
    if front.designs.iter().any(|design| !design.is_feasible) {
        entries.push(("cross-sample", "designs that break a constraint (×)".to_owned()));
    }
    palette::legend(entries)
}

fn scatter(front: &Front, (first, second): (&ObjectiveAxis, &ObjectiveAxis), best: &[usize]) -> Option<Figure> {
    let (x_unit, x_least, x_largest) = reach(front, first, 0)?;
    let (y_unit, y_least, y_largest) = reach(front, second, 1)?;
    let x_ticks = round_ticks(x_least * x_unit.factor, x_largest * x_unit.factor, 8);
    let y_ticks = round_ticks(y_least * y_unit.factor, y_largest * y_unit.factor, 6);
    let title = format!("{}{}", y_unit.title(&second.name), direction(second.aim));
    let mut frame = Frame::new(Room::new(WIDE, 360.0), (x_ticks.low(), x_ticks.high()), &y_ticks, &title);
    frame.x_axis(x_ticks.labels, &format!("{}{}", x_unit.title(&first.name), direction(first.aim)));
    let (x, y) = (frame.x, frame.y);
    let place = |design: &EvaluatedDesign| {
        Some((x.at(mean(design, 0)? * x_unit.factor), y.at(mean(design, 1)? * y_unit.factor)))
    };
    let mut all = group("designs");
    for (_, design) in others(front) {
        if let Some((x, y)) = place(design) {
            all = all.child(mark(front, design, x, y));
        }
    }
    frame.drawing.add(all);
    let mut way = Path::default();
    let mut marks = group("designs");
    for design in best.iter().map(|index| &front.designs[*index]) {
        let Some((at_x, at_y)) = place(design) else { continue };
        if way.is_empty() {
            way.move_to(at_x, at_y)
        } else {
            way.line_to(at_x, at_y)
        };
        for (objective, (unit, scale, is_along)) in [(x_unit, x, true), (y_unit, y, false)].into_iter().enumerate() {
            let half_width = design
                .objectives
                .get(objective)
                .copied()
                .flatten()
                .and_then(|estimate| estimate.half_width)
                .filter(|width| width.is_finite());
            let (Some(half_width), Some(mean)) = (half_width, mean(design, objective)) else { continue };
            let [low, high] = [-half_width, half_width].map(|width| scale.at((mean + width) * unit.factor));
            let whisker = if is_along { line(low, at_y, high, at_y) } else { line(at_x, low, at_x, high) };
            marks = marks.child(whisker.class("whisker faint"));
        }
        marks = marks.child(mark(front, design, at_x, at_y));
    }
    frame.drawing.add(way.element().class("front-line"));
    frame.drawing.add(marks);
    Some(Figure {
        title: format!("{} against {}", second.name, first.name),
        note: format!(
            "{} designs were evaluated; on the front are the {} that no other beats in both objectives.",
            count(front.designs.len() as u64),
            count(best.len() as u64)
        ),
        legend: legend(front, "the front"),
        picture: frame.drawing.finish("Objectives of all designs, with the Pareto front"),
        ..Figure::default()
    })
}

fn history(front: &Front, objective: &ObjectiveAxis, best: &[usize]) -> Option<Figure> {
    let (unit, least, largest) = reach(front, objective, 0)?;
    let ticks = round_ticks(least * unit.factor, largest * unit.factor, 6);
    let title = format!("{}{}", unit.title(&objective.name), direction(objective.aim));
    let until = front.designs.len().max(2) as f64;
    let mut frame = Frame::new(Room::new(WIDE, 300.0), (0.0, until), &ticks, &title);
    frame.x_axis(
        round_ticks(0.0, until, 8).labels.into_iter().filter(|(value, _)| *value <= until).collect(),
        "designs evaluated",
    );
    let mut so_far: Option<f64> = None;
    let mut way = Path::default();
    for (index, design) in front.designs.iter().enumerate() {
        let Some(mean) = mean(design, 0).filter(|_| design.is_feasible) else { continue };
        let improves =
            so_far.is_none_or(|before| if objective.aim == Aim::Less { mean < before } else { mean > before });
        if improves {
            let (x, y) = (frame.x.at(index as f64 + 1.0), frame.y.at(mean * unit.factor));
            match so_far {
                None => way.move_to(x, y),
                Some(before) => way.line_to(x, frame.y.at(before * unit.factor)).line_to(x, y),
            };
            so_far = Some(mean);
        }
    }
    if let Some(last) = so_far {
        way.line_to(frame.x.end, frame.y.at(last * unit.factor));
        frame.drawing.add(way.element().class("front-line"));
    }
    let drawn = others(front).chain(best.iter().map(|index| (*index, &front.designs[*index])));
    for (index, design) in drawn {
        if let Some(mean) = mean(design, 0) {
            let (x, y) = (frame.x.at(index as f64 + 1.0), frame.y.at(mean * unit.factor));
            frame.drawing.add(mark(front, design, x, y));
        }
    }
    Some(Figure {
        title: format!("{} as the optimisation went on", objective.name),
        note: "The line is the best design so far that keeps all constraints.".to_owned(),
        legend: legend(front, "the best"),
        picture: frame.drawing.finish("The objective of all designs in the order of their evaluation"),
        ..Figure::default()
    })
}

fn table(front: &Front, best: &[usize]) -> Table {
    let mut table = Table::new().figures("design");
    for variable in &front.variables {
        table = table.figures(variable);
    }
    for objective in &front.objectives {
        table = table.figures(&objective.name).figures("95 % interval");
    }
    for index in best {
        let design = &front.designs[*index];
        let mut row = vec![count(*index as u64 + 1).into()];
        row.extend((0..front.variables.len()).map(|at| design.variables.get(at).map_or(NONE, |value| value).into()));
        for (at, objective) in front.objectives.iter().enumerate() {
            let estimate = design.objectives.get(at).copied().flatten();
            row.push(
                estimate.map_or_else(|| NONE.to_owned(), |estimate| measured(objective.measure, estimate.mean)).into(),
            );
            row.push(
                estimate.map_or_else(|| NONE.to_owned(), |estimate| width_of(objective.measure, &estimate)).into(),
            );
        }
        table.row(row);
    }
    table
}
