//! What is measured in the plant: sensors, their faults, and alarms on their readings.
//!
//! Sensors look on. They read the truth off the floor when an instant is complete, draw from streams of their own and
//! write to digests of their own, so a plant with sensors runs exactly as the same plant without.

pub mod alarm;
pub mod counter;
pub mod level_sensor;
pub mod photo_eye;
pub mod power_meter;
pub mod process_value;
pub mod sensor;
pub mod signal;
pub mod state_sensor;

/// The kinds of our own that post readings an alarm can watch.
pub(crate) const SENSOR_KINDS: &[&str] =
    &["Counter", "LevelSensor", "PhotoEye", "PowerMeter", "ProcessValue", "StateSensor"];
