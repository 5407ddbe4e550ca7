//! Plants that others have written down, as scenarios: text in, text out.
//!
//! ```text
//!  file of another format -> what it says (job_shop, autosched) -> scenario text (their `scenario`) -> files
//! ```
//!
//! What is read is complained of with file, line and column like any scenario, and nothing is passed over in silence: what has
//! no counterpart here is a note. What is written is meant to be read by people, and gone on with.

pub mod autosched;
mod codes;
pub mod job_shop;
mod numbers;

use kernel::SimDuration;
use plant::description::{Complaint, Describe, Node, Origin, Reader};
use scenario::sources::Sources;

pub use codes::CODES;

/// A plant as scenario text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The scenario and the tables that it names: the names of the files and their texts, the scenario first.
    pub files: Vec<(String, String)>,
    /// What was read and means something else here, or nothing.
    pub notes: Vec<String>,
}

/// The time that stands behind an option of the command line.
fn read_time(sources: &Sources, option: &str, text: &str, complaints: &mut Vec<Complaint>) -> Option<SimDuration> {
    let number = match sources.add_text(option, text, "") {
        Ok(number) => number,
        Err(complaint) => {
            complaints.push(complaint);
            return None;
        }
    };
    let mut reader = Reader::without_tables();
    let node = Node::text(text).at(Origin::new(number, 0, u32::try_from(text.len()).unwrap_or(u32::MAX)));
    let time = SimDuration::read(&node, &mut reader);
    complaints.extend(reader.into_complaints());
    time
}
