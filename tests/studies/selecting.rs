//! `linewright select`: the true best at the promised rate, for fewer runs than all cases would take.

use std::process::Stdio;
use std::time::Duration;

use super::exact_line::ranked;
use super::*;

/// Selections with other random numbers.
const REPETITIONS: u64 = 40;
/// Process times in hours of the line that is selected on.
const RATES: [f64; 3] = [60.0, 50.0, 54.0];
const PLACES: usize = 6;

fn exact_line() -> File {
    let mean = |rate: f64| format!("\"{} s\"", 3600.0 / rate);
    let text = format!(
        r#"Scenario(
    schema: 1,
    clock: (warm_up: "1 h", horizon: "41 h"),
    elements: {{
        "in": Source(arrivals: Unlimited, next: "saw"),
        "saw": Station(process_time: Exponential({}), next: "drill"),
        "drill": Station(process_time: Exponential({}), queue: 3, next: "mill"),
        "mill": Station(process_time: Exponential({}), queue: 3, next: "out"),
        "out": Sink(),
    }},
    sweep: Zip([Axis("drill.queue", [0, 1, 2, 3, 4, 5, 6]), Axis("mill.queue", [6, 5, 4, 3, 2, 1, 0])]),
)"#,
        mean(RATES[0]),
        mean(RATES[1]),
        mean(RATES[2])
    );
    File::new("selecting", &text)
}

#[test]
fn the_true_best_is_selected_at_the_promised_rate() {
    let ranked = ranked(&RATES, PLACES);
    let zone = ranked[0].0 - ranked[1].0;
    let best = ranked[0].1[0];
    let file = exact_line();
    let (mut right, mut runs, mut equal) = (0, 0, 0);
    for seed in 1..=REPETITIONS {
        let (seed, zone) = (seed.to_string(), format!("{zone:.6}"));
        let arguments = ["select", file.path(), "--zone", &zone, "--seed", &seed, "--format", "json"];
        let result = json(&arguments);
        assert_eq!((&result["decided"], &result["goal"]), (&Value::Bool(true), &Value::from("largest")));
        right += u64::from(result["best"].as_str().expect("a case").contains(&format!("drill.queue={best};")));
        runs += result["runs"].as_u64().expect("runs");
        equal += result["equal_allocation"].as_u64().expect("runs");
    }
    println!("{right} of {REPETITIONS} right, {runs} runs, {equal} by equal allocation");
    assert!(right as f64 >= 0.95 * REPETITIONS as f64, "{right} of {REPETITIONS} with a promise of 95 %");
    assert!(equal > 2 * runs, "{equal} runs by equal allocation, {runs} now");
}

#[test]
fn a_budget_is_spent_on_the_rivals_of_the_best() {
    let file = exact_line();
    let result = json(&["select", file.path(), "--method", "ocba", "--runs", "300", "--format", "json"]);
    let best = ranked(&RATES, PLACES)[0].1[0];
    assert!(result["best"].as_str().expect("a case").contains(&format!("drill.queue={best};")), "{result}");
    assert_eq!(result["runs"], 300);
    let replications = |case: usize| result["cases"][case]["replications"].as_u64().expect("a count");
    assert!(replications(0) < 20 && replications(best) > 30, "{result}");
    let output = linewright(&["select", file.path(), "--method", "ocba"]);
    assert_eq!(output.status.code(), Some(2), "no budget");
}

