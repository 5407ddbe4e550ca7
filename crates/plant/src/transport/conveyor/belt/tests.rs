//! Tests of the geometry of belts.
