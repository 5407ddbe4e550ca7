//! Rules about the code itself, matched on source whose comments and literals are blanked.
//!
//! They guard what the compiler cannot: that a run's result depends on nothing but the scenario and the seed, and that
//! only the outermost room talks to the terminal.

use super::tree::{File, Tree};
use super::{Finding, finding};

/// The comment that allows a hash map in a room that runs the plant: a reason must follow.
const NEVER_ITERATED: &str = "// tidy: never iterated";

/// Float functions whose last bits depend on the platform; sqrt, abs and rounding are exact by IEEE 754.
const PLATFORM_FLOAT: &[&str] = &[
    "exp", "exp2", "exp_m1", "ln", "ln_1p", "log", "log10", "log2", "powf", "powi", "cbrt", "hypot", "sin", "cos",
    "tan", "sin_cos", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
];

/// Macros that write to the terminal.
const PRINTING: &[&str] = &["println", "eprintln", "print", "eprint", "dbg"];

/// Rule: no `unsafe`, in tests neither.
pub fn no_unsafe(tree: &Tree) -> Vec<Finding> {
    on_lines(
        tree,
        |_| true,
        true,
        |line| words(line).any(|word| word.text == "unsafe"),
        "unsafe",
        "do it in safe Rust, or take a crate that hides it",
    )
}

/// Rule: nothing unfinished and no test switched off.
pub fn no_unfinished(tree: &Tree) -> Vec<Finding> {
    let is_unfinished = |line: &str| {
        words(line).any(|word| match word.text {
            "todo" | "unimplemented" => word.after.starts_with('!'),
            "ignore" => word.before.ends_with("#[") || word.before.contains("#[cfg_attr("),
            _ => false,
        })
    };
    on_lines(
        tree,
        |_| true,
        true,
        is_unfinished,
        "unfinished",
        "finish it or leave it out: what is here works and is tested",
    )
}

/// Rule: no hash map or set in the rooms that run the plant, unless its line says why its order is never seen.
pub fn no_hash_order(tree: &Tree) -> Vec<Finding> {
    let advice = format!("use a Vec, BTreeMap or IndexMap, or end the line with `{NEVER_ITERATED}: <why>`");
    let mut findings = on_lines(
        tree,
        is_ordered,
        false,
        |line| words(line).any(|word| word.text.ends_with("HashMap") || word.text.ends_with("HashSet")),
        "hash-order",
        &advice,
    );
    findings.retain(|finding| {
        let line = tree.file(&finding.path).and_then(|file| file.text.lines().nth(finding.line - 1));
        let reason = line.and_then(|line| line.split_once(NEVER_ITERATED)).map(|(_, reason)| reason);
        !reason.is_some_and(|reason| reason.chars().any(char::is_alphabetic))
    });
    findings
}

/// Rule: no clock in the rooms that run the plant.
pub fn no_clock(tree: &Tree) -> Vec<Finding> {
    let reads_clock = |line: &str| words(line).any(|word| matches!(word.text, "SystemTime" | "Instant"));
    on_lines(tree, is_ordered, false, reads_clock, "clock", "a run knows simulated time only: measure wall time in cli")
}

/// Rule: no platform libm where figures must be the same bits on every machine.
pub fn no_platform_libm(tree: &Tree) -> Vec<Finding> {
    let is_platform = |line: &str| {
        words(line).any(|word| {
            let called = word.before.ends_with('.') && word.after.starts_with('(');
            let named = word.before.ends_with("f64::") || word.before.ends_with("f32::");
            PLATFORM_FLOAT.contains(&word.text) && (called || named)
        })
    };
    on_lines(
        tree,
        is_portable,
        false,
        is_platform,
        "platform-libm",
        "its bits differ between machines: call the libm crate's function",
    )
}

/// Rule: only the cli, the developer commands and tests print or end the process.
pub fn no_printing(tree: &Tree) -> Vec<Finding> {
    let is_quiet = |file: &File| file.room().is_some_and(|room| room.name != "cli");
    let prints = |line: &str| {
        words(line).any(|word| match word.text {
            "exit" | "abort" => word.before.ends_with("process::"),
            text => PRINTING.contains(&text) && word.after.starts_with('!'),
        })
    };
    on_lines(tree, is_quiet, false, prints, "printing", "return it: only cli prints and sets the exit code")
}

fn is_ordered(file: &File) -> bool {
    file.room().is_some_and(|room| room.ordered)
}

fn is_portable(file: &File) -> bool {
    file.room().is_some_and(|room| room.portable)
}

/// The findings of a rule that looks at one masked line at a time.
fn on_lines(
    tree: &Tree,
    applies: impl Fn(&File) -> bool,
    tests_too: bool,
    is_bad: impl Fn(&str) -> bool,
    rule: &'static str,
    advice: &str,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.is_rust() && applies(file)) {
        for (number, line) in file.code_lines() {
            if (tests_too || !file.is_test_line(number)) && is_bad(line) {
                findings.push(finding(&file.path, number, rule, advice));
            }
        }
    }
    findings
}

