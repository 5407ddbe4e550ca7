//! Where in the scenario what was seen belongs: the field of an element, and whether a law can be put there.

use plant::description::{Node, Value};
use plant::element::ElementIndex;
use plant::plant::Plant;
use plant::registry::Registry;
use scenario::expand::{KindSchema, Scenario};
use scenario::overlay::{self, Path, spelled};

/// What is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// How long work takes.
    ProcessTime,
    /// How long a way takes.
    TransportTime,
    /// How long it is from one arrival to the next.
    Interarrival,
    /// How long it works from a repair to the next failure.
    TimeToFailure,
    /// How long it is down.
    TimeToRepair,
}

impl Quantity {
    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Quantity::ProcessTime => "process time",
            Quantity::TransportTime => "transport time",
            Quantity::Interarrival => "interarrival time",
            Quantity::TimeToFailure => "time to failure",
            Quantity::TimeToRepair => "time to repair",
        }
    }
}

/// A place for a law.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The path, as in `set`.
    pub path: String,
    /// Why the law cannot be put there, if so.
    pub refusal: Option<String>,
    /// What to bear in mind.
    pub notes: Vec<String>,
}

/// What the scenario says of its elements, as far as it matters here.
#[derive(Debug)]
pub(super) struct Targets<'s> {
    scenario: &'s Scenario,
    registry: &'s Registry,
    /// Paths that timed events set, each with the text of its time.
    timed: Vec<(String, String)>,
}

/// The value of a field of a struct.
pub(super) fn field<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    match &node.value {
        Value::Struct { fields, .. } => fields.iter().find(|field| field.name == name).map(|field| &field.node),
        _ => None,
    }
}

impl<'s> Targets<'s> {
    pub fn new(scenario: &'s Scenario, registry: &'s Registry) -> Self {
        let root = &scenario.loaded.root;
        let events = match field(root, "events").map(|events| &events.value) {
            Some(Value::List(events)) => &events[..],
            _ => &[],
        };
        let timed = events.iter().flat_map(|event| timed_sets(event, root, registry)).collect();
        Targets { scenario, registry, timed }
    }

    fn plant(&self) -> &Plant {
        &self.scenario.plant
    }

    /// What the scenario says of an element.
    pub fn node(&self, element: ElementIndex) -> Option<&Node> {
        let name = self.plant().model.name(element);
        match &field(&self.scenario.loaded.root, "elements")?.value {
            Value::Map(entries) => entries
                .iter()
                .find(|(key, _)| matches!(&key.value, Value::Text(text) if text == name))
                .map(|entry| &entry.1),
            _ => None,
        }
    }

    fn has_field(&self, element: ElementIndex, name: &str) -> bool {
        let kind = self.registry.kind(self.plant().model.elements[element.index()].kind);
        kind.is_some_and(|kind| kind.fields.contains(&name))
    }

    /// What work at an element is called, and where it stands; `None` where nothing lasts.
    pub fn of_jobs(&self, element: ElementIndex) -> Option<(Quantity, Target)> {
        let (quantity, name) = if self.has_field(element, "process_time") {
            (Quantity::ProcessTime, "process_time")
        } else if self.has_field(element, "time") {
            (Quantity::TransportTime, "time")
        } else {
            return None;
        };
        let mut target = self.target(element, name);
        let value = self.node(element).and_then(|node| field(node, name)).map(|node| &node.value);
        let model = &self.plant().model;
        let steps = model.routings.iter().flat_map(|routing| &routing.steps);
        let has = |facet: &str| self.node(element).is_some_and(|node| field(node, facet).is_some());
        let in_routing = steps.filter(|step| model.is_done_at(step, element)).any(|step| step.says_any_time());
        target.refusal = match value {
            _ if ["per", "interval", "handling", "batch"].into_iter().any(has) => {
                Some("a job takes more than one process time here".to_owned())
            }
            _ if in_routing => Some("steps of routings say how long they take here".to_owned()),
            Some(Value::Map(_)) => {
                Some("the scenario has a law for each part type, and the log does not tell them apart".to_owned())
            }
            Some(Value::Struct { name: None, .. }) => {
                Some("in the scenario the part says how long it takes".to_owned())
            }
            _ => None,
        };
        if has("setup") {
            target.notes.push("times to set up are in it, if the log has no signal of its own for them".to_owned());
        }
        if has("calendar") {
            target.notes.push("pauses within a job are in it".to_owned());
        }
        Some((quantity, target))
    }

