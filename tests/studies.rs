//! Studies from the command line: replications, comparisons and expectations, as a user and as CI play them.

mod analyses;
mod coverage;
mod exact_line;
mod faults;
mod identity;
mod optimizing;
mod selecting;
mod sweeps;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::playing::root;

pub fn linewright(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linewright"));
    command.args(arguments).current_dir(root()).output().expect("the program starts")
}

fn json(arguments: &[&str]) -> Value {
    let output = linewright(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn kpi<'v>(result: &'v Value, name: &str) -> &'v Value {
    let kpis = result["kpis"].as_array().expect("KPIs");
    kpis.iter().find(|kpi| kpi["kpi"] == name).unwrap_or_else(|| panic!("no {name}"))
}

/// A scenario of its own, in a folder that goes with it.
pub struct File(PathBuf);

impl File {
    pub fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("linewright-{}-{name}.ron", std::process::id()));
        std::fs::write(&path, text).expect("a file");
        File(path)
    }

    pub fn path(&self) -> &str {
        self.0.to_str().expect("a path in Unicode")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // What cannot be removed is left to the operating system.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A directory that goes with it.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("linewright-studies-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Scratch(path)
    }

    pub fn path(&self) -> &str {
        self.0.to_str().expect("a path in Unicode")
    }

    /// The names and contents of the files in one of its directories, but for those that nobody finished.
    pub fn contents(&self, of: &str) -> Vec<(String, Vec<u8>)> {
        contents(&self.0.join(of))
    }
}

fn contents(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let files = entries.map(|entry| {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, std::fs::read(path).expect("a file"))
    });
    let mut files: Vec<(String, Vec<u8>)> = files.filter(|(name, _)| !name.ends_with(".partial")).collect();
    files.sort();
    files
}

/// Whether two directories hold the same; their bytes would fill a screen.
#[track_caller]
pub fn assert_same(one: &[(String, Vec<u8>)], other: &[(String, Vec<u8>)]) {
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<String>>();
    assert_eq!(names(one), names(other));
    let differing = one.iter().zip(other).filter(|(one, other)| one != other).map(|(one, _)| &one.0);
    assert_eq!(differing.collect::<Vec<_>>(), Vec::<&String>::new(), "these files differ");
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const LINE: &str = r#"Scenario(
    schema: 1,
    clock: (warm_up: "1 h", horizon: "20 h"),
    elements: {
        "in": Source(arrivals: Unlimited, next: "saw"),
        "saw": Station(process_time: Exponential("60 s"), next: "drill"),
        "drill": Station(process_time: Exponential("60 s"), queue: 2, next: "out"),
        "out": Sink(),
    },
    MORE
)"#;

pub fn line(name: &str, more: &str) -> File {
    File::new(name, &LINE.replace("MORE", more))
}

#[test]
fn replications_are_the_same_on_any_number_of_cores() {
    let play = |jobs: &str| {
        json(&["run", "scenarios/03_failures.ron", "--replications", "9", "--jobs", jobs, "--format", "json"])
    };
    let alone = play("1");
    assert_eq!(alone["replications"], 9);
    for jobs in ["2", "4"] {
        assert_eq!(play(jobs), alone, "{jobs} cores");
    }
}

#[test]
fn the_first_replication_of_a_study_is_the_single_run() {
    let single = json(&["run", "scenarios/03_failures.ron", "--format", "json"]);
    let study = json(&["run", "scenarios/03_failures.ron", "--replications", "1", "--format", "json"]);
    assert_eq!(kpi(&study, "throughput")["mean"], single["plant"]["kpis"]["throughput"]["value"]);
}

