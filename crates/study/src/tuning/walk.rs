//! An optimisation as its journal tells it: how far it is, what it has found, and its runs in order for the tables.

use std::ops::Range;

use super::{Answer, Tuning, Wanted};
use crate::journal::Journal;
use crate::plan::{Entry, Study};
use crate::player::Lookup;
use crate::result::{Extent, Step};
use scenario::staged::FileError;

/// Takes an optimisation up as far as `journal` goes, without playing anything. Answers with it and with what it waits for:
/// nothing at its end, or if the study is no optimisation.
///
/// # Errors
/// A segment that cannot be read any more.
pub fn retrace<'s>(study: &'s Study, journal: &Journal) -> Result<(Option<Tuning<'s>>, Vec<Wanted>), FileError> {
    let Some(mut tuning) = Tuning::begin(study) else { return Ok((None, Vec::new())) };
    let mut lookup = Lookup::of(&tuning.columns);
    loop {
        let wanted = tuning.wanted();
        let mut answers: Vec<Answer> = Vec::with_capacity(wanted.len());
        let mut waits = wanted.is_empty();
        for wanted in &wanted {
            let answer: Answer = lookup.rows(journal, wanted)?.into_iter().collect();
            // Of a design that cannot be made there never are runs.
            waits |= answer.is_none() && study.case(&wanted.entry).is_ok();
            answers.push(answer);
        }
        if waits {
            return Ok((Some(tuning), wanted));
        }
        tuning.take(&answers);
    }
}

/// Walks through the runs of an optimisation that are in `journal`: those of the scenario as it is, then design by design.
///
/// # Errors
/// A segment that cannot be read any more, or the first error of `take`.
pub fn walk(
    study: &Study,
    journal: &Journal,
    take: &mut dyn FnMut(Step<'_>) -> Result<(), FileError>,
) -> Result<Extent, FileError> {
    let (Some(tuning), waiting) = retrace(study, journal)? else { return Ok(Extent::default()) };
    let checked = tuning.check().map_or(0..0, |check| check.replications.clone());
    let is_shown = |tried: &super::Tried| {
        let designs = tuning.check().map_or(&[][..], |check| &check.designs);
        designs
            .iter()
            .any(|design| tuning.design(design.candidate).is_some_and(|shown| shown.entry.id == tried.entry.id))
    };
    let wanted_of = |entry: &Entry| waiting.iter().find(|wanted| wanted.entry.index == entry.index);
    let mut walker = Walker { journal, extent: Extent::default(), take };
    if let Some(base) = study.entry(0) {
        let wanted = wanted_of(&base).map_or(checked.clone(), |wanted| wanted.replications.clone());
        walker.case(&base, [0..0, wanted], waiting.is_empty())?;
    }
    for tried in tuning.tried() {
        let behind = match wanted_of(&tried.entry) {
            Some(wanted) => wanted.replications.clone(),
            None if is_shown(tried) => checked.clone(),
            None => 0..0,
        };
        walker.case(&tried.entry, [0..tried.replications, behind], true)?;
    }
    let is_new = |wanted: &&Wanted| {
        wanted.entry.index > 0 && tuning.tried().all(|tried| tried.entry.index != wanted.entry.index)
    };
    for wanted in waiting.iter().filter(is_new) {
        walker.case(&wanted.entry, [0..0, wanted.replications.clone()], true)?;
    }
    Ok(walker.extent)
}

/// A walk under way.
struct Walker<'w> {
    journal: &'w Journal,
    extent: Extent,
    take: &'w mut dyn FnMut(Step<'_>) -> Result<(), FileError>,
}

impl Walker<'_> {
    /// The runs of a case in two stretches; it is complete if all of them are there, and if it `may_be`.
    fn case(&mut self, entry: &Entry, stretches: [Range<u64>; 2], may_be: bool) -> Result<(), FileError> {
        self.extent.cases += 1;
        (self.take)(Step::Case(entry))?;
        let mut missing = None;
        for stretch in stretches {
            let mut next = stretch.start;
            let mut runs = self.journal.read(&entry.id, stretch.clone());
            while let Some((columns, run)) = runs.next_run()? {
                if run.replication > next {
                    missing = missing.or(Some(next));
                }
                next = run.replication + 1;
                self.extent.runs += 1;
                self.extent.events += run.outcome.events;
                (self.take)(Step::Run(&columns, &run))?;
            }
            if next < stretch.end {
                missing = missing.or(Some(next));
            }
        }
        let complete = may_be && missing.is_none();
        self.extent.complete += u64::from(complete);
        self.extent.missing = self.extent.missing.or(missing.map(|replication| (entry.index, replication)));
        (self.take)(Step::End(complete))
    }
}