    /// Where times between arrivals at a source belong.
    pub fn of_arrivals(&self, element: ElementIndex) -> Option<Target> {
        let arrivals = field(self.node(element)?, "arrivals").filter(|_| self.has_field(element, "arrivals"))?;
        let word = arrivals.name().map_or("", |(word, _)| word);
        let mut target = self.target(element, "arrivals[0]");
        if word != "Interarrival" {
            target.refusal = Some(format!("in the scenario parts come by {word}"));
        }
        Some(target)
    }

    /// Where failures belong: times to failure (and whether by operating time) and times to repair.
    pub fn of_failures(&self, element: ElementIndex) -> (Target, bool, Target) {
        let modes = match self.node(element).and_then(|node| field(node, "failures")).map(|node| &node.value) {
            Some(Value::List(modes)) => &modes[..],
            _ => &[],
        };
        let mut to_failure = self.target(element, "failures[0].time_to_failure");
        let mut to_repair = self.target(element, "failures[0].time_to_repair");
        let refusal = match modes {
            [_] => None,
            [] => Some("the scenario has no `failures` here; add a mode, and calibrate again".to_owned()),
            _ => {
                Some("the scenario has several modes of failure here, and the log does not tell them apart".to_owned())
            }
        };
        (to_failure.refusal, to_repair.refusal) = (refusal.clone(), refusal);
        let mode = modes.first();
        if mode.is_some_and(|mode| field(mode, "operations_to_failure").is_some()) {
            to_failure.refusal = Some("in the scenario failures are counted by operations".to_owned());
        }
        if mode.is_some_and(|mode| field(mode, "repaired_by").is_some()) {
            to_repair.notes.push("time in which it waits for who repairs it is in it".to_owned());
        }
        let clock = mode.and_then(|mode| field(mode, "clock")).and_then(|clock| clock.name());
        let by_operation = clock.is_none_or(|(word, _)| word != "CalendarTime");
        (to_failure, by_operation, to_repair)
    }

    /// A field of an element.
    pub fn target(&self, element: ElementIndex, field: &str) -> Target {
        let path = format!("{}.{field}", spelled(self.plant().model.name(element)));
        let again = self.timed.iter().filter(|(timed, _)| path.starts_with(timed.as_str()) || timed.starts_with(&path));
        let notes =
            again.map(|(_, time)| format!("the scenario sets it again at {time}; --set 'events=[]' takes that away"));
        Target { notes: notes.collect(), refusal: None, path }
    }
}

/// The places that a timed event sets.
fn timed_sets(event: &Node, root: &Node, registry: &Registry) -> Vec<(String, String)> {
    let Value::Call { arguments, .. } = &event.value else { return Vec::new() };
    let [time, action] = &arguments[..] else { return Vec::new() };
    let Value::Call { name: Some(word), arguments, .. } = &action.value else { return Vec::new() };
    let (Some(path), true) = (arguments.first(), word == "Set") else { return Vec::new() };
    let time = match &time.value {
        Value::Text(text) => text.clone(),
        _ => "some time".to_owned(),
    };
    let places = Path::of(path).and_then(|path| overlay::resolve(root, &path, &KindSchema(registry)));
    places.unwrap_or_default().iter().map(|place| (place.path().to_owned(), time.clone())).collect()
}
