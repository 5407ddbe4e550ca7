//! Alarms: a sensor's reading beyond a limit for long enough, and the way back.

use bevy_ecs::component::Component;
use kernel::{EventId, SimDuration, SimTime};

use crate::codes;
use crate::description::{Name, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, Streams};
use crate::floor::Floor;
use crate::plan::Planner;
use crate::report::Figures;

/// Marks alarms going on or off in the digest.
const ALARM: u64 = 6;

describe! {
    /// How much an alarm matters.
    #[derive(Copy, Eq, PartialOrd, Ord)]
    pub enum Severity {
        /// Worth knowing.
        Information,
        /// Somebody should look.
        Warning,
        /// Somebody has to act at once.
        Critical,
    }
}

describe! {
    /// Watches a sensor. The alarm goes on when the reading has been above one limit or below the other for `delay`,
    /// and off when it is back within the limits by `hysteresis`.
    ///
    /// While the sensor shows nothing, the alarm goes by what it showed last.
    pub struct Alarm {
        /// The sensor.
        sensor: Name,
        /// Readings above this set the alarm off.
        above: Option<f64> = None,
        /// Readings below this set the alarm off.
        below: Option<f64> = None,
        /// How far back within the limit a reading must be to end the alarm.
        hysteresis: f64 = 0.0,
        /// How long readings must stay beyond the limit before the alarm goes on.
        delay: SimDuration = SimDuration::ZERO,
        /// How much it matters.
        severity: Severity = Severity::Warning,
    }
}

/// An alarm resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmPlan {
    /// The sensor.
    pub sensor: ElementIndex,
    /// How much it matters.
    pub severity: Severity,
    above: Option<f64>,
    below: Option<f64>,
    hysteresis: f64,
    delay: SimDuration,
}

/// Which limit is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    Above,
    Below,
}
kernel::persist!(enum Limit { 0 => Above, 1 => Below });

#[derive(Debug, Clone, Copy, PartialEq)]
enum Status {
    Off,
    /// Beyond a limit, but not for long enough yet.
    Pending(Limit, EventId),
    On(Limit),
}
kernel::persist!(enum Status { 0 => Off, 1 => Pending(first, second), 2 => On(inner) });

/// What a run changes at an alarm.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct AlarmState {
    status: Status,
    /// The last reading that was not lost.
    value: f64,
    /// When it went on, or when counting began while it was on.
    since: SimTime,
    count: u64,
    on_total: SimDuration,
}
kernel::persist!(struct AlarmState { status, value, since, count, on_total });

impl AlarmState {
    /// Whether the alarm is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        matches!(self.status, Status::On(_))
    }

    fn time_on(&self, now: SimTime) -> SimDuration {
        if self.is_on() { self.on_total + (now - self.since) } else { self.on_total }
    }
}

impl ElementKind for Alarm {
    const NAME: &'static str = "Alarm";
    const TAKES_PARTS: bool = false;
    const EXAMPLE: &'static str =
        r#"Alarm(sensor: "thermometer", above: 90, hysteresis: 5, delay: "30 s", severity: Critical)"#;
    type Plan = AlarmPlan;
    type State = AlarmState;

    fn plan(&self, planner: &mut Planner<'_>) -> AlarmPlan {
        let crossed = matches!((self.below, self.above), (Some(below), Some(above)) if below >= above);
        let mistakes = [
            (self.above.is_none() && self.below.is_none(), "this alarm has no limit", "give `above`, `below` or both"),
            (crossed, "this alarm would always be on", "give `below` less than `above`"),
            (self.hysteresis < 0.0, "the hysteresis of this alarm is negative", "give `hysteresis` 0 or more"),
        ];
        for (wrong, message, help) in mistakes {
            if wrong {
                let origin = planner.origin();
                planner.complain(&codes::CONTRADICTION, origin, message, "in this alarm", Some(help.to_owned()));
            }
        }
        AlarmPlan {
            sensor: planner.sensor(&self.sensor),
            severity: self.severity,
            above: self.above,
            below: self.below,
            hysteresis: self.hysteresis,
            delay: self.delay,
        }
    }

