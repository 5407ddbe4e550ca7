//! Emulations from the command line: what they write, what can be said to them, how they end.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use live::feed::replay::{Playback, Replay};
use live::feed::{Feed, outlet};
use live::observation::Quality;
use live::signals::Signals;
use serde_json::Value;

use crate::playing::{opened, root};
use crate::studies::{Scratch, linewright};

const LINE: &str = "scenarios/lab_line.ron";

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("a file");
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// An emulation of the laboratory line that goes on beside us, and tells `file`.
fn emulate(file: &Path, speed: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linewright"));
    command.args(["emulate", LINE, "--speed", speed, "--to-file"]).arg(file).current_dir(root());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

/// Waits until something of `file` is there that is so.
fn wait(file: &Path, is_so: impl Fn(&str) -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !fs::read_to_string(file).is_ok_and(|text| is_so(&text)) {
        assert!(Instant::now() < end, "nothing of that kind in {}", file.display());
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn ended(child: Child) -> (Output, String) {
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, said)
}

#[test]
fn what_is_written_can_be_followed() {
    let scratch = Scratch::new("emulated");
    let folder = Path::new(scratch.path());
    fs::create_dir_all(folder).expect("a folder");
    let (file, signals) = (folder.join("told.jsonl"), folder.join("signals.ron"));
    let path = |path: &Path| path.to_str().expect("a path in Unicode").to_owned();
    let output =
        linewright(&["emulate", LINE, "--speed", "1000000", "--to-file", &path(&file), "--signals", &path(&signals)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let written = fs::read(&signals).expect("signals");
    let elsewhere = folder.join("other.jsonl");
    let mut again = vec!["emulate", LINE, "--speed", "60", "--dry-run", "--until", "1 s"];
    let paths = [path(&elsewhere), path(&folder.join("again.ron"))];
    again.extend(["--to-file", &paths[0], "--signals", &paths[1]]);
    assert!(linewright(&again).status.success() && !elsewhere.exists());
    let of_other = String::from_utf8(written).expect("text").replace("told.jsonl", "other.jsonl");
    assert_eq!(fs::read_to_string(folder.join("again.ron")).expect("signals"), of_other);
    let told = lines(&file);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(stdout, format!("emulated 34 min 58 s of laboratory line: {} messages\n", figure(told.len())));
    assert!(told.iter().all(|line| line["simulated"] == true));
    let finished = told.iter().filter(|line| line["address"] == "linewright/station 5/finished").count();
    assert!((50..70).contains(&finished), "{finished}");
    // A twin reads every line, and knows every address.
    let plant = opened(LINE, &[]).plant;
    let signals = Signals::open(&path(&signals), &plant).unwrap_or_else(|error| panic!("{:?}", error.complaints));
    let mut replay = Replay::open(&signals, Playback::default()).expect("it opens").expect("a file");
    let (outlet, intake) = outlet(told.len());
    replay.run(&outlet).expect("it replays");
    drop(outlet);
    let heard: Vec<_> = std::iter::from_fn(|| intake.take(Duration::ZERO)).flatten().collect();
    assert_eq!(heard.len(), told.len());
    assert!(heard.iter().all(|one| one.quality == Quality::Good && signals.find(0, &one.address).is_some()));
    assert!(heard.iter().zip(0..).all(|(one, sequence)| one.sequence == Some(sequence)));
    assert!(heard.iter().all(|one| one.is_simulated));
}

#[test]
fn an_emulation_is_known_by_what_it_says_whatever_the_signals_say() {
    let scratch = Scratch::new("tagged");
    let folder = Path::new(scratch.path());
    fs::create_dir_all(folder).expect("a folder");
    let path = |name: &str| folder.join(name).to_str().expect("a path in Unicode").to_owned();
    let (file, signals) = (path("told.jsonl"), path("signals.ron"));
    let output = linewright(&[
        "emulate",
        LINE,
        "--speed",
        "1000000",
        "--until",
        "5 min",
        "--to-file",
        &file,
        "--signals",
        &signals,
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&signals).expect("signals");
    fs::write(&signals, text.replace(", simulated: true", "")).expect("signals of a real plant");
    let is_simulated = || {
        let output = linewright(&["live", LINE, "--signals", &signals, "--futures", "0", "--format", "json"]);
        let said = String::from_utf8(output.stdout).expect("text");
        let state: Value = serde_json::from_str(said.lines().last().expect("a state")).expect("JSON");
        assert!(state["counters"]["applied"].as_u64().is_some_and(|applied| applied > 50), "{state}");
        state["simulated"].as_bool()
    };
    assert_eq!(is_simulated(), Some(true));
    let told = fs::read_to_string(&file).expect("a file");
    fs::write(&file, told.replace("\"simulated\":true", "\"simulated\":false")).expect("a file of a real plant");
    assert_eq!(is_simulated(), Some(false));
}

/// A number with its thousands apart.
fn figure(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

#[test]
fn machines_are_broken_from_the_keyboard() {
    let scratch = Scratch::new("broken");
    fs::create_dir_all(scratch.path()).expect("a folder");
    let file = Path::new(scratch.path()).join("told.jsonl");
    let mut child = emulate(&file, "10");
    let mut keyboard = child.stdin.take().expect("a keyboard");
    wait(&file, |text| text.contains("station 1/started"));
    let down = |value: &str| {
        let (address, value) = (r#""address":"linewright/station 3/down""#, format!(r#""value":{value}"#));
        move |text: &str| text.lines().skip(12).any(|line| line.contains(address) && line.contains(&value))
    };
    writeln!(keyboard, "fail statio 3\nfail station 3").expect("somebody listens");
    wait(&file, down("true"));
    writeln!(keyboard, "repair station 3").expect("somebody listens");
    wait(&file, down("false"));
    writeln!(keyboard, "quit").expect("somebody listens");
    let (output, said) = ended(child);
    assert!(output.status.success() && said.contains("did you mean \"station 3\"?"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_whole_lines() {
    let scratch = Scratch::new("interrupted");
    fs::create_dir_all(scratch.path()).expect("a folder");
    let file = Path::new(scratch.path()).join("told.jsonl");
    let child = emulate(&file, "100");
    wait(&file, |text| text.contains("station 3/started"));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    let (output, said) = ended(child);
    assert_eq!(output.status.code(), Some(130), "{said}");
    let told = lines(&file);
    assert!(String::from_utf8_lossy(&output.stdout).contains(&format!("{} messages", figure(told.len()))));
}

#[test]
fn what_makes_no_sense_is_said() {
    let scratch = Scratch::new("nonsense");
    let to = scratch.path();
    let cases: [(&[&str], &str); 5] = [
        (&[], "there is nobody to tell"),
        (&["--signals", to], "--signals has nothing to tell of"),
        (&["--speed", "0", "--to-file", to], "expected a number from"),
        (&["--topic", "a/#", "--to-file", to], "cannot begin a topic"),
        (&["--to-file", "elsewhere/told.jsonl", "--signals", to], "in different folders"),
    ];
    for (arguments, expected) in cases {
        let output = linewright(&[&["emulate", LINE], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(expected), "{arguments:?}: {said}");
    }
    #[cfg(not(feature = "mqtt"))]
    {
        let output = linewright(&["emulate", LINE, "--mqtt", "localhost:1883"]);
        assert!(String::from_utf8_lossy(&output.stderr).contains("built without MQTT"));
    }
    #[cfg(not(feature = "opcua"))]
    {
        let output = linewright(&["emulate", LINE, "--opcua", "localhost:4840"]);
        assert!(String::from_utf8_lossy(&output.stderr).contains("built without OPC UA"));
    }
}
