//! The hardware of a zone: what stands there, what of it moves and how. For whoever wants to see it, and for the physics where a
//! place follows from others.
//!
//! Whatever moves does so by one number, which the zone tells at each of its steps: along a line or about an upright axis.

use super::ZonePlan;
use super::actuator::{Actuation, PLATE_BESIDE_M, PLATE_HEIGHT_M, PLATE_THICKNESS_M};
use super::diverter::{STOP_AHEAD_M, extent_m};
use super::guides::{GUIDE_HEIGHT_M, GUIDE_THICKNESS_M};
use super::layout::{CarrierPlan, DivertPlan};
use super::place::{Course, Spot};
use crate::element::ElementIndex;

/// How thick belts are drawn, in metres; stoppers are half as high.
const DRAWN_M: f64 = 0.1;

/// A curve is drawn in pieces that turn by no more than this: 10 degrees.
const PIECE_RAD: f64 = 0.175;

/// How far beside the belt the middle of a fence is hinged, in metres: half its thickness.
const HINGE_BESIDE_M: f64 = 0.02;

/// How far above the belt a fence hangs, in metres.
const FENCE_ABOVE_M: f64 = 0.01;

/// How far below the belt a stopper or a pop-up that is down is drawn, in metres.
const DOWN_M: f64 = 0.01;

/// What a fitting of a zone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FittingKind {
    /// A conveyor, or a piece of one. Parts lie on its top.
    Belt,
    /// A rail along the edge of a conveyor, or a piece of one.
    Guide,
    /// A stopper of a conveyor, or the one in front of a diverter.
    Stopper,
    /// The plate of a pusher.
    Plate,
    /// The fence of a diverter.
    Fence,
    /// The piece of a belt that carries parts across. Parts lie on the belt around it while it is down.
    PopUp,
    /// A turntable or a lift. Parts lie on its top.
    Table,
}

/// How a fitting moves, by an amount that its zone tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Movement {
    /// Not at all.
    Still,
    /// By so many metres in this direction, a unit vector.
    Along([f64; 3]),
    /// By so many radians about the upright line through this place, counter-clockwise seen from above.
    About([f64; 3]),
}

/// What stands in a zone: a box about its middle, where that is in the plant, and how it moves.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitting {
    /// The zone.
    pub zone: ElementIndex,
    /// The conveyor, table, pusher or diverter that it belongs to.
    pub element: ElementIndex,
    /// What it is.
    pub kind: FittingKind,
    /// Its size along its own axes, in metres.
    pub size_m: [f64; 3],
    /// Its middle where it has not moved, in metres.
    pub position_m: [f64; 3],
    /// Its turn there as a unit quaternion: x, y, z, w.
    pub turn: [f64; 4],
    /// How it moves.
    pub movement: Movement,
    /// By how much it has moved when a run begins, in metres or radians.
    pub at_first: f64,
}

impl Fitting {
    /// Its middle in metres, and its turn, when it has moved by an amount; the same bits on every machine.
    #[must_use]
    pub fn moved(&self, amount: f64) -> ([f64; 3], [f64; 4]) {
        match self.movement {
            Movement::Still => (self.position_m, self.turn),
            Movement::Along(direction) => {
                let position_m = [0, 1, 2].map(|axis| self.position_m[axis] + amount * direction[axis]);
                (position_m, self.turn)
            }
            Movement::About(hinge_m) => {
                let from_hinge = [0, 1, 2].map(|axis| self.position_m[axis] - hinge_m[axis]);
                let position_m = Spot { position_m: hinge_m, heading_rad: amount }.out_of(from_hinge);
                let (sin, cos) = (kernel::libm::sin(0.5 * amount), kernel::libm::cos(0.5 * amount));
                let [x, y, z, w] = self.turn;
                (position_m, [cos * x - sin * y, cos * y + sin * x, cos * z + sin * w, cos * w - sin * z])
            }
        }
    }
}

