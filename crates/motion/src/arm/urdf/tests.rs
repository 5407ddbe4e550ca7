//! Descriptions against the same arms by Denavit-Hartenberg parameters, and every mistake with its place.

use std::fmt::Write;

use nalgebra::UnitQuaternion;

use super::super::MOST_AXES;
use super::super::test_arms::{Draws, missing, puma, rail, ur5};
use super::*;

fn chain() -> UrdfChain {
    UrdfChain {
        base: None,
        tip: None,
        turning_acceleration_rad_per_s2: 10.0,
        turning_jerk_rad_per_s3: Some(100.0),
        sliding_acceleration_m_per_s2: 10.0,
        sliding_jerk_m_per_s3: Some(100.0),
    }
}

/// The arm written as URDF, angles to that many digits.
fn written(arm: &SerialArm, digits: usize) -> String {
    let mut text =
        "<?xml version=\"1.0\"?>\n<!-- made by a test -->\n<robot name=\"test\">\n  <link name=\"link 0\"/>\n"
            .to_owned();
    let origin = |pose: &Isometry3<f64>| {
        let (place, (roll, pitch, yaw)) = (pose.translation.vector, pose.rotation.euler_angles());
        format!(
            "<origin xyz=\"{} {} {}\" rpy=\"{roll:.digits$} {pitch:.digits$} {yaw:.digits$}\"/>",
            place.x, place.y, place.z
        )
    };
    for (number, joint) in arm.joints().iter().enumerate() {
        let Joint { placement, direction, axis } = joint;
        let kind = if axis.kind == AxisKind::Revolute { "revolute" } else { "prismatic" };
        writeln!(
            text,
            "  <link name=\"link {next}\"><visual><origin xyz=\"9 9 9\"/></visual></link>\n  <joint name=\"{}\" type=\"{kind}\">\n    {}\n    \
             <parent link=\"link {number}\"/><child link=\"link {next}\"/><axis xyz=\"{} {} {}\"/>\n    \
             <limit lower=\"{}\" upper=\"{}\" effort=\"100\" velocity=\"{}\"/>\n  </joint>",
            axis.name,
            origin(placement),
            direction.x,
            direction.y,
            direction.z,
            axis.lower,
            axis.upper,
            axis.limits.speed,
            next = number + 1
        )
        .expect("text");
    }
    let last = arm.joints().len();
    let flange = arm.forward(&[0.0; MOST_AXES]);
    let link = arm.links(&[]).last().expect("a link");
    writeln!(
        text,
        "  <link name=\"flange\"/>\n  <joint name=\"mount\" type=\"fixed\">{}<parent link=\"link {last}\"/><child link=\"flange\"/></joint>\n</robot>",
        origin(&(link.inverse() * flange))
    )
    .expect("text");
    text
}

#[test]
fn an_arm_is_the_same_by_urdf_and_by_parameters() {
    for arm in [puma(), ur5(170.0), rail()] {
        let read = SerialArm::from_urdf(&written(&arm, 17), &chain()).expect("a valid description");
        assert!(read.axes().eq(arm.axes()));
        let mut draws = Draws(11);
        for _ in 0..100 {
            let joints = draws.joints(&arm);
            let (missing_m, missing_rad) = missing(&read.forward(&joints), &arm.forward(&joints));
            assert!(missing_m < 1e-12 && missing_rad < 1e-7);
        }
        assert_eq!(read.has_closed_form(), arm.has_closed_form());
    }
}

#[test]
fn rounded_right_angles_keep_their_closed_form() {
    let read = SerialArm::from_urdf(&written(&puma(), 4), &chain()).expect("a valid description");
    assert!(read.has_closed_form());
    let target = read.forward(&[0.1, 0.2, -0.3, 0.4, 0.5, 0.6]);
    let found = read.inverse(&target, &[0.0; 6]).expect("reachable");
    assert!(missing(&read.forward(&found), &target).0 < 1e-8);
}