#[test]
fn variants_are_selected_from_with_the_base_and_the_same_on_any_number_of_cores() {
    let file = line("select-variants", r#"variants: {"roomy": {"drill.queue": 9}, "tight": {"drill.queue": 0}},"#);
    let select = |more: &[&str]| json(&[&["select", file.path(), "--format", "json"], more].concat());
    let most = select(&["--jobs", "1"]);
    assert_eq!((&most["best"], most["cases"].as_array().map(Vec::len)), (&Value::from("roomy"), Some(3)));
    assert_eq!(select(&["--jobs", "3"]), most);
    let least = select(&["--kpi", "wip", "--variant", "drill.capacity=2", "--zone", "0.05"]);
    assert_eq!((&least["goal"], least["cases"].as_array().map(Vec::len)), (&Value::from("smallest"), Some(4)));
    // A percentage is one of the scenario as it is, which is played once for both.
    let percent = select(&["--zone", "2 %"]);
    let base = percent["cases"][0]["mean"].as_f64().expect("a mean");
    let zone = percent["zone"].as_f64().expect("a zone");
    assert!((zone / base - 0.02).abs() < 0.001, "{zone} of {base}");
}

#[test]
fn a_selection_that_makes_no_sense_is_refused() {
    let file = line("select-wrong", "");
    let refused = |more: &[&str], says: &str| {
        let output = linewright(&[&["select", file.path()], more].concat());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(says), "{text}");
    };
    let axis = ["--axis", "drill.queue=1,2"];
    refused(&[], "nothing to select from");
    refused(&[&axis[..], &["--kpi", "processing@saw"]].concat(), "--goal");
    refused(&[&axis[..], &["--kpi", "througput"]].concat(), "did you mean `throughput`");
    refused(&[&axis[..], &["--zone", "much"]].concat(), "error");
    refused(&[&axis[..], &["--zone", "-1 %"]].concat(), "indifference zone");
    refused(&[&axis[..], &["--confidence", "0.2"]].concat(), "confidence");
    refused(&[&axis[..], &["--kpi", "mttr@saw", "--zone", "1 s"]].concat(), "undefined");
}

#[test]
fn a_selection_in_a_directory_is_the_same_and_repeats_nothing() {
    let variants = r#"variants: {"roomy": {"drill.queue": 9}, "tight": {"drill.queue": 0}},"#;
    let (file, scratch) = (line("select-out", variants), Scratch::new("select-out"));
    let select = |more: &[&str]| linewright(&[&["select", file.path(), "--first", "6"], more].concat());
    let out = ["--out", scratch.path()];
    let in_memory = select(&["--format", "json"]);
    assert_eq!(in_memory.status.code(), Some(0));
    // Some of the runs are those of another selection.
    assert_eq!(select(&[&out[..], &["--method", "ocba", "--runs", "20"]].concat()).status.code(), Some(0));
    let before = scratch.contents("runs");
    let kept = select(&[&out[..], &["--format", "json"]].concat());
    assert_eq!(String::from_utf8_lossy(&kept.stdout), String::from_utf8_lossy(&in_memory.stdout));
    let after = scratch.contents("runs");
    assert!(!before.is_empty() && before.iter().all(|segment| after.contains(segment)), "runs stay");
    let again = select(&out);
    let text = String::from_utf8_lossy(&again.stdout);
    assert!(text.contains(" runs were there, the others took "), "{text}");
    assert_same(&scratch.contents("runs"), &after);
    // Six replications of each are sure to be there: that much is a study like any other.
    let status = json(&["status", scratch.path(), "--format", "json"]);
    assert_eq!((&status["complete"], &status["cases"]), (&Value::Bool(true), &Value::from(3)), "{status}");
    assert!(status["other_runs"].as_u64().is_some_and(|others| others > 0), "{status}");
    assert_eq!(json(&["merge", scratch.path(), "--format", "json"])["replications"], 6);
}

#[test]
fn an_interrupted_selection_is_gone_on_with() {
    let file = line("select-interrupted", r#"variants: {"roomy": {"drill.queue": 9}},"#);
    let arguments = ["select", file.path(), "--method", "ocba", "--runs", "100000", "--first", "10000"];
    let interrupted = |folder: &Scratch, more: &[&str]| {
        std::fs::create_dir_all(folder.path()).expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_linewright"));
        let child = command.args(arguments).args(more).current_dir(folder.path()).stdout(Stdio::null());
        let child = child.stderr(Stdio::piped()).spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(600));
        let asked = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(asked.expect("kill starts").success());
        let output = child.wait_with_output().expect("an end");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(130), "{text}");
        text
    };
    let kept = |path: &str| {
        let status = linewright(&["status", path, "--format", "json"]);
        let status: Value = serde_json::from_slice(&status.stdout).expect("JSON");
        status["runs"].as_u64().expect("a count") + status["waiting_runs"].as_u64().expect("a count")
    };
    let folder = Scratch::new("select-interrupted");
    let said = interrupted(&folder, &["--out", "kept"]);
    assert!(said.contains("the same command goes on"), "{said}");
    assert!(kept(&format!("{}/kept", folder.path())) > 0, "{said}");
    let said = interrupted(&folder, &[]);
    let (_, path) = said.split_once("finished runs are in ").unwrap_or_else(|| panic!("{said}"));
    let (path, _) = path.split_once(": the same command").expect("what to do");
    assert!(kept(&format!("{}/{path}", folder.path())) > 0, "{said}");
}
