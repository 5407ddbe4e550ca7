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

pub use codes::CODES;

/// A plant as scenario text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The scenario and the tables that it names: the names of the files and their texts, the scenario first.
    pub files: Vec<(String, String)>,
    /// What was read and means something else here, or nothing.
    pub notes: Vec<String>,
}
