//! The command line as a user sees it: each file under tests/cli holds commands with what they print and how they end.
//! `cargo xtask golden` writes the outputs anew; what differs from run to run is left open with `[..]` and `...`. The
//! picture in README.md is held to the same: `cargo xtask picture` draws it anew.

use std::path::Path;
use std::process::Command;

use xtask::picture::{PICTURE, SCENARIO, printed};

use crate::playing::{files, opened, played, root};

#[test]
fn golden_command_lines() {
    assert!(files("tests/cli", "trycmd").len() >= 8, "golden runs are missing");
    let cases = trycmd::TestCases::new();
    cases.register_bin("linewright", Path::new(env!("CARGO_BIN_EXE_linewright")));
    cases.env("COLUMNS", "100").env("NO_COLOR", "1").env("CLICOLOR_FORCE", "0");
    cases.case(root().join("tests/cli/*.trycmd"));
}

/// Every line but the times that were measured, which stand after "in" on the second.
#[test]
fn golden_picture_of_the_flagship() {
    let without_times = |lines: Vec<String>| -> Vec<String> {
        let cut = |(index, line): (usize, String)| match line.split_once(" events in ") {
            Some((before, _)) if index == 1 => before.to_owned(),
            _ => line,
        };
        lines.into_iter().enumerate().map(cut).collect()
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_linewright"));
    let output = command.args(["run", SCENARIO]).current_dir(root()).env("NO_COLOR", "1").env("CLICOLOR_FORCE", "0");
    let output = output.output().expect("the program starts");
    let now = String::from_utf8(output.stdout).expect("a text").lines().map(str::to_owned).collect();
    let picture = std::fs::read_to_string(root().join(PICTURE)).expect("the picture is there");
    let (drawn, now) = (without_times(printed(&picture)), without_times(now));
    let same = drawn.iter().zip(&now).take_while(|(drawn, now)| drawn == now).count();
    assert_eq!(
        drawn.get(same),
        now.get(same),
        "{PICTURE} differs from line {} on: run `cargo xtask picture`",
        same + 1
    );
}

/// What `run --out` writes: every reading with its unit, and every part, also those that are still in the plant.
#[test]
fn the_tables_of_a_run_are_complete() {
    let scenario = opened(SCENARIO, &[]);
    let mut run = played(&scenario.plant, scenario.seed, 0);
    let directory = std::env::temp_dir().join(format!("linewright-tables-{}", std::process::id()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_linewright"));
    let output = command.args(["run", SCENARIO, "--out"]).arg(&directory).current_dir(root()).output();
    let output = output.expect("the program starts");
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&format!("wrote 6 files to {}", directory.display())), "{said}");
    // The six, and what a report is made of: the plan and the run.
    assert_eq!(std::fs::read_dir(&directory).expect("the directory").count(), 8);
    let table = |name: &str| -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(directory.join(name)).expect(name);
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let parts = table("parts.csv");
    assert_eq!(parts[0], ["part", "part_type", "element", "arrived_s", "departed_s"]);
    let present: Vec<&Vec<String>> = parts.iter().filter(|row| row[4].is_empty()).collect();
    assert_eq!(present.len() as i64, run.report().work_in_progress);
    assert_eq!(present.len(), run.parts_present().len());
    let series = table("series.csv");
    assert_eq!(series[0], ["time_s", "sensor", "value", "unit"]);
    for (sensor, unit) in
        [("plant power", "kW"), ("pot temperature", "degC"), ("board count", "1/h"), ("buffer level", "")]
    {
        let mut readings = series.iter().filter(|row| row[1] == sensor).peekable();
        assert!(readings.peek().is_some() && readings.all(|row| row[3] == unit), "{sensor}");
    }
    std::fs::remove_dir_all(&directory).expect("cleaned up");
}
