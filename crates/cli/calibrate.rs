//! `linewright calibrate`: the times of a scenario fitted to a log of its plant, shown, and written as a scenario over it.

mod data;

use std::fs;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use live::calibrate::fit::{Estimate, Law};
use live::calibrate::overlay::{change_text, interval_text, law_text, left_out, overlay};
use live::calibrate::picture::{line, picture};
use live::calibrate::{Calibration, Parameter, goodness, reading};
use live::feed::FeedError;
use live::signals::Signals;
use live::wall_time::{TimeFormat, WallTime};
use plant::plant::Plant;
use plant::registry::Registry;
use scenario::expand::{self, Scenario};
use scenario::staged::{FileError, Staged};

use crate::arguments::{Calibrate, Format};
use crate::exit::{Exit, Failure};
use crate::inputs::Inputs;
use crate::output::table::{Column, Table};
use crate::output::{self, ALARMING, HEADING, QUIET, SIMULATED, figure, styled};
use crate::studies::request::file_failure;

/// Cells of the picture of a series in the table.
const CELLS: usize = 12;

/// Reads the log, fits, shows and writes.
///
/// # Errors
/// A wrong scenario, wrong signals, a log that cannot be read, or files that cannot be written.
pub fn calibrate(arguments: &Calibrate, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let rejected = |rejected: Box<scenario::load::Rejected>| Failure::rejected(&rejected);
    let since = arguments.since.as_deref().map(since).transpose()?;
    let scenario = expand::open(&arguments.file, &[], registry).map_err(rejected)?;
    let mut signals = Signals::open(&arguments.signals, &scenario.plant).map_err(rejected)?;
    if let Some(folder) = &arguments.data {
        signals = signals.in_folder(folder);
    }
    Inputs::of(&scenario).and_signals(&arguments.signals, &signals).spare("--out", arguments.out.as_deref())?;
    let log = reading::read(&signals, since).map_err(|error| feed_failure(&error))?;
    let calibration = live::calibrate::calibrate(&scenario, registry, &signals, &log);
    // Nothing is no reason to write over what may have been found before.
    let is_empty = calibration.parameters.is_empty() && calibration.branchings.is_empty();
    let out = arguments.out.as_ref().filter(|_| !is_empty);
    if let Some(path) = out {
        let base = base_beside(path, Path::new(&arguments.file))?;
        write(path, &overlay(&calibration, &scenario.plant, &base, &arguments.signals))?;
    }
    if let Some(folder) = &arguments.pictures {
        draw(&calibration, folder)?;
    }
    match arguments.format {
        Format::Human => output::print(&page(&calibration, &scenario, output::width()))?,
        Format::Json => output::print_json(&data::Whole::new(&calibration, &scenario.plant))?,
    }
    if let Some(path) = out {
        let text = format!("wrote {}; `linewright run` plays it", path.display());
        output::complain(&format!("{}\n", styled(QUIET, text)));
    }
    if is_empty {
        let help = "look at the addresses in the signals, at --since, and at what the signals show";
        return Err(Failure::invalid("the log says nothing of any time in the scenario", help));
    }
    Ok(Exit::Done)
}

fn since(text: &str) -> Result<WallTime, Failure> {
    WallTime::read(text, TimeFormat::Iso8601)
        .ok_or_else(|| Failure::usage(format!("--since {text} is no date and time"), "write 2026-11-23T06:00:00Z"))
}

/// What is wrong with a log.
fn feed_failure(error: &FeedError) -> Failure {
    if error.retryable {
        return Failure::missing(
            error.to_string(),
            "files that signals name lie beside them, or in the folder that --data says",
        );
    }
    Failure::invalid(error.to_string(), "make the signals say what the log is like")
}

/// The scenario at `base` as a file at `over` names it: relative to its folder.
fn base_beside(over: &Path, base: &Path) -> Result<String, Failure> {
    let folder_of = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        folder
            .canonicalize()
            .map_err(|error| Failure::input_output(&format!("cannot use {}", folder.display()), &error))
    };
    let (from, to) = (folder_of(over)?, folder_of(base)?);
    let from: Vec<Component<'_>> = from.components().collect();
    let to: Vec<Component<'_>> = to.components().collect();
    let same = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let mut relative: Vec<String> = from[same..].iter().map(|_| "..".to_owned()).collect();
    relative.extend(to[same..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned()));
    relative.extend(base.file_name().map(|name| name.to_string_lossy().into_owned()));
    Ok(relative.join("/"))
}

/// Writes a whole file or none.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let Some(name) = name else {
        return Err(Failure::usage(format!("{} is no name of a file", path.display()), "name a file"));
    };
    let written = Staged::create(folder, &name).and_then(|mut file| {
        file.write_all(text.as_bytes()).map_err(FileError::at(file.place()))?;
        file.commit()
    });
    written.map_err(|error| file_failure(&error))
}

/// A picture of every fit.
fn draw(calibration: &Calibration, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::input_output(&format!("cannot make {}", folder.display()), &error))?;
    let fitted = calibration.parameters.iter().filter_map(|parameter| Some((parameter, parameter.law.as_ref()?)));
    for (number, (parameter, law)) in fitted.enumerate() {
        let Parameter { target, sample, goodness, .. } = parameter;
        let text = picture(sample, law, *goodness, &target.path, &law_text(law));
        write(&picture_path(folder, number, &target.path), &text)?;
    }
    Ok(())
}

