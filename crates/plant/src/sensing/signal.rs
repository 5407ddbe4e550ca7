//! From what is true to what a sensor shows: sampling, noise, drift, resolution, range, drop-outs, and faults.
//!
//! Written once for every kind of sensor. The order is that of a real measuring chain: the error of the sensor is
//! added to the truth, the converter rounds and cuts off, the line may lose the result, and a frozen sensor shows what
//! it showed before. Regular and injected errors draw from streams of their own, so a fault moves no other draw.

use kernel::{SimDuration, SimTime, Stream};

use crate::codes;
use crate::description::{Ratio, describe};
use crate::element::{ElementIndex, SensorFault, Streams};
use crate::floor::Floor;
use crate::plan::Planner;
use crate::report::Figures;

/// Marks readings in the digest of their sensor.
const READING: u64 = 5;
/// Seconds in an hour.
const HOUR_S: f64 = 3600.0;

describe! {
    /// When a sensor takes a reading.
    pub enum Sampling {
        /// Whenever the true value has changed, once for each instant and after everything that happens at it; and
        /// once at the start.
        OnChange,
        /// At the start and then at regular times, after everything that happens at that instant.
        Every(
            /// Time from one reading to the next.
            interval: SimDuration,
        ),
    }
}

describe! {
    /// How the true value becomes a reading. Numbers are in the unit of the sensor.
    #[derive(Default)]
    pub struct Measurement {
        /// When readings are taken; on change unless given.
        sampling: Option<Sampling> = None,
        /// Standard deviation of the readings around the truth (normally distributed).
        noise: f64 = 0.0,
        /// Error that grows with time, per hour from the start of the run.
        drift_per_hour: f64 = 0.0,
        /// Share of the readings that are lost; the sensor then shows nothing until the next one.
        drop_out: Ratio = Ratio::ZERO,
        /// Readings are rounded to multiples of this; not at all unless given.
        resolution: Option<f64> = None,
        /// Lowest and highest reading; what lies beyond is cut off.
        range: Option<(f64, f64)> = None,
        /// Unit of the readings, for people and exports; each kind of sensor has its own unless given.
        unit: Option<String> = None,
    }
}

/// A measurement resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasurementPlan {
    /// Time between readings; `None` takes them on change.
    pub(crate) interval: Option<SimDuration>,
    noise: f64,
    drift_per_s: f64,
    drop_out: f64,
    resolution: Option<f64>,
    range: Option<(f64, f64)>,
}

impl Measurement {
    /// Checks the numbers and resolves them.
    pub(crate) fn plan(&self, planner: &mut Planner<'_>) -> MeasurementPlan {
        let interval = match self.sampling {
            Some(Sampling::Every(interval)) => Some(interval),
            _ => None,
        };
        let (lowest, highest) = self.range.unwrap_or((0.0, 1.0));
        let mistakes = [
            (self.noise < 0.0, "the noise of this sensor is negative", "give `noise` 0 or more"),
            (
                interval.is_some_and(|interval| interval <= SimDuration::ZERO),
                "this sensor would take readings without end at the same time",
                "give `sampling: Every(...)` a time above 0, or use `OnChange`",
            ),
            (
                self.resolution.is_some_and(|resolution| resolution <= 0.0),
                "the resolution of this sensor is not above 0",
                "leave `resolution` out for readings that are not rounded",
            ),
            (lowest >= highest, "the range of this sensor is empty", "give `range` the lower bound first"),
        ];
        for (wrong, message, help) in mistakes {
            if wrong {
                let origin = planner.origin();
                planner.complain(&codes::CONTRADICTION, origin, message, "in this sensor", Some(help.to_owned()));
            }
        }
        MeasurementPlan {
            interval,
            noise: self.noise,
            drift_per_s: self.drift_per_hour / HOUR_S,
            drop_out: self.drop_out.value(),
            resolution: self.resolution,
            range: self.range,
        }
    }
}

/// What is wrong with a sensor at present.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Faults {
    frozen: bool,
    silent: bool,
    drift: Option<(f64, SimTime)>,
    noise: f64,
}
kernel::persist!(struct Faults { frozen, silent, drift, noise });

/// The measuring chain of one sensor while it runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    noise: Stream,
    drop_out: Stream,
    fault_noise: Stream,
    faults: Faults,
    /// The truth at the last look on change, and whether the sensor was kept silent.
    seen: Option<(f64, bool)>,
    reading: f64,
    since: SimTime,
    readings: u64,
    drop_outs: u64,
    minimum: f64,
    maximum: f64,
    /// Integral of the reading over the time in which something was shown, and that time in seconds.
    integral: f64,
    shown_s: f64,
}
kernel::persist!(struct Signal { noise, drop_out, fault_noise, faults, seen, reading, since, readings, drop_outs, minimum, maximum, integral, shown_s });

