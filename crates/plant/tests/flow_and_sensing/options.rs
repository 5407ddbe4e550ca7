//! What is chosen of parts, and what follows from it: times, steps, ways, setups, and what is released and built in for an order.

use std::sync::Arc;

use plant::invariant::Auditor;
use plant::run::{Progress, Run, Snapshot};

use crate::play::{Play, complaints, plan, play};

/// A car with a colour and a roof, in a plant that has these sections and elements.
fn cars(options: &str, sections: &str, elements: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{"car": (options: {options})}},
        {sections}
        elements: {{ {elements} "out": Sink() }},
    )"#
    )
}

/// Orders of one car each, a minute apart, of which these are chosen.
fn orders(choices: &[&str]) -> String {
    let order = |(number, options): (usize, &&str)| {
        format!(
            r#"(name: "{number}", part_type: "car", release: "{} s", source: "in", options: {{{options}}})"#,
            number * 60
        )
    };
    format!("orders: [{}],", choices.iter().enumerate().map(order).collect::<Vec<_>>().join(", "))
}

const OPTIONS: &str = r#"{"colour": {"red": 3, "blue": 1}, "roof": ["glass", "steel"]}"#;

fn messages(scenario: &str) -> String {
    match plan(scenario) {
        Ok(_) => String::new(),
        Err(complaints) => complaints.into_iter().map(|complaint| complaint.message).collect::<Vec<_>>().join("; "),
    }
}

