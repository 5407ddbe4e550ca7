//! `cargo xtask test`: everything a change must pass, on any machine that has the Rust toolchain.
//!
//! All stages run even when one fails, so one round shows everything. A tool that is missing is installed where that
//! takes seconds (toolchain components, and what [`outside`] names); else its stage falls back to plain cargo or is skipped, and the closing lines
//! name it together with the command that installs it.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::cargo::{answers, cargo, program, show, target_directory, workspace_root};
use crate::{outside, tidy};

/// Everything that is not built by itself.
const FEATURES: &str = "xtask/bench-motion,linewright/motion,linewright/parquet,linewright/mqtt,linewright/opcua";

/// How a stage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// A stage that has run, or could not.
struct Stage {
    name: &'static str,
    outcome: Outcome,
    time: Duration,
}

/// A tool this machine lacks.
struct Missing {
    tool: &'static str,
    install: &'static str,
    consequence: &'static str,
}

/// Runs all stages; says whether none failed.
pub fn run() -> bool {
    let mut missing = Vec::new();
    let mut stages = vec![stage("tidy", || tidy::report(&workspace_root()))];

    if component("rustfmt", "fmt") {
        stages.push(stage("format", || show(&mut cargo(&["fmt", "--all", "--check"]))));
    } else {
        missing.push(Missing {
            tool: "rustfmt",
            install: "rustup component add rustfmt",
            consequence: "the format was not checked",
        });
        stages.push(skipped("format"));
    }

    if component("clippy", "clippy") {
        let words =
            ["clippy", "--workspace", "--all-targets", "--features", FEATURES, "--locked", "--", "--deny", "warnings"];
        stages.push(stage("clippy", || show(&mut cargo(&words))));
    } else {
        missing.push(Missing {
            tool: "clippy",
            install: "rustup component add clippy",
            consequence: "the code was not linted",
        });
        stages.push(skipped("clippy"));
    }

    if !outside::install_browser() {
        missing.push(Missing {
            tool: "chromium",
            install: "apt-get install chromium",
            consequence: "no report was opened in a browser",
        });
    }
    if !outside::install_broker() {
        missing.push(Missing {
            tool: "mosquitto",
            install: "apt-get install mosquitto mosquitto-clients openssl",
            consequence: "no MQTT broker was followed",
        });
    }
    let python = outside::install_python();
    if python.is_none() {
        missing.push(Missing {
            tool: "Python 3.10 with packages",
            install: "python3 -m venv target/outside-python && target/outside-python/bin/pip install -r tests/outside/requirements.txt",
            consequence: "no table was read by DuckDB and Polars, no study was played on Ray, no OPC UA server was followed, no export of a trace was read, no belt was played in MuJoCo",
        });
    }

    let node = outside::install_node();
    if node.is_none() {
        missing.push(Missing {
            tool: "Node.js with packages",
            install: "apt-get install nodejs npm",
            consequence: "no payload of Sparkplug was held against those of others, no glTF file was judged by its validator",
        });
    }

    let has_nextest = answers(&mut cargo(&["nextest", "--version"]));
    if !has_nextest {
        let consequence = "the tests ran under `cargo test`, one program after the other";
        missing.push(Missing { tool: "cargo-nextest", install: "cargo install cargo-nextest --locked", consequence });
    }
    // The same selection of packages with and without the features, so that little is built twice.
    let tests = |features: &str, names: &[&str]| {
        let runner: &[&str] =
            if has_nextest { &["nextest", "run", "--profile", "ci"] } else { &["test", "--all-targets"] };
        let selection = ["--workspace", "--features", features, "--locked", "--no-fail-fast"];
        cargo(&[runner, &selection, names].concat())
    };
    // First, so that the program that is left in `target` is the usual one.
    stages.push(stage("features", || {
        const NAMES: &[&str] = &[
            "parquet",
            "mqtt",
            "opcua",
            "emulate",
            "sparkplug",
            "outside::trace",
            "motion",
            "moving",
            "robot",
            "examples",
            "mutants_of_what_moves",
            "bench::plants",
        ];
        let mut command = tests(FEATURES, NAMES);
        command.envs(python.iter().map(|python| ("LINEWRIGHT_PYTHON", python)));
        show(command.envs(node.iter().map(|node| ("LINEWRIGHT_NODE_MODULES", node))))
    }));
    stages.push(stage("tests", || show(&mut tests("xtask/bench", &[]))));
    // Digests that are written down, of what computes most with fractions, by what is optimised as programs for use are.
    const OPTIMISED: &[&str] = &["test", "--release", "--package", "linewright-scenario", "--features", "motion"];
    stages.push(stage("release", || {
        let names = ["--locked", "--test", "motion", "debug_and_release"];
        show(&mut cargo(&[OPTIMISED, &names].concat()))
    }));
    stages.push(match &python {
        // Ray's tests look into processes by Linux's means.
        Some(python) if cfg!(target_os = "linux") => stage("ray", || {
            let mut command = program(&python.to_string_lossy(), &["assets/engines/ray/tests/test_sweep.py"]);
            show(command.env("LINEWRIGHT", target_directory().join("debug/linewright")))
        }),
        _ => skipped("ray"),
    });

    stages
        .push(stage("doc tests", || show(&mut cargo(&["test", "--doc", "--workspace", "--locked", "--no-fail-fast"]))));
    // Private items are documented too: their links must resolve, and links to them are what a reader here wants.
    let words = ["doc", "--workspace", "--no-deps", "--document-private-items", "--locked", "--quiet"];
    let strict = "--deny warnings --allow rustdoc::private_intra_doc_links";
    stages.push(stage("documentation", || show(cargo(&words).env("RUSTDOCFLAGS", strict))));

    print!("\n{}", closing_lines(&stages, &missing));
    stages.iter().all(|stage| stage.outcome != Outcome::Failed)
}

