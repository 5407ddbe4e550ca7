//! What is known of one edge node: whether it lives, what its metrics are, and which number its next message has.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::SimDuration;

use crate::wall_time::WallTime;

/// How long an answer to a request for a birth is waited for before it is asked for again.
pub(super) const PATIENCE: SimDuration = SimDuration::from_secs(10);

/// A metric that a birth has told of.
#[derive(Debug)]
pub(super) struct Known {
    pub address: Arc<str>,
    /// The device that has it, if not the node itself.
    pub device: Option<Arc<str>>,
    pub datatype: u32,
    /// Whether its node and device live.
    pub is_live: bool,
    /// The millisecond of its last value, and how many values of the same millisecond came before that.
    last: Option<(u64, u32)>,
}

impl Known {
    /// The moment of a value that is dated to a millisecond. Several values of one are told apart by nanoseconds, or what repeats
    /// would be taken for the same thing told twice; what a birth tells again is the same. `None` for a date out of reach.
    pub(super) fn moment(&mut self, millisecond: u64, is_birth: bool) -> Option<WallTime> {
        let repeats = match self.last {
            Some((last, repeats)) if last == millisecond && is_birth => repeats,
            Some((last, repeats)) if last == millisecond => repeats.saturating_add(1).min(999_999),
            _ => 0,
        };
        self.last = Some((millisecond, repeats));
        moment(millisecond).map(|moment| moment.after(SimDuration::from_nanos(i64::from(repeats))))
    }
}

/// So many milliseconds after 1970; `None` out of reach.
pub(super) fn moment(millisecond: u64) -> Option<WallTime> {
    i64::try_from(millisecond).ok()?.checked_mul(1_000_000).map(WallTime::from_nanos)
}

/// An edge node.
#[derive(Debug)]
pub(super) struct Node {
    /// "GROUP/NODE".
    pub address: Arc<str>,
    /// Whether a birth has come and no death after it.
    pub is_born: bool,
    /// Whether something may have been missed since the last birth.
    pub is_doubtful: bool,
    /// What its present session is called.
    session: Option<u64>,
    /// The number of its next message.
    expected: Option<u8>,
    /// The latest time at which it published something, by its own clock.
    published: Option<WallTime>,
    /// When a birth was asked for last.
    asked: Option<WallTime>,
    metrics: HashMap<Arc<str>, Known>,
    /// How many of them live no longer.
    dead: usize,
    aliases: HashMap<u64, Arc<str>>,
}

impl Node {
    pub(super) fn new(address: &str) -> Self {
        Node {
            address: address.into(),
            is_born: false,
            is_doubtful: false,
            session: None,
            expected: None,
            published: None,
            asked: None,
            metrics: HashMap::new(),
            dead: 0,
            aliases: HashMap::new(),
        }
    }

    /// How many metrics are remembered.
    pub(super) fn size(&self) -> usize {
        self.metrics.len()
    }

    /// Whether a message numbered `seq` follows the last one; from now on the one after it is expected.
    pub(super) fn follows(&mut self, seq: Option<u64>) -> bool {
        // Who does not number has nothing that could be missed.
        let Some(seq) = seq else { return true };
        let number = u8::try_from(seq).ok();
        let follows = number.is_some() && self.expected.is_none_or(|expected| Some(expected) == number);
        self.expected = number.map(|number| number.wrapping_add(1));
        follows
    }

    /// A birth begins: what was known by number is so no longer.
    pub(super) fn begin(&mut self, session: Option<u64>, seq: Option<u64>) {
        self.is_born = true;
        self.is_doubtful = false;
        self.session = session;
        self.expected = None;
        self.asked = None;
        self.aliases.clear();
        let _ = self.follows(seq);
    }

    /// Takes note of a metric; `None` if there is no `room` for it.
    pub(super) fn learn(
        &mut self,
        address: &str,
        device: Option<&Arc<str>>,
        alias: Option<u64>,
        datatype: u32,
        room: usize,
    ) -> Option<&mut Known> {
        if !self.metrics.contains_key(address) && self.metrics.len() >= room {
            // What has died makes room, but only then: it may come again, with values told before.
            if self.dead > 0 {
                self.metrics.retain(|_, known| known.is_live);
                self.dead = 0;
            }
            if self.metrics.len() >= room {
                return None;
            }
        }
        let address: Arc<str> = match self.metrics.get(address) {
            Some(known) => known.address.clone(),
            None => address.into(),
        };
        if let Some(alias) = alias {
            self.aliases.insert(alias, address.clone());
        }
        let known = self.metrics.entry(address.clone()).or_insert_with(|| Known {
            address,
            device: None,
            datatype,
            is_live: true,
            last: None,
        });
        self.dead -= usize::from(!known.is_live);
        known.device = device.cloned();
        known.datatype = datatype;
        known.is_live = true;
        Some(known)
    }

    /// The living metric of the node, or of one of its devices, at an address or under a number.
    pub(super) fn find(
        &mut self,
        address: Option<&str>,
        alias: Option<u64>,
        device: Option<&str>,
    ) -> Option<&mut Known> {
        let address = match address {
            Some(address) => address,
            None => self.aliases.get(&alias?)?,
        };
        self.metrics.get_mut(address).filter(|known| known.is_live && known.device.as_deref() == device)
    }

    /// The metrics for which `which` holds live no longer; hands on their addresses, in a fixed order.
    pub(super) fn end(&mut self, which: impl Fn(&Known) -> bool) -> Vec<Arc<str>> {
        let ended = self.metrics.values_mut().filter(|known| known.is_live && which(known));
        let mut addresses: Vec<Arc<str>> = ended
            .map(|known| {
                known.is_live = false;
                known.address.clone()
            })
            .collect();
        self.dead += addresses.len();
        addresses.sort_unstable();
        addresses
    }

    /// Whether a death of `session` is one of the present life. Where one of them has no name nobody can say, and the dead is believed.
    pub(super) fn is_of_session(&self, session: Option<u64>) -> bool {
        session.is_none() || self.session.is_none() || session == self.session
    }

    /// Takes note of when something was published that is no death of the node.
    pub(super) fn publish(&mut self, at: Option<WallTime>) {
        self.published = self.published.max(at);
    }

    /// When it died, if its death says so: one that is dated before what else it has published is a will, which was written when
    /// the connection was made.
    pub(super) fn death(&self, at: Option<WallTime>) -> Option<WallTime> {
        at.filter(|at| self.published.is_none_or(|published| *at > published))
    }

    /// It has died.
    pub(super) fn die(&mut self) {
        self.is_born = false;
        self.expected = None;
        self.aliases.clear();
    }

    /// Whether a birth is to be asked for at `now`: not if one was asked for a moment ago.
    pub(super) fn may_ask(&mut self, now: WallTime) -> bool {
        let is_due = self.asked.is_none_or(|asked| !(SimDuration::ZERO..PATIENCE).contains(&now.since(asked)));
        if is_due {
            self.asked = Some(now);
        }
        is_due
    }
}
