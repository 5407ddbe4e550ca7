//! What can be typed. The words here are the interface: what they do is in the modules of the same names.
//!
//! - `single`: commands on scenarios as such; `studies`: commands that play many cases; `pieces`: a study in pieces;
//!   `following`: runs that go on from a state, and plants that are followed; `emulate`: a plant to be followed; `calibrate`:
//!   a scenario and a log of its plant; `importing`: plants in other formats; `trace`: what moved.
//! - `changes`, `outcome`, `numbers`: what several of them take.

mod calibrate;
mod changes;
mod emulate;
mod following;
mod importing;
mod numbers;
mod outcome;
mod pieces;
mod single;
mod studies;
#[cfg(feature = "motion")]
mod trace;

pub use calibrate::Calibrate;
pub use changes::{Changes, Selection};
pub use emulate::Emulate;
pub use following::{Diff, FollowedPlant, Fork, Live, LiveAction, LiveCheck, LiveCommand, WhatIf};
pub use importing::{Import, ImportAutoSched, ImportFormat, ImportJobShop, JobShopLayout};
pub use outcome::{BaselineArguments, Format, ReportFormat};
pub use pieces::{Exec, Merge, Plan, Report, Status};
pub use single::{Check, Completions, Explain, Init, Run, Verify};
pub use studies::{Compare, Goal, Method, Optimize, Select, Sweep};
#[cfg(feature = "motion")]
pub use trace::{ExportFormat, Trace, TraceExport, TraceShow};

use clap::{Parser, Subcommand};

use crate::exit::EXIT_CODES;
use crate::provenance::LONG_VERSION;

/// Factory digital twin engine: plants written as text, run as code.
#[derive(Debug, Parser)]
#[command(name = "linewright", version = LONG_VERSION, after_help = EXIT_CODES, arg_required_else_help = true)]
#[command(max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// One command each.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check scenarios and show everything that is wrong with them.
    Check(Check),
    /// Play a scenario and show what comes out.
    Run(Run),
    /// Compare variants of a scenario with it: better, worse, or how many more replications would tell.
    Compare(Compare),
    /// Play every point of a design, in a directory that can be gone on with.
    Sweep(Sweep),
    /// Look for the values of some fields that make one or two KPIs best.
    Optimize(Optimize),
    /// Select the best of many cases, with a promise and far fewer runs than all of them would take.
    Select(Select),
    /// Lay a study out in a directory, to be played in parts.
    Plan(Plan),
    /// Play a part of a study that was laid out.
    Exec(Exec),
    /// Put the runs of a study together, whoever played them.
    Merge(Merge),
    /// Show how far a study is.
    Status(Status),
    /// Write a page of HTML with pictures of a study.
    Report(Report),
    /// Go on with a saved run, under other parameters if asked for.
    Fork(Fork),
    /// Find the first event in which two runs differ.
    Diff(Diff),
    /// Follow a plant: mirror it, say how far the model is apart from it, foresee what comes.
    Live(Box<LiveCommand>),
    /// Play the futures of a saved state, as it is and under other parameters, side by side.
    WhatIf(WhatIf),
    /// Write a plant that is described in another format as a scenario.
    Import(Import),
    /// Fit the times of a scenario to a log of its plant, and write them as a scenario over it.
    Calibrate(Calibrate),
    /// Play a scenario three times and make sure that all agree, event by event.
    Verify(Verify),
    /// Play a scenario at the pace of the clock, as if it were the plant, for a twin to follow.
    Emulate(Emulate),
    /// Look at a trace of what moved: what is in it, and a window of it for viewers of scenes.
    #[cfg(feature = "motion")]
    #[command(subcommand)]
    Trace(Trace),
    /// Explain a code such as LW0301; without one, list all codes.
    Explain(Explain),
    /// Write a commented scenario to begin with.
    Init(Init),
    /// Print a completion script for a shell.
    Completions(Completions),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn negative_values_reach_whoever_judges_them() {
        let parsed = |words: &[&str]| Arguments::try_parse_from(["linewright", "run", "a.ron"].iter().chain(words));
        let seed = parsed(&["--seed", "-1"]).expect_err("no seed").to_string();
        assert!(seed.contains("expected a whole number from 0") && !seed.contains("tip"), "{seed}");
        let Ok(Arguments { command: Command::Run(run) }) = parsed(&["--until", "-1 d"]) else { panic!("a run") };
        assert_eq!(run.selection.changes.until.as_deref(), Some("-1 d"));
    }

    #[test]
    fn every_argument_is_documented() {
        for command in Arguments::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }
}
