//! Laying one scenario over another: what an overlay says replaces what its base says, and nothing else changes.
//!
//! The rules stand in the documentation of [`super`]; every value keeps the origin of the file that said it, so complaints
//! about a merged element point into the overlay for what it changed and into the base for the rest.

use plant::description::{Complaint, Field, Node, Value, nearest};

use super::codes;
use super::resolve::{Schema, key_name};
use super::typed::{Down, Into, is_bare, short_form};

/// Lays `over` over `base`, both whole scenarios.
pub(crate) fn merge(base: &mut Node, over: Node, schema: &dyn Schema, complaints: &mut Vec<Complaint>) {
    Merger { schema, way: Vec::new(), complaints }.merge(base, over);
}

struct Merger<'m> {
    schema: &'m dyn Schema,
    /// The steps from the root to the value at hand.
    way: Vec<Down>,
    complaints: &'m mut Vec<Complaint>,
}

impl Merger<'_> {
    fn merge(&mut self, base: &mut Node, over: Node) {
        match (&mut base.value, over.value) {
            (
                Value::Struct { name: base_name, name_origin: base_origin, fields: base_fields },
                Value::Struct { name, name_origin, fields },
            ) if base_name.is_none() || name.is_none() || *base_name == name => {
                if base_name.is_none() && name.is_some() {
                    (*base_name, *base_origin) = (name, name_origin);
                }
                for field in fields {
                    self.merge_field(base_name.as_deref(), base_fields, field);
                }
            }
            (Value::Map(base_entries), Value::Map(entries)) => self.merge_entries(base_entries, entries),
            (Value::Struct { fields, .. }, value) if is_bare(&value) => {
                let over = Node { value, origin: over.origin };
                match short_form(&self.way, self.schema) {
                    Some(name) => {
                        let field = Field { name: name.to_owned(), name_origin: over.origin, node: over };
                        self.merge_field(None, fields, field);
                    }
                    None => *base = over,
                }
            }
            (_, value) => *base = Node { value, origin: over.origin },
        }
    }

    /// Merges one level further down.
    fn merge_below(&mut self, word: Option<&str>, into: Into, base: &mut Node, over: Node) {
        self.way.push(Down { word: word.map(str::to_owned), into });
        self.merge(base, over);
        self.way.pop();
    }

    /// Lays `field` over the fields that stand in the brackets behind `word`.
    fn merge_field(&mut self, word: Option<&str>, base: &mut Vec<Field>, field: Field) {
        match base.iter().position(|known| known.name == field.name) {
            Some(place) if field.node.value == Value::Absent => {
                base.remove(place);
            }
            Some(place) => {
                let known = &mut base[place];
                self.merge_below(word, Into::Field(field.name), &mut known.node, field.node);
                // Complaints about the field as such belong to whoever wrote it last, but one that was merely merged into
                // still begins in the base.
                if known.node.origin.source == field.name_origin.source {
                    known.name_origin = field.name_origin;
                }
            }
            None => base.push(field),
        }
    }

    fn merge_entries(&mut self, base: &mut Vec<(Node, Node)>, entries: Vec<(Node, Node)>) {
        // Elements are looked up by name; a plant of 100,000 of them must not cost the square of that.
        let mut places: std::collections::HashMap<String, usize> =
            base.iter().enumerate().map(|(place, (key, _))| (key_name(key).into_owned(), place)).collect();
        let mut removed = Vec::new();
        for (key, value) in entries {
            let name = key_name(&key).into_owned();
            match places.get(&name) {
                Some(&place) if value.value == Value::Absent => removed.push(place),
                Some(&place) => {
                    let replaced = !matches!(value.value, Value::Struct { .. } | Value::Map(_));
                    self.merge_below(None, Into::Entry, &mut base[place].1, value);
                    if replaced {
                        base[place].0.origin = key.origin;
                    }
                }
                None if value.value == Value::Absent => {
                    let near = nearest(&name, places.keys().map(String::as_str)).map(str::to_owned);
                    let complaint = Complaint::new(
                        &codes::NOTHING_TO_REMOVE,
                        key.origin,
                        format!("the base has no \"{name}\" that could be removed"),
                    )
                    .label("`None` removes the entry of this name");
                    self.complaints.push(match near {
                        Some(near) => complaint.help(format!("did you mean \"{near}\"?")),
                        None => complaint,
                    });
                }
                None => {
                    places.insert(name, base.len());
                    base.push((key, value));
                }
            }
        }
        removed.sort_unstable();
        for place in removed.into_iter().rev() {
            base.remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overlay::NoSchema;
    use crate::syntax::{parse, write};

    fn laid(base: &str, over: &str) -> (String, Vec<&'static str>) {
        let mut root = parse(base, 0).root.expect(base);
        let mut complaints = Vec::new();
        merge(&mut root, parse(over, 1).root.expect(over), &NoSchema, &mut complaints);
        (write(&root), complaints.iter().map(|complaint| complaint.code.id).collect())
    }

    #[test]
    fn overlays_change_what_they_name_and_nothing_else() {
        for (base, over, expected) in [
            ("(a:1,b:2)", "(b:3,c:4)", "(a:1,b:3,c:4)"),
            (
                "S(name:\"x\",clock:(start:1,horizon:2))",
                "(clock:(horizon:3))",
                "S(name:\"x\",clock:(start:1,horizon:3))",
            ),
            ("(e:{\"m\":Station(a:1,b:2)})", "(e:{\"m\":(b:3)})", "(e:{\"m\":Station(a:1,b:3)})"),
            ("(e:{\"m\":Station(a:1)})", "(e:{\"m\":Station(b:3)})", "(e:{\"m\":Station(a:1,b:3)})"),
            ("(e:{\"m\":Station(a:1)})", "(e:{\"m\":Buffer(b:3)})", "(e:{\"m\":Buffer(b:3)})"),
            (
                "(e:{\"m\":A(),\"n\":B(),\"o\":C()})",
                "(e:{\"o\":None,\"m\":None,\"p\":D()})",
                "(e:{\"n\":B(),\"p\":D()})",
            ),
            ("(t:Constant(\"1 s\"))", "(t:Exponential(\"2 s\"))", "(t:Exponential(\"2 s\"))"),
            ("(t:LogNormal(mean:1,cv:2))", "(t:LogNormal(cv:3))", "(t:LogNormal(mean:1,cv:3))"),
            ("(t:\"1 s\",a:1)", "(t:None,b:None)", "(a:1,b:None)"),
            ("(l:[1,2,3])", "(l:[4])", "(l:[4])"),
            ("(a:1)", "()", "(a:1)"),
        ] {
            assert_eq!(laid(base, over), (expected.to_owned(), vec![]), "{base} + {over}");
        }
    }

    #[test]
    fn removing_what_is_not_there_is_a_mistake() {
        assert_eq!(laid("(e:{\"mill\":A()})", "(e:{\"mil\":None})"), ("(e:{\"mill\":A()})".into(), vec!["LW0606"]));
    }
}
