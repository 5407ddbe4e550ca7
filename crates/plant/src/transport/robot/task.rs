//! How a scenario describes what a robot does and what stands around it.

use crate::description::{Acceleration, Angle, Coordinate, Jerk, Length, Speed, describe};

describe! {
    /// A place and a direction: turned about x by `roll`, then about y by `pitch`, then about z by `yaw`, all of them the axes of
    /// the frame it is given in (as in URDF).
    pub struct Pose {
        /// Along x.
        x: Coordinate = Coordinate::ZERO,
        /// Along y.
        y: Coordinate = Coordinate::ZERO,
        /// Along z.
        z: Coordinate = Coordinate::ZERO,
        /// Turn about x.
        roll: Angle = Angle::ZERO,
        /// Turn about y.
        pitch: Angle = Angle::ZERO,
        /// Turn about z.
        yaw: Angle = Angle::ZERO,
    }
}

impl Default for Pose {
    fn default() -> Self {
        let (zero, straight) = (Coordinate::ZERO, Angle::ZERO);
        Pose { x: zero, y: zero, z: zero, roll: straight, pitch: straight, yaw: straight }
    }
}

describe! {
    /// Places in columns along x, rows along y and layers along z: the first row is filled column by column, then the next row,
    /// then the next layer.
    pub struct Pattern {
        /// Places along x.
        columns: u32 = 1,
        /// Places along y.
        rows: u32 = 1,
        /// Layers.
        layers: u32 = 1,
        /// From one column to the next.
        column_pitch: Coordinate = Coordinate::ZERO,
        /// From one row to the next.
        row_pitch: Coordinate = Coordinate::ZERO,
        /// From one layer to the next.
        layer_pitch: Coordinate = Coordinate::ZERO,
    }
}

describe! {
    /// How fast the tool moves along a straight line.
    pub struct LineLimits {
        /// Highest speed.
        speed: Speed = Speed::from_nanometres_per_second(500_000_000),
        /// Highest acceleration, speeding up as slowing down.
        acceleration: Acceleration = Acceleration::from_nanometres_per_s2(2_000_000_000),
        /// Highest jerk; without it the acceleration jumps where the axes let it.
        jerk: Option<Jerk> = None,
    }
}

impl Default for LineLimits {
    fn default() -> Self {
        LineLimits {
            speed: Speed::from_nanometres_per_second(500_000_000),
            acceleration: Acceleration::from_nanometres_per_s2(2_000_000_000),
            jerk: None,
        }
    }
}

describe! {
    /// Something that stands in the cell, in the frame of the robot's base.
    pub enum Obstacle {
        /// A box.
        Box {
            /// The middle of its underside, and how it is turned.
            at: Pose,
            /// Along its x, y and z.
            size: (Length, Length, Length),
        },
        /// An upright cylinder.
        Cylinder {
            /// The middle of its underside, and how it is turned.
            at: Pose,
            /// Its radius.
            radius: Length,
            /// Its height.
            height: Length,
        },
    }
}
