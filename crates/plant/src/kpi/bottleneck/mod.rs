//! The bottleneck by the active-period method, with its reason in words.
//!
//! Who never has to wait holds the others up: of all units that work on parts, the bottleneck is the one that is active
//! longest without a pause, on average (Roser, Nakano, Tanaka: A practical bottleneck detection method, WSC 2001).
//! Active is to process, to be set up, to be down or repaired; to wait for parts, for room or for people is not. A unit
//! with parallel places is active while all of them are.
//!
//! The average tells the one unit that limits the whole observation, not how the bottleneck shifts within it (Roser,
//! Nakano, Tanaka 2002): where two units are close, both are named.
//!
//! Where even that unit waits for parts while parts lie elsewhere in the plant, it is what stands between the two: a fleet, a
//! crane, a pool or cards, if any of them hardly rests.

mod advice;
mod between;
mod crowd;

use kernel::{SimDuration, TotalTime};

use crate::report::{ElementReport, Report};
use crate::state::State;

pub use self::crowd::piles_up;

use self::between::Helper;

/// Two units whose mean active periods differ by less than this factor share the bottleneck.
const CLEAR_LEAD: f64 = 1.2;
/// A unit that waits for parts or for room longer than this share of its working time is limited from outside.
const LIMITED_FROM_OUTSIDE: f64 = 0.25;
/// Waiting for people, vehicles, liquid or power counts from a smaller share on: what is to be worked on is there.
const LIMITED_BY_HELP: f64 = 0.15;
/// A unit active for less than this part of what the busiest one is limits nothing, however long its jobs are: an oven that is
/// loaded for six hours and then stands empty for four has long active periods, and yet time to spare.
const BUSY_ENOUGH: f64 = 0.8;
/// A unit is busy by far the most if no other is active for this part of its active share.
const NEAR: f64 = 0.5;
/// Two units whose active shares differ by less than this are as busy as each other.
const AS_BUSY: f64 = 0.005;
/// A bottleneck that waits for parts at least this share of its working time has time to spare.
const TIME_TO_SPARE: f64 = 0.02;
/// A bottleneck that is blocked at least this share of its working time is held back by what comes after it.
const HELD_BACK: f64 = 0.03;
/// Stops or setups that take more than this share of the active time are named as the limit.
const WORTH_NAMING: f64 = 0.15;
/// What has stood still for less than this share of the observed time has hardly shaped what is told of it.
const LONG_ENOUGH: f64 = 0.1;

/// A unit that works on parts and its active periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its name.
    pub element: String,
    /// Mean length of its active periods.
    pub active_mean: SimDuration,
    /// Active periods in the observed time.
    pub active_periods: u64,
    /// Share of its working time (the observed time but off shift) in which it was active.
    pub active_share: f64,
}

/// What keeps the bottleneck from doing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Too little comes in: the unit waits for parts.
    Arrivals,
    /// The unit waits for parts while parts wait elsewhere: people, vehicles, cards or room between them are the limit.
    Between,
    /// What it makes is not taken away: the unit is blocked.
    Outflow,
    /// The unit waits for people or tools.
    People,
    /// What the unit has finished waits for vehicles.
    Transport,
    /// The unit waits for the liquid that its work takes.
    Material,
    /// The unit is held back by the limit of the load.
    Power,
    /// The unit is down too often or too long.
    Failures,
    /// The unit is down and nobody comes to repair it.
    Repairers,
    /// The unit is changed over too often or too slowly.
    Setups,
    /// The unit warms up too often or too slowly.
    WarmingUp,
    /// The unit works all the time: its process time is the limit.
    ProcessTime,
    /// The plant, or what the unit depends on, has stood still for much of the observed time.
    Standstill,
}

impl Limit {
    /// Whether it is not the unit itself that limits it, but what comes before or after it.
    fn is_outside(self) -> bool {
        matches!(self, Limit::Arrivals | Limit::Between | Limit::Outflow)
    }
}

/// The bottleneck and why it is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Bottleneck {
    /// The unit with the longest mean active period; where it waits for what stands between it and its parts, that.
    pub unit: Candidate,
    /// The next one after it, if there is another.
    pub runner_up: Option<Candidate>,
    /// Share of its working time (the observed time but off shift) in which it waits for parts.
    pub starved: f64,
    /// Share of its working time in which it is blocked.
    pub blocked: f64,
    /// What keeps it from doing more.
    pub limit: Limit,
    /// All this in sentences, the last of which says what to do.
    pub reason: String,
}

