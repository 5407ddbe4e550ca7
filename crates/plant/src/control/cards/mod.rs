//! Card loops: what lets parts into a stretch of the plant only as others leave it. CONWIP, kanban, POLCA and
//! drum-buffer-rope are all made of these.
//!
//! ```text
//!  CardLoop (text) -- plan --> CardLoopPlan -- survey --> CardLoopInfo (constant, in the model)
//!                                                |
//!        gates of `from`: seize place and cards (floor/cards.rs) <--> CardAccount (state, in the shop)
//! ```
//!
//! A loop is an element only to have a name, to be changed by `Set` and to be told that a card has come back. No other kind knows
//! of cards, but a buffer, which offers what can go.

mod account;
mod loops;
mod survey;

use bevy_ecs::component::Component;
use kernel::SimDuration;

use crate::codes;
use crate::description::{Describe, Name, Node, Reader, Shape, Value, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, Streams};
use crate::floor::Floor;
use crate::part::PartTypeIndex;
use crate::plan::Planner;
use crate::report::Figures;

pub use account::Card;

pub(crate) use account::CardAccount;
pub(crate) use loops::{CardLoopInfo, CardLoops};
pub(crate) use survey::survey;

describe! {
    /// How much work may be on its way.
    pub enum WorkLimit {
        /// A part is let in while the work of those inside is less.
        Work(
            /// Mean process time at the element that `to` names, summed over the parts.
            time: SimDuration,
        ),
    }
}

/// How much may be inside a card loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardLimit {
    /// So many parts.
    Parts(u32),
    /// Parts with so much work at the end of the loop.
    Work(SimDuration),
}

impl Describe for CardLimit {
    fn shape() -> Shape {
        Shape::one_of(
            "CardLimit",
            "A number of parts, or the work that may be on its way.",
            &["5", r#"Work("4 h")"#],
            vec![WorkLimit::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Call { .. } | Value::Identifier(_) | Value::Struct { .. } => {
                let WorkLimit::Work(time) = WorkLimit::read(node, reader)?;
                Some(CardLimit::Work(time))
            }
            _ => Some(CardLimit::Parts(u32::read(node, reader)?)),
        }
    }
}

impl CardLimit {
    /// Whether it counts work, and not parts.
    pub(crate) fn is_work(self) -> bool {
        matches!(self, CardLimit::Work(_))
    }

    /// In the unit of [`Card::amount`]: parts, or nanoseconds of work.
    pub(crate) fn amount(self) -> i64 {
        match self {
            CardLimit::Parts(parts) => i64::from(parts),
            CardLimit::Work(time) => time.as_nanos(),
        }
    }
}

describe! {
    /// Cards that parts must hold to get somewhere: a part takes one when it comes to an element of `from`, and hands it
    /// back when it leaves those of `to`. While none is free, parts wait where they are.
    ///
    /// A card and a place are taken together, and all cards that a part needs at once: whoever waits for one thing holds nothing
    /// back from others. A card that comes back goes to the part that waits with the highest priority, and of these to the one that
    /// has been offered longest; parts that lack another card, or room, are passed over. Cards are not parts: they take no time
    /// to get back. A part that comes to `from` with its card in hand needs no other one. The card of a part that goes into another
    /// one (an assembly, a batch) goes with it; the end of a part is the end of its stay.
    ///
    /// Parts that wait for a card leave their element `Blocked`. See [Release and control](release.md) for CONWIP, kanban,
    /// POLCA and drum-buffer-rope.
    pub struct CardLoop {
        /// How many parts may be inside at a time, or how much work.
        cards: CardLimit,
        /// Where parts need a card to come in. Sources, branches and merges hold no places and cannot be named.
        from: Vec<Name>,
        /// Where parts hand it back when they leave for anywhere else, but for where the loop begins; where they leave the plant unless given. Of a tool group
        /// its tools count as well.
        to: Vec<Name> = Vec::new(),
        /// The types of the parts that need a card; all unless given.
        part_types: Vec<Name> = Vec::new(),
        /// Whether only parts need a card whose routing leads from `from` to `to` with no other step between them, as with
        /// the cards of POLCA, each of which is for a pair of cells. In any case parts need none whose routing does not
        /// come to `to` any more.
        directly: bool = false,
    }
}

/// A card loop resolved, as far as it knows by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct CardLoopPlan {
    limit: CardLimit,
    from: Vec<ElementIndex>,
    to: Vec<ElementIndex>,
    part_types: Vec<PartTypeIndex>,
    directly: bool,
}

/// What a run changes at a card loop is in its account; here is nothing.
#[derive(Debug, Clone, PartialEq, Default, Component)]
pub struct CardLoopState {}
kernel::persist!(
    struct CardLoopState {}
);

impl ElementKind for CardLoop {
    const NAME: &'static str = "CardLoop";
    const TAKES_PARTS: bool = false;
    const EXAMPLE: &'static str = r#"CardLoop(cards: 5, from: ["mill"], to: ["packing"])"#;
    type Plan = CardLoopPlan;
    type State = CardLoopState;

