//! The workspace as the rules see it: its files with their code masked, and its packages with what they depend on.
//!
//! Rules never touch the disk or start a program; they get this tree, so each can be tested on a tree of two lines.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::mask::mask;
use super::rooms::{Room, room_of_path};
use crate::cargo;

/// Everything the rules look at.
#[derive(Debug, Default)]
pub struct Tree {
    /// The files git knows or would take, in path order; what .gitignore names is not here.
    pub files: Vec<File>,
    /// The workspace's own packages.
    pub packages: Vec<Package>,
}

/// One text file of the tree.
#[derive(Debug)]
pub struct File {
    /// Path from the workspace root, with forward slashes.
    pub path: String,
    /// The text as it is on disk; empty for a file that is not text.
    pub text: String,
    /// The text with comments and literals blanked; empty unless this is Rust.
    pub masked: String,
    /// For each line of Rust, whether only tests compile it.
    pub test_lines: Vec<bool>,
}

/// One package of the workspace.
#[derive(Debug, Default)]
pub struct Package {
    /// The package name in its manifest.
    pub name: String,
    /// The manifest's path from the workspace root.
    pub manifest: String,
    /// What it depends on, of every kind.
    pub dependencies: Vec<Dependency>,
}

/// One dependency of a package.
#[derive(Debug, Default)]
pub struct Dependency {
    /// The package depended on, by its own name.
    pub name: String,
    /// The name it has in the manifest.
    pub key: String,
    /// Whether only tests use it.
    pub development: bool,
    /// Whether it is a package of this workspace.
    pub internal: bool,
}

impl File {
    /// Takes a file in, masking it if it is Rust.
    pub fn new(path: &str, text: &str) -> Self {
        let masked = if path.ends_with(".rs") { mask(text) } else { String::new() };
        let whole_file = is_test_path(path);
        let mut test_lines = vec![whole_file; masked.lines().count()];
        if !whole_file {
            mark_test_items(&masked, &mut test_lines);
        }
        Self { path: path.to_owned(), text: text.to_owned(), masked, test_lines }
    }

    /// Whether this is Rust source.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The room the file belongs to, if any.
    pub fn room(&self) -> Option<&'static Room> {
        room_of_path(&self.path)
    }

    /// The file's name without directories and extension.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.split('.').next().unwrap_or(name)
    }

    /// The masked lines, numbered from 1.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.masked.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The masked lines that are not test code, numbered from 1.
    pub fn shipped_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code_lines().filter(|&(number, _)| !self.is_test_line(number))
    }

    /// Whether only tests compile this line.
    pub fn is_test_line(&self, number: usize) -> bool {
        self.test_lines.get(number - 1).copied().unwrap_or(false)
    }
}

/// Whether the path alone says that a file is test code.
fn is_test_path(path: &str) -> bool {
    let mut directories = path.split('/');
    let name = directories.next_back().unwrap_or(path);
    name == "tests.rs"
        || name.ends_with("_tests.rs")
        || directories.any(|directory| matches!(directory, "tests" | "benches" | "examples"))
}

/// Marks the lines of every item behind `#[cfg(test)]`.
fn mark_test_items(masked: &str, test_lines: &mut [bool]) {
    for marker in ["#[cfg(test)]", "#[cfg(all(test", "#[test]"] {
        for (start, _) in masked.match_indices(marker) {
            let end = start + item_length(&masked[start..]);
            let first = masked[..start].matches('\n').count();
            let last = masked[..end].matches('\n').count();
            for line in test_lines.iter_mut().take(last + 1).skip(first) {
                *line = true;
            }
        }
    }
}

/// The length of the item at the start of the text: up to its closing brace, or its semicolon if it has no body.
fn item_length(masked: &str) -> usize {
    let mut depth = 0usize;
    let mut brackets = 0usize;
    for (index, byte) in masked.bytes().enumerate() {
        match byte {
            b'[' | b'(' => brackets += 1,
            b']' | b')' => brackets = brackets.saturating_sub(1),
            b'{' => depth += 1,
            b'}' if depth <= 1 => return index,
            b'}' => depth -= 1,
            b';' if depth == 0 && brackets == 0 => return index,
            _ => {}
        }
    }
    masked.len()
}

impl Tree {
    /// Reads the workspace at `root`: its files by git (all files but target/ where there is no git) and its packages
    /// by `cargo metadata`, offline.
    ///
    /// # Errors
    /// A sentence for the developer, when the directory cannot be read or cargo does not answer.
    pub fn load(root: &Path) -> Result<Self, String> {
        let paths = match listed_by_git(root) {
            Some(paths) => paths,
            None => walked(root)?,
        };
        let mut files = Vec::new();
        for path in paths {
            // A file that git lists and the developer has just deleted is no finding.
            if let Ok(bytes) = fs::read(root.join(&path)) {
                files.push(File::new(&path, &String::from_utf8(bytes).unwrap_or_default()));
            }
        }
        mark_test_modules(&mut files);
        Ok(Self { files, packages: packages(root)? })
    }

