//! Belts that speed up and slow down are the same event by event and with bodies.
//!
//! What is wanted of a zone takes effect at its next step of 8 ms, so commands are given at whole steps here.

use super::played::plant;

const PARTS: &str = r#"part_types: {"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg"))}"#;

/// Edges of the eye of a scenario, in nanoseconds, each with what it shows then.
fn edges(text: &str) -> Vec<(i64, f64)> {
    let plant = plant(text).unwrap_or_else(|complaints| panic!("{complaints}"));
    let mut run = plant::run::Run::new(plant, 1, 0).expect("a run");
    run.recorder().samples = true;
    run.finish().expect("no error");
    let samples = std::mem::take(&mut run.recorder().sample_records);
    samples.iter().map(|sample| ((sample.at - kernel::SimTime::ZERO).as_nanos(), sample.value)).collect()
}

/// How far apart the edges are at most, in seconds, with physics and without, of a scenario with `FIDELITY` in it.
fn apart_s(what: &str, text: &str) -> f64 {
    let [event, physics] = [
        text.replace("FIDELITY", "").replace("ZONE", ""),
        text.replace("FIDELITY", r#"fidelity: Physics, zone: "zone","#).replace("ZONE", r#""zone": Zone(),"#),
    ]
    .map(|text| edges(&text));
    // One edge may fall beyond the end.
    assert!(physics.len() > 14 && event.len().abs_diff(physics.len()) <= 1, "{} and {}", event.len(), physics.len());
    let mut worst = 0;
    for (exact, body) in event.iter().zip(&physics) {
        assert_eq!(exact.1, body.1, "{what}");
        worst = worst.max((exact.0 - body.0).abs());
    }
    println!("{what}: {} edges agree within {:.3} ms", physics.len(), worst as f64 / 1e6);
    worst as f64 / 1e9
}

/// Two belts one behind the other, both told the same.
fn belts(accumulating: bool, acceleration: &str, events: &str) -> String {
    let belt = |next: &str| {
        format!(
            r#"Conveyor(length: "3 m", speed: "0.5 m/s", acceleration: "{acceleration}", accumulating: {accumulating}, FIDELITY next: "{next}")"#
        )
    };
    format!(
        r#"clock: (horizon: "2 min"), {PARTS}, elements: {{
            "in": Source(arrivals: Interarrival("6 s"), start: "3 s", next: "belt"), "belt": {}, "after": {}, "out": Sink(),
            "eye": PhotoEye(at: "after", position: "1.37 m"), ZONE }}, events: [{events}]"#,
        belt("after"),
        belt("out"),
    )
}

