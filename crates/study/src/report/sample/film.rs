//! A made-up film: two weeks of an electronics line, two shifts a day.

use std::sync::Arc;

use kernel::{DigestChain, SimDuration, SimTime, Stream, libm};
use plant::state::State;

use super::{ELEMENTS, stream};
use crate::film::{AlarmPeriod, ElementFilm, EnergyFilm, Film, Flow, Histogram, TariffFilm, Window};

const HOURS: f64 = 288.0;
const TICKS: usize = 240;

fn time(seconds: f64) -> SimTime {
    SimTime::from_seconds_f64(seconds).expect("a time within the run")
}

/// A film of the plant above, with the station "wave" in it.
pub(in super::super) fn film() -> Film {
    let mut elements: Vec<(&str, &str, &[&str])> = ELEMENTS.to_vec();
    elements.push(("wave", "Station", &["in-circuit test"]));
    let index = |name: &str| elements.iter().position(|(other, ..)| *other == name).expect("an element of that name");
    let flows: Vec<Flow> = elements
        .iter()
        .enumerate()
        .flat_map(|(from, (name, _, next))| next.iter().map(move |next| (from, *name, *next)).collect::<Vec<_>>())
        .map(|(from, name, next)| {
            let parts = match (name, next) {
                (_, "repair bench") | ("repair bench", _) => 412,
                (_, "repair bench 2") | ("repair bench 2", _) => 96,
                ("hand place 2", _) | (_, "hand place 2") => 5_310,
                ("hand place 1", _) | (_, "hand place 1") => 4_800,
                ("packing", _) => 988,
                _ => 10_000,
            };
            Flow { from, to: index(next), parts }
        })
        .collect();
    let ticks: Vec<SimTime> = (1..=TICKS).map(|tick| time(HOURS * 3600.0 * tick as f64 / TICKS as f64)).collect();
    let bottleneck = index("placer 1");
    let mut draws = stream("shares");
    let films = elements.iter().enumerate().map(|(at, (name, kind, _))| {
        let works = matches!(*kind, "Station" | "Assembly" | "Batch");
        ElementFilm {
            name: Arc::from(*name),
            kind,
            works,
            holds_parts: !matches!(*kind, "Pool" | "Alarm" | "Counter" | "PowerMeter" | "ProcessValue"),
            shares: if works || *kind == "Conveyor" { shares(&mut draws, at == bottleneck) } else { Vec::new() },
            level: level(&mut draws, kind),
            capacity: match *kind {
                "Buffer" => Some(40),
                "Delay" => Some(400),
                _ => None,
            },
            volume: Vec::new(),
            volume_capacity: None,
            departed: flows.iter().filter(|flow| flow.from == at).map(|flow| flow.parts).sum(),
        }
    });
    let films: Vec<ElementFilm> = films.collect();
    let working: Vec<usize> = (0..films.len()).filter(|at| films[*at].works).collect();
    let hours = |tick: usize| HOURS * tick as f64 / TICKS as f64;
    let is_shift = |tick: usize| (0.0..16.0).contains(&(hours(tick) % 24.0)) && (hours(tick) % 168.0) < 120.0;
    let mut noise = stream("series");
    let power: Vec<f64> =
        (0..TICKS).map(|tick| if is_shift(tick) { 62.0 + 9.0 * noise.uniform() } else { 18.5 }).collect();
    let shares_of_power = [0.36, 0.22, 0.12, 0.09, 0.07, 0.05, 0.04, 0.03, 0.02];
    let consumers =
        ["reflow", "wave", "placer 1", "placer 2", "printer", "function test", "board camera", "label", "mounting"];
    let by_element = shares_of_power
        .iter()
        .zip(consumers)
        .map(|(share, name)| (index(name), power.iter().map(|power| power * share).collect()));
    Film {
        seed: 42,
        replication: 0,
        digest: DigestChain::new().value(),
        start_unix_ns: Some(1_795_413_600_000_000_000),
        since: time(24.0 * 3600.0),
        until: time(HOURS * 3600.0),
        work_in_progress: (0..TICKS)
            .map(|tick| {
                300.0 + 90.0 * libm::sin(hours(tick) / 5.0) + 40.0 * noise.uniform()
                    - 240.0 * libm::exp(-hours(tick) / 12.0)
            })
            .collect(),
        throughput_per_h: (0..TICKS)
            .map(|tick| if is_shift(tick) && tick > 6 { 60.0 + 25.0 * noise.uniform() } else { 0.0 })
            .collect(),
        flow_time: histogram(),
        energy: Some(EnergyFilm {
            energy_kwh: 11_240.0,
            by_element: by_element.collect(),
            tariff: Some(TariffFilm {
                currency: "EUR".into(),
                price_per_kwh: (0..TICKS)
                    .map(|tick| if (hours(tick) + 6.0) % 24.0 < 6.0 { 0.19 } else { 0.31 })
                    .collect(),
                cost: 3_120.4,
            }),
            power_kw: power,
        }),
        alarms: alarms(index("buffer full"), index("pot cold")),
        alarms_left_out: 3,
        incidents: vec![
            (bottleneck, "part 29 tipped over on \"lane <3>\", 3.87 m from its entry, at 2 min 02.859 s".to_owned()),
            (bottleneck, "part 29 fell off on \"lane <3>\", 3.93 m from its entry, at 2 min 02.995 s".to_owned()),
        ],
        window: window(&working, bottleneck),
        bottleneck: Some(bottleneck),
        elements: films,
        flows,
        ticks,
    }
}

