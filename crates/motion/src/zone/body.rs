//! What is put into a zone: rigid bodies with a shape, a mass and a surface, and where they are when they come in.

use nalgebra::{Isometry3, Vector3};
use rapier3d::dynamics::{CoefficientCombineRule, RigidBody, RigidBodyBuilder};
use rapier3d::geometry::{Collider, ColliderBuilder, Shape, SharedShape};
use rapier3d::math::{Pose, Rotation};
use rapier3d::prelude::Vector;

use super::ZoneError;
use super::place::{to_pose, to_vector};

/// Bodies slower than this everywhere for half a second fall asleep, in metres per second; rapier's own 0.05 would halt
/// a part on a slow belt.
const SLEEPS_BELOW_M_PER_S: f32 = 0.002;

/// Extents from a tenth of a millimetre to a kilometre: what 32 bits and contacts of 20 mm can be computed with.
const EXTENTS_M: std::ops::RangeInclusive<f64> = 1e-4..=1e3;
const MASSES_KG: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

/// Where things may be: at a kilometre from its origin a zone knows a place to 0.06 mm.
pub(super) const PLACES_M: std::ops::RangeInclusive<f64> = -1e3..=1e3;

/// The most points a convex shape is made of.
const MOST_POINTS: usize = 1024;

/// What a body looks like, about its middle.
#[derive(Clone, Debug, PartialEq)]
pub enum BodyShape {
    /// A box by its whole length, width and height in metres.
    Box {
        /// Length, width and height.
        size_m: [f64; 3],
    },
    /// A cylinder that stands on its end.
    Cylinder {
        /// Its radius in metres.
        radius_m: f64,
        /// Its height in metres.
        height_m: f64,
    },
    /// The convex hull of points, in metres from the body's origin.
    Convex {
        /// The points: at least four that do not lie in a plane.
        points_m: Vec<[f64; 3]>,
    },
}

/// A body: a part, a carton, a pallet.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// Its shape.
    pub shape: BodyShape,
    /// Its mass in kilograms.
    pub mass_kg: f64,
    /// Its coefficient of friction; between two surfaces the lower one counts.
    pub friction: f64,
    /// Its coefficient of restitution, 0 to 1; between two surfaces the higher one counts.
    pub restitution: f64,
    /// Where its centre of gravity lies, in metres from that of the same shape filled evenly.
    pub centre_of_gravity_m: [f64; 3],
}

/// Where a body is and how it moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BodyMotion {
    /// The pose of its origin, in metres.
    pub pose: Isometry3<f64>,
    /// The velocity of its centre of gravity in metres per second.
    pub velocity_m_per_s: Vector3<f64>,
    /// Its angular velocity in radians per second.
    pub spin_rad_per_s: Vector3<f64>,
}

impl BodyMotion {
    /// At rest in a pose.
    pub fn at_rest(pose: Isometry3<f64>) -> Self {
        Self { pose, velocity_m_per_s: Vector3::zeros(), spin_rad_per_s: Vector3::zeros() }
    }

    pub(super) fn validate(&self) -> Result<(), ZoneError> {
        // A turn is a unit quaternion, but one can be made of any four numbers.
        if !(0.5..=2.0).contains(&self.pose.rotation.coords.norm_squared()) {
            return Err(ZoneError::NotFinite);
        }
        for coordinate in self.pose.translation.vector.iter() {
            check("pose", *coordinate, PLACES_M)?;
        }
        check("spin_rad_per_s", self.spin_rad_per_s.norm(), 0.0..=1e3)?;
        check("velocity_m_per_s", self.velocity_m_per_s.norm(), 0.0..=400.0)
    }
}

