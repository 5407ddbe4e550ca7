//! The tables of a study: a row a run, a row a case, a row a KPI; and checksums, so that damage is seen.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::Moments;
use plant::description::NumberWithUnit;
use plant::kpi::{self, Measure};
use scenario::blake3;

pub use super::table::Tables;
use super::table::{Cell, TableColumn, TableKind};
use super::{Extent, Step, Unpacker, walk};
use crate::journal::Journal;
use crate::journal::segment::Addresses;
use crate::plan::{Entry, Study};
use crate::precision::LEVEL;
use scenario::staged::{FileError, Staged, remove_abandoned};

/// The directory of tables in the directory of a study.
pub const RESULTS: &str = "results";
/// The file that says what the others hold.
const CHECKSUMS: &str = "checksums.txt";

/// Writes the tables of what is in the journal to `directory`: the same bytes for the same runs. Answers with how much that is.
///
/// Memory depends on the number of KPIs, not on the number of runs.
///
/// # Errors
/// A file that cannot be read or written; each table is then as before, or whole.
pub fn write(study: &Study, journal: &Journal, directory: &Path, tables: Tables) -> Result<Extent, FileError> {
    fs::create_dir_all(directory).map_err(FileError::at(directory))?;
    remove_abandoned(directory);
    let outline = Outline::of(study, journal)?;
    let mut runs = tables.create(directory, "runs", &outline.run_columns())?;
    let mut cases = tables.create(directory, "cases", &outline.case_columns())?;
    let mut kpis = tables.create(directory, "kpis", &columns(&["kpi", "name", "unit"]))?;
    for (address, name, unit) in &outline.kpis {
        kpis.row(&[Cell::Text(address), Cell::Text(name), Cell::Text(unit)])?;
    }
    let mut present: Option<Entry> = None;
    let mut settings: Vec<Option<String>> = Vec::new();
    let mut moments = vec![Moments::new(); outline.kpis.len()];
    let addresses = outline.kpis.iter().map(|(address, ..)| address.clone()).collect();
    let mut unpacker = Unpacker::for_addresses(addresses);
    let extent = walk(study, journal, &mut |step| {
        match step {
            Step::Case(entry) => {
                settings = outline.settings_of(entry);
                present = Some(entry.clone());
                moments.fill(Moments::new());
            }
            Step::Run(columns, run) => {
                let Some(entry) = &present else { return Ok(()) };
                let values = unpacker.outcome(columns, run).values;
                let (run_id, digest) = (entry.id.run_id(run.replication).to_string(), run.outcome.digest.to_string());
                let mut cells = outline.first_cells(entry, &settings);
                cells.extend([
                    Cell::Whole(run.replication),
                    Cell::Text(&run_id),
                    Cell::Text(&digest),
                    Cell::Whole(run.outcome.events),
                ]);
                cells.extend(values.iter().map(|value| Cell::Number(*value)));
                runs.row(&cells)?;
                moments.iter_mut().zip(&values).for_each(|(moments, value)| moments.add(*value));
            }
            Step::End(_) => {
                let Some(entry) = &present else { return Ok(()) };
                let id = entry.id.to_string();
                let mut cells = outline.first_cells(entry, &settings);
                let played = moments.iter().map(Moments::count).max().unwrap_or(0);
                cells.extend([Cell::Text(&id), Cell::Whole(played)]);
                for moments in &moments {
                    let half_width = moments.interval(LEVEL).map_or(f64::NAN, |interval| interval.half_width);
                    cells.extend([Cell::Number(moments.mean().unwrap_or(f64::NAN)), Cell::Number(half_width)]);
                }
                cases.row(&cells)?;
            }
        }
        Ok(())
    })?;
    for table in [runs, cases, kpis] {
        table.commit()?;
    }
    let names = ["runs", "cases", "kpis"].map(|name| format!("{name}.{}", tables.ending()));
    let mut checksums = Staged::create(directory, CHECKSUMS)?;
    for name in names {
        let path = directory.join(&name);
        let hash = hash_of(&path).map_err(FileError::at(&path))?;
        let line = format!("{hash}  {name}\n");
        checksums.write_all(line.as_bytes()).map_err(FileError::at(checksums.place()))?;
    }
    checksums.commit()?;
    Ok(extent)
}

/// The tables in `directory` that are not what was written there; none if nothing was.
///
/// # Errors
/// If the checksums cannot be read.
pub fn damaged(directory: &Path) -> Result<Vec<PathBuf>, FileError> {
    let path = directory.join(CHECKSUMS);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.map_err(FileError::at(path))?,
    };
    let lines = text.lines().filter_map(|line| line.split_once("  "));
    let is_damaged =
        |hash: &str, name: &str| hash_of(&directory.join(name)).map_or(true, |present| present.to_string() != hash);
    Ok(lines.filter(|(hash, name)| is_damaged(hash, name)).map(|(_, name)| directory.join(name)).collect())
}

/// The hash of a file, which need not fit into memory.
fn hash_of(path: &Path) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    Ok(hasher.update_reader(File::open(path)?)?.finalize())
}

