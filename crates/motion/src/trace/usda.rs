//! A window as USD text (Pixar, Universal Scene Description, crate and text file formats; AOUSD core specification 1.0).
//!
//! Things are instances of their looks, so that a viewer keeps each shape once. Times are in time codes from the beginning of the window,
//! 25 a second: viewers play one a frame.

use std::fmt::Write;

use nalgebra::{Quaternion, UnitQuaternion, Vector4};

use super::mesh::faces;
use super::window::{Key, Track, Window};
use super::{Look, TraceError};

/// Time codes and frames in a second.
const CODES_PER_S: i128 = 25;

/// USD mixes quaternions without sines whose cosine is no further from 1 than this; with what roundings may add.
const MIXED_WITHOUT_SINES: f64 = 1.001e-5;

/// Up to this real part the angle of a turn is as exact as it is to be.
const LARGEST_REAL_PART: f64 = 0.8;

/// A window as a .usda file: all that is there with its motions, in metres, z up.
///
/// # Errors
/// Shapes that are none; a reader gives no such window.
pub fn usda(window: &Window) -> Result<String, TraceError> {
    let mut text = format!(
        "#usda 1.0\n(\n    defaultPrim = \"Trace\"\n    doc = {}\n    endTimeCode = {}\n    framesPerSecond = {CODES_PER_S}\n    \
         metersPerUnit = 1\n    startTimeCode = 0\n    timeCodesPerSecond = {CODES_PER_S}\n    upAxis = \"Z\"\n)\n\n",
        quoted(&window.name),
        code(window.to_ns, window.from_ns),
    );
    let cuts = window.tracks.iter().filter_map(|track| Some((track, track.cut(window.from_ns, window.to_ns)?)));
    let mut used = vec![false; window.looks.len()];
    let mut things = String::new();
    for (track, keys) in cuts {
        if let Some(used) = used.get_mut(track.look) {
            *used = true;
            thing(&mut things, window, track, &keys);
        }
    }
    text += "class Scope \"Looks\"\n{\n";
    for (number, look) in window.looks.iter().enumerate().filter(|(number, _)| used[*number]) {
        text += &shape(number, look)?;
    }
    put(&mut text, format_args!("}}\n\ndef Xform \"Trace\"\n{{\n{things}}}\n"));
    Ok(text)
}

/// Writing to a text cannot fail.
fn put(text: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(words);
}

fn shape(number: usize, look: &Look) -> Result<String, TraceError> {
    let faces = faces(&look.shape)?;
    let corners: Vec<_> = faces.iter().flatten().collect();
    let triple = |values: [f64; 3]| format!("({}, {}, {})", values[0] as f32, values[1] as f32, values[2] as f32);
    let list = |words: Vec<String>| words.join(", ");
    let bound = |pick: fn(f64, f64) -> f64, from: f64| {
        let within = |axis: usize| corners.iter().map(|corner| corner.place[axis]).fold(from, pick);
        triple([within(0), within(1), within(2)])
    };
    let extent = [bound(f64::min, f64::INFINITY), bound(f64::max, f64::NEG_INFINITY)].join(", ");
    let mut text = format!("    def Xform \"look_{number}\"\n    {{\n        def Mesh \"shape\"\n        {{\n");
    let mut line = |words: String| put(&mut text, format_args!("            {words}\n"));
    line(format!("float3[] extent = [{extent}]"));
    line(format!("int[] faceVertexCounts = [{}]", list(faces.iter().map(|face| face.len().to_string()).collect())));
    line(format!("int[] faceVertexIndices = [{}]", list((0..corners.len()).map(|index| index.to_string()).collect())));
    let normals = corners.iter().map(|corner| triple(corner.normal.into())).collect();
    line(format!(
        "normal3f[] normals = [{}] (\n                interpolation = \"vertex\"\n            )",
        list(normals)
    ));
    line(format!("point3f[] points = [{}]", list(corners.iter().map(|corner| triple(corner.place.into())).collect())));
    line(format!("color3f[] primvars:displayColor = [{}]", triple(look.colour.linear())));
    line("uniform token subdivisionScheme = \"none\"".to_owned());
    text += "        }\n    }\n";
    Ok(text)
}

