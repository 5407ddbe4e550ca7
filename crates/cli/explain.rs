//! `linewright explain`: what a code means, why it is a mistake, and how to write it right.

use plant::description::{Code, nearest};
use plant::registry::Registry;

use crate::arguments::Explain;
use crate::exit::{Exit, Failure};
use crate::output::{self, HEADING, styled};

/// Columns of running text.
const TEXT_WIDTH: usize = 80;

/// Every code there is, by number.
fn codes(registry: &Registry) -> Vec<&'static Code> {
    let mut codes: Vec<&'static Code> = plant::description::CODES
        .iter()
        .chain(plant::codes::CODES)
        .chain(scenario::CODES.into_iter().flatten())
        .chain(import::CODES)
        .chain(live::signals::CODES)
        .chain(registry.codes())
        .copied()
        .collect();
    codes.sort_by_key(|code| code.id);
    codes
}

/// Prints the explanation of a code, or the list of all.
///
/// # Errors
/// If there is no such code, or the text cannot be written.
pub fn explain(arguments: &Explain, registry: &Registry) -> Result<Exit, Failure> {
    let codes = codes(registry);
    let text = match &arguments.code {
        None => list(&codes),
        Some(wanted) => explanation(find(&codes, wanted)?),
    };
    output::print(&text)?;
    Ok(Exit::Done)
}

/// The code meant by `wanted`: `LW0301`, `lw0301`, `0301` or `301`.
fn find(codes: &[&'static Code], wanted: &str) -> Result<&'static Code, Failure> {
    let upper = wanted.to_ascii_uppercase();
    let digits = upper.strip_prefix("LW").unwrap_or(&upper);
    let id = format!("LW{digits:0>4}");
    if let Some(code) = codes.iter().find(|code| code.id == id) {
        return Ok(code);
    }
    let hint = match nearest(&id, codes.iter().map(|code| code.id)) {
        Some(near) => format!("did you mean {near}? "),
        None => String::new(),
    };
    Err(Failure::usage(format!("there is no code {wanted}"), &format!("{hint}`linewright explain` lists all codes")))
}

fn list(codes: &[&'static Code]) -> String {
    codes.iter().map(|code| format!("{}  {}\n", styled(HEADING, code.id), code.title)).collect()
}

fn explanation(code: &Code) -> String {
    let mut text = format!("{}\n", styled(HEADING, format_args!("{}: {}", code.id, code.title)));
    let (why, examples) = match code.explanation.split_once("\n\nBad:\n") {
        Some((why, examples)) => (why, Some(examples)),
        None => (code.explanation, None),
    };
    text.push('\n');
    text.push_str(&output::wrapped(why, TEXT_WIDTH));
    if let Some((bad, good)) = examples.and_then(|examples| examples.split_once("\nGood:\n")) {
        for (heading, example) in [("Wrong:", bad), ("Right:", good)] {
            text.push_str(&format!("\n{}\n{example}\n", styled(HEADING, heading)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_known_once_and_explained_whole() {
        let codes = codes(&Registry::default());
        for pair in codes.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} and {}", pair[0].id, pair[1].id);
        }
        for code in codes {
            let text = explanation(code);
            let has_examples = code.explanation.contains("Good:\n");
            assert_eq!(text.contains("Right:"), has_examples, "{text}");
            assert!(text.contains(code.title), "{text}");
        }
    }

    #[test]
    fn a_code_is_found_however_it_is_written() {
        let codes = codes(&Registry::default());
        for wanted in ["LW0301", "lw0301", "0301", "301"] {
            assert_eq!(find(&codes, wanted).ok().map(|code| code.id), Some("LW0301"), "{wanted}");
        }
        for wanted in ["LW9999", "", "mill", "LW03010"] {
            assert!(find(&codes, wanted).is_err(), "{wanted}");
        }
    }
}
