//! Linewright's motion: how things move that have mass, axes and limits, and nothing that knows what a factory is.
//!
//! # How long a pick takes
//!
//! A SCARA lowers its tool by 100 mm and swings to the side. The first move is a straight line of the tool, the second one of
//! the joints; each is planned once and is then a function of time.
//!
//! ```
//! use motion::{Arm, Axis, AxisKind, DenavitHartenberg, Limits, LineLimits, Move, SerialArm};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let axis = |name: &str, kind, lower, upper, speed| {
//!     let limits = Limits { speed, acceleration: 20.0, jerk: Some(400.0) };
//!     Axis { name: name.to_owned(), kind, lower, upper, limits }
//! };
//! let row = |a_m, alpha_rad, d_m, axis| DenavitHartenberg { a_m, alpha_rad, d_m, theta_rad: 0.0, axis };
//! let arm = Arm::Serial(SerialArm::from_denavit_hartenberg(vec![
//!     row(0.325, 0.0, 0.4, axis("shoulder", AxisKind::Revolute, -2.6, 2.6, 6.0)),
//!     row(0.275, std::f64::consts::PI, 0.0, axis("elbow", AxisKind::Revolute, -2.5, 2.5, 8.0)),
//!     row(0.0, 0.0, 0.0, axis("quill", AxisKind::Prismatic, 0.0, 0.2, 1.0)),
//!     row(0.0, 0.0, 0.0, axis("roll", AxisKind::Revolute, -6.3, 6.3, 15.0)),
//! ])?);
//! let above = [0.3, 0.8, 0.05, 0.0];
//! let mut pick = arm.forward(&above).ok_or("a serial arm always has a pose")?;
//! pick.translation.z -= 0.1;
//! let slow = Limits { speed: 0.5, acceleration: 5.0, jerk: Some(100.0) };
//! let lower = Move::line(&arm, &above, &pick, LineLimits { shift: slow, turn: slow })?;
//! let swing = Move::joints(&arm, &lower.at(lower.duration_s()), &[-0.9, 0.8, 0.05, 0.0])?;
//! // d/v + v/a + a/j: 0.1 m at 0.5 m/s; 1.2 rad at 6 rad/s would need 1.8 + 0.3 rad, so the speed is not reached.
//! assert!((lower.duration_s() - (0.2 + 0.1 + 0.05)).abs() < 1e-9);
//! assert!(swing.duration_s() > 0.5 && swing.duration_s() < 0.6);
//! # Ok(())
//! # }
//! ```
//!
//! # The parts
//!
//! | module | what it holds |
//! |---|---|
//! | [`arm`] | [`Arm`]: [`SerialArm`] by Denavit-Hartenberg parameters or URDF, [`DeltaArm`]; forward, Jacobian, inverse within limits |
//! | [`cell`] | [`Cell`]: what stands around an arm, and whether it runs into it or into itself |
//! | [`mesh`] | points of bodies from OBJ and STL files |
//! | [`path`] | [`Move`]: joints together, or the tool along a straight line |
//! | [`profile`] | [`Profile`]: the fastest move of one axis from rest to rest, trapezoid or S-curve |
//! | [`task`] | [`PickAndPlace`]: the moves of taking a part and putting it down, how long they take and what work they do |
//! | [`trace`] | [`TraceWriter`](trace::TraceWriter): what moved, in a small file; windows of it, as glTF and USD |
//! | [`zone`] | [`Zone`]: rigid bodies on belts, curves, chutes and tables, at stops, pushers and diverters, in steps of 8 ms |
//!
//! # What holds
//!
//! - Everything is in SI units: metres, radians, seconds. Where a type does not say the unit, the name ends in it.
//! - Invariant: the same calls give the same bits on every machine. Sines and their kin come from nalgebra with its
//!   feature `libm-force`, never from the platform; nothing is random, nothing reads a clock.
//! - Invariant: a move that was planned cannot fail: all that can go wrong is an error when it is planned.
//! - Invariant: no input makes anything panic, and every loop is bounded.

pub mod arm;
pub mod cell;
pub mod mesh;
pub mod path;
pub mod profile;
pub mod task;
pub mod trace;
mod trigonometry;
pub mod zone;

/// Vectors, poses and rotations; other rooms take them from here.
pub use nalgebra;

pub use arm::{
    Arm, ArmError, ArmPart, Axis, AxisKind, Bone, DeltaArm, DeltaLengths, DenavitHartenberg, Frames, InverseError,
    Joint, Limb, SerialArm, UrdfChain, UrdfError, urdf_masses_kg,
};
pub use cell::{Cell, CellError, CollidesWith, Collision, Obstacle, ObstacleShape, Passage, Sweep};
pub use path::{LineLimits, Move, MoveError};
pub use profile::{Limits, Profile, ProfileError};
pub use task::{Cycle, Leg, Masses, Missed, PickAndPlace, Spot, TaskError, TaskPlanner, Travel, each_course_once};
pub use zone::{
    Belt, Body, BodyMotion, BodyShape, Bounds, Curve, Fence, FixtureId, Guide, Happening, MarkId, Place, Popup, Pusher,
    Region, RegionId, STEP_S, Stop, Table, TableMotion, Zone, ZoneError, ZoneEvent,
};
