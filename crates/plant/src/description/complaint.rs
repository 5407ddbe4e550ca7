//! What is said when a scenario is wrong: a code, a place, what is wrong, what was expected and what to do.
//!
//! A complaint is data. How it looks (with its source line and a caret, or as JSON) is decided where the sources are.

use std::fmt;

use super::origin::Origin;

/// A kind of mistake, with the explanation that `linewright explain` prints.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// `LW0203`. The first two digits say which kind: 01 syntax, 02 values and units, 03 fields and names,
    /// 04 references, 05 plant logic, 06 overlays and paths, 07 tables, 08 run-time, 09 extensions, 10 warnings.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// Why it is a mistake; then a bad and a good example, each indented under `Bad:` and `Good:`.
    pub explanation: &'static str,
}

impl Code {
    /// Whether the scenario can be played all the same; it will hardly do what is meant.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.id.starts_with("LW10")
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id)
    }
}

/// One mistake in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Which kind of mistake.
    pub code: &'static Code,
    /// Where: as narrow as the mistake.
    pub origin: Origin,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What was expected; stands at the caret.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Other places that have to do with it, each with a few words.
    pub related: Vec<(Origin, String)>,
}

impl Complaint {
    /// A complaint of `message` at `origin`, with no label, help or related places yet.
    #[must_use]
    pub fn new(code: &'static Code, origin: Origin, message: impl Into<String>) -> Self {
        Complaint { code, origin, message: message.into(), label: String::new(), help: None, related: Vec::new() }
    }

    /// Says at the caret what was expected.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at another place that has to do with it.
    #[must_use]
    pub fn related(mut self, origin: Origin, label: impl Into<String>) -> Self {
        self.related.push((origin, label.into()));
        self
    }
}

impl fmt::Display for Complaint {
    /// One line without the source: `LW0301: unknown field ...`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)?;
        match &self.help {
            Some(help) => write!(formatter, " ({help})"),
            None => Ok(()),
        }
    }
}
