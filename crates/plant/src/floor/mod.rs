//! The shop floor as handlers see it: time, parts, places, people, and the way to reach other elements.
//!
//! [`Shop`] is what a run keeps between slices (event list, parts, gates, requests, records); [`Floor`] joins it
//! for one slice with the borrowed columns of all elements. A handler that wants something of another element
//! leaves a [`Signal`] on the agenda; the run delivers signals in order within the same instant, so that no
//! handler ever holds two elements and a chain of a thousand unblockings needs no stack.

mod agenda;
mod availability;
mod bulletin;
mod cards;
mod choices;
mod crew;
mod gate;
mod haulage;
mod jam;
mod record;
mod recorder;
mod routing;
mod standstill;
mod turns;
mod walks;

use std::sync::Arc;

use bevy_ecs::resource::Resource;
use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{EventId, EventList, Priority, SimDuration, SimTime};

pub use crew::{Crew, CrewGroup, CrewPlan, Need};
pub use gate::{Offer, Passage};
pub use recorder::{
    AlarmRecord, BookEntry, BookRecord, EventRecord, Happening, PartRecord, Recorder, SampleRecord, VolumeRecord,
};

pub(crate) use agenda::Agenda;
pub(crate) use bulletin::{Bulletin, Onward};
pub(crate) use choices::OrderChoices;
pub(crate) use crew::{Holding, Purpose, Request};
pub(crate) use gate::{Entry, Gate, build_entries};
pub(crate) use haulage::{Haul, Haulage};
pub(crate) use routing::Chances;
pub(crate) use walks::{Approach, Choice};

use crate::control::cards::CardAccount;
use crate::element::{Command, ElementIndex, Resumption};
use crate::energy::PowerMeter;
use crate::facet::Facets;
use crate::fluid::{Fixture, Networks};
use crate::ledger::Ledger;
use crate::model::Model;
use crate::part::{PartId, Parts};
use crate::run::RunError;
use crate::transport::paths::traffic::{self, Traffic};
use crate::transport::zone::Mail;
use crate::unit::Unit;
use crate::work::Work;

/// What a pending event means to the element it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A timer of the element itself.
    Timer(u32),
    /// A failure mode is due for a look.
    Failure(u32),
    /// A repair ends.
    Repaired(u32),
    /// A task of maintenance has come due by the calendar.
    MaintenanceDue(u32),
    /// A task of maintenance is done.
    Maintained(u32),
    /// The working calendar turns a page.
    Shift,
    /// The energy state changes by itself (standby after idling, warm after warming up).
    Energy,
    /// The last of those who walk here has arrived.
    CrewArrives,
}
kernel::persist!(enum Cause { 0 => Timer(inner), 1 => Failure(inner), 2 => Repaired(inner), 3 => Shift, 4 => Energy, 5 => MaintenanceDue(inner), 6 => Maintained(inner), 7 => CrewArrives });

impl Cause {
    /// The cause as a number, for the digest.
    pub(crate) fn code(self) -> u64 {
        let (kind, detail) = match self {
            Cause::Timer(timer) => (0, timer),
            Cause::Failure(mode) => (1, mode),
            Cause::Repaired(mode) => (2, mode),
            Cause::Shift => (3, 0),
            Cause::Energy => (4, 0),
            Cause::MaintenanceDue(task) => (5, task),
            Cause::Maintained(task) => (6, task),
            Cause::CrewArrives => (7, 0),
        };
        kind << 32 | u64::from(detail)
    }
}

/// A pending event: plain data, so a run can be copied, compared and continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The element it belongs to.
    pub element: ElementIndex,
    /// What it means there.
    pub cause: Cause,
}
kernel::persist!(struct Event { element, cause });

/// Priorities of events at the same time: completions come before failures, so that work finished at the very
/// instant of a failure counts as finished; calendars come last.
pub(crate) mod priority {
    use kernel::Priority;
    pub const TIMER: Priority = Priority(10);
    pub const REPAIR: Priority = Priority(20);
    pub const ENERGY: Priority = Priority(30);
    pub const FAILURE: Priority = Priority(40);
    pub const SHIFT: Priority = Priority(50);
}

