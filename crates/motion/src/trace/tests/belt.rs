//! What a trace of a zone takes: the figures of docs/motion.md.

use nalgebra::{Isometry3, Vector3};

use super::super::{Shape, ThingId, TraceWriter};
use super::told::{GREY, STEP_NS, carton, open};
use crate::zone::{Belt, Body, BodyMotion, BodyShape, Bounds, Place, Stop, Zone};

/// A minute and a half of cartons on 10 m of belt, one each 3 s; where a stop is raised they run up and queue at it. Answers bytes and
/// keys per part and second.
fn traced(stop_m: Option<f64>) -> (f64, f64) {
    let place = |x: f64| Place { position_m: [x, 0.0, 0.8], heading_rad: 0.0, incline_rad: 0.0 };
    let mut zone = Zone::new(Bounds::default()).expect("a zone");
    let belt = Belt { place: place(0.0), length_m: 10.0, width_m: 0.6, friction: 0.5, speed_m_per_s: 0.4 };
    zone.add_belt(&belt).expect("a belt");
    if let Some(stop_m) = stop_m {
        let stop = Stop { place: place(stop_m), width_m: 0.6, height_m: 0.2, friction: 0.3, raised: true };
        zone.add_stop(&stop).expect("a stop");
    }
    let Shape::Body(shape @ BodyShape::Box { .. }) = carton() else { panic!("a box") };
    let body = Body { shape, mass_kg: 2.0, friction: 0.5, restitution: 0.0, centre_of_gravity_m: [0.0; 3] };
    let mut writer = TraceWriter::new(Vec::new(), "belt").expect("a trace");
    let mut things: Vec<(u64, ThingId)> = Vec::new();
    let mut poses = 0;
    for step in 0..11_250_i64 {
        let time_ns = step * STEP_NS;
        if step % 375 == 0 && things.len() < 20 {
            let number = step as u64 / 375;
            let pose = Isometry3::new(Vector3::new(0.3, 0.0, 0.9), Vector3::z() * 0.02 * (number % 5) as f64);
            zone.insert(number, &body, &BodyMotion::at_rest(pose)).expect("a body");
            let name = format!("carton {number}");
            things.push((number, writer.thing(time_ns, &name, &carton(), GREY, &pose).expect("a thing")));
        }
        zone.step();
        things.retain(|(number, thing)| {
            let pose = zone.motion(*number).expect("a motion").pose;
            let stays = pose.translation.x < 9.7;
            if stays {
                writer.key(time_ns + STEP_NS, *thing, &pose).expect("a key");
            } else {
                writer.gone(time_ns + STEP_NS, *thing).expect("it was there");
                zone.remove(*number).expect("a body");
            }
            poses += i64::from(stays);
            stays
        });
    }
    let file = writer.finish().expect("a file");
    let keys: u64 = open(&file).contents().expect("contents").things.iter().map(|thing| thing.keys).sum();
    let part_s = poses as f64 * 0.008;
    println!("stop {stop_m:?}: {} bytes, {keys} keys of {poses} poses, {part_s:.0} s", file.len());
    (file.len() as f64 / part_s, keys as f64 / part_s)
}

#[test]
fn a_part_on_a_belt_takes_little() {
    let (bytes, keys) = traced(None);
    println!("going on: {bytes:.1} bytes and {keys:.2} keys a part and second");
    assert!(bytes < 3.0 && keys < 1.5, "{bytes} {keys}");
    let (bytes, keys) = traced(Some(8.0));
    println!("queueing: {bytes:.1} bytes and {keys:.2} keys a part and second");
    assert!(bytes < 60.0 && keys < 10.0, "{bytes} {keys}");
}
