//! Ctrl-C: the first one asks the run to stop after its present slice, so that what it has found is still written; one
//! that comes later ends the process at once.
//!
//! Programs that pass an interrupt on (`timeout`, shells, CI runners) often deliver it twice, so what comes within a
//! second of the first counts as the same one.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::exit::Exit;

/// When somebody first asked.
static ASKED: OnceLock<Instant> = OnceLock::new();
/// Interrupts that follow the first one within this time are the same.
const SAME: Duration = Duration::from_secs(1);

/// Listens from now on. Where that is not possible (a handler exists), Ctrl-C ends the process as usual.
pub fn listen() {
    let _ = ctrlc::set_handler(|| {
        if ASKED.get_or_init(Instant::now).elapsed() > SAME {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    });
}

/// Whether somebody asked the run to stop.
pub fn is_asked() -> bool {
    ASKED.get().is_some()
}
