//! A window as glTF 2.0 in one binary file (Khronos, glTF 2.0 specification; ISO/IEC 12113), which any viewer opens.
//!
//! glTF has y up: one node turns everything. Times are in seconds from the beginning of the window, as they have 24 bits.
//! What comes and goes has no size while it is not there: glTF cannot hide things over time.

use std::collections::BTreeMap;

use nalgebra::Vector3;

use super::json::{list, numbers, quoted};
use super::mesh::faces;
use super::window::{Key, Track, Window};
use super::{Look, TraceError};

const FLOAT: u32 = 5126;
const UNSIGNED: u32 = 5125;
const VERTICES: u32 = 34962;
const INDICES: u32 = 34963;

/// The pieces of the buffer, by their numbers.
const VIEWS: [Option<u32>; 3] = [Some(VERTICES), Some(INDICES), None];
const VERTEX_VIEW: usize = 0;
const INDEX_VIEW: usize = 1;
const ANIMATION_VIEW: usize = 2;

/// z up to y up: a quarter turn back about x.
const UPRIGHT: [f32; 4] = [-std::f32::consts::FRAC_1_SQRT_2, 0.0, 0.0, std::f32::consts::FRAC_1_SQRT_2];

/// A window as a .glb file: all that is there with its motions, in metres, y up.
///
/// # Errors
/// Files of 4 GiB and more, which cannot be, and shapes that are none; a reader gives no such window.
pub fn glb(window: &Window) -> Result<Vec<u8>, TraceError> {
    let mut scene = Scene::default();
    let mut children = Vec::new();
    for track in &window.tracks {
        let (Some(look), Some(keys)) = (window.looks.get(track.look), track.cut(window.from_ns, window.to_ns)) else {
            continue;
        };
        let mesh = scene.mesh(track.look, look)?;
        children.push((scene.nodes.len() + 1).to_string());
        scene.thing(window, track, mesh, &keys);
    }
    scene.finish(window, &children)
}

/// What a file is made of; lists of JSON, and numbers as bytes.
#[derive(Default)]
struct Scene {
    views: [Vec<u8>; 3],
    accessors: Vec<String>,
    meshes: Vec<String>,
    materials: Vec<String>,
    mesh_of_look: BTreeMap<usize, usize>,
    nodes: Vec<String>,
    samplers: Vec<String>,
    channels: Vec<String>,
}

impl Scene {
    /// Puts numbers into the buffer and answers which accessor has them.
    fn floats(&mut self, view: usize, kind: &str, values: &[f32]) -> usize {
        let width = match kind {
            "SCALAR" => 1,
            "VEC3" => 3,
            _ => 4,
        };
        let offset = self.views[view].len();
        self.views[view].extend(values.iter().flat_map(|value| value.to_le_bytes()));
        let component = |least: bool, index: usize| {
            let values = values.iter().skip(index).step_by(width).copied();
            if least { values.fold(f32::INFINITY, f32::min) } else { values.fold(f32::NEG_INFINITY, f32::max) }
        };
        let [least, most] = [true, false].map(|least| {
            let components: Vec<f32> = (0..width).map(|index| component(least, index)).collect();
            numbers(&components)
        });
        let count = values.len() / width;
        self.accessors.push(format!(
            r#"{{"bufferView":{view},"byteOffset":{offset},"componentType":{FLOAT},"count":{count},"type":"{kind}","min":{least},"max":{most}}}"#
        ));
        self.accessors.len() - 1
    }

