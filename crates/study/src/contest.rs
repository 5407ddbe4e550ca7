//! The cases of a study as designs of a selection: their plants, and their values of one KPI.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use plant::description::Complaint;
use plant::kpi::{Column, columns};
use rayon::prelude::*;

use crate::case::Case;
use crate::exec::ExecError;
use crate::plan::{CaseId, Entry, Study};
use crate::select::ocba::Request;
use crate::select::{Goal, MOST_DESIGNS};
use crate::team::Team;

/// Cases that are selected from.
pub struct Contest<'s> {
    study: &'s Study,
    team: &'s Team,
    stop: &'s (dyn Fn() -> bool + Sync),
    kpi: Column,
    /// The cases, in their order.
    pub entries: Vec<Entry>,
    plants: Vec<Plant>,
    /// Values that are known before, of the base.
    known: BTreeMap<(CaseId, u64), f64>,
}

/// A plant with where the KPI is among its own.
struct Ready {
    case: Case,
    place: Option<usize>,
}

/// The plant of a case, once it is made.
type Plant = OnceLock<Result<Ready, Vec<Complaint>>>;

/// Why a selection could not go on.
#[derive(Debug)]
pub enum Stopped {
    /// Somebody asked to stop.
    Interrupted,
    /// A case or a run cannot be played.
    Failed(ExecError),
}

impl<'s> Contest<'s> {
    /// All cases of `study` by one KPI; `None` if they are none, or too many to be selected from.
    #[must_use]
    pub fn of(study: &'s Study, kpi: Column, team: &'s Team, stop: &'s (dyn Fn() -> bool + Sync)) -> Option<Self> {
        let entries: Vec<Entry> = study.entries().take(MOST_DESIGNS + 1).collect();
        if entries.is_empty() || entries.len() > MOST_DESIGNS {
            return None;
        }
        let plants = entries.iter().map(|_| OnceLock::new()).collect();
        Some(Contest { study, team, stop, kpi, entries, plants, known: BTreeMap::new() })
    }

    /// The values of `replications` of the scenario as it is. Where that is one of the cases they are not played again.
    ///
    /// # Errors
    /// See [`Stopped`].
    pub fn base(&mut self, replications: Range<u64>) -> Result<Vec<f64>, Stopped> {
        let base = self.study.changed(0, Vec::new());
        let plant = Plant::new();
        let runs: Vec<(&Entry, &Plant, u64)> =
            replications.clone().map(|replication| (&base, &plant, replication)).collect();
        let values = self.play(&runs)?;
        self.known.extend(replications.zip(&values).map(|(replication, value)| ((base.id, replication), *value)));
        Ok(values)
    }

    /// Rows for [`crate::select::kim_nelson::select`].
    ///
    /// # Errors
    /// See [`Stopped`].
    pub fn rows(&self, designs: &[usize], replications: Range<u64>) -> Result<Vec<Vec<f64>>, Stopped> {
        let of = |replication: u64| designs.iter().map(move |design| (*design, replication));
        let values = self.values(&replications.flat_map(of).collect::<Vec<(usize, u64)>>())?;
        Ok(values.chunks(designs.len().max(1)).map(<[f64]>::to_vec).collect())
    }

    /// Answers for [`crate::select::ocba::allocate`].
    ///
    /// # Errors
    /// See [`Stopped`].
    pub fn answers(&self, requests: &[Request]) -> Result<Vec<Vec<f64>>, Stopped> {
        let of = |request: &Request| {
            let design = request.design;
            request.replications.clone().map(move |replication| (design, replication))
        };
        let mut values = self.values(&requests.iter().flat_map(of).collect::<Vec<(usize, u64)>>())?.into_iter();
        let take = |request: &Request| {
            let count = request.replications.end - request.replications.start;
            values.by_ref().take(count as usize).collect()
        };
        Ok(requests.iter().map(take).collect())
    }

    fn values(&self, runs: &[(usize, u64)]) -> Result<Vec<f64>, Stopped> {
        let run = |(design, replication): &(usize, u64)| (&self.entries[*design], &self.plants[*design], *replication);
        self.play(&runs.iter().map(run).collect::<Vec<_>>())
    }

    /// Plays runs on all cores; their values of the KPI, NaN where it is undefined.
    fn play(&self, runs: &[(&Entry, &Plant, u64)]) -> Result<Vec<f64>, Stopped> {
        let play = |(entry, plant, replication): &(&Entry, &Plant, u64)| {
            if let Some(value) = self.known.get(&(entry.id, *replication)) {
                return Ok(*value);
            }
            if (self.stop)() {
                return Err(Stopped::Interrupted);
            }
            let ready = plant.get_or_init(|| self.ready(entry));
            let failed = |complaints: &Vec<Complaint>| ExecError::Case(Box::new((*entry).clone()), complaints.clone());
            let ready = ready.as_ref().map_err(failed).map_err(Stopped::Failed)?;
            match ready.case.play(*replication, self.stop) {
                Ok(Some(outcome)) => Ok(ready.place.map_or(f64::NAN, |place| outcome.values[place])),
                Ok(None) => Err(Stopped::Interrupted),
                Err(error) => {
                    Err(Stopped::Failed(ExecError::Run(Box::new((*entry).clone()), *replication, Box::new(error))))
                }
            }
        };
        // All answers first, so that the one that is named is the first in order and not in time.
        let values: Vec<Result<f64, Stopped>> = self.team.install(|| runs.par_iter().map(play).collect());
        values.into_iter().collect()
    }

    fn ready(&self, entry: &Entry) -> Result<Ready, Vec<Complaint>> {
        let case = self.study.case(entry)?;
        let place = columns(&case.plant.model).iter().position(|column| *column == self.kpi);
        Ok(Ready { case, place })
    }
}

/// Which end of a KPI is the good one, where it has one.
#[must_use]
pub fn usual_goal(kpi: &Column) -> Option<Goal> {
    match crate::compare::aim(kpi) {
        crate::compare::Aim::More => Some(Goal::Largest),
        crate::compare::Aim::Less => Some(Goal::Smallest),
        crate::compare::Aim::Neither => None,
    }
}
