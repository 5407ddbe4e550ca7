//! Sensors in zones: which part passes, what it weighs, whether it is near, and when.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use plant::run::{Run, Snapshot};

use super::played::{plant, play};

const PARTS: &str = r#"part_types: {
    "light": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "4 kg")),
    "heavy": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "7.5 kg")) },"#;

fn line(sensor: &str) -> String {
    format!(
        r#"clock: (horizon: "2 min"), {PARTS} elements: {{
            "in": Source(arrivals: Interarrival("2 s"), part_type: ["light", "heavy", "heavy"], next: "belt"), "out": Sink(),
            "belt": Conveyor(length: "3 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone"),
            "zone": Zone(), "sensor": {sensor} }}"#
    )
}

/// What the sensor showed and when, in seconds.
fn readings(sensor: &str) -> Vec<(f64, f64)> {
    let plant = plant(&line(sensor)).unwrap_or_else(|complaints| panic!("{complaints}"));
    let mut run = Run::new(Arc::clone(&plant), 1, 0).expect("a run");
    run.recorder().samples = true;
    run.finish().expect("a sound plant");
    let sensor = plant.element("sensor").expect("the sensor");
    let samples = run.recorder().sample_records.iter().filter(|record| record.sensor == sensor);
    samples.map(|record| ((record.at - SimTime::ZERO).as_seconds_f64(), record.value)).collect()
}

