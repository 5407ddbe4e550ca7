//! Whoever looks at a twin: takes in what its sources say, and tells how it stands, what is wrong and what comes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use kernel::{SimDuration, SimTime};
use live::counters::Fate;
use live::feed::connection::Status;
use live::forecast::{Forecast, NoForecast, Request};
use live::journal::{Entry, JournalError};
use live::observation::Observation;
use live::signals::Signals;
use live::twin::{Notice, Twin, TwinError};
use live::wall_time::WallTime;
use plant::plant::Plant;

use super::alarms::Alarm;
use super::endpoint::{Answers, Endpoint};
use super::keeper::Keeper;
use super::listening::{Complete, Listening, Standing};
use super::recipients::Recipients;
use super::state::View;
use super::{foreseen, fork, metrics, state};
use crate::arguments::Live;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::{self, ALARMING, QUIET, styled};
use crate::studies::request::duration;

/// How often it is said of a connection that it is not there, where no state says it.
const REMINDER: Duration = Duration::from_secs(30);
/// Longest wait for the next batch before the clock moves the twin on.
const PATIENCE: Duration = Duration::from_millis(200);
/// How often the answers of the endpoint are made anew.
const REFRESH: Duration = Duration::from_secs(1);
/// So many observations in a row that are late are no chance.
const ENOUGH_LATE: u64 = 50;

/// Looks at a twin.
pub struct Watcher {
    plant: Arc<Plant>,
    every: SimDuration,
    request: Request,
    recipients: Recipients,
    /// Whether what is followed is no plant, but plays one.
    is_simulated: bool,
    endpoint: Option<Endpoint>,
    refreshed: Option<Instant>,
    keeper: Option<Keeper>,
    standings: Vec<Standing>,
    /// When it was said last how connections stand.
    reminded: Instant,
    /// The alarms that go on: what they are, and what they are about.
    open: BTreeSet<(&'static str, String)>,
    /// Observations that had come, and that were late, when that was looked at last.
    counted: (u64, u64),
    /// Observations in a row that were late.
    late_in_a_row: u64,
    /// The latest that was heard of, and when.
    latest: Option<(WallTime, Instant)>,
    /// How long observations are held back.
    window: SimDuration,
    /// Up to when nothing more is waited for.
    passed: Option<WallTime>,
    /// When the next state is due.
    next: Option<WallTime>,
    /// The last forecast, and when it was made on the clock of the run.
    forecast: Option<(Forecast, SimTime)>,
    /// A forecast that is being made.
    coming: Option<Receiver<(Result<Forecast, NoForecast>, SimTime)>>,
}

impl Watcher {
    /// Whoever `arguments` ask for.
    ///
    /// # Errors
    /// Arguments that make no sense, files that cannot be written, a port that cannot be had.
    pub fn new(
        arguments: &Live,
        plant: Arc<Plant>,
        keeper: Option<Keeper>,
        signals: &Signals,
    ) -> Result<Self, Failure> {
        let request = Request {
            horizon: duration("--ahead", &arguments.ahead)?,
            futures: u32::try_from(arguments.futures).unwrap_or(u32::MAX).min(100_000),
            jobs: 0,
            beliefs: Vec::new(),
            done_at: None,
        };
        let every = duration("--every", &arguments.every)?;
        if every <= SimDuration::ZERO {
            return Err(Failure::usage("--every needs a time above 0", "give one, as in '1 min'"));
        }
        let endpoint = arguments.metrics.map(Endpoint::open).transpose()?;
        if let Some(endpoint) = &endpoint {
            output::complain(&format!(
                "metrics at http://{0}/metrics, health at http://{0}/health\n",
                endpoint.address()
            ));
        }
        Ok(Watcher {
            plant,
            every,
            request,
            recipients: Recipients::open(arguments)?,
            is_simulated: signals.are_simulated(),
            endpoint,
            refreshed: None,
            keeper,
            standings: Vec::new(),
            reminded: Instant::now(),
            open: BTreeSet::new(),
            counted: (0, 0),
            late_in_a_row: 0,
            latest: None,
            window: signals.window,
            passed: None,
            next: None,
            forecast: None,
            coming: None,
        })
    }

