//! Zones in whole plants: what physics does within a run, against the exact belts and against itself.
#![cfg(feature = "motion")]

mod motion_agreement;
mod motion_bounds;
mod motion_changes;
mod motion_chutes;
mod motion_determinism;
mod motion_diverters;
mod motion_extremes;
mod motion_fits;
mod motion_jams;
mod motion_layout;
mod motion_lines;
mod motion_merges;
mod motion_meshes;
mod motion_mistakes;
mod motion_ramps;
mod motion_robots;
mod motion_seen;
mod motion_sensors;
mod motion_tables;
mod played;
