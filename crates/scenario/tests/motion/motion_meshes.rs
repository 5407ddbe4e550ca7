//! Parts whose shape comes from a mesh: they lie and move as the hull does, and files without a body are told of by line.

use std::collections::BTreeMap;
use std::sync::Arc;

use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::Run;
use scenario::expand::open_from;
use scenario::sources::Sources;

/// A block of 40 by 30 by 20, in whatever unit, away from its origin.
fn block() -> String {
    let mut text = String::from("# a block\n");
    for x in [10, 50] {
        for y in [0, 30] {
            for z in [-5, 15] {
                text += &format!("v {x} {y} {z}\n");
            }
        }
    }
    text
}

/// The same belt with a part of that shape and that file beside the scenario.
fn opened(shape: &str, file: (&str, &str)) -> Result<Arc<Plant>, String> {
    let text = format!(
        r#"Scenario(schema: 1, name: "test", clock: (horizon: "1 min"),
            part_types: {{"part": (body: (shape: {shape}, mass: "5 kg"))}},
            elements: {{ "in": Source(arrivals: Interarrival("3 s"), next: "belt"), "out": Sink(), "zone": Zone(),
                "belt": Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "zone") }})"#
    );
    let files =
        BTreeMap::from([("test.ron".to_owned(), text.into_bytes()), (file.0.to_owned(), file.1.as_bytes().to_vec())]);
    match open_from(Sources::new(files), "test.ron", &[], &Arc::new(Registry::default())) {
        Ok(scenario) => Ok(scenario.plant),
        Err(rejected) => Err(scenario::diagnostic::render(
            &rejected.complaints,
            &rejected.sources,
            scenario::diagnostic::Style::Plain,
        )),
    }
}

/// The middle of each part at the end of the minute.
fn middles(plant: Arc<Plant>) -> (Vec<[f64; 3]>, u64) {
    let mut run = Run::new(plant, 1, 0).expect("a run");
    run.finish().expect("a sound plant");
    let shipped = run.report().part_types[0].shipped;
    (run.bodies().iter().map(|body| body.position_m).collect(), shipped)
}

#[test]
fn a_mesh_of_a_box_goes_as_the_box_does() {
    let mesh = opened(r#"Mesh(file: "block.obj", length: "400 mm")"#, ("block.obj", &block()));
    let (mesh, shipped) = middles(mesh.unwrap_or_else(|complaints| panic!("{complaints}")));
    let same =
        opened(r#"Box(length: "400 mm", width: "300 mm", height: "200 mm")"#, ("block.obj", "")).expect("a plant");
    let (same, expected) = middles(same);
    println!("{mesh:?} for {same:?}; {shipped} and {expected}");
    assert!(shipped == expected && shipped > 15 && mesh.len() == same.len() && !mesh.is_empty());
    // It lies on the belt by its lower face and has gone 1.5 m since it came, with its front at the entry, 3 s ago.
    assert!((mesh[0][2] - 0.1).abs() < 1e-3 && mesh[0][1].abs() < 1e-3 && (mesh[0][0] - 1.3).abs() < 0.01, "{mesh:?}");
}

#[test]
fn files_without_a_body_are_told_of() {
    let flat = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\n";
    for (file, text, expected) in [
        ("part.obj", "v 0 0 0\nv 1 O 0\n", "`O` is not a number"),
        ("part.obj", flat, "the mesh has no volume"),
        ("part.obj", "", "the mesh has no volume"),
        ("part.stl", "solid x\nfacet normal 0 0 1\nouter loop\nvertex 0 0\n", "a point has three coordinates, not 2"),
        ("part.step", "ISO-10303-21;", "only names that end in .obj or .stl"),
    ] {
        let said =
            opened(&format!(r#"Mesh(file: "{file}", length: "400 mm")"#), (file, text)).err().unwrap_or_default();
        assert!(said.contains(expected) && said.contains("help:"), "expected {expected:?}:\n{said}");
    }
    // The place is shown: of what is wrong in the file, and in the scenario of what is wrong with all of it.
    let said = opened(r#"Mesh(file: "part.obj", length: "400 mm")"#, ("part.obj", flat)).err().unwrap_or_default();
    assert!(said.contains("test.ron:2:") && said.contains(r#"Mesh(file: "part.obj""#), "{said}");
    let said = opened(r#"Mesh(file: "part.obj", length: "400 mm")"#, ("part.obj", "v 0 0 0\nv 1 O 0\n"))
        .err()
        .unwrap_or_default();
    assert!(said.contains("part.obj:2:1"), "{said}");
    let said = opened(r#"Mesh(file: "missing.obj", length: "400 mm")"#, ("part.obj", "")).err().unwrap_or_default();
    assert!(said.contains("missing.obj"), "{said}");
}
