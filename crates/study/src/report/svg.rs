//! Writing SVG and escaping text: the only place where text becomes markup.
//!
//! Names come from users, so nothing reaches a page unescaped: an [`Element`] escapes every attribute and every text it is given.
//! Numbers have two digits behind the point, which is finer than any screen, and short pages matter more.

use std::fmt::{self, Display, Write};

/// Characters of a line of a tip: names that people give are shorter.
const LONGEST_LINE: usize = 160;

/// `text` so that a browser shows it as it is, in an element or in an attribute with quotes.
///
/// Characters that cannot be shown, or that would turn around the direction of what follows them, are replaced.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(letter),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => escaped.push('\u{fffd}'),
            letter if letter.is_control() => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// At most `most` characters of `text`, so that no name makes a page long, however often it is on it.
pub(super) fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A coordinate: at most two digits behind the point, none that say nothing; 0 where there is no number.
pub(super) fn coordinate(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.2}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".to_owned(),
        short => short.to_owned(),
    }
}

/// How wide `text` is about, in a font of `size`: good enough to shorten it and to keep labels apart.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let width = |letter: char| match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | 'f' | 't' | 'r' | '(' | ')' => 0.34,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '<' | '>' | '=' | '+' | '~' => 0.88,
        'A'..='Z' => 0.68,
        letter if letter.is_ascii() => 0.6,
        letter if (letter as u32) < 0x2e80 => 0.6,
        _ => 1.0,
    };
    text.chars().map(width).sum::<f64>() * size
}

/// `text`, or its beginning and an ellipsis, in at most `width`.
pub(super) fn shortened(text: &str, width: f64, size: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.chars() {
        short.push(letter);
        if text_width(&short, size) + 0.9 * size > width {
            short.pop();
            break;
        }
    }
    format!("{}…", short.trim_end())
}

/// One element of markup, with what is in it.
#[derive(Debug, Clone)]
pub(super) struct Element {
    tag: &'static str,
    attributes: String,
    inside: String,
}

impl Element {
    /// An element without attributes.
    pub fn new(tag: &'static str) -> Self {
        Element { tag, attributes: String::new(), inside: String::new() }
    }

    /// With an attribute that is text.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.attributes, " {name}=\"{}\"", escape(value));
        self
    }

    /// With an attribute that is a number.
    pub fn at(mut self, name: &str, value: f64) -> Self {
        let _ = write!(self.attributes, " {name}=\"{}\"", coordinate(value));
        self
    }

    /// With a class of the style sheet, or several with blanks between them.
    pub fn class(self, class: &str) -> Self {
        self.with("class", class)
    }

    /// With what is shown when the pointer rests on it, in lines.
    pub fn tip(mut self, text: &str) -> Self {
        let lines: Vec<String> = text.split('\n').map(|line| escape(&clipped(line, LONGEST_LINE))).collect();
        let _ = write!(self.inside, "<title>{}</title>", lines.join("\n"));
        self
    }

    /// With text in it.
    pub fn text(mut self, text: &str) -> Self {
        self.inside.push_str(&escape(text));
        self
    }

    /// With something already written in it.
    pub fn child(mut self, child: impl Display) -> Self {
        let _ = write!(self.inside, "{child}");
        self
    }
}

impl Display for Element {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Element { tag, attributes, inside } = self;
        if inside.is_empty() && matches!(*tag, "rect" | "line" | "path" | "circle") {
            return write!(formatter, "<{tag}{attributes}/>");
        }
        write!(formatter, "<{tag}{attributes}>{inside}</{tag}>")
    }
}

/// A rectangle; nothing is narrower than nothing.
pub(super) fn rect(x: f64, y: f64, width: f64, height: f64) -> Element {
    Element::new("rect").at("x", x).at("y", y).at("width", width.max(0.0)).at("height", height.max(0.0))
}

/// A straight line.
pub(super) fn line(x1: f64, y1: f64, x2: f64, y2: f64) -> Element {
    Element::new("line").at("x1", x1).at("y1", y1).at("x2", x2).at("y2", y2)
}

/// A circle.
pub(super) fn circle(x: f64, y: f64, radius: f64) -> Element {
    Element::new("circle").at("cx", x).at("cy", y).at("r", radius)
}

/// Text that begins at `x` and stands on `y`.
pub(super) fn text(x: f64, y: f64, text: &str) -> Element {
    Element::new("text").at("x", x).at("y", y).text(text)
}

/// A group.
pub(super) fn group(class: &str) -> Element {
    Element::new("g").class(class)
}

/// The way of a pen.
#[derive(Debug, Clone, Default)]
pub(super) struct Path(String);

