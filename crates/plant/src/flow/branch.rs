//! Branches: where the way of a part is decided - by chance, by what it is, in turn, or by where there is room.
//!
//! A branch holds nothing: the part stays with the element that offers it until its destination takes it. A decision
//! that costs a draw or a turn is made once for each part, however often the part is offered.

use bevy_ecs::component::Component;
use kernel::persist::{Persist, Reader, Unreadable, Writer};
use kernel::{SimTime, Stream};

use crate::codes;
use crate::description::{Map, Name, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, Streams};
use crate::floor::{Floor, Offer, Onward, Passage};
use crate::part::{PartId, PartTypeIndex};
use crate::plan::Planner;
use crate::report::Figures;
use crate::run::RunError;

describe! {
    /// One case of a decision by attribute.
    pub enum AttributeCase {
        /// The attribute is less than a value.
        Below(
            /// The value.
            value: f64,
            /// Where such parts go.
            to: Name,
        ),
        /// The attribute is a value or more.
        AtLeast(
            /// The value.
            value: f64,
            /// Where such parts go.
            to: Name,
        ),
        /// The attribute is exactly a value.
        Equal(
            /// The value.
            value: f64,
            /// Where such parts go.
            to: Name,
        ),
    }
}

describe! {
    /// How a branch decides.
    pub enum BranchRule {
        /// By chance: weights by destination, one draw a part. They need not sum to 1.
        Probability(
            /// The weights.
            weights: Map<f64>,
        ),
        /// By a number that the part carries: the first case that holds.
        Attribute {
            /// The attribute.
            attribute: Name,
            /// The cases, in order.
            cases: Vec<AttributeCase>,
            /// Where parts go for which no case holds.
            otherwise: Name,
        },
        /// By part type; `"*"` stands for all types that are not named.
        PartType(
            /// Destinations by part type.
            destinations: Map<Name>,
        ),
        /// By what was chosen of the part.
        Option {
            /// The option.
            option: Name,
            /// Destinations by choice; `"*"` stands for all that are not named, and for parts without the option.
            destinations: Map<Name>,
        },
        /// In turn.
        Alternation {
            /// The destinations of one round; one that stands there twice gets two parts a round.
            sequence: Vec<Name>,
            /// Whether a part waits for the destination whose turn it is, even if others have room. If not, a
            /// destination without room is passed over.
            strict: bool = true,
        },
        /// To the destination with the fewest parts in it and waiting in front of it, the first of several in the
        /// order given; there it stays in line.
        ShortestQueue(
            /// The destinations.
            among: Vec<Name>,
        ),
        /// To the first destination, in the order given, that has room; if none has, to whichever has room first.
        FirstFree(
            /// The destinations.
            among: Vec<Name>,
        ),
    }
}

describe! {
    /// Decides which way each part goes. It holds nothing: a part whose destination has no room stays where it is.
    pub struct Branch {
        /// How it decides.
        by: BranchRule,
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Condition {
    Below(f64),
    AtLeast(f64),
    Equal(f64),
}

impl Condition {
    fn holds(self, value: f64) -> bool {
        match self {
            Condition::Below(bound) => value < bound,
            Condition::AtLeast(bound) => value >= bound,
            Condition::Equal(wanted) => value == wanted,
        }
    }

    /// Whether it can hold for a value that lies between two.
    fn can_hold(self, (least, most): (f64, f64)) -> bool {
        match self {
            Condition::Below(bound) => least < bound,
            Condition::AtLeast(bound) => most >= bound,
            Condition::Equal(wanted) => (least..=most).contains(&wanted),
        }
    }

    /// Where a value can still lie for which it does not hold.
    fn beyond(self, (least, most): (f64, f64)) -> Option<(f64, f64)> {
        let left = match self {
            Condition::Below(bound) => (least.max(bound), most),
            Condition::AtLeast(bound) if least >= bound => return None,
            Condition::AtLeast(bound) => (least, most.min(bound)),
            Condition::Equal(wanted) if least == wanted && most == wanted => return None,
            Condition::Equal(_) => (least, most),
        };
        (left.0 <= left.1).then_some(left)
    }
}

/// A branch resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct BranchPlan {
    rule: RulePlan,
}

#[derive(Debug, Clone, PartialEq)]
enum RulePlan {
    /// Cumulative shares, the last one 1.
    Probability(Vec<(f64, ElementIndex)>),
    Attribute {
        index: usize,
        cases: Vec<(Condition, ElementIndex)>,
        otherwise: ElementIndex,
    },
    /// By part type; `None` where the scenario names no destination.
    PartType(Vec<Option<ElementIndex>>),
    /// By the number of the choice, from 0 (none); `None` where the scenario names no destination.
    Option {
        option: usize,
        destinations: Vec<Option<ElementIndex>>,
    },
    Alternation {
        sequence: Vec<ElementIndex>,
        strict: bool,
    },
    ShortestQueue(Vec<ElementIndex>),
    FirstFree(Vec<ElementIndex>),
}

/// A decision that stands until the part has left its holder.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Commitment {
    part: PartId,
    holder: ElementIndex,
    /// When the part came to its holder: tells a second visit from the first.
    arrived: SimTime,
    to: ElementIndex,
}

