//! Additive manufacturing by powder bed fusion (words of ISO/ASTM 52900): parts that wait are packed into a build job, which is built
//! layer by layer and cools; what of the powder became no part is sieved and used again.
//!
//! How long a job takes follows from what is in it ([`build`]); where its powder goes is counted to the milligram ([`powder`]).

mod build;
mod powder;

use kernel::SimDuration;

use crate::codes;
use crate::control::cadence::Tempo;
use crate::control::dispatching::DispatchingRule;
use crate::control::process_time::ProcessPlan;
use crate::control::queue::{Capacity, Queue};
use crate::description::{Density, FlowRate, Length, MassPrice, Name, Ratio, describe};
use crate::element::ElementKind;
use crate::flow::station::WORK_FACETS;
use crate::flow::tool_group::batch::BatchUnit;
use crate::plan::Planner;
use crate::process::Technology;
use crate::process::load::{AlikeBy, LoadPlan, Space};
use crate::work::{Intake, Release, WorkplacePlan, made_of_work};

pub use build::AdditivePlan;
use build::PowderPlan;
pub(crate) use powder::PowderBooks;

describe! {
    /// The build volume of a machine.
    pub struct BuildVolume {
        /// Of the platform.
        length: Length,
        /// Of the platform.
        width: Length,
        /// Of a full build chamber.
        height: Length,
    }
}

describe! {
    /// The powder of a machine, and what becomes of it.
    pub struct Powder {
        /// A volume of the powder bed weighs so much.
        bulk_density: Density,
        /// A volume of a part weighs so much.
        density: Density,
        /// The share of the powder that became no part and is good again when it is sieved; the rest is lost.
        recovery: Ratio = Ratio::ONE,
        /// The least share of virgin powder in every job. More is taken where not enough has been recovered.
        refresh: Ratio = Ratio::ZERO,
        /// What virgin powder costs.
        price: Option<MassPrice> = None,
    }
}

describe! {
    /// A machine for additive manufacturing by powder bed fusion: builds parts that wait, as many as are packed into one build
    /// job, layer by layer out of powder.
    ///
    /// Parts are packed by the volume of their material (`volume` of their type), in the order of the queue's rule, up to
    /// `packing_density` of the build volume; what does not fit any more is passed over for smaller parts behind it. A job
    /// begins when `least_fill` of what can be packed is there, when a part did not fit any more, or after `longest_wait`.
    ///
    /// The powder bed is as high as the packed volume needs at that packing density, and as the tallest part at least: layers =
    /// height / layer thickness, rounded up. A job takes preparation + layers x recoating time + volume / build rate +
    /// cool-down. See docs/processes.md.
    pub struct AdditiveStation {
        /// The build volume.
        build_volume: BuildVolume,
        /// Most of the build volume that parts can take up, supports left aside.
        packing_density: Ratio,
        /// The share of what can be packed with which a job begins; with any part unless given.
        least_fill: Ratio = Ratio::ZERO,
        /// What waits begins, however little it is, when one of its parts has waited so long; never unless given.
        longest_wait: Option<SimDuration> = None,
        /// Time before the first layer: to fill in powder, to make the atmosphere inert, to heat up.
        preparation: SimDuration = SimDuration::ZERO,
        /// Thickness of a layer.
        layer_thickness: Length,
        /// Time to spread the powder of one layer.
        recoating_time: SimDuration,
        /// The volume of material that is fused in a time, without recoating.
        build_rate: FlowRate,
        /// Time after the last layer until parts can be taken out.
        cool_down: SimDuration = SimDuration::ZERO,
        /// Whether the build chamber is taken out to cool, so that the next job begins meanwhile. There are as many chambers as it takes.
        removable_chamber: bool = false,
        /// The powder, if it is to be counted.
        powder: Option<Powder> = None,
        /// Room for parts that wait to be built, and the rule by which they are packed.
        queue: Queue = Queue { capacity: Capacity::UNLIMITED.0, rule: DispatchingRule::Fifo },
        /// Where parts go; without it they follow their routing.
        next: Option<Name> = None,
    }
}

