//! What vehicles and cranes do with their time, finer than the states of a unit tell, and what is told of that at the end.

use kernel::{SimDuration, SimTime, TotalTime};

use crate::report::{Figure, ratio};
use crate::state::State;

/// What a vehicle or a crane does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Activity {
    /// It has nothing to do.
    #[default]
    Parked,
    DrivingEmpty,
    DrivingLoaded,
    /// It loads or unloads.
    Handling,
    WaitingForWay,
    Charging,
    Failed,
}
kernel::persist!(enum Activity { 0 => Parked, 1 => DrivingEmpty, 2 => DrivingLoaded, 3 => Handling, 4 => WaitingForWay, 5 => Charging, 6 => Failed });

/// Number of activities.
const COUNT: usize = 7;

impl Activity {
    /// All of them, with what figures call the share of time spent in each.
    pub(super) const ALL: [(Activity, &'static str); COUNT] = [
        (Activity::DrivingLoaded, "driving loaded"),
        (Activity::DrivingEmpty, "driving empty"),
        (Activity::Handling, "loading and unloading"),
        (Activity::WaitingForWay, "waiting for the way"),
        (Activity::Charging, "charging"),
        (Activity::Parked, "parked"),
        (Activity::Failed, "standing failed"),
    ];

    /// What a unit does that does this. Of failures the unit knows itself.
    pub(super) fn operation(self) -> State {
        match self {
            Activity::DrivingEmpty | Activity::DrivingLoaded | Activity::Handling => State::Processing,
            Activity::WaitingForWay => State::Blocked,
            // Scheduled downtime, as SEMI E10 counts the change of what a unit consumes.
            Activity::Charging => State::PlannedMaintenance,
            Activity::Parked | Activity::Failed => State::Starved,
        }
    }
}

/// Adds up the time spent in each [`Activity`].
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct ActivityClock {
    pub present: Activity,
    since: SimTime,
    times: [SimDuration; COUNT],
}
kernel::persist!(struct ActivityClock { present, since, times });

impl ActivityClock {
    /// It does something else from now on.
    #[inline]
    pub(super) fn set(&mut self, now: SimTime, activity: Activity) {
        self.times[self.present as usize] += now - self.since;
        (self.present, self.since) = (activity, now);
    }

    /// Time spent in an activity since the end of the warm-up.
    pub(super) fn time_in(&self, activity: Activity, now: SimTime) -> SimDuration {
        let past = self.times[activity as usize];
        if activity == self.present { past + (now - self.since) } else { past }
    }

    /// The end of the warm-up.
    pub(super) fn reset(&mut self, now: SimTime) {
        *self = ActivityClock { present: self.present, since: now, ..ActivityClock::default() };
    }
}

/// What several vehicles or cranes did together.
#[derive(Default)]
pub(super) struct Sums {
    times: [TotalTime; COUNT],
    driven_m: f64,
    carried: u64,
}

impl Sums {
    /// Adds what one of them did: its times, its way in nanometres and the parts that it carried.
    pub(super) fn plus(mut self, clock: &ActivityClock, driven_nm: i128, carried: u64, now: SimTime) -> Sums {
        for (sum, (activity, _)) in self.times.iter_mut().zip(Activity::ALL) {
            *sum += clock.time_in(activity, now).into();
        }
        self.driven_m += driven_nm as f64 / 1e9;
        self.carried += carried;
        self
    }

    pub(super) fn figures(&self) -> Vec<Figure> {
        let all: f64 = self.times.iter().map(|time| time.as_seconds_f64()).sum();
        let mut figures = vec![
            Figure { name: "parts carried", value: self.carried as f64, unit: "".into() },
            Figure { name: "distance", value: self.driven_m, unit: "m".into() },
        ];
        for (time, (_, name)) in self.times.iter().zip(Activity::ALL) {
            figures.push(Figure { name, value: ratio(time.as_seconds_f64(), all), unit: "".into() });
        }
        figures
    }
}