/// One identifier of a line and what is around it.
struct Word<'a> {
    before: &'a str,
    text: &'a str,
    after: &'a str,
}

/// The identifiers of a masked line, left to right.
fn words(line: &str) -> impl Iterator<Item = Word<'_>> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + line[at..].find(is_part)?;
        let end = start + line[start..].find(|letter| !is_part(letter)).unwrap_or(line.len() - start);
        at = end;
        Some(Word { before: &line[..start], text: &line[start..end], after: &line[end..] })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rule, where the text is, the text, and the lines that must be found.
    type Case = (fn(&Tree) -> Vec<Finding>, &'static str, &'static str, &'static [usize]);

    const CASES: &[Case] = &[
        (no_unsafe, "crates/cli/main.rs", "fn f() {\n    unsafe { g() }\n}\n", &[2]),
        (no_unsafe, "tests/a.rs", "unsafe fn f() {}\n", &[1]),
        (no_unsafe, "crates/cli/main.rs", "// unsafe\nlet a = \"unsafe\";\n#![forbid(unsafe_code)]\n", &[]),
        (
            no_unfinished,
            "tests/a.rs",
            "#[ignore]\nfn a() { todo!() }\nfn b() { unimplemented!(\"later\") }\n#[ignore = \"slow\"]\n",
            &[1, 2, 3, 4],
        ),
        (no_unfinished, "tests/a.rs", "#[cfg_attr(windows, ignore)]\n", &[1]),
        (no_unfinished, "tests/a.rs", "let todo = 1; // todo!()\nself.ignore();\nmatch x { ignore => {} }\n", &[]),
        (
            no_hash_order,
            "crates/plant/src/a.rs",
            "use std::collections::HashMap;\nlet a: EntityHashSet = b;\n",
            &[1, 2],
        ),
        (no_hash_order, "crates/plant/src/a.rs", "let a: HashMap<A, B>; // tidy: never iterated\n", &[1]),
        (
            no_hash_order,
            "crates/plant/src/a.rs",
            "let a: HashMap<A, B>; // tidy: never iterated: looked up by name only\n",
            &[],
        ),
        (
            no_hash_order,
            "crates/plant/src/a.rs",
            "#[cfg(test)]\nmod tests {\n    use std::collections::HashSet;\n}\n",
            &[],
        ),
        (no_hash_order, "crates/scenario/src/a.rs", "use std::collections::HashMap;\n", &[]),
        (no_hash_order, "crates/cli/a.rs", "use std::collections::HashMap;\n", &[]),
        (no_clock, "crates/kernel/src/a.rs", "use std::time::Instant;\nlet now = SystemTime::now();\n", &[1, 2]),
        (no_clock, "crates/kernel/src/a.rs", "const EVENTS_PER_INSTANT: u64 = 1; // Instant\n", &[]),
        (no_clock, "crates/cli/main.rs", "use std::time::Instant;\n", &[]),
        (
            no_platform_libm,
            "crates/kernel/src/a.rs",
            "let a = x.exp();\nlet b = x\n    .powf(2.0);\nlet c = y.map(f64::ln);\nx.powi(2).sin_cos()\n",
            &[1, 3, 4, 5],
        ),
        (
            no_platform_libm,
            "crates/kernel/src/a.rs",
            "let a = libm::exp(x).sqrt().abs().floor();\nlet b = self.exp;\nfn ln(x: f64) {}\nlet c = ln(x);\n",
            &[],
        ),
        (no_platform_libm, "crates/kernel/src/a.rs", "#[cfg(test)]\nmod tests {\n    fn a() { x.exp(); }\n}\n", &[]),
        (no_platform_libm, "crates/xtask/src/a.rs", "let a = x.exp();\n", &[]),
        (no_printing, "crates/scenario/src/a.rs", "println!(\"a\");\nstd::process::exit(1);\ndbg!(a);\n", &[1, 2, 3]),
        (
            no_printing,
            "crates/scenario/src/a.rs",
            "/// println!(\"a\")\nwriteln!(f, \"println!\")?;\nself.exit();\n",
            &[],
        ),
        (no_printing, "crates/cli/main.rs", "println!(\"a\");\nstd::process::exit(1);\n", &[]),
        (no_printing, "crates/xtask/src/main.rs", "println!(\"a\");\n", &[]),
        (no_printing, "tests/run.rs", "eprintln!(\"a\");\n", &[]),
    ];

    #[test]
    fn each_rule_finds_the_bad_and_leaves_the_good() {
        for (rule, path, text, expected) in CASES {
            let tree = Tree { files: vec![File::new(path, text)], packages: Vec::new() };
            let found: Vec<usize> = rule(&tree).into_iter().map(|finding| finding.line).collect();
            assert_eq!(found, *expected, "in {path}:\n{text}");
        }
    }
}
