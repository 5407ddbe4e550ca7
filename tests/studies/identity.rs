//! What makes a run another run: whatever changes its figures must change its name, or a study would serve stale ones.

use std::fs;

use super::*;

/// A folder with a scenario of two stations that draw from tables.
struct Folder(Scratch);

impl Folder {
    fn new(name: &str, more: &str) -> Self {
        let scratch = Scratch::new(name);
        fs::create_dir_all(&scratch.0).expect("a folder");
        let text = format!(
            r#"Scenario(
                clock: (warm_up: "10 min", horizon: "5 h"),
                elements: {{
                    "in": Source(arrivals: Unlimited, next: "saw"),
                    "saw": Station(process_time: Empirical(from: "a.csv"), next: "drill"),
                    "drill": Station(process_time: Empirical(from: "b.csv"), queue: 2, next: "out"),
                    "out": Sink(),
                }},
                {more}
            )"#
        );
        fs::write(scratch.0.join("line.ron"), text).expect("a scenario");
        let folder = Folder(scratch);
        folder.table("a.csv", "40 s");
        folder.table("b.csv", "70 s");
        folder
    }

    fn table(&self, name: &str, time: &str) {
        fs::write(self.0.0.join(name), format!("time\n{time}\n50 s\n")).expect("a table");
    }

    fn line(&self) -> String {
        self.0.0.join("line.ron").display().to_string()
    }
}

/// What a command says with a fresh directory, and with `kept`, must be the same.
#[track_caller]
fn assert_fresh(arguments: &[&str], kept: &Scratch) -> Value {
    let fresh = Scratch::new("fresh");
    let with = |out: &Scratch| json(&[arguments, &["--out", out.path(), "--format", "json"]].concat());
    let now = with(kept);
    assert_eq!(now, with(&fresh), "{arguments:?}: runs of something else were taken for these");
    now
}

#[test]
fn tables_count_by_what_they_hold_and_what_they_are_called() {
    let folder = Folder::new("tables", "");
    let (line, kept) = (folder.line(), Scratch::new("tables-kept"));
    let run = ["run", line.as_str(), "--replications", "3"];
    let first = assert_fresh(&run, &kept);
    folder.table("a.csv", "70 s");
    folder.table("b.csv", "40 s");
    let swapped = assert_fresh(&run, &kept);
    assert_ne!(first["digest"], swapped["digest"], "the tables have changed places");
    folder.table("b.csv", "45 s");
    assert_ne!(assert_fresh(&run, &kept)["digest"], swapped["digest"]);
}

#[test]
fn tables_of_every_point_are_part_of_a_study_and_of_its_plan() {
    // The points at which the other tables are named are left out of the first look by the filter.
    let sweep = r#"sweep: Filter(
        design: Product([
            Axis("saw.process_time", [Empirical(from: "a.csv"), Empirical(from: "c.csv"), Empirical(from: "d.csv")]),
            Axis("saw.capacity", [1, 2, 3]),
        ]),
        keep: [AtLeast(["saw.capacity"], 2)],
    ),"#;
    let folder = Folder::new("points", sweep);
    folder.table("c.csv", "30 s");
    folder.table("d.csv", "20 s");
    let (line, kept) = (folder.line(), Scratch::new("points-kept"));
    let arguments = ["sweep", line.as_str(), "--replications", "2"];
    let first = assert_fresh(&arguments, &kept);
    folder.table("d.csv", "90 s");
    assert_ne!(assert_fresh(&arguments, &kept)["points"], first["points"]);
    // A plan needs nothing but itself.
    let plan = Scratch::new("points-plan");
    assert!(linewright(&["plan", line.as_str(), "--replications", "2", "--out", plan.path()]).status.success());
    drop(folder);
    let played = linewright(&["exec", plan.path()]);
    assert!(played.status.success(), "{}", String::from_utf8_lossy(&played.stderr));
}

#[test]
fn whatever_changes_the_figures_changes_the_run() {
    let file = line("changes", r#"variants: {"roomy": {"drill.queue": 6}},"#);
    let kept = Scratch::new("changes-kept");
    let base = ["compare", file.path(), "--replications", "3"];
    let mut seen = Vec::new();
    for more in [
        &[][..],
        &["--until", "15 h"],
        &["--seed", "2"],
        &["--set", "clock.warm_up=2 h"],
        &["--set", "drill.stream=another"],
        &["--set", "saw.process_time=Exponential(\"61 s\")"],
        &["--set", "events=[At(\"3 h\", Set(\"saw.process_time\", \"50 s\"))]"],
        &["--set", "clock.warm_up=Mser5(pilots: 2)"],
        &["--set", "clock.warm_up=Mser5(pilots: 4)"],
    ] {
        let result = assert_fresh(&[&base[..], more].concat(), &kept);
        seen.push(result["variants"][0]["kpis"].clone());
    }
    seen.dedup();
    assert!(seen.len() >= 8, "{} different results", seen.len());
}

#[test]
fn a_warm_up_that_is_found_for_the_base_is_part_of_every_case() {
    let warm = LINE.replace("warm_up: \"1 h\"", "warm_up: Mser5(pilots: 2)");
    // A buffer of forty places fills slowly: its warm-up is longer.
    let slow = warm.replace("queue: 2", "queue: 40").replace("horizon: \"20 h\"", "horizon: \"90 h\"");
    let quick = warm.replace("horizon: \"20 h\"", "horizon: \"90 h\"");
    let base = File::new("base-quick", &quick.replace("MORE", ""));
    let other = File::new("base-slow", &slow.replace("MORE", ""));
    let variant = File::new("base-variant", &quick.replace("MORE", "").replace("60 s", "61 s"));
    let kept = Scratch::new("base-kept");
    let warm_up = |base: &File| {
        let said = linewright(&["run", base.path()]);
        assert!(said.status.success());
        String::from_utf8(said.stderr).expect("a text")
    };
    assert_ne!(warm_up(&base), warm_up(&other), "the two bases have to settle at different times");
    for base in [&base, &other] {
        assert_fresh(&["compare", base.path(), variant.path(), "--replications", "3"], &kept);
    }
}
