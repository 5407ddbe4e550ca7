//! What is flatter, slower or more turned than usual: computed right or refused, and never wrong without a word.

use plant::floor::Happening;
use plant::transport::zone::{INCIDENTS, Trouble};

use super::played::{plant, play};

/// Width and height of an ordinary part.
const USUAL: [&str; 2] = ["300 mm", "200 mm"];

/// Boxes of a width and a height every five seconds over one belt, which is as given, in a zone with an eye across it.
fn one_belt([width, height]: [&str; 2], belt: &str) -> String {
    format!(
        r#"clock: (horizon: "2 min"),
        part_types: {{ "sheet": (body: (shape: Box(length: "400 mm", width: "{width}", height: "{height}"), mass: "1 kg")),
            "foil": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "1 mm"), mass: "1 kg")) }}, elements: {{
            "in": Source(arrivals: Interarrival("5 s"), part_type: "sheet", next: "belt"), "out": Sink(), "zone": Zone(),
            "eye": PhotoEye(at: "belt", position: "1 m"),
            "belt": Conveyor({belt}, next: "out", zone: "zone", fidelity: Physics) }}"#
    )
}

#[test]
fn flat_parts_are_seen_like_others() {
    let shipped = ["5 mm", "1 mm", "200 mm"].map(|height| {
        let played = play(&one_belt(["300 mm", height], r#"length: "3 m", speed: "0.5 m/s""#));
        let sight = played.figure("eye", "times interrupted");
        println!("{height}: {} shipped, seen {sight} times", played.arrived("out").len());
        (played.arrived("out").len(), sight)
    });
    assert_eq!(shipped, [shipped[2]; 3]);
    assert_eq!(shipped[2].0, 22);
}

fn refusal(text: &str) -> String {
    plant(text).err().map(|complaints| complaints.to_string()).unwrap_or_default()
}

#[test]
fn long_slow_belts_are_played_and_belts_that_creep_refused() {
    for belt in [r#"length: "50 m", speed: "0.1 m/s""#, r#"length: "4.2 m", speed: "0.01 m/s""#] {
        let said = refusal(&one_belt(USUAL, belt));
        assert_eq!(said, "", "{belt}");
    }
    let said = refusal(&one_belt(USUAL, r#"length: "1.5 m", speed: "0.004 m/s""#));
    assert!(said.contains("\"belt\" is too slow for physics") && said.contains("fidelity: Event"), "{said}");
    let ramping = |acceleration: &str| {
        refusal(&one_belt(USUAL, &format!(r#"length: "1.5 m", speed: "0.5 m/s", acceleration: "{acceleration}""#)))
    };
    assert_eq!(ramping("0.01 m/s^2"), "");
    let said = ramping("0.0099 m/s^2");
    assert!(said.contains("\"belt\" speeds up too slowly for physics") && said.contains("10 mm/s^2"), "{said}");
}

#[test]
fn a_curve_that_comes_back_to_its_entry_is_refused() {
    let curve = |turn: u32, width| {
        one_belt([width, "200 mm"], &format!(r#"length: "6 m", turn: "{turn} deg", speed: "0.5 m/s""#))
    };
    assert_eq!(refusal(&curve(330, "300 mm")), "");
    // The inner end of what crosses the belt at its end is nearer than its middle: a wide part lies under it.
    for (turn, width) in [(340, "300 mm"), (350, "300 mm"), (335, "600 mm")] {
        let said = refusal(&curve(turn, width));
        assert!(said.contains("\"belt\" ends where parts come in that are 0.4 m long"), "{turn} {width}: {said}");
    }
}

#[test]
fn what_tips_over_the_end_of_a_belt_has_tipped_on_it() {
    // The first part stands in the station, the second one runs against the stop and goes over.
    let played = play(
        r#"clock: (horizon: "20 s"),
        part_types: { "tower": (body: (shape: Box(length: "200 mm", width: "200 mm", height: "900 mm"), mass: "5 kg", friction: 0.8)) }, elements: {
            "in": Source(arrivals: Interarrival("4 s"), next: "belt"), "out": Sink(), "zone": Zone(),
            "belt": Conveyor(length: "3 m", speed: "4 m/s", friction: 0.8, accumulating: true, next: "work", zone: "zone", fidelity: Physics),
            "work": Station(process_time: "1 h", next: "out") }"#,
    );
    let incidents = played.element("zone").words.iter().find(|word| word.name == INCIDENTS);
    let told = incidents.map(|word| word.word.to_string()).unwrap_or_default();
    println!("{told}");
    assert_eq!(told.matches("part 3 tipped over").count(), 1, "shifted back by the stop, it lies as it did: {told}");
    assert!(told.contains("part 2 tipped over on \"belt\", 3.00 m from its entry"), "{told}");
}

#[test]
fn a_name_that_nothing_bears_brings_no_other_complaints() {
    let text = r#"clock: (horizon: "1 min"), part_types: { "box": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "1 kg")) },
        elements: { "in": Source(arrivals: Interarrival("5 s"), next: "first"), "out": Sink(), "zone": Zone(),
            "first": Conveyor(length: "3 m", speed: "0.5 m/s", next: "second", zone: "zone", fidelity: Physics),
            "second": Conveyor(length: "3 m", speed: "0.5 m/s", next: "nowhere", zone: "zone", fidelity: Physics) }"#;
    let said = refusal(text);
    println!("{said}");
    assert_eq!((said.matches("error[").count(), said.matches("LW0401").count()), (1, 1), "{said}");
}

#[test]
fn a_part_goes_on_as_it_lies_where_belts_meet() {
    // The second belt begins 45 mm before the first one ends, which planning lets through.
    let played = play(
        r#"clock: (horizon: "1 min"), part_types: {"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg"))},
        elements: {
            "in": Source(arrivals: Interarrival("1.003 s"), next: "first"), "out": Sink(), "zone": Zone(),
            "first": Conveyor(length: "3 m", speed: "2 m/s", next: "second", fidelity: Physics, zone: "zone", place: ()),
            "second": Conveyor(length: "3 m", speed: "2 m/s", next: "out", fidelity: Physics, zone: "zone", place: (x: "2.955 m")) }"#,
    );
    let stays = played.stays("second");
    let (least_s, most_s) =
        stays.values().fold((f64::MAX, 0.0_f64), |(least, most), stay| (least.min(*stay), most.max(*stay)));
    println!("{} parts took {least_s} s to {most_s} s", stays.len());
    // The fronts are 45 mm on when they come.
    assert!(stays.len() > 50 && (least_s - 1.4775).abs() < 1e-4 && (most_s - 1.4775).abs() < 1e-4);
}

#[test]
fn what_falls_onto_another_belt_has_fallen_off_its_own() {
    let falls = |under: &str| {
        let played = play(&format!(
            r#"clock: (horizon: "1 min"), part_types: {{"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg"))}},
            elements: {{
                "in": Source(arrivals: Interarrival("5 s"), next: "belt"), "out": Sink(),
                "belt": Conveyor(length: "3 m", speed: "2 m/s", next: "out", fidelity: Physics, zone: "zone"),
                "lane": Conveyor(length: "2 m", width: "400 mm", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
                "push": Pusher(at: "belt", position: "1.5 m", to: "lane", speed: "4 m/s", acceleration: "60 m/s^2", width: "800 mm"),
                {under} "zone": Zone() }}"#
        ));
        let troubles = played.events.iter().filter_map(|event| match event.what {
            Happening::Incident(part, Trouble::Fell) => Some((part, event.at)),
            _ => None,
        });
        troubles.collect::<Vec<_>>()
    };
    let free = falls("");
    let under = falls(
        r#""under": Conveyor(length: "8 m", width: "6 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone", place: (x: "-2 m", z: "-600 mm")),"#,
    );
    println!("{free:?} and {under:?}");
    assert!(free.len() >= 5);
    assert_eq!(free, under);
}
