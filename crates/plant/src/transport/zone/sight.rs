//! Where everything in a zone stands and lies in the plant, for whoever wants to see it. Nothing here influences a run.

use kernel::SimTime;

use super::ZonePlan;
use super::actuator::{Actuation, PLATE_BESIDE_M, PLATE_HEIGHT_M, PLATE_THICKNESS_M};
use super::layout::{CarrierPlan, DivertPlan};
use super::place::Spot;
use crate::element::ElementIndex;
use crate::part::PartTypeIndex;
use crate::transport::BodyInfo;

/// How high stoppers and belts are drawn, in metres.
const DRAWN_M: f64 = 0.1;

/// A curve is drawn in pieces that turn by no more than this: 10 degrees.
const PIECE_RAD: f64 = 0.175;

/// A part that is a body, and where it is in the plant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedBody {
    /// Serial number of the part.
    pub part: u64,
    /// Its type.
    pub part_type: PartTypeIndex,
    /// The conveyor that holds it.
    pub conveyor: ElementIndex,
    /// The middle of its shape, in metres.
    pub position_m: [f64; 3],
    /// Its turn as a unit quaternion: x, y, z, w.
    pub turn: [f64; 4],
}

/// The plate of a pusher, and where it is in the plant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedPlate {
    /// The pusher.
    pub pusher: ElementIndex,
    /// The middle of the plate, in metres.
    pub position_m: [f64; 3],
}

/// Where everything that can move in a zone was at the end of a step. Between two steps that do not follow one upon the other
/// nothing moved.
#[derive(Debug, Clone, PartialEq)]
pub struct PosesRecord {
    /// The zone.
    pub zone: ElementIndex,
    /// When the step began.
    pub since: SimTime,
    /// When it ended: then everything was where it is said to be.
    pub at: SimTime,
    /// The parts in the zone. One that is not among them any more was taken out as the step began.
    pub bodies: Vec<PlacedBody>,
    /// The plates of its pushers.
    pub plates: Vec<PlacedPlate>,
}

/// What a fitting of a zone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FittingKind {
    /// A conveyor, or a piece of one that turns. Parts lie on its top.
    Belt,
    /// A stopper of a conveyor.
    Stopper,
    /// The plate of a pusher, as it stands at rest.
    Plate,
}

/// What stands in a zone: a box about its middle, and where that is in the plant.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitting {
    /// The conveyor or pusher that it belongs to.
    pub element: ElementIndex,
    /// What it is.
    pub kind: FittingKind,
    /// Its size along its own axes, in metres.
    pub size_m: [f64; 3],
    /// Its middle, in metres.
    pub position_m: [f64; 3],
    /// Its turn as a unit quaternion: x, y, z, w.
    pub turn: [f64; 4],
}

impl ZonePlan {
    /// What parts of a type are like.
    pub(crate) fn body(&self, part_type: PartTypeIndex) -> Option<&BodyInfo> {
        self.bodies.get(part_type.index())
    }

    /// What stands in the zone.
    pub(crate) fn fittings(&self) -> Vec<Fitting> {
        let belts = self.carriers.iter().flat_map(|carrier| self.belts(carrier));
        let stoppers = self.carriers.iter().flat_map(|carrier| self.stoppers(carrier));
        let plates = self.diverts.iter().filter_map(|divert| {
            let Actuation::Push { width_m, .. } = &divert.actuation else { return None };
            let spot = self.plate(divert, 0.0);
            Some(self.fitting(
                divert.element,
                FittingKind::Plate,
                [PLATE_THICKNESS_M, *width_m, PLATE_HEIGHT_M],
                &spot,
                0.0,
            ))
        });
        belts.chain(stoppers).chain(plates).collect()
    }

    /// The plates of its pushers, which have come so far out.
    #[cfg(feature = "motion")]
    pub(super) fn placed_plates(&self, offsets_m: impl Iterator<Item = f64>) -> Vec<PlacedPlate> {
        let place = |(divert, offset_m): (&DivertPlan, f64)| PlacedPlate {
            pusher: divert.element,
            position_m: self.origin.out_of(self.plate(divert, offset_m).position_m),
        };
        let pushers = self.diverts.iter().filter(|divert| matches!(divert.actuation, Actuation::Push { .. }));
        pushers.zip(offsets_m).map(place).collect()
    }

    /// The foot of a plate that waits beside its belt, at the face that pushes; it looks the way in which it pushes.
    pub(super) fn foot(&self, divert: &DivertPlan) -> Spot {
        let carrier = &self.carriers[divert.carrier];
        let beside_m = -divert.side * (0.5 * carrier.width_m + PLATE_BESIDE_M);
        let spot = carrier.start.along(&carrier.course, divert.along_m, beside_m, 0.0);
        Spot { heading_rad: spot.heading_rad + divert.side * std::f64::consts::FRAC_PI_2, ..spot }
    }

    /// The middle of a plate that has come so far out.
    fn plate(&self, divert: &DivertPlan, offset_m: f64) -> Spot {
        let foot = self.foot(divert);
        let position_m = foot.out_of([offset_m - 0.5 * PLATE_THICKNESS_M, 0.0, 0.5 * PLATE_HEIGHT_M]);
        Spot { position_m, ..foot }
    }

    fn belts<'a>(&'a self, carrier: &'a CarrierPlan) -> impl Iterator<Item = Fitting> + 'a {
        let pieces = (carrier.course.turn_rad.abs() / PIECE_RAD).ceil().clamp(1.0, 100.0);
        let length_m = carrier.course.length_m / pieces;
        (0..pieces as u32).map(move |piece| {
            let along_m = (f64::from(piece) + 0.5) * length_m;
            let middle = carrier.start.along(&carrier.course, along_m, 0.0, -0.5 * DRAWN_M);
            let size_m = [length_m, carrier.width_m, DRAWN_M];
            self.fitting(carrier.element, FittingKind::Belt, size_m, &middle, carrier.course.incline_rad)
        })
    }

    fn stoppers<'a>(&'a self, carrier: &'a CarrierPlan) -> impl Iterator<Item = Fitting> + 'a {
        carrier.stoppers_m.iter().map(move |along_m| {
            let middle = carrier.start.along(&carrier.course, *along_m, 0.0, 0.25 * DRAWN_M);
            let size_m = [0.2 * DRAWN_M, carrier.width_m, 0.5 * DRAWN_M];
            self.fitting(carrier.element, FittingKind::Stopper, size_m, &middle, carrier.course.incline_rad)
        })
    }

    fn fitting(
        &self,
        element: ElementIndex,
        kind: FittingKind,
        size_m: [f64; 3],
        middle: &Spot,
        incline_rad: f64,
    ) -> Fitting {
        let turn = turn(self.origin.heading_rad + middle.heading_rad, incline_rad);
        Fitting { element, kind, size_m, position_m: self.origin.out_of(middle.position_m), turn }
    }
}

/// The unit quaternion of a heading and of a slope that goes up along it, the same bits on every machine.
fn turn(heading_rad: f64, incline_rad: f64) -> [f64; 4] {
    let half = |angle_rad: f64| (kernel::libm::sin(0.5 * angle_rad), kernel::libm::cos(0.5 * angle_rad));
    let ((heading_sin, heading_cos), (incline_sin, incline_cos)) = (half(heading_rad), half(-incline_rad));
    [-heading_sin * incline_sin, heading_cos * incline_sin, heading_sin * incline_cos, heading_cos * incline_cos]
}
