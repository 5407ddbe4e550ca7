//! One Conveyor, two fidelities: the same scenario event by event and with bodies comes to the same.

use super::played::{Played, plant, play};

/// Three conveyors of different speeds in front of a station.
fn line(fidelity: &str, process_time: &str, horizon: &str) -> String {
    let conveyor = |length: &str, speed: &str, next: &str| {
        format!(
            r#"Conveyor(length: "{length}", speed: "{speed}", accumulating: true, next: "{next}", fidelity: {fidelity}, zone: "zone")"#
        )
    };
    let zone =
        if fidelity == "Physics" { r#""zone": Zone(),"# } else { r#""zone": Buffer(capacity: 1, next: "out"),"# };
    format!(
        r#"clock: (horizon: "{horizon}"),
        part_types: {{"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg"))}},
        elements: {{
            "in": Source(arrivals: Interarrival("4 s"), next: "first"),
            "first": {}, "second": {}, "third": {},
            "pack": Station(process_time: "{process_time}", next: "out"),
            "out": Sink(), {zone}
        }}"#,
        conveyor("3.2 m", "0.5 m/s", "second"),
        conveyor("2 m", "0.8 m/s", "third"),
        conveyor("3.2 m", "0.5 m/s", "pack"),
    )
}

const LENGTHS_AND_SPEEDS: [(&str, f64, f64); 3] = [("first", 3.2, 0.5), ("second", 2.0, 0.8), ("third", 3.2, 0.5)];

fn both(process_time: &str, horizon: &str) -> [Played; 2] {
    ["Event", "Physics"].map(|fidelity| play(&line(fidelity, process_time, horizon)))
}

fn shipped(played: &Played) -> u64 {
    played.report.part_types.iter().map(|part_type| part_type.shipped).sum()
}

#[test]
fn throughput_over_an_hour_is_equal() {
    for process_time in ["3.5 s", "4.5 s"] {
        let [event, physics] = both(process_time, "1 h");
        assert_eq!(shipped(&event), shipped(&physics), "with a process time of {process_time}");
        assert!(shipped(&event) > 700);
        let troubles =
            ["tipped over", "jammed", "fell off"].map(|what| physics.figure("zone", &format!("parts that {what}")));
        assert_eq!(troubles, [0.0; 3]);
    }
}

#[test]
fn transits_differ_by_the_offset_that_the_engine_finds_itself() {
    let [event, physics] = both("3.5 s", "10 min");
    let plant = plant(&line("Physics", "3.5 s", "10 min")).expect("a plant");
    let transits = plant.transits();
    for (name, length_m, speed_m_per_s) in LENGTHS_AND_SPEEDS {
        let (_, transit) = transits.iter().find(|(element, _)| plant.model.name(*element) == name).expect("a transit");
        let offset_s = transit.mean_s - length_m / speed_m_per_s;
        let (exact, bodies) = (event.stays(name), physics.stays(name));
        let differ = bodies.iter().filter_map(|(part, stay)| Some((stay - exact.get(part)? - offset_s).abs()));
        let worst = differ.fold(0.0, f64::max);
        let spread_s = transit.spread_s;
        println!(
            "{name}: offset {:.1} +- {:.1} ms, by which transits agree within {:.3} ms",
            offset_s * 1e3,
            spread_s * 1e3,
            worst * 1e3
        );
        assert!(bodies.len() > 100 && worst < spread_s + 0.5e-3 && spread_s < 10e-3, "{name}: {worst} s");
    }
}

#[test]
fn parts_follow_each_other_as_on_exact_belts() {
    // Headway over the transfer to a faster belt: the interval stays what it was.
    let [_, physics] = both("3.5 s", "10 min");
    let arrived: Vec<i64> = physics.arrived("third").into_values().collect();
    let worst = arrived.windows(2).map(|pair| (pair[1] - pair[0] - 4_000_000_000).abs()).max().expect("two parts");
    println!("headways agree within {:.3} ms", worst as f64 / 1e6);
    assert!(worst < 500_000, "{worst} ns");
}

