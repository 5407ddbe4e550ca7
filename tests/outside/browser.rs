//! The page of `linewright report` in a browser: nothing to complain of, nothing from elsewhere, every picture with its title,
//! and all of it on a phone. Leaves a picture of each chart in `target/report-screenshots`, to be looked at.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use serde_json::{Value, json};

use super::chromium::Chromium;
use crate::playing::root;
use crate::studies::{Scratch, line, linewright};

/// A desk and a phone: width, height, and whether it is one that is touched.
const DESK: (u64, u64, bool) = (1280, 900, false);
const PHONE: (u64, u64, bool) = (390, 844, true);

/// The flagship with something that holds and something that does not.
const JUDGED: &str = r#"Scenario(schema: 1, base: "electronics_line.ron", expect: [
    AtLeast("throughput", "1 /h"),
    AtMost("flow_time.p95", "1 h"),
])"#;

/// A design that tells which of some parameters matter.
const SCREENED: &str = r#"sweep: Morris(trajectories: 6, axes: [
    Between("drill.queue", 0, 9),
    Between("drill.process_time", "50 s", "80 s"),
    Between("saw.process_time", "50 s", "80 s"),
    Between("drill.capacity", 1, 4),
]),"#;

/// A search with two objectives.
const SEARCHED: &str = r#"optimize: (
    variables: [Between("drill.queue", 0, 12), Between("saw.process_time", "40 s", "80 s")],
    objectives: [Maximize("throughput"), Minimize("wip")],
    runs: 300,
),"#;

/// What there is to know of a page: charts without a heading, pictures without a title, its width and its text.
const FACTS: &str = r#"(() => {
    const place = (node) => node.outerHTML.slice(0, 120);
    const isTitled = (svg) => svg.querySelector("title")?.textContent.trim() || svg.closest("[aria-hidden=true]");
    const charts = [...document.querySelectorAll("figure")];
    return {
        untitled: [...document.querySelectorAll("svg")].filter((svg) => !isTitled(svg)).map(place),
        unnamed: charts.filter((chart) => !chart.querySelector("h3")?.textContent.trim()).map(place),
        undrawn: charts.filter((chart) => !chart.querySelector("svg")?.getBoundingClientRect().height).map(place),
        charts: charts.length,
        sections: [...document.querySelectorAll("section")].map((section) => section.id),
        width: document.scrollingElement.scrollWidth,
        text: document.body.innerText,
    };
})()"#;

/// The page turned over: all folded numbers open, the pointer on some hundred marks, the schedule moved.
const TURN_OVER: &str = r#"(() => {
    document.querySelectorAll("details").forEach((details) => { details.open = true; });
    const marks = [...document.querySelectorAll(".chart svg *")];
    const step = Math.ceil(marks.length / 200);
    marks.filter((_, index) => index % step === 0).forEach((mark) => {
        mark.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, clientX: 9, clientY: 9 }));
    });
    document.querySelectorAll(".controls button").forEach((button) => button.click());
})()"#;

/// What is wrong with the page that is open, in words.
fn faults(browser: &mut Chromium, url: &str, most_width: u64) -> (Vec<String>, Value) {
    let facts = browser.evaluate(FACTS);
    browser.evaluate(TURN_OVER);
    let mut faults = Vec::new();
    for event in &browser.events {
        let parameters = &event["params"];
        let is_own = |address: &str| address == url || address.starts_with("data:");
        match event["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => faults.push(format!("exception: {}", parameters["exceptionDetails"])),
            "Runtime.consoleAPICalled" => faults.push(format!("console: {}", parameters["args"])),
            "Log.entryAdded" => faults.push(format!("log: {}", parameters["entry"]["text"])),
            "Network.requestWillBeSent" if !parameters["request"]["url"].as_str().is_some_and(is_own) => {
                faults.push(format!("request: {}", parameters["request"]["url"]));
            }
            _ => {}
        }
    }
    for of in ["untitled", "unnamed", "undrawn"] {
        faults.extend(facts[of].as_array().expect("a list").iter().map(|place| format!("{of}: {place}")));
    }
    if facts["width"].as_u64().is_none_or(|width| width > most_width) {
        faults.push(format!("wide: {} on {most_width}", facts["width"]));
    }
    (faults, facts)
}

