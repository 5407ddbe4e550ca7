//! Known parameters are found again in what was drawn from them, and in what plants were seen to do that were played with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Distribution, Stream, StreamKey};
use plant::floor::Happening;
use plant::run::Run;
use scenario::expand::{open, open_from};
use scenario::sources::Sources;

use super::fit::{Candidate, candidate, estimate, fit};
use super::history::Entry;
use super::law::{FAMILIES, Family};
use super::overlay::overlay;
use super::*;
use crate::observation::Reading;

fn stream(name: &str, replication: u64) -> Stream {
    Stream::new(&StreamKey { seed: 9, replication, name, purpose: "test" })
}

fn drawn(law: &Distribution, count: usize, stream: &mut Stream) -> Vec<f64> {
    (0..count).map(|_| law.sample(stream)).collect()
}

/// Times that are seen to their end if they are no longer than `limit`.
fn limited(times: &[f64], limit: f64) -> Sample {
    let complete = times.iter().copied().filter(|x| *x <= limit).collect();
    Sample::of(complete, times.iter().filter(|x| **x > limit).map(|_| limit).collect())
}

fn fitted(sample: &Sample, family: Family) -> Candidate {
    candidate(sample, family, None).unwrap_or_else(|| panic!("{family:?} of {sample:?}"))
}

/// One law of each family.
const LAWS: [(Family, [f64; 2]); 5] = [
    (Family::Exponential, [40.0, 0.0]),
    (Family::Normal, [40.0, 10.0]),
    (Family::LogNormal, [40.0, 0.9]),
    (Family::Gamma, [0.5, 80.0]),
    (Family::Weibull, [3.0, 45.0]),
];

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    const TRIALS: u64 = 300;
    for (family, truth) in LAWS {
        let law = family.distribution(truth);
        for (count, share_seen) in [(12, 1.0), (40, 0.7)] {
            // Observation ends where that share of all times ends.
            let mut long = drawn(&law, 4_000, &mut stream("limit", 0));
            long.sort_by(f64::total_cmp);
            let limit = if share_seen < 1.0 { long[(4_000.0 * share_seen) as usize] } else { f64::INFINITY };
            let mut held = [0_u32; 2];
            for trial in 0..TRIALS {
                let times = drawn(&law, count, &mut stream(family.name(), trial));
                let sample = limited(&times, limit);
                let best = fitted(&sample, family);
                for which in 0..family.parameters().len() {
                    let found = estimate(&sample, &best, which);
                    assert!(found.low < found.value && found.value < found.high, "{family:?}: {found:?}");
                    held[which] += u32::from(found.low <= truth[which] && truth[which] <= found.high);
                }
            }
            for held in &held[..family.parameters().len()] {
                let share = f64::from(*held) / TRIALS as f64;
                // Three standard errors around 95 %.
                assert!((0.912..=0.988).contains(&share), "{family:?}, {count} times: {share}");
            }
        }
    }
}

#[test]
fn the_family_is_found_in_most_cases() {
    const TRIALS: u64 = 20;
    for (family, truth) in LAWS {
        let found = (0..TRIALS)
            .filter(|trial| {
                let times = drawn(&family.distribution(truth), 300, &mut stream("families", *trial));
                let law = fit(&Sample::of(times, Vec::new())).expect("enough times");
                law.name() == family.name()
            })
            .count();
        assert!(found as u64 * 10 >= TRIALS * 7, "{family:?}: {found} of {TRIALS}");
    }
}

