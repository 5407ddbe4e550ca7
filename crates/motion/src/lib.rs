//! Linewright's motion: how things move that have mass, axes and limits, and nothing that knows what a factory is.
//!
//! | module | what it holds |
//! |---|---|
//! | [`arm`] | [`SerialArm`]: forward kinematics, Jacobian, inverse kinematics within limits |
//! | [`path`] | [`Move`]: joints together, or the tool along a straight line |
//! | [`profile`] | [`Profile`]: the fastest move of one axis from rest to rest, trapezoid or S-curve |
//!
//! # What holds
//!
//! - Everything is in SI units: metres, radians, seconds. Where a type does not say the unit, the name ends in it.
//! - Invariant: the same calls give the same bits on every machine. Sines and their kin come from nalgebra with its
//!   feature `libm-force`, never from the platform; nothing is random, nothing reads a clock.
//! - Invariant: no input makes anything panic, and every loop is bounded.

pub mod arm;
pub mod path;
pub mod profile;
mod trigonometry;

pub use arm::{
    Arm, ArmError, Axis, AxisKind, DeltaArm, DeltaLengths, DenavitHartenberg, Frames, InverseError, Joint, SerialArm,
};
pub use path::{LineLimits, Move, MoveError};
pub use profile::{Limits, Profile, ProfileError};
