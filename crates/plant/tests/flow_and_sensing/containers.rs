//! Parts that go into others, and what becomes of them there.

use crate::play::{Play, play};

/// Born, shipped, scrapped and consumed parts of a type.
fn books(run: &Play, part_type: &str) -> [u64; 4] {
    let of_type = run.report.part_types.iter().find(|other| other.name == part_type).expect("a part type of this name");
    [of_type.born, of_type.shipped, of_type.scrapped, of_type.consumed]
}

#[test]
fn what_is_in_a_scrapped_container_is_scrapped_too() {
    let run = play(
        r#"(
        clock: (horizon: "100 s"),
        part_types: {"pill": (), "box": (), "pallet": ()},
        elements: {
            "source": Source(arrivals: Table([(time: "0 s", quantity: 12)]), part_type: "pill", next: "boxes"),
            "boxes": Batch(size: 3, container: "box", next: "pallets"),
            "pallets": Batch(size: 2, container: "pallet", next: "check"),
            "check": Station(process_time: "1 s", queue: Unlimited,
                quality: (yield_ratio: 0, inspection: (detection: 1.0), rejects: Scrap), next: "out"),
            "out": Sink(),
        },
    )"#,
    );
    assert_eq!(books(&run, "pallet"), [2, 0, 2, 0]);
    assert_eq!(books(&run, "box"), [4, 0, 4, 0]);
    assert_eq!(books(&run, "pill"), [12, 0, 12, 0]);
    assert_eq!(run.element("check").counts.scrapped, 2);
}

