//! KPIs against values worked out by hand, for reports made by hand and for plants without chance.

use kernel::{DurationTally, SimDuration, SimTime, TotalTime};

use super::*;
use crate::energy::EnergyState;
use crate::invariant::trial::run;
use crate::report::{ElementReport, Figure, PartTypeReport, RepairTimes, Report};
use crate::state::State;
use crate::unit::Counts;

fn minutes(minutes: i64) -> SimDuration {
    SimDuration::from_minutes(minutes)
}

fn element(name: &str, times: &[(State, i64)]) -> ElementReport {
    let time_in = |state: State| times.iter().find(|(other, _)| *other == state).map_or(0, |(_, time)| *time);
    let active: i64 = times.iter().filter(|(state, _)| state.is_active()).map(|(_, time)| *time).sum();
    ElementReport {
        carriers: Vec::new(),
        name: name.to_owned(),
        kind: "Station",
        group: None,
        is_studied: true,
        units: 1,
        times: State::ALL.into_iter().map(|state| (state, minutes(time_in(state)).into())).collect(),
        works: true,
        holds_parts: true,
        counts: Counts { arrived: 1, ..Counts::default() },
        planned_run_time: TotalTime::ZERO,
        active_time: minutes(active).into(),
        active_periods: 10,
        level: 0,
        level_mean: 0.0,
        level_maximum: 0,
        repairs: RepairTimes::default(),
        wait_mean: None,
        energy: None,
        held_back: None,
        crews: Vec::new(),
        figures: Vec::new(),
        words: Vec::new(),
    }
}

fn report(elements: Vec<ElementReport>) -> Report {
    Report {
        since: SimTime::ZERO,
        until: SimTime::ZERO + minutes(1000),
        event_count: 0,
        jam: None,
        standstill: None,
        stuck: Vec::new(),
        elements,
        order_progress: None,
        orders: Vec::new(),
        part_types: Vec::new(),
        flow_time: DurationTally::new(),
        work_in_progress_mean: 0.0,
        overdue: 0,
        work_in_progress_maximum: 0,
        work_in_progress: 0,
        due: 0,
        on_time: 0,
        queue_times: Vec::new(),
        energy_j: None,
        energy_cost: None,
        costs: None,
        currency: None,
        peak_w: 0.0,
        emission_g_per_kwh: None,
        site: None,
        held_back: None,
        carriers: Vec::new(),
        hours: Vec::new(),
    }
}

/// 1000 minutes of a mill with every state in them.
fn mill() -> ElementReport {
    let mut mill = element(
        "mill",
        &[
            (State::Processing, 400),
            (State::Setup, 50),
            (State::Blocked, 30),
            (State::Starved, 100),
            (State::WaitingForOperator, 15),
            (State::WaitingForTransport, 5),
            (State::MinorStop, 10),
            (State::Failed, 20),
            (State::WaitingForRepair, 30),
            (State::Repair, 40),
            (State::PlannedMaintenance, 60),
            (State::OffShift, 240),
        ],
    );
    mill.counts = Counts {
        departed: 190,
        processed: 200,
        rejected: 20,
        rejected_at_first: 18,
        repeated: 20,
        scrapped: 8,
        reworked: 12,
        failures: 5,
        ..Counts::default()
    };
    mill.repairs = RepairTimes { count: 4, repair_time: minutes(60).into(), down_time: minutes(90).into() };
    mill.planned_run_time = minutes(380).into();
    mill.level_mean = 1.5;
    mill.level_maximum = 4;
    mill.wait_mean = Some(SimDuration::from_secs(90));
    let kwh = 3.6e6;
    mill.energy = Some(vec![
        (EnergyState::Idle, 20.0 * kwh, minutes(600).into()),
        (EnergyState::Processing, 70.0 * kwh, minutes(400).into()),
    ]);
    mill
}

