//! Studies: from single runs to decisions. Replications, comparisons, sweeps, and reports to look at.
