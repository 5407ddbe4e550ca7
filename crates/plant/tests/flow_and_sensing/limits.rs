//! What limits small plants whose limit is known, and what is said of it; and units that have done nothing for long.

use plant::kpi::{Bottleneck, Limit, bottleneck, piles_up};
use plant::report::StuckReport;

use crate::play::{Play, plan, play};

/// Ten days of a plant.
fn ten_days(further: &str, elements: &str) -> Play {
    play(&format!(
        r#"(clock: (start: "2026-11-23T00:00:00Z", horizon: "10 d"), {further} elements: {{{elements} "out": Sink()}})"#
    ))
}

fn found(play: &Play) -> Bottleneck {
    bottleneck(&play.report).expect("units have worked")
}

/// The unit and its limit, in a plant in which parts pile up; and the reason says all of `words`.
fn is_limited(play: &Play, unit: &str, limit: Limit, words: &[&str]) {
    assert!(piles_up(&play.report));
    let found = found(play);
    assert_eq!((found.unit.element.as_str(), found.limit), (unit, limit), "{}", found.reason);
    for word in words {
        assert!(found.reason.contains(word), "{word}: {}", found.reason);
    }
    assert!(!found.reason.contains("what comes in limits"), "{}", found.reason);
}

#[test]
fn cards_that_are_all_out_are_the_limit_where_parts_wait_for_them() {
    let one_card = ten_days(
        "",
        r#""in": Source(arrivals: Interarrival("7 min"), next: "pool"), "pool": Buffer(capacity: Unlimited, next: "saw"),
           "saw": Station(process_time: "4 min", queue: Unlimited, next: "mill"),
           "mill": Station(process_time: "6 min", queue: Unlimited, next: "out"),
           "cards": CardLoop(cards: 1, from: ["saw"], to: ["mill"]),"#,
    );
    is_limited(
        &one_card,
        "cards",
        Limit::Between,
        &["parts wait in \"pool\"", "more of its cards", "\"mill\", the busiest"],
    );
}

#[test]
fn a_vehicle_that_never_rests_is_the_limit_where_parts_wait_for_it() {
    let one_vehicle = ten_days(
        "",
        r#""in": Source(arrivals: Interarrival("5 min"), next: "pool"), "pool": Buffer(capacity: Unlimited, next: "saw"),
           "saw": Station(process_time: "4 min", queue: 2, next: "out"),
           "net": PathNetwork(nodes: {"a": (x: "0 m", serves: ["pool"]), "b": (x: "100 m", serves: ["saw"])},
               segments: [(from: "a", to: "b", two_way: true)]),
           "agv": Fleet(network: "net", vehicles: 1, start: ["a"], speed: "0.5 m/s"),"#,
    );
    is_limited(&one_vehicle, "agv", Limit::Between, &["one more vehicle", "parts wait in \"pool\""]);
}

#[test]
fn who_waits_for_liquid_is_limited_by_that_and_not_by_what_comes_in() {
    let dripping = ten_days(
        "",
        r#""in": Source(arrivals: Interarrival("10 min"), next: "wash"),
           "wash": Station(process_time: "5 min", queue: Unlimited, fluid: (takes: {"t": "100 l"}), next: "out"),
           "t": Tank(capacity: "1 m^3"), "p": Pump(to: "t", flow: "5 l/min"),"#,
    );
    is_limited(&dripping, "wash", Limit::Material, &["waits for liquid 75 %", "more flow into the tanks"]);
}

