//! Rankings: dispatching rules compared one after another, each where those before it find no difference.
//!
//! What of a rule cannot change while a part waits is a key, fixed when the part comes: parts in one line, which are alike
//! in everything but these keys, then keep their order ([`Rank`]), and only the first ones of several lines have to be
//! compared by what does change ([`Head`]). The critical ratio is such a key too: where the work remaining is the same, its
//! order is that of the due dates at any time.

use std::cmp::Ordering;

use kernel::SimTime;

use crate::codes;
use crate::control::dispatching::{DispatchingRule, Work};
use crate::control::urgency::Urgency;
use crate::description::{Describe, Node, Reader, Shape, Value};
use crate::part::{Part, PartId};
use crate::plan::Planner;

/// Most rules of a ranking: as many keys as each waiting part carries.
const RULES: usize = 4;

/// Rules by which waiting parts are compared, the first one first.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking(pub Vec<DispatchingRule>);

impl Describe for Ranking {
    fn shape() -> Shape {
        Shape::one_of(
            "Ranking",
            "A dispatching rule, or a list of up to 4: the first one decides, and each further one where those before it find no \
             difference. What all of them find equal goes by its coming, and of parts that came at the same instant the one born \
             first goes first.",
            &["Edd", "[SetupAvoiding, Priority, CriticalRatio]"],
            vec![DispatchingRule::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::List(_) => Some(Ranking(Vec::read(node, reader)?)),
            _ => Some(Ranking(vec![DispatchingRule::read(node, reader)?])),
        }
    }

    fn write(&self) -> Option<String> {
        match &self.0[..] {
            [rule] => rule.write(),
            rules => rules.to_vec().write(),
        }
    }
}

/// The keys of a waiting part under a ranking, one for each rule, and what decides between equal ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    keys: [i64; RULES],
    pub(crate) arrived: SimTime,
    pub(crate) part: PartId,
}
kernel::persist!(struct Rank { keys, arrived, part });

/// The first part of a line while it is compared with those of other lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'a> {
    pub rank: &'a Rank,
    /// Whether it takes another changeover too soon after the last one.
    pub breaks_run: bool,
    /// Mean time of the changeover that it would take, in nanoseconds; asked for only where a rule looks at it.
    pub changeover_ns: f64,
    /// Mean time of the work remaining, in nanoseconds; asked for only where a rule looks at it.
    pub remaining_ns: i64,
}

impl Ranking {
    /// The same, with what is wrong with it complained of.
    pub(crate) fn plan(&self, field: &str, planner: &mut Planner<'_>) -> Ranking {
        if self.0.is_empty() || self.0.len() > RULES {
            let origin = planner.origin_of(field);
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                format!("`{field}` of this element lists {} rules", self.0.len()),
                format!("expected 1 to {RULES} rules"),
                Some("leave out what hardly ever decides; the last one is always first in, first out".to_owned()),
            );
        }
        Ranking(self.0.iter().take(RULES).cloned().collect())
    }

    /// Whether the changeover that a part would take decides anything.
    pub(crate) fn looks_at_setup(&self) -> bool {
        self.0.contains(&DispatchingRule::SetupAvoiding)
    }

    /// Whether the work remaining decides anything that changes with time.
    pub(crate) fn looks_at_ratio(&self) -> bool {
        self.0.contains(&DispatchingRule::CriticalRatio)
    }

    /// The rank of a part that came at `arrived`. `work` is asked only by rules that look at it.
    pub(crate) fn rank(&self, part: &Part, arrived: SimTime, work: impl Fn() -> Work) -> Rank {
        let mut keys = [0; RULES];
        for (key, rule) in keys.iter_mut().zip(&self.0) {
            *key = match rule {
                // The same for a whole line.
                DispatchingRule::SetupAvoiding => 0,
                DispatchingRule::CriticalRatio => part.due.as_nanos(),
                rule => rule.key(part, arrived, &work),
            };
        }
        Rank { keys, arrived, part: part.id }
    }

    /// Which of the first parts of two lines goes first at `now`.
    #[inline]
    pub(crate) fn compare(&self, one: Head<'_>, other: Head<'_>, now: SimTime) -> Ordering {
        if one.breaks_run != other.breaks_run {
            return one.breaks_run.cmp(&other.breaks_run);
        }
        for (place, rule) in self.0.iter().enumerate() {
            let order = match rule {
                DispatchingRule::SetupAvoiding => one.changeover_ns.total_cmp(&other.changeover_ns),
                DispatchingRule::CriticalRatio => {
                    let urgency =
                        |head: Head<'_>| Urgency::of(SimTime::from_nanos(head.rank.keys[place]), head.remaining_ns);
                    urgency(one).compare(urgency(other), now)
                }
                _ => one.rank.keys[place].cmp(&other.rank.keys[place]),
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        (one.rank.arrived, one.rank.part).cmp(&(other.rank.arrived, other.rank.part))
    }
}