fn thing(text: &mut String, window: &Window, track: &Track, keys: &[Key]) {
    put(
        text,
        format_args!(
            "    def Xform \"thing_{}\" (\n        displayName = {}\n        instanceable = true\n        prepend references = \
             </Looks/look_{}>\n    )\n    {{\n",
            track.thing.0,
            quoted(&track.name),
            track.look
        ),
    );
    let way = |key: &Key| {
        let place = key.pose.translation;
        format!("({}, {}, {})", place.x, place.y, place.z)
    };
    let written = |turn: &UnitQuaternion<f64>| format!("({}, {}, {}, {})", turn.w, turn.i, turn.j, turn.k);
    attribute(text, "double3 xformOp:translate", window, keys, way);
    let first = half_turn(keys);
    let back = first.unwrap_or_default().inverse();
    attribute(text, "quatd xformOp:orient", window, keys, |key| written(&(back * key.pose.rotation)));
    let mut order = vec!["translate", "orient"];
    if let Some(first) = &first {
        put(text, format_args!("        quatd xformOp:orient:first = {}\n", written(first)));
        order.insert(1, "orient:first");
    }
    let order: Vec<String> = order.into_iter().map(|operation| format!("\"xformOp:{operation}\"")).collect();
    put(text, format_args!("        uniform token[] xformOpOrder = [{}]\n", order.join(", ")));
    let is_new = track.since_ns > window.from_ns;
    let gone_ns = track.until_ns.filter(|until_ns| *until_ns <= window.to_ns);
    if is_new || gone_ns.is_some() {
        let mut seen = vec![(window.from_ns, !is_new)];
        seen.extend(is_new.then_some((track.since_ns, true)));
        if let Some(gone_ns) = gone_ns {
            // What goes at once has not been there.
            seen.retain(|(time_ns, _)| *time_ns < gone_ns);
            seen.push((gone_ns, false));
        }
        *text += "        token visibility.timeSamples = {\n";
        for (time_ns, is_seen) in seen {
            let word = if is_seen { "inherited" } else { "invisible" };
            put(text, format_args!("            {}: \"{word}\",\n", code(time_ns, window.from_ns)));
        }
        *text += "        }\n";
    }
    *text += "    }\n";
}

/// A half turn to be made first, with the turns of a thing counted from there.
///
/// USD mixes quaternions whose cosine is this near to 1 without sines (GfSlerp), so that they come out shorter than 1 by up to
/// 2.5e-6, and takes the angle of a turn from the arc cosine of the real part (GfRotation). Where that is near 1 the angle is off
/// by up to twice the root of twice that, 0.0045 rad. With a real part of at most 0.8 it is off by less than 0.00001 rad.
fn half_turn(keys: &[Key]) -> Option<UnitQuaternion<f64>> {
    let mut largest = Vector4::zeros();
    for pair in keys.windows(2) {
        let [one, next] = [pair[0].pose.rotation.coords, pair[1].pose.rotation.coords];
        if one != next && 1.0 - one.dot(&next) < MIXED_WITHOUT_SINES {
            largest = largest.sup(&one.abs()).sup(&next.abs());
        }
    }
    // Of the turns about the axes the one that leaves the least real part.
    let (axis, least) = largest.xyz().argmin();
    let helps = largest.w > LARGEST_REAL_PART.max(least);
    helps.then(|| UnitQuaternion::new_unchecked(Quaternion::from_vector(Vector4::ith(axis, 1.0))))
}