impl Persist for Commitment {
    fn write(&self, writer: &mut Writer) {
        let Commitment { part, holder, arrived, to } = *self;
        part.write(writer);
        (holder, arrived, to).write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        // It is forgotten at the next decision, and its part may be gone before.
        let part = PartId::read_of_any(reader)?;
        let (holder, arrived, to) = Persist::read(reader)?;
        Ok(Commitment { part, holder, arrived, to })
    }
}

/// What a run changes at a branch.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct BranchState {
    stream: Stream,
    /// Place in the sequence of an alternation.
    turn: usize,
    commitments: Vec<Commitment>,
    decisions: u64,
}
kernel::persist!(struct BranchState { stream, turn, commitments, decisions });

impl ElementKind for Branch {
    const NAME: &'static str = "Branch";
    const EXAMPLE: &'static str = r#"Branch(by: Attribute(
    attribute: "length",
    cases: [Below(0.5, "short goods"), AtLeast(2.0, "long goods")],
    otherwise: "out",
))"#;
    type Plan = BranchPlan;
    type State = BranchState;

    fn plan(&self, planner: &mut Planner<'_>) -> BranchPlan {
        BranchPlan { rule: self.by.plan(planner) }
    }

    fn door(_plan: &BranchPlan) -> Door {
        Door::Through
    }

    fn begin(_plan: &BranchPlan, streams: &Streams<'_>) -> BranchState {
        BranchState { stream: streams.stream("branch"), turn: 0, commitments: Vec::new(), decisions: 0 }
    }

    fn fits(plan: &BranchPlan, state: &BranchState) -> bool {
        match &plan.rule {
            RulePlan::Alternation { sequence, .. } => state.turn < sequence.len(),
            _ => true,
        }
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        floor.set_onward(at.me, at.plan.onward());
    }

    fn replanned(at: At<'_, Self>, floor: &mut Floor<'_>, _before: &BranchPlan) {
        floor.set_onward(at.me, at.plan.onward());
        let round = match &at.plan.rule {
            RulePlan::Alternation { sequence, .. } => sequence.len(),
            _ => 1,
        };
        at.state.turn %= round;
    }

    fn route(at: At<'_, Self>, floor: &mut Floor<'_>, offer: Offer) {
        let offer = Offer { via: at.me, ..offer };
        match &at.plan.rule {
            RulePlan::Probability(shares) => {
                commit(at.state, floor, offer, |state, _| {
                    let draw = state.stream.uniform();
                    pick(shares, draw)
                });
            }
            RulePlan::Attribute { index, cases, otherwise } => {
                at.state.decisions += 1;
                let value = floor.parts().attributes(offer.part)[*index];
                let case = cases.iter().find(|(condition, _)| condition.holds(value));
                floor.pass_on(offer, case.map_or(*otherwise, |(_, to)| *to));
            }
            RulePlan::PartType(destinations) => {
                at.state.decisions += 1;
                let part_type = floor.parts()[offer.part].part_type;
                pass_on_or_fail(at.me, floor, offer, destinations[part_type.index()]);
            }
            RulePlan::Option { option, destinations } => {
                at.state.decisions += 1;
                let choice = floor.model().choice(floor.parts().attributes(offer.part), *option);
                pass_on_or_fail(at.me, floor, offer, destinations.get(usize::from(choice)).copied().flatten());
            }
            RulePlan::Alternation { sequence, strict: true } => {
                commit(at.state, floor, offer, |state, _| {
                    let to = sequence[state.turn];
                    state.turn = (state.turn + 1) % sequence.len();
                    to
                });
            }
            RulePlan::Alternation { sequence, strict: false } => {
                at.state.decisions += 1;
                let (passed, next) = sequence.split_at(at.state.turn);
                let round = || next.iter().chain(passed);
                match round().position(|to| floor.leads_to_room(*to, offer.part)) {
                    Some(place) => {
                        let chosen = (at.state.turn + place) % sequence.len();
                        at.state.turn = (chosen + 1) % sequence.len();
                        floor.pass_on(offer, sequence[chosen]);
                    }
                    None => floor.wait_for_any(offer, sequence),
                }
            }
            RulePlan::ShortestQueue(among) => {
                commit(at.state, floor, offer, |_, floor| {
                    let shortest = among.iter().copied().min_by_key(|to| floor.line_length(*to));
                    shortest.unwrap_or(offer.via)
                });
            }
            RulePlan::FirstFree(among) => {
                at.state.decisions += 1;
                match among.iter().copied().find(|to| floor.leads_to_room(*to, offer.part)) {
                    Some(to) => {
                        floor.pass_on(offer, to);
                    }
                    None => floor.wait_for_any(offer, among),
                }
            }
        }
    }

    fn reset_statistics(at: At<'_, Self>, _now: SimTime) {
        at.state.decisions = 0;
    }

    fn figures(_plan: &BranchPlan, state: &BranchState, figures: &mut Figures<'_>) {
        figures.number("decisions", state.decisions as f64);
    }
}

