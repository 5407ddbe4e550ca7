//! Automated stores, against times worked out by hand and against the formulas of Bozer and White.

use std::sync::Arc;

use plant::element::Command;
use plant::run::Run;
use plant::state::State;

use crate::play::{complaints, plan, play, play_with};
use crate::vehicles::{audited, times};

/// One place, 10 m along the aisle and 4 m above the input point: 2 s to reach 2 m/s over 2 m, 3 s on, 2 s to stop, which is 7 s;
/// and 1 s to reach 0.5 m/s over 0.25 m, 7 s on, 1 s to stop, which is 9 s. The longer counts.
const FAR: &str = r#"sides: 1, bays: 1, tiers: 1, bay_width: "1 m", tier_height: "1 m", input_along: "-9500 mm", input_up: "-4 m",
    travel_speed: "2 m/s", travel_acceleration: "1 m/s^2", lift_speed: "0.5 m/s", lift_acceleration: "0.5 m/s^2", transfer_time: "3 s""#;

/// A store between a source and a sink.
fn through(arrivals: &str, store: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "100 s"),
        elements: {{
            "in": Source(arrivals: {arrivals}, next: "store"),
            "store": AutomatedStorage({store}, next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

#[test]
fn a_dual_cycle_goes_from_the_place_where_it_has_stored_on() {
    // Pick up 3 s, 9 s there, put down 3 s, pick up 3 s, 9 s back, put down 3 s.
    let play = audited(&through("Unlimited", FAR));
    assert_eq!(play.arrived("store"), [(0.0, 1), (30.0, 2), (60.0, 3), (90.0, 4)]);
    assert_eq!(play.arrived("out"), [(30.0, 1), (60.0, 2), (90.0, 3)]);
    assert_eq!(play.figure("store", "command cycles"), 3.0);
    assert_eq!(play.figure("store", "dual cycles"), 1.0);
    assert_eq!(play.figure("store", "mean cycle time"), 30.0);
    assert_eq!(play.figure("store", "cycles an hour"), 108.0);
    assert_eq!(play.figure("store", "crane use"), 1.0);
    // Put down after 15 s, picked up after 18 s.
    assert_eq!(play.figure("store", "mean storage time"), 3.0);
    assert_eq!(play.figure("store", "fill"), 0.09);
    assert_eq!(play.element("store").counts.arrived, 4);
    assert_eq!(play.element("store").counts.departed, 3);
    assert_eq!(play.element("store/1").counts.processed, 6);
}

#[test]
fn a_single_cycle_begins_and_ends_at_the_input_and_output_point() {
    // 15 s to store and 9 s back; 9 s there and 15 s to retrieve.
    let play = audited(&through("Unlimited", &format!("{FAR}, command_cycle: Single")));
    assert_eq!(times(&play.arrived("out")), [48.0, 96.0]);
    assert_eq!(play.figure("store", "mean cycle time"), 24.0);
    assert_eq!(play.figure("store", "command cycles"), 4.0);
    assert_eq!(play.figure("store", "dual cycles"), 0.0);
}

#[test]
fn in_single_cycles_what_was_asked_for_first_is_done_first() {
    // Both parts that find room at once are stored, by 48 s; the first is out after 72 s and makes room for a third. By then the second
    // has been called for longer than that has waited, and is out after 96 s.
    let play =
        audited(&through("Unlimited", &format!("{}, command_cycle: Single", FAR.replace("sides: 1", "sides: 2"))));
    assert_eq!(times(&play.arrived("out")), [72.0, 96.0]);
    assert_eq!(play.arrived("store")[2..], [(72.0, 3), (96.0, 4)]);
}

#[test]
fn moves_take_the_time_of_their_trapezoids_to_the_nanosecond() {
    // 3 m that are too short for 10 m/s: a triangle of 2 sqrt(3) s, there and back.
    let store = r#"sides: 1, bays: 1, tiers: 1, bay_width: "6 m", tier_height: "1 m", travel_speed: "10 m/s",
        travel_acceleration: "1 m/s^2", lift_speed: "1 m/s""#;
    let play = audited(&through(r#"Interarrival(Constant("50 s"))"#, store));
    let [(at, 1)] = play.arrived("out")[..] else { panic!("{:?}", play.arrived("out")) };
    assert_eq!((at * 1e9).round() as i64, 50_000_000_000 + 2 * 3_464_101_615);
}

#[test]
fn a_crane_with_nothing_to_do_stays_or_goes_back() {
    let scenario = |more: &str| {
        format!(
            r#"(
            clock: (horizon: "500 s"),
            elements: {{
                "in": Source(arrivals: Interarrival(Constant("100 s")), next: "store"),
                "store": AutomatedStorage({}, {more}, next: "slow"),
                "slow": Station(process_time: "1 h", next: "out"),
                "out": Sink(),
            }},
        )"#,
            FAR.replace("sides: 1", "sides: 2")
        )
    };
    // 30 s for the first part, 15 s to store the second; the third begins with 9 s to the input point, as the crane has stayed.
    let stays = audited(&scenario("dwell_point: Stay"));
    assert_eq!(stays.figure("store", "mean cycle time"), (30.0 + 15.0 + 24.0) / 3.0);
    assert_eq!(stays.element("store/1").time_in(State::Processing).as_seconds_f64(), 69.0);
    let goes = audited(&scenario("dwell_point: InputOutput"));
    assert_eq!(goes.figure("store", "mean cycle time"), (30.0 + 24.0 + 24.0) / 3.0);
    assert_eq!(goes.element("store/1").time_in(State::Processing).as_seconds_f64(), 78.0);
    assert_eq!(times(&stays.arrived("slow")), [130.0]);
    assert_eq!(goes.element("store").level, 2, "as many as there are places");
}

/// Two types into a kit, with a store in front that has room for both.
fn kits(more: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "20 min"),
        part_types: {{"a": (), "b": (), "kit": ()}},
        elements: {{
            "as": Source(arrivals: Interarrival(Constant("10 s")), part_type: "a", next: "store"),
            "bs": Source(arrivals: Interarrival(Constant("37 s")), part_type: "b", next: "store"),
            "store": AutomatedStorage(bays: 10, tiers: 10, bay_width: "1 m", tier_height: "1 m", travel_speed: "4 m/s", lift_speed: "4 m/s", {more} next: "kit"),
            "kit": Assembly(bill: {{"a": 1, "b": 1}}, product: "kit", process_time: "40 s", queue: 2, next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

#[test]
fn what_was_stored_first_of_a_type_is_taken_out_first() {
    let play = audited(&kits("place: Random,"));
    for source in ["as", "bs"] {
        let of_it = play.departed(source);
        let order: Vec<u64> =
            play.order("kit").into_iter().filter(|part| of_it.iter().any(|(_, other)| other == part)).collect();
        // None is left out: the last ones in come out in order too, where they keep coming.
        let stored_first: Vec<u64> = of_it.iter().map(|(_, part)| *part).take(order.len()).collect();
        assert!(order.len() > 20, "{source}: {order:?}");
        assert_eq!(order, stored_first, "{source}");
    }
    // One of a type waits for the other type, of which there are more: those are asked for one by one.
    assert!(play.element("out").counts.arrived >= 28);
    let nearest = audited(&kits("place: Random, retrieval: Nearest,"));
    let of_a = nearest.departed("as");
    let order: Vec<u64> =
        nearest.order("kit").into_iter().filter(|part| of_a.iter().any(|(_, other)| other == part)).collect();
    assert!(order.len() > 20 && !order.is_sorted(), "{order:?}");
}

#[test]
fn classes_have_places_of_their_own() {
    let scenario = r#"(
        clock: (horizon: "280 s"),
        part_types: {"fast": (), "slow": ()},
        elements: {
            "slows": Source(arrivals: Interarrival(Constant("100 s")), part_type: "slow", next: "store"),
            "fasts": Source(arrivals: Interarrival(Constant("250 s")), part_type: "fast", next: "store"),
            "store": AutomatedStorage(sides: 1, bays: 2, tiers: 1, bay_width: "10 m", tier_height: "1 m", travel_speed: "1 m/s", lift_speed: "1 m/s",
                zones: [(part_types: ["fast"], places: 1), ()], next: "out"),
            "out": Sink(),
        },
    )"#;
    // The place of the fast one is 5 m away, that of the others 15 m.
    let play = audited(scenario);
    assert_eq!(times(&play.arrived("out")), [130.0, 230.0, 260.0]);
    // Without classes all go to the nearest place.
    let all = audited(&scenario.replace(r#"zones: [(part_types: ["fast"], places: 1), ()], "#, ""));
    assert_eq!(times(&all.arrived("out")), [110.0, 210.0, 260.0]);
}

#[test]
fn a_crane_that_fails_stands_still() {
    let scenario = through(
        "Unlimited",
        &format!(r#"{FAR}, failures: [(time_to_failure: "1000 h", time_to_repair: "1 h", after_repair: Scrap)]"#),
    );
    let late = play_with(&scenario, &[(16, "store/1", Command::Fail), (36, "store/1", Command::Repair)]);
    assert_eq!(times(&late.arrived("out")), [50.0, 80.0], "nothing was on the crane");
    assert_eq!(late.element("store/1").time_in(State::Failed).as_seconds_f64(), 20.0);
    let lost = play_with(&scenario, &[(5, "store/1", Command::Fail), (25, "store/1", Command::Repair)]);
    // The part on it is scrapped after 25 s; with nothing it goes on to the place, for 10 s, and comes back for the next in 12 s.
    assert_eq!(lost.element("store").counts.scrapped, 1);
    assert_eq!(lost.arrived("store")[..2], [(0.0, 1), (25.0, 2)]);
    assert_eq!(times(&lost.arrived("out")), [35.0 + 12.0 + 27.0]);
}

#[test]
fn what_is_there_at_the_beginning_is_in_the_rack() {
    let scenario = r#"(
        clock: (horizon: "100 s"),
        part_types: {"part": ()},
        work_in_progress: [(part_type: "part", at: "store", quantity: 3)],
        elements: {
            "store": AutomatedStorage(aisles: 2, sides: 1, bays: 2, tiers: 1, bay_width: "10 m", tier_height: "1 m", travel_speed: "1 m/s", lift_speed: "1 m/s", next: "out"),
            "out": Sink(),
        },
    )"#;
    // Two in the first aisle, 5 m and 15 m away, and one in the second.
    let play = audited(scenario);
    assert_eq!(times(&play.arrived("out")), [10.0, 10.0, 40.0]);
    assert_eq!(play.figure("store", "highest fill"), 0.75);
}

#[test]
fn vehicles_fetch_what_cranes_have_taken_out() {
    let scenario = r#"(
        clock: (horizon: "200 s"),
        elements: {
            "in": Source(arrivals: Unlimited, next: "store"),
            "store": AutomatedStorage(sides: 1, bays: 2, tiers: 1, bay_width: "10 m", tier_height: "1 m", travel_speed: "1 m/s", lift_speed: "1 m/s", next: "saw"),
            "saw": Station(process_time: "5 s", next: "out"),
            "out": Sink(),
            "ways": PathNetwork(nodes: {"a": (serves: ["store"]), "b": (x: "30 m", serves: ["saw"])}, segments: [(from: "a", to: "b", two_way: true)]),
            "agv": Fleet(network: "ways", vehicles: 1, start: ["a"], speed: "1 m/s"),
        },
    )"#;
    // 10 s for the crane, 30 s for the vehicle; the next is called for when the saw is done, and has then to come from the rack.
    let play = audited(scenario);
    assert_eq!(times(&play.arrived("agv/1"))[0], 10.0);
    assert_eq!(times(&play.arrived("saw"))[0], 40.0);
    let stays = play.element("store");
    assert_eq!(stays.counts.departed, play.element("agv/1").counts.arrived);
    assert!(play.arrived("out").len() >= 2);
}

#[test]
fn what_does_not_fit_is_refused() {
    let wrong = |more: &str| {
        let element = format!(
            r#""s": AutomatedStorage(bays: 2, tiers: 2, bay_width: "1 m", tier_height: "1 m", travel_speed: "1 m/s", lift_speed: "1 m/s", {more} next: "out"), "out": Sink()"#
        );
        complaints(&element)
    };
    assert_eq!(wrong(""), [""; 0]);
    assert_eq!(wrong("zones: [(places: 9)],"), ["zone 1 has 9 places, and 8 are left"]);
    assert_eq!(
        wrong("zones: [(), ()],"),
        ["zone 1 does not say how many places it has", "two zones name no part types"]
    );
    assert_eq!(wrong("sides: 3,"), ["`sides` of this element is 3"]);
    assert_eq!(wrong(r#"lift_acceleration: "0 m/s^2","#), ["`lift_acceleration` of this element is 0"]);
}

/// The mean cycle times of some replications of a store with a place a metre, cranes at 1 m/s both ways, and more to store and to
/// retrieve than they can do: so their times are distances.
fn cycle_times(tiers: u32, cycle: &str) -> Vec<f64> {
    let scenario = format!(
        r#"(
        clock: (warm_up: "10 h", horizon: "60 h"),
        part_types: {{"part": ()}},
        work_in_progress: [(part_type: "part", at: "store", quantity: 400)],
        elements: {{
            "in": Source(arrivals: Unlimited, part_type: "part", next: "store"),
            "store": AutomatedStorage(sides: 1, bays: 60, tiers: {tiers}, bay_width: "1 m", tier_height: "1 m", input_up: "-500 mm",
                travel_speed: "1 m/s", lift_speed: "1 m/s", place: Random, command_cycle: {cycle}, next: "out"),
            "out": Sink(),
        }},
    )"#
    );
    let plant = Arc::new(plan(&scenario).unwrap_or_else(|complaints| panic!("{complaints:#?}")));
    let mean = |replication: u64| {
        let mut run = Run::new(plant.clone(), 7, replication).expect("a run");
        run.finish().unwrap_or_else(|error| panic!("{error}"));
        let report = run.report();
        let store = report.elements.iter().find(|element| element.name == "store").expect("the store");
        store.figures.iter().find(|figure| figure.name == "mean cycle time").expect("a mean").value
    };
    (0..10).map(mean).collect()
}

/// Bozer and White (1984): travel time of single and dual command cycles with random storage, T the longer of the times over the
/// whole rack and Q the ratio of the two: E(SC) = T (1 + Q^2/3), E(DC) = T (4/3 + Q^2/2 - Q^3/30).
#[test]
fn cycles_take_the_times_of_bozer_and_white() {
    for tiers in [60, 40, 15] {
        let (t, q) = (60.0, f64::from(tiers) / 60.0);
        let single = t * (1.0 + q * q / 3.0);
        let dual = t * (4.0 / 3.0 + q * q / 2.0 - q * q * q / 30.0);
        for (cycle, expected) in [("Single", single), ("Dual", dual)] {
            let means = cycle_times(tiers, cycle);
            let count = means.len() as f64;
            let mean = means.iter().sum::<f64>() / count;
            let variance = means.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
            // The 97.5 % quantile of Student's distribution with 9 degrees of freedom.
            let half_width = 2.262 * (variance / count).sqrt();
            println!("Q {q:.3} {cycle}: {mean:.3} +- {half_width:.3} s, expected {expected:.3} s");
            assert!(
                (mean - expected).abs() < half_width,
                "Q {q}, {cycle}: {mean} +- {half_width}, expected {expected}"
            );
            assert!(half_width < 0.01 * expected, "{half_width}");
        }
    }
}

#[test]
fn the_order_of_elements_in_the_file_is_no_matter() {
    let scenario = kits("place: Random,");
    let moved =
        scenario.replacen(r#""out": Sink(),"#, "", 1).replace(r#""as": Source"#, r#""out": Sink(), "as": Source"#);
    assert_eq!(play(&scenario).digest, play(&moved).digest);
}
