//! A small line for tests: a source, a belt, photo-eyes, a station and a sink, built from nodes as a scenario would be.

use std::sync::Arc;

use kernel::{Digest, SimTime};
use plant::description::{Complaint, FieldSet, Node, Reader, Value};
use plant::element::Command;
use plant::floor::{EventRecord, Happening, SampleRecord};
use plant::plant::{Change, Plant, PlantDescription};
use plant::registry::Registry;
use plant::report::Report;
use plant::run::Run;
use plant::state::State;

pub fn text(text: &str) -> Node {
    Node::text(text)
}

/// A duration in whole nanoseconds.
pub fn seconds(nanoseconds: i64) -> Node {
    text(&format!("{nanoseconds} ns"))
}

/// A conveyor to the station.
pub fn conveyor(length: &str, speed: &str, accumulating: bool, more: &[(&str, Node)]) -> Node {
    let fields = [
        ("length", text(length)),
        ("speed", text(speed)),
        ("accumulating", Node::boolean(accumulating)),
        ("next", text("station")),
    ];
    Node::structure("Conveyor", fields.into_iter().chain(more.iter().cloned()))
}

/// A timed change of the line.
enum Timed {
    Set(i64, String, Node),
    Command(i64, String, Command),
}

/// The line while it is being put together.
pub struct Line {
    horizon: String,
    part_types: Vec<String>,
    elements: Vec<(String, Node)>,
    timed: Vec<Timed>,
}

impl Line {
    pub fn new(horizon: &str) -> Line {
        let sink = ("sink".to_owned(), Node::structure("Sink", []));
        Line {
            horizon: horizon.to_owned(),
            part_types: vec!["part".to_owned()],
            elements: vec![sink],
            timed: Vec::new(),
        }
    }

    pub fn part_types(&mut self, names: &[&str]) {
        self.part_types = names.iter().map(|name| (*name).to_owned()).collect();
    }

    pub fn add(&mut self, name: &str, node: Node) {
        self.elements.push((name.to_owned(), node));
    }

    /// Adds an element whose `next` is replaced.
    pub fn add_to(&mut self, name: &str, mut node: Node, next: &str) {
        if let Value::Struct { fields, .. } = &mut node.value {
            for field in fields.iter_mut().filter(|field| field.name == "next") {
                field.node = text(next);
            }
        }
        self.add(name, node);
    }

    /// A source that brings parts of types at times in nanoseconds.
    pub fn arrivals(&mut self, arrivals: &[(i64, &str)]) {
        let row = |(at, part_type): &(i64, &str)| {
            Node::structure("", [("time", seconds(*at)), ("part_type", text(part_type))])
        };
        let table = Node::call("Table", [Node::list(arrivals.iter().map(row))]);
        self.add("source", Node::structure("Source", [("arrivals", table), ("next", text("belt"))]));
    }

    /// A source that always has a part.
    pub fn unlimited(&mut self) {
        let fields = [("arrivals", Node::identifier("Unlimited")), ("next", text("belt"))];
        self.add("source", Node::structure("Source", fields));
    }

    pub fn station(&mut self, process_time: &str) {
        let fields = [("process_time", text(process_time)), ("next", text("sink"))];
        self.add("station", Node::structure("Station", fields));
    }

    /// A station with process times by part type in nanoseconds.
    pub fn station_by_type(&mut self, process_times: &[(&str, i64)]) {
        let times = Node::map(process_times.iter().map(|(name, time)| (*name, seconds(*time))));
        self.add("station", Node::structure("Station", [("process_time", times), ("next", text("sink"))]));
    }

    /// A branch that lets everything through to the station.
    pub fn branch(&mut self, name: &str) {
        let by = Node::call("FirstFree", [Node::list([text("station")])]);
        self.add(name, Node::structure("Branch", [("by", by)]));
    }

    pub fn eye(&mut self, name: &str, position: &str) {
        self.add_eye_at(name, "belt", position);
    }

    pub fn add_eye_at(&mut self, name: &str, at: &str, position: &str) {
        self.add(name, Node::structure("PhotoEye", [("at", text(at)), ("position", text(position))]));
    }

    /// Changes the description of an element at a time in nanoseconds.
    pub fn set(&mut self, at: i64, name: &str, node: Node) {
        self.timed.push(Timed::Set(at, name.to_owned(), node));
    }

    pub fn command(&mut self, at: i64, name: &str, command: Command) {
        self.timed.push(Timed::Command(at, name.to_owned(), command));
    }

    pub fn plan(&self) -> Result<Plant, Vec<Complaint>> {
        self.plan_of(&self.elements)
    }

