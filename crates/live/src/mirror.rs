//! The mirror: what the plant was seen to do is done in the model, at the same time on its clock.
//!
//! Where the plant says something it is right; where it is silent the model fills in. An element is *told* what its signals
//! show ([`plant::follow`]): it does not begin, end or fail by itself what the plant would have said.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kernel::SimTime;
use kernel::persist::{Persist, Reader, Unreadable, Writer};
use plant::element::ElementIndex;
use plant::follow::{Agreement, Followed, Seen, Sighting, Told};
use plant::plant::Plant;
use plant::run::{Run, RunError};

use crate::counters::Fate;
use crate::observation::{Observation, Quality, Reading};
use crate::order::Timed;
use crate::particles::{self, Particles};
use crate::signals::{Doing, Shows, Signal, Signals};
use crate::wall_time::WallTime;

/// Most parts that one jump of a count is believed.
const MOST_AT_ONCE: f64 = 1_000.0;

/// Most parts that an element is believed to hold.
const MOST_HELD: f64 = 100_000.0;

/// Most addresses without a signal that are remembered: enough to see what is missing.
pub const MOST_UNKNOWN: usize = 20;

/// What was seen and what the model made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// When, outside.
    pub at: WallTime,
    /// Where.
    pub element: ElementIndex,
    /// What.
    pub seen: Seen,
    /// What came of it.
    pub followed: Followed,
}

/// What a signal has said last.
#[derive(Debug, Clone, PartialEq)]
pub struct Last {
    /// When it happened.
    pub at: WallTime,
    /// What.
    pub reading: Reading,
    /// How good it was.
    pub quality: Quality,
    /// Observations of the signal so far.
    pub count: u64,
}
kernel::persist!(struct Last { at, reading, quality, count });

/// Why something was not done, and how often.
pub type Reasons = BTreeMap<Cow<'static, str>, u64>;

/// A run and what it has been told.
#[derive(Debug)]
pub struct Mirror {
    run: Run,
    /// Forks that follow too, for what nobody sees.
    particles: Option<Particles>,
    signals: Arc<Signals>,
    start: Option<WallTime>,
    last: Vec<Option<Last>>,
    /// What each element was seen to do last, for signals that say what it does and not what happens.
    doing: BTreeMap<ElementIndex, Doing>,
    /// The part that each name of the plant stands for in the model, by its serial number.
    names: BTreeMap<Arc<str>, u64>,
    sightings: Vec<Sighting>,
    /// For each sighting, which of the observations it came from.
    origins: Vec<usize>,
    refused: Reasons,
    doubts: Reasons,
    /// Addresses that no signal has, the first few of them, and how often each came.
    unknown: BTreeMap<Arc<str>, u64>,
    /// Whether what is followed is no plant, but plays one: its source is known to, or what was applied said so.
    is_simulated: bool,
    /// Whether there are signals that set parameters.
    is_set: bool,
    /// Parameters that the plant has set and that are not set here yet.
    settings: Vec<Setting>,
}

/// A parameter that the plant has set.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// When, outside.
    pub at: WallTime,
    /// The element that it is of.
    pub element: ElementIndex,
    /// Its path.
    pub path: Arc<str>,
    /// Its value, as it would be written in a scenario.
    pub value: String,
    /// Which of the released observations says so.
    pub origin: usize,
}

/// Most names of parts that are remembered.
const MOST_NAMES: usize = 1_000_000;

