//! Divergence: how far the model and the plant are apart, element by element, and since when.
//!
//! What an element was seen to take for an operation is held against the law the model draws from: its place among draws of the
//! law gives a normal score, so that skewed laws are judged like normal ones. A two-sided cumulative sum
//! of the scores (Page 1954; Montgomery, Introduction to Statistical Quality Control, section 9.1, with
//! k = 1/2 and h = 5: one false alarm in some 465 operations) tells a change from chance. A single operation counts for at most
//! four standard deviations, so that no outlier alone raises the alarm, and a change that is plain does so at the second. The
//! sum left zero for the last time when the change began: that is since when, and the operations from there on say how long
//! work takes now.
//!
//! Work that has begun and does not end is noticed while it goes on: beyond all draws of the law and a quarter more it is overdue.
//!
//! What the plant did and the model could not, and the parts that had to be hastened for it, are counted besides.

mod belief;
mod reference;

use std::collections::{BTreeMap, VecDeque};

use kernel::{Distribution, Moments, SimDuration};
use plant::element::ElementIndex;
use plant::follow::{Followed, Seen};

pub use belief::Belief;
use reference::Reference;

use crate::mirror::Done;
use crate::wall_time::WallTime;

/// Differences up to so many standard deviations are taken for chance.
const SLACK: f64 = 0.5;
/// The sum at which a change is no chance any more.
const LIMIT: f64 = 5.0;
/// What one operation counts for at most.
const MOST: f64 = 4.0;
/// Standard deviations are at least this share of the mean: a constant time must not make an alarm of every rounding.
const LEAST_SPREAD: f64 = 0.02;
/// Operations from which on their spread is believed.
const ENOUGH: u64 = 10;
/// Most operations that are looked back on.
const MOST_OPERATIONS: usize = 1_000;
/// Most laws of one element that are kept at hand.
const MOST_LAWS: usize = 64;
/// Work is overdue after so many times the longest of the draws.
const OVERDUE: f64 = 1.25;
/// Most operations under way at one element that are looked after.
const MOST_UNDER_WAY: usize = 1_024;
/// Within this share of the model's mean work takes as long as modelled again.
const NEAR: f64 = 0.1;
/// Weight of the latest operation in the running mean.
const WEIGHT: f64 = 0.1;

/// A change of how long work takes at an element.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The element.
    pub element: ElementIndex,
    /// When the first operation ended that took another time.
    pub since: WallTime,
    /// When it was noticed.
    pub noticed: WallTime,
    /// Operations since.
    pub operations: u64,
    /// Their mean; where several part types are worked on, as it would be for the type of the last one.
    pub mean: SimDuration,
    /// Their standard deviation; at least that of the model, as a share of the mean, where there are few.
    pub standard_deviation: SimDuration,
    /// The mean by the model.
    pub modelled: SimDuration,
    /// Whether work takes as long as modelled again.
    pub is_back: bool,
}

impl Change {
    /// How many times as fast as modelled.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.modelled.as_seconds_f64() / self.mean.as_seconds_f64().max(1e-9)
    }
}

/// Work that goes on for longer than the model knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Overdue {
    /// The element.
    pub element: ElementIndex,
    /// When it began; later by as long as the element has been down since.
    pub since: WallTime,
    /// How long it had gone on when it was noticed.
    pub worked: SimDuration,
    /// The mean by the model.
    pub modelled: SimDuration,
}

/// One side of a cumulative sum.
#[derive(Debug, Clone, Default)]
struct Side {
    sum: f64,
    /// The operations since it left zero, the latest ones of them: when each ended, by how much it deviates, and its ratio.
    operations: VecDeque<(WallTime, f64, f64)>,
}
kernel::persist!(struct Side { sum, operations });

impl Side {
    fn add(&mut self, deviation: f64, at: WallTime, ratio: f64) -> bool {
        self.sum = (self.sum + deviation - SLACK).max(0.0);
        if self.sum == 0.0 {
            *self = Side::default();
            return false;
        }
        if self.operations.len() >= MOST_OPERATIONS {
            self.operations.pop_front();
        }
        self.operations.push_back((at, deviation, ratio));
        self.sum > LIMIT
    }

