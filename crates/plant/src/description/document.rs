//! Files that stand beside a scenario and are no tables: robot descriptions, meshes. What they mean is decided by whoever asked.

use std::sync::Arc;

use super::codes;
use super::complaint::Complaint;
use super::describe::Describe;
use super::name::written_text;
use super::node::{Node, Value};
use super::origin::Origin;
use super::reader::Reader;
use super::shape::Shape;

/// The text of a file that a scenario names, and where it stands among the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    path: Arc<str>,
    text: Arc<str>,
    origin: Origin,
}

impl Document {
    /// The text of the file at `path`, all of which is at `origin`.
    #[must_use]
    pub fn new(path: &str, text: Arc<str>, origin: Origin) -> Self {
        Document { path: Arc::from(path), text, origin }
    }

    /// The file as the scenario names it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The character in this line and column, both from 1, as those who read the text count; its end where there is none.
    #[must_use]
    pub fn at(&self, line: usize, column: usize) -> Origin {
        let mut start = 0;
        for text in self.text.split_inclusive('\n').take(line.saturating_sub(1)) {
            start += text.len();
        }
        let rest = self.text.get(start..).unwrap_or_default();
        let mut letters = rest.char_indices().skip(column.saturating_sub(1));
        let (start, width) = match letters.next() {
            Some((offset, letter)) => (start + offset, letter.len_utf8()),
            None => (self.text.len(), 0),
        };
        let first = self.origin.start.saturating_add(start as u32);
        Origin::new(self.origin.source, first, first.saturating_add(width as u32))
    }
}

impl Describe for Document {
    fn shape() -> Shape {
        Shape::scalar(
            "file",
            "The name of a file beside the scenario, in quotes, relative to the folder of the scenario.",
            "\"arm.urdf\"",
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Value::Text(path) = &node.value else {
            let message = format!("expected the name of a file, found {}", node.kind_in_words());
            reader.complain(
                Complaint::new(&codes::WRONG_TYPE, node.origin, message).label("expected the name of a file in quotes"),
            );
            return None;
        };
        reader.document(path, node.origin)
    }

    fn write(&self) -> Option<String> {
        Some(written_text(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_found_in_the_source() {
        let document = Document::new("a.urdf", Arc::from("<a>\n größe=\n"), Origin::new(3, 0, 14));
        for (line, column, start, end) in [(1, 1, 0, 1), (2, 4, 7, 9), (2, 5, 9, 11), (3, 1, 14, 14), (9, 9, 14, 14)] {
            assert_eq!(document.at(line, column), Origin::new(3, start, end), "{line}:{column}");
        }
    }
}
