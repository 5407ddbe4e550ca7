//! `linewright report`: one page of HTML with pictures of a study.

use std::io::Write as _;
use std::sync::Arc;

use kernel::SimTime;
use plant::registry::Registry;
use scenario::staged::{FileError, Staged};
use study::film::{FilmOptions, shoot};
use study::plan::Kind;
use study::report;

use super::request::{self, file_failure};
use super::series;
use crate::arguments::Report;
use crate::exit::{Exit, Failure};
use crate::inputs::Inputs;
use crate::interrupt;
use crate::output::{self, QUIET, styled};

/// The page in the directory of a study.
const PAGE: &str = "report.html";

/// Plays one replication again for its pictures, and writes the page.
///
/// # Errors
/// A directory without a study, a run that ended in an error, or a page that cannot be written.
pub fn report(arguments: &Report, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let (directory, study) = request::open_directory(&arguments.directory, registry)?;
    Inputs::of(study.base()).and([directory.plan()]).spare("--out", arguments.out.as_deref())?;
    let journal = series::open_journal(&directory, false)?;
    let time =
        |option: &str, text: &Option<String>| text.as_deref().map(|text| request::duration(option, text)).transpose();
    let at = |duration| SimTime::ZERO.saturating_add(duration);
    let options = FilmOptions {
        from: time("--from", &arguments.from)?.map(at),
        until: time("--until", &arguments.until)?.map(at),
        ..FilmOptions::default()
    };
    if let (Some(from), Some(until)) = (options.from, options.until)
        && until <= from
    {
        return Err(Failure::usage("the schedule would end before it begins", "--until comes after --from"));
    }
    let replication = arguments.replication.unwrap_or(study.plan.replication);
    series::settle(&study)?;
    let film = shoot(&study.base_case(), replication, &options, &interrupt::is_asked);
    let Some(film) = film.map_err(|error| Failure::ended(&error))? else { return Ok(Exit::Interrupted) };
    // The points of a sweep are made one by one; the others are few.
    let cases = if study.plan.kind == Kind::Sweep { Vec::new() } else { series::cases(&study)? };
    let kpis = request::wanted(&study, &study.base().plant.model)?;
    let page = report::page(&study, &journal, &cases, &kpis, Some(film)).map_err(|error| file_failure(&error))?;
    let path = arguments.out.clone().unwrap_or_else(|| directory.path().join(PAGE));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_else(|| PAGE.to_owned());
    let html = report::html(&page);
    let written = Staged::create(folder.unwrap_or_else(|| std::path::Path::new(".")), &name).and_then(|mut file| {
        file.write_all(html.as_bytes()).map_err(FileError::at(file.place()))?;
        file.commit()
    });
    written.map_err(|error| file_failure(&error))?;
    output::print(&format!("{}\n", path.display()))?;
    output::complain(&format!("{}\n", styled(QUIET, "open it in any browser; it needs no network")));
    Ok(Exit::Done)
}