#[test]
fn times_that_are_cut_off_do_not_bias_what_is_fitted() {
    for (family, truth) in LAWS {
        let law = family.distribution(truth);
        let (mut with, mut without) = (0.0, 0.0);
        const TRIALS: u64 = 40;
        for trial in 0..TRIALS {
            let times = drawn(&law, 200, &mut stream("cut off", trial));
            // About a third of them are longer.
            let sample = limited(&times, 1.1 * law.mean());
            let mean = |sample: &Sample| {
                let best = fitted(sample, family);
                family.distribution(best.parameters).mean() / law.mean() / TRIALS as f64
            };
            with += mean(&sample);
            without += mean(&Sample::of(sample.complete().to_vec(), Vec::new()));
        }
        assert!((with - 1.0).abs() < 0.05, "{family:?}: {with} of the mean with cut off times");
        assert!(without < 0.93, "{family:?}: {without} of the mean without them");
    }
}

#[test]
fn few_times_and_equal_ones_are_said_to_be_so() {
    assert_eq!(fit(&Sample::of(vec![1.0, 2.0, 3.0, 4.0], vec![9.0])), None);
    assert_eq!(fit(&Sample::of(vec![14.0; 5], vec![9.0])), Some(Law::Constant(14.0)));
    // Nothing breaks, however wide they are.
    for times in [
        vec![1e-9, 1e-9, 1e9, 1.0, 2.0],
        vec![5.0, 5.0, 5.0, 5.0, 5.000_000_001],
        vec![1e-9; 4].into_iter().chain([3e8]).collect(),
    ] {
        let sample = Sample::of(times, vec![1e10]);
        let law = fit(&sample).expect("enough times");
        assert!(law.distribution().validate().is_ok(), "{law:?}");
        assert!(goodness::goodness(&sample, &law, "x").is_none_or(|found| (0.0..=1.0).contains(&found.p_value)));
    }
}

const PLANT: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "6 d"), elements: {
    "in": Source(arrivals: Interarrival(Exponential("100 s")), next: "saw"),
    "saw": Station(process_time: "1 s", queue: 50, failures: [(time_to_failure: "1 d", time_to_repair: "1 s")], next: "way"),
    "way": Delay(time: "1 s", next: "fork"),
    "fork": Branch(by: Probability({"to mill": 1.0, "drill": 1.0})),
    "to mill": Delay(time: "9 s", next: "mill"),
    "mill": Station(process_time: "1 s", capacity: 3, queue: 50, next: "out"),
    "drill": Station(process_time: {"*": "1 s"}, queue: 50, next: "out"),
    "out": Sink(),
})"#;

/// What the plant that exists draws from.
const TRUTH: [&str; 7] = [
    r#"saw.process_time=LogNormal("50 s", 0.3)"#,
    r#"saw.failures[0].time_to_failure=Exponential("30 min")"#,
    r#"saw.failures[0].time_to_repair=Gamma(2.0, "150 s")"#,
    r#"way.time=Normal("30 s", "5 s")"#,
    r#"mill.process_time=Weibull(2.0, "90 s")"#,
    r#"drill.process_time={"*": "40 s"}"#,
    r#"fork.by=Probability({"to mill": 3.0, "drill": 1.0})"#,
];

fn opened(files: &[(&str, &str)], settings: &[&str]) -> Scenario {
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let settings: Vec<String> = settings.iter().map(|text| (*text).to_owned()).collect();
    let sources = Sources::new(files.clone());
    let first = files.keys().find(|path| path.starts_with("over")).or(files.keys().next()).expect("a file").clone();
    open_from(sources, &first, &settings, &Arc::new(Registry::default())).unwrap_or_else(|rejected| {
        panic!(
            "{}",
            scenario::diagnostic::render(&rejected.complaints, &rejected.sources, scenario::diagnostic::Style::Plain)
        )
    })
}