/// Whether a toolchain component is here, or could be added at once.
fn component(name: &str, subcommand: &str) -> bool {
    let is_here = || answers(&mut cargo(&[subcommand, "--version"]));
    is_here() || (show(&mut program("rustup", &["component", "add", name])) && is_here())
}

fn stage(name: &'static str, work: impl FnOnce() -> bool) -> Stage {
    println!("\n== {name}");
    let start = Instant::now();
    let outcome = if work() { Outcome::Passed } else { Outcome::Failed };
    Stage { name, outcome, time: start.elapsed() }
}

fn skipped(name: &'static str) -> Stage {
    Stage { name, outcome: Outcome::Skipped, time: Duration::ZERO }
}

/// The table of stages, the missing tools, and one plain line that says it all.
fn closing_lines(stages: &[Stage], missing: &[Missing]) -> String {
    let mut lines = String::new();
    let count = |outcome| stages.iter().filter(|stage| stage.outcome == outcome).count();
    for stage in stages {
        let outcome = match stage.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "FAILED",
            Outcome::Skipped => "skipped",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "{:<14} {outcome:<8} {:>7.1} s", stage.name, stage.time.as_secs_f64());
    }
    for Missing { tool, install, consequence } in missing {
        let _ = writeln!(lines, "missing: {tool}: {consequence}; install it with `{install}`");
    }
    let _ = write!(lines, "stages: {} passed, {} failed", count(Outcome::Passed), count(Outcome::Failed));
    let _ = match count(Outcome::Skipped) {
        0 => writeln!(lines),
        skipped => writeln!(lines, ", {skipped} skipped"),
    };
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage_of(name: &'static str, outcome: Outcome) -> Stage {
        Stage { name, outcome, time: Duration::from_millis(1250) }
    }

    #[test]
    fn the_last_line_counts_the_stages() {
        let stages = [
            stage_of("tidy", Outcome::Passed),
            stage_of("tests", Outcome::Failed),
            stage_of("clippy", Outcome::Skipped),
        ];
        let lines = closing_lines(&stages, &[]);
        assert_eq!(lines.lines().last(), Some("stages: 1 passed, 1 failed, 1 skipped"));
        assert!(lines.starts_with("tidy           passed       1.2 s\n"), "{lines}");
        assert!(closing_lines(&stages[..1], &[]).ends_with("stages: 1 passed, 0 failed\n"));
    }

    #[test]
    fn a_missing_tool_is_named_with_its_command() {
        let missing = [Missing {
            tool: "clippy",
            install: "rustup component add clippy",
            consequence: "the code was not linted",
        }];
        let lines = closing_lines(&[stage_of("tidy", Outcome::Passed)], &missing);
        assert!(
            lines.contains("missing: clippy: the code was not linted; install it with `rustup component add clippy`"),
            "{lines}"
        );
    }
}
