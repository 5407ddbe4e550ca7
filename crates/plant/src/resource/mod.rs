//! People and tools that elements share.

pub mod pool;
pub(crate) mod walkers;
pub mod walking;
