//! Sun, battery and the limit of the load: in small plants whose sums can be done by hand.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use plant::element::Command;
use plant::run::{Run, Snapshot};
use plant::state::State;

use crate::energy::{kpi, near};
use crate::play::{Play, plan, play, play_with};

/// A mill that draws 100 kW whatever it does, for a day from midnight.
fn site(energy: &str) -> String {
    format!(
        r#"(
        clock: (start: "2026-11-23T00:00:00Z", horizon: "1 d"),
        energy: (tariff: (price: "0.30 EUR/kWh"), {energy}),
        elements: {{
            "in": Source(arrivals: Interarrival("1 h"), next: "mill"),
            "mill": Station(process_time: "30 min", next: "out", energy: (processing: "100 kW", idle: "100 kW")),
            "out": Sink(),
        }},
    )"#
    )
}

const SUN: &str = r#"solar: (peak: "200 kW", profile: [(from: "06:00", share: 1.0), (from: "18:00", share: 0)]), feed_in: "0.10 EUR/kWh","#;

#[test]
fn the_sun_fills_the_battery_and_what_is_left_is_fed_in() {
    let battery = r#"battery: (capacity: "300 kWh", charging: "60 kW", discharging: "50 kW", efficiency: 0.5)"#;
    let play = play(&site(&format!("{SUN} {battery}")));
    // Of 100 kW beyond the load 60 go into the battery, which gains 30 and is full after ten hours, at 16:00; from 18:00 on it gives
    // 50 kW for six hours.
    near(
        &play,
        &[
            ("energy", 2_400.0),
            ("grid_energy", 6.0 * 100.0 + 6.0 * 50.0),
            ("solar_energy", 2_400.0),
            ("fed_in", 10.0 * 40.0 + 2.0 * 100.0),
            ("battery_cycles", 1.0),
            ("self_consumption", 0.75),
            ("self_sufficiency", 1_500.0 / 2_400.0),
            ("energy_cost", 900.0 * 0.3 - 600.0 * 0.1),
            ("peak_power", 100.0),
        ],
    );
    let site = play.report.site.as_ref().expect("a site");
    assert_eq!((site.charged_j / 3.6e6, site.discharged_j / 3.6e6), (600.0, 300.0));
}

#[test]
fn without_a_battery_the_sun_is_used_or_fed_in() {
    let play = play(&site(SUN));
    near(&play, &[("grid_energy", 1_200.0), ("fed_in", 1_200.0), ("self_consumption", 0.5), ("self_sufficiency", 0.5)]);
    assert!(plant::kpi::find(&play.report, "battery_cycles").is_err(), "there is none");
}

#[test]
fn a_profile_of_24_shares_is_that_of_the_hours() {
    let shares: Vec<&str> = (0..24).map(|hour| if (6..18).contains(&hour) { "1.0" } else { "0" }).collect();
    let hourly = format!(r#"solar: (peak: "200 kW", profile: [{}])"#, shares.join(", "));
    near(&play(&site(&hourly)), &[("grid_energy", 1_200.0), ("solar_energy", 2_400.0)]);
}

/// A furnace that idles at 100 kW and works at 200 kW from six o'clock on, for `work`; ten hours.
fn furnace(work: &str) -> Play {
    play(&format!(
        r#"(
        clock: (horizon: "10 h"),
        energy: (battery: (capacity: "150 kWh", charging: "30 kW", discharging: "80 kW", rule: PeakShaving("120 kW"))),
        elements: {{
            "in": Source(arrivals: Table([(time: "6 h")]), next: "furnace"),
            "furnace": Station(process_time: "{work}", next: "out", energy: (processing: "200 kW", idle: "100 kW")),
            "out": Sink(),
        }},
    )"#
    ))
}

#[test]
fn a_battery_cuts_peaks_as_long_as_it_lasts() {
    // It is charged by what is left below 120 kW: 20 kW for six hours. That lasts for an hour and a half of 80 kW.
    near(&furnace("1 h"), &[("peak_power", 120.0), ("battery_cycles", 80.0 / 150.0)]);
    let long = 6.0 * 120.0 + 1.5 * 120.0 + 0.5 * 200.0 + 2.0 * 120.0;
    near(&furnace("2 h"), &[("peak_power", 200.0), ("battery_cycles", 0.8), ("grid_energy", long)]);
}

