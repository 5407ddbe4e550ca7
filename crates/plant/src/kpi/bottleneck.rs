//! The bottleneck by the active-period method, with its reason in words.
//!
//! Who never has to wait holds the others up: of all units that work on parts, the bottleneck is the one that is active
//! longest without a pause, on average (Roser, Nakano, Tanaka: A practical bottleneck detection method, WSC 2001).
//! Active is to process, to be set up, to be down or repaired; to wait for parts, for room or for people is not. A unit
//! with parallel places is active while all of them are.
//!
//! The average tells the one unit that limits the whole observation, not how the bottleneck shifts within it (Roser,
//! Nakano, Tanaka 2002): where two units are close, both are named.

use kernel::{SimDuration, TotalTime};

use crate::element::ElementKind;
use crate::flow::source::{IN_CIRCULATION, Source};

use crate::kpi::of_element;
use crate::report::{ElementReport, Report};
use crate::state::State;

/// Two units whose mean active periods differ by less than this factor share the bottleneck.
const CLEAR_LEAD: f64 = 1.2;
/// A unit that waits for something longer than this share of its working time is limited from outside.
const LIMITED_FROM_OUTSIDE: f64 = 0.25;
/// Waiting for people counts from a smaller share on: it is cheaper to change than a machine.
const LIMITED_BY_PEOPLE: f64 = 0.15;
/// A unit active for less than this part of what the busiest one is limits nothing, however long its jobs are: a repair
/// bench that works an hour on one part in a hundred has long active periods and much idle time.
const BUSY_ENOUGH: f64 = 0.5;
/// A bottleneck that waits for parts at least this share of its working time has time to spare.
const TIME_TO_SPARE: f64 = 0.02;
/// A source that waits for room this share of the time or longer holds back more than the plant can take.
const HOLDS_BACK: f64 = 0.5;
/// Who helps at work and is busy this share of the time or longer may be what others wait for.
const HARDLY_RESTS: f64 = 0.9;
/// Of so many parts that came in, one may be in the plant still at the end of a run that kept up.
const KEPT_UP: u64 = 20;
/// Fewer parts at the end of a run than this are no crowd, however they grew.
const CROWD: i64 = 20;
/// A plant that fills up steadily from empty holds twice its mean at the end; one that holds this many times its mean and
/// has kept more than one in [`KEPT_UP`] of what came in fills up.
const FILLS_UP: f64 = 1.3;
/// A bottleneck that is blocked at least this share of its working time is held back by what comes after it.
const HELD_BACK: f64 = 0.03;
/// Stops or setups that take more than this share of the active time are named as the limit.
const WORTH_NAMING: f64 = 0.15;

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
    /// The unit waits for parts while parts wait to come in: people, vehicles, cards or room between them are the limit.
    Between,
    /// What it makes is not taken away: the unit is blocked.
    Outflow,
    /// The unit waits for people or tools.
    People,
    /// What the unit has finished waits for vehicles.
    Transport,
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
}

/// The bottleneck and why it is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Bottleneck {
    /// The unit with the longest mean active period.
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
    let candidate = |element: &ElementReport| {
        let active_mean = element.active_time.mean(element.active_periods)?;
        // Tools limit nothing by themselves: the group does, whose periods are theirs.
        let has_worked = element.works && element.group.is_none() && element.counts.arrived > 0;
        (has_worked && element.active_time > TotalTime::ZERO).then(|| Candidate {
            element: element.name.clone(),
            active_mean,
            active_periods: element.active_periods,
            active_share: quotient(element.active_time, working_time(element)),
        })
    };
    let mut candidates: Vec<Candidate> = report.elements.iter().filter_map(candidate).collect();
    let busiest = candidates.iter().map(|unit| unit.active_share).fold(0.0, f64::max);
    candidates.retain(|unit| unit.active_share >= BUSY_ENOUGH * busiest);
    candidates.sort_by(|one, other| {
        let longest = other.active_mean.cmp(&one.active_mean);
        longest
            .then_with(|| other.active_share.total_cmp(&one.active_share))
            .then_with(|| one.element.cmp(&other.element))
    });
    candidates
}

/// The bottleneck of the plant; `None` where no unit has worked.
#[must_use]
pub fn bottleneck(report: &Report) -> Option<Bottleneck> {
    let mut candidates = candidates(report).into_iter();
    let unit = candidates.next()?;
    let runner_up = candidates.next();
    let element = report.elements.iter().find(|element| element.name == unit.element)?;
    let shares = Shares::of(element);
    let limit = if keeps_up(report) && shares.starved >= TIME_TO_SPARE { Limit::Arrivals } else { shares.limit() };
    let limit = if limit == Limit::Arrivals && holds_back(report) { Limit::Between } else { limit };
    let advice = advice(report, element, &shares, limit);
    let mut reason = format!("{} {} {advice}", headline(&unit, runner_up.as_ref()), waiting(&shares));
    if let Some(other) = &runner_up
        && shares.blocked >= HELD_BACK
        && limit != Limit::Outflow
    {
        reason += &format!(
            " Since it is blocked at times, look at what takes its parts away and at \"{}\" too.",
            other.element
        );
    }
    Some(Bottleneck { unit, runner_up, starved: shares.starved, blocked: shares.blocked, limit, reason })
}

