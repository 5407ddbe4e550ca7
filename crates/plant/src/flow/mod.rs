//! Elements through which parts flow in no time of their own: where they come from, wait, are worked on and leave.

pub mod assembly;
pub mod batch;
pub mod branch;
pub mod buffer;
pub mod disassembly;
pub mod merge;
pub mod sink;
pub mod source;
pub mod station;
pub mod tool_group;
