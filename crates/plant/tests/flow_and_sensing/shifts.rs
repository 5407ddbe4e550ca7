//! What the working hours hide and what they do not.

use kernel::SimDuration;
use plant::element::Command;
use plant::energy::EnergyState;
use plant::state::State;

use crate::play::{play, play_with};

/// A bench that works from 06:00 to 14:00 on what comes at 10:00, one day long.
fn day(bench: &str) -> String {
    format!(
        r#"(
        clock: (start: "2026-11-23T00:00:00Z", horizon: "1 d"),
        calendars: {{"day": (shifts: [(days: "Mon-Fri", from: "06:00", to: "14:00")], at_end: StopAtOnce)}},
        elements: {{
            "source": Source(arrivals: Table([(time: "10 h", quantity: 100)]), next: "bench"),
            "bench": Station(process_time: "10 min", queue: Unlimited, calendar: "day", {bench} next: "out"),
            "people": Pool(members: 1, calendar: "day"),
            "crew": Pool(members: 1),
            "out": Sink(),
        }},
    )"#
    )
}

fn hours(hours: i64) -> SimDuration {
    SimDuration::from_hours(hours)
}

#[test]
fn a_unit_whose_people_went_home_with_it_is_off_shift() {
    let run = play(&day(r#"staffing: (processing: "people"),"#));
    let bench = run.element("bench");
    assert_eq!(bench.time_in(State::WaitingForOperator), SimDuration::ZERO);
    assert_eq!(bench.time_in(State::OffShift), hours(16));
}

#[test]
fn a_failure_outside_the_working_hours_loses_none_of_them() {
    let failures =
        r#"failures: [(clock: CalendarTime, time_to_failure: "20 h", time_to_repair: "2 h", repaired_by: "crew")],"#;
    let run = play(&day(failures));
    let bench = run.element("bench");
    assert_eq!(bench.counts.failures, 1);
    assert_eq!(
        (bench.time_in(State::Repair), bench.time_in(State::OffShift)),
        (SimDuration::ZERO.into(), hours(16).into())
    );
}

#[test]
fn what_need_not_warm_up_is_on_from_the_beginning_of_the_working_hours() {
    let run = play(&day(r#"energy: (processing: "3 kW", idle: "1 kW"),"#));
    let energy = run.element("bench").energy.as_ref().expect("a bench with energy");
    let time = |wanted: EnergyState| energy.iter().find(|(state, _, _)| *state == wanted).map(|(_, _, time)| *time);
    assert_eq!(time(EnergyState::Idle), Some(hours(4).into()));
    assert_eq!(time(EnergyState::Processing), Some(hours(4).into()));
    assert_eq!(time(EnergyState::Off), Some(hours(16).into()));
}

#[test]
fn a_unit_that_warms_up_does_not_wait_for_parts() {
    let run = play(&day(r#"energy: (processing: "3 kW", idle: "1 kW", warm_up_time: "30 min"),"#));
    let bench = run.element("bench");
    // Off until the parts come at 10:00; then it warms up and works until 14:00.
    let minutes = |state: State| bench.time_in(state).as_seconds_f64() / 60.0;
    assert_eq!([State::WarmingUp, State::Starved, State::Processing].map(minutes), [30.0, 240.0, 210.0]);
}

#[test]
fn another_calendar_holds_from_the_moment_it_is_set() {
    let scenario = |calendar: &str| {
        format!(
            r#"(
            clock: (start: "2026-11-23T00:00:00Z", horizon: "3 h"),
            elements: {{
                "in": Source(arrivals: Unlimited, next: "machine"),
                "machine": Station(process_time: "1 min", next: "out", calendar: (shifts: [{calendar}])),
                "out": Sink(),
            }},
        )"#
        )
    };
    let made = |before: &str, after: &str| {
        let (before, after) = (scenario(before), scenario(after));
        crate::play::play_changed(&before, &[], &[(600, "machine", &after)]).element("machine").counts.processed
    };
    let (until_one, until_half_past_two) = (r#"(from: "00:00", to: "01:00")"#, r#"(from: "00:00", to: "02:30")"#);
    assert_eq!(made(until_half_past_two, until_one), 60);
    assert_eq!(made(until_one, until_half_past_two), 150);
    // At ten past the new one is off shift already, until one.
    let around_the_clock = r#"(from: "00:00", to: "24:00")"#;
    assert_eq!(made(around_the_clock, r#"(from: "01:00", to: "02:00")"#), 10 + 60);
}

#[test]
fn a_closed_conveyor_lets_nothing_in_and_what_is_on_it_leaves() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Table([(time: "0 s"), (time: "9 s"), (time: "20 s"), (time: "20 s")]), next: "belt"),
            "belt": Conveyor(length: "10 m", speed: "1 m/s", part_length: "2 m", next: "out"),
            "out": Sink(),
        },
    )"#;
    // Closed while the tail of the second part is in the entry: the place that it frees is not given away.
    let closed = [(10, "belt", Command::Shift { on: false }), (50, "belt", Command::Shift { on: true })];
    let run = play_with(scenario, &closed);
    assert_eq!(run.arrived("belt"), [(0.0, 1), (9.0, 2), (50.0, 3), (52.0, 4)]);
    assert_eq!(run.arrived("out"), [(10.0, 1), (19.0, 2), (60.0, 3), (62.0, 4)]);
    assert_eq!(run.element("belt").time_in(State::OffShift), SimDuration::from_secs(31));
    // Closed with a free entry.
    let closed = [(15, "belt", Command::Shift { on: false }), (16, "belt", Command::Shift { on: true })];
    assert_eq!(play_with(scenario, &closed).arrived("belt"), [(0.0, 1), (9.0, 2), (20.0, 3), (22.0, 4)]);
}

#[test]
fn a_conveyor_outside_its_calendar_starts_shut() {
    let run = play(
        r#"(
        clock: (start: "2026-11-23T00:00:00Z", horizon: "1 d"),
        elements: {
            "source": Source(arrivals: Unlimited, next: "belt"),
            "belt": Conveyor(length: "1 m", speed: "1 mm/s", part_length: "1 m",
                calendar: (shifts: [(from: "06:00", to: "06:30")]), next: "out"),
            "out": Sink(),
        },
    )"#,
    );
    let arrived: Vec<f64> = run.arrived("belt").into_iter().map(|(time, _)| time / 60.0).collect();
    assert_eq!(arrived, [360.0, 360.0 + 1000.0 / 60.0]);
}
