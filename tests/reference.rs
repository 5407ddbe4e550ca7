//! docs/scenario.md is what the types say now, and reads well: every link leads somewhere, nothing stands there twice,
//! every example is sound text.

use std::collections::BTreeSet;
use std::fmt::Write;

use plant::registry::Registry;
use scenario::reference::{markdown, slug};
use scenario::syntax;

use crate::playing::{golden_difference, root};

#[test]
fn golden_reference_of_scenarios() {
    let difference = golden_difference("docs/scenario.md", &markdown(&Registry::default()));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

#[test]
fn golden_list_of_kpis() {
    let mut text = String::from(
        "# KPIs and their formulas\n\nWritten by the program: the keys stand in `summary.json` and, with their unit, in \
         `elements.csv`. APT, PBT and the like are the time elements of ISO 22400-2; what the columns mean in practice is in \
         [How to read the results](results.md). Parts of an `Unlimited` source count as being in the plant, and their flow time \
         runs, from the moment they leave the source.\n\n| key | name | formula | unit |\n|---|---|---|---|\n",
    );
    let mut seen = BTreeSet::new();
    for kpi in plant::kpi::definitions() {
        if seen.insert((kpi.key, kpi.formula)) {
            let _ = writeln!(text, "| `{}` | {} | {} | {} |", kpi.key, kpi.name, kpi.formula, kpi.measure.unit());
        }
    }
    let difference = golden_difference("docs/kpis.md", &text);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

#[test]
fn its_links_lead_somewhere_and_its_headings_are_unique() {
    let text = markdown(&Registry::default());
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix('#') {
            let anchor = slug(heading.trim_start_matches('#').trim());
            assert!(anchors.insert(anchor.clone()), "two headings have the anchor {anchor}");
        }
    }
    let mut links = 0;
    for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        links += 1;
        match link.strip_prefix('#') {
            Some(anchor) => assert!(anchors.contains(anchor), "#{anchor} leads nowhere"),
            None => assert!(root().join("docs").join(link).exists(), "{link} leads nowhere"),
        }
    }
    assert!(links > 200 && anchors.len() > 60, "{links} links, {} headings", anchors.len());
}

#[test]
fn its_defaults_are_scenario_text() {
    let text = markdown(&Registry::default());
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let Some(default) = line.split(" | ").nth(2).and_then(|cell| cell.strip_prefix('`')?.strip_suffix('`')) else {
            continue;
        };
        let complaints = syntax::parse(default, 0).complaints;
        assert!(complaints.is_empty() && !default.contains("::"), "{line}: {complaints:?}");
    }
}

#[test]
fn its_examples_are_sound_text() {
    let text = markdown(&Registry::default());
    let mut examples = 0;
    for block in text.split("```ron\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        examples += 1;
        let whole = match block.trim_start().chars().next() {
            Some('"') => format!("{{{block}}}"),
            _ if block.contains("Scenario(") => block.to_owned(),
            _ => format!("({block})"),
        };
        let complaints = syntax::parse(&whole, 0).complaints;
        assert_eq!(complaints, [], "{block}");
    }
    assert!(examples > 25, "{examples} examples");
}
