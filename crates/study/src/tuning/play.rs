//! Plays what an optimisation wants and its journal lacks, on all cores.

use std::sync::OnceLock;

use plant::kpi::{Column, columns};
use plant::run::RunError;

use super::walk::Lookup;
use super::{Answer, Tuning, Wanted, budget};
use crate::case::{Case, Outcome};
use crate::exec::{Advance, Ended, ExecError};
use crate::journal::Journal;
use crate::journal::writer::Writer;
use crate::plan::Study;
use crate::team::Team;

/// A replication of a case: the place of the case, and of the replication among those wanted.
type Place = (usize, usize);

/// What came of a run; `None` if somebody asked to stop, or if there is no plant.
type Played = Result<Option<Outcome>, Box<RunError>>;

/// A plant with where the KPIs that matter are among its own.
struct Ready {
    case: Case,
    places: Vec<Option<usize>>,
}

/// A case with what is known of its replications.
struct Active {
    wanted: Wanted,
    rows: Vec<Option<Vec<f64>>>,
    /// The plant; none if it cannot be made.
    ready: OnceLock<Option<Ready>>,
}

/// Whoever plays, with what is at hand for it.
struct Player<'p, 'j> {
    study: &'p Study,
    team: &'p Team,
    stop: &'p (dyn Fn() -> bool + Sync),
    tell: &'p mut dyn FnMut(&Advance),
    writer: Writer<'j>,
    advance: Advance,
}

/// Plays an optimisation to its end. `tell` hears of runs in the place of cases.
///
/// # Errors
/// A run that ended in an error, or a journal that cannot be written. What was finished before is committed as far as the disk
/// allows.
pub fn play(
    study: &Study,
    journal: &mut Journal,
    team: &Team,
    stop: &(dyn Fn() -> bool + Sync),
    tell: &mut dyn FnMut(&Advance),
) -> Result<Ended, ExecError> {
    let Some(mut tuning) = Tuning::begin(study) else { return Ok(Ended::Done) };
    let advance = Advance { cases_in_all: budget(study), ..Advance::default() };
    let mut player = Player { study, team, stop, tell, writer: Writer::new(journal), advance };
    let mut ended = Ended::Done;
    loop {
        let wanted = tuning.wanted();
        if wanted.is_empty() {
            player.advance.cases = player.advance.cases_in_all;
            break;
        }
        let Some(answers) = player.answers(wanted, &tuning.columns)? else {
            ended = Ended::Interrupted;
            break;
        };
        tuning.take(&answers);
        player.advance.cases = tuning.runs();
        (player.tell)(&player.advance);
    }
    player.writer.commit().map_err(ExecError::File)?;
    (player.tell)(&player.advance);
    Ok(ended)
}

impl Player<'_, '_> {
    /// The values of all that is wanted, from the journal or played; none if somebody asked to stop.
    fn answers(&mut self, wanted: Vec<Wanted>, kpis: &[Column]) -> Result<Option<Vec<Answer>>, ExecError> {
        let mut lookup = Lookup::of(kpis);
        let mut active = Vec::with_capacity(wanted.len());
        for wanted in wanted {
            let rows = lookup.rows(self.writer.journal(), &wanted).map_err(ExecError::File)?;
            self.advance.found += rows.iter().flatten().count() as u64;
            active.push(Active { wanted, rows, ready: OnceLock::new() });
        }
        let missing = |(place, active): (usize, &Active)| {
            let rows = active.rows.iter().enumerate().filter(|(_, row)| row.is_none());
            rows.map(move |(row, _)| (place, row)).collect::<Vec<Place>>()
        };
        let missing: Vec<Place> = active.iter().enumerate().flat_map(missing).collect();
        let found = self.play(&missing, &active, kpis)?;
        found.into_iter().for_each(|((place, row), values)| active[place].rows[row] = Some(values));
        // Of a design that cannot be made nothing was played; of others something is missing only if somebody asked to stop.
        let is_cut_short = |active: &Active| {
            let is_impossible = matches!(active.ready.get(), Some(None));
            !is_impossible && active.rows.iter().any(Option::is_none)
        };
        if active.iter().any(is_cut_short) {
            return Ok(None);
        }
        Ok(Some(active.into_iter().map(|active| active.rows.into_iter().collect()).collect()))
    }

    /// Plays some rows of some cases, and puts them on their way to the journal as they come.
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
            let Active { wanted, ready, .. } = &active[*place];
            let Some(ready) = ready.get_or_init(|| ready_to_play(study, wanted, kpis)) else { return Ok(None) };
            ready.case.play(wanted.replications.start + *row as u64, stop).map_err(Box::new)
        };
        let mut found = Vec::with_capacity(missing.len());
        let mut failed: Option<(Place, Box<RunError>)> = None;
        self.team.stream(missing, self.stop, run, |at, played| {
            match played {
                Ok(None) => {}
                Ok(Some(outcome)) => {
                    let Active { wanted, ready, .. } = &active[at.0];
                    let Some(Some(ready)) = ready.get() else { return Ok(()) };
                    let value = |place: &Option<usize>| place.map_or(f64::NAN, |place| outcome.values[place]);
                    found.push((*at, ready.places.iter().map(value).collect()));
                    self.advance.played += 1;
                    self.advance.cases += 1;
                    self.advance.events += outcome.events;
                    let replication = wanted.replications.start + at.1 as u64;
                    self.writer.add(&ready.case.plant.model, wanted.entry.id, replication, outcome, None);
                    (self.tell)(&self.advance);
                }
                Err(error) if failed.as_ref().is_none_or(|(first, _)| at < first) => failed = Some((*at, error)),
                Err(_) => {}
            }
            self.writer.commit_if_due().map_err(ExecError::File)
        })?;
        let Some(((place, row), error)) = failed else { return Ok(found) };
        // What is finished is kept; that it could not be written matters less than why we are here.
        let _ = self.writer.commit();
        let Wanted { entry, replications } = &active[place].wanted;
        Err(ExecError::Run(Box::new(entry.clone()), replications.start + row as u64, error))
    }
}

/// The plant of a case; none if it cannot be made.
fn ready_to_play(study: &Study, wanted: &Wanted, kpis: &[Column]) -> Option<Ready> {
    let case = study.case(&wanted.entry).ok()?;
    let own = columns(&case.plant.model);
    let places = kpis.iter().map(|kpi| own.iter().position(|column| column == kpi)).collect();
    Some(Ready { case, places })
}
