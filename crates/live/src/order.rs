//! Order: what came twice, too late or from the future, and when the rest is applied.
//!
//! Observations are held back for a while, the *window*, in case an earlier one is still on its way; then they are let go in
//! the order of their own times. Time goes on with the observations themselves, so that a journal is put in the same order
//! whenever and however fast it is replayed; where the plant is silent, the watcher's clock moves it ([`Order::pass`]).
//!
//! A source whose connection is lost is waited for, as long as the plant allows: what it says when it is back is put in its place.
//!
//! Which of several timestamps counts is a matter of the source's [`Clock`]. What is late for a signal that is used all the same takes
//! its place at the end of what was let go, if its signal has said nothing newer.
//!
//! Ties are broken by the source, then by the order of arrival.
//!
//! Invariant: what is let go never runs backwards in time.
//! Invariant: memory is bounded: beyond [`MOST_HELD`] the earliest is let go before its window has passed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{DigestChain, SimDuration};

use crate::clock::{Clock, Timestamps};
use crate::observation::{Observation, Reading};
use crate::wall_time::WallTime;

/// Most observations that are held back.
pub const MOST_HELD: usize = 1_000_000;
/// So much of what was let go is remembered, in windows, to know what comes twice.
const REMEMBERED_WINDOWS: i64 = 20;
/// So much is remembered however old it is: as many messages as a broker may tell again after a break because nobody had
/// acknowledged them.
const LEAST_REMEMBERED: usize = 10_000;
/// No clock that is right is further off.
pub(crate) const YEAR: SimDuration = SimDuration::from_secs(366 * 24 * 3600);
/// Numbers of a source that fall by more than this have begun anew; by less, two have changed places.
const FALL: u64 = 1_000;
/// Most observations that are remembered.
const MOST_REMEMBERED: usize = 1_000_000;

/// An observation in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Timed {
    /// When it happened.
    pub at: WallTime,
    /// What.
    pub observation: Observation,
}

/// What becomes of an observation that comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is held back until its turn.
    Held,
    /// It has come before.
    Duplicate,
    /// Later ones have been let go already.
    Late,
    /// It is dated further ahead than can be, or years away from all others.
    Misdated,
}

/// What a source has numbered and not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gaps {
    /// How often a number did not follow the one before.
    pub gaps: u64,
    /// Observations that never came.
    pub missing: u64,
    last: Option<u64>,
}
kernel::persist!(struct Gaps { gaps, missing, last });

/// A source, and what is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its clock.
    pub clock: Clock,
    /// How far the others may get ahead of it while its connection is lost.
    pub waited_for: SimDuration,
    /// How late observations of some addresses may come and still be used.
    pub lateness: HashMap<Arc<str>, SimDuration>,
}

/// How much is known of what a source has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Presence {
    /// What it says comes as it happens.
    #[default]
    There,
    /// Its connection is lost.
    Away,
    /// Its connection is there again: it says what happened meanwhile.
    CatchingUp,
}
kernel::persist!(enum Presence { 0 => There, 1 => Away, 2 => CatchingUp });

#[derive(Debug)]
struct Source {
    origin: Origin,
    presence: Presence,
    latest: Option<WallTime>,
    gaps: Gaps,
    /// The latest time of what was used, of each address that may be late.
    newest: BTreeMap<Arc<str>, WallTime>,
}

type Key = (WallTime, u16, u64);

/// Observations put in order.
#[derive(Debug)]
pub struct Order {
    window: SimDuration,
    ahead: SimDuration,
    sources: Vec<Source>,
    held: BTreeMap<Key, Observation>,
    arrivals: u64,
    /// The latest time seen.
    latest: Option<WallTime>,
    /// Everything up to here has been let go.
    let_go: Option<WallTime>,
    /// The place of the last one that was let go.
    last_let_go: Option<Key>,
    remembered: BTreeSet<(WallTime, u128)>,
    /// Of those that are remembered the ones that are timed by their arrival, and when that was.
    undated: BTreeMap<u128, WallTime>,
}

impl Order {
    /// No observation yet.
    #[must_use]
    pub fn new(window: SimDuration, ahead: SimDuration, sources: impl IntoIterator<Item = Origin>) -> Self {
        let source = |origin| Source {
            origin,
            presence: Presence::There,
            latest: None,
            gaps: Gaps::default(),
            newest: BTreeMap::new(),
        };
        Order {
            window,
            ahead,
            sources: sources.into_iter().map(source).collect(),
            held: BTreeMap::new(),
            arrivals: 0,
            latest: None,
            let_go: None,
            last_let_go: None,
            remembered: BTreeSet::new(),
            undated: BTreeMap::new(),
        }
    }

    /// An order of the same sources, without an observation.
    pub(crate) fn begun_anew(&self) -> Self {
        Self::new(self.window, self.ahead, self.sources.iter().map(|source| source.origin.clone()))
    }

