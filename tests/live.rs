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
use live::feed::replay::{Playback, Replay};
use live::feed::{Feed, outlet};
use live::forecast::Request;
use live::journal::Entry;
use live::observation::{Observation, Quality, Reading, Stamps};
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
    let mut replay = Replay::open(&signals, Playback::default()).expect("a log").expect("a file");
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
    let twin = Twin::new(lab_line(&[]), 1, signals.clone(), None, reopen).expect("a plant without plugins");
    if corrects { twin.correcting() } else { twin }
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
            let silence = Entry::Silence(next_forecast.after(signals.window));
            twin.take_in(silence, &mut |_| {}).unwrap_or_else(|error| panic!("{error}"));
            let request = Request {
                horizon: SimDuration::from_secs(900),
                futures: 40,
                jobs: 0,
                beliefs: Vec::new(),
                done_at: Some(last),
            };
            let forecast =
                twin.present().foresee(&Request { horizon: SimDuration::from_secs(AHEAD), ..request.clone() });
            let forecast = forecast.unwrap_or_else(|error| panic!("{error}"));
            let until = next_forecast.after(SimDuration::from_secs(AHEAD));
            let real = observations
                .iter()
                .filter(|one| *one.address == *"Machine 5/Finished" && at(one) > next_forecast && at(one) <= until);
            followed.parts.add(forecast.done, real.count() as f64);
            let longer = twin.present().foresee(&request).unwrap_or_else(|error| panic!("{error}"));
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
        twin.take_in(Entry::Observations(vec![observation.clone()]), &mut |notice| notices.push(notice))
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
                Notice::Overdue(_) | Notice::Ended { .. } => {}
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

pub const LINE: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "10 d"), elements: {
    "in": Source(arrivals: Interarrival(Exponential("60 s")), next: "saw"),
    "saw": Station(process_time: Exponential("45 s"), queue: 4, next: "way"),
    "way": Delay(time: Uniform("20 s", "40 s"), capacity: 6, next: "pack"),
    "pack": Station(process_time: Exponential("40 s"), queue: 5, next: "out"),
    "out": Sink(),
})"#;

pub const LINE_SIGNALS: &str = r#"Signals(schema: 1, window: "5 s",
    sources: {"log": (from: JsonLines(file: "log.jsonl", time: "/at", time_format: UnixSeconds, address: "/what", sequence: "/number"))},
    signals: {
        "in": (address: "in", shows: Started("in")),
        "saw begins": (address: "saw begins", shows: Started("saw")), "saw ends": (address: "saw ends", shows: Finished("saw")),
        "pack begins": (address: "pack begins", shows: Started("pack")), "pack ends": (address: "pack ends", shows: Finished("pack")),
    },
)"#;

/// What that line tells of something that happened in it; nothing of the way.
pub fn told_of(plant: &plant::plant::Plant, record: &plant::floor::EventRecord) -> Option<String> {
    let name = plant.model.name(record.element);
    match record.what {
        plant::floor::Happening::Born(_) => Some("in".to_owned()),
        plant::floor::Happening::Started(_) if name != "way" => Some(format!("{name} begins")),
        plant::floor::Happening::Finished(_) if name != "way" => Some(format!("{name} ends")),
        _ => None,
    }
}

/// A directory with a line, its signals, and what another run of it did for so long; gone afterwards.
struct Observed(PathBuf);

