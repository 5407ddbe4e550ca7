//! Stored runs as outcomes again: with a value for every KPI of their plant, in its order.

use std::collections::BTreeMap;
use std::sync::Arc;

use plant::kpi::{Column, columns};

use crate::case::{Case, Outcome};
use crate::journal::Journal;
use crate::journal::runs::{Counted, Runs};
use crate::journal::segment::{Addresses, StoredRun};
use scenario::staged::FileError;

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
    let Some(((leader, case), others)) = entries.split_first() else { return Ok(true) };
    let first = study.plan.replication;
    let all = first..first.saturating_add(study.rule.most());
    let mut unpacker = Unpacker::of(case);
    let mut counted = Counted::of(journal, &leader.id, first, study.rule.begin());
    let reader = |(entry, case): &(Entry, Case)| (Unpacker::of(case), journal.read(&entry.id, all.clone()));
    let mut others: Vec<(Unpacker, Runs<'_>)> = others.iter().map(reader).collect();
    while let Some((columns, run)) = counted.next_run()? {
        let mut outcomes = Vec::with_capacity(entries.len());
        outcomes.push(unpacker.outcome(&columns, &run));
        for (unpacker, runs) in &mut others {
            match runs.next_run()? {
                Some((columns, other)) if other.replication == run.replication => {
                    outcomes.push(unpacker.outcome(&columns, &other));
                }
                _ => return Ok(false),
            }
        }
        take(&outcomes);
    }
    Ok(!counted.progress().wants_more())
}
