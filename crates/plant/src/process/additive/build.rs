//! Build jobs: how high the powder bed of what is packed into one is, how many layers that are, and how long it takes.
//!
//! ```text
//!  height = max(volume / (packing density x platform), tallest part), not more than the chamber
//!  layers = height / thickness, rounded up
//!  time   = preparation + layers x recoating + volume / build rate + cool-down
//! ```
//!
//! All of it in whole nanometres, nanolitres and nanoseconds.

use kernel::limits::LONGEST_DURATION;
use kernel::{Distribution, SimDuration};

use crate::control::process_time::OperationTime;
use crate::description::MassPrice;
use crate::floor::Floor;
use crate::part::PartId;
use crate::transport::PartSize;

/// Cubic nanometres in a nanolitre.
pub(super) const NM3_PER_NL: i128 = 1_000_000_000_000_000;
/// Millionths in a whole.
const WHOLE_PPM: i128 = 1_000_000;
/// Nanoseconds in an hour.
const NS_PER_H: i128 = 3_600_000_000_000;

/// Powder resolved.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PowderPlan {
    pub bulk_mg_per_l: i64,
    pub density_mg_per_l: i64,
    pub recovery: f64,
    pub refresh: f64,
    pub price: Option<MassPrice>,
}

/// A machine resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct AdditivePlan {
    pub(super) chamber_nm: [i64; 3],
    pub(super) packing_ppm: i64,
    pub(super) layer_nm: i64,
    pub(super) preparation: SimDuration,
    pub(super) recoating: SimDuration,
    pub(super) build_rate_nl_per_h: i64,
    pub(super) cool_down: SimDuration,
    pub(super) removable_chamber: bool,
    pub(super) powder: Option<PowderPlan>,
}

/// What a build job is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Contents {
    /// The volume of the material of its parts in nanolitres.
    pub parts_nl: i64,
    /// The mass of its parts in milligrams.
    pub parts_mg: i64,
    /// The height of the tallest one in nanometres.
    pub tallest_nm: i64,
}

/// `value` as a whole number that fits.
fn fitting(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn divided_up(value: i128, by: i128) -> i128 {
    (value + by - 1) / by
}

impl AdditivePlan {
    fn platform_nm2(&self) -> i128 {
        i128::from(self.chamber_nm[0]) * i128::from(self.chamber_nm[1])
    }

    /// The most that can be packed in nanolitres of material.
    pub(super) fn capacity_nl(&self) -> i64 {
        let chamber = self.platform_nm2() * i128::from(self.chamber_nm[2]) / NM3_PER_NL;
        fitting(chamber * i128::from(self.packing_ppm) / WHOLE_PPM)
    }

    /// The volume of powder bed that so many layers make in nanolitres, to the nearest.
    pub(super) fn bed_nl(&self, layers: i64) -> i64 {
        let bed = self.platform_nm2() * i128::from(layers) * i128::from(self.layer_nm);
        fitting((bed + NM3_PER_NL / 2) / NM3_PER_NL)
    }

    /// How many layers it takes.
    pub(super) fn layers(&self, contents: Contents) -> i64 {
        let packed = i128::from(contents.parts_nl) * NM3_PER_NL * WHOLE_PPM;
        let packed_nm = divided_up(packed, i128::from(self.packing_ppm) * self.platform_nm2());
        let height = packed_nm.max(i128::from(contents.tallest_nm)).min(i128::from(self.chamber_nm[2]));
        fitting(divided_up(height, i128::from(self.layer_nm)))
    }

    /// Whether the chamber is taken out to cool.
    pub(crate) fn removable_chamber(&self) -> bool {
        self.removable_chamber
    }

    /// Whether powder is counted.
    pub(crate) fn counts_powder(&self) -> bool {
        self.powder.is_some()
    }

    /// How long it takes; with a chamber that is taken out, its place is free when it begins to cool.
    pub(super) fn time(&self, contents: Contents) -> OperationTime {
        let recoating = i128::from(self.layers(contents)) * i128::from(self.recoating.as_nanos());
        let rate = i128::from(self.build_rate_nl_per_h);
        let fusing = (i128::from(contents.parts_nl) * NS_PER_H + rate / 2) / rate;
        let builds = SimDuration::from_nanos(fitting(recoating + fusing)).min(LONGEST_DURATION);
        let builds = builds.saturating_add(self.preparation).min(LONGEST_DURATION);
        let whole = builds.saturating_add(self.cool_down).min(LONGEST_DURATION);
        if self.removable_chamber {
            return OperationTime { planned: builds, drawn: whole, ahead: whole - builds };
        }
        OperationTime { planned: whole, drawn: whole, ahead: SimDuration::ZERO }
    }

    /// What parts of such sizes make together.
    fn contents_of(&self, sizes: impl Iterator<Item = PartSize>) -> Contents {
        let mut contents = Contents::default();
        for size in sizes {
            let volume_nl = size.volume_nl.unwrap_or(0);
            contents.parts_nl = contents.parts_nl.saturating_add(volume_nl);
            contents.parts_mg = contents.parts_mg.saturating_add(self.part_mg(volume_nl));
            contents.tallest_nm = contents.tallest_nm.max(size.box_nm.map_or(0, |[_, _, height]| height));
        }
        contents.parts_nl = contents.parts_nl.min(self.capacity_nl());
        contents
    }

    fn part_mg(&self, volume_nl: i64) -> i64 {
        const NL_PER_L: i128 = 1_000_000_000;
        let density = self.powder.as_ref().map_or(0, |powder| i128::from(powder.density_mg_per_l));
        fitting((i128::from(volume_nl) * density + NL_PER_L / 2) / NL_PER_L)
    }

    /// What the parts of a job make together.
    pub(super) fn contents(&self, parts: &[PartId], floor: &Floor<'_>) -> Contents {
        let size = |part: &PartId| floor.model().part_type(floor.parts()[*part].part_type).size;
        self.contents_of(parts.iter().map(size))
    }

    /// How long a job of one part takes, by part type, for rules that look at process times.
    pub(super) fn usual_times(&self, sizes: &[PartSize]) -> Vec<Option<Distribution>> {
        let time = |size: &PartSize| self.time(self.contents_of(std::iter::once(*size))).planned.as_nanos() as f64;
        sizes.iter().map(|size| Some(Distribution::Constant(time(size)))).collect()
    }

    /// Whether a part of that size fits into the chamber in no way in which it stands upright on the platform.
    pub(crate) fn is_too_large(&self, size: &PartSize) -> bool {
        let Some([length, width, height]) = size.box_nm else { return false };
        let [room_length, room_width, room_height] = self.chamber_nm;
        let stands = |length: i64, width: i64| length <= room_length && width <= room_width;
        height > room_height || !(stands(length, width) || stands(width, length))
    }
}
