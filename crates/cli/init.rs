//! `linewright init`: a commented scenario to begin with, which runs as it is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};

use crate::arguments::Init;
use crate::exit::{Exit, Failure};
use crate::output::{self, GOOD, styled};

/// The scenario that is written.
pub const STARTER: &str = include_str!("assets/starter.ron");

/// Writes the starter, never over a file that is there unless told so.
///
/// # Errors
/// If the file is there or cannot be written.
pub fn init(arguments: &Init) -> Result<Exit, Failure> {
    let path = &arguments.file;
    let name = path.display();
    let mut options = OpenOptions::new();
    options.write(true);
    // Asking the system to make a new file leaves no moment in which another program could make it first.
    if arguments.force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let written = options.open(path).and_then(|mut file: File| {
        file.write_all(STARTER.as_bytes())?;
        file.sync_all()
    });
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && fs::exists(path).unwrap_or(true) => {
            return Err(Failure::usage(format!("{name} is there already"), "name another file, or give --force"));
        }
        Err(error) => return Err(Failure::input_output(&format!("cannot write {name}"), &error)),
    }
    output::print(&format!("{} {name} written; play it with `linewright run {name}`\n", styled(GOOD, "ok")))?;
    Ok(Exit::Done)
}
