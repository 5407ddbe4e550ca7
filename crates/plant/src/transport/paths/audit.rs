//! The traffic of one network, counted again: nobody is where there is no room, and who waits stands in line.

use super::network::{Cell, Network};
use super::traffic::Traffic;

impl Traffic {
    /// Checks the traffic on `network`.
    ///
    /// # Errors
    /// What does not agree.
    pub(crate) fn audit(&self, network: &Network) -> Result<(), String> {
        for cell in (0..network.cells() as u32).map(Cell) {
            let (holders, capacity) = (self.holders(cell), network.capacity(cell));
            if holders.len() > capacity as usize {
                return Err(format!(
                    "{} vehicles hold {}, and {capacity} may",
                    holders.len(),
                    network.cell_in_words(cell)
                ));
            }
            let is_twice = |vehicle: &u32| holders.iter().filter(|other| *other == vehicle).count() > 1;
            if holders.iter().any(is_twice) || self.under_way(cell).any(|vehicle| !holders.contains(&vehicle)) {
                return Err(format!(
                    "a vehicle holds {} twice, or is on it and does not hold it",
                    network.cell_in_words(cell)
                ));
            }
            let interlocked = network.interlocked(cell).iter().flat_map(|other| self.holders(*other));
            if let (Some(holder), Some(other)) =
                (holders.first(), { interlocked }.find(|other| !holders.contains(other)))
            {
                return Err(format!(
                    "vehicles {holder} and {other} hold {} and what must not be held beside it",
                    network.cell_in_words(cell)
                ));
            }
            for vehicle in self.waiting(cell) {
                if self.waits_for(vehicle).is_none_or(|claim| claim.cell != cell) {
                    return Err(format!(
                        "a vehicle stands in line for {} and does not wait for it",
                        network.cell_in_words(cell)
                    ));
                }
            }
        }
        for vehicle in 0..network.vehicles.len() as u32 {
            if let Some(claim) = self.waits_for(vehicle)
                && self.waiting(claim.cell).filter(|other| *other == vehicle).count() != 1
            {
                return Err(format!(
                    "a vehicle waits for {} and does not stand in line",
                    network.cell_in_words(claim.cell)
                ));
            }
        }
        Ok(())
    }
}
