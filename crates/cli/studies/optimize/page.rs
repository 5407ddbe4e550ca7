//! What an optimisation has found, for people: the best design beside the scenario as it is, or the front line by line.

use plant::kpi::Quantity;
use scenario::expand::Sense;
use study::optimize::Ending;

use super::{Figure, Found, Shown};
use crate::output::table::{Column, Table};
use crate::output::{self, ALARMING, GOOD, HEADING, QUIET, figure, styled};
use crate::studies::series::Played;

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
        time(played),
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

/// ` in 3.1 s on 2 cores`, and how many runs took none of it.
fn time(played: &Played) -> String {
    if played.cores == 0 {
        return String::new();
    }
    let seconds = figure::seconds(played.wall.as_secs_f64());
    let cores = figure::counted(played.cores as u64, "core");
    match played.found {
        0 => format!(" in {seconds} on {cores}"),
        found => format!("; {} were there, the others took {seconds} on {cores}", figure::counted(found, "run")),
    }
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
            let bound = figure::measured(constraint.kpi.quantity, constraint.bound);
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
    let seed = format!("seed {}", found.study.seed);
    if found.designs.is_empty() {
        format!("{ended}; {seed}")
    } else {
        format!("{ended}; {figures}, 95 % intervals; {seed}")
    }
}

/// What somebody should know who goes by the result.
fn doubts(found: &Found<'_>) -> String {
    let (impossible, undefined) = found.useless();
    let mut doubts = Vec::new();
    if !found.is_complete {
        doubts.push("Incomplete: the same command goes on.".to_owned());
    }
    if let Some((name, reason)) = found.impossible() {
        let designs = figure::counted(impossible as u64, "design");
        doubts.push(format!("Of {designs} no plant can be made, such as {name}: {reason}."));
    }
    if let Some(place) = found.tuning.tried().find_map(|tried| tried.undefined) {
        let designs = figure::counted(undefined as u64, "design");
        let kpi = &found.kpis()[place];
        doubts.push(format!("Of {designs} a KPI was undefined, such as `{kpi}`: they count as worse than all others."));
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
    format!("\n  {}\n", styled(ALARMING, format!("{why}{asked}")))
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
        let quantity = found.kpis()[place].quantity;
        let base = found.base.as_ref().map(|base| base[place]);
        let broken = if found.is_broken(place, figure) { ": broken" } else { "" };
        figures.row([
            found.kpis()[place].to_string(),
            base.map_or(figure::NONE.to_owned(), |base| in_words(quantity, &base)),
            in_words(quantity, figure),
            base.map_or(figure::NONE.to_owned(), |base| change(quantity, &base, figure)),
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

/// The front, the scenario as it is first: what the designs come to, then what they set.
fn front(found: &Found<'_>, designs: &[Shown], width: usize) -> String {
    let objectives = found.tuning.optimization.objectives.len();
    let headings: Vec<String> = found.kpis().iter().map(ToString::to_string).collect();
    let mut columns = vec![Column::Names("Design")];
    for (place, heading) in headings.iter().enumerate() {
        columns.push(Column::Figures(heading));
        columns.extend((place < objectives).then_some(Column::Figures("change")));
    }
    let mut table = Table::new(&columns);
    let cells = |figures: &[Figure]| -> Vec<String> {
        let cell = |(place, figure): (usize, &Figure)| {
            let quantity = found.kpis()[place].quantity;
            if place >= objectives {
                let mean = figure.mean.map_or(figure::NONE.to_owned(), |mean| figure::measured(quantity, mean));
                return vec![if found.is_broken(place, figure) { format!("{mean} !") } else { mean }];
            }
            let base = found.base.as_ref().map(|base| base[place]);
            vec![
                in_words(quantity, figure),
                base.map_or(figure::NONE.to_owned(), |base| change(quantity, &base, figure)),
            ]
        };
        figures.iter().enumerate().flat_map(cell).collect()
    };
    if let Some(base) = &found.base {
        table.row(std::iter::once("as it is".to_owned()).chain(cells(base)));
    }
    for design in designs {
        table.row(std::iter::once(design.name.clone()).chain(cells(&design.figures)));
    }
    let dispensable: Vec<&str> = headings[objectives..].iter().rev().map(String::as_str).collect();
    let table = table.without_empty_columns(|cell| cell == figure::NONE).fitted(width, &dispensable);
    let mut text = format!("\n{}\n{}", table.render(width), what_is_set(designs, width));
    let mut notes: Vec<String> = (objectives..found.kpis().len()).map(|place| asked(found, place)).collect();
    if designs.iter().any(|design| design.figures.iter().enumerate().any(|(place, one)| found.is_broken(place, one))) {
        notes.push("! breaks that".to_owned());
    }
    let left_out = found.outcome.front.len().saturating_sub(designs.len());
    if left_out > 0 {
        notes.push(format!("{} of the front between these", figure::counted(left_out as u64, "more design")));
    }
    let rivals = found.outcome.rivals.len() as u64;
    if rivals > 0 {
        notes.push(format!("{} cannot be told from these", figure::counted(rivals, "other design")));
    }
    for line in output::wrapped(&notes.join("; "), width - 2).lines().filter(|line| !line.is_empty()) {
        text.push_str(&format!("  {}\n", styled(QUIET, line)));
    }
    text
}

/// What each design sets: a column for each variable where that fits, else all in one.
fn what_is_set(designs: &[Shown], width: usize) -> String {
    let paths: Vec<&str> = designs[0].settings.iter().map(|(path, _)| path.as_str()).collect();
    let mut columns = vec![Column::Names("Design")];
    columns.extend(paths.iter().map(|path| Column::Figures(path)));
    let mut table = Table::new(&columns);
    for design in designs {
        table.row(std::iter::once(design.name.clone()).chain(design.settings.iter().map(|(_, value)| value.clone())));
    }
    if table.fits(width) {
        return table.render(width) + "\n";
    }
    let mut table = Table::new(&[Column::Names("Design"), Column::Words("sets")]);
    for design in designs {
        let sets: Vec<String> = design.settings.iter().map(|(path, value)| format!("{path}={value}")).collect();
        table.row([design.name.clone(), sets.join("; ")]);
    }
    table.render(width) + "\n"
}

/// `59.3 +- 0.4 /h`.
fn in_words(quantity: Quantity, figure: &Figure) -> String {
    match (figure.mean, figure.half_width) {
        (Some(mean), Some(half_width)) => figure::more_or_less(quantity, mean, half_width),
        (Some(mean), None) => figure::measured(quantity, mean),
        _ => figure::NONE.to_owned(),
    }
}

/// `+3.1 % +- 0.6`, against the scenario as it is.
fn change(quantity: Quantity, base: &Figure, figure: &Figure) -> String {
    let (Some((difference, half_width)), Some(mean)) = (figure.difference, base.mean) else {
        return figure::NONE.to_owned();
    };
    figure::change(quantity.measure, mean, difference, half_width)
}
