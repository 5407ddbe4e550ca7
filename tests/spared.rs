//! What a command line reads is there afterwards, as it was: no result is written over a scenario, its tables, signals or a log, by
//! whatever option and by whatever name. And what is known to be simulated stays so, whoever goes on with it; a log is fitted as if
//! what a twin leaves out were not in it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use kernel::SimDuration;
use live::serde_json::{Value, from_slice};
use live::wall_time::{TimeFormat, WallTime};

use crate::studies::Scratch;

const BASE: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "1 d"), elements: {
    "in": Source(arrivals: Interarrival(Exponential("60 s")), next: "saw"),
    "saw": Station(process_time: Empirical("parts.csv"), queue: 40, next: "out"),
    "out": Sink(),
})"#;

const OVER: &str = r#"Scenario(base: "base.ron", set: {"saw.queue": 41})"#;

const SIGNALS: &str = r#"Signals(schema: 1, sources: {"log": (from: Csv(file: "log.csv", time: "at", address: "{what}", value: "value"))},
    signals: {
        "in": (address: "in", shows: Started("in")), "begins": (address: "begins", shows: Started("saw")),
        "ends": (address: "ends", shows: Finished("saw")),
    })"#;

/// Rows of parts that come once a minute, more or less, and are worked at for half a minute.
fn rows() -> Vec<String> {
    let began = WallTime::read("2026-11-23T06:00:00Z", TimeFormat::Iso8601).expect("a date");
    let mut rows = Vec::new();
    for number in 0..300_i64 {
        let after = |seconds: i64| began.after(SimDuration::from_secs(number * 60 + number * 7 % 11 + seconds));
        for (what, seconds) in [("in", 0), ("begins", 1), ("ends", 31 + number * 5 % 13)] {
            rows.push(format!("{},{what},{number}", after(seconds)));
        }
    }
    rows
}

fn written(scratch: &Scratch, rows: &[String], signals: &str) {
    fs::create_dir_all(scratch.path()).expect("a folder");
    let file = |name: &str, text: &str| fs::write(Path::new(scratch.path()).join(name), text).expect("a file");
    file("base.ron", BASE);
    file("line.ron", OVER);
    file("parts.csv", "time [s]\n20\n40\n");
    file("signals.ron", signals);
    file("log.csv", &format!("at,what,value\n{}\n", rows.join("\n")));
}