/// What in a zone moves a fitting, by its place in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    /// The table that a conveyor is.
    Table(usize),
    /// A stopper of a conveyor, counted along it.
    Stopper(usize, usize),
    /// A plate, fence or pop-up.
    Divert(usize),
    /// The stopper in front of a fence or pop-up.
    Gate(usize),
}

/// By how much a stopper has moved.
pub(super) fn stopper_m(is_up: bool) -> f64 {
    if is_up { 0.0 } else { -(0.5 * DRAWN_M + DOWN_M) }
}

/// By how much a pop-up has moved. It is level with its belt while it is raised, and physics has it level always.
pub(super) fn popup_m(is_raised: bool) -> f64 {
    if is_raised { 0.0 } else { -DOWN_M }
}

impl ZonePlan {
    /// What stands in the zone, which is `me`: first what stands still, then what moves, in the order of [`ZonePlan::drivers`].
    pub(crate) fn fittings(&self, me: ElementIndex) -> Vec<Fitting> {
        let carriers = 0..self.carriers.len();
        let belts = carriers.clone().flat_map(|carrier| self.belts(me, carrier));
        let guides = carriers.flat_map(|carrier| self.guides(me, carrier));
        belts.chain(guides).chain(self.drivers().map(|driver| self.driven(me, driver))).collect()
    }

    /// What moves in the zone.
    pub(super) fn drivers(&self) -> impl Iterator<Item = Driver> {
        let of_carrier = |(index, carrier): (usize, &CarrierPlan)| {
            let table = carrier.table.is_some().then_some(Driver::Table(index));
            table.into_iter().chain((0..carrier.stoppers_m.len()).map(move |stopper| Driver::Stopper(index, stopper)))
        };
        let of_divert = |(index, divert): (usize, &DivertPlan)| {
            let is_beside = matches!(divert.actuation, Actuation::Push { .. });
            [Some(Driver::Divert(index)), (!is_beside).then_some(Driver::Gate(index))].into_iter().flatten()
        };
        self.carriers.iter().enumerate().flat_map(of_carrier).chain(self.diverts.iter().enumerate().flat_map(of_divert))
    }

    /// The pop-ups in a conveyor, in order: the diverter, where it begins and where it ends.
    pub(super) fn popups(&self, carrier: usize) -> Vec<(usize, f64, f64)> {
        let popup = |(index, divert): (usize, &DivertPlan)| {
            let is_in = divert.carrier == carrier && matches!(divert.actuation, Actuation::PopUp { .. });
            let (start_m, end_m) = extent_m(&divert.actuation, divert.along_m, self.carriers[carrier].width_m)?;
            is_in.then_some((index, start_m, end_m))
        };
        let mut popups: Vec<(usize, f64, f64)> = self.diverts.iter().enumerate().filter_map(popup).collect();
        popups.sort_by(|one, other| one.1.total_cmp(&other.1));
        popups
    }

    /// The foot of a plate that waits beside its belt, at the face that pushes; it looks the way in which it pushes.
    pub(super) fn foot(&self, divert: &DivertPlan) -> Spot {
        let carrier = &self.carriers[divert.carrier];
        let beside_m = -divert.side * (0.5 * carrier.width_m + PLATE_BESIDE_M);
        let spot = carrier.start.along(&carrier.course, divert.along_m, beside_m, 0.0);
        Spot { heading_rad: spot.heading_rad + divert.side * std::f64::consts::FRAC_PI_2, ..spot }
    }

    /// The foot of the hinge of a fence that swings out by an angle, and how long the fence is.
    pub(super) fn hinge(&self, divert: &DivertPlan, angle_rad: f64) -> (Spot, f64) {
        let carrier = &self.carriers[divert.carrier];
        let (sin, cos) = (kernel::libm::sin(angle_rad), kernel::libm::cos(angle_rad));
        let beside_m = 0.5 * carrier.width_m + HINGE_BESIDE_M;
        let along_m = divert.along_m - beside_m * cos / sin;
        let spot = carrier.start.along(&carrier.course, along_m, -divert.side * beside_m, FENCE_ABOVE_M);
        (spot, (carrier.width_m + HINGE_BESIDE_M) / sin)
    }

