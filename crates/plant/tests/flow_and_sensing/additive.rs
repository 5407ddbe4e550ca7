//! Build jobs of powder: what is packed into one, how long it takes and where the powder goes, worked out by hand.

use plant::kpi::of_plant;
use plant::state::State;

use crate::play::{Play, plan, play};
use crate::vehicles::audited;

/// A chamber of 1 l in which 100 cm^3 of parts can be packed; 800 layers of 100 um are 80 mm. 20 h.
fn scenario(arrivals: &str, station: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "20 h"),
        costs: (materials: {{"cube": "1 EUR"}}),
        part_types: {{
            "cube": (volume: "20 cm^3", body: (shape: Box(length: "30 mm", width: "30 mm", height: "40 mm"), mass: "20 g")),
            "plate": (volume: "30 cm^3"),
            "rod": (volume: "5 cm^3", body: (shape: Cylinder(diameter: "10 mm", height: "90 mm"), mass: "5 g")),
        }},
        elements: {{
            "in": Source(arrivals: Table([{arrivals}]), part_type: "cube", next: "printer"),
            "printer": AdditiveStation(build_volume: (length: "100 mm", width: "100 mm", height: "100 mm"), packing_density: 0.1,
                preparation: "10 min", layer_thickness: "100 um", recoating_time: "10 s", build_rate: "10 mm^3/s", cool_down: "1 h", {station} next: "out"),
            "out": Sink(),
        }},
    )"#
    )
}

const SIX_CUBES: &str = r#"(time: "0 s", quantity: 6)"#;
const POWDER: &str =
    r#"powder: (bulk_density: "0.5 g/cm^3", density: "1 g/cm^3", recovery: 0.9, refresh: 0.3, price: "50 EUR/kg"),"#;

fn kg(play: &Play, name: &str) -> f64 {
    play.figure("printer", name)
}

