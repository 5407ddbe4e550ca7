//! Timed events: what a scenario says happens at given times, and laying that over its plant.
//!
//! A Set changes the tree as it was after those before it, and the plant is planned anew; what differs is swapped at the
//! given time. Where no plant comes of the scenario, its events are checked as far as they can be judged.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use plant::availability::instant::Moment;
use plant::codes::CONTRADICTION;
use plant::description::{Complaint, Describe, Name, Node, Origin, Reader, Shape, Value, describe};
use plant::element::{Command, ElementIndex, SensorFault};
use plant::plan::Planner;
use plant::plant::{Change, Foreseen, Plant, PlantDescription};
use plant::registry::Registry;

use super::difference::{changed_elements, rest_of};
use super::{AFTER_THE_END, KindSchema, NOT_DURING_A_RUN, read};
use crate::load::Later;
use crate::overlay::{Assignment, Path};
use crate::sources::Sources;

/// A value kept as it is written, to be put somewhere else.
#[derive(Debug, Clone, PartialEq)]
pub struct Anything(pub(crate) Node);

impl Describe for Anything {
    fn shape() -> Shape {
        Shape::one_of("Anything", "Any value that fits where the path leads.", &["\"38 s\"", "10"], Vec::new())
    }

    fn read(node: &Node, _reader: &mut Reader<'_>) -> Option<Self> {
        Some(Anything(node.clone()))
    }
}

describe! {
    /// What can go wrong with a sensor, or end.
    pub enum FaultDescription {
        /// It keeps showing the last value.
        Freeze,
        /// It shows nothing.
        DropOut,
        /// Its error grows with time.
        Drift(
            /// Growth of the error per hour, in the sensor's unit.
            units_per_hour: f64,
        ),
        /// Its readings scatter more.
        Noise(
            /// Standard deviation of the additional noise, in the sensor's unit.
            standard_deviation: f64,
        ),
        /// It works again.
        Clear,
    }
}

describe! {
    /// Something that happens at a given time.
    pub enum TimedAction {
        /// Sets a field of one or more elements, by path.
        Set(
            /// Where: `element.field`, as in `set`.
            path: Anything,
            /// The new value.
            value: Anything,
        ),
        /// Breaks an element of a kind that can have `failures` down: by its first failure mode, or until a `Repair` if it has none.
        Fail(
            /// The element.
            element: Name,
        ),
        /// Ends every failure of an element.
        Repair(
            /// The element.
            element: Name,
        ),
        /// Stops a conveyor or a pump, or shuts a pipe that leads out of a tank.
        Stop(
            /// The conveyor, pump or pipe.
            element: Name,
        ),
        /// Lets a stopped conveyor or pump go on, or opens a pipe again.
        Go(
            /// The conveyor, pump or pipe.
            element: Name,
        ),
        /// Brings parts in ahead of everything else that waits at the source, the part on offer included, but not one that
        /// a vehicle is on its way for. Further on their `priority` lets them in first wherever parts wait for room in front
        /// of an element; among the parts in the queue of a station it counts only where the rule of that queue is
        /// `Priority`.
        Rush {
            /// The source that brings them in.
            source: Name,
            /// How many.
            quantity: u32 = 1,
            /// Their type; as the source draws it unless given.
            part_type: Option<Name> = None,
            /// Their urgency.
            priority: i32 = 1000,
        },
        /// Begins or ends a sensor fault.
        SensorFault(
            /// The sensor.
            sensor: Name,
            /// What is wrong with it.
            fault: FaultDescription,
        ),
        /// Begins or ends working time at an element of a kind that can have a `calendar`, whatever that says.
        Shift(
            /// The element.
            element: Name,
            /// Whether it works from now on.
            on: bool,
        ),
    }
}

describe! {
    /// One timed event of a scenario.
    pub enum TimedEvent {
        /// At a time, before everything else that happens then.
        At(
            /// When.
            time: Moment,
            /// What.
            action: TimedAction,
        ),
    }
}

/// The action of an event that could not be read as a whole, if it is sound; what is wrong has been said.
pub(super) fn action_of(event: &Node) -> Option<TimedAction> {
    match &event.value {
        Value::Call { arguments, .. } => TimedAction::read(arguments.get(1)?, &mut Reader::without_tables()),
        _ => None,
    }
}

/// The timed events of a scenario, carried out one after the other on its tree.
pub(super) struct Timeline<'a> {
    /// What was set while the run was under way.
    later: &'a [Later],
    sources: &'a Sources,
    registry: &'a Arc<Registry>,
    /// The tree as it is after the Sets so far.
    root: Node,
    /// What all of the events will do.
    foreseen: Arc<Foreseen>,
    /// Of the scenario as it is from the beginning, and then of the events.
    complaints: Vec<Complaint>,
}