impl Body {
    /// The body as rapier has it, or why there is none.
    pub(super) fn build(&self, motion: &BodyMotion) -> Result<(RigidBody, Collider), ZoneError> {
        motion.validate()?;
        check("mass_kg", self.mass_kg, MASSES_KG)?;
        check("friction", self.friction, 0.0..=10.0)?;
        check("restitution", self.restitution, 0.0..=1.0)?;
        for offset in self.centre_of_gravity_m {
            check("centre_of_gravity_m", offset, -*EXTENTS_M.end()..=*EXTENTS_M.end())?;
        }
        let (shape, within) = self.shape.build()?;
        let mut mass = shape.mass_properties(1.0).transform_by(&within);
        if !(mass.mass() > 0.0 && mass.mass().is_finite()) {
            return Err(ZoneError::NoVolume);
        }
        mass.set_mass(self.mass_kg as f32, true);
        mass.local_com += to_vector(&Vector3::from(self.centre_of_gravity_m));
        let mut body = RigidBodyBuilder::dynamic()
            .pose(to_pose(&motion.pose))
            .linvel(to_vector(&motion.velocity_m_per_s))
            .angvel(to_vector(&motion.spin_rad_per_s))
            .additional_mass_properties(mass)
            .build();
        body.activation_mut().normalized_linear_threshold = SLEEPS_BELOW_M_PER_S;
        let collider = ColliderBuilder::new(shape)
            .position(within)
            .density(0.0)
            .friction(self.friction as f32)
            .friction_combine_rule(CoefficientCombineRule::Min)
            .restitution(self.restitution as f32)
            .restitution_combine_rule(CoefficientCombineRule::Max)
            .build();
        Ok((body, collider))
    }
}

impl BodyShape {
    /// The shape and how it lies within the body.
    pub(crate) fn build(&self) -> Result<(SharedShape, Pose), ZoneError> {
        match self {
            BodyShape::Box { size_m } => {
                for size in *size_m {
                    check("size_m", size, EXTENTS_M)?;
                }
                let [x, y, z] = size_m.map(|size| (0.5 * size) as f32);
                Ok((SharedShape::cuboid(x, y, z), Pose::IDENTITY))
            }
            BodyShape::Cylinder { radius_m, height_m } => {
                check("radius_m", *radius_m, EXTENTS_M)?;
                check("height_m", *height_m, EXTENTS_M)?;
                // rapier's cylinders stand along y; a quarter turn about x puts them along z.
                let half = std::f32::consts::FRAC_1_SQRT_2;
                let upright = Pose::from_parts(Vector::ZERO, Rotation::from_xyzw(half, 0.0, 0.0, half));
                Ok((SharedShape::cylinder((0.5 * height_m) as f32, *radius_m as f32), upright))
            }
            BodyShape::Convex { points_m } => {
                if points_m.len() < 4 || points_m.len() > MOST_POINTS {
                    return Err(ZoneError::Points(points_m.len()));
                }
                for coordinate in points_m.iter().flatten() {
                    check("points_m", *coordinate, -*EXTENTS_M.end()..=*EXTENTS_M.end())?;
                }
                let points: Vec<Vector> = points_m.iter().map(|point| to_vector(&Vector3::from(*point))).collect();
                let shape = SharedShape::convex_hull(&points).ok_or(ZoneError::NoVolume)?;
                Ok((shape, Pose::IDENTITY))
            }
        }
    }
}

/// Whether a number lies in a range; one that is no number never does.
pub(crate) fn check(name: &'static str, value: f64, range: std::ops::RangeInclusive<f64>) -> Result<(), ZoneError> {
    if range.contains(&value) {
        Ok(())
    } else {
        Err(ZoneError::Range { name, value, lower: *range.start(), upper: *range.end() })
    }
}

/// From where to where a shape reaches in a direction, in metres from its body's origin.
pub(super) fn reach(shape: &dyn Shape, pose: &Pose, direction: &Vector3<f64>) -> (f64, f64) {
    let Some(support) = shape.as_support_map() else { return (0.0, 0.0) };
    let direction = to_vector(direction);
    // Relative to the pose's own origin, so that the 24 bits are spent on the shape and not on where it is.
    let turned = Pose::from_parts(Vector::ZERO, pose.rotation);
    let far = |sign: f32| f64::from(support.support_point(&turned, direction * sign).dot(direction));
    (far(-1.0), far(1.0))
}
