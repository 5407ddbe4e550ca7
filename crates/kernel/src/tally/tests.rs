//! Tallies against values sorted and summed in full.