/// Signals that tell everything of these elements, and the log of a run in which they do it.
fn played(model: &Scenario, real: &Scenario, elements: &[&str], names_parts: bool) -> (Signals, Log) {
    let lines: String = elements
        .iter()
        .map(|name| {
            format!(
                "\"{name} 1\": (address: \"{name}/begins\", shows: Started(\"{name}\")), \
                 \"{name} 2\": (address: \"{name}/ends\", shows: Finished(\"{name}\")), \
                 \"{name} 3\": (address: \"{name}/down\", shows: Down(\"{name}\")),"
            )
        })
        .collect();
    let text = format!("Signals(schema: 1, sources: {{\"log\": (from: Shdr(file: \"log\"))}}, signals: {{{lines}}})");
    let files = BTreeMap::from([("signals.ron".to_owned(), text.into_bytes())]);
    let signals = Signals::open_from(Sources::new(files), "signals.ron", &model.plant)
        .unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints));
    let mut run = Run::new(real.plant.clone(), 5, 0).expect("a sound plant");
    run.recorder().events = true;
    run.finish().unwrap_or_else(|error| panic!("{error}"));
    let records = std::mem::take(&mut run.recorder().event_records);
    let mut log = Log::default();
    let mut down: BTreeMap<ElementIndex, bool> = BTreeMap::new();
    for record in &records {
        let name = model.plant.model.name(record.element);
        let part =
            |part: u64| if names_parts { Reading::Text(format!("part {part}").into()) } else { Reading::Nothing };
        let (what, reading) = match record.what {
            Happening::Started(number) | Happening::Born(number) => ("begins", part(number)),
            Happening::Finished(number) => ("ends", part(number)),
            Happening::State(state) => {
                let is_down = state.name() == "Failed" || state.name() == "Repair";
                if down.insert(record.element, is_down).unwrap_or(false) == is_down {
                    continue;
                }
                ("down", Reading::Truth(is_down))
            }
            _ => continue,
        };
        let Some((signal, _)) = signals.find(0, &format!("{name}/{what}").into()) else { continue };
        let at = WallTime::from_nanos(record.at.as_nanos());
        log.received += 1;
        log.extent = Some((log.extent.map_or(at, |(first, _)| first), at));
        log.entries.push(Entry { at, signal, reading });
    }
    (signals, log)
}

fn found<'c>(calibration: &'c Calibration, path: &str) -> &'c Parameter {
    calibration.parameters.iter().find(|parameter| parameter.target.path == path).unwrap_or_else(|| panic!("{path}"))
}

/// Every estimate of the law is within a tolerance of the truth.
fn is_near(calibration: &Calibration, path: &str, family: &str, truth: &[f64]) {
    let parameter = found(calibration, path);
    let law = parameter.law.as_ref().unwrap_or_else(|| panic!("{path}: too few"));
    assert_eq!(law.name(), family, "{path}: {law:?}");
    let Law::Fitted { estimates, .. } = law else { panic!("{path}: {law:?}") };
    for (estimate, truth) in estimates.iter().zip(truth) {
        let width = estimate.high - estimate.low;
        assert!(
            (estimate.low - 0.5 * width..=estimate.high + 0.5 * width).contains(truth),
            "{path}: {estimate:?}, {truth}"
        );
        assert!(width < 0.6 * truth, "{path}: {estimate:?}");
    }
    assert_eq!(parameter.changes, [], "{path}");
    assert!(parameter.goodness.is_some_and(|goodness| goodness.p_value > 0.01), "{path}: {:?}", parameter.goodness);
}