    /// Where the stopper in front of a diverter stands along its conveyor, if it has one.
    pub(super) fn gate_m(&self, divert: &DivertPlan) -> Option<f64> {
        let extent = extent_m(&divert.actuation, divert.along_m, self.carriers[divert.carrier].width_m);
        extent.map(|(start_m, _)| start_m - STOP_AHEAD_M)
    }

    /// The pieces of a belt that stand still: all of it but for the pop-ups in it, and curves bit by bit.
    fn belts(&self, me: ElementIndex, index: usize) -> Vec<Fitting> {
        let carrier = &self.carriers[index];
        if carrier.table.is_some() {
            return Vec::new();
        }
        let mut pieces = Vec::new();
        let mut from_m = 0.0;
        let gaps = self.popups(index).into_iter().map(|(_, start_m, end_m)| (start_m, end_m));
        for (until_m, next_m) in gaps.chain([(carrier.course.length_m, carrier.course.length_m)]) {
            let count = (carrier.course.turn_rad.abs() / PIECE_RAD).ceil().clamp(1.0, 100.0);
            let length_m = (until_m - from_m) / count;
            if until_m > from_m {
                let piece = |number: u32| {
                    self.belt(me, carrier, FittingKind::Belt, from_m + (f64::from(number) + 0.5) * length_m, length_m)
                };
                pieces.extend((0..count as u32).map(piece));
            }
            from_m = next_m;
        }
        pieces
    }

    fn guides(&self, me: ElementIndex, index: usize) -> impl Iterator<Item = Fitting> {
        let carrier = &self.carriers[index];
        self.rails(index).into_iter().map(move |rail| {
            let course = Course { length_m: rail.length_m, turn_rad: 0.0, incline_rad: carrier.course.incline_rad };
            let beside_m = if rail.is_left { 0.5 * GUIDE_THICKNESS_M } else { -0.5 * GUIDE_THICKNESS_M };
            let middle = rail.start.along(&course, 0.5 * rail.length_m, beside_m, 0.5 * GUIDE_HEIGHT_M);
            let size_m = [rail.length_m, GUIDE_THICKNESS_M, GUIDE_HEIGHT_M];
            self.fitting(me, carrier.element, FittingKind::Guide, size_m, &middle, course.incline_rad)
        })
    }

    /// A piece of a belt about a place along it.
    fn belt(&self, me: ElementIndex, carrier: &CarrierPlan, kind: FittingKind, along_m: f64, length_m: f64) -> Fitting {
        let middle = carrier.start.along(&carrier.course, along_m, 0.0, -0.5 * DRAWN_M);
        let size_m = [length_m, carrier.width_m, DRAWN_M];
        self.fitting(me, carrier.element, kind, size_m, &middle, carrier.course.incline_rad)
    }

    /// A fitting that moves.
    fn driven(&self, me: ElementIndex, driver: Driver) -> Fitting {
        match driver {
            Driver::Table(index) => {
                let carrier = &self.carriers[index];
                let length_m = carrier.course.length_m;
                let table = self.belt(me, carrier, FittingKind::Table, 0.5 * length_m, length_m);
                let is_lift = carrier.table.as_ref().is_some_and(|table| table.is_lift);
                let movement =
                    if is_lift { Movement::Along([0.0, 0.0, 1.0]) } else { Movement::About(table.position_m) };
                Fitting { movement, ..table }
            }
            Driver::Stopper(index, stopper) => {
                let carrier = &self.carriers[index];
                self.stopper(me, carrier.element, carrier, carrier.stoppers_m[stopper], true)
            }
            Driver::Gate(index) => {
                let divert = &self.diverts[index];
                let along_m = self.gate_m(divert).unwrap_or(divert.along_m);
                self.stopper(me, divert.element, &self.carriers[divert.carrier], along_m, false)
            }
            Driver::Divert(index) => self.diverting(me, &self.diverts[index]),
        }
    }

