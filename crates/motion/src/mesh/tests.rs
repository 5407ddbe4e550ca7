//! Meshes as programs write them, and as they must not be.

use super::*;
use crate::{Body, BodyMotion, BodyShape, Bounds, Zone};

const CORNERS: [[f64; 3]; 5] = [[0.0, 0.0, 0.0], [0.5, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.25], [0.5, 0.5, 0.25]];

fn obj(points: &[[f64; 3]]) -> String {
    points.iter().map(|[x, y, z]| format!("v {x} {y} {z}\n")).collect()
}

/// Triangles of three points in a row each, as bytes.
fn binary(points: &[[f64; 3]]) -> Vec<u8> {
    let triangles: Vec<_> = points.windows(3).collect();
    let mut bytes = b"solid, says this header, but what follows is binary".to_vec();
    bytes.resize(80, b' ');
    bytes.extend((triangles.len() as u32).to_le_bytes());
    for triangle in triangles {
        bytes.extend([0; 12]);
        bytes.extend(triangle.iter().flatten().flat_map(|coordinate| (*coordinate as f32).to_le_bytes()));
        bytes.extend([0; 2]);
    }
    bytes
}

fn ascii(points: &[[f64; 3]]) -> String {
    let mut text = "solid box\n".to_owned();
    for triangle in points.windows(3) {
        text += "  facet normal 0 0 1\n    outer loop\n";
        for [x, y, z] in triangle {
            text += &format!("      vertex {x:e} {y:e} {z:e}\n");
        }
        text += "    endloop\n  endfacet\n";
    }
    text + "endsolid box\n"
}

#[test]
fn all_three_formats_give_the_same_points() {
    let text = format!("# a box\r\no box\r\n{}\nvn 0 0 1\nf 1//1 2//1 3//1\n", obj(&CORNERS).replace('\n', "\r\n"));
    assert_eq!(read_obj(&text), Ok(CORNERS.to_vec()));
    assert_eq!(
        read_obj("v 0 0 0 1\nv 1 0 0 0.5 0.5 0.5\nv 0 1 0 # aside\nv 0 0 1\n").map(|points| points.len()),
        Ok(4)
    );
    assert_eq!(read_stl(ascii(&CORNERS).as_bytes()), Ok(CORNERS.to_vec()));
    assert_eq!(read_stl(&binary(&CORNERS)), Ok(CORNERS.to_vec()));
}

#[test]
fn a_body_is_made_of_what_was_read() {
    let points_m = read_stl(&binary(&CORNERS)).expect("a mesh");
    let shape = BodyShape::Convex { points_m };
    let body = Body { shape, mass_kg: 1.0, friction: 0.5, restitution: 0.0, centre_of_gravity_m: [0.0; 3] };
    let mut zone = Zone::new(Bounds::default()).expect("valid bounds");
    let here = BodyMotion::at_rest(nalgebra::Isometry3::identity());
    zone.insert(1, &body, &here).expect("what has a volume makes a body");
}

#[test]
fn mistakes_are_told_with_their_lines() {
    let cases = [
        ("v 0 0 0\n\nv 1 0\n", Some(3), MeshMistake::Coordinates(2)),
        ("v 1 2 3 4 5\n", Some(1), MeshMistake::Coordinates(5)),
        ("# v\nv 0 0,5 0\n", Some(2), MeshMistake::NotANumber("0,5".to_owned())),
        ("v 0 nan 0\n", Some(1), MeshMistake::NotFinite),
        ("v 0 1e999 0\n", Some(1), MeshMistake::NotFinite),
        ("", None, MeshMistake::NoVolume),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 0\n", None, MeshMistake::NoVolume),
        ("v 1 1 1\nv 2 2 2\nv 3 3 3\nv 4 4 4\n", None, MeshMistake::NoVolume),
        ("v 1 1 0\nv 2 5 0\nv 3 3 0\nv 4 7 0\nv 9 9 1e-7\n", None, MeshMistake::NoVolume),
    ];
    for (text, line, mistake) in cases {
        assert_eq!(read_obj(text), Err(MeshError { line, mistake }), "{text}");
    }
    let spoilt = ascii(&CORNERS).replacen("vertex 5e-1", "vertex half", 1);
    let mistake = MeshMistake::NotANumber("half".to_owned());
    assert_eq!(read_stl(spoilt.as_bytes()), Err(MeshError { line: Some(5), mistake }));
    let many: Vec<[f64; 3]> = (0..2000u32).map(|n| [f64::from(n), f64::from(n % 7), f64::from(n % 11)]).collect();
    let error = read_obj(&obj(&many)).expect_err("too many");
    assert_eq!(error, MeshError { line: Some(MOST_POINTS + 1), mistake: MeshMistake::TooManyPoints });
    assert_eq!(error.to_string(), "line 1025: the mesh has more than 1024 different points");
    // A mesh of a nanometre is as good a mesh as one of a kilometre.
    for scale in [1e-9, 1e9] {
        assert!(read_obj(&obj(&CORNERS.map(|point| point.map(|coordinate| coordinate * scale)))).is_ok());
    }
}

#[test]
fn broken_bytes_are_refused_and_nothing_panics() {
    let whole = binary(&CORNERS);
    let said = whole.len() as u64;
    for length in 0..whole.len() {
        let error = read_stl(&whole[..length]).expect_err("it is cut off");
        if length > 84 {
            assert_eq!(error.mistake, MeshMistake::Length { said, is: length as u64 });
        }
    }
    let mut infinite = whole.clone();
    infinite[84 + 12..84 + 16].copy_from_slice(&f32::INFINITY.to_le_bytes());
    assert_eq!(read_stl(&infinite), Err(MeshError { line: None, mistake: MeshMistake::NotFinite }));
    assert_eq!(read_stl(&[0xff; 40]), Err(MeshError { line: None, mistake: MeshMistake::NotText }));
    let mut unlike = vec![0u8; 90];
    unlike[80] = 3;
    assert_eq!(read_stl(&unlike), Err(MeshError { line: None, mistake: MeshMistake::Length { said: 234, is: 90 } }));
}