#[test]
fn who_is_held_back_by_the_limit_of_the_load_is_limited_by_that() {
    let taking_turns = ten_days(
        r#"energy: (peak: (limit: "10 kW", hold: ["a", "b"])),"#,
        r#""in": Source(arrivals: Interarrival("6 min"), next: "a"),
           "a": Station(process_time: "5 min", queue: Unlimited, energy: (processing: "6 kW"), next: "b"),
           "b": Station(process_time: "5 min", queue: Unlimited, energy: (processing: "6 kW"), next: "out"),"#,
    );
    // Both are as busy; whose name comes first waits as it does.
    is_limited(&taking_turns, "a", Limit::Power, &["share the bottleneck", "\"a\" waits for parts", "a higher limit"]);
    let held_back = |name: &str| {
        let element = taking_turns.report.elements.iter().find(|element| element.name == name).expect("an element");
        element.held_back.map(|time| time.as_seconds_f64())
    };
    let (a, b) = (held_back("a").expect("it is held"), held_back("b").expect("it is held"));
    let all = taking_turns.report.held_back.expect("there is a limit").as_seconds_f64();
    assert!((a + b - all).abs() < 1e-6 && a > 0.0 && b > 0.0, "{a} and {b} of {all}");
    assert_eq!(held_back("in"), None);
    let share = plant::kpi::find(&taking_turns.report, "non_productive_energy").expect("units draw power");
    assert!(share == 0.0 && share.is_sign_positive(), "{share}");
}

#[test]
fn of_a_unit_that_waits_for_power_and_for_liquid_each_is_told_apart() {
    // Liquid for a part comes in 10 minutes, and power is there for one of both.
    let dyers = |limit: &str| {
        ten_days(
            &format!(r#"energy: (peak: (limit: "{limit}", hold: ["vat", "oven"])),"#),
            r#""in": Source(arrivals: Interarrival("10 min"), next: "vat"),
               "vat": Station(process_time: "5 min", queue: Unlimited, fluid: (takes: {"t": "100 l"}), energy: (processing: "6 kW"), next: "out"),
               "rods": Source(arrivals: Interarrival("10 min"), next: "oven"),
               "oven": Station(process_time: "9 min", queue: Unlimited, energy: (processing: "6 kW"), next: "out"),
               "t": Tank(capacity: "200 l"), "p": Pump(to: "t", flow: "10 l/min"),"#,
        )
    };
    let held_back = |play: &Play| {
        let element = play.report.elements.iter().find(|element| element.name == "vat").expect("the vat");
        element.held_back.expect("it is named").as_seconds_f64()
    };
    assert!(held_back(&dyers("12 kW")) < 1.0);
    assert!(held_back(&dyers("10 kW")) > 86_400.0);
}

#[test]
fn the_bottleneck_is_about_as_busy_as_the_busiest_unit() {
    let streams = play(
        r#"(clock: (warm_up: "5 h", horizon: "505 h"), elements: {
            "in": Source(arrivals: Interarrival("60 s"), next: "saw"),
            "saw": Station(process_time: Exponential("54 s"), queue: Unlimited, next: "out"),
            "in2": Source(arrivals: Interarrival("10 h"), next: "oven"),
            "oven": Station(process_time: "6 h", queue: Unlimited, next: "out"), "out": Sink(),
        })"#,
    );
    let found = found(&streams);
    assert_eq!((found.unit.element.as_str(), found.runner_up), ("saw", None));
    assert!(found.reason.starts_with("\"saw\" is the busiest unit: "), "{}", found.reason);
}

/// A station on the early shift and its people on `shift`.
fn shifts(shift: &str) -> String {
    format!(
        r#""in": Source(arrivals: Interarrival("60 min"), next: "wash"),
           "wash": Station(process_time: "5 min", queue: Unlimited, calendar: (shifts: [(from: "06:00", to: "14:00")]),
               staffing: (processing: "p"), next: "out"),
           "p": Pool(members: 2, calendar: (shifts: [{shift}])),"#
    )
}

