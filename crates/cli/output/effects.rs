//! What the axes of a sweep do to a KPI, as tables for people.

use plant::kpi::Column as Kpi;
use study::effect::Analysis;
use study::effect::factorial::Interaction;
use study::precision::LEVEL;

use super::table::{Column, Table};
use super::{QUIET, figure, styled};

pub mod rows;

/// Most pairs of axes that are shown; those that explain most.
const MOST_PAIRS: usize = 3;
/// Pairs that explain less would be shown as 0.0 %.
const LEAST_SHARE: f64 = 0.0005;
/// Most axes that are shown; those that do most.
const MOST_AXES: usize = 20;

/// The tables of what `analysis` says of `kpi`.
pub fn page(analysis: &Analysis, kpi: &Kpi, width: usize) -> String {
    let quantity = kpi.quantity;
    let shown = |value: f64| figure::measured(quantity, value);
    let more_or_less = |value: Option<f64>, half_width: Option<f64>| match (value, half_width) {
        (Some(value), Some(half_width)) => figure::more_or_less(quantity, value, half_width),
        (Some(value), None) => shown(value),
        _ => figure::NONE.to_owned(),
    };
    match analysis {
        Analysis::Factorial { axes, effects } => {
            let columns = [
                Column::Names("Effect"),
                Column::Figures("lowest at"),
                Column::Figures("highest at"),
                Column::Figures("difference"),
                Column::Figures("explains"),
            ];
            let mut table = Table::new(&columns);
            let mut order: Vec<usize> = (0..axes.len()).collect();
            order.sort_by(|one, other| effects.axes[*other].range.total_cmp(&effects.axes[*one].range));
            let share = |share: Option<f64>| share.map_or(figure::NONE.to_owned(), figure::percent);
            for axis in order.into_iter().take(MOST_AXES) {
                let ((path, levels), effect) = (&axes[axis], &effects.axes[axis]);
                let at =
                    |level: usize| if effect.range > 0.0 { levels[level].clone() } else { figure::NONE.to_owned() };
                table.row([
                    path.clone(),
                    at(effect.lowest),
                    at(effect.highest),
                    more_or_less(Some(effect.range), effect.interval.map(|interval| interval.half_width)),
                    share(effect.share),
                ]);
            }
            let is_there = |pair: &&Interaction| pair.share.is_some_and(|share| share >= LEAST_SHARE);
            let mut pairs: Vec<_> = effects.interactions.iter().filter(is_there).collect();
            pairs.sort_by(|one, other| other.share.unwrap_or(0.0).total_cmp(&one.share.unwrap_or(0.0)));
            for pair in pairs.into_iter().take(MOST_PAIRS) {
                let names = format!("{} with {}", axes[pair.axes.0].0, axes[pair.axes.1].0);
                let none = || figure::NONE.to_owned();
                let largest = more_or_less(pair.largest, pair.interval.map(|interval| interval.half_width));
                table.row([names, none(), none(), largest, share(pair.share)]);
            }
            let table = table.without_empty_columns(|cell| cell == figure::NONE);
            let note = match effects.noise {
                Some(noise) => format!("; about {} of the variation is noise", figure::percent(noise)),
                None => String::new(),
            };
            let heading = format!("Effects on {kpi}: mean {}{note}", shown(effects.mean));
            format!("\n  {}\n{}", styled(QUIET, heading), table.render(width))
        }
        Analysis::Regression { axes, regression } => {
            let columns =
                [Column::Names("Axis"), Column::Figures("from"), Column::Figures("to"), Column::Figures("rise")];
            let mut table = Table::new(&columns);
            let mut order: Vec<usize> = (0..axes.len()).collect();
            let size = |axis: &usize| regression.rises[*axis].mean.abs();
            order.sort_by(|one, other| size(other).total_cmp(&size(one)));
            for axis in order.into_iter().take(MOST_AXES) {
                let ((path, [low, high]), rise) = (&axes[axis], &regression.rises[axis]);
                let rise = figure::more_or_less(quantity, rise.mean, rise.half_width);
                table.row([path.clone(), low.clone(), high.clone(), rise]);
            }
            let explained = figure::percent(regression.explained);
            let heading = format!(
                "Effects on {kpi}: a plane through the points, which explains {explained} of what differs between them"
            );
            format!("\n  {}\n{}", styled(QUIET, heading), table.render(width))
        }
        Analysis::OneAtATime { axes, sensitivities } => {
            let columns = [
                Column::Names("One at a time"),
                Column::Figures("from"),
                Column::Figures("change"),
                Column::Figures("to"),
                Column::Figures("change"),
                Column::Figures("for 1 %"),
            ];
            let mut table = Table::new(&columns);
            let mut order: Vec<usize> = (0..axes.len()).collect();
            let swing = |axis: &usize| sensitivities[*axis].swing.mean().unwrap_or(0.0).abs();
            order.sort_by(|one, other| swing(other).total_cmp(&swing(one)));
            for axis in order.into_iter().take(MOST_AXES) {
                let ((path, [low, high]), found) = (&axes[axis], &sensitivities[axis]);
                let change = |moments: &kernel::Moments| {
                    more_or_less(moments.mean(), moments.interval(LEVEL).map(|interval| interval.half_width))
                };
                let elasticity = found.elasticity.map_or(figure::NONE.to_owned(), |rise| format!("{rise:+.2} %"));
                table.row([
                    path.clone(),
                    low.clone(),
                    change(&found.low),
                    high.clone(),
                    change(&found.high),
                    elasticity,
                ]);
            }
            let heading = format!("Changes of {kpi} against the scenario as it is");
            format!("\n  {}\n{}", styled(QUIET, heading), table.render(width))
        }
        Analysis::Morris { axes, screened } => {
            let columns = [
                Column::Names("Screening"),
                Column::Figures("mean size mu*"),
                Column::Figures("mean mu"),
                Column::Figures("spread sigma"),
            ];
            let mut table = Table::new(&columns);
            let mut order: Vec<usize> = (0..axes.len()).collect();
            let size = |axis: &usize| screened[*axis].mu_star().unwrap_or(0.0);
            order.sort_by(|one, other| size(other).total_cmp(&size(one)));
            for axis in order.into_iter().take(MOST_AXES) {
                let found = &screened[axis];
                let half_width = found.sizes.interval(LEVEL).map(|interval| interval.half_width);
                let plain = |value: Option<f64>| value.map_or(figure::NONE.to_owned(), shown);
                table.row([
                    axes[axis].clone(),
                    more_or_less(found.mu_star(), half_width),
                    plain(found.mu()),
                    plain(found.sigma()),
                ]);
            }
            let heading = format!("Elementary effects on {kpi} over the whole range of each axis (Morris)");
            format!("\n  {}\n{}", styled(QUIET, heading), table.render(width))
        }
    }
}