    /// Appends everything that came with the observations.
    pub(crate) fn keep(&self, writer: &mut Writer) {
        let Order { window: _, ahead: _, sources, held, arrivals, latest, let_go, last_let_go, remembered, undated } =
            self;
        for Source { origin: _, presence, latest, gaps, newest } in sources {
            presence.write(writer);
            latest.write(writer);
            gaps.write(writer);
            newest.write(writer);
        }
        held.write(writer);
        arrivals.write(writer);
        latest.write(writer);
        let_go.write(writer);
        last_let_go.write(writer);
        remembered.write(writer);
        undated.write(writer);
    }

    /// Goes on from what [`Order::keep`] has kept of an order of the same sources.
    ///
    /// # Errors
    /// Bytes that are something else.
    pub(crate) fn take_up(&mut self, reader: &mut Reader<'_>) -> Result<(), Unreadable> {
        for source in &mut self.sources {
            (source.presence, source.latest, source.gaps) = Persist::read(reader)?;
            source.newest = Persist::read(reader)?;
        }
        self.held = Persist::read(reader)?;
        self.arrivals = Persist::read(reader)?;
        self.latest = Persist::read(reader)?;
        self.let_go = Persist::read(reader)?;
        self.last_let_go = Persist::read(reader)?;
        self.remembered = Persist::read(reader)?;
        self.undated = Persist::read(reader)?;
        Ok(())
    }

    /// When an observation happened.
    #[must_use]
    pub fn time_of(&self, observation: &Observation) -> WallTime {
        match self.sources.get(usize::from(observation.source)) {
            Some(source) => source.origin.clock.time_of(observation),
            None => Clock::default().time_of(observation),
        }
    }

    /// When an observation happened, if it can have happened then.
    #[must_use]
    pub fn credible_time_of(&self, observation: &Observation) -> Option<WallTime> {
        let at = self.time_of(observation);
        let after_arrival = at.since(observation.stamps.arrival);
        let after_latest = self.latest.map_or(SimDuration::ZERO, |latest| at.since(latest));
        let is_credible = after_arrival <= self.ahead && after_arrival >= -YEAR && after_latest <= YEAR;
        is_credible.then_some(at)
    }

    /// Takes an observation in.
    pub fn admit(&mut self, observation: Observation) -> Admission {
        let Some(at) = self.credible_time_of(&observation) else { return Admission::Misdated };
        let after_arrival = at.since(observation.stamps.arrival);
        if let Some(source) = self.sources.get_mut(usize::from(observation.source)) {
            source.latest = source.latest.max(Some(at));
            if source.presence == Presence::CatchingUp && -after_arrival <= self.window {
                source.presence = Presence::There;
            }
        }
        let fingerprint = self.fingerprint(&observation);
        // What is timed by its arrival comes twice at two times, and is known by its number or by what it was told with.
        let is_known = match self.is_undated(&observation) {
            true => self.undated.contains_key(&fingerprint),
            false => self.remembered.contains(&(at, fingerprint)),
        };
        if is_known {
            return Admission::Duplicate;
        }
        let mut place = at;
        let in_place = (at, observation.source, self.arrivals);
        let is_passed = |let_go: &WallTime| at < *let_go || self.last_let_go.is_some_and(|last| in_place < last);
        if let Some(let_go) = self.let_go.filter(is_passed) {
            if !self.is_used_late(&observation, at, let_go) {
                return Admission::Late;
            }
            place = let_go;
        }
        if self.is_undated(&observation) {
            self.undated.insert(fingerprint, at);
        }
        self.remembered.insert((at, fingerprint));
        self.latest = self.latest.max(Some(at));
        self.held.insert((place, observation.source, self.arrivals), observation);
        self.arrivals += 1;
        Admission::Held
    }

    /// Whether an observation is timed by its arrival, and has something by which it would be known if it came again.
    fn is_undated(&self, observation: &Observation) -> bool {
        let Some(source) = self.sources.get(usize::from(observation.source)) else { return false };
        let stamps = &observation.stamps;
        let is_known = observation.sequence.is_some() || stamps.source.is_some() || stamps.server.is_some();
        is_known && source.origin.clock.told_time_of(observation).is_none()
    }

    /// Whether an observation of `at`, before everything that has been let go, is used all the same; it is the newest of its
    /// signal from then on.
    fn is_used_late(&mut self, observation: &Observation, at: WallTime, let_go: WallTime) -> bool {
        let Some(source) = self.sources.get_mut(usize::from(observation.source)) else { return false };
        let allowed = source.origin.lateness.get(&observation.address);
        let is_used = allowed.is_some_and(|allowed| let_go.since(at) <= *allowed)
            && source.newest.get(&observation.address).is_none_or(|newest| at > *newest);
        if is_used {
            source.newest.insert(observation.address.clone(), at);
        }
        is_used
    }

    /// All sources that are there have said what happened up to `until`: what happened a window before that can be let go, though
    /// nothing newer has come. Of those that are away nobody knows, and they are waited for.
    pub fn pass(&mut self, until: WallTime) {
        self.latest = self.latest.max(Some(until));
        for source in self.sources.iter_mut().filter(|source| source.presence != Presence::Away) {
            source.latest = source.latest.max(Some(until));
            source.presence = Presence::There;
        }
    }

