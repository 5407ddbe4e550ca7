//! The results of one run as files in a directory, written while the run goes on and put in place when it is over.
//!
//! Every file is written under a temporary name beside its place, synced, and renamed: a file that is there is whole. An
//! old summary.json is taken away first and the new one comes last, so a directory with a summary.json holds the files
//! that belong to it, whatever moment the power failed at. Memory stays bounded: records are written after each slice.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use kernel::SimTime;
use plant::element::ElementIndex;
use plant::floor::{EventRecord, Happening, PartRecord, Recorder, SampleRecord};
use plant::plant::Plant;
use plant::report::PresentPart;
use scenario::staged::{FileError, Staged, remove_abandoned};

use super::csv;
use super::figure::exact_seconds;
use crate::exit::Failure;
use crate::run::Records;
use crate::summary::Summary;

const SUMMARY: &str = "summary.json";
const MEASURED: &str = "run.json";
const ELEMENTS: &str = "elements.csv";
const SERIES: &str = "series.csv";
const PARTS: &str = "parts.csv";
const EVENTS: &str = "events.log";

/// What the first lines of the event log say.
const EVENTS_HEADING: &str = "\
# linewright events 1
# One line an event, tab-separated: nanoseconds since the start, element, what happened, and the part or state it is about.
# arrived, started, finished, departed, born, shipped, scrapped, consumed, lost: followed by the part's number; state: by the new state.
";
/// A part that is still there at the end has not departed: its last cell is empty.
const PARTS_HEADING: &str = "part,part_type,element,arrived_s,departed_s\n";
const SERIES_HEADING: &str = "time_s,sensor,value,unit\n";

/// Begins a file of the directory.
fn stage(directory: &Path, name: &str) -> Result<Staged, Failure> {
    Staged::create(directory, name).map_err(unwritten)
}

fn write(file: &mut Staged, text: &str) -> Result<(), Failure> {
    file.write_all(text.as_bytes()).map_err(|error| cannot_write(file.place(), &error))
}

fn unwritten(error: FileError) -> Failure {
    cannot_write(&error.path, &error.error)
}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    // Only a pipe that nobody reads is no mistake; for a file it would be one.
    let error = io::Error::other(error.to_string());
    Failure::input_output(&format!("cannot write {}", path.display()), &error)
}

/// A directory of results in the making.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    elements: Vec<String>,
    /// Units of the readings of sensors, by element.
    units: Vec<String>,
    part_types: Vec<String>,
    events: Staged,
    parts: Staged,
    series: Staged,
    /// Text of one slice, kept to be filled again.
    text: String,
}

impl Directory {
    /// Makes the directory, if it is not there, and begins the files that grow with the run.
    ///
    /// # Errors
    /// If any of them cannot be written.
    pub fn create(path: &Path, plant: &Plant) -> Result<Self, Failure> {
        let model = &plant.model;
        let indices = (0..model.elements.len()).map(|index| ElementIndex(index as u32));
        if path.is_file() {
            let message = format!("{} is a file, and `--out` names a directory", path.display());
            return Err(Failure::usage(message, "give another name, or take the file away"));
        }
        fs::create_dir_all(path).map_err(|error| cannot_write(path, &error))?;
        remove_abandoned(path);
        let mut directory = Directory {
            path: path.to_owned(),
            units: indices.map(|element| csv::cell(plant.reading_unit(element).unwrap_or_default())).collect(),
            elements: model.elements.iter().map(|element| element.name.to_string()).collect(),
            part_types: model.part_types.iter().map(|part_type| part_type.name.to_string()).collect(),
            events: stage(path, EVENTS)?,
            parts: stage(path, PARTS)?,
            series: stage(path, SERIES)?,
            text: String::new(),
        };
        write(&mut directory.events, EVENTS_HEADING)?;
        write(&mut directory.parts, PARTS_HEADING)?;
        write(&mut directory.series, SERIES_HEADING)?;
        Ok(directory)
    }

    /// The files that there will be in the directory at `path`.
    pub fn places(path: &Path) -> impl Iterator<Item = PathBuf> {
        [SUMMARY, MEASURED, ELEMENTS, SERIES, PARTS, EVENTS].into_iter().map(|name| path.join(name))
    }

    /// Turns on the records that the files are made of.
    pub fn ask_for_records(recorder: &mut Recorder) {
        recorder.events = true;
        recorder.parts = true;
        recorder.samples = true;
    }

