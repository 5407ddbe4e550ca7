//! The books of a machine's powder: where every milligram comes from and goes.
//!
//! ```text
//!  virgin --+                  +--> parts
//!           +--> powder bed ---+--> sieved --> stock (recovered)
//!  stock  --+                  +--> lost
//! ```
//!
//! A powder bed weighs its volume x bulk density. Of that, so much is virgin as the refresh share asks for, and whatever the stock
//! lacks. When the job is done its parts are taken out; of the rest so much is recovered as the recovery ratio says, in whole
//! milligrams, and what is not is lost. Invariants: virgin = parts + lost + stock + beds of jobs under way; recovered = stock + reused.

use super::build::{AdditivePlan, Contents};
use crate::control::process_time::OperationTime;
use crate::floor::Floor;
use crate::part::PartId;
use crate::report::{Figures, ratio};

/// Milligrams in a kilogram.
const MG_PER_KG: f64 = 1e6;
/// Nanolitres in a litre.
const NL_PER_L: i128 = 1_000_000_000;

/// Sums in milligrams (and nanolitres) of jobs that began or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sums {
    /// Into powder beds.
    used_mg: i128,
    virgin_mg: i128,
    reused_mg: i128,
    parts_mg: i128,
    recovered_mg: i128,
    lost_mg: i128,
    parts_nl: i128,
    beds_nl: i128,
    /// What virgin powder cost, in millionths of the currency per million kilograms: milligrams x millionths per kilogram.
    cost: i128,
}
kernel::persist!(struct Sums { used_mg, virgin_mg, reused_mg, parts_mg, recovered_mg, lost_mg, parts_nl, beds_nl, cost });

/// A job under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bed {
    place: u32,
    powder_mg: i64,
    parts_mg: i64,
    recovery_ppb: i64,
}
kernel::persist!(struct Bed { place, powder_mg, parts_mg, recovery_ppb });

/// What a run changes of a machine.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct PowderBooks {
    /// Since the run began.
    sums: Sums,
    /// The same when the warm-up ended.
    before: Sums,
    /// Recovered powder that waits to be used.
    stock_mg: i64,
    beds: Vec<Bed>,
}
kernel::persist!(struct PowderBooks { sums, before, stock_mg, beds });

impl PowderBooks {
    /// A job of these parts begins at `place`: fills in its powder and says how long it takes. O(parts).
    pub(crate) fn begin_job(
        &mut self,
        plan: &AdditivePlan,
        place: usize,
        parts: &[PartId],
        floor: &Floor<'_>,
    ) -> OperationTime {
        let contents = plan.contents(parts, floor);
        self.fill_in(plan, place as u32, contents);
        plan.time(contents)
    }

    fn fill_in(&mut self, plan: &AdditivePlan, place: u32, contents: Contents) {
        let bed_nl = plan.bed_nl(plan.layers(contents));
        self.sums.parts_nl += i128::from(contents.parts_nl);
        self.sums.beds_nl += i128::from(bed_nl);
        let Some(powder) = &plan.powder else { return };
        let bed_mg = (i128::from(bed_nl) * i128::from(powder.bulk_mg_per_l) + NL_PER_L / 2) / NL_PER_L;
        // Rounding of layers and parts can make a difference of milligrams where parts lie as densely as can be.
        let powder_mg = i64::try_from(bed_mg).unwrap_or(i64::MAX).max(contents.parts_mg);
        let least_virgin_mg = (powder_mg as f64 * powder.refresh).ceil() as i64;
        let reused_mg = self.stock_mg.min(powder_mg - least_virgin_mg.min(powder_mg));
        let virgin_mg = powder_mg - reused_mg;
        self.stock_mg -= reused_mg;
        self.sums.used_mg += i128::from(powder_mg);
        self.sums.reused_mg += i128::from(reused_mg);
        self.sums.virgin_mg += i128::from(virgin_mg);
        let price = powder.price.as_ref().map_or(0, |price| price.millionths_per_kg());
        self.sums.cost += i128::from(virgin_mg) * i128::from(price);
        let recovery_ppb = (powder.recovery * 1e9).round() as i64;
        self.beds.push(Bed { place, powder_mg, parts_mg: contents.parts_mg, recovery_ppb });
    }

