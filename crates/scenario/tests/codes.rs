//! Every code of this room can be explained: its number is its own and in its range, and it shows a bad and a good way.

use std::collections::BTreeSet;

#[test]
fn codes_are_numbered_once_and_explained() {
    let mut seen = BTreeSet::new();
    for code in plant::description::CODES.iter().chain(scenario::CODES.into_iter().flatten()) {
        assert!(seen.insert(code.id), "{} is given twice", code.id);
    }
    for code in scenario::CODES.into_iter().flatten() {
        let number: u32 = code.id.strip_prefix("LW").and_then(|digits| digits.parse().ok()).unwrap_or(0);
        assert!(code.id.len() == 6 && (100..1000).contains(&number), "{}", code.id);
        assert!(!code.title.is_empty() && !code.title.ends_with('.'), "{}", code.id);
        let bad = code.explanation.find("\n\nBad:\n    ").unwrap_or(usize::MAX);
        let good = code.explanation.find("\nGood:\n    ").unwrap_or(0);
        assert!(bad < good, "{}: no bad and good example:\n{}", code.id, code.explanation);
    }
}
