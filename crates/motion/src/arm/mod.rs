//! Arms: what a chain of driven axes does to a tool, and which joints put the tool where it is wanted.

mod axis;
mod denavit_hartenberg;
mod numerical;
mod reach;
mod serial;
mod spherical_wrist;

pub use axis::{Axis, AxisKind};
pub use denavit_hartenberg::DenavitHartenberg;
pub use reach::{ArmError, InverseError};
pub use serial::{Frames, Joint, SerialArm};

/// The most axes a serial arm may have.
pub const MOST_AXES: usize = 7;

#[cfg(test)]
mod tests;
