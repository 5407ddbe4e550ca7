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

use std::any::Any;

use crate::element::ElementKind;

/// A kind that shows readings an alarm can watch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SensorKind {
    pub(crate) name: &'static str,
    /// The unit of the readings of a plan; nothing for the plan of another kind.
    pub(crate) unit: fn(&dyn Any) -> Option<&str>,
}

impl SensorKind {
    pub(crate) fn of<K: ElementKind>() -> Self {
        SensorKind { name: K::NAME, unit: |plan| plan.downcast_ref::<K::Plan>().map(K::reading_unit) }
    }
}

/// The sensors of our own.
pub(crate) fn own_sensors() -> Vec<SensorKind> {
    vec![
        SensorKind::of::<counter::Counter>(),
        SensorKind::of::<level_sensor::LevelSensor>(),
        SensorKind::of::<photo_eye::PhotoEye>(),
        SensorKind::of::<power_meter::PowerMeter>(),
        SensorKind::of::<process_value::ProcessValue>(),
        SensorKind::of::<state_sensor::StateSensor>(),
        SensorKind::of::<crate::transport::zone::BarcodeReader>(),
        SensorKind::of::<crate::transport::zone::Scale>(),
        SensorKind::of::<crate::transport::zone::ProximitySensor>(),
    ]
}
