//! The twin: all of it together. Observations go in; what was done, what changed and what is foreseen comes out.

use std::sync::Arc;

use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{Digest, SimDuration};
use plant::element::ElementIndex;
use plant::follow::Followed;
use plant::plant::Plant;
use plant::run::{Run, RunError};

use scenario::load::Later;

use crate::counters::{Counters, Fate};
use crate::divergence::{Belief, Change, Divergence, Overdue};
use crate::forecast::{self, Forecast, NoForecast};
use crate::journal::{Entry, Journal, JournalError};
use crate::mirror::{Done, Mirror};
use crate::order::{Admission, Order, Origin, Timed};
use crate::signals::Signals;
use crate::wall_time::WallTime;

/// Reads the scenario once more with further settings, as in `mill.process_time=Normal("42 s", "3 s")`; `None` if they
/// cannot be set.
pub type Reopen = Box<dyn Fn(&[String]) -> Option<Arc<Plant>> + Send>;

/// Why something cannot be put in order at all.
const UNDATED: &str = "dated when it cannot have been, or without a time or an address that can be read";

/// Why a parameter could not be set.
const NOT_SET: &str = "the scenario has no such parameter, or not with this value";

/// What can end a twin.
#[derive(Debug)]
pub enum TwinError {
    /// The journal cannot be written: nothing more may be applied.
    Journal(JournalError),
    /// The model cannot go on.
    Run(RunError),
}

impl std::fmt::Display for TwinError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TwinError::Journal(error) => error.fmt(formatter),
            TwinError::Run(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for TwinError {}

/// Something that whoever watches has to hear of.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// Something was seen, and this is what the model made of it.
    Done(Done),
    /// Work at an element goes on for longer than the model knows.
    Overdue(Overdue),
    /// Work that was overdue has ended.
    Ended {
        /// Where.
        element: ElementIndex,
        /// When.
        at: WallTime,
    },
    /// Work at an element takes another time than the model says. If the twin corrects itself, it does from now on.
    Changed {
        /// What changed.
        change: Change,
        /// What the model was set to.
        correction: Option<String>,
    },
}

/// A moment of a twin, from which futures can be played while the twin goes on.
#[derive(Debug, Clone)]
pub struct Present {
    plant: Arc<Plant>,
    seed: u64,
    states: Vec<Arc<[u8]>>,
    beliefs: Vec<(ElementIndex, Belief)>,
}

impl Present {
    /// The states that futures begin in, each as likely as the others.
    #[must_use]
    pub fn states(&self) -> &[Arc<[u8]>] {
        &self.states
    }

    /// What is believed of how long work takes, by element.
    #[must_use]
    pub fn beliefs(&self) -> &[(ElementIndex, Belief)] {
        &self.beliefs
    }

    /// Foresees what comes.
    ///
    /// # Errors
    /// As [`forecast::foresee`].
    pub fn foresee(&self, request: &forecast::Request) -> Result<Forecast, NoForecast> {
        self.foresee_unless(request, &|| false)
    }

    /// Foresees what comes, unless `stop` says that nobody wants to know any more.
    ///
    /// # Errors
    /// As [`forecast::foresee`].
    pub fn foresee_unless(
        &self,
        request: &forecast::Request,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Forecast, NoForecast> {
        let request = forecast::Request { beliefs: self.beliefs.clone(), ..request.clone() };
        forecast::foresee(&self.plant, &self.states, self.seed, &request, stop)
    }
}

/// A model that follows a plant.
pub struct Twin {
    /// The plant as the model has it now.
    plant: Arc<Plant>,
    seed: u64,
    journal: Option<Journal>,
    order: Order,
    mirror: Mirror,
    divergence: Divergence,
    counters: Counters,
    /// Records taken in, of those that are gone from the journal too.
    taken: u64,
    reopen: Option<Reopen>,
    corrects: bool,
    /// What was set since the beginning: after how many timed changes, the path and the value of each.
    settings: Vec<(usize, String, String)>,
    released: Vec<Timed>,
    fates: Vec<Fate>,
}

impl std::fmt::Debug for Twin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Twin({:?}, {})", self.mirror.run(), self.counters)
    }
}

