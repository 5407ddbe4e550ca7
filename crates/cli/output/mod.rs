//! Everything that is printed: streams and colours here, the looks of tables, bars and numbers in the modules below.
//!
//! Text is always written with its colours; what is no terminal (or has `NO_COLOR` set) gets it without them. So there
//! is one look, and it never depends on colours alone.

pub mod bar;
mod csv;
pub mod differences;
pub mod directory;
pub mod effects;
pub mod figure;
pub mod page;
pub mod regressions;
pub mod table;
pub mod verdicts;

use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::exit::Failure;
use crate::studies::typed::point;
use scenario::diagnostic;
use scenario::expand::Scenario;

/// Headings.
pub const HEADING: Style = Style::new().bold();
/// What is less important than the rest.
pub const QUIET: Style = Style::new().dimmed();
const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
/// What may not be as it should be.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HELP: Style = AnsiColor::BrightCyan.on_default().bold();
/// What is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What somebody should look at.
pub const ALARMING: Style = AnsiColor::Red.on_default().bold();

/// What is said of everything that comes from no plant.
pub const SIMULATED: &str = "simulated: this is no plant, but plays one";

/// Columns of a text that nobody reads on a terminal.
const WIDTH_WITHOUT_TERMINAL: usize = 100;
/// Wider lines are harder to read than two.
const WIDEST: usize = 120;
/// Narrower ones cannot hold a table.
const NARROWEST: usize = 60;

/// `text` in `style`.
pub fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Columns at hand on stdout.
pub fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    terminal.map_or(WIDTH_WITHOUT_TERMINAL, |(width, _)| usize::from(width.0).clamp(NARROWEST, WIDEST))
}

/// Prints a result.
///
/// # Errors
/// If stdout cannot be written; a reader who stops reading ends the program without a word.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.map_err(|error| Failure::input_output("cannot write the result", &error))
}

/// Prints a result for programs.
///
/// # Errors
/// As [`print()`].
pub fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let mut text = json(value)?;
    text.push('\n');
    print(&text)
}

/// `value` as indented JSON.
///
/// # Errors
/// None that a value of ours can have.
pub fn json(value: &impl Serialize) -> Result<String, Failure> {
    live::serde_json::to_string_pretty(value)
        .map_err(|error| Failure::internal(format!("a result is no JSON: {error}")))
}

/// Says something on stderr. There is nobody to tell when that fails.
pub fn complain(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// `error: message`.
pub fn error_line(message: &str) -> String {
    format!("{}{}\n", styled(ERROR, "error"), styled(HEADING, format_args!(": {message}")))
}

/// `error[LW0801]: message`.
pub fn coded_error_line(code: &str, message: &str) -> String {
    format!("{}{}\n", styled(ERROR, format_args!("error[{code}]")), styled(HEADING, format_args!(": {message}")))
}

/// `warning: message`.
pub fn warning_line(message: &str) -> String {
    format!("{}{}\n", styled(WARNING, "warning"), styled(HEADING, format_args!(": {message}")))
}

/// Shows what will hardly do what is meant in a scenario that can be played.
pub fn warn(scenario: &Scenario) {
    let mut warnings = scenario.plant.warnings.clone();
    let sources = &scenario.loaded.sources;
    point(&mut warnings, sources);
    if !warnings.is_empty() {
        complain(&format!("{}\n", diagnostic::render(&warnings, sources, diagnostic::Style::Coloured)));
    }
}

/// `help: message`, indented below an error.
pub fn help_line(message: &str) -> String {
    format!("  {} {}: {message}\n", styled(HELP, "="), styled(HEADING, "help"))
}

/// Running text in lines of at most `width` columns.
pub fn wrapped(text: &str, width: usize) -> String {
    let mut wrapped = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            wrapped.push('\n');
            column = 0;
        }
        if column > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped.push('\n');
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_between_words() {
        assert_eq!(wrapped("one two  three\nfour", 9), "one two\nthree\nfour\n");
    }
}