impl Observed {
    fn new(name: &str, hours: u64) -> Self {
        let path = std::env::temp_dir().join(format!("linewright-live-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a scratch directory");
        let plant = crate::playing::opened_text(LINE).plant;
        let mut real = crate::playing::begun(&plant, 77, 0);
        real.recorder().events = true;
        real.play_to(kernel::SimTime::ZERO + SimDuration::from_minutes(60 * hours as i64)).expect("a sound plant");
        let mut log = String::new();
        for (number, record) in real.recorder().event_records.iter().enumerate() {
            let Some(what) = told_of(&plant, record) else { continue };
            let at = 1_700_000_000.0 + record.at.as_seconds_f64();
            log += &format!("{{\"at\": \"{at:.6}\", \"what\": \"{what}\", \"number\": {number}}}\n");
        }
        for (file, text) in [("line.ron", LINE), ("signals.ron", LINE_SIGNALS), ("log.jsonl", &log)] {
            std::fs::write(path.join(file), text).expect("written");
        }
        Observed(path)
    }

    /// `linewright live` on it with `more` arguments.
    fn live(&self, more: &[&str]) -> std::process::Command {
        let mut command = self.live_with_futures("0");
        command.args(more);
        command
    }

    fn live_with_futures(&self, futures: &str) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_linewright"));
        let file = |name: &str| self.0.join(name).into_os_string();
        command.arg("live").arg(file("line.ron")).arg("--signals").arg(file("signals.ron"));
        command.args(["--format", "json", "--every", "100 d", "--futures", futures]);
        command
    }

    /// The last state that it shows.
    fn state(&self, more: &[&str]) -> live::serde_json::Value {
        let output = self.live(more).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        live::serde_json::from_str(text.lines().last().expect("a state")).expect("JSON")
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a journal holds: the numbers of the observations, each once, in the order in which they came first.
fn numbers_in(journal: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    let read = live::journal::read(std::path::Path::new(journal), 0, |_, entry| {
        let Entry::Observations(batch) = entry else { return true };
        let new = batch.iter().filter_map(|one| one.sequence).filter(|number| known.insert(*number));
        numbers.extend(new);
        true
    });
    // It may not have come to begin one.
    read.map_or(Vec::new(), |_| numbers)
}

#[test]
fn a_twin_that_is_killed_comes_back_to_where_it_was() {
    const KILLS: u32 = 200;
    let observed = Observed::new("killed", 20);
    let log = std::fs::read_to_string(observed.0.join("log.jsonl")).expect("the log");
    let told: Vec<u64> = log
        .lines()
        .map(|line| live::serde_json::from_str::<live::serde_json::Value>(line).expect("JSON")["number"].as_u64())
        .map(|number| number.expect("a number"))
        .collect();
    let straight = observed.state(&[]);
    // A twin that was told the first of it and no more.
    let part = Observed::new("part of killed", 0);
    let told_only = |count: usize| {
        let lines: Vec<&str> = log.lines().take(count).collect();
        std::fs::write(part.0.join("log.jsonl"), lines.join("\n")).expect("written");
        part.state(&[])
    };
    let mut stream =
        kernel::Stream::new(&kernel::StreamKey { seed: 1, replication: 0, name: "kills", purpose: "moments" });
    let mut takes = 100_000;
    let (mut killed, mut halves, mut directory) = (0, 0, 0);
    while killed < KILLS {
        directory += 1;
        let journal = observed.0.join(format!("journal {directory}"));
        let journal = journal.to_str().expect("UTF-8");
        let mut written = 0;
        for _ in 0..10 {
            let mut child = observed
                .live(&["--journal", journal])
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .expect("it starts");
            std::thread::sleep(Duration::from_micros(stream.below(takes)));
            let is_killed = child.try_wait().expect("it can be asked").is_none();
            child.kill().expect("killed");
            child.wait().expect("gone");
            killed += u32::from(is_killed);
            // However fast the machine is, moments are spread over the whole of a run, and few come after its end.
            takes = if is_killed { takes * 105 / 100 } else { takes * 80 / 100 }.max(1_000);
            // The journal is intact: nothing that was in it is gone, and nothing is missing in between.
            let numbers = numbers_in(journal);
            assert_eq!(numbers, told[..numbers.len()], "an unbroken beginning of what was told");
            assert!(numbers.len() >= written, "{written} were written, and {} are there", numbers.len());
            written = numbers.len();
            if (1..told.len()).contains(&written) {
                halves += 1;
                let replayed = observed.state(&["--journal", journal, "--replay"]);
                assert_eq!(replayed["digest"], told_only(written)["digest"], "the state is that of {written} of them");
            }
        }
        let state = observed.state(&["--journal", journal]);
        assert_eq!(state["digest"], straight["digest"], "after {written} observations in the journal");
        let again = observed.state(&["--journal", journal, "--replay"]);
        assert_eq!(again["digest"], straight["digest"], "the journal alone leads there");
        // By now there is a checkpoint, and next to nothing after it.
        let checkpoints = live::journal::checkpoints(std::path::Path::new(journal)).expect("checkpoints");
        assert!(checkpoints.iter().any(|checkpoint| checkpoint.number > 0), "{checkpoints:?}");
        assert_eq!(observed.state(&["--journal", journal])["digest"], straight["digest"], "from a checkpoint");
    }
    println!("{killed} killed in {directory} journals, {halves} in the middle; a run takes some {takes} us");
    assert!(halves > 10 && directory < 60, "{halves} of {directory}");
}

#[test]
fn a_twin_that_is_interrupted_on_its_way_back_loses_nothing() {
    let observed = Observed::new("interrupted", 200);
    let straight = observed.state(&[]);
    let journal = observed.0.join("journal");
    let journal = journal.to_str().expect("UTF-8");
    assert_eq!(observed.state(&["--journal", journal])["digest"], straight["digest"]);
    let path = std::path::Path::new(journal);
    let mut interrupted = 0;
    for attempt in 0..100_u64 {
        // All of it has to be gone through again.
        for entry in std::fs::read_dir(path).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "checkpoint") {
                std::fs::remove_file(path).expect("removed");
            }
        }
        let mut command = observed.live(&["--journal", journal]);
        let child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn();
        let child = child.expect("it starts");
        std::thread::sleep(Duration::from_millis(20 + 10 * (attempt % 50)));
        let asked = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(asked.is_ok());
        let output = child.wait_with_output().expect("gone");
        if !String::from_utf8_lossy(&output.stderr).contains("interrupted before its end") {
            continue;
        }
        assert_eq!(output.status.code(), Some(130));
        assert_eq!(live::journal::checkpoints(path).expect("a journal"), [], "none of half the way");
        assert_eq!(observed.state(&["--journal", journal])["digest"], straight["digest"]);
        interrupted += 1;
        if interrupted == 2 {
            return;
        }
    }
    panic!("interrupted on its way {interrupted} times in a hundred");
}

