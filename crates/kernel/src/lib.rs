//! Linewright's kernel: time, the event list, random streams, statistics and the digest.

pub mod digest;
pub mod distribution;
pub mod event_list;
pub mod interval;
pub mod limits;
pub mod stream;
pub mod tally;
pub mod time;
pub mod time_weighted;

pub use digest::{Digest, DigestChain, NotADigest, combine, hash_name};
pub use distribution::Distribution;
pub use event_list::{EventId, EventList, Priority};
pub use interval::{Interval, batch_means, mser5, student_t_quantile};
pub use stream::{Stream, StreamKey};
pub use tally::{DurationTally, Tally};
pub use time::{SimDuration, SimTime};
pub use time_weighted::TimeWeighted;