/// The units that work on parts and are about as busy as the busiest, longest mean active period first.
#[must_use]
pub fn candidates(report: &Report) -> Vec<Candidate> {
    let mut candidates = workers(report);
    let busiest = busiest_share(&candidates);
    candidates.retain(|unit| unit.active_share >= BUSY_ENOUGH * busiest);
    candidates.sort_by(|one, other| {
        let longest = other.active_mean.cmp(&one.active_mean);
        longest
            .then_with(|| other.active_share.total_cmp(&one.active_share))
            .then_with(|| one.element.cmp(&other.element))
    });
    candidates
}

/// All units that have worked on parts. Tools limit nothing by themselves: the group does, whose periods are theirs.
fn workers(report: &Report) -> Vec<Candidate> {
    let may_limit = |element: &&ElementReport| element.works && element.group.is_none() && element.counts.arrived > 0;
    report.elements.iter().filter(may_limit).filter_map(Candidate::of).collect()
}

impl Candidate {
    /// An element that was active at all.
    fn of(element: &ElementReport) -> Option<Self> {
        let active_mean = element.active_time.mean(element.active_periods)?;
        (element.active_time > TotalTime::ZERO).then(|| Candidate {
            element: element.name.clone(),
            active_mean,
            active_periods: element.active_periods,
            active_share: quotient(element.active_time, working_time(element)),
        })
    }
}

fn busiest_share(candidates: &[Candidate]) -> f64 {
    candidates.iter().map(|unit| unit.active_share).fold(0.0, f64::max)
}

/// The bottleneck of the plant; `None` where no unit has worked.
#[must_use]
pub fn bottleneck(report: &Report) -> Option<Bottleneck> {
    let finding = Finding::of(report)?;
    let reason = finding.reason();
    let Finding { candidate: unit, runner_up, shares, limit, helpers, .. } = finding;
    let mut found = Bottleneck { unit, runner_up, starved: shares.starved, blocked: shares.blocked, limit, reason };
    if let Some(Helper { candidate, element, .. }) = helpers.into_iter().next().filter(|_| limit == Limit::Between) {
        let its = Shares::of(element);
        (found.starved, found.blocked) = (its.starved, its.blocked);
        found.runner_up = Some(std::mem::replace(&mut found.unit, candidate));
    }
    Some(found)
}

/// All that the reason is made of.
struct Finding<'r> {
    report: &'r Report,
    /// The unit with the longest mean active period.
    element: &'r ElementReport,
    candidate: Candidate,
    runner_up: Option<Candidate>,
    /// Whether no other unit has the higher active share.
    is_busiest: bool,
    /// Whether all others have a far lower one.
    is_far_ahead: bool,
    shares: Shares,
    limit: Limit,
    /// What hardly rests and works on no parts.
    helpers: Vec<Helper<'r>>,
}

impl<'r> Finding<'r> {
    fn of(report: &'r Report) -> Option<Self> {
        let mut candidates = candidates(report);
        let busiest = busiest_share(&candidates);
        let is_busiest = |unit: &Candidate| unit.active_share >= busiest - AS_BUSY;
        let element_of = |unit: &Candidate| report.elements.iter().find(|element| element.name == unit.element);
        // Who has to wait for others that much is not what others wait for as long as a busier one does not.
        let is_outside = |unit: &Candidate| element_of(unit).is_some_and(|unit| Shares::of(unit).limit().is_outside());
        let first = candidates.first()?;
        if !is_busiest(first) && is_outside(first) && !crowd::keeps_up(report) {
            let of_itself = |unit: &Candidate| is_busiest(unit) && !is_outside(unit);
            if candidates.iter().any(of_itself) {
                candidates.retain(of_itself);
            }
        }
        let mut candidates = candidates.into_iter();
        let candidate = candidates.next()?;
        let runner_up = candidates.next();
        let element = element_of(&candidate)?;
        let shares = Shares::of(element);
        let mut limit = shares.limit();
        if crowd::keeps_up(report) && shares.starved >= TIME_TO_SPARE {
            limit = Limit::Arrivals;
        } else if limit == Limit::Arrivals
            && (crowd::holds_back(report) || piles_up(report) || crowd::held_up(report).is_some())
        {
            limit = Limit::Between;
        }
        if depends_on_what_stands_still(report, element, limit) {
            limit = Limit::Standstill;
        }
        let is_busiest = is_busiest(&candidate);
        let is_near = |other: &Candidate| {
            other.element != candidate.element && other.active_share >= NEAR * candidate.active_share
        };
        let is_far_ahead = !workers(report).iter().any(is_near);
        Some(Finding {
            report,
            is_far_ahead,
            element,
            candidate,
            runner_up,
            is_busiest,
            shares,
            limit,
            helpers: between::helpers(report),
        })
    }
}