#[test]
fn an_alarm_that_goes_on_over_a_restart_ends_when_it_ends() {
    let observed = Observed::new("alarms", 1);
    let file = |name: &str| observed.0.join(name);
    let signals = LINE_SIGNALS
        .replace("\"in\": (", "\"down\": (address: \"down\", shows: Down(\"saw\")), \"in\": (")
        .replace("sequence:", "value: \"/value\", sequence:");
    std::fs::write(file("signals.ron"), signals).expect("written");
    let log = std::fs::read_to_string(file("log.jsonl")).expect("the log");
    let say = |second: i64, is_down: bool| {
        let (at, number) = (1_700_000_000 + second, 1_000_000 + second);
        format!("{{\"at\": \"{at}\", \"what\": \"down\", \"number\": {number}, \"value\": {is_down}}}\n")
    };
    let write_log = |log: String| std::fs::write(file("log.jsonl"), log).expect("written");
    let [journal, alarms] = ["journal", "alarms.jsonl"].map(|name| file(name).to_str().expect("UTF-8").to_owned());
    // The first time it breaks, and the twin is stopped; the second time it is told of that again, and that it works.
    write_log(log.clone() + &say(3_700, true) + &say(3_800, true));
    observed.state(&["--journal", &journal, "--alarms", &alarms]);
    write_log(log + &say(3_700, true) + &say(3_800, true) + &say(3_900, false) + &say(4_000, false));
    observed.state(&["--journal", &journal, "--alarms", &alarms]);
    let told = std::fs::read_to_string(&alarms).expect("alarms");
    let told: Vec<(bool, String)> = told
        .lines()
        .map(|line| live::serde_json::from_str::<live::serde_json::Value>(line).expect("JSON"))
        .filter(|alarm| alarm["alarm"] == "down")
        .map(|alarm| (alarm["on"] == true, alarm["about"].as_str().expect("a name").to_owned()))
        .collect();
    assert_eq!(told, [(true, "saw".to_owned()), (false, "saw".to_owned())]);
}

