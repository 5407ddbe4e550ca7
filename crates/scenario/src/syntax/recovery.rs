//! Brackets, separators, and the way on after a mistake.
//!
//! The parser's second half: what opens and closes, what stands between items, which slip of the pen explains a token that
//! does not belong (a quote or bracket left open, a missing comma, a quantity without quotes), and where to go on.

use kernel::limits;
use plant::description::Complaint;

use super::codes;
use super::lexer::{Bracket, Lexeme, Token};
use super::parser::Parser;
use super::record::Record;
use super::text;

/// What follows an item in a bracket.
pub(super) enum After {
    Item,
    Closed,
}

impl<'t> Parser<'t> {
    /// Consumes an opening bracket.
    pub(super) fn enter(&mut self, bracket: Bracket, start: u32) -> Option<()> {
        if self.open.len() >= limits::NESTING {
            self.complain(
                &codes::TOO_DEEP,
                self.origin(start, start + 1),
                "brackets are nested too deeply",
                &format!("more than {} levels", limits::NESTING),
                None,
            );
            // The token was taken out by `value`; put the bracket back so that it is skipped as a whole.
            self.current.token = Token::Open(bracket);
            return None;
        }
        self.open.push((bracket, start));
        self.advance();
        Some(())
    }

    /// Whether the innermost bracket ends here, by its own closing bracket or for want of it.
    pub(super) fn at_close(&self, bracket: Bracket) -> bool {
        match self.current.token {
            Token::Close(closing) => closing == bracket || self.is_open_outside(closing),
            Token::End => true,
            _ => false,
        }
    }

    fn is_open_outside(&self, bracket: Bracket) -> bool {
        let outside = self.open.len().saturating_sub(1);
        self.open[..outside].iter().any(|(open, _)| *open == bracket)
    }

    /// Consumes the closing bracket, or complains that it is missing.
    pub(super) fn leave(&mut self, bracket: Bracket) {
        let Some((_, opened)) = self.open.pop() else { return };
        if self.current.token == Token::Close(bracket) {
            self.advance();
            return;
        }
        let complaint = Complaint::new(
            &codes::OPEN_BRACKET,
            self.origin(opened, opened + 1),
            format!("`{}` is never closed", bracket.opening()),
        )
        .label(format!("expected a `{}` for this", bracket.closing()));
        if self.current.token == Token::End {
            // After the end every bracket outside is open too: one complaint says it all.
            if !self.record.holds(&codes::OPEN_TEXT) {
                self.record.add(complaint);
            }
            self.record.close();
        } else {
            let missing = format!("`{}` is missing before this", bracket.closing());
            self.record.add(complaint.related(self.here(), missing));
        }
    }

    /// After an item: consumes a comma, or finds the end of the bracket, or says what is wrong and finds a way on.
    pub(super) fn after_item(&mut self, bracket: Bracket, container: &str) -> After {
        loop {
            match self.current.token {
                Token::Comma => {
                    self.advance();
                    return After::Item;
                }
                Token::Other(';') => {
                    let items = match bracket {
                        Bracket::Round => "fields",
                        Bracket::Square => "items",
                        Bracket::Curly => "entries",
                    };
                    self.record.add_mended(
                        Complaint::new(&codes::WRONG_SEPARATOR, self.here(), format!("`;` does not separate {items}"))
                            .label("expected `,`")
                            .help(format!("{items} are separated by a comma")),
                    );
                    self.advance();
                    return After::Item;
                }
                Token::End => return After::Closed,
                Token::Close(closing) if closing == bracket || self.is_open_outside(closing) => return After::Closed,
                Token::Close(closing) => {
                    let opened = self.open.last().map_or(0, |(_, start)| *start);
                    self.record.add(
                        Complaint::new(
                            &codes::OPEN_BRACKET,
                            self.here(),
                            format!("`{}` closes nothing", closing.closing()),
                        )
                        .label(format!("expected `{}`", bracket.closing()))
                        .related(self.origin(opened, opened + 1), "to close this"),
                    );
                    if self.peek() == Token::Close(bracket) {
                        self.advance();
                    } else {
                        // Taken for a slip of the key: it closes what is open.
                        self.current.token = Token::Close(bracket);
                    }
                    return After::Closed;
                }
                _ if self.before_previous_end().ends_with(',') => return After::Item,
                _ => {
                    if self.entry_of_the_map_outside() || self.explain_missing_comma(bracket, container) {
                        return if self.entry_of_the_map_outside() { After::Closed } else { After::Item };
                    }
                    self.recover();
                }
            }
        }
    }

