//! Wrong scenarios: each file under scenarios/bad is refused or warned of, and what the user reads then is the golden text beside
//! it. `cargo xtask golden` writes the texts anew; the difference is to be read like code.

use std::collections::BTreeSet;

use plant::description::Code;
use plant::registry::Registry;
use scenario::diagnostic::{Style, render};

use crate::playing::{files, golden_difference, registry, root, shown};

/// Fewest wrong files.
const FEWEST: usize = 60;

/// Every code of the engine.
pub fn codes(registry: &Registry) -> Vec<&'static Code> {
    let own = plant::description::CODES.iter().chain(plant::codes::CODES);
    let rooms = scenario::CODES.into_iter().flatten().chain(live::signals::CODES);
    own.chain(rooms).chain(registry.codes()).copied().collect()
}

/// What the user reads when the scenario at `path` is opened; empty if it is accepted without a warning.
fn complaints_of(path: &str) -> String {
    match scenario::expand::open(path, &[], &registry()) {
        Ok(scenario) => render(&scenario.plant.warnings, &scenario.loaded.sources, Style::Plain),
        Err(rejected) => shown(&rejected),
    }
}

#[test]
fn golden_messages_of_wrong_scenarios() {
    let wrong = files("scenarios/bad", "ron");
    assert!(wrong.len() >= FEWEST, "{} wrong files", wrong.len());
    let ids: BTreeSet<&str> = codes(&Registry::default()).iter().map(|code| code.id).collect();
    let mut used = BTreeSet::new();
    let mut faults = Vec::new();
    for path in &wrong {
        let text = complaints_of(path);
        if text.is_empty() {
            faults.push(format!("{path}: accepted"));
            continue;
        }
        faults.extend(faults_of(path, &text, &ids, &mut used));
        faults.extend(golden_difference(&path.replace(".ron", ".txt"), &text));
    }
    let stems = |extension: &str| -> BTreeSet<String> {
        let names = files("scenarios/bad", extension).into_iter();
        names.map(|name| name.trim_end_matches(extension).to_owned()).collect()
    };
    for stem in stems("ron").symmetric_difference(&stems("txt")) {
        faults.push(format!("{stem}: scenario and golden text do not come in pairs"));
    }
    println!("{} wrong files, {} of {} codes", wrong.len(), used.len(), ids.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What every complaint owes its reader: a known code, a place, the line of that place and a caret under it.
fn faults_of(path: &str, text: &str, ids: &BTreeSet<&str>, used: &mut BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: &str, complaint: &str| faults.push(format!("{path}: {what}:\n{complaint}"));
    for complaint in text.replace("warning[", "error[").split("error[").skip(1) {
        let code = complaint.split(']').next().unwrap_or_default();
        used.insert(code.to_owned());
        if !ids.contains(code) {
            fault("no known code", complaint);
        }
        let place = complaint.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
        let Some((file, line, column)) = place.and_then(parts_of_place) else {
            fault("no place", complaint);
            continue;
        };
        let source = std::fs::read_to_string(root().join(file)).unwrap_or_default();
        let Some(source_line) = source.lines().nth(line - 1) else {
            fault("a place outside of its file", complaint);
            continue;
        };
        // A very long line is shown in part.
        let is_shown = complaint.lines().any(|shown| {
            let shown = shown.trim_start().strip_prefix(&line.to_string()).map(str::trim_start);
            shown.and_then(|shown| shown.strip_prefix('|')).is_some_and(|shown| {
                shown.trim() == source_line.trim() || (source_line.len() > 120 && shown.contains("..."))
            })
        });
        if !is_shown {
            fault("its source line is not shown", complaint);
        }
        if column > source_line.chars().count() + 1 || !complaint.contains('^') {
            fault("no caret in the line", complaint);
        }
    }
    faults
}

/// `file:line:column` taken apart.
fn parts_of_place(place: &str) -> Option<(&str, usize, usize)> {
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some((parts.next()?, line, column))
}

/// Files with many mistakes: what stands at the caret of each, and the code.
const MISTAKES: [(&str, &[(&str, &str)]); 2] = [
    (
        "scenarios/bad/many_mistakes.ron",
        &[
            ("60)", "LW0202"),
            ("\"mil\"", "LW0401"),
            ("\"45\"", "LW0202"),
            ("que: 5", "LW0301"),
            ("\"otu\"", "LW0401"),
            ("\"3 m\"", "LW0203"),
            ("Statoin", "LW0403"),
            ("Explode", "LW0304"),
            ("\"dril\"", "LW0401"),
        ],
    ),
    (
        "scenarios/bad/many_sections.ron",
        &[
            ("\"miling\"", "LW0401"),
            ("1.5", "LW0207"),
            ("atributes", "LW0301"),
            ("\"mil\"", "LW0401"),
            ("3 kg", "LW0203"),
            ("\"6 am\"", "LW0205"),
            ("\"2\"", "LW0201"),
            ("Statoin", "LW0403"),
            ("\"peopel\"", "LW0401"),
            ("capcity", "LW0301"),
            ("mil.queue", "LW0601"),
            ("1 hour", "LW0204"),
            ("\"wled\"", "LW0401"),
            ("At(\"9 h\"", "LW0508"),
            ("\"mill\")), At(\"2 h\"", "LW0402"),
            ("\"mill\")), At(\"3 h\"", "LW0402"),
            ("\"5\"", "LW0201"),
        ],
    ),
];

/// Every mistake of a file in one pass, and nothing said of what only refers to a wrong thing.
#[test]
fn all_mistakes_are_shown_in_one_pass() {
    for (path, mistakes) in MISTAKES {
        let text = std::fs::read_to_string(root().join(path)).expect("the file is there");
        let Err(rejected) = scenario::expand::open(path, &[], &registry()) else { panic!("{path} is accepted") };
        for (mistake, code) in mistakes {
            let at = text.find(mistake).unwrap_or_else(|| panic!("{mistake} is not in {path}"));
            let of_mistake = rejected.complaints.iter().filter(|complaint| {
                complaint.code.id == *code && (at..at + mistake.len()).contains(&(complaint.origin.start as usize))
            });
            assert_eq!(of_mistake.count(), 1, "{mistake} ({code}):\n{}", shown(&rejected));
        }
        let complaints = rejected.complaints.len();
        assert_eq!(mistakes.len(), complaints, "{path}: one complaint for each mistake:\n{}", shown(&rejected));
    }
}
