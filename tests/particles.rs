//! What lies between two sensors, estimated by one model and by many: held against the plant that is followed, which knows.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use live::particles::Particles;
use plant::element::ElementIndex;
use plant::floor::Happening;
use plant::follow::{Seen, Sighting, Told};
use plant::plant::Plant;
use plant::run::Run;

use crate::playing::{begun, opened_text};

const PARTICLES: u32 = 60;
/// Nobody sees how many parts the saw spoils: those never come to the press.
const LINE: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "10 d"), elements: {
    "in": Source(arrivals: Interarrival(Exponential("30 s")), next: "saw"),
    "saw": Station(
        process_time: Exponential("20 s"), queue: 40, quality: (yield_ratio: 0.8, inspection: (detection: 1.0), rejects: Scrap), next: "way",
    ),
    "way": Delay(time: LogNormal(mean: "2 min", cv: 0.5), capacity: 60, next: "press"),
    "press": Station(process_time: Normal("35 s", "3 s"), queue: 60, next: "out"),
    "out": Sink(),
})"#;

/// What is seen of a plant, and how many parts there were at one element at the end of each minute.
fn observed(plant: &Arc<Plant>, told: &[ElementIndex], unseen: ElementIndex) -> Vec<(Vec<Sighting>, u32)> {
    let mut real = begun(plant, 77, 0);
    real.recorder().events = true;
    let minute = |minute: i64| {
        real.play_to(SimTime::ZERO + SimDuration::from_minutes(minute)).expect("a sound plant");
        let records = std::mem::take(&mut real.recorder().event_records);
        let sighting = |record: &plant::floor::EventRecord| {
            let seen = match record.what {
                Happening::Started(_) | Happening::Born(_) => Seen::Started,
                Happening::Finished(_) => Seen::Finished,
                _ => return None,
            };
            told.contains(&record.element).then_some(Sighting { at: record.at, element: record.element, seen })
        };
        (records.iter().filter_map(sighting).collect(), real.level(unseen).expect("it is there"))
    };
    (1..=720).map(minute).collect()
}

const TOLD: Told = Told { starts: true, finishes: true, failures: false };

fn told(plant: &Arc<Plant>, elements: &[ElementIndex]) -> Run {
    let mut run = begun(plant, 3, 0);
    for element in elements {
        run.tell(*element, TOLD);
    }
    run
}

#[test]
fn many_models_know_better_than_one_what_nobody_sees() {
    let plant = opened_text(LINE).plant;
    let [source, saw, press] = ["in", "saw", "press"].map(|name| plant.element(name).expect("it is there"));
    let elements = [source, saw, press];
    let minutes = observed(&plant, &elements, press);
    let mut one = told(&plant, &elements);
    let mut many = Particles::new(&one, &plant, PARTICLES).expect("forks");
    assert_eq!(many.count(), PARTICLES as usize);
    // As many models that are not weighted, so that no more than their number is in it.
    let mut others: Vec<Run> = (1..=u64::from(PARTICLES))
        .map(|number| {
            let mut run = begun(&plant, 3, number);
            elements.iter().for_each(|element| run.tell(*element, TOLD));
            run
        })
        .collect();
    let (mut squares_others, mut squares_one, mut squares_many, mut covered, mut count) = (0.0, 0.0, 0.0, 0, 0);
    for (minute, (sightings, truth)) in (1..).zip(&minutes) {
        let at = SimTime::ZERO + SimDuration::from_minutes(minute);
        one.follow(sightings, &mut |_, _| {}).expect("a sound plant");
        one.play_to(at).expect("a sound plant");
        many.follow(sightings).expect("sound plants");
        many.pass(at).expect("sound plants");
        for other in &mut others {
            other.follow(sightings, &mut |_, _| {}).expect("a sound plant");
            other.play_to(at).expect("a sound plant");
        }
        if minute < 30 {
            continue;
        }
        let (truth, estimate) = (f64::from(*truth), many.level(press).expect("a press"));
        let alone = f64::from(one.level(press).expect("a press"));
        let sum: u32 = others.iter().map(|other| other.level(press).expect("a press")).sum();
        squares_others += (f64::from(sum) / f64::from(PARTICLES) - truth).powi(2);
        squares_one += (alone - truth).powi(2);
        squares_many += (estimate.mean - truth).powi(2);
        covered += u32::from((estimate.low..=estimate.high).contains(&truth));
        count += 1;
    }
    let root = |squares: f64| (squares / f64::from(count)).sqrt();
    let (error_one, error_others, error_many) = (root(squares_one), root(squares_others), root(squares_many));
    let share = f64::from(covered) / f64::from(count);
    println!(
        "parts at the press: one model {error_one:.2} apart, {PARTICLES} models without weights {error_others:.2}, {PARTICLES} particles \
         {error_many:.2}, truth in their 90 % interval \
         {:.0} % of {count} times; drawn anew {} times",
        100.0 * share,
        many.redrawn()
    );
    assert!(many.redrawn() > 10);
    assert!(error_many < 0.7 * error_one && error_many < error_others, "{error_many}, {error_one}, {error_others}");
    assert!(share > 0.8, "{share}");
}

#[test]
fn the_same_sightings_lead_to_the_same_particles() {
    let plant = opened_text(LINE).plant;
    let [source, saw, press] = ["in", "saw", "press"].map(|name| plant.element(name).expect("it is there"));
    let elements = [source, saw, press];
    let minutes = observed(&plant, &elements, press);
    let estimates = |looks: u32| {
        let mut many = Particles::new(&told(&plant, &elements), &plant, 12).expect("forks");
        for (sightings, _) in &minutes[..60] {
            many.follow(sightings).expect("sound plants");
            // Whoever looks changes nothing.
            (0..looks).for_each(|_| drop(many.states()));
        }
        (many.level(press).expect("a press"), many.states(), many.redrawn())
    };
    assert_eq!(estimates(0), estimates(3));
}