/// Opens a page on a screen and in a colour scheme.
fn open(browser: &mut Chromium, url: &str, (width, height, touched): (u64, u64, bool), scheme: &str) {
    let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": touched });
    browser.call("Emulation.setDeviceMetricsOverride", size);
    let feature = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
    browser.call("Emulation.setEmulatedMedia", json!({ "media": "screen", "features": feature }));
    browser.events.clear();
    browser.call("Page.navigate", json!({ "url": url }));
    browser.wait_for("Page.loadEventFired");
}

/// Takes a picture of a rectangle of the page.
fn take(browser: &mut Chromium, rectangle: &Value, path: &Path) {
    let mut clip = rectangle.clone();
    clip["scale"] = json!(1);
    let picture = browser.call("Page.captureScreenshot", json!({ "captureBeyondViewport": true, "clip": clip }));
    let data = picture["data"].as_str().expect("a picture");
    let bytes = base64::engine::general_purpose::STANDARD.decode(data).expect("base64");
    fs::write(path, bytes).expect("a picture on the disk");
}

/// A picture of each chart in light, of all of the page in dark and on a phone.
fn take_all(browser: &mut Chromium, url: &str, kind: &str, folder: &Path) {
    let whole = "({ x: 0, y: 0, width: innerWidth, height: Math.min(15000, document.documentElement.scrollHeight) })";
    for (screen, scheme, name) in [(DESK, "dark", "dark"), (PHONE, "light", "phone")] {
        open(browser, url, screen, scheme);
        let rectangle = browser.evaluate(whole);
        take(browser, &rectangle, &folder.join(format!("{kind}-{name}.png")));
    }
    open(browser, url, DESK, "light");
    let charts = browser.evaluate(
        r#"["header", ...document.querySelectorAll("figure")].map((chart) => {
            const node = chart === "header" ? document.querySelector("header") : chart;
            const { left, top, width, height } = node.getBoundingClientRect();
            const name = chart === "header" ? chart : chart.closest("section").id;
            return [name, { x: left + scrollX, y: top + scrollY, width, height: Math.min(height, 3000) }];
        })"#,
    );
    for (number, chart) in charts.as_array().expect("charts").iter().enumerate() {
        let name = chart[0].as_str().expect("a name");
        take(browser, &chart[1], &folder.join(format!("{kind}-{number:02}-{name}.png")));
    }
}