    /// In round brackets inside a map, `"key":` on a new line is the next entry of the map: the round bracket was left
    /// open. On the same line it is a field name in quotes.
    pub(super) fn entry_of_the_map_outside(&self) -> bool {
        let inside_map = matches!(self.open.as_slice(), [.., (Bracket::Curly, _), (Bracket::Round, _)]);
        let before = &self.lexer.text[self.previous_end as usize..self.current.start as usize];
        inside_map
            && before.contains('\n')
            && matches!(self.current.token, Token::Text(_))
            && self.peek() == Token::Colon
    }

    /// `name:` or `"key":` at the beginning of a line is the next item, whatever came before it.
    fn named_item_on_a_new_line(&self) -> bool {
        let between = &self.lexer.text[self.previous_end as usize..self.current.start as usize];
        between.contains('\n')
            && matches!(self.current.token, Token::Word(_) | Token::Text(_))
            && self.peek() == Token::Colon
    }

    /// An item follows without a comma. True if reading can go on with it.
    fn explain_missing_comma(&mut self, bracket: Bracket, container: &str) -> bool {
        if self.previous_text_is_open() {
            return false;
        }
        let between = &self.lexer.text[self.previous_end as usize..self.current.start as usize];
        let has_name = matches!(self.current.token, Token::Word(_) | Token::Text(_)) && self.peek() == Token::Colon;
        if !between.contains('\n') && !has_name && self.complain_of_unit(between.is_empty()) {
            return false;
        }
        match self.current.token {
            Token::Text(_) | Token::Integer(_) | Token::Float(_) | Token::Word(_) | Token::Open(_) => {
                let width = self.before_previous_end().chars().next_back().map_or(0, char::len_utf8) as u32;
                let origin = self.origin(self.previous_end - width, self.previous_end);
                if !between.contains('\n') && !has_name && self.complain_of_words() {
                    return false;
                }
                let shown = self.shown();
                let complaint =
                    Complaint::new(&codes::MISSING_COMMA, origin, format!("a comma is missing before {shown}"))
                        .label(format!("expected `,` or `{}` after this", bracket.closing()));
                // On a line of its own or with a name it is surely the next item; else it may be anything.
                let is_next_item = between.contains('\n') || has_name;
                if is_next_item {
                    self.record.add_mended(complaint);
                } else {
                    self.record.add(complaint);
                }
                is_next_item
            }
            Token::Damaged => false,
            _ => {
                let help = match (&self.current.token, bracket) {
                    (Token::Colon, Bracket::Square) => {
                        "a list has no names; a map is written in curly brackets: { \"name\": value }".to_owned()
                    }
                    _ => format!("the items of a {container} are separated by commas"),
                };
                self.unexpected(&format!("`,` or `{}`", bracket.closing()), &help);
                false
            }
        }
    }

    /// `two shifts`: words in a row on one line are a name, whose quotes are missing.
    fn complain_of_words(&mut self) -> bool {
        let before = self.before_previous_end();
        let is_letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
        let start = before.trim_end_matches(is_letter).len();
        if !matches!(self.current.token, Token::Word(_)) || !before[start..].starts_with(char::is_alphabetic) {
            return false;
        }
        let line = &self.lexer.text[start..self.lexer.end_of_line(self.current.start as usize)];
        let is_part = |letter: char| is_letter(letter) || letter == ' ';
        let name = line[..line.find(|letter| !is_part(letter)).unwrap_or(line.len())].trim_end();
        self.complain(
            &codes::BARE_NAME,
            self.origin(start as u32, (start + name.len()) as u32),
            &format!("`{name}` has no quotes"),
            "a name of several words stands in quotes",
            Some(&format!("write \"{name}\"")),
        );
        true
    }

