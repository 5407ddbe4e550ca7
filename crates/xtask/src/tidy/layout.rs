//! Rules about files as such: where they are, what they are called, how they begin and how long they are.

use super::tree::{File, Tree};
use super::{Finding, finding};

/// Longest allowed Rust file, in lines.
const LONGEST_FILE: usize = 800;
/// From here on a file is worth splitting.
const LONG_FILE: usize = 400;

/// What must be at the top of the workspace.
const TOP_LEVEL_REQUIRED: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "CONTRIBUTING.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "crates",
    "docs",
    "scenarios",
    "tests",
    ".ci",
];
/// What may be there besides.
const TOP_LEVEL_ALLOWED: &[&str] =
    &["assets", ".cargo", ".config", ".gitignore", ".gitattributes", "rustfmt.toml", "clippy.toml"];

/// Names that say nothing about what a module is for.
const BANNED_NAMES: &[&str] = &["common", "core", "utils", "util", "types", "errors", "helpers", "manager", "misc"];

/// Beginnings of paths that exist on one machine only; put together here so that this file does not hold them.
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk"), concat!("/ro", "ot"), concat!("/ho", "me"), concat!("/Us", "ers")];

/// Rule: the top level holds exactly the entries named above.
pub fn top_level(tree: &Tree) -> Vec<Finding> {
    let mut entries: Vec<&str> = tree.files.iter().filter_map(|file| file.path.split('/').next()).collect();
    entries.dedup();
    let mut findings = Vec::new();
    for entry in &entries {
        if !TOP_LEVEL_REQUIRED.contains(entry) && !TOP_LEVEL_ALLOWED.contains(entry) {
            findings.push(finding(entry, 1, "top-level", "move it into crates, scenarios, assets, tests or docs"));
        }
    }
    for required in TOP_LEVEL_REQUIRED {
        if !entries.contains(required) {
            findings.push(finding(required, 1, "top-level", "missing: every clone must have it"));
        }
    }
    findings
}

/// Rule: every Rust file begins by saying why it exists.
pub fn header(tree: &Tree) -> Vec<Finding> {
    let has_header = |file: &File| {
        file.text
            .strip_prefix("//!")
            .is_some_and(|rest| rest.lines().next().is_some_and(|line| !line.trim().is_empty()))
    };
    let advice = "begin the file with a //! header of two to six lines that says why it exists";
    rust(tree).filter(|file| !has_header(file)).map(|file| finding(&file.path, 1, "header", advice)).collect()
}

/// Rule: no Rust file is longer than a reader can hold.
pub fn length(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in rust(tree) {
        let lines = file.text.lines().count();
        if lines > LONGEST_FILE {
            findings.push(finding(
                &file.path,
                LONGEST_FILE + 1,
                "length",
                format!("{lines} lines: split it below {LONGEST_FILE}"),
            ));
        } else if lines > LONG_FILE {
            let thought = finding(
                &file.path,
                LONG_FILE + 1,
                "length",
                format!("{lines} lines: would it read better split below {LONG_FILE}?"),
            );
            findings.push(Finding { warning: true, ..thought });
        }
    }
    findings
}

/// Rule: modules, files and directories of code are named after what they hold.
pub fn module_names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in rust(tree) {
        let parts = file.path.trim_end_matches(".rs").split('/');
        if let Some(name) = parts.into_iter().find(|part| BANNED_NAMES.contains(part)) {
            findings.push(finding(
                &file.path,
                1,
                "names",
                format!("`{name}` says nothing: name it after what it holds"),
            ));
        }
        for (number, line) in file.code_lines() {
            let inline = line
                .split_once("mod ")
                .filter(|(before, _)| before.is_empty() || before.ends_with(' '))
                .map(|(_, rest)| rest);
            if let Some(name) = inline.and_then(|rest| rest.strip_suffix('{')).map(str::trim)
                && BANNED_NAMES.contains(&name)
            {
                findings.push(finding(
                    &file.path,
                    number,
                    "names",
                    format!("`{name}` says nothing: name it after what it holds"),
                ));
            }
        }
    }
    findings
}

