//! Options: what can be chosen of a product, and what depends on the choice - times, steps, ways, setups, parts of a bill.
//!
//! A part carries what was chosen of it as numbers, beside its attributes: 0 where its type has no such option, else the place of
//! the choice in the list of the option's choices, from 1. So a choice travels with the part, and whoever asks looks it up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::codes;
use crate::description::{Complaint, Describe, Map, Name, Node, Reader, Shape, Value};
use crate::model::{Model, PartTypeInfo};
use crate::plan::Planner;
use crate::plant::PartTypeDescription;

/// The choices of an option and how often each is taken where nothing else says: by weight, or all alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices(pub Vec<(Name, f64)>);

impl Describe for Choices {
    fn shape() -> Shape {
        Shape::one_of(
            "Choices",
            "Weights by choice, or a list of choices that are equally likely.",
            &[r#"{"red": 3, "blue": 1}"#, r#"["red", "blue"]"#],
            Vec::new(),
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let choices = match &node.value {
            Value::List(_) => Vec::<Name>::read(node, reader)?.into_iter().map(|name| (name, 1.0)).collect(),
            _ => Map::<f64>::read(node, reader)?.iter().cloned().collect::<Vec<(Name, f64)>>(),
        };
        Some(Choices(choices))
    }
}

/// What must have been chosen: of each option named one of some choices.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct When(pub Vec<(Name, Vec<Name>)>);

/// One choice, or any of several.
#[derive(Debug, Clone, PartialEq)]
struct AnyOf(Vec<Name>);

impl Describe for AnyOf {
    fn shape() -> Shape {
        Shape::one_of(
            "AnyOf",
            "A choice, or a list of choices of which any will do.",
            &[r#""glass""#, r#"["glass", "panorama"]"#],
            Vec::new(),
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::List(_) => Some(AnyOf(Vec::read(node, reader)?)),
            _ => Some(AnyOf(vec![Name::read(node, reader)?])),
        }
    }
}

impl Describe for When {
    fn shape() -> Shape {
        Shape::one_of(
            "When",
            "Choices by option, all of which must have been made: one choice, or a list of which any will do. In a table \
             `roof: glass | panorama; colour: red`.",
            &[r#"{"roof": "glass"}"#, r#"{"roof": ["glass", "panorama"], "colour": "red"}"#],
            Vec::new(),
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let options: Map<AnyOf> = Map::read(node, reader)?;
        Some(When(options.iter().map(|(option, AnyOf(choices))| (option.clone(), choices.clone())).collect()))
    }

    fn read_cell(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Value::Text(text) = &node.value else { return Self::read(node, reader) };
        let mut options = Vec::new();
        for option in text.split(';').filter(|option| !option.trim().is_empty()) {
            let Some((name, choices)) = option.split_once(':') else {
                let message = format!("\"{}\" does not say which choice of which option", option.trim());
                let wrong = Complaint::new(&codes::CONTRADICTION, node.origin, message)
                    .label("expected `option: choice`")
                    .help("write as in `roof: glass | panorama; colour: red`");
                reader.complain(wrong);
                return None;
            };
            let mut read = |text: &str| {
                let value = Value::Text(text.trim().to_owned());
                Name::read(&Node { value, ..node.clone() }, reader)
            };
            options.push((read(name)?, choices.split('|').map(&mut read).collect::<Option<Vec<Name>>>()?));
        }
        Some(When(options))
    }

    fn write(&self) -> Option<String> {
        self.0.is_empty().then(|| "{}".to_owned())
    }
}

/// An option of parts, as names refer to it.
#[derive(Debug, Clone, PartialEq)]
pub struct OptionInfo {
    /// Its name.
    pub name: Arc<str>,
    /// What can be chosen, in name order, over all part types that have it.
    pub choices: Vec<Arc<str>>,
    /// How often each is chosen where nothing else says, from 0 to 1: the mean over those part types.
    shares: Vec<f64>,
}

impl OptionInfo {
    /// How often each choice is made, in the order of the choices.
    pub(crate) fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The options of all part types, in name order.
    pub(crate) fn all(part_types: &Map<PartTypeDescription>) -> Vec<OptionInfo> {
        let mut options: BTreeMap<&str, Vec<&Choices>> = BTreeMap::new();
        for (name, choices) in part_types.iter().flat_map(|(_, part_type)| part_type.options.iter()) {
            options.entry(name.text()).or_default().push(choices);
        }
        let info = |(name, of_types): (&str, Vec<&Choices>)| {
            let choices: BTreeSet<&str> =
                of_types.iter().flat_map(|Choices(choices)| choices.iter().map(|(name, _)| name.text())).collect();
            let share = |choice: &&str| {
                let of_type = |Choices(choices): &&Choices| {
                    let sum: f64 = choices.iter().map(|(_, weight)| weight.max(0.0)).sum();
                    let own = choices.iter().find(|(name, _)| name.text() == *choice);
                    own.map_or(0.0, |(_, weight)| weight.max(0.0) / if sum > 0.0 { sum } else { 1.0 })
                };
                of_types.iter().map(of_type).sum::<f64>() / of_types.len() as f64
            };
            let shares = choices.iter().map(share).collect();
            OptionInfo { name: name.into(), choices: choices.into_iter().map(Into::into).collect(), shares }
        };
        options.into_iter().map(info).collect()
    }
}

/// Cumulative shares of the choices of an option for one part type, the last one 1, with their numbers from 1.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceLaw(Vec<(f64, u16)>);

impl ChoiceLaw {
    /// That of one option of a part type.
    pub(crate) fn plan(option: usize, name: &Name, choices: &Choices, planner: &mut Planner<'_>) -> ChoiceLaw {
        let sum: f64 = choices.0.iter().map(|(_, weight)| weight.max(0.0)).sum();
        if sum <= 0.0 || choices.0.iter().any(|(_, weight)| *weight < 0.0) {
            planner.complain(
                &codes::CONTRADICTION,
                name.origin(),
                format!("nothing can be chosen of the option \"{}\"", name.text()),
                "its weights must not be negative, nor all be zero",
                Some("give each choice its weight, as in {\"red\": 3, \"blue\": 1}".to_owned()),
            );
        }
        let mut up_to = 0.0;
        let mut law = Vec::with_capacity(choices.0.len());
        for (choice, weight) in &choices.0 {
            let number = planner.choice(option, choice);
            if *weight > 0.0 {
                up_to += weight / sum;
                law.push((up_to, number));
            }
        }
        ChoiceLaw(law)
    }

    /// The choice that a number from 0 to below 1 stands for.
    pub(crate) fn choice(&self, draw: f64) -> u16 {
        self.0.iter().find(|(up_to, _)| draw < *up_to).or(self.0.last()).map_or(0, |(_, choice)| *choice)
    }
}

/// What must have been chosen, resolved. Without options it always holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Condition(Vec<(usize, Vec<u16>)>);

impl Condition {
    /// Resolves it; of options and choices that do not exist it is complained.
    pub(crate) fn plan(when: &When, planner: &mut Planner<'_>) -> Condition {
        let mut options = Vec::with_capacity(when.0.len());
        for (name, choices) in &when.0 {
            let Some(option) = planner.option(name) else { continue };
            options.push((option, choices.iter().map(|choice| planner.choice(option, choice)).collect()));
        }
        Condition(options)
    }

    /// Whether it asks for nothing.
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it holds for what was chosen of each option.
    pub(crate) fn holds(&self, chosen: impl Fn(usize) -> u16) -> bool {
        self.0.iter().all(|(option, choices)| choices.contains(&chosen(*option)))
    }

    /// Whether it holds for a part that carries these numbers.
    pub(crate) fn holds_for(&self, numbers: &[f64], model: &Model) -> bool {
        self.holds(|option| model.choice(numbers, option))
    }

    /// The share of parts for which it holds where nothing else says what is chosen: options do not depend on each other.
    pub(crate) fn share(&self, planner: &Planner<'_>) -> f64 {
        let of_option = |(option, choices): &(usize, Vec<u16>)| {
            let shares = planner.options().get(*option).map_or(&[][..], |info| &info.shares);
            let share = |choice: &u16| shares.get(usize::from(*choice).wrapping_sub(1)).copied().unwrap_or(0.0);
            choices.iter().map(share).sum::<f64>()
        };
        self.0.iter().map(of_option).product::<f64>().min(1.0)
    }
}

/// What an order or a part in the plant says is chosen, resolved: it must be an option that its type has.
pub(crate) fn plan_choices(
    said: &Map<Name>,
    part_type: &Name,
    part_types: &[PartTypeInfo],
    planner: &mut Planner<'_>,
) -> Vec<(usize, u16)> {
    let mut choices = Vec::with_capacity(said.len());
    for (name, choice) in said {
        let Some(option) = planner.option(name) else { continue };
        let index = planner.aside(|planner| planner.part_type(part_type)).index();
        if part_types.get(index).is_some_and(|info| info.options.get(option).is_some_and(Option::is_none)) {
            planner.complain(
                &codes::CONTRADICTION,
                name.origin(),
                format!("parts of the type \"{}\" have no option \"{}\"", part_type.text(), name.text()),
                "nothing can be chosen here",
                Some("name an option in the `options` of their type, or leave this out".to_owned()),
            );
        }
        choices.push((option, planner.choice(option, choice)));
    }
    choices
}
