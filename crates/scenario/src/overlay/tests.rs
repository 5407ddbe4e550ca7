//! Tables of paths and values with the tree, or the complaint, they must give.

use plant::description::{Node, Origin};

use super::{Assignment, NoSchema, Path, Schema, assign, resolve};
use crate::sources::Sources;
use crate::syntax::{parse, write};

const PLANT: &str = r#"Scenario(
    name: "test",
    clock: (horizon: "5 d"),
    elements: {
        "line1/mill": Station(capacity: 1, process_time: Triangular("40 s", "45 s", "60 s"), next: "outfeed"),
        "line1/drill": Station(process_time: {"A": "1 s", "B": "2 s"}),
        "line2/mill": Station(capacity: 3, failures: [(repair: "1 h"), (repair: "2 h", by: "crew")]),
        "outfeed": Conveyor(speed: "0.5 m/s", order: Fifo),
        "press 1.5t": Station(energy: (idle: "1 kW")),
    },
)"#;

fn plant() -> Node {
    parse(PLANT, 0).root.expect("a good text")
}

struct Known;

impl Schema for Known {
    fn element_fields(&self, kind: &str) -> Option<Vec<&str>> {
        (kind == "Station").then(|| vec!["capacity", "process_time", "failures"])
    }

    fn sections(&self) -> Vec<&str> {
        vec!["clock", "seed"]
    }
}