/// Plays the studies that a page can be of; each with what its page must have.
fn studies(folder: &Path) -> Vec<(&'static str, PathBuf, Vec<&'static str>)> {
    const LINE: &str = "scenarios/electronics_line.ron";
    let film = ["plant", "states", "levels", "schedule", "flow-time", "energy", "throughput", "alarms"];
    let and = |more: &[&'static str]| [&film[..], more].concat();
    fs::create_dir_all(folder).expect("a directory");
    fs::copy(root().join(LINE), folder.join("electronics_line.ron")).expect("a copy");
    let judged = folder.join("judged.ron");
    fs::write(&judged, JUDGED).expect("a scenario");
    let judged = judged.to_str().expect("a path in Unicode");
    let screened = line("screened", SCREENED);
    let searched = line("searched", SEARCHED);
    let asked: [(&str, &str, &[&str], Vec<&str>); 5] = [
        ("run", judged, &["run", "--replications", "5"], and(&["expectations", "kpis"])),
        (
            "compare",
            LINE,
            &[
                "compare",
                "--variant",
                "loader.capacity=120",
                "--variant",
                "placer 1.process_time=Constant(\"20 s\")",
                "--replications",
                "8",
            ],
            and(&["variants", "kpis"]),
        ),
        (
            "sweep",
            LINE,
            &[
                "sweep",
                "--axis",
                "loader.capacity=60,120,240,400",
                "--axis",
                "board buffer.capacity=4,12,30",
                "--replications",
                "3",
            ],
            and(&["sweep", "effects"]),
        ),
        ("morris", screened.path(), &["sweep", "--replications", "3"], vec!["plant", "screening"]),
        ("optimize", searched.path(), &["optimize"], vec!["plant", "optimisation"]),
    ];
    asked
        .into_iter()
        .map(|(kind, file, arguments, sections)| {
            let study = folder.join(kind);
            let out = study.to_str().expect("a path in Unicode");
            let command = [&[arguments[0], file], &arguments[1..], &["--out", out]].concat();
            let output = linewright(&command);
            // What is expected of the run does not hold, on purpose.
            assert!(matches!(output.status.code(), Some(0 | 99)), "{}", String::from_utf8_lossy(&output.stderr));
            let output = linewright(&["report", out]);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            (kind, study.join("report.html"), sections)
        })
        .collect()
}

#[test]
fn the_report_of_every_kind_of_study_is_sound_in_a_browser() {
    let Some(mut browser) = Chromium::start() else {
        println!("skipped: there is no Chromium; `cargo xtask test` installs one where it may");
        return;
    };
    let scratch = Scratch::new("reports");
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("report-screenshots");
    fs::create_dir_all(&pictures).expect("a directory");
    for (kind, page, sections) in studies(Path::new(scratch.path())) {
        let url = format!("file://{}", page.display());
        for (screen, scheme) in [(DESK, "light"), (DESK, "dark"), (PHONE, "light")] {
            open(&mut browser, &url, screen, scheme);
            let (faults, facts) = faults(&mut browser, &url, screen.0);
            assert!(faults.is_empty(), "{kind} {scheme} {}: {faults:#?}", screen.0);
            let shown: Vec<&str> =
                facts["sections"].as_array().expect("sections").iter().filter_map(Value::as_str).collect();
            for section in &sections {
                assert!(shown.contains(section), "{kind} has no {section}: {shown:?}");
            }
            let (charts, text) = (facts["charts"].as_u64(), facts["text"].as_str().unwrap_or_default());
            assert!(charts.is_some_and(|charts| charts as usize >= sections.len()), "{kind}: {charts:?} charts");
            assert!(text.len() > 500 && !text.contains("NaN") && !text.contains("undefined"), "{kind}: {text}");
        }
        take_all(&mut browser, &url, kind, &pictures);
    }
}

/// The test above would see what it looks for.
#[test]
fn a_bad_page_is_found_out() {
    let Some(mut browser) = Chromium::start() else {
        println!("skipped: there is no Chromium");
        return;
    };
    let scratch = Scratch::new("bad-page");
    fs::create_dir_all(scratch.path()).expect("a directory");
    let page = Path::new(scratch.path()).join("page.html");
    let html = r#"<!DOCTYPE html><meta name="viewport" content="width=device-width"><img src="http://127.0.0.1:9/a.png">
        <figure><h3> </h3><svg width="900" height="0"></svg></figure>
        <script>console.error("complaint"); setTimeout(() => { throw new Error("thrown"); });</script>"#;
    fs::write(&page, html).expect("a page");
    let url = format!("file://{}", page.display());
    open(&mut browser, &url, PHONE, "light");
    let (faults, _) = faults(&mut browser, &url, PHONE.0);
    for kind in ["exception: ", "console: ", "log: ", "request: ", "untitled: ", "unnamed: ", "undrawn: ", "wide: "] {
        assert!(faults.iter().any(|fault| fault.starts_with(kind)), "{kind}not found: {faults:#?}");
    }
}
