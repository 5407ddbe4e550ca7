//! The command line of Linewright: the only place that prints, reads arguments and sets exit codes.
//!
//! It is a library as well as a program so that a crate with element kinds of its own gets the whole command line:
//!
//! ```no_run
//! use plant::registry::{Plugin, Registry};
//!
//! struct Furnaces;
//!
//! impl Plugin for Furnaces {
//!     fn extend(&self, registry: &mut Registry) {
//!         // registry.add_kind::<Furnace>();
//!     }
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     linewright::main_with(&[&Furnaces])
//! }
//! ```
//!
//! What is where: `arguments` says what can be typed; `check`, `run`, `verify`, `explain`, `init` and `completions` are
//! the commands, those of more than one run are in `studies`, `calibrate` takes a log of the real plant, `importing` what others have written down, `trace` shows what moved; `opened` gets from arguments to a run that can begin, `inputs` keeps what was read from being written over; `summary` is what a run hands out, as data;
//! `output` is how that looks on a terminal, as JSON and in a directory; `exit` holds the exit codes.
//!
//! Invariant: the result goes to stdout, progress and complaints to stderr, and a reader who stops reading early is
//! no mistake.
//! Invariant: no panic reaches the user as such; it ends in exit code 1 and a request to report it.

mod arguments;
mod calibrate;
mod check;
mod completions;
mod emulate;
mod exit;
mod explain;
mod following;
mod importing;
mod init;
mod inputs;
mod interrupt;
mod opened;
mod output;
mod progress;
mod provenance;
mod run;
mod studies;
mod summary;
#[cfg(feature = "motion")]
mod trace;
mod verify;

use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use plant::registry::{Plugin, Registry};

use arguments::{Arguments, Command};
use exit::{Exit, Failure};

/// The whole program, with the element kinds and systems of `plugins` besides our own.
///
/// Reads the arguments of the process and prints; the exit codes are listed under `linewright --help`.
pub fn main_with(plugins: &[&dyn Plugin]) -> ExitCode {
    let defect = Arc::new(Mutex::new(String::new()));
    let noted = Arc::clone(&defect);
    // The usual message and backtrace help nobody who did not write the engine; what they say is kept for the report.
    panic::set_hook(Box::new(move |panic| {
        *noted.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| play(std::env::args_os(), plugins)));
    let exit = outcome.unwrap_or_else(|_| {
        let what = defect.lock().unwrap_or_else(PoisonError::into_inner);
        Failure::internal(format!(
            "{what}\nThis is a defect of the program, not of your scenario. Please report it with the command, the \
             scenario and this text."
        ))
        .report()
    });
    ExitCode::from(exit.code())
}

/// Carries out one command line.
fn play(arguments: impl Iterator<Item = OsString>, plugins: &[&dyn Plugin]) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            if let Some(failure) = file_for_a_command(&error) {
                return failure.report();
            }
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            // Nobody is left to tell when even this cannot be printed.
            let _ = error.print();
            return exit;
        }
    };
    let registry = Arc::new(Registry::with_plugins(plugins));
    let outcome = match arguments.command {
        Command::Check(check) => check::check(&check, &registry),
        Command::Run(run) => run::run(&run, &registry),
        Command::Compare(compare) => studies::compare::compare(&compare, &registry),
        Command::Sweep(sweep) => studies::sweep::sweep(&sweep, &registry),
        Command::Optimize(optimize) => studies::optimize::optimize(&optimize, &registry),
        Command::Select(select) => studies::select::select(&select, &registry),
        Command::Plan(plan) => studies::plan::plan(&plan, &registry),
        Command::Exec(exec) => studies::exec::exec(&exec, &registry),
        Command::Merge(merge) => studies::merge::merge(&merge, &registry),
        Command::Report(report) => studies::report::report(&report, &registry),
        Command::Status(status) => studies::status::status(&status, &registry),
        Command::Fork(fork) => following::fork::fork(&fork, &registry),
        Command::Diff(diff) => following::diff::diff(&diff, &registry),
        Command::WhatIf(what_if) => following::what_if::what_if(&what_if, &registry),
        Command::Live(live) => following::live::live(&live, &registry),
        Command::Calibrate(calibrate) => calibrate::calibrate(&calibrate, &registry),
        Command::Verify(verify) => verify::verify(&verify, &registry),
        Command::Emulate(emulate) => emulate::emulate(&emulate, &registry),
        #[cfg(feature = "motion")]
        Command::Trace(trace) => trace::trace(&trace),
        Command::Explain(explain) => explain::explain(&explain, &registry),
        Command::Import(import) => importing::import(&import, &registry),
        Command::Init(init) => init::init(&init),
        Command::Completions(completions) => completions::completions(&completions),
    };
    outcome.unwrap_or_else(|failure| failure.report())
}

/// What to say where a scenario stands in the place of a command: what to do with it has been left out.
fn file_for_a_command(error: &clap::Error) -> Option<Failure> {
    let word = match (error.kind(), error.get(ContextKind::InvalidSubcommand)?) {
        (ErrorKind::InvalidSubcommand, ContextValue::String(word)) => word,
        _ => return None,
    };
    let is_scenario = Path::new(word).extension().is_some_and(|extension| extension == "ron");
    is_scenario.then(|| Failure::usage(format!("{word} is no command"), &format!("`linewright run {word}` plays it")))
}
