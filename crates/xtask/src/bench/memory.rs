//! Peak memory of this process, from the kernel's own bookkeeping where there is one.
//!
//! Linux tells the peak of the resident set in /proc/self/status and restarts it when asked to; other systems have
//! no file for it, and the report says so instead of guessing.

use std::fs;

/// The peak of the resident set so far, in KiB.
pub fn peak_kib() -> Option<u64> {
    parse_peak(&fs::read_to_string("/proc/self/status").ok()?)
}

/// Lets the peak begin again at what is in use now, and returns it. Where the system refuses, the old peak stays: a
/// later growth is then still seen once it exceeds that.
pub fn restart_peak() -> Option<u64> {
    let _ = fs::write("/proc/self/clear_refs", "5");
    peak_kib()
}

fn parse_peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read() {
        assert_eq!(parse_peak("Name:\tx\nVmHWM:\t    5124 kB\nVmRSS:\t 4000 kB\n"), Some(5124));
        assert_eq!(parse_peak("Name:\tx\n"), None);
    }
}