#[test]
fn a_plant_is_found_again_in_the_log_of_a_run() {
    let (model, real) = (opened(&[("plant.ron", PLANT)], &[]), opened(&[("plant.ron", PLANT)], &TRUTH));
    let registry = Registry::default();
    for names_parts in [true, false] {
        let (signals, log) = played(&model, &real, &["in", "saw", "way", "mill", "drill"], names_parts);
        let calibration = calibrate(&model, &registry, &signals, &log);
        is_near(&calibration, "in.arrivals[0]", "Exponential", &[100.0]);
        is_near(&calibration, "saw.process_time", "LogNormal", &[50.0, 0.3]);
        is_near(&calibration, "saw.failures[0].time_to_failure", "Exponential", &[1800.0]);
        is_near(&calibration, "saw.failures[0].time_to_repair", "Gamma", &[2.0, 150.0]);
        if names_parts {
            is_near(&calibration, "way.time", "Normal", &[30.0, 5.0]);
            is_near(&calibration, "mill.process_time", "Weibull", &[2.0, 90.0]);
        } else {
            // Three places, and nobody says which part it was: only the mean is right.
            let guessed = found(&calibration, "mill.process_time");
            assert!((guessed.sample.mean() - 79.8).abs() < 2.0 && guessed.target.notes[0].contains("a guess"));
        }
        let drill = found(&calibration, "drill.process_time");
        assert_eq!(drill.law, Some(Law::Constant(40.0)));
        assert!(drill.target.refusal.as_ref().is_some_and(|why| why.contains("each part type")), "{drill:?}");
        let fork = &calibration.branchings[0];
        assert_eq!((calibration.branchings.len(), fork.ways.len(), fork.refusal.clone()), (1, 2, None));
        let to_mill = fork.ways.iter().find(|way| model.plant.model.name(way.to) == "to mill").expect("a way");
        assert!(to_mill.share.low < 0.75 && 0.75 < to_mill.share.high && to_mill.count > 3_000, "{fork:?}");
        // What was written is a scenario that says the same.
        let text = overlay(&calibration, &model.plant, "plant.ron", "a\nlog");
        let over = opened(&[("plant.ron", PLANT), ("over.ron", &text)], &[]);
        let node = |path: &str| scenario::syntax::write(&over.loaded.root).contains(path);
        assert!(node("process_time:LogNormal(\"") && node("\"to mill\":"), "{text}");
        assert!(Run::new(over.plant.clone(), 1, 0).expect("a sound plant").finish().is_ok());
        assert!(text.contains("// \"drill.process_time\": \"40 s\",") && !text.contains("log:\n"), "{text}");
    }
}

#[test]
fn a_short_log_is_biased_unless_what_goes_on_counts() {
    // Repairs that take hours, in many short logs: those that end within them are short.
    let plant = PLANT.replace("6 d", "2 h");
    let model = opened(&[("plant.ron", &plant)], &[]);
    let truth = [
        r#"saw.failures[0].time_to_failure=Exponential("10 min")"#,
        r#"saw.failures[0].time_to_repair=Exponential("1 h")"#,
    ];
    let real = opened(&[("plant.ron", &plant)], &truth);
    let (signals, _) = played(&model, &real, &["saw"], true);
    let saw = model.plant.element("saw").expect("it is there");
    let mut sums = (0.0, 0.0);
    let mut complete = 0_usize;
    for replication in 0..400 {
        let mut run = Run::new(real.plant.clone(), 5, replication).expect("a sound plant");
        run.recorder().events = true;
        run.finish().unwrap_or_else(|error| panic!("{error}"));
        let mut entries = Vec::new();
        for record in &run.recorder().event_records {
            let Happening::State(state) = record.what else { continue };
            if record.element == saw {
                let (signal, _) = signals.find(0, &"saw/down".into()).expect("a signal");
                let reading = Reading::Truth(state.name() == "Failed" || state.name() == "Repair");
                entries.push(Entry { at: WallTime::from_nanos(record.at.as_nanos()), signal, reading });
            }
        }
        let histories = history::histories(&signals, &entries, WallTime::from_nanos(run.now().as_nanos()));
        for repair in histories.get(&saw).map_or(&[][..], |history| &history.repairs) {
            let seconds = repair.nanos as f64 / 1e9;
            sums.1 += seconds;
            if repair.is_complete {
                sums.0 += seconds;
                complete += 1;
            }
        }
    }
    let (without, with) = (sums.0 / complete as f64, sums.1 / complete as f64);
    assert!((with - 3600.0).abs() < 600.0, "{with} s");
    assert!(without < 2400.0, "{without} s");
}