/// Something to be told to an element within the present instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Signal {
    Arrive {
        part: PartId,
    },
    Departed {
        part: PartId,
    },
    /// The next of `Shop::offers` wants to be passed on.
    Route,
    Granted {
        ticket: u32,
    },
    Halt,
    Proceed {
        resumption: Resumption,
    },
    Observe {
        watched: ElementIndex,
    },
    CrewForRepair {
        mode: u32,
    },
    CrewForMaintenance {
        task: u32,
    },
    /// A vehicle or crane sets out for a part.
    SentFor {
        part: PartId,
    },
}
kernel::persist!(enum Signal { 0 => Arrive { part }, 1 => Departed { part }, 2 => Route, 3 => Granted { ticket }, 4 => Halt, 5 => Proceed { resumption }, 6 => Observe { watched }, 7 => CrewForRepair { mode }, 8 => CrewForMaintenance { task }, 9 => SentFor { part } });

/// What a run keeps between slices, apart from the elements' own components.
#[derive(Debug, Clone, Resource)]
pub struct Shop {
    pub(crate) now: SimTime,
    pub(crate) statistics_since: SimTime,
    pub(crate) model: Arc<Model>,
    pub(crate) events: EventList<Event>,
    pub(crate) agenda: Agenda<(ElementIndex, Signal)>,
    /// The offers of the `Route` signals on the agenda, in their order: apart, so that every signal is small.
    pub(crate) offers: Agenda<Offer>,
    pub(crate) dispatches: Agenda<ElementIndex>,
    pub(crate) parts: Parts,
    /// By routing.
    pub(crate) chances: Vec<Chances>,
    pub(crate) order_choices: OrderChoices,
    pub(crate) entries: Vec<Entry>,
    /// Gates that are no element's own: see [`Floor::gate`].
    pub(crate) further_gates: Vec<Gate>,
    pub(crate) requests: Vec<Request>,
    /// Whether the run has to stop and look before time goes on: through the requests, or because it has failed.
    pub(crate) look_due: bool,
    pub(crate) holdings: Vec<Holding>,
    /// What was granted and is still on its way.
    pub(crate) approaches: Vec<Approach>,
    pub(crate) watchers: Vec<Vec<ElementIndex>>,
    /// Light beams across each conveyor.
    pub(crate) beams: Vec<Vec<crate::transport::Beam>>,
    /// What zones and those in them say to each other.
    pub(crate) mail: Mail,
    /// By fleet.
    pub(crate) haulage: Vec<Haulage>,
    /// By path network.
    pub(crate) traffic: Vec<Traffic>,
    /// By card loop.
    pub(crate) cards: Vec<CardAccount>,
    pub(crate) ledger: Ledger,
    pub(crate) power: PowerMeter,
    pub(crate) recorder: Recorder,
    pub(crate) bulletin: Bulletin,
    pub(crate) event_count: u64,
    /// Events, offers handed on and parts come into being since time last went on, over all slices.
    pub(crate) steps_in_instant: u64,
    /// Parts alive when those came near the limit.
    pub(crate) parts_in_instant: Option<u64>,
    pub(crate) failure: Option<RunError>,
}

impl Shop {
    /// Whether no event is left at this instant, and no choice.
    #[inline(always)]
    pub(crate) fn is_quiet(&self) -> bool {
        self.dispatches.is_empty() && self.events.next_time() > self.now
    }

    /// Appends the state. What is constant is the plant's, and what observers have asked to be recorded is theirs.
    pub(crate) fn write(&self, writer: &mut Writer) {
        let Self {
            now,
            statistics_since,
            events,
            agenda,
            offers,
            dispatches,
            parts,
            chances,
            order_choices,
            entries,
            further_gates,
            requests,
            look_due,
            holdings,
            approaches,
            watchers,
            beams,
            mail,
            haulage,
            traffic,
            cards,
            ledger,
            power,
            recorder,
            bulletin,
            event_count,
            steps_in_instant,
            parts_in_instant,
            model: _,
            failure: _,
        } = self;
        (*now, *statistics_since).write(writer);
        events.write(writer);
        agenda.write(writer);
        offers.write(writer);
        dispatches.write(writer);
        parts.write(writer);
        chances.write(writer);
        order_choices.write(writer);
        entries.write(writer);
        further_gates.write(writer);
        requests.write(writer);
        look_due.write(writer);
        holdings.write(writer);
        approaches.write(writer);
        watchers.write(writer);
        beams.write(writer);
        mail.write(writer);
        haulage.write(writer);
        traffic.write(writer);
        cards.write(writer);
        ledger.write(writer);
        power.write(writer);
        recorder.alarm_records.write(writer);
        bulletin.write(writer);
        (*event_count, *steps_in_instant, *parts_in_instant).write(writer);
    }

