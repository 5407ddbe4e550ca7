//! Plays replications of cases that are wanted, for whoever decides by the answers what is wanted next ([`crate::tuning`],
//! [`crate::contest`]): what is kept already is looked up, the rest is played on all cores and kept.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use plant::description::Complaint;
use plant::kpi::{Column, columns};
use plant::run::RunError;

use crate::case::{Case, Outcome};
use crate::exec::{Advance, ExecError};
use crate::journal::Journal;
use crate::journal::writer::Writer;
use crate::plan::{Entry, Study};
use crate::result::Unpacker;
use crate::team::Team;
use scenario::staged::FileError;

/// Replications of a case that are needed next.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The case.
    pub entry: Entry,
    /// Its replications.
    pub replications: Range<u64>,
}

/// The values of the KPIs that matter, replication by replication; `None` of a case of which no plant can be made.
pub type Answer = Option<Vec<Vec<f64>>>;

/// Whoever is told of every run that was played.
pub type Told<'k> = dyn FnMut(&Entry, &Case, u64, &Outcome) + 'k;

/// Where runs are kept.
pub enum Keeper<'k> {
    /// On the disk, where they are also found.
    Journal(Writer<'k>),
    /// With somebody who is told of them.
    Told(Box<Told<'k>>),
}

/// A plant with where the KPIs that matter are among its own.
#[derive(Debug)]
pub(crate) struct Ready {
    case: Case,
    places: Vec<Option<usize>>,
}

/// The plant of a case, once it is made, or what is wrong with it.
pub(crate) type Made = OnceLock<Result<Ready, Vec<Complaint>>>;

/// The place of a case among those wanted, and of a replication among its own.
type Place = (usize, usize);

/// What came of a run; `None` if somebody asked to stop, or if there is no plant.
type Played = Result<Option<Outcome>, Box<RunError>>;

/// A case with what is known of its replications.
struct Active {
    wanted: Wanted,
    rows: Vec<Option<Vec<f64>>>,
    made: Arc<Made>,
}

/// Whoever plays, with what is at hand for it.
pub(crate) struct Player<'p> {
    pub study: &'p Study,
    pub team: &'p Team,
    pub stop: &'p (dyn Fn() -> bool + Sync),
    /// Hears of every run; runs stand in the place of cases.
    pub tell: Box<dyn FnMut(&Advance) + 'p>,
    pub keeper: Keeper<'p>,
    pub advance: Advance,
}