/// The folder of the log of the laboratory line, which lies outside the project.
const LAB_LINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/lab_line");

#[test]
fn the_change_of_the_laboratory_line_is_found() {
    if !std::path::Path::new(LAB_LINE).join("events.csv").exists() {
        println!("skipped: {LAB_LINE}/events.csv is absent");
        return;
    }
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let registry = Arc::new(Registry::default());
    let scenario = open(&format!("{root}/scenarios/lab_line.ron"), &[], &registry).expect("a sound scenario");
    let signals = Signals::open(&format!("{root}/scenarios/lab_line.signals.ron"), &scenario.plant)
        .expect("sound signals")
        .in_folder(LAB_LINE);
    let log = reading::read(&signals, None).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((log.received, log.unknown, log.unusable), (507, 0, 0));
    let calibration = calibrate(&scenario, &registry, &signals, &log);
    let (first, _) = log.extent.expect("times");
    let changed: Vec<&Parameter> =
        calibration.parameters.iter().filter(|parameter| !parameter.changes.is_empty()).collect();
    let [station] = changed[..] else { panic!("{changed:?}") };
    assert_eq!(station.target.path, "station 3.process_time");
    let [change] = station.changes[..] else { panic!("{station:?}") };
    // The line was changed 912 s after its first event, while job 11 was under way; the next one began at 958 s.
    assert_eq!((change.change.index, change.at.since(first).as_seconds_f64()), (11, 958.0));
    assert!((change.change.before - 80.0).abs() < 0.05 && (change.change.after - 25.04).abs() < 0.05, "{change:?}");
    assert_eq!(station.sample.complete().len(), 23);
    let mean = station.law.as_ref().expect("a law").distribution().mean();
    assert!((mean - 25.0).abs() < 0.5, "{mean}");
    // One job of station 4 was under way at the end.
    assert_eq!(found(&calibration, "station 4.process_time").sample.censored(), [47.0]);
    let counts: Vec<usize> = calibration.branchings[0].ways.iter().map(|way| way.count).collect();
    assert_eq!((calibration.branchings.len(), counts), (1, vec![34, 25]));
    // The overlay is a scenario; only the timed change of the scenario below has to go.
    let file = |path: &str| std::fs::read_to_string(format!("{root}/scenarios/{path}")).expect("a scenario");
    let text = overlay(&calibration, &scenario.plant, "lab_line.ron", "the log");
    let over = opened(&[("lab_line.ron", &file("lab_line.ron")), ("over.ron", &text)], &["events=[]"]);
    let mut run = Run::new(over.plant.clone(), 1, 0).expect("a sound plant");
    run.finish().unwrap_or_else(|error| panic!("{error}"));
    let station = over.plant.element("station 3").expect("it is there");
    // 34 in the log, of which a third took 80 s.
    let count = run.report().elements[station.index()].counts.processed;
    assert!((33..=36).contains(&count), "{count}");
    let later = reading::read(&signals, Some(change.at)).unwrap_or_else(|error| panic!("{error}"));
    let later = calibrate(&scenario, &registry, &signals, &later);
    let same = found(&later, "station 3.process_time");
    let since = found(&calibration, "station 3.process_time");
    assert_eq!((same.sample.complete(), same.changes.len()), (since.sample.complete(), 0));
}

#[test]
fn a_family_is_never_better_than_itself() {
    // The likelihood found is at least that of the truth, for every family: the search ends at a top.
    for family in FAMILIES {
        let truth = LAWS.iter().find(|(other, _)| *other == family).map_or([1.0; 2], |(_, truth)| *truth);
        for trial in 0..50 {
            let times = drawn(&family.distribution(truth), 30, &mut stream("tops", trial));
            let sample = limited(&times, 60.0);
            let best = fitted(&sample, family);
            assert!(best.log_likelihood >= sample.log_likelihood(family, truth), "{family:?} {trial}: {best:?}");
        }
    }
}
