//! What programs are told of the axes of a sweep, and of the warm-up: as much as people are.

use serde_json::Value;

use super::{File, Scratch, json, line, linewright};

fn swept(name: &str, sweep: &str) -> Value {
    let (file, scratch) = (line(name, sweep), Scratch::new(name));
    json(&["sweep", file.path(), "--out", scratch.path(), "--format", "json"])
}

/// The analysis of throughput, which is the first.
fn of_throughput(result: &Value) -> &Value {
    let first = &result["analyses"][0];
    assert_eq!((&first["kpi"], &first["unit"]), (&"throughput".into(), &"/h".into()));
    first
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("a number, found {value}"))
}

fn mean_at(result: &Value, point: usize) -> f64 {
    number(&result["points"][point]["kpis"][0]["mean"])
}

#[test]
fn main_effects_and_interactions_are_told_of_a_factorial() {
    let axes = r#"sweep: Product([Axis("drill.queue", [1, 8]), Axis("saw.capacity", [1, 2])]), replications: 4,"#;
    let result = swept("json-factorial", axes);
    let found = of_throughput(&result);
    assert_eq!((&found["method"], &found["full_factorial"]), (&"factorial".into(), &true.into()));
    // Points 0 and 1 have a queue of 1, points 2 and 3 one of 8.
    let rise = (mean_at(&result, 2) + mean_at(&result, 3) - mean_at(&result, 0) - mean_at(&result, 1)) / 2.0;
    let queue = &found["axes"][0];
    assert_eq!(
        (&queue["path"], &queue["lowest_at"], &queue["highest_at"]),
        (&"drill.queue".into(), &"1".into(), &"8".into())
    );
    assert!((number(&queue["difference"]) - rise).abs() < 1e-9 && number(&queue["half_width"]) > 0.0, "{queue}");
    assert!((number(&queue["levels"][0]["mean"]) - (mean_at(&result, 0) + mean_at(&result, 1)) / 2.0).abs() < 1e-9);
    let pair = &found["interactions"][0];
    assert_eq!(pair["paths"], serde_json::json!(["drill.queue", "saw.capacity"]));
    let shares = [&queue["share"], &found["axes"][1]["share"], &pair["share"], &found["rest"]].map(number);
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{shares:?}");
    // All KPIs of interest that have values, not only the one that people are shown.
    assert!(result["analyses"].as_array().is_some_and(|all| all.iter().any(|one| one["kpi"] == "wip")));
}

#[test]
fn elasticities_are_told_of_one_at_a_time() {
    let sweep = r#"sweep: OneAtATime([Between("drill.queue", 1, 4)]), replications: 3,"#;
    let result = swept("json-oat", sweep);
    let found = of_throughput(&result);
    assert_eq!(found["method"], "one_at_a_time");
    let queue = &found["axes"][0];
    assert_eq!((&queue["path"], &queue["low"]["value"]), (&"drill.queue".into(), &"1".into()));
    assert!((number(&queue["low"]["mean"]) - (mean_at(&result, 1) - mean_at(&result, 0))).abs() < 1e-9, "{queue}");
    let (swing, base) = (mean_at(&result, 2) - mean_at(&result, 1), mean_at(&result, 0));
    // From 1 to 4 about a base of 2 places.
    assert!((number(&queue["elasticity"]) - swing / base / 1.5).abs() < 1e-9, "{queue}");
}

#[test]
fn screenings_and_planes_are_told() {
    let axes = r#"axes: [Between("drill.queue", 0, 9), Between("saw.process_time", "50 s", "60 s")]"#;
    let morris = swept("json-morris", &format!("sweep: Morris({axes}, trajectories: 3, levels: 4), replications: 2,"));
    let found = of_throughput(&morris);
    assert_eq!((&found["method"], &found["axes"][1]["path"]), (&"morris".into(), &"saw.process_time".into()));
    let queue = &found["axes"][0];
    assert!(number(&queue["mu_star"]) >= number(&queue["mu"]).abs() && number(&queue["sigma"]) >= 0.0, "{queue}");
    let plane = swept("json-plane", &format!("sweep: Sobol({axes}, points: 8), replications: 2,"));
    let found = of_throughput(&plane);
    assert_eq!((&found["method"], &found["axes"][0]["from"]), (&"regression".into(), &"0".into()));
    assert!((0.0..=1.0).contains(&number(&found["explained"])) && number(&found["axes"][0]["half_width"]) > 0.0);
}

#[test]
fn the_warm_up_that_was_found_is_told() {
    let text = r#"Scenario(
        clock: (warm_up: Mser5(pilots: 10), horizon: "40 h"),
        elements: {
            "in": Source(arrivals: Interarrival(Exponential("60 s")), next: "mill"),
            "mill": Station(process_time: Exponential("54 s"), queue: Unlimited, next: "out"),
            "out": Sink(),
        },
    )"#;
    let (file, scratch) = (File::new("json-warm-up", text), Scratch::new("json-warm-up"));
    let compare = ["compare", file.path(), "--variant", "mill.capacity=2", "--replications", "3", "--format", "json"];
    let result = json(&compare);
    assert_eq!(result["warm_up"]["found_by"], "MSER-5");
    assert!(number(&result["warm_up"]["seconds"]) > 600.0, "{result}");
    let single = json(&["run", file.path(), "--format", "json"]);
    assert_eq!(single["run"]["observed_from_s"], result["warm_up"]["seconds"]);
    // Whoever puts it together later says the same.
    json(&[&compare[..], &["--out", scratch.path()]].concat());
    assert_eq!(json(&["merge", scratch.path(), "--format", "json"]), result);
    let plain = json(&["run", line("json-plain", "").path(), "--replications", "2", "--format", "json"]);
    assert_eq!(plain["warm_up"], serde_json::json!({"seconds": 3600.0, "found_by": null}));
}

#[test]
fn costs_carry_the_currency_of_the_tariff() {
    let tariff = r#"energy: (tariff: (price: "0.3 CHF/kWh")),"#;
    let text = line("json-cost", tariff);
    let powered = ["--set", "saw.energy=(processing: \"5 kW\")", "--kpi", "energy_cost"];
    let variant = ["--variant", "drill.queue=9", "--replications", "3"];
    let compare = [&["compare", text.path()], &powered[..], &variant[..]].concat();
    let told = json(&[&compare[..], &["--format", "json"]].concat());
    assert_eq!(told["variants"][0]["kpis"][0]["unit"], "CHF");
    let shown = linewright(&compare);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.lines().any(|line| line.contains("Cost of energy") && line.matches(" CHF").count() == 2), "{shown}");
    let single = json(&["run", text.path(), powered[0], powered[1], "--format", "json"]);
    assert_eq!(single["plant"]["kpis"]["energy_cost"]["unit"], "CHF");
}