    /// The twin has come back. What was wrong when it stopped is known to be told, and its end will be; what was noticed shortly
    /// before may not have been, and the last of it is told once more.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn come_back(&mut self, twin: &Twin, notices: &[Notice]) -> Result<(), Failure> {
        self.is_simulated = twin.mirror().is_simulated();
        for (element, apart) in twin.divergence().elements() {
            let name = self.plant.model.name(element);
            let standing = [
                (apart.is_down(), Alarm::DOWN),
                (apart.is_overdue(), Alarm::OVERDUE),
                (apart.is_changed(), Alarm::CHANGED),
            ];
            let standing = standing.into_iter().filter(|(is_so, _)| *is_so);
            self.open.extend(standing.map(|(_, alarm)| (alarm, name.to_owned())));
        }
        let plant = self.plant.clone();
        let mut last = BTreeMap::new();
        for alarm in notices.iter().filter_map(|notice| Alarm::of(notice, &plant)) {
            last.insert((alarm.alarm, alarm.about.clone()), alarm);
        }
        last.into_values().try_for_each(|mut alarm| {
            alarm.simulated = self.is_simulated;
            self.recipients.alarm(alarm)
        })
    }

    /// Watches until all sources have ended or somebody interrupts.
    ///
    /// # Errors
    /// A journal or a file that cannot be written, a model that cannot go on.
    pub fn watch(mut self, mut twin: Twin, listening: &mut Listening) -> Result<Exit, Failure> {
        self.is_simulated = twin.mirror().is_simulated();
        let exit = loop {
            if interrupt::is_asked() {
                break Exit::Interrupted;
            }
            self.look_at_connections(&mut twin, listening)?;
            // Before what comes is waited for: what came before this moment is in the queue by then.
            let complete = listening.complete();
            match listening.intake.wait(PATIENCE) {
                Ok(batch) => {
                    // Whoever was away while this was waited for may say in it what happened meanwhile.
                    self.look_at_connections(&mut twin, listening)?;
                    self.hear(&mut twin, batch, listening.is_of_the_present())?;
                }
                // The plant is silent: time goes on for it all the same, as far as it is known to be silent.
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(until) = self.silent_until(complete) {
                        self.take_in(&mut twin, Entry::Silence(until))?;
                        self.show_if_due(&twin, until, listening.is_of_the_present())?;
                    }
                    twin.sync().map_err(|error| twin_failure(&error))?;
                }
                Err(RecvTimeoutError::Disconnected) => break Exit::Done,
            }
            let dropped = listening.intake.take_dropped();
            if dropped > 0 {
                self.take_in(&mut twin, Entry::Dropped(dropped))?;
            }
            self.look_at_lateness(&twin)?;
            self.show_forecast(&twin)?;
            self.refresh(&twin);
        };
        self.end(twin, exit)
    }

    /// Up to when nothing more is waited for, if that is later than what was said of it last: everything is known up to the last
    /// sign of life of all sources; and when the window has passed, what was heard of needs no longer be held back.
    fn silent_until(&mut self, complete: Complete) -> Option<WallTime> {
        let (latest, heard) = self.latest?;
        let (known, pace) = match complete {
            Complete::Until(known, pace) => (known.max(heard), pace),
            Complete::Unknown => return None,
            Complete::NoTime => (heard, 1.0),
        };
        let seconds = |time: Duration| SimDuration::from_seconds_f64(pace * time.as_secs_f64()).unwrap_or_default();
        let silent = seconds(known - heard).max(seconds(heard.elapsed()).min(self.window));
        let until = latest.after(silent);
        let is_news = self.passed.is_none_or(|passed| passed < until);
        self.passed = self.passed.max(Some(until));
        is_news.then_some(until)
    }

    /// Applies what was held back and shows the last state.
    ///
    /// # Errors
    /// As [`Watcher::watch`].
    pub fn end(mut self, mut twin: Twin, exit: Exit) -> Result<Exit, Failure> {
        // Before what was held back is applied: whoever comes back goes on as if nothing had been.
        twin.checkpoint().map_err(|error| twin_failure(&error))?;
        let mut notices = Vec::new();
        twin.finish(&mut |notice| notices.push(notice)).map_err(|error| twin_failure(&error))?;
        self.is_simulated = twin.mirror().is_simulated();
        self.tell(&notices)?;
        self.coming = None;
        self.show(&twin, false)?;
        self.recipients.close();
        // Whoever interrupts after the last source has ended cuts its forecast short.
        Ok(if interrupt::is_asked() { Exit::Interrupted } else { exit })
    }

    /// Tells the twin and everybody of connections that were lost or made.
    fn look_at_connections(&mut self, twin: &mut Twin, listening: &mut Listening) -> Result<(), Failure> {
        self.standings = listening.standings();
        for standing in listening.changed() {
            self.take_in(twin, Entry::Connection { source: standing.source, is_there: standing.is_there() })?;
            let is_first = standing.connections <= 1 && standing.is_there();
            if is_first || standing.status == (Status::Connecting { why: None }) {
                output::complain(&format!("{}\n", styled(QUIET, standing.text())));
            }
            if standing.status != (Status::Connecting { why: None }) {
                let at = self.now();
                self.raise(Alarm::of_connection(&standing, at))?;
            }
            self.reminded = Instant::now();
        }
        // States say so too, but there are none as long as nothing is heard.
        if self.reminded.elapsed() >= REMINDER {
            for standing in self.standings.iter().filter(|standing| !standing.is_there()) {
                output::complain(&format!("{}\n", styled(ALARMING, standing.text())));
            }
            self.reminded = Instant::now();
        }
        Ok(())
    }

    /// Takes a batch in, and shows the state whenever it is due on the plant's clock.
    fn hear(&mut self, twin: &mut Twin, batch: Vec<Observation>, is_of_the_present: bool) -> Result<(), Failure> {
        let mut rest = batch;
        while !rest.is_empty() {
            // A wrong date among right ones says nothing of how late it is.
            let order = twin.order();
            let time_of = |one: &Observation| order.credible_time_of(one);
            if self.next.is_none() {
                self.next = rest.iter().find_map(time_of).map(|first| first.after(self.every));
            }
            let is_later = |one: &Observation| time_of(one).zip(self.next).is_some_and(|(at, due)| at > due);
            let until = rest.iter().position(is_later).unwrap_or(rest.len());
            let later = rest.split_off(until);
            let latest = rest.iter().filter_map(time_of).max();
            self.latest = match (self.latest, latest) {
                (Some((before, _)), Some(latest)) => Some((latest.max(before), Instant::now())),
                (before, latest) => latest.map(|latest| (latest, Instant::now())).or(before),
            };
            self.take_in(twin, Entry::Observations(rest))?;
            if let Some(first) = later.first() {
                let at = twin.order().credible_time_of(first);
                at.map_or(Ok(()), |at| self.show_if_due(twin, at, is_of_the_present))?;
            }
            rest = later;
        }
        Ok(())
    }

    /// Shows the state if it is due by `now`, once, however long it has been.
    fn show_if_due(&mut self, twin: &Twin, now: WallTime, is_of_the_present: bool) -> Result<(), Failure> {
        let Some(due) = self.next.filter(|due| *due < now) else { return Ok(()) };
        let behind = now.since(due).as_nanos() / self.every.as_nanos().max(1);
        let step = self.every.as_nanos().saturating_mul(behind.max(0).saturating_add(1));
        self.next = Some(due.after(SimDuration::from_nanos(step)));
        self.show(twin, is_of_the_present)
    }

    fn take_in(&mut self, twin: &mut Twin, entry: Entry) -> Result<(), Failure> {
        let mut notices = Vec::new();
        let mut hear = |notice: Notice| {
            // Most is of no interest to anybody.
            if Alarm::of(&notice, &self.plant).is_some() {
                notices.push(notice);
            }
        };
        twin.take_in(entry, &mut hear).map_err(|error| twin_failure(&error))?;
        self.is_simulated = twin.mirror().is_simulated();
        self.tell(&notices)
    }

    /// Says what somebody has to hear of.
    fn tell(&mut self, notices: &[Notice]) -> Result<(), Failure> {
        let plant = self.plant.clone();
        notices.iter().filter_map(|notice| Alarm::of(notice, &plant)).try_for_each(|alarm| self.raise(alarm))
    }

    /// Tells of an alarm, once as long as it goes on, and of its end if its beginning was told.
    fn raise(&mut self, mut alarm: Alarm) -> Result<(), Failure> {
        let key = (alarm.alarm, alarm.about.clone());
        let is_news = match (alarm.on, alarm.alarm) {
            // Each change is another one, and so is each reason.
            (true, Alarm::CHANGED | Alarm::LOST) => {
                self.open.insert(key);
                true
            }
            (true, _) => self.open.insert(key),
            (false, _) => self.open.remove(&key),
        };
        alarm.simulated = self.is_simulated;
        if is_news { self.recipients.alarm(alarm) } else { Ok(()) }
    }

    /// The time of the plant, as far as it is known.
    fn now(&self) -> WallTime {
        self.latest.map_or_else(WallTime::now, |(latest, _)| latest)
    }

    /// Whether nothing comes but what is late.
    fn is_late(&self) -> bool {
        self.late_in_a_row >= ENOUGH_LATE
    }

    /// Notices when nothing comes but what is late.
    fn look_at_lateness(&mut self, twin: &Twin) -> Result<(), Failure> {
        let (received, late) = (twin.counters().received, twin.counters().of(Fate::Late));
        let (received_before, late_before) = self.counted;
        let (came, came_late) = (received - received_before, late - late_before);
        self.counted = (received, late);
        self.late_in_a_row = if came_late == came { self.late_in_a_row + came } else { 0 };
        let at = self.now();
        self.raise(Alarm::of_lateness(self.is_late(), at))
    }

    fn view<'v>(&'v self, twin: &'v Twin) -> View<'v> {
        View { twin, latest: self.latest.map(|(latest, _)| latest), standings: &self.standings }
    }

    /// Shows the state with a forecast of it; where the plant is followed as it goes, once the forecast has come: nothing waits
    /// for it meanwhile.
    fn show(&mut self, twin: &Twin, is_of_the_present: bool) -> Result<(), Failure> {
        if let Some(keeper) = &mut self.keeper {
            keeper.keep(twin)?;
        }
        if self.request.futures > 0 && twin.mirror().now().is_some() {
            let now = twin.mirror().run().now();
            if is_of_the_present {
                // One that takes longer than the next state is due is waited for, with its state as it is by then.
                if self.coming.is_none() {
                    let (sender, receiver) = channel();
                    let (present, request) = (twin.present(), self.request.clone());
                    std::thread::spawn(move || {
                        drop(sender.send((present.foresee_unless(&request, &interrupt::is_asked), now)))
                    });
                    self.coming = Some(receiver);
                }
                return Ok(());
            }
            let forecast = twin.present().foresee_unless(&self.request, &interrupt::is_asked);
            self.note(forecast, now)?;
        }
        self.print(twin)
    }

    /// Notes a forecast of `now`. One that Ctrl-C has cut short is none, and the one before still stands.
    fn note(&mut self, forecast: Result<Forecast, NoForecast>, now: SimTime) -> Result<(), Failure> {
        match forecast {
            Ok(forecast) => self.forecast = Some((forecast, now)),
            Err(NoForecast::Interrupted) => {}
            Err(error) => return Err(fork::failure(&error)),
        }
        Ok(())
    }

    fn print(&mut self, twin: &Twin) -> Result<(), Failure> {
        self.reminded = Instant::now();
        let mut page = state::page(self.view(twin));
        let mut row = None;
        if let Some((forecast, made)) = &self.forecast {
            let horizon = self.request.horizon;
            page += &foreseen::page(forecast, twin.plant(), horizon, *made - SimTime::ZERO);
            row = Some(foreseen::row(forecast, twin.plant(), horizon));
        }
        let line = live::serde_json::to_string(&state::row(self.view(twin), row))
            .map_err(|error| Failure::internal(format!("a result is no JSON: {error}")))?;
        self.recipients.state(&(page + "\n"), &(line + "\n"))
    }

    /// Shows a forecast that has come.
    fn show_forecast(&mut self, twin: &Twin) -> Result<(), Failure> {
        let Some(Ok((forecast, now))) = self.coming.as_ref().map(Receiver::try_recv) else { return Ok(()) };
        self.coming = None;
        self.note(forecast, now)?;
        self.print(twin)
    }

    /// Brings the answers of the endpoint up to date now and then.
    fn refresh(&mut self, twin: &Twin) {
        let Some(endpoint) = &self.endpoint else { return };
        if self.refreshed.is_some_and(|refreshed| refreshed.elapsed() < REFRESH) {
            return;
        }
        let view = self.view(twin);
        let (health, is_well) = metrics::health(view, self.is_late());
        let forecast = self.forecast.as_ref().map(|(forecast, _)| forecast);
        endpoint.update(Answers { metrics: metrics::text(view, forecast), health, is_well });
        self.refreshed = Some(Instant::now());
    }
}

/// A journal that cannot be read or written.
pub fn journal_failure(error: &JournalError) -> Failure {
    if error.retryable {
        return Failure::input_output(&error.path.display().to_string(), &std::io::Error::other(error.message.clone()));
    }
    let help = "the same will not go well later: keep this directory, and give another one with --journal";
    Failure::invalid(format!("{}: {}", error.path.display(), error.message), help)
}

/// What ended a twin.
pub fn twin_failure(error: &TwinError) -> Failure {
    match error {
        TwinError::Journal(error) => journal_failure(error),
        TwinError::Run(error) => Failure::ended(error),
    }
}
