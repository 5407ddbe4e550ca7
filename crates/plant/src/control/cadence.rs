//! Cadence: for what a process time counts, how soon the next job may begin while earlier ones are inside, and the handling
//! that comes to it.
//!
//! ```text
//!  pieces of one job, with an interval        entrance free     job done
//!  piece 1  |<---- process time ---->|              v              v
//!  piece 2  |          |<---- process time ---->|   |              |
//!  piece 3  |          |          |<---- process time ---->|-------+
//!           |<-------->|<-------->|<-------------->|
//!             interval   interval    interval
//! ```
//!
//! Pieces go in one after another, `interval` apart, and each takes the process time. Without an interval the next one goes in
//! when the one before is done, so that the entrance comes free with the end of the job. All of these times are known when a job
//! begins: a job has an end, and before it, if at all, a moment from which its place may be taken.

use kernel::SimDuration;
use kernel::limits::LONGEST_DURATION;

use crate::codes;
use crate::control::process_time::OperationTime;
use crate::description::{Origin, describe};
use crate::plan::Planner;

describe! {
    /// For what a process time counts, and an interval with it.
    #[derive(Copy, Eq)]
    pub enum Per {
        /// For whatever is worked on at once: a part, or a batch of parts. A batch takes what the slowest of its parts takes, by
        /// the means of their laws: one draw.
        Job,
        /// For each part: those of a batch one after another. Each part has a draw of its own.
        Part,
        /// For each piece of each part, as many as `pieces` of its type says; one after another. Each part has a draw of its own,
        /// and all of its pieces take that time.
        Piece,
    }
}

describe! {
    /// Putting parts in and taking them out, which comes to the process time of every job.
    #[derive(Copy)]
    pub struct Handling {
        /// Time to put in what is worked on.
        load: SimDuration = SimDuration::ZERO,
        /// Time to take it out.
        unload: SimDuration = SimDuration::ZERO,
        /// Whether its place is occupied by it. If not, handling is done beside it: the next job begins while the one before
        /// is unloaded and it is loaded itself.
        occupies: bool = true,
    }
}

impl Handling {
    /// Both ways.
    fn time(self) -> SimDuration {
        self.load.saturating_add(self.unload).min(LONGEST_DURATION)
    }
}

/// What is worked on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JobSize {
    pub parts: u32,
    pub pieces: u32,
}

/// For what a process time counts, and after what time the next piece or job goes in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cadence {
    per: Per,
    interval: Option<SimDuration>,
}

impl Default for Cadence {
    fn default() -> Self {
        Cadence { per: Per::Job, interval: None }
    }
}

