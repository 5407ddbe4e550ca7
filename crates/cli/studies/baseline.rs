//! `--baseline DIR`: fails where a KPI got worse than in a stored study, by more than noise.

use std::path::Path;
use std::sync::Arc;

use kernel::SimTime;
use plant::description::{Describe, Node, Ratio, Reader};
use plant::kpi::{Column, columns};
use plant::registry::Registry;
use study::baseline::{Against, Sample, against, samples};
use study::case::{Case, Outcome};
use study::directory::Directory;
use study::journal::Journal;
use study::plan::{Entry, Study};

use super::request::{file_failure, open_error, wanted};
use super::series;
use crate::arguments::BaselineArguments;
use crate::exit::Failure;
use crate::output::{self, figure};

/// A stored study to hold a present one against.
#[derive(Debug)]
pub struct Baseline {
    past: Vec<Sample>,
    tolerance: f64,
}

impl Baseline {
    /// The baseline that was asked for, if one was; `kpis` are of interest.
    ///
    /// # Errors
    /// A directory without a study that can be read.
    pub fn open(
        arguments: &BaselineArguments,
        present: &Study,
        out: Option<&Path>,
        registry: &Arc<Registry>,
    ) -> Result<Option<Self>, Failure> {
        let Some(path) = &arguments.baseline else { return Ok(None) };
        let kpis = &wanted(present, &present.base().plant.model)?;
        let is_same = |out: &Path| {
            out == path || out.canonicalize().is_ok_and(|out| path.canonicalize().is_ok_and(|path| out == path))
        };
        if out.is_some_and(is_same) {
            let help = "the study would become its own baseline: give --out another directory";
            return Err(Failure::usage(format!("{} is both --out and --baseline", path.display()), help));
        }
        if present.rule.most() < 2 {
            return Err(Failure::usage(
                "one replication cannot be held against a baseline",
                "noise can only be told from a change with several: give --replications 30, or as many as the baseline has",
            ));
        }
        let directory = Directory::at(path);
        let study = directory.open_as_stored(registry).map_err(open_error)?;
        if study.seed != present.seed {
            output::complain(&output::warning_line(&format!(
                "the baseline has seed {}, this study {}: without common random numbers intervals are wider",
                study.seed, present.seed
            )));
        }
        let span = |study: &Study| study.until.map_or(study.base().plant.horizon, |until| until - SimTime::ZERO);
        if span(&study) != span(present) {
            output::complain(&output::warning_line(&format!(
                "the runs of the baseline last {}, those of this study {}",
                figure::duration(span(&study)),
                figure::duration(span(present))
            )));
        }
        let journal = series::open_journal(&directory, false)?;
        let past = samples(&study, &journal, kpis).map_err(|error| file_failure(&error))?;
        if past.iter().all(|sample| sample.values.iter().all(|values| values.len() < 2)) {
            return Err(Failure::usage(
                format!("{} holds fewer than two replications", path.display()),
                "noise can only be told from a change with several: store a study with --replications 10 or more",
            ));
        }
        Ok(Some(Baseline { past, tolerance: tolerance(&arguments.tolerance)? }))
    }

    /// How the present study fares against it. Cases that only one of them has are named on stderr.
    ///
    /// # Errors
    /// If they have no case in common: then nothing is held against anything.
    pub fn judge(&self, study: &Study, present: &[Sample], kpis: &[Column]) -> Result<Vec<Against>, Failure> {
        let found = against(&self.past, present, kpis, study.plan.confidence, self.tolerance);
        let unknown = present.len() - found.len();
        if found.is_empty() {
            return Err(Failure::usage(
                "this study and its baseline have no case in common",
                "the base is known as such, variants by their names, points by what they set: store a baseline of the same design",
            ));
        }
        let is_compared = |kpi: &Column| {
            found.iter().any(|against| against.differences.iter().any(|difference| difference.column == *kpi))
        };
        let asked = !study.plan.kpis.is_empty();
        let lost = kpis.iter().find(|kpi| asked && !is_compared(kpi));
        if lost.is_some() || !kpis.iter().any(is_compared) {
            let what = lost.map_or_else(|| "no KPI has a value".to_owned(), |kpi| format!("`{kpi}` has no value"));
            return Err(Failure::usage(
                format!("{what} in this study and in its baseline alike: nothing can be held against it"),
                "ask for KPIs that both have; an element that has another name now is another one",
            ));
        }
        if unknown > 0 {
            let message = format!("{unknown} of {} cases are not in the baseline", present.len());
            output::complain(&output::warning_line(&message));
        }
        Ok(found)
    }

    /// As [`Baseline::judge`], of the runs in a journal.
    ///
    /// # Errors
    /// A journal that cannot be read any more.
    pub fn judge_stored(&self, study: &Study, journal: &Journal) -> Result<Vec<Against>, Failure> {
        let kpis = wanted(study, &study.base().plant.model)?;
        let present = samples(study, journal, &kpis).map_err(|error| file_failure(&error))?;
        self.judge(study, &present, &kpis)
    }
}

/// How the runs in a journal fare against a baseline; nothing where none is asked for.
///
/// # Errors
/// As [`Baseline::judge_stored`].
pub fn judged(baseline: Option<&Baseline>, study: &Study, journal: &Journal) -> Result<Vec<Against>, Failure> {
    baseline.map_or_else(|| Ok(Vec::new()), |baseline| baseline.judge_stored(study, journal))
}

/// How the outcomes that a sampler has seen fare against a baseline; nothing where none is asked for.
///
/// # Errors
/// As [`Baseline::judge`].
pub fn judged_samples(
    baseline: Option<&Baseline>,
    study: &Study,
    sampler: &Sampler,
    kpis: &[Column],
) -> Result<Vec<Against>, Failure> {
    baseline.map_or_else(|| Ok(Vec::new()), |baseline| baseline.judge(study, &sampler.samples, kpis))
}

/// Takes the values of KPIs out of outcomes as they come.
#[derive(Debug)]
pub struct Sampler {
    /// By case.
    pub samples: Vec<Sample>,
    /// Where each KPI is among the values of each case.
    places: Vec<Vec<Option<usize>>>,
}

impl Sampler {
    /// Of no replication so far.
    pub fn new(study: &Study, cases: &[(Entry, Case)], kpis: &[Column]) -> Self {
        let places = cases.iter().map(|(_, case)| {
            let columns = columns(&case.plant.model);
            kpis.iter().map(|kpi| columns.iter().position(|column| column == kpi)).collect()
        });
        let samples = cases.iter().map(|(entry, _)| Sample::of(study, entry, kpis.len())).collect();
        Sampler { samples, places: places.collect() }
    }

    /// Adds the outcomes of the next replication, by case.
    pub fn add(&mut self, outcomes: &[Outcome]) {
        for ((sample, places), outcome) in self.samples.iter_mut().zip(&self.places).zip(outcomes) {
            for (values, place) in sample.values.iter_mut().zip(places) {
                values.push(place.map_or(f64::NAN, |place| outcome.values[place]));
            }
        }
    }
}

/// A share such as `1 %` or `0.01`. A plain 1 hardly means all of it.
fn tolerance(text: &str) -> Result<f64, Failure> {
    let mut reader = Reader::without_tables();
    let node = text.parse().map_or_else(|_| Node::text(text), Node::float);
    let share = Ratio::read(&node, &mut reader).map(Ratio::value).filter(|share| *share < 1.0);
    share.ok_or_else(|| {
        Failure::usage(format!("`{text}` is no tolerance"), "--tolerance takes a share of the baseline, such as '1 %'")
    })
}
