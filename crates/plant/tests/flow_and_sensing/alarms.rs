//! When alarms go on and off.

use plant::element::{Command, SensorFault};

use crate::play::{complaints, play, play_with};

/// A buffer whose level goes 0, 1, 2, 3, 4 at 0, 10, 20, 30, 40 s and down again at 50, 60, 70, 80 s, with an alarm.
fn level(alarm: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "200 s"),
        elements: {{
            "source": Source(arrivals: Table([(time: "10 s"), (time: "20 s"), (time: "30 s"), (time: "40 s")]),
                next: "way"),
            "way": Delay(time: "40 s", next: "out"),
            "out": Sink(),
            "level": LevelSensor(of: "way"),
            "alarm": {alarm},
        }},
    )"#
    )
}

#[test]
fn limits_hysteresis_and_delay() {
    for (alarm, expected) in [
        (r#"Alarm(sensor: "level", above: 2)"#, vec![(30.0, true), (60.0, false)]),
        (r#"Alarm(sensor: "level", above: 2, hysteresis: 0.5)"#, vec![(30.0, true), (70.0, false)]),
        (r#"Alarm(sensor: "level", above: 2, hysteresis: 2)"#, vec![(30.0, true), (80.0, false)]),
        (r#"Alarm(sensor: "level", above: 2, hysteresis: 3)"#, vec![(30.0, true)]),
        // Above 2 from 30 s to 60 s.
        (r#"Alarm(sensor: "level", above: 2, delay: "29 s")"#, vec![(59.0, true), (60.0, false)]),
        (r#"Alarm(sensor: "level", above: 2, delay: "31 s")"#, vec![]),
        // A timer runs out before a part arrives at the same instant: the condition has held for 30 s.
        (r#"Alarm(sensor: "level", above: 2, delay: "30 s")"#, vec![(60.0, true), (60.0, false)]),
        (r#"Alarm(sensor: "level", below: 1)"#, vec![(0.0, true), (10.0, false), (80.0, true)]),
        (r#"Alarm(sensor: "level", below: 1, hysteresis: 1)"#, vec![(0.0, true), (20.0, false), (80.0, true)]),
        (
            r#"Alarm(sensor: "level", above: 3, below: 1, delay: "5 s")"#,
            vec![(5.0, true), (10.0, false), (45.0, true), (50.0, false), (85.0, true)],
        ),
    ] {
        assert_eq!(play(&level(alarm)).alarm("alarm"), expected, "{alarm}");
    }
}

#[test]
fn figures_count_times_and_time() {
    let play = play(&level(r#"Alarm(sensor: "level", below: 1)"#));
    assert_eq!(play.figure("alarm", "times on"), 2.0);
    assert_eq!(play.figure("alarm", "time on"), 10.0 + 120.0);
    let observed = level(r#"Alarm(sensor: "level", below: 1)"#);
    let observed = crate::play::play(&observed.replace(r#"horizon: "200 s""#, r#"horizon: "200 s", warm_up: "90 s""#));
    assert_eq!(observed.figure("alarm", "times on"), 0.0);
    assert_eq!(observed.figure("alarm", "time on"), 110.0);
}

#[test]
fn a_sensor_that_shows_nothing_neither_raises_nor_ends_an_alarm() {
    let scenario = level(r#"Alarm(sensor: "level", above: 2)"#);
    let silent = |from, to| {
        [(from, "level", Command::Fault(SensorFault::DropOut)), (to, "level", Command::Fault(SensorFault::Clear))]
    };
    assert_eq!(play_with(&scenario, &silent(25, 45)).alarm("alarm"), [(45.0, true), (60.0, false)]);
    assert_eq!(play_with(&scenario, &silent(45, 75)).alarm("alarm"), [(30.0, true), (75.0, false)]);
}

#[test]
fn mistakes_in_alarms_are_named() {
    let cases = [
        (r#"Alarm(sensor: "level")"#, "this alarm has no limit"),
        (r#"Alarm(sensor: "level", above: 1, below: 1)"#, "this alarm would always be on"),
        (r#"Alarm(sensor: "level", above: 1, hysteresis: -1)"#, "the hysteresis of this alarm is negative"),
        (r#"Alarm(sensor: "levle", above: 1)"#, "\"levle\""),
        (r#"Alarm(sensor: "out", above: 1)"#, "\"out\" is a Sink"),
    ];
    for (alarm, expected) in cases {
        let said = complaints(&format!(r#""level": LevelSensor(of: "out"), "alarm": {alarm}, "out": Sink()"#));
        assert_eq!(said.len(), 1, "{alarm}: {said:?}");
        assert!(said[0].contains(expected), "{alarm}: {said:?}");
    }
}
