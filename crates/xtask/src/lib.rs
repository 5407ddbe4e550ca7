//! Developer commands of Linewright, callable as functions too.
//!
//! `cargo xtask test | tidy | golden | picture | bench` are the commands. The house rules live in [`tidy`] as a library so
//! that the workspace's own tests run them as one test among others and can add checks that need the whole engine.
//! Nothing in here ships: no room of the engine may depend on this crate other than for its tests.

#[cfg(feature = "bench")]
pub mod bench;
pub mod cargo;
pub mod golden;
pub mod outside;
pub mod picture;
pub mod stages;
pub mod tidy;
