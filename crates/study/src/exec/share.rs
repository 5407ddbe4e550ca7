//! Which cases an execution plays, and with which replications it begins where others play the same.

/// Which part of a study's cases is to be played: those whose number leaves `index` when divided by `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 0.
    pub index: u64,
    /// How many parts there are.
    pub of: u64,
}

impl Shard {
    /// Everything.
    pub const WHOLE: Shard = Shard { index: 0, of: 1 };

    /// Those of `missing` replications that are played first if every shard plays the same case: its own ones, then those of
    /// the next shard. One of as many parts as there are shards, and work for all cores at least.
    pub(super) fn first(self, mut missing: Vec<u64>, jobs: usize) -> Vec<u64> {
        let of = self.of.max(1);
        let own = self.index % of;
        missing.sort_by_key(|replication| (replication % of + (of - own)) % of);
        missing.truncate(jobs.max(missing.len().div_ceil(usize::try_from(of).unwrap_or(usize::MAX))));
        missing
    }
}

/// Which cases are to be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// A part of them.
    Shard(Shard),
    /// A single one, by its number.
    Index(u64),
}

impl Share {
    /// The numbers of these cases, of so many.
    pub(super) fn cases(self, count: u64) -> Box<dyn Iterator<Item = u64>> {
        match self {
            Share::Shard(Shard { index, of }) => {
                Box::new((index..count).step_by(usize::try_from(of.max(1)).unwrap_or(usize::MAX)))
            }
            Share::Index(index) => Box::new(index..count.min(index.saturating_add(1))),
        }
    }

    /// Which of how many it is, if all cases are played at once.
    pub(super) fn turn(self, count: u64) -> Shard {
        match self {
            Share::Shard(shard) => shard,
            Share::Index(index) => Shard { index, of: count },
        }
    }
}