    fn event(&self, record: &EventRecord, text: &mut String) {
        let element = log_word(&self.elements[record.element.index()]);
        let _ = writeln!(text, "{}\t{element}\t{}", record.at.as_nanos(), happening(record.what));
    }

    fn part(&self, record: &PartRecord, text: &mut String) {
        let PartRecord { part, part_type, element, arrived, departed } = *record;
        self.stay(PresentPart { part, part_type, element, arrived }, Some(departed), text);
    }

    fn stay(&self, present: PresentPart, departed: Option<SimTime>, text: &mut String) {
        let part_type = csv::cell(&self.part_types[present.part_type.index()]);
        let element = csv::cell(&self.elements[present.element.index()]);
        let arrived = exact_seconds(present.arrived.as_nanos());
        let departed = departed.map_or_else(String::new, |departed| exact_seconds(departed.as_nanos()));
        let _ = writeln!(text, "{},{part_type},{element},{arrived},{departed}", present.part);
    }

    /// Writes down the parts that are still in the plant.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn add_present(&mut self, present: &[PresentPart]) -> Result<(), Failure> {
        let mut text = String::new();
        for part in present {
            self.stay(*part, None, &mut text);
        }
        write(&mut self.parts, &text)
    }

    fn sample(&self, record: &SampleRecord, text: &mut String) {
        let sensor = csv::cell(&self.elements[record.sensor.index()]);
        let (time, value) = (exact_seconds(record.at.as_nanos()), csv::number(record.value));
        let _ = writeln!(text, "{time},{sensor},{value},{}", self.units[record.sensor.index()]);
    }

    /// Writes what is known at the end, and puts everything in its place. Answers with the number of files.
    ///
    /// # Errors
    /// If a file cannot be written; then the directory holds no summary.json.
    pub fn commit(self, summary: &Summary, measured: &impl serde::Serialize) -> Result<usize, Failure> {
        let mut elements = stage(&self.path, ELEMENTS)?;
        write(&mut elements, &csv::elements(&summary.elements))?;
        let mut last = stage(&self.path, SUMMARY)?;
        write(&mut last, &(super::json(summary)? + "\n"))?;
        let mut beside = stage(&self.path, MEASURED)?;
        write(&mut beside, &(super::json(measured)? + "\n"))?;
        let summary = self.path.join(SUMMARY);
        match fs::remove_file(&summary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(cannot_write(&summary, &error)),
            _ => {}
        }
        let files = [self.events, self.parts, self.series, elements, beside, last];
        let count = files.len();
        for file in files {
            file.commit().map_err(unwritten)?;
        }
        Ok(count)
    }
}

impl Records for Directory {
    fn ask(&self, recorder: &mut Recorder) {
        Directory::ask_for_records(recorder);
    }

    fn drain(&mut self, recorder: &mut Recorder) -> Result<(), Failure> {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        for record in recorder.event_records.drain(..) {
            self.event(&record, &mut text);
        }
        write(&mut self.events, &text)?;
        text.clear();
        for record in recorder.part_records.drain(..) {
            self.part(&record, &mut text);
        }
        write(&mut self.parts, &text)?;
        text.clear();
        for record in recorder.sample_records.drain(..) {
            self.sample(&record, &mut text);
        }
        write(&mut self.series, &text)?;
        self.text = text;
        Ok(())
    }
}

/// What happened, in words of the log.
pub fn happening(what: Happening) -> String {
    let (word, part) = match what {
        Happening::Arrived(part) => ("arrived", part),
        Happening::Started(part) => ("started", part),
        Happening::Finished(part) => ("finished", part),
        Happening::Departed(part) => ("departed", part),
        Happening::Born(part) => ("born", part),
        Happening::Shipped(part) => ("shipped", part),
        Happening::Scrapped(part) => ("scrapped", part),
        Happening::Consumed(part) => ("consumed", part),
        Happening::Lost(part) => ("lost", part),
        Happening::Incident(part, trouble) => (trouble.word(), part),
        Happening::State(state) => return format!("state\t{}", state.name()),
    };
    format!("{word}\t{part}")
}

/// A name without anything that would break a line of the log.
fn log_word(name: &str) -> String {
    if name.chars().any(char::is_control) { name.escape_debug().to_string() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_stays_one_line() {
        assert_eq!(log_word("mill 1"), "mill 1");
        assert_eq!(log_word("mill\n\t1"), "mill\\n\\t1");
        assert_eq!(happening(Happening::Shipped(17)), "shipped\t17");
        assert_eq!(happening(Happening::State(plant::state::State::OffShift)), "state\tOffShift");
    }
}
