//! The names of cases and runs: the same for the same engine, scenario, settings and seed, on any machine.

use std::fmt;

use scenario::blake3;
use scenario::design::Setting;
use scenario::expand::{Scenario, Template};
use scenario::syntax::write;

/// The name of a case: whatever decides what its runs are, but for the number of the replication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId([u8; 16]);

impl CaseId {
    /// The name with these bytes.
    #[must_use]
    pub const fn of_bytes(bytes: [u8; 16]) -> Self {
        CaseId(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The name of one run of the case.
    #[must_use]
    pub fn run_id(&self, replication: u64) -> CaseId {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0).update(&replication.to_le_bytes());
        CaseId(first_half(&hasher))
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// What all cases of one scenario have in common: engine, plant, tables, seed, end.
#[derive(Debug, Clone)]
pub struct Origin(blake3::Hasher);

impl Origin {
    /// Of `scenario` played by `engine`. How the scenario is studied does not count: a study that is extended keeps its runs.
    pub fn new(engine: &str, scenario: &Scenario, template: &Template<'_>, seed: u64, until_ns: Option<i64>) -> Self {
        let mut hasher = blake3::Hasher::new();
        let mut line = |text: &str| {
            hasher.update(text.as_bytes()).update(b"\n");
        };
        line("linewright case 1");
        line(engine);
        line(&template.text());
        // Scenario files are in the text of the tree. Tables count by what they hold and by the name the scenario gives them,
        // which begins in its folder.
        let loaded = &scenario.loaded;
        let files: Vec<_> = loaded.files.iter().filter_map(|number| loaded.sources.get(*number)).collect();
        let folder = files.first().map_or("", |file| file.name().rfind('/').map_or("", |slash| &file.name()[..=slash]));
        let is_scenario = |source: &std::sync::Arc<_>| files.iter().any(|file| std::sync::Arc::ptr_eq(file, source));
        let sources = loaded.sources.all();
        let tables = sources.iter().filter(|source| source.is_file() && !is_scenario(source));
        let named = tables.map(|source| {
            let name = source.name().strip_prefix(folder).unwrap_or(source.name());
            format!("{} {name}", source.hash())
        });
        let mut tables: Vec<String> = named.collect();
        tables.sort_unstable();
        tables.iter().for_each(|table| line(table));
        line(&format!("seed {seed} until {until_ns:?}"));
        Origin(hasher)
    }

    /// The same for a scenario whose runs depend on those of `base` too: their warm-up is found there.
    #[must_use]
    pub fn with_base(mut self, base: &Origin) -> Self {
        self.0.update(b"warm-up of ").update(base.0.finalize().as_bytes());
        self
    }

    /// The name of the case with these settings.
    pub fn case(&self, settings: &[Setting]) -> CaseId {
        let mut hasher = self.0.clone();
        for Setting { path, value } in settings {
            hasher.update(path.to_string().as_bytes()).update(b"=").update(write(value).as_bytes()).update(b"\n");
        }
        CaseId(first_half(&hasher))
    }
}

fn first_half(hasher: &blake3::Hasher) -> [u8; 16] {
    let hash = hasher.finalize();
    std::array::from_fn(|index| hash.as_bytes()[index])
}
