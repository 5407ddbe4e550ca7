//! Which tool of a group works on what, and when.

use plant::element::Command;
use plant::state::State;

use crate::play::{Play, complaints, play, play_changed, play_with};

/// Which parts began at which tool of "group", and when: (seconds, tool, part), in time.
fn begun(play: &Play, tools: u32) -> Vec<(f64, u32, u64)> {
    let of = |tool: u32| play.started(&format!("group/{tool}")).into_iter().map(move |(at, part)| (at, tool, part));
    let mut begun: Vec<(f64, u32, u64)> = (1..=tools).flat_map(of).collect();
    begun.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    begun
}

/// The parts in the order in which a single tool takes them.
fn order(scenario: &str) -> Vec<u64> {
    play(scenario).started("group/1").into_iter().map(|(_, part)| part).collect()
}

/// Parts that come into "group" at given times, in seconds.
fn scenario(arrivals: &str, group: &str, more: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{"red": (), "white": (), "blue": ()}},
        {more}
        elements: {{
            "in": Source(arrivals: Table([{arrivals}]), part_type: "red", next: "group"),
            "group": ToolGroup({group} next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

#[test]
fn a_part_starts_at_once_where_a_tool_is_free_and_a_tool_takes_the_first_in_line() {
    let arrivals = r#"(time: "0 s", quantity: 4), (time: "5 s"), (time: "37 s")"#;
    let play = play(&scenario(arrivals, r#"tools: 3, process_time: "10 s","#, ""));
    let expected = [
        // All three tools are free since the beginning: the lowest number first.
        (0.0, 1, 1),
        (0.0, 2, 2),
        (0.0, 3, 3),
        // Of three that come free at once the lowest number has the first choice.
        (10.0, 1, 4),
        (10.0, 2, 5),
        // Tool 3 has been free since 10 s, the others since 20 s.
        (37.0, 3, 6),
    ];
    assert_eq!(begun(&play, 3), expected);
    let group = play.element("group");
    assert_eq!((group.units, group.counts.arrived, group.counts.processed, group.counts.departed), (3, 6, 6, 6));
    // Part 4 waits 10 s and part 5 waits 5 s.
    assert_eq!(group.wait_mean.map(|wait| wait.as_nanos()), Some(15_000_000_000 / 6));
    assert_eq!(group.time_in(State::Processing).as_seconds_f64(), 60.0);
    assert_eq!(group.time_in(State::Starved).as_seconds_f64(), 2940.0);
    assert_eq!(play.figure("group", "busy tools"), 0.06);
    // A tool that goes on at once does not wait in between.
    assert_eq!(play.element("group/1").active_periods, 1);
    assert_eq!(play.element("group/3").active_periods, 2);
    assert_eq!(play.order("out"), [1, 2, 3, 4, 5, 6]);
}

/// Eight parts wait for one tool, which a first one keeps busy until 10 s.
const WAITING: &str = r#"
    (time: "0 s"),
    (time: "1 s", part_type: "white", due: "500 s", priority: 2),
    (time: "2 s", part_type: "red", due: "400 s", priority: 1),
    (time: "3 s", part_type: "white", due: "300 s", priority: 2),
    (time: "4 s", part_type: "blue", due: "300 s", priority: 1),
    (time: "5 s", part_type: "red", due: "500 s", priority: 2),
    (time: "5 s", part_type: "blue", due: "400 s", priority: 0),
"#;

#[test]
fn rules_are_compared_one_after_another() {
    for (ranking, expected) in [
        ("Fifo", [1, 2, 3, 4, 5, 6, 7]),
        ("Lifo", [1, 6, 7, 5, 4, 3, 2]),
        ("Priority", [1, 2, 4, 6, 3, 5, 7]),
        ("[Priority, Lifo]", [1, 6, 4, 2, 5, 3, 7]),
        ("[Priority, Edd]", [1, 4, 2, 6, 5, 3, 7]),
        ("[Edd]", [1, 4, 5, 3, 7, 2, 6]),
        ("[Edd, Priority]", [1, 4, 5, 3, 7, 2, 6]),
        ("[Spt, Edd]", [1, 5, 7, 4, 2, 3, 6]),
        ("[Lpt, Priority, Lifo]", [1, 6, 3, 4, 2, 5, 7]),
        // The tool is set up for red: whites and blues cost a changeover. At 50 s it is set up for what came first.
        ("SetupAvoiding", [1, 3, 6, 2, 4, 5, 7]),
        ("[SetupAvoiding, Priority]", [1, 6, 3, 2, 4, 5, 7]),
        ("[SetupAvoiding, Lifo]", [1, 6, 3, 7, 5, 4, 2]),
    ] {
        let group = format!(
            r#"tools: 1, process_time: {{"red": "20 s", "white": "10 s", "blue": "5 s"}}, ranking: {ranking}, setup: (time: "3 s"),"#
        );
        assert_eq!(order(&scenario(WAITING, &group, "")), expected, "{ranking}");
    }
}

#[test]
fn the_critical_ratio_counts_at_the_moment_of_the_choice() {
    // "red" has 100 s of work and is due at 500 s, "blue" 10 s and due at 300 s. Ratios: (500 - t) / 100 and (300 - t) / 10:
    // red is more critical until 277.8 s, and until 266.7 s than a blue that is due at 290 s.
    let arrivals = |first: &str| {
        let group = format!(
            r#"tools: 1, process_time: {{"white": "{first}", "red": "100 s", "blue": "10 s"}}, ranking: CriticalRatio,"#
        );
        let waiting = r#"(time: "0 s", part_type: "white"), (time: "1 s", part_type: "red", due: "500 s"),
            (time: "2 s", part_type: "blue", due: "300 s"), (time: "3 s", part_type: "blue", due: "290 s")"#;
        order(&scenario(waiting, &group, ""))
    };
    // After 266 s of the first part red is ahead of both; after 268 s the first blue is, and when that is done so is the other.
    assert_eq!(arrivals("266 s"), [1, 2, 4, 3]);
    assert_eq!(arrivals("268 s"), [1, 4, 3, 2]);
}

#[test]
fn a_tool_does_what_it_is_qualified_for() {
    let arrivals = r#"
        (time: "0 s", part_type: "white"), (time: "1 s", part_type: "white"), (time: "2 s", part_type: "red"),
        (time: "3 s", part_type: "blue"), (time: "4 s", part_type: "blue"),
    "#;
    let group = r#"tools: 3, process_time: "10 s", qualified: {"white": [2], "blue": [3, 1]},"#;
    let play = play(&scenario(arrivals, group, ""));
    let expected = [(0.0, 2, 1), (2.0, 1, 3), (3.0, 3, 4), (10.0, 2, 2), (12.0, 1, 5)];
    assert_eq!(begun(&play, 3), expected);
}

#[test]
fn what_is_said_of_a_step_counts_before_what_is_said_of_the_type() {
    let scenario = r#"(
        clock: (horizon: "1000 s"),
        part_types: {"red": (routing: "twice"), "white": (routing: "twice")},
        routings: {"twice": (steps: [(at: ["group"], process_time: "10 s"), (at: ["group"], process_time: "20 s")], then: "out")},
        elements: {
            "in": Source(arrivals: Table([(time: "0 s"), (time: "1 s", part_type: "white"), (time: "2 s")]), part_type: "red"),
            "group": ToolGroup(tools: 3, qualified: {"red": [2], "twice/2": [1, 3]}),
            "out": Sink(),
        },
    )"#;
    let play = play(scenario);
    // First steps of reds at tool 2 alone; second steps at tools 1 and 3.
    let expected = [(0.0, 2, 1), (1.0, 1, 2), (10.0, 2, 3), (10.0, 3, 1), (11.0, 1, 2), (30.0, 3, 3)];
    assert_eq!(begun(&play, 3), expected);
    assert_eq!(play.order("out"), [1, 2, 3]);
    // Each tool has its own times: 10 s and 20 s by the steps.
    assert_eq!(play.element("group/1").time_in(State::Processing).as_seconds_f64(), 30.0);
}

#[test]
fn a_part_goes_to_the_tool_that_is_set_up_for_it() {
    let arrivals = r#"
        (time: "0 s"), (time: "1 s", part_type: "white"), (time: "2 s", part_type: "blue"),
        (time: "50 s", part_type: "white"), (time: "51 s"),
        (time: "100 s", part_type: "blue"), (time: "100 s", part_type: "white"),
    "#;
    let group = r#"tools: 2, process_time: "10 s", setup: (time: "5 s"), ranking: SetupAvoiding,"#;
    let play = play(&scenario(arrivals, group, ""));
    let expected = [
        // Fresh tools need no changeover. At 10 s tool 1 comes free first and is changed over to blue.
        (0.0, 1, 1),
        (1.0, 2, 2),
        (10.0, 1, 3),
        // Tool 2 is set up for white and has been free longest; for red any tool has to be changed over: the one free longest,
        // which is tool 1 now.
        (50.0, 2, 4),
        (51.0, 1, 5),
        // Tool 2 came free first, and would have to be changed over to blue or not at all: it takes the white, tool 1 the blue.
        (100.0, 1, 6),
        (100.0, 2, 7),
    ];
    assert_eq!(begun(&play, 2), expected);
    assert_eq!(play.element("group").time_in(State::Setup).as_seconds_f64(), 15.0);
}

#[test]
fn tools_fail_and_close_each_by_itself() {
    let arrivals = r#"(time: "0 s", quantity: 4), (time: "100 s"), (time: "120 s")"#;
    let text = scenario(arrivals, r#"tools: 2, process_time: "10 s","#, "");
    let commands = [
        (5, "group/2", Command::Fail),
        (30, "group/2", Command::Repair),
        (90, "group/1", Command::Shift { on: false }),
        (95, "group/2", Command::Fail),
        (110, "group/2", Command::Repair),
        (130, "group/1", Command::Shift { on: true }),
    ];
    let play = play_with(&text, &commands);
    // Tool 2 stands still from 5 s to 30 s with part 2 in it. At 100 s no tool is open; at 110 s tool 2 is, and has the next
    // part at 120 s too.
    let expected = [(0.0, 1, 1), (0.0, 2, 2), (10.0, 1, 3), (20.0, 1, 4), (110.0, 2, 5), (120.0, 2, 6)];
    assert_eq!(begun(&play, 2), expected);
    assert_eq!(play.departed("group/2"), [(35.0, 2), (120.0, 5), (130.0, 6)]);
    assert_eq!(play.element("group").time_in(State::Failed).as_seconds_f64(), 40.0);
    assert_eq!(play.element("group").time_in(State::OffShift).as_seconds_f64(), 40.0);
    assert_eq!(play.element("group").counts.failures, 2);
}

#[test]
fn a_tool_that_sleeps_is_woken_only_where_no_other_is_awake() {
    let energy = r#"tools: 2, process_time: "10 s",
        energy: (processing: "10 kW", idle: "2 kW", standby: "0 kW", standby_after: "20 s", warm_up_time: "4 s"),"#;
    let arrivals = r#"(time: "0 s"), (time: "25 s"), (time: "26 s"), (time: "50 s", quantity: 2)"#;
    let play = play(&scenario(arrivals, energy, ""));
    // Tool 2 sleeps from 20 s on and tool 1 from 30 s on. At 25 s tool 1 is awake, at 26 s nobody else is: part 3 warms tool 2
    // up. At 50 s tool 1 has been free since 35 s and tool 2 since 40 s.
    let expected = [(0.0, 1, 1), (25.0, 1, 2), (30.0, 2, 3), (50.0, 1, 4), (50.0, 2, 5)];
    assert_eq!(begun(&play, 2), expected);
    assert_eq!(play.element("group").time_in(State::WarmingUp).as_seconds_f64(), 4.0);
}

#[test]
fn the_room_in_front_is_what_the_scenario_says() {
    let arrivals = r#"(time: "0 s", quantity: 6)"#;
    let play = play(&scenario(arrivals, r#"tools: 2, process_time: "10 s", queue: 3,"#, ""));
    let at: Vec<f64> = play.arrived("group").into_iter().map(|(at, _)| at).collect();
    // Three find room, two of them start at once, two more come, and the last one when the first have gone on.
    assert_eq!(at, [0.0, 0.0, 0.0, 0.0, 0.0, 10.0]);
    assert_eq!(play.element("group").level_maximum, 3);
}

#[test]
fn a_changed_ranking_counts_from_the_next_choice_on() {
    let text = |ranking: &str| {
        let group = format!(r#"tools: 1, process_time: "10 s", ranking: {ranking},"#);
        scenario(r#"(time: "0 s", quantity: 2), (time: "1 s"), (time: "2 s"), (time: "3 s")"#, &group, "")
    };
    let changed = play_changed(&text("Fifo"), &[], &[(15, "group", &text("Lifo"))]);
    let parts: Vec<u64> = changed.started("group/1").into_iter().map(|(_, part)| part).collect();
    assert_eq!(parts, [1, 2, 5, 4, 3]);
    // The process time is the tools', and changes with the group.
    let faster = text("Fifo").replace("process_time: \"10 s\"", "process_time: \"1 s\"");
    let changed = play_changed(&text("Fifo"), &[], &[(15, "group", &faster)]);
    let begun: Vec<f64> = changed.started("group/1").into_iter().map(|(at, _)| at).collect();
    assert_eq!(begun, [0.0, 10.0, 20.0, 21.0, 22.0]);
}

#[test]
fn what_a_group_cannot_be_is_said_once_and_where_it_stands() {
    let group = |fields: &str| {
        complaints(&format!(
            r#""in": Source(arrivals: Unlimited, next: "group"), "group": ToolGroup(tools: 3, {fields} next: "out"), "out": Sink()"#
        ))
    };
    assert_eq!(group(r#"process_time: "1 s","#), [""; 0]);
    assert_eq!(
        group(r#"process_time: "1 s", ranking: [Fifo, Lifo, Spt, Lpt, Edd],"#),
        ["`ranking` of this element lists 5 rules"]
    );
    assert_eq!(group(r#"process_time: "1 s", ranking: [],"#), ["`ranking` of this element lists 0 rules"]);
    assert_eq!(
        group(r#"process_time: "1 s", qualified: {"part": [1, 4]},"#),
        ["there is no tool 4 that could be qualified for \"part\""]
    );
    assert_eq!(group(r#"process_time: "1 s", qualified: {"part": []},"#), ["no tool is qualified for \"part\""]);
    assert_eq!(group(r#"process_time: "1 s", qualified: {"prt": [1]},"#), ["there is no part type called \"prt\""]);
    // Said of all three tools, and told once.
    assert_eq!(
        group(r#"process_time: {"prt": "1 s"}, staffing: (processing: "nobody"),"#),
        ["there is no part type called \"prt\"", "there is no Pool called \"nobody\""]
    );
    let to_a_tool = r#""in": Source(arrivals: Unlimited, next: "group/2"),
        "group": ToolGroup(tools: 3, process_time: "1 s", next: "out"), "out": Sink()"#;
    assert_eq!(complaints(to_a_tool), ["\"group/2\" is a tool of \"group\", and no part can be sent to one"]);
    let taken = r#""in": Source(arrivals: Unlimited, next: "group"), "group/2": Station(process_time: "1 s", next: "out"),
        "group": ToolGroup(tools: 3, process_time: "1 s", next: "out"), "out": Sink()"#;
    assert_eq!(complaints(taken), ["\"group/2\" is the name of a tool of \"group\" already"]);
}

#[test]
fn a_group_counts_what_its_batches_hold() {
    // Two of at most 4 begin at 10 s, the first having waited for 10 s, and three at 40 s, of which none has waited for more than 10 s.
    let arrivals = r#"(time: "0 s"), (time: "10 s"), (time: "30 s", quantity: 2), (time: "35 s")"#;
    let group = r#"tools: 1, process_time: "30 s", batch: (minimum: 2, maximum: 4),"#;
    let play = play(&scenario(arrivals, group, ""));
    assert_eq!(begun(&play, 1).iter().map(|(at, _, _)| *at).collect::<Vec<_>>(), [10.0, 10.0, 40.0, 40.0, 40.0]);
    let figure = |name: &str| play.figure("group", name);
    assert_eq!((figure("jobs"), figure("parts in a job"), figure("fill of a job")), (2.0, 2.5, (0.5 + 0.75) / 2.0));
    assert_eq!(figure("wait of the first part of a job"), 10.0);
}
