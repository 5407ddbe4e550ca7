//! The integration tests of the whole engine: one binary, so that it is linked once.
//!
//! - `oracle` plays plants whose answer theory or a real plant has already given, and compares.
//! - `bad` reads wrong scenarios; `mutation` damages good ones; `examples` walks everything the registry knows.
//! - `network` lets twins listen through bad networks.
//! - `spared` holds that nothing is written over what was read, and what else stands around a command.
//! - `tariff` does sums by hand.
//! - `determinism` and `metamorphic` compare runs with runs.
//! - `outside` lets other programs look at what ours has written: a browser, DuckDB, Polars.
//! - `moving` plays what needs the feature `motion`, or hears why it cannot be played.
//! - `golden`, `reference` and `tutorial` hold what users read to what the program does; `tidy` holds the house rules.

mod bad;
mod checkpoints;
mod determinism;
mod disturbed;
mod emulating;
mod examples;
mod following;
mod golden;
mod limits;
mod live;
mod machine_tool;
mod metamorphic;
mod moving;
mod mutation;
mod network;
mod oracle;
mod outside;
mod particles;
mod playing;
mod reference;
mod set_later;
mod snapshots;
mod spared;
mod straight;
mod studies;
mod tariff;
mod tidy;
mod tutorial;
mod watching;
