//! The dimensions of what is heated, weighed and paid for by mass, with their units as in the room above.

use super::{Dimension, unit};

/// Base unit: the thousandth of a degree Celsius.
pub(in crate::description) static TEMPERATURE: Dimension = Dimension {
    name: "temperature",
    with_article: "a temperature",
    documentation: "A temperature on the Celsius scale, as text with its unit; it may be negative. Held in whole thousandths of a \
                    degree.",
    example: "850 degC",
    units: &[unit("degC", 1_000), unit("°C", 1_000)],
    usual: "degC",
    shown: &["degC"],
    habits: &[("c", "degC"), ("celsius", "degC"), ("ºc", "degC"), ("deg", "degC")],
    largest: (10_000_000, "10000 degC"),
    compound: false,
    signed: true,
    currency: None,
};

/// Base unit: the thousandth of a kelvin per hour, of which a rate per second or minute is a whole number.
pub(in crate::description) static HEATING_RATE: Dimension = Dimension {
    name: "heating rate",
    with_article: "a heating rate",
    documentation: "How fast a temperature changes, not negative, as text with its unit. Held in whole thousandths of a kelvin per \
                    hour.",
    example: "10 K/min",
    units: &[unit("K/h", 1_000), unit("K/min", 60_000), unit("K/s", 3_600_000)],
    usual: "K/h",
    shown: &["K/s", "K/min", "K/h"],
    habits: &[
        ("degc/h", "K/h"),
        ("degc/min", "K/min"),
        ("degc/s", "K/s"),
        ("°c/h", "K/h"),
        ("°c/min", "K/min"),
        ("°c/s", "K/s"),
    ],
    largest: (36_000_000_000, "10000 K/s"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the milligram per litre.
pub(in crate::description) static DENSITY: Dimension = Dimension {
    name: "density",
    with_article: "a density",
    documentation: "A mass per volume that is not negative, as text with its unit. Held in whole milligrams per litre.",
    example: "4.43 g/cm^3",
    units: &[
        unit("g/l", 1_000),
        unit("kg/m^3", 1_000),
        unit("g/cm^3", 1_000_000),
        unit("kg/l", 1_000_000),
        unit("kg/m³", 1_000),
        unit("g/cm³", 1_000_000),
    ],
    usual: "kg/m^3",
    shown: &["g/cm^3", "kg/m^3"],
    habits: &[("g/ccm", "g/cm^3"), ("g/cc", "g/cm^3"), ("g/cm3", "g/cm^3"), ("kg/m3", "kg/m^3"), ("g/ml", "g/cm^3")],
    largest: (100_000_000, "100 g/cm^3"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the millionth of a currency unit per kilogram.
pub(in crate::description) static MASS_PRICE: Dimension = Dimension {
    name: "price by mass",
    with_article: "a price by mass",
    documentation: "What a mass of something costs or is worth, as text with its unit: a currency by its three letters (ISO 4217) \
                    per kg, t or g. Held in whole millionths of the currency per kilogram.",
    example: "7.2 EUR/kg",
    units: &[unit("EUR/kg", 1_000_000), unit("EUR/t", 1_000), unit("EUR/g", 1_000_000_000)],
    usual: "EUR/kg",
    shown: &["EUR/kg"],
    habits: &[("€/kg", "EUR/kg"), ("€/t", "EUR/t"), ("$/kg", "USD/kg"), ("$/t", "USD/t"), ("£/kg", "GBP/kg")],
    largest: (1_000_000_000_000_000, "1000000000 EUR/kg"),
    compound: false,
    signed: false,
    currency: Some("EUR"),
};