impl Cadence {
    /// What a scenario says in the fields `per` and `interval` of something at `origin`.
    pub(crate) fn plan(per: Per, interval: Option<SimDuration>, origin: Origin, planner: &mut Planner<'_>) -> Self {
        if interval == Some(SimDuration::ZERO) {
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                "an `interval` of no time would let in everything at once",
                "expected a time above 0",
                Some("leave `interval` out where the next job begins when the one before is done".to_owned()),
            );
        }
        Cadence { per, interval }
    }

    /// Whether the next job may go in while earlier ones are inside.
    pub(crate) fn overlaps(self) -> bool {
        self.interval.is_some()
    }

    /// Whether a process time is that of the whole job and of its place.
    #[inline]
    pub(crate) fn is_plain(self) -> bool {
        self.per == Per::Job && self.interval.is_none()
    }

    fn count(self, size: JobSize) -> i64 {
        i64::from(match self.per {
            Per::Job => 1,
            Per::Part => size.parts,
            Per::Piece => size.pieces,
        })
    }

    /// The time of a job of that size, where `first` is the time of its first piece.
    pub(crate) fn job(self, first: OperationTime, size: JobSize) -> OperationTime {
        let count = self.count(size);
        let Some(interval) = self.interval else {
            return OperationTime {
                planned: times(first.planned, count),
                drawn: times(first.drawn, count),
                ahead: SimDuration::ZERO,
            };
        };
        let (entering, others) = (times(interval, count), times(interval, count - 1));
        let whole = |time: SimDuration| time.saturating_add(others).min(LONGEST_DURATION);
        let drawn = whole(first.drawn);
        OperationTime { planned: entering.min(whole(first.planned)), drawn, ahead: drawn - entering.min(drawn) }
    }

    /// Whether each part of a job takes a time of its own.
    pub(crate) fn counts_parts(self) -> bool {
        self.per != Per::Job
    }

    /// The time of a job of several parts, each with the time of its first piece and so many pieces, which go in one part after
    /// another.
    pub(crate) fn parts_in_turn(self, parts: impl Iterator<Item = (OperationTime, u32)>) -> OperationTime {
        // Without an interval a piece goes in when the one before is done; with one, the last to be done need not be the last in.
        let (mut planned, mut drawn, mut entering) = (SimDuration::ZERO, SimDuration::ZERO, SimDuration::ZERO);
        for (first, pieces) in parts {
            let count = self.count(JobSize { parts: 1, pieces });
            let Some(interval) = self.interval else {
                planned = planned.saturating_add(times(first.planned, count)).min(LONGEST_DURATION);
                drawn = drawn.saturating_add(times(first.drawn, count)).min(LONGEST_DURATION);
                continue;
            };
            let last_goes_in = entering.saturating_add(times(interval, count - 1));
            let is_done = |time: SimDuration| last_goes_in.saturating_add(time).min(LONGEST_DURATION);
            (planned, drawn) = (planned.max(is_done(first.planned)), drawn.max(is_done(first.drawn)));
            entering = entering.saturating_add(times(interval, count)).min(LONGEST_DURATION);
        }
        match self.interval {
            None => OperationTime { planned, drawn, ahead: SimDuration::ZERO },
            Some(_) => OperationTime { planned: entering.min(planned), drawn, ahead: drawn - entering.min(drawn) },
        }
    }

    /// Mean time of a job of one part with so many pieces, where `first` is that of its first piece; in nanoseconds.
    pub(crate) fn mean_ns(self, first: i64, pieces: u32) -> i64 {
        let others = self.count(JobSize { parts: 1, pieces }) - 1;
        first.saturating_add(self.further_ns(first).saturating_mul(others))
    }

    /// What one more piece adds to that.
    pub(crate) fn further_ns(self, first: i64) -> i64 {
        match (self.per, self.interval) {
            (Per::Piece, interval) => interval.map_or(first, SimDuration::as_nanos),
            (Per::Job | Per::Part, _) => 0,
        }
    }
}

/// `time`, so often.
fn times(time: SimDuration, count: i64) -> SimDuration {
    time.checked_mul(count).unwrap_or(LONGEST_DURATION).min(LONGEST_DURATION)
}

/// What a workplace adds to the process times of its jobs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Tempo {
    /// That of its own process time; steps of routings that give a time have one of their own.
    pub cadence: Cadence,
    handling: Option<Handling>,
}

impl Tempo {
    pub(crate) fn plan(
        per: Per,
        interval: Option<SimDuration>,
        handling: Option<Handling>,
        planner: &mut Planner<'_>,
    ) -> Self {
        let origin = planner.origin_of("interval");
        Tempo { cadence: Cadence::plan(per, interval, origin, planner), handling }
    }

    /// Whether the next job may go in while earlier ones are inside, whatever steps of routings say.
    pub(crate) fn overlaps(self) -> bool {
        self.cadence.overlaps() || self.handling.is_some_and(|handling| !handling.occupies)
    }

    /// Whether a job takes its process time and no more.
    #[inline]
    pub(crate) fn is_plain(self) -> bool {
        self.handling.is_none() && self.cadence.is_plain()
    }

    /// A job with its handling.
    #[inline]
    pub(crate) fn handled(self, job: OperationTime) -> OperationTime {
        let Some(handling) = self.handling else { return job };
        let more = |time: SimDuration| time.saturating_add(handling.time()).min(LONGEST_DURATION);
        let drawn = more(job.drawn);
        if handling.occupies {
            return OperationTime { planned: more(job.planned), drawn, ..job };
        }
        OperationTime { drawn, ahead: job.ahead + (drawn - job.drawn), ..job }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: i64) -> SimDuration {
        SimDuration::from_secs(seconds)
    }

