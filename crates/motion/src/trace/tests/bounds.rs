//! How exact a trace is, how little it keeps, and what it refuses.

use nalgebra::{Isometry3, Quaternion, UnitQuaternion, Vector3};

use super::super::{LONGEST_NAME, Shape, ThingId, TraceError, TraceWriter};
use super::told::{Dice, GREY, STEP_NS, Scene, carton, furthest_off, lively, open};
use crate::zone::BodyShape;

#[test]
fn every_pose_that_was_told_comes_back_within_the_bounds() {
    let (file, told) = lively(12, 6000).finish();
    let mut reader = open(&file);
    let (from_ns, to_ns) = reader.span_ns().expect("a span");
    let (way, turn) = furthest_off(&reader.window(from_ns, to_ns).expect("a window"), &told);
    assert!(way <= 1.0 && turn <= 1.0, "{way} {turn}");
    // The bounds are made use of: keys between which little is missed are left out.
    assert!(way > 0.9 && turn > 0.5, "{way} {turn}");
    let contents = reader.contents().expect("contents");
    let (kept, all): (u64, usize) =
        (contents.things.iter().map(|thing| thing.keys).sum(), told.iter().map(|thing| thing.poses.len()).sum());
    assert!(contents.blocks > 3, "{} blocks", contents.blocks);
    assert!((kept as usize) < all / 3, "{kept} of {all} keys");
}

#[test]
fn a_thing_on_a_belt_has_two_keys_whatever_the_roundings() {
    // At 0.35 m/s in 32 bits, as a zone has it; half a micrometre of noise.
    let mut scene = Scene::new();
    let mut dice = Dice(1);
    let at = |x: f64| Isometry3::translation(f64::from(x as f32), 0.3, 0.9);
    let thing = scene.thing(0, at(1.0));
    for step in 1..=2500_i64 {
        scene.key(step * STEP_NS, thing, at(1.0 + 0.0028 * step as f64 + 5e-7 * dice.roll()));
    }
    let (file, told) = scene.finish();
    let mut reader = open(&file);
    assert_eq!(reader.contents().expect("contents").things[0].keys, 2);
    assert!(furthest_off(&reader.window(0, 2500 * STEP_NS).expect("a window"), &told).0 <= 1.0);
}

#[test]
fn a_turntable_turns_evenly_and_whole_turns_are_kept() {
    // Half a turn per second about a leaning axis: a key at most every 1.5 rad, and the shorter way is the way it went.
    let mut scene = Scene::new();
    let axis = Vector3::new(0.1, -0.2, 1.0).normalize();
    let at = |step: i64| Isometry3::new(Vector3::zeros(), axis * (0.008 * std::f64::consts::PI * step as f64));
    let thing = scene.thing(0, at(0));
    for step in 1..=1000 {
        scene.key(step * STEP_NS, thing, at(step));
    }
    let (file, told) = scene.finish();
    let mut reader = open(&file);
    let turn = furthest_off(&reader.window(0, 1000 * STEP_NS).expect("a window"), &told).1;
    assert!(turn <= 1.0, "{turn}");
    let keys = reader.contents().expect("contents").things[0].keys;
    assert!((17..=25).contains(&keys), "{keys}");
}

#[test]
fn what_cannot_be_written_is_refused_and_nothing_else_is_lost() {
    let origin = Isometry3::identity();
    let too_long = "x".repeat(LONGEST_NAME + 1);
    assert!(matches!(TraceWriter::new(Vec::new(), &too_long), Err(TraceError::Name { .. })));
    let mut writer = TraceWriter::new(Vec::new(), "refusals").expect("a trace");
    assert!(matches!(writer.thing(0, &too_long, &carton(), GREY, &origin), Err(TraceError::Name { .. })));
    let flat = Shape::Body(BodyShape::Box { size_m: [1.0, 1.0, 0.0] });
    assert!(matches!(writer.thing(0, "flat", &flat, GREY, &origin), Err(TraceError::Shape(_))));
    let endless = Shape::Plate { length_m: f64::INFINITY, width_m: 1.0, thickness_m: 0.1 };
    assert!(matches!(writer.thing(0, "endless", &endless, GREY, &origin), Err(TraceError::Shape(_))));
    let thing = writer.thing(5, "sound", &carton(), GREY, &origin).expect("a thing");
    let mut lost = origin;
    lost.translation.x = f64::NAN;
    assert!(matches!(writer.key(6, thing, &lost), Err(TraceError::Range { .. })));
    lost.translation.x = 1e7;
    assert!(matches!(writer.key(6, thing, &lost), Err(TraceError::Range { .. })));
    let mut unturned = origin;
    unturned.rotation = UnitQuaternion::new_unchecked(Quaternion::new(0.0, 0.0, 0.0, 0.0));
    assert!(matches!(writer.key(6, thing, &unturned), Err(TraceError::Range { .. })));
    assert!(matches!(writer.key(5, thing, &origin), Err(TraceError::Early { last_ns: 5, .. })));
    assert!(matches!(writer.gone(4, thing), Err(TraceError::Early { .. })));
    assert!(matches!(writer.key(6, ThingId(9), &origin), Err(TraceError::NoThing(ThingId(9)))));
    writer.key(i64::MAX, thing, &origin).expect("the end of time");
    writer.gone(i64::MAX, thing).expect("it was there");
    assert!(matches!(writer.gone(i64::MAX, thing), Err(TraceError::NoThing(_))));
    writer.thing(i64::MIN, "early", &carton(), GREY, &origin).expect("the beginning of time");
    let file = writer.finish().expect("a file");
    let mut reader = open(&file);
    assert_eq!(reader.name(), "refusals");
    let names: Vec<String> = reader.contents().expect("contents").things.into_iter().map(|thing| thing.name).collect();
    assert_eq!(names, ["sound", "early"]);
    let window = reader.window(i64::MIN, i64::MAX).expect("a window");
    assert_eq!(window.tracks.len(), 2);
    assert!(window.tracks[1].pose_at(i64::MAX).is_some());
}