    /// When the change began, and the ratios since. A sum that was above zero by chance when it began would date it too early: once
    /// the change is known to be a large one, what deviates by less than half of it came before.
    fn since_change(&self) -> (Option<WallTime>, Moments) {
        let last = self.operations.iter().rev().take(2);
        let shift = last.clone().map(|(_, deviation, _)| deviation).sum::<f64>() / last.count().max(1) as f64;
        let slack = (shift / 2.0).max(SLACK);
        let (mut sum, mut first) = (0.0_f64, 0);
        for (place, (_, deviation, _)) in self.operations.iter().enumerate() {
            sum = (sum + deviation - slack).max(0.0);
            if sum == 0.0 {
                first = place + 1;
            }
        }
        let since: Vec<_> = self.operations.iter().skip(first.min(self.operations.len().saturating_sub(1))).collect();
        let mut ratios = Moments::default();
        since.iter().for_each(|(_, _, ratio)| ratios.add(*ratio));
        (since.first().map(|(at, _, _)| *at), ratios)
    }
}

/// What is known of one element.
#[derive(Debug, Clone, Default)]
pub struct Apart {
    /// Of the laws that were asked for, the latest first: one, or one for each part type.
    references: Vec<Reference>,
    /// When each operation began that is under way, and whether it has been called overdue; oldest first.
    under_way: VecDeque<(WallTime, bool)>,
    /// Since when the element is down.
    down_since: Option<WallTime>,
    /// What began up to then may have ended unseen: its source was not there.
    unseen_until: Option<WallTime>,
    longer: Side,
    shorter: Side,
    ratio: Option<f64>,
    belief: Belief,
    /// What operations take since a change that the model does not follow: their mean and standard deviation, as multiples of
    /// what the model says.
    found: Option<(f64, f64)>,
    /// Operations that were held against the model.
    pub operations: u64,
    /// Things seen that the model could not do.
    pub refused: u64,
    /// Parts that had to be hastened.
    pub hastened: u64,
    /// Beginnings and ends that were not seen, and must have been.
    pub made_up: u64,
    /// Changes that were noticed.
    pub changes: u64,
}
kernel::persist!(struct Apart {
    references, under_way, down_since, unseen_until, longer, shorter, ratio, belief, found, operations, refused, hastened, made_up, changes,
});

impl Apart {
    /// What is believed of how long operations take, as a multiple of what the model says.
    #[must_use]
    pub fn belief(&self) -> Belief {
        self.belief
    }

    /// Whether the element is down.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.down_since.is_some()
    }

    /// Whether work that goes on at the element has been called overdue.
    #[must_use]
    pub fn is_overdue(&self) -> bool {
        self.under_way.iter().any(|(_, is_told)| *is_told)
    }

    /// Whether operations take another time than the model says, and the model was left as it is.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.found.is_some()
    }

    /// How long operations take of late, as a multiple of what the model says; 1 where they agree.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        self.ratio
    }
}

/// All elements that something was seen at.
#[derive(Debug, Clone, Default)]
pub struct Divergence {
    elements: BTreeMap<ElementIndex, Apart>,
    /// Work that was overdue and has ended since somebody asked last.
    ended: Vec<(ElementIndex, WallTime)>,
}
kernel::persist!(struct Divergence { elements, ended });

