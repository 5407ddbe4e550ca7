//! The list of complaints of one file while it is being read: bounded, and free of follow-ups.
//!
//! One slip of a pen must not fill a screen. So the list ends at [`MOST_COMPLAINTS`], a second complaint at the same
//! place is dropped, and while damaged text is skipped the record is silent.

use plant::description::{Code, Complaint};

/// Most complaints reported for one file; reading stops there.
pub const MOST_COMPLAINTS: usize = 20;

/// Collects complaints.
#[derive(Debug, Default)]
pub(crate) struct Record {
    complaints: Vec<Complaint>,
    silent: bool,
    closed: bool,
    /// Where mistakes begin that leave nothing out of the tree.
    mended: Vec<u32>,
}

impl Record {
    /// Adds a complaint, unless the record is silent or full or has one that begins at the same byte.
    pub(crate) fn add(&mut self, complaint: Complaint) {
        let follows_up = |known: &Complaint| {
            known.origin.start == complaint.origin.start && known.origin.source == complaint.origin.source
        };
        if !self.silent && !self.closed && !self.is_full() && !self.complaints.iter().any(follows_up) {
            self.complaints.push(complaint);
        }
    }

    /// Adds a complaint of a mistake that leaves nothing out of the tree: what is meant is plain, and read.
    pub(crate) fn add_mended(&mut self, complaint: Complaint) {
        self.mended.push(complaint.origin.start);
        self.add(complaint);
    }

    /// Whether the tree lacks anything that stands in the text.
    pub(crate) fn is_damaged(&self) -> bool {
        self.closed || self.complaints.iter().any(|complaint| !self.mended.contains(&complaint.origin.start))
    }

    /// Ends the record: the rest of the file was swallowed by what has just been reported.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// Takes back what was said of the text from byte `start` on, because it is going to be read differently.
    pub(crate) fn retract(&mut self, start: u32) {
        self.complaints.retain(|known| known.origin.start < start);
        self.closed = false;
    }

    /// Whether a complaint of this kind is on the record.
    pub(crate) fn holds(&self, code: &'static Code) -> bool {
        self.complaints.iter().any(|known| known.code.id == code.id)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.complaints.len() >= MOST_COMPLAINTS
    }

    /// Ignores complaints until [`Record::restore`] is called with the answer.
    pub(crate) fn silence(&mut self) -> bool {
        std::mem::replace(&mut self.silent, true)
    }

    pub(crate) fn restore(&mut self, silent: bool) {
        self.silent = silent;
    }

    pub(crate) fn into_complaints(self) -> Vec<Complaint> {
        self.complaints
    }
}
