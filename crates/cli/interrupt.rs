//! Ctrl-C: the first one asks the run to stop after its present slice, so that what it has found is still written; the
//! second one ends the process at once.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit::Exit;

static ASKED: AtomicBool = AtomicBool::new(false);

/// Listens from now on. Where that is not possible (a handler exists), Ctrl-C ends the process as usual.
pub fn listen() {
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    });
}

/// Whether somebody asked the run to stop.
pub fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