#[test]
fn what_if_goes_on_from_all_that_the_twin_knows() {
    let observed = Observed::new("kept", 6);
    let saved = observed.0.join("now.saved");
    let saved = saved.to_str().expect("UTF-8");
    let said = |command: &mut std::process::Command| {
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let json = |text: &str| -> live::serde_json::Value { live::serde_json::from_str(text).expect("JSON") };
    let mut asked = Vec::new();
    for more in [&[][..], &["--correct"], &["--correct", "--particles", "15"]] {
        let lines = said(observed.live_with_futures("60").args(["--ahead", "2 h", "--save", saved]).args(more));
        let state = json(lines.lines().last().expect("a state"));
        let what_if = |set: &str| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_linewright"));
            let options = ["--futures", "60", "--ahead", "2 h", "--format", "json"];
            json(&said(command.args(["what-if", saved, "--set", set]).args(options)))
        };
        let answer = what_if("pack.process_time=\"1 s\"");
        assert_eq!(answer["as_it_is"], state["forecast"], "with {more:?}");
        assert_ne!(answer["changed"]["done"], answer["as_it_is"]["done"]);
        // What was seen of the old times is no measure of new ones: constant ones give the same parts whatever was believed.
        let belief = what_if("saw.process_time=\"10 min\"");
        asked.push((answer["as_it_is"]["done"].clone(), belief["changed"]["done"]["p50"].clone()));
    }
    assert!(asked[0].0 != asked[1].0 && asked[1].0 != asked[2].0, "beliefs and particles count: {asked:?}");
    assert_eq!(asked[0].1, asked[1].1, "{asked:?}");
}

#[test]
fn every_observation_ends_in_one_counter() {
    let observed = Observed::new("counted", 2);
    let log = std::fs::read_to_string(observed.0.join("log.jsonl")).expect("the log");
    let lines: Vec<&str> = log.lines().collect();
    // One twice, two far too late (one of them of no known address), one from the year 2262, rubbish.
    let mut poisoned: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    poisoned.insert(52, lines[50].to_owned());
    poisoned.push(lines[3].replace("\"number\": ", "\"number\": 9"));
    poisoned.push("{\"at\": \"1700000060\", \"what\": \"the weather\"}".to_owned());
    poisoned.push("{\"at\": \"9223000000\", \"what\": \"in\", \"number\": 99999}".to_owned());
    poisoned.push("{\"at\": \"NaN\", \"what\": [1]}".to_owned());
    poisoned.push("rubbish".to_owned());
    std::fs::write(observed.0.join("log.jsonl"), poisoned.join("\n")).expect("written");
    let straight = {
        let clean = Observed::new("clean", 2);
        clean.state(&[])
    };
    let state = observed.state(&[]);
    let counter = |name: &str| state["counters"][name].as_u64().expect("a counter");
    let ends: u64 =
        ["applied", "duplicate", "late", "invalid", "refused", "dropped"].iter().map(|name| counter(name)).sum();
    assert_eq!((counter("received"), ends), (poisoned.len() as u64, poisoned.len() as u64), "{state}");
    assert_eq!(counter("duplicate"), 1, "{state}");
    assert_eq!((counter("late"), counter("invalid")), (2, 3), "{state}");
    assert_eq!(state["digest"], straight["digest"], "rubbish changes nothing");
}