/// Rule: no file holds a path that exists on one machine only.
pub fn absolute_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (index, line) in file.text.lines().enumerate() {
            if let Some(path) = MACHINE_PATHS.iter().find(|path| has_path(line, path)) {
                findings.push(finding(
                    &file.path,
                    index + 1,
                    "absolute-path",
                    format!("{path} is one machine's: use a path from the workspace root"),
                ));
            }
        }
    }
    findings
}

/// Whether the line holds the path as a path's beginning, rather than as a piece of a longer one.
fn has_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        let begins = before.is_none_or(|letter| {
            !letter.is_alphanumeric() && !matches!(letter, '_' | '-' | '.' | '/' | '~' | ']' | '}' | '>' | '*')
        });
        let ends = after.is_none_or(|letter| !letter.is_alphanumeric() && !matches!(letter, '_' | '-' | '.'));
        begins && ends
    })
}

fn rust(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files.iter().filter(|file| file.is_rust())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(rule: fn(&Tree) -> Vec<Finding>, path: &str, text: &str) -> Vec<usize> {
        let tree = Tree { files: vec![File::new(path, text)], packages: Vec::new() };
        rule(&tree).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn headers() {
        let cases = [
            ("//! Why this exists.\n", true),
            ("//!\n", false),
            ("// Why\n", false),
            ("", false),
            ("\n//! Late.\n", false),
        ];
        for (text, good) in cases {
            assert_eq!(lines(header, "crates/kernel/src/a.rs", text).is_empty(), good, "{text:?}");
        }
        assert!(lines(header, "README.md", "# Linewright\n").is_empty());
    }

    #[test]
    fn lengths() {
        let cases = [(400, None), (401, Some(true)), (800, Some(true)), (801, Some(false))];
        for (count, expected) in cases {
            let tree = Tree { files: vec![File::new("a.rs", &"\n".repeat(count))], packages: Vec::new() };
            assert_eq!(length(&tree).first().map(|finding| finding.warning), expected, "{count} lines");
        }
    }

    #[test]
    fn names() {
        let cases = [
            ("crates/kernel/src/time.rs", "mod tests {\n}\n", true),
            ("crates/kernel/src/utils.rs", "", false),
            ("crates/plant/src/common/part.rs", "", false),
            ("crates/plant/src/part.rs", "pub mod helpers {\n}\n", false),
            ("crates/plant/src/part.rs", "use core::fmt; // mod utils {\n", true),
            ("docs/types.md", "", true),
        ];
        for (path, text, good) in cases {
            assert_eq!(lines(module_names, path, text).is_empty(), good, "{path} {text:?}");
        }
    }

    #[test]
    fn paths() {
        let [work, root, home, users] = MACHINE_PATHS else { panic!("four kinds of path") };
        let bad = [
            format!("see {work}/plan.md"),
            format!("\"{root}/.cargo\""),
            format!("`{home}/ann/x`"),
            format!("{users}/ann"),
            (*root).to_owned(),
        ];
        for text in bad {
            assert_eq!(lines(absolute_paths, "docs/a.md", &text), [1], "{text}");
        }
        let good = [
            format!("a pallet{work}"),
            format!("target{work}/x"),
            format!("https://example.org{home}"),
            format!("../..{root}"),
            format!("{work}shop"),
        ];
        for text in good {
            assert!(lines(absolute_paths, "docs/a.md", &text).is_empty(), "{text}");
        }
    }

    #[test]
    fn top_level_entries() {
        let mut paths: Vec<String> = TOP_LEVEL_REQUIRED.iter().map(|entry| format!("{entry}/x")).collect();
        let found = |paths: &[String]| {
            let files = paths.iter().map(|path| File::new(path, "")).collect();
            top_level(&Tree { files, packages: Vec::new() }).into_iter().map(|finding| finding.path).collect::<Vec<_>>()
        };
        assert!(found(&paths).is_empty());
        paths.push("notes.txt".to_owned());
        assert_eq!(found(&paths), ["notes.txt"]);
        paths.remove(0);
        assert_eq!(found(&paths), ["notes.txt", "Cargo.toml"]);
    }
}
