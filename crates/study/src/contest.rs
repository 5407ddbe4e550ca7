//! The cases of a study as designs of a selection: their plants, and their values of one KPI.

use std::ops::Range;
use std::sync::Arc;

use plant::kpi::Column;

use crate::exec::{Advance, ExecError};
use crate::plan::{CaseId, Entry, Study};
use crate::player::{Answer, Keeper, Made, Player, Wanted};
use crate::select::ocba::Request;
use crate::select::{Goal, MOST_DESIGNS};
use crate::team::Team;

/// Cases that are selected from.
pub struct Contest<'s> {
    player: Player<'s>,
    kpi: [Column; 1],
    /// The cases, in their order.
    pub entries: Vec<Entry>,
    plants: Vec<Arc<Made>>,
    /// Values of the base from replication 0 on, which are known before.
    known: Option<(CaseId, Vec<f64>)>,
}

/// Why a selection could not go on.
#[derive(Debug)]
pub enum Stopped {
    /// Somebody asked to stop. What was finished is kept.
    Interrupted,
    /// A case or a run cannot be played.
    Failed(ExecError),
}

impl<'s> Contest<'s> {
    /// All cases of `study` by one KPI; `None` if they are none, or too many to be selected from.
    #[must_use]
    pub fn of(
        study: &'s Study,
        kpi: Column,
        team: &'s Team,
        stop: &'s (dyn Fn() -> bool + Sync),
        keeper: Keeper<'s>,
    ) -> Option<Self> {
        let entries: Vec<Entry> = study.entries().take(MOST_DESIGNS + 1).collect();
        if entries.is_empty() || entries.len() > MOST_DESIGNS {
            return None;
        }
        let plants = entries.iter().map(|_| Arc::default()).collect();
        let player = Player { study, team, stop, tell: Box::new(|_| ()), keeper, advance: Advance::default() };
        Some(Contest { player, kpi: [kpi], entries, plants, known: None })
    }

    /// The values of replications 0 to `count` - 1 of the scenario as it is. Where that is one of the cases they are not played
    /// again.
    ///
    /// # Errors
    /// See [`Stopped`].
    pub fn base(&mut self, count: u64) -> Result<Vec<f64>, Stopped> {
        let entry = self.player.study.changed(0, Vec::new());
        let id = entry.id;
        let values = self.answers(vec![(Wanted { entry, replications: 0..count }, Arc::default())])?.swap_remove(0);
        self.known = Some((id, values.clone()));
        Ok(values)
    }

    /// Rows for [`crate::select::kim_nelson::select`].
    ///
    /// # Errors
    /// See [`Stopped`].
    pub fn rows(&mut self, designs: &[usize], replications: Range<u64>) -> Result<Vec<Vec<f64>>, Stopped> {
        let requests: Vec<Request> =
            designs.iter().map(|design| Request { design: *design, replications: replications.clone() }).collect();
        let columns = self.answers_to(&requests)?;
        let count = (replications.end - replications.start) as usize;
        Ok((0..count).map(|row| columns.iter().map(|column| column[row]).collect()).collect())
    }

    /// Answers for [`crate::select::ocba::allocate`].
    ///
    /// # Errors
    /// See [`Stopped`].
    pub fn answers_to(&mut self, requests: &[Request]) -> Result<Vec<Vec<f64>>, Stopped> {
        let known = |request: &Request| {
            let known = self.known.as_ref().filter(|(base, _)| *base == self.entries[request.design].id);
            let values = known.map_or(&[][..], |(_, values)| values.as_slice());
            let Range { start, end } = request.replications;
            let [start, end] = [start, end].map(|at| (at as usize).min(values.len()));
            values[start..end].to_vec()
        };
        let mut answers: Vec<Vec<f64>> = requests.iter().map(known).collect();
        let rest = |(request, known): (&Request, &Vec<f64>)| {
            let replications = request.replications.start + known.len() as u64..request.replications.end;
            let entry = self.entries[request.design].clone();
            (Wanted { entry, replications }, self.plants[request.design].clone())
        };
        let rest = requests.iter().zip(&answers).map(rest).collect();
        let rest = self.answers(rest)?;
        answers.iter_mut().zip(rest).for_each(|(answer, rest)| answer.extend(rest));
        Ok(answers)
    }

    /// How much was found and played.
    #[must_use]
    pub fn advance(&self) -> &Advance {
        &self.player.advance
    }

    /// Makes sure that everything that was played is kept.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn commit(&mut self) -> Result<(), ExecError> {
        self.player.commit()
    }

    /// The values of all that is wanted; NaN where the KPI is undefined.
    fn answers(&mut self, wanted: Vec<(Wanted, Arc<Made>)>) -> Result<Vec<Vec<f64>>, Stopped> {
        let answers = self.player.answers(wanted.iter().cloned(), &self.kpi).map_err(Stopped::Failed)?;
        let Some(answers) = answers else {
            self.commit().map_err(Stopped::Failed)?;
            return Err(Stopped::Interrupted);
        };
        let answer = |(answer, (wanted, made)): (Answer, &(Wanted, Arc<Made>))| match answer {
            Some(rows) => Ok(rows.into_iter().flatten().collect()),
            None => {
                let complaints = made.get().and_then(|made| made.as_ref().err()).cloned().unwrap_or_default();
                Err(Stopped::Failed(ExecError::Case(Box::new(wanted.entry.clone()), complaints)))
            }
        };
        answers.into_iter().zip(&wanted).map(answer).collect()
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
