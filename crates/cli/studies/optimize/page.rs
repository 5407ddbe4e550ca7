//! What an optimisation has found, for people: the best design beside the scenario as it is, or the front line by line.

use plant::kpi::Measure;
use scenario::expand::Sense;
use study::optimize::Ending;

use super::{Figure, Found, Shown};
use crate::output::table::{Column, Table};
use crate::output::{self, ALARMING, GOOD, HEADING, QUIET, figure, styled};
use crate::studies::series::{self, Played};

/// The page.
pub fn page(found: &Found<'_>, played: &Played, width: usize) -> String {
    let study = found.study;
    let mut text = format!("{}  {}\n", styled(HEADING, study.name()), styled(QUIET, &study.plan.files[0]));
    let objectives: Vec<String> = (0..found.tuning.optimization.objectives.len()).map(|at| asked(found, at)).collect();
    let runs = found.tuning.played();
    text.push_str(&format!(
        "{}: {} of up to {}, {}{}\n",
        objectives.join(", "),
        figure::count(runs),
        figure::counted(found.budget(), "run"),
        figure::counted(found.outcome.designs as u64, "design"),
        series::in_words(played, 0).split(" (").next().unwrap_or_default(),
    ));
    text.push_str(&format!("{}\n", styled(QUIET, how_it_went(found))));
    for line in output::wrapped(&doubts(found), width).lines().filter(|line| !line.is_empty()) {
        text.push_str(&format!("{}\n", styled(ALARMING, line)));
    }
    match found.designs.as_slice() {
        [] => text.push_str(&nothing(found)),
        [best] if found.tuning.optimization.objectives.len() == 1 => text.push_str(&beside(found, best, width)),
        designs => text.push_str(&front(found, designs, width)),
    }
    text
}

/// `throughput as large as possible`, `wip at most 40`: what is asked of a KPI.
fn asked(found: &Found<'_>, place: usize) -> String {
    format!("{} {}", found.kpis()[place], bound(found, place))
}

fn bound(found: &Found<'_>, place: usize) -> String {
    let optimization = found.tuning.optimization;
    match optimization.objectives.get(place) {
        Some(objective) if objective.maximize => "as large as possible".to_owned(),
        Some(_) => "as small as possible".to_owned(),
        None => {
            let constraint = &optimization.constraints[place - optimization.objectives.len()];
            let bound = figure::measured(constraint.kpi.definition.measure, constraint.bound);
            match constraint.sense {
                Sense::AtMost => format!("at most {bound}"),
                Sense::AtLeast => format!("at least {bound}"),
            }
        }
    }
}

/// Why it ended, the seed, and what the figures are of.
fn how_it_went(found: &Found<'_>) -> String {
    let ended = match found.outcome.ending {
        Some(Ending::Converged) => "ended when nothing better came any more",
        Some(Ending::Exhausted) => "ended when there was nothing new to try",
        Some(Ending::Budget) => "ended when the runs were spent",
        None => "not at its end",
    };
    let figures = match found.tuning.check() {
        Some(check) => {
            let count = check.replications.end - check.replications.start;
            format!("figures of {} that the search has not seen", figure::counted(count, "replication"))
        }
        None => "figures of the search, which flatter: luck had a part in it".to_owned(),
    };
    format!("{ended}; {figures}, 95 % intervals; seed {}", found.study.seed)
}

/// What somebody should know who goes by the result.
fn doubts(found: &Found<'_>) -> String {
    let (impossible, undefined) = found.useless();
    let mut doubts = Vec::new();
    if !found.is_complete {
        doubts.push("Incomplete: the same command goes on.".to_owned());
    }
    if impossible > 0 {
        doubts.push(format!("Of {} no plant can be made.", figure::counted(impossible as u64, "design")));
    }
    if undefined > 0 {
        let designs = figure::counted(undefined as u64, "design");
        doubts.push(format!(
            "Of {designs} a KPI was undefined in some replication: they count as worse than all others."
        ));
    }
    doubts.join(" ")
}

fn nothing(found: &Found<'_>) -> String {
    let (impossible, undefined) = found.useless();
    let usable = found.outcome.designs.saturating_sub(undefined + impossible);
    let why = match usable {
        0 => "no design could be judged",
        _ => "no design keeps all constraints on average",
    };
    let bounds = found.tuning.optimization.objectives.len()..found.kpis().len();
    let bounds: Vec<String> = bounds.map(|place| asked(found, place)).collect();
    let asked = if bounds.is_empty() { String::new() } else { format!(": {}", bounds.join(", ")) };
    format!("\n{}\n", styled(ALARMING, format!("{why}{asked}")))
}