const SMALL: &str = r#"<robot name="small">
  <link name="world"/>
  <joint name="stand" type="fixed">
    <origin xyz="0 0 1" rpy="0 0 1.5707963267948966"/>
    <parent link="world"/><child link="base"/>
  </joint>
  <link name="base"/>
  <joint name="turn" type="continuous">
    <parent link="base"/><child link="post"/>
    <axis xyz="0 0 2"/>
    <limit velocity="3" effort="1"/>
  </joint>
  <link name="post"/>
  <joint name="reach" type="prismatic">
    <origin xyz="0.5 0 0"/>
    <parent link="post"/><child link="hand"/>
    <limit lower="-0.1" upper="0.4" velocity="1" effort="1"/>
  </joint>
  <link name="hand"/>
</robot>
"#;

#[test]
fn fixed_joints_defaults_and_parts_of_a_chain() {
    let arm = SerialArm::from_urdf(SMALL, &chain()).expect("a valid description");
    let axes: Vec<&Axis> = arm.axes().collect();
    assert_eq!(axes.iter().map(|axis| axis.name.as_str()).collect::<Vec<_>>(), ["turn", "reach"]);
    assert_eq!((axes[0].lower, axes[0].upper, axes[1].upper), (f64::NEG_INFINITY, f64::INFINITY, 0.4));
    // The stand turns x to y; the post turns y to -x; the hand reaches along the post's x.
    let pose = arm.forward(&[std::f64::consts::FRAC_PI_2, 0.25]);
    let expected = Isometry3::from_parts(
        Translation3::new(-0.75, 0.0, 1.0),
        UnitQuaternion::from_euler_angles(0.0, 0.0, std::f64::consts::PI),
    );
    assert!(missing(&pose, &expected).0 < 1e-12, "{pose}");
    let part = UrdfChain { base: Some("base".to_owned()), tip: Some("post".to_owned()), ..chain() };
    assert_eq!(SerialArm::from_urdf(SMALL, &part).expect("a valid chain").axes().len(), 1);
}

#[test]
fn every_mistake_has_its_place() {
    // What is replaced by what, and where the complaint is.
    let cases = [
        ("<robot name=\"small\">", "", 3, 3, "one outermost"),
        ("<robot", "<sdf", 20, 1, "sdf"),
        ("</robot>", "", 1, 1, "<robot> is not closed"),
        ("<link name=\"post\"/>", "<link name=\"base\"/>", 13, 3, "two links"),
        ("<link name=\"post\"/>", "<link/>", 13, 3, "`name`"),
        ("<link name=\"post\"/>", "", 8, 3, "no link \"post\""),
        ("<child link=\"hand\"/>", "", 14, 3, "<child>"),
        ("<child link=\"hand\"/>", "<child link=\"post\"/>", 14, 3, "two joints"),
        ("<child link=\"hand\"/>", "<child link=\"world\"/>", 1, 1, "1 to 7 axes, not 0"),
        (
            "<link name=\"hand\"/>",
            "<link name=\"hand\"/><link name=\"lamp\"/>",
            1,
            1,
            "name the base, it can be lamp, world",
        ),
        ("type=\"prismatic\"", "type=\"floating\"", 14, 3, "floating"),
        ("type=\"prismatic\"", "", 14, 3, "`type`"),
        ("0.5 0 0", "0.5 0", 15, 5, "three numbers"),
        ("0.5 0 0", "0.5 0 nan", 15, 5, "must be a number"),
        ("velocity=\"1\"", "velocity=\"fast\"", 17, 5, "must be a number"),
        ("velocity=\"1\"", "", 17, 5, "`velocity`"),
        ("velocity=\"1\"", "velocity=\"0\"", 17, 5, "speed must be positive"),
        ("lower=\"-0.1\"", "lower=\"0.5\"", 17, 5, "lower must not be above"),
        ("<limit velocity=\"3\" effort=\"1\"/>", "", 8, 3, "<limit>"),
        ("<limit velocity=\"3\" effort=\"1\"/>", "<limit velocity=\"3\"/><mimic joint=\"reach\"/>", 8, 3, "mimics"),
        ("<axis xyz=\"0 0 2\"/>", "<axis xyz=\"0 0 0\"/>", 10, 5, "no direction"),
        ("<axis xyz=\"0 0 2\"/>", "<axis xyz=\"0 0 2\" xyz=\"1 0 0\"/>", 10, 5, "<axis>"),
        ("<axis xyz=\"0 0 2\"/>", "<axis xyz=\"&what;\"/>", 10, 5, "<axis>"),
        ("<link name=\"post\"/>", "<xacro:macro name=\"post\"/>", 13, 3, "xacro"),
        ("</robot>", "</robot><robot/>", 20, 9, "one outermost"),
    ];
    for (from, to, line, column, said) in cases {
        assert!(SMALL.contains(from), "{from}");
        let error = SerialArm::from_urdf(&SMALL.replace(from, to), &chain()).expect_err(to);
        assert!(error.mistake.contains(said), "{from} -> {to}: {error}");
        assert_eq!((error.line, error.column), (line, column), "{from} -> {to}: {error}");
    }
    let missing_tip = UrdfChain { tip: Some("hat".to_owned()), ..chain() };
    assert!(SerialArm::from_urdf(SMALL, &missing_tip).expect_err("no such link").mistake.contains("\"hat\""));
    let upside_down = UrdfChain { base: Some("hand".to_owned()), tip: Some("base".to_owned()), ..chain() };
    assert!(SerialArm::from_urdf(SMALL, &upside_down).expect_err("no way").mistake.contains("no joints lead"));
    let circle = SMALL.replace("<child link=\"hand\"/>", "<child link=\"world\"/>");
    let around = UrdfChain { base: Some("hand".to_owned()), tip: Some("post".to_owned()), ..chain() };
    assert!(SerialArm::from_urdf(&circle, &around).expect_err("no end").mistake.contains("no joints lead"));
    let nothing = SerialArm::from_urdf("", &chain()).expect_err("empty");
    assert_eq!((nothing.line, nothing.column), (1, 1));
}

