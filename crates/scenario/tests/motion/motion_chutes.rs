//! Chutes: what slides down them takes what the textbook says, by both fidelities, and what would not slide is refused.

use super::played::{plant, play};

const PARTS: &str =
    r#"part_types: {"bag": (body: (shape: Box(length: "300 mm", width: "300 mm", height: "100 mm"), mass: "3 kg"))},"#;

fn chute(fields: &str) -> String {
    format!(
        r#"clock: (horizon: "5 min"), {PARTS} elements: {{
            "in": Source(arrivals: Interarrival("5 s"), next: "chute"), "out": Sink(), "zone": Zone(),
            "chute": Conveyor(length: "3 m", drive: Gravity, next: "out", {fields}) }}"#
    )
}

#[test]
fn parts_slide_as_the_textbook_says() {
    for (incline_deg, friction, entry) in [(20.0_f64, 0.2, 0.5), (30.0, 0.3, 0.2), (15.0, 0.1, 1.0)] {
        let (sin, cos) = incline_deg.to_radians().sin_cos();
        let acceleration = 9.80665 * (sin - friction * cos);
        let by_hand_s = (f64::sqrt(entry * entry + 2.0 * acceleration * 3.0) - entry) / acceleration;
        let fields = format!(r#"speed: "{entry} m/s", incline: "-{incline_deg} deg", friction: {friction:?}"#);
        let exact = play(&chute(&fields)).stays("chute");
        assert!(exact.len() > 50 && exact.values().all(|stay_s| (stay_s - by_hand_s).abs() < 1e-6), "{exact:?}");
        let played = play(&chute(&format!(r#"{fields}, fidelity: Physics, zone: "zone""#)));
        let stays = played.stays("chute");
        let worst = stays.values().map(|stay_s| (stay_s - by_hand_s).abs()).fold(0.0, f64::max);
        println!("{incline_deg} degrees, {friction}: {by_hand_s:.4} s, physics at most {:.2} ms off", worst * 1e3);
        assert!(stays.len() > 50 && worst < 0.01 * by_hand_s, "{worst}");
    }
}

#[test]
fn parts_queue_on_a_chute_and_go_on() {
    // The station takes them every 6 s: they close up from the end of the chute, and none is lost.
    let text = chute(r#"speed: "0.3 m/s", incline: "-25 deg", friction: 0.25, fidelity: Physics, zone: "zone""#)
        .replace(r#"next: "out","#, r#"next: "station","#)
        .replace(r#""out": Sink()"#, r#""station": Station(process_time: "6 s", next: "out"), "out": Sink()"#);
    let played = play(&text);
    let arrived = played.arrived("out").len();
    let most = played.figure("chute", "most parts on the belt");
    println!("{arrived} came out, at most {most} on the chute");
    assert!(arrived >= 45 && most >= 6.0);
    let fell = played.figure("zone", "parts that fell off") + played.figure("zone", "parts that jammed");
    assert_eq!(fell, 0.0);
}

#[test]
fn what_does_not_slide_is_refused() {
    for (fields, expected) in [
        (
            r#"speed: "0.5 m/s", incline: "-20 deg", friction: 0.4"#,
            "nothing slides down a slope of 20 degrees with a friction of 0.4",
        ),
        (r#"speed: "0.5 m/s", incline: "20 deg", friction: 0.1"#, "nothing slides down a slope of -20 degrees"),
        (r#"speed: "0.5 m/s""#, "nothing slides down a slope of -0 degrees"),
        (r#"speed: "0.5 m/s", turn: "90 deg""#, "a chute that turns"),
    ] {
        let said = plant(&chute(fields)).err().unwrap_or_default();
        let told = said.contains(expected) || said.contains(&expected.replace("-0 degrees", "0 degrees"));
        assert!(told && said.contains("help:"), "expected {expected:?}:\n{said}");
    }
}
