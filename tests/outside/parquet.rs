//! Tables in Parquet hold what tables in CSV hold, to the last bit, for DuckDB and for Polars; and what docs/results.md shows
//! of both is what they say.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use plant::registry::Registry;
use study::directory::Directory;
use study::plan::{Plan, Study};
use study::result::{self, Tables};

use crate::playing::root;
use crate::studies::{File, Scratch, assert_same, linewright};

/// Names the Python that has both packages; `cargo xtask test` sets it.
const PYTHON: &str = "LINEWRIGHT_PYTHON";

/// Columns of every kind: paths of numbers and of text that must be quoted, KPIs without a value in some runs.
const ODD: &str = r#"Scenario(
    schema: 1,
    clock: (warm_up: "1 h", horizon: "3 h"),
    replications: 3,
    sweep: Product([
        Axis("drill.queue", [1, 2]),
        Axis("drill.process_time", [Constant("50 s"), Uniform("40 s", "70 s")]),
    ]),
    elements: {
        "in": Source(arrivals: Unlimited, next: "saw \"7\", Zürich"),
        "saw \"7\", Zürich": Station(
            process_time: Exponential("60 s"),
            failures: [(time_to_failure: Exponential("3 h"), time_to_repair: Constant("5 min"))],
            next: "drill",
        ),
        "drill": Station(process_time: Exponential("60 s"), queue: 2, next: "out"),
        "out": Sink(),
    },
)"#;

