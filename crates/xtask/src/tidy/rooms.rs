//! The rooms of the engine, the arrows between them and the one home of every outside crate.
//!
//! Both tables are the law the workspace is checked against: adding a room, or a dependency to a room, is a line here
//! with its reason, so that nobody does either by accident. docs/architecture.md says why the rooms are these.

use super::tree::{Dependency, Package, Tree};
use super::{Finding, finding};

/// One room: a crate of the engine.
#[derive(Debug, PartialEq, Eq)]
pub struct Room {
    /// The name used in code, in the tables below and in the documentation.
    pub name: &'static str,
    /// The package name in its manifest.
    pub package: &'static str,
    /// Where its sources are, from the workspace root.
    pub directory: &'static str,
    /// A room may use rooms of a lower level only; rooms of one level do not know each other.
    pub level: u8,
    /// Whether it runs the plant: no clock and no hash order may reach what it does.
    pub ordered: bool,
    /// Whether its figures must be the same bits on every machine: no platform libm.
    pub portable: bool,
}

const fn room(name: &'static str, package: &'static str, directory: &'static str, level: u8) -> Room {
    Room { name, package, directory, level, ordered: false, portable: false }
}

impl Room {
    const fn ordered(self) -> Self {
        Self { ordered: true, ..self }
    }

    const fn portable(self) -> Self {
        Self { portable: true, ..self }
    }
}

/// Every room there is or will be, from the ground up.
pub const ROOMS: &[Room] = &[
    room("kernel", "linewright-kernel", "crates/kernel", 1).ordered().portable(),
    room("motion", "linewright-motion", "crates/motion", 1).ordered().portable(),
    room("plant", "linewright-plant", "crates/plant", 2).ordered().portable(),
    room("scenario", "linewright-scenario", "crates/scenario", 3).portable(),
    room("import", "linewright-import", "crates/import", 4).portable(),
    room("study", "linewright-study", "crates/study", 4).portable(),
    room("live", "linewright-live", "crates/live", 4),
    room("cli", "linewright", "crates/cli", 5),
];

/// The one room that may use an outside crate in what ships, and why it is used at all.
struct Home {
    package: &'static str,
    room: &'static str,
    reason: &'static str,
}

const fn home(package: &'static str, room: &'static str, reason: &'static str) -> Home {
    Home { package, room, reason }
}

/// Every outside crate the engine ships with. A line without a user is itself a finding, so the table cannot go stale.
const HOMES: &[Home] = &[
    home("anstream", "cli", "streams that drop colours where there is no terminal"),
    home("anstyle", "cli", "colours"),
    home("annotate-snippets", "scenario", "draws source lines with carets the way rustc does"),
    home("async-opcua", "live", "the OPC UA client and server; only with the feature `opcua`"),
    home("bevy_ecs", "plant", "entities, components and the systems between slices"),
    home("blake3", "scenario", "hashes of files and resolved scenarios"),
    home("clap", "cli", "arguments, their help and their mistakes"),
    home("clap_complete", "cli", "completion scripts for shells"),
    home("comfy-table", "cli", "aligned tables that fit the terminal"),
    home("crc32fast", "motion", "checksums of the pieces of a trace"),
    home("csv", "live", "files of observations that are replayed"),
    home("ctrlc", "cli", "an interrupted run still writes what it has found"),
    home("indicatif", "cli", "the progress bar"),
    home(
        "libm",
        "kernel",
        "exp, ln and friends with the same bits on every machine; other rooms take them from kernel",
    ),
    home("miniz_oxide", "motion", "traces in two thirds of the bytes"),
    home("nalgebra", "motion", "vectors, rotations and small matrices of arms, with the same bits on every machine"),
    home("parquet", "scenario", "tables by columns, of studies and of observations; only with the feature `parquet`"),
    home("postcard", "motion", "the physics of a zone as bytes, bit for bit"),
    home("prost", "live", "the payloads of Sparkplug B, which are Protocol Buffers; only with the feature `mqtt`"),
    home("quick-junit", "cli", "expectations as JUnit XML"),
    home("quick-xml", "motion", "reads robot descriptions, which are XML"),
    home("rapier3d", "motion", "rigid bodies and their contacts, with the same bits on every machine"),
    home("rayon", "study", "replications on all cores, results in the order asked for"),
    home("rumqttc", "live", "the MQTT client; only with the feature `mqtt`"),
    home("rustls", "live", "TLS towards brokers; only with the feature `mqtt`"),
    home("serde", "cli", "results as data, field by field"),
    home("serde_json", "live", "observations as JSON; results too, by way of the cli"),
    home("terminal_size", "cli", "columns at hand for tables and bars"),
    home("tokio", "live", "carries the OPC UA client and server; only with the feature `opcua`"),
];

/// Outside crates that even tests may use in their home room only, because what they accept differs from what we accept.
const HOME_IN_TESTS_TOO: &[(&str, &str)] = &[("ron", "scenario")];

/// The room a file belongs to.
pub fn room_of_path(path: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| path.strip_prefix(room.directory).is_some_and(|rest| rest.starts_with('/')))
}

fn room_of_package(package: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.package == package)
}

/// Rule: a room uses rooms below it only, and no room ships with the developer commands.
pub fn arrows(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (package, room) in rooms_of(tree) {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.internal) {
            let advice = match room_of_package(&dependency.name) {
                Some(other) if other.level < room.level => continue,
                Some(other) => {
                    format!(
                        "{} (level {}) must not use {} (level {}): move what both need below them",
                        room.name, room.level, other.name, other.level
                    )
                }
                None if dependency.development => continue,
                None => format!(
                    "{} must not ship with {}: only tests may use what is not a room",
                    room.name, dependency.name
                ),
            };
            findings.push(finding(&package.manifest, line_of(tree, package, dependency), "arrows", advice));
        }
    }
    findings
}

