//! Traces are held against what was told: within the bounds, in any window, cut off and damaged.

mod belt;
mod bounds;
mod damage;
mod exports;
mod told;
mod windows;
