//! The wrong and the right way that each code's explanation shows: put into a scenario, the first one brings up the
//! code and the second one does not.

use std::collections::BTreeMap;
use std::sync::Arc;

use plant::registry::Registry;
use scenario::expand::open_from;
use scenario::sources::Sources;

use super::whole_registry;
use crate::bad::codes;

/// Where an example belongs; `@` stands for it.
enum Place {
    /// In a scenario.
    In(&'static str),
    /// The heading and rows of a table, which a scenario names.
    Table(&'static str),
    /// In a file of signals for a plant with a mill.
    Signals(&'static str),
    /// In a delta robot: its drive, or what else it is told.
    Robot { drive: &'static str, task: &'static str },
    /// In a robot description.
    Urdf,
    /// Nowhere, for a reason.
    Nowhere(&'static str),
}

use Place::{In, Nowhere, Robot, Signals, Table, Urdf};

const FIELD: Place = In(
    r#"Scenario(clock: (horizon: "3 d"), elements: {"mill": Station(process_time: "40 s", @), "packer": Sink(), "out": Sink()})"#,
);
const TIME: Place =
    In(r#"Scenario(clock: (horizon: "3 d"), elements: {"mill": Station(next: "out", @), "out": Sink()})"#);
const ELEMENT: Place = In(r#"Scenario(clock: (horizon: "3 d"), elements: {"mill": @, "out": Sink()})"#);
const ELEMENTS: Place = In(r#"Scenario(clock: (horizon: "3 d"), elements: {@})"#);
const VALUE: Place = In(
    r#"Scenario(clock: (horizon: "3 d"), elements: {"mill": Station(process_time: @, next: "out"), "out": Sink()})"#,
);
const TOP: Place = In(
    r#"Scenario(clock: (horizon: "3 d"), @, elements: {"mill": Station(process_time: "40 s", next: "out", failures: [()]), "press 1.5t": Station(failures: [()]), "out": Sink()})"#,
);
const SIGNALS: Place = Signals(r#"Signals(schema: 1, sources: {"log": (from: Shdr(file: "log.txt"))}, @)"#);
const FRONT: Place = In("@\nScenario(clock: (horizon: \"3 d\"), elements: {\"out\": Sink()})");
const WHOLE: Place = In("@");
const PROSE: Place = Nowhere("its example is prose");
const LACKS_MOTION: Place = Nowhere("this build does not compute motion");
const COMMAND_LINE: Place = Nowhere("its example is a command line; the golden runs show it");
const PLAYING: Place = Nowhere("it comes up only when a plant is played");

const ROBOT: &str = r#"Scenario(clock: (horizon: "3 d"), elements: {"picker": Robot(arm: Delta(base_radius: "200 mm", platform_radius: "45 mm", upper: "350 mm", lower: "800 mm", DRIVE), pick: (z: "-800 mm"), TASK, next: "out"), "out": Sink()})"#;
const CHAIN: &str = r#"Scenario(clock: (horizon: "3 d"), elements: {"picker": Robot(arm: Urdf(file: "table.csv", acceleration: "9 rad/s^2"), pick: (), place: (), next: "out"), "out": Sink()})"#;
const WITHOUT_MOTION: Place = if cfg!(feature = "motion") {
    Nowhere("this build computes motion")
} else {
    In(r#"Scenario(clock: (horizon: "3 d"), elements: {@, "out": Sink()})"#)
};
const ZONES: Place = if cfg!(feature = "motion") { ELEMENTS } else { LACKS_MOTION };
const DRIVE: &str =
    r#"axis: Turns(lower: "-40 deg", upper: "95 deg", speed: "500 deg/s", acceleration: "9000 deg/s^2")"#;

const LIQUIDS: Place = In(
    r#"Scenario(clock: (horizon: "3 d"), elements: {@, "upper": Tank(capacity: "1 m^3", area: "1 m^2"), "middle": Tank(capacity: "1 m^3", area: "1 m^2"), "lower": Tank(capacity: "1 m^3"), "tower": Tank(capacity: "1 m^3", area: "1 m^2"), "sump": Tank(capacity: "1 m^3")})"#,
);

const PATHS: Place = In(
    r#"Scenario(clock: (horizon: "3 d"), elements: {"rack": Buffer(capacity: 9, next: "out"), "out": Sink(), "ways": PathNetwork(nodes: {"store": (serves: ["rack"]), "line": (x: "9 m", serves: ["out"])}, @), "agv": Fleet(network: "ways", vehicles: 1, start: ["store"], speed: "1 m/s")})"#,
);

/// Where the example of each code belongs.
const PLACES: &[(&str, Place)] = &[
    ("LW0101", FIELD),
    ("LW0102", ELEMENTS),
    ("LW0103", In("Scenario(clock: (horizon: \"3 d\"),\n@,\nelements: {\"out\": Sink()})")),
    (
        "LW0104",
        In(
            r#"Scenario(clock: (horizon: "3 d"), elements: {"in": Source(arrivals: Unlimited, next: "out", @), "out": Sink()})"#,
        ),
    ),
    ("LW0105", FIELD),
    ("LW0106", TIME),
    ("LW0107", TOP),
    ("LW0108", FIELD),
    ("LW0109", In(r#"Scenario(clock: (horizon: "3 d"), @)"#)),
    ("LW0110", ELEMENT),
    ("LW0111", PROSE),
    ("LW0112", FRONT),
    ("LW0113", PROSE),
    ("LW0114", PROSE),
    ("LW0115", FRONT),
    ("LW0116", VALUE),
    ("LW0117", WHOLE),
    ("LW0118", FIELD),
    ("LW0119", FIELD),
    ("LW0120", ELEMENT),
    ("LW0121", WHOLE),
    ("LW0122", PROSE),
    ("LW0123", TOP),
    ("LW0124", FRONT),
    ("LW0125", FIELD),
    ("LW0201", FIELD),
    ("LW0202", TIME),
    ("LW0203", TIME),
    ("LW0204", TIME),
    (
        "LW0205",
        In(
            r#"Scenario(clock: (horizon: "3 d"), elements: {"belt": Conveyor(speed: "1 m/s", next: "out", @), "out": Sink()})"#,
        ),
    ),
    (
        "LW0206",
        In(
            r#"Scenario(clock: (horizon: "3 d"), elements: {"mill": Station(process_time: "40 s", next: "out", quality: (@)), "out": Sink()})"#,
        ),
    ),
    ("LW0207", FIELD),
    ("LW0208", TIME),
    ("LW0209", TIME),
    ("LW0210", TIME),
    ("LW0301", ELEMENT),
    ("LW0302", ELEMENTS),
    ("LW0303", Nowhere("in a scenario the same mistake is one of syntax, LW0110; this code is for tables and paths")),
    ("LW0304", TIME),
    ("LW0305", FIELD),
    ("LW0306", ELEMENT),
    ("LW0401", FIELD),
    (
        "LW0402",
        In(
            r#"Scenario(clock: (horizon: "3 d"), elements: {"mill": Station(process_time: "40 s", next: "out", failures: [(time_to_failure: "5 h", time_to_repair: "5 min", @)]), "technicians": Pool(members: 2), "out": Sink()})"#,
        ),
    ),
    ("LW0403", ELEMENTS),
    ("LW0501", FIELD),
    ("LW0502", Nowhere("its example leaves fields out")),
    ("LW0506", TOP),
    (
        "LW0507",
        In(
            r#"Scenario(clock: (horizon: "3 d"), events: [@], elements: {"mill": Station(process_time: "40 s", next: "out"), "out": Sink()})"#,
        ),
    ),
    ("LW0508", In(r#"Scenario(@, elements: {"mill": Station(process_time: "40 s", next: "out"), "out": Sink()})"#)),
    ("LW0509", In(r#"Scenario(@, elements: {"mill": Station(process_time: "40 s", next: "out"), "out": Sink()})"#)),
    (
        "LW0510",
        In(
            r#"Scenario(clock: (horizon: "3 d"), elements: {"in": Source(arrivals: Unlimited, next: "mill"), "mill": Station(process_time: "40 s", next: "out"), "out": Sink()}, @)"#,
        ),
    ),
    (
        "LW0514",
        In(
            r#"Scenario(clock: (horizon: "3 d"), elements: {"in": Source(arrivals: Unlimited, next: "etch"), @, "out": Sink()})"#,
        ),
    ),
    (
        "LW0511",
        In(
            r#"Scenario(clock: (horizon: "3 d"), elements: {"in": Source(arrivals: Unlimited, next: "mill"), "mill": Station(process_time: "40 s", next: "out"), "out": Sink()}, @)"#,
        ),
    ),
    (
        "LW0512",
        In(
            r#"Scenario(clock: (horizon: "3 d"), elements: {"in": Source(arrivals: Unlimited, next: "mill"), "mill": Station(process_time: "40 s", next: "out"), "out": Sink()}, @)"#,
        ),
    ),
    (
        "LW0513",
        In(
            r#"Scenario(clock: (horizon: "3 d"), elements: {"in": Source(arrivals: Unlimited, next: "mill"), "mill": Station(process_time: "40 s", next: "out"), "out": Sink()}, @)"#,
        ),
    ),
    ("LW0521", TOP),
    ("LW0522", TOP),
    ("LW0531", In(r#"Scenario(clock: (horizon: "3 d"), @, elements: {"out": Sink()})"#)),
    ("LW0532", WITHOUT_MOTION),
    ("LW0533", Nowhere("two zones with all that stands in them are tried by the tests of zones")),
    ("LW0541", Robot { drive: "@", task: r#"place: (x: "300 mm", z: "-800 mm")"# }),
    ("LW0542", Urdf),
    ("LW0543", Robot { drive: DRIVE, task: "@" }),
    ("LW0544", Robot { drive: DRIVE, task: "@" }),
    ("LW0545", Robot { drive: DRIVE, task: r#"place: (x: "300 mm", z: "-800 mm"), @"# }),
    ("LW0546", Robot { drive: DRIVE, task: r#"place: (x: "300 mm", z: "-800 mm"), @"# }),
    ("LW0551", LIQUIDS),
    ("LW0552", LIQUIDS),
    ("LW0561", PATHS),
    ("LW0562", ELEMENTS),
    ("LW0563", ELEMENTS),
    ("LW0564", ELEMENTS),
    ("LW0571", ELEMENTS),
    ("LW0581", ELEMENTS),
    ("LW0601", TOP),
    ("LW0602", TOP),
    ("LW0603", PROSE),
    ("LW0604", PROSE),
    ("LW0605", TOP),
    ("LW0606", In("Scenario(@)")),
    ("LW0607", COMMAND_LINE),
    ("LW0608", PROSE),
    ("LW0701", Table(r#"Scenario(clock: (horizon: "3 d"), orders: "table.csv", elements: {"out": Sink()})"#)),
    ("LW0702", Table(r#"Scenario(clock: (horizon: "3 d"), orders: "table.csv", elements: {"out": Sink()})"#)),
    ("LW0703", Table(r#"Scenario(clock: (horizon: "3 d"), orders: "table.csv", elements: {"out": Sink()})"#)),
    ("LW0704", Table(r#"Scenario(clock: (horizon: "3 d"), orders: "table.csv", elements: {"out": Sink()})"#)),
    ("LW0705", PROSE),
    ("LW0711", TIME),
    ("LW0712", Table(r#"Scenario(clock: (horizon: "3 d"), orders: "table.csv", elements: {"out": Sink()})"#)),
    ("LW0713", COMMAND_LINE),
    ("LW0721", Nowhere("files of job shops are read by the tests of importing")),
    ("LW0722", Nowhere("files of fabs are read by the tests of importing")),
    ("LW0801", PLAYING),
    ("LW0802", PLAYING),
    ("LW0803", PLAYING),
    ("LW0804", PLAYING),
    ("LW0805", PLAYING),
    ("LW0806", PLAYING),
    ("LW0807", PROSE),
    ("LW0808", PROSE),
    ("LW0901", PLAYING),
    (
        "LW0951",
        In(
            r#"Scenario(clock: (horizon: "3 d"), elements: {"booth": PaintBooth(coat_time: "1 min", next: "out", @), "out": Sink()})"#,
        ),
    ),
    ("LW1001", ELEMENTS),
    ("LW1002", ELEMENTS),
    ("LW1003", ELEMENTS),
    ("LW1004", ELEMENTS),
    ("LW1005", ELEMENTS),
    ("LW1006", ZONES),
    ("LW1007", Nowhere("two robots that meet, and a pool that keeps them apart, are tried by the tests of robots")),
    ("LW1008", ELEMENTS),
    ("LW1009", ELEMENTS),
    ("LW1010", In(r#"Scenario(clock: (horizon: "3 d"), @)"#)),
    ("LW1011", In(r#"Scenario(clock: (horizon: "3 d"), @)"#)),
    ("LW1012", ELEMENTS),
    ("LW1013", In(r#"Scenario(clock: (horizon: "3 d"), @)"#)),
    ("LW1014", ELEMENTS),
    ("LW1101", Signals("@")),
    ("LW1102", Signals("Signals(schema: 1, @, sources: {}, signals: {})")),
    ("LW1103", SIGNALS),
    ("LW1104", SIGNALS),
    ("LW1105", SIGNALS),
    ("LW1106", SIGNALS),
    ("LW1107", SIGNALS),
];

#[test]
fn explanations_show_a_wrong_and_a_right_way() {
    let registry = whole_registry();
    let (mut shown, mut accepted, mut faults) = (0, 0, Vec::new());
    for code in codes(&registry) {
        if code.title.trim().is_empty() || code.explanation.trim().is_empty() {
            faults.push(format!("{}: no documentation", code.id));
        }
        let Some((_, place)) = PLACES.iter().find(|(id, _)| *id == code.id) else {
            faults.push(format!("{}: add the place of its example to PLACES", code.id));
            continue;
        };
        let needs_motion = matches!(place, Robot { .. } | Urdf);
        if let Nowhere(reason) = if needs_motion && !cfg!(feature = "motion") { &LACKS_MOTION } else { place } {
            println!("{}: not tried: {reason}", code.id);
            continue;
        }
        let Some((bad, good)) = examples(code.explanation) else {
            faults.push(format!("{}: no `Bad:` and `Good:`", code.id));
            continue;
        };
        shown += 1;
        if !found(place, &bad, &registry).contains(&code.id) {
            faults.push(format!("{}: {:?} of\n{bad}", code.id, found(place, &bad, &registry)));
        }
        let left = found(place, &good, &registry);
        if left.contains(&code.id) {
            faults.push(format!("{}: still complained of\n{good}", code.id));
        }
        accepted += usize::from(left.is_empty());
    }
    println!("{shown} examples tried; {accepted} right ways are accepted whole, the others are fragments");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(shown >= 45, "only {shown} examples can be tried");
}

/// The wrong and the right way, without their indentation and without a comma at the end.
fn examples(explanation: &str) -> Option<(String, String)> {
    let (bad, good) = explanation.split_once("\n\nBad:\n")?.1.split_once("\nGood:\n")?;
    let plain = |example: &str| {
        let lines: Vec<&str> = example.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
        lines.join("\n").trim_end_matches(',').to_owned()
    };
    Some((plain(bad), plain(good)))
}

/// The codes of all complaints about a file of signals.
fn found_in_signals(text: &str, registry: &Arc<Registry>) -> Vec<&'static str> {
    const PLANT: &str = r#"Scenario(clock: (horizon: "3 d"), elements: {"mill": Station(process_time: "40 s", next: "out"), "out": Sink()})"#;
    let files = |path: &str, text: &str| BTreeMap::from([(path.to_owned(), text.as_bytes().to_vec())]);
    let plant = open_from(Sources::new(files("plant.ron", PLANT)), "plant.ron", &[], registry).expect("a plant").plant;
    match live::signals::Signals::open_from(Sources::new(files("signals.ron", text)), "signals.ron", &plant) {
        Ok(_) => Vec::new(),
        Err(rejected) => rejected.complaints.iter().map(|complaint| complaint.code.id).collect(),
    }
}

/// The codes of all complaints about `example` in its place.
fn found(place: &Place, example: &str, registry: &Arc<Registry>) -> Vec<&'static str> {
    let (scenario, table) = match place {
        In(template) => (template.replace('@', example), String::new()),
        Table(template) => ((*template).to_owned(), format!("{example}\n")),
        Robot { drive, task } => {
            let robot = ROBOT.replace("DRIVE", drive).replace("TASK", task);
            (robot.replace('@', example), String::new())
        }
        Urdf => {
            let links = r#"<link name="base"/><link name="arm"/>"#;
            (CHAIN.to_owned(), format!("<robot name=\"r\">{links}{example}</robot>"))
        }
        Signals(template) => return found_in_signals(&template.replace('@', example), registry),
        Nowhere(_) => return Vec::new(),
    };
    const PLANT: &str = r#"Scenario(clock: (horizon: "3 d"), elements: {"mill": Sink(), "out": Sink()})"#;
    let files =
        [("test.ron", scenario.as_str()), ("table.csv", &table), ("times.csv", "seconds\n41\n"), ("plant.ron", PLANT)];
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    match open_from(Sources::new(files), "test.ron", &[], registry) {
        Ok(scenario) => scenario.plant.warnings.iter().map(|warning| warning.code.id).collect(),
        Err(rejected) => rejected.complaints.iter().map(|complaint| complaint.code.id).collect(),
    }
}