/// Three presses of 50 kW, idling at 5 kW, each with one part at the beginning.
fn presses(peak: &str, commands: &[(i64, &str, Command)]) -> Play {
    let press = |number: u32| {
        format!(
            r#"
            "in {number}": Source(arrivals: Table([(time: "0 s")]), next: "press {number}"),
            "press {number}": Station(process_time: "1 h", next: "out", energy: (processing: "50 kW", idle: "5 kW")),"#
        )
    };
    let presses: String = (1..=3).map(press).collect();
    let scenario = format!(r#"(clock: (horizon: "5 h"), energy: ({peak}), elements: {{{presses} "out": Sink()}})"#);
    play_with(&scenario, commands)
}

const HOLD: &str = r#"peak: (limit: "120 kW", hold: ["press 1", "press 2", "press 3"])"#;

#[test]
fn who_would_exceed_the_limit_waits() {
    near(&presses("", &[]), &[("peak_power", 150.0)]);
    let held = presses(HOLD, &[]);
    near(&held, &[("peak_power", 105.0), ("held_back_time", 3_600.0)]);
    assert_eq!(held.started("press 3"), [(3_600.0, 3)]);
    assert_eq!(held.element("press 3").time_in(State::WaitingForMaterial).as_seconds_f64(), 3_600.0);
}

#[test]
fn who_has_begun_keeps_its_power_while_it_is_down() {
    let down = [(1_800, "press 1", Command::Fail), (2_700, "press 1", Command::Repair)];
    let held = presses(HOLD, &down);
    assert_eq!(held.started("press 3"), [(3_600.0, 3)], "not while the first is down");
    assert!(kpi(&held, "peak_power") <= 120.0);
}

/// A limit of 50 kW to these elements, which are held; a thousand hours.
fn under_50_kw(held: &str, elements: &str) -> Play {
    play(&format!(
        r#"(
        clock: (horizon: "1000 h"),
        energy: (peak: (limit: "50 kW", hold: {held})),
        elements: {{{elements} "out": Sink()}},
    )"#
    ))
}

/// A station with as much work as there can be, all of it at its own power.
fn busy(name: &str, place: &str, power: &str, more: &str) -> String {
    format!(
        r#"
        "in {name}": Source(arrivals: Unlimited, next: "{name}"),
        "{name}": Station({place} energy: (processing: "{power}", {more}), next: "out"),"#
    )
}

