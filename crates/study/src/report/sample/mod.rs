//! Made-up results of a plausible plant, for tests and for looking at the page: every section has something to show.

mod film;

pub(super) use film::film;

use kernel::{Stream, StreamKey, libm};
use plant::kpi::Measure;
use scenario::expand::Sense;

use super::*;
use crate::compare::{Aim, Finding};

/// Name, kind and where parts go next.
const ELEMENTS: [(&str, &str, &[&str]); 34] = [
    ("board buffer", "Buffer", &["to hand place"]),
    ("board camera", "Station", &["board buffer", "repair bench"]),
    ("board count", "Counter", &[]),
    ("boards", "Source", &["loader"]),
    ("buffer full", "Alarm", &[]),
    ("burn-in", "Delay", &["final test"]),
    ("cooling", "Delay", &["board camera"]),
    ("depot", "Buffer", &["mounting"]),
    ("final test", "Station", &["label"]),
    ("function test", "Station", &["burn-in"]),
    ("hand place 1", "Station", &["to wave"]),
    ("hand place 2", "Station", &["to wave"]),
    ("housings", "Source", &["depot"]),
    ("in-circuit test", "Station", &["mounting", "repair bench 2"]),
    ("label", "Station", &["packing"]),
    ("loader", "Buffer", &["printer"]),
    ("mounting", "Assembly", &["function test"]),
    ("operators", "Pool", &[]),
    ("packing", "Batch", &["warehouse"]),
    ("paste camera", "Station", &["placer 1"]),
    ("placer 1", "Station", &["placer 2"]),
    ("placer 2", "Station", &["reflow"]),
    ("plant power", "PowerMeter", &[]),
    ("pot cold", "Alarm", &[]),
    ("pot temperature", "ProcessValue", &[]),
    ("printer", "Station", &["paste camera"]),
    ("reflow", "Conveyor", &["cooling"]),
    ("repair bench", "Station", &["board camera"]),
    ("repair bench 2", "Station", &["in-circuit test"]),
    ("technicians", "Pool", &[]),
    ("to hand place", "Branch", &["hand place 1", "hand place 2"]),
    ("to wave", "Merge", &["wave infeed"]),
    ("warehouse", "Sink", &[]),
    ("wave infeed", "Conveyor", &["wave"]),
];

fn stream(purpose: &'static str) -> Stream {
    Stream::new(&StreamKey { seed: 7, replication: 0, name: "report", purpose })
}

fn estimate(mean: f64, half_width: f64) -> Estimate {
    Estimate { mean, half_width: Some(half_width), replications: 30 }
}

fn kpi(key: &str, name: &str, measure: Measure, mean: f64, subject: Option<&str>) -> KpiRow {
    let estimate = estimate(mean, 0.013 * mean);
    let subject = subject.map(str::to_owned);
    KpiRow {
        key: key.into(),
        name: name.into(),
        subject,
        measure: measure.into(),
        estimate,
        least: 0.95 * mean,
        largest: 1.06 * mean,
    }
}

fn kpis() -> Vec<KpiRow> {
    let mut rows = vec![
        kpi("throughput", "Throughput", Measure::PartsPerHour, 37.42, None),
        kpi("shipped", "Parts shipped", Measure::Parts, 9_880.0, None),
        kpi("flow_time.mean", "Flow time, mean", Measure::Time, 26_640.0, None),
        kpi("flow_time.p95", "Flow time, 95 % within", Measure::Time, 47_520.0, None),
        kpi("wip", "Work in progress", Measure::Parts, 312.4, None),
        kpi("quality_ratio", "Quality ratio", Measure::Ratio, 0.9834, None),
        kpi("energy_per_good_part", "Energy per good part", Measure::Energy, 1.138, None),
        kpi("peak_power", "15-minute peak", Measure::Power, 71.2, None),
        kpi("co2e_per_good_part", "CO2e per good part", Measure::Emission, 0.432, None),
    ];
    for (name, kind, _) in ELEMENTS.iter().filter(|(_, kind, _)| *kind == "Station") {
        let subject = Some(*name);
        rows.push(kpi("oee", "OEE", Measure::Ratio, 0.613, subject));
        rows.push(kpi("availability", "Availability", Measure::Ratio, 0.912, subject));
        rows.push(kpi("mttr", &format!("MTTR of a {kind}"), Measure::Time, 912.0, subject));
    }
    rows
}

