//! Schedules that are replayed: whose turn it is, what waits for its time, and what becomes of orders.

use std::sync::Arc;

use plant::invariant::Auditor;
use plant::kpi::{find, of_order};
use plant::run::{Progress, Run, Snapshot};

use crate::play::{Play, plan, play};

/// Three orders with a part each, a saw (10 s) and two mills (20 s), of which the saw's work can be rejected.
fn shop(schedule: &str, more: &str) -> String {
    let schedule = if schedule.is_empty() { String::new() } else { format!("schedule: {schedule},") };
    format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{"gear": (routing: "gears"), "plain": (routing: "plain")}},
        routings: {{
            "gears": (steps: [(name: "saw", at: ["saw"]), (name: "mill", at: ["left", "right"])], then: "out"),
            "plain": (steps: [(at: ["saw"])], then: "out"),
        }},
        orders: [
            (name: "A", part_type: "gear", source: "in", due: "50 s"),
            (name: "B", part_type: "gear", source: "in", due: "60 s"),
            (name: "C", part_type: "gear", source: "in"),
            {more}
        ],
        {schedule}
        elements: {{
            "in": Source(arrivals: Orders),
            "saw": Station(process_time: "10 s", queue: Unlimited),
            "left": Station(process_time: "20 s", queue: Unlimited),
            "right": Station(process_time: "20 s", queue: Unlimited),
            "out": Sink(),
        }},
    )"#
    )
}

/// C, B and A at the saw, every 15 s; B is milled at the right, the others at the left.
const PLAN: &str = r#"(order: "C", at: "saw", start: "0 s", end: "10 s"), (order: "B", at: "saw", start: "15 s"), (order: "A", step: "saw", at: "saw", start: "30 s"),
    (order: "A", step: "mill", at: "left", start: "40 s", end: "60 s"), (order: "C", step: "2", at: "left", start: "60 s", end: "80 s"),
    (order: "B", step: "mill", at: "right", start: "25 s", end: "45 s")"#;

fn scheduled(early: bool) -> String {
    format!("(operations: [{PLAN}], early: {early})")
}

/// When work began at an element, and on the parts of which order: parts are numbered as their orders are.
fn begun(play: &Play, element: &str) -> Vec<(f64, char)> {
    play.started(element).into_iter().map(|(at, part)| (at, char::from(b'A' + part as u8 - 1))).collect()
}

#[test]
fn operations_keep_their_order_and_their_times() {
    let play = self::play(&shop(&scheduled(false), ""));
    assert_eq!(begun(&play, "saw"), [(0.0, 'C'), (15.0, 'B'), (30.0, 'A')]);
    // C waits for A, which is milled before it, though the mill is free.
    assert_eq!(begun(&play, "left"), [(40.0, 'A'), (60.0, 'C')]);
    assert_eq!(begun(&play, "right"), [(25.0, 'B')]);
    // Early: as soon as those before have begun and the machine is free.
    let early = self::play(&shop(&scheduled(true), ""));
    assert_eq!(begun(&early, "saw"), [(0.0, 'C'), (10.0, 'B'), (20.0, 'A')]);
    assert_eq!((begun(&early, "left"), begun(&early, "right")), (vec![(30.0, 'A'), (50.0, 'C')], vec![(20.0, 'B')]));
    // Without a schedule first come is first served, and the first mill that is free.
    let free = self::play(&shop("", ""));
    assert_eq!(begun(&free, "saw"), [(0.0, 'A'), (10.0, 'B'), (20.0, 'C')]);
    assert!(free.report.orders.is_empty());
}