/// `03 station 3.process_time.svg`, without what a file system may not take.
fn picture_path(folder: &Path, number: usize, path: &str) -> PathBuf {
    let plain = |letter: char| if letter.is_alphanumeric() || "._- ".contains(letter) { letter } else { '_' };
    let name: String = path.chars().map(plain).take(100).collect();
    folder.join(format!("{:02} {name}.svg", number + 1))
}

/// The result for people.
fn page(calibration: &Calibration, scenario: &Scenario, width: usize) -> String {
    let plant = &scenario.plant;
    let mut text = styled(HEADING, &plant.name);
    if let Some((first, last)) = calibration.extent {
        let observations = figure::counted(calibration.received, "observation");
        text += &format!("  {observations} from {first} to {last}");
    }
    text.push('\n');
    if calibration.is_simulated {
        text += &format!("  {}\n", styled(ALARMING, SIMULATED));
    }
    for left_out in left_out(calibration) {
        text += &format!("  left out: {left_out}\n");
    }
    if !calibration.parameters.is_empty() {
        text.push('\n');
        text += &parameters(calibration, plant).fitted(width, &["Seen", "Cut off", "p"]).render(width);
    }
    if !calibration.branchings.is_empty() {
        text.push('\n');
        text += &ways(calibration, plant).render(width);
    }
    let remarks = remarks(calibration, plant);
    if !remarks.is_empty() {
        text += &format!("\n{}\n", styled(HEADING, "Remarks"));
        for remark in remarks {
            text += &output::wrapped(&remark, width.saturating_sub(2))
                .lines()
                .fold(String::new(), |text, line| text + "  " + line + "\n");
        }
    }
    text
}

fn parameters(calibration: &Calibration, plant: &Plant) -> Table<'static> {
    let mut table = Table::new(&[
        Column::Names("Element"),
        Column::Picture("What"),
        Column::Picture("Law"),
        Column::Figures("Times"),
        Column::Figures("Cut off"),
        Column::Picture("95 % intervals"),
        Column::Figures("p"),
        Column::Picture("Seen"),
    ]);
    for parameter in &calibration.parameters {
        let Parameter { element, quantity, sample, law, goodness, .. } = parameter;
        let intervals = law.as_ref().map_or_else(|| figure::NONE.to_owned(), intervals);
        table.row([
            plant.model.name(*element).to_owned(),
            quantity.name().to_owned(),
            law.as_ref().map_or_else(|| "too few".to_owned(), |law| law_text(law).replace('"', "")),
            sample.complete().len().to_string(),
            sample.censored().len().to_string(),
            intervals,
            goodness.map_or_else(|| figure::NONE.to_owned(), |goodness| figure::fixed(goodness.p_value, 3)),
            line(sample, CELLS),
        ]);
    }
    table
}

/// The intervals of all parameters of a law, in their order.
fn intervals(law: &Law) -> String {
    let Law::Fitted { family, estimates, .. } = law else { return "all the same".to_owned() };
    let kinds = family.parameters().iter().zip(estimates);
    let texts = kinds.map(|(kind, estimate)| interval_text(estimate, if kind.is_time { " s" } else { "" }));
    texts.collect::<Vec<String>>().join(", ").replace(" to ", " - ")
}

fn ways(calibration: &Calibration, plant: &Plant) -> Table<'static> {
    let mut table = Table::new(&[
        Column::Names("Branch"),
        Column::Names("Way"),
        Column::Figures("Parts"),
        Column::Figures("Share"),
        Column::Picture("95 % interval"),
    ]);
    for branching in &calibration.branchings {
        for way in &branching.ways {
            let Estimate { value, low, high } = way.share;
            table.row([
                plant.model.name(branching.branch).to_owned(),
                plant.model.name(way.to).to_owned(),
                figure::count(way.count as u64),
                figure::percent(value),
                format!("{} to {}", figure::percent(low), figure::percent(high)),
            ]);
        }
    }
    table
}

/// What has to be said of single parameters: changes first.
fn remarks(calibration: &Calibration, plant: &Plant) -> Vec<String> {
    let changes = calibration.parameters.iter().flat_map(|parameter| {
        let name = plant.model.name(parameter.element);
        let what = parameter.quantity.name();
        parameter.changes.iter().map(move |found| format!("{what} of {name} {}", change_text(found)))
    });
    let others = calibration.parameters.iter().flat_map(|parameter| {
        let path = &parameter.target.path;
        let poor = parameter.goodness.filter(|goodness| goodness.p_value < goodness::POOR);
        let poor = poor.map(|_| format!("{path}: no family fits well; look at its picture"));
        let unpaired = (parameter.unpaired > 0)
            .then(|| format!("{path}: {} without beginning or end left out", parameter.unpaired));
        let refusal = parameter.target.refusal.as_ref().map(|why| format!("{path} is not set: {why}"));
        let notes = parameter.target.notes.iter().map(move |note| format!("{path}: {note}"));
        poor.into_iter().chain(unpaired).chain(refusal).chain(notes)
    });
    let branches = calibration.branchings.iter().filter_map(|branching| {
        let why = branching.refusal.as_ref()?;
        Some(format!("{} is not set: {why}", plant.model.name(branching.branch)))
    });
    changes.chain(others).chain(branches).collect()
}