impl Mirror {
    /// `run`, at its beginning, follows what `signals` show.
    #[must_use]
    pub fn new(mut run: Run, signals: Arc<Signals>) -> Self {
        let mut told: HashMap<ElementIndex, Told> = HashMap::new();
        for signal in &signals.signals {
            let Some(element) = signal.shows.element() else { continue };
            let told = told.entry(element).or_default();
            match &signal.shows {
                Shows::Nothing | Shows::Sets(..) | Shows::Passed(..) | Shows::Level(_) => {}
                Shows::Started(_) => told.starts = true,
                Shows::Finished(_) | Shows::Count(_) => told.finishes = true,
                Shows::Down(_) => told.failures = true,
                Shows::State(_, words) => {
                    told.starts |= words.values().any(|doing| *doing == Doing::Working);
                    told.finishes |= told.starts;
                    told.failures |= words.values().any(|doing| *doing == Doing::Down);
                }
            }
        }
        let mut elements: Vec<ElementIndex> = told.keys().copied().collect();
        elements.sort();
        elements.iter().for_each(|element| run.tell(*element, told[element]));
        let last = vec![None; signals.signals.len()];
        let is_set = signals.signals.iter().any(|signal| matches!(signal.shows, Shows::Sets(..)));
        Mirror {
            run,
            particles: None,
            start: signals.start,
            is_simulated: signals.are_simulated(),
            signals,
            last,
            doing: BTreeMap::new(),
            names: BTreeMap::new(),
            sightings: Vec::new(),
            origins: Vec::new(),
            refused: Reasons::new(),
            doubts: Reasons::new(),
            unknown: BTreeMap::new(),
            is_set,
            settings: Vec::new(),
        }
    }

    /// Appends everything that came with the observations.
    pub(crate) fn keep(&self, writer: &mut Writer) {
        let Mirror { run, particles, start, last, doing, names, refused, doubts, unknown, is_simulated, .. } = self;
        run.snapshot().to_bytes().write(writer);
        if let Some(particles) = particles {
            particles.keep(writer);
        }
        start.write(writer);
        last.write(writer);
        doing.write(writer);
        names.write(writer);
        refused.write(writer);
        doubts.write(writer);
        unknown.write(writer);
        is_simulated.write(writer);
    }

    /// A mirror of the same signals that goes on from what [`Mirror::keep`] has kept, in a model of `plant`.
    ///
    /// # Errors
    /// Bytes that are something else, said in words.
    pub(crate) fn taken_up(&self, plant: &Arc<Plant>, reader: &mut Reader<'_>) -> Result<Self, String> {
        let in_words = |unreadable: Unreadable| unreadable.to_string();
        let state: Vec<u8> = Persist::read(reader).map_err(in_words)?;
        let run = particles::taken_up(plant, self.run.seed(), &state)?;
        let particles = self.particles.as_ref().map(|particles| particles.taken_up(plant, reader)).transpose()?;
        let (start, last, doing): (_, Vec<_>, _) = Persist::read(reader).map_err(in_words)?;
        let (names, refused, doubts) = Persist::read(reader).map_err(in_words)?;
        let (unknown, is_simulated) = Persist::read(reader).map_err(in_words)?;
        if last.len() != self.signals.signals.len() {
            return Err(format!("it has {} signals, and there are {}", last.len(), self.signals.signals.len()));
        }
        Ok(Mirror {
            run,
            particles,
            signals: self.signals.clone(),
            start,
            last,
            doing,
            names,
            sightings: Vec::new(),
            origins: Vec::new(),
            refused,
            doubts,
            unknown,
            is_simulated,
            is_set: self.is_set,
            settings: Vec::new(),
        })
    }

    /// The model.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Lets `count` forks of the model, a run of `plant`, follow from now on.
    ///
    /// # Errors
    /// As [`Run::new`].
    pub fn split(&mut self, plant: &Arc<Plant>, count: u32) -> Result<(), RunError> {
        self.particles = Some(Particles::new(&self.run, plant, count)?);
        Ok(())
    }

