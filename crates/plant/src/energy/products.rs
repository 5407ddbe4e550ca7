//! Which energy belongs to which product, to the last unit.
//!
//! What a unit draws while it processes a part, or is set up for one, belongs to the part's type; where it works on several at
//! once, by their number. What a unit draws otherwise (idle, in standby, down, warming up) is shared by the time that it worked for
//! each type; that of units which work on nothing by the time that all units did. Shares are rounded down to whole units of
//! 10^-12 J in an order in which what is left over always goes to the next, so the sum is exact.

use kernel::SimDuration;

use crate::part::PartTypeIndex;

/// What a unit did for the products it works on.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Products {
    /// The types of the parts that are worked on now and how many of each, in the order of types.
    serves: Vec<(PartTypeIndex, u32)>,
    /// By part type, as far as any was worked on.
    shares: Vec<Share>,
}
kernel::persist!(struct Products { serves, shares });

/// What was done for one product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Share {
    /// In milliwatt-nanoseconds.
    pub energy: i128,
    /// Nanoseconds, of each of several parts at once.
    pub time: i128,
}
kernel::persist!(struct Share { energy, time });

impl Products {
    /// The present parts are worked on since the last settlement, with that energy.
    pub(super) fn settle(&mut self, energy: i128, passed: SimDuration) {
        let all: u32 = self.serves.iter().map(|(_, count)| count).sum();
        if passed == SimDuration::ZERO || all == 0 {
            return;
        }
        let (mut before, mut given) = (0, 0);
        for index in 0..self.serves.len() {
            let (part_type, count) = self.serves[index];
            before += i128::from(count);
            let up_to = energy * before / i128::from(all);
            let share = self.share(part_type);
            share.energy += up_to - given;
            share.time += i128::from(passed.as_nanos()) * i128::from(count);
            given = up_to;
        }
    }

    /// Energy that belongs to a part of that type.
    pub(super) fn add(&mut self, part_type: PartTypeIndex, energy: i128) {
        self.share(part_type).energy += energy;
    }

    /// From now on parts of these types are worked on. True if others were before.
    pub(super) fn serves_others(&self, parts: &[(PartTypeIndex, u32)]) -> bool {
        self.serves != parts
    }

    /// From now on these are worked on; call [`Products::settle`] first.
    pub(super) fn serve(&mut self, parts: &[(PartTypeIndex, u32)]) {
        self.serves.clear();
        self.serves.extend_from_slice(parts);
    }

    fn share(&mut self, part_type: PartTypeIndex) -> &mut Share {
        if self.shares.len() <= part_type.index() {
            self.shares.resize(part_type.index() + 1, Share::default());
        }
        &mut self.shares[part_type.index()]
    }

    /// By part type, as far as any was worked on.
    pub(crate) fn shares(&self) -> &[Share] {
        &self.shares
    }

    pub(super) fn reset_statistics(&mut self) {
        self.shares.clear();
    }
}

/// The energy of each of `types` part types, in milliwatt-nanoseconds, of units with these totals and products. Empty where
/// nothing was worked on at all: then nothing can be said to belong to any.
pub(crate) fn by_product(units: &[(i128, Products)], types: usize) -> Vec<i128> {
    let mut energies = vec![0_i128; types];
    let mut times = vec![0_i128; types];
    let mut of_nobody = 0;
    for (total, products) in units {
        let direct: i128 = products.shares().iter().map(|share| share.energy).sum();
        for (index, share) in products.shares().iter().enumerate() {
            energies[index] += share.energy;
            times[index] += share.time;
        }
        let own: Vec<i128> = products.shares().iter().map(|share| share.time).collect();
        if !deal_out(total - direct, &own, &mut energies) {
            of_nobody += total - direct;
        }
    }
    if deal_out(of_nobody, &times, &mut energies) { energies } else { Vec::new() }
}

/// Shares `amount` by `weights` so that the sum is exact. False, with nothing shared, where all weights are nought.
fn deal_out(amount: i128, weights: &[i128], to: &mut [i128]) -> bool {
    let all: i128 = weights.iter().sum();
    if all == 0 {
        return false;
    }
    let (mut before, mut given) = (0, 0);
    for (weight, to) in weights.iter().zip(to) {
        before += weight;
        let up_to = share(amount, before, all);
        *to += up_to - given;
        given = up_to;
    }
    true
}

/// `amount * part / whole`, rounded down. Times of many parts at once over centuries are taken in whole multiples of some
/// nanoseconds, so that no product is too large; all of the whole is all of the amount still.
fn share(amount: i128, part: i128, whole: i128) -> i128 {
    let coarse = (128 - whole.leading_zeros()).saturating_sub(63);
    let (part, whole) = (part >> coarse, whole >> coarse);
    amount / whole * part + amount % whole * part / whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(counts: &[(u16, u32)]) -> Vec<(PartTypeIndex, u32)> {
        counts.iter().map(|(part_type, count)| (PartTypeIndex(*part_type), *count)).collect()
    }

    #[test]
    fn what_is_left_over_is_lost_nowhere() {
        let mut products = Products::default();
        products.serve(&types(&[(0, 1), (2, 2)]));
        products.settle(100, SimDuration::from_nanos(10));
        let shares: Vec<(i128, i128)> = products.shares().iter().map(|share| (share.energy, share.time)).collect();
        assert_eq!(shares, [(33, 10), (0, 0), (67, 20)]);
        // A second unit draws 50 and works on nothing; the first 20 besides.
        let energies = by_product(&[(120, products), (50, Products::default())], 3);
        assert_eq!(energies.iter().sum::<i128>(), 170);
        assert_eq!(energies, [33 + 6 + 16, 0, 67 + 14 + 34]);
    }

    #[test]
    fn where_nothing_is_worked_on_nothing_belongs_to_anybody() {
        assert!(by_product(&[(50, Products::default())], 2).is_empty());
        assert_eq!(share(i128::MAX / 2, 1 << 90, 1 << 90), i128::MAX / 2);
        assert_eq!(share(1 << 100, 1 << 89, 1 << 90), 1 << 99);
    }
}
