//! From the value of a metric to a reading, by the type that its birth gave it.

use super::wire::{Metric, MetricValue, PropertyContent, SIMULATED, datatype};
use crate::observation::{Quality, Reading};

/// What a metric of the type `kind` says; `None` where it is not what its type promises, or no single value.
///
/// Whole numbers beyond 2^53 are rounded. Moments are milliseconds since 1970.
pub(super) fn reading(kind: u32, value: &MetricValue) -> Option<Reading> {
    let number = match kind {
        datatype::INT8 => signed(value, 8)? as f64,
        datatype::INT16 => signed(value, 16)? as f64,
        datatype::INT32 => signed(value, 32)? as f64,
        datatype::INT64 => signed(value, 64)? as f64,
        datatype::UINT8 => unsigned(value, 8)? as f64,
        datatype::UINT16 => unsigned(value, 16)? as f64,
        datatype::UINT32 => unsigned(value, 32)? as f64,
        datatype::UINT64 | datatype::DATE_TIME => unsigned(value, 64)? as f64,
        datatype::FLOAT | datatype::DOUBLE => match value {
            MetricValue::Float(number) => f64::from(*number),
            MetricValue::Double(number) => *number,
            _ => return None,
        },
        datatype::BOOLEAN => match value {
            MetricValue::Boolean(truth) => return Some(Reading::Truth(*truth)),
            _ => return None,
        },
        datatype::STRING | datatype::TEXT | datatype::UUID => match value {
            MetricValue::Text(text) => return Some(Reading::Text(text.as_str().into())),
            _ => return None,
        },
        _ => return None,
    };
    number.is_finite().then_some(Reading::Number(number))
}

/// A whole number below 2^`bits`.
fn unsigned(value: &MetricValue, bits: u32) -> Option<u64> {
    let number = match value {
        MetricValue::Int(number) => u64::from(*number),
        MetricValue::Long(number) => *number,
        _ => return None,
    };
    (number.leading_zeros() >= 64 - bits).then_some(number)
}

/// A whole number of `bits` bits in two's complement: some fill the field up with the sign, others with zeros.
fn signed(value: &MetricValue, bits: u32) -> Option<i64> {
    let filled = match value {
        MetricValue::Int(number) => i64::from(*number as i32),
        MetricValue::Long(number) => *number as i64,
        _ => return None,
    };
    let unused = 64 - bits;
    let low = (filled << unused) >> unused;
    (low == filled || unsigned(value, bits).is_some()).then_some(low)
}

/// The quality that a metric comes with; good unless it says otherwise (specification 6.4.9, "Quality Codes").
pub(super) fn quality(metric: &Metric) -> Quality {
    let Some(content) = property(metric, "Quality") else { return Quality::Good };
    match content {
        Some(PropertyContent::Int(192) | PropertyContent::Long(192)) => Quality::Good,
        Some(PropertyContent::Int(0) | PropertyContent::Long(0)) => Quality::Bad,
        // 500 is stale; other codes are none.
        _ => Quality::Uncertain,
    }
}

/// Whether a metric says of itself that no plant says it, as those of emulations do.
pub(super) fn is_simulated(metric: &Metric) -> bool {
    property(metric, SIMULATED) == Some(&Some(PropertyContent::Boolean(true)))
}

/// What a metric says under the name `key`, if it has something of that name.
fn property<'m>(metric: &'m Metric, key: &str) -> Option<&'m Option<PropertyContent>> {
    let properties = metric.properties.as_ref()?;
    let mut pairs = properties.keys.iter().zip(&properties.values);
    pairs.find(|(name, _)| *name == key).map(|(_, property)| &property.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_whatever_fills_their_fields() {
        let int = |number: i64| MetricValue::Int(number as u32);
        let long = |number: i64| MetricValue::Long(number as u64);
        for (kind, value, expected) in [
            (datatype::INT8, int(-5), Some(-5.0)),
            (datatype::INT8, int(251), Some(-5.0)),
            (datatype::INT8, int(300), None),
            (datatype::INT8, int(-129), None),
            (datatype::INT16, int(-32_768), Some(-32_768.0)),
            (datatype::INT16, int(65_535), Some(-1.0)),
            (datatype::INT16, long(-7), Some(-7.0)),
            (datatype::INT32, int(-2), Some(-2.0)),
            (datatype::INT32, long(0xffff_fffe), Some(-2.0)),
            (datatype::INT64, long(-3), Some(-3.0)),
            (datatype::UINT8, int(255), Some(255.0)),
            (datatype::UINT8, int(256), None),
            (datatype::UINT16, int(-1), None),
            (datatype::UINT32, long(4_294_967_295), Some(4_294_967_295.0)),
            (datatype::UINT64, long(-1), Some(18_446_744_073_709_551_615.0)),
            (datatype::DOUBLE, MetricValue::Double(f64::NAN), None),
            (datatype::DOUBLE, int(1), None),
            (datatype::FLOAT, MetricValue::Float(0.5), Some(0.5)),
            (datatype::BOOLEAN, int(1), None),
            (17, int(1), None),
            (0, int(1), None),
        ] {
            assert_eq!(reading(kind, &value), expected.map(Reading::Number), "{kind} {value:?}");
        }
    }
}
