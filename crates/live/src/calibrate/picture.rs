//! A picture of a fit as SVG: the observed distribution as steps, the law as a curve, and a mark for every censored time.
//!
//! The distribution and not its density, because steps hide nothing behind the width of a bar. The file needs nothing else, and
//! is readable in light and in dark.

use std::fmt::Write as _;

use super::fit::Law;
use super::goodness::{Goodness, observed};
use super::sample::Sample;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 544.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 292.0;
/// Points of the curve.
const POINTS: usize = 200;
/// Most steps and marks that are drawn: finer ones cannot be seen.
const MOST_STEPS: usize = 1_000;

const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#333}.title{font-size:14px;font-weight:600}.grid{stroke:#ddd}\
    .axis{stroke:#888}.steps{fill:none;stroke:#1f6fb4;stroke-width:1.5}.curve{fill:none;stroke:#c2410c;stroke-width:2}\
    .mark{stroke:#1f6fb4}rect{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#333}rect{fill:#16181c}\
    .steps,.mark{stroke:#6cb6f5}.curve{stroke:#fb923c}}";

/// `text` so that it is shown as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter if letter.is_control() => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A step of 1, 2 or 5 times a power of ten that goes about five times into `span`.
fn tick_step(span: f64) -> f64 {
    let rough = span / 5.0;
    let unit = kernel::libm::pow(10.0, kernel::libm::log10(rough).floor());
    let step = [1.0, 2.0, 5.0].into_iter().find(|step| step * unit >= rough).unwrap_or(10.0);
    step * unit
}

/// The picture of a fit, as a whole file. `title` says what it is, `law_text` how the law is written.
#[must_use]
pub fn picture(sample: &Sample, law: &Law, goodness: Option<Goodness>, title: &str, law_text: &str) -> String {
    let steps = observed(sample);
    let all = || sample.complete().iter().chain(sample.censored()).copied();
    let (least, most) = all().fold((f64::INFINITY, 0.0_f64), |(least, most), x| (least.min(x), most.max(x)));
    let spread = if most > least { most - least } else { most.max(f64::MIN_POSITIVE) };
    // Times far from 0 are shown without the empty stretch below them.
    let low = if least > 2.0 * spread { least - 0.25 * spread } else { 0.0 };
    let high = most + 0.15 * spread;
    let across = |x: f64| LEFT + (x - low) / (high - low) * (RIGHT - LEFT);
    let up = |share: f64| BOTTOM - share * (BOTTOM - TOP);
    let mut body = String::new();
    for fifth in 0..=5 {
        let share = f64::from(fifth) / 5.0;
        let y = up(share);
        let _ = write!(
            body,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/><text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{} %</text>",
            LEFT - 6.0,
            y + 4.0,
            fifth * 20
        );
    }
    let step = tick_step(high - low);
    let decimals = (-kernel::libm::log10(step).floor()).clamp(0.0, 9.0) as usize;
    let mut tick = (low / step).ceil() * step;
    while tick <= high {
        let x = across(tick);
        let _ = write!(
            body,
            "<path class=\"axis\" d=\"M{x:.1} {BOTTOM}v4\"/><text x=\"{x:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{tick:.decimals$}</text>",
            BOTTOM + 18.0
        );
        tick += step;
    }
    let _ = write!(body, "<path class=\"axis\" d=\"M{LEFT} {BOTTOM}H{RIGHT}\"/>");
    let _ = write!(body, "<text x=\"{RIGHT}\" y=\"{:.0}\" text-anchor=\"end\">seconds</text>", BOTTOM + 36.0);
    let mut path = format!("M{LEFT} {BOTTOM}");
    let stride = steps.len().div_ceil(MOST_STEPS).max(1);
    for (x, share) in
        steps.iter().enumerate().filter(|(at, _)| at % stride == 0 || at + 1 == steps.len()).map(|at| at.1)
    {
        let _ = write!(path, "H{:.1}V{:.1}", across(*x), up(*share));
    }
    let _ = write!(body, "<path class=\"steps\" d=\"{path}H{RIGHT}\"/>");
    let stride = sample.censored().len().div_ceil(MOST_STEPS).max(1);
    for x in sample.censored().iter().step_by(stride) {
        let share = steps.iter().take_while(|step| step.0 <= *x).last().map_or(0.0, |step| step.1);
        let _ = write!(body, "<path class=\"mark\" d=\"M{:.1} {:.1}v8\"/>", across(*x), up(share) - 4.0);
    }
    let mut path = String::new();
    for point in 0..=POINTS {
        let x = low + (high - low) * point as f64 / POINTS as f64;
        let letter = if point == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{:.1} {:.1}", across(x), up(law.chance_up_to(x)));
    }
    let _ = write!(body, "<path class=\"curve\" d=\"{path}\"/>");
    let mut legend = format!("{} of {} times", law_text, sample.complete().len());
    if !sample.censored().is_empty() {
        let _ = write!(legend, " and {} censored", sample.censored().len());
    }
    if let Some(goodness) = goodness {
        let _ = write!(legend, "; distance {:.3}, p = {:.3}", goodness.distance, goodness.p_value);
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\">\
         <title>{title}</title><style>{STYLE}</style><rect width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\
         <text class=\"title\" x=\"10\" y=\"20\">{title}</text><text x=\"10\" y=\"40\">{legend}</text>{body}</svg>\n",
        title = escaped(title),
        legend = escaped(&legend)
    )
}

/// A picture of one line for a terminal: how often times of each of `cells` equal stretches from the shortest to the longest
/// were seen.
#[must_use]
pub fn line(sample: &Sample, cells: usize) -> String {
    const HEIGHTS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let times = sample.complete();
    let (least, most) = times.iter().fold((f64::INFINITY, 0.0_f64), |(least, most), x| (least.min(*x), most.max(*x)));
    let mut counts = vec![0_usize; cells.max(1)];
    for x in times {
        let place = if most > least { (x - least) / (most - least) * counts.len() as f64 } else { 0.0 };
        let last = counts.len() - 1;
        counts[(place as usize).min(last)] += 1;
    }
    let highest = counts.iter().copied().max().unwrap_or(0).max(1);
    counts.iter().map(|count| HEIGHTS[(count * 8).div_ceil(highest).min(8)]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fit::fit;
    use super::*;

    #[test]
    fn a_picture_shows_every_time_and_breaks_nothing() {
        let nanos: Vec<i64> = (1..=20).map(|x| x * 3_000_000_000 + 40_000_000_000).collect();
        let sample = Sample::of_nanos(&nanos, &[70_000_000_000]);
        let law = fit(&sample).expect("enough times");
        let text = picture(&sample, &law, None, "a <b> & \"c\"\u{7}", "Normal(\"1 s\", \"2 s\")");
        assert!(text.starts_with("<svg") && text.ends_with("</svg>\n"));
        assert!(text.contains("a &lt;b&gt; &amp; &quot;c&quot;\u{fffd}") && text.contains("20 times and 1 censored"));
        assert_eq!(text.matches("class=\"mark\"").count(), 1);
        let steps = text.split("class=\"steps\" d=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("steps");
        assert_eq!(steps.matches('V').count(), 20);
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        let same = Sample::of_nanos(&[5, 5, 5, 5, 5], &[]);
        let text = picture(&same, &Law::Constant(5e-9), None, "same", "same");
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }

    #[test]
    fn a_line_shows_where_most_times_are() {
        let sample = Sample::of_nanos(&[10, 10, 10, 10, 20, 30, 30], &[]);
        assert_eq!(line(&sample, 3), "█▂▄");
        assert_eq!(line(&Sample::of_nanos(&[], &[]), 3), "   ");
    }
}
