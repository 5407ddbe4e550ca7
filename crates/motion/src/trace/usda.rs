//! A window as USD text (Pixar, Universal Scene Description, crate and text file formats; AOUSD core specification 1.0).
//!
//! Things are instances of their looks, so that a viewer keeps each shape once. Times are in time codes from the beginning of the window,
//! 25 a second: viewers play one a frame.

use std::fmt::Write;

use super::mesh::faces;
use super::window::{Key, Track, Window};
use super::{Look, TraceError};

/// Time codes and frames in a second.
const CODES_PER_S: i128 = 25;

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
    let turn = |key: &Key| {
        let turn = key.pose.rotation.coords;
        format!("({}, {}, {}, {})", turn.w, turn.x, turn.y, turn.z)
    };
    attribute(text, "double3 xformOp:translate", window, keys, way);
    attribute(text, "quatd xformOp:orient", window, keys, turn);
    *text += "        uniform token[] xformOpOrder = [\"xformOp:translate\", \"xformOp:orient\"]\n";
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
