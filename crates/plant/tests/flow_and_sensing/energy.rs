//! Energy carriers, energy by product and by hour, and switching off: in small plants whose sums can be done by hand.

use plant::energy::EnergyState;
use plant::kpi::find;

use crate::play::{Play, plan, play};

/// A KPI, which must exist.
#[track_caller]
pub(crate) fn kpi(play: &Play, address: &str) -> f64 {
    find(&play.report, address).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
pub(crate) fn near(play: &Play, expected: &[(&str, f64)]) {
    for (address, expected) in expected {
        let found = kpi(play, address);
        assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{address}: {found}, not {expected}");
    }
}

/// Minutes in an energy state.
fn minutes(play: &Play, element: &str, wanted: EnergyState) -> f64 {
    let energy = play.element(element).energy.as_ref().expect("an element with energy");
    energy.iter().filter(|(state, ..)| *state == wanted).map(|(_, _, time)| time.as_seconds_f64() / 60.0).sum()
}

/// Two red parts for an hour each and a blue one for two, all there at midnight; six hours of nothing.
const OVEN: &str = r#"(
    clock: (start: "2026-11-23T00:00:00Z", horizon: "10 h"),
    part_types: {"blue": (), "red": ()},
    energy: (
        emission: (emission: "400 g/kWh", times: [(from: "06:00", to: "22:00", emission: "200 g/kWh")]),
        tariff: (price: "0.20 EUR/kWh"),
        carriers: {
            "gas": (price: "0.10 EUR/kWh", emission: "200 g/kWh"),
            "compressed air": (electricity: "0.1 kWh/m^3"),
            "nitrogen": (price: "0.50 EUR/m^3", emission: "300 g/m^3"),
        },
    ),
    costs: (materials: {"*": "1 EUR"}),
    elements: {
        "reds": Source(arrivals: Table([(time: "0 s", quantity: 2)]), part_type: "red", next: "oven"),
        "blues": Source(arrivals: Table([(time: "0 s")]), part_type: "blue", next: "oven"),
        "oven": Station(process_time: {"red": "1 h", "blue": "2 h"}, queue: (capacity: 9, rule: Spt), next: "out",
            energy: (processing: "10 kW", idle: "2 kW", per_part: "1 kWh", carriers: {
                "gas": (processing: "40 kW", idle: "10 kW"),
                "compressed air": (processing: "20 m^3/h", per_part: "1 m^3"),
                "nitrogen": (per_part: "2 m^3"),
            })),
        "out": Sink(),
    },
)"#;

#[test]
fn every_carrier_is_counted_paid_for_and_emits() {
    let play = play(OVEN);
    // Four hours of 10 kW and of 2 kW for 20 m^3/h of air, six of 2 kW, and 1.1 kWh a part; before and after six o'clock.
    let energy = 4.0 * 12.0 + 6.0 * 2.0 + 3.0 * 1.1;
    let (gas, nitrogen) = (4.0 * 40.0 + 6.0 * 10.0, 6.0);
    let emitted = (energy - 8.0) * 0.4 + 8.0 * 0.2;
    let cost = energy * 0.2 + gas * 0.1 + nitrogen * 0.5;
    near(
        &play,
        &[
            ("energy", energy),
            ("energy@gas", gas),
            ("volume@compressed air", 83_000.0),
            ("electricity@compressed air", 8.3),
            ("volume@nitrogen", 6_000.0),
            ("energy_cost@gas", 22.0),
            ("energy_cost@nitrogen", 3.0),
            ("energy_cost", cost),
            ("cost", cost + 3.0),
            ("co2e@gas", 44.0),
            ("co2e", emitted + 44.0 + 1.8),
            ("co2e@oven", emitted + 44.0 + 1.8),
            // The first red part is done at one o'clock, and what is drawn for it then is in the window that begins.
            ("peak_power", 12.0 + 1.1 * 4.0),
        ],
    );
}