#[test]
fn a_reader_shows_the_number_of_each_part_as_its_front_passes() {
    let shown = readings(r#"BarcodeReader(at: "belt", position: "1.5 m")"#);
    assert!(shown.len() > 50);
    // Parts come every 2 s from 2 s on; 1.5 m at 0.5 m/s.
    for (index, (at_s, serial)) in shown.iter().enumerate() {
        assert_eq!(*serial, (index + 1) as f64);
        assert!((at_s - 5.0 - 2.0 * index as f64).abs() < 0.5e-3, "{at_s}");
    }
    println!("the first one after {:.4} s for 5 s", shown[0].0);
}

#[test]
fn a_reader_fails_as_often_as_it_is_told() {
    let played =
        play(&line(r#"BarcodeReader(at: "belt", position: "1.5 m", no_reads: "30 %")"#).replace("2 min", "60 min"));
    let (passed, read) = (played.figure("sensor", "parts passed"), played.figure("sensor", "codes read"));
    println!("{read} of {passed} codes read");
    // Five standard errors.
    let off = 5.0 * (0.3 * 0.7 / passed).sqrt();
    assert!(passed > 1700.0 && (read / passed - 0.7).abs() < off, "{read} of {passed}");
}

#[test]
fn a_scale_shows_the_mass_of_what_is_wholly_on_it() {
    let shown = readings(r#"Scale(at: "belt", position: "1.5 m", length: "600 mm")"#);
    let masses: Vec<f64> = shown.iter().map(|(_, mass_kg)| *mass_kg).collect();
    assert!(masses.len() > 100);
    assert_eq!(masses[..7], [0.0, 4.0, 0.0, 7.5, 0.0, 7.5, 0.0]);
    // 1.2 m to 1.8 m: wholly on it from a front of 1.6 m until one of 1.8 m, 0.4 s at 0.5 m/s.
    for pair in shown[1..].chunks_exact(2) {
        assert!((pair[1].0 - pair[0].0 - 0.4).abs() < 0.5e-3, "{pair:?}");
    }
    let noisy = readings(r#"Scale(at: "belt", position: "1.5 m", length: "600 mm", signal: (noise: 0.05))"#);
    let errors: Vec<f64> = noisy.iter().zip(&masses).map(|((_, shown), truth)| shown - truth).collect();
    let square = errors.iter().map(|error| error * error).sum::<f64>() / errors.len() as f64;
    assert!((0.035..0.065).contains(&square.sqrt()), "{square}");
}

#[test]
fn a_proximity_sensor_reads_1_while_a_part_is_near() {
    let shown = readings(r#"ProximitySensor(at: "belt", position: "1 m", left: "140 mm")"#);
    assert!(shown.len() > 100);
    for (index, (_, near)) in shown.iter().enumerate() {
        assert_eq!(*near, f64::from(u8::from(index % 2 == 1)));
    }
    // The block is 10 mm long: a part of 400 mm reaches into it for 410 mm.
    for (index, pair) in shown[1..].chunks_exact(2).enumerate() {
        let exact_s = 2.0 * (index + 1) as f64 + 0.995 / 0.5;
        let off_s = [pair[0].0 - exact_s, pair[1].0 - exact_s - 0.82];
        assert!(off_s.iter().all(|off_s| off_s.abs() < 0.5e-3), "{pair:?} for {exact_s}");
    }
    // Beside the parts, which are 300 mm wide, it sees none.
    assert_eq!(readings(r#"ProximitySensor(at: "belt", position: "1 m", left: "-160 mm")"#).len(), 1);
}

#[test]
fn sensors_and_diverters_survive_a_snapshot() {
    let more = r#""by": BarcodeReader(at: "belt", position: "0.5 m", no_reads: "20 %"),
        "near": ProximitySensor(at: "belt", position: "1 m"), "aside": Sink(),
        "fence": Diverter(at: "belt", position: "2 m", to: "lane", part_types: ["light"]),
        "lane": Conveyor(length: "1 m", speed: "0.5 m/s", width: "1 m", next: "aside", fidelity: Physics, zone: "zone"),"#;
    let text = line(r#"Scale(at: "belt", position: "0.8 m", length: "600 mm", signal: (noise: 0.05))"#)
        .replace(r#""zone": Zone(),"#, &format!(r#""zone": Zone(), {more}"#));
    let plant = plant(&text).unwrap_or_else(|complaints| panic!("{complaints}"));
    let mut whole = Run::new(Arc::clone(&plant), 1, 0).expect("a run");
    whole.finish().expect("a sound plant");
    assert!(whole.report().elements.iter().any(|element| element.name == "aside" && element.counts.arrived > 15));
    for milliseconds in [1_001_i64, 3_001, 33_333, 34_504, 35_100, 36_800] {
        let mut half = Run::new(Arc::clone(&plant), 1, 0).expect("a run");
        half.play_to(SimTime::ZERO + SimDuration::from_nanos(milliseconds * 1_000_000)).expect("a sound plant");
        let bytes = half.snapshot().to_bytes();
        let snapshot = Snapshot::from_bytes(&plant, &bytes).unwrap_or_else(|misfit| panic!("{misfit:?}"));
        let mut resumed = Run::resume(Arc::clone(&plant), 1, 0, &snapshot).expect("a run");
        // Having been played to there, the run counts as done there.
        resumed.set_horizon(SimTime::ZERO + plant.horizon);
        resumed.finish().expect("a sound plant");
        for element in ["belt", "lane", "zone", "fence", "sensor", "by", "near"] {
            let element_index = plant.element(element).expect("there");
            let (one, other) = (resumed.digest_of(element_index), whole.digest_of(element_index));
            assert_eq!(one, other, "{element} at {milliseconds} ms");
        }
        assert_eq!(resumed.digest(), whole.digest(), "at {milliseconds} ms");
        assert_eq!(resumed.bodies(), whole.bodies(), "at {milliseconds} ms");
    }
}

#[test]
fn sensors_that_see_nothing_are_refused() {
    for (sensor, expected) in [
        (r#"BarcodeReader(at: "belt", position: "4 m")"#, "is not on its conveyor, which is 3 m long"),
        (r#"Scale(at: "belt", position: "0.2 m", length: "600 mm")"#, "is not on its conveyor"),
        (r#"Scale(at: "out", position: "1 m", length: "600 mm")"#, "\"out\" is a Sink, not a Conveyor"),
        (r#"ProximitySensor(at: "belt", position: "1 m", size: ("0 mm", "1 mm", "1 mm"))"#, "a block without a volume"),
    ] {
        let said = plant(&line(sensor)).err().unwrap_or_default();
        assert!(said.contains(expected) && said.contains("help:"), "expected {expected:?}:\n{said}");
    }
    let event = line(r#"BarcodeReader(at: "belt", position: "1 m")"#).replace("Physics", "Event");
    let said = plant(&event).err().unwrap_or_default();
    assert!(said.contains("this sensor looks at a conveyor that is in no zone"), "{said}");
}

#[test]
fn an_eye_near_an_exit_is_clear_when_parts_have_gone() {
    // The body goes when the part is handed over: 200 mm of it are in the beam then.
    let text = line(r#"PhotoEye(at: "belt", position: "2.8 m")"#);
    let played = play(&text);
    let out = played.arrived("out").len() as f64;
    let times = played.figure("sensor", "times interrupted");
    println!(
        "{out} parts, interrupted {times} times, {} of the time",
        played.figure("sensor", "share of time interrupted")
    );
    assert!((times - out).abs() <= 1.0 && out > 50.0);
    // 0.4 s of every 2 s.
    let share = played.figure("sensor", "share of time interrupted");
    assert!((0.17..0.21).contains(&share), "{share}");
}
