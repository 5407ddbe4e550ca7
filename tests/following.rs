//! A run that follows what another one is seen to do: it does the same at the same time, stays sound whatever it is told, and
//! comes to the same digest for the same sightings. The other one plays the plant that exists.

use std::sync::Arc;

use kernel::{Digest, SimDuration, SimTime, Stream, StreamKey};
use plant::element::ElementIndex;
use plant::floor::Happening;
use plant::follow::{Followed, Seen, Sighting, Told};
use plant::plant::Plant;
use plant::run::{Run, Snapshot};

use crate::determinism::EVERYTHING;
use crate::playing::{begun, opened, opened_text, scenarios};

const SEED: u64 = 3;
/// The plant that is followed draws differently from the model.
const REAL: u64 = 77;

/// What `plant` is seen to do at `told` up to `until`, under another seed.
fn seen(plant: &Arc<Plant>, told: &[ElementIndex], until: SimDuration) -> Vec<Sighting> {
    let mut real = begun(plant, REAL, 0);
    real.recorder().events = true;
    real.play_to(SimTime::ZERO + until).unwrap_or_else(|error| panic!("{error}"));
    let records = std::mem::take(&mut real.recorder().event_records);
    let sighting = |record: &plant::floor::EventRecord| {
        let seen = match record.what {
            Happening::Started(_) | Happening::Born(_) => Seen::Started,
            Happening::Finished(_) => Seen::Finished,
            _ => return None,
        };
        told.contains(&record.element).then_some(Sighting { at: record.at, element: record.element, seen })
    };
    records.iter().filter_map(sighting).collect()
}

/// Follows all sightings, a few at a time; what was refused, and the digest.
fn followed(run: &mut Run, sightings: &[Sighting], at_once: usize) -> (u32, Digest) {
    let mut refused = 0;
    for some in sightings.chunks(at_once) {
        let mut heard = 0;
        run.follow(some, &mut |place, followed| {
            assert_eq!(place, heard, "each is heard of once, in order");
            heard += 1;
            refused += u32::from(matches!(followed, Followed::Refused(_)));
        })
        .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(heard, some.len());
        run.check_invariants().unwrap_or_else(|error| panic!("{error}"));
    }
    (refused, run.digest())
}

const LINE: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "2 d"), elements: {
    "in": Source(arrivals: Interarrival(Exponential("60 s")), next: "saw"),
    "saw": Station(process_time: Exponential("45 s"), queue: 4, next: "way"),
    "way": Delay(time: Uniform("20 s", "40 s"), capacity: 6, next: "drill"),
    "drill": Station(process_time: Exponential("40 s"), queue: 2, failures: [(time_to_failure: Exponential("1 h"), time_to_repair: "5 min")], next: "pack"),
    "pack": Station(process_time: Exponential("30 s"), queue: 5, next: "out"),
    "out": Sink(),
})"#;

#[test]
fn a_twin_has_done_what_the_plant_has_done() {
    let plant = opened_text(LINE).plant;
    let told: Vec<ElementIndex> =
        ["in", "saw", "drill", "pack"].iter().map(|name| plant.element(name).expect("it is there")).collect();
    let until = SimDuration::from_minutes(20 * 60);
    let sightings = seen(&plant, &told, until);
    assert!(sightings.len() > 5_000, "{}", sightings.len());
    let mut twin = begun(&plant, SEED, 0);
    for element in &told {
        twin.tell(*element, Told { starts: true, finishes: true, failures: true });
    }
    let (refused, digest) = followed(&mut twin, &sightings, 7);
    // Where the model is behind further on, a part may have nowhere to go for a moment.
    assert!(refused * 100 < sightings.len() as u32, "{refused} of {}", sightings.len());
    let mut real = begun(&plant, REAL, 0);
    real.play_to(twin.now()).expect("a sound plant");
    let (real, report) = (real.report(), twin.report());
    for (one, other) in real.elements.iter().zip(&report.elements) {
        let difference = one.counts.processed.abs_diff(other.counts.processed);
        assert!(
            difference <= u64::from(refused),
            "{}: {} and {}",
            one.name,
            one.counts.processed,
            other.counts.processed
        );
    }
    // The same once more, in one piece.
    let mut again = begun(&plant, SEED, 0);
    told.iter().for_each(|element| again.tell(*element, Told { starts: true, finishes: true, failures: true }));
    assert_eq!(followed(&mut again, &sightings, usize::MAX).1, digest, "however many at a time");
}

