//! Where a result comes from: which engine made it, out of which inputs, under which name.
//!
//! A run id is the same for the same engine version, resolved scenario, inputs and parameters, on any machine; a result
//! can so be found again, and compared with one that ought to be equal.

use std::fmt::Write as _;

use scenario::load::Loaded;
use scenario::sources::Sources;
use serde::Serialize;

/// The engine's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The commit it was built from, or `unknown`.
pub const COMMIT: &str = env!("LINEWRIGHT_COMMIT");
/// Whether the tree it was built from differed from that commit.
pub const DIRTY: bool = matches!(env!("LINEWRIGHT_DIRTY").as_bytes(), b"true");
/// What `--version` says.
pub const LONG_VERSION: &str = env!("LINEWRIGHT_VERSION");

/// The engine that made a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Engine {
    /// Its version.
    pub version: &'static str,
    /// The commit it was built from, or `unknown`.
    pub commit: &'static str,
    /// Whether the tree differed from that commit.
    pub dirty: bool,
}

impl Engine {
    /// This one.
    pub const fn this() -> Self {
        Engine { version: VERSION, commit: COMMIT, dirty: DIRTY }
    }
}

/// One file that went into a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Input {
    /// Its path as the scenario and the command line give it.
    pub file: String,
    /// BLAKE3 of its bytes.
    pub blake3: String,
}

/// Every file that `loaded` was read from: the scenario, its bases, its tables.
pub fn inputs(loaded: &Loaded) -> Vec<Input> {
    let files = loaded.sources.all();
    let files = files.iter().filter(|source| source.is_file());
    files.map(|source| Input { file: source.name().to_owned(), blake3: source.hash().to_string() }).collect()
}

/// What makes a run what it is, apart from the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// Seed of all streams.
    pub seed: u64,
    /// The replication.
    pub replication: u64,
    /// `--until` in nanoseconds, if given.
    pub until_ns: Option<i64>,
}

/// The name of a run: BLAKE3 over engine version, resolved scenario, tables, parameters, seed and replication.
pub fn run_id(loaded: &Loaded, parameters: &Parameters) -> String {
    let mut text = format!("linewright run\nengine {VERSION}\nscenario {}\n", loaded.hash());
    // Scenario files are in the hash of the resolved scenario; only the tables beside them are added, in an order
    // that does not depend on when they were opened, and without paths, which differ from caller to caller.
    let files: Vec<_> = loaded.files.iter().filter_map(|number| loaded.sources.get(*number)).collect();
    let is_scenario = |source: &std::sync::Arc<_>| files.iter().any(|file| std::sync::Arc::ptr_eq(file, source));
    let sources = loaded.sources.all();
    let mut tables: Vec<String> = sources
        .iter()
        .filter(|source| source.is_file() && !is_scenario(source))
        .map(|source| source.hash().to_string())
        .collect();
    tables.sort_unstable();
    for table in tables {
        let _ = writeln!(text, "table {table}");
    }
    if let Some(until) = parameters.until_ns {
        let _ = writeln!(text, "until {until}");
    }
    let _ = writeln!(text, "seed {}\nreplication {}", parameters.seed, parameters.replication);
    hash(&text)
}

/// BLAKE3 of a text.
fn hash(text: &str) -> String {
    let sources = Sources::default();
    let number = sources.add_text("run id", text, "");
    let source = number.ok().and_then(|number| sources.get(number));
    source.map(|source| source.hash().to_string()).unwrap_or_default()
}