    fn before_previous_end(&self) -> &'t str {
        let end = self.previous_end as usize;
        &self.lexer.text[..end]
    }

    /// `40 s`, `2 %`, `2026-11-23`: a number that goes on with something that is no number.
    fn complain_of_unit(&mut self, adjacent: bool) -> bool {
        let goes_on = match self.current.token {
            Token::Word(_) | Token::Other(_) => true,
            Token::Integer(_) | Token::Float(_) | Token::Damaged => adjacent,
            _ => false,
        };
        let before = self.before_previous_end();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
        let start = before.trim_end_matches(is_part).len();
        let begins_as_number =
            before[start..].starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
        if !goes_on || !begins_as_number {
            return false;
        }
        let line = &self.lexer.text[start..self.lexer.end_of_line(self.current.start as usize)];
        let stop = if adjacent { &[',', ')', ']', '}', ' '][..] } else { &[',', ')', ']', '}', ':'][..] };
        let quantity = line[..line.find(stop).unwrap_or(line.len())].trim_end();
        self.complain(
            &codes::BARE_QUANTITY,
            self.origin(start as u32, (start + quantity.len()) as u32),
            &format!("`{quantity}` is not a number"),
            "quantities with a unit, dates and times are written as text",
            Some(&format!("write \"{quantity}\"")),
        );
        true
    }

    /// If the text just read runs over a line break and rubbish follows it, its quote was left open: complains of
    /// that and goes back to the line where it began.
    pub(super) fn previous_text_is_open(&mut self) -> bool {
        let before = self.before_previous_end();
        let separated = matches!(self.current.token, Token::Comma | Token::Colon | Token::Close(_) | Token::End);
        if separated || !before.ends_with('"') {
            return false;
        }
        let Some(opening) = before[..before.len() - 1].rfind('"') else { return false };
        if !before[opening..].contains('\n') || before[..opening].ends_with(['r', '#', '\\']) {
            return false;
        }
        self.record.retract(opening as u32);
        text::open_text(&mut self.lexer, opening, &mut self.record);
        self.current = self.lexer.next(&mut self.record);
        self.previous_end = self.current.start;
        true
    }

    /// Consumes a colon; `=` is taken for one after complaining.
    pub(super) fn colon(&mut self) -> bool {
        match self.current.token {
            Token::Colon => {
                self.advance();
                true
            }
            Token::Other('=') => {
                self.complain(
                    &codes::WRONG_SEPARATOR,
                    self.here(),
                    "`=` does not separate a name from its value",
                    "expected `:`",
                    None,
                );
                self.advance();
                true
            }
            _ => false,
        }
    }

    pub(super) fn advance(&mut self) {
        self.previous_end = self.current.end;
        self.current = if self.record.is_full() {
            // Enough has been said: what follows reads as the end of the file.
            let end = self.lexer.text.len() as u32;
            Lexeme { token: Token::End, start: end, end }
        } else {
            self.lexer.next(&mut self.record)
        };
    }

    fn peek(&self) -> Token<'t> {
        let mut ahead = self.lexer;
        let mut ignored = Record::default();
        ahead.next(&mut ignored).token
    }

    /// Skips to the next comma, closing bracket or end at the present level, in silence.
    pub(super) fn recover(&mut self) {
        let quiet = self.record.silence();
        loop {
            match self.current.token {
                Token::Comma | Token::Close(_) | Token::End => break,
                Token::Open(_) => self.skip_brackets(),
                _ => {
                    self.advance();
                    if self.entry_of_the_map_outside() || self.named_item_on_a_new_line() {
                        break;
                    }
                }
            }
        }
        self.record.restore(quiet);
    }

    /// Skips a bracket with all it holds. Iterative: nothing nested can exhaust the stack.
    pub(super) fn skip_brackets(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.current.token {
                Token::Open(_) => depth += 1,
                Token::Close(_) => depth = depth.saturating_sub(1),
                Token::End => return,
                _ => {}
            }
            self.advance();
            if depth == 0 {
                return;
            }
        }
    }
}
