//! People and tools that elements share.

pub mod pool;
