//! The integration tests of the whole engine: one binary, so that it is linked once.