/// Whether parts pile up in the plant: more come in than go out, by more than chance would leave behind.
#[must_use]
pub fn piles_up(report: &Report) -> bool {
    let (at_the_end, mean) = (report.work_in_progress, report.work_in_progress_mean);
    at_the_end >= CROWD && at_the_end as f64 >= FILLS_UP * mean && !is_little(report)
}

/// Whether the parts left in the plant at the end are few compared with those that came in.
fn is_little(report: &Report) -> bool {
    let born: u64 = report.part_types.iter().map(|part_type| part_type.born).sum();
    report.work_in_progress.unsigned_abs() * KEPT_UP <= born
}

/// Whether the plant takes whatever comes: nothing piles up, no source holds back or turns away parts, and none brings in
/// another part only when one has left.
fn keeps_up(report: &Report) -> bool {
    let takes_all = |source: &ElementReport| {
        !circulates(source) && source.counts.lost == 0 && source.share(State::Blocked) < HOLDS_BACK
    };
    is_little(report) && sources(report).all(takes_all)
}

/// Whether parts wait to come in, or are turned away, at every source: more of them would change nothing.
fn holds_back(report: &Report) -> bool {
    let holds_back = |source: &ElementReport| source.counts.lost > 0 || source.share(State::Blocked) >= HOLDS_BACK;
    sources(report).next().is_some() && sources(report).all(|source| !circulates(source) && holds_back(source))
}

fn sources(report: &Report) -> impl Iterator<Item = &ElementReport> {
    report.elements.iter().filter(|element| element.kind == Source::NAME)
}

/// Whether a source brings in another part when one has left.
fn circulates(source: &ElementReport) -> bool {
    source.figures.iter().any(|figure| figure.name == IN_CIRCULATION)
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
}

impl Shares {
    fn of(element: &ElementReport) -> Shares {
        let time = |states: &[State]| states.iter().map(|state| element.time_in(*state).as_seconds_f64()).sum::<f64>();
        let working = working_time(element).as_seconds_f64();
        let share = |states: &[State]| if working > 0.0 { time(states) / working } else { 0.0 };
        Shares {
            processing: share(&[State::Processing]),
            setup: share(&[State::Setup]),
            down: share(&[State::MinorStop, State::Failed, State::WaitingForRepair, State::Repair]),
            waiting_for_repair: share(&[State::WaitingForRepair]),
            warming_up: share(&[State::WarmingUp]),
            starved: share(&[State::Starved, State::WaitingForMaterial]),
            blocked: share(&[State::Blocked]),
            people: share(&[State::WaitingForOperator]),
            transport: share(&[State::WaitingForTransport]),
        }
    }

