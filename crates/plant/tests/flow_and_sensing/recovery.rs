//! Taking apart with grades and materials: where pieces go, what is recovered, and what it is worth.

use plant::kpi::{of_element, of_plant};

use crate::play::{Play, plan, play};

/// Motors are taken apart, one a minute for 1000 minutes.
fn scenario(grades: &str, materials: &str, costs: &str) -> String {
    format!(
        r#"(
        clock: (horizon: "1001 min"),
        part_types: {{"motor": (), "rotor": (), "spare": ()}},
        costs: {costs},
        elements: {{
            "in": Source(arrivals: Interarrival("1 min"), part_type: "motor", next: "bench"),
            "bench": Disassembly(pieces: [(part_type: "rotor", amount: 2, grades: {grades})], materials: {materials}, process_time: "10 s", next: "store"),
            "store": Sink(),
            "scrapyard": Sink(),
        }},
    )"#
    )
}

const GRADES: &str = r#"{"A": (share: 0.5, part_type: "spare", value: "4.5 EUR"), "B": (share: 0.3, value: "1 EUR"), "C": (share: 0.2, next: "scrapyard")}"#;
const MATERIALS: &str =
    r#"{"copper": (mass: "1.234567 kg", recovery: 0.9, value: "7 EUR/kg"), "dirt": (mass: "100 g", recovery: 0)}"#;

fn word<'p>(play: &'p Play, name: &str) -> &'p str {
    let words = &play.element("bench").words;
    words.iter().find(|word| word.name == name).map_or("", |word| &word.word)
}

/// How many pieces went to the store as spares and as rotors, and to the scrapyard.
fn counts(play: &Play) -> [u64; 3] {
    let shipped = |name: &str| {
        play.report.part_types.iter().find(|part_type| part_type.name == name).expect("a part type").shipped
    };
    let scrapped = play.element("scrapyard").counts.arrived;
    [shipped("spare"), shipped("rotor") - scrapped, scrapped]
}

#[test]
fn grades_decide_where_pieces_go_and_what_they_are_worth() {
    let play = play(&scenario(GRADES, "{}", "()"));
    let counts = counts(&play);
    let bench = play.element("bench").counts.processed;
    assert!(bench >= 1_000);
    // Every piece has a grade.
    assert_eq!(counts.iter().sum::<u64>(), 2 * bench);
    for (count, share) in counts.iter().zip([0.5, 0.3, 0.2]) {
        // Four standard deviations of a binomial count: this seed has 1 chance in 16,000 to be outside by chance.
        let (pieces, count) = (2.0 * bench as f64, *count as f64);
        let deviation = (pieces * share * (1.0 - share)).sqrt();
        assert!((count - pieces * share).abs() < 4.0 * deviation, "{count} of {pieces} with a share of {share}");
    }
    let value = 4.5 * counts[0] as f64 + counts[1] as f64;
    assert_eq!(play.figure("bench", "value recovered"), value);
    let said = format!(
        "rotor: A {} ({} EUR), B {} ({} EUR), C {}",
        counts[0],
        4.5 * counts[0] as f64,
        counts[1],
        counts[1],
        counts[2]
    );
    assert_eq!(word(&play, "grades"), said);
}

#[test]
fn a_share_that_changes_moves_no_other_draw() {
    // A of 0.5 and of 0.4: the pieces that are A with 0.4 are among those with 0.5.
    let spares = |grades: &str| {
        let play = play(&scenario(grades, "{}", "()"));
        play.order("store").len()
    };
    let fewer = GRADES.replace("share: 0.5", "share: 0.4").replace("share: 0.3", "share: 0.4");
    assert_eq!(spares(GRADES), spares(&fewer), "C begins at 0.8 in both");
}

#[test]
fn materials_are_recovered_by_mass_and_what_they_are_worth_is_a_credit() {
    let play = play(&scenario("{}", MATERIALS, r#"(materials: {"motor": "20 EUR"})"#));
    let taken = play.element("bench").counts.processed as f64;
    let born = play.report.part_types.iter().find(|part_type| part_type.name == "motor").expect("motors").born as f64;
    // 90 % of 1,234,567 mg are 1,111,110.3 mg; whole milligrams are recovered.
    let recovered = 1.111_110 * taken;
    let close =
        |value: f64, expected: f64| assert!((value - expected).abs() < 1e-9 * expected, "{value}, not {expected}");
    close(play.figure("bench", "mass in"), 1.334_567 * taken);
    close(play.figure("bench", "mass recovered"), recovered);
    close(play.figure("bench", "recovery rate"), 1.111_110 / 1.334_567);
    close(play.figure("bench", "value recovered"), 7.0 * recovered);
    let kpis = of_plant(&play.report);
    let of_plant = |key: &str| kpis.iter().find(|kpi| kpi.definition.key == key).and_then(|kpi| kpi.value).expect(key);
    close(of_plant("recovered_mass"), recovered);
    close(of_plant("recovery_rate"), 1.111_110 / 1.334_567);
    close(of_plant("recovered_value"), 7.0 * recovered);
    close(of_plant("material_cost"), 20.0 * born);
    close(of_plant("cost"), 20.0 * born - 7.0 * recovered);
    let of_bench = of_element(play.element("bench"), &play.report);
    let rate = of_bench.iter().find(|kpi| kpi.definition.key == "recovery_rate").and_then(|kpi| kpi.value);
    close(rate.expect("a rate"), 1.111_110 / 1.334_567);
    assert!(word(&play, "materials").starts_with("copper "), "{}", word(&play, "materials"));
    // No draw is spent on pieces without grades.
    assert!(play.element("bench").figures.iter().all(|figure| figure.name != "grades"));
}

#[test]
fn what_is_recovered_before_the_warm_up_ends_does_not_count() {
    let text = scenario(GRADES, MATERIALS, "()")
        .replace(r#"horizon: "1001 min""#, r#"warm_up: "501 min", horizon: "1001 min""#);
    let play = play(&text);
    let taken = play.element("bench").counts.processed as f64;
    assert!((480.0..=502.0).contains(&taken));
    assert!((play.figure("bench", "mass in") - 1.334_567 * taken).abs() < 1e-9 * taken);
}

#[test]
fn grades_that_cannot_be_are_refused() {
    let wrong = |grades: &str, materials: &str, costs: &str| -> String {
        let complaints = plan(&scenario(grades, materials, costs)).err().unwrap_or_default();
        complaints.first().map(|complaint| complaint.message.clone()).unwrap_or_default()
    };
    assert!(wrong(r#"{"A": (share: 0.5), "B": (share: 0.4)}"#, "{}", "()").contains("make 0.9"));
    assert!(wrong(r#"{"A": (share: 1, next: "nowhere")}"#, "{}", "()").contains("nowhere"));
    let priced = MATERIALS.replace("EUR", "USD");
    assert!(wrong("{}", &priced, r#"(materials: {"motor": "20 EUR"})"#).contains("USD"));
    assert!(wrong(GRADES, &priced, "()").contains("USD"));
    assert_eq!(wrong(GRADES, MATERIALS, "()"), "");
}