impl Divergence {
    /// Hears what was done, and of the law by which the model says how long it takes; answers with the change that this made
    /// plain, if one has become so. Where the model is set right for it, [`Divergence::corrected`] has to hear of that.
    pub fn hear(&mut self, done: &Done, law: Option<&Distribution>) -> Option<Change> {
        let apart = self.elements.entry(done.element).or_default();
        let agreement = match done.followed {
            Followed::Refused(_) => {
                apart.refused += 1;
                return None;
            }
            Followed::Done(agreement) => agreement,
        };
        // What had to end for it was not seen to.
        let has_ended = done.seen == Seen::Finished || (done.seen == Seen::Started && agreement.made_up);
        let begun = if has_ended { apart.under_way.pop_front() } else { None };
        self.ended.extend(begun.is_some_and(|(_, is_told)| is_told).then_some((done.element, done.at)));
        let was_seen = begun.is_none_or(|(at, _)| Some(at) > apart.unseen_until);
        match done.seen {
            Seen::Started if apart.under_way.len() < MOST_UNDER_WAY => apart.under_way.push_back((done.at, false)),
            Seen::Started | Seen::Finished | Seen::Reached(_) | Seen::Holds(_) => {}
            Seen::Failed => apart.down_since = Some(done.at),
            Seen::Repaired => {
                let down = apart.down_since.take().map_or(SimDuration::ZERO, |since| done.at.since(since));
                apart.under_way.iter_mut().for_each(|(begun, _)| *begun = begun.after(down));
            }
        }
        apart.hastened += u64::from(agreement.hastened);
        apart.made_up += u64::from(agreement.made_up);
        if let Some(law) = law {
            match apart.references.iter().position(|reference| reference.law == *law) {
                Some(place) => apart.references[..=place].rotate_right(1),
                None => {
                    apart.references.insert(0, Reference::of(law));
                    apart.references.truncate(MOST_LAWS);
                }
            }
        }
        // What was not seen to begin says nothing of how long it took, nor does what may have ended while nobody looked.
        let is_unknown = agreement.made_up || !was_seen;
        let (Seen::Finished, Some(worked), Some(law), false) = (done.seen, agreement.worked, law, is_unknown) else {
            return None;
        };
        let (mean, seconds) = (law.mean() / 1e9, worked.as_seconds_f64());
        // Work that took no time at all was not seen to begin when it did.
        if !(mean > 0.0 && mean.is_finite() && seconds > 0.0) {
            return None;
        }
        apart.operations += 1;
        // Everything from here on as a multiple of what the model says: parts of several types are judged together.
        let ratio = seconds / mean;
        let spread = (law.variance().max(0.0).sqrt() / 1e9 / mean).max(LEAST_SPREAD);
        apart.belief.learn(ratio, spread);
        apart.ratio = Some(apart.ratio.map_or(ratio, |before| before + WEIGHT * (ratio - before)));
        let (centre, width) = apart.found.unwrap_or((1.0, spread));
        let standardised = ((ratio - centre) / width).clamp(-MOST, MOST);
        let reference = apart.references.first().filter(|_| apart.found.is_none());
        let score = reference.and_then(|reference| reference.score(seconds));
        let deviation = score.unwrap_or(standardised);
        let is_longer = apart.longer.add(deviation, done.at, ratio);
        let is_shorter = apart.shorter.add(-deviation, done.at, ratio);
        if !(is_longer || is_shorter) {
            return None;
        }
        let side = if is_longer { std::mem::take(&mut apart.longer) } else { std::mem::take(&mut apart.shorter) };
        (apart.longer, apart.shorter) = (Side::default(), Side::default());
        apart.changes += 1;
        let (since, ratios) = side.since_change();
        let found = ratios.mean().unwrap_or(ratio);
        // Few operations scatter less than they will: the model's own spread is not left before there are enough.
        let seen = ratios.variance().map_or(0.0, f64::sqrt);
        let scatter = if ratios.count() >= ENOUGH { seen } else { seen.max(spread * found) };
        // From now on what was found is held against what comes, or the same change would be noticed again and again.
        let is_back = apart.found.is_some() && (found - 1.0).abs() <= spread.max(NEAR);
        apart.ratio = Some(found);
        apart.found = (!is_back).then(|| (found, scatter.max(LEAST_SPREAD * found)));
        let duration = |ratio: f64| SimDuration::from_seconds_f64((ratio * mean).max(0.0)).unwrap_or(SimDuration::ZERO);
        Some(Change {
            element: done.element,
            since: since.unwrap_or(done.at),
            noticed: done.at,
            operations: ratios.count(),
            mean: duration(found),
            standard_deviation: duration(scatter),
            modelled: duration(1.0),
            is_back,
        })
    }

    /// The model was set right after `change`.
    pub fn corrected(&mut self, change: &Change) {
        let apart = self.elements.entry(change.element).or_default();
        apart.found = None;
        apart.ratio = Some(1.0);
        // What was seen of few operations is known but roughly.
        let scatter = change.standard_deviation.as_seconds_f64() / change.mean.as_seconds_f64().max(1e-9);
        apart.belief = Belief { mean: 1.0, variance: scatter.powi(2) / change.operations.max(1) as f64 };
    }

    /// Who tells of `element` was not there for a while: what began there up to `until` may have ended unseen, and other work begun.
    pub fn unseen(&mut self, element: ElementIndex, until: WallTime) {
        let apart = self.elements.entry(element).or_default();
        apart.unseen_until = apart.unseen_until.max(Some(until));
    }

    /// The work that is overdue at `now`, each once.
    pub fn overdue(&mut self, now: WallTime, out: &mut Vec<Overdue>) {
        for (element, apart) in &mut self.elements {
            // It may be a part of the type that takes longest.
            let longest = apart.references.iter().filter_map(|one| Some((*one.draws.last()?, one.law.mean() / 1e9)));
            let longest = longest.max_by(|one, other| one.0.total_cmp(&other.0));
            let (None, Some((longest, mean))) = (apart.down_since, longest) else { continue };
            let unseen = apart.unseen_until;
            for (since, is_told) in apart.under_way.iter_mut().filter(|(at, is_told)| !is_told && Some(*at) > unseen) {
                let worked = now.since(*since);
                if worked.as_seconds_f64() > OVERDUE * longest {
                    *is_told = true;
                    let modelled = SimDuration::from_seconds_f64(mean).unwrap_or(SimDuration::ZERO);
                    out.push(Overdue { element: *element, since: *since, worked, modelled });
                }
            }
        }
    }