fn play(scratch: &Scratch, arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linewright"));
    let command = command.args(arguments.split_whitespace()).current_dir(scratch.path()).stdin(Stdio::null());
    command.output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn played(scratch: &Scratch, arguments: &str) -> Output {
    let output = play(scratch, arguments);
    assert!(output.status.success(), "{arguments}: {}", text(&output.stderr));
    output
}

#[track_caller]
fn json(scratch: &Scratch, arguments: &str) -> Value {
    from_slice(&played(scratch, &format!("{arguments} --format json")).stdout).expect("JSON")
}

#[test]
fn no_result_is_written_over_what_was_read() {
    let scratch = Scratch::new("spared");
    written(&scratch, &rows(), SIGNALS);
    played(&scratch, "run line.ron --until 1h --save state.saved");
    // By another name it is the same file.
    #[cfg(unix)]
    std::os::unix::fs::symlink("line.ron", Path::new(scratch.path()).join("alias")).expect("a link");
    let before = scratch.contents("");
    let live = "live line.ron --signals signals.ron --futures 0";
    let mut cases = vec![
        ("calibrate line.ron --signals signals.ron --out line.ron".to_owned(), "line.ron", "--out"),
        ("calibrate line.ron --signals signals.ron --out base.ron".to_owned(), "base.ron", "--out"),
        ("calibrate line.ron --signals signals.ron --out signals.ron".to_owned(), "signals.ron", "--out"),
        (format!("{live} --save line.ron"), "line.ron", "--save"),
        (format!("{live} --save ./log.csv"), "./log.csv", "--save"),
        (format!("{live} --log log.csv"), "log.csv", "--log"),
        (format!("{live} --alarms signals.ron"), "signals.ron", "--alarms"),
        ("run line.ron --save base.ron".to_owned(), "base.ron", "--save"),
        ("run line.ron --out .".to_owned(), "./parts.csv", "--out"),
        ("fork state.saved --save line.ron".to_owned(), "line.ron", "--save"),
        ("fork state.saved --save state.saved".to_owned(), "state.saved", "--save"),
        ("emulate line.ron --to-file line.ron".to_owned(), "line.ron", "--to-file"),
        ("emulate line.ron --to-file told --signals base.ron --dry-run".to_owned(), "base.ron", "--signals"),
    ];
    if cfg!(unix) {
        cases.push(("run line.ron --save alias".to_owned(), "alias", "--save"));
    }
    for (arguments, file, option) in cases {
        let output = play(&scratch, &arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments}: {said}");
        assert!(said.contains(&format!("{file} was read, and {option} would write over it")), "{arguments}: {said}");
        assert!(scratch.contents("") == before, "{arguments}");
    }
    fs::copy(Path::new(scratch.path()).join("base.ron"), Path::new(scratch.path()).join("study.ron")).expect("a copy");
    let output = play(&scratch, "plan study.ron --out .");
    assert!(text(&output.stderr).contains("./study.ron was read"), "{}", text(&output.stderr));
    played(&scratch, "plan line.ron --out study");
    played(&scratch, "exec study");
    for file in ["line.ron", "study/study.ron"] {
        let output = play(&scratch, &format!("report study --out {file}"));
        assert!(text(&output.stderr).contains(&format!("{file} was read")), "{}", text(&output.stderr));
    }
}

#[test]
fn what_is_simulated_stays_so() {
    let tag = "simulated: this is no plant, but plays one";
    for is_simulated in [true, false] {
        let scratch = Scratch::new(if is_simulated { "simulated" } else { "real" });
        let signals = if is_simulated {
            SIGNALS.replace("\"value\"))", "\"value\"), simulated: true)")
        } else {
            SIGNALS.to_owned()
        };
        written(&scratch, &rows(), &signals);
        played(&scratch, "live line.ron --signals signals.ron --futures 0 --save state.saved");
        let futures = json(&scratch, "fork state.saved --futures 3 --until 8h");
        assert_eq!(futures["simulated"], is_simulated, "{futures}");
        let page = |arguments: &str| text(&played(&scratch, arguments).stdout);
        assert_eq!(page("fork state.saved --futures 3 --until 8h").contains(tag), is_simulated);
        assert_eq!(page("fork state.saved --until 6h --save further.saved").contains(tag), is_simulated);
        let further = json(&scratch, "fork further.saved --until 7h");
        assert_eq!(further["run"]["simulated"].as_bool().unwrap_or(false), is_simulated, "{further}");
        let asked = json(&scratch, "what-if further.saved --set saw.queue=9 --ahead 1h --futures 3");
        assert_eq!(asked["simulated"], is_simulated, "{asked}");
        assert_eq!(page("calibrate line.ron --signals signals.ron --out over.ron").contains(tag), is_simulated);
        let over = fs::read_to_string(Path::new(scratch.path()).join("over.ron")).expect("an overlay");
        assert_eq!(
            over.contains("// Simulated: what was observed is no plant, but plays one.\n"),
            is_simulated,
            "{over}"
        );
        assert_eq!(json(&scratch, "calibrate line.ron --signals signals.ron")["simulated"], is_simulated);
    }
}

#[test]
fn a_log_is_fitted_as_if_what_a_twin_leaves_out_were_not_in_it() {
    let (clean, dirty) = (Scratch::new("clean"), Scratch::new("dirty"));
    written(&clean, &rows(), SIGNALS);
    let mut rows = rows();
    for at in [50, 300, 700] {
        let again = rows[at].clone();
        rows.insert(at + 2, again);
    }
    rows.insert(0, "2262-01-01T00:00:00Z,in,9999".to_owned());
    rows.insert(400, "1970-01-01T00:00:00Z,in,0".to_owned());
    rows.push("1970-01-01T00:00:10Z,ends,0".to_owned());
    written(&dirty, &rows, SIGNALS);
    let command = "calibrate line.ron --signals signals.ron --out over.ron";
    let [expected, found] = [&clean, &dirty].map(|scratch| json(scratch, command));
    assert_eq!((&found["misdated"], &found["duplicates"]), (&Value::from(3), &Value::from(3)));
    assert_eq!((&expected["misdated"], &expected["duplicates"]), (&Value::from(0), &Value::from(0)));
    for same in ["parameters", "first", "last"] {
        assert_eq!(found[same], expected[same]);
    }
    let parameters = found["parameters"].as_array().expect("parameters");
    let arrivals = parameters.iter().find(|one| one["path"] == "in.arrivals[0]").expect("times between arrivals");
    let cv = arrivals["parameters"].as_array().and_then(|all| all.last()).and_then(|last| last["value"].as_f64());
    assert!(cv.is_some_and(|cv| cv < 0.1) && arrivals["censored"] == 1, "{arrivals}");
    let page = text(&played(&dirty, "calibrate line.ron --signals signals.ron").stdout);
    let said = "  left out: 3 dated years away from all others\n  left out: 3 that had come before\n";
    assert!(page.contains(said), "{page}");
    let over = fs::read_to_string(Path::new(dirty.path()).join("over.ron")).expect("an overlay");
    assert!(over.contains("// Left out: 3 dated years away from all others, 3 that had come before.\n"), "{over}");
}
