//! What is counted of failures and repairs.

use kernel::SimDuration;
use plant::state::State;

use crate::play::play;

fn minutes(minutes: i64) -> SimDuration {
    SimDuration::from_secs(60 * minutes)
}

#[test]
fn repairs_are_measured_one_by_one_where_they_overlap_and_only_those_that_ended() {
    let mode = |fails: u32, repair: u32, crew: &str| {
        format!(r#"(clock: CalendarTime, time_to_failure: "{fails} min", time_to_repair: "{repair} min"{crew})"#)
    };
    let crew = r#", repaired_by: "fitter""#;
    let run = play(&format!(
        r#"(
        clock: (horizon: "100 min"),
        elements: {{
            "in": Source(arrivals: Unlimited, next: "mill"),
            "mill": Station(process_time: "1 min", failures: [{}, {}, {}, {}], next: "out"),
            "fitter": Pool(members: 1),
            "out": Sink(),
        }},
    )"#,
        mode(50, 30, ""),
        mode(55, 10, crew),
        mode(60, 10, crew),
        mode(90, 60, "")
    ));
    let repairs = run.element("mill").repairs;
    assert_eq!((run.element("mill").counts.failures, repairs.count), (4, 3));
    // 50 to 80, 55 to 65 and, after a wait since 60, 65 to 75; what is broken at 90 is not repaired by the end.
    assert_eq!(repairs.repair_time, minutes(30 + 10 + 10));
    assert_eq!(repairs.down_time, minutes(30 + 10 + 15));
    let down = [State::Failed, State::WaitingForRepair, State::Repair];
    let down: kernel::TotalTime =
        down.iter().fold(kernel::TotalTime::ZERO, |sum, state| sum + run.element("mill").time_in(*state));
    assert_eq!(down, minutes(30 + 10), "the unit is down once at a time");
}
