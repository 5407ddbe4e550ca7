//! Exports as such: sound files whatever the window, names and shapes. Whether they say where things are is for other people's
//! libraries to find, in tests/outside.

use nalgebra::{Isometry3, Vector3};
use serde_json::Value;

use super::super::mesh::faces;
use super::super::{Colour, Shape, TraceWriter, Window, glb, usda};
use super::told::{GREY, carton, lively, open};
use crate::zone::BodyShape;

/// The scene of a file, whose lengths are as they say.
fn scene(file: &[u8]) -> Value {
    let number = |at: usize| u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
    assert_eq!((&file[..4], number(4), number(8)), (&b"glTF"[..], 2, file.len()));
    let length = number(12);
    assert_eq!((&file[16..20], length % 4), (&b"JSON"[..], 0));
    let scene: Value = serde_json::from_slice(&file[20..20 + length]).expect("JSON");
    if let Some(buffer) = scene["buffers"][0]["byteLength"].as_u64() {
        assert_eq!((number(20 + length) as u64, &file[24 + length..28 + length]), (buffer, &b"BIN\0"[..]));
        assert_eq!(28 + length as u64 + buffer, file.len() as u64);
    } else {
        assert_eq!(20 + length, file.len());
    }
    scene
}

fn window(file: &[u8], from_ns: i64, to_ns: i64) -> Window {
    open(file).window(from_ns, to_ns).expect("a window")
}

#[test]
fn surfaces_are_closed_and_face_outward() {
    let tetrahedron = vec![[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.1, 0.1, 0.1]];
    let drum = std::f64::consts::PI * 0.5 * 0.5 * 2.0;
    let ball = 4.0 / 3.0 * std::f64::consts::PI * 0.5 * 0.5 * 0.5;
    let shapes = [
        (carton(), 0.4 * 0.3 * 0.2, 1e-12),
        (Shape::Plate { length_m: 3.0, width_m: 0.5, thickness_m: 0.1 }, 0.15, 1e-12),
        // 32 flat sides take 0.64 % off it.
        (Shape::Body(BodyShape::Cylinder { radius_m: 0.5, height_m: 2.0 }), drum, 0.0065 * drum),
        (Shape::Body(BodyShape::Convex { points_m: tetrahedron }), 1.0 / 6.0, 1e-6),
        // 16 flat sides take 2.6 % off the cylinder, and with four bands from pole to brim 6.3 % off the ball.
        (Shape::Capsule { length_m: 2.0, radius_m: 0.5 }, drum + ball, 0.026 * drum + 0.063 * ball),
    ];
    for (shape, expected, tolerance) in shapes {
        let (mut volume, mut area) = (0.0, Vector3::zeros());
        for face in faces(&shape).expect("faces") {
            for pair in face[1..].windows(2) {
                let [one, two, three] = [face[0].place, pair[0].place, pair[1].place];
                volume += one.dot(&two.cross(&three)) / 6.0;
                let out = (two - one).cross(&(three - one));
                area += out;
                assert!(out.dot(&face[0].normal) > 0.0, "{shape:?}");
            }
            assert!(face.iter().all(|corner| (corner.normal.norm() - 1.0).abs() < 1e-9));
        }
        assert!((volume - expected).abs() <= tolerance, "{shape:?}: {volume}");
        assert!(area.norm() < 1e-6, "{shape:?} is open: {area}");
    }
}

