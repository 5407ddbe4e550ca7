//! `cargo xtask golden`: writes what the program says now into the golden files, and shows which of them changed.
//!
//! The golden tests are the ones of the workspace's test target with `golden` in their name. A changed golden file is
//! to be read like code: the difference is what a user will notice. The picture in README.md is drawn anew with them.

use crate::cargo::{cargo, program, show};
use crate::picture;

/// Variables that make golden tests write instead of compare: trycmd's own and ours for everything else.
const OVERWRITE: &[(&str, &str)] = &[("TRYCMD", "overwrite"), ("LINEWRIGHT_GOLDEN", "overwrite")];

/// Golden runs of the command line.
const COMMAND_LINES: &str = "tests/cli";
/// What stands before the time a run took, and what after the time of several.
const BEFORE_TIME: [&str; 4] = [" events in ", " runs in ", " designs in ", " the others took "];
const AFTER_TIME: &str = " in all";

/// A file that was written anew says how long its runs took, which is another time with every run.
fn leave_times_open() -> std::io::Result<()> {
    for entry in std::fs::read_dir(COMMAND_LINES)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "trycmd") {
            let text = std::fs::read_to_string(&path)?;
            let open = with_open_times(&text);
            if open != text {
                std::fs::write(&path, open)?;
            }
        }
    }
    Ok(())
}

fn with_open_times(text: &str) -> String {
    let open = |line: &str| {
        let of_several = line.strip_suffix(AFTER_TIME).and_then(|line| line.rsplit_once(", "));
        let of_one = BEFORE_TIME.iter().find_map(|words| Some((line.split_once(words)?.0, words)));
        match (of_one, of_several) {
            (Some((before, words)), _) => format!("{before}{words}[..]\n"),
            (None, Some((before, _))) => format!("{before}, [..]{AFTER_TIME}\n"),
            (None, None) => format!("{line}\n"),
        }
    };
    text.lines().map(open).collect()
}

/// Reruns the golden tests in writing mode, then in comparing mode. Extra arguments go to the test program.
pub fn run(arguments: &[String]) -> bool {
    let mut words = vec!["test", "--package", "linewright", "--test", "tests", "golden"];
    if !arguments.is_empty() {
        words.push("--");
        words.extend(arguments.iter().map(String::as_str));
    }
    // A test that has just overwritten its file may still report the difference as a failure; the second run decides.
    show(cargo(&words).envs(OVERWRITE.iter().copied()));
    if let Err(error) = leave_times_open() {
        eprintln!("golden: {COMMAND_LINES}: {error}");
        return false;
    }
    // A selection of tests is in a hurry; drawing takes a release build.
    let drawn = !arguments.is_empty() || picture::run();
    let agreed = show(&mut cargo(&words)) && drawn;
    println!("changed golden files (read the difference before committing it):");
    show(&mut program("git", &["status", "--short", "--", "tests", "scenarios", "docs", "assets"]));
    agreed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_left_open_and_nothing_else() {
        let written = "8 elements; 43,004 events in 12.9 ms (3.3 M/s)\n40 runs in 1 s; seed 1\n   42 events each, digest 0, 5 ms in all\n";
        let open = "8 elements; 43,004 events in [..]\n40 runs in [..]\n   42 events each, digest 0, [..] in all\n";
        assert_eq!(with_open_times(written), open);
        assert_eq!(with_open_times(&with_open_times(written)), with_open_times(written));
    }
}
