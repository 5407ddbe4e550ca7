//! Programs that are not ours and that some tests need: a browser, an MQTT broker, a Python and a Node.js with packages.
//!
//! Each is looked for, then installed where that asks nobody and takes a minute at most: browser and broker by the system's own
//! packages where this runs as root, the packages of Python and of Node.js into folders under `target`. What cannot be had is reported by
//! the caller, and the tests that need it are left out.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::{answers, program, show, target_directory};

/// Names a browser goes by that knows the DevTools protocol over pipes.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// The packages, from the root.
const REQUIREMENTS: &str = "tests/outside/requirements.txt";
/// The packages for Node.js: the payloads of Sparkplug B, by Eclipse Tahu, and Khronos' judge of glTF files.
const NODE_PACKAGES: [&str; 2] = ["gltf-validator@2.0.0-dev.3.10", "sparkplug-payload@1.0.3"];
/// Ends with success under a Python that the packages have been made for.
const IS_RECENT: &str = "import sys; sys.exit(sys.version_info < (3, 10))";

/// The browser of this machine.
pub fn browser() -> Option<&'static str> {
    BROWSERS.into_iter().find(|name| answers(&mut program(name, &["--version"])))
}

/// Makes sure that there is a browser; says whether there is.
pub fn install_browser() -> bool {
    browser().is_some() || (apt_install(&["chromium"]) && browser().is_some())
}

/// Makes sure that there is an MQTT broker, with its clients and what makes certificates for it; says whether there is.
pub fn install_broker() -> bool {
    // Debian keeps the broker where only root looks for programs.
    let is_here = |names: &[&str]| names.iter().any(|name| Command::new(name).arg("-h").output().is_ok());
    let are_here = || {
        is_here(&["mosquitto", "/usr/sbin/mosquitto"])
            && is_here(&["mosquitto_pub"])
            && answers(&mut program("openssl", &["version"]))
    };
    are_here() || (apt_install(&["mosquitto", "mosquitto-clients", "openssl"]) && are_here())
}

/// Makes sure that there is a Python with all packages, and answers where it is.
pub fn install_python() -> Option<PathBuf> {
    let environment = target_directory().join("outside-python");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !answers(&mut command(&python, &["-c", IS_RECENT])) {
        let base = ["python3", "python"].into_iter().find(|name| answers(&mut program(name, &["-c", IS_RECENT])))?;
        let place = environment.to_string_lossy();
        let words = ["-m", "venv", "--clear", &place];
        // Debian keeps what this takes in a package of its own.
        let make = || show(&mut program(base, &words));
        if !(make() || apt_install(&["python3-venv"]) && make()) {
            return None;
        }
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"];
    // Nothing is built from sources: that would take longer than all the tests.
    let words = [&pip[..], &["--only-binary", ":all:", "--requirement", REQUIREMENTS]].concat();
    show(&mut command(&python, &words)).then_some(python)
}

/// Makes sure that there is a Node.js with all packages, and answers in which folder they are.
pub fn install_node() -> Option<PathBuf> {
    let are_here = || ["node", "npm"].iter().all(|name| answers(&mut program(name, &["--version"])));
    if !(are_here() || (apt_install(&["nodejs", "npm"]) && are_here())) {
        return None;
    }
    let folder = target_directory().join("outside-node");
    let place = folder.to_string_lossy();
    let words = ["install", "--silent", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix", &place];
    show(&mut program("npm", &[&words[..], &NODE_PACKAGES].concat())).then(|| folder.join("node_modules"))
}

/// Installs packages of Debian's where that is allowed.
fn apt_install(packages: &[&str]) -> bool {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !is_root || !answers(&mut program("apt-get", &["--version"])) {
        return false;
    }
    let apt = |words: &[&str]| {
        let mut command =
            program("apt-get", &["--quiet", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20"]);
        show(command.args(words).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update"]) && apt(&[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

fn command(path: &Path, arguments: &[&str]) -> Command {
    program(&path.to_string_lossy(), arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::workspace_root;

    #[test]
    fn every_package_is_asked_for_in_one_version() {
        let text = std::fs::read_to_string(workspace_root().join(REQUIREMENTS)).expect("the list of packages");
        let packages: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(packages.len() >= 3 && packages.iter().all(|line| line.contains("==")), "{packages:?}");
    }
}
