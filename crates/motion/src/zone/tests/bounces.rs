//! What bounces, against the ball of the textbooks: each bounce is e^2 as high as the one before and takes e times as long.

use super::*;

/// (height, restitution, time until it rests, height after the third bounce, whole way).
const BOUNCES: [(f64, f64, f64, f64, f64); 2] = [
    (1.0, 0.5, 1.354_802_267_255_362_6, 0.015_625, 1.666_666_666_666_666_7),
    (2.0, 0.8, 5.747_939_222_059_059, 0.524_288, 9.111_111_111_111_11),
];

/// How high a body rises in each bounce, and when it rests.
struct Seen {
    peaks_m: Vec<f64>,
    rests_s: f64,
}

/// Drops a body whose lowest point is 0.1 m below its middle onto a belt.
fn dropped(shape: BodyShape, height_m: f64, restitution: f64, belt_m_per_s: f64, friction: f64) -> Seen {
    let mut zone = zone();
    zone.add_belt(&level(0.0, 0.0, 8.0, belt_m_per_s, friction)).expect("a valid belt");
    let body = Body { shape, restitution, ..carton([1.0; 3], friction) };
    zone.insert(1, &body, &going(2.0, 0.0, 0.1 + height_m, belt_m_per_s)).expect("a valid body");
    let (mut seen, mut was_rising) = (Seen { peaks_m: Vec::new(), rests_s: 0.0 }, false);
    for step in 0..900u32 {
        zone.step();
        let motion = zone.motion(1).expect("there");
        let rises = motion.velocity_m_per_s.z;
        // Where it will have risen to.
        let peak_m = motion.pose.translation.z - 0.1 + rises * rises / (2.0 * GRAVITY_M_PER_S2);
        if rises > 0.0 && !was_rising {
            seen.peaks_m.push(peak_m);
        }
        if peak_m > 10e-6 {
            seen.rests_s = f64::from(step + 1) * STEP_S;
        }
        was_rising = rises > 0.0;
    }
    seen
}

fn shapes() -> [(&'static str, BodyShape); 3] {
    let tips =
        [[0.1, 0.0, 0.0], [-0.1, 0.0, 0.0], [0.0, 0.1, 0.0], [0.0, -0.1, 0.0], [0.0, 0.0, 0.1], [0.0, 0.0, -0.1]];
    [
        ("on a face", BodyShape::Box { size_m: [0.4, 0.3, 0.2] }),
        ("on an end", BodyShape::Cylinder { radius_m: 0.2, height_m: 0.2 }),
        ("on a point", BodyShape::Convex { points_m: tips.to_vec() }),
    ]
}

#[test]
fn bounces_are_as_high_as_the_restitution_says() {
    for ((what, shape), (height_m, restitution, _, third_m, _)) in
        shapes().into_iter().flat_map(|shape| BOUNCES.map(|case| (shape.clone(), case)))
    {
        let seen = dropped(shape, height_m, restitution, 0.0, 0.5);
        let squared = restitution * restitution;
        let exact_m = [height_m * squared, height_m * squared * squared, third_m];
        println!("{what}, {height_m} m, {restitution}: {:.5?} m for {exact_m:.5?}", &seen.peaks_m[..3]);
        for (peak_m, exact_m) in seen.peaks_m.iter().zip(exact_m) {
            assert!((peak_m / exact_m - 1.0).abs() < 0.001, "{what}: {peak_m} for {exact_m}");
        }
    }
}

#[test]
fn what_bounces_comes_to_rest_in_its_time_and_way() {
    for (height_m, restitution, exact_s, _, exact_m) in BOUNCES {
        let [(_, flat), ..] = shapes();
        let seen = dropped(flat, height_m, restitution, 0.0, 0.5);
        let way_m = height_m + 2.0 * seen.peaks_m.iter().sum::<f64>();
        println!(
            "{height_m} m, {restitution}: rests after {:.3} s for {exact_s:.3}, {way_m:.5} m for {exact_m:.5}, {} bounces",
            seen.rests_s,
            seen.peaks_m.len()
        );
        assert!((seen.rests_s / exact_s - 1.0).abs() < 0.01 && (way_m / exact_m - 1.0).abs() < 0.001);
    }
}

#[test]
fn a_running_belt_takes_nothing_from_a_bounce() {
    let [(_, flat), ..] = shapes();
    for (belt_m_per_s, friction) in [(0.5, 0.5), (1.0, 0.1)] {
        let seen = dropped(flat.clone(), 1.0, 0.5, belt_m_per_s, friction);
        println!("at {belt_m_per_s} m/s: {:.5?} m", &seen.peaks_m[..3]);
        assert!((seen.peaks_m[0] / 0.25 - 1.0).abs() < 0.001 && (seen.peaks_m[2] / 0.015_625 - 1.0).abs() < 0.001);
    }
}

#[test]
fn a_slope_throws_back_along_its_normal() {
    let mut zone = Zone::new(Bounds { floor_m: -50.0, ..Bounds::default() }).expect("valid bounds");
    let place = Place { position_m: [0.0; 3], heading_rad: 0.4, incline_rad: -0.2 };
    let chute = Belt { place, length_m: 8.0, width_m: 1.0, friction: 0.0, speed_m_per_s: 0.0 };
    zone.add_chute(&chute).expect("a valid chute");
    let frame = place.frame();
    let body = Body { restitution: 0.5, ..carton([0.3, 0.3, 0.1], 0.0) };
    zone.insert(1, &body, &BodyMotion::at_rest(from_pose(&frame.pose(2.0, 0.0, 0.55)))).expect("a valid box");
    let (mut peaks_m, mut was_rising) = (Vec::new(), false);
    for _ in 0..120 {
        zone.step();
        let motion = zone.motion(1).expect("there");
        let rises = motion.velocity_m_per_s.dot(&frame.up);
        let above_m = (motion.pose.translation.vector - frame.start).dot(&frame.up) - 0.05;
        if rises > 0.0 && !was_rising {
            peaks_m.push(above_m + rises * rises / (2.0 * GRAVITY_M_PER_S2 * frame.up.z));
        }
        was_rising = rises > 0.0;
    }
    println!("{peaks_m:.5?} m above the slope for 0.125 and 0.03125");
    assert!((peaks_m[0] / 0.125 - 1.0).abs() < 0.001 && (peaks_m[1] / 0.031_25 - 1.0).abs() < 0.001);
}

#[test]
fn what_bounces_lies_and_goes_with_its_belt_in_the_end() {
    let mut zone = zone();
    zone.add_belt(&level(0.0, 0.0, 8.0, 0.3, 0.5)).expect("a valid belt");
    let body = Body { restitution: 0.6, ..carton([0.4, 0.3, 0.2], 0.5) };
    zone.insert(1, &body, &going(1.0, 0.0, 0.4, 0.3)).expect("a valid body");
    run(&mut zone, 500);
    let (before_m, lies_m) = (x_of(&zone, 1), zone.motion(1).expect("there").pose.translation.z);
    run(&mut zone, 250);
    let now = zone.motion(1).expect("there");
    println!("lies at {lies_m:.6} m and goes {:.6} m in 2 s", x_of(&zone, 1) - before_m);
    assert!((lies_m - 0.1).abs() < 1e-4 && now.velocity_m_per_s.z.abs() < 1e-4);
    assert!((x_of(&zone, 1) - before_m - 0.6).abs() < 1e-4);
}
