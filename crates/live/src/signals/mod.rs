//! Signals: what an address of the plant means to the model, read from `signals.ron` with the diagnostics of scenarios.

mod codes;
mod description;
mod value_type;

use std::collections::HashMap;
use std::sync::Arc;

use kernel::SimDuration;
use plant::description::{Complaint, Describe, Map, Name, Origin, Reader, Shape, Value, nearest};
use plant::element::ElementIndex;
use plant::follow::Told;
use plant::plant::Plant;
use scenario::load::Rejected;
use scenario::sources::Sources;
use scenario::{diagnostic, syntax};

pub use codes::CODES;
use description::{
    BetweenDescription, QualityDescription, ShowsDescription, SignalsDescription, TiesDescription,
    TimestampPolicyDescription,
};
pub use description::{DoingDescription as Doing, FeedDescription, TimeFormatDescription};
pub use value_type::ValueType;

use crate::clock::{Clock, Timestamps};
use crate::observation::Quality;
use crate::wall_time::{TimeFormat, WallTime};

/// The types of the format, for its reference.
#[must_use]
pub fn shape() -> Shape {
    SignalsDescription::shape()
}

/// The version of the format.
const SCHEMA: u32 = 1;

/// What a signal means to the model.
#[derive(Debug, Clone, PartialEq)]
pub enum Shows {
    /// Nothing: it is only recorded.
    Nothing,
    /// Work on a part has begun; at a source, a part has come in.
    Started(ElementIndex),
    /// Work on a part has ended.
    Finished(ElementIndex),
    /// The element is down while the value is yes.
    Down(ElementIndex),
    /// What the element does, word by word.
    State(ElementIndex, HashMap<String, Doing>),
    /// A part has come to a place along a conveyor, in nanometres from its entry.
    Passed(ElementIndex, i64),
    /// How many parts the element holds.
    Level(ElementIndex),
    /// A parameter of the element, by its path.
    Sets(ElementIndex, Arc<str>),
    /// A count of the parts that the element has finished.
    Count(ElementIndex),
}

impl Shows {
    /// The element that it is about.
    #[must_use]
    pub fn element(&self) -> Option<ElementIndex> {
        match self {
            Shows::Nothing => None,
            Shows::Started(element)
            | Shows::Finished(element)
            | Shows::Down(element)
            | Shows::State(element, _)
            | Shows::Passed(element, _)
            | Shows::Level(element)
            | Shows::Sets(element, _)
            | Shows::Count(element) => Some(*element),
        }
    }
}

/// One signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Its name here.
    pub name: Arc<str>,
    /// The source that it comes from.
    pub source: u16,
    /// What the source calls it.
    pub address: Arc<str>,
    /// Of which type its values are.
    pub value_type: ValueType,
    /// What it means.
    pub shows: Shows,
    /// The unit of its values.
    pub unit: String,
    /// What values are multiplied with.
    pub scale: f64,
    /// The worst quality that is applied.
    pub quality: Quality,
    /// How often values between two samples of a file are told, on the line from one to the next; not at all where a value stays.
    pub slope: Option<SimDuration>,
    /// How far behind what has been let go its observations may come and still be used.
    pub lateness: SimDuration,
}

/// Where observations come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its name.
    pub name: Arc<str>,
    /// What it is.
    pub feed: FeedDescription,
    /// Whether what happens at one instant comes in no order: a server tells of its nodes one by one, in whichever order it has them.
    pub is_unordered: bool,
    /// Whether it is no plant but plays one.
    pub is_simulated: bool,
    /// Its clock.
    pub clock: Clock,
    /// How far the others may get ahead of it while its connection is lost.
    pub waited_for: SimDuration,
}

/// All signals of a plant.
#[derive(Debug)]
pub struct Signals {
    /// When the run begins, if not with the first observation.
    pub start: Option<WallTime>,
    /// How long observations are held back.
    pub window: SimDuration,
    /// How far ahead of this machine's clock a timestamp may be.
    pub ahead: SimDuration,
    /// The sources, by name.
    pub sources: Vec<Source>,
    /// The signals, by name.
    pub signals: Vec<Signal>,
    by_address: HashMap<(u16, Arc<str>), u32>,
    /// The folder of the file: names of files in it begin there.
    folder: String,
}