#[test]
fn a_sequential_study_stops_at_the_precision_asked_for_and_no_sooner() {
    let file =
        line("until", r#"replications: Until(kpi: "throughput", half_width: Relative("2 %"), min: 5, max: 400),"#);
    let result = json(&["run", file.path(), "--format", "json"]);
    let (count, throughput) = (result["replications"].as_u64().expect("a count"), kpi(&result, "throughput"));
    let number = |of: &str| throughput[of].as_f64().expect("a number");
    assert!((5..400).contains(&count), "{count}");
    assert!(number("half_width") <= 0.02 * number("mean"), "{throughput}");
    let fewer = json(&["run", file.path(), "--replications", &(count - 1).to_string(), "--format", "json"]);
    let half_width = kpi(&fewer, "throughput")["half_width"].as_f64().expect("a number");
    let mean = kpi(&fewer, "throughput")["mean"].as_f64().expect("a number");
    assert!(count == 5 || half_width > 0.02 * mean, "{count} were more than it took");
}

#[test]
fn a_real_change_is_found_and_none_is_invented() {
    let file = line("compare", "");
    let compare = |variant: &str| {
        json(&["compare", file.path(), "--variant", variant, "--replications", "20", "--format", "json"])["variants"][0]
            .clone()
    };
    let throughput = |variant: &Value| kpi(variant, "throughput")["finding"].clone();
    // A faster saw, more room, and what changes nothing at all.
    assert_eq!(throughput(&compare("saw.process_time=Exponential(\"50 s\")")), "better");
    assert_eq!(throughput(&compare("drill.queue=6")), "better");
    assert_eq!(throughput(&compare("drill.queue=1")), "worse");
    assert_eq!(throughput(&compare("drill.queue=2")), "same");
    let moved = compare("drill.queue=6")["moved"].as_array().expect("what moved").clone();
    assert!(moved.iter().any(|moved| moved["kpi"] == "blocked@saw"), "{moved:?}");
}

#[test]
fn all_intervals_of_a_comparison_count_whatever_the_order_of_variants() {
    let file = line("bonferroni", "");
    // The first variant ships nothing, so that some of its KPIs have no value.
    let (dead, roomy) = ("drill.process_time=1000 h", "drill.queue=6");
    let compare = |one: &str, other: &str| {
        let variants = ["compare", file.path(), "--variant", one, "--variant", other];
        json(&[&variants[..], &["--replications", "5", "--format", "json"]].concat())
    };
    for result in [compare(dead, roomy), compare(roomy, dead)] {
        let variants = result["variants"].as_array().expect("variants");
        let counts: Vec<usize> =
            variants.iter().map(|variant| variant["kpis"].as_array().expect("KPIs").len()).collect();
        assert_ne!(counts[0], counts[1], "the variants differ in what is defined");
        let expected = 1.0 - 0.05 / counts.iter().sum::<usize>() as f64;
        assert!((result["level"].as_f64().expect("a level") - expected).abs() < 1e-12, "{counts:?}");
    }
}

#[test]
fn common_random_numbers_need_fewer_runs_to_see_a_small_change() {
    let file = line("paired", "");
    let quicker = "drill.process_time=Exponential(\"59 s\")";
    let half_width = |result: &Value, path: &str| {
        let found =
            if path == "paired" { kpi(&result["variants"][0], "throughput") } else { kpi(result, "throughput") };
        found["half_width"].as_f64().expect("a half width")
    };
    let arguments = ["compare", file.path(), "--variant", quicker, "--kpi", "throughput", "--replications", "20"];
    let paired = half_width(&json(&[&arguments[..], &["--format", "json"]].concat()), "paired");
    // Unpaired, the variance of the difference is that of both together.
    let alone = |set: &[&str], seed: &str| {
        let arguments = [&["run", file.path(), "--replications", "20", "--seed", seed, "--format", "json"][..], set];
        half_width(&json(&arguments.concat()), "alone")
    };
    let unpaired = alone(&[], "1").hypot(alone(&["--set", quicker], "2"));
    assert!(paired < 0.5 * unpaired, "{paired} paired, {unpaired} unpaired");
}

#[test]
fn an_expectation_that_fails_is_exit_code_99() {
    let expect = |name: &str, least: &str| {
        let file = line(name, &format!(r#"replications: 10, expect: [AtLeast("throughput", {least})],"#));
        let output = linewright(&["run", file.path()]);
        (output.status.code(), String::from_utf8(output.stdout).expect("a text"))
    };
    let (code, text) = expect("met", r#""30 /h""#);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = expect("unmet", r#""59 /h""#);
    assert_eq!(code, Some(99), "{text}");
    assert!(text.contains("throughput"), "{text}");
}