/// Which columns the tables have.
struct Outline {
    /// Paths that cases set, and whether all their values are plain numbers.
    paths: Vec<(String, bool)>,
    /// KPIs with a value in any run: address, name, unit.
    kpis: Vec<(String, &'static str, String)>,
}

impl Outline {
    fn of(study: &Study, journal: &Journal) -> Result<Self, FileError> {
        let mut paths: Vec<(String, bool)> = Vec::new();
        // Of each list of columns, which of them have a value.
        let mut used: Vec<(Addresses, Vec<bool>)> = Vec::new();
        walk(study, journal, &mut |step| {
            match step {
                Step::Case(entry) => {
                    for setting in &entry.settings {
                        let is_plain = NumberWithUnit::of(&setting.value).is_some_and(|number| number.unit.is_empty());
                        let path = setting.path.to_string();
                        match paths.iter_mut().find(|(known, _)| *known == path) {
                            Some((_, all_plain)) => *all_plain &= is_plain,
                            None => paths.push((path, is_plain)),
                        }
                    }
                }
                Step::Run(columns, run) => {
                    let place = match used.iter().rposition(|(known, _)| Arc::ptr_eq(known, columns)) {
                        Some(place) => place,
                        None => {
                            used.push((columns.clone(), vec![false; columns.len()]));
                            used.len() - 1
                        }
                    };
                    let flags = used[place].1.iter_mut();
                    flags.zip(&run.outcome.values).for_each(|(flag, value)| *flag |= !value.is_nan());
                }
                Step::End(_) => {}
            }
            Ok(())
        })?;
        let all = used.iter().flat_map(|(columns, flags)| columns.iter().zip(flags));
        let mut present: BTreeMap<&str, ()> =
            all.filter(|(_, used)| **used).map(|(column, _)| (column.as_str(), ())).collect();
        // Those of the base in their order, then what only other cases have.
        let mut kpis = Vec::new();
        let currency = study.base().plant.model.supply.currency();
        let unit = |measure: Measure| match currency {
            Some(currency) if measure == Measure::Cost => currency.to_string(),
            _ => measure.unit().to_owned(),
        };
        for column in kpi::columns(&study.base().plant.model) {
            let address = column.to_string();
            if present.remove(address.as_str()).is_some() {
                kpis.push((address, column.definition.name, unit(column.definition.measure)));
            }
        }
        for address in present.into_keys() {
            let key = address.split('@').next().unwrap_or_default();
            let definition = kpi::definitions().find(|definition| definition.key == key);
            let named = |definition: &kpi::Definition| (definition.name, unit(definition.measure));
            let (name, unit) = definition.map_or_else(Default::default, named);
            kpis.push((address.to_owned(), name, unit));
        }
        Ok(Outline { paths, kpis })
    }

    fn first_columns(&self) -> Vec<TableColumn> {
        let mut columns = vec![TableColumn::new("case", TableKind::Whole), TableColumn::new("name", TableKind::Text)];
        let kind = |is_plain: bool| if is_plain { TableKind::Number } else { TableKind::Text };
        columns.extend(self.paths.iter().map(|(path, is_plain)| TableColumn::new(path, kind(*is_plain))));
        columns
    }

    fn run_columns(&self) -> Vec<TableColumn> {
        let mut columns = self.first_columns();
        let kinds = [
            ("replication", TableKind::Whole),
            ("run_id", TableKind::Text),
            ("digest", TableKind::Text),
            ("events", TableKind::Whole),
        ];
        columns.extend(kinds.map(|(name, kind)| TableColumn::new(name, kind)));
        columns.extend(self.kpis.iter().map(|(address, ..)| TableColumn::new(address, TableKind::Number)));
        columns
    }

    fn case_columns(&self) -> Vec<TableColumn> {
        let mut columns = self.first_columns();
        columns.push(TableColumn::new("case_id", TableKind::Text));
        columns.push(TableColumn::new("replications", TableKind::Whole));
        for (address, ..) in &self.kpis {
            columns.push(TableColumn::new(address, TableKind::Number));
            columns.push(TableColumn::new(format!("{address} +-"), TableKind::Number));
        }
        columns
    }

    /// What a case sets, by the paths of the outline.
    fn settings_of(&self, entry: &Entry) -> Vec<Option<String>> {
        let value = |path: &str| {
            let mut settings = entry.settings.iter().rev();
            settings.find(|setting| setting.path.to_string() == path).map(|setting| setting.value_in_words())
        };
        self.paths.iter().map(|(path, _)| value(path)).collect()
    }

    fn first_cells<'c>(&self, entry: &'c Entry, settings: &'c [Option<String>]) -> Vec<Cell<'c>> {
        let mut cells = vec![Cell::Whole(entry.index), Cell::Text(&entry.name)];
        cells.extend(self.paths.iter().zip(settings).map(|((_, is_plain), value)| match value {
            Some(value) if *is_plain => Cell::Number(value.parse().unwrap_or(f64::NAN)),
            None if *is_plain => Cell::Number(f64::NAN),
            value => Cell::Text(value.as_deref().unwrap_or_default()),
        }));
        cells
    }
}

fn columns(names: &[&str]) -> Vec<TableColumn> {
    names.iter().map(|name| TableColumn::new(*name, TableKind::Text)).collect()
}
