//! `linewright trace`: what is in a trace, and windows of it as scenes for viewers.

mod recording;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use kernel::SimDuration;
use motion::trace::{TraceError, TraceReader, TracedThing, glb, usda};
use serde::Serialize;

use crate::arguments::{ExportFormat, Format, Trace, TraceExport, TraceShow};
use crate::exit::{Exit, Failure};
use crate::inputs::Inputs;
use crate::output::table::{Column, Table};
use crate::output::{self, figure};
use crate::studies::request::duration;

pub use recording::Recording;

/// So many things are shown on a terminal.
const SHOWN: usize = 30;

/// What JSON says of a trace.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    name: &'a str,
    from_ns: Option<i64>,
    to_ns: Option<i64>,
    keyframes: u64,
    blocks: usize,
    bytes: u64,
    broken_off_at_byte: Option<u64>,
    things: Vec<ShownThing<'a>>,
}

/// What JSON says of a thing.
#[derive(Debug, Serialize)]
struct ShownThing<'a> {
    thing: u64,
    name: &'a str,
    since_ns: i64,
    until_ns: Option<i64>,
    keyframes: u64,
}

/// Does what is asked for with a trace.
///
/// # Errors
/// Files that cannot be read or written, and files that are no traces.
pub fn trace(arguments: &Trace) -> Result<Exit, Failure> {
    match arguments {
        Trace::Show(show) => shown(show),
        Trace::Export(export) => exported(export),
    }
}

fn open(path: &Path) -> Result<TraceReader<BufReader<File>>, Failure> {
    let file = File::open(path).map_err(|error| unusable(path, TraceError::File(error)))?;
    TraceReader::open(BufReader::new(file)).map_err(|error| unusable(path, error))
}

fn unusable(path: &Path, error: TraceError) -> Failure {
    match error {
        TraceError::File(error) => Failure::input_output(&format!("cannot read {}", path.display()), &error),
        error => Failure::invalid(format!("{}: {error}", path.display()), "give a trace as it was written"),
    }
}

fn shown(arguments: &TraceShow) -> Result<Exit, Failure> {
    let mut reader = open(&arguments.file)?;
    let contents = reader.contents().map_err(|error| unusable(&arguments.file, error))?;
    let keyframes = contents.things.iter().map(|thing| thing.keys).sum();
    let span = reader.span_ns();
    if arguments.format == Format::Json {
        let things = contents.things.iter().map(|thing| ShownThing {
            thing: thing.thing.0,
            name: &thing.name,
            since_ns: thing.since_ns,
            until_ns: thing.until_ns,
            keyframes: thing.keys,
        });
        output::print_json(&Shown {
            name: reader.name(),
            from_ns: span.map(|(from_ns, _)| from_ns),
            to_ns: span.map(|(_, to_ns)| to_ns),
            keyframes,
            blocks: contents.blocks,
            bytes: contents.bytes,
            broken_off_at_byte: reader.broken_off_at_byte(),
            things: things.collect(),
        })?;
        return Ok(Exit::Done);
    }
    let mut text = format!("{}  {}\n", reader.name(), arguments.file.display());
    let when = span.map_or("nothing".to_owned(), |(from, to)| format!("{} to {}", time(from), time(to)));
    let counted = |count: u64, one: &str| figure::counted(count, one);
    text += &format!(
        "{when}: {}, {} in {}, {}\n",
        counted(contents.things.len() as u64, "thing"),
        counted(keyframes, "keyframe"),
        counted(contents.blocks as u64, "block"),
        counted(contents.bytes, "byte")
    );
    if !contents.things.is_empty() {
        text += "\n";
        text += &table(&contents.things).render(output::width());
    }
    if let Some(more) = contents.things.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text += &format!("  and {} more: `--format json` names them all\n", figure::count(more as u64));
    }
    output::print(&text)?;
    if let Some(at_byte) = reader.broken_off_at_byte() {
        let rest = contents.bytes.saturating_sub(at_byte);
        let message = format!("the trace was not finished: what is after byte {at_byte} ({rest} bytes) is not read");
        output::complain(&output::warning_line(&message));
    }
    Ok(Exit::Done)
}

fn table(things: &[TracedThing]) -> Table<'static> {
    let columns =
        [Column::Names("Thing"), Column::Figures("from"), Column::Figures("to"), Column::Figures("keyframes")];
    let mut table = Table::new(&columns);
    for thing in things.iter().take(SHOWN) {
        let until = thing.until_ns.map_or_else(|| "the end".to_owned(), time);
        table.row([thing.name.clone(), time(thing.since_ns), until, figure::count(thing.keys)]);
    }
    table
}

fn time(time_ns: i64) -> String {
    figure::duration(SimDuration::from_nanos(time_ns))
}

fn exported(arguments: &TraceExport) -> Result<Exit, Failure> {
    let format = format(arguments)?;
    Inputs::file(&arguments.file).spare("--out", Some(&arguments.out))?;
    let mut reader = open(&arguments.file)?;
    let Some((first_ns, last_ns)) = reader.span_ns() else {
        return Err(Failure::invalid(format!("{} holds nothing", arguments.file.display()), "give another trace"));
    };
    let given = |option: &str, text: &Option<String>, without: i64| match text {
        Some(text) => duration(option, text).map(SimDuration::as_nanos),
        None => Ok(without),
    };
    let (from_ns, to_ns) = (given("--from", &arguments.from, first_ns)?, given("--to", &arguments.to, last_ns)?);
    if to_ns < from_ns {
        let message = format!("the window ends at {}, before it begins at {}", time(to_ns), time(from_ns));
        return Err(Failure::usage(message, "give `--to` a later time than `--from`"));
    }
    if to_ns < first_ns || from_ns > last_ns {
        let message = format!("the window is {} to {}", time(from_ns), time(to_ns));
        return Err(Failure::usage(message, &format!("the trace is {} to {}", time(first_ns), time(last_ns))));
    }
    let window = reader.window(from_ns, to_ns).map_err(|error| unusable(&arguments.file, error))?;
    let scene = match format {
        ExportFormat::Gltf => glb(&window),
        ExportFormat::Usda => usda(&window).map(String::into_bytes),
    };
    let scene = scene.map_err(|error| Failure::usage(error.to_string(), "export a shorter window"))?;
    let out = arguments.out.display();
    std::fs::write(&arguments.out, &scene)
        .map_err(|error| Failure::input_output(&format!("cannot write {out}"), &error))?;
    let keys = window.tracks.iter().map(|track| track.keys.len() as u64).sum();
    output::print(&format!(
        "{out}: {} to {}, {}, {}, {}\n",
        time(from_ns),
        time(to_ns),
        figure::counted(window.tracks.len() as u64, "thing"),
        figure::counted(keys, "keyframe"),
        figure::counted(scene.len() as u64, "byte")
    ))?;
    Ok(Exit::Done)
}

/// The format that was given, or what the name says.
fn format(arguments: &TraceExport) -> Result<ExportFormat, Failure> {
    let ending = arguments.out.extension().map(|ending| ending.to_ascii_lowercase());
    match (arguments.format, ending.as_deref().and_then(|ending| ending.to_str())) {
        (Some(format), _) => Ok(format),
        (None, Some("glb")) => Ok(ExportFormat::Gltf),
        (None, Some("usda")) => Ok(ExportFormat::Usda),
        (None, _) => Err(Failure::usage(
            format!("{} does not say what kind of scene it shall be", arguments.out.display()),
            "end the name with .glb or .usda, or give `--format`",
        )),
    }
}
