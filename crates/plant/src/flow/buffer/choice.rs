//! Which part a buffer offers next, and when another one becomes better.
//!
//! What decides whether a part may go, and where, is the same for all parts that are alike, so the first of each line is looked at.

use kernel::{SimDuration, SimTime};

use super::{Buffer, BufferPlan, Exit, OVERTAKING};
use crate::control::dispatching::{DispatchingRule, Waiting, Work};
use crate::control::likeness::{Candidate, Likeness, Line, Sight};
use crate::control::urgency::Urgency;
use crate::element::{At, ElementIndex};
use crate::floor::Floor;
use crate::part::{Part, PartId};

/// The part to be offered next and its exit: the best of those that leave where something can still leave. Who lacks a card holds up
/// nobody who has one.
///
/// Costs the number of lines, not that of the parts; where the rule is fixed when a part comes, no more than those that may not go.
pub(super) fn best(at: &At<'_, Buffer>, floor: &Floor<'_>) -> Option<(Exit, PartId)> {
    let (plan, state) = (at.plan, &*at.state);
    if plan.next.is_some() && !state.served.is_empty() {
        return None;
    }
    let mut with_cards: Option<(Exit, Candidate)> = None;
    let mut without: Option<(Exit, Candidate)> = None;
    // What is on offer may have the cards for its way already, which makes it unlike all others.
    let on_offer = state.offers.iter().map(|(_, part)| plan.waiting(floor, &floor.parts()[*part]));
    let firsts = state.ready.lines().map(|line| (line.iter().next(), first_to_go(at, line)));
    for (head, first) in on_offer.map(|waiting| (None, Some(waiting))).chain(firsts) {
        if let (Some((_, best)), Some(head)) = (&with_cards, head)
            && !plan.rule.looks_anew()
            && *head > best.waiting
        {
            break;
        }
        let Some(first) = first else { continue };
        let exit = plan.exit(floor, first.part());
        if state.served.contains(&exit) {
            continue;
        }
        let ahead = if floor.lacks_cards(first.part(), plan.next) { &mut without } else { &mut with_cards };
        let candidate = plan.candidate(floor, first);
        if ahead.is_none_or(|(_, best)| candidate.compare(&best, floor.now()).is_lt()) {
            *ahead = Some((exit, candidate));
        }
    }
    with_cards.or(without).map(|(exit, best)| (exit, best.waiting.part()))
}

/// The first in a line that nobody is on the way for.
fn first_to_go(at: &At<'_, Buffer>, line: &Line) -> Option<Waiting> {
    line.iter().find(|waiting| !at.state.sent_for.contains(&waiting.part())).copied()
}

/// If a vehicle is on its way for something that leaves where `part` does and is worse by the rule, and it could carry `part` as well,
/// it need not come for that: of several, for what it was sent for last.
pub(super) fn take_back_worse(at: &mut At<'_, Buffer>, floor: &mut Floor<'_>, exit: Exit, part: PartId) {
    if at.state.sent_for.is_empty() || floor.lacks_cards(part, at.plan.next) {
        return;
    }
    let (plan, now) = (at.plan, floor.now());
    let candidate = |part: PartId| plan.candidate(floor, plan.waiting(floor, &floor.parts()[part]));
    let ahead = candidate(part);
    let is_worse = |other: &PartId| {
        plan.exit(floor, *other) == exit
            && floor.could_fetch_instead(*other, part)
            && ahead.compare(&candidate(*other), now).is_lt()
    };
    if let Some(place) = at.state.sent_for.iter().rposition(is_worse) {
        let worse = at.state.sent_for.remove(place);
        floor.withdraw(worse);
    }
}

