//! The whole state of a zone as bytes and back.
//!
//! Poses and velocities are not enough to go on with the same bits: contacts carry impulses from step to step, and rapier's
//! islands and trees depend on how they came about. So all of the world is written. What stands in the zone is not: a zone
//! that was set up by the same calls takes the bytes up.

use std::collections::{BTreeMap, BTreeSet};

use nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion};
use rapier3d::dynamics::{RigidBody, RigidBodyHandle};
use rapier3d::geometry::{Collider, ColliderHandle};
use rapier3d::pipeline::PhysicsWorld;

use super::fixture::Kind;
use super::flat;
use super::table::TableMotion;
use super::travel::Travel;
use super::{BodyMotion, Present, Zone, ZoneError};
use crate::profile::{Limits, Profile};

/// What is known of a body beside the world: its handles, its radius, whether it is tipped, fallen, asleep, what it has lost of
/// its way, and the marks it covers.
type BodyRecord = (u64, RigidBodyHandle, ColliderHandle, f64, [bool; 3], [f64; 3], Vec<usize>);

/// Distance, speed, acceleration, jerk, time, where it began and whether its end has been told of.
type TravelRecord = (f64, f64, f64, Option<f64>, f64, f64, bool);

/// Speed, whether a stop or pop-up is wanted up, the bodies that a stop lets through, how far something has moved, and the
/// move that is under way.
type FixtureRecord = (f64, bool, BTreeSet<u64>, f64, Option<TravelRecord>);

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
            let told = [present.is_tipped, present.is_fallen, present.slept.is_some()];
            let (lost_m, covers) = (present.lost_m.into(), present.covers.iter().copied().collect());
            (*number, present.body, present.collider, present.radius_m, told, lost_m, covers)
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
        let mut world: PhysicsWorld = postcard::from_bytes(rest).map_err(damaged)?;
        world.narrow_phase.set_query_dispatcher(flat::dispatcher());
        self.world = world;
        self.steps = steps;
        for (number, (fixture, kind)) in self.fixtures.iter_mut().zip(kinds).enumerate() {
            fixture.kind = kind;
            fixture.now = fixture.frame_now();
            for mark in &mut self.marks {
                mark.follow(number, fixture);
                mark.stay();
            }
        }
        let present =
            |(number, body, collider, radius_m, [is_tipped, is_fallen, is_asleep], lost_m, covers): BodyRecord| {
                let covers = covers.into_iter().collect();
                let (near, near_around) = (Vec::new(), None);
                let slept = self.world.bodies.get(body).filter(|_| is_asleep).map(|body| *body.position());
                let lost_m = lost_m.into();
                (
                    number,
                    Present {
                        body,
                        collider,
                        radius_m,
                        is_tipped,
                        is_fallen,
                        slept,
                        lost_m,
                        covers,
                        near,
                        near_around,
                    },
                )
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
        let mut add = |values: &[f64]| bytes.extend(values.iter().flat_map(|value| value.to_bits().to_le_bytes()));
        for fixture in &self.fixtures {
            let kind = match fixture.kind {
                Kind::Belt { .. } => [0.0; 3],
                Kind::Chute => [1.0, 0.0, 0.0],
                Kind::Curve { angle_rad, radius_m, .. } => [2.0, angle_rad, radius_m],
                Kind::Stop { .. } => [3.0, 0.0, 0.0],
                Kind::Pusher { .. } => [4.0, 0.0, 0.0],
                Kind::Table { motion: TableMotion::Turn, .. } => [5.0, 0.0, 0.0],
                Kind::Table { motion: TableMotion::Lift, .. } => [6.0, 0.0, 0.0],
                Kind::Fence { .. } => [7.0, 0.0, 0.0],
                Kind::Popup { across_m_per_s, .. } => [8.0, across_m_per_s, 0.0],
                Kind::Guide { side } => [9.0, side, 0.0],
            };
            add(&kind);
            add(&[fixture.length_m, fixture.width_m, fixture.height_m]);
            for vector in [fixture.frame.start, fixture.frame.along, fixture.frame.up] {
                add(vector.as_slice());
            }
        }
        for mark in &self.marks {
            add(mark.rest.start.as_slice());
            add(mark.rest.along.as_slice());
            add(&[mark.length_m, mark.half_width_m, mark.height_m, if mark.is_region { 1.0 } else { 0.0 }]);
        }
        checksum(&bytes)
    }
}

fn record_of(kind: &Kind) -> FixtureRecord {
    let mut kind = kind.clone();
    let (offset, travel) = kind.travel_mut().map_or((0.0, None), |(offset, travel)| (*offset, *travel));
    let travel = travel.map(|travel| {
        let Limits { speed, acceleration, jerk } = travel.limits;
        (travel.profile.distance(), speed, acceleration, jerk, travel.elapsed_s, travel.from, travel.is_told)
    });
    let (mut speed, mut flag) = (0.0, false);
    if let Some(set) = kind.speed_mut() {
        speed = *set;
    }
    if let Some(set) = kind.flag_mut() {
        flag = *set;
    }
    let passing = match kind {
        Kind::Stop { passing, .. } => passing,
        _ => BTreeSet::new(),
    };
    (speed, flag, passing, offset, travel)
}

fn taken_up(kind: &Kind, (speed, flag, may_pass, offset, travel): FixtureRecord) -> Result<Kind, ZoneError> {
    let mut kind = kind.clone();
    if let Some(set) = kind.speed_mut() {
        *set = speed;
    }
    if let Some(set) = kind.flag_mut() {
        *set = flag;
    }
    if let Kind::Stop { passing, .. } = &mut kind {
        *passing = may_pass;
    }
    if let Some((moved, under_way)) = kind.travel_mut() {
        *moved = offset;
        *under_way = match travel {
            None => None,
            Some((distance, speed, acceleration, jerk, elapsed_s, from, is_told)) => {
                let limits = Limits { speed, acceleration, jerk };
                let profile = Profile::plan(distance, limits).map_err(ZoneError::Profile)?;
                Some(Travel { profile, limits, elapsed_s, from, is_told })
            }
        };
    }
    Ok(kind)
}

/// FNV-1a over 64 bits (Fowler, Noll, Vo; IETF draft-eastlake-fnv): guards against damage, not forgers.
fn checksum(bytes: &[u8]) -> u64 {
    let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}
