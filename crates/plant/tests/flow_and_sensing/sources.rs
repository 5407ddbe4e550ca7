//! Where parts come from, and what their routings say on the way.

use plant::element::Command;

use crate::play::{play, play_changed, play_with};

#[test]
fn an_endless_supply_goes_on_after_the_working_hours_have_begun_again() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        elements: {
            "source": Source(arrivals: Unlimited, start: "5 s", next: "saw"),
            "saw": Station(process_time: "10 s", next: "out"),
            "out": Sink(),
        },
    )"#;
    let shipped = |commands: &[(i64, &str, Command)]| {
        play_with(scenario, commands).arrived("out").into_iter().map(|(time, _)| time).collect::<Vec<f64>>()
    };
    assert_eq!(shipped(&[]), [15.0, 25.0, 35.0, 45.0, 55.0, 65.0, 75.0, 85.0, 95.0]);
    let closed = [(30, "source", Command::Shift { on: false }), (62, "source", Command::Shift { on: true })];
    // One part is at work and one waits at the gate when the source closes.
    assert_eq!(shipped(&closed), [15.0, 25.0, 35.0, 45.0, 72.0, 82.0, 92.0]);
}

#[test]
fn a_station_that_the_routing_does_not_name_takes_its_own_time() {
    let run = play(
        r#"(
        clock: (horizon: "100 s"),
        part_types: {"plate": (routing: "way")},
        routings: {"way": (steps: [(at: ["saw"], process_time: "20 s")], then: "out")},
        elements: {
            "source": Source(arrivals: Table([(time: "0 s")]), next: "wash"),
            "wash": Station(process_time: "3 s"),
            "saw": Station(process_time: "7 s"),
            "out": Sink(),
        },
    )"#,
    );
    assert_eq!(run.arrived("saw"), [(3.0, 1)]);
    assert_eq!(run.arrived("out"), [(23.0, 1)]);
}

#[test]
fn who_waits_lines_up_again_when_the_rule_changes() {
    let scenario = |rule: &str| {
        format!(
            r#"(
            clock: (horizon: "100 s"),
            elements: {{
                "source": Source(arrivals: Table([(time: "0 s"), (time: "1 s"), (time: "2 s"), (time: "3 s")]), next: "saw"),
                "saw": Station(process_time: "10 s", queue: (capacity: 9, rule: {rule}), next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    let (fifo, lifo) = (scenario("Fifo"), scenario("Lifo"));
    assert_eq!(play(&fifo).order("out"), [1, 2, 3, 4]);
    assert_eq!(play_changed(&fifo, &[], &[(5, "saw", &lifo)]).order("out"), [1, 4, 3, 2]);
    assert_eq!(play_changed(&lifo, &[], &[(5, "saw", &fifo)]).order("out"), [1, 2, 3, 4]);
}

#[test]
fn what_is_rushed_goes_before_the_part_on_offer() {
    let scenario = |way: &str| {
        format!(
            r#"(
            clock: (horizon: "100 s"),
            elements: {{
                "source": Source(arrivals: Table([(time: "0 s", quantity: 4)]), next: {way}),
                "join": Merge(next: "saw"),
                "saw": Station(process_time: "10 s", next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    let rush = |at: i64, priority: i32| (at, "source", Command::Rush { quantity: 2, part_type: None, priority });
    for way in [r#""saw""#, r#""join""#] {
        // The part on offer has gone back to the others that wait, in front of them.
        assert_eq!(play_with(&scenario(way), &[rush(5, 1000)]).order("out"), [1, 5, 6, 2, 3, 4], "{way}");
        // Also where the rushed parts are not urgent by themselves.
        assert_eq!(play_with(&scenario(way), &[rush(5, 0)]).order("out"), [1, 5, 6, 2, 3, 4], "{way}");
        // A second rush at the same instant finds an offer on its way, which it leaves alone.
        let order = play_with(&scenario(way), &[rush(5, 0), rush(5, 0)]).order("out");
        assert_eq!(order[order.len() - 3..], [2, 3, 4], "{way}");
    }
}
