//! The twin of a line that exists: the log of the laboratory line replayed as a live feed, without a word of the change at 912 s.
//!
//! The log lies outside the project (it has no licence), in `../shared/data/lab_line`; where it is absent this is skipped.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kernel::SimDuration;
use live::counters::Fate;
use live::divergence::Change;
use live::feed::replay::{Pace, Replay};
use live::feed::{Feed, outlet};
use live::forecast::Request;
use live::observation::Observation;
use live::signals::Signals;
use live::twin::{Notice, Reopen, Twin};
use live::wall_time::WallTime;
use plant::follow::Followed;
use plant::registry::Registry;
use scenario::expand;
use scenario::sources::Sources;

const LAB_LINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/lab_line.ron");

/// The signals of the laboratory line, as a file beside its log.
fn signals_text() -> String {
    let mut signals = String::new();
    for station in 1..=5 {
        signals += &format!(
            "\"{station} starts\": (address: \"Machine {station}/Started\", shows: Started(\"station {station}\")),\n\
             \"{station} ends\": (address: \"Machine {station}/Finished\", shows: Finished(\"station {station}\")),\n"
        );
    }
    format!(
        "Signals(schema: 1, window: \"2 s\",\n\
         sources: {{\"log\": (from: Csv(file: \"events.csv\", time: \"timestamp_real\", time_format: UnixSeconds, \
         address: \"{{machine_id}}/{{activity_type}}\", value: \"part_id\"))}},\n\
         signals: {{{signals}}})"
    )
}

/// The log, or `None` with a message where it is absent.
fn log() -> Option<(Arc<Signals>, Vec<Observation>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/lab_line");
    if !folder.join("events.csv").exists() {
        println!("skipped: {} is absent", folder.join("events.csv").display());
        return None;
    }
    let path = format!("{}/signals.ron", folder.display());
    let files = BTreeMap::from([(path.clone(), signals_text().into_bytes())]);
    let plant = lab_line(&[]);
    let signals = Signals::open_from(Sources::new(files), &path, &plant).unwrap_or_else(|rejected| {
        panic!(
            "{}",
            scenario::diagnostic::render(&rejected.complaints, &rejected.sources, scenario::diagnostic::Style::Plain)
        )
    });
    let mut replay = Replay::open(&signals, 0, Pace::AsFastAsPossible).expect("a log").expect("a file");
    let (outlet, intake) = outlet(1_000);
    replay.run(&outlet).unwrap_or_else(|error| panic!("{error}"));
    drop(outlet);
    let observations = std::iter::from_fn(|| intake.take(Duration::from_secs(1))).flatten().collect();
    Some((Arc::new(signals), observations))
}

fn lab_line(settings: &[String]) -> Arc<plant::plant::Plant> {
    let mut overrides = vec!["events=[]".to_owned()];
    overrides.extend_from_slice(settings);
    let registry = Arc::new(Registry::default());
    expand::open(LAB_LINE, &overrides, &registry).unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints)).plant
}

fn twin(signals: &Arc<Signals>, corrects: bool) -> Twin {
    let reopen: Option<Reopen> = corrects.then(|| Box::new(|settings: &[String]| Some(lab_line(settings))) as Reopen);
    Twin::new(lab_line(&[]), 1, signals.clone(), None, reopen).expect("a plant without plugins")
}

/// How well forecasts of one kind came true.
#[derive(Debug, Default)]
struct Truth {
    count: u32,
    covered: u32,
    errors: f64,
}

impl Truth {
    fn add(&mut self, foreseen: live::forecast::Spread, real: f64) {
        self.count += 1;
        self.covered += u32::from((foreseen.low..=foreseen.high).contains(&real));
        self.errors += (foreseen.middle - real).abs();
    }

    fn coverage(&self) -> f64 {
        f64::from(self.covered) / f64::from(self.count)
    }

    fn error(&self) -> f64 {
        self.errors / f64::from(self.count)
    }
}

/// What came of following the log with or without corrections.
struct Outcome {
    changes: Vec<Change>,
    parts: Truth,
    remaining: Truth,
    refused: u64,
    applied: u64,
    hastened: u64,
}

