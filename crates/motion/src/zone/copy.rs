//! Copies of a zone that go on bit for bit, and what is printed of one.

use std::fmt;

use rapier3d::pipeline::{CollisionPipeline, PhysicsPipeline, PhysicsWorld};
use rapier3d::prelude::CCDSolver;

use super::Zone;

impl Clone for Zone {
    fn clone(&self) -> Self {
        Self {
            world: copied(&self.world),
            bounds: self.bounds,
            steps: self.steps,
            fixtures: self.fixtures.clone(),
            has_slopes: self.has_slopes,
            marks: self.marks.clone(),
            bodies: self.bodies.clone(),
            coming: self.coming.clone(),
            moving: self.moving.clone(),
            going: self.going.clone(),
            watched: Vec::new(),
            moved: Vec::new(),
            #[cfg(feature = "bench")]
            leaves_astray: self.leaves_astray,
        }
    }
}

/// The world again. Its pipelines and its solver of continuous collisions are workspace: a step leaves nothing in them that
/// the next one reads, and rapier leaves them out of what it writes too.
fn copied(world: &PhysicsWorld) -> PhysicsWorld {
    PhysicsWorld {
        gravity: world.gravity,
        integration_parameters: world.integration_parameters,
        physics_pipeline: PhysicsPipeline::new(),
        collision_pipeline: CollisionPipeline::new(),
        islands: world.islands.clone(),
        broad_phase: world.broad_phase.clone(),
        narrow_phase: world.narrow_phase.clone(),
        bodies: world.bodies.clone(),
        colliders: world.colliders.clone(),
        impulse_joints: world.impulse_joints.clone(),
        multibody_joints: world.multibody_joints.clone(),
        soft_bodies: world.soft_bodies.clone(),
        ccd_solver: CCDSolver::new(),
    }
}

impl fmt::Debug for Zone {
    /// How much there is of everything: the world itself is megabytes of text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zone")
            .field("steps", &self.steps)
            .field("fixtures", &self.fixtures.len())
            .field("marks", &self.marks.len())
            .field("bodies", &self.numbers().count())
            .finish_non_exhaustive()
    }
}
