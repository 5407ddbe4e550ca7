//! Sines, roots and arc tangents with the same bits on every machine.
//!
//! The methods of `f64` call the platform's libm, whose last bits differ. nalgebra's traits call the portable libm (its feature
//! `libm-force`), but an inherent method always wins over a trait's, so they are called by name here, and only here.

use nalgebra::ComplexField;

/// The cube root.
pub fn cube_root(x: f64) -> f64 {
    ComplexField::cbrt(x)
}