/// Follows the log, with a forecast every minute.
fn follow(signals: &Arc<Signals>, observations: &[Observation], corrects: bool) -> Outcome {
    const AHEAD: i64 = 300;
    let mut twin = twin(signals, corrects);
    let plant = twin.plant().clone();
    let last = plant.element("station 5").expect("it is there");
    let at = |observation: &Observation| observation.stamps.source.expect("every row has a time");
    let start = at(&observations[0]);
    let finish = |name: &str, after: WallTime| {
        observations
            .iter()
            .find(|one| *one.address == *"Machine 5/Finished" && one.reading.text() == name && at(one) > after)
            .map(at)
    };
    let mut followed = Outcome {
        changes: Vec::new(),
        parts: Truth::default(),
        remaining: Truth::default(),
        refused: 0,
        applied: 0,
        hastened: 0,
    };
    let mut next_forecast = start.after(SimDuration::from_secs(120));
    let ends = at(&observations[observations.len() - 1]);
    for observation in observations {
        while at(observation) > next_forecast && next_forecast.after(SimDuration::from_secs(AHEAD)) <= ends {
            twin.pass(next_forecast.after(signals.window), &mut |_| {}).unwrap_or_else(|error| panic!("{error}"));
            let request = Request { horizon: SimDuration::from_secs(900), futures: 40, jobs: 0, done_at: Some(last) };
            let forecast = twin.foresee(&Request { horizon: SimDuration::from_secs(AHEAD), ..request.clone() });
            let forecast = forecast.unwrap_or_else(|error| panic!("{error}"));
            let until = next_forecast.after(SimDuration::from_secs(AHEAD));
            let real = observations
                .iter()
                .filter(|one| *one.address == *"Machine 5/Finished" && at(one) > next_forecast && at(one) <= until);
            followed.parts.add(forecast.done, real.count() as f64);
            let longer = twin.foresee(&request).unwrap_or_else(|error| panic!("{error}"));
            for name in observations
                .iter()
                .filter(|one| at(one) <= next_forecast && *one.address == *"Machine 1/Started")
                .map(|one| one.reading.text())
            {
                let Some(real) = finish(&name, next_forecast) else { continue };
                let is_gone = observations.iter().any(|one| {
                    *one.address == *"Machine 5/Finished" && one.reading.text() == name && at(one) <= next_forecast
                });
                let foreseen =
                    twin.mirror().part(&name).and_then(|part| longer.parts.get(&part)).and_then(|when| when.after_s);
                if let (Some(foreseen), false) = (foreseen, is_gone) {
                    followed.remaining.add(foreseen, real.since(next_forecast).as_seconds_f64());
                }
            }
            next_forecast = next_forecast.after(SimDuration::from_secs(60));
        }
        let mut notices = Vec::new();
        twin.take_in(vec![observation.clone()], &mut |notice| notices.push(notice))
            .unwrap_or_else(|error| panic!("{error}"));
        for notice in notices {
            match notice {
                Notice::Changed { change, correction } => {
                    println!(
                        "{:>6.0} s: {} takes {} instead of {}: {:.1} x as fast since {:.0} s, seen in {} operations; {correction:?}",
                        change.noticed.since(start).as_seconds_f64(),
                        plant.model.name(change.element),
                        change.mean,
                        change.modelled,
                        change.speed(),
                        change.since.since(start).as_seconds_f64(),
                        change.operations,
                    );
                    followed.changes.push(change);
                }
                Notice::Done(done) => {
                    if let Followed::Refused(refusal) = done.followed {
                        println!(
                            "{:>6.0} s: {:?} at {}: {}",
                            done.at.since(start).as_seconds_f64(),
                            done.seen,
                            plant.model.name(done.element),
                            refusal.text()
                        );
                    }
                }
            }
        }
    }
    twin.finish(&mut |_| {}).unwrap_or_else(|error| panic!("{error}"));
    let counters = twin.counters();
    assert_eq!(counters.waiting(), 0);
    followed.refused = counters.of(Fate::Refused);
    followed.applied = counters.of(Fate::Applied);
    followed.hastened = twin.divergence().elements().map(|(_, apart)| apart.hastened).sum();
    println!("{counters}; {} parts hastened", followed.hastened);
    followed
}

#[test]
fn the_twin_of_the_laboratory_line_notices_the_change() {
    let Some((signals, observations)) = log() else { return };
    println!("corrected:");
    let corrected = follow(&signals, &observations, true);
    println!("never corrected:");
    let blind = follow(&signals, &observations, false);
    for (name, one) in [("corrected", &corrected), ("never corrected", &blind)] {
        println!(
            "{name:>16}: parts in the next 300 s: {} forecasts, mean error {:.2} parts, {:.0} % in the 90 % interval; \
             remaining time of a pallet: {} forecasts, mean error {:.1} s, {:.0} %",
            one.parts.count,
            one.parts.error(),
            100.0 * one.parts.coverage(),
            one.remaining.count,
            one.remaining.error(),
            100.0 * one.remaining.coverage(),
        );
    }
    assert_eq!((corrected.refused, blind.refused), (0, 0), "the model can do all that the line did");
    assert_eq!(corrected.applied, observations.len() as u64);
    // Station 3 was changed from 80 s to 25 s at 912 s; the operation under way was finished in its old time.
    let plant = lab_line(&[]);
    let start = observations[0].stamps.source.expect("every row has a time");
    let change =
        corrected.changes.iter().find(|change| plant.model.name(change.element) == "station 3").expect("noticed");
    let finished = observations.iter().filter(|one| {
        let at = one.stamps.source.expect("every row has a time");
        *one.address == *"Machine 3/Finished" && at >= change.since && at <= change.noticed
    });
    assert!(finished.count() <= 3, "{change:?}");
    assert!((912.0..1_010.0).contains(&change.since.since(start).as_seconds_f64()), "{change:?}");
    assert!((change.mean.as_seconds_f64() - 25.0).abs() < 2.0, "{change:?}");
    assert!(corrected.parts.error() < 0.7 * blind.parts.error());
    assert!(corrected.remaining.error() < 0.8 * blind.remaining.error());
    assert!(corrected.parts.coverage() > blind.parts.coverage() && corrected.parts.coverage() > 0.7);
}
