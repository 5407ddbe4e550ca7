//! What a study is asked to do: which scenarios, which cases, how often.
//!
//! A plan is what somebody typed, with every file it needs inside: a machine that has nothing but the plan opens the very same
//! study from it. Everything else (the cases, their number, how many replications) follows from it and is not stored.

mod case_id;
mod opened;
mod text;

pub use case_id::CaseId;
pub use opened::{Entry, Study, duration, name_of};

use std::collections::BTreeMap;

use plant::description::describe;
use scenario::load::Rejected;

describe! {
    /// What the cases of a study are.
    #[derive(Copy, Eq)]
    pub enum Kind {
        /// The scenario alone.
        Run,
        /// The scenario and its variants.
        Compare,
        /// The points of the scenario's `sweep`.
        Sweep,
        /// Designs that an optimisation asks for, one after the other.
        Optimize,
    }
}

/// What a study is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What the cases are.
    pub kind: Kind,
    /// The scenario; behind it, of a comparison, variants that are files of their own.
    pub files: Vec<String>,
    /// What is set in all of them first, as after `--set`.
    pub set: Vec<String>,
    /// Further variants by what they set, each as texts like `set`.
    pub variants: Vec<Vec<String>>,
    /// Seed of all streams, if not the scenario's.
    pub seed: Option<u64>,
    /// When runs end, if not at the horizon, as a duration.
    pub until: Option<String>,
    /// Replications of each case, if not those the scenario asks for.
    pub replications: Option<u64>,
    /// The first replication that is played, and that pictures show.
    pub replication: u64,
    /// The KPIs that are of interest, the most interesting first; the usual ones if there are none.
    pub kpis: Vec<String>,
    /// Confidence that all intervals of a comparison hold together.
    pub confidence: f64,
    /// Runs of an optimisation, if not as many as the scenario says.
    pub runs: Option<u64>,
}

/// The text of every file that a study is made of, by the path it is opened with.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Why there is no study.
#[derive(Debug)]
pub enum Refused {
    /// Something is wrong with a scenario, or with a value on the command line.
    Scenario(Box<Rejected>),
    /// The request makes no sense: what is wrong, and what to do.
    Request(String, String),
}

impl From<Box<Rejected>> for Refused {
    fn from(rejected: Box<Rejected>) -> Self {
        Refused::Scenario(rejected)
    }
}