/// Sets a timer for the moment at which a waiting part becomes more critical than the one on offer.
pub(super) fn watch_overtaking(at: &mut At<'_, Buffer>, floor: &mut Floor<'_>) {
    if at.plan.rule != DispatchingRule::CriticalRatio {
        return;
    }
    if let Some(timer) = at.state.overtaking.take() {
        floor.cancel(timer);
    }
    let now = floor.now();
    let mut first = SimTime::MAX;
    for (exit, on_offer) in &at.state.offers {
        let ahead = at.plan.urgency(floor, *on_offer);
        // Nobody overtakes those that are alike, and of these the first overtakes others first.
        for waiting in at.state.ready.lines().filter_map(|line| first_to_go(at, line)) {
            if at.plan.exit(floor, waiting.part()) == *exit {
                first = first.min(at.plan.urgency(floor, waiting.part()).overtakes(ahead));
            }
        }
    }
    if first < SimTime::MAX {
        at.state.overtaking = Some(floor.set_timer(at.me, (first - now).max(SimDuration::ZERO), OVERTAKING));
    }
}

impl BufferPlan {
    /// Where `part` leaves.
    pub(super) fn exit(&self, floor: &Floor<'_>, part: PartId) -> Exit {
        if self.next.is_some() {
            return Exit::Way(None);
        }
        floor.card_gate(part).map_or(Exit::Way(floor.parts()[part].position), Exit::Gate)
    }

    /// The place of `part` in the line of its like.
    pub(super) fn waiting(&self, floor: &Floor<'_>, part: &Part) -> Waiting {
        self.rule.waiting_with_its_like(part, part.arrived, || self.work_on(floor, part.id))
    }

    /// What choices here ask of `part`: nothing, where all go the same way and the rule is fixed when a part comes.
    pub(super) fn likeness(&self, floor: &Floor<'_>, part: &Part) -> Likeness {
        let asks_for_cards = |next| !floor.model().cards.starting_at(next).is_empty();
        let way = || Likeness::of_way(floor.parts(), part, floor.cards_for_the_way(part));
        match self.rule {
            DispatchingRule::CriticalRatio => way().with_work(self.work_on(floor, part.id).here),
            DispatchingRule::SetupAvoiding => {
                let may_ask = |element: ElementIndex| {
                    let setup = floor.facets[element.index()].setup.as_ref();
                    setup.is_some_and(|(plan, _)| plan.is_by_option())
                };
                let all = || (0..floor.facets.len()).any(|index| may_ask(ElementIndex(index as u32)));
                let asks_for_choices = self.next.map_or_else(all, may_ask);
                if asks_for_choices { way().with_choices(floor.choices_of(part.id)) } else { way() }
            }
            _ if self.next.is_none_or(asks_for_cards) => way(),
            _ => Likeness::default(),
        }
    }

    fn candidate(&self, floor: &Floor<'_>, waiting: Waiting) -> Candidate {
        let sight = match self.rule {
            DispatchingRule::CriticalRatio => Sight::Ratio(self.urgency(floor, waiting.part())),
            DispatchingRule::SetupAvoiding => Sight::Changeover(self.changeover_ns(floor, waiting.part())),
            _ => Sight::Nothing,
        };
        Candidate { breaks_run: false, sight, waiting }
    }

    /// What is still to be done to `part`.
    fn work_on(&self, floor: &Floor<'_>, part: PartId) -> Work {
        let record = &floor.parts()[part];
        let here = self.work.as_ref().map_or(0, |work| work.mean_ns(floor.model(), floor.parts(), record));
        Work::of(record, floor.model(), here)
    }

    fn urgency(&self, floor: &Floor<'_>, part: PartId) -> Urgency {
        let remaining = self.work_on(floor, part).remaining;
        Urgency::of(floor.parts()[part].due, remaining)
    }

    /// Mean time to change over to `part` where it goes next, in nanoseconds; 0 where nothing has to be set up.
    fn changeover_ns(&self, floor: &Floor<'_>, part: PartId) -> f64 {
        let record = &floor.parts()[part];
        let to = match (self.next, floor.model().next_step(record)) {
            (Some(next), _) => Some(next),
            (None, Some(step)) if step.at.len() == 1 => Some(step.at[0]),
            _ => None,
        };
        let setup = to.and_then(|to| floor.facets[to.index()].setup.as_ref());
        match (to, setup) {
            (Some(to), Some((plan, state))) => plan.mean_ns(state, plan.need(to, floor.parts(), part, floor.model())),
            _ => 0.0,
        }
    }
}