/// The best design and the scenario as it is, side by side.
fn beside(found: &Found<'_>, best: &Shown, width: usize) -> String {
    let mut settings = Table::new(&[Column::Names("Variable"), Column::Figures("as it is"), Column::Figures("best")]);
    let present = &found.tuning.optimization.present;
    for ((path, value), present) in best.settings.iter().zip(present) {
        let present = present.as_ref().map_or(figure::NONE.to_owned(), scenario::design::in_words);
        settings.row([path.clone(), present, value.clone()]);
    }
    let mut figures = Table::new(&[
        Column::Names("KPI"),
        Column::Figures("as it is"),
        Column::Figures("best"),
        Column::Figures("change"),
        Column::Words("asked"),
    ]);
    for (place, figure) in best.figures.iter().enumerate() {
        let measure = found.kpis()[place].definition.measure;
        let base = found.base.as_ref().map(|base| base[place]);
        let broken = if found.is_broken(place, figure) { ": broken" } else { "" };
        figures.row([
            found.kpis()[place].to_string(),
            base.map_or(figure::NONE.to_owned(), |base| in_words(measure, &base)),
            in_words(measure, figure),
            base.map_or(figure::NONE.to_owned(), |base| change(measure, &base, figure)),
            format!("{}{broken}", bound(found, place)),
        ]);
    }
    let mut text = format!("\n{}\n{}", settings.render(width), figures.render(width));
    let rivals = found.outcome.rivals.len() as u64;
    let name = styled(GOOD, &best.name);
    let told = match rivals {
        0 => "all others that were tried are clearly worse".to_owned(),
        _ => format!("{} that were tried cannot be told from it", figure::counted(rivals, "other design")),
    };
    text.push_str(&format!("\n  {name}  {}\n", styled(QUIET, told)));
    let sets: Vec<String> = best.settings.iter().map(|(path, value)| format!("--set '{path}={value}'")).collect();
    for line in output::wrapped(&format!("played alone with {}", sets.join(" ")), width - 2).lines() {
        text.push_str(&format!("  {}\n", styled(QUIET, line)));
    }
    text
}

/// The front, the scenario as it is first.
fn front(found: &Found<'_>, designs: &[Shown], width: usize) -> String {
    let headings: Vec<String> = found.kpis().iter().map(ToString::to_string).collect();
    let mut columns = vec![Column::Names("Design")];
    for heading in &headings {
        columns.extend([Column::Figures(heading), Column::Figures("change")]);
    }
    columns.push(Column::Words("sets"));
    let mut table = Table::new(&columns);
    let cells = |figures: &[Figure]| -> Vec<String> {
        let cell = |(place, figure): (usize, &Figure)| {
            let measure = found.kpis()[place].definition.measure;
            let mark = if found.is_broken(place, figure) { " broken" } else { "" };
            let against = found.base.as_ref().filter(|_| figure.difference.is_some()).map(|base| base[place]);
            let change = against.map_or(figure::NONE.to_owned(), |base| change(measure, &base, figure));
            [format!("{}{mark}", in_words(measure, figure)), change]
        };
        figures.iter().enumerate().flat_map(cell).collect()
    };
    if let Some(base) = &found.base {
        table.row(std::iter::once("as it is".to_owned()).chain(cells(base)).chain([String::new()]));
    }
    for design in designs {
        let sets: Vec<String> = design.settings.iter().map(|(path, value)| format!("{path}={value}")).collect();
        table.row(std::iter::once(design.name.clone()).chain(cells(&design.figures)).chain([sets.join("; ")]));
    }
    let mut text = format!("\n{}", table.without_empty_columns(|cell| cell == figure::NONE).render(width));
    let bounds = found.tuning.optimization.objectives.len()..found.kpis().len();
    let mut notes: Vec<String> = bounds.map(|place| asked(found, place)).collect();
    let left_out = found.outcome.front.len().saturating_sub(designs.len());
    if left_out > 0 {
        notes.push(format!("{} of the front between these", figure::counted(left_out as u64, "more design")));
    }
    let rivals = found.outcome.rivals.len() as u64;
    if rivals > 0 {
        notes.push(format!("{} cannot be told from these", figure::counted(rivals, "other design")));
    }
    if !notes.is_empty() {
        text.push_str(&format!("\n  {}\n", styled(QUIET, notes.join("; "))));
    }
    text
}

/// `59.3 /h +- 0.4`.
fn in_words(measure: Measure, figure: &Figure) -> String {
    let Some(mean) = figure.mean else { return figure::NONE.to_owned() };
    let mean = figure::measured(measure, mean);
    match figure.half_width {
        Some(half_width) => format!("{mean} +- {}", figure::measured(measure, half_width)),
        None => mean,
    }
}

/// `+3.1 % +- 0.6`: relative to the base's mean; of ratios in points.
fn change(measure: Measure, base: &Figure, figure: &Figure) -> String {
    let (Some((difference, half_width)), Some(mean)) = (figure.difference, base.mean) else {
        return figure::NONE.to_owned();
    };
    let (whole, unit) = match measure {
        Measure::Ratio => (0.01, "points"),
        _ => (mean.abs() / 100.0, "%"),
    };
    if whole == 0.0 {
        return figure::NONE.to_owned();
    }
    let half_width = half_width.map_or(String::new(), |half_width| format!(" +- {:.1}", half_width / whole));
    format!("{:+.1} {unit}{half_width}", difference / whole)
}
