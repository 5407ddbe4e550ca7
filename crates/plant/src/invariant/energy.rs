//! Everything holds in plants that use energy in every way there is, whatever happens in them.

use std::sync::Arc;

use super::Auditor;
use super::trial::{plant, run};
use crate::run::{Progress, Run};

/// Carriers of three sorts, emissions and prices by the time, several products at several places, setups, batches, groups of
/// tools, breaks by break-even, switching off, failures, and strokes.
const POWER: &str = r#"
    clock: (start: "2026-11-23T05:00:00Z", warm_up: "3 h", horizon: "400 d"),
    part_types: {"a": (), "b": (), "c": ()},
    energy: (
        emission: (emission: "380 g/kWh", times: [(from: "09:30", to: "16:00", emission: "120 g/kWh"), (days: "Sun", from: "20:00", to: "03:00", emission: "90 g/kWh")]),
        tariff: (price: "0.31 EUR/kWh", times: [(from: "22:00", to: "06:00", price: "0.19 EUR/kWh")]),
        carriers: {"air": (electricity: "0.117 kWh/m^3"), "gas": (price: "0.09 EUR/kWh", emission: "201 g/kWh"), "water": (price: "3 EUR/m^3")},
        SITE
    ),
    elements: {
        "in": Source(arrivals: Interarrival(Exponential("100 s")), part_type: {"a": 3, "b": 2, "c": 1}, next: "press"),
        "press": Station(capacity: 3, process_time: {"a": Exponential("2 min"), "*": Uniform("1 min", "5 min")}, queue: 5, setup: (time: Uniform("10 s", "40 s")),
            failures: [(time_to_failure: Exponential("50 min"), time_to_repair: Exponential("4 min"), after_repair: Restart),
                       (operations_to_failure: Geometric(0.02), time_to_repair: "1 min", after_repair: Scrap)],
            energy: (processing: "11.003 kW", idle: "2 kW", setup: "3 kW", down: "500 W", standby: "300 W", standby_after: "30 s", switch_off_after: "3 min",
                warm_up_time: "20 s", start_up_time: "1 min", start_up: "13 kW", per_part: "0.2 kWh",
                carriers: {"air": (processing: "12.7 m^3/h", idle: "900 l/h", per_part: "33 l"), "water": (setup: "2 l/min")}),
            next: "ovens"),
        "ovens": ToolGroup(tools: 2, process_time: Exponential("8 min"), batch: (maximum: 4), queue: 12,
            calendar: (shifts: [(from: "05:00", to: "22:00")], breaks: [(from: "09:00", to: "09:15"), (from: "13:00", to: "14:30")], at_end: StopAtOnce),
            energy: (processing: "6 kW", idle: "5 kW", standby: "2 kW", warm_up_time: "2 min", start_up_time: "20 min", pauses: BreakEven,
                carriers: {"gas": (processing: "41 kW", idle: "9 kW", warm_up: "60 kW", per_part: "70 Wh"), "air": (down: "1 m^3/h")}),
            next: "belt"),
        "belt": Conveyor(length: "4 m", speed: "0.3 m/s", part_length: "500 mm", energy: (processing: "700 W", idle: "100 W", carriers: {"air": (processing: "1 m^3/h")}), next: "out"),
        "out": Sink(),
    },
"#;

fn power(site: &str) -> String {
    POWER.replace("SITE", site)
}

fn audited(run: &mut Run, events: u64) {
    let mut auditor = Auditor::begin(run).expect("sound from the beginning");
    while auditor.events() < events {
        match auditor.step(run) {
            Ok(Progress::Going) => {}
            Ok(_) => break,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Audits it, saves it in the middle, and goes on with what was read.
fn holds(site: &str) {
    let text = power(site);
    for (seed, events) in [(1, 5_000), (2, 1_000)] {
        audited(&mut run(&text, seed), events);
    }
    let mut whole = run(&text, 3);
    let mut saved = run(&text, 3);
    for budget in [700, 2_100, 900] {
        whole.advance_by(budget).expect("a sound run");
        saved.advance_by(budget).expect("a sound run");
        let snapshot = saved.snapshot();
        saved = Run::resume(Arc::new(plant(&text)), 3, 0, &snapshot).expect("the same plant");
        audited(&mut saved, 300);
        audited(&mut whole, 300);
        let bytes =
            crate::run::Snapshot::from_bytes(&plant(&text), &saved.snapshot().to_bytes()).expect("what was written");
        saved = Run::resume(Arc::new(plant(&text)), 3, 0, &bytes).expect("the same plant");
        assert_eq!((saved.digest(), saved.report()), (whole.digest(), whole.report()));
    }
}

/// Sun by the hour, a battery for what it leaves, and what is fed in.
const SUN: &str = r#"
    solar: (peak: "40.007 kW", profile: [(from: "05:45", share: 0.113), (from: "09:00", share: 0.8), (from: "15:00", share: 0.3), (from: "19:30", share: 0)]),
    battery: (capacity: "31 kWh", charging: "9 kW", discharging: "7.3 kW", efficiency: 0.917),
    feed_in: "0.08 EUR/kWh",
"#;

/// A battery against peaks, and a limit for which presses wait and ovens and the belt are switched off.
const LIMIT: &str = r#"
    battery: (capacity: "5 kWh", charging: "4 kW", discharging: "6 kW", efficiency: 0.9, rule: PeakShaving("14 kW")),
    peak: (limit: "20 kW", hold: ["press"], shed: ["ovens", "belt"], hysteresis: "1 kW"),
"#;

#[test]
fn everything_holds_with_sun_and_a_battery() {
    holds(SUN);
}

#[test]
fn everything_holds_under_a_limit() {
    holds(LIMIT);
}

#[test]
fn everything_holds_with_carriers_products_and_switching_off() {
    holds("");
}