fn verdicts() -> Vec<VerdictRow> {
    let verdict = |kpi: &str, measure: Measure, sense, limit: f64, mean: f64, bound: f64, margin: f64| VerdictRow {
        kpi: kpi.into(),
        measure: measure.into(),
        sense,
        limit,
        confidence: 0.95,
        mean: Some(mean),
        bound: Some(bound),
        margin: Some(margin),
        replications: 30,
        passed: margin >= 0.0,
    };
    vec![
        verdict("throughput", Measure::PartsPerHour, Sense::AtLeast, 36.0, 37.42, 37.0, 1.0),
        verdict("flow_time.p95", Measure::Time, Sense::AtMost, 43_200.0, 47_520.0, 48_100.0, -4_900.0),
        verdict("oee@placer 1", Measure::Ratio, Sense::AtLeast, 0.6, 0.613, 0.605, 0.005),
    ]
}

fn variants() -> Variants {
    let names = ["board buffer 60", "one more operator", "quicker changeovers", "second placer", "night shift off"];
    let changes = [
        "board buffer.capacity=60",
        "operators.members=…",
        "placer 1.setup.time=…",
        "placer 1.capacity=2",
        "wave.calendar=…",
    ];
    let variant = |(name, change): (&str, &str)| Variant {
        name: name.into(),
        changes: vec![change.into()],
        remarks: vec!["Blocked time of \"placer 1\" moved from 10.2 % to 7.1 %.".into()],
    };
    let known = |mean: f64, width: f64, finding| Some(VariantDifference { mean, half_width: Some(width), finding });
    Variants {
        base: "electronics line".into(),
        confidence: 0.95,
        replications: 30,
        variants: names.into_iter().zip(changes).map(variant).collect(),
        kpis: vec![
            ComparedKpi {
                name: "Throughput".into(),
                measure: Measure::PartsPerHour.into(),
                aim: Aim::More,
                base: 37.42,
                differences: vec![
                    known(1.16, 0.22, Finding::Better),
                    known(0.31, 0.46, Finding::Unclear { more: Some(48) }),
                    known(2.05, 0.31, Finding::Better),
                    known(4.4, 0.5, Finding::Better),
                    known(-1.7, 0.28, Finding::Worse),
                ],
            },
            ComparedKpi {
                name: "Flow time, mean".into(),
                measure: Measure::Time.into(),
                aim: Aim::Less,
                base: 26_640.0,
                differences: vec![
                    known(612.0, 240.0, Finding::Worse),
                    known(-110.0, 260.0, Finding::Unclear { more: Some(112) }),
                    known(-900.0, 210.0, Finding::Better),
                    known(-2_700.0, 330.0, Finding::Better),
                    known(0.0, 0.0, Finding::Same),
                ],
            },
        ],
    }
}

fn sweep() -> Sweep {
    let axis = |name: &str, levels: &[&str]| Axis {
        name: name.into(),
        levels: levels.iter().map(|level| (*level).into()).collect(),
    };
    let axes = vec![
        axis("board buffer.capacity", &["10", "20", "30", "40", "60", "80", "120"]),
        axis("placer 1.process_time", &["22 s", "24 s", "26 s", "28 s", "30 s"]),
    ];
    let points: Vec<Vec<usize>> = (0..35).map(|point| vec![point % 7, point / 7]).collect();
    let mean = |point: &Vec<usize>| {
        38.0 - 1.9 * point[1] as f64 - 6.0 / (1.0 + point[0] as f64) + 0.2 * (point[0] * point[1]) as f64
    };
    let estimates = |point: &Vec<usize>| (point != &[6, 4] && point != &[5, 4]).then(|| estimate(mean(point), 0.4));
    let kpi = SweptKpi {
        name: "Throughput".into(),
        measure: Measure::PartsPerHour.into(),
        shown: (0, 1),
        estimates: points.iter().map(estimates).collect(),
    };
    Sweep { axes, points, kpis: vec![kpi] }
}