fn plant() -> Report {
    let mut flow_time = DurationTally::new();
    (1..=10).for_each(|minute| flow_time.record(minutes(minute)));
    let part_type = |name: &str, shipped: u64, scrapped: u64, flow_time: DurationTally| PartTypeReport {
        energy_j: None,
        name: name.to_owned(),
        born: 200,
        shipped,
        shipped_sound: shipped - 5,
        scrapped,
        consumed: 0,
        flow_time,
    };
    let mut crew = element("crew", &[(State::Processing, 500), (State::Starved, 500)]);
    crew.works = false;
    crew.holds_parts = false;
    crew.kind = "Pool";
    crew.figures = vec![Figure { name: "utilization", value: 0.25, unit: "".into() }];
    let mut report = report(vec![crew, mill()]);
    report.part_types =
        vec![part_type("red", 100, 8, flow_time.clone()), part_type("white", 92, 0, DurationTally::new())];
    report.flow_time = flow_time;
    report.work_in_progress_mean = 6.5;
    report.work_in_progress_maximum = 11;
    report.work_in_progress = 3;
    report.due = 40;
    report.on_time = 30;
    report.energy_j = Some(90.0 * 3.6e6);
    report.peak_w = 12_500.0;
    report.emission_g_per_kwh = Some(400.0);
    report
}