#[test]
fn what_is_late_is_waited_for() {
    // The saw takes 27 s instead of 10: everything moves to the right, and keeps its order.
    let slow = shop(&scheduled(false), "").replace(r#"process_time: "10 s""#, r#"process_time: "27 s""#);
    let play = self::play(&slow);
    assert_eq!(begun(&play, "saw"), [(0.0, 'C'), (27.0, 'B'), (54.0, 'A')]);
    assert_eq!(begun(&play, "left"), [(81.0, 'A'), (101.0, 'C')]);
    assert_eq!(begun(&play, "right"), [(54.0, 'B')]);
}

#[test]
fn what_the_schedule_does_not_know_is_done_when_nothing_else_could_be() {
    let more = r#"(name: "D", part_type: "plain", quantity: 4, source: "in")"#;
    let play = self::play(&shop(&scheduled(false), more));
    // C from 0 to 10 s; until B's time has come parts of D are sawn, which makes B and A late by 5 s; then the rest of D.
    let order: Vec<(f64, char)> = begun(&play, "saw");
    assert_eq!(order[..4], [(0.0, 'C'), (10.0, 'D'), (20.0, 'B'), (30.0, 'A')]);
    assert_eq!(order.len(), 7);
}

#[test]
fn all_parts_of_an_order_belong_to_an_operation_and_scrap_holds_nobody_up() {
    let two = |yielded: &str| {
        shop(&scheduled(true), "")
            .replace(r#"(name: "C", part_type: "gear","#, r#"(name: "C", part_type: "gear", quantity: 2,"#)
            .replace(r#"process_time: "10 s""#, &format!(r#"process_time: "10 s"{yielded}"#))
    };
    let play = self::play(&two(""));
    // Numbers 3 and 4 are of C.
    assert_eq!(begun(&play, "saw"), [(0.0, 'C'), (10.0, 'D'), (20.0, 'B'), (30.0, 'A')]);
    assert_eq!(begun(&play, "left"), [(40.0, 'A'), (60.0, 'C'), (80.0, 'D')]);
    assert_eq!(play.orders_completed, 3);
    // Everything is scrapped at the saw but A, which waits for nobody at the mill; nothing of C comes there.
    let scrapping = two(r#", quality: (yield_ratio: 0.0, inspection: (detection: 1.0), rejects: Scrap)"#);
    let play = self::play(&scrapping);
    assert_eq!(begun(&play, "saw").len(), 4);
    let behind = scrapping
        .replace(r#"(at: ["saw"])], then"#, r#"(at: ["left"])], then"#)
        .replace(r#"(name: "A", part_type: "gear""#, r#"(name: "A", part_type: "plain""#)
        .replace(r#"(order: "A", step: "saw", at: "saw", start: "30 s"),"#, "")
        .replace(r#"(order: "A", step: "mill", at: "left", start: "40 s", end: "60 s"), "#, "")
        .replace(
            r#"(order: "B", step: "mill", at: "right""#,
            r#"(order: "A", at: "left", start: "90 s"), (order: "B", step: "mill", at: "right""#,
        );
    // At the left mill C (both parts) was to be milled before A: when the second one is scrapped at 20 s, A may begin.
    assert_eq!(begun(&self::play(&behind), "left"), [(20.0, 'A')]);
}

#[test]
fn what_comes_back_goes_first() {
    // The first part of each order has to be sawn twice: rework of the first pass only.
    let again = shop(&scheduled(true), "")
        .replace(r#"(name: "saw", at: ["saw"])"#, r#"(name: "saw", at: ["saw"], rework: 0.5)"#);
    let play = self::play(&again);
    let saw = begun(&play, "saw");
    assert!(saw.len() > 3, "nothing came back: {saw:?}");
    // Whoever comes back is sawn again before the next order.
    let mut order: Vec<char> = saw.iter().map(|(_, order)| *order).collect();
    order.dedup();
    assert_eq!(order, ['C', 'B', 'A']);
    assert_eq!(play.orders_completed, 3);
}

#[test]
fn orders_have_their_own_figures() {
    let play = self::play(&shop(&scheduled(false), ""));
    let value = |address: &str| find(&play.report, address).ok();
    // A is shipped at 60 s, B at 45, C at 80.
    assert_eq!(
        (value("completion@A"), value("completion@B"), value("completion@C")),
        (Some(60.0), Some(45.0), Some(80.0))
    );
    assert_eq!((value("delay@A"), value("delay@B"), value("delay@C")), (Some(0.0), Some(0.0), Some(0.0)));
    // Due at 50 and 60 s; C by the plan.
    assert_eq!((value("on_time@A"), value("on_time@B"), value("on_time@C")), (Some(0.0), Some(1.0), Some(1.0)));
    let early = self::play(&shop(&scheduled(true), ""));
    assert_eq!(find(&early.report, "delay@C").ok(), Some(-10.0));
    // One that never ends was due before the end.
    let stuck = shop(&scheduled(false), "")
        .replace(r#""left": Station(process_time: "20 s""#, r#""left": Station(process_time: "2000 s""#);
    let play = self::play(&stuck);
    let of = |name: &str| {
        of_order(play.report.orders.iter().find(|order| order.name == name).expect("an order"), &play.report)
    };
    assert_eq!((of("A")[0].value, of("A")[1].value), (Some(0.0), None));
    assert_eq!(of("C")[0].value, Some(0.0));
}

#[test]
fn a_schedule_that_cannot_be_is_refused() {
    let said = |operations: &str| match plan(&shop(&format!("(operations: [{operations}])"), "")) {
        Ok(_) => String::new(),
        Err(complaints) => complaints.into_iter().map(|complaint| complaint.message).collect::<Vec<_>>().join("; "),
    };
    assert_eq!(said(PLAN), "");
    let cases = [
        (r#"(order: "Z", at: "saw", start: "0 s")"#, "there is no order called \"Z\""),
        (r#"(order: "A", at: "saww", start: "0 s")"#, "\"saww\""),
        (r#"(order: "A", at: "out", start: "0 s")"#, "\"out\" is a Sink"),
        (r#"(order: "A", step: "turn", at: "saw", start: "0 s")"#, "has no step \"turn\""),
        (r#"(order: "A", step: "0", at: "saw", start: "0 s")"#, "has no step \"0\""),
        (r#"(order: "A", step: "mill", at: "saw", start: "0 s")"#, "is not done at \"saw\""),
        (r#"(order: "A", at: "saw", start: "9 s", end: "8 s")"#, "ends before it begins"),
        (
            r#"(order: "A", at: "saw", start: "0 s"), (order: "A", step: "1", at: "saw", start: "5 s")"#,
            "is in the schedule twice",
        ),
    ];
    for (operations, expected) in cases {
        assert!(said(operations).contains(expected), "{operations}: {}", said(operations));
    }
}

#[test]
fn a_wrong_name_in_a_schedule_is_the_only_thing_that_is_said() {
    let cases = [
        r#"(order: "A", at: "saw", start: "0 s"), (order: "Z", at: "saw", start: "5 s")"#,
        r#"(order: "C", at: "saw", start: "0 s"), (order: "Z", at: "right", step: "turn", start: "5 s")"#,
        r#"(order: "A", at: "saww", start: "0 s")"#,
        r#"(order: "A", step: "mill", at: "lefd", start: "0 s")"#,
        r#"(order: "A", at: "out", start: "0 s")"#,
    ];
    for operations in cases {
        let complaints = plan(&shop(&format!("(operations: [{operations}])"), "")).expect_err(operations);
        assert_eq!(complaints.len(), 1, "{operations}: {complaints:?}");
    }
    // What is wrong whatever the name was meant to be is said as well.
    let two = r#"(order: "A", step: "turn", at: "saww", start: "9 s", end: "8 s")"#;
    assert_eq!(plan(&shop(&format!("(operations: [{two}])"), "")).expect_err(two).len(), 3);
}

#[test]
fn a_run_goes_on_from_any_event() {
    for early in [true, false] {
        let scenario = shop(&scheduled(early), r#"(name: "D", part_type: "plain", quantity: 3, source: "in")"#)
            .replace(r#"process_time: "20 s""#, r#"process_time: Exponential("20 s")"#);
        let plant = Arc::new(plan(&scenario).expect("a sound plant"));
        let mut whole = Run::new(plant.clone(), 5, 0).expect("a run");
        whole.finish().expect("a sound plant");
        for events in 0..16 {
            let mut run = Run::new(plant.clone(), 5, 0).expect("a run");
            let mut auditor = Auditor::begin(&mut run).expect("sound books");
            while auditor.events() < events && auditor.step(&mut run).expect("sound books") != Progress::Done {}
            let snapshot = Snapshot::from_bytes(&plant, &run.snapshot().to_bytes()).expect("a snapshot of this plant");
            let mut resumed = Run::resume(plant.clone(), 77, 3, &snapshot).expect("a run");
            resumed.finish().expect("a sound plant");
            assert_eq!(resumed.digest(), whole.digest(), "after {events} events");
        }
    }
}

#[test]
fn a_schedule_does_not_wait_for_what_passes_a_step_over() {
    // The first order wants no polish, and the schedule has it polished first.
    let play = self::play(
        r#"(
        clock: (horizon: "100 h"),
        part_types: {"x": (routing: "rx", options: {"finish": ["plain", "bright"]})},
        routings: {"rx": (steps: [
            (name: "wash", at: ["tub"], when: {"finish": "bright"}), (name: "saw", at: ["saw"]),
            (name: "polish", at: ["wheel"], when: {"finish": "bright"}),
        ], then: "out")},
        orders: [
            (name: "1", part_type: "x", source: "in", options: {"finish": "plain"}),
            (name: "2", part_type: "x", source: "in", options: {"finish": "bright"}),
        ],
        schedule: (operations: [
            (order: "1", step: "wash", at: "tub", start: "0 h"), (order: "2", step: "wash", at: "tub", start: "0 h"),
            (order: "1", step: "saw", at: "saw", start: "0 h"), (order: "2", step: "saw", at: "saw", start: "1 h"),
            (order: "1", step: "polish", at: "wheel", start: "1 h"), (order: "2", step: "polish", at: "wheel", start: "2 h"),
        ]),
        elements: {
            "in": Source(arrivals: Orders), "tub": Station(process_time: "30 min", queue: 5),
            "saw": Station(process_time: "1 h", queue: 5), "wheel": Station(process_time: "1 h", queue: 5), "out": Sink(),
        },
    )"#,
    );
    assert_eq!(play.arrived("out"), [(3600.0, 1), (10800.0, 2)]);
}

/// Two orders that come to "mill" in the order of their numbers; the schedule has the second one milled first.
fn crossed(queue: u32, more: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{"gear": (routing: "gears"), "plain": (routing: "plain")}},
        routings: {{
            "gears": (steps: [(at: ["mill"])], then: "out"),
            "plain": (steps: [(at: ["mill"])], then: "out"),
        }},
        orders: [
            (name: "1", part_type: "gear", source: "left", quantity: 2),
            (name: "2", part_type: "gear", source: "right", release: "5 s"),
            {more}
        ],
        schedule: (operations: [(order: "2", at: "mill", start: "0 s"), (order: "1", at: "mill", start: "20 s")]),
        elements: {{
            "left": Source(arrivals: Orders), "right": Source(arrivals: Orders),
            "mill": Station(process_time: "10 s", queue: {queue}),
            "out": Sink(),
        }},
    )"#
    )
}

#[test]
fn the_last_place_is_not_given_to_what_waits_for_others() {
    for queue in 0..3 {
        let play = play(&crossed(queue, ""));
        assert_eq!(play.started("mill"), [(5.0, 3), (20.0, 1), (30.0, 2)], "{queue}");
        // Without a queue the first order is let in only when the second has begun, and left.
        let came = play.arrived("mill")[0];
        assert_eq!(came, if queue == 0 { (5.0, 3) } else { (0.0, 1) });
    }
    // What the schedule does not know waits for nobody, and comes in.
    let play = play(&crossed(0, r#"(name: "3", part_type: "plain", source: "right", priority: 1)"#));
    assert_eq!(play.started("mill"), [(0.0, 3), (10.0, 4), (20.0, 1), (30.0, 2)]);
}

#[test]
fn places_kept_for_others_are_sound_at_every_event_and_when_scrap_moves_the_turn() {
    // Half of the second order is scrapped before the mill, which then waits for nobody.
    let scenario = crossed(0, r#"(name: "3", part_type: "plain", source: "right", quantity: 3)"#)
        .replace(r#""mill": Station(process_time: "10 s","#, r#""mill": Station(process_time: Exponential("10 s"),"#)
        .replace(
            r#""out": Sink()"#,
            r#""saw": Station(
                process_time: "3 s", queue: 9,
                quality: (yield_ratio: 0.5, inspection: (detection: 1.0), rejects: Scrap),
            ),
            "out": Sink()"#,
        )
        .replace(r#""plain": (routing: "plain")"#, r#""plain": (routing: "plain"), "sawn": (routing: "sawn")"#)
        .replace(
            r#""plain": (steps"#,
            r#""sawn": (steps: [(at: ["saw"]), (at: ["mill"])], then: "out"), "plain": (steps"#,
        )
        .replace(r#"(name: "2", part_type: "gear","#, r#"(name: "2", part_type: "sawn", quantity: 7,"#);
    let plant = Arc::new(plan(&scenario).expect("a sound plant"));
    for seed in 0..20 {
        let mut run = Run::new(plant.clone(), seed, 0).expect("a run");
        let mut auditor = Auditor::begin(&mut run).expect("sound books");
        while auditor.step(&mut run).expect("sound books") != Progress::Done {}
        let report = run.report();
        assert_eq!(report.work_in_progress, 0, "{seed}");
    }
}

/// Four orders of a part each that come to two tools in the order of their numbers, and a fifth that no schedule knows.
fn tools(group: &str, schedule: &str) -> String {
    let order = |number: u32| format!(r#"(name: "{number}", part_type: "gear", source: "in {number}")"#);
    let orders: Vec<String> = (1..6).map(order).collect();
    let source = |number: u32| format!(r#""in {number}": Source(arrivals: Orders)"#);
    let sources: Vec<String> = (1..6).map(source).collect();
    format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{"gear": (routing: "gears")}},
        routings: {{"gears": (steps: [(at: ["mill"])], then: "out")}},
        orders: [{}],
        schedule: ({schedule}),
        elements: {{{}, "mill": ToolGroup({group}), "out": Sink()}},
    )"#,
        orders.join(", "),
        sources.join(", ")
    )
}

fn group_begun(play: &Play) -> Vec<(f64, u64)> {
    let mut begun: Vec<(f64, u64)> = play.started("mill/1").into_iter().chain(play.started("mill/2")).collect();
    begun.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    begun
}

#[test]
fn a_group_of_tools_begins_its_operations_in_their_order_and_at_their_times() {
    const OPERATIONS: &str = r#"operations: [
        (order: "3", at: "mill", start: "0 s"), (order: "4", at: "mill", start: "5 s"),
        (order: "1", at: "mill", start: "20 s"), (order: "2", at: "mill", start: "20 s"),
    ]"#;
    // The fifth is begun when nothing of the schedule could be: while the fourth waits for its time. Where few can wait it comes in
    // when there is a place that is not kept for what is next.
    let cases = [
        (
            "",
            [(0.0, 3), (0.0, 5), (10.0, 4), (20.0, 1), (20.0, 2)],
            [(0.0, 3), (0.0, 4), (10.0, 1), (10.0, 2), (20.0, 5)],
        ),
        (
            ", queue: 2",
            [(0.0, 3), (5.0, 4), (10.0, 5), (20.0, 1), (20.0, 2)],
            [(0.0, 3), (0.0, 4), (10.0, 1), (10.0, 5), (20.0, 2)],
        ),
        (
            ", queue: 1",
            [(0.0, 3), (5.0, 4), (20.0, 1), (20.0, 2), (30.0, 5)],
            [(0.0, 3), (0.0, 4), (10.0, 1), (10.0, 2), (20.0, 5)],
        ),
    ];
    for (queue, in_time, early) in cases {
        let group = format!(r#"tools: 2, process_time: "10 s"{queue}"#);
        assert_eq!(group_begun(&play(&tools(&group, OPERATIONS))), in_time, "{queue}");
        assert_eq!(group_begun(&play(&tools(&group, &format!("{OPERATIONS}, early: true")))), early, "{queue}");
    }
    // Only the second tool may do it: the first one waits.
    let group = r#"tools: 2, process_time: "10 s", qualified: {"gear": [2]}"#;
    let play = play(&tools(group, &format!("{OPERATIONS}, early: true")));
    assert_eq!(play.started("mill/2"), [(0.0, 3), (10.0, 4), (20.0, 1), (30.0, 2), (40.0, 5)]);
}

#[test]
fn a_schedule_names_groups_and_neither_their_tools_nor_what_makes_batches() {
    let said = |group: &str, at: &str| {
        let operations = format!(r#"operations: [(order: "1", at: "{at}", start: "0 s")]"#);
        let complaints = plan(&tools(group, &operations)).expect_err("a mistake");
        complaints.into_iter().map(|wrong| (wrong.message, wrong.help.unwrap_or_default())).collect::<Vec<_>>()
    };
    let group = r#"tools: 2, process_time: "10 s""#;
    let of_tool = said(group, "mill/2");
    assert_eq!(of_tool[0].0, "\"mill/2\" is a tool of the group \"mill\", which says what its tools do");
    assert_eq!(of_tool[0].1, "name \"mill\"");
    let misspelled = said(group, "mil/2");
    assert!(!misspelled[0].1.contains("mill/"), "{misspelled:?}");
    let batches = said(&format!("{group}, batch: (maximum: 2)"), "mill");
    assert!(batches[0].0.contains("works on batches"), "{batches:?}");
}

#[test]
fn a_scheduled_group_is_sound_at_every_event() {
    let operations = r#"operations: [
        (order: "3", at: "mill", start: "0 s"), (order: "4", at: "mill", start: "5 s"),
        (order: "1", at: "mill", start: "20 s"), (order: "2", at: "mill", start: "20 s"),
    ]"#;
    let group = r#"tools: 2, process_time: Exponential("10 s"), queue: 2,
        failures: [(time_to_failure: Exponential("20 s"), time_to_repair: Exponential("5 s"))]"#;
    let scenario = tools(group, operations).replace(r#""gear", source"#, r#""gear", quantity: 3, source"#);
    let plant = Arc::new(plan(&scenario).expect("a sound plant"));
    for seed in 0..10 {
        let mut run = Run::new(plant.clone(), seed, 0).expect("a run");
        let mut auditor = Auditor::begin(&mut run).expect("sound books");
        while auditor.step(&mut run).expect("sound books") != Progress::Done {}
        assert_eq!(run.report().work_in_progress, 0, "{seed}");
    }
}