impl Twin {
    /// A twin of `plant` at the beginning of its run. With `reopen` it sets parameters that the plant sets; with a journal every
    /// observation is written there first.
    ///
    /// # Errors
    /// As [`Run::new`].
    pub fn new(
        plant: Arc<Plant>,
        seed: u64,
        signals: Arc<Signals>,
        journal: Option<Journal>,
        reopen: Option<Reopen>,
    ) -> Result<Self, RunError> {
        let run = Run::new(plant.clone(), seed, 0)?;
        let sources = (0..).zip(&signals.sources).map(|(number, source)| Origin {
            clock: source.clock.clone(),
            waited_for: source.waited_for,
            lateness: signals.lateness(number),
        });
        let order = Order::new(signals.window, signals.ahead, sources);
        Ok(Twin {
            plant,
            seed,
            journal,
            order,
            mirror: Mirror::new(run, signals),
            divergence: Divergence::default(),
            counters: Counters::default(),
            taken: 0,
            reopen,
            corrects: false,
            settings: Vec::new(),
            released: Vec::new(),
            fates: Vec::new(),
        })
    }

    /// Lets the twin correct itself where work takes another time than the model says, if it has been given the means.
    #[must_use]
    pub fn correcting(self) -> Self {
        Twin { corrects: true, ..self }
    }

    /// Lets `count` forks of the model follow too, so that what nobody sees is estimated from all of them and futures begin in
    /// each. To be asked for before anything is taken in.
    ///
    /// # Errors
    /// As [`Run::new`].
    pub fn split(mut self, count: u32) -> Result<Self, RunError> {
        self.mirror.split(&self.plant, count)?;
        Ok(self)
    }

    /// Takes in what came: into the journal, in order, and, as far as its time has come, into the model.
    ///
    /// # Errors
    /// A journal that cannot be written, in which case nothing was taken in, or a model that cannot go on.
    pub fn take_in(&mut self, entry: Entry, notice: &mut dyn FnMut(Notice)) -> Result<(), TwinError> {
        // In the same pieces as a journal is read again.
        for entry in entry.pieces() {
            if self.journal.as_ref().is_some_and(Journal::is_full) {
                self.checkpoint()?;
            }
            if let Some(journal) = &mut self.journal {
                journal.append(&entry).map_err(TwinError::Journal)?;
            }
            self.take_again(entry, notice)?;
        }
        Ok(())
    }

    /// So many records of the journal are gone: those that are taken in are the ones after them.
    pub fn pass_over(&mut self, records: u64) {
        self.taken += records;
    }

    /// As [`Twin::take_in`], of what is in the journal already: how a twin comes back to where it was.
    ///
    /// # Errors
    /// A model that cannot go on.
    pub fn take_again(&mut self, entry: Entry, notice: &mut dyn FnMut(Notice)) -> Result<(), TwinError> {
        self.taken += entry.records();
        match entry {
            Entry::Observations(batch) => {
                for observation in batch {
                    self.counters.receive();
                    // What could not be made sense of at all has no address.
                    let admission = if observation.address.is_empty() {
                        Admission::Misdated
                    } else {
                        self.order.admit(observation)
                    };
                    match admission {
                        Admission::Held => {}
                        Admission::Duplicate => self.counters.end(Fate::Duplicate),
                        Admission::Late => self.counters.end(Fate::Late),
                        Admission::Misdated => {
                            let fate = self.mirror.doubt(UNDATED);
                            self.counters.end(fate);
                        }
                    }
                    // After each, so that what is late does not depend on how observations were handed on together.
                    self.order.release(&mut self.released);
                }
                self.apply(notice)
            }
            Entry::Silence(until) => {
                self.order.pass(until);
                self.order.release(&mut self.released);
                self.apply(notice)?;
                // Nothing more can be seen of what lies before, so the model goes there by itself.
                let Some(until) = self.order.let_go() else { return Ok(()) };
                self.mirror.pass(until).map_err(TwinError::Run)?;
                self.look_after(until, notice);
                Ok(())
            }
            Entry::Connection { source, is_there } => {
                self.order.connection(source, is_there);
                // Of what happened in between nothing may be known.
                if let Some(latest) = self.order.latest() {
                    self.mirror.told_by(source).for_each(|element| self.divergence.unseen(element, latest));
                }
                self.order.release(&mut self.released);
                self.apply(notice)
            }
            Entry::Dropped(count) => {
                self.counters.drop_many(count);
                Ok(())
            }
        }
    }