#[test]
fn work_takes_what_was_chosen() {
    let scenario = cars(
        OPTIONS,
        &orders(&[
            r#""colour": "red", "roof": "glass""#,
            r#""colour": "blue", "roof": "glass""#,
            r#""colour": "blue", "roof": "steel""#,
        ]),
        r#""in": Source(arrivals: Orders, next: "fit"),
           "fit": Station(process_time: (base: "10 s", options: {"roof": {"glass": "5 s"}, "colour": {"blue": "0.25 s", "red": "2 s"}}), next: "out"),"#,
    );
    assert_eq!(play(&scenario).arrived("out"), [(17.0, 1), (75.25, 2), (130.25, 3)]);
    // Without a base only what was chosen counts.
    let without = scenario.replace(r#"base: "10 s", "#, "");
    assert_eq!(play(&without).arrived("out"), [(7.0, 1), (65.25, 2), (120.25, 3)]);
}

#[test]
fn parts_pass_steps_over_that_are_for_others() {
    let scenario = |steps: &str| {
        cars(
            OPTIONS,
            &format!(
                r#"routings: {{"line": (steps: {steps}, then: "out")}}, {}"#,
                orders(&[r#""roof": "glass", "colour": "red""#, r#""roof": "steel", "colour": "red""#, r#""roof": "glass", "colour": "blue""#])
            ),
            r#""in": Source(arrivals: Orders),
               "paint": Station(process_time: "1 s"), "glaze": Station(process_time: "2 s"), "check": Station(process_time: "3 s"),"#,
        )
        .replace("(options:", r#"(routing: "line", options:"#)
    };
    let steps = r#"[(at: ["glaze"], when: {"roof": "glass"}), (at: ["paint"], when: {"roof": ["glass", "steel"], "colour": "red"}), (at: ["check"])]"#;
    let play = self::play(&scenario(steps));
    assert_eq!(play.order("glaze"), [1, 3]);
    assert_eq!(play.order("paint"), [1, 2]);
    assert_eq!(play.arrived("out"), [(6.0, 1), (64.0, 2), (125.0, 3)]);
    // One that nobody does ends the routing at once.
    let none = r#"[(at: ["paint"]), (at: ["glaze"], when: {"roof": "steel", "colour": "blue"}), (at: ["check"], when: {"roof": "steel"})]"#;
    assert_eq!(self::play(&scenario(none)).arrived("out"), [(1.0, 1), (64.0, 2), (121.0, 3)]);
}

#[test]
fn branches_send_parts_where_their_choice_goes() {
    let scenario = |destinations: &str| {
        cars(
            OPTIONS,
            &orders(&[r#""colour": "blue""#, r#""colour": "red""#]),
            &format!(
                r#""in": Source(arrivals: Orders, next: "way"),
                   "way": Branch(by: Option(option: "colour", destinations: {destinations})),
                   "reds": Sink(), "blues": Sink(),"#
            ),
        )
    };
    let play = self::play(&scenario(r#"{"red": "reds", "blue": "blues"}"#));
    assert_eq!((play.order("blues"), play.order("reds")), (vec![1], vec![2]));
    let play = self::play(&scenario(r#"{"red": "reds", "*": "out"}"#));
    assert_eq!((play.order("out"), play.order("reds")), (vec![1], vec![2]));
    let plant = plan(&scenario(r#"{"red": "reds"}"#)).expect("a sound plant");
    let error = Run::new(Arc::new(plant), 1, 0).expect("a run").finish().expect_err("a blue car goes nowhere");
    assert!(error.to_string().contains("way"), "{error}");
}

#[test]
fn changeovers_go_by_choices_and_families() {
    // Two light colours need no changeover from one to the other.
    let scenario = |setup: &str| {
        cars(
            r#"{"colour": ["white", "yellow", "black"]}"#,
            &orders(&[
                r#""colour": "white""#,
                r#""colour": "yellow""#,
                r#""colour": "black""#,
                r#""colour": "yellow""#,
            ]),
            &format!(
                r#""in": Source(arrivals: Orders, next: "booth"),
                   "booth": Station(process_time: "1 s", queue: 9, setup: ({setup}), next: "out"),"#
            ),
        )
    };
    let left = |setup: &str| play(&scenario(setup)).arrived("out").iter().map(|(at, _)| *at).collect::<Vec<f64>>();
    let by = r#"by: Option("colour"), time: "4 s""#;
    assert_eq!(left(by), [1.0, 65.0, 125.0, 185.0]);
    let families = r#"families: {"light": ["white", "yellow"]}"#;
    assert_eq!(left(&format!("{by}, {families}")), [1.0, 61.0, 125.0, 185.0]);
    let matrix = r#"matrix: {"light": {"black": "10 s"}, "black": {"light": "20 s"}}"#;
    assert_eq!(left(&format!("{by}, {families}, {matrix}")), [1.0, 61.0, 131.0, 201.0]);
    // A member stands for its family.
    let by_member = r#"matrix: {"yellow": {"black": "10 s"}}, initial: "black""#;
    assert_eq!(left(&format!("{by}, {families}, {by_member}")), [5.0, 61.0, 131.0, 185.0]);
    let wrong = [
        (r#"families: {"light": ["white"], "dark": ["white"]}"#, "\"white\" is a member of a family already"),
        (r#"families: {"light": []}"#, "the family \"light\" has no members"),
        (r#"families: {"light": ["pink"]}"#, "\"pink\" is no choice of the option \"colour\""),
        (r#"initial: "pink""#, "\"pink\" is no choice"),
    ];
    for (setup, expected) in wrong {
        let said = messages(&scenario(&format!("{by}, {setup}")));
        assert!(said.contains(expected), "{setup}: {said}");
    }
}

/// Two cars ordered at once, whose seats and roofs are made for them and come in the wrong order.
fn assembly(bill: &str, more: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{
            "car": (options: {{"roof": ["glass", "steel"], "trim": ["sport", "plain"]}}, bill_of_materials: [
                (part_type: "seat", amount: 2, source: "seats"),
                (part_type: "pane", source: "panes", when: {{"roof": "glass"}}),
            ]),
            "seat": (options: {{"trim": ["sport", "plain"]}}, bill_of_materials: [(part_type: "cover", source: "covers", when: {{"trim": "sport"}})]),
            "pane": (), "cover": (),
        }},
        orders: [
            (name: "first", part_type: "car", source: "in", options: {{"roof": "glass", "trim": "plain"}}),
            (name: "second", part_type: "car", source: "in", options: {{"roof": "steel", "trim": "sport"}}),
        ],
        elements: {{
            "in": Source(arrivals: Orders, next: "build"),
            "seats": Source(arrivals: Orders, next: "sew"),
            "sew": Station(process_time: (options: {{"trim": {{"plain": "30 s", "sport": "1 s"}}}}), queue: Unlimited, next: "build"),
            "panes": Source(arrivals: Orders, next: "build"),
            "covers": Source(arrivals: Orders, next: "shelf"),
            "shelf": Buffer(capacity: 9, next: "pile"), "pile": Sink(),
            "build": Assembly(bill: {bill}, process_time: "5 s", queue: 9, next: "out"),
            "out": Sink(),
            {more}
        }},
    )"#
    )
}

const BILL: &str = r#"[(any_of: ["car"]), (any_of: ["seat"], amount: 2, same_order: true), (any_of: ["pane"], when: {"roof": "glass"}, same_order: true)]"#;

fn shipped(play: &Play) -> Vec<(f64, u64)> {
    play.arrived("out")
}

#[test]
fn an_order_brings_its_materials_and_is_built_of_them() {
    let play = self::play(&assembly(BILL, ""));
    // Parts are numbered as they are born, by the order of the names of the sources: two covers (one for each seat of the second car),
    // two cars, a pane, four seats. Seats are sewn one after another: 30 and 30 s for the first car, 1 and 1 s for the second.
    assert_eq!(play.order("shelf").len(), 2);
    let seats = play.departed("sew").iter().map(|(at, _)| *at).collect::<Vec<f64>>();
    assert_eq!(seats, [30.0, 60.0, 61.0, 62.0]);
    let cars = play.order("build").into_iter().filter(|part| play.order("out").contains(part)).collect::<Vec<u64>>();
    assert_eq!(shipped(&play), [(65.0, cars[0]), (70.0, cars[1])]);
    // With the seats of the second one sewn first (at 1 and 2 s) it is built first, though the other one waits before it.
    let spt = assembly(BILL, "")
        .replace(r#"queue: Unlimited, next: "build""#, r#"queue: (capacity: 99, rule: Spt), next: "build""#);
    let play = self::play(&spt);
    assert_eq!(shipped(&play), [(7.0, cars[1]), (67.0, cars[0])]);
    assert_eq!(play.orders_completed, 2);
    // Where nobody asks for whose they are, any two seats will do.
    let any = play_order(&BILL.replace("amount: 2, same_order: true", "amount: 2"));
    assert_eq!(any, [65.0, 70.0]);
    // A bill without conditions makes the second car wait for a pane that nobody makes.
    assert_eq!(play_order(&BILL.replace(r#"when: {"roof": "glass"}, "#, "")), [65.0]);
}

#[test]
fn a_seat_of_another_order_that_came_first_stays_in_the_line() {
    // The second car is ordered at 20 s. Its seats are sewn at 31 s and 32 s, after the first one of the other car and before the second.
    let scenario = assembly(BILL, "")
        .replace(r#"queue: Unlimited, next: "build""#, r#"queue: (capacity: 99, rule: Spt), next: "build""#)
        .replace(r#"(name: "second","#, r#"(name: "second", release: "20 s","#);
    let play = self::play(&scenario);
    let seats = play.departed("sew").iter().map(|(at, _)| *at).collect::<Vec<f64>>();
    assert_eq!(seats, [30.0, 31.0, 32.0, 62.0]);
    assert_eq!(shipped(&play).iter().map(|(at, _)| *at).collect::<Vec<f64>>(), [37.0, 67.0]);
}

fn play_order(bill: &str) -> Vec<f64> {
    shipped(&play(&assembly(bill, ""))).iter().map(|(at, _)| *at).collect()
}

#[test]
fn material_that_leaves_the_plant_completes_no_order() {
    // The manual is out at 1 s, the car at 10 s.
    let scenario = |horizon: &str| {
        format!(
            r#"(
            clock: (horizon: "{horizon}"),
            part_types: {{"car": (bill_of_materials: [(part_type: "manual", source: "press")]), "manual": ()}},
            orders: [(name: "one", part_type: "car", quantity: 1, source: "in")],
            elements: {{
                "in": Source(arrivals: Orders, next: "build"), "press": Source(arrivals: Orders, next: "print"),
                "build": Station(process_time: "10 s", next: "out"), "print": Station(process_time: "1 s", next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    let play = self::play(&scenario("5 s"));
    assert_eq!((play.order("out").len(), play.orders_completed), (1, 0));
    assert_eq!(self::play(&scenario("20 s")).orders_completed, 1);
}

#[test]
fn work_remaining_counts_steps_that_are_for_some_by_their_share() {
    let plant = plan(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {"car": (routing: "line", options: {"roof": {"glass": 1, "steel": 3}})},
        routings: {"line": (steps: [
            (at: ["paint"], process_time: "10 s"), (at: ["glaze"], process_time: "40 s", when: {"roof": "glass"}),
            (at: ["check"], process_time: "2 s", sampled: 0.5),
        ], then: "out")},
        elements: {
            "in": Source(part_type: "car", arrivals: Unlimited),
            "paint": Station(process_time: "1 s"), "glaze": Station(process_time: "1 s"), "check": Station(process_time: "1 s"), "out": Sink(),
        },
    )"#,
    );
    let plant = plant.expect("a sound plant");
    let remaining: Vec<i64> =
        plant.model.routings[0].steps.iter().map(|step| step.remaining.of(1) / 1_000_000_000).collect();
    // 10 + 40 in one of four + 2 in one of two; a part that has come to a step does it.
    assert_eq!(remaining, [21, 41, 2]);
}

#[test]
fn what_an_order_leaves_open_is_chosen_once_for_all_that_goes_into_it() {
    let orders: String =
        (0..40).map(|number| format!(r#"(name: "{number}", part_type: "car", quantity: 3, source: "in"),"#)).collect();
    let scenario = |orders: &str| {
        format!(
            r#"(
            clock: (horizon: "10000 s"),
            part_types: {{
                "car": (options: {{"roof": {{"glass": 1, "steel": 3}}}}, bill_of_materials: [
                    (part_type: "pane", source: "panes", when: {{"roof": "glass"}}),
                    (part_type: "plate", source: "plates", when: {{"roof": "steel"}}),
                ]),
                "pane": (), "plate": (),
            }},
            orders: [{orders}],
            elements: {{
                "in": Source(arrivals: Orders, next: "build"),
                "panes": Source(arrivals: Orders, next: "build"),
                "plates": Source(arrivals: Orders, next: "build"),
                "build": Assembly(bill: [(any_of: ["car"]), (any_of: ["pane"], when: {{"roof": "glass"}}, same_order: true),
                    (any_of: ["plate"], when: {{"roof": "steel"}}, same_order: true)], process_time: "5 s", queue: 9, next: "out"),
                "out": Sink(),
            }},
        )"#
        )
    };
    let play = self::play(&scenario(&orders));
    // Every car is built, and nothing is left over.
    assert_eq!(play.order("out").len(), 120);
    let panes = play.element("panes").counts.departed;
    assert_eq!(panes + play.element("plates").counts.departed, 120);
    // 40 draws with 1 in 4, each for three cars: 10 with a standard deviation of 2.7.
    assert!(panes.is_multiple_of(3) && (4..=18).contains(&(panes / 3)), "{panes}");
    // An order that says what it wants does not change what is drawn for others.
    let said = orders.replacen("source", r#"options: {"roof": "glass"}, source"#, 1);
    let panes_said = self::play(&scenario(&said)).element("panes").counts.departed;
    assert!(panes_said == panes || panes_said == panes + 3, "{panes} and {panes_said}");
}

#[test]
fn choices_go_on_with_what_parts_become() {
    // A body becomes a car of its colour, and the car falls apart into doors of that colour.
    let scenario = r#"(
        clock: (horizon: "1000 s"),
        part_types: {
            "body": (options: {"colour": ["red", "blue"]}), "wheel": (),
            "car": (options: {"colour": ["red", "blue"], "roof": ["glass"]}, routing: "cars"),
            "door": (options: {"colour": ["red", "blue"]}),
        },
        routings: {"cars": (steps: [(at: ["varnish"], when: {"colour": "blue"}), (at: ["cut"])], then: "out")},
        orders: [
            (name: "red", part_type: "body", source: "in", options: {"colour": "red"}),
            (name: "blue", part_type: "body", release: "100 s", source: "in", options: {"colour": "blue"}),
        ],
        elements: {
            "in": Source(arrivals: Orders, next: "build"),
            "wheels": Source(arrivals: Unlimited, part_type: "wheel", next: "build"),
            "build": Assembly(bill: {"body": 1, "wheel": 1}, product: "car", process_time: "1 s"),
            "varnish": Station(process_time: "7 s"),
            "cut": Disassembly(pieces: [(part_type: "door", amount: 2)], process_time: "1 s", next: "way"),
            "way": Branch(by: Option(option: "colour", destinations: {"red": "reds", "blue": "blues", "*": "out"})),
            "reds": Sink(), "blues": Sink(), "out": Sink(),
        },
    )"#;
    let play = play(scenario);
    assert_eq!(play.arrived("reds").iter().map(|(at, _)| *at).collect::<Vec<f64>>(), [2.0, 2.0]);
    assert_eq!(play.arrived("blues").iter().map(|(at, _)| *at).collect::<Vec<f64>>(), [109.0, 109.0]);
    assert_eq!(play.order("varnish").len(), 1);
}

#[test]
fn chance_decides_by_weights_and_from_a_stream_of_its_own() {
    let scenario = |weights: &str, more: &str| {
        cars(
            &format!(r#"{{"colour": {weights}}}"#),
            "",
            &format!(
                r#""in": Source(arrivals: Interarrival(Exponential("1 s")){more}, next: "way"),
                   "way": Branch(by: Option(option: "colour", destinations: {{"red": "reds", "blue": "blues"}})),
                   "reds": Sink(), "blues": Sink(),"#
            ),
        )
    };
    let play = self::play(&scenario(r#"{"red": 3, "blue": 1}"#, ""));
    let (reds, blues) = (play.order("reds").len() as f64, play.order("blues").len() as f64);
    let all = reds + blues;
    // Binomial with a quarter: five standard deviations.
    assert!((blues - all / 4.0).abs() < 5.0 * (all * 3.0 / 16.0).sqrt(), "{blues} of {all}");
    // Arrivals do not depend on what is chosen.
    let alike = self::play(&scenario(r#"["red", "blue"]"#, ""));
    assert_eq!(alike.report.part_types[0].born, play.report.part_types[0].born);
    assert_ne!(alike.order("reds"), play.order("reds"));
    // What is never chosen never comes.
    assert_eq!(self::play(&scenario(r#"{"red": 3, "blue": 0}"#, "")).order("blues").len(), 0);
}

#[test]
fn parts_in_the_plant_have_their_choices() {
    let scenario = cars(
        OPTIONS,
        r#"work_in_progress: [(part_type: "car", at: "fit", quantity: 2, options: {"colour": "red", "roof": "glass"}), (part_type: "car", at: "fit", options: {"colour": "blue"})],"#,
        r#""fit": Station(process_time: (options: {"roof": {"glass": "5 s", "steel": "50 s"}, "colour": {"red": "1 s", "blue": "3 s"}}), queue: 9, next: "out"),"#,
    );
    let left = play(&scenario).arrived("out").iter().map(|(at, _)| *at).collect::<Vec<f64>>();
    assert_eq!(left[..2], [6.0, 12.0]);
    assert!([20.0, 65.0].contains(&left[2]), "{left:?}");
}

#[test]
fn choices_that_cannot_be_are_said_beforehand() {
    let with = |options: &str, chosen: &str, station: &str| {
        messages(&cars(
            options,
            &orders(&[chosen]),
            &format!(r#""in": Source(arrivals: Orders, next: "fit"), "fit": Station({station}, next: "out"),"#),
        ))
    };
    let sound = r#"process_time: "1 s""#;
    assert_eq!(with(OPTIONS, r#""colour": "red""#, sound), "");
    let cases = [
        (OPTIONS, r#""color": "red""#, sound, "there is no option called \"color\""),
        (OPTIONS, r#""colour": "pink""#, sound, "\"pink\" is no choice of the option \"colour\""),
        (r#"{"colour": {"red": -1}}"#, "", sound, "nothing can be chosen of the option \"colour\""),
        (r#"{"colour": []}"#, "", sound, "nothing can be chosen of the option \"colour\""),
        (OPTIONS, "", r#"process_time: (options: {"rof": {"glass": "1 s"}})"#, "there is no option called \"rof\""),
        (OPTIONS, "", r#"process_time: (options: {"roof": {"glas": "1 s"}})"#, "\"glas\" is no choice"),
        (
            OPTIONS,
            "",
            r#"process_time: "1 s", setup: (by: Option("seat"), time: "1 s")"#,
            "there is no option called \"seat\"",
        ),
    ];
    for (options, chosen, station, expected) in cases {
        let said = with(options, chosen, station);
        assert!(said.contains(expected), "{options} {chosen} {station}: {said}");
    }
    let bills = [
        (
            r#"[(any_of: ["car"], amount: 2), (any_of: ["seat"], same_order: true)]"#,
            "does not say which part is the main one",
        ),
        (
            r#"[(any_of: ["car"], when: {"roof": "glass"}), (any_of: ["seat"])]"#,
            "does not say which part is the main one",
        ),
        (r#"[(any_of: ["car"]), (any_of: ["seat"], when: {"roof": "wood"})]"#, "\"wood\" is no choice"),
    ];
    for (bill, expected) in bills {
        let said = messages(&assembly(bill, ""));
        assert!(said.contains(expected), "{bill}: {said}");
    }
    let circle = assembly(BILL, "")
        .replace(r#""cover": ()"#, r#""cover": (bill_of_materials: [(part_type: "car", source: "in")])"#);
    let said = messages(&circle);
    for name in ["car", "seat", "cover"] {
        assert!(said.contains(&format!("the bill of materials of \"{name}\" leads back to itself")), "{said}");
    }
    let grouped = cars(
        OPTIONS,
        "",
        r#""in": Source(arrivals: Unlimited, limit: 1, next: "fit"), "fit": ToolGroup(tools: 2, process_time: "1 s", setup: (by: Option("roof"), time: "1 s"), next: "out"),"#,
    );
    assert_eq!(messages(&grouped), "");
    assert!(
        messages(&cars("{}", &orders(&[r#""colour": "red""#]), r#""in": Source(arrivals: Orders, next: "out"),"#))
            .contains("no option called")
    );
    let other = cars(OPTIONS, &orders(&[r#""colour": "red""#]), r#""in": Source(arrivals: Orders, next: "out"),"#)
        .replace(r#"{"car":"#, r#"{"bus": (), "car":"#)
        .replace(r#"part_type: "car""#, r#"part_type: "bus""#);
    assert!(messages(&other).contains("parts of the type \"bus\" have no option \"colour\""));
    assert_eq!(complaints(r#""in": Source(arrivals: Unlimited, limit: 1, next: "out"), "out": Sink()"#), [""; 0]);
}

#[test]
fn a_bill_that_doubles_with_every_level_is_refused() {
    let types: String = (0..30)
        .map(|level| {
            let line = format!(r#"(part_type: "t{}", source: "in")"#, level + 1);
            format!(r#""t{level}": (bill_of_materials: [{line}, {line}]),"#)
        })
        .collect();
    let scenario = format!(
        r#"(clock: (horizon: "1 h"), part_types: {{{types} "t30": ()}},
        orders: [(name: "one", part_type: "t0", source: "in")],
        elements: {{"in": Source(arrivals: Orders, next: "out"), "out": Sink()}})"#
    );
    assert!(messages(&scenario).contains("the bill of materials of \"t0\" has no end in sight"));
}

#[test]
fn a_run_goes_on_from_any_event_with_the_same_choices() {
    let scenario = assembly(BILL, "").replace(r#", options: {"roof": "glass", "trim": "plain"}"#, "");
    let plant = Arc::new(plan(&scenario).expect("a sound plant"));
    let whole = {
        let mut run = Run::new(plant.clone(), 5, 0).expect("a run");
        run.finish().expect("a sound plant");
        run.digest()
    };
    for events in 0..12 {
        let mut run = Run::new(plant.clone(), 5, 0).expect("a run");
        let mut auditor = Auditor::begin(&mut run).expect("sound books");
        while auditor.events() < events && auditor.step(&mut run).expect("sound books") != Progress::Done {}
        let bytes = run.snapshot().to_bytes();
        let snapshot = Snapshot::from_bytes(&plant, &bytes).expect("a snapshot of this plant");
        // The seed is that of the run that was saved.
        let mut resumed = Run::resume(plant.clone(), 77, 3, &snapshot).expect("a run");
        resumed.finish().expect("a sound plant");
        assert_eq!(resumed.digest(), whole, "after {events} events");
    }
}

#[test]
fn orders_share_no_name_and_are_for_something() {
    let scenario = |orders: &str| {
        format!(
            r#"(clock: (horizon: "10 s"), part_types: {{"car": ()}}, orders: [{orders}],
            elements: {{"in": Source(arrivals: Orders, next: "out"), "out": Sink()}})"#
        )
    };
    let order = |name: &str, quantity: u32| {
        format!(r#"(name: "{name}", part_type: "car", quantity: {quantity}, source: "in"),"#)
    };
    let said = |orders: &str| plan(&scenario(orders)).expect_err("a wrong order")[0].message.clone();
    assert!(plan(&scenario(&(order("A", 1) + &order("B", 1)))).is_ok());
    assert_eq!(said(&(order("A", 1) + &order("A", 2))), "two orders are called \"A\"");
    assert_eq!(said(&order("A", 0)), "the `quantity` of order \"A\" is 0");
}

#[test]
fn a_step_can_take_what_was_chosen_wherever_it_is_done() {
    let scenario = |at: &str| {
        format!(
            r#"(
            clock: (horizon: "1000 s"),
            part_types: {{"car": (routing: "fit", options: {OPTIONS})}},
            routings: {{"fit": (
                steps: [(at: ["fit"], process_time: (base: "10 s", options: {{"roof": {{"glass": "5 s"}}, "colour": {{"blue": "2 s"}}}}))],
                then: "out",
            )}},
            {}
            elements: {{"in": Source(arrivals: Orders), "fit": {at}, "out": Sink()}},
        )"#,
            orders(&[
                r#""roof": "glass", "colour": "red""#,
                r#""roof": "steel", "colour": "red""#,
                r#""roof": "glass", "colour": "blue""#
            ])
        )
    };
    // The element would take 1 s.
    for at in [
        r#"Station(process_time: "1 s")"#,
        r#"ToolGroup(tools: 2, process_time: "1 s")"#,
        r#"ToolGroup(tools: 1)"#,
        r#"Delay(time: "1 s")"#,
    ] {
        let play = play(&scenario(at));
        assert_eq!(play.arrived("out"), [(15.0, 1), (70.0, 2), (137.0, 3)], "{at}");
    }
    // Half of the roofs are of glass, and a quarter of the cars blue.
    let plant = plan(&scenario(r#"Station(process_time: "1 s")"#)).expect("a plant");
    assert_eq!(plant.model.routings[0].steps[0].mean, 13_000_000_000);
    let wrong = scenario(r#"Station(process_time: "1 s")"#).replace(r#""glass": "5 s""#, r#""glas": "5 s""#);
    assert!(messages(&wrong).contains("\"glas\""), "{}", messages(&wrong));
}