/// Offers the part where it was sent before, or else where `decide` sends it, and remembers that while it waits.
fn commit(
    state: &mut BranchState,
    floor: &mut Floor<'_>,
    offer: Offer,
    decide: impl FnOnce(&mut BranchState, &Floor<'_>) -> ElementIndex,
) {
    let stands = |made: &Commitment| {
        let part = floor.parts().find(made.part);
        part.is_some_and(|part| (part.location, part.arrived) == (made.holder, made.arrived))
    };
    state.commitments.retain(stands);
    if let Some(made) = state.commitments.iter().find(|made| made.part == offer.part) {
        let to = made.to;
        floor.pass_on(offer, to);
        return;
    }
    let to = decide(state, floor);
    state.decisions += 1;
    let arrived = floor.parts()[offer.part].arrived;
    if floor.pass_on(offer, to) == Passage::Waiting {
        state.commitments.push(Commitment { part: offer.part, holder: offer.holder, arrived, to });
    }
}

/// The destination whose share `draw`, uniform on [0, 1), falls into.
fn pick(shares: &[(f64, ElementIndex)], draw: f64) -> ElementIndex {
    let place = shares.partition_point(|(up_to, _)| *up_to <= draw);
    shares[place.min(shares.len() - 1)].1
}

impl BranchPlan {
    /// Where parts of a type can be sent, whose attributes lie between the `numbers`.
    pub(crate) fn destinations(
        &self,
        part_type: PartTypeIndex,
        numbers: impl Fn(usize) -> Vec<(f64, f64)>,
    ) -> Vec<ElementIndex> {
        match &self.rule {
            RulePlan::Probability(shares) => shares.iter().map(|(_, to)| *to).collect(),
            RulePlan::PartType(destinations) => {
                destinations.get(part_type.index()).copied().flatten().into_iter().collect()
            }
            RulePlan::Option { destinations, .. } => destinations.iter().copied().flatten().collect(),
            RulePlan::Alternation { sequence: among, .. }
            | RulePlan::ShortestQueue(among)
            | RulePlan::FirstFree(among) => among.clone(),
            RulePlan::Attribute { index, cases, otherwise } => {
                let mut to = Vec::new();
                for range in numbers(*index) {
                    let mut left = Some(range);
                    for (condition, destination) in cases {
                        let Some(range) = left else { break };
                        if condition.can_hold(range) {
                            to.push(*destination);
                        }
                        left = condition.beyond(range);
                    }
                    if left.is_some() {
                        to.push(*otherwise);
                    }
                }
                to
            }
        }
    }

    /// Where parts go on, if any of the destinations will do for any part.
    fn onward(&self) -> Onward {
        let destinations = match &self.rule {
            RulePlan::Alternation { sequence: among, strict: false }
            | RulePlan::ShortestQueue(among)
            | RulePlan::FirstFree(among) => among.clone(),
            _ => Vec::new(),
        };
        Onward { destinations, priorities: Vec::new() }
    }
}

/// Passes a part on, or ends the run where it has nowhere to go.
fn pass_on_or_fail(me: ElementIndex, floor: &mut Floor<'_>, offer: Offer, to: Option<ElementIndex>) {
    match to {
        Some(to) => {
            floor.pass_on(offer, to);
        }
        None => {
            let model = floor.model();
            let error = RunError::NotAccepted {
                at: floor.now(),
                element: model.elements[me.index()].name.clone(),
                part_type: model.part_type(floor.parts()[offer.part].part_type).name.clone(),
                from: model.elements[offer.holder.index()].name.clone(),
            };
            floor.fail_run(error);
        }
    }
}

impl BranchRule {
    fn plan(&self, planner: &mut Planner<'_>) -> RulePlan {
        match self {
            BranchRule::Probability(weights) => RulePlan::Probability(plan_shares(weights, planner)),
            BranchRule::Attribute { attribute, cases, otherwise } => RulePlan::Attribute {
                index: planner.attribute(attribute),
                cases: cases.iter().map(|case| case.plan(planner)).collect(),
                otherwise: planner.destination(otherwise),
            },
            BranchRule::PartType(destinations) => {
                let others = destinations.get("*").map(|to| planner.destination(to));
                let mut table = vec![others; planner.part_type_count()];
                for (part_type, to) in destinations.iter().filter(|(name, _)| name.text() != "*") {
                    let to = planner.destination(to);
                    let index = planner.part_type(part_type).index();
                    if let Some(entry) = table.get_mut(index) {
                        *entry = Some(to);
                    }
                }
                RulePlan::PartType(table)
            }
            BranchRule::Option { option, destinations } => {
                let others = destinations.get("*").map(|to| planner.destination(to));
                let found = planner.option(option);
                let choices =
                    found.and_then(|option| planner.options().get(option)).map_or(0, |info| info.choices.len());
                let mut table = vec![others; choices + 1];
                for (choice, to) in destinations.iter().filter(|(name, _)| name.text() != "*") {
                    let to = planner.destination(to);
                    let number = found.map_or(0, |option| planner.choice(option, choice));
                    if let Some(entry) = table.get_mut(usize::from(number)) {
                        *entry = Some(to);
                    }
                }
                RulePlan::Option { option: found.unwrap_or(0), destinations: table }
            }
            BranchRule::Alternation { sequence, strict } => {
                RulePlan::Alternation { sequence: plan_destinations(sequence, "sequence", planner), strict: *strict }
            }
            BranchRule::ShortestQueue(among) => {
                RulePlan::ShortestQueue(plan_destinations(among, "ShortestQueue", planner))
            }
            BranchRule::FirstFree(among) => RulePlan::FirstFree(plan_destinations(among, "FirstFree", planner)),
        }
    }
}

impl AttributeCase {
    fn plan(&self, planner: &mut Planner<'_>) -> (Condition, ElementIndex) {
        match self {
            AttributeCase::Below(value, to) => (Condition::Below(*value), planner.destination(to)),
            AttributeCase::AtLeast(value, to) => (Condition::AtLeast(*value), planner.destination(to)),
            AttributeCase::Equal(value, to) => (Condition::Equal(*value), planner.destination(to)),
        }
    }
}

/// Cumulative shares by destination. Never empty: what is wrong is complained of.
fn plan_shares(weights: &Map<f64>, planner: &mut Planner<'_>) -> Vec<(f64, ElementIndex)> {
    let sum: f64 = weights.iter().map(|(_, weight)| weight.max(0.0)).sum();
    if sum <= 0.0 || weights.iter().any(|(_, weight)| *weight < 0.0) {
        let origin = weights.first().map_or(planner.origin(), |(name, _)| name.origin());
        planner.complain(
            &codes::CONTRADICTION,
            origin,
            "the weights of a branch must not be negative, nor all be zero",
            "in these weights",
            Some("give each destination its share, as in {\"polish\": 0.9, \"rework\": 0.1}".to_owned()),
        );
        return vec![(1.0, planner.me())];
    }
    let mut up_to = 0.0;
    let mut shares = Vec::with_capacity(weights.len());
    for (name, weight) in weights {
        let to = planner.destination(name);
        if *weight > 0.0 {
            up_to += weight / sum;
            shares.push((up_to, to));
        }
    }
    shares
}

/// The elements called `names`. Never empty: an empty list is complained of.
fn plan_destinations(names: &[Name], field: &str, planner: &mut Planner<'_>) -> Vec<ElementIndex> {
    if names.is_empty() {
        let origin = planner.origin();
        planner.complain(
            &codes::CONTRADICTION,
            origin,
            "this branch leads nowhere",
            format!("`{field}` is empty"),
            Some("name at least one destination".to_owned()),
        );
        return vec![planner.me()];
    }
    names.iter().map(|name| planner.destination(name)).collect()
}
