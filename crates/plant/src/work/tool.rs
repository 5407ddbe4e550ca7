//! Tools: workplaces that take what they work on from the lines of a group.
//!
//! A tool does nothing by itself about what comes next. It leaves a signal when it has come free, and its group gives it a part
//! or leaves it to rest when everything else at that instant has happened. Its state is brought in line only then, so that a
//! tool that goes straight on to the next part is not seen to wait in between.

use super::{AtWork, Work};
use crate::element::ElementIndex;
use crate::floor::{Floor, Signal};
use crate::part::PartId;

impl Work<'_> {
    /// Whom routings name for what is done here: the group, if this is one of its tools.
    pub(super) fn named(&self) -> ElementIndex {
        self.plan.group.unwrap_or(self.me)
    }

    /// A place is free, or may have come free: whoever chooses what to work on next is asked to.
    #[inline(always)]
    pub(super) fn ask_for_work(&self, floor: &mut Floor<'_>) {
        match self.plan.group {
            // What it was given and could not begin with comes first.
            Some(group) if floor.unit(self.me).line.is_empty() => {
                floor.signal(group, Signal::Observe { watched: self.me });
            }
            _ => floor.request_dispatch(self.me),
        }
    }
}

impl Floor<'_> {
    /// Whether `tool` is free to take a part now: it has room, is open and begins by itself.
    #[inline]
    pub(crate) fn can_take(&self, tool: ElementIndex) -> bool {
        let unit = self.unit(tool);
        unit.gate.room > 0 && unit.is_open() && !unit.told.starts
    }

    /// The waiting of `part` in the lines of `group` is over: it is counted.
    pub(crate) fn end_wait_in_group(&mut self, group: ElementIndex, part: PartId) {
        let (now, since) = (self.shop.now, self.shop.statistics_since);
        let waited = now - self.shop.parts[part].arrived.max(since);
        self.unit_mut(group).count_wait(waited);
    }

    /// Gives `part` of `group` to `tool`, to be worked on with whatever else it is given before it begins.
    pub(crate) fn give_to_tool(&mut self, group: ElementIndex, part: PartId, tool: ElementIndex) {
        self.end_wait_in_group(group, part);
        self.transfer(group, part, tool);
        let now = self.shop.now;
        self.unit_mut(tool).line.push_arrived(part, now);
        self.free_own_place(group);
    }

    /// `tool`, which has room, begins with what it was given, at once or when it is warm.
    pub(crate) fn begin_at_tool(&mut self, tool: ElementIndex) {
        self.unit_mut(tool).gate.lose();
        AtWork(tool).with(self, |work, floor| work.dispatch(floor));
    }

    /// There is nothing for `tool`: its state follows.
    pub(crate) fn rest_tool(&mut self, tool: ElementIndex) {
        self.unit_mut(tool).hears_arrivals = true;
        AtWork(tool).with(self, |work, floor| work.refresh(floor));
    }
}
