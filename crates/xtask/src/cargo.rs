//! Starting cargo and its companions from inside a developer command.
//!
//! Every command is printed before it runs, so that a failing stage can be repeated by hand, and runs in the
//! workspace root whatever directory the developer stands in.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The workspace root: the directory two levels above this crate's manifest.
pub fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_path_buf()
}

/// Where cargo puts what it builds.
pub fn target_directory() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace_root().join("target"), PathBuf::from)
}

/// A command for the same cargo that started this program. Where `CI` is set nothing is built a second time, so what
/// speeds that up is left out: it takes gigabytes of disk.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = program(&env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()), arguments);
    if env::var_os("CI").is_some() && env::var_os("CARGO_INCREMENTAL").is_none() {
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

/// A command for any program, run in the workspace root.
pub fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(workspace_root());
    command
}

/// Runs a command with its output shown; says whether it succeeded. A program that cannot be started counts as failed
/// and is named.
pub fn show(command: &mut Command) -> bool {
    println!("$ {}", written(command));
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => {
            eprintln!("cannot start {}: {error}", command.get_program().to_string_lossy());
            false
        }
    }
}

/// Whether a command starts and succeeds, with its output thrown away: the way to ask for a tool's version.
pub fn answers(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The command as a developer would type it.
fn written(command: &Command) -> String {
    let mut words: Vec<String> = Vec::new();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            words.push(format!("{}={}", name.to_string_lossy(), quoted(&value.to_string_lossy())));
        }
    }
    let name = Path::new(command.get_program()).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    words.push(name.unwrap_or_default());
    words.extend(command.get_args().map(|argument| quoted(&argument.to_string_lossy())));
    words.join(" ")
}

/// A word in quotes where a shell would split it.
fn quoted(word: &str) -> String {
    if word.contains(' ') { format!("'{word}'") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_written_as_typed() {
        let mut command = program("cargo", &["test", "--", "two words"]);
        command.env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(written(&command), "RUSTDOCFLAGS='-D warnings' cargo test -- 'two words'");
    }

    #[test]
    fn the_root_holds_the_lock_file() {
        assert!(workspace_root().join("Cargo.lock").is_file());
    }

    #[test]
    fn a_missing_program_does_not_answer() {
        assert!(!answers(&mut program("linewright-no-such-program", &[])));
    }
}