#[test]
fn a_job_takes_as_long_as_its_layers_and_its_volume() {
    let play = play(&scenario(SIX_CUBES, r#"least_fill: 0.9, longest_wait: "5 h","#));
    // Five cubes fill the chamber: 1000 layers of 10 s, and 100 cm^3 at 10 mm^3/s.
    let first = 600.0 + 10_000.0 + 10_000.0 + 3_600.0;
    // The sixth has waited long enough by then. Packed, it needs 20 mm of powder bed, but it is 40 mm tall: 400 layers.
    let second = first + 600.0 + 4_000.0 + 2_000.0 + 3_600.0;
    let departed: Vec<(f64, u64)> = (1..=5).map(|part| (first, part)).chain([(second, 6)]).collect();
    assert_eq!(play.departed("printer"), departed);
    assert_eq!(play.figure("printer", "jobs"), 2.0);
    assert_eq!(play.figure("printer", "fill of a job"), 0.6);
    // 120 cm^3 in 1.4 l.
    assert!((play.figure("printer", "packing density") - 0.12 / 1.4).abs() < 1e-12);
    // Without powder nothing is told of it.
    assert!(play.element("printer").figures.iter().all(|figure| !figure.name.contains("powder")));
}

#[test]
fn what_does_not_fit_is_passed_over_for_what_does() {
    let arrivals = r#"(time: "0 s", quantity: 4), (time: "0 s", part_type: "plate"), (time: "1 s", part_type: "rod", quantity: 2)"#;
    let started = |least_fill: f64, arrivals: &str| {
        let play = play(&scenario(arrivals, &format!("least_fill: {least_fill},")));
        play.started("printer")
    };
    // Four cubes are 80 cm^3, which the plate of 30 cm^3 makes too much: full already at 0 s.
    assert_eq!(started(0.85, arrivals)[..4], [(0.0, 1), (0.0, 2), (0.0, 3), (0.0, 4)]);
    // Beside them a rod would fit; both do where they are there in time: 90 cm^3, and 900 layers of which a rod asks for.
    let together = r#"(time: "0 s", quantity: 3), (time: "1 s", part_type: "plate", quantity: 2), (time: "1 s", part_type: "rod", quantity: 2)"#;
    assert_eq!(started(0.95, together)[..5], [(1.0, 1), (1.0, 2), (1.0, 3), (1.0, 4), (1.0, 6)]);
    // Exactly full is full: 20 + 20 + 30 + 30 cm^3.
    let exactly = r#"(time: "0 s", quantity: 2), (time: "1 s", part_type: "plate"), (time: "2 s", part_type: "plate")"#;
    assert_eq!(started(1.0, exactly), [(2.0, 1), (2.0, 2), (2.0, 3), (2.0, 4)]);
    // A rod alone makes as many layers as it is tall.
    let play = play(&scenario(r#"(time: "0 s", part_type: "rod")"#, ""));
    assert_eq!(play.departed("printer"), [(600.0 + 9_000.0 + 500.0 + 3_600.0, 1)]);
}

#[test]
fn every_milligram_of_powder_is_accounted_for() {
    let play = play(&scenario(SIX_CUBES, &format!(r#"least_fill: 0.9, longest_wait: "5 h", {POWDER}"#)));
    // 1 l of 500 g, all of it virgin: 100 g of parts, 360 g recovered, 40 g lost. Then 0.4 l of 200 g with 30 % virgin powder: 20 g of
    // parts, 162 g recovered, 18 g lost.
    let expected = [
        ("powder used", 0.7),
        ("virgin powder", 0.56),
        ("powder in parts", 0.12),
        ("powder recovered", 0.522),
        ("powder lost", 0.058),
        ("recovered powder in stock", 0.382),
        ("cost of virgin powder", 28.0),
    ];
    for (name, mass) in expected {
        assert!((kg(&play, name) - mass).abs() < 1e-12, "{name}: {} and not {mass}", kg(&play, name));
    }
    // Six cubes at 1 EUR besides.
    let kpis = of_plant(&play.report);
    let cost = kpis.iter().find(|kpi| kpi.definition.key == "material_cost").and_then(|kpi| kpi.value);
    assert_eq!(cost, Some(34.0));
    assert_eq!(play.report.currency.as_deref(), Some("EUR"));
}

#[test]
fn a_chamber_that_is_taken_out_lets_the_next_job_begin() {
    let station = format!(r#"least_fill: 0.9, longest_wait: "5 h", removable_chamber: true, {POWDER}"#);
    let play = play(&scenario(SIX_CUBES, &station));
    let built = 600.0 + 10_000.0 + 10_000.0;
    assert_eq!(play.started("printer")[4..], [(0.0, 5), (built, 6)]);
    let departed = play.departed("printer");
    assert_eq!((departed[0].0, departed[5].0), (built + 3_600.0, built + 600.0 + 4_000.0 + 2_000.0 + 3_600.0));
    // What the first job leaves is still in its chamber when the second begins: all of its powder is virgin.
    assert!((kg(&play, "virgin powder") - 0.7).abs() < 1e-12);
    assert!((kg(&play, "recovered powder in stock") - 0.522).abs() < 1e-12);
    // In the machine for 20600 s and 6600 s.
    assert!((play.figure("printer", "busy places") - 27_200.0 / 72_000.0).abs() < 1e-12);
}

#[test]
fn rounding_never_makes_powder() {
    // 1/3 of odd densities, for many jobs; the audit of the random plants looks at every event.
    let powder =
        r#"powder: (bulk_density: "0.457 g/cm^3", density: "1.013 g/cm^3", recovery: 0.3333, refresh: 0.123),"#;
    let arrivals = r#"(time: "0 s", quantity: 3), (time: "3 h", part_type: "plate"), (time: "6 h", part_type: "rod", quantity: 7), (time: "9 h", quantity: 2)"#;
    let play = play(&scenario(arrivals, powder));
    let milligrams = |name: &str| (kg(&play, name) * 1e6).round() as i64;
    let virgin = milligrams("virgin powder");
    let stock = milligrams("recovered powder in stock");
    let ended = milligrams("powder in parts") + milligrams("powder lost");
    let in_bed = play.element("printer").level;
    assert_eq!(in_bed, 0, "all jobs have ended");
    assert_eq!(virgin, ended + stock);
    assert_eq!(
        milligrams("powder used"),
        milligrams("powder in parts") + milligrams("powder lost") + milligrams("powder recovered")
    );
    // A cube weighs 20.26 g, a plate 30.39 g, a rod 5.065 g.
    assert_eq!(milligrams("powder in parts"), 5 * 20_260 + 30_390 + 7 * 5_065);
}

#[test]
fn machines_that_cannot_be_are_refused() {
    let wrong = |station: &str, arrivals: &str| -> Vec<String> {
        let complaints = plan(&scenario(arrivals, station)).err().unwrap_or_default();
        complaints.into_iter().map(|complaint| complaint.message).collect()
    };
    let cubes = r#"(time: "0 s")"#;
    let heavy = r#"powder: (bulk_density: "0.5 g/cm^3", density: "7.9 g/cm^3"),"#;
    assert!(wrong(heavy, cubes)[0].contains("weigh more than the powder bed"));
    assert_eq!(wrong("", cubes), Vec::<String>::new());
    let replaced = |from: &str, to: &str, arrivals: &str| -> String {
        let text = scenario(arrivals, "").replace(from, to);
        plan(&text).err().map(|complaints| complaints[0].message.clone()).unwrap_or_default()
    };
    assert!(replaced(r#"height: "100 mm")"#, r#"height: "30 mm")"#, cubes).contains("larger than the build volume"));
    assert!(replaced("packing_density: 0.1", "packing_density: 0.01", cubes).contains("takes up more than goes in"));
    assert!(
        replaced(r#"(volume: "30 cm^3")"#, "()", r#"(time: "0 s", part_type: "plate")"#).contains("how much material")
    );
    // Of a type that never comes nothing need be known.
    assert_eq!(replaced(r#"(volume: "30 cm^3")"#, "()", cubes), "");
    assert!(replaced("10 mm^3/s", "0 mm^3/s", cubes).contains("at a rate of 0"));
    assert!(replaced(r#"layer_thickness: "100 um""#, r#"layer_thickness: "0 um""#, cubes).contains("no layers"));
    let foreign = r#"powder: (bulk_density: "0.5 g/cm^3", density: "1 g/cm^3", price: "50 USD/kg"),"#;
    assert!(wrong(foreign, cubes)[0].contains("USD"));
}

/// Four parts of 100 cm^3 fill a chamber: 1 h of preparation, 1000 layers of 9 s and 1 h to fuse are 4.5 h in the machine; then 10 h of
/// cooling in a chamber that has been taken out.
fn taken_out(station: &str, others: &str) -> String {
    format!(
        r#"(
        clock: (start: "2026-11-23T06:00:00Z", horizon: "1 d"),
        costs: (machines: {{"printer": (in_use: "10 EUR/h")}}),
        part_types: {{"part": (volume: "100 cm^3")}},
        elements: {{
            "in": Source(arrivals: Table([(time: "0 s", quantity: 8)]), part_type: "part", next: "printer"),
            "printer": AdditiveStation(build_volume: (length: "200 mm", width: "200 mm", height: "100 mm"), packing_density: 0.1,
                preparation: "1 h", layer_thickness: "100 um", recoating_time: "9 s", build_rate: "400 cm^3/h", cool_down: "10 h",
                removable_chamber: true, {station} next: "out"),
            "out": Sink(),
            {others}
        }},
    )"#
    )
}

/// When the parts of each job come out, in hours.
fn out_at(play: &Play) -> Vec<f64> {
    let mut times: Vec<f64> = play.arrived("out").iter().map(|(at, _)| at / 3_600.0).collect();
    times.dedup();
    times
}

#[test]
fn what_cools_outside_is_none_of_the_machine_s_business() {
    let play = audited(&taken_out(r#"energy: (processing: "3 kW", idle: "1 kW"),"#, ""));
    assert_eq!(out_at(&play), [14.5, 19.0]);
    let printer = play.element("printer");
    assert_eq!(printer.time_in(State::Processing).as_seconds_f64(), 9.0 * 3_600.0);
    let energy: f64 = printer.energy.iter().flatten().map(|(_, joules, _)| joules).sum();
    assert!((energy / 3.6e6 - (9.0 * 3.0 + 15.0 * 1.0)).abs() < 1e-9, "{energy}");
    let kpis = of_plant(&play.report);
    let cost = kpis.iter().find(|kpi| kpi.definition.key == "machine_cost").and_then(|kpi| kpi.value);
    assert_eq!(cost, Some(90.0));
    // Power that it draws for what is inside is not for what cools; and it can be set up for something else at once.
    let two = |station: &str| {
        let text = taken_out(station, "").replace(
            r#""part": (volume: "100 cm^3")"#,
            r#""part": (volume: "100 cm^3"), "other": (volume: "100 cm^3")"#,
        );
        audited(&text.replace("quantity: 8)", r#"quantity: 4), (time: "0 s", part_type: "other", quantity: 4)"#))
    };
    let play = two(r#"setup: (time: "1 h"), energy: (processing: "3 kW", idle: "0 kW"),"#);
    assert_eq!(out_at(&play), [14.5, 20.0]);
    let drawn: Vec<Option<f64>> = play.report.part_types.iter().map(|part_type| part_type.energy_j).collect();
    // 4.5 h each.
    assert_eq!(drawn, [Some(13.5 * 3.6e6); 2]);
    // It stands still from 10 h to 12 h: the first chamber cools beside it, and so does the second, which was taken out at 9 h.
    let failing =
        r#"failures: [(time_to_failure: "10 h", clock: CalendarTime, time_to_repair: "2 h", after_repair: Scrap)],"#;
    let play = audited(&taken_out(failing, ""));
    assert_eq!((out_at(&play), play.element("printer").counts.scrapped), (vec![14.5, 19.0], 0));
    // At 6 h the second job is inside, and is lost; the first cools on.
    let play = audited(&taken_out(&failing.replace("10 h", "6 h"), ""));
    assert_eq!((out_at(&play), play.element("printer").counts.scrapped), (vec![14.5], 4));
    // A shift of six hours: the second job goes on the next day, when the first is long out.
    let play = audited(&taken_out(r#"calendar: (shifts: [(from: "06:00", to: "12:00")], at_end: StopAtOnce),"#, ""));
    assert_eq!(out_at(&play), [14.5]);
    // Its operator is free when a chamber is taken out.
    let play = audited(&taken_out(r#"staffing: (processing: "operators"),"#, r#""operators": Pool(members: 1),"#));
    assert_eq!(out_at(&play), [14.5, 19.0]);
}
