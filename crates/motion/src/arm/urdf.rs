//! Arms from URDF, the robot descriptions that makers publish (wiki.ros.org/urdf/XML).
//!
//! Read are links, joints (revolute, continuous, prismatic, fixed) with origin, axis and limit, along one chain from a base to a
//! tip, and the masses of its links. Looks and what hangs beside the chain are passed over. URDF knows no accelerations: they
//! are asked for.

mod elements;

use std::collections::BTreeMap;

use nalgebra::{Isometry3, Translation3, Unit, UnitQuaternion, Vector3};

use super::axis::{Axis, AxisKind};
use super::serial::{Joint, SerialArm};
use crate::profile::Limits;
use elements::{Element, read};

pub use elements::UrdfError;

/// What to take of a robot description, and what it does not say.
#[derive(Clone, Debug, PartialEq)]
pub struct UrdfChain {
    /// The link the arm begins at; without it, the one that no joint carries.
    pub base: Option<String>,
    /// The link that is the flange; without it, the only one that carries nothing.
    pub tip: Option<String>,
    /// Highest acceleration of axes that turn, in radians per second squared.
    pub turning_acceleration_rad_per_s2: f64,
    /// Highest jerk of axes that turn, in radians per second cubed.
    pub turning_jerk_rad_per_s3: Option<f64>,
    /// Highest acceleration of axes that slide, in metres per second squared.
    pub sliding_acceleration_m_per_s2: f64,
    /// Highest jerk of axes that slide, in metres per second cubed.
    pub sliding_jerk_m_per_s3: Option<f64>,
}

impl SerialArm {
    /// The arm that a chain of a URDF text describes.
    ///
    /// # Errors
    /// [`UrdfError`] with line and column: text that is no XML or no robot, a chain that is not there or not clear, joints of other
    /// kinds on it, numbers that are none, speeds that are missing, more than seven axes.
    pub fn from_urdf(text: &str, chain: &UrdfChain) -> Result<Self, UrdfError> {
        let elements = read(text)?;
        let robot = Robot::of(&elements)?;
        let joints = robot.chain(chain.base.as_deref(), chain.tip.as_deref())?;
        let mut driven = Vec::new();
        let mut placement = Isometry3::identity();
        for joint in joints {
            placement *= joint.origin()?;
            let element = joint.element;
            let kind = match element.required("type")? {
                "fixed" => continue,
                "revolute" | "continuous" => AxisKind::Revolute,
                "prismatic" => AxisKind::Prismatic,
                other => {
                    return Err(element.error(format!(
                        "joint \"{}\" is {other}: an arm has revolute, continuous, prismatic and fixed joints",
                        joint.name
                    )));
                }
            };
            if joint.part("mimic").is_some() {
                return Err(
                    element.error(format!("joint \"{}\" mimics another: it has no drive of its own", joint.name))
                );
            }
            driven.push(Joint { placement, direction: joint.direction()?, axis: joint.axis(kind, chain)? });
            placement = Isometry3::identity();
        }
        SerialArm::new(driven, placement).map_err(|error| robot.element.error(error.to_string()))
    }
}

/// The masses that each axis of a chain of a URDF text carries up to the next axis, in kilograms; 0 where it tells none.
///
/// # Errors
/// As [`SerialArm::from_urdf`]; a mass that is negative or no number.
pub fn urdf_masses_kg(text: &str, chain: &UrdfChain) -> Result<Vec<f64>, UrdfError> {
    let elements = read(text)?;
    let robot = Robot::of(&elements)?;
    let mut masses_kg: Vec<f64> = Vec::new();
    for joint in robot.chain(chain.base.as_deref(), chain.tip.as_deref())? {
        let mass_kg = mass_kg(&elements, joint.child)?;
        match masses_kg.last_mut() {
            Some(last) if joint.element.required("type")? == "fixed" => *last += mass_kg,
            _ if joint.element.required("type")? == "fixed" => {}
            _ => masses_kg.push(mass_kg),
        }
    }
    Ok(masses_kg)
}