fn effects() -> Effects {
    let sweep = sweep();
    let at = |axis: usize, level: usize| {
        let points = sweep.points.iter().zip(&sweep.kpis[0].estimates).filter(|(point, _)| point[axis] == level);
        let means: Vec<f64> = points.filter_map(|(_, estimate)| Some((*estimate)?.mean)).collect();
        Some(estimate(means.iter().sum::<f64>() / means.len() as f64, 0.35))
    };
    let main = |axis: usize| MainEffect {
        axis: sweep.axes[axis].clone(),
        means: (0..sweep.axes[axis].levels.len()).map(|level| at(axis, level)).collect(),
        range: [5.4, 6.1][axis],
        share: Some([0.41, 0.53][axis]),
    };
    let line =
        |level: usize| (0..7).map(|first| sweep.kpis[0].estimates[level * 7 + first].map(|known| known.mean)).collect();
    Effects {
        kpi: "Throughput".into(),
        measure: Measure::PartsPerHour.into(),
        mains: vec![main(0), main(1)],
        interactions: vec![Interaction { first: 0, second: 1, means: (0..5).map(line).collect(), share: Some(0.06) }],
    }
}

fn screening() -> Screening {
    let mut draws = stream("screening");
    let factor = |(index, (name, ..)): (usize, &(&str, &str, &[&str]))| {
        let mu_star = 3.0 * libm::exp(-(index as f64) / 3.0) + 0.05 * draws.uniform();
        let sigma = mu_star * (0.2 + 0.9 * draws.uniform());
        let mu = if index % 3 == 0 { mu_star } else { -0.6 * mu_star };
        ScreenedFactor { name: format!("{name}.process_time"), mu, mu_star, half_width: Some(0.12 * mu_star), sigma }
    };
    let stations = ELEMENTS.iter().filter(|(_, kind, _)| *kind == "Station").enumerate();
    Screening {
        kpi: "Throughput".into(),
        measure: Measure::PartsPerHour.into(),
        factors: stations.map(factor).collect(),
    }
}

fn front() -> Front {
    let mut draws = stream("front");
    let mut designs: Vec<EvaluatedDesign> = (0..220)
        .map(|_| {
            let buffers = [5 + draws.below(60), 5 + draws.below(60), 1 + draws.below(3)];
            let cost = buffers[0] as f64 + buffers[1] as f64 + 40.0 * buffers[2] as f64;
            let made = 24.0 + 14.0 * (1.0 - libm::exp(-cost / 70.0)) - 3.0 * draws.uniform();
            EvaluatedDesign {
                variables: buffers.iter().map(u64::to_string).collect(),
                objectives: vec![Some(estimate(cost, 0.0)), Some(estimate(made, 0.3))],
                is_feasible: cost < 190.0,
                is_on_front: false,
            }
        })
        .collect();
    let value = |design: &EvaluatedDesign, at: usize| design.objectives[at].map_or(0.0, |known| known.mean);
    let beats = |one: &EvaluatedDesign, other: &EvaluatedDesign| {
        one.is_feasible
            && value(one, 0) <= value(other, 0)
            && value(one, 1) >= value(other, 1)
            && (value(one, 0) < value(other, 0) || value(one, 1) > value(other, 1))
    };
    let on_front: Vec<bool> =
        designs.iter().map(|design| design.is_feasible && !designs.iter().any(|other| beats(other, design))).collect();
    designs.iter_mut().zip(on_front).for_each(|(design, is)| design.is_on_front = is);
    let objective =
        |name: &str, measure: Measure, aim| ObjectiveAxis { name: name.into(), measure: measure.into(), aim };
    Front {
        variables: vec!["board buffer.capacity".into(), "depot.capacity".into(), "placer 1.capacity".into()],
        objectives: vec![
            objective("Cost of buffers", Measure::Parts, Aim::Less),
            objective("Throughput", Measure::PartsPerHour, Aim::More),
        ],
        designs,
    }
}

/// A page with all sections.
pub(super) fn page() -> Page {
    Page {
        title: "electronics line".into(),
        file: "scenarios/electronics_line.ron".into(),
        remarks: vec![
            "\"placer 1\" is the bottleneck: it is active 10.7 min at a time on average, 2.2 times as long as the next, \
             \"hand place 2\" (4.9 min). Changeovers take 13 % of its working time: larger lots, a rule that avoids setups or \
             quicker changeovers (at most 21 % more parts) help most."
                .into(),
        ],
        provenance: vec![
            ("Linewright".into(), "0.1.0".into()),
            ("seed".into(), "42".into()),
            ("replications".into(), "30".into()),
            ("digest".into(), "3f2a9c0177de41b8a0f1c2d3e4f50617".into()),
        ],
        film: Some(film()),
        kpis: kpis(),
        verdicts: verdicts(),
        variants: Some(variants()),
        sweep: Some(sweep()),
        effects: vec![effects()],
        screenings: vec![screening()],
        front: Some(front()),
    }
}
