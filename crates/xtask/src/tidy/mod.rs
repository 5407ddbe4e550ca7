//! The house rules, checked: what a reviewer would otherwise have to look for in every change.
//!
//! A rule is a function from the tree to findings; each finding says where, which rule and what to do. [`RULES`] is
//! the register. Checks that need the engine itself (a generated document that must not be stale) are made by the
//! workspace's own tests, which call [`check`] with their extra rules: see [`stale`].

mod code;
mod layout;
mod mask;
mod rooms;
mod tree;

use std::fmt::{self, Display, Formatter};
use std::path::Path;

pub use rooms::{ROOMS, Room};
pub use tree::{Dependency, File, Package, Tree};

/// One broken rule at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Path from the workspace root.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// The rule's name.
    pub rule: &'static str,
    /// What to do about it.
    pub advice: String,
    /// Whether it is only worth a thought: shown, but not a failure.
    pub warning: bool,
}

impl Display for Finding {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let warning = if self.warning { "warning: " } else { "" };
        write!(formatter, "{}:{}: {warning}{}: {}", self.path, self.line, self.rule, self.advice)
    }
}

/// A finding that fails the check.
pub fn finding(path: &str, line: usize, rule: &'static str, advice: impl Into<String>) -> Finding {
    Finding { path: path.to_owned(), line, rule, advice: advice.into(), warning: false }
}

/// A rule: what it finds in a tree.
pub type Rule<'a> = &'a dyn Fn(&Tree) -> Vec<Finding>;

/// The register of rules.
const RULES: &[fn(&Tree) -> Vec<Finding>] = &[
    rooms::arrows,
    rooms::homes,
    rooms::homes_in_use,
    layout::top_level,
    layout::header,
    layout::length,
    layout::module_names,
    layout::absolute_paths,
    code::no_unsafe,
    code::no_unfinished,
    code::no_hash_order,
    code::no_clock,
    code::no_platform_libm,
    code::no_printing,
];

/// Checks the workspace at `root` against the register and the extra rules.
///
/// # Errors
/// A sentence for the developer, when the workspace cannot be read at all.
pub fn check(root: &Path, extra: &[Rule<'_>]) -> Result<Vec<Finding>, String> {
    let tree = Tree::load(root)?;
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    findings.extend(extra.iter().flat_map(|rule| rule(&tree)));
    findings.sort_by(|a, b| (&a.path, a.line, a.rule).cmp(&(&b.path, b.line, b.rule)));
    Ok(findings)
}

/// An extra rule's body: finds a generated file that is not what its generator writes now.
///
/// `regenerate` is the command that writes it.
pub fn stale(tree: &Tree, path: &str, expected: &str, regenerate: &str) -> Vec<Finding> {
    let Some(file) = tree.file(path) else {
        return vec![finding(path, 1, "stale", format!("the file is missing: run `{regenerate}`"))];
    };
    if file.text == expected {
        return Vec::new();
    }
    let same = file.text.lines().zip(expected.lines()).take_while(|(written, generated)| written == generated).count();
    vec![finding(
        path,
        same + 1,
        "stale",
        format!("differs from here on from what the code generates: run `{regenerate}`"),
    )]
}

/// Runs the check for a person: prints each finding and a closing line, and says whether the house is tidy.
pub fn report(root: &Path) -> bool {
    let findings = match check(root, &[]) {
        Ok(findings) => findings,
        Err(message) => {
            eprintln!("tidy: {message}");
            return false;
        }
    };
    for finding in &findings {
        println!("{finding}");
    }
    let warnings = findings.iter().filter(|finding| finding.warning).count();
    println!("tidy: {} to fix, {warnings} warnings, {} rules", findings.len() - warnings, RULES.len());
    findings.len() == warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_file_is_found_at_its_first_difference() {
        let tree = Tree { files: vec![File::new("docs/scenario.md", "# A\n\nold\n")], packages: Vec::new() };
        assert_eq!(stale(&tree, "docs/scenario.md", "# A\n\nold\n", "make").len(), 0);
        assert_eq!(stale(&tree, "docs/scenario.md", "# A\n\nnew\n", "make")[0].line, 3);
        assert_eq!(stale(&tree, "docs/none.md", "# A\n", "make")[0].line, 1);
    }

    #[test]
    fn a_finding_reads_as_place_rule_advice() {
        assert_eq!(finding("a.rs", 3, "unsafe", "do without").to_string(), "a.rs:3: unsafe: do without");
    }
}