/// Rule: an outside crate is used by the one room the table names.
pub fn homes(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (package, room) in rooms_of(tree) {
        for dependency in package.dependencies.iter().filter(|dependency| !dependency.internal) {
            let advice = if dependency.development {
                match HOME_IN_TESTS_TOO.iter().find(|(name, _)| *name == dependency.name) {
                    Some((name, home)) if *home != room.name => {
                        format!("{name} lives in {home}, for tests too: test through {home}")
                    }
                    _ => continue,
                }
            } else {
                match HOMES.iter().find(|home| home.package == dependency.name) {
                    Some(home) if home.room == room.name => continue,
                    Some(home) => format!(
                        "{} lives in {} ({}): ask {} for what you need",
                        home.package, home.room, home.reason, home.room
                    ),
                    None => format!(
                        "{} has no home: add it to HOMES in crates/xtask/src/tidy/rooms.rs with its room and reason",
                        dependency.name
                    ),
                }
            };
            findings.push(finding(&package.manifest, line_of(tree, package, dependency), "homes", advice));
        }
    }
    findings
}

/// Rule: the table of homes names no crate that its room does not use.
pub fn homes_in_use(tree: &Tree) -> Vec<Finding> {
    let path = "crates/xtask/src/tidy/rooms.rs";
    let is_used = |home: &&Home| {
        rooms_of(tree).any(|(package, room)| {
            room.name == home.room && package.dependencies.iter().any(|dependency| dependency.name == home.package)
        })
    };
    let unused = HOMES.iter().filter(|home| !is_used(home));
    let line =
        |home: &Home| tree.file(path).and_then(|file| line_with(&file.text, &format!("home(\"{}\"", home.package)));
    unused
        .map(|home| {
            finding(
                path,
                line(home).unwrap_or(1),
                "homes",
                format!("{} does not use {}: remove the line", home.room, home.package),
            )
        })
        .collect()
}

fn rooms_of(tree: &Tree) -> impl Iterator<Item = (&Package, &'static Room)> {
    tree.packages.iter().filter_map(|package| Some((package, room_of_package(&package.name)?)))
}

/// The manifest's line that names the dependency, or its first.
fn line_of(tree: &Tree, package: &Package, dependency: &Dependency) -> usize {
    let manifest = tree.file(&package.manifest);
    manifest.and_then(|file| line_with(&file.text, &dependency.key)).unwrap_or(1)
}

fn line_with(text: &str, start: &str) -> Option<usize> {
    text.lines().position(|line| line.trim_start().starts_with(start)).map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::File;

    /// A tree of one room with one dependency.
    fn tree_with(package: &str, dependency: &str, development: bool, internal: bool) -> Tree {
        let key = dependency.trim_start_matches("linewright-").to_owned();
        let manifest = format!("[package]\nname = \"{package}\"\n[dependencies]\n{key}.workspace = true\n");
        let dependencies = vec![Dependency { name: dependency.to_owned(), key, development, internal }];
        Tree {
            files: vec![File::new("Cargo.toml", &manifest)],
            packages: vec![Package { name: package.to_owned(), manifest: "Cargo.toml".to_owned(), dependencies }],
        }
    }

    #[test]
    fn arrows_point_downward() {
        let cases = [
            ("linewright-plant", "linewright-kernel", false, true),
            ("linewright", "linewright-kernel", false, true),
            ("linewright-study", "linewright-scenario", false, true),
            ("linewright", "xtask", true, true),
            ("xtask", "linewright-plant", false, true),
            ("linewright-wrapping", "linewright-plant", false, true),
            ("linewright-kernel", "linewright-plant", false, false),
            ("linewright-kernel", "linewright-plant", true, false),
            ("linewright-study", "linewright-live", false, false),
            ("linewright-kernel", "linewright-motion", false, false),
            ("linewright", "xtask", false, false),
            ("linewright-scenario", "linewright", false, false),
        ];
        for (package, dependency, development, allowed) in cases {
            let findings = arrows(&tree_with(package, dependency, development, true));
            assert_eq!(findings.is_empty(), allowed, "{package} -> {dependency}: {findings:?}");
            assert!(findings.iter().all(|finding| finding.line == 4), "{findings:?}");
        }
    }

    #[test]
    fn an_outside_crate_has_one_home() {
        let cases = [
            ("linewright-plant", "bevy_ecs", false, true),
            ("linewright-scenario", "ron", true, true),
            ("linewright-plant", "proptest", true, true),
            ("xtask", "serde_json", false, true),
            ("linewright-scenario", "bevy_ecs", false, false),
            ("linewright-plant", "never-heard-of", false, false),
            ("linewright-plant", "ron", true, false),
            ("linewright", "ron", true, false),
        ];
        for (package, dependency, development, allowed) in cases {
            let findings = homes(&tree_with(package, dependency, development, false));
            assert_eq!(findings.is_empty(), allowed, "{package} -> {dependency}: {findings:?}");
        }
    }

    #[test]
    fn a_home_without_its_crate_is_found() {
        let findings = homes_in_use(&tree_with("linewright-plant", "bevy_ecs", false, false));
        assert!(findings.iter().any(|finding| finding.advice.contains("csv")));
        assert!(!findings.iter().any(|finding| finding.advice.contains("bevy_ecs")));
    }
}
