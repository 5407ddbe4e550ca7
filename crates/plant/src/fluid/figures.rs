//! What results show of tanks, pumps and pipes: volumes, what came and went, how often levels were passed.

use kernel::SimDuration;

use super::fixture::{Fixture, FixturePlan};
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::report::Figures;
use crate::state::State;

/// Litres in a cubic metre.
const LITRES: f64 = 1e3;

/// Adds the figures of `me` up to the present, which changes nothing.
pub(crate) fn add_figures(floor: &Floor<'_>, me: ElementIndex, figures: &mut Figures<'_>) {
    let (Some(Fixture { plan, state }), Some(network)) = (&floor.fixtures[me.index()], floor.networks.find(me)) else {
        return;
    };
    let behind = floor.time_behind(&network);
    let course = floor.course(&network);
    let moved = course.moved(behind);
    let (now, since) = (floor.now(), floor.statistics_since());
    let [came, went, spilled] = state.since_warm_up();
    if let Some(store) = network.store(me) {
        let volume = moved.volumes[store];
        let litre_seconds = state.litre_seconds + course.integral(store, behind) * LITRES;
        let span_s = (now - since).as_seconds_f64();
        figures.quantity("volume", volume.litres(), "l");
        let mean = if span_s > 0.0 { litre_seconds / span_s } else { volume.litres() };
        figures.quantity("mean volume", mean, "l");
        figures.quantity("largest volume", state.largest.max(volume).litres(), "l");
        figures.quantity("smallest volume", state.smallest.min(volume).litres(), "l");
        figures.quantity("came in", (came + moved.came[store]).litres(), "l");
        figures.quantity("went out", (went + moved.went[store]).litres(), "l");
        figures.quantity("ran over", (spilled + moved.spilled[store]).litres(), "l");
    } else {
        let pump = network.pumps.binary_search(&me).map(|pump| moved.by_line[pump]);
        let outlet = || plan.ends()[0].and_then(|tank| network.store(tank)).map(|tank| moved.by_outlet[tank]);
        let moves = pump.ok().or_else(outlet).unwrap_or_default();
        figures.quantity("went out", (went + moves).litres(), "l");
    }
    if let FixturePlan::Tank(tank) = plan {
        let unit = floor.unit(me);
        figures.quantity("time empty", unit.time_in(State::Starved, now).as_seconds_f64(), "s");
        figures.quantity("time full", unit.time_in(State::Blocked, now).as_seconds_f64(), "s");
        if let Some(area) = tank.area {
            figures.quantity("height", floor.volume(me).litres() / LITRES / area, "m");
        }
        let above = tank.levels.iter().zip(&state.levels).map(|((name, _), passage)| {
            let time: SimDuration = passage.time_above(now);
            format!("\"{name}\" {} times, {time} in all", passage.times)
        });
        let above: Vec<String> = above.collect();
        if !above.is_empty() {
            figures.word("above its levels", above.join("; "));
        }
    }
}