#[test]
fn poison_is_counted_and_stops_nothing() {
    const TAGS: i64 = 1_000_000;
    let plant = crate::playing::opened_text(LINE).plant;
    let files = BTreeMap::from([("signals.ron".to_owned(), LINE_SIGNALS.as_bytes().to_vec())]);
    let signals = Signals::open_from(Sources::new(files), "signals.ron", &plant);
    let signals = Arc::new(signals.unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints)));
    let mut twin = Twin::new(plant, 1, signals, None, None).expect("a twin");
    let at = |millis: i64| WallTime::from_nanos(1_700_000_000_000_000_000 + millis * 1_000_000);
    let told = |address: &str, reading: Reading, source: WallTime, arrival: WallTime| Observation {
        source: 0,
        address: address.into(),
        reading,
        stamps: Stamps { source: Some(source), server: None, arrival },
        quality: Quality::Good,
        sequence: None,
        is_simulated: false,
        is_standing: false,
    };
    let mut take = |batch: Vec<Observation>| {
        twin.take_in(Entry::Observations(batch), &mut |_| {}).expect("nothing stops it");
    };
    take(vec![told("in", Reading::Nothing, at(0), at(0))]);
    for thousand in 0..TAGS / 1_000 {
        let tag = |number: i64| {
            let millis = thousand * 1_000 + number;
            told(&format!("tag {millis}"), Reading::Number(1.0), at(millis), at(millis))
        };
        take((0..1_000).map(tag).collect());
    }
    let now = at(TAGS);
    let nanos = |nanos: i64| WallTime::from_nanos(nanos);
    take(vec![
        // No number, a text of two megabytes, nothing at all, a source that there is not.
        told("saw ends", Reading::Number(f64::NAN), now, now),
        told("saw begins", Reading::Number(f64::INFINITY), now, now),
        told("", Reading::Nothing, now, now),
        Observation { source: 700, ..told("in", Reading::Nothing, now, now) },
        // The years 1970 and 2262, and the ends of time.
        told("in", Reading::Nothing, nanos(0), now),
        told("in", Reading::Nothing, nanos(9_214_646_400_000_000_000), now),
        told("in", Reading::Nothing, nanos(i64::MIN), now),
        told("in", Reading::Nothing, nanos(i64::MAX), now),
        told("nobody", Reading::of_text(&"x".repeat(2 << 20)), now, now),
        // And a part that comes in.
        told("in", Reading::Nothing, at(TAGS + 1), at(TAGS + 1)),
    ]);
    twin.finish(&mut |_| {}).expect("nothing stops it");
    let counters = twin.counters();
    println!("{counters}");
    assert_eq!((counters.received, counters.waiting()), (TAGS as u64 + 11, 0));
    assert_eq!((counters.of(Fate::Applied), counters.of(Fate::Invalid)), (2, TAGS as u64 + 9));
}

#[test]
fn a_source_that_is_away_is_waited_for_while_others_go_on() {
    let plant = crate::playing::opened_text(LINE).plant;
    let text = r#"Signals(schema: 1, window: "5 s", sources: {"saws": (from: Shdr(file: "a")), "rest": (from: Shdr(file: "b"))}, signals: {
        "in": (source: "rest", address: "in", shows: Started("in")),
        "saw begins": (source: "saws", address: "saw begins", shows: Started("saw")),
        "saw ends": (source: "saws", address: "saw ends", shows: Finished("saw")),
        "pack begins": (source: "rest", address: "pack begins", shows: Started("pack")),
        "pack ends": (source: "rest", address: "pack ends", shows: Finished("pack")),
    })"#;
    let files = BTreeMap::from([("signals.ron".to_owned(), text.as_bytes().to_vec())]);
    let signals = Signals::open_from(Sources::new(files), "signals.ron", &plant);
    let signals = Arc::new(signals.unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints)));
    let mut real = crate::playing::begun(&plant, 77, 0);
    real.recorder().events = true;
    real.play_to(kernel::SimTime::ZERO + SimDuration::from_minutes(600)).expect("a sound plant");
    let told: Vec<Observation> = real
        .recorder()
        .event_records
        .iter()
        .filter_map(|record| {
            let what = told_of(&plant, record)?;
            let at = WallTime::from_nanos(1_700_000_000_000_000_000).after(record.at - kernel::SimTime::ZERO);
            Some(Observation {
                source: u16::from(!what.starts_with("saw")),
                address: what.as_str().into(),
                reading: Reading::Nothing,
                stamps: Stamps { source: Some(at), server: None, arrival: at },
                quality: Quality::Good,
                sequence: None,
                is_simulated: false,
                is_standing: false,
            })
        })
        .collect();
    let followed = |entries: Vec<Entry>| {
        let mut twin = Twin::new(plant.clone(), 1, signals.clone(), None, None).expect("a twin");
        entries.into_iter().for_each(|entry| twin.take_in(entry, &mut |_| {}).expect("a sound model"));
        twin.finish(&mut |_| {}).expect("a sound model");
        (twin.digest(), *twin.counters())
    };
    let (clean, counters) = followed(told.iter().map(|one| Entry::Observations(vec![one.clone()])).collect());
    assert_eq!(counters.of(Fate::Late), 0);
    // For five minutes in every twenty the saws cannot be heard; what they had to say comes when they can.
    let disturbed = |says_so: bool| {
        let (mut entries, mut kept, mut was_away) = (Vec::new(), Vec::new(), false);
        for one in &told {
            let minute = one.stamps.source.map_or(0, WallTime::as_nanos) / 60_000_000_000 % 20;
            let is_away = minute < 5;
            if is_away != was_away {
                entries.extend(says_so.then_some(Entry::Connection { source: 0, is_there: !is_away }));
                // They come in now, whenever they happened.
                let arrival = one.stamps.arrival;
                kept.iter_mut().for_each(|one: &mut Observation| one.stamps.arrival = arrival);
                entries.push(Entry::Observations(std::mem::take(&mut kept)));
                was_away = is_away;
            }
            match (is_away, one.source) {
                (true, 0) => kept.push(one.clone()),
                _ => entries.push(Entry::Observations(vec![one.clone()])),
            }
        }
        entries.push(Entry::Observations(kept));
        entries
    };
    let (digest, counters) = followed(disturbed(true));
    assert_eq!((digest, counters.of(Fate::Late)), (clean, 0), "{counters}");
    // Whoever is not told of it takes the others for all there is.
    let (_, counters) = followed(disturbed(false));
    assert!(counters.of(Fate::Late) > 100, "{counters}");
}

