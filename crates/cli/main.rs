//! The program `linewright` with the engine's own element kinds. A crate with kinds of its own builds the same program
//! with them by a main of the same length: see [`linewright::main_with`].

use std::process::ExitCode;

fn main() -> ExitCode {
    linewright::main_with(&[])
}