#[test]
fn who_has_waited_longest_goes_first() {
    let hour = r#"process_time: "1 h","#;
    let two = busy("a", hour, "30 kW", "") + &busy("b", hour, "30 kW", "");
    let play = under_50_kw(r#"["a", "b"]"#, &two);
    assert_eq!((play.departed("a").len(), play.departed("b").len()), (500, 500));
    near(&play, &[("peak_power", 30.0), ("held_back_time", 1_000.0 * 3_600.0)]);
    // Of three that need as much, each has every third hour.
    let three = two + &busy("c", hour, "30 kW", "");
    let play = under_50_kw(r#"["a", "b", "c"]"#, &three);
    let first_of = |name: &str| play.started(name)[..2].iter().map(|(at, _)| at / 3_600.0).collect::<Vec<_>>();
    assert_eq!([first_of("a"), first_of("b"), first_of("c")], [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]);
}

#[test]
fn tools_take_turns_and_parts_keep_their_order() {
    let play = under_50_kw(
        r#"["presses"]"#,
        r#"
        "in": Source(arrivals: Table([(time: "0 s", quantity: 2), (time: "30 min", quantity: 900)]), next: "presses"),
        "presses": ToolGroup(tools: 2, process_time: "1 h", energy: (processing: "30 kW"), next: "out"),"#,
    );
    let mut serials: Vec<(f64, u64)> = ["presses/1", "presses/2"].iter().flat_map(|tool| play.departed(tool)).collect();
    serials.sort_by(|one, other| one.0.total_cmp(&other.0));
    assert!(serials.is_sorted_by_key(|(_, serial)| *serial), "{serials:?}");
    assert_eq!(serials.len(), 902);
    assert_eq!(play.departed("presses/1").len(), 451);
}

#[test]
fn many_small_ones_do_not_keep_a_big_one_waiting_for_ever() {
    let small = r#"process_time: "1 h","#;
    let smalls = busy("a", small, "20 kW", "") + &busy("b", r#"process_time: "90 min","#, "20 kW", "");
    let play = under_50_kw(r#"["a", "b", "big"]"#, &(smalls + &busy("big", small, "45 kW", "")));
    // All have an hour and a half together, and then the big one has an hour by itself.
    assert_eq!(play.departed("big").len(), 400);
    assert_eq!((play.departed("a").len(), play.departed("b").len()), (400, 400));
}

#[test]
fn places_beside_each_other_run_empty_for_whoever_waits() {
    let places = r#"capacity: 2, process_time: Uniform("30 min", "90 min"),"#;
    let two = busy("a", places, "30 kW", "") + &busy("b", places, "30 kW", "");
    let play = under_50_kw(r#"["a", "b"]"#, &two);
    let (a, b) = (play.departed("a").len(), play.departed("b").len());
    assert!(a.abs_diff(b) <= 4 && a + b > 1_500, "{a} and {b}");
    assert!(kpi(&play, "peak_power") <= 30.0);
}

#[test]
fn who_has_warmed_up_begins_before_those_who_wait() {
    let hour = r#"process_time: "1 h","#;
    let sleepy = r#"idle: "1 kW", standby_after: "1 s", warm_up_time: "10 min", warm_up: "25 kW""#;
    let play = under_50_kw(
        r#"["a", "b"]"#,
        &(busy("a", hour, "30 kW", "").replace("Unlimited", r#"Table([(time: "0 s"), (time: "3 h")])"#)
            + &busy("b", hour, "30 kW", sleepy).replace("Unlimited", r#"Table([(time: "170 min")])"#)),
    );
    assert_eq!(play.started("b"), [(3.0 * 3_600.0, 2)]);
    assert_eq!(play.started("a")[1].0, 4.0 * 3_600.0);
}

#[test]
fn whom_the_rest_of_the_plant_leaves_no_power_holds_up_nobody() {
    let hour = r#"process_time: "1 h","#;
    let play = under_50_kw(
        r#"["a", "big"]"#,
        &(busy("a", hour, "20 kW", "") + &busy("big", hour, "45 kW", "") + &busy("lamps", hour, "10 kW", "")),
    );
    assert_eq!((play.departed("a").len(), play.departed("big").len()), (1_000, 0));
}

#[test]
fn who_breaks_down_while_it_waits_leaves_the_line() {
    let hour = r#"process_time: "1 h","#;
    let scenario = format!(
        r#"(
        clock: (horizon: "4 h"),
        energy: (peak: (limit: "50 kW", hold: ["a", "b", "c"])),
        elements: {{{}{}{} "out": Sink()}},
    )"#,
        busy("a", hour, "30 kW", ""),
        busy("b", hour, "40 kW", ""),
        busy("c", hour, "20 kW", "")
    );
    let scenario = scenario.replace("Unlimited", r#"Table([(time: "0 s")])"#);
    let play = play_with(&scenario, &[(1_800, "b", Command::Fail), (2_400, "b", Command::Repair)]);
    let began = |name: &str| play.started(name).iter().map(|(at, _)| *at).collect::<Vec<_>>();
    assert_eq!([began("a"), began("b"), began("c")], [[0.0], [5_400.0], [1_800.0]]);
}

#[test]
fn a_run_is_saved_and_goes_on_while_a_tool_waits_for_power() {
    let scenario = r#"(
        clock: (horizon: "10 h"),
        energy: (peak: (limit: "50 kW", hold: ["presses"])),
        elements: {
            "in": Source(arrivals: Table([(time: "0 s", quantity: 4)]), next: "presses"),
            "presses": ToolGroup(tools: 2, process_time: "1 h", energy: (processing: "30 kW"), next: "out"),
            "out": Sink(),
        },
    )"#;
    let plant = Arc::new(plan(scenario).expect("a sound plant"));
    let mut whole = Run::new(plant.clone(), 1, 0).expect("a run");
    while whole.now() < SimTime::ZERO + SimDuration::from_hours(1) {
        whole.advance_by(1).expect("a sound run");
    }
    let bytes = whole.snapshot().to_bytes();
    let snapshot = Snapshot::from_bytes(&plant, &bytes).unwrap_or_else(|misfit| panic!("{misfit}"));
    let mut saved = Run::resume(plant, 1, 0, &snapshot).expect("a run that goes on");
    let ends = [&mut whole, &mut saved].map(|run| {
        run.finish().expect("a sound run");
        (run.digest(), run.report())
    });
    assert_eq!(ends[0], ends[1]);
}

/// A heater of 60 kW and a fan of 10 kW at work from the beginning for four hours, and a press of 80 kW from 1:00 to 2:00.
fn heater(shed: &str) -> Play {
    play(&format!(
        r#"(
        clock: (horizon: "8 h"),
        energy: (peak: (limit: "120 kW", shed: {shed}, hysteresis: "10 kW")),
        elements: {{
            "in 1": Source(arrivals: Table([(time: "0 s")]), next: "heater"),
            "in 2": Source(arrivals: Table([(time: "0 s")]), next: "fan"),
            "in 3": Source(arrivals: Table([(time: "1 h")]), next: "press"),
            "heater": Station(process_time: "4 h", next: "out", energy: (processing: "60 kW")),
            "fan": Station(process_time: "4 h", next: "out", energy: (processing: "10 kW")),
            "press": Station(process_time: "1 h", next: "out", energy: (processing: "80 kW")),
            "out": Sink(),
        }},
    )"#
    ))
}

#[test]
fn load_is_shed_in_its_order_and_comes_back() {
    near(&heater("[]"), &[("peak_power", 150.0), ("held_back_time", 0.0)]);
    let heater_first = heater(r#"["heater", "fan"]"#);
    near(&heater_first, &[("peak_power", 90.0), ("held_back_time", 3_600.0), ("energy", 240.0 + 40.0 + 80.0)]);
    let left = |play: &Play, element: &str| play.departed(element)[0].0 / 3_600.0;
    assert_eq!((left(&heater_first, "heater"), left(&heater_first, "fan")), (5.0, 4.0));
    // The fan alone is not enough; it comes back last.
    let fan_first = heater(r#"["fan", "heater"]"#);
    near(&fan_first, &[("peak_power", 80.0), ("held_back_time", 7_200.0)]);
    assert_eq!((left(&fan_first, "heater"), left(&fan_first, "fan")), (5.0, 5.0));
    assert_eq!(fan_first.element("fan").time_in(State::WaitingForMaterial).as_seconds_f64(), 3_600.0);
}

#[test]
fn who_was_switched_off_comes_back_when_there_is_more_than_room() {
    let play = play(
        r#"(
        clock: (horizon: "8 h"),
        energy: (peak: (limit: "120 kW", shed: ["heater"], hysteresis: "10 kW")),
        elements: {
            "in 1": Source(arrivals: Table([(time: "0 s")]), next: "heater"),
            "in 2": Source(arrivals: Table([(time: "0 s")]), next: "lamps"),
            "in 3": Source(arrivals: Table([(time: "1 h")]), next: "press"),
            "heater": Station(process_time: "4 h", next: "out", energy: (processing: "60 kW")),
            "lamps": Station(process_time: "3 h", next: "out", energy: (processing: "55 kW")),
            "press": Station(process_time: "1 h", next: "out", energy: (processing: "60 kW")),
            "out": Sink(),
        },
    )"#,
    );
    // When the press is done the heater would lift the load to 115 kW, of 110 that it may: it waits for the lamps.
    near(&play, &[("held_back_time", 7_200.0), ("peak_power", 115.0)]);
    assert_eq!(play.departed("heater")[0].0, 6.0 * 3_600.0);
}

/// A furnace that takes 34 kW at most and 29 kW from the cold, whatever its `energy` says, and a press of 12 kW for 20 minutes.
fn hot(peak: &str, load_at: &str, press_at: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "10 h"),
        energy: (peak: (limit: "40 kW", {peak})),
        elements: {{
            "in 1": Source(arrivals: Table([(time: "{load_at}")]), next: "furnace"),
            "in 2": Source(arrivals: Table([(time: "{press_at}")]), next: "press"),
            "furnace": Furnace(
                capacity: 1,
                programs: {{"h": (segments: [Heat(to: "520 degC", rate: "10 K/min"), Hold("30 min")], part_types: ["*"])}},
                time_constant: "2 h",
                holding: (at: "520 degC", power: "10 kW"),
                energy: (processing: "5 kW"),
                next: "out",
            ),
            "press": Station(process_time: "20 min", energy: (processing: "12 kW"), next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

#[test]
fn a_furnace_counts_with_the_most_that_its_programs_draw() {
    // 29 kW and 12 kW are too much; it is not back before the press is done.
    let shed = play(&hot(r#"shed: ["furnace"]"#, "0 s", "10 min"));
    near(&shed, &[("held_back_time", 1_200.0)]);
    assert_eq!((shed.departed("press")[0].0, shed.departed("furnace").len()), (1_800.0, 1));
    let held = play(&hot(r#"hold: ["furnace"]"#, "1 min", "0 s"));
    assert_eq!(held.started("furnace")[0].0, 1_200.0);
    assert!(kpi(&held, "peak_power") <= 29.0);
    // At twice the rate it takes 58 kW.
    let faster = hot(r#"hold: ["furnace"]"#, "0 s", "0 s").replace("10 K/min", "20 K/min");
    let complaints = plan(&faster).expect_err("it never begins");
    assert!(complaints[0].message.contains("\"furnace\" draws more than the limit by itself"), "{complaints:?}");
}

#[test]
fn a_vehicle_comes_back_when_there_is_power_to_charge_it() {
    let play = play(
        r#"(
        clock: (horizon: "60 h"),
        energy: (peak: (limit: "3 kW", shed: ["agv"])),
        elements: {
            "in": Source(arrivals: Interarrival("5 min"), next: "here"),
            "here": Buffer(capacity: 10, next: "mill"),
            "mill": Station(process_time: "3 min", queue: 2, energy: (processing: "1 kW"), next: "out"),
            "out": Sink(),
            "net": PathNetwork(
                nodes: {"a": (serves: ["here"]), "b": (x: "40 m", serves: ["mill"]), "c": (y: "40 m")},
                segments: [(from: "a", to: "b"), (from: "b", to: "c"), (from: "c", to: "a")],
            ),
            "agv": Fleet(
                network: "net", vehicles: 2, start: ["a", "b"], speed: "1 m/s",
                battery: (capacity: "300 Wh", driving: "1 kW", standing: "100 W", charging: "2.5 kW", chargers: ["c"]),
            ),
        },
    )"#,
    );
    assert!(kpi(&play, "peak_power") <= 3.0 && kpi(&play, "held_back_time") > 0.0);
    // They bring what comes in, and have charged for it.
    assert!(play.departed("mill").len() > 300, "{}", play.departed("mill").len());
}

#[test]
fn a_site_that_cannot_be_is_said_beforehand() {
    let said = |energy: &str| match plan(&site(energy)) {
        Ok(_) => String::new(),
        Err(complaints) => complaints.into_iter().map(|complaint| complaint.message).collect::<Vec<_>>().join("; "),
    };
    let cases = [
        (r#"solar: (peak: "9 kW", profile: [0, 0.5])"#, "this profile has 2 shares"),
        (
            r#"solar: (peak: "9 kW", profile: [(from: "08:00", share: 0.5), (from: "07:00", share: 1.0)])"#,
            "not in the order of the day",
        ),
        (r#"feed_in: "0.1 EUR/kWh""#, "nothing is ever fed into the grid"),
        (r#"battery: (capacity: "0 kWh", charging: "1 kW", discharging: "1 kW")"#, "holds nothing"),
        (r#"peak: (limit: "120 kW", hold: ["mil"])"#, "\"mil\""),
        (r#"peak: (limit: "90 kW", hold: ["mill"])"#, "\"mill\" draws more than the limit by itself"),
        (r#"peak: (limit: "90 kW", shed: ["mill"])"#, "\"mill\" draws more than the limit by itself, and would never"),
        (
            r#"peak: (limit: "105 kW", shed: ["mill"], hysteresis: "6 kW")"#,
            "\"mill\" draws more than the limit less `hysteresis` by itself",
        ),
        (r#"peak: (limit: "120 kW", shed: ["mill", "mill"])"#, "\"mill\" stands here twice"),
    ];
    for (energy, expected) in cases {
        let said = said(energy);
        assert!(said.contains(expected), "{energy}: {said}");
    }
    assert_eq!(said(r#"peak: (limit: "105 kW", shed: ["mill"], hysteresis: "5 kW")"#), "");
    // It would come back by starting up.
    let starts_up = site(r#"peak: (limit: "120 kW", shed: ["mill"])"#)
        .replace(r#"idle: "100 kW""#, r#"start_up: "130 kW", start_up_time: "5 min""#);
    let complaints = plan(&starts_up).expect_err("it would never come back");
    assert!(complaints[0].message.contains("draws more than the limit by itself"), "{complaints:?}");
}