    /// The job at `place` is done, or given up with its parts: what became no part is sieved.
    pub(crate) fn end_job(&mut self, place: usize) {
        let Some(index) = self.beds.iter().position(|bed| bed.place as usize == place) else { return };
        let bed = self.beds.remove(index);
        let rest_mg = bed.powder_mg - bed.parts_mg;
        let recovered_mg = (i128::from(rest_mg) * i128::from(bed.recovery_ppb) / 1_000_000_000) as i64;
        self.stock_mg = self.stock_mg.saturating_add(recovered_mg);
        self.sums.parts_mg += i128::from(bed.parts_mg);
        self.sums.recovered_mg += i128::from(recovered_mg);
        self.sums.lost_mg += i128::from(rest_mg - recovered_mg);
    }

    pub(crate) fn reset_statistics(&mut self) {
        self.before = self.sums;
    }

    /// What virgin powder has cost since the end of the warm-up, in the currency of its price.
    pub(crate) fn cost(&self) -> f64 {
        (self.sums.cost - self.before.cost) as f64 / (MG_PER_KG * 1e6)
    }

    pub(crate) fn figures(&self, plan: &AdditivePlan, figures: &mut Figures<'_>) {
        let Sums { used_mg, virgin_mg, parts_mg, recovered_mg, lost_mg, parts_nl, beds_nl, .. } = self.sums;
        let before = &self.before;
        let packed = ratio((parts_nl - before.parts_nl) as f64, (beds_nl - before.beds_nl) as f64);
        figures.number("packing density", packed);
        let Some(powder) = &plan.powder else { return };
        let mut mass = |name: &'static str, mg: i128| figures.quantity(name, mg as f64 / MG_PER_KG, "kg");
        mass("powder used", used_mg - before.used_mg);
        mass("virgin powder", virgin_mg - before.virgin_mg);
        mass("powder in parts", parts_mg - before.parts_mg);
        mass("powder recovered", recovered_mg - before.recovered_mg);
        mass("powder lost", lost_mg - before.lost_mg);
        mass("recovered powder in stock", i128::from(self.stock_mg));
        if let Some(price) = &powder.price {
            figures.quantity("cost of virgin powder", self.cost(), price.currency().to_owned());
        }
    }

    /// Checks that no powder has come from nowhere or gone there, and that jobs are at the places that `are_at_work`.
    ///
    /// # Errors
    /// What does not agree, in milligrams.
    pub(crate) fn audit(&self, plan: &AdditivePlan, at_work: &[usize]) -> Result<(), String> {
        let Sums { virgin_mg, reused_mg, parts_mg, recovered_mg, lost_mg, used_mg, .. } = self.sums;
        let stock = i128::from(self.stock_mg);
        let in_beds: i128 = self.beds.iter().map(|bed| i128::from(bed.powder_mg)).sum();
        let accounted = parts_mg + lost_mg + stock + in_beds;
        if virgin_mg != accounted {
            return Err(format!(
                "{virgin_mg} mg of virgin powder came in; {parts_mg} mg are parts, {lost_mg} mg lost, {stock} mg in stock and \
                 {in_beds} mg in powder beds, which makes {accounted} mg"
            ));
        }
        if stock < 0 || recovered_mg != stock + reused_mg || used_mg != virgin_mg + reused_mg {
            return Err(format!(
                "{recovered_mg} mg of powder were recovered, {reused_mg} mg used again, {stock} mg are left"
            ));
        }
        let mut places: Vec<usize> = self.beds.iter().map(|bed| bed.place as usize).collect();
        places.sort_unstable();
        if plan.powder.is_some() && places != at_work {
            return Err(format!("jobs are under way at places {at_work:?}, powder beds at {places:?}"));
        }
        Ok(())
    }
}
