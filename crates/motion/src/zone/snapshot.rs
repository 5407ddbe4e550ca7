//! The whole state of a zone as bytes and back.
//!
//! Poses and velocities are not enough to go on with the same bits: contacts carry impulses from step to step, and rapier's
//! islands and trees depend on how they came about. So all of the world is written. What stands in the zone is not: a zone
//! that was set up by the same calls takes the bytes up.

use std::collections::BTreeMap;

use nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion};
use rapier3d::dynamics::{RigidBody, RigidBodyHandle};
use rapier3d::geometry::{Collider, ColliderHandle};
use rapier3d::pipeline::PhysicsWorld;

use super::fixture::{Kind, Push};
use super::{BodyMotion, Present, Zone, ZoneError};
use crate::profile::{Limits, Profile};

/// What is known of a body beside the world: its handles, its radius, whether it is tipped, fallen, asleep, and the marks it
/// covers.
type BodyRecord = (u64, RigidBodyHandle, ColliderHandle, f64, [bool; 3], Vec<usize>);

/// Distance, speed, acceleration, jerk, time, where it began and whether its end has been told of.
type PushRecord = (f64, f64, f64, Option<f64>, f64, f64, bool);

/// Speed or offset, whether a stop is wanted up, and the move of a pusher.
type FixtureRecord = (f64, bool, Option<PushRecord>);

/// A body that is put elsewhere with the next step: place, turn (x, y, z, w), velocity and spin.
type MoveRecord = (u64, [f64; 3], [f64; 4], [f64; 3], [f64; 3]);

/// Everything of a zone that changes, but the world.
type Records =
    (u64, u64, Vec<FixtureRecord>, Vec<BodyRecord>, BTreeMap<u64, (RigidBody, Collider)>, Vec<MoveRecord>, Vec<u64>);

impl Zone {
    /// The state as bytes, behind a checksum.
    ///
    /// # Errors
    /// Only if rapier has something that cannot be written.
    pub fn snapshot(&self) -> Result<Vec<u8>, ZoneError> {
        let unwritten = |_| ZoneError::Snapshot("the physics could not be written");
        let fixtures = self.fixtures.iter().map(|fixture| record_of(&fixture.kind)).collect::<Vec<_>>();
        let bodies = self.bodies.iter().map(|(number, present)| {
            let told = [present.is_tipped, present.is_fallen, present.is_asleep];
            (*number, present.body, present.collider, present.radius_m, told, present.covers.iter().copied().collect())
        });
        let bodies: Vec<BodyRecord> = bodies.collect();
        let going: Vec<u64> = self.going.iter().copied().collect();
        let moving = self.moving.iter().map(|(number, motion)| {
            let BodyMotion { pose, velocity_m_per_s, spin_rad_per_s } = motion;
            let (place, turn) = (pose.translation.vector, pose.rotation.coords);
            (*number, place.into(), turn.into(), (*velocity_m_per_s).into(), (*spin_rad_per_s).into())
        });
        let moving: Vec<MoveRecord> = moving.collect();
        let records = (self.fingerprint(), self.steps, fixtures, bodies, &self.coming, moving, going);
        let mut content = postcard::to_allocvec(&records).map_err(unwritten)?;
        content.extend(postcard::to_allocvec(&self.world).map_err(unwritten)?);
        let mut bytes = checksum(&content).to_le_bytes().to_vec();
        bytes.extend(content);
        Ok(bytes)
    }