impl Signal {
    /// A sensor that has shown nothing yet. Draws from the streams "noise", "drop_out" and "fault_noise".
    #[must_use]
    pub fn new(streams: &Streams<'_>) -> Self {
        Signal {
            noise: streams.stream("noise"),
            drop_out: streams.stream("drop_out"),
            fault_noise: streams.stream("fault_noise"),
            faults: Faults::default(),
            seen: None,
            reading: f64::NAN,
            since: SimTime::ZERO,
            readings: 0,
            drop_outs: 0,
            minimum: f64::INFINITY,
            maximum: f64::NEG_INFINITY,
            integral: 0.0,
            shown_s: 0.0,
        }
    }

    /// What the sensor shows; NaN where it shows nothing.
    #[must_use]
    pub fn reading(&self) -> f64 {
        self.reading
    }

    /// Begins or ends a fault at `now`. Faults of different kinds add up until they are cleared.
    pub(crate) fn set_fault(&mut self, fault: SensorFault, now: SimTime) {
        match fault {
            SensorFault::Freeze => self.faults.frozen = true,
            SensorFault::DropOut => self.faults.silent = true,
            SensorFault::Drift { units_per_s } => self.faults.drift = Some((units_per_s, now)),
            SensorFault::Noise { standard_deviation } => self.faults.noise = standard_deviation,
            SensorFault::Clear => self.faults = Faults::default(),
        }
        // The next look counts as a change, even if the truth stands still.
        self.seen = None;
    }

    /// Takes a reading of `truth`, posts it and writes it down. While `silent` the sensor shows nothing.
    pub(crate) fn take(
        &mut self,
        plan: &MeasurementPlan,
        floor: &mut Floor<'_>,
        me: ElementIndex,
        truth: f64,
        silent: bool,
    ) {
        let reading = self.measure(plan, floor.now(), truth, silent);
        self.show(floor, me, reading);
    }

    /// As [`Signal::take`], but only if `truth` has changed since the last time, or the sensor itself has, and if the
    /// reading is another one for it.
    pub(crate) fn take_if_changed(
        &mut self,
        plan: &MeasurementPlan,
        floor: &mut Floor<'_>,
        me: ElementIndex,
        truth: f64,
        silent: bool,
    ) {
        if self.seen == Some((truth, silent)) {
            return;
        }
        self.seen = Some((truth, silent));
        let reading = self.measure(plan, floor.now(), truth, silent);
        if reading.to_bits() != self.reading.to_bits() || self.readings + self.drop_outs == 0 {
            self.show(floor, me, reading);
        }
    }

    /// The reading that the chain makes of `truth`. Draws one number for each error the sensor has, whether or not
    /// the reading is shown, so that a fault moves no later draw.
    fn measure(&mut self, plan: &MeasurementPlan, now: SimTime, truth: f64, silent: bool) -> f64 {
        let mut value = truth + plan.drift_per_s * now.as_seconds_f64();
        if plan.noise > 0.0 {
            value += plan.noise * self.noise.normal();
        }
        if self.faults.noise > 0.0 {
            value += self.faults.noise * self.fault_noise.normal();
        }
        if let Some((units_per_s, since)) = self.faults.drift {
            value += units_per_s * (now - since).as_seconds_f64();
        }
        if let Some(resolution) = plan.resolution {
            value = (value / resolution).round() * resolution;
        }
        if let Some((lowest, highest)) = plan.range {
            value = value.clamp(lowest, highest);
        }
        let lost = plan.drop_out > 0.0 && self.drop_out.uniform() < plan.drop_out;
        if lost || silent || self.faults.silent {
            f64::NAN
        } else if self.faults.frozen {
            self.reading
        } else {
            value
        }
    }

    fn show(&mut self, floor: &mut Floor<'_>, me: ElementIndex, reading: f64) {
        self.count_to(floor.now());
        self.reading = reading;
        if reading.is_nan() {
            self.drop_outs += 1;
        } else {
            self.readings += 1;
            self.minimum = self.minimum.min(reading);
            self.maximum = self.maximum.max(reading);
        }
        floor.record_sample(me, reading);
        floor.digest(me, READING, reading.to_bits());
        floor.set_reading(me, reading);
    }

    /// Counts what was shown up to `now`.
    fn count_to(&mut self, now: SimTime) {
        if !self.reading.is_nan() {
            let (integral, shown_s) = self.shown(now);
            self.integral = integral;
            self.shown_s = shown_s;
        }
        self.since = now;
    }

    fn shown(&self, now: SimTime) -> (f64, f64) {
        if self.reading.is_nan() {
            return (self.integral, self.shown_s);
        }
        let span_s = (now - self.since).as_seconds_f64();
        (self.integral + self.reading * span_s, self.shown_s + span_s)
    }

    /// The end of the warm-up: forget the past, keep what is shown.
    pub(crate) fn reset_statistics(&mut self, now: SimTime) {
        self.since = now;
        self.readings = 0;
        self.drop_outs = 0;
        self.integral = 0.0;
        self.shown_s = 0.0;
        let shows = !self.reading.is_nan();
        self.minimum = if shows { self.reading } else { f64::INFINITY };
        self.maximum = if shows { self.reading } else { f64::NEG_INFINITY };
    }

