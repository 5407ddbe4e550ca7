//! Stored runs as outcomes again: with a value for every KPI of their plant, in its order.

use std::collections::BTreeMap;
use std::sync::Arc;

use plant::kpi::{Column, columns};

use crate::case::{Case, Outcome};
use crate::journal::segment::{Addresses, StoredRun};
use crate::journal::staged::FileError;
use crate::journal::{Journal, Runs};
use crate::plan::{Entry, Study};

/// Turns the runs of one case into outcomes.
#[derive(Debug)]
pub struct Unpacker {
    addresses: Vec<String>,
    /// The columns of the last run, and where among them each of the addresses is.
    known: Addresses,
    places: Vec<Option<usize>>,
}

impl Unpacker {
    /// For the runs of `case`.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        Unpacker::for_columns(&columns(&case.plant.model))
    }

    /// For these KPIs only.
    #[must_use]
    pub fn for_columns(columns: &[Column]) -> Self {
        Unpacker::for_addresses(columns.iter().map(ToString::to_string).collect())
    }

    /// For the KPIs with these addresses.
    #[must_use]
    pub fn for_addresses(addresses: Vec<String>) -> Self {
        let places = vec![None; addresses.len()];
        Unpacker { addresses, known: Addresses::default(), places }
    }

    /// The outcome of a run, NaN where nothing is stored.
    pub fn outcome(&mut self, stored: &Addresses, run: &StoredRun) -> Outcome {
        if !Arc::ptr_eq(&self.known, stored) {
            let places: BTreeMap<&str, usize> =
                stored.iter().enumerate().map(|(place, column)| (column.as_str(), place)).collect();
            self.places = self.addresses.iter().map(|address| places.get(address.as_str()).copied()).collect();
            self.known = stored.clone();
        }
        let value = |place: &Option<usize>| place.map_or(f64::NAN, |place| run.outcome.values[place]);
        let values = self.places.iter().map(value).collect();
        Outcome { digest: run.outcome.digest, events: run.outcome.events, values }
    }
}

/// Walks through the replications that all of `entries` have, those of the first deciding how many there are: `take` is given
/// one replication after the other, with the outcomes of the cases in their order. Answers whether all were there.
///
/// # Errors
/// A segment that cannot be read any more.
pub fn side_by_side(
    study: &Study,
    journal: &Journal,
    entries: &[(Entry, Case)],
    mut take: impl FnMut(&[Outcome]),
) -> Result<bool, FileError> {
    let first = study.plan.replication;
    let all = first..first + study.rule.most();
    let mut readers: Vec<(Unpacker, Runs<'_>)> =
        entries.iter().map(|(entry, case)| (Unpacker::of(case), journal.read(&entry.id, all.clone()))).collect();
    let mut progress = study.rule.begin();
    let place =
        study.rule.kpi().and_then(|kpi| readers.first()?.0.addresses.iter().position(|address| *address == kpi));
    while progress.wants_more() {
        let mut outcomes = Vec::with_capacity(readers.len());
        for (unpacker, runs) in &mut readers {
            match runs.next_run()? {
                Some((columns, run)) if run.replication == first + progress.played() => {
                    outcomes.push(unpacker.outcome(&columns, &run));
                }
                _ => return Ok(false),
            }
        }
        let value = outcomes.first().map(|outcome| place.map_or(f64::NAN, |place| outcome.values[place]));
        progress.add(value.unwrap_or(f64::NAN));
        take(&outcomes);
    }
    Ok(true)
}
