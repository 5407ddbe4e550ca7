//! The integration tests of the whole engine: one binary, so that it is linked once.
//!
//! `oracle` plays plants whose answer theory or a real plant has already given, and compares.

mod oracle;
mod tutorial;

mod bad;
mod playing;
mod examples;
mod determinism;
mod metamorphic;
mod mutation;
mod reference;
mod tidy;
mod golden;
