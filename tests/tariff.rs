//! What electricity costs, against sums done by hand.

use plant::kpi::{find, of_plant};

use crate::playing::{opened_text, played, read_with, registry};

/// A mill that draws 10 kW whatever it does, from a Friday at 18:00; observed are 94 hours from 20:00 on.
const MILL: &str = r#"Scenario(
    schema: 1,
    clock: (start: "2026-11-27T18:00:00Z", warm_up: "2 h", horizon: "4 d"),
    ENERGY
    elements: {
        "in": Source(arrivals: Interarrival("1 h"), next: "mill"),
        "mill": Station(process_time: "30 min", energy: (processing: "10 kW", idle: "10 kW"), next: "out"),
        "out": Sink(),
    },
)"#;

/// Nights are cheap, also over midnight and from Sunday to Monday; days at the week end are in between.
const TARIFF: &str = r#"energy: (tariff: (price: "0.30 EUR/kWh", times: [
    (from: "22:00", to: "06:00", price: "0.20 EUR/kWh"),
    (days: "Sat, Sun", from: "06:00", to: "22:00", price: "250 EUR/MWh"),
])),"#;

#[test]
fn a_constant_load_costs_what_its_hours_cost() {
    let scenario = opened_text(&MILL.replace("ENERGY", TARIFF));
    let report = played(&scenario.plant, 1, 0).report();
    // Friday 20:00 to Tuesday 18:00: four nights of 8 h, two days of 16 h at the week end, the rest of 2 + 16 + 12 h.
    let expected = 10.0 * (30.0 * 0.30 + 32.0 * 0.20 + 32.0 * 0.25);
    let cost = find(&report, "energy_cost").expect("a cost");
    assert!((cost - expected).abs() < 1e-9, "{cost}, not {expected}");
    // One part an hour.
    let per_part = find(&report, "energy_cost_per_good_part").expect("a cost");
    assert!((per_part - expected / 94.0).abs() < 1e-12, "{per_part}");
    assert_eq!(scenario.plant.model.supply.tariff.as_ref().map(|tariff| &**tariff.currency()), Some("EUR"));
}

#[test]
fn a_tariff_changes_nothing_but_the_cost() {
    let with = opened_text(&MILL.replace("ENERGY", TARIFF));
    let without = opened_text(&MILL.replace("ENERGY", ""));
    let (mut with, mut without) = (played(&with.plant, 1, 0), played(&without.plant, 1, 0));
    assert_eq!(with.digest(), without.digest());
    let (with, without) = (with.report(), without.report());
    let has_cost = |kpis: Vec<plant::kpi::Kpi>| kpis.iter().any(|kpi| kpi.definition.key.starts_with("energy_cost"));
    assert!(has_cost(of_plant(&with)) && !has_cost(of_plant(&without)), "no tariff, no cost");
    let uncosted = plant::report::Report { energy_cost: None, currency: None, ..with };
    assert_eq!(uncosted, without);
}

#[test]
fn what_electricity_may_cost_is_expected_with_its_currency() {
    let read = |bound: &str| {
        let expectation = format!("{TARIFF} expect: [AtMost(\"energy_cost\", {bound})],");
        let scenario = read_with(&MILL.replace("ENERGY", &expectation), &registry());
        scenario.map(|scenario| scenario.study.expectations[0].bound).map_err(|rejected| rejected.complaints[0].code.id)
    };
    assert_eq!(read("\"235.5 EUR\""), Ok(235.5));
    assert_eq!(read("235.5"), Err("LW0202"));
    assert_eq!(read("\"235.5 USD\""), Err("LW0521"));
    assert_eq!(read("\"235.5 kWh\""), Err("LW0203"));
}
