//! Bills of materials: what is released with an order, so that all that goes into a product is made for it.
//!
//! A bill can name types that have bills themselves. Planning writes all of it out: each type has the list of everything that
//! an order of it brings about, with what must have been chosen of the order for that.

use kernel::limits::MATERIALS;

use crate::codes;
use crate::control::options::{Condition, When};
use crate::description::{Map, Name, describe};
use crate::element::ElementIndex;
use crate::part::PartTypeIndex;
use crate::plan::{Directory, Planner};

use super::PartTypeDescription;

describe! {
    /// A line of a bill of materials.
    pub struct RequiredMaterial {
        /// What is needed.
        part_type: Name,
        /// How many for one product.
        amount: u32 = 1,
        /// What must have been chosen of the product for that.
        when: When = When::default(),
        /// The source that releases them with the order.
        source: Name,
    }
}

/// Something that is released with an order.
#[derive(Debug, Clone, PartialEq)]
pub struct MaterialInfo {
    /// Of which type.
    pub part_type: PartTypeIndex,
    /// How many for one product.
    pub amount: u32,
    /// What must have been chosen of the order, at each level of the bill.
    pub(crate) conditions: Vec<Condition>,
    /// The source that releases it.
    pub source: ElementIndex,
}

/// A line of a bill that is written out: the lines that lead there, from the product down.
type Path<'a> = Vec<&'a RequiredMaterial>;

/// Why a bill cannot be written out.
enum Endless<'a> {
    /// A type goes into itself.
    Circle(&'a Name),
    /// There are too many lines.
    TooLong,
}

/// All that an order of the type `name` brings about, each with the lines that lead there.
fn written_out<'a>(part_types: &'a Map<PartTypeDescription>, name: &str) -> Result<Vec<Path<'a>>, Endless<'a>> {
    let mut paths: Vec<Path<'a>> = Vec::new();
    let mut open: Vec<Path<'a>> = vec![Vec::new()];
    while let Some(path) = open.pop() {
        let part_type = path.last().map_or(name, |line| line.part_type.text());
        let bill = part_types.get(part_type).map_or(&[][..], |part_type| &part_type.bill_of_materials);
        for line in bill.iter().rev() {
            let into = line.part_type.text();
            if into == name || path.iter().any(|above| above.part_type.text() == into) {
                return Err(Endless::Circle(&line.part_type));
            }
            open.push(path.iter().copied().chain([line]).collect());
        }
        if !path.is_empty() {
            paths.push(path);
        }
        if paths.len() + open.len() > MATERIALS {
            return Err(Endless::TooLong);
        }
    }
    Ok(paths)
}

/// The sources that release something with an order of the type `name`, in the order of [`plan`]'s lines. What leads nowhere has a
/// number that no element has; it is complained of there.
pub(super) fn sources(part_types: &Map<PartTypeDescription>, name: &str, directory: &Directory) -> Vec<ElementIndex> {
    let paths = written_out(part_types, name).unwrap_or_else(|_| Vec::new());
    let source = |path: &Path<'_>| {
        let (index, _) = directory.elements.get(path.last()?.source.text())?;
        Some(*index)
    };
    paths.iter().map(|path| source(path).unwrap_or(ElementIndex(u32::MAX))).collect()
}

/// All that an order of the type `name` brings about.
pub(super) fn plan(part_types: &Map<PartTypeDescription>, name: &Name, planner: &mut Planner<'_>) -> Vec<MaterialInfo> {
    // Each line is complained of where it stands, and not again for each bill that leads there.
    let own = part_types.get(name.text()).map_or(&[][..], |part_type| &part_type.bill_of_materials);
    for line in own {
        planner.part_type(&line.part_type);
        planner.at_least_one_of(line.amount, "amount", &line.part_type);
        planner.element_of(&line.source, &["Source"]);
        Condition::plan(&line.when, planner);
    }
    let paths = match written_out(part_types, name.text()) {
        Ok(paths) => paths,
        Err(endless) => {
            complain(name, endless, planner);
            return Vec::new();
        }
    };
    let info = |planner: &mut Planner<'_>, path: Path<'_>| {
        let last = path.last()?;
        Some(MaterialInfo {
            part_type: planner.part_type(&last.part_type),
            amount: path.iter().fold(1, |amount: u32, line| amount.saturating_mul(line.amount)),
            conditions: path.iter().map(|line| Condition::plan(&line.when, planner)).collect(),
            source: planner.element(&last.source),
        })
    };
    planner.aside(|planner| paths.into_iter().filter_map(|path| info(planner, path)).collect())
}

fn complain(name: &Name, endless: Endless<'_>, planner: &mut Planner<'_>) {
    let (origin, message, label, help) = match endless {
        // What else leads into a circle is no part of it.
        Endless::Circle(inside) if inside.text() != name.text() => return,
        Endless::Circle(inside) => (
            inside.origin(),
            format!("the bill of materials of \"{}\" leads back to itself", name.text()),
            "a product cannot go into itself".to_owned(),
            "take this line out, or name what really goes in",
        ),
        Endless::TooLong => (
            name.origin(),
            format!("the bill of materials of \"{}\" has no end in sight", name.text()),
            format!("written out over all levels it may have {MATERIALS} lines"),
            "give amounts instead of lines that are alike",
        ),
    };
    planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
}
