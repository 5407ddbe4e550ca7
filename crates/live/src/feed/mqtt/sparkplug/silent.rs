//! Edge nodes that the signals name and of which nothing has come: those that were born before we came and have had nothing to
//! say since. Their births are not kept by the broker, so they are asked for one, a few times; who does not answer is not there, and
//! tells its birth when it comes. (The specification lets a host application that comes later than a node ask with the node's next
//! data; chapter 5, "Commands". A node without news would never be asked.)

use std::collections::BTreeSet;

use kernel::SimDuration;

use super::node::PATIENCE;
use crate::wall_time::WallTime;

/// Whoever has not said anything for this long after we came is asked.
const FIRST: SimDuration = SimDuration::from_secs(3);
/// How often: a request, or the answer to it, may be lost.
const ROUNDS: i64 = 3;

/// The edge nodes of one source of which nothing has come yet.
#[derive(Debug, Default)]
pub(super) struct Silent {
    /// Their groups and names.
    nodes: BTreeSet<(String, String)>,
    /// Since when they could have been heard.
    since: Option<WallTime>,
    rounds: i64,
}

impl Silent {
    /// The nodes that `addresses` begin with.
    pub(super) fn new<'a>(addresses: impl Iterator<Item = &'a str>) -> Self {
        let node = |address: &'a str| {
            let mut levels = address.split('/');
            let (group, node) = (levels.next()?, levels.next()?);
            levels.next().map(|_| (group.to_owned(), node.to_owned()))
        };
        Silent { nodes: addresses.filter_map(node).collect(), ..Self::default() }
    }

    /// Something has come of a node.
    pub(super) fn hear(&mut self, group: &str, node: &str) {
        if !self.nodes.is_empty() {
            self.nodes.remove(&(group.to_owned(), node.to_owned()));
        }
    }

    /// The connection has been made anew.
    pub(super) fn begin_anew(&mut self) {
        (self.since, self.rounds) = (None, 0);
    }

    /// Whom to ask at `now`, group and name.
    pub(super) fn due(&mut self, now: WallTime) -> impl Iterator<Item = &(String, String)> {
        let since = *self.since.get_or_insert(now);
        let wait = FIRST + SimDuration::from_nanos(PATIENCE.as_nanos() * self.rounds);
        let is_due = self.rounds < ROUNDS && now.since(since) >= wait;
        self.rounds += i64::from(is_due);
        self.nodes.iter().filter(move |_| is_due)
    }
}
