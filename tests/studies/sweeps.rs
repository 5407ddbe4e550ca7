//! Sweeps: which points a design has, and that nobody can tell from the results how they were played.

use super::*;

/// A plant that is played in no time, with a sweep.
fn swept(name: &str, sweep: &str) -> File {
    line(name, &format!("replications: 3, sweep: {sweep},"))
}

/// The values of each point of a design, by path.
fn points(name: &str, sweep: &str) -> Vec<Vec<String>> {
    let file = swept(name, sweep);
    let scratch = Scratch::new(name);
    let result = json(&[
        "sweep",
        file.path(),
        "--until",
        "2 h",
        "--replications",
        "1",
        "--out",
        scratch.path(),
        "--format",
        "json",
    ]);
    let points = result["points"].as_array().expect("points").clone();
    let values = |point: &Value| -> Vec<String> {
        let settings = point["settings"].as_array().expect("settings").iter();
        settings.map(|setting| setting["value"].as_str().expect("a value").to_owned()).collect()
    };
    points.iter().map(values).collect()
}

#[test]
fn designs_have_the_points_that_they_say() {
    let product =
        points("product", r#"Product([Axis("drill.queue", [1, 2]), Axis("saw.process_time", ["50 s", "60 s"])])"#);
    assert_eq!(product, [["1", "50 s"], ["1", "60 s"], ["2", "50 s"], ["2", "60 s"]]);
    let zip = points(
        "zip",
        r#"Zip([Range(path: "drill.queue", from: 1, to: 7, step: 3), Axis("drill.capacity", [3, 2, 1])])"#,
    );
    assert_eq!(zip, [["1", "3"], ["4", "2"], ["7", "1"]]);
    let join = points(
        "join",
        r#"Join([Range(path: "saw.process_time", from: "0.1 s", to: "0.4 s", step: "0.1 s"), Points([{"drill.queue": 9}])])"#,
    );
    assert_eq!(join, [["0.1 s"], ["0.2 s"], ["0.3 s"], ["0.4 s"], ["9"]]);
    let filter = points(
        "filter",
        r#"Filter(design: Product([Range(path: "drill.queue", from: 1, to: 3, step: 1), Range(path: "drill.capacity", from: 1, to: 3, step: 1)]),
            keep: [AtMost(["drill.queue", "drill.capacity"], 4), Different("drill.queue", "drill.capacity")])"#,
    );
    assert_eq!(filter, [["1", "2"], ["1", "3"], ["2", "1"], ["3", "1"]]);
    let alone =
        points("alone", r#"OneAtATime([Between("drill.queue", 1, 9), Between("saw.process_time", "50 s", "70 s")])"#);
    assert_eq!(alone, [vec![], vec!["1"], vec!["9"], vec!["50 s"], vec!["70 s"]]);
    let latin = points(
        "latin",
        r#"LatinHypercube(points: 5, axes: [Between("drill.queue", 1, 5), Axis("drill.capacity", [1, 2, 3, 4, 5])])"#,
    );
    for axis in 0..2 {
        let mut values: Vec<&str> = latin.iter().map(|point| point[axis].as_str()).collect();
        values.sort_unstable();
        assert_eq!(values, ["1", "2", "3", "4", "5"], "each fifth of each axis has one point");
    }
    let morris = points(
        "morris",
        r#"Morris(trajectories: 2, axes: [Between("drill.queue", 1, 9), Between("drill.capacity", 1, 4)])"#,
    );
    assert_eq!(morris.len(), 6);
}

#[test]
fn filters_add_up_durations_however_they_are_written() {
    let kept = points(
        "durations",
        r#"Filter(design: Axis("clock.warm_up", ["30 min", "1 h 30 min", "45 min"]), keep: [AtMost(["clock.warm_up"], "1 h")])"#,
    );
    assert_eq!(kept, [["30 min"], ["45 min"]]);
    for wrong in [
        r#"Filter(design: Axis("drill.queue", [1, 2]), keep: [AtMost(["drill.queue"], "1 h")])"#,
        r#"Filter(design: Axis("clock.warm_up", ["30 min", "1 h"]), keep: [AtMost(["clock.warm_up"], 1)])"#,
        r#"Product([Axis("drill.queue", [1, 2]), Axis("drill.queue", [3])])"#,
        r#"Axis("drill.queue", [1, 1])"#,
    ] {
        let file = swept("wrong", wrong);
        assert_eq!(linewright(&["check", file.path()]).status.code(), Some(4), "{wrong}");
    }
    let nothing =
        swept("nothing", r#"Filter(design: Axis("drill.queue", [1, 2]), keep: [AtLeast(["drill.queue"], 5)])"#);
    let out = Scratch::new("nothing");
    assert_eq!(linewright(&["sweep", nothing.path(), "--out", out.path()]).status.code(), Some(4));
}

#[test]
fn millions_of_points_are_shown_in_no_time() {
    let range = r#"Range(path: "drill.queue", from: 1, to: 10000, step: 1)"#;
    let file = swept("millions", &format!(r#"Product([{range}, {}])"#, range.replace("queue", "capacity")));
    let output = linewright(&["sweep", file.path(), "--dry-run"]);
    let text = String::from_utf8(output.stdout).expect("a text");
    assert!(output.status.success() && text.contains("100,000,000 points"), "{text}");
}

#[test]
fn shards_and_single_cases_come_to_the_same_bytes_as_one_process() {
    let file = swept(
        "shards",
        r#"Product([Range(path: "drill.queue", from: 1, to: 7, step: 1), Axis("drill.capacity", [1, 2])])"#,
    );
    let (whole, parts, single) = (Scratch::new("whole"), Scratch::new("parts"), Scratch::new("single"));
    json(&["sweep", file.path(), "--out", whole.path(), "--jobs", "1", "--format", "json"]);
    let ok = |arguments: &[&str]| {
        let output = linewright(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    ok(&["plan", file.path(), "--out", parts.path()]);
    for shard in ["2/3", "0/3"] {
        ok(&["exec", parts.path(), "--shard", shard]);
    }
    let unfinished = linewright(&["merge", parts.path()]);
    assert_eq!(unfinished.status.code(), Some(3), "a part is missing");
    let status = linewright(&["status", parts.path(), "--format", "json"]);
    assert_eq!(status.status.code(), Some(3));
    let status: Value = serde_json::from_slice(&status.stdout).expect("JSON");
    assert_eq!((&status["complete_cases"], &status["cases"]), (&Value::from(9), &Value::from(14)));
    assert_eq!(status["missing"]["case"], 1);
    ok(&["exec", parts.path(), "--shard", "1/3", "--jobs", "2"]);
    ok(&["merge", parts.path()]);
    assert_same(&parts.contents("results"), &whole.contents("results"));
    ok(&["plan", file.path(), "--out", single.path()]);
    for index in (0..14).rev() {
        ok(&["exec", single.path(), "--index", &index.to_string()]);
    }
    ok(&["merge", single.path()]);
    assert_same(&single.contents("results"), &whole.contents("results"));
    assert_eq!(linewright(&["exec", single.path(), "--index", "14"]).status.code(), Some(2));
}

#[test]
fn a_study_that_is_extended_repeats_no_run() {
    let file = swept("extended", r#"Axis("drill.queue", [1, 2])"#);
    let scratch = Scratch::new("extended");
    let sweep = |more: &[&str]| {
        let output = linewright(&[&["sweep", file.path(), "--out", scratch.path()], more].concat());
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("a text")
    };
    sweep(&[]);
    let before = scratch.contents("runs");
    assert!(sweep(&["--replications", "4"]).contains("6 runs were there"));
    assert!(sweep(&["--axis", "drill.queue=2,1,3"]).contains("6 runs were there"));
    let after = scratch.contents("runs");
    assert!(before.iter().all(|segment| after.contains(segment)), "what is there is never touched");
    // The same command again plays nothing, and another seed everything.
    let files = after.len();
    sweep(&["--axis", "drill.queue=2,1,3"]);
    assert_eq!(scratch.contents("runs").len(), files);
    assert!(!sweep(&["--seed", "2"]).contains("were there"));
}

#[test]
fn a_comparison_on_the_disk_is_the_one_in_memory() {
    let more = r#"replications: Until(kpi: "throughput", half_width: Relative("3 %"), min: 5, max: 200), variants: {"roomy": {"drill.queue": 6}},"#;
    let file = line("stored", more);
    let scratch = Scratch::new("stored");
    let arguments = ["compare", file.path(), "--variant", "drill.queue=1", "--format", "json"];
    let in_memory = json(&arguments);
    assert_eq!(json(&[&arguments[..], &["--out", scratch.path()]].concat()), in_memory);
    assert_eq!(json(&["merge", scratch.path(), "--format", "json"]), in_memory);
    // A shard decides by the base, wherever that is played.
    let parts = Scratch::new("stored-parts");
    let output = linewright(&["plan", file.path(), "--variant", "drill.queue=1", "--out", parts.path()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for shard in ["1/2", "0/2"] {
        assert!(linewright(&["exec", parts.path(), "--shard", shard]).status.success());
    }
    assert_eq!(json(&["merge", parts.path(), "--format", "json"]), in_memory);
}

#[test]
fn replications_on_the_disk_are_those_in_memory() {
    let file =
        line("kept", r#"replications: Until(kpi: "throughput", half_width: Relative("3 %"), min: 5, max: 200),"#);
    let scratch = Scratch::new("kept");
    let in_memory = json(&["run", file.path(), "--format", "json"]);
    assert_eq!(json(&["run", file.path(), "--out", scratch.path(), "--format", "json"]), in_memory);
}

#[test]
fn a_single_run_is_kept_as_a_study_of_one() {
    let file = line("single", "");
    let scratch = Scratch::new("single");
    let single = json(&["run", file.path(), "--replication", "3", "--out", scratch.path(), "--format", "json"]);
    let merged = json(&["merge", scratch.path(), "--format", "json"]);
    assert_eq!(merged["complete"], true);
    assert_eq!(kpi(&merged, "throughput")["mean"], single["plant"]["kpis"]["throughput"]["value"]);
    assert!(linewright(&["report", scratch.path()]).status.success());
}

#[test]
fn a_baseline_fails_what_got_worse_and_nothing_else() {
    let file = line("baseline", "");
    let scratch = Scratch::new("baseline");
    json(&["run", file.path(), "--replications", "12", "--out", scratch.path(), "--format", "json"]);
    let now = |more: &[&str]| {
        let arguments = ["run", file.path(), "--replications", "12", "--baseline", scratch.path()];
        linewright(&[&arguments[..], more].concat())
    };
    let code = |more: &[&str]| now(more).status.code();
    assert_eq!(code(&[]), Some(0), "nothing changed");
    assert_eq!(code(&["--seed", "7"]), Some(0), "other random numbers are noise");
    assert_eq!(code(&["--kpi", "energy"]), Some(2), "what neither has is held against nothing");
    assert_eq!(code(&["--set", "drill.queue=1"]), Some(99));
    assert_eq!(code(&["--set", "drill.queue=1", "--tolerance", "30 %"]), Some(0));
    let github = now(&["--set", "drill.queue=1", "--format", "github", "--kpi", "throughput"]);
    let text = String::from_utf8_lossy(&github.stdout).into_owned();
    assert!(text.starts_with("::error file=") && text.contains("no worse than the baseline"), "{text}");
    let junit = now(&["--set", "drill.queue=1", "--format", "junit"]);
    assert!(String::from_utf8_lossy(&junit.stdout).contains("<testsuite "));
    let refused = |arguments: &[&str]| linewright(arguments).status.code() == Some(2);
    assert!(refused(&["run", file.path(), "--replications", "9", "--baseline", "no such directory"]));
    assert!(refused(&["run", file.path(), "--baseline", scratch.path()]), "one replication tells nothing");
    let sweep = ["sweep", file.path(), "--axis", "drill.queue=1,2", "--baseline", scratch.path(), "--out"];
    let out = Scratch::new("baseline-sweep");
    assert!(refused(&[&sweep[..], &[out.path()]].concat()), "no case in common");
    assert!(refused(&[
        "run",
        file.path(),
        "--replications",
        "9",
        "--baseline",
        scratch.path(),
        "--out",
        scratch.path()
    ]));
    assert_eq!(code(&["--tolerance", "1"]), Some(2), "a plain 1 is not one per cent");
    // What has no value any more is not well.
    assert_eq!(code(&["--set", "drill.process_time=1000 h", "--kpi", "flow_time.mean"]), Some(99));
}

#[test]
fn the_warm_up_is_found_once_and_holds_for_all_cases() {
    let text = LINE
        .replace("warm_up: \"1 h\"", "warm_up: Mser5(pilots: 3)")
        .replace("MORE", r#"variants: {"roomy": {"drill.queue": 6}},"#);
    let file = File::new("warm", &text);
    let said = linewright(&["compare", file.path(), "--replications", "3"]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(String::from_utf8_lossy(&said.stderr).matches("MSER-5 ends the warm-up at").count(), 1);
    assert!(linewright(&["run", file.path()]).status.success());
}

#[test]
fn shards_of_a_comparison_that_share_the_base_come_to_the_same_bytes_as_one_process() {
    let file = line(
        "shared",
        r#"replications: Until(kpi: "throughput", half_width: Relative(0.01), min: 10, max: 300),
        variants: {"wide": {"drill.queue": 3}, "wider": {"drill.queue": 4}, "widest": {"drill.queue": 9}},"#,
    );
    let (whole, parts) = (Scratch::new("shared-whole"), Scratch::new("shared-parts"));
    json(&["compare", file.path(), "--out", whole.path(), "--format", "json"]);
    assert!(linewright(&["plan", file.path(), "--out", parts.path()]).status.success());
    let start = |share: [&str; 2]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_linewright"));
        command.args(["exec", parts.path(), "--jobs", "1"]).args(share).current_dir(root());
        command.spawn().expect("the program starts")
    };
    let shares = [["--shard", "0/3"], ["--shard", "1/3"], ["--shard", "2/3"], ["--index", "2"]];
    let children: Vec<std::process::Child> = shares.into_iter().map(start).collect();
    for mut child in children {
        assert!(child.wait().expect("an end").success());
    }
    assert!(linewright(&["merge", parts.path()]).status.success());
    assert_same(&parts.contents("results"), &whole.contents("results"));
}
