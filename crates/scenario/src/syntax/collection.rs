//! Lists and maps, also where one is written in the brackets of the other: that is one slip, not one for each item.

use plant::description::{Node, Value};

use super::codes;
use super::duplicate;
use super::lexer::{Bracket, Token};
use super::parser::Parser;
use super::recovery::After;

impl Parser<'_> {
    pub(super) fn list(&mut self, start: u32) -> Option<Node> {
        self.enter(Bracket::Square, start)?;
        if self.at_close(Bracket::Square) {
            return Some(self.list_of(Vec::new(), start));
        }
        let first = self.value();
        if let (Token::Colon, Some(Node { value: Value::Text(_), .. })) = (&self.current.token, &first) {
            let help = "a map is written in curly brackets: { \"name\": value }";
            self.complain_of_bracket(start, "a list has no names", Bracket::Curly, help);
            let entry = first.and_then(|key| self.entry_of(key));
            return Some(self.map_from(entry, Bracket::Square, start));
        }
        Some(self.list_from(first, Bracket::Square, start))
    }

    pub(super) fn map(&mut self, start: u32) -> Option<Node> {
        self.enter(Bracket::Curly, start)?;
        if self.at_close(Bracket::Curly) {
            return Some(self.map_of(Vec::new(), start));
        }
        let first = self.value();
        if let (Token::Comma | Token::Close(Bracket::Curly), Some(_)) = (&self.current.token, &first) {
            let help = "a list is written in square brackets: [value, value]";
            self.complain_of_bracket(start, "a map has names for its values", Bracket::Square, help);
            return Some(self.list_from(first, Bracket::Curly, start));
        }
        let entry = first.and_then(|key| self.entry_of(key));
        Some(self.map_from(entry, Bracket::Curly, start))
    }

    /// The list that begins with `first`, which is missing if it was damaged; it stands in `brackets`.
    fn list_from(&mut self, first: Option<Node>, brackets: Bracket, start: u32) -> Node {
        let mut items = Vec::new();
        let mut item = first;
        loop {
            match item {
                Some(item) => items.push(item),
                None => self.recover(),
            }
            if self.is_over(Bracket::Square, brackets, "list") {
                return self.list_of(items, start);
            }
            item = self.value();
        }
    }

    /// The map that begins with `first`, which is missing if it was damaged; it stands in `brackets`.
    fn map_from(&mut self, first: Option<(Node, Node)>, brackets: Bracket, start: u32) -> Node {
        let mut entries = Vec::new();
        let mut entry = first;
        loop {
            match entry {
                Some(entry) => entries.push(entry),
                None => self.recover(),
            }
            if self.is_over(Bracket::Curly, brackets, "map") {
                return self.map_of(entries, start);
            }
            entry = self.value().and_then(|key| self.entry_of(key));
        }
    }

    /// After an item: whether it was the last.
    fn is_over(&mut self, bracket: Bracket, written: Bracket, container: &str) -> bool {
        self.close_as(bracket, written);
        if let After::Closed = self.after_item(bracket, container) {
            return true;
        }
        self.close_as(bracket, written);
        self.at_close(bracket)
    }

    /// Takes the closing partner of the bracket that was `written` for that of the one that was meant.
    fn close_as(&mut self, meant: Bracket, written: Bracket) {
        if self.current.token == Token::Close(written) {
            self.current.token = Token::Close(meant);
        }
    }

    /// Complains of an opening bracket and goes on as if `meant` stood there.
    fn complain_of_bracket(&mut self, start: u32, message: &str, meant: Bracket, help: &str) {
        let label = format!("expected `{}`", meant.opening());
        self.complain(&codes::UNEXPECTED, self.origin(start, start + 1), message, &label, Some(help));
        if let Some((open, _)) = self.open.last_mut() {
            *open = meant;
        }
    }

    fn list_of(&mut self, items: Vec<Node>, start: u32) -> Node {
        self.leave(Bracket::Square);
        Node { value: Value::List(items), origin: self.origin(start, self.previous_end) }
    }

    fn map_of(&mut self, mut entries: Vec<(Node, Node)>, start: u32) -> Node {
        self.leave(Bracket::Curly);
        duplicate::refuse_repeated_keys(&mut entries, &mut self.record);
        Node { value: Value::Map(entries), origin: self.origin(start, self.previous_end) }
    }

    /// The entry whose key has just been read.
    fn entry_of(&mut self, key: Node) -> Option<(Node, Node)> {
        self.previous_text_is_open();
        if !self.colon() {
            self.unexpected("`:` and a value", "a map entry is written \"key\": value");
            return None;
        }
        let value = self.value()?;
        Some((key, value))
    }
}
