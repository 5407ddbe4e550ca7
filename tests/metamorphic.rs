//! Changes to a scenario whose effect is known without knowing any result: order, names, streams, bystanders, units of
//! work, scale, settings that set nothing, overlays.

use std::sync::Arc;

use kernel::{Digest, TotalTime};
use plant::description::{Node, Value};
use plant::plant::Plant;
use plant::report::Report;
use plant::run::{Progress, Run};
use scenario::expand::{KindSchema, expand, open_from};
use scenario::load::{Loaded, load, load_from};
use scenario::syntax;

use crate::determinism::EVERYTHING;
use crate::playing::{begun, in_memory, opened_text, played, registry, scenarios, shown};

/// Events after which a long scenario has shown enough.
const ENOUGH: u64 = 20_000;

/// Two lines that have nothing to do with each other.
const TWO_LINES: &str = r#"Scenario(
    clock: (horizon: "4 h"),
    elements: {
        "a in": Source(arrivals: Interarrival(Exponential("60 s")), next: "a mill"),
        "a mill": Station(process_time: Exponential("45 s"), queue: Unlimited, failures: [(time_to_failure: Exponential("20 min"), time_to_repair: Exponential("3 min"))], next: "a out"),
        "a out": Sink(),
        "b in": Source(arrivals: Interarrival(Exponential("50 s")), next: "b mill"),
        "b mill": Station(process_time: LogNormal(mean: "40 s", cv: 0.5), queue: 5, quality: (yield_ratio: 0.9, rejects: Scrap), next: "b out"),
        "b out": Sink(),
    },
)"#;

/// The plant of a tree after `change`.
fn changed(mut loaded: Loaded, change: impl FnOnce(&mut Node)) -> Arc<Plant> {
    change(&mut loaded.root);
    match expand(&loaded, &registry()) {
        Ok((plant, ..)) => Arc::new(plant),
        Err(complaints) => panic!("{complaints:?}\n{}", syntax::write(&loaded.root)),
    }
}

fn loaded_text(text: &str) -> Loaded {
    load_from(in_memory(&[("test.ron", text)]), "test.ron", &[], &KindSchema(&registry())).expect("a sound text")
}

/// The entries of a map or the fields of a struct at the top, by its name.
fn section<'n>(root: &'n mut Node, name: &str) -> &'n mut Vec<(Node, Node)> {
    let Value::Struct { fields, .. } = &mut root.value else { panic!("no scenario") };
    let field = fields.iter_mut().find(|field| field.name == name).expect("the section is there");
    match &mut field.node.value {
        Value::Map(entries) => entries,
        _ => panic!("{name} is no map"),
    }
}

/// Digest and results after at most [`ENOUGH`] events.
fn outcome(plant: &Arc<Plant>, seed: u64) -> (Digest, Report) {
    let mut run = begun(plant, seed, 0);
    while run.event_count() < ENOUGH && run.advance_by(ENOUGH).expect("a sound plant") == Progress::Going {}
    (run.digest(), run.report())
}

/// The digest of each element, by name.
fn digests(run: &Run) -> Vec<(String, Digest)> {
    let plant = run.plant();
    let names = plant.model.elements.iter().map(|element| element.name.to_string());
    names.map(|name| (name.clone(), run.digest_of(plant.element(&name).expect("it is there")))).collect()
}

/// The elements whose digest differs between two runs, and those that only one of them has.
fn moved(one: &Run, other: &Run) -> Vec<String> {
    let (one, other) = (digests(one), digests(other));
    let lacks = |all: &[(String, Digest)], entry: &&(String, Digest)| !all.contains(entry);
    let mut names: Vec<String> =
        one.iter().filter(|entry| lacks(&other, entry)).map(|(name, _)| name.clone()).collect();
    names.extend(other.iter().filter(|entry| lacks(&one, entry)).map(|(name, _)| name.clone()));
    names.sort();
    names.dedup();
    names
}