/// Plays a sweep with the program, which writes Parquet, and writes the same tables as CSV to `csv` beside them.
fn play(arguments: &[&str], directory: &Path) {
    let path = directory.to_str().expect("a path in Unicode");
    let output = linewright(&[&["sweep"], arguments, &["--out", path]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let plan = directory.join("study.ron");
    let text = fs::read_to_string(&plan).expect("a plan");
    let (plan, engine, files) = Plan::of_text(&plan.display().to_string(), &text).expect("a sound plan");
    let study = Study::open(plan, Some(&files), &engine, &Arc::new(Registry::default())).expect("a study");
    let journal = Directory::at(directory).journal().expect("a journal");
    let extent = result::write(&study, &journal, &directory.join("csv"), Tables::Csv).expect("tables");
    assert!(extent.is_complete());
}

#[test]
fn duckdb_and_polars_read_what_csv_says() {
    let Ok(python) = std::env::var(PYTHON) else {
        println!("skipped: {PYTHON} names no Python with duckdb and polars; `cargo xtask test` installs one");
        return;
    };
    let scratch = Scratch::new("parquet");
    let directory = Path::new(scratch.path());
    fs::create_dir_all(directory).expect("a directory");
    let odd = File::new("parquet", ODD);
    play(&[odd.path()], &directory.join("odd.study"));
    // Another process, whose hashes have other seeds.
    let written = scratch.contents("odd.study/results");
    assert!(linewright(&["merge", directory.join("odd.study").to_str().expect("a path in Unicode")]).status.success());
    assert_same(&scratch.contents("odd.study/results"), &written);
    assert_eq!(written.len(), 4, "three tables and their checksums");
    // The very command of the documentation, so that the queries below it find what they ask for.
    let documentation = fs::read_to_string(root().join("docs/results.md")).expect("the documentation");
    let command = "sweep scenarios/03_failures.ron --axis 'weld.queue=1,2,3,4' --replications 12 --out line.study";
    assert!(documentation.contains(command), "docs/results.md has another command");
    let arguments = ["scenarios/03_failures.ron", "--axis", "weld.queue=1,2,3,4", "--replications", "12"];
    play(&arguments, &directory.join("line.study"));
    let mut reader = Command::new(python);
    reader.arg(root().join("tests/outside/tables.py")).arg(root().join("docs/results.md"));
    let output = reader.current_dir(directory).output().expect("Python starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("line.study/runs: 48 rows") && said.contains("odd.study/runs: 12 rows"), "{said}");
    println!("{said}");
}

/// A log with every kind of column: times as times, as numbers and as text; text, numbers, truth, and nothing.
const LOG: &str = r#"
import sys, duckdb
folder = sys.argv[1]
duckdb.sql("""
    CREATE TABLE log AS SELECT
        TIMESTAMP '2026-03-02 06:00:00' + INTERVAL (i * 1500) MILLISECOND AS moment,
        1772431200 + i * 1.5 AS seconds,
        CASE i % 3 WHEN 0 THEN 'saw' WHEN 1 THEN 'drill' ELSE 'Zürich' END AS machine,
        (i % 2)::SMALLINT AS number,
        CASE WHEN i % 7 = 0 THEN NULL ELSE i * 0.1 END AS load,
        i % 5 = 0 AS is_down
    FROM range(5000) t(i)
""")
duckdb.sql(f"COPY log TO '{folder}/log.parquet' (FORMAT parquet, ROW_GROUP_SIZE 1000)")
duckdb.sql(f"COPY (SELECT strftime(moment, '%Y-%m-%dT%H:%M:%S.%fZ') AS moment, seconds, machine, number, load, is_down FROM log) TO '{folder}/log.csv' (HEADER)")
duckdb.sql(f"COPY (SELECT [1, 2] AS moment, 'a' AS machine) TO '{folder}/nested.parquet' (FORMAT parquet)")
"#;

#[test]
fn observations_from_parquet_are_those_from_csv() {
    let Ok(python) = std::env::var(PYTHON) else {
        println!("skipped: {PYTHON} names no Python with duckdb; `cargo xtask test` installs one");
        return;
    };
    let scratch = Scratch::new("parquet-log");
    fs::create_dir_all(scratch.path()).expect("a folder");
    let status = Command::new(python).args(["-c", LOG, scratch.path()]).status().expect("Python starts");
    assert!(status.success());
    let file = |name: &str| format!("{}/{name}", scratch.path());
    let scenario = r#"Scenario(schema: 1, clock: (horizon: "3 h"), elements: {
        "in": Source(arrivals: Unlimited, next: "saw"),
        "saw": Station(process_time: "1 min", next: "out"),
        "out": Sink(),
    })"#;
    fs::write(file("line.ron"), scenario).expect("a file");
    let check = |from: &str| {
        let signals = ["saw/0", "saw/1", "drill/0", "drill/1", "Zürich/0", "Zürich/1"]
            .map(|address| format!(r#""{address}": (address: "{address}")"#))
            .join(", ");
        let text = format!(r#"Signals(schema: 1, sources: {{"log": (from: {from})}}, signals: {{{signals}}})"#);
        fs::write(file("signals.ron"), text).expect("a file");
        let (line, signals) = (file("line.ron"), file("signals.ron"));
        let output = linewright(&["live", "check", &line, "--signals", &signals, "--format", "json"]);
        let [out, said] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        (output.status.code(), out, said)
    };
    let address = r#"address: "{machine}/{number}""#;
    for value in ["load", "is_down"] {
        let csv = check(&format!(r#"Csv(file: "log.csv", time: "moment", {address}, value: "{value}")"#));
        assert_eq!(csv.0, Some(0), "{}", csv.2);
        assert!(csv.1.contains("\"count\": 8"), "{}", csv.1);
        let parquet = check(&format!(r#"Parquet(file: "log.parquet", time: "moment", {address}, value: "{value}")"#));
        assert_eq!(parquet, csv);
        let seconds = format!(r#"time: "seconds", time_format: UnixSeconds, {address}, value: "{value}""#);
        assert_eq!(check(&format!(r#"Parquet(file: "log.parquet", {seconds})"#)), csv);
    }
    // What cannot be read is said, and nothing panics.
    let said = |from: &str| check(from).2;
    assert!(said(&format!(r#"Parquet(file: "log.parquet", time: "when", {address})"#)).contains("no column \"when\""));
    assert!(said(r#"Parquet(file: "nested.parquet", time: "moment", address: "{machine}")"#).contains("is nested"));
    let whole = fs::read(file("log.parquet")).expect("bytes");
    for place in (0..whole.len()).step_by(whole.len() / 200) {
        let mut damaged = whole.clone();
        damaged[place] ^= 0xff;
        fs::write(file("damaged.parquet"), damaged).expect("a file");
        let (code, _, said) =
            check(&format!(r#"Parquet(file: "damaged.parquet", time: "moment", {address}, value: "load")"#));
        assert!(matches!(code, Some(0 | 4 | 5)), "{place}: {code:?}, {said}");
    }
}