impl ElementKind for AdditiveStation {
    const NAME: &'static str = "AdditiveStation";
    const EXAMPLE: &'static str = r#"AdditiveStation(
    build_volume: (length: "330 mm", width: "330 mm", height: "600 mm"),
    packing_density: 0.1,
    least_fill: 0.6,
    longest_wait: "12 h",
    preparation: "2 h",
    layer_thickness: "100 um",
    recoating_time: "8 s",
    build_rate: "300 cm^3/h",
    cool_down: "14 h",
    removable_chamber: true,
    powder: (bulk_density: "0.45 g/cm^3", density: "1.01 g/cm^3", recovery: 0.95, refresh: 0.4, price: "60 EUR/kg"),
    next: "out",
)"#;
    const FACETS: &'static [&'static str] = WORK_FACETS;

    fn plan(&self, planner: &mut Planner<'_>) -> WorkplacePlan {
        let plan = self.additive(planner);
        planner.at_least_one(self.queue.capacity, "queue");
        let capacity_nl = plan.capacity_nl();
        let load = LoadPlan {
            minimum: 1,
            maximum: None,
            counted_in: BatchUnit::Parts,
            alike: AlikeBy::Anything,
            space: Some(Space {
                of: planner.part_sizes().iter().map(|size| size.volume_nl).collect(),
                most: capacity_nl,
                least: (capacity_nl as f64 * self.least_fill.value()) as i64,
                what: "how much material is in",
                help: "give the part type a `volume`",
            }),
            longest_wait: self.longest_wait,
        };
        WorkplacePlan {
            places: 1,
            queue_capacity: self.queue.capacity,
            rule: self.queue.rule.clone(),
            process: ProcessPlan::ByType(plan.usual_times(planner.part_sizes())),
            tempo: Tempo::default(),
            intake: Intake::Together(load),
            release: Release::Whole,
            next: self.next.as_ref().map(|next| planner.destination(next)),
            group: None,
            figures: Vec::new(),
            motion: None,
            technology: Some(Technology::Additive(plan).into()),
        }
    }

    made_of_work!();
}

impl AdditiveStation {
    fn additive(&self, planner: &mut Planner<'_>) -> AdditivePlan {
        let BuildVolume { length, width, height } = self.build_volume;
        let millimetre = Length::from_nanometres(1_000_000);
        let largest = Length::from_nanometres(10_000_000_000);
        if let Some(price) = self.powder.as_ref().and_then(|powder| powder.price.as_ref()) {
            planner.note_currency(price.currency(), price.origin());
        }
        let mut wrong = |field: &str, message: &str, label: &str, help: &str| {
            let origin = planner.origin_of(field);
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
        };
        if [length, width, height].iter().any(|size| !(millimetre..=largest).contains(size)) {
            let message = "this build volume is too small or too large";
            wrong("build_volume", message, "each of its sizes is from 1 mm to 10 m", "correct its sizes");
        }
        if self.packing_density.value() < 1e-3 {
            let message = "nothing can be packed into this build volume";
            wrong("packing_density", message, "expected a share of at least 0.001", "write 0.1 for example");
        }
        if self.layer_thickness == Length::ZERO || self.layer_thickness > height {
            let message = "a build chamber of this height has no layers of this thickness";
            let help = r#"write `layer_thickness: "60 um"` for example"#;
            wrong("layer_thickness", message, "expected a thickness between 0 and the height", help);
        }
        if self.build_rate == FlowRate::ZERO {
            let message = "nothing is ever built at a rate of 0";
            wrong("build_rate", message, "expected a rate above 0", r#"write `build_rate: "20 cm^3/h"` for example"#);
        }
        if let Some(powder) = &self.powder {
            let in_parts = powder.density.as_milligrams_per_litre() as f64 * self.packing_density.value();
            let in_bed = powder.bulk_density.as_milligrams_per_litre() as f64;
            if in_bed == 0.0 || in_parts > in_bed {
                let message = "parts packed as densely as that weigh more than the powder bed that they are built from";
                let help = "correct `bulk_density`, `density` or `packing_density`";
                wrong("powder", message, "nothing would be left of the powder, and less", help);
            }
        }
        let at_least_one = |size: Length| size.as_nanometres().max(1);
        AdditivePlan {
            chamber_nm: [length, width, height].map(|size| at_least_one(size.min(largest))),
            packing_ppm: ((self.packing_density.value() * 1e6).round() as i64).max(1),
            layer_nm: at_least_one(self.layer_thickness),
            preparation: self.preparation,
            recoating: self.recoating_time,
            build_rate_nl_per_h: self.build_rate.as_nanolitres_per_hour().max(1),
            cool_down: self.cool_down,
            removable_chamber: self.removable_chamber,
            powder: self.powder.as_ref().map(|powder| PowderPlan {
                bulk_mg_per_l: powder.bulk_density.as_milligrams_per_litre(),
                density_mg_per_l: powder.density.as_milligrams_per_litre(),
                recovery: powder.recovery.value(),
                refresh: powder.refresh.value(),
                price: powder.price.clone(),
            }),
        }
    }
}