#[test]
fn names_and_colours_go_through() {
    let mut writer = TraceWriter::new(Vec::new(), "a \"line\"\\\n\u{1}").expect("a trace");
    let colour = Colour { red: 255, green: 0, blue: 188 };
    let name = "größe \"5\" \\ \t\u{7f}";
    writer.thing(0, name, &carton(), colour, &Isometry3::identity()).expect("a thing");
    let window = window(&writer.finish().expect("a file"), 0, 0);
    let scene = scene(&glb(&window).expect("a scene"));
    assert_eq!(scene["nodes"][0]["name"], "a \"line\"\\\n\u{1}");
    assert_eq!(scene["nodes"][1]["name"], name);
    let factor = &scene["materials"][0]["pbrMetallicRoughness"]["baseColorFactor"];
    let parts: Vec<f64> = factor.as_array().expect("a colour").iter().filter_map(Value::as_f64).collect();
    // 188 of 255 is half of the light.
    assert!(parts[0] == 1.0 && parts[1] == 0.0 && (parts[2] - 0.503).abs() < 0.001, "{parts:?}");
    let text = usda(&window).expect("a scene");
    assert!(text.contains(r#"doc = "a \"line\"\\  ""#), "{text}");
    assert!(text.contains("displayName = \"größe \\\"5\\\" \\\\   \"\n"), "{text}");
}

#[test]
fn what_comes_and_goes_is_not_seen_before_and_after() {
    let mut writer = TraceWriter::new(Vec::new(), "visit").expect("a trace");
    let second = 1_000_000_000;
    let at = |x: f64| Isometry3::translation(x, 0.0, 0.0);
    let visitor = writer.thing(2 * second, "visitor", &carton(), GREY, &at(0.0)).expect("a thing");
    writer.key(4 * second, visitor, &at(2.0)).expect("a key");
    writer.gone(5 * second, visitor).expect("it was there");
    let file = writer.finish().expect("a file");
    let text = usda(&window(&file, 0, 8 * second)).expect("a scene");
    let seen = "visibility.timeSamples = {\n            0: \"invisible\",\n            50: \"inherited\",\n            125: \"invisible\",";
    assert!(text.contains(seen), "{text}");
    let channels = |from_ns, to_ns| {
        let scene = scene(&glb(&window(&file, from_ns, to_ns)).expect("a scene"));
        let channels = scene["animations"][0]["channels"].as_array().cloned().unwrap_or_default();
        channels
            .iter()
            .map(|channel| channel["target"]["path"].as_str().expect("a path").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(channels(0, 8 * second), ["translation", "scale"]);
    assert_eq!(channels(2 * second, 3 * second), ["translation"]);
    assert_eq!(channels(4 * second, 5 * second - 1), [""; 0]);
    assert_eq!(channels(4 * second, 5 * second), ["scale"]);
    assert!(window(&file, 6 * second, 7 * second).tracks.is_empty());
    assert!(window(&file, 0, second).tracks.is_empty());
}

#[test]
fn any_window_is_a_sound_scene() {
    let (file, _) = lively(6, 2000).finish();
    let (from_ns, to_ns) = open(&file).span_ns().expect("a span");
    let empty = Window { tracks: Vec::new(), ..window(&file, from_ns, to_ns) };
    assert_eq!(scene(&glb(&empty).expect("a scene")).get("meshes"), None);
    assert!(usda(&empty).expect("a scene").ends_with("def Xform \"Trace\"\n{\n}\n"));
    for (from_ns, to_ns) in [(from_ns, to_ns), (from_ns, from_ns), (i64::MIN, i64::MAX), (to_ns - 1, to_ns + 1)] {
        let window = window(&file, from_ns, to_ns);
        let file = glb(&window).expect("a scene");
        let scene = scene(&file);
        assert_eq!(scene["nodes"].as_array().map(Vec::len), Some(window.tracks.len() + 1));
        let start = file.len() - scene["buffers"][0]["byteLength"].as_u64().expect("a buffer") as usize;
        for sampler in scene["animations"][0]["samplers"].as_array().into_iter().flatten() {
            let accessor = &scene["accessors"][sampler["input"].as_u64().expect("an input") as usize];
            let view = &scene["bufferViews"][accessor["bufferView"].as_u64().expect("a view") as usize];
            let number = |value: &Value| value.as_u64().expect("a number") as usize;
            let at = start + number(&view["byteOffset"]) + number(&accessor["byteOffset"]);
            let bytes = &file[at..at + 4 * number(&accessor["count"])];
            let times: Vec<f32> =
                bytes.chunks(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
            assert!(times[0] >= 0.0 && times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
        }
        assert!(!usda(&window).expect("a scene").contains("NaN"));
    }
}