#[test]
fn what_is_told_of_one_instant_in_any_order_is_put_in_order() {
    in_any_order(r#"from: OpcUa(endpoint: "opc.tcp://nowhere:4840")"#);
    in_any_order(r#"from: Shdr(file: "log.shdr"), ties: AnyOrder"#);
}

fn in_any_order(source: &str) {
    let plant = crate::playing::opened_text(LINE).plant;
    let text = format!(
        r#"Signals(schema: 1, window: "1 s", sources: {{"plc": ({source})}}, signals: {{
        "in": (address: "ns=2;s=in", shows: Started("in")),
        "begins": (address: "ns=2;s=begins", shows: Started("saw")), "ends": (address: "ns=2;s=ends", shows: Finished("saw")),
    }})"#
    );
    let files = BTreeMap::from([("signals.ron".to_owned(), text.into_bytes())]);
    let signals = Signals::open_from(Sources::new(files), "signals.ron", &plant);
    let signals = Arc::new(signals.unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints)));
    let mut twin = Twin::new(plant.clone(), 1, signals, None, None).expect("a twin");
    let told = |name: &str, second: i64, number: i64| {
        let at = WallTime::from_nanos(1_700_000_000_000_000_000 + second * 1_000_000_000);
        let stamps = Stamps { source: Some(at), server: None, arrival: at };
        let (address, reading) = (format!("ns=2;s={name}").into(), Reading::Number(number as f64));
        Observation {
            source: 0,
            address,
            reading,
            stamps,
            quality: Quality::Good,
            sequence: None,
            is_simulated: false,
            is_standing: false,
        }
    };
    let mut batch = Vec::new();
    // Each part is begun in the instant in which the one before is ended and itself comes in, and is told of first.
    for part in 1..=20 {
        batch.push(told("begins", 45 * part, part));
        if part > 1 {
            batch.push(told("ends", 45 * part, part - 1));
        }
        batch.push(told("in", 45 * part, part));
    }
    let mut operations = Vec::new();
    let mut hear = |notice: Notice| {
        if let Notice::Done(done) = notice
            && let Followed::Done(agreement) = done.followed
        {
            assert!(!agreement.made_up, "{done:?}");
            operations.extend(agreement.worked);
        }
    };
    twin.take_in(Entry::Observations(batch), &mut hear).expect("a sound model");
    twin.finish(&mut hear).expect("a sound model");
    assert_eq!(operations, [SimDuration::from_secs(45); 19]);
    assert_eq!(twin.counters().of(Fate::Refused), 0);
}