/// The mass of a link in kilograms, 0 if it is not told.
fn mass_kg(elements: &[Element], link: &str) -> Result<f64, UrdfError> {
    let child = |parent: Option<usize>, name: &str| {
        elements.iter().position(|element| element.parent == parent && element.name == name)
    };
    let is_link = |element: &Element| {
        element.parent == Some(0) && element.name == "link" && element.attribute("name") == Some(link)
    };
    let inertial = elements.iter().position(is_link).and_then(|link| child(Some(link), "inertial"));
    let mass = inertial.and_then(|inertial| child(Some(inertial), "mass")).and_then(|mass| elements.get(mass));
    match mass.map(|mass| Ok((mass, mass.number("value")?.unwrap_or(0.0)))).transpose()? {
        Some((mass, mass_kg)) if mass_kg < 0.0 => Err(mass.error(format!("a mass of {mass_kg} kg cannot be"))),
        Some((_, mass_kg)) => Ok(mass_kg),
        None => Ok(0.0),
    }
}

/// The links and joints of a description.
struct Robot<'a> {
    element: &'a Element,
    links: BTreeMap<&'a str, &'a Element>,
    joints: Vec<UrdfJoint<'a>>,
}

/// A joint of a description.
struct UrdfJoint<'a> {
    name: &'a str,
    element: &'a Element,
    parts: Vec<&'a Element>,
    parent: &'a str,
    child: &'a str,
}

impl<'a> Robot<'a> {
    fn of(elements: &'a [Element]) -> Result<Self, UrdfError> {
        let Some(element) = elements.first() else {
            return Err(UrdfError { line: 1, column: 1, mistake: "there is no element <robot>".to_owned() });
        };
        if element.name != "robot" {
            return Err(element.error(format!("the outermost element must be <robot>, not <{}>", element.name)));
        }
        if let Some(unexpanded) = elements.iter().find(|element| element.name.starts_with("xacro:")) {
            return Err(unexpanded.error(format!("<{}> is of xacro: expand the file to URDF first", unexpanded.name)));
        }
        let mut robot = Robot { element, links: BTreeMap::new(), joints: Vec::new() };
        let mut parts: BTreeMap<usize, Vec<&Element>> = BTreeMap::new();
        for element in elements {
            parts.entry(element.parent.unwrap_or(usize::MAX)).or_default().push(element);
        }
        for (index, element) in elements.iter().enumerate().filter(|(_, element)| element.parent == Some(0)) {
            match element.name.as_str() {
                "link" => {
                    let name = element.required("name")?;
                    if robot.links.insert(name, element).is_some() {
                        return Err(element.error(format!("there are two links \"{name}\"")));
                    }
                }
                "joint" => robot.joints.push(UrdfJoint::of(element, parts.remove(&index).unwrap_or_default())?),
                _ => {}
            }
        }
        let mut carried = BTreeMap::new();
        for joint in &robot.joints {
            for link in [joint.parent, joint.child] {
                if !robot.links.contains_key(link) {
                    return Err(joint.element.error(format!("joint \"{}\": there is no link \"{link}\"", joint.name)));
                }
            }
            if let Some(other) = carried.insert(joint.child, joint.name) {
                let mistake =
                    format!("link \"{}\" is carried by two joints, \"{other}\" and \"{}\"", joint.child, joint.name);
                return Err(joint.element.error(mistake));
            }
        }
        Ok(robot)
    }

