//! A Morris screening: which factors matter at all, and which of those act alone.

use super::chart::{Frame, LETTERS, Room, WIDE};
use super::figure::{NONE, difference_like, number, size_like, spread, unit};
use super::html::{Figure, Table, paragraph};
use super::page::{ScreenedFactor, Screening};
use super::scale::round_ticks;
use super::svg::{circle, group, line, shortened, text, text_width};

/// Factors that are drawn.
const MOST_FACTORS: usize = 200;
/// Factors of one mark that its tip tells of.
const MOST_TOLD: usize = 6;
/// Labels are tried at this many places around their mark.
const PLACES: [(f64, f64, &str); 7] = [
    (9.0, 4.0, ""),
    (-9.0, 4.0, "end"),
    (0.0, -10.0, "middle"),
    (0.0, 19.0, "middle"),
    (9.0, -9.0, ""),
    (-9.0, -9.0, "end"),
    (9.0, 16.0, ""),
];

/// A label's place on paper: left, top, right, bottom.
type Area = (f64, f64, f64, f64);

fn is_within(area: &Area, bounds: &Area) -> bool {
    area.0 >= bounds.0 && area.1 >= bounds.1 && area.2 <= bounds.2 && area.3 <= bounds.3
}

fn touches(one: &Area, other: &Area) -> bool {
    one.0 < other.2 && other.0 < one.2 && one.1 < other.3 && other.1 < one.3
}

/// Writes labels beside marks where they cover neither each other nor a mark; those for which there is no room are left to the tip.
#[derive(Debug, Default)]
pub(super) struct Labels {
    taken: Vec<Area>,
}

impl Labels {
    /// Keeps the place of a mark and of its whisker, from `left` to `right`, free.
    pub fn mark(&mut self, (x, y): (f64, f64), radius: f64, (left, right): (f64, f64)) {
        self.taken.push((x - radius, y - radius, x + radius, y + radius));
        self.taken.push((left, y - 2.0, right, y + 2.0));
    }

    /// Writes a label beside the mark at that place, within `bounds`.
    pub fn place(&mut self, name: &str, (x, y): (f64, f64), bounds: Area) -> Option<super::svg::Element> {
        let name = shortened(name, 240.0, LETTERS);
        let width = text_width(&name, LETTERS);
        for (dx, dy, anchor) in PLACES {
            let start = match anchor {
                "end" => x + dx - width,
                "middle" => x + dx - 0.5 * width,
                _ => x + dx,
            };
            let area = (start, y + dy - 10.0, start + width, y + dy + 3.0);
            if is_within(&area, &bounds) && !self.taken.iter().any(|other| touches(&area, other)) {
                self.taken.push(area);
                return Some(text(x + dx, y + dy, &name).class(&format!("note halo {anchor}")));
            }
        }
        None
    }
}

