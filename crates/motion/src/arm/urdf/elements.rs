//! The elements of an XML text with their places: as much of XML as a robot description needs.
//!
//! The list is flat, in the order of the text, each element knowing its parent: no depth of nesting can exhaust the stack.

use std::fmt;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// What is wrong with a robot description, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrdfError {
    /// Line in the text, from 1.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
    /// What is wrong, in words.
    pub mistake: String,
}

impl fmt::Display for UrdfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.mistake)
    }
}

impl std::error::Error for UrdfError {}

/// One element of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
    /// Its place in the list; none for the outermost.
    pub parent: Option<usize>,
    line: usize,
    column: usize,
}

impl Element {
    /// An error at this element.
    pub fn error(&self, mistake: impl Into<String>) -> UrdfError {
        UrdfError { line: self.line, column: self.column, mistake: mistake.into() }
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn required(&self, name: &str) -> Result<&str, UrdfError> {
        self.attribute(name).ok_or_else(|| self.error(format!("<{}> needs the attribute `{name}`", self.name)))
    }

    /// A number, if the attribute is there.
    pub fn number(&self, name: &str) -> Result<Option<f64>, UrdfError> {
        self.attribute(name).map(|text| self.parsed(name, text)).transpose()
    }

    /// Three numbers, if the attribute is there.
    pub fn triple(&self, name: &str) -> Result<Option<[f64; 3]>, UrdfError> {
        let Some(text) = self.attribute(name) else { return Ok(None) };
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [x, y, z] = parts[..] else {
            return Err(self.error(format!("`{name}` of <{}> must be three numbers, not \"{text}\"", self.name)));
        };
        Ok(Some([self.parsed(name, x)?, self.parsed(name, y)?, self.parsed(name, z)?]))
    }

    fn parsed(&self, name: &str, text: &str) -> Result<f64, UrdfError> {
        let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| self.error(format!("`{name}` of <{}> must be a number, not \"{text}\"", self.name)))
    }
}

/// All elements of a text, outermost first.
pub fn read(text: &str) -> Result<Vec<Element>, UrdfError> {
    let mut reader = Reader::from_str(text);
    let mut places = Places { text, offset: 0, line: 1, column: 1 };
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        // Every event but the last takes at least one byte of the text, so this ends.
        let begins = reader.buffer_position();
        let event = reader.read_event();
        let (line, column) = places.of(begins);
        let error = |mistake: String| UrdfError { line, column, mistake };
        let is_start = matches!(event, Ok(Event::Start(_)));
        match event {
            Ok(Event::Start(start) | Event::Empty(start)) => {
                if open.is_empty() && !elements.is_empty() {
                    return Err(error("a description has one outermost element".to_owned()));
                }
                let (name, attributes) = parts(&start).map_err(error)?;
                let element = Element { name, attributes, parent: open.last().copied(), line, column };
                if is_start {
                    open.push(elements.len());
                }
                elements.push(element);
            }
            Ok(Event::End(_)) => {
                open.pop();
            }
            Ok(Event::Eof) => {
                return match open.last().and_then(|&last| elements.get(last)) {
                    Some(unclosed) => Err(unclosed.error(format!("<{}> is not closed", unclosed.name))),
                    None => Ok(elements),
                };
            }
            Ok(_) => {}
            Err(mistake) => {
                let (line, column) = places.of(reader.error_position());
                return Err(UrdfError { line, column, mistake: mistake.to_string() });
            }
        }
    }
}

/// Name and attributes of an element.
fn parts(start: &BytesStart<'_>) -> Result<(String, Vec<(String, String)>), String> {
    let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("<{name}>: {error}"))?;
        let value =
            attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| format!("<{name}>: {error}"))?;
        attributes.push((String::from_utf8_lossy(attribute.key.as_ref()).into_owned(), value.into_owned()));
    }
    Ok((name, attributes))
}

/// Lines and columns of a text, for offsets that mostly go forward.
struct Places<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
    column: usize,
}

impl Places<'_> {
    fn of(&mut self, offset: u64) -> (usize, usize) {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.text.len());
        if offset < self.offset {
            (self.offset, self.line, self.column) = (0, 1, 1);
        }
        for letter in self.text.get(self.offset..offset).unwrap_or_default().chars() {
            if letter == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.offset = offset;
        (self.line, self.column)
    }
}
