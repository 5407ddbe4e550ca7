//! The mean of every KPI over replications, with its interval.

use kernel::{Digest, DigestChain, Moments};
use plant::kpi::{Column, columns};

use crate::case::{Case, Outcome};

/// Estimates of all KPIs of one case. Memory depends on the plant, not on the number of replications.
#[derive(Debug, Clone)]
pub struct Estimates {
    columns: Vec<Column>,
    moments: Vec<Moments>,
    replications: u64,
    events: u64,
    digest: DigestChain,
}

impl Estimates {
    /// Of no replication of `case` so far.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        let columns = columns(&case.plant.model);
        let moments = vec![Moments::new(); columns.len()];
        Estimates { columns, moments, replications: 0, events: 0, digest: DigestChain::new() }
    }

    /// Adds the next replication.
    pub fn add(&mut self, outcome: &Outcome) {
        for (moments, value) in self.moments.iter_mut().zip(&outcome.values) {
            moments.add(*value);
        }
        self.replications += 1;
        self.events += outcome.events;
        let bits = outcome.digest.bits();
        self.digest.mix((bits >> 64) as u64, bits as u64);
    }

    /// Replications so far.
    #[must_use]
    pub fn replications(&self) -> u64 {
        self.replications
    }

    /// Events of all of them.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Digest over the digests of all runs, in order: equal for equal studies.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest.value()
    }

    /// Whether all runs were the same as those of `other`, and so is all that was made of them.
    #[must_use]
    pub fn are_those_of(&self, other: &Estimates) -> bool {
        self.digest() == other.digest() && self.columns == other.columns && self.moments == other.moments
    }

    /// Every KPI that was defined in at least one replication.
    pub fn iter(&self) -> impl Iterator<Item = (&Column, &Moments)> {
        self.columns.iter().zip(&self.moments).filter(|(_, moments)| moments.count() > 0)
    }

    /// The moments of a KPI.
    #[must_use]
    pub fn find(&self, column: &Column) -> Option<&Moments> {
        self.columns.iter().position(|known| known == column).map(|index| &self.moments[index])
    }
}
