//! Whether what a scenario expects holds, judged on confidence bounds.
//!
//! An expectation holds if the one-sided confidence bound of the mean does, not the mean alone: "at least 100 with 95 %" fails
//! with a mean of 101 +- 3. With a single replication there is no bound; then the value itself is judged, and the verdict says so.

use kernel::{Moments, student_t_quantile};
use plant::kpi::Column;
use scenario::expand::{Expectation, Sense};

/// How an expectation fared.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What was expected.
    pub expectation: Expectation,
    /// Mean of the KPI; `None` if it was undefined in every replication.
    pub mean: Option<f64>,
    /// The bound of the mean on the side that matters; the value itself with one replication.
    pub bound: Option<f64>,
    /// Replications it rests on.
    pub count: u64,
    /// Whether it holds.
    pub passed: bool,
}

impl Verdict {
    /// How far the bound is on the good side of what is expected, in the unit of the KPI; negative if it failed.
    #[must_use]
    pub fn margin(&self) -> Option<f64> {
        let bound = self.bound?;
        Some(match self.expectation.sense {
            Sense::AtLeast => bound - self.expectation.bound,
            Sense::AtMost => self.expectation.bound - bound,
        })
    }
}

/// Judges `expectations` on what was played; `find` gives the moments of a KPI over the replications.
#[must_use]
pub fn judge(expectations: &[Expectation], find: impl Fn(&Column) -> Option<Moments>) -> Vec<Verdict> {
    expectations.iter().map(|expectation| verdict(expectation, find(&expectation.kpi))).collect()
}

fn verdict(expectation: &Expectation, moments: Option<Moments>) -> Verdict {
    let count = moments.map_or(0, |moments| moments.count());
    let mean = moments.and_then(|moments| moments.mean());
    let half_width = match moments.and_then(|moments| moments.standard_error()) {
        Some(error) => error * student_t_quantile(expectation.confidence, (count - 1) as f64),
        None => 0.0,
    };
    let bound = mean.map(|mean| match expectation.sense {
        Sense::AtLeast => mean - half_width,
        Sense::AtMost => mean + half_width,
    });
    let mut verdict = Verdict { expectation: expectation.clone(), mean, bound, count, passed: false };
    // A KPI that is undefined in every replication, such as the flow time of nothing, cannot be what was expected.
    verdict.passed = verdict.margin().is_some_and(|margin| margin >= 0.0);
    verdict
}
