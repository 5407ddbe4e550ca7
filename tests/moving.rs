//! Scenarios in which things move as physics says: played where the build can compute that, refused with help where it cannot.

use crate::playing::{MOVING, files};

#[test]
fn every_moving_scenario_is_there() {
    let all = files("scenarios", "ron");
    let lost: Vec<&&str> = MOVING.iter().filter(|path| !all.contains(&(**path).to_owned())).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[cfg(not(feature = "motion"))]
#[test]
fn other_builds_say_what_they_lack() {
    use crate::playing::{registry, shown};
    for path in MOVING {
        let rejected = scenario::expand::open(path, &[], &registry()).expect_err(path);
        assert!(rejected.complaints.iter().all(|complaint| complaint.code.id == "LW0532"), "{}", shown(&rejected));
        assert!(shown(&rejected).contains("--features motion"), "{}", shown(&rejected));
    }
}

#[cfg(feature = "motion")]
mod with_motion {
    use std::fmt::Write as _;

    use plant::run::{Run, Snapshot};

    use crate::playing::{MOVING, begun, golden_difference, opened, played};
    use crate::studies::linewright;

    /// As of the other scenarios: the same in every build that can compute motion, and on every machine.
    #[test]
    fn golden_digests_of_moving_scenarios() {
        let mut text = String::new();
        for path in MOVING {
            let scenario = opened(path, &[]);
            assert_eq!(scenario.plant.warnings, [], "{path}");
            let run = played(&scenario.plant, scenario.seed, 0);
            assert_eq!(run.now(), run.horizon(), "{path}");
            let _ = writeln!(text, "{path} {} events {}", run.event_count(), run.digest());
        }
        let difference = golden_difference("tests/golden/moving_digests.txt", &text);
        assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }

    /// Somebody who plays the cell with a slow pusher sees what went wrong, ten of it by name and place, and a program gets all.
    #[test]
    fn incidents_are_shown_and_expectations_fail() {
        let scenario = ["run", "scenarios/sorting_cell_jam.ron"];
        let output = linewright(&scenario);
        let page = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(99), "{page}");
        let (_, after) = page.split_once("  Incidents  cell: ").unwrap_or_else(|| panic!("{page}"));
        let lines: Vec<&str> = after.lines().collect();
        assert!(lines[0].contains("parts fell off"), "{page}");
        let is_told = |line: &&str| line.starts_with("  part ") && line.contains(" m from its entry, at ");
        assert!(lines[1..11].iter().all(is_told), "{page}");
        assert!(lines[11].starts_with("  and ") && lines[11].contains(" more"), "{page}");
        let book = std::fs::read_to_string("docs/motion.md").expect("a page of the book");
        let head = format!("  Incidents  cell: {}", lines[0]);
        let excerpt = [&[&head[..]], &lines[1..4], &["  ..."], &lines[11..12]].concat().join("\n");
        assert!(book.contains(&excerpt), "docs/motion.md shows other incidents than\n{excerpt}");
        let json = linewright(&[&scenario[..], &["--until", "6 min", "--format", "json"]].concat());
        let summary: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
        let cell = summary["elements"].as_array().and_then(|all| all.iter().find(|one| one["name"] == "cell"));
        let words = cell.and_then(|cell| cell["words"]["incidents"].as_str()).expect("incidents");
        assert!(words.split("; ").count() > 10, "{words}");
    }

    #[test]
    fn moving_scenarios_go_on_from_bytes() {
        for path in MOVING {
            let plant = opened(path, &[]).plant;
            let mut run = begun(&plant, 4, 0);
            for _ in 0..3 {
                run.advance_by(20_000).unwrap_or_else(|error| panic!("{error}"));
                let bytes = run.snapshot().to_bytes();
                let snapshot = Snapshot::from_bytes(&plant, &bytes).unwrap_or_else(|misfit| panic!("{misfit}"));
                let mut resumed = Run::resume(plant.clone(), 4, 0, &snapshot).unwrap_or_else(|error| panic!("{error}"));
                let mut straight = Run::resume(plant.clone(), 4, 0, &run.snapshot()).expect("it resumes");
                for run in [&mut resumed, &mut straight] {
                    run.advance_by(500).unwrap_or_else(|error| panic!("{error}"));
                }
                assert_eq!(resumed.digest(), straight.digest(), "{path}");
                assert_eq!(resumed.snapshot().to_bytes(), straight.snapshot().to_bytes(), "{path}");
            }
        }
    }
}
