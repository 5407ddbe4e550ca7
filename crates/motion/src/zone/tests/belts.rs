//! Belts: picking up, inclines, transfers, photo-eyes.

use super::*;

/// (speed, friction, time to reach the belt's speed v / (mu g), slip v^2 / (2 mu g)) of boxes put on a belt at rest.
const PICK_UP: [(f64, f64, f64, f64); 3] = [
    (0.5, 0.3, 0.169_952_702_162_988_05, 0.042_488_175_540_747_01),
    (1.0, 0.4, 0.254_929_053_244_482_06, 0.127_464_526_622_241_03),
    (2.0, 0.25, 0.815_772_970_382_342_3, 0.815_772_970_382_342_6),
];

#[test]
fn a_belt_picks_up_a_box_as_dry_friction_does() {
    for (speed, friction, exact_s, exact_m) in PICK_UP {
        let mut zone = zone();
        zone.add_belt(&level(0.0, 0.0, 10.0, speed, friction)).expect("a valid belt");
        zone.insert(1, &carton([0.4, 0.4, 0.2], friction), &going(1.0, 0.0, 0.1, 0.0)).expect("a valid box");
        // Between the last step below the belt's speed and the first at it the speed grows evenly.
        let (mut before, mut taken_s) = (0.0, None);
        for step in 0..250u32 {
            zone.step();
            let now = speed_of(&zone, 1);
            let gain = friction * GRAVITY_M_PER_S2 * STEP_S;
            if now > speed * 0.9999 && taken_s.is_none() {
                taken_s = Some((f64::from(step) + (speed - before) / gain) * STEP_S);
            }
            before = now;
        }
        let taken_s = taken_s.expect("it reaches the belt's speed");
        let slip_m = speed * 250.0 * STEP_S - (x_of(&zone, 1) - 1.0);
        println!("{speed} m/s, {friction}: {taken_s:.6} s for {exact_s:.6}; {slip_m:.6} m for {exact_m:.6}");
        assert!((taken_s / exact_s - 1.0).abs() < 0.01, "{taken_s}");
        assert!((slip_m / exact_m - 1.0).abs() < 0.02, "{slip_m}");
    }
}
