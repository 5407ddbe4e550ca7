//! What the points of a sweep come to: the KPIs of interest and the verdicts, point by point.

use kernel::Moments;
use plant::kpi::Column;
use scenario::expand::Expectation;

use crate::expect::{Verdict, judge};
use crate::journal::Journal;
use crate::plan::Study;
use crate::result::{Extent, Step, Unpacker, walk};
use scenario::staged::FileError;

/// Most points that are kept to be shown; all of them are in the tables.
pub const MOST_POINTS: usize = 100_000;

/// Most values that are kept to tell effects from noise.
const MOST_VALUES: usize = 1 << 23;

/// One point.
#[derive(Debug, Clone)]
pub struct Point {
    /// Its number.
    pub index: u64,
    /// What it sets: paths and values as the scenario spells them.
    pub settings: Vec<(String, String)>,
    /// The moments of the KPIs of interest, in their order.
    pub moments: Vec<Moments>,
    /// The values of the KPIs of interest, by KPI and replication; none where there are too many to be kept.
    pub values: Vec<Vec<f64>>,
    /// How the expectations fared.
    pub verdicts: Vec<Verdict>,
    /// Whether all of its runs are there.
    pub complete: bool,
}

/// All points.
#[derive(Debug)]
pub struct Points {
    /// The KPIs of interest.
    pub columns: Vec<Column>,
    /// The points that have at least one run, in the order of their numbers.
    pub points: Vec<Point>,
    /// Points at which an expectation failed, of all.
    pub failed: u64,
    /// How much there is in all.
    pub extent: Extent,
}

impl Points {
    /// Gathers the runs of a study.
    ///
    /// # Errors
    /// A segment that cannot be read any more.
    pub fn gather(study: &Study, journal: &Journal, columns: &[Column]) -> Result<Self, FileError> {
        Points::gather_at_most(MOST_POINTS, study, journal, columns)
    }

    fn gather_at_most(most: usize, study: &Study, journal: &Journal, columns: &[Column]) -> Result<Self, FileError> {
        let expectations: &[Expectation] = &study.base().study.expectations;
        let mut all = columns.to_vec();
        for expectation in expectations {
            if !all.contains(&expectation.kpi) {
                all.push(expectation.kpi.clone());
            }
        }
        let mut unpacker = Unpacker::for_columns(&all);
        let mut points: Vec<Point> = Vec::new();
        let mut moments = vec![Moments::new(); all.len()];
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); columns.len()];
        let mut kept = 0;
        let mut failed = 0;
        let mut present: Option<(u64, Vec<(String, String)>)> = None;
        let extent = walk(study, journal, &mut |step| {
            match step {
                Step::Case(entry) => {
                    moments.fill(Moments::new());
                    let settings = entry.settings.iter();
                    let settings = settings.map(|setting| (setting.path.to_string(), setting.value_in_words()));
                    present = Some((entry.index, settings.collect()));
                }
                Step::Run(stored, run) => {
                    let outcome = unpacker.outcome(stored, run);
                    moments.iter_mut().zip(&outcome.values).for_each(|(moments, value)| moments.add(*value));
                    if kept < MOST_VALUES {
                        values.iter_mut().zip(&outcome.values).for_each(|(values, value)| values.push(*value));
                        kept += values.len();
                    }
                }
                Step::End(complete) => {
                    let is_empty = moments.iter().all(|moments| moments.count() == 0);
                    if let Some((index, settings)) = present.take().filter(|_| !is_empty) {
                        let find = |column: &Column| all.iter().position(|known| known == column).map(|at| moments[at]);
                        let verdicts = judge(expectations, find);
                        let is_failed = verdicts.iter().any(|verdict| !verdict.passed);
                        failed += u64::from(is_failed);
                        // Of too many points those are kept at which something failed, as long as there is room.
                        if points.len() < most || (is_failed && points.len() < 2 * most) {
                            let values = std::mem::replace(&mut values, vec![Vec::new(); columns.len()]);
                            let moments = moments[..columns.len()].to_vec();
                            points.push(Point { index, settings, moments, values, verdicts, complete });
                        }
                    }
                }
            }
            Ok(())
        })?;
        Ok(Points { columns: columns.to_vec(), points, failed, extent })
    }

    /// The paths that any point sets, in the order of the design.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        for (path, _) in self.points.iter().flat_map(|point| &point.settings) {
            if !paths.contains(path) {
                paths.push(path.clone());
            }
        }
        paths
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plant::registry::Registry;

    use super::*;
    use crate::exec::{Shard, Share, exec};
    use crate::plan::{Files, Kind, Plan};
    use crate::team::Team;

    #[test]
    fn points_that_are_too_many_to_be_kept_are_judged_all_the_same() {
        let text = r#"Scenario(
            clock: (horizon: "1 h"),
            elements: {
                "in": Source(arrivals: Unlimited, next: "saw"),
                "saw": Station(process_time: "10 s", next: "out"),
                "out": Sink(),
            },
            sweep: Axis("saw.process_time", ["10 s", "11 s", "12 s", "50 s", "60 s", "70 s"]),
            expect: [AtLeast("throughput", "100 /h")],
        )"#;
        let plan = Plan {
            kind: Kind::Sweep,
            files: vec!["a.ron".into()],
            set: Vec::new(),
            variants: Vec::new(),
            seed: None,
            until: None,
            replications: Some(1),
            replication: 0,
            runs: None,
            kpis: Vec::new(),
            confidence: 0.95,
        };
        let files = Files::from([("a.ron".to_owned(), text.as_bytes().to_vec())]);
        let registry = Arc::new(Registry::with_plugins(&[]));
        let study = Study::open(plan, Some(&files), "test", &registry).expect("a study");
        let path = std::env::temp_dir().join(format!("linewright-points-{}", std::process::id()));
        let mut journal = Journal::open(&path).expect("no journal yet");
        let team = Team::new(1).expect("a thread");
        exec(&study, &mut journal, Share::Shard(Shard::WHOLE), &team, &|| false, &mut |_| ()).expect("played");
        let points = Points::gather_at_most(1, &study, &journal, &[]).expect("readable");
        std::fs::remove_dir_all(path).expect("cleaned up");
        // The first is kept, and of those that fail as many as there is room for; all are judged.
        let kept: Vec<u64> = points.points.iter().map(|point| point.index).collect();
        assert_eq!((kept, points.failed, points.extent.cases), (vec![0, 3], 3, 6));
    }
}