    fn limit(&self) -> Limit {
        let active = self.processing + self.setup + self.warming_up + self.down;
        let longest_wait = self.starved.max(self.blocked).max(self.people).max(self.transport);
        if self.people >= LIMITED_BY_PEOPLE && self.people == longest_wait {
            Limit::People
        } else if self.transport >= LIMITED_BY_PEOPLE && self.transport == longest_wait {
            Limit::Transport
        } else if self.starved >= LIMITED_FROM_OUTSIDE && self.starved == longest_wait {
            Limit::Arrivals
        } else if self.blocked >= LIMITED_FROM_OUTSIDE && self.blocked == longest_wait {
            Limit::Outflow
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

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 1.0 { "under 1 %".to_owned() } else { format!("{percent:.0} %") }
}

fn headline(unit: &Candidate, runner_up: Option<&Candidate>) -> String {
    let name = &unit.element;
    let length = in_words(unit.active_mean);
    let Some(other) = runner_up else {
        return format!("\"{name}\" is busy by far the most: it is active {length} at a time on average.");
    };
    let other_length = in_words(other.active_mean);
    let factor = unit.active_mean.as_nanos() as f64 / other.active_mean.as_nanos().max(1) as f64;
    if factor < CLEAR_LEAD {
        format!(
            "\"{name}\" and \"{}\" share the bottleneck: they are active {length} and {other_length} at a time on \
             average.",
            other.element
        )
    } else {
        format!(
            "\"{name}\" is the bottleneck: it is active {length} at a time on average, {factor:.1} times as long as \
             the next, \"{}\" ({other_length}).",
            other.element
        )
    }
}

fn waiting(shares: &Shares) -> String {
    let mut text = format!(
        "It waits for parts {} of its working time and is blocked {}",
        percent(shares.starved),
        percent(shares.blocked)
    );
    if shares.people > 0.0 {
        text += &format!(", and waits for people {}", percent(shares.people));
    }
    if shares.transport > 0.0 {
        text += &format!(", and waits for transport {}", percent(shares.transport));
    }
    if shares.warming_up > 0.0 {
        text += &format!(", and warms up {}", percent(shares.warming_up));
    }
    text + "."
}

/// What to do where what limits the plant is no unit that works on parts.
fn between(report: &Report) -> String {
    let value = |element: &ElementReport, key: &str| {
        of_element(element, report).into_iter().find(|kpi| kpi.definition.key == key).and_then(|kpi| kpi.value)
    };
    let helps_all_the_time = |element: &&ElementReport| {
        let is_busy = ["utilization", "crane_use"].into_iter().any(|key| value(element, key) >= Some(HARDLY_RESTS));
        let hardly_parks = value(element, "parked").is_some_and(|parked| parked <= 1.0 - HARDLY_RESTS);
        !element.works && (is_busy || hardly_parks)
    };
    let busy: Vec<String> =
        report.elements.iter().filter(helps_all_the_time).map(|element| format!("\"{}\"", element.name)).collect();
    let what = match busy.is_empty() {
        true => "the people, vehicles, cards and other parts that are waited for, and the room on the way".to_owned(),
        false => format!("{}, which hardly rests", busy.join(" and ")),
    };
    format!(
        "Even the busiest unit waits for parts, and yet parts wait to come in: neither more arrivals nor a faster machine raises \
         the throughput. Look at {what}."
    )
}

/// What limits the unit, how much could be gained, and what to do.
fn advice(report: &Report, element: &ElementReport, shares: &Shares, limit: Limit) -> String {
    // What the unit could do at most in addition if the time lost to this were spent on parts.
    let gain = |lost: f64| {
        if shares.processing > 0.0 {
            match lost / shares.processing {
                gain if gain < 1.0 => format!(" (at most {} more parts)", percent(gain)),
                gain => format!(" (at most {:.0} times as many parts)", 1.0 + gain),
            }
        } else {
            String::new()
        }
    };
    let failures = match element.counts.failures {
        1 => "One failure keeps".to_owned(),
        failures => format!("{failures} failures keep"),
    };
    match limit {
        Limit::Arrivals => {
            "Even the busiest unit waits for parts: what comes in limits the throughput. More arrivals (or more parts in \
             circulation) raise it; a faster machine does not."
                .to_owned()
        }
        Limit::Between => between(report),
        Limit::Outflow => {
            "Even the busiest unit cannot get rid of its parts: what takes them away limits the throughput. Look at where \
             they go next, and at the room in front of it."
                .to_owned()
        }
        Limit::People => format!(
            "It waits for people longer than for anything else: one more member in its pool{} helps before any machine \
             does.",
            gain(shares.people)
        ),
        Limit::Transport => format!(
            "It waits for transport longer than for anything else: one more vehicle, or vehicles that come sooner{}, help \
             before any machine does.",
            gain(shares.transport)
        ),
        Limit::Failures => format!(
            "{failures} it down {} of its working time: rarer stops or quicker repairs{} help most.",
            percent(shares.down),
            gain(shares.down)
        ),
        Limit::Repairers => format!(
            "{failures} it down {} of its working time, and for {} of that nobody comes to repair it: one \
             more repairer, or first call on one{}, helps most.",
            percent(shares.down),
            percent(shares.waiting_for_repair / shares.down),
            gain(shares.waiting_for_repair)
        ),
        Limit::Setups => format!(
            "Changeovers take {} of its working time: larger lots, a rule that avoids setups or quicker changeovers{} \
             help most.",
            percent(shares.setup),
            gain(shares.setup)
        ),
        Limit::WarmingUp => format!(
            "Warming up takes {} of its working time: a shorter warm-up, fewer breaks in which it is switched off, or none \
             of standby{} help most.",
            percent(shares.warming_up),
            gain(shares.warming_up)
        ),
        Limit::ProcessTime => format!(
            "It processes parts {} of its working time: a shorter process time or another place beside it is the first \
             thing to try.",
            percent(shares.processing)
        ),
    }
}

/// A duration to three places, for people: `12.5 s`, `3.4 min`, `2.1 h`.
fn in_words(duration: SimDuration) -> String {
    let seconds = duration.as_seconds_f64();
    match seconds {
        seconds if seconds >= 2.0 * 86_400.0 => format!("{:.1} d", seconds / 86_400.0),
        seconds if seconds >= 2.0 * 3_600.0 => format!("{:.1} h", seconds / 3_600.0),
        seconds if seconds >= 120.0 => format!("{:.1} min", seconds / 60.0),
        seconds => format!("{seconds:.1} s"),
    }
}