    /// (whole time, time until its place is free, planned) of a job of 3 parts with 5 pieces in all, whose first takes 10 s.
    fn of(per: Per, interval: Option<i64>, handling: Option<Handling>) -> (i64, i64, i64) {
        let tempo = Tempo { cadence: Cadence { per, interval: interval.map(s) }, handling };
        let first = OperationTime { planned: s(8), drawn: s(10), ahead: SimDuration::ZERO };
        let time = tempo.handled(tempo.cadence.job(first, JobSize { parts: 3, pieces: 5 }));
        let seconds = |time: SimDuration| time.as_nanos() / 1_000_000_000;
        (seconds(time.drawn), seconds(time.drawn - time.ahead), seconds(time.planned))
    }

    #[test]
    fn times_of_jobs_by_hand() {
        assert_eq!(of(Per::Job, None, None), (10, 10, 8));
        assert_eq!(of(Per::Part, None, None), (30, 30, 24));
        assert_eq!(of(Per::Piece, None, None), (50, 50, 40));
        // The last of five pieces goes in at 16 s; the next job may at 20 s.
        assert_eq!(of(Per::Piece, Some(4), None), (26, 20, 20));
        assert_eq!(of(Per::Part, Some(4), None), (18, 12, 12));
        assert_eq!(of(Per::Job, Some(4), None), (10, 4, 4));
        // No later than when it is done.
        assert_eq!(of(Per::Job, Some(12), None), (10, 10, 8));
        let handling = |occupies| Some(Handling { load: s(1), unload: s(2), occupies });
        assert_eq!(of(Per::Job, None, handling(true)), (13, 13, 11));
        assert_eq!(of(Per::Job, None, handling(false)), (13, 10, 8));
        assert_eq!(of(Per::Piece, Some(4), handling(true)), (29, 23, 23));
        assert_eq!(of(Per::Piece, Some(4), handling(false)), (29, 20, 20));
    }

    #[test]
    fn parts_that_take_times_of_their_own_go_in_one_after_another() {
        let of = |per, interval: Option<i64>| {
            let cadence = Cadence { per, interval: interval.map(s) };
            let part = |seconds| OperationTime { planned: s(8), drawn: s(seconds), ahead: SimDuration::ZERO };
            let time = cadence.parts_in_turn([(part(10), 2), (part(30), 1), (part(1), 2)].into_iter());
            let seconds = |time: SimDuration| time.as_nanos() / 1_000_000_000;
            (seconds(time.drawn), seconds(time.drawn - time.ahead), seconds(time.planned))
        };
        assert_eq!(of(Per::Part, None), (41, 41, 24));
        assert_eq!(of(Per::Piece, None), (52, 52, 40));
        // The second part goes in after 4 s and is done after all others.
        assert_eq!(of(Per::Part, Some(4)), (34, 12, 12));
        assert_eq!(of(Per::Piece, Some(4)), (38, 20, 20));
        // With one time for all it is what a job of that size takes.
        for (per, interval) in [(Per::Part, None), (Per::Piece, None), (Per::Part, Some(4)), (Per::Piece, Some(4))] {
            let cadence = Cadence { per, interval: interval.map(s) };
            let first = OperationTime { planned: s(8), drawn: s(10), ahead: SimDuration::ZERO };
            let parts = cadence.parts_in_turn([(first, 2), (first, 1), (first, 2)].into_iter());
            let job = cadence.job(first, JobSize { parts: 3, pieces: 5 });
            assert_eq!((parts.planned, parts.drawn, parts.ahead), (job.planned, job.drawn, job.ahead), "{cadence:?}");
        }
    }

    #[test]
    fn no_job_takes_longer_than_a_duration_can_be() {
        let cadence = Cadence { per: Per::Piece, interval: None };
        let first = OperationTime { planned: LONGEST_DURATION, drawn: LONGEST_DURATION, ahead: SimDuration::ZERO };
        let size = JobSize { parts: 1, pieces: u32::MAX };
        assert_eq!(cadence.job(first, size).drawn, LONGEST_DURATION);
        assert_eq!(Cadence { interval: Some(LONGEST_DURATION), ..cadence }.job(first, size).drawn, LONGEST_DURATION);
        assert_eq!(cadence.mean_ns(i64::MAX / 2, u32::MAX), i64::MAX);
    }
}