    /// The joints from the base to the tip.
    fn chain(&self, base: Option<&str>, tip: Option<&str>) -> Result<Vec<&UrdfJoint<'a>>, UrdfError> {
        let carriers: BTreeMap<&str, &UrdfJoint<'_>> = self.joints.iter().map(|joint| (joint.child, joint)).collect();
        let is_base = |link: &str| !carriers.contains_key(link);
        let is_tip = |link: &str| self.joints.iter().all(|joint| joint.parent != link);
        let base = self.link("base", base, is_base)?;
        let tip = self.link("tip", tip, is_tip)?;
        let mut joints = Vec::new();
        let mut link = tip;
        while link != base {
            // A circle of joints would come by the same joint again.
            match carriers.get(link) {
                Some(joint) if joints.len() < self.joints.len() => {
                    joints.push(*joint);
                    link = joint.parent;
                }
                _ => return Err(self.element.error(format!("no joints lead from link \"{base}\" to link \"{tip}\""))),
            }
        }
        joints.reverse();
        Ok(joints)
    }

    /// The link with this name, or the only one that may be meant.
    fn link(&self, role: &str, name: Option<&str>, fits: impl Fn(&str) -> bool) -> Result<&'a str, UrdfError> {
        if let Some(name) = name {
            let found = self.links.get_key_value(name).map(|(name, _)| *name);
            return found.ok_or_else(|| self.element.error(format!("there is no link \"{name}\" to be the {role}")));
        }
        let fitting: Vec<&str> = self.links.keys().copied().filter(|link| fits(link)).collect();
        match fitting[..] {
            [only] => Ok(only),
            [] => Err(self.element.error(format!("no link can be the {role}"))),
            _ => Err(self.element.error(format!("name the {role}, it can be {}", fitting.join(", ")))),
        }
    }
}

impl<'a> UrdfJoint<'a> {
    fn of(element: &'a Element, parts: Vec<&'a Element>) -> Result<Self, UrdfError> {
        let name = element.required("name")?;
        let link_of = |role: &str| {
            let part = parts.iter().copied().find(|part| part.name == role);
            part.ok_or_else(|| element.error(format!("joint \"{name}\" has no <{role}>")))?.required("link")
        };
        Ok(Self { name, element, parent: link_of("parent")?, child: link_of("child")?, parts })
    }

    fn part(&self, name: &str) -> Option<&'a Element> {
        self.parts.iter().copied().find(|part| part.name == name)
    }

    /// Where the joint is in the link before it. Roll, pitch and yaw turn about fixed axes.
    fn origin(&self) -> Result<Isometry3<f64>, UrdfError> {
        let Some(origin) = self.part("origin") else { return Ok(Isometry3::identity()) };
        let [x, y, z] = origin.triple("xyz")?.unwrap_or_default();
        let [roll, pitch, yaw] = origin.triple("rpy")?.unwrap_or_default();
        let rotation = UnitQuaternion::from_euler_angles(roll, pitch, yaw);
        Ok(Isometry3::from_parts(Translation3::new(x, y, z), rotation))
    }

    fn direction(&self) -> Result<Unit<Vector3<f64>>, UrdfError> {
        let Some(axis) = self.part("axis") else { return Ok(Vector3::x_axis()) };
        let [x, y, z] = axis.triple("xyz")?.unwrap_or([1.0, 0.0, 0.0]);
        Unit::try_new(Vector3::new(x, y, z), 1e-9).ok_or_else(|| axis.error("the axis has no direction"))
    }

    fn axis(&self, kind: AxisKind, chain: &UrdfChain) -> Result<Axis, UrdfError> {
        let Some(limit) = self.part("limit") else {
            return Err(self.element.error(format!("joint \"{}\" has no <limit>: its speed is needed", self.name)));
        };
        let (lower, upper) = if self.element.required("type")? == "continuous" {
            (f64::NEG_INFINITY, f64::INFINITY)
        } else {
            (limit.number("lower")?.unwrap_or(0.0), limit.number("upper")?.unwrap_or(0.0))
        };
        let Some(speed) = limit.number("velocity")? else {
            return Err(limit.error(format!("joint \"{}\" has no `velocity` in its limit", self.name)));
        };
        let (acceleration, jerk) = match kind {
            AxisKind::Revolute => (chain.turning_acceleration_rad_per_s2, chain.turning_jerk_rad_per_s3),
            AxisKind::Prismatic => (chain.sliding_acceleration_m_per_s2, chain.sliding_jerk_m_per_s3),
        };
        let axis =
            Axis { name: self.name.to_owned(), kind, lower, upper, limits: Limits { speed, acceleration, jerk } };
        match axis.mistake() {
            Some(mistake) => Err(limit.error(format!("joint \"{}\": {mistake}", self.name))),
            None => Ok(axis),
        }
    }
}

#[cfg(test)]
mod tests;