    fn diverting(&self, me: ElementIndex, divert: &DivertPlan) -> Fitting {
        match divert.actuation {
            Actuation::Push { width_m, .. } => {
                let foot = self.foot(divert);
                let position_m = foot.out_of([-0.5 * PLATE_THICKNESS_M, 0.0, 0.5 * PLATE_HEIGHT_M]);
                let size_m = [PLATE_THICKNESS_M, width_m, PLATE_HEIGHT_M];
                let plate =
                    self.fitting(me, divert.element, FittingKind::Plate, size_m, &Spot { position_m, ..foot }, 0.0);
                Fitting { movement: Movement::Along(self.towards(&foot, [1.0, 0.0, 0.0])), ..plate }
            }
            Actuation::Fence { angle_rad, .. } => {
                let (hinge, length_m) = self.hinge(divert, angle_rad);
                let position_m = hinge.out_of([0.5 * length_m, 0.0, 0.5 * PLATE_HEIGHT_M]);
                let size_m = [length_m, 2.0 * HINGE_BESIDE_M, PLATE_HEIGHT_M];
                let fence =
                    self.fitting(me, divert.element, FittingKind::Fence, size_m, &Spot { position_m, ..hinge }, 0.0);
                Fitting { movement: Movement::About(self.origin.out_of(hinge.position_m)), ..fence }
            }
            Actuation::PopUp { length_m, .. } => {
                let carrier = &self.carriers[divert.carrier];
                let piece = self.belt(me, carrier, FittingKind::PopUp, divert.along_m, length_m);
                let movement = Movement::Along([0.0, 0.0, 1.0]);
                Fitting { element: divert.element, movement, at_first: popup_m(false), ..piece }
            }
        }
    }

    /// A stopper across a conveyor, which is up or down at first.
    fn stopper(
        &self,
        me: ElementIndex,
        element: ElementIndex,
        carrier: &CarrierPlan,
        along_m: f64,
        is_up: bool,
    ) -> Fitting {
        let spot = |up_m| carrier.start.along(&carrier.course, along_m, 0.0, up_m);
        let (foot, middle) = (spot(0.0).position_m, spot(0.25 * DRAWN_M));
        let up = [0, 1, 2].map(|axis| (middle.position_m[axis] - foot[axis]) / (0.25 * DRAWN_M));
        let size_m = [0.2 * DRAWN_M, carrier.width_m, 0.5 * DRAWN_M];
        let stopper = self.fitting(me, element, FittingKind::Stopper, size_m, &middle, carrier.course.incline_rad);
        let movement = Movement::Along(self.towards(&Spot::default(), up));
        Fitting { movement, at_first: stopper_m(is_up), ..stopper }
    }

    /// A direction that is given seen from a spot of the zone, in the coordinates of the plant.
    fn towards(&self, spot: &Spot, direction: [f64; 3]) -> [f64; 3] {
        Spot { position_m: [0.0; 3], heading_rad: self.origin.heading_rad + spot.heading_rad }.out_of(direction)
    }

    fn fitting(
        &self,
        zone: ElementIndex,
        element: ElementIndex,
        kind: FittingKind,
        size_m: [f64; 3],
        middle: &Spot,
        incline_rad: f64,
    ) -> Fitting {
        let turn = turn(self.origin.heading_rad + middle.heading_rad, incline_rad);
        let position_m = self.origin.out_of(middle.position_m);
        Fitting { zone, element, kind, size_m, position_m, turn, movement: Movement::Still, at_first: 0.0 }
    }
}

/// The unit quaternion of a heading and of a slope that goes up along it, the same bits on every machine.
fn turn(heading_rad: f64, incline_rad: f64) -> [f64; 4] {
    let half = |angle_rad: f64| (kernel::libm::sin(0.5 * angle_rad), kernel::libm::cos(0.5 * angle_rad));
    let ((heading_sin, heading_cos), (incline_sin, incline_cos)) = (half(heading_rad), half(-incline_rad));
    [-heading_sin * incline_sin, heading_cos * incline_sin, heading_sin * incline_cos, heading_cos * incline_cos]
}
