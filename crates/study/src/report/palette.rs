//! One colour for each state, everywhere on the page: bars, schedule, plant and legends.
//!
//! The colours themselves stand in the style sheet, twice: for light and for dark. They follow Okabe and Ito's palette ("Color
//! universal design", 2008), which people with any of the usual colour deficiencies tell apart; fourteen states are more than its
//! eight colours, so states of one family share a hue and differ by a hatch.

use plant::state::State;

use super::svg::{Element, escape, rect};

/// How many colours there are for things that are not states, such as consumers of energy.
pub(super) const SERIES: usize = 6;

/// The class that gives a shape the colour of the state.
pub(super) fn class(state: State) -> &'static str {
    match state {
        State::Processing => "state-processing",
        State::Setup => "state-setup",
        State::Blocked => "state-blocked",
        State::Starved => "state-starved",
        State::WaitingForOperator => "state-operator",
        State::WaitingForTransport => "state-transport",
        State::WaitingForMaterial => "state-material",
        State::MinorStop => "state-minor-stop",
        State::Failed => "state-failed",
        State::WaitingForRepair => "state-waiting-repair",
        State::Repair => "state-repair",
        State::PlannedMaintenance => "state-maintenance",
        State::OffShift => "state-off-shift",
        State::WarmingUp => "state-warming-up",
    }
}

/// Hatches by name, each with the variable of its ground: what the style sheet refers to.
const HATCHES: [(&str, &str); 8] = [
    ("transport", "--transport"),
    ("material", "--material"),
    ("waiting-repair", "--waiting-repair"),
    ("repair", "--repair"),
    ("maintenance", "--maintenance"),
    ("off-shift", "--off-shift"),
    ("warming-up", "--warming-up"),
    ("nothing", "--paper"),
];

/// The hatches that charts of the page refer to, in a picture without size.
pub(super) fn hatches() -> String {
    let pattern = |(name, ground): &(&str, &str)| {
        let ground = rect(0.0, 0.0, 6.0, 6.0).with("style", &format!("fill:var({ground})"));
        let stroke = Element::new("path").with("d", "M0 3H6").class("hatch");
        Element::new("pattern")
            .with("id", &format!("hatch-{name}"))
            .at("width", 6.0)
            .at("height", 6.0)
            .with("patternUnits", "userSpaceOnUse")
            .with("patternTransform", "rotate(45)")
            .child(ground)
            .child(stroke)
            .to_string()
    };
    let patterns: String = HATCHES.iter().map(pattern).collect();
    let drawing = Element::new("svg").class("hatches").at("width", 0.0).at("height", 0.0).with("aria-hidden", "true");
    drawing.child(Element::new("defs").child(patterns)).to_string()
}

/// A legend of shapes with these classes and names.
pub(super) fn legend<'a>(entries: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let entry = |(class, name): (&str, String)| {
        let sample = Element::new("svg").with("viewBox", "0 0 14 14").at("width", 14.0).at("height", 14.0);
        let sample = sample.with("aria-hidden", "true").child(rect(0.5, 0.5, 13.0, 13.0).at("rx", 2.0).class(class));
        format!("<li>{sample}{}</li>", escape(&name))
    };
    let entries: String = entries.into_iter().map(entry).collect();
    if entries.is_empty() { entries } else { format!("<ul class=\"legend\">{entries}</ul>") }
}

/// A legend of the states for which `occurs`.
pub(super) fn state_legend(occurs: impl Fn(State) -> bool) -> String {
    legend(
        State::ALL.into_iter().filter(|state| occurs(*state)).map(|state| (class(state), state.in_words().to_owned())),
    )
}

/// The class of the series with that rank; all beyond the palette look like the rest.
pub(super) fn series(rank: usize) -> &'static str {
    const CLASSES: [&str; SERIES] = ["series-0", "series-1", "series-2", "series-3", "series-4", "series-5"];
    CLASSES.get(rank).copied().unwrap_or("series-rest")
}

/// The colour of a share between 0 and 1 on a heat map, and whether text on it must be light. The scale has one hue and grows
/// steadily darker, so that it can be read without colour too.
pub(super) fn heat(share: f64) -> (String, bool) {
    const STOPS: [[f64; 3]; 4] =
        [[236.0, 243.0, 248.0], [158.0, 199.0, 224.0], [53.0, 126.0, 178.0], [11.0, 44.0, 92.0]];
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let place = share * (STOPS.len() - 1) as f64;
    let index = (place as usize).min(STOPS.len() - 2);
    let along = place - index as f64;
    let mix = |channel: usize| {
        (STOPS[index][channel] + (STOPS[index + 1][channel] - STOPS[index][channel]) * along).round() as u8
    };
    (format!("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2)), share > 0.62)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of every rule `--name:#rrggbb` of a block of the style sheet.
    fn colours(block: &str) -> Vec<(&str, [u8; 3])> {
        block
            .split([';', '{', '}'])
            .filter_map(|rule| {
                let (name, value) = rule.trim().strip_prefix("--")?.split_once(':')?;
                let digits = value.trim().strip_prefix('#')?;
                let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
                Some((name, [channel(0)?, channel(2)?, channel(4)?]))
            })
            .collect()
    }

    #[test]
    fn every_state_has_a_class_and_a_colour_of_its_own() {
        let sheet = include_str!("assets/page.css");
        let mut classes: Vec<&str> = State::ALL.into_iter().map(class).collect();
        assert!(classes.iter().all(|class| sheet.contains(&format!(".{class}{{"))), "a class is not in the sheet");
        classes.sort_unstable();
        classes.dedup();
        assert_eq!(classes.len(), State::ALL.len());
        let defined = colours(sheet);
        for class in classes {
            let variable = class.trim_start_matches("state-");
            // Once for light, once for dark.
            assert_eq!(defined.iter().filter(|(name, _)| *name == variable).count(), 2, "{variable}");
        }
        for (name, ground) in HATCHES {
            assert!(sheet.contains(&format!("#hatch-{name}")) && sheet.contains(&format!("{ground}:")), "{name}");
        }
    }

    #[test]
    fn heat_goes_from_light_to_dark() {
        assert_eq!(heat(0.0), ("#ecf3f8".to_owned(), false));
        assert_eq!(heat(1.0), ("#0b2c5c".to_owned(), true));
        assert_eq!(heat(f64::NAN), heat(0.0));
        assert_eq!(heat(7.0), heat(1.0));
    }
}