    fn plan_of(&self, elements: &[(String, Node)]) -> Result<Plant, Vec<Complaint>> {
        let part_types = self.part_types.iter().map(|name| (name.as_str(), Node::structure("", [])));
        let node = Node::structure(
            "Scenario",
            [
                ("clock", Node::structure("", [("horizon", text(&self.horizon))])),
                ("part_types", Node::map(part_types)),
                ("elements", Node::map(elements.iter().map(|(name, node)| (name.as_str(), node.clone())))),
            ],
        );
        let registry = Arc::new(Registry::default());
        let mut reader = Reader::without_tables();
        let fields = FieldSet::of(&node, "Scenario", &mut reader).expect("a struct");
        let description = PlantDescription::read(&fields, &registry, &mut reader);
        assert_eq!(reader.complaints(), [], "the line can be read");
        description.expect("no complaint, so a description").plan(&registry)
    }

    fn plant(&self) -> Plant {
        let mut plant = self.plan().expect("the line is sound");
        let mut elements = self.elements.clone();
        for timed in &self.timed {
            match timed {
                Timed::Set(at, name, node) => {
                    let place = elements.iter().position(|(other, _)| other == name).expect("the element is there");
                    elements[place].1 = node.clone();
                    let changed = self.plan_of(&elements).expect("the changed line is sound");
                    let element = plant.element(name).expect("the element is there");
                    let change =
                        plant.replan(SimTime::from_nanos(*at), &changed, &[element]).expect("the same elements");
                    plant.add_change(change);
                }
                Timed::Command(at, name, command) => {
                    let element = plant.element(name).expect("the element is there");
                    plant.add_change(Change::Command {
                        at: SimTime::from_nanos(*at),
                        element,
                        command: command.clone(),
                    });
                }
            }
        }
        plant
    }

    /// Plays the line to its horizon and checks all invariants after every event.
    pub fn play(&self) -> Log {
        self.play_checking_every(1)
    }

    /// Plays the line to its horizon and checks all invariants whenever so many events have happened.
    pub fn play_checking_every(&self, events: u64) -> Log {
        let mut run = Run::new(Arc::new(self.plant()), 1, 0).expect("no systems to put in order");
        run.recorder().events = true;
        run.recorder().samples = true;
        run.audit(events).expect("the run reaches its horizon");
        let events = std::mem::take(&mut run.recorder().event_records);
        let samples = std::mem::take(&mut run.recorder().sample_records);
        Log { report: run.report(), run, events, samples }
    }

    /// Checks that a run taken up at every event ends as one that was never interrupted; says how often it was.
    pub fn check_snapshots(&self) -> u64 {
        let plant = Arc::new(self.plant());
        let mut whole = Run::new(plant.clone(), 1, 0).expect("no systems to put in order");
        whole.finish().expect("the run reaches its horizon");
        let mut run = Run::new(plant.clone(), 1, 0).expect("no systems to put in order");
        let mut steps = 0;
        while run.advance_by(1).expect("the run goes on") == plant::run::Progress::Going {
            let snapshot = run.snapshot();
            run = Run::resume(plant.clone(), 1, 0, &snapshot).expect("the same plant");
            steps += 1;
        }
        assert_eq!(run.digest(), whole.digest());
        assert_eq!(run.report(), whole.report());
        steps
    }
}

/// What a line has done. Times are in nanoseconds.
pub struct Log {
    pub report: Report,
    run: Run,
    events: Vec<EventRecord>,
    samples: Vec<SampleRecord>,
}

impl Log {
    fn times(&self, element: &str, what: impl Fn(Happening) -> bool) -> Vec<i64> {
        let element = self.run.plant().element(element).expect("the element is there");
        let of_element = self.events.iter().filter(|event| event.element == element && what(event.what));
        of_element.map(|event| event.at.as_nanos()).collect()
    }

    pub fn arrived(&self, element: &str) -> Vec<i64> {
        self.times(element, |what| matches!(what, Happening::Arrived(_)))
    }

    pub fn departed(&self, element: &str) -> Vec<i64> {
        self.times(element, |what| matches!(what, Happening::Departed(_)))
    }

    pub fn states(&self, element: &str) -> Vec<(i64, State)> {
        let element = self.run.plant().element(element).expect("the element is there");
        let of_element = self.events.iter().filter(|event| event.element == element);
        of_element
            .filter_map(|event| match event.what {
                Happening::State(state) => Some((event.at.as_nanos(), state)),
                _ => None,
            })
            .collect()
    }

    /// Readings of a sensor.
    pub fn edges(&self, sensor: &str) -> Vec<(i64, f64)> {
        let sensor = self.run.plant().element(sensor).expect("the sensor is there");
        let of_sensor = self.samples.iter().filter(|sample| sample.sensor == sensor);
        of_sensor.map(|sample| (sample.at.as_nanos(), sample.value)).collect()
    }

    pub fn digest_of(&self, element: &str) -> Digest {
        self.run.digest_of(self.run.plant().element(element).expect("the element is there"))
    }
}
