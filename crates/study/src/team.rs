//! Many replications on several cores, handed on in the order of their numbers.

use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use plant::run::RunError;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::case::{Case, Outcome};

/// Runs to a core that are played before their outcomes are handed on: enough that cores seldom wait for the last one,
/// few enough that nobody waits long for progress.
const RUNS_PER_CORE: usize = 32;

/// Cores that play replications.
#[derive(Debug)]
pub struct Team {
    pool: ThreadPool,
}

/// How a series of replications ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// All are played.
    Done,
    /// Whoever takes the outcomes has enough.
    Enough,
    /// Somebody asked to stop. What was handed on before is whole.
    Interrupted,
}

/// A run of a study that ended in an error.
#[derive(Debug)]
pub struct FailedRun {
    /// Name of the case.
    pub case: String,
    /// The replication.
    pub replication: u64,
    /// What ended it.
    pub error: RunError,
}

impl Team {
    /// A team of so many cores; all there are for 0.
    ///
    /// # Errors
    /// If the operating system gives no threads.
    pub fn new(jobs: usize) -> io::Result<Self> {
        Ok(Team { pool: ThreadPoolBuilder::new().num_threads(jobs).build().map_err(io::Error::other)? })
    }

    /// How many cores it has.
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Carries out `work` with rayon's parallel iterators on these cores.
    pub fn install<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.pool.install(work)
    }

    /// Plays `replications` of every case. `take` is given one replication after the other, with the outcomes of the cases in
    /// their order, and says whether it wants more; `stop` is asked again and again while runs are played.
    ///
    /// Only a batch of outcomes is held at a time, whatever the number of replications. A few more runs than are handed on
    /// may be played.
    ///
    /// # Errors
    /// The first run, in the order of replications and cases, that ended in an error.
    pub fn play(
        &self,
        cases: &[Case],
        replications: Range<u64>,
        stop: &(dyn Fn() -> bool + Sync),
        mut take: impl FnMut(u64, &[Outcome]) -> bool,
    ) -> Result<Ended, Box<FailedRun>> {
        let batch = (self.jobs() * RUNS_PER_CORE).div_ceil(cases.len().max(1)) as u64;
        let mut next = replications.start;
        while next < replications.end {
            let end = replications.end.min(next + batch);
            let Some(outcomes) = self.play_batch(cases, next..end, stop)? else { return Ok(Ended::Interrupted) };
            for (replication, outcomes) in (next..end).zip(outcomes.chunks(cases.len())) {
                if !take(replication, outcomes) {
                    return Ok(Ended::Enough);
                }
            }
            next = end;
        }
        Ok(Ended::Done)
    }

    /// Carries out `run` with each of `runs` on all cores, and hands each result on as soon as it is there, in any order. The first
    /// error of `take` stops everything.
    ///
    /// # Errors
    /// The first error of `take`.
    pub fn stream<T: Sync, R: Send, E>(
        &self,
        runs: &[T],
        stop: &(dyn Fn() -> bool + Sync),
        run: impl Fn(&T, &(dyn Fn() -> bool + Sync)) -> R + Sync,
        mut take: impl FnMut(&T, R) -> Result<(), E>,
    ) -> Result<(), E> {
        let halted = AtomicBool::new(false);
        let stop = || halted.load(Ordering::Relaxed) || stop();
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            let (run, stop) = (&run, &stop);
            scope.spawn(move || {
                self.install(|| {
                    runs.par_iter().for_each_with(sender, |sender, one| {
                        // Whoever receives stays until the last sender is gone.
                        let _ = sender.send((one, run(one, stop)));
                    });
                });
            });
            let mut result = Ok(());
            for (one, outcome) in receiver {
                if result.is_ok() {
                    result = take(one, outcome);
                    halted.store(result.is_err(), Ordering::Relaxed);
                }
            }
            result
        })
    }

    /// All outcomes of a batch, or `None` if somebody asked to stop.
    fn play_batch(
        &self,
        cases: &[Case],
        replications: Range<u64>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Vec<Outcome>>, Box<FailedRun>> {
        let stopped = AtomicBool::new(false);
        let stop = || stopped.load(Ordering::Relaxed) || (stop() && !stopped.swap(true, Ordering::Relaxed));
        let runs: Vec<(u64, &Case)> =
            replications.flat_map(|replication| cases.iter().map(move |case| (replication, case))).collect();
        let play = |(replication, case): &(u64, &Case)| {
            if stop() {
                return Ok(None);
            }
            let failed = |error| FailedRun { case: case.name.clone(), replication: *replication, error };
            case.play(*replication, &stop).map_err(|error| Box::new(failed(error)))
        };
        let outcomes: Vec<Result<Option<Outcome>, Box<FailedRun>>> =
            self.pool.install(|| runs.par_iter().map(play).collect());
        outcomes.into_iter().collect()
    }
}
