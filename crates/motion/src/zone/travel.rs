//! Fixtures that move by a profile: pushers, tables, fences. How far one is follows from the time since its move began.

use nalgebra::Vector3;
use rapier3d::math::Pose;

use super::body::check;
use super::fixture::{Fixture, FixtureId, Kind};
use super::place::Frame;
use super::table::TableMotion;
use super::{Happening, STEP_S, Zone, ZoneError, ZoneEvent};
use crate::profile::{Limits, Profile};

/// How long after a push steps are still cut, in seconds: what it has let go slides on from 1 m/s with a friction of 0.4.
const SLIDES_AFTER_S: f64 = 0.25;

/// A move of a fixture that is under way, or has been until just now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Travel {
    pub profile: Profile,
    /// What it was planned from: snapshots hold these and plan again.
    pub limits: Limits,
    /// Since it began; negative while it has not.
    pub elapsed_s: f64,
    /// How far the fixture was when it began, in metres or radians from its place.
    pub from: f64,
    /// Whether its end has been told of.
    pub is_told: bool,
}

impl Travel {
    /// A move by an amount that begins so long after the start of the next step.
    pub fn plan(amount: f64, limits: Limits, delay_s: f64) -> Result<Self, ZoneError> {
        check("delay_s", delay_s, 0.0..=86_400.0)?;
        let profile = Profile::plan(amount, limits).map_err(ZoneError::Profile)?;
        Ok(Self { profile, limits, elapsed_s: -delay_s, from: 0.0, is_told: false })
    }

    /// Is under way from where the fixture is, instead of what was; says how long it takes, in seconds.
    pub fn begin(self, from: f64, travel: &mut Option<Travel>) -> f64 {
        *travel = Some(Self { from, ..self });
        self.profile.duration_s()
    }

    /// Goes on by a span. Says how far the fixture is then, and after how long in the span the move ends if it does.
    fn advance(&mut self, span_s: f64) -> (f64, Option<f64>) {
        let left_s = -self.ended_s();
        self.elapsed_s += span_s;
        let ends = left_s <= span_s && !self.is_told;
        self.is_told |= ends;
        (self.from + self.profile.at(self.elapsed_s).0, ends.then_some(left_s.max(0.0)))
    }

    /// Since when the move has been over; negative while it has not.
    fn ended_s(&self) -> f64 {
        self.elapsed_s - self.profile.duration_s()
    }
}

impl Kind {
    /// How far it has gone from its place and the move that is under way, of what is able to move.
    pub fn travel_mut(&mut self) -> Option<(&mut f64, &mut Option<Travel>)> {
        match self {
            Kind::Pusher { offset_m: offset, travel }
            | Kind::Table { amount: offset, travel, .. }
            | Kind::Fence { angle_rad: offset, travel } => Some((offset, travel)),
            Kind::Belt { .. }
            | Kind::Chute
            | Kind::Curve { .. }
            | Kind::Popup { .. }
            | Kind::Stop { .. }
            | Kind::Guide { .. } => None,
        }
    }

    /// The pose of the block of what moves by a profile, by its frame now and its sizes.
    pub fn block_pose(&self, now: &Frame, length_m: f64, height_m: f64) -> Pose {
        let (half_m, rise_m) = (0.5 * length_m, 0.5 * height_m);
        match self {
            Kind::Pusher { offset_m, .. } => now.pose(offset_m - half_m, 0.0, rise_m),
            Kind::Table { .. } => now.pose(half_m, 0.0, -rise_m),
            _ => now.pose(half_m, 0.0, rise_m),
        }
    }

    /// Whether it moves in the next step in a way that knocks parts away, which must be followed more finely than in whole
    /// steps.
    pub fn knocks(&self) -> bool {
        match self {
            Kind::Pusher { travel: Some(travel), .. } | Kind::Fence { travel: Some(travel), .. } => {
                travel.elapsed_s > -STEP_S
            }
            _ => false,
        }
    }
}

impl Fixture {
    /// Its frame after what it has moved.
    pub fn frame_now(&self) -> Frame {
        match self.kind {
            Kind::Table { motion: TableMotion::Turn, amount, .. } => self.frame.turned(&self.middle(), amount),
            Kind::Table { motion: TableMotion::Lift, amount, .. } => self.frame.advanced(0.0, 0.0, amount),
            Kind::Fence { angle_rad, .. } => self.frame.turned(&self.frame.start, angle_rad),
            _ => self.frame,
        }
    }

    /// The pose of its block after what it has moved.
    pub fn block_pose(&self) -> Pose {
        self.kind.block_pose(&self.now, self.length_m, self.height_m)
    }

    /// The middle of the surface of a belt or table as it was set up.
    pub fn middle(&self) -> Vector3<f64> {
        self.frame.point(0.5 * self.length_m, 0.0, 0.0)
    }
}

impl Zone {
    /// Whether something moves that knocks parts away.
    pub(super) fn knocks(&self) -> bool {
        self.fixtures.iter().any(|fixture| fixture.kind.knocks())
    }

    /// Moves what moves by a profile on by a span that begins at a share of the step.
    pub(super) fn move_fixtures(&mut self, from: f64, span_s: f64, events: &mut Vec<ZoneEvent>) {
        self.moved.clear();
        for number in 0..self.fixtures.len() {
            let fixture = &mut self.fixtures[number];
            let is_table = matches!(fixture.kind, Kind::Table { .. });
            let Some((offset, travel)) = fixture.kind.travel_mut() else { continue };
            let Some(under_way) = travel else { continue };
            let (reached, ends_after_s) = under_way.advance(span_s);
            let ended_s = under_way.ended_s() - span_s;
            *offset = reached;
            if ended_s >= if is_table { 0.0 } else { SLIDES_AFTER_S } {
                *travel = None;
            }
            fixture.now = fixture.frame_now();
            let id = FixtureId(number);
            if let Some(ends_after_s) = ends_after_s {
                let happening = match fixture.kind {
                    Kind::Table { .. } => Happening::TableEnded { table: id },
                    Kind::Fence { .. } => Happening::FenceEnded { fence: id },
                    _ => Happening::PushEnded { pusher: id },
                };
                events.push(ZoneEvent { after_s: from * STEP_S + ends_after_s, happening });
            }
            if let Some(block) = fixture.body.and_then(|body| self.world.bodies.get_mut(body)) {
                self.moved.push((number, *block.position()));
                block.set_next_kinematic_position(fixture.block_pose());
            }
            if is_table {
                for mark in &mut self.marks {
                    mark.follow(number, fixture);
                }
            }
        }
    }
}