#[test]
fn each_hour_of_the_day_has_what_was_drawn_in_it() {
    let hours = play(OVEN).report.hours;
    let kwh: Vec<f64> = hours.iter().map(|hour| hour.energy_j / 3.6e6).collect();
    let expected = [12.0, 13.1, 13.1, 12.0, 3.1, 2.0, 2.0, 2.0, 2.0, 2.0];
    assert_eq!(kwh.len(), 24);
    for (hour, found) in kwh.iter().enumerate() {
        let expected = expected.get(hour).copied().unwrap_or(0.0);
        assert!((found - expected).abs() < 1e-9, "{hour}: {found}, not {expected}");
    }
    let grams = |hour: usize| hours[hour].emission_g.round();
    assert_eq!([1, 5, 6, 9, 10].map(grams), [5_240.0, 800.0, 400.0, 400.0, 0.0]);
    // Compressed air, gas, nitrogen.
    assert_eq!(hours[1].carriers_emission_g, [0.0, 8_000.0, 600.0]);
}

#[test]
fn what_a_unit_draws_belongs_to_what_it_works_on() {
    let play = play(OVEN);
    // Each has two hours of work at 12 kW, and so half of the rest.
    near(
        &play,
        &[("energy@red", 24.0 + 2.2 + 6.0), ("energy@blue", 24.0 + 1.1 + 6.0), ("energy_per_good_part@red", 16.1)],
    );
}

#[test]
fn a_setup_belongs_to_the_product_it_is_for() {
    let with_setup = OVEN
        .replace(
            "queue: (capacity: 9, rule: Spt),",
            "capacity: 1, queue: (capacity: 9, rule: Spt), setup: (time: \"30 min\"),",
        )
        .replace("idle: \"2 kW\",", "idle: \"2 kW\", setup: \"6 kW\",");
    let play = play(&with_setup);
    // Half an hour of 6 kW before the blue part; of the other 5.5 h of 2 kW it has 2.5 of 4.5 h of work.
    let rest = 5.5 * 2.0;
    near(&play, &[("energy@red", 24.0 + 2.2 + rest * 2.0 / 4.5), ("energy@blue", 24.0 + 3.0 + 1.1 + rest * 2.5 / 4.5)]);
}

/// Ten minutes of work at 0:00, 1:00 and 1:45; three hours.
const SLEEPER: &str = r#"(
    clock: (horizon: "3 h"),
    elements: {
        "in": Source(arrivals: Table([(time: "0 s"), (time: "1 h"), (time: "105 min")]), next: "mill"),
        "mill": Station(process_time: "10 min", next: "out", energy: (processing: "10 kW", idle: "4 kW", standby: "1 kW", off: "100 W",
            standby_after: "10 min", switch_off_after: "30 min", warm_up_time: "2 min", warm_up: "5 kW",
            start_up_time: "10 min", start_up: "6 kW")),
        "out": Sink(),
    },
)"#;

#[test]
fn who_idles_long_is_switched_off_and_starts_up_for_longer() {
    let play = play(SLEEPER);
    let times = EnergyState::ALL.map(|state| minutes(&play, "mill", state));
    // Off from 0:40 to 1:00 and from 2:27 on; warm-ups of 10 and 2 minutes.
    assert_eq!(times, [20.0 + 33.0, 20.0 + 15.0 + 20.0, 12.0, 30.0, 30.0]);
    let kilowatt_minutes = 53.0 * 0.1 + 55.0 + 10.0 * 6.0 + 2.0 * 5.0 + 30.0 * 4.0 + 30.0 * 10.0;
    near(&play, &[("energy", kilowatt_minutes / 60.0), ("warming_up_time", 720.0)]);
}

