//! `linewright completions`: a script that teaches a shell the command line.

use clap::CommandFactory;

use crate::arguments::{Arguments, Completions};
use crate::exit::{Exit, Failure};
use crate::output;

/// Prints the script for a shell.
///
/// # Errors
/// If it cannot be written.
pub fn completions(arguments: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    let script = String::from_utf8(script).map_err(|_| Failure::internal("the completion script is no text"))?;
    output::print(&script)?;
    Ok(Exit::Done)
}
