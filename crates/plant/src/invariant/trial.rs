//! Plants for tests, written in the notation of scenarios: just enough of a reader to make nodes from text.

use std::sync::Arc;

use crate::description::{Field, FieldSet, Node, Origin, Reader, Value};
use crate::plant::{Plant, PlantDescription};
use crate::registry::Registry;
use crate::run::Run;

/// The plant that `text` describes, which is the inside of a scenario's outermost brackets.
pub(crate) fn plant(text: &str) -> Plant {
    let node = Parser { rest: text }.fields(None);
    let registry = Arc::new(Registry::default());
    let mut reader = Reader::without_tables();
    let description = FieldSet::of(&node, "Scenario", &mut reader)
        .and_then(|fields| PlantDescription::read(&fields, &registry, &mut reader));
    let complaints = reader.into_complaints();
    assert!(complaints.is_empty(), "{complaints:#?}");
    description.expect("no complaints").plan(&registry).expect("a plant without contradictions")
}

/// A run of the plant that `text` describes.
pub(crate) fn run(text: &str, seed: u64) -> Run {
    Run::new(Arc::new(plant(text)), seed, 0).expect("a plant without plugins")
}

struct Parser<'t> {
    rest: &'t str,
}

impl Parser<'_> {
    fn peek(&mut self) -> char {
        self.rest = self.rest.trim_start();
        self.rest.chars().next().unwrap_or(')')
    }

    fn take(&mut self, expected: char) -> bool {
        let found = self.peek() == expected && !self.rest.is_empty();
        if found {
            self.rest = &self.rest[expected.len_utf8()..];
        }
        found
    }

    fn until(&mut self, ends: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn items<T>(&mut self, close: char, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        while self.peek() != close {
            items.push(item(self));
            self.take(',');
        }
        self.take(close);
        items
    }

    fn fields(&mut self, name: Option<String>) -> Node {
        let fields = self.items(')', |parser| {
            parser.peek();
            let name = parser.until(|letter| !letter.is_alphanumeric() && letter != '_');
            assert!(parser.take(':'), "`{name}` needs a colon before {}", parser.rest);
            Field { name, name_origin: Origin::NOWHERE, node: parser.value() }
        });
        Value::Struct { name, name_origin: Origin::NOWHERE, fields }.into()
    }

    fn brackets(&mut self, name: Option<String>) -> Node {
        self.peek();
        let word = self.rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(0);
        let named = word > 0 && self.rest[word..].trim_start().starts_with(':');
        if named || self.peek() == ')' {
            return self.fields(name);
        }
        let arguments = self.items(')', Parser::value);
        Value::Call { name, name_origin: Origin::NOWHERE, arguments }.into()
    }

    fn value(&mut self) -> Node {
        match self.peek() {
            '"' => {
                self.take('"');
                let text = self.until(|letter| letter == '"');
                self.take('"');
                Node::text(&text)
            }
            '[' => {
                self.take('[');
                Node::list(self.items(']', Parser::value))
            }
            '{' => {
                self.take('{');
                let entry = |parser: &mut Self| {
                    let key = parser.value();
                    assert!(parser.take(':'), "an entry needs a colon before {}", parser.rest);
                    (key, parser.value())
                };
                Value::Map(self.items('}', entry)).into()
            }
            '(' => {
                self.take('(');
                self.brackets(None)
            }
            letter if letter.is_alphabetic() => {
                let word = self.until(|letter| !letter.is_alphanumeric() && letter != '_');
                match word.as_str() {
                    "true" | "false" => Node::boolean(word == "true"),
                    "None" => Node::absent(),
                    _ if self.take('(') => self.brackets(Some(word)),
                    _ => Node::identifier(&word),
                }
            }
            _ => {
                let number = self.until(|letter| !letter.is_ascii_digit() && letter != '.' && letter != '-');
                match number.parse::<i64>() {
                    Ok(whole) => Node::integer(whole),
                    Err(_) => Node::float(number.parse().expect("a number")),
                }
            }
        }
    }
}
