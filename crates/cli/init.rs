//! `linewright init`: a commented scenario to begin with, which runs as it is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};

use crate::arguments::Init;
use crate::exit::{Exit, Failure};
use crate::output::{self, GOOD, styled};

/// The scenario that is written.
const STARTER: &str = include_str!("assets/starter.ron");
/// What its comments call the file.
const STARTER_NAME: &str = "plant.ron";

/// Writes the starter, never over a file that is there unless told so.
///
/// # Errors
/// If the file is there or cannot be written.
pub fn init(arguments: &Init) -> Result<Exit, Failure> {
    let path = &arguments.file;
    let name = path.display().to_string();
    let text = STARTER.replace(STARTER_NAME, &name);
    let mut options = OpenOptions::new();
    options.write(true);
    // Asking the system to make a new file leaves no moment in which another program could make it first.
    if arguments.force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let written = options.open(path).and_then(|mut file: File| {
        file.write_all(text.as_bytes())?;
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use plant::kpi;
    use plant::registry::Registry;
    use plant::run::Run;
    use scenario::expand::open_from;
    use scenario::sources::Sources;

    use super::*;

    #[test]
    fn the_starter_runs_and_ships() {
        let files = BTreeMap::from([(STARTER_NAME.to_owned(), STARTER.as_bytes().to_vec())]);
        let opened = open_from(Sources::new(files), STARTER_NAME, &[], &Arc::new(Registry::default()));
        let scenario = opened.expect("the starter is right");
        let mut run = Run::new(scenario.plant, scenario.seed, 0).expect("it can begin");
        run.finish().expect("it comes to its end");
        let throughput = kpi::find(&run.report(), "throughput").expect("the plant has a throughput");
        assert!((50.0..60.0).contains(&throughput), "{throughput} parts an hour of 60 that arrive");
    }

    #[test]
    fn a_file_that_is_there_is_left_alone() {
        let file = std::env::temp_dir().join(format!("linewright-init-{}.ron", std::process::id()));
        let write = |force: bool| init(&Init { file: file.clone(), force });
        assert!(write(false).is_ok());
        std::fs::write(&file, "mine").expect("written");
        assert!(write(false).is_err());
        assert_eq!(std::fs::read_to_string(&file).ok().as_deref(), Some("mine"));
        assert!(write(true).is_ok());
        assert!(std::fs::read_to_string(&file).is_ok_and(|text| text.starts_with("// A small line")));
        std::fs::remove_file(file).expect("cleaned up");
    }
}