impl Player<'_> {
    /// The values of all that is wanted, kept before or played now; none if somebody asked to stop.
    pub fn answers(
        &mut self,
        wanted: impl IntoIterator<Item = (Wanted, Arc<Made>)>,
        kpis: &[Column],
    ) -> Result<Option<Vec<Answer>>, ExecError> {
        let mut lookup = Lookup::of(kpis);
        let mut active = Vec::new();
        for (wanted, made) in wanted {
            let rows = match &self.keeper {
                Keeper::Journal(writer) => lookup.rows(writer.journal(), &wanted).map_err(ExecError::File)?,
                Keeper::Told(_) => vec![None; (wanted.replications.end - wanted.replications.start) as usize],
            };
            self.advance.found += rows.iter().flatten().count() as u64;
            active.push(Active { wanted, rows, made });
        }
        let missing = |(place, active): (usize, &Active)| {
            let rows = active.rows.iter().enumerate().filter(|(_, row)| row.is_none());
            rows.map(move |(row, _)| (place, row)).collect::<Vec<Place>>()
        };
        let missing: Vec<Place> = active.iter().enumerate().flat_map(missing).collect();
        let found = self.play(&missing, &active, kpis)?;
        found.into_iter().for_each(|((place, row), values)| active[place].rows[row] = Some(values));
        // Of a case that cannot be made nothing was played; of others something is missing only if somebody asked to stop.
        let is_cut_short = |active: &Active| {
            let is_impossible = matches!(active.made.get(), Some(Err(_)));
            !is_impossible && active.rows.iter().any(Option::is_none)
        };
        if active.iter().any(is_cut_short) {
            return Ok(None);
        }
        Ok(Some(active.into_iter().map(|active| active.rows.into_iter().collect()).collect()))
    }

    /// Makes sure that everything is kept.
    pub fn commit(&mut self) -> Result<(), ExecError> {
        match &mut self.keeper {
            Keeper::Journal(writer) => writer.commit().map_err(ExecError::File),
            Keeper::Told(_) => Ok(()),
        }
    }

    /// Plays some rows of some cases, and keeps them as they come.
    fn play(
        &mut self,
        missing: &[Place],
        active: &[Active],
        kpis: &[Column],
    ) -> Result<Vec<(Place, Vec<f64>)>, ExecError> {
        let study = self.study;
        let run = |(place, row): &Place, stop: &(dyn Fn() -> bool + Sync)| -> Played {
            if stop() {
                return Ok(None);
            }
            let Active { wanted, made, .. } = &active[*place];
            let Ok(ready) = made.get_or_init(|| ready_to_play(study, &wanted.entry, kpis)) else { return Ok(None) };
            ready.case.play(wanted.replications.start + *row as u64, stop).map_err(Box::new)
        };
        let mut found = Vec::with_capacity(missing.len());
        let mut failed: Option<(Place, Box<RunError>)> = None;
        self.team.stream(missing, self.stop, run, |at, played| {
            match played {
                Ok(None) => {}
                Ok(Some(outcome)) => {
                    let Active { wanted, made, .. } = &active[at.0];
                    let Some(Ok(ready)) = made.get() else { return Ok(()) };
                    let value = |place: &Option<usize>| place.map_or(f64::NAN, |place| outcome.values[place]);
                    found.push((*at, ready.places.iter().map(value).collect()));
                    self.advance.played += 1;
                    self.advance.cases += 1;
                    self.advance.events += outcome.events;
                    let replication = wanted.replications.start + at.1 as u64;
                    match &mut self.keeper {
                        Keeper::Journal(writer) => {
                            writer.add(&ready.case.plant.model, wanted.entry.id, replication, outcome, None);
                        }
                        Keeper::Told(told) => told(&wanted.entry, &ready.case, replication, &outcome),
                    }
                    (self.tell)(&self.advance);
                }
                Err(error) if failed.as_ref().is_none_or(|(first, _)| at < first) => failed = Some((*at, error)),
                Err(_) => {}
            }
            match &mut self.keeper {
                Keeper::Journal(writer) => writer.commit_if_due().map_err(ExecError::File),
                Keeper::Told(_) => Ok(()),
            }
        })?;
        let Some(((place, row), error)) = failed else { return Ok(found) };
        // What is finished is kept; that it could not be written matters less than why we are here.
        let _ = self.commit();
        let Wanted { entry, replications } = &active[place].wanted;
        Err(ExecError::Run(Box::new(entry.clone()), replications.start + row as u64, error))
    }
}

/// The plant of a case, or what is wrong with it.
fn ready_to_play(study: &Study, entry: &Entry, kpis: &[Column]) -> Result<Ready, Vec<Complaint>> {
    let case = study.case(entry)?;
    let own = columns(&case.plant.model);
    let places = kpis.iter().map(|kpi| own.iter().position(|column| column == kpi)).collect();
    Ok(Ready { case, places })
}

/// Finds values in a journal.
pub(crate) struct Lookup {
    unpacker: Unpacker,
}

impl Lookup {
    /// Of these KPIs.
    pub fn of(columns: &[Column]) -> Self {
        Lookup { unpacker: Unpacker::for_columns(columns) }
    }

    /// The values of every replication that is wanted, as far as they are there.
    pub fn rows(&mut self, journal: &Journal, wanted: &Wanted) -> Result<Vec<Option<Vec<f64>>>, FileError> {
        let Range { start, end } = wanted.replications;
        let mut rows = vec![None; (end - start) as usize];
        let mut runs = journal.read(&wanted.entry.id, start..end);
        while let Some((columns, run)) = runs.next_run()? {
            rows[(run.replication - start) as usize] = Some(self.unpacker.outcome(&columns, &run).values);
        }
        Ok(rows)
    }
}
