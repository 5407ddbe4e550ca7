//! From an optimisation and its runs to what a page shows of it.

use super::of_study::{estimate, kpi_name};
use super::{EvaluatedDesign, Front, ObjectiveAxis, Page};
use crate::compare::Aim;
use crate::journal::Journal;
use crate::plan::Study;
use crate::precision::LEVEL;
use crate::tuning::{Check, Tried, Tuning, retrace};
use scenario::staged::FileError;

impl Page {
    /// Every design that was played, and what the best ones are worth.
    pub(super) fn of_search(&mut self, study: &Study, journal: &Journal) -> Result<(), FileError> {
        let (Some(tuning), waiting) = retrace(study, journal)? else { return Ok(()) };
        self.provenance.push(("runs".into(), tuning.played().to_string()));
        if !waiting.is_empty() {
            self.remarks.push("The optimisation is not at its end.".into());
        }
        let outcome = tuning.outcome();
        if outcome.front.is_empty() {
            self.remarks.push("No design that was tried keeps all constraints on average.".into());
        }
        if let Some(check) = tuning.check() {
            self.remarks.extend(gain(&tuning, check));
        }
        let on_front: Vec<u64> =
            outcome.front.iter().filter_map(|one| Some(tuning.design(one.candidate)?.entry.index)).collect();
        let objectives = tuning.optimization.objectives.len();
        let design = |tried: &Tried| EvaluatedDesign {
            variables: tried.entry.settings.iter().map(|setting| setting.value_in_words()).collect(),
            objectives: tried.moments[..objectives].iter().map(estimate).collect(),
            is_feasible: tuning.keeps_constraints(tried),
            is_on_front: on_front.contains(&tried.entry.index),
        };
        let axis = |objective: &scenario::design::Objective| ObjectiveAxis {
            name: kpi_name(&objective.kpi),
            measure: objective.kpi.quantity,
            aim: if objective.maximize { Aim::More } else { Aim::Less },
        };
        self.front = Some(Front {
            variables: tuning.optimization.variables.iter().map(|factor| factor.path.to_string()).collect(),
            objectives: tuning.optimization.objectives.iter().map(axis).collect(),
            designs: tuning.tried().map(design).collect(),
        });
        Ok(())
    }
}

/// What the best design is worth, in a sentence; of a front there is none for all.
fn gain(tuning: &Tuning<'_>, check: &Check) -> Option<String> {
    let [best] = check.designs.as_slice() else { return None };
    let objective = tuning.optimization.objectives.first()?;
    let base = check.base.first()?.mean().filter(|mean| *mean != 0.0)?;
    let difference = best.differences.first()?.interval(LEVEL)?;
    let relative = |value: f64| 100.0 * value / base.abs();
    let name = &tuning.design(best.candidate)?.entry.name;
    Some(format!(
        "{name} changes {} by {:+.1} % +- {:.1} %, on {} replications that the search has not seen.",
        kpi_name(&objective.kpi),
        relative(difference.mean),
        relative(difference.half_width),
        check.replications.end - check.replications.start
    ))
}