#[test]
fn a_unit_without_standby_goes_from_idle_to_off() {
    let play = play(&SLEEPER.replace(r#"standby_after: "10 min","#, ""));
    assert_eq!(minutes(&play, "mill", EnergyState::Standby), 0.0);
    // Off from 0:40 to 1:00 and from 2:25 on: at 1:45 the mill has idled for 25 minutes only.
    assert_eq!(minutes(&play, "mill", EnergyState::Off), 20.0 + 35.0);
}

#[test]
fn a_pause_is_spent_as_takes_less_energy() {
    let day = |pauses: &str| {
        play(&format!(
            r#"(
        clock: (start: "2026-11-23T06:00:00Z", horizon: "1 d"),
        elements: {{
            "in": Source(arrivals: Interarrival("10 min"), next: "mill"),
            "mill": Station(process_time: "5 min", queue: Unlimited, next: "out",
                calendar: (shifts: [(from: "06:00", to: "10:00"), (from: "11:00", to: "14:00")]),
                energy: (processing: "10 kW", idle: "10 kW", standby: "1 kW", start_up_time: "30 min", {pauses})),
            "out": Sink(),
        }},
    )"#
        ))
    };
    // Being off costs 5 kWh of starting up: more than an hour of standby, less than the night.
    let break_even = day("pauses: BreakEven");
    assert_eq!(minutes(&break_even, "mill", EnergyState::Standby), 60.0);
    assert_eq!(minutes(&break_even, "mill", EnergyState::Off), 16.0 * 60.0);
    let off = day("");
    assert_eq!(minutes(&off, "mill", EnergyState::Off), 17.0 * 60.0);
    // Work came in during the break, and waited for the start.
    near(&off, &[("warming_up_time", 1_800.0)]);
    near(&break_even, &[("warming_up_time", 0.0)]);
}

#[test]
fn what_cannot_be_is_said_beforehand() {
    let said = |from: &str, to: &str| match plan(&OVEN.replacen(from, to, 1)) {
        Ok(plant) => plant.warnings.into_iter().map(|warning| warning.message).collect::<Vec<_>>().join("; "),
        Err(complaints) => complaints.into_iter().map(|complaint| complaint.message).collect::<Vec<_>>().join("; "),
    };
    assert_eq!(said("gas", "gas"), "");
    let cases = [
        ("\"gas\": (processing", "\"gaz\": (processing", "there is no carrier called \"gaz\""),
        ("\"nitrogen\": (per_part: \"2 m^3\"),", "", "nobody draws \"nitrogen\""),
        ("idle: \"10 kW\"}", "idle: \"10 kW\"}", ""),
        ("processing: \"20 m^3/h\"", "processing: \"20 kW\"", "\"compressed air\" is measured by volume"),
        ("price: \"0.50 EUR/m^3\"", "price: \"0.50 EUR/kWh\"", "\"nitrogen\" is measured by energy and by volume"),
        ("(electricity: \"0.1 kWh/m^3\")", "()", "nothing is said of what \"compressed air\" costs, emits or takes"),
        ("price: \"0.50 EUR/m^3\"", "price: \"0.50 USD/m^3\"", "this price is in USD, not in EUR"),
        ("electricity: \"0.1 kWh/m^3\"", "electricity: \"0.1 kWh\"", "is an energy"),
        (
            "idle: \"2 kW\",",
            "idle: \"2 kW\", standby_after: \"9 min\", switch_off_after: \"9 min\",",
            "switched off before it goes to standby",
        ),
        (
            "idle: \"2 kW\",",
            "idle: \"2 kW\", warm_up_time: \"9 min\", start_up_time: \"1 min\",",
            "starting up takes less time",
        ),
        (
            "emission: \"200 g/kWh\")]",
            "emission: \"200 g/kWh\"), (from: \"21:00\", to: \"23:00\", emission: \"1 g/kWh\")]",
            "two emission factors hold at the same time, from Mon 21:00 on",
        ),
    ];
    for (from, to, expected) in cases {
        assert!(OVEN.contains(from) || expected.is_empty(), "{from}");
        let said = said(from, to);
        assert!(said.contains(expected), "{to}: {said}");
    }
    let belt = OVEN.replace(
        "\"out\": Sink(),",
        r#""belt": Conveyor(length: "1 m", speed: "1 m/s", next: "out", energy: (processing: "1 kW", per_part: "1 Wh")), "out": Sink(),"#,
    );
    let complaints = plan(&belt).expect_err("no work ends on a belt");
    assert_eq!(complaints[0].message, "no work on parts ends here, so nothing is drawn for each part");
}
