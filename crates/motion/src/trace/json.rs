//! The little JSON (RFC 8259) that a scene needs.
//!
//! The crate that has glTF as types has not been released since 2024 and would bring a reader and writers of JSON of its own into this
//! room; what is written here are a dozen templates, whose readers in the tests are other people's programs.

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            control if u32::from(control) < 0x20 => quoted += &format!("\\u{:04x}", u32::from(control)),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Numbers as a list.
pub fn numbers(values: &[f32]) -> String {
    let values: Vec<String> = values.iter().map(f32::to_string).collect();
    format!("[{}]", values.join(","))
}

/// A named list, or nothing where it is empty: glTF has no empty lists.
pub fn list(name: &str, items: &[String]) -> String {
    if items.is_empty() { String::new() } else { format!(",{}:[{}]", quoted(name), items.join(",")) }
}
