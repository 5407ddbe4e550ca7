//! Reads the small scenarios of these tests, so that they can be written as a user would write them. It knows just
//! enough of the notation for that and panics on anything else.

use plant::description::{Field, Node, Origin, Value};

/// The value that `text` says.
pub fn node(text: &str) -> Node {
    let mut reader = Text { rest: text };
    let node = reader.value();
    assert_eq!(reader.rest.trim(), "", "text is left over");
    node
}

struct Text<'t> {
    rest: &'t str,
}

impl<'t> Text<'t> {
    fn peek(&mut self) -> char {
        self.rest = self.rest.trim_start();
        self.rest.chars().next().expect("more text")
    }

    fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == wanted;
        if there {
            self.rest = &self.rest[wanted.len_utf8()..];
        }
        there
    }

    /// Takes characters as long as `belongs`.
    fn run(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|letter| !belongs(letter)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    fn value(&mut self) -> Node {
        match self.peek() {
            '"' => Value::Text(self.quoted()).into(),
            '(' => self.brackets(None),
            '[' => {
                self.take('[');
                let mut items = Vec::new();
                while !self.take(']') {
                    items.push(self.value());
                    self.take(',');
                }
                Value::List(items).into()
            }
            '{' => {
                self.take('{');
                let mut entries = Vec::new();
                while !self.take('}') {
                    let key = Value::Text(self.quoted()).into();
                    assert!(self.take(':'), "a colon after a key");
                    entries.push((key, self.value()));
                    self.take(',');
                }
                Value::Map(entries).into()
            }
            '0'..='9' | '-' => {
                let number = self.run(|letter| letter.is_ascii_digit() || "-.".contains(letter));
                match number.parse() {
                    Ok(integer) => Value::Integer(integer).into(),
                    Err(_) => Value::Float(number.parse().expect("a number")).into(),
                }
            }
            _ => {
                let word = self.run(|letter| letter.is_alphanumeric() || letter == '_').to_owned();
                match word.as_str() {
                    "true" | "false" => Value::Bool(word == "true").into(),
                    _ if self.rest.starts_with('(') => self.brackets(Some(word)),
                    _ => Value::Identifier(word).into(),
                }
            }
        }
    }

    fn quoted(&mut self) -> String {
        assert!(self.take('"'), "a quote at {}", self.rest);
        let text = self.run(|letter| letter != '"').to_owned();
        self.take('"');
        text
    }

    /// Fields or arguments.
    fn brackets(&mut self, name: Option<String>) -> Node {
        self.take('(');
        let (mut fields, mut arguments) = (Vec::new(), Vec::new());
        while !self.take(')') {
            self.peek();
            let before = self.rest;
            let word = self.run(|letter| letter.is_alphanumeric() || letter == '_').to_owned();
            if !word.is_empty() && self.take(':') {
                fields.push(Field { name: word, name_origin: Origin::NOWHERE, node: self.value() });
            } else {
                self.rest = before;
                arguments.push(self.value());
            }
            self.take(',');
        }
        let name_origin = Origin::NOWHERE;
        if arguments.is_empty() {
            Value::Struct { name, name_origin, fields }.into()
        } else {
            Value::Call { name, name_origin, arguments }.into()
        }
    }
}
