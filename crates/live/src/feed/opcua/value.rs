//! What a server says of a value, as an observation.

use std::sync::Arc;

use opcua::types::{DataValue, DateTime, StatusCode, Variant};

use crate::observation::{Observation, Quality, Reading, Stamps};
use crate::wall_time::WallTime;

/// The year 1970 in steps of 100 ns since 1601, in which OPC UA tells times (OPC 10000-6, 5.2.2.5).
pub(crate) const UNIX_EPOCH_TICKS: i64 = 116_444_736_000_000_000;

/// The description of nodes that are of no plant, but of what plays one.
pub(crate) const SIMULATED: &str = "simulated";

/// Whether there was a reading in a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// There was, or the server says itself that there is none.
    Read,
    /// It is nothing that a signal can hold: an array, a structure, no finite number.
    Unreadable,
}

/// What came, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    /// The source that it came from.
    pub source: u16,
    /// When.
    pub arrival: WallTime,
    /// What the client has taken off the times of the server (not of sources), in steps of 100 ns.
    pub taken_off: i64,
    /// Whether the node says of itself that it is of no plant.
    pub is_simulated: bool,
}

/// Reads what came for the signal with this address.
pub(super) fn read(address: &Arc<str>, value: &DataValue, came: Circumstances) -> (Observation, Use) {
    let stated = quality(value.status.unwrap_or(StatusCode::Good));
    let (reading, quality, used) = match value.value.as_ref().map_or(Some(Reading::Nothing), reading) {
        Some(reading) => (reading, stated, Use::Read),
        None => (Reading::Nothing, Quality::Bad, Use::Unreadable),
    };
    let (source, server) = (value.source_timestamp, value.server_timestamp);
    let told = |time: DateTime| time.ticks().saturating_add(came.taken_off);
    let stamps = Stamps {
        source: source.and_then(|time| wall_time(time.ticks(), value.source_picoseconds)),
        server: server.and_then(|time| wall_time(told(time), value.server_picoseconds)),
        arrival: came.arrival,
    };
    let (source, is_simulated) = (came.source, came.is_simulated);
    let address = address.clone();
    let observation =
        Observation { source, address, reading, stamps, quality, sequence: None, is_simulated, is_standing: false };
    (observation, used)
}

/// Whether the description of a node says that it is of no plant, as those of emulations do.
pub(super) fn is_simulated(description: &DataValue) -> bool {
    let Some(Variant::LocalizedText(text)) = &description.value else { return false };
    text.text.value().as_deref() == Some(SIMULATED)
}

/// The two highest bits of a status code (OPC 10000-4, 7.39).
pub(super) fn quality(status: StatusCode) -> Quality {
    match status.bits() >> 30 {
        0 => Quality::Good,
        1 => Quality::Uncertain,
        _ => Quality::Bad,
    }
}

fn reading(value: &Variant) -> Option<Reading> {
    let number = match value {
        Variant::Empty => return Some(Reading::Nothing),
        Variant::Boolean(truth) => return Some(Reading::Truth(*truth)),
        Variant::String(text) => return Some(text.value().as_deref().map_or(Reading::Nothing, Reading::of_text)),
        Variant::LocalizedText(text) => {
            return Some(text.text.value().as_deref().map_or(Reading::Nothing, Reading::of_text));
        }
        Variant::SByte(number) => f64::from(*number),
        Variant::Byte(number) => f64::from(*number),
        Variant::Int16(number) => f64::from(*number),
        Variant::UInt16(number) => f64::from(*number),
        Variant::Int32(number) => f64::from(*number),
        Variant::UInt32(number) => f64::from(*number),
        Variant::Int64(number) => *number as f64,
        Variant::UInt64(number) => *number as f64,
        Variant::Float(number) => f64::from(*number),
        Variant::Double(number) => *number,
        _ => return None,
    };
    number.is_finite().then_some(Reading::Number(number))
}

/// A time on a server's clock, in steps of 100 ns since 1601; `None` where it says that it has none. Picoseconds come in tens. What is
/// beyond our reach is as far away as can be.
fn wall_time(ticks: i64, picoseconds: Option<u16>) -> Option<WallTime> {
    if ticks <= 0 {
        return None;
    }
    let nanos = ticks.saturating_sub(UNIX_EPOCH_TICKS).saturating_mul(100);
    Some(WallTime::from_nanos(nanos.saturating_add(i64::from(picoseconds.unwrap_or(0).min(9_999)) / 100)))
}

#[cfg(test)]
mod tests {
    use opcua::types::{Array, LocalizedText, UAString, VariantScalarTypeId};

