//! What a timed Set changes of a tree.

use plant::description::{Node, Value, nearest};
use plant::element::ElementIndex;
use plant::plant::Plant;

use crate::syntax::write;

/// Everything of a tree but its elements, as text.
pub(super) fn rest_of(root: &Node) -> String {
    let mut rest = root.clone();
    if let Value::Struct { fields, .. } = &mut rest.value {
        // Also where the name of the section has a slip in it, which has been complained of.
        fields.retain(|field| field.name != "elements" && nearest(&field.name, ["elements"]).is_none());
    }
    write(&rest)
}

/// The elements whose description differs between two trees.
pub(super) fn changed_elements(before: &Node, after: &Node, plant: &Plant) -> Vec<ElementIndex> {
    let entries = |root: &Node| -> Vec<(String, String)> {
        let Value::Struct { fields, .. } = &root.value else { return Vec::new() };
        let elements = fields.iter().find(|field| field.name == "elements");
        match elements.map(|field| &field.node.value) {
            Some(Value::Map(entries)) => entries
                .iter()
                .filter_map(|(key, node)| match &key.value {
                    Value::Text(name) => Some((name.clone(), write(node))),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    };
    let (before, after) = (entries(before), entries(after));
    let differs =
        |(name, text): &(String, String)| !before.iter().any(|(other, before)| other == name && before == text);
    after.iter().filter(|entry| differs(entry)).filter_map(|(name, _)| plant.element(name)).collect()
}
