//! Scenarios opened and played for the other tests: from the tree or from a text, with complaints shown as a user
//! would see them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::Run;
use scenario::diagnostic::{Style, render};
use scenario::expand::{Scenario, open, open_from};
use scenario::load::Rejected;
use scenario::sources::Sources;

/// Whether golden files are to be written and not compared.
pub fn overwrites() -> bool {
    std::env::var("LINEWRIGHT_GOLDEN").is_ok_and(|value| value == "overwrite")
}

/// Compares `text` with the golden file at `path` from the root, or writes it; what differs, in words.
pub fn golden_difference(path: &str, text: &str) -> Option<String> {
    let file = root().join(path);
    if overwrites() {
        file.parent().map(std::fs::create_dir_all);
        std::fs::write(&file, text).unwrap_or_else(|error| panic!("{path}: {error}"));
        return None;
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    if golden == text {
        return None;
    }
    let same = golden.lines().zip(text.lines()).take_while(|(one, other)| one == other).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(nothing)").to_owned();
    Some(format!(
        "{path}:{}: golden `{}`, now `{}` (`cargo xtask golden` rewrites it)",
        same + 1,
        line(&golden),
        line(text)
    ))
}

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Names of the files in `directory` (from the root) that end in `.extension`, sorted.
pub fn files(directory: &str, extension: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(directory)).unwrap_or_else(|error| panic!("{directory}: {error}"));
    let paths = entries.map(|entry| entry.expect("an entry of a directory").path());
    let wanted = |path: &PathBuf| path.extension().is_some_and(|found| found == extension);
    let mut names: Vec<String> =
        paths.filter(wanted).filter_map(|path| Some(format!("{directory}/{}", path.file_name()?.to_str()?))).collect();
    names.sort();
    names
}

/// Scenarios of robots and zones: they need a build with the feature `motion`, and have tests of their own (`moving`).
pub const MOVING: &[&str] = &[
    "scenarios/bag_chute.ron",
    "scenarios/palletising_cell.ron",
    "scenarios/sorting_cell.ron",
    "scenarios/sorting_cell_jam.ron",
];

/// Every good scenario that any build can play, by its path from the root. Files of signals lie beside them.
pub fn scenarios() -> Vec<String> {
    let plays = |path: &String| !path.ends_with(".signals.ron") && !MOVING.contains(&path.as_str());
    files("scenarios", "ron").into_iter().filter(plays).collect()
}

/// The engine's own kinds.
pub fn registry() -> Arc<Registry> {
    Arc::new(Registry::default())
}

/// The complaints as the command line shows them.
pub fn shown(rejected: &Rejected) -> String {
    render(&rejected.complaints, &rejected.sources, Style::Plain)
}

/// The scenario at `path` from the root; tests run there.
pub fn opened(path: &str, overrides: &[&str]) -> Scenario {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    open(path, &overrides, &registry()).unwrap_or_else(|rejected| panic!("{path}:\n{}", shown(&rejected)))
}

/// Files in memory.
pub fn in_memory(files: &[(&str, &str)]) -> Sources {
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    Sources::new(files)
}

/// What comes of a scenario given as text, under `registry`.
pub fn read_with(text: &str, registry: &Arc<Registry>) -> Result<Scenario, Box<Rejected>> {
    open_from(in_memory(&[("test.ron", text)]), "test.ron", &[], registry)
}

/// The scenario given as text.
pub fn opened_text(text: &str) -> Scenario {
    read_with(text, &registry()).unwrap_or_else(|rejected| panic!("{}\n{text}", shown(&rejected)))
}

/// A run at its beginning.
pub fn begun(plant: &Arc<Plant>, seed: u64, replication: u64) -> Run {
    Run::new(plant.clone(), seed, replication).unwrap_or_else(|error| panic!("{error}"))
}

/// A run at its end.
pub fn played(plant: &Arc<Plant>, seed: u64, replication: u64) -> Run {
    let mut run = begun(plant, seed, replication);
    run.finish().unwrap_or_else(|error| panic!("{} at {}: {error}", plant.name, run.now()));
    run
}