impl Path {
    fn step(&mut self, letter: char, points: &[f64]) -> &mut Self {
        self.0.push(letter);
        for (index, point) in points.iter().enumerate() {
            if index > 0 {
                self.0.push(' ');
            }
            self.0.push_str(&coordinate(*point));
        }
        self
    }

    /// Lifts the pen and puts it down there.
    pub fn move_to(&mut self, x: f64, y: f64) -> &mut Self {
        self.step('M', &[x, y])
    }

    /// Straight on to there.
    pub fn line_to(&mut self, x: f64, y: f64) -> &mut Self {
        self.step('L', &[x, y])
    }

    /// A Bezier curve with its two control points.
    pub fn curve_to(&mut self, first: (f64, f64), second: (f64, f64), end: (f64, f64)) -> &mut Self {
        self.step('C', &[first.0, first.1, second.0, second.1, end.0, end.1])
    }

    /// Back to where it was put down.
    pub fn close(&mut self) -> &mut Self {
        self.0.push('Z');
        self
    }

    /// Whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As an element.
    pub fn element(&self) -> Element {
        Element::new("path").with("d", &self.0)
    }
}

/// A picture with its own coordinates, which grows and shrinks with the page.
#[derive(Debug)]
pub(super) struct Drawing {
    /// Width in its own coordinates, which is also the width it would like to have on a screen.
    pub width: f64,
    /// Height in its own coordinates.
    pub height: f64,
    body: String,
}

impl Drawing {
    /// An empty one.
    pub fn new(width: f64, height: f64) -> Self {
        Drawing { width, height, body: String::new() }
    }

    /// Puts something on top of what is there.
    pub fn add(&mut self, element: impl Display) {
        let _ = write!(self.body, "{element}");
    }

    /// The picture, with what a reader who cannot see it is told.
    pub fn finish(self, label: &str) -> String {
        let view = format!("0 0 {} {}", coordinate(self.width), coordinate(self.height));
        let root = Element::new("svg").with("viewBox", &view).at("width", self.width).at("height", self.height);
        // How wide it would like to be is for the style sheet, which on a phone lets it be wider than the screen.
        let root = root.with("style", &format!("--natural:{}px", coordinate(self.width)));
        root.with("role", "img").with("aria-label", label).child(self.body).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        let hostile = "</title><script>alert(\"1\")</script> & 'x' \u{0}\u{202e}é漢";
        let escaped =
            "&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; \u{fffd}\u{fffd}é漢";
        assert_eq!(escape(hostile), escaped);
        let element = text(0.0, 0.0, hostile).with("id", hostile).tip(hostile).to_string();
        assert_eq!(element.matches('<').count(), 4, "{element}");
        assert_eq!(element.matches('"').count(), 6, "{element}");
    }

    #[test]
    fn coordinates_are_short_and_always_numbers() {
        let cases = [(1.0, "1"), (0.125, "0.12"), (-0.001, "0"), (100.0, "100"), (f64::NAN, "0"), (f64::INFINITY, "0")];
        for (value, text) in cases {
            assert_eq!(coordinate(value), text, "{value}");
        }
    }

    #[test]
    fn names_are_shortened_to_their_room() {
        assert_eq!(shortened("saw", 100.0, 12.0), "saw");
        let long = "a very long name of a machine that somebody gave it".repeat(9);
        let short = shortened(&long, 100.0, 12.0);
        assert!(short.ends_with('…') && text_width(&short, 12.0) <= 100.0, "{short}");
        assert_eq!(shortened("漢字漢字", 0.0, 12.0), "…");
        assert_eq!([clipped("漢字", 2), clipped("漢字漢", 2)], ["漢字".to_owned(), "漢字…".to_owned()]);
    }

    #[test]
    fn a_drawing_is_one_element_with_a_view() {
        let mut drawing = Drawing::new(10.0, 5.0);
        drawing.add(rect(0.0, 0.0, -3.0, 2.0));
        let mut path = Path::default();
        path.move_to(0.0, 1.0).line_to(2.5, 1.0).curve_to((1.0, 2.0), (3.0, 4.0), (5.0, 6.0)).close();
        drawing.add(path.element());
        assert_eq!(
            drawing.finish("a & b"),
            "<svg viewBox=\"0 0 10 5\" width=\"10\" height=\"5\" style=\"--natural:10px\" role=\"img\" aria-label=\"a &amp; b\">\
             <rect x=\"0\" y=\"0\" width=\"0\" height=\"2\"/><path d=\"M0 1L2.5 1C1 2 3 4 5 6Z\"/></svg>"
        );
    }
}
