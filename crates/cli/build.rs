//! Tells the program which commit it is built from, so that every result can say so.
//!
//! Git is asked once per build; without git, or in a tree that is not this project's own checkout (an unpacked archive,
//! a vendored copy), the commit is "unknown" and nothing fails.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=crates");
    let (commit, dirty) = match own_checkout() {
        Some(()) => {
            for name in ["HEAD", "logs/HEAD"] {
                // A path that does not exist would make cargo run this again on every build.
                if let Some(path) = git(&["rev-parse", "--git-path", name]).filter(|path| Path::new(path).exists()) {
                    println!("cargo::rerun-if-changed={path}");
                }
            }
            let changes = git(&["status", "--porcelain", "--untracked-files=no"]);
            (git(&["rev-parse", "HEAD"]), changes.is_none_or(|changes| !changes.is_empty()))
        }
        None => (None, false),
    };
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let commit = commit.as_deref().unwrap_or("unknown");
    let short = commit.get(..12).unwrap_or(commit);
    let changed = if dirty { ", changed" } else { "" };
    println!("cargo::rustc-env=LINEWRIGHT_COMMIT={commit}");
    println!("cargo::rustc-env=LINEWRIGHT_DIRTY={dirty}");
    println!("cargo::rustc-env=LINEWRIGHT_VERSION={version} (commit {short}{changed})");
}

/// Whether this package is the top of the git checkout it lies in, and not a copy inside somebody else's.
fn own_checkout() -> Option<()> {
    let top = PathBuf::from(git(&["rev-parse", "--show-toplevel"])?).canonicalize().ok()?;
    let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?).canonicalize().ok()?;
    (top == package).then_some(())
}

/// What git prints, without blanks around it; `None` if there is no git or it refuses.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    if !output.status.success() {
        return None;
    }
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