    /// The mesh of a look, made when it is first asked for.
    fn mesh(&mut self, number: usize, look: &Look) -> Result<usize, TraceError> {
        if let Some(mesh) = self.mesh_of_look.get(&number) {
            return Ok(*mesh);
        }
        let (mut places, mut normals, mut corners) = (Vec::new(), Vec::new(), Vec::new());
        for face in faces(&look.shape)? {
            let first = (places.len() / 3) as u32;
            corners.extend((2..face.len() as u32).flat_map(|last| [first, first + last - 1, first + last]));
            places.extend(face.iter().flat_map(|corner| floats(&corner.place)));
            normals.extend(face.iter().flat_map(|corner| floats(&corner.normal)));
        }
        let places = self.floats(VERTEX_VIEW, "VEC3", &places);
        let normals = self.floats(VERTEX_VIEW, "VEC3", &normals);
        let (offset, count) = (self.views[INDEX_VIEW].len(), corners.len());
        self.views[INDEX_VIEW].extend(corners.iter().flat_map(|corner| corner.to_le_bytes()));
        self.accessors.push(format!(
            r#"{{"bufferView":{INDEX_VIEW},"byteOffset":{offset},"componentType":{UNSIGNED},"count":{count},"type":"SCALAR"}}"#
        ));
        let indices = self.accessors.len() - 1;
        let [red, green, blue] = look.colour.linear().map(|light| light as f32);
        self.materials.push(format!(
            r#"{{"pbrMetallicRoughness":{{"baseColorFactor":{},"metallicFactor":0,"roughnessFactor":0.8}}}}"#,
            numbers(&[red, green, blue, 1.0])
        ));
        let mesh = self.meshes.len();
        self.meshes.push(format!(
            r#"{{"primitives":[{{"attributes":{{"POSITION":{places},"NORMAL":{normals}}},"indices":{indices},"material":{mesh}}}]}}"#
        ));
        self.mesh_of_look.insert(number, mesh);
        Ok(mesh)
    }