    /// Whether what is followed is no plant but plays one.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.is_simulated
    }

    /// Whether any signal tells where the parts of an element are.
    #[must_use]
    pub fn is_told(&self, element: ElementIndex) -> bool {
        let of_parts = |shows: &Shows| !matches!(shows, Shows::Nothing | Shows::Down(_) | Shows::Sets(..));
        let shows = self.signals.signals.iter().map(|signal| &signal.shows);
        shows.filter(|shows| of_parts(shows)).any(|shows| shows.element() == Some(element))
    }

    /// The elements that a source tells of.
    pub(crate) fn told_by(&self, source: u16) -> impl Iterator<Item = ElementIndex> {
        let signals = self.signals.signals.iter().filter(move |signal| signal.source == source);
        signals.filter_map(|signal| signal.shows.element())
    }

    /// The forks that follow too.
    #[must_use]
    pub fn particles(&self) -> Option<&Particles> {
        self.particles.as_ref()
    }

    /// The states that futures go on from: those of the forks, or the one of the model.
    pub fn states(&self) -> Vec<Arc<[u8]>> {
        match &self.particles {
            Some(particles) => particles.states(),
            None => vec![self.run.snapshot().to_bytes().into()],
        }
    }

    /// The model goes over to `plant`, in which `elements` are otherwise.
    ///
    /// # Errors
    /// What cannot change during a run; then nothing has changed.
    pub fn go_over(&mut self, plant: &Arc<Plant>, elements: &[ElementIndex]) -> Result<(), String> {
        self.run.go_over(plant, elements)?;
        self.particles.as_mut().map_or(Ok(()), |particles| particles.go_over(plant, elements))
    }

    /// When the run began, outside; not known before the first observation unless the signals say so.
    #[must_use]
    pub fn start(&self) -> Option<WallTime> {
        self.start
    }

    /// The time outside that the model has come to.
    #[must_use]
    pub fn now(&self) -> Option<WallTime> {
        Some(self.start?.after(self.run.now() - SimTime::ZERO))
    }

    /// A moment outside on the clock of the run.
    #[must_use]
    pub fn on_the_clock(&self, at: WallTime) -> Option<SimTime> {
        Some(SimTime::ZERO.saturating_add(at.since(self.start?)))
    }

    /// What each signal has said last, in their order.
    #[must_use]
    pub fn last(&self) -> &[Option<Last>] {
        &self.last
    }

    /// The serial number in the model of the part that the plant calls `name`.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<u64> {
        self.names.get(name).copied()
    }

    /// Why the model could not do what was seen, and how often.
    #[must_use]
    pub fn refusals(&self) -> &Reasons {
        &self.refused
    }

    /// Puts what happened at one instant in the order in which it can have happened, where its source tells it in none: work ends
    /// before other work begins in its place, and parts come in before work on them begins.
    pub fn settle_ties(&self, released: &mut [Timed]) {
        let mut rest = released;
        while let Some(first) = rest.first() {
            let at = first.at;
            let end = rest.iter().position(|timed| timed.at != at).unwrap_or(rest.len());
            let (ties, later) = rest.split_at_mut(end);
            let is_unordered = |timed: &Timed| {
                let source = self.signals.sources.get(usize::from(timed.observation.source));
                source.is_some_and(|source| source.is_unordered)
            };
            if ties.len() > 1 && ties.iter().any(is_unordered) {
                ties.sort_by_key(|timed| self.rank(&timed.observation));
            }
            rest = later;
        }
    }

    /// The place of what an observation shows among what happens at the same instant.
    fn rank(&self, observation: &Observation) -> u8 {
        let Some((_, signal)) = self.signals.find(observation.source, &observation.address) else { return 0 };
        match &signal.shows {
            Shows::Nothing | Shows::Sets(..) => 0,
            Shows::Down(_) => 1,
            Shows::Finished(_) | Shows::Count(_) => 2,
            Shows::Passed(..) => 3,
            Shows::Started(element) if self.run.plant().brings_parts(*element) => 3,
            Shows::Started(_) | Shows::State(..) => 4,
            Shows::Level(_) => 5,
        }
    }

    /// Does what `released` observations show, which are in the order of time and become of the types of their signals. `fates`
    /// gets what became of each, in their order; `done` hears of everything that was done or refused.
    ///
    /// # Errors
    /// A model that cannot go on.
    pub fn apply(
        &mut self,
        released: &mut [Timed],
        fates: &mut Vec<Fate>,
        mut done: impl FnMut(Done),
    ) -> Result<(), RunError> {
        self.sightings.clear();
        self.origins.clear();
        let first = fates.len();
        for (index, timed) in released.iter_mut().enumerate() {
            fates.push(self.look_at(index, timed));
        }
        let (sightings, origins) = (std::mem::take(&mut self.sightings), std::mem::take(&mut self.origins));
        let start = self.start.unwrap_or(WallTime::from_nanos(0));
        let (names, refused) = (&mut self.names, &mut self.refused);
        self.run.follow(&sightings, &mut |place, followed| {
            let sighting = sightings[place];
            let origin = origins[place];
            match followed {
                Followed::Done(Agreement { part: Some(part), .. }) if sighting.seen == Seen::Started => {
                    if let Reading::Text(name) = &released[origin].observation.reading
                        && (names.len() < MOST_NAMES || names.contains_key(name))
                    {
                        names.insert(name.clone(), part);
                    }
                }
                Followed::Done(_) => {}
                Followed::Refused(refusal) => {
                    fates[first + origin] = Fate::Refused;
                    *refused.entry(Cow::Borrowed(refusal.text())).or_default() += 1;
                }
            }
            let at = start.after(sighting.at - SimTime::ZERO);
            done(Done { at, element: sighting.element, seen: sighting.seen, followed });
        })?;
        let followed = self.particles.as_mut().map_or(Ok(()), |particles| particles.follow(&sightings));
        self.sightings = sightings;
        self.origins = origins;
        followed
    }

    /// Whether an observation sets a parameter.
    #[must_use]
    pub fn sets(&self, observation: &Observation) -> bool {
        let found = || self.signals.find(observation.source, &observation.address);
        self.is_set && found().is_some_and(|(_, signal)| matches!(signal.shows, Shows::Sets(..)))
    }

    /// The parameters that were seen to be set since this was asked last.
    pub fn take_settings(&mut self) -> Vec<Setting> {
        std::mem::take(&mut self.settings)
    }

    /// Counts an observation that makes no sense, and why.
    pub fn doubt(&mut self, why: &'static str) -> Fate {
        *self.doubts.entry(Cow::Borrowed(why)).or_default() += 1;
        Fate::Invalid
    }

    /// Why observations made no sense, and how often.
    #[must_use]
    pub fn doubts(&self) -> &Reasons {
        &self.doubts
    }

    /// Addresses that no signal has, the first few of them, and how often each came.
    #[must_use]
    pub fn unknown(&self) -> &BTreeMap<Arc<str>, u64> {
        &self.unknown
    }

    /// Counts something that the model could not do.
    pub fn refuse(&mut self, why: &'static str) {
        *self.refused.entry(Cow::Borrowed(why)).or_default() += 1;
    }

    /// Lets the model come to `at` where the plant has said nothing.
    ///
    /// # Errors
    /// A model that cannot go on.
    pub fn pass(&mut self, at: WallTime) -> Result<(), RunError> {
        match self.on_the_clock(at) {
            Some(at) if at > self.run.now() => {
                self.run.play_to(at)?;
                self.particles.as_mut().map_or(Ok(()), |particles| particles.pass(at))
            }
            _ => Ok(()),
        }
    }

    /// Notes what an observation says, and what is to be done for it.
    fn look_at(&mut self, index: usize, timed: &mut Timed) -> Fate {
        let Observation { source, address, reading, quality, is_simulated, is_standing, .. } = &mut timed.observation;
        let signals = self.signals.clone();
        let Some((number, signal)) = signals.find(*source, address) else {
            if self.unknown.len() < MOST_UNKNOWN || self.unknown.contains_key(address) {
                *self.unknown.entry(address.clone()).or_default() += 1;
            }
            return self.doubt("no signal has this address");
        };
        if *quality > signal.quality {
            return self.doubt("of worse quality than its signal takes");
        }
        if !signal.value_type.convert(reading) {
            return self.doubt("of another type than its signal");
        }
        if !is_sound(signal, reading) {
            return self.doubt("no value that its signal can have");
        }
        self.is_simulated |= *is_simulated;
        let start = *self.start.get_or_insert(timed.at);
        let before = self.last[number as usize].take();
        let count = before.as_ref().map_or(0, |last| last.count) + 1;
        self.last[number as usize] = Some(Last { at: timed.at, reading: reading.clone(), quality: *quality, count });
        let at = SimTime::ZERO.saturating_add(timed.at.since(start)).max(SimTime::ZERO);
        let mut see = |element: ElementIndex, seen: Seen| {
            self.sightings.push(Sighting { at, element, seen });
            self.origins.push(index);
        };
        // What stood there when we came has happened before, whoever counts it.
        let is_event = reading.is_event() && !*is_standing;
        match &signal.shows {
            Shows::Nothing => {}
            Shows::Passed(conveyor, position) => {
                if is_event {
                    see(*conveyor, Seen::Reached(*position));
                }
            }
            Shows::Level(element) => {
                let count = reading.number().map_or(0.0, |number| number * signal.scale);
                see(*element, Seen::Holds(count.round() as u32));
            }
            Shows::Sets(element, path) => {
                let Some(number) = reading.number() else { return Fate::Invalid };
                let value = format!("{} {}", number * signal.scale, signal.unit);
                let (element, path, value) = (*element, path.clone(), value.trim_end().to_owned());
                self.settings.push(Setting { at: timed.at, element, path, value, origin: index });
            }
            Shows::Started(element) if is_event => see(*element, Seen::Started),
            Shows::Finished(element) if is_event => see(*element, Seen::Finished),
            Shows::Started(_) | Shows::Finished(_) => {}
            Shows::Down(element) => {
                let is_down = reading.number() != Some(0.0);
                see(*element, if is_down { Seen::Failed } else { Seen::Repaired });
            }
            Shows::Count(element) => {
                // Whole parts of either count: what is left of one step belongs to the next.
                let count = |reading: &Reading| reading.number().map(|number| (number * signal.scale).floor());
                let (now, before) = (count(reading), before.and_then(|last| count(&last.reading)));
                if let (Some(now), Some(before)) = (now, before) {
                    // A count that falls has begun anew.
                    let more = if now >= before { now - before } else { now };
                    if more > MOST_AT_ONCE {
                        return self.doubt("a count that jumps by more than 1,000 parts at once");
                    }
                    (0..more as u64).for_each(|_| see(*element, Seen::Finished));
                }
            }
            Shows::State(element, words) => {
                let Some(doing) = words.get(&reading.text()) else { return Fate::Applied };
                let before = self.doing.insert(*element, doing.clone()).unwrap_or(Doing::Waiting);
                match (before, doing) {
                    (Doing::Waiting, Doing::Working) => see(*element, Seen::Started),
                    (Doing::Working, Doing::Waiting) => see(*element, Seen::Finished),
                    (Doing::Down, Doing::Waiting | Doing::Working) => see(*element, Seen::Repaired),
                    (Doing::Waiting | Doing::Working, Doing::Down) => see(*element, Seen::Failed),
                    _ => {}
                }
            }
        }
        Fate::Applied
    }
}

/// Whether a reading can be what the signal shows.
fn is_sound(signal: &Signal, reading: &Reading) -> bool {
    match (&signal.shows, reading) {
        (_, Reading::Number(number)) if !number.is_finite() => false,
        (Shows::Sets(..), reading) => reading.number().is_some_and(|number| (number * signal.scale).is_finite()),
        (Shows::Down(_), reading) => reading.number().is_some(),
        (Shows::Level(_), reading) => {
            reading.number().is_some_and(|number| (0.0..MOST_HELD).contains(&(number * signal.scale)))
        }
        (Shows::Passed(..), reading) => matches!(reading, Reading::Nothing | Reading::Truth(_) | Reading::Number(_)),
        (Shows::Count(_), reading) => {
            reading.number().is_some_and(|number| (0.0..1e15).contains(&(number * signal.scale)))
        }
        (Shows::State(..), Reading::Nothing) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests;