#[test]
fn nonsense_leaves_every_plant_sound() {
    let mut plants: Vec<Arc<Plant>> = scenarios().iter().map(|path| opened(path, &[]).plant).collect();
    plants.push(opened_text(EVERYTHING).plant);
    let mut done = 0;
    for (number, plant) in (0..).zip(&plants) {
        let mut stream =
            Stream::new(&StreamKey { seed: 5, replication: number, name: "nonsense", purpose: "sightings" });
        let mut run = begun(plant, SEED, 0);
        let elements = plant.model.elements.len() as u64;
        let mut draw = |bound: u64| stream.below(bound);
        let mut now = SimTime::ZERO;
        for _ in 0..400 {
            now += SimDuration::from_seconds_f64(draw(60_000) as f64 / 1_000.0).expect("in range");
            let element = ElementIndex(draw(elements) as u32);
            if draw(4) == 0 {
                let [starts, finishes, failures] = [draw(2) == 0, draw(2) == 0, draw(2) == 0];
                run.tell(element, Told { starts, finishes, failures });
            }
            let place = Seen::Reached(draw(12_000_000_000) as i64);
            let count = Seen::Holds(draw(15) as u32);
            let seen = [Seen::Started, Seen::Finished, Seen::Failed, Seen::Repaired, place, count][draw(6) as usize];
            let mut was_done = false;
            run.follow(&[Sighting { at: now, element, seen }], &mut |_, followed| {
                was_done = matches!(followed, Followed::Done(_));
            })
            .unwrap_or_else(|error| panic!("{}: {error}", plant.name));
            done += u32::from(was_done);
            run.check_invariants()
                .unwrap_or_else(|error| panic!("{} at {now}: {seen:?} at {element:?}: {error}", plant.name));
        }
        // What is told ends, and the plant goes on by itself.
        run.foresee();
        run.check_invariants().unwrap_or_else(|error| panic!("{}, foreseen: {error}", plant.name));
        run.play_to(now + SimDuration::from_minutes(60)).unwrap_or_else(|error| panic!("{}: {error}", plant.name));
        run.check_invariants().unwrap_or_else(|error| panic!("{}: {error}", plant.name));
    }
    assert!(done > 1_000, "{done}");
}

#[test]
fn futures_of_one_state_differ_by_their_number_alone() {
    let plant = opened_text(LINE).plant;
    let mut run = begun(&plant, SEED, 0);
    run.play_to(SimTime::ZERO + SimDuration::from_minutes(300)).expect("a sound plant");
    let bytes = run.snapshot().to_bytes();
    let future = |number: u64| {
        let snapshot = Snapshot::apart(&plant, &bytes, number).unwrap_or_else(|misfit| panic!("{misfit}"));
        let mut future = Run::resume(plant.clone(), SEED, 0, &snapshot).expect("a plant without plugins");
        future.foresee();
        future.play_to(run.now() + SimDuration::from_minutes(600)).expect("a sound plant");
        let shipped: u64 = future.report().elements.iter().map(|element| element.counts.processed).sum();
        (future.digest(), shipped)
    };
    let futures: Vec<(Digest, u64)> = (0..20).map(future).collect();
    for (number, one) in futures.iter().enumerate() {
        assert_eq!(future(number as u64), *one);
        assert!(futures[..number].iter().all(|other| other.0 != one.0), "futures {number} and another are the same");
    }
    let (least, most) = (futures.iter().map(|one| one.1).min(), futures.iter().map(|one| one.1).max());
    assert_ne!(least, most);
}

/// A way with an eye in its middle and a buffer after it, at a speed of its own.
fn way(speed: &str, time: &str) -> Arc<Plant> {
    let text = format!(
        r#"Scenario(schema: 1, name: "way", clock: (horizon: "2 d"), elements: {{
    "in": Source(arrivals: Interarrival(Exponential("20 s")), next: "belt"),
    "belt": Conveyor(length: "12 m", speed: "{speed}", accumulating: true, stoppers: {{"scanner": (position: "9 m", dwell: "2 s")}}, next: "store"),
    "store": Buffer(capacity: 40, next: "pack"),
    "pack": Station(process_time: {time}, next: "out"),
    "out": Sink(),
    "eye": PhotoEye(at: "belt", position: "6 m"),
}})"#
    );
    opened_text(&text).plant
}