#[test]
fn paths_lead_where_they_say() {
    let root = plant();
    let cases: &[(&str, &[&str])] = &[
        ("outfeed.speed", &["outfeed.speed = \"0.5 m/s\""]),
        ("clock.horizon", &["clock.horizon = \"5 d\""]),
        ("elements.outfeed.order", &["elements.outfeed.order = Fifo"]),
        ("line1/mill.process_time[1]", &["line1/mill.process_time[1] = \"45 s\""]),
        ("line1/drill.process_time.B", &["line1/drill.process_time.B = \"2 s\""]),
        ("line1/drill.process_time['B']", &["line1/drill.process_time.B = \"2 s\""]),
        ("'press 1.5t'.energy.idle", &["'press 1.5t'.energy.idle = \"1 kW\""]),
        ("**.capacity", &["line1/mill.capacity = 1", "line2/mill.capacity = 3"]),
        ("line1/*.capacity", &["line1/mill.capacity = 1"]),
        (
            "**.failures[*].repair",
            &["line2/mill.failures[0].repair = \"1 h\"", "line2/mill.failures[1].repair = \"2 h\""],
        ),
        ("line2/mill.failures[0].by", &["line2/mill.failures[0].by"]),
        ("**.failures[*].by", &["line2/mill.failures[0].by", "line2/mill.failures[1].by = \"crew\""]),
        ("outfeed.energy.idle", &["outfeed.energy.idle"]),
        (
            "line1/drill.process_time.*",
            &["line1/drill.process_time.A = \"1 s\"", "line1/drill.process_time.B = \"2 s\""],
        ),
        ("line1/drill.process_time.C", &["line1/drill.process_time.C"]),
    ];
    for (text, expected) in cases {
        let path = Path::of(&Node::text(text)).expect(text);
        let places = resolve(&root, &path, &NoSchema).expect(text);
        let found: Vec<String> = places
            .iter()
            .map(|place| match place.get(&root) {
                Some(node) => format!("{} = {}", place.path(), write(node)),
                None => place.path().to_owned(),
            })
            .collect();
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
fn a_schema_adds_fields_that_are_not_given() {
    let root = plant();
    for (text, expected) in [
        ("line1/*.capacity", vec!["line1/mill.capacity", "line1/drill.capacity"]),
        ("*.capacity", vec!["'press 1.5t'.capacity"]),
        ("seed", vec!["seed"]),
    ] {
        let path = Path::of(&Node::text(text)).expect(text);
        let places = resolve(&root, &path, &Known).expect(text);
        assert_eq!(places.iter().map(super::Place::path).collect::<Vec<_>>(), expected, "{text}");
    }
}

/// Each case: the path, the text under the caret, a part of the message, a part of the help.
#[test]
fn paths_that_match_nothing_say_what_was_meant() {
    let root = plant();
    for (text, place, message, help) in [
        ("outfed.speed", "outfed", "no element or section", "did you mean `outfeed`?"),
        ("clok.horizon", "clok", "no element or section", "did you mean `clock`?"),
        ("xyzzy.speed", "xyzzy", "no element or section", "the elements are `line1/mill`"),
        ("press 1,5t.energy", "press 1,5t", "no element", "did you mean `'press 1.5t'`?"),
        ("line3/*.capacity", "line3/*", "no element fits", "`**`"),
        ("*mill.capacity", "*mill", "no element fits", "`**`"),
        ("**.capcity", "capcity", "has no `capcity`", "did you mean `capacity`?"),
        ("outfeed.speed.unit", "unit", "is the text", ""),
        ("outfeed[0]", "[0]", "`outfeed` is `Conveyor(...)`", "use a dot and a name: `speed`, `order`"),
        ("line2/mill.failures[2].repair", "[2]", "has no item [2]", "[0] to [1]"),
        ("line2/mill.failures.repair", "repair", "is a list", "[0]"),
        ("line1/mill.process_time.mode", "mode", "is `Triangular(...)`", "[0]"),
        ("line1/mill.failurs[0].repair", "[0]", "`line1/mill.failurs` is not given", ""),
        ("line2/mill.failurs[0].repair", "[0]", "is not given", "did you mean `failures`?"),
        ("outfeed.sp%eed", "sp%eed", "`outfeed` has no `sp%eed`", "did you mean `speed`?"),
        ("line1/drill.process_time.C.mean", "C", "has no `C`", "`A`, `B`"),
    ] {
        let node = Node::text(text).at(Origin::new(0, 0, text.len() as u32));
        let path = Path::of(&node).expect(text);
        let complaint = resolve(&root, &path, &NoSchema).expect_err(text);
        let found = &text[complaint.origin.start as usize..complaint.origin.end as usize];
        assert_eq!((complaint.code.id, found), ("LW0601", place), "{text}: {complaint}");
        assert!(complaint.message.contains(message), "{text}: {complaint}");
        assert!(complaint.help.as_deref().unwrap_or("").contains(help), "{text}: {complaint}");
    }
}

#[test]
fn the_command_line_says_it_as_people_type_it() {
    for (text, place, expected) in [
        ("outfeed.speed=0.4 m/s", "outfeed.speed", "\"0.4 m/s\""),
        ("outfeed.speed = 30 m/min", "outfeed.speed", "\"30 m/min\""),
        ("outfeed.speed=\"0.4 m/s\"", "outfeed.speed", "\"0.4 m/s\""),
        ("line1/mill.capacity=2", "line1/mill.capacity", "2"),
        ("line1/mill.next=packer", "line1/mill.next", "\"packer\""),
        ("line1/mill.next=Packer", "line1/mill.next", "\"Packer\""),
        ("line1/mill.next=line2/mill", "line1/mill.next", "\"line2/mill\""),
        ("line1/mill.stream=fixed", "line1/mill.stream", "\"fixed\""),
        ("outfeed.order=lifo", "outfeed.order", "lifo"),
        ("line1/drill.order=Lifo", "line1/drill.order", "Lifo"),
        ("line1/mill.process_time=Constant(\"42 s\")", "line1/mill.process_time", "Constant(\"42 s\")"),
        ("line1/mill.process_time=10 min", "line1/mill.process_time", "\"10 min\""),
        ("clock.start=2026-11-23T06:00:00Z", "clock.start", "\"2026-11-23T06:00:00Z\""),
        ("name=a = b", "name", "\"a = b\""),
        ("'press 1.5t'.energy.idle=2 kW", "'press 1.5t'.energy.idle", "\"2 kW\""),
    ] {
        let mut root = plant();
        let sources = Sources::default();
        let assignment = Assignment::parse(text, "--set #1", "plant.ron", &sources).expect(text);
        let places = assignment.apply(&mut root, &NoSchema).expect(text);
        assert_eq!(places[0].path(), place, "{text}");
        let path = Path::of(&Node::text(place)).expect(place);
        let found = resolve(&root, &path, &NoSchema).expect(place);
        let node = found[0].get(&root).expect("just assigned");
        assert_eq!(write(node), expected, "{text}");
        assert!(text.contains(&sources.excerpt(node.origin)) && node.origin.length() > 0, "{text}");
    }
}

#[test]
fn damaged_assignments_are_complained_of() {
    for (text, code, place) in [
        ("mill.capacity", "LW0607", "mill.capacity"),
        ("mill.capacity=", "LW0607", "="),
        ("=2", "LW0602", ""),
        ("mill..a=2", "LW0602", "."),
        ("mill.a=Constant(\"42 s\"", "LW0102", "("),
        ("mill.a=\"x", "LW0103", "\"x"),
        ("mill.a=1e999", "LW0104", "1e999"),
        ("mill.a=NaN", "LW0104", "NaN"),
        ("mill.a=[1, 2", "LW0102", "["),
    ] {
        let sources = Sources::default();
        let complaints = Assignment::parse(text, "--set #1", "plant.ron", &sources).expect_err(text);
        let found = sources.excerpt(complaints[0].origin);
        assert_eq!((complaints[0].code.id, found.as_str()), (code, place), "{text}: {}", complaints[0]);
    }
}

#[test]
fn assignments_change_exactly_the_places_they_name() {
    for (path, value, expected) in [
        ("mill.capacity", "2", "(elements:{\"mill\":Station(capacity:2,list:[1,2]),\"out\":Sink()})"),
        ("*.list[*]", "0", "(elements:{\"mill\":Station(capacity:1,list:[0,0]),\"out\":Sink()})"),
        ("mill.list", "None", "(elements:{\"mill\":Station(capacity:1),\"out\":Sink()})"),
        ("*", "None", "(elements:{})"),
        (
            "out.energy.idle",
            "\"1 W\"",
            "(elements:{\"mill\":Station(capacity:1,list:[1,2]),\"out\":Sink(energy:(idle:\"1 W\"))})",
        ),
        (
            "elements.new",
            "Sink()",
            "(elements:{\"mill\":Station(capacity:1,list:[1,2]),\"out\":Sink(),\"new\":Sink()})",
        ),
        ("out", "Buffer(a:1)", "(elements:{\"mill\":Station(capacity:1,list:[1,2]),\"out\":Buffer(a:1)})"),
    ] {
        let text = "(elements: {\"mill\": Station(capacity: 1, list: [1, 2]), \"out\": Sink()})";
        let mut root = parse(text, 0).root.expect("a good text");
        let value = parse(value, 1).root.expect("a good value");
        let at = Path::of(&Node::text(path)).expect(path);
        assign(&mut root, &at, &value, &NoSchema).expect(path);
        assert_eq!(write(&root), expected, "{path}");
    }
}

#[test]
fn taking_away_a_known_field_that_is_not_given_changes_nothing() {
    let mut root = plant();
    let before = write(&root);
    let path = Path::of(&Node::text("line1/mill.failures")).expect("a path");
    assign(&mut root, &path, &Node::absent(), &Known).expect("a known field");
    assert_eq!(write(&root), before);
    let path = Path::of(&Node::text("line1/mill.failurs")).expect("a path");
    assign(&mut root, &path, &Node::absent(), &Known).expect("left for the reader to refuse");
    assert!(write(&root).contains("failurs:None"));
}

#[test]
fn wildcards_cannot_write_without_end() {
    let items = "0,".repeat(4000);
    let root = format!("(elements: {{\"a\": A(list: [{items}])}})");
    let mut root = parse(&root, 0).root.expect("a good text");
    let value = parse(&format!("[{items}]"), 1).root.expect("a good value");
    let path = Path::of(&Node::text("a.list[*]")).expect("a path");
    assert_eq!(assign(&mut root, &path, &value, &NoSchema).expect_err("too many").code.id, "LW0608");
}