    /// Work that was overdue and has ended since this was asked last: where, and when it ended.
    pub fn take_ended(&mut self) -> Vec<(ElementIndex, WallTime)> {
        std::mem::take(&mut self.ended)
    }

    /// What is known of each element, by index.
    pub fn elements(&self) -> impl Iterator<Item = (ElementIndex, &Apart)> {
        self.elements.iter().map(|(element, apart)| (*element, apart))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Stream, StreamKey};
    use plant::follow::Agreement;

    fn finished(second: i64, seconds: f64) -> Done {
        let agreement = Agreement { worked: SimDuration::from_seconds_f64(seconds), ..Agreement::default() };
        Done {
            at: WallTime::from_nanos(second * 1_000_000_000),
            element: ElementIndex(3),
            seen: Seen::Finished,
            followed: Followed::Done(agreement),
        }
    }

    #[test]
    fn a_plain_change_is_noticed_at_the_second_operation_and_dated_at_the_first() {
        let law = Distribution::Normal { mean: 80e9, standard_deviation: 2e9 };
        let mut divergence = Divergence::default();
        for (second, seconds) in [(80, 81.0), (160, 79.0), (240, 80.5)] {
            assert_eq!(divergence.hear(&finished(second, seconds), Some(&law)), None);
        }
        assert_eq!(divergence.hear(&finished(265, 26.0), Some(&law)), None);
        let change = divergence.hear(&finished(290, 24.0), Some(&law)).expect("a change");
        assert_eq!((change.since, change.operations), (WallTime::from_nanos(265_000_000_000), 2));
        assert_eq!((change.mean, change.modelled), (SimDuration::from_secs(25), SimDuration::from_secs(80)));
        assert!((change.speed() - 3.2).abs() < 1e-9);
    }

    #[test]
    fn chance_seldom_raises_an_alarm_and_one_outlier_never_does() {
        let law = Distribution::Normal { mean: 80e9, standard_deviation: 8e9 };
        let mut stream = Stream::new(&StreamKey { seed: 1, replication: 0, name: "chance", purpose: "durations" });
        // What is told of them: that it was chance shows soon, and is told too.
        let is_alarm = |change: Option<Change>| change.is_some_and(|change| !change.is_back);
        let mut divergence = Divergence::default();
        let alarms = (0..50_000).filter(|second| {
            let seconds = 80.0 + 8.0 * stream.normal();
            is_alarm(divergence.hear(&finished(*second, seconds), Some(&law)))
        });
        // One in 465 operations (Montgomery, table 9.3): 107 in 50,000.
        let alarms = alarms.count();
        assert!((70..150).contains(&alarms), "{alarms}");
        let mut divergence = Divergence::default();
        assert_eq!(divergence.hear(&finished(1, 4_000.0), Some(&law)), None);
        // Skewed times are no more often taken for changed ones.
        let law = Distribution::Exponential { mean: 80e9 };
        let alarms = (0..50_000).filter(|second| {
            let seconds = 80.0 * stream.exponential();
            is_alarm(divergence.hear(&finished(*second, seconds), Some(&law)))
        });
        let alarms = alarms.count();
        assert!(alarms < 200, "{alarms}");
    }

