//! Studies under fire: killed at any moment, on a full disk, in a directory that cannot be written, beside another process.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use kernel::{Stream, StreamKey};

use super::*;

/// Kills in all; the driver begins a new study as soon as one is complete.
const KILLS: u32 = 200;
/// A table of the results.
const CASES: &str = if cfg!(feature = "parquet") { "cases.parquet" } else { "cases.csv" };

fn swept(name: &str) -> File {
    line(name, r#"replications: 3, sweep: Range(path: "drill.queue", from: 1, to: 15, step: 1),"#)
}

/// Starts a sweep that nobody watches.
fn start(file: &File, scratch: &Scratch) -> std::process::Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linewright"));
    command.args(["sweep", file.path(), "--out", scratch.path(), "--jobs", "2"]).current_dir(root());
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

#[test]
fn killed_at_random_moments_nothing_is_lost_or_doubled() {
    let file = swept("killed");
    let undisturbed = Scratch::new("undisturbed");
    let clock = Instant::now();
    assert!(start(&file, &undisturbed).wait().expect("an end").success());
    let whole = clock.elapsed();
    let expected = undisturbed.contents("results");
    let mut moments = Stream::new(&StreamKey { seed: 1, replication: 0, name: "driver", purpose: "kill" });
    let (mut kills, mut completed, mut kept) = (0, 0, 0);
    let mut scratch = Scratch::new("killed-0");
    while kills < KILLS {
        let mut child = start(&file, &scratch);
        let until = Instant::now() + whole.mul_f64(1.2 * moments.uniform());
        let ended = loop {
            match child.try_wait().expect("a child") {
                Some(status) => break Some(status),
                None if Instant::now() >= until => break None,
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        };
        match ended {
            Some(status) => {
                assert!(status.success());
                assert_same(&scratch.contents("results"), &expected);
                completed += 1;
                scratch = Scratch::new(&format!("killed-{completed}"));
            }
            None => {
                child.kill().expect("killed");
                child.wait().expect("gone");
                kills += 1;
                kept += u32::from(!scratch.contents("runs").is_empty());
            }
        }
    }
    assert!(start(&file, &scratch).wait().expect("an end").success());
    assert_same(&scratch.contents("results"), &expected);
    assert!(completed > 10 && kept > 10, "{completed} studies completed, {kept} kills left runs behind");
}

#[test]
fn two_processes_on_one_directory_do_each_other_no_harm() {
    let file = swept("together");
    let (alone, together) = (Scratch::new("alone"), Scratch::new("together"));
    assert!(start(&file, &alone).wait().expect("an end").success());
    let children: Vec<std::process::Child> = (0..3).map(|_| start(&file, &together)).collect();
    for mut child in children {
        assert!(child.wait().expect("an end").success());
    }
    assert_same(&together.contents("results"), &alone.contents("results"));
}

#[test]
fn a_damaged_segment_is_named_set_aside_and_played_again() {
    let file = swept("damaged");
    let scratch = Scratch::new("damaged");
    assert!(start(&file, &scratch).wait().expect("an end").success());
    let expected = scratch.contents("results");
    let (name, bytes) = scratch.contents("runs").swap_remove(0);
    let path = scratch.0.join("runs").join(&name);
    for damage in [&bytes[..bytes.len() / 2], &[bytes.as_slice(), b"x"].concat(), b""] {
        for (other, _) in scratch.contents("runs") {
            fs::remove_file(scratch.0.join("runs").join(other)).expect("removed");
        }
        fs::write(&path, damage).expect("damaged");
        let status = linewright(&["status", scratch.path()]);
        assert!(String::from_utf8_lossy(&status.stderr).contains(&name), "{}", String::from_utf8_lossy(&status.stderr));
        let again = linewright(&["sweep", file.path(), "--out", scratch.path()]);
        assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
        assert!(String::from_utf8_lossy(&again.stderr).contains(&name));
        assert_same(&scratch.contents("results"), &expected);
        assert!(scratch.contents("runs").iter().any(|(name, _)| name.ends_with(".damaged")));
    }
    // A table is made again from the runs.
    fs::write(scratch.0.join("results").join(CASES), "case\n").expect("damaged");
    let status = linewright(&["status", scratch.path()]);
    assert!(String::from_utf8_lossy(&status.stderr).contains(CASES));
    assert!(linewright(&["merge", scratch.path()]).status.success());
    assert_same(&scratch.contents("results"), &expected);
}

#[test]
fn replications_that_are_lost_in_between_are_played_again_and_no_others() {
    for (name, replications) in [
        ("gaps-fixed", "2500"),
        ("gaps-until", r#"Until(kpi: "throughput", half_width: Relative(0.0014), min: 10, max: 5000)"#),
    ] {
        let file = line(name, &format!("replications: {replications},"));
        let (whole, lost) = (Scratch::new(name), Scratch::new(&format!("{name}-lost")));
        let run = |out: &Scratch| json(&["run", file.path(), "--out", out.path(), "--format", "json"]);
        let expected = run(&whole);
        assert_eq!(run(&lost), expected);
        let runs = |scratch: &Scratch| scratch.contents("runs").iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
        let before = runs(&lost);
        let segments = lost.contents("runs");
        // One more than are needed for a gap: how many there are depends on how fast the machine is.
        assert!(segments.len() > 2, "{} segments", segments.len());
        for (name, _) in segments.iter().step_by(2) {
            fs::remove_file(lost.0.join("runs").join(name)).expect("removed");
        }
        let status = linewright(&["status", lost.path()]);
        assert_eq!(status.status.code(), Some(3));
        assert_eq!(run(&lost), expected);
        assert_same(&lost.contents("results"), &whole.contents("results"));
        // Segments have heads, so that as many runs may take a little more or less.
        assert!(runs(&lost) < before + before / 10, "{} bytes of runs, {before} before", runs(&lost));
    }
}

/// A file system of so many bytes, mounted at a directory; `None` where that is not allowed.
struct Small(Scratch);

impl Small {
    fn new(name: &str, size: &str) -> Option<Self> {
        let scratch = Scratch::new(name);
        fs::create_dir_all(&scratch.0).expect("a directory");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", size, "none", scratch.path()]).output();
        mounted.ok().filter(|output| output.status.success()).map(|_| Small(scratch))
    }

    fn remount(&self, option: &str) {
        let options = format!("remount,{option}");
        let output = Command::new("mount").args(["-o", &options, self.0.path()]).output().expect("mount starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).output();
    }
}

#[test]
fn a_full_disk_is_exit_code_5_and_the_study_goes_on_later() {
    let file = swept("full");
    let expected = {
        let scratch = Scratch::new("roomy");
        assert!(start(&file, &scratch).wait().expect("an end").success());
        scratch.contents("results")
    };
    let Some(small) = Small::new("full", "size=24k") else {
        println!("skipped: mounting a file system is not allowed here");
        return;
    };
    let sweep = || linewright(&["sweep", file.path(), "--out", small.0.path()]);
    let output = sweep();
    assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(small.0.contents("runs").iter().all(|(name, _)| !name.contains("partial")), "nothing half is left behind");
    small.remount("size=64m");
    assert!(sweep().status.success());
    assert_same(&small.0.contents("results"), &expected);
    // A directory that cannot be written any more: what is complete is still read, what is not is exit code 5.
    small.remount("ro");
    assert!(linewright(&["status", small.0.path()]).status.success());
    let output = linewright(&["sweep", file.path(), "--out", small.0.path(), "--replications", "5"]);
    assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
    small.remount("rw");
    assert!(linewright(&["sweep", file.path(), "--out", small.0.path(), "--replications", "5"]).status.success());
}

#[test]
fn an_interrupted_study_without_a_directory_gets_one() {
    let file = line("interrupted", r#"replications: 100000,"#);
    let folder = Scratch::new("interrupted");
    fs::create_dir_all(&folder.0).expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_linewright"));
    command
        .args(["run", file.path(), "--jobs", "1"])
        .current_dir(&folder.0)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let child = command.spawn().expect("the program starts");
    std::thread::sleep(Duration::from_millis(1500));
    let asked = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(asked.expect("kill starts").success());
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(130));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let directories: Vec<PathBuf> =
        fs::read_dir(&folder.0).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(directories.len(), 1, "{said}");
    let directory = directories[0].to_str().expect("a path in Unicode");
    // What was finished is there, and a study of as many replications plays nothing.
    let again = linewright(&["run", file.path(), "--replications", "5", "--out", directory]);
    assert!(String::from_utf8_lossy(&again.stdout).contains("5 runs were there"), "{said}");
}
