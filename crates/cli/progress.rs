//! A progress bar on stderr for runs that last: only on a terminal, only after a second, gone when the run ends.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// Runs shorter than this show no bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// Steps of the bar.
const STEPS: u64 = 1_000;

/// Shows how far a run is.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    begun: Instant,
    bar: Option<ProgressBar>,
    is_terminal: bool,
}

impl Progress {
    /// Begins to watch; nothing is shown yet.
    pub fn new(what: &'static str) -> Self {
        Progress { what, begun: Instant::now(), bar: None, is_terminal: std::io::stderr().is_terminal() }
    }

    /// `share` of the run is done.
    pub fn at(&mut self, share: f64) {
        if !self.is_terminal || self.begun.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template("{prefix} {wide_bar:.cyan/dim} {percent:>3} % | {eta} left");
            if let Ok(style) = style {
                bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
            }
            bar.with_prefix(self.what).with_elapsed(self.begun.elapsed())
        });
        bar.set_position((share.clamp(0.0, 1.0) * STEPS as f64) as u64);
    }

    /// Takes the bar away.
    pub fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