    #[test]
    fn work_that_does_not_end_is_overdue_once_and_not_while_it_is_down() {
        let law = Distribution::Normal { mean: 80e9, standard_deviation: 2e9 };
        let mut divergence = Divergence::default();
        let hear = |divergence: &mut Divergence, second: i64, seen: Seen| {
            let done = Done { seen, ..finished(second, 80.0) };
            let _ = divergence.hear(&done, Some(&law));
        };
        let overdue = |divergence: &mut Divergence, second: i64| {
            let mut out = Vec::new();
            divergence.overdue(WallTime::from_nanos(second * 1_000_000_000), &mut out);
            out
        };
        hear(&mut divergence, 0, Seen::Started);
        hear(&mut divergence, 80, Seen::Finished);
        hear(&mut divergence, 100, Seen::Started);
        assert_eq!(overdue(&mut divergence, 200), []);
        hear(&mut divergence, 160, Seen::Failed);
        assert_eq!(overdue(&mut divergence, 900), []);
        hear(&mut divergence, 1_160, Seen::Repaired);
        assert_eq!(overdue(&mut divergence, 1_180), []);
        let found = overdue(&mut divergence, 1_230);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].worked, found[0].modelled), (SimDuration::from_secs(130), SimDuration::from_secs(80)));
        assert_eq!(overdue(&mut divergence, 1_300), []);
    }

    #[test]
    fn a_belief_narrows_around_what_is_seen_and_no_outlier_moves_it_far() {
        let mut stream = Stream::new(&StreamKey { seed: 1, replication: 0, name: "belief", purpose: "ratios" });
        let mut belief = Belief::default();
        for _ in 0..60 {
            belief.learn(1.12 + 0.05 * stream.normal(), 0.05);
        }
        assert!((belief.mean - 1.12).abs() < 0.03, "{belief:?}");
        assert!((0.008..0.03).contains(&belief.variance.sqrt()), "{belief:?}");
        let before = belief.mean;
        belief.learn(40.0, 0.05);
        assert!(belief.mean - before < 0.1, "{belief:?}");
    }

    #[test]
    fn a_change_that_the_model_does_not_follow_is_told_once_and_so_is_its_end() {
        let law = Distribution::Normal { mean: 80e9, standard_deviation: 2e9 };
        let mut stream = Stream::new(&StreamKey { seed: 1, replication: 0, name: "found", purpose: "durations" });
        let mut divergence = Divergence::default();
        let mut changes = Vec::new();
        for second in 0..120 {
            let mean = if (20..80).contains(&second) { 25.0 } else { 80.0 };
            let seconds = mean + 0.5 * stream.normal();
            changes.extend(divergence.hear(&finished(second, seconds), Some(&law)));
            if second == 79 {
                let (_, apart) = divergence.elements().next().expect("an element");
                assert!((apart.ratio().expect("a ratio") - 25.0 / 80.0).abs() < 0.02, "the figure stays what it is");
            }
        }
        let told: Vec<(i64, bool)> =
            changes.iter().map(|change| (change.noticed.as_nanos() / 1_000_000_000, change.is_back)).collect();
        assert_eq!(told, [(21, false), (81, true)]);
    }

    #[test]
    fn what_may_have_ended_unseen_is_not_held_against_the_model() {
        let law = Distribution::Normal { mean: 80e9, standard_deviation: 2e9 };
        let seen = |second: i64, seen, made_up| Done {
            seen,
            followed: Followed::Done(Agreement { made_up, ..Agreement::default() }),
            ..finished(second, 0.0)
        };
        let second = |second: i64| WallTime::from_nanos(second * 1_000_000_000);
        for is_told in [true, false] {
            let mut divergence = Divergence::default();
            // It begins, nobody looks for a while, and what is seen to end is another operation; twice, so that it would be plain.
            let mut changes = 0;
            for round in [0, 10_000] {
                assert_eq!(divergence.hear(&seen(round, Seen::Started, false), Some(&law)), None);
                if is_told {
                    divergence.unseen(ElementIndex(3), second(round + 40));
                }
                let mut overdue = Vec::new();
                divergence.overdue(second(round + 700), &mut overdue);
                assert_eq!(overdue.len(), usize::from(!is_told));
                changes += u32::from(divergence.hear(&finished(round + 720, 720.0), Some(&law)).is_some());
            }
            assert_eq!(changes, u32::from(!is_told));
            divergence.take_ended();
            // An operation that begins where another one was is the only one under way, and the other one is overdue no more.
            assert_eq!(divergence.hear(&seen(20_000, Seen::Started, false), Some(&law)), None);
            divergence.overdue(second(20_700), &mut Vec::new());
            assert_eq!(divergence.hear(&seen(20_750, Seen::Started, true), Some(&law)), None);
            assert_eq!(divergence.take_ended(), [(ElementIndex(3), second(20_750))]);
            let under_way = divergence.elements().map(|(_, apart)| apart.under_way.len()).sum::<usize>();
            assert_eq!(under_way, 1);
        }
    }

    #[test]
    fn a_large_change_is_not_dated_by_what_chance_did_before() {
        let law = Distribution::Normal { mean: 80e9, standard_deviation: 2e9 };
        let mut divergence = Divergence::default();
        // A little short by chance for a while, and then a third of the time.
        let durations = [80.0, 78.0, 77.5, 78.5, 78.0, 25.5, 24.5];
        let changes: Vec<Change> = (1..)
            .zip(durations)
            .filter_map(|(number, seconds)| divergence.hear(&finished(number * 80, seconds), Some(&law)))
            .collect();
        assert_eq!(changes.len(), 1);
        assert!(changes[0].operations <= 2 && changes[0].speed() > 3.0, "{:?}", changes[0]);
        assert!(changes[0].since >= WallTime::from_nanos(480_000_000_000), "{:?}", changes[0]);
    }
}