    /// The file at a path from the root.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// Marks whole files whose `mod` line stands behind `#[cfg(test)]` in their parent.
fn mark_test_modules(files: &mut [File]) {
    let mut prefixes = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let directory = file.path.rsplit_once('/').map_or("", |(directory, _)| directory);
        let home = match file.stem() {
            "mod" | "lib" | "main" => directory.to_owned(),
            stem => format!("{directory}/{stem}"),
        };
        for (number, line) in file.code_lines() {
            if file.is_test_line(number)
                && let Some(name) = line.trim().strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'))
            {
                prefixes.push(format!("{home}/{name}"));
            }
        }
    }
    for file in files {
        let inside = |prefix: &String| {
            file.path.strip_prefix(prefix.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        if prefixes.iter().any(inside) {
            file.test_lines.fill(true);
        }
    }
}

fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let mut git = std::process::Command::new("git");
    git.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = git.output().ok().filter(|output| output.status.success())?;
    let listed = String::from_utf8(output.stdout).ok()?;
    let mut paths: Vec<String> = listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    paths.sort();
    paths.dedup();
    Some(paths)
}

fn walked(root: &Path) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    let mut waiting = vec![String::new()];
    while let Some(directory) = waiting.pop() {
        let entries =
            fs::read_dir(root.join(&directory)).map_err(|error| format!("cannot read {directory}: {error}"))?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if directory.is_empty() { name } else { format!("{directory}/{name}") };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && path != "target" && path != ".git" => waiting.push(path),
                Ok(kind) if kind.is_file() => paths.push(path),
                _ => {}
            }
        }
    }
    paths.sort();
    Ok(paths)
}

fn packages(root: &Path) -> Result<Vec<Package>, String> {
    let mut command = cargo::cargo(&["metadata", "--format-version", "1", "--offline", "--no-deps"]);
    let output = command.current_dir(root).output().map_err(|error| format!("cannot start cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let metadata =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata gave no JSON: {error}"))?;
    Ok(packages_of(&metadata))
}

/// Picks what the rules need out of cargo's answer.
fn packages_of(metadata: &Value) -> Vec<Package> {
    let root = text(&metadata["workspace_root"]);
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages = list(&metadata["packages"]).into_iter().map(|package| Package {
        name: text(&package["name"]),
        manifest: text(&package["manifest_path"])
            .strip_prefix(&root)
            .unwrap_or_default()
            .trim_start_matches(['/', '\\'])
            .replace('\\', "/"),
        dependencies: list(&package["dependencies"])
            .iter()
            .map(|dependency| Dependency {
                name: text(&dependency["name"]),
                key: dependency["rename"].as_str().map_or_else(|| text(&dependency["name"]), str::to_owned),
                development: dependency["kind"] == "dev",
                internal: dependency["path"].is_string(),
            })
            .collect(),
    });
    packages.collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_code_is_told_from_shipped_code() {
        let source = "fn shipped() {\n}\n#[cfg(test)]\nmod tests {\n    fn inner() {}\n}\nfn after() {}\n#[cfg(test)]\nuse x;\nfn last() {}\n";
        let file = File::new("crates/kernel/src/time.rs", source);
        let shipped: Vec<usize> = file.shipped_lines().map(|(number, _)| number).collect();
        assert_eq!(shipped, [1, 2, 7, 10]);
        for path in ["tests/run.rs", "crates/kernel/src/stream/tests.rs", "crates/plant/examples/wrap.rs"] {
            assert_eq!(File::new(path, "fn a() {}\n").shipped_lines().count(), 0, "{path}");
        }
    }

    #[test]
    fn a_test_module_in_its_own_file_is_test_code() {
        let mut files = vec![
            File::new("crates/kernel/src/stream.rs", "#[cfg(test)]\nmod reference;\nmod tables;\n"),
            File::new("crates/kernel/src/stream/reference.rs", "fn a() {}\n"),
            File::new("crates/kernel/src/stream/tables.rs", "fn a() {}\n"),
        ];
        mark_test_modules(&mut files);
        assert!(files[1].is_test_line(1));
        assert!(!files[2].is_test_line(1));
    }

    #[test]
    fn the_metadata_is_read() {
        let metadata = serde_json::json!({"workspace_root": "/w", "packages": [{"name": "linewright-plant", "manifest_path": "/w/crates/plant/Cargo.toml",
            "dependencies": [{"name": "linewright-kernel", "rename": "kernel", "kind": null, "path": "/w/crates/kernel"}, {"name": "proptest", "kind": "dev"}]}]});
        let packages = packages_of(&metadata);
        assert_eq!(packages[0].manifest, "crates/plant/Cargo.toml");
        let [kernel, proptest] = packages[0].dependencies.as_slice() else { panic!("two dependencies") };
        assert_eq!(
            (kernel.name.as_str(), kernel.key.as_str(), kernel.internal, kernel.development),
            ("linewright-kernel", "kernel", true, false)
        );
        assert_eq!((proptest.internal, proptest.development), (false, true));
    }
}