/// The scatter of one KPI.
pub(super) fn render(screening: &Screening) -> String {
    let is_usable = |index: &usize| {
        let factor = &screening.factors[*index];
        factor.mu_star.is_finite() && factor.sigma.is_finite()
    };
    let mut ranked: Vec<usize> = (0..screening.factors.len()).filter(is_usable).collect();
    ranked.sort_by(|one, other| screening.factors[*other].mu_star.total_cmp(&screening.factors[*one].mu_star));
    if ranked.is_empty() {
        return String::new();
    }
    let factors = || ranked.iter().take(MOST_FACTORS).map(|index| &screening.factors[*index]);
    let farthest = factors().map(|factor| factor.mu_star + factor.half_width.unwrap_or(0.0)).fold(0.0, f64::max);
    if farthest == 0.0 {
        return paragraph(&format!("None of the factors moves {}.", screening.kpi));
    }
    let highest = factors().map(|factor| factor.sigma).fold(0.0, f64::max);
    let unit = unit(screening.measure, farthest.max(highest));
    let x_ticks = round_ticks(0.0, farthest * unit.factor, 8);
    let y_ticks = round_ticks(0.0, highest * unit.factor, 5);
    let title = unit.title("σ: how much the effect varies");
    let mut frame = Frame::new(Room::new(WIDE, 330.0), (x_ticks.low(), x_ticks.high()), &y_ticks, &title);
    frame.x_axis(x_ticks.labels, &unit.title("μ*: how large the effect is"));
    // Below the line sigma = mu* / 2 an effect is nearly the same everywhere.
    let (x, y) = (frame.x, frame.y);
    let reach = x.high.min(2.0 * y.high);
    frame.drawing.add(line(x.at(0.0), y.at(0.0), x.at(reach), y.at(0.5 * reach)).class("guide"));
    let mut labels = Labels::default();
    let whisker = |factor: &ScreenedFactor| {
        let half_width = factor.half_width.filter(|half_width| half_width.is_finite()).unwrap_or(0.0);
        (x.at((factor.mu_star - half_width).max(0.0) * unit.factor), x.at((factor.mu_star + half_width) * unit.factor))
    };
    for factor in factors() {
        labels.mark((x.at(factor.mu_star * unit.factor), y.at(factor.sigma * unit.factor)), 6.0, whisker(factor));
    }
    let bounds = (x.start, y.end - 12.0, x.end + 12.0, y.start - 1.0);
    // Factors without any effect lie on one another, as do those of a line without noise.
    let mut spots: Vec<((f64, f64), Vec<&ScreenedFactor>)> = Vec::new();
    for factor in factors() {
        let at = (x.at(factor.mu_star * unit.factor), y.at(factor.sigma * unit.factor));
        match spots.iter_mut().find(|(other, _)| (at.0 - other.0).abs().max((at.1 - other.1).abs()) < 1.0) {
            Some((_, factors)) => factors.push(factor),
            None => spots.push((at, vec![factor])),
        }
    }
    for (at, factors) in &spots {
        let tips: Vec<String> = factors.iter().take(MOST_TOLD).map(|factor| told(screening, factor)).collect();
        let mut mark = group("point").tip(&tips.join("\n\n"));
        for (left, right) in factors.iter().map(|factor| whisker(factor)).filter(|(left, right)| right > left) {
            mark = mark.child(line(left, at.1, right, at.1).class("whisker faint"));
        }
        frame.drawing.add(mark.child(circle(at.0, at.1, 5.0).class("mark")));
        let names: Vec<&str> = factors.iter().map(|factor| factor.name.as_str()).collect();
        if let Some(label) = labels.place(&names.join(", "), *at, bounds) {
            frame.drawing.add(label);
        }
    }
    Figure {
        title: format!("Which factors move {}", screening.kpi),
        note: "To the right: factors that matter. Above the dashed line: their effect depends on where the others are, or is not \
               straight. Near the left end: factors that can be left alone."
            .to_owned(),
        picture: frame.drawing.finish(&format!("Morris screening of {}", screening.kpi)),
        numbers: table(screening, &ranked).folded("Numbers"),
        ..Figure::default()
    }
    .render()
}

/// All that is known of a factor, for the pointer.
fn told(screening: &Screening, factor: &ScreenedFactor) -> String {
    let size = |value: f64| size_like(screening.measure, value, factor.mu_star);
    let mu = difference_like(screening.measure, factor.mu, factor.mu_star);
    format!("{}\nμ* = {}\nμ = {mu}\nσ = {}", factor.name, size(factor.mu_star), size(factor.sigma))
}

fn table(screening: &Screening, ranked: &[usize]) -> Table {
    let mut table =
        Table::new().figures("rank").text("factor").figures("μ*").figures("95 % interval").figures("μ").figures("σ");
    table = table.figures("σ / μ*");
    let largest = ranked.first().map_or(0.0, |index| screening.factors[*index].mu_star);
    for (rank, index) in ranked.iter().enumerate() {
        let factor = &screening.factors[*index];
        let size = |value: f64| size_like(screening.measure, value, largest);
        table.row(vec![
            (rank + 1).to_string().into(),
            factor.name.as_str().into(),
            size(factor.mu_star).into(),
            factor.half_width.map_or_else(|| NONE.to_owned(), |width| spread(screening.measure, width, largest)).into(),
            difference_like(screening.measure, factor.mu, largest).into(),
            size(factor.sigma).into(),
            if factor.mu_star > 0.0 { number(factor.sigma / factor.mu_star) } else { NONE.to_owned() }.into(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use plant::kpi::Measure;

    use super::*;

    fn screening(factors: &[(&str, f64, f64)]) -> Screening {
        let factor = |(name, mu_star, sigma): &(&str, f64, f64)| ScreenedFactor {
            name: (*name).to_owned(),
            mu: *mu_star,
            mu_star: *mu_star,
            half_width: Some(0.0),
            sigma: *sigma,
        };
        let factors = factors.iter().map(factor).collect();
        Screening { kpi: "Yield".into(), measure: Measure::Parts.into(), factors }
    }

    #[test]
    fn factors_that_lie_on_one_another_share_a_mark_and_a_label() {
        let text = render(&screening(&[("saw", 3.0, 0.0), ("drill", 3.0, 0.0), ("idle", 0.0, 0.0)]));
        assert_eq!(text.matches("<circle").count(), 2);
        assert!(text.contains(">saw, drill</text>") && text.contains(">idle</text>"), "{text}");
    }

    #[test]
    fn without_any_effect_there_is_nothing_to_draw() {
        assert_eq!(render(&screening(&[("saw", 0.0, 0.0)])), "<p>None of the factors moves Yield.</p>");
    }
}