#[test]
fn a_part_that_becomes_another_is_counted_once_at_every_moment() {
    let scenario = |kind: &str| {
        format!(
            r#"(
            clock: (horizon: "100 s"),
            part_types: {{"raw": (), "made": ()}},
            elements: {{
                "source": Source(arrivals: Table([(time: "0 s"), (time: "20 s")]), part_type: "raw", next: "unit"),
                "unit": {kind},
                "out": Sink(),
            }},
        )"#
        )
    };
    let made = play(&scenario(r#"Assembly(bill: {"raw": 1}, product: "made", process_time: "9 s", next: "out")"#));
    let taken = play(&scenario(r#"Disassembly(pieces: [(part_type: "made")], process_time: "9 s", next: "out")"#));
    for run in [made, taken] {
        assert_eq!((run.report.work_in_progress_maximum, books(&run, "made")), (1, [2, 2, 0, 0]));
    }
}

/// Pallets in circulation that are parts of something else on part of their way.
fn circulation(pallets: u32, elements: &str) -> Play {
    play(&format!(
        r#"(
        clock: (horizon: "1000 s"),
        part_types: {{"pallet": (), "body": (), "load": ()}},
        elements: {{
            "pallets": Source(arrivals: Population({pallets}), part_type: "pallet", next: "mount"),
            "bodies": Source(arrivals: Unlimited, part_type: "body", next: "mount"),
            "out": Sink(),
            {elements}
        }},
    )"#
    ))
}

#[test]
fn a_pallet_that_goes_into_a_product_comes_out_again_and_circulates() {
    let dismount = r#""dismount": Disassembly(pieces: [(part_type: "body", next: "out"), (part_type: "pallet")], process_time: "5 s", next: "out"),"#;
    for (pallets, bill, product) in [
        (1, r#"{"pallet": 1, "body": 1}"#, r#"product: "load","#),
        (1, r#"{"body": 1, "pallet": 1}"#, r#"product: "load","#),
        (1, r#"{"body": 1, "pallet": 1}"#, ""),
    ] {
        let mount =
            format!(r#""mount": Assembly(bill: {bill}, {product} process_time: "5 s", next: "dismount"), {dismount}"#);
        let run = circulation(pallets, &mount);
        // The pallet goes round in 10 s, and nobody calls for another one when the body is shipped.
        assert_eq!(run.figure("pallets", "parts in circulation"), 1.0);
        let shipped = books(&run, "pallet")[1];
        assert!((98..=100).contains(&shipped), "{bill}: {shipped}");
        assert!(run.report.work_in_progress_maximum <= 5, "{bill}: {}", run.report.work_in_progress_maximum);
    }
}

#[test]
fn each_of_several_pallets_keeps_one_home() {
    let mount =
        r#""mount": Assembly(bill: {"body": 1, "pallet": 3}, product: "load", process_time: "5 s", next: "way"),"#;
    let taken_apart = r#""way": Disassembly(pieces: [(part_type: "pallet", amount: 3), (part_type: "body")], process_time: "5 s", next: "out"),"#;
    let lost = r#""way": Disassembly(pieces: [(part_type: "body", amount: 2)], process_time: "5 s", next: "out"),"#;
    let shipped = r#""way": Delay(time: "5 s", next: "out"),"#;
    let boxed = r#""way": Batch(size: 2, container: "body", next: "out"),"#;
    for way in [taken_apart, lost, shipped, boxed] {
        let run = circulation(6, &format!("{mount} {way}"));
        let [born, _, _, _] = books(&run, "pallet");
        let brought = run.figure("pallets", "parts brought in");
        assert!(brought > 200.0 && born as f64 >= brought, "{way}: {brought} brought in, {born} born");
        // Six are under way at any time: in front of the assembly, in it, or in the products.
        assert!(run.report.work_in_progress_maximum <= 14, "{way}: {}", run.report.work_in_progress_maximum);
    }
}

#[test]
fn parts_are_packed_and_unpacked_as_steps_of_their_routings() {
    // Ten parts from A every 10 min, packed by fives, unpacked, and then B for 10 min each.
    let scenario = |steps: &str, next: &str| {
        format!(
            r#"(
            clock: (horizon: "100 h"),
            part_types: {{"a": (routing: "ra"), "lot": ()}},
            routings: {{"ra": (steps: [(at: ["A"], process_time: "10 min"), {steps} (at: ["B"], process_time: "10 min")], then: "out")}},
            orders: [(name: "1", part_type: "a", quantity: 10, source: "in")],
            elements: {{
                "in": Source(arrivals: Orders), "A": Station(process_time: "1 h", queue: Unlimited),
                "pack": Batch(size: 5, container: "lot", queue: 5, next: "unpack"), "unpack": Unbatch({next}),
                "B": Station(process_time: "1 h", queue: Unlimited), "out": Sink(),
            }},
        )"#
        )
    };
    for (steps, next) in [
        (r#"(at: ["pack"]),"#, ""),
        (r#"(at: ["pack"]),"#, r#"next: "B""#),
        (r#"(at: ["pack"]), (at: ["unpack"]),"#, ""),
    ] {
        let play = self::play(&scenario(steps, next));
        let out: Vec<f64> = play.arrived("out").iter().map(|(at, _)| at / 60.0).collect();
        assert_eq!(out, [60.0, 70.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0, 140.0, 150.0], "{steps}");
    }
}

#[test]
fn what_is_shipped_in_a_container_completes_its_order_in_time_or_late() {
    let scenario = |packing: &str| {
        format!(
            r#"(
            clock: (horizon: "3 h"),
            part_types: {{"pill": (), "box": (), "pallet": ()}},
            costs: (late: {{"pill": "60 EUR/h"}}),
            orders: [(name: "A", part_type: "pill", quantity: 4, due: "25 min", source: "in")],
            elements: {{
                "in": Source(arrivals: Orders, next: "press"),
                "press": Station(process_time: "10 min", queue: Unlimited, next: "pack"),
                {packing}
                "out": Sink(),
            }},
        )"#
        )
    };
    let found = |packing: &str| {
        let run = play(&scenario(packing));
        let kpis = plant::kpi::of_plant(&run.report);
        let value = |key: &str| kpis.iter().find(|kpi| kpi.definition.key == key).and_then(|kpi| kpi.value);
        (run.orders_completed, value("on_time_delivery"), value("late_cost"), books(&run, "pill"))
    };
    // Two boxes leave at 20 and at 40 min: two pills in time, and two 15 min late.
    let boxes = r#""pack": Batch(size: 2, container: "box", next: "out"),"#;
    assert_eq!(found(boxes), (1, Some(0.5), Some(30.0), [4, 0, 0, 4]));
    // All four leave at 40 min on a pallet of two boxes.
    let pallet = r#""pack": Batch(size: 2, container: "box", next: "stack"), "stack": Batch(size: 2, container: "pallet", next: "out"),"#;
    assert_eq!(found(pallet), (1, Some(0.0), Some(60.0), [4, 0, 0, 4]));
}