impl Signals {
    /// Reads `path` from the disk, for a model `plant`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn open(path: &str, plant: &Plant) -> Result<Self, Box<Rejected>> {
        Self::open_from(Sources::default(), path, plant)
    }

    /// As [`Signals::open`], with files from wherever `sources` takes them.
    ///
    /// # Errors
    /// As [`Signals::open`].
    pub fn open_from(sources: Sources, path: &str, plant: &Plant) -> Result<Self, Box<Rejected>> {
        match read(&sources, path, plant) {
            Ok(signals) => Ok(signals),
            Err(mut complaints) => {
                diagnostic::arrange(&mut complaints);
                Err(Box::new(Rejected { sources, complaints }))
            }
        }
    }

    /// Whether anything of it is no plant but plays one.
    #[must_use]
    pub fn are_simulated(&self) -> bool {
        self.sources.iter().any(|source| source.is_simulated)
    }

    /// How late the observations of a source's signals may come and still be used, of those that may.
    #[must_use]
    pub fn lateness(&self, source: u16) -> HashMap<Arc<str>, SimDuration> {
        let late = self.signals.iter().filter(|one| one.source == source && one.lateness > SimDuration::ZERO);
        late.map(|one| (one.address.clone(), one.lateness)).collect()
    }

    /// The signal that `source` calls `address`.
    #[must_use]
    pub fn find(&self, source: u16, address: &Arc<str>) -> Option<(u32, &Signal)> {
        let index = *self.by_address.get(&(source, address.clone()))?;
        Some((index, &self.signals[index as usize]))
    }

    /// Looks for the files that the signals name in `folder`, and not beside the signals.
    #[must_use]
    pub fn in_folder(mut self, folder: &str) -> Self {
        self.folder = if folder.is_empty() || folder.ends_with('/') { folder.to_owned() } else { format!("{folder}/") };
        self
    }

    /// The paths of all files that are sources.
    pub fn files(&self) -> impl Iterator<Item = String> {
        self.sources.iter().filter_map(|source| match &source.feed {
            FeedDescription::Csv { file, .. }
            | FeedDescription::JsonLines { file, .. }
            | FeedDescription::Parquet { file, .. }
            | FeedDescription::Shdr { file } => Some(self.path_of(file)),
            _ => None,
        })
    }

    /// The path of a file that the signals name.
    #[must_use]
    pub fn path_of(&self, file: &str) -> String {
        format!("{}{file}", self.folder)
    }
}

/// The format of times as the readers of feeds take it.
#[must_use]
pub fn time_format(format: &TimeFormatDescription) -> TimeFormat {
    match format {
        TimeFormatDescription::Iso8601 => TimeFormat::Iso8601,
        TimeFormatDescription::UnixSeconds => TimeFormat::UnixSeconds,
        TimeFormatDescription::UnixMilliseconds => TimeFormat::UnixMilliseconds,
        TimeFormatDescription::UnixNanoseconds => TimeFormat::UnixNanoseconds,
    }
}

fn read(sources: &Sources, path: &str, plant: &Plant) -> Result<Signals, Vec<Complaint>> {
    let number = sources.open(path, Origin::NOWHERE).map_err(|complaint| vec![instead_of(complaint, sources, path)])?;
    let Some(source) = sources.get(number) else { return Err(Vec::new()) };
    let parsed = syntax::parse(source.text(), number);
    let Some(root) = parsed.root.filter(|_| parsed.complaints.is_empty()) else { return Err(parsed.complaints) };
    let mut reader = Reader::without_tables();
    let is_signals = matches!(&root.value, Value::Struct { name: Some(name), .. } if name == "Signals");
    if !is_signals {
        let complaint = Complaint::new(&codes::NO_SIGNALS, root.origin, "this file describes no signals")
            .label("expected Signals(schema: 1, sources: {...}, signals: {...})");
        return Err(vec![complaint]);
    }
    let description = SignalsDescription::read(&root, &mut reader);
    let mut complaints = reader.into_complaints();
    let Some(description) = description else { return Err(complaints) };
    let signals = checked(&description, root.origin, plant, &mut complaints);
    let folder = path.rfind('/').map_or("", |slash| &path[..=slash]).to_owned();
    if complaints.is_empty() { Ok(Signals { folder, ..signals }) } else { Err(complaints) }
}

/// What to do about a file of signals that is not there; other files are a matter of the complaint itself.
fn instead_of(complaint: Complaint, sources: &Sources, path: &str) -> Complaint {
    if complaint.code != &scenario::syntax::codes::UNREADABLE {
        return complaint;
    }
    complaint.help(match sources.near(path) {
        Some(near) => format!("a file of signals is expected here: did you mean {near}?"),
        None => "a file of signals is expected here, which says what the plant's addresses mean; its path begins in the folder you \
                 are in; `linewright emulate SCENARIO ... --signals FILE --dry-run` writes one for an emulated plant"
            .to_owned(),
    })
}

