//! Sines, roots and arc tangents with the same bits on every machine.
//!
//! The methods of `f64` call the platform's libm, whose last bits differ. nalgebra's traits call the portable libm (its feature
//! `libm-force`), but an inherent method always wins over a trait's, so they are called by name here, and only here.

use std::f64::consts::TAU;

use nalgebra::{ComplexField, RealField};

/// Sine and cosine of an angle in radians.
pub fn sin_cos(angle_rad: f64) -> (f64, f64) {
    ComplexField::sin_cos(angle_rad)
}

/// The angle of the point (x, y) in radians, in (-pi, pi].
pub fn atan2(y: f64, x: f64) -> f64 {
    RealField::atan2(y, x)
}

/// The cube root.
pub fn cube_root(x: f64) -> f64 {
    ComplexField::cbrt(x)
}

/// The same angle, whole turns away, that is nearest to another.
pub fn nearest_turn(angle_rad: f64, near_rad: f64) -> f64 {
    angle_rad + TAU * ((near_rad - angle_rad) / TAU).round()
}

/// A number to the power of another.
pub fn power(base: f64, exponent: f64) -> f64 {
    ComplexField::powf(base, exponent)
}