impl<'a> Timeline<'a> {
    /// The tree at the beginning, and what is wrong with it.
    pub(super) fn new(
        root: &Node,
        later: &'a [Later],
        sources: &'a Sources,
        registry: &'a Arc<Registry>,
        complaints: Vec<Complaint>,
    ) -> Self {
        let mut root = root.clone();
        if let Value::Struct { fields, .. } = &mut root.value {
            // The tree is copied, written and read again with every Set: with the events in it, ten times as many of them
            // would take a hundred times as long.
            fields.retain(|field| field.name != "events");
        }
        Timeline { later, sources, registry, root, foreseen: Arc::default(), complaints }
    }

    /// Lays the events over the plant, in time order. Where there is none, because something of it is wrong, they are
    /// checked as far as `description` goes. Answers with all complaints.
    pub(super) fn play(
        mut self,
        events: Vec<(Moment, TimedAction, Origin)>,
        description: &PlantDescription,
        mut plant: Option<&mut Plant>,
    ) -> Vec<Complaint> {
        let mut events: Vec<(SimDuration, TimedAction, Origin)> = events
            .into_iter()
            .map(|(moment, action, origin)| (self.time_of(moment, description), action, origin))
            .collect();
        events.sort_by_key(|(time, ..)| *time);
        self.foreseen = description.foreseen.clone();
        let horizon = description.clock.horizon;
        for (index, (time, action, origin)) in events.into_iter().enumerate() {
            if time > horizon {
                self.complaints.push(
                    Complaint::new(&AFTER_THE_END, origin, format!("this event at {time} never happens"))
                        .label(format!("the run ends at {horizon}"))
                        .help(
                            "move the event, or make `clock.horizon` longer: `--until` may end a run sooner than that",
                        ),
                );
            }
            let at = SimTime::ZERO + time;
            let change = match action {
                TimedAction::Set(path, value) => self.set(index, &path, &value, at, plant.as_deref_mut()),
                action => {
                    let resolve = |planner: &mut Planner<'_>| command(&action, planner);
                    let commanded = match plant.as_deref() {
                        Some(plant) => plant.resolve(&mut self.complaints, resolve),
                        None => description.resolve(&mut self.complaints, resolve),
                    };
                    commanded.map(|(element, command)| Change::Command { at, element, command })
                }
            };
            if let (Some(plant), Some(change)) = (plant.as_deref_mut(), change) {
                plant.add_change(change);
            }
        }
        self.complaints
    }

    /// How long after the start of the run `moment` is; one before it is complained of, and its action checked all the same.
    fn time_of(&mut self, moment: Moment, description: &PlantDescription) -> SimDuration {
        moment.since(description.clock.start).unwrap_or_else(|complaint| {
            self.complaints.push(complaint);
            SimDuration::ZERO
        })
    }

    /// Carries out a Set, which is the event with this number; the change that it makes to `plant`, if there is one.
    fn set(
        &mut self,
        number: usize,
        path: &Anything,
        value: &Anything,
        at: SimTime,
        plant: Option<&mut Plant>,
    ) -> Option<Change> {
        let (before, said) = (self.root.clone(), self.complaints.len());
        let change = self.try_set(number, path, value, at, plant, &before);
        if self.complaints.len() > said {
            self.root = before;
        }
        change
    }

    fn try_set(
        &mut self,
        number: usize,
        path: &Anything,
        value: &Anything,
        at: SimTime,
        plant: Option<&mut Plant>,
        before: &Node,
    ) -> Option<Change> {
        let set = Path::of(&path.0)
            .map(|path| Assignment::new(path, value.0.clone()))
            .and_then(|assignment| assignment.apply(&mut self.root, &KindSchema(self.registry)))
            .and_then(|_| self.set_later(number));
        if let Err(complaint) = set {
            self.complaints.push(complaint);
            return None;
        }
        let mut reader = Reader::new(self.sources);
        let (description, _) = read(&self.root, self.registry, &mut reader);
        let mut complaints = reader.into_complaints();
        let planned = description.map(|mut description| {
            description.foreseen = self.foreseen.clone();
            description.plan_change(self.registry)
        });
        let changed = match planned {
            Some(Ok(changed)) if complaints.is_empty() => Some(changed),
            planned => {
                complaints.extend(planned.and_then(Result::err).unwrap_or_default());
                self.add_new(complaints, path.0.origin.to(value.0.origin));
                None
            }
        };
        let mut refuse = |reason: String, expected: String, help: &str| {
            self.complaints.push(Complaint::new(&NOT_DURING_A_RUN, path.0.origin, reason).label(expected).help(help));
        };
        let from_the_beginning = "set it from the beginning, in `set` or where it stands";
        let plans = plant.as_deref().zip(changed.as_ref());
        if let Some((member, group)) = plans.and_then(|(plant, changed)| plant.unlike_member(changed)) {
            let help = format!(
                "each has a name of its own, and can be told to stand still: `Fail(\"{member}\")` until `Repair(\"{member}\")`; or set \
                 this from the beginning"
            );
            let reason = format!("how many members \"{group}\" has cannot change during a run");
            refuse(reason, format!("expected any other field of \"{group}\""), &help);
            return None;
        }
        let others = plans.is_some_and(|(plant, changed)| changed.model.elements != plant.model.elements);
        if rest_of(before) != rest_of(&self.root) || others {
            let expected = "expected a field of an element".to_owned();
            refuse("this cannot change during a run".to_owned(), expected, from_the_beginning);
            return None;
        }
        let (plant, changed) = (plant?, changed?);
        plant.foresee(&changed);
        let elements = changed_elements(before, &self.root, plant);
        match plant.replan(at, &changed, &elements) {
            Ok(change) => Some(change),
            Err(reason) => {
                refuse(reason, "expected something that can change during a run".to_owned(), from_the_beginning);
                None
            }
        }
    }