    fn door(_plan: &AlarmPlan) -> Door {
        Door::Closed
    }

    fn begin(_plan: &AlarmPlan, _streams: &Streams<'_>) -> AlarmState {
        AlarmState { status: Status::Off, value: f64::NAN, since: SimTime::ZERO, count: 0, on_total: SimDuration::ZERO }
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        floor.look_on(at.me);
        floor.watch(at.me, at.plan.sensor);
    }

    fn observe(mut at: At<'_, Self>, floor: &mut Floor<'_>, watched: ElementIndex) {
        let reading = floor.reading(watched);
        if watched == at.plan.sensor && !reading.is_nan() {
            at.state.value = reading;
            judge(&mut at, floor);
        }
    }

    fn timer(mut at: At<'_, Self>, floor: &mut Floor<'_>, _timer: u32) {
        if let Status::Pending(limit, _) = at.state.status {
            go_on(&mut at, floor, limit);
        }
    }

    fn replanned(mut at: At<'_, Self>, floor: &mut Floor<'_>, before: &AlarmPlan) {
        if at.plan.sensor != before.sensor {
            floor.watch(at.me, at.plan.sensor);
            at.state.value = floor.reading(at.plan.sensor);
        }
        judge(&mut at, floor);
    }

    fn reset_statistics(at: At<'_, Self>, now: SimTime) {
        at.state.since = now;
        at.state.count = 0;
        at.state.on_total = SimDuration::ZERO;
    }

    fn figures(plan: &AlarmPlan, state: &AlarmState, figures: &mut Figures<'_>) {
        let severity = match plan.severity {
            Severity::Information => "information",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        };
        figures.word("severity", severity);
        figures.number("times on", state.count as f64);
        figures.quantity("time on", state.time_on(figures.now()).as_seconds_f64(), "s");
    }
}

/// Brings the status in line with the last reading.
fn judge(at: &mut At<'_, Alarm>, floor: &mut Floor<'_>) {
    let beyond = at.plan.limit_passed(at.state.value);
    match at.state.status {
        Status::On(limit) if at.plan.is_back(limit, at.state.value) => go_off(at, floor),
        Status::Pending(limit, timer) if beyond != Some(limit) => {
            floor.cancel(timer);
            at.state.status = Status::Off;
        }
        _ => {}
    }
    if let (Status::Off, Some(limit)) = (at.state.status, beyond) {
        if at.plan.delay > SimDuration::ZERO {
            let timer = floor.set_timer(at.me, at.plan.delay, 0);
            at.state.status = Status::Pending(limit, timer);
        } else {
            go_on(at, floor, limit);
        }
    }
}

fn go_on(at: &mut At<'_, Alarm>, floor: &mut Floor<'_>, limit: Limit) {
    at.state.status = Status::On(limit);
    at.state.since = floor.now();
    at.state.count += 1;
    floor.digest(at.me, ALARM, 1);
    floor.record_alarm(at.me, true, at.state.value);
}

fn go_off(at: &mut At<'_, Alarm>, floor: &mut Floor<'_>) {
    at.state.on_total = at.state.time_on(floor.now());
    at.state.status = Status::Off;
    floor.digest(at.me, ALARM, 0);
    floor.record_alarm(at.me, false, at.state.value);
}

impl AlarmPlan {
    fn limit_passed(&self, value: f64) -> Option<Limit> {
        if self.above.is_some_and(|above| value > above) {
            Some(Limit::Above)
        } else if self.below.is_some_and(|below| value < below) {
            Some(Limit::Below)
        } else {
            None
        }
    }

    /// Whether `value` ends an alarm that `limit` set off. A limit that is no longer there ends it too.
    fn is_back(&self, limit: Limit, value: f64) -> bool {
        match limit {
            Limit::Above => self.above.is_none_or(|above| value <= above - self.hysteresis),
            Limit::Below => self.below.is_none_or(|below| value >= below + self.hysteresis),
        }
    }
}
