//! `linewright import`: plants in other formats, written as scenarios that are checked before anything is on the disk.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use import::Imported;
use import::autosched;
use import::job_shop::{self, Layout, Wishes};
use plant::registry::Registry;
use scenario::expand;
use scenario::sources::{Disk, Sources};
use scenario::staged::{FileError, Staged};

use crate::arguments::{Import, ImportAutoSched, ImportFormat, ImportJobShop, JobShopLayout};
use crate::exit::{Exit, Failure};
use crate::output::{self, GOOD, figure, styled};
use crate::studies::request::file_failure;

/// Reads, checks and writes.
///
/// # Errors
/// A file that is wrong, wishes that make no scenario, or files that cannot be written.
pub fn import(arguments: &Import, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    match &arguments.format {
        ImportFormat::JobShop(arguments) => job_shop(arguments, registry),
        ImportFormat::AutoSched(arguments) => fab(arguments, registry),
    }
}

fn fab(arguments: &ImportAutoSched, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let wishes = autosched::Wishes {
        horizon: arguments.horizon.clone(),
        rule: arguments.rule.clone(),
        full_batches: arguments.full_batches,
    };
    let name = name_of(&arguments.folder);
    let imported = autosched::import(Sources::new(Disk), &arguments.folder, &name, &wishes);
    let imported = imported.map_err(|rejected| Failure::rejected(&rejected))?;
    deliver(&imported, &arguments.out, arguments.force, registry)
}

fn job_shop(arguments: &ImportJobShop, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let layout = arguments.layout.map(|layout| match layout {
        JobShopLayout::Standard => Layout::Standard,
        JobShopLayout::Taillard => Layout::Taillard,
        JobShopLayout::Flexible => Layout::Flexible,
    });
    let wishes = Wishes { layout, unit: arguments.unit.clone(), rule: arguments.rule.clone() };
    let name = name_of(&arguments.file);
    let imported = job_shop::import(Sources::new(Disk), &arguments.file, &name, &wishes);
    let imported = imported.map_err(|rejected| Failure::rejected(&rejected))?;
    deliver(&imported, &arguments.out, arguments.force, registry)
}

/// What the scenario is called: as the file, without its ending.
fn name_of(file: &str) -> String {
    let stem = Path::new(file).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let fits = |letter: char| if letter.is_alphanumeric() || "-_.".contains(letter) { letter } else { '_' };
    let name: String = stem.chars().map(fits).collect();
    if name.is_empty() { "imported".to_owned() } else { name }
}

/// Checks what was imported as the scenario that it is to be, writes its files, and says so.
fn deliver(imported: &Imported, out: &Path, force: bool, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let files: BTreeMap<String, Vec<u8>> =
        imported.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    let Some((main, _)) = imported.files.first() else { return Ok(Exit::Done) };
    let scenario = expand::open_from(Sources::new(files), main, &[], registry);
    let scenario = scenario.map_err(|rejected| Failure::rejected(&rejected))?;
    let places: Vec<_> = imported.files.iter().map(|(name, _)| out.join(name)).collect();
    if let Some(there) = places.iter().find(|place| !force && fs::exists(place).unwrap_or(true)) {
        return Err(Failure::usage(
            format!("{} is there already", there.display()),
            "name another --out, or give --force",
        ));
    }
    fs::create_dir_all(out).map_err(FileError::at(out)).map_err(|error| file_failure(&error))?;
    // The scenario comes last: where it is, its tables are.
    for (name, text) in imported.files.iter().rev() {
        write(out, name, text).map_err(|error| file_failure(&error))?;
    }
    for note in &imported.notes {
        output::complain(&format!("note: {note}\n"));
    }
    let elements = figure::counted(scenario.plant.model.elements.len() as u64, "element");
    let place = out.join(main);
    let place = place.display();
    output::print(&format!(
        "{} {place} written, {elements}; play it with `linewright run {place}`\n",
        styled(GOOD, "ok")
    ))?;
    Ok(Exit::Done)
}

fn write(out: &Path, name: &str, text: &str) -> Result<(), FileError> {
    let mut file = Staged::create(out, name)?;
    file.write_all(text.as_bytes()).map_err(FileError::at(out.join(name)))?;
    file.commit()
}
