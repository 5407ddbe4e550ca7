//! `linewright merge`: puts the runs of a study together, whoever played them: tables, and what they come to.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use plant::registry::Registry;
use study::journal::Journal;
use study::plan::{Kind, Study};

use super::baseline::Baseline;
use super::series::{self, Played};
use super::{compare, optimize, replicate, request, sweep};
use crate::arguments::{Merge, ReportFormat};
use crate::exit::{Exit, Failure};

/// Writes the tables and shows what they come to.
///
/// # Errors
/// A directory without a study, or files that cannot be read or written.
pub fn merge(arguments: &Merge, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let (directory, study) = request::open_directory(&arguments.directory, registry)?;
    let journal = series::open_journal(&directory, false)?;
    let baseline = match study.plan.kind {
        Kind::Optimize => None,
        _ => Baseline::open(&arguments.baseline, &study, Some(&arguments.directory), registry)?,
    };
    // What is said of the runs is the same whoever played them, and so is the warm-up that was found for them.
    series::settle(&study)?;
    let extent = series::write_tables(&study, &journal, &directory)?;
    let played =
        Played { complete: extent.is_complete(), interrupted: false, cores: 0, wall: Duration::ZERO, found: 0 };
    show(&study, &journal, &played, arguments.format, Some(&arguments.directory), baseline.as_ref())
}

/// Shows what the runs in a journal come to, as the command that the study is of would.
fn show(
    study: &Study,
    journal: &Journal,
    played: &Played,
    format: ReportFormat,
    path: Option<&Path>,
    baseline: Option<&Baseline>,
) -> Result<Exit, Failure> {
    match study.plan.kind {
        Kind::Run => replicate::show_stored(study, journal, played, format, path, baseline),
        Kind::Compare => compare::show_stored(study, journal, played, format, path, baseline),
        Kind::Sweep => sweep::show_stored(study, journal, played, format, path, baseline),
        Kind::Optimize => optimize::show_stored(study, journal, played, format, path),
    }
}
