//! What is to be seen in a zone: where its bodies are, and how far what moves in it has moved.

use motion::nalgebra::{UnitQuaternion, Vector3};

use super::super::actuator::Actuation;
use super::super::hardware::{Driver, popup_m, stopper_m};
use super::super::{PlacedBody, ZonePlan};
use super::World;
use crate::part::PartTypeIndex;

impl World {
    /// Where the bodies are, in the coordinates of the plant.
    pub(super) fn bodies(&self, plan: &ZonePlan) -> Vec<PlacedBody> {
        let place = |(number, rider): (&u64, &super::Rider)| {
            let pose = self.zone.motion(*number)?.pose;
            let turn = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), plan.origin.heading_rad) * pose.rotation;
            Some(PlacedBody {
                part: *number,
                part_type: PartTypeIndex(rider.part_type as u16),
                conveyor: plan.carriers[rider.lane()].element,
                position_m: plan.origin.out_of(pose.translation.vector.into()),
                turn: turn.coords.into(),
            })
        };
        self.riders.iter().filter_map(place).collect()
    }

    /// By how much each fitting that can move has moved, in metres or radians, in the order of the plan.
    pub(super) fn amounts(&self, plan: &ZonePlan) -> Vec<f64> {
        plan.drivers().map(|driver| self.amount(plan, driver)).collect()
    }

    fn amount(&self, plan: &ZonePlan, driver: Driver) -> f64 {
        let moved = match driver {
            Driver::Table(lane) => self.zone.table_amount(self.lanes[lane].surfaces[0]),
            // The first hold of a lane is the one at its end.
            Driver::Stopper(lane, stopper) => {
                let hold = &self.lanes[lane].holds[stopper + 1];
                Some(stopper_m(hold.state.is_up && !self.zone.is_passed(hold.wall)))
            }
            Driver::Gate(index) => Some(stopper_m(self.movers[index].state.is_shut)),
            Driver::Divert(index) => {
                let mover = &self.movers[index];
                match plan.diverts[index].actuation {
                    Actuation::Push { .. } => self.zone.pusher_offset_m(mover.fixture),
                    Actuation::Fence { .. } => self.zone.fence_angle_rad(mover.fixture),
                    Actuation::PopUp { .. } => Some(popup_m(mover.state.is_out)),
                }
            }
        };
        moved.unwrap_or(0.0)
    }
}
