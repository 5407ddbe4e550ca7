//! `cargo xtask golden`: writes what the program says now into the golden files, and shows which of them changed.
//!
//! The golden tests are the ones of the workspace's test target with `golden` in their name. A changed golden file is
//! to be read like code: the difference is what a user will notice. The picture in README.md is drawn anew with them.

use crate::cargo::{cargo, program, show};
use crate::picture;

/// Variables that make golden tests write instead of compare: trycmd's own and ours for everything else.
const OVERWRITE: &[(&str, &str)] = &[("TRYCMD", "overwrite"), ("LINEWRIGHT_GOLDEN", "overwrite")];

/// Reruns the golden tests in writing mode, then in comparing mode. Extra arguments go to the test program.
pub fn run(arguments: &[String]) -> bool {
    let mut words = vec!["test", "--package", "linewright", "--test", "tests", "golden"];
    if !arguments.is_empty() {
        words.push("--");
        words.extend(arguments.iter().map(String::as_str));
    }
    // A test that has just overwritten its file may still report the difference as a failure; the second run decides.
    show(cargo(&words).envs(OVERWRITE.iter().copied()));
    // A selection of tests is in a hurry; drawing takes a release build.
    let drawn = !arguments.is_empty() || picture::run();
    let agreed = show(&mut cargo(&words)) && drawn;
    println!("changed golden files (read the difference before committing it):");
    show(&mut program("git", &["status", "--short", "--", "tests", "scenarios", "docs", "assets"]));
    agreed
}
