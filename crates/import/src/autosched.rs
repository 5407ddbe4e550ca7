//! Fabs in the text format of AutoSched AP, in which the testbeds of semiconductor plants are published (SMT2020: Kopp, Hassoun,
//! Kalir, Mönch 2020).
//!
//! A folder holds `tool.txt` (station families), `part.txt` with a file for each route, `order.txt` (what is started), `WIP.txt`
//! (what is there), `fromto.txt` (ways), `setup.txt` and `setupgrp.txt` (changeovers), `downcal.txt` and `pmcal.txt`
//! (breakdowns and maintenance), and `attach.txt`, which says whose these are. What a column means is written at its name in
//! `read.rs` and `attached.rs`; columns and files that mean nothing here are notes, and values that are not known are complaints.

mod attached;
mod check;
mod decimal;
mod fab;
mod read;
mod scenario;
mod table;
mod time;

use ::scenario::load::Rejected;
use ::scenario::sources::Sources;
use kernel::SimDuration;
use plant::description::{Complaint, Origin};

use crate::codes::NOT_A_FAB;
use crate::{Imported, read_time};
use decimal::Decimal;

/// What is imported, and what it is to be played with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// How long it is played, as scenario text: `30 d`; lots are started until then.
    pub horizon: String,
    /// The dispatching rule behind priorities and changeovers: `Fifo`.
    pub rule: String,
    /// Whether batches wait until they are full.
    pub full_batches: bool,
}

/// Wishes that were understood.
#[derive(Debug, Clone, Copy)]
struct Understood<'w> {
    horizon: SimDuration,
    rule: &'w str,
    full_batches: bool,
}

impl Understood<'_> {
    fn horizon_seconds(&self) -> Decimal {
        Decimal::nanos(self.horizon.as_nanos())
    }
}

/// Reads the fab in the folder at `folder` and writes it as a scenario called `name`.
///
/// # Errors
/// All that is wrong with the files, with its places.
pub fn import(sources: Sources, folder: &str, name: &str, wishes: &Wishes) -> Result<Imported, Box<Rejected>> {
    let mut complaints = Vec::new();
    let horizon = read_time(&sources, "--horizon", &wishes.horizon, &mut complaints).unwrap_or(SimDuration::ZERO);
    let wishes = Understood { horizon, rule: &wishes.rule, full_batches: wishes.full_batches };
    let mut desk = read::Desk { sources: &sources, folder, complaints, notes: Vec::new(), files: Vec::new() };
    let fab = desk.read();
    let read::Desk { mut complaints, notes, .. } = desk;
    if complaints.is_empty() {
        complaints = check::check(&fab, &wishes);
    }
    if complaints.is_empty() {
        Ok(scenario::write(&fab, name, folder, &wishes, notes))
    } else {
        Err(Box::new(Rejected { complaints, sources }))
    }
}

fn complaint(origin: Origin, message: impl Into<String>, label: &str) -> Complaint {
    Complaint::new(&NOT_A_FAB, origin, message)
        .label(label)
        .help("`linewright explain LW0722` shows what the files say")
}