    /// Takes up a state; the zone must have been set up by the same calls as the one that was written.
    ///
    /// # Errors
    /// Bytes that are damaged or of another zone. Nothing has changed then.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), ZoneError> {
        let damaged = |_| ZoneError::Snapshot("they are damaged");
        let Some((sum, content)) = bytes.split_first_chunk::<8>() else {
            return Err(ZoneError::Snapshot("they are too few"));
        };
        if u64::from_le_bytes(*sum) != checksum(content) {
            return Err(ZoneError::Snapshot("their checksum does not fit"));
        }
        let (records, rest) = postcard::take_from_bytes::<Records>(content).map_err(damaged)?;
        let (fingerprint, steps, fixtures, bodies, coming, moving, going) = records;
        if fingerprint != self.fingerprint() || fixtures.len() != self.fixtures.len() {
            return Err(ZoneError::Snapshot("they are of a zone in which other things stand"));
        }
        let kinds = self.fixtures.iter().zip(fixtures).map(|(fixture, record)| taken_up(&fixture.kind, record));
        let kinds = kinds.collect::<Result<Vec<Kind>, ZoneError>>()?;
        let world: PhysicsWorld = postcard::from_bytes(rest).map_err(damaged)?;
        self.world = world;
        self.steps = steps;
        for (fixture, kind) in self.fixtures.iter_mut().zip(kinds) {
            fixture.kind = kind;
        }
        let present = |(number, body, collider, radius_m, [is_tipped, is_fallen, is_asleep], covers): BodyRecord| {
            let covers = covers.into_iter().collect();
            (number, Present { body, collider, radius_m, is_tipped, is_fallen, is_asleep, covers })
        };
        self.bodies = bodies.into_iter().map(present).collect();
        self.coming = coming;
        let motion = |(number, place, turn, velocity, spin): MoveRecord| {
            let [x, y, z, w] = turn;
            // As it was: normalising it again could change its last bits.
            let turn = UnitQuaternion::new_unchecked(Quaternion::new(w, x, y, z));
            let pose = Isometry3::from_parts(Translation3::from(place), turn);
            (number, BodyMotion { pose, velocity_m_per_s: velocity.into(), spin_rad_per_s: spin.into() })
        };
        self.moving = moving.into_iter().map(motion).collect();
        self.going = going.into_iter().collect();
        Ok(())
    }

    /// A digest of all that a snapshot holds: equal digests, equal futures.
    ///
    /// # Errors
    /// As for [`Zone::snapshot`].
    pub fn digest(&self) -> Result<u64, ZoneError> {
        Ok(checksum(&self.snapshot()?))
    }

    /// A number that differs where other things stand in the zone.
    fn fingerprint(&self) -> u64 {
        let mut bytes = Vec::new();
        for fixture in &self.fixtures {
            let kind = match fixture.kind {
                Kind::Belt { .. } => 0.0,
                Kind::Chute => 1.0,
                Kind::Curve { angle_rad, radius_m, .. } => 2.0 + angle_rad + 1000.0 * radius_m,
                Kind::Stop { .. } => 3.0,
                Kind::Pusher { .. } => 4.0,
            };
            let frame = &fixture.frame;
            let sizes = [kind, fixture.length_m, fixture.width_m, fixture.height_m];
            let vectors = [frame.start, frame.along, frame.up];
            for value in sizes.iter().chain(vectors.iter().flat_map(|vector| vector.iter())) {
                bytes.extend(value.to_bits().to_le_bytes());
            }
        }
        for mark in &self.marks {
            bytes.extend(mark.point.iter().flat_map(|value| value.to_bits().to_le_bytes()));
        }
        checksum(&bytes)
    }
}

fn record_of(kind: &Kind) -> FixtureRecord {
    match kind {
        Kind::Belt { speed_m_per_s } | Kind::Curve { speed_m_per_s, .. } => (*speed_m_per_s, false, None),
        Kind::Chute => (0.0, false, None),
        Kind::Stop { is_wanted } => (0.0, *is_wanted, None),
        Kind::Pusher { offset_m, push } => {
            let push = push.as_ref().map(|push| {
                let Limits { speed, acceleration, jerk } = push.limits;
                (push.profile.distance(), speed, acceleration, jerk, push.elapsed_s, push.from_m, push.is_told)
            });
            (*offset_m, false, push)
        }
    }
}

fn taken_up(kind: &Kind, (number, flag, push): FixtureRecord) -> Result<Kind, ZoneError> {
    let mut kind = kind.clone();
    match &mut kind {
        Kind::Belt { speed_m_per_s } | Kind::Curve { speed_m_per_s, .. } => *speed_m_per_s = number,
        Kind::Chute => {}
        Kind::Stop { is_wanted } => *is_wanted = flag,
        Kind::Pusher { offset_m, push: under_way } => {
            *offset_m = number;
            *under_way = match push {
                None => None,
                Some((distance_m, speed, acceleration, jerk, elapsed_s, from_m, is_told)) => {
                    let limits = Limits { speed, acceleration, jerk };
                    let profile = Profile::plan(distance_m, limits).map_err(ZoneError::Profile)?;
                    Some(Push { profile, limits, elapsed_s, from_m, is_told })
                }
            };
        }
    }
    Ok(kind)
}

/// FNV-1a over 64 bits (Fowler, Noll, Vo; IETF draft-eastlake-fnv): guards against damage, not forgers.
fn checksum(bytes: &[u8]) -> u64 {
    let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}