#[test]
fn no_text_makes_it_panic() {
    // Every way to cut the text short, and a letter changed at every place.
    for end in 0..SMALL.len() {
        assert!(SerialArm::from_urdf(&SMALL[..end], &chain()).is_err() || end >= SMALL.len() - 1, "{end}");
        for letter in ["<", "\"", "/", "9", "\u{fc}", "&", ">"] {
            let text = format!("{}{letter}{}", &SMALL[..end], &SMALL[end + 1..]);
            // A mistake or another arm: either is an answer.
            drop(SerialArm::from_urdf(&text, &chain()));
        }
    }
    let deep = "<robot>".repeat(100_000);
    assert!(SerialArm::from_urdf(&deep, &chain()).is_err());
}

#[test]
fn masses_are_those_that_each_axis_carries() {
    let link = |name: &str, inertial: &str| format!("<link name=\"{name}\">{inertial}</link>");
    let mass = |kg: &str| format!("<inertial><origin xyz=\"1 0 0\"/><mass value=\"{kg}\"/></inertial>");
    let joint = |kind: &str, parent: &str, child: &str| {
        format!(
            "<joint name=\"{child}\" type=\"{kind}\"><parent link=\"{parent}\"/><child link=\"{child}\"/><limit velocity=\"1\"/></joint>"
        )
    };
    let text = |hand: &str| {
        [
            "<robot name=\"r\">".to_owned(),
            link("floor", &mass("100")),
            link("foot", &mass("50")),
            link("arm", &mass("7.5")),
            link("elbow", ""),
            link("hand", &mass(hand)),
            joint("fixed", "floor", "foot"),
            joint("revolute", "foot", "arm"),
            joint("revolute", "arm", "elbow"),
            joint("fixed", "elbow", "hand"),
            "</robot>".to_owned(),
        ]
        .join("\n")
    };
    // What stands still does not count, and what is fixed to a link belongs to it.
    assert_eq!(urdf_masses_kg(&text("2"), &chain()), Ok(vec![7.5, 2.0]));
    for (hand, mistake) in [("-2", "a mass of -2 kg cannot be"), ("two", "must be a number")] {
        let error = urdf_masses_kg(&text(hand), &chain()).expect_err(hand);
        assert!(error.line == 6 && error.mistake.contains(mistake), "{error}");
    }
}
