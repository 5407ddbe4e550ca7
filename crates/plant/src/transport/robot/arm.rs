//! How a scenario describes an arm: by Denavit-Hartenberg parameters, by a URDF file, or by the lengths of a common form.

use crate::description::{
    Acceleration, Angle, AngularAcceleration, AngularJerk, AngularSpeed, Coordinate, Describe, Document, Jerk, Length,
    Node, Reader, Shape, Speed, Value, describe,
};

describe! {
    /// What an axis does, how far it goes and how fast.
    pub enum Drive {
        /// It turns.
        Turns {
            /// Lowest position.
            lower: Angle,
            /// Highest position.
            upper: Angle,
            /// Highest speed.
            speed: AngularSpeed,
            /// Highest acceleration, speeding up as slowing down.
            acceleration: AngularAcceleration,
            /// Highest jerk; without it the acceleration jumps.
            jerk: Option<AngularJerk> = None,
        },
        /// It slides.
        Slides {
            /// Lowest position.
            lower: Coordinate,
            /// Highest position.
            upper: Coordinate,
            /// Highest speed.
            speed: Speed,
            /// Highest acceleration, speeding up as slowing down.
            acceleration: Acceleration,
            /// Highest jerk; without it the acceleration jumps.
            jerk: Option<Jerk> = None,
        },
    }
}

describe! {
    /// One axis and the link after it, by Denavit-Hartenberg parameters in their classic form: turn about z by `theta`, shift
    /// along z by `d`, shift along x by `a`, turn about x by `alpha`. The position of the axis is added to `theta`
    /// where it turns, to `d` where it slides.
    pub struct DenavitHartenbergRow {
        /// Length of the link along x.
        a: Coordinate = Coordinate::ZERO,
        /// Twist of the link about x.
        alpha: Angle = Angle::ZERO,
        /// Offset along z.
        d: Coordinate = Coordinate::ZERO,
        /// Turn about z.
        theta: Angle = Angle::ZERO,
        /// The drive.
        axis: Drive,
    }
}

describe! {
    /// An arm of 1 to 7 axes.
    pub enum Arm {
        /// Axes that carry each other, by their Denavit-Hartenberg parameters.
        DenavitHartenberg(
            /// One row for each axis, from the base on.
            axes: Vec<DenavitHartenbergRow>,
        ),
        /// Axes that carry each other, from a robot description (URDF, an XML format of ROS that makers publish). Looks
        /// and what hangs beside the chain are passed over.
        Urdf {
            /// The file.
            file: Document,
            /// The link that the arm stands on; the one that no joint carries, if not given.
            base: Option<String> = None,
            /// The link that is the flange; the only one that carries nothing, if not given.
            tip: Option<String> = None,
            /// Highest acceleration of axes that turn, which URDF does not tell.
            acceleration: AngularAcceleration,
            /// Highest jerk of axes that turn; without it the acceleration jumps.
            jerk: Option<AngularJerk> = None,
            /// Highest acceleration of axes that slide.
            slide_acceleration: Acceleration = Acceleration::ZERO,
            /// Highest jerk of axes that slide; without it the acceleration jumps.
            slide_jerk: Option<Jerk> = None,
        },
        /// Two links that turn in a level plane and a quill that goes up and down and turns (SCARA). The tool points down; at
        /// position 0 the quill is up.
        Scara {
            /// From the base up to the plane of the links.
            height: Coordinate,
            /// From the first axis to the second one.
            inner: Length,
            /// From the second axis to the quill.
            outer: Length,
            /// The first axis.
            shoulder: Drive,
            /// The second axis.
            elbow: Drive,
            /// The quill, which slides downward.
            quill: Drive,
            /// The turn of the quill.
            roll: Drive,
        },
        /// Three arms that carry one platform, which never turns (delta robot). The base is above, so the z of all poses is
        /// negative; an arm is level and outward at 0, and downward at 90 degrees.
        Delta {
            /// From the middle of the base to the axis of an arm.
            base_radius: Length,
            /// From the middle of the platform to the joint of an arm.
            platform_radius: Length,
            /// Length of an upper link.
            upper: Length,
            /// Length of a lower link.
            lower: Length,
            /// The drive of each arm.
            axis: Drive,
        },
    }
}

/// A position of an axis, whichever it does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AxisPosition {
    /// Of one that turns.
    Turned(Angle),
    /// Of one that slides.
    Slid(Coordinate),
}

impl Describe for AxisPosition {
    fn shape() -> Shape {
        Shape::one_of(
            "AxisPosition",
            "Where an axis is: an angle if it turns, a distance if it slides.",
            &["\"90 deg\"", "\"120 mm\""],
            vec![Angle::shape(), Coordinate::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        // Units of lengths all end in m, and none of angles does.
        match &node.value {
            Value::Text(text) if text.trim_end().ends_with('m') => {
                Coordinate::read(node, reader).map(AxisPosition::Slid)
            }
            _ => Angle::read(node, reader).map(AxisPosition::Turned),
        }
    }

    fn write(&self) -> Option<String> {
        match self {
            AxisPosition::Turned(angle) => angle.write(),
            AxisPosition::Slid(distance) => distance.write(),
        }
    }
}