    /// Adds the figures of a sensor: how many readings, and the mean over the time in which something was shown.
    pub(crate) fn figures(&self, unit: &str, figures: &mut Figures<'_>) {
        figures.number("readings", self.readings as f64);
        figures.number("drop-outs", self.drop_outs as f64);
        if self.minimum <= self.maximum {
            figures.quantity("lowest reading", self.minimum, unit.to_owned());
            figures.quantity("highest reading", self.maximum, unit.to_owned());
        }
        let (integral, shown_s) = self.shown(figures.now());
        if shown_s > 0.0 {
            figures.quantity("mean reading", integral / shown_s, unit.to_owned());
        }
        if !self.reading.is_nan() {
            figures.quantity("last reading", self.reading, unit.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAMS: Streams<'static> = Streams { seed: 3, replication: 0, name: "probe" };

    fn plain() -> MeasurementPlan {
        MeasurementPlan { interval: None, noise: 0.0, drift_per_s: 0.0, drop_out: 0.0, resolution: None, range: None }
    }

    fn readings(plan: &MeasurementPlan, faults: &[(i64, SensorFault)], until_s: i64) -> Vec<f64> {
        let mut signal = Signal::new(&STREAMS);
        let at = |seconds: i64| SimTime::ZERO + SimDuration::from_secs(seconds);
        (0..until_s)
            .map(|second| {
                for (_, fault) in faults.iter().filter(|(at, _)| *at == second) {
                    signal.set_fault(*fault, at(second));
                }
                signal.reading = signal.measure(plan, at(second), 10.0 + second as f64, false);
                signal.reading
            })
            .collect()
    }

    /// NaN as a number that can be compared.
    fn shown(readings: &[f64]) -> Vec<f64> {
        readings.iter().map(|reading| if reading.is_nan() { -1.0 } else { *reading }).collect()
    }

    #[test]
    fn each_fault_shows_and_is_cleared() {
        use SensorFault::{Clear, Drift, DropOut, Freeze};
        let truth = [10.0, 11.0, 12.0, 13.0, 14.0, 15.0];
        for (fault, expected) in [
            (Freeze, [10.0, 11.0, 11.0, 11.0, 14.0, 15.0]),
            (DropOut, [10.0, 11.0, -1.0, -1.0, 14.0, 15.0]),
            (Drift { units_per_s: 0.5 }, [10.0, 11.0, 12.0, 13.5, 14.0, 15.0]),
        ] {
            assert_eq!(shown(&readings(&plain(), &[(2, fault), (4, Clear)], 6)), expected, "{fault:?}");
        }
        assert_eq!(readings(&plain(), &[], 6), truth);
        let noisy = readings(&plain(), &[(2, SensorFault::Noise { standard_deviation: 1.0 }), (4, Clear)], 6);
        assert_eq!((&noisy[..2], &noisy[4..]), (&truth[..2], &truth[4..]));
        assert!(noisy[2] != truth[2] && noisy[3] != truth[3]);
    }

    #[test]
    fn the_converter_rounds_and_cuts_off_after_the_errors() {
        let plan = MeasurementPlan { drift_per_s: 0.4, resolution: Some(0.5), range: Some((10.5, 14.0)), ..plain() };
        // Truth and drift together: 10.0, 11.4, 12.8, 14.2.
        assert_eq!(readings(&plan, &[], 4), [10.5, 11.5, 13.0, 14.0]);
    }

    #[test]
    fn noise_has_its_standard_deviation_and_no_fault_moves_its_draws() {
        let plan = MeasurementPlan { noise: 2.0, drop_out: 0.25, ..plain() };
        let count = 20_000;
        let clean = readings(&plan, &[], count);
        let errors: Vec<f64> = clean
            .iter()
            .enumerate()
            .filter(|(_, reading)| !reading.is_nan())
            .map(|(second, reading)| reading - (10.0 + second as f64))
            .collect();
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        let variance = errors.iter().map(|error| (error - mean) * (error - mean)).sum::<f64>() / errors.len() as f64;
        // Five standard errors: sd / sqrt(n), 2 sd^2 / sqrt(2 n), sqrt(p (1 - p) / n).
        assert!(mean.abs() < 5.0 * 2.0 / (15_000_f64).sqrt(), "{mean}");
        assert!((variance - 4.0).abs() < 5.0 * 8.0 / (30_000_f64).sqrt(), "{variance}");
        let lost = 1.0 - errors.len() as f64 / count as f64;
        assert!((lost - 0.25).abs() < 5.0 * (0.25 * 0.75 / 20_000_f64).sqrt(), "{lost}");
        let faults = [
            (100, SensorFault::Freeze),
            (200, SensorFault::DropOut),
            (300, SensorFault::Noise { standard_deviation: 9.0 }),
            (400, SensorFault::Clear),
        ];
        let disturbed = readings(&plan, &faults, count);
        assert_eq!(shown(&disturbed[400..]), shown(&clean[400..]));
        assert!(disturbed[200..400].iter().all(|reading| reading.is_nan()));
    }
}
