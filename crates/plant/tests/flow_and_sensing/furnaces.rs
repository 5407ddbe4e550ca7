//! Furnaces and batches at stations: what goes in together and when, and temperatures against their formulas.

use plant::element::Command;
use plant::energy::EnergyState;
use plant::state::State;

use crate::play::{Play, plan, play, play_changed, play_with};

/// Gears and shafts come into "furnace" at given times; 20 hours.
fn scenario(arrivals: &str, furnace: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "20 h"),
        part_types: {{
            "gear": (body: (shape: Cylinder(diameter: "100 mm", height: "40 mm"), mass: "2 kg")),
            "shaft": (body: (shape: Box(length: "300 mm", width: "60 mm", height: "60 mm"), mass: "5 kg")),
        }},
        elements: {{
            "in": Source(arrivals: Table([{arrivals}]), part_type: "gear", next: "furnace"),
            "furnace": Furnace({furnace} next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

/// Heats to 820 degC in 80 min from cold, holds for an hour and cools to 220 degC with a time constant of 3 h.
const HARDEN: &str = r#"programs: {"harden": (segments: [Heat(to: "820 degC", rate: "10 K/min"), Hold("1 h"), Cool(to: "220 degC")], part_types: ["*"])}, time_constant: "3 h","#;
const TAU_S: f64 = 10_800.0;

#[track_caller]
fn assert_times(happened: &[(f64, u64)], expected: &[(f64, u64)]) {
    assert_eq!(happened.len(), expected.len(), "{happened:?}");
    for ((at, part), (expected_at, expected_part)) in happened.iter().zip(expected) {
        assert_eq!(part, expected_part);
        // To the nanosecond.
        assert!((at - expected_at).abs() < 1.5e-9, "{at} s, not {expected_at} s");
    }
}

fn close(value: f64, expected: f64) {
    assert!((value - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{value}, not {expected}");
}

#[test]
fn a_pause_makes_the_next_job_longer() {
    let text = scenario(
        r#"(time: "0 s", quantity: 2), (time: "7 h", quantity: 2), (time: "7 h 1 min", quantity: 2)"#,
        &format!("capacity: 2, minimum: 2, {HARDEN}"),
    );
    let play = play(&text);
    let cooling_s = TAU_S * 4.0_f64.ln();
    let first = 4_800.0 + 3_600.0 + cooling_s;
    // From 220 degC it cools towards 20 degC until 7 h have passed.
    let second_begins: f64 = 25_200.0;
    assert!(first < second_begins);
    let temperature = 20.0 + 200.0 * (-(second_begins - first) / TAU_S).exp();
    let second = second_begins + (820.0 - temperature) * 6.0 + 3_600.0 + cooling_s;
    // The third load begins with what the second one has left.
    let third = second + 600.0 * 6.0 + 3_600.0 + cooling_s;
    let expected = [(first, 1), (first, 2), (second, 3), (second, 4), (third, 5), (third, 6)];
    assert_times(&play.departed("furnace"), &expected);
    assert_times(&play.started("furnace")[2..4], &[(second_begins, 3), (second_begins, 4)]);
    // It ends at 20 h, left alone.
    let at_end = 20.0 + 200.0 * (-(72_000.0 - third) / TAU_S).exp();
    close(play.figure("furnace", "temperature"), at_end);
    close(play.figure("furnace", "highest temperature"), 820.0);
    assert_eq!(play.figure("furnace", "jobs"), 3.0);
    assert_eq!(play.figure("furnace", "fill of a job"), 1.0);
    let furnace = play.element("furnace");
    close(furnace.time_in(State::Processing).as_seconds_f64(), first + third - second_begins);
    // Two places and no queue: who comes next waits outside.
    assert_eq!((furnace.counts.processed, furnace.level_maximum), (6, 2));
}

#[test]
fn loads_are_of_one_program_and_wait_no_longer_than_they_may() {
    let furnace = r#"capacity: 3, minimum: 3, longest_wait: "2 h", queue: 9, time_constant: "1 h", programs: {
        "short": (segments: [Heat(to: "80 degC", rate: "1 K/min")], part_types: ["gear"]),
        "long": (segments: [Heat(to: "140 degC", rate: "1 K/min"), Hold("5 h")], part_types: ["*"]),
    },"#;
    let arrivals = r#"(time: "0 s", part_type: "shaft"), (time: "10 min", quantity: 2), (time: "30 min", part_type: "shaft"), (time: "1 h", quantity: 3)"#;
    let play = play(&scenario(arrivals, furnace));
    // Three gears are there at 1 h (parts 2, 3 and 5) and are heated for an hour. At 2 h the shafts have waited long enough, and
    // come first; they take 1 h from 80 degC on and are held.
    let expected = [(3_600.0, 2), (3_600.0, 3), (3_600.0, 5), (7_200.0, 1), (7_200.0, 4)];
    assert_times(&play.started("furnace")[..5], &expected);
    // The other two gears have waited for 2 h at 3 h, and begin when the shafts are done: it is hotter than they need.
    let shafts_done = 7_200.0 + 3_600.0 + 18_000.0;
    let gears_done = shafts_done + 3_600.0 * (120.0_f64 / 60.0).ln();
    assert_times(&play.started("furnace")[5..], &[(shafts_done, 6), (shafts_done, 7)]);
    assert_times(&play.departed("furnace")[5..], &[(gears_done, 6), (gears_done, 7)]);
    let waits = (3_000.0 + 7_200.0 + (shafts_done - 3_600.0)) / 3.0;
    close(play.figure("furnace", "wait of the first part of a job"), waits);
    close(play.figure("furnace", "parts in a job"), 7.0 / 3.0);
    close(play.element("furnace").wait_mean.expect("waits").as_seconds_f64(), {
        let gears = 3_000.0 + 3_000.0 + 0.0 + 2.0 * (shafts_done - 3_600.0);
        ((gears + 7_200.0 + 5_400.0) / 7.0 * 1e9_f64).floor() / 1e9
    });
}

#[test]
fn mass_and_volume_limit_a_load_and_small_parts_are_put_beside_large_ones() {
    let begun = |load: &str| {
        let furnace = format!(r#"capacity: 9, minimum: 1, queue: 9, load: {load}, {HARDEN}"#);
        let arrivals = r#"(time: "0 s", part_type: "shaft"), (time: "1 min", part_type: "shaft", quantity: 2), (time: "2 min", quantity: 4)"#;
        let play = play(&scenario(arrivals, &furnace));
        let started = play.started("furnace");
        let second = started.get(1).map_or(f64::INFINITY, |(at, _)| *at);
        let together: Vec<u64> = started.iter().filter(|(at, _)| *at == second).map(|(_, part)| *part).collect();
        (together, play.figure("furnace", "fill of a job"), play.figure("furnace", "jobs"))
    };
    // A first shaft alone. Then a shaft of 5 kg, another one does not fit into 9 kg, but two gears of 2 kg do.
    let (together, fill, jobs) = begun(r#"Mass(most: "9 kg")"#);
    assert_eq!((together, jobs), (vec![2, 4, 5], 3.0));
    // 5, 9 and 9 of 9 kg; or by number, 1, 3 and 3 of 9 parts, which is less.
    close(fill, (555_555.0 + 1_000_000.0 + 1_000_000.0) / 3e6);
    // Boxes of 1.08 l and 0.4 l: 1.9 l holds a shaft and two gears, and then the same.
    assert_eq!(begun(r#"Volume(most: "1.9 l")"#).0, [2, 4, 5]);
    assert_eq!(begun(r#"Volume(most: "2.2 l", of: {"gear": "0.04 l"})"#).0, [2, 3, 4]);
    // Exactly as much as goes in.
    assert_eq!(begun(r#"Mass(most: "10 kg")"#).0, [2, 3]);
    assert_eq!(begun(r#"Mass(most: "9999 g")"#).0, [2, 4, 5]);
}

/// Loses 10 W/K: 5 kW at 520 degC.
const LOSES: &str =
    r#"holding: (at: "520 degC", power: "5 kW"), time_constant: "1 h", energy: (processing: "99 kW", idle: "100 W"),"#;

fn processing_j(play: &Play) -> f64 {
    let energy = play.element("furnace").energy.as_ref().expect("energy");
    energy.iter().find(|(state, ..)| *state == EnergyState::Processing).expect("processing").1
}

#[test]
fn power_follows_from_the_temperature() {
    let furnace = |heat: &str, more: &str| {
        format!(
            r#"capacity: 1, {LOSES} {more} programs: {{"soak": (segments: [Heat(to: "520 degC", {heat}), Hold("2 h")], part_types: ["*"])}},"#
        )
    };
    // With 10 kW it would come to 1020 degC, so it is at 520 degC after tau ln 2.
    let by_power = play(&scenario(r#"(time: "0 s")"#, &furnace(r#"power: "10 kW""#, "")));
    let heating = 3_600.0 * 2.0_f64.ln();
    assert_times(&by_power.departed("furnace"), &[(heating + 7_200.0, 1)]);
    assert!((processing_j(&by_power) - (1e4 * heating + 5e3 * 7_200.0)).abs() < 0.1, "{}", processing_j(&by_power));
    // At 5 K/min: 100 min; C = 36 kJ/K, so 18 MJ stay in it and 10 W/K x 250 K x 6000 s are lost.
    let by_rate = play(&scenario(r#"(time: "0 s")"#, &furnace(r#"rate: "5 K/min""#, "")));
    assert_times(&by_rate.departed("furnace"), &[(6_000.0 + 7_200.0, 1)]);
    close(processing_j(&by_rate), 18e6 + 15e6 + 36e6);
    // The door: 10 min to load at ambient temperature cost nothing but time; to unload it cools with its own time constant.
    let door = r#"loading: "10 min", unloading: "20 min", door_time_constant: "30 min","#;
    let with_door = play(&scenario(r#"(time: "0 s")"#, &furnace(r#"rate: "5 K/min""#, door)));
    let done = 600.0 + 6_000.0 + 7_200.0 + 1_200.0;
    assert_times(&with_door.departed("furnace"), &[(done, 1)]);
    close(processing_j(&with_door), 18e6 + 15e6 + 36e6);
    let after_door = 500.0 * (-1_200.0_f64 / 1_800.0).exp();
    close(with_door.figure("furnace", "temperature"), 20.0 + after_door * (-(72_000.0 - done) / 3_600.0).exp());
    // Cooling at a rate slower than by itself draws the difference, and one that is faster draws nothing.
    let slowly =
        furnace(r#"rate: "5 K/min""#, "").replace(r#"Hold("2 h")"#, r#"Cool(to: "420 degC", rate: "1 K/min")"#);
    let slow = play(&scenario(r#"(time: "0 s")"#, &slowly));
    // 10 W/K x 450 K less 36 kJ/K x 1 K/min = 4500 - 600 W for 6000 s.
    close(processing_j(&slow), 18e6 + 15e6 + 3_900.0 * 6_000.0);
    let fast = play(&scenario(r#"(time: "0 s")"#, &slowly.replace("1 K/min", "20 K/min")));
    close(processing_j(&fast), 33e6);
}

#[test]
fn an_interrupted_furnace_cools_and_heats_up_again() {
    let furnace = |after: &str| {
        format!(
            r#"capacity: 1, {LOSES} failures: [(time_to_failure: "300 h", time_to_repair: "200 h", after_repair: {after})],
            programs: {{"soak": (segments: [Heat(to: "520 degC", rate: "5 K/min"), Hold("2 h")], part_types: ["*"])}},"#
        )
    };
    let commands = [(9_000, "furnace", Command::Fail), (12_600, "furnace", Command::Repair)];
    // Down for an hour after 50 min of holding: 500/e K above what is around it are left.
    let left = 500.0 * (-1.0_f64).exp();
    let again = (500.0 - left) * 12.0;
    let resumed = play_with(&scenario(r#"(time: "0 s")"#, &furnace("Resume")), &commands);
    assert_times(&resumed.departed("furnace"), &[(12_600.0 + again + 4_200.0, 1)]);
    // Heating up again costs what is stored again, and what is lost meanwhile.
    let spent = 18e6 + 15e6 + 5e3 * 7_200.0 + 36e3 * (500.0 - left) + 10.0 * 0.5 * (500.0 + left) * again;
    // Its mean power is rounded to the milliwatt.
    assert!(
        (processing_j(&resumed) - spent).abs() < 0.5e-3 * again + 1e-3,
        "{} J, not {spent} J",
        processing_j(&resumed)
    );
    let restarted = play_with(&scenario(r#"(time: "0 s")"#, &furnace("Restart")), &commands);
    assert_times(&restarted.departed("furnace"), &[(12_600.0 + again + 7_200.0, 1)]);
    let scrapped = play_with(&scenario(r#"(time: "0 s")"#, &furnace("Scrap")), &commands);
    assert_eq!(scrapped.element("furnace").counts.scrapped, 1);
    close(scrapped.figure("furnace", "temperature"), 20.0 + 500.0 * (-(72_000.0 - 9_000.0) / 3_600.0_f64).exp());
    // Interrupted again while it heats up again: what is left to hold stays the same.
    let twice = [
        (9_000, "furnace", Command::Fail),
        (12_600, "furnace", Command::Repair),
        (12_660, "furnace", Command::Fail),
        (12_661, "furnace", Command::Repair),
    ];
    let twice = play_with(&scenario(r#"(time: "0 s")"#, &furnace("Resume")), &twice);
    let at = (left + 5.0) * (-1.0_f64 / 3_600.0).exp();
    assert_times(&twice.departed("furnace"), &[(12_661.0 + (500.0 - at) * 12.0 + 4_200.0, 1)]);
}

#[test]
fn the_recipe_of_a_step_says_which_program_it_needs() {
    let text = r#"(
        clock: (horizon: "9 h"),
        part_types: {"gear": (routing: "gears")},
        routings: {"gears": (steps: [(at: ["furnace"], recipe: "anneal"), (at: ["furnace"], recipe: "temper")], then: "out")},
        elements: {
            "in": Source(arrivals: Table([(time: "0 s", quantity: 2), (time: "20 min")]), part_type: "gear"),
            "furnace": Furnace(capacity: 2, queue: 9, time_constant: "1 h", ambient: "0 degC", programs: {
                "anneal": (segments: [Heat(to: "60 degC", rate: "1 K/min"), Hold("1 min")]),
                "temper": (segments: [Heat(to: "30 degC", rate: "1 K/min")], atmosphere: "nitrogen"),
            }),
            "out": Sink(),
        },
    )"#;
    let play = play(text);
    // Two are annealed for 61 min. The third comes first then, being first in line; at 60 degC it takes a minute.
    let cooling = 3_600.0 * 2.0_f64.ln();
    let expected = [(0.0, 1), (0.0, 2), (3_660.0, 3), (3_720.0, 1), (3_720.0, 2), (3_720.0 + cooling, 3)];
    assert_times(&play.started("furnace"), &expected);
    assert_times(
        &play.departed("furnace")[3..],
        &[(3_720.0 + cooling, 1), (3_720.0 + cooling, 2), (3_720.0 + cooling, 3)],
    );
}

#[test]
fn a_station_works_on_batches_of_parts() {
    let station = |fields: &str| {
        format!(
            r#"(clock: (horizon: "1000 s"), part_types: {{"a": (), "b": (pieces: 3)}}, elements: {{
            "in": Source(arrivals: Table([(time: "0 s"), (time: "1 s", part_type: "b"), (time: "2 s", quantity: 4), (time: "3 s", part_type: "b")]), part_type: "a", next: "wash"),
            "wash": Station(process_time: "10 s", {fields} next: "out"), "out": Sink()}})"#
        )
    };
    let play = |fields: &str| play(&station(fields));
    // Three of type a at 2 s, both of type b at 12 s (part 7 came at 3 s), and the last two of type a have waited 20 s at 22 s.
    let batch = r#"batch: (minimum: 2, maximum: 3, longest_wait: "20 s"), queue: 9,"#;
    let run = play(batch);
    let expected = [(2.0, 1), (2.0, 3), (2.0, 4), (12.0, 2), (12.0, 7), (22.0, 5), (22.0, 6)];
    assert_times(&run.started("wash"), &expected);
    assert_eq!(run.element("wash").counts.processed, 7);
    assert_eq!(run.element("wash").planned_run_time.as_seconds_f64(), 30.0);
    // A place for each part of the batch and two to queue: what does not fit waits outside.
    let run = play(r#"batch: (minimum: 3, maximum: 3), queue: 2,"#);
    assert_eq!(run.element("wash").level_maximum, 5);
    assert_times(&run.started("wash")[..3], &[(2.0, 1), (2.0, 3), (2.0, 4)]);
    // Counted in pieces: 3 and 3; one of type a never finds enough.
    let run = play(r#"batch: (minimum: 4, maximum: 6, counted_in: Pieces), queue: 9,"#);
    assert_times(&run.started("wash"), &[(2.0, 1), (2.0, 3), (2.0, 4), (2.0, 5), (2.0, 6), (12.0, 2), (12.0, 7)]);
    // For each part, and the next batch goes in while the one before is inside.
    let run = play(r#"batch: (minimum: 2, maximum: 2), queue: 9, per: Part, interval: "3 s","#);
    assert_times(&run.started("wash")[..4], &[(2.0, 1), (2.0, 3), (8.0, 2), (8.0, 7)]);
    assert_times(&run.departed("wash")[..2], &[(15.0, 1), (15.0, 3)]);
    // Two places take a batch each, but for a changeover, for which both have to be empty.
    let places = r#"batch: (minimum: 2, maximum: 2), capacity: 2, queue: 9,"#;
    assert_times(&play(places).started("wash")[..6], &[(2.0, 1), (2.0, 3), (2.0, 4), (2.0, 5), (12.0, 2), (12.0, 7)]);
    let setup = play(&format!(r#"{places} setup: (time: "5 s"),"#));
    assert_times(&setup.started("wash")[4..6], &[(12.0, 2), (12.0, 7)]);
    assert_eq!(setup.element("wash").time_in(State::Setup).as_seconds_f64(), 5.0);
}

#[test]
fn a_longest_wait_can_be_changed() {
    let with = |wait: &str| {
        let furnace = format!(r#"capacity: 9, minimum: 9, longest_wait: "{wait}", {HARDEN}"#);
        scenario(r#"(time: "0 s")"#, &furnace)
    };
    let changed = with("1 h");
    let play = play_changed(&with("5 h"), &[], &[(1_000, "furnace", &changed)]);
    assert_times(&play.started("furnace"), &[(3_600.0, 1)]);
}

#[test]
fn furnaces_that_cannot_be_are_refused() {
    let wrong = |furnace: &str| -> Vec<String> {
        let text = scenario(r#"(time: "0 s")"#, &format!("{furnace}, capacity: 2,"));
        plan(&text).map_or_else(|complaints| complaints.into_iter().map(|it| it.message).collect(), |_| Vec::new())
    };
    let program = |segments: &str| {
        format!(r#"time_constant: "1 h", programs: {{"p": (segments: [{segments}], part_types: ["*"])}}"#)
    };
    for (furnace, expected) in [
        (program(""), "has no segments"),
        (program(r#"Hold("1 h")"#), "holds before it has heated"),
        (program(r#"Heat(to: "500 degC")"#), "heats neither"),
        (program(r#"Heat(to: "500 degC", rate: "0 K/h")"#), "heats neither"),
        (program(r#"Heat(to: "500 degC", power: "1 kW")"#), "nothing says what the furnace loses"),
        (
            program(r#"Heat(to: "500 degC", power: "1 kW")"#) + r#", holding: (at: "520 degC", power: "5 kW")"#,
            "never comes to 500 degC",
        ),
        (program(r#"Heat(to: "10 degC", rate: "1 K/min")"#), "no hotter than what is around"),
        (program(r#"Heat(to: "90 degC", rate: "1 K/min"), Cool(to: "20 degC")"#), "never cools to 20 degC"),
        (program(r#"Heat(to: "90 degC", rate: "1 K/min")"#) + ", minimum: 3", "needs 3 parts, and it holds 2"),
        (program(r#"Heat(to: "90 degC", rate: "1 K/min")"#) + r#", load: Mass(most: "1 kg")"#, "takes up more than"),
        (
            program(r#"Heat(to: "90 degC", rate: "1 K/min")"#).replace("\"*\"", "\"shaft\""),
            "which program parts of type \"gear\"",
        ),
        (
            program(r#"Heat(to: "90 degC", rate: "1 K/min")"#).replace(r#", part_types: ["*"]"#, ""),
            "is needed by nothing",
        ),
        (r#"time_constant: "1 h", programs: {}"#.to_owned(), "has no programs"),
        (program(r#"Heat(to: "90 degC", rate: "1 K/min")"#).replace("1 h", "0 h"), "is no time"),
    ] {
        let found = wrong(&furnace);
        assert!(found.iter().any(|message| message.contains(expected)), "{expected}: {found:?}");
    }
    assert_eq!(wrong(&program(r#"Heat(to: "90 degC", rate: "1 K/min")"#)), Vec::<String>::new());
}