    /// Takes the state of a run of the plant `model` off the front.
    pub(crate) fn read(reader: &mut Reader<'_>, model: &Arc<Model>) -> Result<Self, Unreadable> {
        let (now, statistics_since) = Persist::read(reader)?;
        let shop = Shop {
            now,
            statistics_since,
            model: model.clone(),
            events: Persist::read(reader)?,
            agenda: Persist::read(reader)?,
            offers: Persist::read(reader)?,
            dispatches: Persist::read(reader)?,
            parts: Persist::read(reader)?,
            chances: Persist::read(reader)?,
            order_choices: Persist::read(reader)?,
            entries: Persist::read(reader)?,
            further_gates: Persist::read(reader)?,
            requests: Persist::read(reader)?,
            look_due: Persist::read(reader)?,
            holdings: Persist::read(reader)?,
            approaches: Persist::read(reader)?,
            watchers: Persist::read(reader)?,
            beams: Persist::read(reader)?,
            // What a zone has seen of a part may come to its time when the part has been scrapped.
            mail: reader.read_unnoted()?,
            haulage: Haulage::read_all(reader, &model.paths)?,
            traffic: traffic::read(reader, &model.paths.networks)?,
            cards: Persist::read(reader)?,
            ledger: Persist::read(reader)?,
            power: PowerMeter::read(reader, &model.supply)?,
            recorder: Recorder { alarm_records: Persist::read(reader)?, ..Recorder::default() },
            bulletin: Persist::read(reader)?,
            event_count: Persist::read(reader)?,
            steps_in_instant: Persist::read(reader)?,
            parts_in_instant: Persist::read(reader)?,
            failure: None,
        };
        let elements = model.elements.len();
        if [shop.entries.len(), shop.watchers.len(), shop.beams.len()].iter().any(|count| *count != elements) {
            return Err(reader.unreadable("a shop floor with as many elements as the plant has"));
        }
        let gates = (elements + shop.further_gates.len()) as u32;
        let leads_nowhere = |entry: &Entry| match entry {
            Entry::GateByType(gates_by_type) => gates_by_type.iter().flatten().any(|gate| *gate >= gates),
            Entry::Closed | Entry::Through | Entry::Own => false,
        };
        if shop.entries.iter().any(leads_nowhere) {
            return Err(reader.unreadable("ways in that lead to gates of the plant"));
        }
        let beginning = SimTime::ZERO;
        if now > beginning + kernel::limits::LONGEST_DURATION || !(beginning..=now).contains(&statistics_since) {
            return Err(reader.unreadable("a time of a run"));
        }
        let books = (shop.ledger.types.len(), shop.ledger.orders.len(), shop.ledger.queue_times.len());
        if books != (model.part_types.len(), model.orders.len(), model.queue_times().count())
            || shop.chances.len() != model.routings.len()
            || shop.cards.len() != model.cards.loops.len()
        {
            return Err(
                reader.unreadable("books of as many part types, orders, routings and card loops as the plant has")
            );
        }
        if !shop.parts.are_sound(model, now) || !shop.parts.are_alive(reader.noted()) {
            return Err(reader.unreadable("parts that can be where they are said to be"));
        }
        Ok(shop)
    }

    /// Nothing is left to do before `now`.
    pub(crate) fn come_to(&mut self, now: SimTime) {
        if now > self.now {
            self.now = now;
            self.steps_in_instant = 0;
            self.parts_in_instant = None;
        }
    }

    /// Ends the run with an error; the first one counts.
    fn fail(&mut self, error: RunError) {
        self.look_due = true;
        self.failure.get_or_insert(error);
    }

    /// [`Floor::request_dispatch`] for whom that is the record.
    #[inline(always)]
    pub(crate) fn request_dispatch(&mut self, unit: &mut Unit, me: ElementIndex) {
        if !unit.dispatch_requested {
            unit.dispatch_requested = true;
            self.dispatches.push(me);
        }
    }

    /// Ends the run because nothing says how long work on `part` takes at `me`.
    #[cold]
    pub(crate) fn fail_for_want_of_time(&mut self, me: ElementIndex, part: PartId) {
        let part_type = self.model.part_type(self.parts[part].part_type).name.clone();
        let element = self.model.elements[me.index()].name.clone();
        self.fail(RunError::NoProcessTime { at: self.now, element, part_type });
    }
}

