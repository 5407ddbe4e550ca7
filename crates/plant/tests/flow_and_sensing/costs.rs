//! What making parts costs, added up by hand.

use plant::kpi::of_plant;

use crate::play::{complaints, plan, play};

/// Five parts at the start, half an hour each, due after an hour; the last one fails its test. Ten hours.
fn scenario(costs: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "10 h"),
        part_types: {{"gear": (routing: "gears")}},
        routings: {{"gears": (steps: [(at: ["mill"])], then: "out")}},
        orders: [(name: "first", part_type: "gear", quantity: 5, due: "1 h", source: "in")],
        energy: (tariff: (price: "0.50 EUR/kWh")),
        costs: {costs},
        elements: {{
            "crew": Pool(members: 2),
            "in": Source(arrivals: Orders),
            "mill": Station(process_time: "30 min", staffing: (processing: "crew"), energy: (processing: "4 kW")),
            "tools": ToolGroup(tools: 3, process_time: "1 h", next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

#[test]
fn every_hour_and_every_part_has_its_price() {
    let costs = r#"(
        labour: {"crew": "40 EUR/h"},
        machines: {"mill": (in_use: "60 EUR/h", always: "10 EUR/h"), "tools": (in_use: "99 EUR/h", always: "2 EUR/h")},
        materials: {"gear": "3 EUR"},
        scrap: {"*": "0.25 EUR"},
        late: {"*": "12 EUR/h"},
    )"#;
    let play = play(&scenario(costs));
    let kpis = of_plant(&play.report);
    let value = |key: &str| kpis.iter().find(|kpi| kpi.definition.key == key).and_then(|kpi| kpi.value).expect(key);
    // Two people for ten hours; 2.5 h in use, 10 h of the mill and 10 h of each of three tools; five gears; of them three are
    // late, by 0.5, 1 and 1.5 h; 2.5 h of 4 kW.
    let expected = [
        ("labour_cost", 2.0 * 10.0 * 40.0),
        ("machine_cost", 2.5 * 60.0 + 10.0 * 10.0 + 3.0 * 10.0 * 2.0),
        ("material_cost", 5.0 * 3.0),
        ("scrap_cost", 0.0),
        ("late_cost", 3.0 * 12.0),
        ("energy_cost", 5.0),
        ("cost", 800.0 + 310.0 + 15.0 + 36.0 + 5.0),
        ("cost_per_good_part", 1166.0 / 5.0),
    ];
    for (key, expected) in expected {
        assert!((value(key) - expected).abs() < 1e-9, "{key}: {}, not {expected}", value(key));
    }
    assert_eq!(play.report.currency.as_deref(), Some("EUR"));
}

#[test]
fn what_is_scrapped_costs_more() {
    let scenario = r#"(
        clock: (horizon: "10 h"),
        part_types: {"gear": (), "cap": ()},
        costs: (scrap: {"gear": "7 CHF", "*": "1 CHF"}),
        elements: {
            "gears": Source(arrivals: Unlimited, limit: 3, part_type: "gear", next: "mill"),
            "caps": Source(arrivals: Unlimited, limit: 2, part_type: "cap", next: "mill"),
            "mill": Station(process_time: "1 h", quality: (yield_ratio: 0.0, inspection: (detection: 1.0), rejects: Scrap), next: "out"),
            "out": Sink(),
        },
    )"#;
    let play = play(scenario);
    let kpis = of_plant(&play.report);
    let value = |key: &str| kpis.iter().find(|kpi| kpi.definition.key == key).and_then(|kpi| kpi.value);
    assert_eq!(value("scrap_cost"), Some(3.0 * 7.0 + 2.0));
    assert_eq!(value("cost_per_good_part"), None, "there is none");
    assert_eq!(play.report.currency.as_deref(), Some("CHF"));
}

#[test]
fn costs_that_cannot_be_are_said_beforehand() {
    let said = |costs: &str| match plan(&scenario(costs)) {
        Ok(_) => String::new(),
        Err(complaints) => complaints.into_iter().map(|complaint| complaint.message).collect::<Vec<_>>().join("; "),
    };
    assert_eq!(said("()"), "");
    let cases = [
        (r#"(labour: {"mill": "40 EUR/h"})"#, "\"mill\" is a Station"),
        (r#"(labour: {"crw": "40 EUR/h"})"#, "\"crw\""),
        (r#"(machines: {"mill": ()})"#, "nothing is said of what \"mill\" costs"),
        (r#"(materials: {"wheel": "1 EUR"})"#, "\"wheel\""),
        (r#"(materials: {"gear": "1 USD"})"#, "this sum is in USD, the tariff in EUR"),
        (r#"(materials: {"gear": "1 EUR"}, late: {"*": "2 CHF/h"})"#, "this sum is in CHF"),
    ];
    for (costs, expected) in cases {
        assert!(said(costs).contains(expected), "{costs}: {}", said(costs));
    }
    assert_eq!(complaints(r#""in": Source(arrivals: Unlimited, limit: 1, next: "out"), "out": Sink()"#), [""; 0]);
}