#[test]
fn the_order_of_elements_changes_nothing() {
    for path in scenarios() {
        let read = || load(&path, &[], &KindSchema(&registry())).expect("a good scenario");
        let plain = outcome(&changed(read(), |_| {}), 1);
        let turned = outcome(&changed(read(), |root| section(root, "elements").reverse()), 1);
        assert_eq!(turned, plain, "{path} with its elements turned round");
        let shuffled = outcome(
            &changed(read(), |root| {
                let entries = section(root, "elements");
                let half = entries.len() / 2;
                entries.rotate_left(half);
                entries.swap(0, half);
            }),
            1,
        );
        assert_eq!(shuffled, plain, "{path} with its elements in another order");
    }
}

#[test]
fn renaming_an_element_moves_only_its_own_draws() {
    let plain = played(&opened_text(TWO_LINES).plant, 1, 0);
    let renamed = played(&opened_text(&TWO_LINES.replace("a mill", "zz mill")).plant, 1, 0);
    assert_eq!(moved(&plain, &renamed), ["a mill", "a out", "zz mill"], "its own draws, and who works for it");
    // What is drawn from a stream of the old name stays, wherever the element stands in the order of names.
    let kept = TWO_LINES
        .replace("a mill", "zz mill")
        .replace("\"zz mill\": Station(", "\"zz mill\": Station(stream: \"a mill\", ");
    let mut kept = played(&opened_text(&kept).plant, 1, 0);
    let mut plain = plain;
    assert_eq!(kept.digest(), plain.digest(), "an element that keeps its stream name");
    let counts = |report: Report| {
        let mut counts: Vec<_> = report.elements.iter().map(|element| (element.counts, element.level_mean)).collect();
        counts.sort_by(|one, other| one.1.total_cmp(&other.1));
        (counts, report.part_types, report.event_count)
    };
    assert_eq!(counts(kept.report()), counts(plain.report()));
}

#[test]
fn an_unused_element_changes_nothing() {
    let plain = played(&opened_text(TWO_LINES).plant, 1, 0);
    for unused in [
        r#""a idle": Station(process_time: Exponential("1 s"), next: "a out")"#,
        r#""0": Buffer(capacity: 3, next: "b mill")"#,
        r#""zz": Pool(members: 3)"#,
    ] {
        let text = TWO_LINES.replace("    elements: {", &format!("    elements: {{ {unused},"));
        let name = unused.split('"').nth(1).expect("a name");
        let run = played(&opened_text(&text).plant, 1, 0);
        assert_eq!(moved(&plain, &run), [name], "{unused}");
    }
}

#[test]
fn watching_changes_nothing_of_what_is_watched() {
    const SENSORS: &str = r#"
        "level": LevelSensor(of: "b mill", signal: (sampling: Every("7 s"), noise: 0.5)),
        "count": Counter(of: "a out"),
        "state": StateSensor(of: "a mill"),
        "high": Alarm(sensor: "level", above: 3, hysteresis: 1, severity: Warning),"#;
    let mut plain = played(&opened_text(TWO_LINES).plant, 1, 0);
    let text = TWO_LINES.replace("    elements: {", &format!("    elements: {{{SENSORS}"));
    let mut run = played(&opened_text(&text).plant, 1, 0);
    let rest: Vec<String> =
        moved(&plain, &run).into_iter().filter(|name| !SENSORS.contains(&format!("\"{name}\":"))).collect();
    assert_eq!(rest, [""; 0], "what is watched moved");
    let (before, after) = (plain.report(), run.report());
    for element in before.elements {
        assert!(after.elements.contains(&element), "{} has other figures", element.name);
    }
    assert_eq!(after.part_types, before.part_types);
}

#[test]
fn single_steps_equal_one_go() {
    let plant = opened_text(EVERYTHING).plant;
    let mut whole = played(&plant, 3, 0);
    for budget in [1, 7, 1_000] {
        let mut run = begun(&plant, 3, 0);
        while run.advance_by(budget).expect("a sound plant") == Progress::Going {}
        assert_eq!(run.digest(), whole.digest(), "{budget} events at a time");
        assert_eq!(run.report(), whole.report(), "{budget} events at a time");
    }
}