    /// Writes the present state into the journal, so that coming back begins there; not before everything in it was taken in.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub fn checkpoint(&mut self) -> Result<(), TwinError> {
        if self.journal.is_none() {
            return Ok(());
        }
        let (taken, state) = (self.taken, self.state());
        self.journal.as_mut().map_or(Ok(()), |journal| journal.begin_segment(taken, &state).map_err(TwinError::Journal))
    }

    /// Everything that came with what was taken in, as bytes.
    #[must_use]
    pub fn state(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.settings.write(&mut writer);
        self.taken.write(&mut writer);
        self.counters.write(&mut writer);
        self.divergence.write(&mut writer);
        self.order.keep(&mut writer);
        self.mirror.keep(&mut writer);
        writer.finish()
    }

    /// Goes on from the [`Twin::state`] of a twin of the same plant, signals, seed and options: it is as if this twin had taken in
    /// the same.
    ///
    /// # Errors
    /// A state of something else, said in words; the twin is as it was then.
    pub fn take_up(&mut self, state: &[u8]) -> Result<(), String> {
        let in_words = |unreadable: Unreadable| unreadable.to_string();
        let mut reader = Reader::new(state, self.plant.model.elements.len());
        let settings: Vec<(usize, String, String)> = Persist::read(&mut reader).map_err(in_words)?;
        let plant = match (&self.reopen, settings.is_empty()) {
            (_, true) => self.plant.clone(),
            (Some(reopen), false) => reopen(&texts(&settings)).ok_or(NOT_SET)?,
            (None, false) => return Err("parameters were set that cannot be set here".to_owned()),
        };
        let (taken, counters) = Persist::read(&mut reader).map_err(in_words)?;
        let divergence = Persist::read(&mut reader).map_err(in_words)?;
        let mut order = self.order.begun_anew();
        order.take_up(&mut reader).map_err(in_words)?;
        let mirror = self.mirror.taken_up(&plant, &mut reader)?;
        if reader.left() > 0 {
            return Err("it holds more than the state of a twin".to_owned());
        }
        (self.settings, self.plant, self.counters, self.divergence) = (settings, plant, counters, divergence);
        (self.order, self.mirror, self.taken) = (order, mirror, taken);
        Ok(())
    }

    /// Brings to the disk what the journal holds: for a moment in which nothing comes.
    ///
    /// # Errors
    /// A journal that cannot be written.
    pub fn sync(&mut self) -> Result<(), TwinError> {
        self.journal.as_mut().map_or(Ok(()), |journal| journal.sync().map_err(TwinError::Journal))
    }

    /// No more will come: everything that was held back is applied.
    ///
    /// # Errors
    /// As [`Twin::take_in`].
    pub fn finish(&mut self, notice: &mut dyn FnMut(Notice)) -> Result<(), TwinError> {
        self.order.finish(&mut self.released);
        self.apply(notice)?;
        self.sync()
    }

    /// What became of the observations.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The journal, if one is kept.
    #[must_use]
    pub fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    /// The order that observations are put in.
    #[must_use]
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// The model and what it was told.
    #[must_use]
    pub fn mirror(&self) -> &Mirror {
        &self.mirror
    }

    /// How far plant and model are apart.
    #[must_use]
    pub fn divergence(&self) -> &Divergence {
        &self.divergence
    }

    /// The plant as the model has it now.
    #[must_use]
    pub fn plant(&self) -> &Arc<Plant> {
        &self.plant
    }

    /// The digest of the model.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.mirror.run().digest()
    }

    /// What the model was set to because the plant was otherwise, as settings of the scenario.
    #[must_use]
    pub fn settings(&self) -> Vec<String> {
        texts(&self.settings)
    }

    /// The present state, to be foreseen from.
    #[must_use]
    pub fn present(&self) -> Present {
        // A model that is not to be set right foresees what it says itself.
        let beliefs = self.divergence.elements().filter(|(_, apart)| self.corrects && apart.operations > 0);
        let beliefs = beliefs.map(|(element, apart)| (element, apart.belief())).collect();
        Present { plant: self.plant.clone(), seed: self.seed, states: self.mirror.states(), beliefs }
    }

    /// Does what was released, one instant of change after another: a correction holds from the next observation on.
    fn apply(&mut self, notice: &mut dyn FnMut(Notice)) -> Result<(), TwinError> {
        let mut released = std::mem::take(&mut self.released);
        self.mirror.settle_ties(&mut released);
        let mut next = 0;
        while next < released.len() {
            // Up to the first observation that may make a change plain or sets something, all can be done in one go; where the
            // twin has no means to change, that is all of them.
            let end = if self.reopen.is_some() { self.next_change(&released, next) } else { released.len() };
            self.fates.clear();
            let mut done = Vec::new();
            let applied = self.mirror.apply(&mut released[next..end], &mut self.fates, |one| done.push(one));
            applied.map_err(TwinError::Run)?;
            for setting in self.mirror.take_settings() {
                self.mirror.pass(setting.at).map_err(TwinError::Run)?;
                if !self.set(setting.element, &setting.path, setting.value) {
                    self.mirror.refuse(NOT_SET);
                    self.fates[setting.origin] = Fate::Refused;
                }
            }
            self.fates.iter().for_each(|fate| self.counters.end(*fate));
            for one in done {
                let part_type = match one.followed {
                    Followed::Done(agreement) => agreement.part_type,
                    Followed::Refused(_) => None,
                };
                let law = self.mirror.run().process_time_of(one.element, part_type);
                let change = self.divergence.hear(&one, law);
                notice(Notice::Done(one));
                if let Some(change) = change {
                    let correction = self.correct(&change);
                    if correction.is_some() {
                        self.divergence.corrected(&change);
                    }
                    notice(Notice::Changed { change, correction });
                }
            }
            next = end;
        }
        if let Some(now) = released.last().map(|timed| timed.at) {
            self.look_after(now, notice);
        }
        self.released = released;
        self.released.clear();
        Ok(())
    }

    /// Looks for what ought to have happened by `now`.
    fn look_after(&mut self, now: WallTime, notice: &mut dyn FnMut(Notice)) {
        self.divergence.take_ended().into_iter().for_each(|(element, at)| notice(Notice::Ended { element, at }));
        let mut overdue = Vec::new();
        self.divergence.overdue(now, &mut overdue);
        overdue.into_iter().for_each(|one| notice(Notice::Overdue(one)));
    }

    /// The end of the observations from `from` on that can be applied together: those up to one that sets something, and, where
    /// the twin corrects itself, those of one instant.
    fn next_change(&self, released: &[Timed], from: usize) -> usize {
        let at = released[from].at;
        let is_next = |timed: &Timed| self.corrects && timed.at > at;
        for (index, timed) in released.iter().enumerate().skip(from) {
            if is_next(timed) {
                return index;
            }
            if self.mirror.sets(&timed.observation) {
                return index + 1;
            }
        }
        released.len()
    }

    /// Sets the process time of an element to what it was seen to be.
    fn correct(&mut self, change: &Change) -> Option<String> {
        // One law for all types would be wrong for most of them.
        if !self.corrects || self.mirror.run().process_time(change.element).is_none() {
            return None;
        }
        let (mean, scatter) = (change.mean, change.standard_deviation);
        let seconds = |duration: SimDuration| format!("\"{} ns\"", duration.as_nanos());
        // Widely scattered times are skewed: a normal law would be cut off at zero.
        let law = if scatter.as_nanos() * 3 < mean.as_nanos() {
            format!("Normal({}, {})", seconds(mean), seconds(scatter))
        } else {
            let ratio = scatter.as_seconds_f64() / mean.as_seconds_f64().max(1e-9);
            format!("LogNormal(mean: {}, cv: {ratio:.4})", seconds(mean))
        };
        let path = format!("{}.process_time", self.plant.model.name(change.element));
        let setting = format!("{path}={law}");
        self.set(change.element, &path, law).then_some(setting)
    }

    /// Sets a parameter of an element; says whether that could be done.
    fn set(&mut self, element: ElementIndex, path: &str, value: String) -> bool {
        let Some(reopen) = &self.reopen else { return false };
        // What was set before a timed change may hold no more.
        let setting = (self.mirror.run().changes_made(), path.to_owned(), value);
        if self.settings.contains(&setting) {
            return true;
        }
        let mut settings = self.settings.clone();
        settings.retain(|(_, other, _)| other != path);
        settings.push(setting);
        let Some(plant) = reopen(&texts(&settings)) else { return false };
        if self.mirror.go_over(&plant, &[element]).is_err() {
            return false;
        }
        self.settings = settings;
        self.plant = plant;
        true
    }
}

/// Settings as they are kept with a saved run.
fn texts(settings: &[(usize, String, String)]) -> Vec<String> {
    settings.iter().map(|(after, path, value)| Later::written(*after, &format!("{path}={value}"))).collect()
}
