//! What is still to be done within the present instant, first come first served.
//!
//! Such a line fills and runs empty over and over without time passing, and is never long for long. So taking the
//! first entry only moves a mark, and the memory is used again from the start once the line has run empty.

use kernel::persist::{Persist, Reader, Unreadable, Writer};

/// A line of things to do. Adding and taking cost about 1 ns each and, once it has grown, no allocation.
#[derive(Debug, Clone)]
pub(crate) struct Agenda<T> {
    entries: Vec<T>,
    /// Entries before this one are done.
    next: usize,
}

impl<T: Copy + Persist> Persist for Agenda<T> {
    fn write(&self, writer: &mut Writer) {
        // What is done is not part of the state.
        self.iter().copied().collect::<Vec<T>>().write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        Ok(Agenda { entries: Vec::read(reader)?, next: 0 })
    }
}

impl<T: Copy> Agenda<T> {
    pub(crate) fn with_capacity(entries: usize) -> Self {
        Agenda { entries: Vec::with_capacity(entries), next: 0 }
    }

    /// Adds an entry behind all others.
    #[inline]
    pub(crate) fn push(&mut self, entry: T) {
        self.entries.push(entry);
    }

    /// Takes the first entry.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<T> {
        let entry = *self.entries.get(self.next)?;
        self.next += 1;
        if self.next == self.entries.len() {
            self.entries.clear();
            self.next = 0;
        }
        Some(entry)
    }

    /// Whether nothing is left to do.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is left to do, in order.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.entries[self.next..].iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_in_order_and_memory_is_used_again() {
        let mut agenda = Agenda::with_capacity(4);
        let (mut given, mut taken) = (0, 0);
        for round in 0..1000 {
            for _ in 0..round % 4 {
                agenda.push(given);
                given += 1;
            }
            assert_eq!(agenda.iter().copied().collect::<Vec<_>>(), (taken..given).collect::<Vec<_>>());
            while let Some(entry) = agenda.pop() {
                assert_eq!(entry, taken);
                taken += 1;
                assert_eq!(agenda.is_empty(), taken == given);
            }
        }
        assert_eq!(taken, given);
        assert_eq!(agenda.entries.capacity(), 4, "it never held more than 3 entries at once");
    }
}