    /// Sets once more what was set after the event with this number: it wins over it. That the plant begins with it as well is no
    /// matter, since nothing comes of what lies before the run is gone on with.
    fn set_later(&mut self, number: usize) -> Result<(), Complaint> {
        let is_of_plant = |later: &&Later| later.after > number && !later.assignment.path.begins_with("events");
        for later in self.later.iter().filter(is_of_plant) {
            later.assignment.apply(&mut self.root, &KindSchema(self.registry))?;
        }
        Ok(())
    }

    /// Adds those complaints whose places have not been complained of. One that points somewhere else shows the Set too,
    /// which stands at `set`.
    fn add_new(&mut self, complaints: Vec<Complaint>, set: Origin) {
        for complaint in complaints {
            let same = |other: &Complaint| (other.code, other.origin) == (complaint.code, complaint.origin);
            if self.complaints.iter().any(same) {
                continue;
            }
            let origin = complaint.origin;
            let is_inside = origin.source == set.source && set.start <= origin.start && origin.end <= set.end;
            self.complaints.push(if is_inside { complaint } else { complaint.related(set, "after this Set") });
        }
    }
}

/// The kinds that can be stopped.
const STOPPABLE: &[&str] = &["Conveyor", "Pump", "Pipe"];

/// What an action other than a Set tells whom.
fn command(action: &TimedAction, planner: &mut Planner<'_>) -> Option<(ElementIndex, Command)> {
    Some(match action {
        TimedAction::Set(..) => return None,
        TimedAction::Fail(element) => (planner.element_with(element, "failures"), Command::Fail),
        TimedAction::Repair(element) => (planner.element_with(element, "failures"), Command::Repair),
        TimedAction::Stop(element) => (planner.element_of(element, STOPPABLE), Command::Stop),
        TimedAction::Go(element) => (planner.element_of(element, STOPPABLE), Command::Go),
        TimedAction::Rush { source, quantity, part_type, priority } => {
            let quantity = planner.at_least_one_of(*quantity, "quantity", source);
            let part_type = part_type.as_ref().map(|part_type| planner.part_type(part_type));
            let command = Command::Rush { quantity, part_type, priority: *priority };
            (planner.element_of(source, &["Source"]), command)
        }
        TimedAction::SensorFault(sensor, fault) => {
            check_fault(sensor, fault, planner);
            let fault = match fault {
                FaultDescription::Freeze => SensorFault::Freeze,
                FaultDescription::DropOut => SensorFault::DropOut,
                FaultDescription::Drift(units_per_hour) => SensorFault::Drift { units_per_s: units_per_hour / 3600.0 },
                FaultDescription::Noise(standard_deviation) => {
                    SensorFault::Noise { standard_deviation: *standard_deviation }
                }
                FaultDescription::Clear => SensorFault::Clear,
            };
            (planner.sensor(sensor), Command::Fault(fault))
        }
        TimedAction::Shift(element, on) => (planner.element_with(element, "calendar"), Command::Shift { on: *on }),
    })
}

/// Complains of a fault that the sensor could not show.
fn check_fault(sensor: &Name, fault: &FaultDescription, planner: &mut Planner<'_>) {
    let (message, label, help) = match fault {
        FaultDescription::Noise(standard_deviation) if *standard_deviation < 0.0 => (
            format!("the noise of \"{}\" is {standard_deviation:?}", sensor.text()),
            "a standard deviation is 0 or more",
            "give the noise without a sign",
        ),
        FaultDescription::Drift(_) | FaultDescription::Noise(_) if planner.kind_of(sensor) == Some("PhotoEye") => (
            format!("\"{}\" is a PhotoEye, which shows 0 or 1 and neither drifts nor scatters", sensor.text()),
            "of the sensor faults it knows `Freeze` and `DropOut`",
            "let it freeze or drop out",
        ),
        _ => return,
    };
    planner.complain(&CONTRADICTION, sensor.origin(), message, label, Some(help.to_owned()));
}