#[test]
fn where_shifts_do_not_meet_more_people_are_not_what_helps() {
    let late = r#"(from: "14:00", to: "22:00")"#;
    let apart = ten_days("", &shifts(late));
    is_limited(&apart, "wash", Limit::People, &["\"p\" is at work for none of the working time of \"wash\""]);
    assert!(!found(&apart).reason.contains("one more member"));
    let warnings = |shift: &str| {
        let elements = shifts(shift);
        let plant = plan(&format!(r#"(clock: (horizon: "10 d"), elements: {{{elements} "out": Sink()}})"#));
        let warnings = plant.expect("a sound plant").warnings;
        warnings.into_iter().map(|warning| (warning.code.id, warning.message)).collect::<Vec<_>>()
    };
    let never = "\"p\" is never at work while \"wash\" is, which calls its members".to_owned();
    assert_eq!(warnings(late), [("LW1012", never)]);
    assert_eq!(warnings(r#"(from: "13:59", to: "22:00")"#), []);
}

#[test]
fn a_plant_stands_still_whose_tanks_give_nothing_and_take_nothing_any_more() {
    let still = |element: &str, tank: &str| {
        let play = ten_days(
            "",
            &format!(
                r#""in": Source(arrivals: Interarrival("10 min"), limit: 50, next: "wash"),
                   "wash": Station(process_time: "5 min", queue: Unlimited, fluid: ({element}: {{"t": "380 l"}}), next: "out"), {tank}"#
            ),
        );
        let standstill = play.report.standstill.clone().expect("it stands still");
        let found = found(&play);
        assert_eq!(found.limit, Limit::Standstill, "{}", found.reason);
        assert!(found.reason.contains("The plant has stood still since"), "{}", found.reason);
        standstill.waits
    };
    let waits = |what: &str| [("wash".to_owned(), what.to_owned())];
    let dry = still("takes", r#""t": Tank(capacity: "3 m^3", initial: "2 m^3"),"#);
    assert_eq!(dry, waits("for more in \"t\" than is there"));
    // The pump begins above what is in the tank when nothing more fits.
    let pump = r#""p": Pump(from: "t", flow: "50 l/min", drain: (above: "2.9 m^3", down_to: "200 l")),"#;
    let full = still("gives", &format!(r#""t": Tank(capacity: "3 m^3"), {pump}"#));
    assert_eq!(full, waits("for room in \"t\" for what it gives"));
}

#[test]
fn a_plant_whose_pump_comes_back_on_shift_does_not_stand_still() {
    let play = ten_days(
        "",
        r#""in": Source(arrivals: Interarrival("10 min"), limit: 50, next: "wash"),
           "wash": Station(process_time: "5 min", queue: Unlimited, fluid: (takes: {"t": "380 l"}), next: "out"),
           "t": Tank(capacity: "3 m^3"),
           "p": Pump(to: "t", flow: "1 l/min", calendar: (shifts: [(days: "Mon", from: "06:00", to: "14:00")])),"#,
    );
    assert_eq!(play.report.standstill, None);
}

/// An assembly that has no room for the part that it lacks, on the shifts of `calendar`.
fn full_assembly(calendar: &str) -> Play {
    ten_days(
        r#"part_types: {"body": (), "lid": ()},"#,
        &format!(
            r#""bodies": Source(arrivals: Interarrival("1 h"), part_type: "body", next: "paint"),
               "paint": Station(process_time: "5 min", {calendar} queue: Unlimited, next: "join"),
               "lids": Source(arrivals: Table([(time: "0 s", quantity: 30)]), part_type: "lid", next: "join"),
               "join": Assembly(bill: {{"body": 1, "lid": 1}}, process_time: "5 min", queue: 2, next: "out"),
               "rods": Source(arrivals: Interarrival("20 min"), part_type: "body", next: "saw"),
               "saw": Station(process_time: "5 min", queue: 9, next: "out"),"#
        ),
    )
}

#[test]
fn units_that_have_done_nothing_for_long_are_told_of_while_others_go_on() {
    for calendar in ["", r#"calendar: (shifts: [(from: "06:00", to: "22:00")]),"#] {
        let play = full_assembly(calendar);
        assert_eq!(play.report.standstill, None);
        let stuck: Vec<(&str, &str)> =
            play.report.stuck.iter().map(|StuckReport { element, waits, .. }| (&**element, &**waits)).collect();
        assert_eq!(stuck, [("join", "for \"lid\""), ("paint", "for room at \"join\"")]);
        let since = play.report.stuck[0].since - kernel::SimTime::ZERO;
        // 30 lids, and as many hours of work on them.
        assert!((30.0..60.0).contains(&(since.as_seconds_f64() / 3600.0)), "{since:?}");
    }
}

#[test]
fn who_waits_for_people_that_never_come_is_told_of() {
    let play = ten_days(
        "",
        r#""in": Source(arrivals: Interarrival("60 min"), next: "wash"),
           "wash": Station(process_time: "5 min", queue: Unlimited, staffing: (processing: (pool: "p", amount: 3)), next: "out"),
           "p": Pool(members: 2),"#,
    );
    let stuck: Vec<(&str, &str)> =
        play.report.stuck.iter().map(|StuckReport { element, waits, .. }| (&**element, &**waits)).collect();
    assert_eq!(stuck, [("wash", "for people of \"p\"")]);
    let pool = play.report.elements.iter().find(|element| element.name == "p").expect("the pool");
    assert!(pool.figures.iter().all(|figure| figure.name != "mean wait for the pool"), "nobody was served");
}

#[test]
fn a_weekend_is_no_standstill() {
    // It ends on a Monday morning, a minute into the shift.
    let early = r#"calendar: (shifts: [(days: "Mon-Fri", from: "06:00", to: "14:00")]),"#;
    let scenario = |calendar: &str| {
        format!(
            r#"(clock: (start: "2026-11-23T00:00:00Z", horizon: "7 d 6 h 1 min"), elements: {{
                "in": Source(arrivals: Interarrival("7 min"), next: "saw"),
                "saw": Station(process_time: "6 min", queue: 2, {calendar} next: "mill"),
                "mill": Station(process_time: "20 min", {early} next: "out"), "out": Sink(),
            }})"#
        )
    };
    let shifts = play(&scenario(early));
    assert_eq!(shifts.report.stuck, []);
    // What works at night too waits for what is off for two days of seven.
    let day_and_night = play(&scenario(""));
    assert_eq!(day_and_night.report.stuck, []);
}

#[test]
fn what_goes_into_a_product_is_not_overdue_itself() {
    let play = play(
        r#"(
            clock: (horizon: "10 d"),
            part_types: {"door": (bill_of_materials: [(part_type: "hinge", amount: 2, source: "hinges")]), "hinge": ()},
            orders: [(name: "A", part_type: "door", quantity: 3, due: "1 d", source: "doors"), (name: "B", part_type: "hinge", due: "2 d", source: "hinges")],
            elements: {
                "doors": Source(arrivals: Orders, next: "join"), "hinges": Source(arrivals: Orders, next: "join"),
                "join": Assembly(bill: {"door": 1, "hinge": 9}, process_time: "1 min", queue: Unlimited, next: "out"),
                "out": Sink(),
            },
        )"#,
    );
    // Three doors, and the hinge that was ordered as such.
    assert_eq!(play.report.overdue, 4);
}

#[test]
fn where_many_find_no_room_more_room_is_advised() {
    // One a minute for work of 90 s without a place to wait: every other one is turned away, and the saw waits 30 s for the next.
    let play = play(
        r#"(
        clock: (horizon: "10 h"),
        elements: {
            "in": Source(arrivals: Interarrival("1 min"), when_blocked: Lose, next: "saw"),
            "saw": Station(process_time: "90 s", queue: 0, next: "out"),
            "out": Sink(),
        },
    )"#,
    );
    let found = plant::kpi::bottleneck(&play.report).expect("a unit has worked");
    assert_eq!((found.unit.element.as_str(), found.limit), ("saw", plant::kpi::Limit::Arrivals));
    let lost = play.element("in").counts.lost;
    assert!((298..=301).contains(&lost), "{lost}");
    assert!(found.reason.contains(&format!("{lost} found no room and were turned away")), "{}", found.reason);
}
