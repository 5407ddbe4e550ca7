//! Assemblies: several parts become one.

use crate::codes;
use crate::control::cadence::Tempo;
use crate::control::dispatching::DispatchingRule;
use crate::control::options::{Condition, When};
use crate::control::process_time::ProcessTime;
use crate::control::queue::Queue;
use crate::description::{Describe, Map, Name, Node, Reader, Shape, Value, describe};
use crate::element::ElementKind;
use crate::flow::station::WORK_FACETS;
use crate::part::PartTypeIndex;
use crate::plan::Planner;
use crate::work::{Intake, Release, Selection, WorkplacePlan, made_of_work};

describe! {
    /// One line of a bill that several part types can fill.
    pub struct BillLine {
        /// The part types, any of which will do.
        any_of: Vec<Name>,
        /// How many parts.
        amount: u32 = 1,
        /// What must have been chosen of the main part; for others this line is passed over.
        when: When = When::default(),
        /// Whether they must have been made for the order that the main part belongs to.
        same_order: bool = false,
    }
}

/// What goes into one product: amounts by part type, or lines that several types can fill.
#[derive(Debug, Clone, PartialEq)]
pub struct Bill(Vec<BillLine>);

impl Describe for Bill {
    fn shape() -> Shape {
        Shape::one_of(
            "Bill",
            "Amounts by part type, or a list of lines that several part types can fill.",
            &[
                r#"{"housing": 1, "board": 2}"#,
                r#"[(any_of: ["basic", "pro"]), (any_of: ["screw"], amount: 4)]"#,
                r#"[(any_of: ["body"]), (any_of: ["glass roof"], when: {"roof": "glass"}, same_order: true)]"#,
            ],
            vec![BillLine::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::List(_) => Some(Bill(Vec::read(node, reader)?)),
            _ => {
                let amounts: Map<u32> = Map::read(node, reader)?;
                let line = |(name, amount): &(Name, u32)| BillLine {
                    any_of: vec![name.clone()],
                    amount: *amount,
                    when: When::default(),
                    same_order: false,
                };
                Some(Bill(amounts.iter().map(line).collect()))
            }
        }
    }
}

impl Bill {
    /// A part type and the amount of each line, and the line of each part type.
    fn plan(&self, planner: &mut Planner<'_>) -> (Vec<(PartTypeIndex, u32)>, Vec<Option<usize>>) {
        let mut lines = Vec::with_capacity(self.0.len());
        let mut line_of: Vec<Option<usize>> = vec![None; planner.part_type_count()];
        for (index, line) in self.0.iter().enumerate() {
            let mut first = None;
            for name in &line.any_of {
                let part_type = planner.part_type(name);
                first.get_or_insert(part_type);
                // Types that nothing is called by share a number.
                let times = self.0.iter().flat_map(|line| &line.any_of).filter(|other| other.text() == name.text());
                match line_of.get_mut(part_type.index()) {
                    Some(entry @ None) => *entry = Some(index),
                    _ if times.count() < 2 => {}
                    _ => planner.complain(
                        &codes::CONTRADICTION,
                        name.origin(),
                        format!("\"{}\" stands in this bill twice", name.text()),
                        "each part type fills one line",
                        Some("add the amounts up in one line".to_owned()),
                    ),
                }
            }
            lines.push((first.unwrap_or_default(), planner.at_least_one(line.amount, "amount")));
        }
        if self.0.is_empty() || self.0.iter().any(|line| line.any_of.is_empty()) {
            let origin = planner.origin();
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                "this bill has no lines, or a line without part types",
                "nothing could be assembled",
                Some("name at least one part type in each line of `bill`".to_owned()),
            );
        }
        (lines, line_of)
    }

    /// What the lines ask for besides amounts; empty if none does.
    fn selections(&self, planner: &mut Planner<'_>) -> Vec<Selection> {
        let selection =
            |line: &BillLine| Selection { when: Condition::plan(&line.when, planner), same_order: line.same_order };
        let selections: Vec<Selection> = self.0.iter().map(selection).collect();
        if !selections.iter().any(Selection::is_any) {
            return Vec::new();
        }
        if let (Some(line), Some(selection)) = (self.0.first(), selections.first())
            && (line.amount > 1 || selection.is_any())
        {
            let origin = line.any_of.first().map_or(planner.origin(), Name::origin);
            planner.complain(
                &codes::CONTRADICTION,
                origin,
                "the first line of this bill does not say which part is the main one",
                "what is chosen, and for which order, is asked of the main part: one part, always needed",
                Some("begin the bill with a line of one part, without `when` and `same_order`".to_owned()),
            );
        }
        selections
    }
}

describe! {
    /// Joins parts by a bill: work begins when every part of it is there: for the first main part, by the
    /// rule of the queue, for which it is.
    pub struct Assembly {
        /// How many parts of each type go into one product. The first part of the first line is the main part: it
        /// goes on (or becomes the `product`), all others are consumed.
        bill: Bill,
        /// The type of the result; the main part keeps its own type unless given.
        product: Option<Name> = None,
        /// Parallel places, each with one set of parts.
        capacity: u32 = 1,
        /// Time to assemble one set.
        process_time: ProcessTime,
        /// Room for waiting parts, for each line of the bill.
        queue: Queue = Queue { capacity: 0, rule: DispatchingRule::Fifo },
        /// Where the result goes; without it the part follows its routing.
        next: Option<Name> = None,
    }
}

impl ElementKind for Assembly {
    const NAME: &'static str = "Assembly";
    const EXAMPLE: &'static str =
        r#"Assembly(bill: {"housing": 1, "board": 2}, product: "device", process_time: "30 s", queue: 4, next: "out")"#;
    const FACETS: &'static [&'static str] = WORK_FACETS;

    fn plan(&self, planner: &mut Planner<'_>) -> WorkplacePlan {
        let (lines, line_of) = self.bill.plan(planner);
        let selections = self.bill.selections(planner);
        WorkplacePlan {
            places: planner.places(self.capacity, "capacity"),
            queue_capacity: self.queue.capacity,
            rule: self.queue.rule.clone(),
            process: self.process_time.plan(planner),
            tempo: Tempo::default(),
            intake: Intake::Bill {
                lines,
                line_of,
                selections,
                product: self.product.as_ref().map(|product| planner.part_type(product)),
            },
            release: Release::Whole,
            next: self.next.as_ref().map(|next| planner.destination(next)),
            group: None,
            figures: Vec::new(),
            motion: None,
            technology: None,
        }
    }

    made_of_work!();
}
