//! The example works from outside the engine: kind, check, documentation, snapshot and system.

use std::sync::Arc;

use paint_shop::{PaintShop, TankWatch};
use plant::registry::Registry;
use plant::run::Run;

const SCENARIO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/paint_shop.ron");

fn open(overrides: &[&str]) -> Result<scenario::expand::Scenario, Box<scenario::load::Rejected>> {
    let registry = Arc::new(Registry::with_plugins(&[&PaintShop]));
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    scenario::expand::open(SCENARIO, &overrides, &registry)
}

#[test]
fn the_booth_coats_refills_and_is_watched() {
    let scenario = open(&[]).expect("a sound scenario");
    let mut run = Run::new(scenario.plant, scenario.seed, 0).expect("a run");
    run.finish().expect("no error");
    let report = run.report();
    let booth = report.elements.iter().find(|element| element.name == "booth").expect("the booth");
    let refills = booth.figures.iter().find(|figure| figure.name == "refills").expect("a figure").value;
    let coats = booth.counts.processed as f64;
    assert!(coats > 300.0, "{coats} coats in eight hours");
    assert!((refills - (coats / 25.0).floor()).abs() <= 1.0, "{refills} refills for {coats} coats of 2 of 50 litres");
    let watch = run.world().resource::<TankWatch>();
    assert!(watch.lowest["booth"].0 < 50, "the system saw the tank run low: {watch:?}");
}

#[test]
fn an_alarm_watches_the_paint_in_the_booth() {
    let scenario = open(&[]).expect("a sound scenario");
    let booth = scenario.plant.element("booth").expect("the booth");
    assert_eq!(scenario.plant.reading_unit(booth), Some("l"));
    let mut run = Run::new(scenario.plant, scenario.seed, 0).expect("a run");
    run.finish().expect("no error");
    let report = run.report();
    let figure = |element: &str, name: &str| {
        let element = report.elements.iter().find(|candidate| candidate.name == element).expect(element);
        element.figures.iter().find(|figure| figure.name == name).expect(name).value
    };
    // It goes on at 4 of 50 litres, two coats before each refill, and off with it.
    let (times, refills) = (figure("paint low", "times on"), figure("booth", "refills"));
    assert!(refills > 5.0 && (times - refills).abs() <= 1.0, "{times} alarms for {refills} refills");
    let rejected = open(&["'paint low'.sensor=out"]).expect_err("a sink shows nothing");
    assert_eq!(rejected.complaints[0].message, "\"out\" is a Sink, not a sensor");
}

#[test]
fn a_run_goes_on_from_a_snapshot_with_the_same_digest() {
    let scenario = open(&[]).expect("a sound scenario");
    let mut straight = Run::new(scenario.plant.clone(), 7, 0).expect("a run");
    straight.finish().expect("no error");
    let mut first = Run::new(scenario.plant.clone(), 7, 0).expect("a run");
    first.advance_by(500).expect("no error");
    let snapshot = first.snapshot();
    let mut second = Run::resume(scenario.plant, 7, 0, &snapshot).expect("a run");
    second.finish().expect("no error");
    assert_eq!(second.digest(), straight.digest());
}

#[test]
fn the_kind_checks_what_it_is_told() {
    let rejected = open(&["booth.coat=60"]).expect_err("a coat larger than the tank");
    assert_eq!(rejected.complaints[0].code.id, "LW0951");
    let rejected = open(&["booth.tnk=60"]).expect_err("an unknown field");
    assert!(rejected.complaints[0].help.as_deref().is_some_and(|help| help.contains("tank")), "{rejected:?}");
}

#[test]
fn the_booth_is_a_unit_on_the_page() {
    let scenario = open(&[]).expect("a sound scenario");
    let mut run = Run::new(scenario.plant, scenario.seed, 0).expect("a run");
    run.finish().expect("no error");
    let report = run.report();
    let booth = report.elements.iter().find(|element| element.name == "booth").expect("the booth");
    let kpis = plant::kpi::of_element(booth, &report);
    let value = |key: &str| kpis.iter().find(|kpi| kpi.definition.key == key).and_then(|kpi| kpi.value);
    // Every coat takes just the time that was planned, and refilling is setup.
    assert!(value("effectiveness").is_some_and(|share| (share - 1.0).abs() < 0.01), "{kpis:?}");
    assert!(value("oee").is_some_and(|oee| oee > 0.5), "{kpis:?}");
    assert_eq!(plant::kpi::bottleneck(&report).map(|bottleneck| bottleneck.unit.element), Some("booth".to_owned()));

    let output = std::process::Command::new(env!("CARGO_BIN_EXE_paint-shop")).args(["run", SCENARIO]).output();
    let page = String::from_utf8(output.expect("the program runs").stdout).expect("a text");
    let below = |heading: &str| {
        let mut lines = page.lines().skip_while(|line| !line.trim_start().starts_with(heading)).skip(1);
        lines.find(|line| line.trim_start().starts_with("booth")).unwrap_or_default().to_owned()
    };
    assert!(below("Unit").contains('%') && below("Time").contains('%'), "{page}");
    assert!(below("Further").contains("refills"), "{page}");
}