#[test]
fn kpis_are_what_the_formulas_say() {
    let report = plant();
    for (address, expected) in [
        // PBT = 1000 - 240 - 60 = 700; APT = 400; AUST = 50; ADET = 10 + 20 + 30 + 40 = 100;
        // AUBT = 400 + 50 + 100 + 30 + 15 + 5 = 600.
        ("availability@mill", 400.0 / 700.0),
        ("effectiveness@mill", 380.0 / 400.0),
        ("quality_ratio@mill", 180.0 / 200.0),
        ("oee@mill", 400.0 / 700.0 * 0.95 * 0.9),
        ("nee@mill", 450.0 / 700.0 * 0.95 * 0.9),
        ("setup_ratio@mill", 50.0 / 450.0),
        ("technical_efficiency@mill", 400.0 / 500.0),
        ("utilization_efficiency@mill", 400.0 / 600.0),
        ("throughput_rate@mill", 200.0 * 60.0 / 1000.0),
        ("first_pass_yield@mill", 162.0 / 180.0),
        ("scrap_ratio@mill", 8.0 / 200.0),
        ("rework_ratio@mill", 12.0 / 200.0),
        ("mtbf@mill", 400.0 * 60.0 / 5.0),
        ("mttr@mill", 60.0 * 60.0 / 4.0),
        ("mean_down_time@mill", 90.0 * 60.0 / 4.0),
        ("throughput@mill", 190.0 * 60.0 / 1000.0),
        ("wip@mill", 1.5),
        ("wip.max@mill", 4.0),
        ("wait.mean@mill", 90.0),
        ("blocked@mill", 0.03),
        ("starved@mill", 0.1),
        ("waiting@mill", 0.02),
        ("down@mill", 0.1),
        ("e10.prd@mill", 0.45),
        ("e10.sby@mill", 0.15),
        ("e10.eng@mill", 0.0),
        ("e10.sdt@mill", 0.06),
        ("e10.udt@mill", 0.1),
        ("e10.nst@mill", 0.24),
        ("energy@mill", 90.0),
        ("energy_per_good_part@mill", 0.5),
        ("non_productive_energy@mill", 20.0 / 90.0),
        ("co2e@mill", 36.0),
        ("co2e_per_good_part@mill", 0.2),
        ("utilization@crew", 0.25),
        ("throughput", 192.0 * 60.0 / 1000.0),
        ("throughput.good", 182.0 * 60.0 / 1000.0),
        ("shipped", 192.0),
        ("flow_time.mean", 330.0),
        ("flow_time.max", 600.0),
        ("wip", 6.5),
        ("wip.max", 11.0),
        ("wip.end", 3.0),
        ("on_time_delivery", 0.75),
        ("quality_ratio", 182.0 / 200.0),
        ("scrap_ratio", 0.04),
        ("energy", 90.0),
        ("energy_per_good_part", 90.0 / 182.0),
        ("non_productive_energy", 20.0 / 90.0),
        ("peak_power", 12.5),
        ("co2e", 36.0),
        ("co2e_per_good_part", 36.0 / 182.0),
        ("shipped@red", 100.0),
        ("throughput@red", 6.0),
        ("scrap_ratio@red", 8.0 / 108.0),
        ("quality_ratio@white", 87.0 / 92.0),
        (" flow_time.mean @ red ", 330.0),
    ] {
        let value = find(&report, address).unwrap_or_else(|error| panic!("{address}: {error}"));
        assert!((value - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{address}: {value}, not {expected}");
    }
    let p95 = find(&report, "flow_time.p95").expect("parts were shipped");
    assert!((p95 - 600.0).abs() < 0.008 * 600.0, "{p95}");
}

#[test]
fn equipment_states_cover_the_whole_time() {
    let report = plant();
    let shares = ["prd", "sby", "eng", "sdt", "udt", "nst"];
    let sum: f64 = shares.iter().map(|key| find(&report, &format!("e10.{key}@mill")).expect("a share")).sum();
    assert!((sum - 1.0).abs() < 1e-12, "{sum}");
}

#[test]
fn nothing_to_count_is_undefined_and_never_nan() {
    let idle = report(vec![element("idle", &[])]);
    let kpis = of_element(&idle.elements[0], &idle);
    assert!(kpis.iter().chain(&of_plant(&idle)).all(|kpi| kpi.value.is_none_or(f64::is_finite)));
    for key in ["oee", "availability", "mttr", "quality_ratio", "first_pass_yield", "blocked"] {
        let kpi = kpis.iter().find(|kpi| kpi.definition.key == key).expect(key);
        assert_eq!(kpi.value, None, "{key}");
    }
    for (address, expected) in [
        (
            "oee@idle",
            "`oee@idle` is undefined in this run: Availability x Effectiveness x Quality ratio has nothing to count",
        ),
        ("flow_time.mean", "`flow_time.mean` is undefined in this run: mean of birth to shipping has nothing to count"),
    ] {
        assert_eq!(find(&idle, address).expect_err(address).to_string(), expected);
    }
}

#[test]
fn wrong_addresses_say_what_was_meant() {
    let report = plant();
    for (address, expected) in [
        ("oeee@mill", "there is no KPI `oeee`; did you mean `oee`?"),
        ("availabilty@mill", "there is no KPI `availabilty`; did you mean `availability`?"),
        ("flowtime.p95", "there is no KPI `flowtime.p95`; did you mean `flow_time.p95`?"),
        ("oee@mil", "there is no element or part type called \"mil\"; did you mean \"mill\"?"),
        ("oee", "`oee` means nothing here; it is a KPI of elements, as in `oee@mill`"),
        (
            "on_time_delivery@mill",
            "`on_time_delivery@mill` means nothing here; it is a KPI of the plant: write `on_time_delivery`",
        ),
        (
            "oee@x",
            "there is no element or part type called \"x\"; write the name of an element or part type of this plant after the `@`",
        ),
    ] {
        assert_eq!(find(&report, address).expect_err(address).to_string(), expected);
    }
    let message = find(&report, "oee@crew").expect_err("a pool has none").to_string();
    assert!(message.contains("`utilization`"), "{message}");
    let message = find(&report, "beauty").expect_err("there is none").to_string();
    assert!(message.contains("`throughput`") && message.matches("`wip`").count() == 1, "{message}");
}

#[test]
fn definitions_are_complete_and_keys_are_unique_within_a_subject() {
    for definition in definitions() {
        let key = definition.key;
        assert!(key.chars().all(|letter| letter.is_ascii_lowercase() || "._0123456789".contains(letter)), "{key}");
        assert!(
            !definition.name.is_empty() && !definition.formula.is_empty() && !definition.source.is_empty(),
            "{key}"
        );
    }
    let report = plant();
    let subjects =
        [of_plant(&report), of_element(&report.elements[1], &report), of_part_type(&report.part_types[0], &report)];
    for kpis in subjects {
        let mut keys: Vec<&str> = kpis.iter().map(|kpi| kpi.definition.key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}

/// One part every 10 s; 8 s at "slow" in bursts of two (setup 1 s between types), 3 s at "quick".
#[test]
fn a_plant_without_chance_has_the_kpis_worked_out_by_hand() {
    let mut run = run(
        r#"
        clock: (warm_up: "109 s", horizon: "1109 s"),
        part_types: {"red": (), "white": ()},
        elements: {
            "in": Source(arrivals: Interarrival("10 s"), part_type: ["red", "white"], next: "slow"),
            "slow": Station(process_time: {"red": "6 s", "white": "7 s"}, setup: (time: "1 s"), queue: 2,
                energy: (processing: "3600 W", idle: "360 W", setup: "720 W"), next: "quick"),
            "quick": Station(capacity: 2, process_time: "3 s", next: "out"),
            "out": Sink(),
        },
        "#,
        1,
    );
    run.finish().expect("a sound run");
    let report = run.report();
    for (address, expected) in [
        ("processing@slow", 0.65),
        ("setup@slow", 0.1),
        ("starved@slow", 0.25),
        ("availability@slow", 0.65),
        ("effectiveness@slow", 1.0),
        ("quality_ratio@slow", 1.0),
        ("oee@slow", 0.65),
        ("nee@slow", 0.75),
        ("throughput@slow", 360.0),
        ("throughput_rate@slow", 360.0),
        ("first_pass_yield@slow", 1.0),
        ("wip@slow", 0.75),
        // One of two places is enough: planned 1.5 s an item, 3 s taken.
        ("effectiveness@quick", 0.5),
        ("flow_time.mean", 10.5),
        ("flow_time.mean@red", 10.0),
        ("flow_time.mean@white", 11.0),
        ("wip", 1.05),
        ("throughput", 360.0),
        // 650 s at 3600 W, 100 s at 720 W, 250 s at 360 W.
        ("energy", (650.0 * 3600.0 + 100.0 * 720.0 + 250.0 * 360.0) / 3.6e6),
        ("energy_per_good_part@slow", (650.0 * 3600.0 + 100.0 * 720.0 + 250.0 * 360.0) / 3.6e8),
        ("non_productive_energy", (100.0 * 720.0 + 250.0 * 360.0) / (650.0 * 3600.0 + 100.0 * 720.0 + 250.0 * 360.0)),
    ] {
        let value = find(&report, address).unwrap_or_else(|error| panic!("{address}: {error}"));
        assert!((value - expected).abs() <= 1e-9 * expected.abs(), "{address}: {value}, not {expected}");
    }
    let slow = candidates(&report).into_iter().next().expect("a unit that works");
    assert_eq!(
        (slow.element.as_str(), slow.active_periods, slow.active_mean),
        ("slow", 100, SimDuration::from_millis(7500))
    );
}

#[test]
fn rework_counts_once_for_the_first_pass() {
    let mut run = run(
        r#"
        clock: (horizon: "10 d"),
        elements: {
            "in": Source(arrivals: Interarrival("2 min"), next: "mill"),
            "mill": Station(process_time: "30 s", queue: Unlimited, quality: (yield_ratio: 0.8, rejects: Rework(to: "mill", limit: 5)), next: "out"),
            "out": Sink(),
        },
        "#,
        1,
    );
    run.finish().expect("a sound run");
    let report = run.report();
    let counts = report.elements[1].counts;
    let first = counts.processed - counts.repeated;
    assert!(counts.repeated > 1_000 && first.abs_diff(report.part_types[0].born) <= 2, "{counts:?}");
    let yield_ratio = find(&report, "first_pass_yield@mill").expect("parts were made");
    // 7200 parts: three standard deviations are 0.014.
    assert!((yield_ratio - 0.8).abs() < 0.015, "{yield_ratio}");
}

fn line(first: &str, second: &str) -> Report {
    let mut run = run(
        &format!(
            r#"
            clock: (warm_up: "10 h", horizon: "210 h"),
            elements: {{
                "in": Source(arrivals: Interarrival(Exponential("70 s")), next: "first"),
                "first": {first},
                "second": {second},
                "fitters": Pool(members: 1, calendar: (shifts: [(from: "06:00", to: "12:00")])), "people": Pool(members: 1),
                "helper": Station(process_time: "40 s", staffing: (processing: "people"), next: "out"),
                "errands": Source(arrivals: Interarrival(Exponential("45 s")), when_blocked: Lose, next: "helper"),
                "out": Sink(),
            }},
            "#
        ),
        7,
    );
    run.finish().expect("a sound run");
    run.report()
}

#[test]
fn the_bottleneck_is_named_with_its_reason() {
    let quick = r#"Station(process_time: Exponential("20 s"), queue: 5, next: "out")"#;
    for (first, expected, limit, advice) in [
        (
            r#"Station(process_time: Exponential("65 s"), queue: 50, next: "second")"#,
            "first",
            Limit::ProcessTime,
            "shorter process time",
        ),
        (
            r#"Station(process_time: Exponential("30 s"), queue: 5, next: "second")"#,
            "first",
            Limit::Arrivals,
            "what comes in limits",
        ),
        (
            r#"Station(process_time: Exponential("50 s"), queue: 50, failures: [(time_to_failure: Exponential("1 h"), time_to_repair: Exponential("30 min"))], next: "second")"#,
            "first",
            Limit::Failures,
            "rarer stops or quicker repairs",
        ),
        (
            r#"Station(process_time: "55 s", queue: 50, failures: [(time_to_failure: Exponential("2 h"), time_to_repair: Exponential("20 min"), repaired_by: "fitters")], next: "second")"#,
            "first",
            Limit::Repairers,
            "one more repairer",
        ),
        (
            r#"Station(process_time: Exponential("50 s"), queue: 50, staffing: (processing: "people"), next: "second")"#,
            "first",
            Limit::People,
            "one more member in its pool",
        ),
    ] {
        let found = bottleneck(&line(first, quick)).expect("units have worked");
        assert_eq!((found.unit.element.as_str(), found.limit), (expected, limit), "{}", found.reason);
        assert!(found.reason.contains(advice) && found.reason.contains("\"first\""), "{}", found.reason);
    }
}

#[test]
fn parallel_places_are_a_bottleneck_only_when_all_are_at_work() {
    let slow = r#"Station(process_time: Exponential("60 s"), queue: 20, next: "second")"#;
    // Nearly always one of ten is at work, never all of them.
    let oven = r#"Station(capacity: 10, process_time: "3 min", queue: 0, next: "out")"#;
    let report = line(slow, oven);
    assert!(find(&report, "processing@second").expect("a share") > 0.85);
    let found = bottleneck(&report).expect("units have worked");
    assert_eq!(found.unit.element, "first", "{}", found.reason);
}

#[test]
fn a_plant_in_which_nothing_worked_has_no_bottleneck() {
    assert_eq!(bottleneck(&report(Vec::new())), None);
    let mut idle = element("idle", &[(State::Starved, 1000)]);
    idle.active_periods = 0;
    assert_eq!(bottleneck(&report(vec![idle])), None);
}

#[test]
fn two_close_units_share_the_bottleneck_and_a_lone_one_says_so() {
    let unit = |name: &str, active: i64| element(name, &[(State::Processing, active), (State::Starved, 1000 - active)]);
    let shared = bottleneck(&report(vec![unit("a", 800), unit("b", 900)])).expect("two units");
    assert!(shared.reason.starts_with("\"b\" and \"a\" share the bottleneck"), "{}", shared.reason);
    let alone = bottleneck(&report(vec![unit("a", 800)])).expect("one unit");
    assert!(alone.reason.starts_with("\"a\" is busy by far the most"), "{}", alone.reason);
}

#[test]
fn only_of_the_busiest_unit_it_is_said_that_even_that_waits() {
    let unit = |name: &str, active: i64| element(name, &[(State::Processing, active), (State::Starved, 1000 - active)]);
    // The oven is active longer at a time, the saw for a larger share of its time.
    let saw = || ElementReport { active_periods: 2000, ..unit("saw", 700) };
    let found = bottleneck(&report(vec![saw(), unit("oven", 600)])).expect("two units");
    assert_eq!((found.unit.element.as_str(), found.limit), ("oven", Limit::Arrivals));
    assert!(found.reason.contains("\"oven\" itself waits for parts"), "{}", found.reason);
    assert!(found.reason.contains("over 100 times as long as the next, \"saw\""), "{}", found.reason);
    // Where the busiest unit does not wait much, it is that which others wait for.
    let busy = ElementReport { active_periods: 2000, ..unit("saw", 800) };
    let piling = Report { work_in_progress: 90, work_in_progress_mean: 45.0, ..report(vec![busy, unit("oven", 650)]) };
    let found = bottleneck(&piling).expect("two units");
    assert_eq!((found.unit.element.as_str(), found.limit), ("saw", Limit::ProcessTime));
    let even = bottleneck(&report(vec![unit("saw", 700)])).expect("one unit");
    assert!(even.reason.contains("Even the busiest unit waits for parts"), "{}", even.reason);
}

#[test]
fn where_parts_pile_up_no_more_of_them_are_asked_for() {
    let mill = || element("mill", &[(State::Processing, 500), (State::Starved, 500)]);
    let pool = ElementReport { kind: "Buffer", works: false, level: 80, level_mean: 40.0, ..element("pool", &[]) };
    let piling = Report { work_in_progress: 81, work_in_progress_mean: 41.0, ..report(vec![mill(), pool.clone()]) };
    let found = bottleneck(&piling).expect("one unit");
    assert_eq!((found.unit.element.as_str(), found.limit), ("mill", Limit::Between));
    assert!(found.reason.contains("parts wait in \"pool\" (80 at the end)"), "{}", found.reason);
    let steady = Report { work_in_progress_mean: 80.0, ..piling };
    assert_eq!(bottleneck(&steady).expect("one unit").limit, Limit::Arrivals);
}

#[test]
fn what_cannot_go_on_lacks_something_however_it_came_there() {
    let mill = || element("mill", &[(State::Processing, 500), (State::Starved, 500)]);
    let limit = |level: u32, blocked: i64, state: State| {
        let times = [(state, blocked), (State::Starved, 1000 - blocked)];
        let stock = ElementReport {
            kind: "Buffer",
            works: false,
            level,
            level_mean: 2.0 * f64::from(level),
            ..element("stock", &times)
        };
        let shrinking = Report { work_in_progress: 80, work_in_progress_mean: 160.0, ..report(vec![mill(), stock]) };
        let found = bottleneck(&shrinking).expect("one unit");
        assert_eq!(found.reason.contains("parts wait in \"stock\" (80 at the end)"), found.limit == Limit::Between);
        found.limit
    };
    assert_eq!(limit(80, 900, State::Blocked), Limit::Between);
    assert_eq!(limit(80, 900, State::WaitingForTransport), Limit::Between);
    assert_eq!(limit(80, 300, State::Blocked), Limit::Arrivals);
    assert_eq!(limit(80, 900, State::Processing), Limit::Arrivals);
    assert_eq!(limit(3, 900, State::Blocked), Limit::Arrivals);
}

#[test]
fn nothing_is_said_of_unproductive_energy_where_nothing_but_vehicles_draws_power() {
    let share = |works: bool, state: EnergyState| {
        let energy = Some(vec![(state, 3.6e6, minutes(1000).into())]);
        let drawing = ElementReport { works, energy, ..element("agv", &[(State::Processing, 1000)]) };
        find(&Report { energy_j: Some(3.6e6), ..report(vec![drawing]) }, "non_productive_energy")
    };
    assert!(matches!(share(false, EnergyState::Idle), Err(FindError::NotApplicable { .. })));
    assert_eq!(share(true, EnergyState::Idle), Ok(1.0));
    // A pump works on no parts, and does what it is there for.
    assert_eq!(share(false, EnergyState::Processing), Ok(0.0));
}

#[test]
fn a_unit_with_long_jobs_and_much_idle_time_is_no_bottleneck() {
    let unit = |name: &str, active: i64| element(name, &[(State::Processing, active), (State::Starved, 1000 - active)]);
    let busy = ElementReport { active_periods: 20, ..unit("busy", 920) };
    let found = bottleneck(&report(vec![unit("bench", 170), busy])).expect("two units");
    assert_eq!((found.unit.element.as_str(), found.runner_up), ("busy", None));
}

#[test]
fn where_no_source_waits_the_plant_makes_what_comes_in() {
    let mill = || element("mill", &[(State::Processing, 840), (State::Starved, 160)]);
    let source = |blocked: i64| {
        let times = [(State::Processing, 1000 - blocked), (State::Blocked, blocked)];
        ElementReport { kind: "Source", works: false, ..element("in", &times) }
    };
    let limit = |blocked: i64| bottleneck(&report(vec![source(blocked), mill()])).expect("one unit").limit;
    assert_eq!(limit(0), Limit::Arrivals);
    assert_eq!(limit(600), Limit::ProcessTime);
}

#[test]
fn where_parts_wait_to_come_in_and_units_wait_for_parts_something_between_is_the_limit() {
    let mill = || element("mill", &[(State::Processing, 500), (State::Starved, 500)]);
    let source = |name: &str, blocked: i64| {
        let times = [(State::Processing, 1000 - blocked), (State::Blocked, blocked)];
        ElementReport { kind: "Source", works: false, ..element(name, &times) }
    };
    let found = |others: Vec<ElementReport>| bottleneck(&report([others, vec![mill()]].concat())).expect("one unit");
    let between = found(vec![source("in", 900)]);
    assert_eq!(between.limit, Limit::Between);
    assert!(between.reason.contains("parts wait to come in"), "{}", between.reason);
    // Where one source has room for all it brings, more of that may help.
    assert_eq!(found(vec![source("in", 900), source("other", 0)]).limit, Limit::Arrivals);
}

#[test]
fn every_key_of_an_element_stands_for_one_kpi() {
    let mut keys: Vec<&str> = element::FORMULAS.iter().map(|formula| formula.definition.key).collect();
    keys.sort_unstable();
    assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:?}");
    let mut furnace = element("furnace", &[(State::Processing, 1000)]);
    furnace.figures.push(Figure { name: "fill of a job", value: 0.75, unit: "".into() });
    assert_eq!(find(&report(vec![furnace]), "fill@furnace"), Ok(0.75));
}

#[test]
fn zones_count_what_goes_wrong_and_nothing_else_does() {
    let wrongs =
        [("tipped", "parts that tipped over"), ("jammed", "parts that jammed"), ("fell", "parts that fell off")];
    let wrongs = wrongs.into_iter().chain([("quarantined", "parts quarantined")]);
    let mut zone = element("cell", &[]);
    for (count, (_, name)) in wrongs.clone().enumerate() {
        zone.figures.push(Figure { name, value: 3.0 + count as f64, unit: "".into() });
    }
    let report = report(vec![zone, element("mill", &[(State::Processing, 1000)])]);
    for (count, (key, _)) in wrongs.enumerate() {
        assert_eq!(find(&report, &format!("{key}@cell")), Ok(3.0 + count as f64));
        assert!(matches!(find(&report, &format!("{key}@mill")), Err(FindError::NotApplicable { .. })), "{key}");
    }
}