/// The shop floor during one slice. See the module documentation.
#[derive(Debug)]
pub struct Floor<'w> {
    pub(crate) shop: Shop,
    pub(crate) units: Vec<&'w mut Unit>,
    pub(crate) facets: Vec<Facets<'w>>,
    /// The workplaces of elements that are made of work; `None` at others, and while its general handlers have it.
    pub(crate) works: Vec<Option<Work<'w>>>,
    /// Tanks, pumps and pipes; `None` of other elements.
    pub(crate) fixtures: Vec<Option<Fixture<'w>>>,
    /// How those are connected.
    pub(crate) networks: Networks,
}

impl Floor<'_> {
    /// The present time of the run.
    #[inline]
    #[must_use]
    pub fn now(&self) -> SimTime {
        self.shop.now
    }

    /// The plant's constants: part types, routings, orders, names.
    #[inline]
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.shop.model
    }

    /// Sets timer `timer` of `me` to run out after `delay`.
    #[inline]
    pub fn set_timer(&mut self, me: ElementIndex, delay: SimDuration, timer: u32) -> EventId {
        self.schedule(delay, priority::TIMER, Event { element: me, cause: Cause::Timer(timer) })
    }

    /// Sets timer `timer` of `me` to run out at `at`.
    #[inline]
    pub(crate) fn set_timer_at(&mut self, me: ElementIndex, at: SimTime, timer: u32) -> EventId {
        self.shop.events.schedule(at, priority::TIMER, Event { element: me, cause: Cause::Timer(timer) })
    }

    /// Takes a timer back. One that has already run out is left alone.
    #[inline]
    pub fn cancel(&mut self, timer: EventId) {
        self.shop.events.cancel(timer);
    }

    #[inline]
    pub(crate) fn schedule(&mut self, delay: SimDuration, priority: Priority, event: Event) -> EventId {
        let at = self.shop.now.saturating_add(delay);
        self.shop.events.schedule(at, priority, event)
    }

    /// Asks for [`crate::element::ElementKind::dispatch`] once everything else at this instant has happened.
    #[inline(always)]
    pub fn request_dispatch(&mut self, me: ElementIndex) {
        self.shop.request_dispatch(self.units[me.index()], me);
    }

    /// The run-time record of `element`.
    #[inline]
    #[must_use]
    pub fn unit(&self, element: ElementIndex) -> &Unit {
        self.units[element.index()]
    }

    /// The run-time record of `element`, to be changed.
    #[inline]
    pub fn unit_mut(&mut self, element: ElementIndex) -> &mut Unit {
        self.units[element.index()]
    }

    /// The parts alive.
    #[inline]
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.shop.parts
    }

    /// The parts alive, to be changed.
    #[inline]
    pub fn parts_mut(&mut self) -> &mut Parts {
        &mut self.shop.parts
    }

    /// Since when statistics count: the end of the warm-up, or time zero.
    #[inline]
    #[must_use]
    pub fn statistics_since(&self) -> SimTime {
        self.shop.statistics_since
    }

    /// Has `me` told ([`crate::element::ElementKind::observe`]) whenever `watched` changes its state or level.
    pub fn watch(&mut self, me: ElementIndex, watched: ElementIndex) {
        self.units[watched.index()].watched = true;
        self.units[watched.index()].heard = true;
        self.shop.watchers[watched.index()].push(me);
    }

    /// Tells the watchers of `element` that something about it has changed.
    #[inline]
    pub fn changed(&mut self, element: ElementIndex) {
        if self.units[element.index()].watched {
            self.tell_watchers(element);
        }
    }

    #[cold]
    pub(crate) fn tell_watchers(&mut self, element: ElementIndex) {
        for watcher in &self.shop.watchers[element.index()] {
            self.shop.agenda.push((*watcher, Signal::Observe { watched: element }));
        }
    }

    #[inline]
    pub(crate) fn signal(&mut self, to: ElementIndex, signal: Signal) {
        self.shop.agenda.push((to, signal));
    }

    /// Ends the run with an error; the first one counts.
    pub(crate) fn fail_run(&mut self, error: RunError) {
        self.shop.fail(error);
    }

    /// Mixes something that happened at `element` into its digest; a few nanoseconds.
    #[inline]
    pub(crate) fn digest(&mut self, element: ElementIndex, what: u64, subject: u64) {
        self.units[element.index()].note(self.shop.now, what, subject);
    }
}

/// Carries out commands that are the same for every kind; kinds see the others first.
pub(crate) fn shared_command(floor: &mut Floor<'_>, me: ElementIndex, command: &Command) -> bool {
    match command {
        Command::Fail => floor.break_down(me),
        Command::Repair => floor.repair_all(me),
        Command::Shift { on } => {
            floor.set_shift(me, *on);
            true
        }
        _ => false,
    }
}
