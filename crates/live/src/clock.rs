//! Clocks: which of an observation's timestamps says when it happened.
//!
//! Of several the source's counts, its clock's offset taken off; without one the server's, and then the arrival. A controller
//! whose clock begins anew in the year 2000 after each loss of power is told by a later stamp, as `signals.ron` says.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::SimDuration;

use crate::observation::Observation;
use crate::wall_time::WallTime;

/// The first timestamp that counts; where it is missing, the next does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Timestamps {
    /// That of whoever saw it.
    #[default]
    Source,
    /// That of the server in between.
    Server,
    /// The arrival.
    Arrival,
}

/// The clock of a source, and how far it is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clock {
    /// How far it is ahead of the true time; negative if it is behind.
    pub offset: SimDuration,
    /// Which timestamps count.
    pub timestamps: Timestamps,
    /// The same for the addresses for which others do. Where there are none nothing is looked up.
    pub otherwise: HashMap<Arc<str>, Timestamps>,
}

impl Clock {
    /// Which timestamps of an observation count.
    #[must_use]
    pub fn timestamps_of(&self, observation: &Observation) -> Timestamps {
        if self.otherwise.is_empty() {
            return self.timestamps;
        }
        self.otherwise.get(&observation.address).copied().unwrap_or(self.timestamps)
    }

    /// When an observation happened.
    #[must_use]
    pub fn time_of(&self, observation: &Observation) -> WallTime {
        self.told_time_of(observation).unwrap_or(observation.stamps.arrival)
    }

    /// When an observation happened by what was told with it; `None` where the arrival has to do.
    #[must_use]
    pub fn told_time_of(&self, observation: &Observation) -> Option<WallTime> {
        let stamps = &observation.stamps;
        match self.timestamps_of(observation) {
            Timestamps::Source => stamps.source.map(|at| at.after(-self.offset)).or(stamps.server),
            Timestamps::Server => stamps.server,
            Timestamps::Arrival => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Quality, Reading, Stamps};

    #[test]
    fn the_first_timestamp_that_counts_and_is_there_counts() {
        let at = |second: i64| WallTime::from_nanos(second * 1_000_000_000);
        let seen = |address: &str, source: Option<i64>, server: Option<i64>| Observation {
            source: 0,
            address: address.into(),
            reading: Reading::Nothing,
            stamps: Stamps { source: source.map(at), server: server.map(at), arrival: at(30) },
            quality: Quality::Good,
            sequence: None,
            is_simulated: false,
            is_standing: false,
        };
        let clock = Clock {
            offset: SimDuration::from_secs(4),
            timestamps: Timestamps::Source,
            otherwise: HashMap::from([("old".into(), Timestamps::Server), ("blind".into(), Timestamps::Arrival)]),
        };
        for (address, source, server, expected) in [
            ("a", Some(10), Some(20), 6),
            ("a", None, Some(20), 20),
            ("a", None, None, 30),
            ("old", Some(10), Some(20), 20),
            ("old", Some(10), None, 30),
            ("blind", Some(10), Some(20), 30),
        ] {
            assert_eq!(clock.time_of(&seen(address, source, server)), at(expected), "{address} {source:?} {server:?}");
        }
        let late = Clock { timestamps: Timestamps::Server, otherwise: HashMap::new(), ..clock };
        assert_eq!(late.time_of(&seen("a", Some(10), Some(20))), at(20));
    }
}