#[test]
fn twice_the_durations_take_twice_the_time() {
    let text = |scale: u32| {
        let s = |seconds: u32| format!("\"{} s\"", seconds * scale);
        format!(
            "Scenario(clock: (warm_up: {}, horizon: {}), elements: {{
                \"in\": Source(arrivals: Interarrival(Exponential({})), next: \"a\"),
                \"a\": Station(process_time: Exponential({}), queue: 4, failures: [(time_to_failure: Exponential({}), time_to_repair: Uniform({}, {}))], next: \"b\"),
                \"b\": Station(process_time: Triangular({}, {}, {}), capacity: 2, queue: 2, next: \"way\"),
                \"way\": Delay(time: {}, next: \"out\"),
                \"out\": Sink(),
            }})",
            s(3600), s(90_000), s(60), s(48), s(1200), s(60), s(240), s(60), s(80), s(150), s(45)
        )
    };
    let mut reports = [1, 2].map(|scale| played(&opened_text(&text(scale)).plant, 9, 0).report());
    let [one, two] = &mut reports;
    assert_eq!(one.event_count, two.event_count);
    let twice = |once: TotalTime, double: TotalTime, what: &str| {
        // Each drawn duration is rounded to a nanosecond; a long sum of them may be off by a little more.
        let difference = (2 * once.as_nanos()).abs_diff(double.as_nanos());
        assert!(difference <= 50_000, "{what}: {once} and {double}, {difference} ns apart");
    };
    for (once, double) in one.elements.iter().zip(&two.elements) {
        assert_eq!(once.counts, double.counts, "{}", once.name);
        assert!((once.level_mean - double.level_mean).abs() < 1e-6, "{}", once.name);
        for ((state, once_time), (_, double_time)) in once.times.iter().zip(&double.times) {
            twice(*once_time, *double_time, &format!("{} {}", once.name, state.name()));
        }
    }
    assert!(one.elements[1].counts.processed > 1_000, "{:?}", one.elements[1].counts);
    let [once, double] = [&one.flow_time, &two.flow_time].map(|time| time.mean_seconds().expect("parts were shipped"));
    assert!((2.0 * once - double).abs() < 1e-6, "{once} {double}");
}

#[test]
fn setting_what_is_already_so_changes_nothing() {
    let plain = loaded_text(TWO_LINES);
    let digest = played(&opened_text(TWO_LINES).plant, 1, 0).digest();
    for setting in [
        r#"a mill.process_time=Exponential("45 s")"#,
        "b mill.queue=5",
        "clock.horizon=4 h",
        "b mill.quality.yield_ratio=0.9",
        r#"a mill.failures[0].time_to_repair=Exponential("3 min")"#,
        "b mill.capacity=2",
    ] {
        let read = |setting: &str| {
            open_from(in_memory(&[("test.ron", TWO_LINES)]), "test.ron", &[setting.to_owned()], &registry())
        };
        let other = read(setting);
        if setting.contains("capacity") {
            // The control: a setting that does set something is noticed.
            assert_ne!(played(&other.expect("a sound setting").plant, 1, 0).digest(), digest);
            continue;
        }
        let scenario = other.unwrap_or_else(|rejected| panic!("{setting}:\n{}", shown(&rejected)));
        assert_eq!(played(&scenario.plant, 1, 0).digest(), digest, "{setting}");
        assert_eq!(scenario.loaded.hash(), plain.hash(), "{setting}");
    }
}

#[test]
fn base_and_overlay_equal_the_merged_file() {
    let base = TWO_LINES
        .replace("queue: 5", "queue: 9")
        .replace("\"4 h\"", "\"1 h\"")
        .replace("    elements: {", "    elements: { \"gone\": Sink(),");
    let overlay = r#"Scenario(
        base: "plant.ron",
        clock: (horizon: "4 h"),
        elements: {"gone": None},
        set: {"b mill.queue": 5},
    )"#;
    let files = [("plant.ron", base.as_str()), ("study.ron", overlay)];
    let scenario = open_from(in_memory(&files), "study.ron", &[], &registry())
        .unwrap_or_else(|rejected| panic!("{}", shown(&rejected)));
    let merged = opened_text(TWO_LINES);
    assert_eq!(scenario.loaded.hash(), merged.loaded.hash());
    let (mut one, mut other) = (played(&scenario.plant, 1, 0), played(&merged.plant, 1, 0));
    assert_eq!(one.digest(), other.digest());
    assert_eq!(one.report(), other.report());
}