fn checked(
    description: &SignalsDescription,
    origin: Origin,
    plant: &Plant,
    complaints: &mut Vec<Complaint>,
) -> Signals {
    if description.schema != SCHEMA {
        let message = format!("signals of schema {} cannot be read", description.schema);
        complaints
            .push(Complaint::new(&codes::NO_SIGNALS, origin, message).label(format!("expected schema: {SCHEMA}")));
    }
    let start = description.start.as_ref().and_then(|text| {
        let start = WallTime::read(text.text(), TimeFormat::Iso8601);
        if start.is_none() {
            let message = format!("\"{text}\" is not a date and time");
            complaints.push(
                Complaint::new(&codes::NO_TIME, text.origin(), message)
                    .label("expected a date, a T and a time of day")
                    .help("write \"2026-11-23T06:00:00Z\""),
            );
        }
        start
    });
    let sources: Vec<Source> = description
        .sources
        .iter()
        .map(|(name, source)| Source {
            name: name.shared(),
            feed: source.from.clone(),
            is_unordered: match source.ties {
                None => matches!(source.from, FeedDescription::OpcUa { .. }),
                Some(TiesDescription::InOrder) => false,
                Some(TiesDescription::AnyOrder) => true,
            },
            is_simulated: source.simulated,
            clock: Clock {
                offset: source.fast_by - source.slow_by,
                timestamps: timestamps(&source.timestamps),
                otherwise: HashMap::new(),
            },
            waited_for: source.waited_for,
        })
        .collect();
    let mut signals = Signals {
        start,
        window: description.window,
        ahead: description.ahead,
        sources,
        signals: Vec::new(),
        by_address: HashMap::new(),
        folder: String::new(),
    };
    for (name, signal) in description.signals.iter() {
        let Some(source) = source_of(signal.source.as_ref(), name, &description.sources, complaints) else { continue };
        let shows = shows(signal.shows.as_ref(), plant, complaints);
        let value_type = ValueType::of(&signal.r#type);
        if let (false, Some(shown)) = (value_type.can_show(&shows), &signal.shows) {
            complaints.push(unable(value_type, shown));
        }
        let address: Arc<str> = signal.address.as_str().into();
        let index = signals.signals.len() as u32;
        if let Some(other) = signals.by_address.insert((source, address.clone()), index) {
            let other = &signals.signals[other as usize].name;
            let message = format!("\"{address}\" is the signal `{other}` already");
            complaints.push(
                Complaint::new(&codes::TWICE, name.origin(), message).label("another signal with the same address"),
            );
        }
        let clock = &mut signals.sources[usize::from(source)].clock;
        if let Some(timestamps) = signal.timestamps.as_ref().map(timestamps).filter(|own| *own != clock.timestamps) {
            clock.otherwise.insert(address.clone(), timestamps);
        }
        signals.signals.push(Signal {
            name: name.shared(),
            source,
            address,
            value_type,
            shows,
            unit: signal.unit.clone(),
            scale: signal.scale,
            quality: match signal.quality {
                QualityDescription::Good => Quality::Good,
                QualityDescription::Uncertain => Quality::Uncertain,
                QualityDescription::Bad => Quality::Bad,
            },
            slope: match signal.between {
                BetweenDescription::Step => None,
                BetweenDescription::Slope { every } => Some(every),
            },
            lateness: signal.lateness,
        });
    }
    signals
}

fn timestamps(description: &TimestampPolicyDescription) -> Timestamps {
    match description {
        TimestampPolicyDescription::Source => Timestamps::Source,
        TimestampPolicyDescription::Server => Timestamps::Server,
        TimestampPolicyDescription::Arrival => Timestamps::Arrival,
    }
}

/// The complaint of a type whose values can never say what is to be shown.
fn unable(value_type: ValueType, shown: &ShowsDescription) -> Complaint {
    let (name, word, needed) = match shown {
        ShowsDescription::Started(name) => (name, "Started", "Event"),
        ShowsDescription::Finished(name) => (name, "Finished", "Event"),
        ShowsDescription::Passed(name) => (name, "Passed", "Event"),
        ShowsDescription::State(name, _) => (name, "State", "Text"),
        ShowsDescription::Down(name) => (name, "Down", "Truth"),
        ShowsDescription::Level(name) => (name, "Level", "Number"),
        ShowsDescription::Sets(name) => (name, "Sets", "Number"),
        ShowsDescription::Count(name) => (name, "Count", "Number"),
    };
    let message = format!("values of the type {value_type:?} can never say what `{word}` shows");
    Complaint::new(&codes::NO_SUCH_TYPE, name.origin(), message)
        .label(format!("shown by a signal of `type: {value_type:?}`"))
        .help(format!("write `type: {needed}`, or leave `type` out"))
}

/// The source of a signal, by index: the one it names, or the only one.
fn source_of<T>(named: Option<&Name>, signal: &Name, sources: &Map<T>, complaints: &mut Vec<Complaint>) -> Option<u16> {
    let names: Vec<&str> = sources.iter().map(|(name, _)| name.text()).collect();
    let found = match named {
        None if names.len() == 1 => Some(0),
        None => {
            let message = format!("the signal `{signal}` does not say which source it comes from");
            let complaint = Complaint::new(&codes::NO_SOURCE, signal.origin(), message).label("needs a `source`");
            complaints.push(complaint.help(format!("there are: {}", names.join(", "))));
            None
        }
        Some(name) => {
            let found = names.iter().position(|known| *known == name.text());
            if found.is_none() {
                let message = format!("there is no source called `{name}`");
                let complaint = Complaint::new(&codes::NO_SOURCE, name.origin(), message).label("not among `sources`");
                complaints.push(match nearest(name.text(), names.iter().copied()) {
                    Some(near) => complaint.help(format!("did you mean `{near}`?")),
                    None => complaint.help(format!("there are: {}", names.join(", "))),
                });
            }
            found
        }
    };
    found.and_then(|index| u16::try_from(index).ok())
}

/// What a signal shows, and the complaint if its element does no such thing.
fn shows(description: Option<&ShowsDescription>, plant: &Plant, complaints: &mut Vec<Complaint>) -> Shows {
    let shows = resolved(description, plant, complaints);
    let (Some(element), Some(name)) = (shows.element(), description.and_then(ShowsDescription::element)) else {
        return shows;
    };
    let kind = plant.model.elements.get(element.index()).map_or("", |info| info.kind);
    let asks = !matches!(shows, Shows::Level(_) | Shows::Sets(..) | Shows::Passed(..));
    if asks && kind != "Conveyor" && plant.could_be_told(element) == Told::default() {
        let message = format!("`{name}` is a {kind}, which is not told to begin, end or fail");
        let complaint = Complaint::new(&codes::NO_SUCH_THING, name.origin(), message).label("does no such thing");
        complaints.push(complaint.help("a `Level` says how many parts are there"));
    }
    shows
}

fn resolved(description: Option<&ShowsDescription>, plant: &Plant, complaints: &mut Vec<Complaint>) -> Shows {
    plant.resolve(complaints, |planner| match description {
        None => Shows::Nothing,
        Some(ShowsDescription::Started(element)) => Shows::Started(planner.element(element)),
        Some(ShowsDescription::Finished(element)) => Shows::Finished(planner.element(element)),
        Some(ShowsDescription::Down(element)) => Shows::Down(planner.element(element)),
        Some(ShowsDescription::Count(element)) => Shows::Count(planner.element(element)),
        Some(ShowsDescription::Level(element)) => Shows::Level(planner.element(element)),
        Some(ShowsDescription::Passed(eye)) => match plant.eye(planner.element_of(eye, &["PhotoEye"])) {
            Some((conveyor, position)) => Shows::Passed(conveyor, position),
            None => Shows::Nothing,
        },
        Some(ShowsDescription::Sets(path)) => {
            let element = path.text().split_once('.').map_or(path.text(), |(element, _)| element);
            Shows::Sets(planner.element(&Name::new(element, path.origin())), path.shared())
        }
        Some(ShowsDescription::State(element, words)) => Shows::State(
            planner.element(element),
            words.iter().map(|(word, doing)| (word.text().to_owned(), doing.clone())).collect(),
        ),
    })
}

impl ShowsDescription {
    /// The element that it names.
    fn element(&self) -> Option<&Name> {
        match self {
            ShowsDescription::Started(element)
            | ShowsDescription::Finished(element)
            | ShowsDescription::Down(element)
            | ShowsDescription::Count(element)
            | ShowsDescription::Level(element)
            | ShowsDescription::State(element, _) => Some(element),
            ShowsDescription::Passed(_) | ShowsDescription::Sets(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
