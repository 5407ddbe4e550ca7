//! What sensors show, exactly, and that nothing depends on it.

use std::sync::Arc;

use kernel::SimDuration;
use plant::element::{Command, SensorFault};
use plant::run::Run;

use crate::play::{complaints, plan, play, play_changed, play_with};

/// Parts at 0, 4 and 5 s through a buffer into a station of 10 s, with a sensor.
fn watched(sensor: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "40 s"),
        elements: {{
            "source": Source(arrivals: Table([(time: "0 s"), (time: "4 s"), (time: "5 s")]), next: "buffer"),
            "buffer": Buffer(capacity: 10, next: "mill"),
            "mill": Station(process_time: "10 s", energy: (processing: "5 kW", idle: "500 W"), next: "out"),
            "out": Sink(),
            "sensor": {sensor},
        }},
    )"#
    )
}

#[test]
fn on_change_a_sensor_shows_each_value_once_when_it_is_settled() {
    for (sensor, expected) in [
        // The part that comes at 0 s goes through the buffer in no time, which nobody sees.
        (r#"LevelSensor(of: "buffer")"#, vec![(0.0, 0.0), (4.0, 1.0), (5.0, 2.0), (10.0, 1.0), (20.0, 0.0)]),
        (r#"LevelSensor(of: "mill")"#, vec![(0.0, 1.0), (30.0, 0.0)]),
        (r#"Counter(of: "mill")"#, vec![(0.0, 0.0), (10.0, 1.0), (20.0, 2.0), (30.0, 3.0)]),
        (r#"Counter(of: "mill", count: Arrived)"#, vec![(0.0, 1.0), (10.0, 2.0), (20.0, 3.0)]),
        (r#"Counter(of: "buffer", count: Departed)"#, vec![(0.0, 1.0), (10.0, 2.0), (20.0, 3.0)]),
        (r#"StateSensor(of: "mill")"#, vec![(0.0, 1.0), (30.0, 0.0)]),
        (r#"StateSensor(of: "buffer")"#, vec![(0.0, 0.0), (4.0, 3.0), (20.0, 0.0)]),
        (r#"PowerMeter(of: "mill")"#, vec![(0.0, 5.0), (30.0, 0.5)]),
        (r#"PowerMeter()"#, vec![(0.0, 5.0), (30.0, 0.5)]),
        (r#"PowerMeter(of: "buffer")"#, vec![(0.0, 0.0)]),
        (r#"ProcessValue(value: 7.5)"#, vec![(0.0, 7.5)]),
        (r#"ProcessValue(of: "mill", value: 20, by_state: {"Processing": 80})"#, vec![(0.0, 80.0), (30.0, 20.0)]),
    ] {
        assert_eq!(play(&watched(sensor)).readings("sensor"), expected, "{sensor}");
    }
}

#[test]
fn at_regular_times_a_sensor_shows_what_holds_then() {
    let every = r#"signal: (sampling: Every("5 s"))"#;
    let series = |values: [f64; 9]| (0..9).map(|five| f64::from(five * 5)).zip(values).collect::<Vec<_>>();
    for (sensor, expected) in [
        (format!(r#"LevelSensor(of: "buffer", {every})"#), [0.0, 2.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
        (format!(r#"Counter(of: "mill", {every})"#), [0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0]),
        (
            format!(r#"Counter(of: "mill", output: PerInterval, {every})"#),
            [0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0],
        ),
        (
            format!(r#"Counter(of: "mill", output: Rate("1 h"), {every})"#),
            [0.0, 0.0, 720.0, 0.0, 720.0, 0.0, 720.0, 0.0, 0.0],
        ),
        (format!(r#"PowerMeter({every})"#), [5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 0.5, 0.5, 0.5]),
    ] {
        assert_eq!(play(&watched(&sensor)).readings("sensor"), series(expected), "{sensor}");
    }
}

#[test]
fn a_process_value_follows_the_state_with_a_lag() {
    let sensor = r#"ProcessValue(of: "mill", value: 20, by_state: {"Processing": 120}, initial: 40,
        time_constant: "10 s", signal: (sampling: Every("5 s"), unit: "degC"))"#;
    let readings = play(&watched(sensor)).readings("sensor");
    for (time, value) in readings {
        // From 40 towards 120 until 30 s, then towards 20.
        let heated = |time: f64| 120.0 - 80.0 * (-time / 10.0).exp();
        let expected =
            if time <= 30.0 { heated(time) } else { 20.0 + (heated(30.0) - 20.0) * (-(time - 30.0) / 10.0).exp() };
        assert!((value - expected).abs() < 1e-9, "{value} for {expected} at {time} s");
    }
}

#[test]
fn counters_go_on_at_the_end_of_the_warm_up() {
    let sensor = r#"Counter(of: "mill", signal: (sampling: Every("5 s")))"#;
    let scenario = watched(sensor).replace(r#"horizon: "40 s""#, r#"horizon: "40 s", warm_up: "17 s""#);
    let play = play(&scenario);
    let values: Vec<f64> = play.readings("sensor").into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, [0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0]);
    assert_eq!(play.element("mill").counts.processed, 2);
    // Figures of the sensor are of the time observed: 1 for 3 s, 2 for 10 s, 3 for 10 s.
    assert_eq!(play.figure("sensor", "lowest reading"), 1.0);
    assert_eq!(play.figure("sensor", "highest reading"), 3.0);
    assert_eq!(play.figure("sensor", "last reading"), 3.0);
    assert!((play.figure("sensor", "mean reading") - (3.0 + 20.0 + 30.0) / 23.0).abs() < 1e-12);
    assert_eq!(play.figure("sensor", "readings"), 5.0);
}

#[test]
fn faults_show_in_the_readings_and_nowhere_else() {
    let on_change = watched(r#"LevelSensor(of: "buffer")"#);
    let clean = play(&on_change);
    let fault = |fault: SensorFault| Command::Fault(fault);
    let clear = || (15, "sensor", fault(SensorFault::Clear));
    for (kind, expected) in [
        (SensorFault::Freeze, vec![(0.0, 0.0), (4.0, 1.0), (15.0, 1.0), (20.0, 0.0)]),
        (SensorFault::DropOut, vec![(0.0, 0.0), (4.0, -999.0), (15.0, 1.0), (20.0, 0.0)]),
        (
            SensorFault::Drift { units_per_s: 0.5 },
            vec![(0.0, 0.0), (4.0, 1.0), (5.0, 2.5), (10.0, 4.0), (15.0, 1.0), (20.0, 0.0)],
        ),
    ] {
        let faulty = play_with(&on_change, &[(4, "sensor", fault(kind)), clear()]);
        // A frozen sensor shows at 4 s what it showed before; the command comes before the part.
        let expected = if kind == SensorFault::Freeze { vec![(0.0, 0.0), (15.0, 1.0), (20.0, 0.0)] } else { expected };
        assert_eq!(faulty.readings("sensor"), expected, "{kind:?}");
        for element in ["source", "buffer", "mill", "out"] {
            assert_eq!(faulty.digest_of(element), clean.digest_of(element), "{kind:?} {element}");
        }
    }
    // A sensor that is told to fail shows nothing until it is repaired.
    let broken = play_with(&on_change, &[(4, "sensor", Command::Fail), (15, "sensor", Command::Repair)]);
    assert_eq!(broken.readings("sensor"), [(0.0, 0.0), (4.0, -999.0), (15.0, 1.0), (20.0, 0.0)]);

    let every = watched(r#"LevelSensor(of: "buffer", signal: (sampling: Every("5 s")))"#);
    let frozen =
        play_with(&every, &[(7, "sensor", fault(SensorFault::Freeze)), (23, "sensor", fault(SensorFault::Clear))]);
    let values: Vec<f64> = frozen.readings("sensor").into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, [0.0, 2.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
}

/// A plant of every kind tested here with random times, and `more` elements.
fn everything(more: &str) -> String {
    format!(
        r#"(
            clock: (horizon: "20000 s", warm_up: "100 s"),
            elements: {{
                {more}
                "source": Source(arrivals: Interarrival(Exponential("12 s")), next: "buffer"),
                "buffer": Buffer(capacity: 5, rule: Lifo, minimum_dwell: Exponential("4 s"), next: "fork"),
                "fork": Branch(by: Probability({{"mill": 0.7, "way": 0.3}})),
                "way": Delay(time: Exponential("20 s"), next: "merge"),
                "merge": Merge(next: "mill"),
                "mill": Station(process_time: Exponential("10 s"),
                    failures: [(time_to_failure: Exponential("500 s"), time_to_repair: Exponential("50 s"))],
                    quality: (yield_ratio: 0.9), energy: (processing: "5 kW", idle: "1 kW"), next: "out"),
                "out": Sink(),
            }},
        )"#
    )
}

/// One of each kind of sensor, and an alarm.
const SENSORS: &str = r#"
        "a level": LevelSensor(of: "buffer", signal: (sampling: Every("1 s"), noise: 0.3, drop_out: 0.1)),
        "b level": LevelSensor(of: "buffer"),
        "count": Counter(of: "mill", count: Good),
        "power": PowerMeter(signal: (sampling: Every("250 ms"), resolution: 0.1, range: (0, 4))),
        "state": StateSensor(of: "mill"),
        "zz oven": ProcessValue(of: "mill", value: 20, by_state: {"Processing": 90, "Failed": 5}, time_constant: "1 min",
            signal: (sampling: Every("3 s"), noise: 1.0)),
        "alarm": Alarm(sensor: "zz oven", above: 60, below: 10, hysteresis: 2, delay: "2 s"),
"#;

#[test]
fn a_plant_runs_the_same_with_and_without_sensors() {
    let without = play(&everything(""));
    let with = play(&everything(SENSORS));
    for element in ["source", "buffer", "fork", "way", "merge", "mill", "out"] {
        assert_eq!(with.digest_of(element), without.digest_of(element), "{element}");
        assert_eq!(with.element(element), without.element(element), "{element}");
    }
    assert_eq!(with.report.flow_time, without.report.flow_time);
    assert_ne!(with.digest, without.digest);
    assert!(with.readings("power").len() > 79_000 && with.alarm("alarm").len() > 10);
    // A reading is what was true within the errors of the sensor.
    assert!(with.readings("power").iter().all(|(_, power)| [1.0, 4.0].contains(power)));
}

#[test]
fn a_run_goes_on_from_a_snapshot_as_if_nothing_had_been() {
    let plant = Arc::new(plan(&everything(SENSORS)).expect("a plant"));
    let mut straight = Run::new(plant.clone(), 1, 0).expect("a run");
    straight.finish().expect("a finished run");
    let mut run = Run::new(plant.clone(), 1, 0).expect("a run");
    for _ in 0..40 {
        for _ in 0..7 {
            run.advance_by(37).expect("a slice");
        }
        let snapshot = run.snapshot();
        run.advance_by(1_000).expect("a slice that is thrown away");
        run = Run::resume(plant.clone(), 1, 0, &snapshot).expect("a run");
    }
    run.finish().expect("a finished run");
    assert_eq!(run.digest(), straight.digest());
    assert_eq!(run.report(), straight.report());
}

#[test]
fn sampling_can_change_under_way() {
    let before = watched(r#"LevelSensor(of: "buffer", signal: (sampling: Every("10 s")))"#);
    let faster = watched(r#"LevelSensor(of: "buffer", signal: (sampling: Every("4 s")))"#);
    let on_change = watched(r#"LevelSensor(of: "buffer")"#);
    let play = play_changed(&before, &[], &[(3, "sensor", &faster), (13, "sensor", &on_change)]);
    assert_eq!(
        play.readings("sensor"),
        [(0.0, 0.0), (3.0, 0.0), (7.0, 2.0), (11.0, 1.0), (20.0, 0.0)],
        "one at the change, then by the new rule"
    );
    let other = watched(r#"Counter(of: "buffer", count: Arrived)"#);
    let counter = watched(r#"Counter(of: "mill", count: Processed)"#);
    let play = play_changed(&counter, &[], &[(12, "sensor", &other)]);
    assert_eq!(play.readings("sensor"), [(0.0, 0.0), (10.0, 1.0)], "the count goes on with the new element");
}

#[test]
fn mistakes_in_sensors_are_named() {
    let cases = [
        (r#"LevelSensor(of: "tank")"#, "there is no element called \"tank\""),
        (r#"LevelSensor(of: "mill", signal: (noise: -1))"#, "the noise of this sensor is negative"),
        (r#"LevelSensor(of: "mill", signal: (resolution: 0))"#, "the resolution of this sensor is not above 0"),
        (r#"LevelSensor(of: "mill", signal: (range: (5, 1)))"#, "the range of this sensor is empty"),
        (
            r#"LevelSensor(of: "mill", signal: (sampling: Every("0 s")))"#,
            "this sensor would take readings without end at the same time",
        ),
        (r#"Counter(of: "mill", output: PerInterval)"#, "this counter shows counts of an interval and has none"),
        (
            r#"Counter(of: "mill", output: Rate("0 s"), signal: (sampling: Every("1 s")))"#,
            "this counter shows a rate per no time at all",
        ),
        (
            r#"ProcessValue(value: 1, time_constant: "1 s")"#,
            "this value changes all the time, so it cannot be read on change",
        ),
        (r#"ProcessValue(value: 1, by_state: {"Failed": 2})"#, "this value depends on a state and does not say whose"),
        (r#"ProcessValue(of: "mill", value: 1, by_state: {"Broken": 2})"#, "there is no state called \"Broken\""),
    ];
    for (sensor, expected) in cases {
        let said = complaints(&format!(
            r#""sensor": {sensor}, "mill": Station(process_time: "1 s", next: "out"), "out": Sink()"#
        ));
        assert_eq!(said, [expected], "{sensor}");
    }
}

#[test]
fn durations_of_samples_do_not_add_up_errors() {
    let sensor = r#"LevelSensor(of: "buffer", signal: (sampling: Every("100 ms")))"#;
    let readings = play(&watched(sensor)).readings("sensor");
    assert_eq!(readings.len(), 401);
    for (index, (time, _)) in readings.iter().enumerate() {
        assert_eq!(*time, SimDuration::from_millis(100 * index as i64).as_seconds_f64());
    }
}
