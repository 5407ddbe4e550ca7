//! docs/scenario.md is what the types say now, and reads well: every link leads somewhere, nothing stands there twice,
//! every example is sound text.

use std::collections::BTreeSet;
use std::fmt::Write;

use plant::kpi;
use plant::registry::Registry;
use scenario::reference::{markdown, markdown_of, slug};
use scenario::syntax;

use crate::playing::{golden_difference, opened, played, root};

#[test]
fn golden_reference_of_scenarios() {
    let difference = golden_difference("docs/scenario.md", &markdown(&Registry::default()));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

const SIGNALS: &str = "# Signals reference

This file is written by the program from its own types (`cargo xtask golden` refreshes it). [Live](live.md) says what it is for;
here is everything, to look things up. The text is written as in [scenarios](scenario.md).

A file of signals holds one `Signals(...)`:

```ron
Signals(
    schema: 1,
    sources: {
        \"log\": (from: Csv(file: \"events.csv\", time: \"at\", address: \"{machine}/{event}\", value: \"part\")),
    },
    signals: {
        \"mill begins\": (address: \"mill/start\", shows: Started(\"mill\")),
        \"mill ends\": (address: \"mill/end\", shows: Finished(\"mill\")),
    },
)
```

";

#[test]
fn golden_reference_of_signals() {
    let text = markdown_of(&live::signals::shape(), SIGNALS);
    let difference = golden_difference("docs/signals.md", &text);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    let anchors: BTreeSet<String> =
        text.lines().filter_map(|line| Some(slug(line.strip_prefix('#')?.trim_start_matches('#').trim()))).collect();
    let links = text.split("](#").skip(1).filter_map(|rest| rest.split(')').next());
    let dangling: Vec<&str> = links.filter(|link| !anchors.contains(*link)).collect();
    assert!(dangling.is_empty(), "{dangling:?}");
}

const KPIS: &str = "# KPIs and their formulas

Written by the program: the keys stand in `summary.json` and, with their unit, in `elements.csv`. What the columns mean in
practice is in [How to read the results](results.md). Parts of an `Unlimited` source count as being in the plant, and their flow
time runs, from the moment they leave the source. Names and abbreviations follow ISO 22400-2, states SEMI E10:

| abbreviation | name | what the engine puts in |
|---|---|---|
";

/// The abbreviations that stand in formulas, spelled out: ISO 22400-2's name, and what it is here.
const ABBREVIATIONS: &[(&str, &str, &str)] = &[
    ("PBT", "planned busy time", "observed time - OffShift - PlannedMaintenance"),
    ("APT", "actual production time", "Processing"),
    ("AUST", "actual unit setup time", "Setup"),
    ("AUPT", "actual unit processing time", "APT + AUST"),
    ("ADET", "actual unit delay time", "MinorStop + Failed + WaitingForRepair + Repair: what the unit itself causes"),
    (
        "AUBT",
        "actual unit busy time",
        "AUPT + WarmingUp + ADET + Blocked + WaitingForOperator + WaitingForTransport + WaitingForMaterial: all but Starved",
    ),
    ("AOET", "actual order execution time", "observed time: the whole observation counts as one order"),
    (
        "PRI",
        "planned run time per item",
        "mean of the process time an operation was drawn from, over the parallel places; where jobs overlap, for as long as each holds its place",
    ),
    ("PQ", "produced quantity", "operations finished; of the plant: parts shipped or scrapped"),
    ("GQ", "good quantity", "operations judged good; of the plant: parts shipped without a defect"),
    ("SQ", "scrap quantity", "parts scrapped"),
    ("RQ", "rework quantity", "parts sent back for rework"),
    ("GP", "good parts", "operations judged good at the first pass, on parts that were never sent back"),
    ("IP", "inspected parts", "operations on parts that were never sent back"),
];

#[test]
fn golden_list_of_kpis() {
    let mut text = KPIS.to_owned();
    for (abbreviation, name, meaning) in ABBREVIATIONS {
        let _ = writeln!(text, "| {abbreviation} | {name} | {meaning} |");
    }
    for (of, kpis) in kpi::by_subject() {
        let _ = writeln!(text, "\n## Of {of}\n\n| key | name | formula | unit |\n|---|---|---|---|");
        for kpi in kpis {
            let _ = writeln!(text, "| `{}` | {} | {} | {} |", kpi.key, kpi.name, kpi.formula, kpi.measure.unit());
        }
    }
    let difference = golden_difference("docs/kpis.md", &text);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

#[test]
fn kpis_are_listed_under_their_subject_and_their_abbreviations_are_spelled_out() {
    let subjects = kpi::by_subject().map(|(_, definitions)| definitions);
    let mut run = played(&opened("scenarios/10_job_shop.ron", &[]).plant, 1, 0);
    let report = run.report();
    let of_elements = report.elements.iter().flat_map(|element| kpi::of_element(element, &report)).map(|kpi| (0, kpi));
    let of_types =
        report.part_types.iter().flat_map(|part_type| kpi::of_part_type(part_type, &report)).map(|kpi| (1, kpi));
    let of_plant = kpi::of_plant(&report).into_iter().map(|kpi| (2, kpi));
    for (subject, kpi) in of_elements.chain(of_types).chain(of_plant) {
        assert!(subjects[subject].contains(&kpi.definition), "{:?}", kpi.definition);
    }
    for kpi in subjects.concat() {
        for word in kpi.formula.split(|letter: char| !letter.is_alphanumeric()) {
            let is_abbreviation = word.len() > 1 && word.chars().all(char::is_uppercase);
            let is_known = ABBREVIATIONS.iter().any(|(abbreviation, ..)| *abbreviation == word);
            assert!(!is_abbreviation || is_known, "{word} in {}", kpi.formula);
        }
    }
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
