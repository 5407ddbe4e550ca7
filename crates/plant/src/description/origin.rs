//! Where in the sources something was written.
//!
//! Origins are carried from the first character read to the last complaint, so that every message can show its line.
//! They are three small integers: copying one costs nothing, and what they mean is known to the room that read the text.

use std::ops::Range;

/// A stretch of bytes in one source: `start..end` in source number `source`.
///
/// The default is nowhere, for values that no text stands behind (defaults, values built by code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Which source: a number given out by whoever loads the files.
    pub source: u16,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Origin {
    /// No place in any source.
    pub const NOWHERE: Origin = Origin { source: u16::MAX, start: 0, end: 0 };

    /// The bytes `start..end` of source number `source`.
    #[must_use]
    pub const fn new(source: u16, start: u32, end: u32) -> Self {
        Origin { source, start, end }
    }

    /// Whether this is a place at all.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.source != u16::MAX
    }

    /// This origin, or `other` where this is nowhere.
    #[must_use]
    pub fn or(self, other: Origin) -> Origin {
        if self.is_known() { self } else { other }
    }

    /// From the start of this to the end of `other`; this alone if they are not in one source.
    #[must_use]
    pub fn to(self, other: Origin) -> Origin {
        if self.source != other.source {
            return self;
        }
        Origin { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies within this.
    #[must_use]
    pub fn holds(self, other: Origin) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// How many bytes it covers.
    #[must_use]
    pub fn length(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// The part of this origin that covers `range`, counted in bytes from its start and kept inside it.
    #[must_use]
    pub fn part(self, range: Range<usize>) -> Origin {
        let at = |offset: usize| {
            let offset = u32::try_from(offset).unwrap_or(u32::MAX);
            self.start.saturating_add(offset).min(self.end)
        };
        Origin { source: self.source, start: at(range.start), end: at(range.end) }
    }
}

impl Default for Origin {
    fn default() -> Self {
        Origin::NOWHERE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stay_inside() {
        let origin = Origin::new(1, 10, 20);
        assert_eq!(origin.part(2..4), Origin::new(1, 12, 14));
        assert_eq!(origin.part(8..usize::MAX), Origin::new(1, 18, 20));
        assert_eq!(origin.to(Origin::new(1, 25, 30)), Origin::new(1, 10, 30));
        assert_eq!(origin.to(Origin::new(2, 25, 30)), origin);
    }

    #[test]
    fn nowhere_is_the_default() {
        assert!(!Origin::default().is_known());
        assert!(Origin::new(0, 0, 0).is_known());
        assert_eq!(Origin::NOWHERE.or(Origin::new(0, 1, 2)), Origin::new(0, 1, 2));
    }
}
