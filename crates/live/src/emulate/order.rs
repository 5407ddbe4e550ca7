//! What somebody in front of an emulated plant can do to it, as words.

use plant::description::Name;
use plant::element::ElementIndex;
use plant::plant::Plant;

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Break an element down.
    Fail(String),
    /// Repair it.
    Repair(String),
    /// End the emulation.
    Quit,
}

/// What can be said.
const WORDS: &str = "fail ELEMENT, repair ELEMENT or quit";

impl Order {
    /// Reads a line; nothing stands in an empty one.
    ///
    /// # Errors
    /// What could have been said instead.
    pub fn read(line: &str) -> Result<Option<Self>, String> {
        let line = line.trim();
        let (word, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let name = name.trim();
        match word {
            "" => Ok(None),
            "quit" if name.is_empty() => Ok(Some(Order::Quit)),
            "fail" if !name.is_empty() => Ok(Some(Order::Fail(name.to_owned()))),
            "repair" if !name.is_empty() => Ok(Some(Order::Repair(name.to_owned()))),
            _ => Err(format!("`{line}` cannot be done: {WORDS}")),
        }
    }
}

/// The element called `name`, which must be one that can break down.
pub(super) fn element(plant: &Plant, name: &str) -> Result<ElementIndex, String> {
    let mut complaints = Vec::new();
    let element = plant.resolve(&mut complaints, |planner| planner.element_with(&Name::from(name), "failures"));
    match complaints.pop() {
        None => Ok(element),
        Some(complaint) => Err(match complaint.help {
            Some(help) => format!("{}: {help}", complaint.message),
            None => complaint.message,
        }),
    }
}