    use super::*;

    fn read_value(value: DataValue) -> (Observation, Use) {
        let came = Circumstances { source: 3, arrival: WallTime::from_nanos(7), taken_off: 5, is_simulated: true };
        read(&"ns=2;i=5".into(), &value, came)
    }

    fn of(value: Variant) -> (Reading, Quality, Use) {
        let (observation, used) = read_value(DataValue { value: Some(value), ..DataValue::default() });
        (observation.reading, observation.quality, used)
    }

    #[test]
    fn scalars_are_readings() {
        for (value, number) in [
            (Variant::SByte(-7), -7.0),
            (Variant::Byte(200), 200.0),
            (Variant::Int16(-300), -300.0),
            (Variant::UInt16(60_000), 60_000.0),
            (Variant::Int32(-70_000), -70_000.0),
            (Variant::UInt32(4_000_000_000), 4e9),
            (Variant::Int64(-5_000_000_000), -5e9),
            (Variant::UInt64(1 << 52), 4_503_599_627_370_496.0),
            (Variant::Float(0.5), 0.5),
            (Variant::Double(-0.1), -0.1),
        ] {
            assert_eq!(of(value), (Reading::Number(number), Quality::Good, Use::Read));
        }
        assert_eq!(of(Variant::Boolean(true)).0, Reading::Truth(true));
        assert_eq!(of(Variant::String(UAString::from("ACTIVE"))).0, Reading::Text("ACTIVE".into()));
        let localized = LocalizedText::new("de", "Störung");
        assert_eq!(of(Variant::LocalizedText(Box::new(localized))).0, Reading::Text("Störung".into()));
        assert_eq!(of(Variant::String(UAString::null())).0, Reading::Nothing);
        assert_eq!(of(Variant::Empty), (Reading::Nothing, Quality::Good, Use::Read));
    }

    #[test]
    fn what_is_no_reading_is_bad() {
        let array = Array::new(VariantScalarTypeId::Int32, vec![Variant::Int32(1)]).expect("an array");
        for value in [Variant::Array(Box::new(array)), Variant::Double(f64::NAN), Variant::Float(f32::INFINITY)] {
            assert_eq!(of(value), (Reading::Nothing, Quality::Bad, Use::Unreadable));
        }
    }

    #[test]
    fn the_description_of_a_node_may_say_that_it_is_simulated() {
        let description = |text: &str| DataValue {
            value: Some(Variant::LocalizedText(Box::new(LocalizedText::new("en", text)))),
            ..DataValue::default()
        };
        assert!(is_simulated(&description("simulated")));
        assert!(!is_simulated(&description("")) && !is_simulated(&description("a simulated annealer")));
        assert!(!is_simulated(&DataValue::default()));
        assert!(!is_simulated(&DataValue { value: Some(Variant::Boolean(true)), ..DataValue::default() }));
        assert!(read_value(DataValue::default()).0.is_simulated, "what is said of the node is said of its values");
    }

    #[test]
    fn quality_is_in_the_two_highest_bits() {
        for (bits, expected) in [
            (0, Quality::Good),
            (0x0000_0480, Quality::Good),
            (0x4000_0000, Quality::Uncertain),
            (0x408F_0000, Quality::Uncertain),
            (0x8000_0000, Quality::Bad),
            (0xC000_0000, Quality::Bad),
        ] {
            assert_eq!(quality(StatusCode::from(bits)), expected, "{bits:x}");
        }
    }

    #[test]
    fn times_are_taken_to_the_nanosecond() {
        let time = |ticks: i64, picoseconds: Option<u16>| {
            let (observation, _) = read_value(DataValue {
                source_timestamp: Some(DateTime::from(ticks)),
                source_picoseconds: picoseconds,
                server_timestamp: Some(DateTime::from(ticks - 5)),
                server_picoseconds: picoseconds,
                ..DataValue::default()
            });
            // What was taken off is put back.
            assert_eq!(observation.stamps.server, observation.stamps.source);
            observation.stamps.source.map(WallTime::as_nanos)
        };
        assert_eq!(time(UNIX_EPOCH_TICKS, None), Some(0));
        assert_eq!(time(UNIX_EPOCH_TICKS + 10_000_001, Some(4_200)), Some(1_000_000_142));
        assert_eq!(time(UNIX_EPOCH_TICKS - 1, Some(u16::MAX)), Some(-1));
        assert_eq!(time(0, None), None);
        assert_eq!(time(DateTime::endtimes().ticks(), None), Some(i64::MAX));
    }
}