#[test]
fn queues_are_as_long() {
    // Nothing is taken off the end: the last conveyor fills up and parts stand on all three.
    let [event, mut physics] = both("30 min", "3 min");
    for (name, length_m, _) in LENGTHS_AND_SPEEDS {
        let counts = [&event, &physics].map(|played| played.element(name).level);
        println!("{name}: {counts:?} parts");
        // Event by event a part may stand with its front at the end while the one before it hangs back over the joint.
        assert!(
            counts[0].abs_diff(counts[1]) <= 1 && f64::from(counts[1]) >= (length_m / 0.4).floor(),
            "{name}: {counts:?}"
        );
    }
    let mut places: Vec<f64> = physics.run.bodies().into_iter().map(|body| body.position_m[0] + 0.2).collect();
    places.sort_by(|one, other| other.total_cmp(one));
    for (index, front_m) in places.iter().enumerate() {
        let exact_m = 8.4 - 0.4 * index as f64;
        assert!(
            (front_m - exact_m).abs() <= 0.001 * (index + 1) as f64,
            "part {index} in the queue is at {front_m} m, not {exact_m} m"
        );
    }
    println!(
        "{} parts in a row, the last one {:.2} mm off",
        places.len(),
        1e3 * (places[places.len() - 1] - (8.4 - 0.4 * (places.len() - 1) as f64))
    );
    assert!(places.len() > 20);
}

#[test]
fn parts_that_come_in_edge_on_edge_are_not_held_up() {
    // At round lengths the front of a part that comes in is just above the edge of the belt, to the last bit.
    for length in ["2 m", "2.9 m", "3 m", "3.2 m", "4 m", "5 m"] {
        let text = format!(
            r#"clock: (horizon: "1 min"),
            part_types: {{"carton": (body: (shape: Box(length: "400 mm", width: "300 mm", height: "200 mm"), mass: "5 kg"))}},
            elements: {{
                "in": Source(arrivals: Interarrival("4 s"), next: "belt"), "out": Sink(), "zone": Zone(),
                "belt": Conveyor(length: "{length}", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone") }}"#
        );
        let played = play(&text);
        let metres: f64 = length.trim_end_matches(" m").parse().expect("a number");
        let stays = played.stays("belt");
        let worst = stays.values().map(|stay| (stay - metres / 0.5).abs()).fold(0.0, f64::max);
        println!("{length}: within {:.3} ms", worst * 1e3);
        assert!(stays.len() > 10 && worst < 0.5e-3, "{length}: {worst} s");
    }
}

#[test]
fn photo_eyes_see_the_same_edges() {
    let eye = r#""eye": PhotoEye(at: "first", position: "2 m"),"#;
    let edges = ["Event", "Physics"].map(|fidelity| {
        let text = line(fidelity, "3.5 s", "2 min").replace(r#""out": Sink(),"#, &format!(r#""out": Sink(), {eye}"#));
        let plant = plant(&text).unwrap_or_else(|complaints| panic!("{complaints}"));
        let mut run = plant::run::Run::new(plant, 1, 0).expect("a run");
        run.recorder().samples = true;
        run.finish().expect("no error");
        let samples = std::mem::take(&mut run.recorder().sample_records);
        samples.iter().map(|sample| ((sample.at - kernel::SimTime::ZERO).as_nanos(), sample.value)).collect::<Vec<_>>()
    });
    // One edge may fall beyond the end.
    assert!(edges[1].len() > 50 && edges[0].len() - edges[1].len() <= 1, "{} and {}", edges[0].len(), edges[1].len());
    let worst = edges[0].iter().zip(&edges[1]).map(|(exact, body)| {
        assert_eq!(exact.1, body.1);
        (exact.0 - body.0).abs()
    });
    let worst = worst.max().expect("an edge");
    println!("edges agree within {:.3} ms", worst as f64 / 1e6);
    assert!(worst < 500_000, "{worst} ns");
}
