//! What was fitted as an overlay: a file that `linewright run` plays, with what stands behind each figure as comments.

use std::fmt::Write as _;

use plant::plant::Plant;
use scenario::overlay::spelled;

use super::fit::{CONFIDENCE, Estimate, Law};
use super::goodness::POOR;
use super::law::ParameterKind;
use super::routing::Branching;
use super::{Calibration, Parameter};

/// Digits of a parameter that are written: more than any sample can tell.
const DIGITS: i32 = 4;
/// Digits of the ends of intervals.
const DIGITS_OF_ENDS: i32 = 3;

/// A number with four digits that matter.
fn digits(value: f64) -> String {
    rounded(value, DIGITS)
}

/// A number with so many digits that matter.
fn rounded(value: f64, wanted: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let before_the_point = kernel::libm::log10(value.abs()).floor() as i32 + 1;
    let decimals = (wanted - before_the_point).clamp(0, 12) as usize;
    let text = if before_the_point > wanted {
        let unit = kernel::libm::pow(10.0, f64::from(before_the_point - wanted));
        format!("{:.0}", (value / unit).round() * unit)
    } else {
        format!("{value:.decimals$}")
    };
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A parameter of a law, as a scenario writes it.
fn written(kind: ParameterKind, value: f64) -> String {
    match kind.is_time {
        true => format!("\"{} s\"", digits(value)),
        // A number that is whole still has to be a number with a point.
        false => {
            let text = digits(value);
            if text.contains('.') { text } else { format!("{text}.0") }
        }
    }
}

/// A law as a scenario writes it.
#[must_use]
pub fn law_text(law: &Law) -> String {
    match law {
        // Less than a nanosecond is what stands for nothing in a sample.
        Law::Constant(value) => format!("\"{} s\"", digits(if *value < 1e-9 { 0.0 } else { *value })),
        Law::Fitted { family, estimates, .. } => {
            let values = family.parameters().iter().zip(estimates);
            let values: Vec<String> = values.map(|(kind, estimate)| written(*kind, estimate.value)).collect();
            format!("{}({})", family.name(), values.join(", "))
        }
    }
}

/// An interval in words: `42.1 to 43.9 s`.
#[must_use]
pub fn interval_text(estimate: &Estimate, unit: &str) -> String {
    let low = rounded(estimate.low, DIGITS_OF_ENDS);
    if estimate.high.is_finite() {
        format!("{low} to {}{unit}", rounded(estimate.high, DIGITS_OF_ENDS))
    } else {
        format!("{low}{unit} or more")
    }
}

/// `text` in quotes, as RON wants it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The overlay over the scenario called `base`, which stands beside it. `origin` says in a few words what the log was.
#[must_use]
pub fn overlay(calibration: &Calibration, plant: &Plant, base: &str, origin: &str) -> String {
    let mut text = format!("// Calibrated from {}", one_line(origin));
    if let Some((first, last)) = calibration.extent {
        let _ = write!(text, ": {} observations from {first} to {last}", calibration.received);
    }
    if calibration.is_simulated {
        text.push_str(".\n// Simulated: what was observed is no plant, but plays one");
    }
    let left_out = left_out(calibration);
    if !left_out.is_empty() {
        let _ = write!(text, ".\n// Left out: {}", left_out.join(", "));
    }
    let _ = write!(
        text,
        ".\n// Intervals hold with {:.0} %. What stands only in comments was seen and cannot be set, and it says why.\n",
        CONFIDENCE * 100.0
    );
    let _ = write!(text, "Scenario(\n    base: {},\n    set: {{\n", quoted(base));
    for parameter in &calibration.parameters {
        push_parameter(&mut text, parameter);
    }
    for branching in &calibration.branchings {
        push_branching(&mut text, branching, plant);
    }
    text.push_str("    },\n)\n");
    text
}

/// How many observations were left out, and why.
#[must_use]
pub fn left_out(calibration: &Calibration) -> Vec<String> {
    let counts = [
        (calibration.unknown, "at addresses that are no signal"),
        (calibration.unusable, "unusable"),
        (calibration.misdated, "dated years away from all others"),
        (calibration.duplicates, "that had come before"),
    ];
    counts.iter().filter(|(count, _)| *count > 0).map(|(count, why)| format!("{count} {why}")).collect()
}

/// `text` without anything that would end a comment.
fn one_line(text: &str) -> String {
    text.split(char::is_control).collect::<Vec<&str>>().join(" ")
}

fn push_parameter(text: &mut String, parameter: &Parameter) {
    let mut comment = |line: String| {
        let _ = writeln!(text, "        // {}", one_line(&line));
    };
    comment(format!("{}: {}", parameter.target.path, size_text(parameter)));
    for found in &parameter.changes {
        comment(change_text(found));
    }
    if let Some(Law::Fitted { family, estimates, candidates }) = &parameter.law {
        for (kind, estimate) in family.parameters().iter().zip(estimates) {
            let unit = if kind.is_time { " s" } else { "" };
            comment(format!(
                "{} {}{unit}, interval {}",
                kind.name,
                digits(estimate.value),
                interval_text(estimate, unit)
            ));
        }
        let others = candidates.iter().skip(1);
        let best = candidates.first().map_or(0.0, |best| best.aicc);
        let others: Vec<String> =
            others.map(|other| format!("{} +{:.1}", other.family.name(), other.aicc - best)).collect();
        if !others.is_empty() {
            comment(format!("AICc of the others: {}", others.join(", ")));
        }
    }
    if let Some(goodness) = parameter.goodness {
        let poor = if goodness.p_value < POOR { ": no family fits well" } else { "" };
        comment(format!("Kolmogorov-Smirnov distance {:.3}, p = {:.3}{poor}", goodness.distance, goodness.p_value));
    }
    for note in &parameter.target.notes {
        comment(note.clone());
    }
    let Some(law) = &parameter.law else {
        comment("too few to fit a law".to_owned());
        return;
    };
    let entry = format!("{}: {},", quoted(&parameter.target.path), law_text(law));
    match &parameter.target.refusal {
        None => {
            let _ = writeln!(text, "        {entry}");
        }
        Some(refusal) => {
            comment(format!("not set, since {refusal}:"));
            comment(entry);
        }
    }
}

/// How many times there were: `23 process times, 1 more censored`.
#[must_use]
pub fn size_text(parameter: &Parameter) -> String {
    let (complete, censored) = (parameter.sample.complete().len(), parameter.sample.censored().len());
    let mut text = format!("{complete} {}", parameter.quantity.name().replacen("time", "times", 1));
    if censored > 0 {
        let _ = write!(text, ", {censored} more censored");
    }
    if parameter.unpaired > 0 {
        let _ = write!(text, ", {} without beginning or end left out", parameter.unpaired);
    }
    text
}

/// A change in words.
#[must_use]
pub fn change_text(found: &super::ChangeAt) -> String {
    let change = &found.change;
    format!(
        "changed at {}: {} s before, {} s since (p = {:.1e})",
        found.at,
        digits(change.before),
        digits(change.after),
        change.p_value
    )
}

fn push_branching(text: &mut String, branching: &Branching, plant: &Plant) {
    let path = format!("{}.by", spelled(plant.model.name(branching.branch)));
    let total: usize = branching.ways.iter().map(|way| way.count).sum();
    let _ = writeln!(text, "        // {}: {total} parts", one_line(&path));
    for way in &branching.ways {
        let name = one_line(plant.model.name(way.to));
        let share = digits(way.share.value);
        let _ = writeln!(
            text,
            "        // to {name}: {} parts, share {share}, interval {}",
            way.count,
            interval_text(&way.share, "")
        );
    }
    let weights = branching.ways.iter().filter(|way| way.count > 0);
    let weights: Vec<String> =
        weights.map(|way| format!("{}: {}.0", quoted(plant.model.name(way.to)), way.count)).collect();
    let entry = format!("{}: Probability({{{}}}),", quoted(&path), weights.join(", "));
    let _ = match &branching.refusal {
        None => writeln!(text, "        {entry}"),
        Some(refusal) => writeln!(text, "        // not set, since {refusal}:\n        // {}", one_line(&entry)),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits_that_matter() {
        let cases = [
            (42.813_3, "42.81"),
            (0.012_345_6, "0.01235"),
            (123_456.0, "123500"),
            (80.0, "80"),
            (0.0, "0"),
            (9.999_96, "10"),
        ];
        for (value, text) in cases {
            assert_eq!(digits(value), text);
        }
        assert_eq!([law_text(&Law::Constant(5e-10)), law_text(&Law::Constant(45.0))], ["\"0 s\"", "\"45 s\""]);
        assert_eq!(written(ParameterKind { name: "shape", is_time: false }, 3.0), "3.0");
    }
}