    /// A node, with channels for what changes.
    fn thing(&mut self, window: &Window, track: &Track, mesh: usize, keys: &[Key]) {
        let node = self.nodes.len() + 1;
        let from_ns = window.from_ns;
        let mut times: Vec<f32> = Vec::new();
        let (mut ways, mut turns) = (Vec::new(), Vec::new());
        for key in keys {
            let time_s = seconds(key.time_ns, from_ns);
            // Two keys that 24 bits cannot tell apart are one.
            if times.last().is_some_and(|last| time_s <= *last) {
                continue;
            }
            times.push(time_s);
            ways.extend(floats(&key.pose.translation.vector));
            turns.extend(key.pose.rotation.coords.iter().map(|value| *value as f32));
        }
        let is_new = track.since_ns > window.from_ns;
        let scale = if is_new { r#","scale":[0,0,0]"# } else { "" };
        let [way, turn] = [numbers(&ways[..3]), numbers(&turns[..4])];
        let name = quoted(&track.name);
        self.nodes.push(format!(r#"{{"name":{name},"mesh":{mesh},"translation":{way},"rotation":{turn}{scale}}}"#));
        let changes = |values: &[f32], width: usize| values.chunks(width).any(|value| value != &values[..width]);
        if changes(&ways, 3) || changes(&turns, 4) {
            let input = self.floats(ANIMATION_VIEW, "SCALAR", &times);
            for (path, kind, values) in [("translation", "VEC3", &ways), ("rotation", "VEC4", &turns)] {
                if changes(values, if kind == "VEC3" { 3 } else { 4 }) {
                    self.channel(node, path, input, kind, values, "LINEAR");
                }
            }
        }
        let gone_ns = track.until_ns.filter(|until_ns| *until_ns <= window.to_ns);
        if is_new || gone_ns.is_some() {
            let mut steps = vec![(0.0, if is_new { 0.0 } else { 1.0 })];
            let begins = is_new.then(|| (seconds(track.since_ns, from_ns), 1.0));
            let ends = gone_ns.map(|gone_ns| (seconds(gone_ns, from_ns), 0.0));
            for step in begins.into_iter().chain(ends) {
                // Of two that 24 bits cannot tell apart the later one counts.
                steps.retain(|(time_s, _)| *time_s < step.0);
                steps.push(step);
            }
            let times: Vec<f32> = steps.iter().map(|(time_s, _)| *time_s).collect();
            let sizes: Vec<f32> = steps.iter().flat_map(|(_, size)| [*size; 3]).collect();
            let input = self.floats(ANIMATION_VIEW, "SCALAR", &times);
            self.channel(node, "scale", input, "VEC3", &sizes, "STEP");
        }
    }

    fn channel(&mut self, node: usize, path: &str, input: usize, kind: &str, values: &[f32], way: &str) {
        let output = self.floats(ANIMATION_VIEW, kind, values);
        let sampler = self.samplers.len();
        self.samplers.push(format!(r#"{{"input":{input},"output":{output},"interpolation":"{way}"}}"#));
        self.channels.push(format!(r#"{{"sampler":{sampler},"target":{{"node":{node},"path":"{path}"}}}}"#));
    }

    /// The file: a head, the scene as JSON, the buffer.
    fn finish(self, window: &Window, children: &[String]) -> Result<Vec<u8>, TraceError> {
        let name = quoted(&window.name);
        let mut offset = 0;
        let mut views = Vec::new();
        for (view, target) in self.views.iter().zip(VIEWS) {
            let target = target.map_or_else(String::new, |target| format!(r#","target":{target}"#));
            let stride = if target.contains(&VERTICES.to_string()) { r#","byteStride":12"# } else { "" };
            // The first two are there together or not at all, and without things there is no animation.
            if !view.is_empty() {
                let bytes = view.len();
                views.push(format!(r#"{{"buffer":0,"byteOffset":{offset},"byteLength":{bytes}{stride}{target}}}"#));
            }
            offset += view.len();
        }
        let root = format!(r#"{{"name":{name},"rotation":{}{}}}"#, numbers(&UPRIGHT), list("children", children));
        let nodes: Vec<String> = std::iter::once(root).chain(self.nodes).collect();
        let buffers = if offset > 0 { vec![format!(r#"{{"byteLength":{offset}}}"#)] } else { Vec::new() };
        let animations = if self.channels.is_empty() {
            Vec::new()
        } else {
            let (samplers, channels) = (self.samplers.join(","), self.channels.join(","));
            vec![format!(r#"{{"name":{name},"samplers":[{samplers}],"channels":[{channels}]}}"#)]
        };
        let span = format!(r#"{{"from_ns":{},"to_ns":{}}}"#, window.from_ns, window.to_ns);
        let mut json = format!(
            r#"{{"asset":{{"version":"2.0","generator":"Linewright","extras":{span}}},"scene":0,"scenes":[{{"name":{name},"nodes":[0]}}]"#
        );
        let lists = [
            ("nodes", &nodes),
            ("meshes", &self.meshes),
            ("materials", &self.materials),
            ("animations", &animations),
            ("accessors", &self.accessors),
            ("bufferViews", &views),
            ("buffers", &buffers),
        ];
        for (name, items) in lists {
            json += &list(name, items);
        }
        json.push('}');
        // Chunks end at multiples of four; the buffer does so by itself.
        while !json.len().is_multiple_of(4) {
            json.push(' ');
        }
        let all = 12 + 8 + json.len() + if offset > 0 { 8 + offset } else { 0 };
        let too_long = || TraceError::TooMany { what: "bytes in a glTF file", most: u32::MAX as usize };
        let length = |bytes: usize| u32::try_from(bytes).map(u32::to_le_bytes).map_err(|_| too_long());
        let mut file = b"glTF".to_vec();
        file.extend(2_u32.to_le_bytes());
        file.extend(length(all)?);
        file.extend(length(json.len())?);
        file.extend(b"JSON");
        file.extend(json.into_bytes());
        if offset > 0 {
            file.extend(length(offset)?);
            file.extend(b"BIN\0");
            file.extend(self.views.concat());
        }
        Ok(file)
    }
}

fn floats(vector: &Vector3<f64>) -> [f32; 3] {
    [vector.x as f32, vector.y as f32, vector.z as f32]
}

fn seconds(time_ns: i64, from_ns: i64) -> f32 {
    ((i128::from(time_ns) - i128::from(from_ns)) as f64 * 1e-9) as f32
}
