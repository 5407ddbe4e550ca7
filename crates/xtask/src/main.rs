//! The developer commands: `cargo xtask test | tidy | golden | picture | bench`.
//!
//! One place for what every developer and every machine that checks a change runs, so that no second list of steps
//! exists anywhere. The exit code is 0 if all went well, 1 if something failed, 2 if the command was not understood.

use std::env;
use std::process::ExitCode;

use xtask::{cargo, golden, picture, stages, tidy};

/// Counts allocations for the benchmarks; only they are built with it.
#[cfg(feature = "bench")]
#[global_allocator]
static ALLOCATOR: &stats_alloc::StatsAlloc<std::alloc::System> = &stats_alloc::INSTRUMENTED_SYSTEM;

const HELP: &str = "\
Developer commands of Linewright

  cargo xtask test              everything a change must pass: tidy, format, clippy, tests (also by other programs), documentation
  cargo xtask tidy              the house rules only, in a second
  cargo xtask golden [ARGS]     rewrite the golden files and show which changed; ARGS go to the test program
  cargo xtask picture           draw the picture in README.md anew from what the program prints
  cargo xtask bench [OPTIONS]   the engine against hand-written baselines, in release; `bench --help` lists the options
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return ExitCode::from(2);
    };
    let succeeded = match (command.as_str(), rest) {
        ("test", []) => stages::run(),
        ("tidy", []) => tidy::report(&cargo::workspace_root()),
        ("golden", rest) => golden::run(rest),
        ("picture", []) => picture::run(),
        ("bench", rest) => bench_in_release(rest),
        #[cfg(feature = "bench")]
        ("bench-run", rest) => match xtask::bench::run(rest) {
            Ok(()) => true,
            Err(message) => {
                eprintln!("bench: {message}");
                false
            }
        },
        ("help" | "--help" | "-h", _) => {
            print!("{HELP}");
            true
        }
        (command, _) => {
            eprintln!("xtask: no such command: {command} {}\n\n{HELP}", rest.join(" "));
            return ExitCode::from(2);
        }
    };
    if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Builds this program again in release with the engine inside, and lets that do the measuring.
fn bench_in_release(rest: &[String]) -> bool {
    let features = if rest.iter().any(|word| word == "motion") { "bench-motion" } else { "bench" };
    let mut words =
        vec!["run", "--quiet", "--release", "--package", "xtask", "--features", features, "--", "bench-run"];
    words.extend(rest.iter().map(String::as_str));
    cargo::show(&mut cargo::cargo(&words))
}
