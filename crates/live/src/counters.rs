//! What became of every observation: one counter each, and together as many as were received.

use std::fmt;

use kernel::persist::{Persist, Reader, Unreadable, Writer};

/// What became of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It was done in the model, or changed nothing that the model has.
    Applied,
    /// It had come before.
    Duplicate,
    /// It came after later ones had been applied.
    Late,
    /// It made no sense: an unknown address, a wrong type, no number, a date far from now, a bad quality.
    Invalid,
    /// The model could not do it.
    Refused,
    /// There was no room for it.
    Dropped,
}

/// All fates, in the order of the counters.
pub const FATES: [Fate; 6] = [Fate::Applied, Fate::Duplicate, Fate::Late, Fate::Invalid, Fate::Refused, Fate::Dropped];

impl Fate {
    /// Its name, as in messages and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Fate::Applied => "applied",
            Fate::Duplicate => "duplicate",
            Fate::Late => "late",
            Fate::Invalid => "invalid",
            Fate::Refused => "refused",
            Fate::Dropped => "dropped",
        }
    }
}

/// How many observations came to which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// All that came in.
    pub received: u64,
    fates: [u64; FATES.len()],
}

impl Persist for Counters {
    fn write(&self, writer: &mut Writer) {
        let Self { received, fates } = self;
        received.write(writer);
        fates.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let (received, fates) = <(u64, [u64; FATES.len()])>::read(reader)?;
        let ended = fates.iter().try_fold(0_u64, |sum, fate| sum.checked_add(*fate));
        if ended.is_none_or(|ended| ended > received) {
            return Err(reader.unreadable("as many observations received as have ended"));
        }
        Ok(Self { received, fates })
    }
}

impl Counters {
    /// One more came in.
    pub fn receive(&mut self) {
        self.received += 1;
    }

    /// One came to its end.
    pub fn end(&mut self, fate: Fate) {
        self.fates[fate as usize] += 1;
    }

    /// So many found no room on their way here.
    pub fn drop_many(&mut self, count: u64) {
        self.received += count;
        self.fates[Fate::Dropped as usize] += count;
    }

    /// How many came to this end.
    #[must_use]
    pub fn of(&self, fate: Fate) -> u64 {
        self.fates[fate as usize]
    }

    /// Those that wait for their turn: received, and not yet at any end.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.received - self.fates.iter().sum::<u64>()
    }
}

impl fmt::Display for Counters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "received {}", self.received)?;
        for fate in FATES {
            write!(formatter, ", {} {}", fate.name(), self.of(fate))?;
        }
        if self.waiting() > 0 {
            write!(formatter, ", waiting {}", self.waiting())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_observation_is_in_one_counter() {
        let mut counters = Counters::default();
        for fate in FATES {
            counters.receive();
            assert_eq!(counters.waiting(), 1);
            counters.end(fate);
        }
        counters.receive();
        assert_eq!(
            counters.to_string(),
            "received 7, applied 1, duplicate 1, late 1, invalid 1, refused 1, dropped 1, waiting 1"
        );
    }
}