#[test]
fn parts_are_where_the_plant_sees_them() {
    let time = r#"Exponential("18 s")"#;
    let (plant, model) = (way("0.5 m/s", time), way("0.3 m/s", time));
    let named = |name: &str| plant.element(name).expect("it is there");
    let (source, belt, store, pack, eye) = (named("in"), named("belt"), named("store"), named("pack"), named("eye"));
    assert_eq!(plant.eye(eye), Some((belt, 6_000_000_000)));
    assert_eq!(plant.eye(belt), None);
    let mut real = begun(&plant, REAL, 0);
    (real.recorder().samples, real.recorder().events) = (true, true);
    let mut sightings = Vec::new();
    for minute in 1..=600 {
        let at = SimTime::ZERO + SimDuration::from_minutes(minute);
        real.play_to(at).expect("a sound plant");
        let first = sightings.len();
        for event in std::mem::take(&mut real.recorder().event_records) {
            let seen = match event.what {
                Happening::Born(_) => Seen::Started,
                Happening::Started(_) if event.element == pack => Seen::Started,
                Happening::Finished(_) if event.element == pack => Seen::Finished,
                _ => continue,
            };
            sightings.push(Sighting { at: event.at, element: event.element, seen });
        }
        let samples = std::mem::take(&mut real.recorder().sample_records);
        let edges = samples.iter().filter(|sample| sample.sensor == eye && sample.value == 1.0);
        let seen = Seen::Reached(6_000_000_000);
        sightings.extend(edges.map(|edge| Sighting { at: edge.at, element: belt, seen }));
        sightings[first..].sort_by_key(|sighting| sighting.at);
        let level = real.level(store).expect("a buffer");
        sightings.push(Sighting { at, element: store, seen: Seen::Holds(level) });
    }
    let edges = sightings.iter().filter(|sighting| sighting.element == belt).count();
    assert!(edges > 1_000, "{edges}");
    // One twin is told all, the other one neither of the eye nor of the levels.
    let mut outcomes = Vec::new();
    for is_told_all in [true, false] {
        let mut twin = begun(&model, SEED, 0);
        twin.recorder().samples = true;
        twin.tell(source, Told { starts: true, ..Told::default() });
        twin.tell(pack, Told { starts: true, finishes: true, ..Told::default() });
        let (mut apart, mut refused, mut hastened) = (0, 0, 0);
        for sighting in &sightings {
            if let (Seen::Holds(count), false) = (sighting.seen, is_told_all) {
                twin.play_to(sighting.at).expect("a sound plant");
                apart += twin.level(store).expect("a buffer").abs_diff(count);
                continue;
            }
            if sighting.element == belt && !is_told_all {
                continue;
            }
            twin.follow(&[*sighting], &mut |_, followed| match followed {
                Followed::Refused(_) => refused += 1,
                Followed::Done(agreement) => hastened += agreement.hastened,
            })
            .unwrap_or_else(|error| panic!("{error}"));
            twin.check_invariants().unwrap_or_else(|error| panic!("{error}"));
            if let Seen::Holds(count) = sighting.seen {
                apart += twin.level(store).expect("a buffer").abs_diff(count);
            }
        }
        let samples = &twin.recorder().sample_records;
        let seen = samples.iter().filter(|one| one.sensor == eye && one.value == 1.0).count();
        println!("{edges} edges, {seen} in the twin, {apart} parts apart, {refused} refused, {hastened} hastened");
        outcomes.push((seen, apart, refused));
    }
    let [(seen, apart, refused), (_, apart_blind, refused_blind)] = outcomes[..] else { panic!("two twins") };
    assert_eq!((apart, refused, refused_blind), (0, 0, 0));
    // Two parts that touch look like one.
    assert!(seen.abs_diff(edges) <= edges / 20, "{seen} and {edges}");
    assert!(apart_blind > 100, "{apart_blind}");
}

#[test]
fn a_part_that_the_model_sent_elsewhere_goes_where_the_plant_has_it() {
    let text = r#"Scenario(schema: 1, name: "fork", clock: (horizon: "2 d"), elements: {
        "in": Source(arrivals: Interarrival(Exponential("60 s")), next: "fork"),
        "fork": Branch(by: Probability({"mill": 1.0, "lathe": 1.0})),
        "mill": Station(process_time: Exponential("80 s"), queue: 30, next: "out"),
        "lathe": Station(process_time: Exponential("80 s"), queue: 30, next: "out"),
        "out": Sink(),
    })"#;
    let plant = opened_text(text).plant;
    let told: Vec<ElementIndex> =
        ["in", "mill", "lathe"].iter().map(|name| plant.element(name).expect("it is there")).collect();
    let sightings = seen(&plant, &told, SimDuration::from_minutes(20 * 60));
    let mut twin = begun(&plant, SEED, 0);
    for element in &told {
        twin.tell(*element, Told { starts: true, finishes: true, failures: false });
    }
    let (refused, _) = followed(&mut twin, &sightings, 16);
    let done = |run: &mut Run, name: &str| {
        run.report().elements.iter().find(|element| element.name == name).expect("a station").counts.processed
    };
    let mut real = begun(&plant, REAL, 0);
    real.play_to(twin.now()).expect("a sound plant");
    for name in ["mill", "lathe"] {
        println!("{name}: {} by the plant, {} by its twin", done(&mut real, name), done(&mut twin, name));
        assert!(done(&mut real, name).abs_diff(done(&mut twin, name)) <= 1);
    }
    assert_eq!(refused, 0, "of {}", sightings.len());
}