    /// The connection to a source is lost, or there again.
    pub fn connection(&mut self, source: u16, is_there: bool) {
        let Some(source) = self.sources.get_mut(usize::from(source)) else { return };
        source.presence = match (is_there, source.presence) {
            (false, _) => Presence::Away,
            (true, Presence::Away) => Presence::CatchingUp,
            (true, presence) => presence,
        };
    }

    /// Up to when everything is known that is waited for.
    fn known(&self) -> Option<WallTime> {
        let latest = self.latest?;
        let waited_for = self.sources.iter().filter(|source| source.presence != Presence::There);
        let known = waited_for
            .filter_map(|source| source.latest.filter(|known| latest.since(*known) <= source.origin.waited_for));
        Some(known.min().map_or(latest, |known| known.min(latest)))
    }

    /// The latest time that was seen.
    #[must_use]
    pub fn latest(&self) -> Option<WallTime> {
        self.latest
    }

    /// Everything up to here has been let go; nothing before it will be.
    #[must_use]
    pub fn let_go(&self) -> Option<WallTime> {
        self.let_go
    }

    /// Lets everything go whose window has passed, in the order of time.
    pub fn release(&mut self, out: &mut Vec<Timed>) {
        let Some(known) = self.known() else { return };
        let until = known.after(-self.window);
        while let Some(entry) = self.held.first_entry() {
            let is_due = entry.key().0 <= until;
            if !is_due && self.held.len() <= MOST_HELD {
                break;
            }
            self.let_first_go(out);
        }
        if self.let_go < Some(until) && self.held.first_key_value().is_none_or(|(key, _)| key.0 > until) {
            self.let_go = Some(until);
        }
        self.forget();
    }

    /// Lets everything go: no more will come.
    pub fn finish(&mut self, out: &mut Vec<Timed>) {
        while !self.held.is_empty() {
            self.let_first_go(out);
        }
    }

    /// What is missing of each source.
    pub fn gaps(&self) -> impl Iterator<Item = &Gaps> {
        self.sources.iter().map(|source| &source.gaps)
    }

    /// What tells an observation from others of its time: the number its source gave it, or else what it says; and the time that
    /// it was told with, if that does not count.
    fn fingerprint(&self, observation: &Observation) -> u128 {
        let mut chain = DigestChain::new();
        chain.mix(u64::from(observation.source), observation.sequence.map_or(0, |sequence| sequence.wrapping_add(1)));
        chain.mix_text(&observation.address);
        match &observation.reading {
            Reading::Nothing => chain.mix(0, 0),
            Reading::Truth(truth) => chain.mix(1, u64::from(*truth)),
            Reading::Number(number) => chain.mix(2, number.to_bits()),
            Reading::Text(text) => chain.mix_text(text),
        }
        let source = self.sources.get(usize::from(observation.source));
        if source.is_some_and(|source| source.origin.clock.timestamps_of(observation) != Timestamps::Source) {
            let told = |at: Option<WallTime>| at.map_or(0, |at| at.as_nanos() as u64);
            chain.mix(told(observation.stamps.source), told(observation.stamps.server));
        }
        chain.value().bits()
    }

    fn let_first_go(&mut self, out: &mut Vec<Timed>) {
        let Some((place, observation)) = self.held.pop_first() else { return };
        let (at, source, _) = place;
        self.last_let_go = Some(place);
        if let (Some(sequence), Some(source)) = (observation.sequence, self.sources.get_mut(usize::from(source))) {
            let gaps = &mut source.gaps;
            let missing = gaps.last.and_then(|last| sequence.checked_sub(last.saturating_add(1))).unwrap_or(0);
            if missing > 0 {
                gaps.gaps += 1;
                gaps.missing = gaps.missing.saturating_add(missing);
            }
            // A number that falls far, or to nothing, has begun anew.
            let has_begun_anew = gaps.last.is_some_and(|last| last.saturating_sub(sequence) > FALL || sequence == 0);
            gaps.last =
                Some(if has_begun_anew { sequence } else { gaps.last.map_or(sequence, |last| last.max(sequence)) });
        }
        if let Some(of) = self.sources.get_mut(usize::from(source))
            && of.origin.lateness.contains_key(&observation.address)
        {
            let own = of.origin.clock.time_of(&observation);
            let newest = of.newest.entry(observation.address.clone()).or_insert(own);
            *newest = own.max(*newest);
        }
        self.let_go = self.let_go.max(Some(at));
        out.push(Timed { at, observation });
    }

    fn forget(&mut self) {
        let Some(let_go) = self.let_go else { return };
        let window = self.window.as_nanos().max(1_000_000_000);
        let until = let_go.after(SimDuration::from_nanos(window.saturating_mul(-REMEMBERED_WINDOWS)));
        while let Some((at, _)) = self.remembered.first() {
            let many = self.remembered.len();
            if many <= LEAST_REMEMBERED || (*at > until && many <= MOST_REMEMBERED) {
                break;
            }
            let Some((at, fingerprint)) = self.remembered.pop_first() else { break };
            if self.undated.get(&fingerprint) == Some(&at) {
                self.undated.remove(&fingerprint);
            }
        }
    }
}

#[cfg(test)]
mod tests;