/// Whether no advice on a unit is of use as long as something stands still that it stands still with or depends on.
fn depends_on_what_stands_still(report: &Report, element: &ElementReport, limit: Limit) -> bool {
    let observed = report.until - report.since;
    let for_long = |since: kernel::SimTime| {
        let still = report.until - since;
        still > SimDuration::ZERO && still.as_seconds_f64() >= LONG_ENOUGH * observed.as_seconds_f64()
    };
    let is_it = |name: &String| *name == element.name;
    let stands_still = report.standstill.as_ref().is_some_and(|still| for_long(still.since));
    let is_jammed = report.jam.as_ref().is_some_and(|jam| for_long(jam.since) && jam.elements.iter().any(is_it));
    let is_stuck = report.stuck.iter().any(|stuck| is_it(&stuck.element));
    let others_are = !report.stuck.is_empty() && limit.is_outside() && !crowd::keeps_up(report);
    stands_still || is_jammed || is_stuck || others_are
}

/// The observed time but off shift.
fn working_time(element: &ElementReport) -> TotalTime {
    let times = element.times.iter().filter(|(state, _)| *state != State::OffShift);
    times.fold(TotalTime::ZERO, |sum, (_, time)| sum + *time)
}

fn quotient(part: TotalTime, whole: TotalTime) -> f64 {
    if whole > TotalTime::ZERO { part.as_nanos() as f64 / whole.as_nanos() as f64 } else { 0.0 }
}

/// Where the working time of a unit goes; shares of it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shares {
    processing: f64,
    setup: f64,
    down: f64,
    waiting_for_repair: f64,
    warming_up: f64,
    starved: f64,
    blocked: f64,
    people: f64,
    transport: f64,
    material: f64,
    power: f64,
}

impl Shares {
    fn of(element: &ElementReport) -> Shares {
        let time = |states: &[State]| states.iter().map(|state| element.time_in(*state).as_seconds_f64()).sum::<f64>();
        let working = working_time(element).as_seconds_f64();
        let share = |states: &[State]| if working > 0.0 { time(states) / working } else { 0.0 };
        let lacking = share(&[State::WaitingForMaterial]);
        // Both show in the same state.
        let power = match element.held_back {
            Some(held_back) if working > 0.0 => (held_back.as_seconds_f64() / working).min(lacking),
            _ => 0.0,
        };
        Shares {
            processing: share(&[State::Processing]),
            setup: share(&[State::Setup]),
            down: share(&[State::MinorStop, State::Failed, State::WaitingForRepair, State::Repair]),
            waiting_for_repair: share(&[State::WaitingForRepair]),
            warming_up: share(&[State::WarmingUp]),
            starved: share(&[State::Starved]),
            blocked: share(&[State::Blocked]),
            people: share(&[State::WaitingForOperator]),
            transport: share(&[State::WaitingForTransport]),
            material: lacking - power,
            power,
        }
    }

    /// What the unit waits for, what it is called, and from which share on it is the limit.
    fn waits(&self) -> [(f64, Limit, f64); 6] {
        [
            (self.people, Limit::People, LIMITED_BY_HELP),
            (self.transport, Limit::Transport, LIMITED_BY_HELP),
            (self.power, Limit::Power, LIMITED_BY_HELP),
            (self.material, Limit::Material, LIMITED_BY_HELP),
            (self.starved, Limit::Arrivals, LIMITED_FROM_OUTSIDE),
            (self.blocked, Limit::Outflow, LIMITED_FROM_OUTSIDE),
        ]
    }

    fn limit(&self) -> Limit {
        let active = self.processing + self.setup + self.warming_up + self.down;
        let longest = self.waits().into_iter().fold(0.0, |longest: f64, (share, ..)| longest.max(share));
        let outside = self.waits().into_iter().find(|(share, _, from)| *share >= *from && *share == longest);
        if let Some((_, limit, _)) = outside {
            limit
        } else if self.down >= WORTH_NAMING * active && self.down >= self.setup {
            if self.waiting_for_repair * 3.0 >= self.down { Limit::Repairers } else { Limit::Failures }
        } else if self.setup >= WORTH_NAMING * active {
            Limit::Setups
        } else if self.warming_up >= WORTH_NAMING * active {
            Limit::WarmingUp
        } else {
            Limit::ProcessTime
        }
    }
}
