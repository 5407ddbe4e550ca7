//! Intervals against tables and against their promise.