/// Commands at steps of the zone to both belts.
fn commands(times_ms: &[(u64, &str)]) -> String {
    let both = |(time_ms, command): &(u64, &str)| {
        assert_eq!(time_ms % 8, 0, "a step of the zone");
        format!(r#"At("{time_ms} ms", {command}("belt")), At("{time_ms} ms", {command}("after")), "#)
    };
    times_ms.iter().map(both).collect()
}

#[test]
fn edges_agree_while_belts_stop_and_start() {
    for accumulating in [false, true] {
        for acceleration in ["0.25 m/s^2", "0.8 m/s^2", "2 m/s^2"] {
            let events = commands(&[
                (10_000, "Stop"),
                (12_400, "Go"),
                (22_000, "Stop"),
                (22_400, "Go"),
                (23_200, "Stop"),
                (25_608, "Go"),
                (26_000, "Stop"),
                (26_400, "Go"),
                (40_000, "Fail"),
                (43_200, "Repair"),
                (70_400, "Stop"),
                (71_408, "Go"),
            ]);
            let apart_s = apart_s(acceleration, &belts(accumulating, acceleration, &events));
            assert!(apart_s < 0.5e-3, "{acceleration}: {apart_s} s");
        }
    }
}

#[test]
fn edges_agree_while_speeds_change() {
    let set = |time_ms: u64, speed: &str| {
        ["belt", "after"].map(|belt| format!(r#"At("{time_ms} ms", Set("{belt}.speed", "{speed}")), "#)).concat()
    };
    let events =
        [(16_000, "0.8 m/s"), (24_000, "0.3 m/s"), (25_000, "0.7 m/s"), (40_000, "0 m/s"), (43_200, "0.5 m/s")]
            .map(|(time_ms, speed)| set(time_ms, speed))
            .concat();
    let apart_s = apart_s("changes of speed", &belts(true, "0.25 m/s^2", &events));
    assert!(apart_s < 0.5e-3, "{apart_s} s");
}

#[test]
fn a_belt_slows_down_below_the_part_that_waits_at_its_end() {
    // The station takes 7 s for what comes every 6 s, so the belt does not run on to it each time, for longer and longer. That a
    // part waits is known between two steps of the zone and taken up at the next one, and so is that it goes on: 8 ms at most
    // of a stop or of a start, one against the other, which is 4 mm of way. An edge is off in time by that over the speed that
    // the belt has then, which is low in a ramp.
    let eye = |name: &str, place: &str| format!(r#""{name}": PhotoEye(at: "belt", position: "{place}"),"#);
    let text = |fidelity: &str, zone: &str| {
        format!(
            r#"clock: (horizon: "1 min"), {PARTS}, elements: {{
            "in": Source(arrivals: Interarrival("6 s"), limit: 7, next: "belt"),
            "belt": Conveyor(length: "4 m", speed: "0.5 m/s", acceleration: "0.25 m/s^2", {fidelity} next: "pack"),
            "pack": Station(process_time: "7 s", next: "out"), "out": Sink(), {} {} {zone} }}"#,
            eye("eye", "1.63 m"),
            eye("next eye", "1.632 m"),
        )
    };
    let of = |text: &str, eye: &str| {
        let plant = plant(text).unwrap_or_else(|complaints| panic!("{complaints}"));
        let eye = plant.element(eye).expect("an eye");
        let mut run = plant::run::Run::new(plant, 1, 0).expect("a run");
        run.recorder().samples = true;
        run.finish().expect("no error");
        let samples = std::mem::take(&mut run.recorder().sample_records);
        let of_eye = samples.into_iter().filter(|sample| sample.sensor == eye);
        of_eye.map(|sample| ((sample.at - kernel::SimTime::ZERO).as_seconds_f64(), sample.value)).collect::<Vec<_>>()
    };
    let (event, physics) = (text("", ""), text(r#"fidelity: Physics, zone: "zone","#, r#""zone": Zone(),"#));
    let (exact, next, bodies) = (of(&event, "eye"), of(&event, "next eye"), of(&physics, "eye"));
    assert_eq!((exact.len(), next.len(), bodies.len()), (15, 15, 15));
    let mut slowest_m_per_s = f64::INFINITY;
    // The first reading is that nothing is there.
    for ((exact, next), body) in exact.iter().zip(&next).zip(&bodies).skip(1) {
        assert_eq!(exact.1, body.1);
        let speed_m_per_s = 0.002 / (next.0 - exact.0);
        slowest_m_per_s = slowest_m_per_s.min(speed_m_per_s);
        let (off_s, off_m) = (body.0 - exact.0, (body.0 - exact.0) * speed_m_per_s);
        println!("at {:.3} s, {speed_m_per_s:.3} m/s: {:+.3} ms, {:+.3} mm", exact.0, 1e3 * off_s, 1e3 * off_m);
        assert!(off_m.abs() < 4.1e-3, "{off_m} m at {} s", exact.0);
    }
    assert!(slowest_m_per_s < 0.2, "an edge in a ramp is among them");
}

#[test]
fn a_part_at_a_stopper_stops_a_belt_that_does_not_accumulate() {
    // Held for 1 s each, with another part 1.5 m behind: a stop and a start of the belt are 8 ms late each at most, and every
    // part is on it during two of them.
    for ramps in ["", r#"acceleration: "0.5 m/s^2","#] {
        let text = format!(
            r#"clock: (horizon: "1 min"), {PARTS}, elements: {{
                "in": Source(arrivals: Interarrival("5 s"), next: "belt"),
                "belt": Conveyor(length: "4 m", speed: "0.5 m/s", {ramps} FIDELITY stoppers: {{"gate": (position: "3 m", dwell: "1 s")}}, next: "out"),
                "out": Sink(), "eye": PhotoEye(at: "belt", position: "1.37 m"), ZONE }}"#
        );
        let apart_s = apart_s("stopper", &text);
        assert!(apart_s < 32e-3, "{ramps}: {apart_s} s");
    }
}

#[test]
fn a_part_comes_onto_a_belt_that_has_been_asleep_as_onto_one_that_stands() {
    // A belt that starts at once slips below a part of friction 0.5 for v / (2 mu g) = 51 ms; one that ramps does not.
    for (ramps, slips_s) in [("", 0.051), (r#"acceleration: "0.25 m/s^2","#, 0.0)] {
        let text = format!(
            r#"clock: (horizon: "3 min"), {PARTS}, elements: {{
                "in": Source(arrivals: Interarrival("16 s"), next: "belt"),
                "belt": Conveyor(length: "3 m", speed: "0.5 m/s", {ramps} FIDELITY
                    energy: (processing: "500 W", standby: "10 W", standby_after: "2 s", warm_up_time: "800 ms"), next: "out"),
                "out": Sink(), "eye": PhotoEye(at: "belt", position: "1.37 m"), ZONE }}"#
        );
        let apart_s = apart_s("standby", &text);
        assert!((apart_s - slips_s).abs() < 16e-3, "{ramps}: {apart_s} s");
    }
}