    fn plan(&self, planner: &mut Planner<'_>) -> CardLoopPlan {
        let mut contradict = |field: &str, message: String, label: &str, help: &str| {
            let origin = planner.origin_of(field);
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
        };
        if self.cards.amount() <= 0 {
            let message = "`cards` of this loop is 0".to_owned();
            contradict("cards", message, "no part could ever come in", "give it a card, or take the loop out");
        }
        if self.from.is_empty() {
            let message = "this loop names no element in `from`".to_owned();
            contradict("from", message, "nothing would need a card", "name the elements that parts come to first");
        }
        if self.directly && self.to.is_empty() {
            let message = "`directly` says where the routing leads, and this loop has no `to`".to_owned();
            contradict("directly", message, "to where?", "name the elements of the second cell in `to`");
        }
        for (field, names) in [("from", &self.from), ("to", &self.to), ("part_types", &self.part_types)] {
            for (number, name) in names.iter().enumerate() {
                if names[..number].iter().any(|other| other.text() == name.text()) {
                    planner.complain(
                        &codes::CONTRADICTION,
                        name.origin(),
                        format!("\"{}\" stands in `{field}` of this loop twice", name.text()),
                        "a part takes and hands back one card",
                        Some("leave one of them out".to_owned()),
                    );
                }
            }
        }
        CardLoopPlan {
            limit: self.cards,
            from: self.from.iter().map(|name| planner.element(name)).collect(),
            to: self.to.iter().map(|name| planner.element(name)).collect(),
            part_types: self.part_types.iter().map(|name| planner.part_type(name)).collect(),
            directly: self.directly,
        }
    }

    fn can_follow(plan: &CardLoopPlan, before: &CardLoopPlan) -> Result<(), String> {
        let counts_alike = std::mem::discriminant(&plan.limit) == std::mem::discriminant(&before.limit);
        if (CardLoopPlan { limit: before.limit, ..plan.clone() }) == *before && counts_alike {
            Ok(())
        } else {
            Err("of a card loop only the number of `cards` can change during a run, or the hours of `Work`".to_owned())
        }
    }

    fn door(_plan: &CardLoopPlan) -> Door {
        Door::Closed
    }

    fn begin(_plan: &CardLoopPlan, _streams: &Streams<'_>) -> CardLoopState {
        CardLoopState {}
    }

    /// A card has come back.
    fn observe(at: At<'_, Self>, floor: &mut Floor<'_>, _watched: ElementIndex) {
        floor.deal_cards(at.me);
    }

    /// Cards that are lost while out are not given out again when they come back.
    fn replanned(at: At<'_, Self>, floor: &mut Floor<'_>, _before: &CardLoopPlan) {
        floor.limit_cards(at.me, at.plan.limit.amount());
    }

    fn figures(_plan: &CardLoopPlan, _state: &CardLoopState, figures: &mut Figures<'_>) {
        figures.cards();
    }
}
