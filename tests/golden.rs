//! The command line as a user sees it: each file under tests/cli holds commands with what they print and how they end.
//! `cargo xtask golden` writes the outputs anew; what differs from run to run is left open with `[..]` and `...`.

use std::path::Path;

use crate::playing::{files, root};

#[test]
fn golden_command_lines() {
    assert!(files("tests/cli", "trycmd").len() >= 8, "golden runs are missing");
    let cases = trycmd::TestCases::new();
    cases.register_bin("linewright", Path::new(env!("CARGO_BIN_EXE_linewright")));
    cases.env("COLUMNS", "100").env("NO_COLOR", "1").env("CLICOLOR_FORCE", "0");
    cases.case(root().join("tests/cli/*.trycmd"));
}