fn shares(draws: &mut Stream, is_bottleneck: bool) -> Vec<(State, f64)> {
    let mut weights = vec![
        (State::Processing, if is_bottleneck { 5.0 } else { 1.0 + 2.5 * draws.uniform() }),
        (State::OffShift, 3.2),
        (State::Starved, if is_bottleneck { 0.4 } else { 2.5 * draws.uniform() }),
        (State::Blocked, 1.2 * draws.uniform()),
        (State::Setup, 0.6 * draws.uniform()),
        (State::Failed, 0.2 * draws.uniform()),
        (State::WaitingForRepair, 0.1 * draws.uniform()),
        (State::Repair, 0.3 * draws.uniform()),
        (State::WaitingForOperator, 0.4 * draws.uniform()),
        (State::WaitingForMaterial, 0.1 * draws.uniform()),
        (State::MinorStop, 0.15 * draws.uniform()),
        (State::WarmingUp, 0.1 * draws.uniform()),
        (State::PlannedMaintenance, 0.1 * draws.uniform()),
    ];
    let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
    weights.iter_mut().for_each(|(_, weight)| *weight /= total);
    weights.sort_by(|one, other| other.1.total_cmp(&one.1));
    weights
}

fn level(draws: &mut Stream, kind: &str) -> Vec<f64> {
    let most = match kind {
        "Buffer" => 40.0,
        "Delay" => 260.0,
        "Conveyor" => 18.0,
        "Station" | "Assembly" | "Batch" => 1.0,
        _ => return Vec::new(),
    };
    let mut level = 0.4 * most;
    let step = |_| {
        level = (level + most * 0.25 * (draws.uniform() - 0.5)).clamp(0.0, most);
        level
    };
    (0..TICKS).map(step).collect()
}

fn histogram() -> Histogram {
    let counts: Vec<u64> = (0..48)
        .map(|bin| {
            let x = (f64::from(bin) - 4.0).max(0.0) / 9.0;
            (1_400.0 * x * libm::exp(1.0 - x)) as u64
        })
        .collect();
    let total = counts.iter().sum();
    Histogram { from_s: 3600.0 * 2.5, width_s: 900.0, counts, total, mean_s: 3600.0 * 7.4, p95_s: 3600.0 * 13.2 }
}

fn alarms(full: usize, cold: usize) -> Vec<AlarmPeriod> {
    let mut draws = stream("alarms");
    let mut alarms = Vec::new();
    let mut at = 9.0 * 3600.0;
    while at < (HOURS - 9.0) * 3600.0 {
        let length = 300.0 + 9_000.0 * draws.uniform();
        let alarm = if draws.uniform() < 0.7 { full } else { cold };
        alarms.push(AlarmPeriod { alarm, from: time(at), until: Some(time(at + length)) });
        at += length + 50_000.0 * draws.uniform();
    }
    alarms.push(AlarmPeriod { alarm: full, from: time((HOURS - 2.0) * 3600.0), until: None });
    alarms
}

fn window(working: &[usize], bottleneck: usize) -> Window {
    let mut draws = stream("window");
    let from = time(24.0 * 3600.0);
    let until = time(27.0 * 3600.0);
    let lane = |index: &usize| {
        let mut states = Vec::new();
        let mut at = from;
        while at < until {
            let (state, mean) = match draws.below(20) {
                0 => (State::Setup, 420.0),
                1 => (State::Failed, 240.0),
                2 => (State::Repair, 500.0),
                3 | 4 => (State::Blocked, 90.0),
                5..=8 if *index != bottleneck => (State::Starved, 110.0),
                9 => (State::WaitingForOperator, 60.0),
                _ => (State::Processing, 150.0),
            };
            at = (at + SimDuration::from_seconds_f64(20.0 + mean * draws.exponential()).expect("short")).min(until);
            states.push((state, at));
        }
        (*index, states)
    };
    Window { from, until, lanes: working.iter().map(lane).collect(), is_cut: false }
}