/// An attribute over time; or once and for all, if it does not change.
fn attribute(text: &mut String, name: &str, window: &Window, keys: &[Key], value: impl Fn(&Key) -> String) {
    let values: Vec<String> = keys.iter().map(value).collect();
    let Some(first) = values.first() else { return };
    if values.iter().all(|value| value == first) {
        return put(text, format_args!("        {name} = {first}\n"));
    }
    put(text, format_args!("        {name}.timeSamples = {{\n"));
    for (key, value) in keys.iter().zip(&values) {
        put(text, format_args!("            {}: {value},\n", code(key.time_ns, window.from_ns)));
    }
    *text += "        }\n";
}

/// A time as a time code.
fn code(time_ns: i64, from_ns: i64) -> f64 {
    ((i128::from(time_ns) - i128::from(from_ns)) * CODES_PER_S) as f64 / 1e9
}

/// A text in quotes; control characters have no place in names.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            control if control.is_control() => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use nalgebra::{Isometry3, Translation3, Vector3};

    use super::*;

    /// A turn as USD has it between two keys: mixed without sines where they are near, and taken apart into axis and angle.
    fn as_in_usd(one: &UnitQuaternion<f64>, next: &UnitQuaternion<f64>, share: f64) -> UnitQuaternion<f64> {
        let (one, next) = (one.coords, next.coords);
        let cosine = one.dot(&next);
        let angle = cosine.acos();
        let [from, to] = if 1.0 - cosine > 1e-5 {
            [((1.0 - share) * angle).sin() / angle.sin(), (share * angle).sin() / angle.sin()]
        } else {
            [1.0 - share, share]
        };
        let mixed = one * from + next * to;
        let length = mixed.xyz().norm();
        if length <= 1e-10 {
            return UnitQuaternion::identity();
        }
        UnitQuaternion::from_scaled_axis(mixed.xyz() / length * (2.0 * mixed.w.clamp(-1.0, 1.0).acos()))
    }

    /// How far USD is off between the keys of a track, counted from a turn that is made first.
    fn off_rad(keys: &[Key], first: &UnitQuaternion<f64>) -> f64 {
        let mut most = 0.0_f64;
        for pair in keys.windows(2) {
            let [one, next] = [pair[0].pose.rotation, pair[1].pose.rotation];
            for share in [0.1, 0.5, 0.9] {
                let found = first * as_in_usd(&(first.inverse() * one), &(first.inverse() * next), share);
                most = most.max(found.angle_to(&one.slerp(&next, share)));
            }
        }
        most
    }

    #[test]
    fn turns_are_counted_from_where_their_angles_are_exact() {
        let still = Vector3::new(0.0, 0.0, 0.001);
        // What lies nearly straight and turns slowly, about each axis; and what tumbles.
        let ways: [&dyn Fn(f64) -> Vector3<f64>; 4] = [
            &|time| still + Vector3::new(0.0, 0.0, 0.007) * time,
            &|time| still + Vector3::new(0.008, -0.001, 0.002) * time,
            &|time| still + Vector3::new(0.001, 0.006, 0.5) * time,
            &|time| Vector3::new(0.4, 1.1, -0.9) * time,
        ];
        for (number, way) in ways.iter().enumerate() {
            let key = |time: i64| {
                let rotation = UnitQuaternion::from_scaled_axis(way(time as f64));
                Key { time_ns: time, pose: Isometry3::from_parts(Translation3::identity(), rotation) }
            };
            let keys: Vec<Key> = (0..6).map(key).collect();
            let (plain, first) = (off_rad(&keys, &UnitQuaternion::identity()), half_turn(&keys));
            let found = off_rad(&keys, &first.unwrap_or_default());
            println!("{number}: {plain:.1e} rad without, {found:.1e} rad with {first:?}");
            assert!(found < 1e-5, "{number}: {found} rad");
            assert_eq!(first.is_some(), number < 2, "{number}");
            assert!(plain > 5e-4 || number >= 2, "{number}: {plain} rad");
        }
    }
}
