//! The dimensions of energy carriers that are measured by volume: what a cubic metre takes, costs and emits.

use super::{Dimension, unit};

/// Base unit: the millijoule per cubic metre.
pub(in crate::description) static SPECIFIC_ENERGY: Dimension = Dimension {
    name: "energy per volume",
    with_article: "an energy per volume",
    documentation: "The energy that a volume takes, as text with its unit. Held in whole millijoules per cubic metre.",
    example: "0.12 kWh/m^3",
    units: &[
        unit("kJ/m^3", 1_000_000),
        unit("Wh/m^3", 3_600_000),
        unit("kWh/m^3", 3_600_000_000),
        unit("kJ/m³", 1_000_000),
        unit("Wh/m³", 3_600_000),
        unit("kWh/m³", 3_600_000_000),
    ],
    usual: "kJ/m^3",
    shown: &["kWh/m^3", "Wh/m^3", "kJ/m^3"],
    habits: &[("kwh/m3", "kWh/m^3"), ("wh/m3", "Wh/m^3"), ("kj/m3", "kJ/m^3")],
    largest: (1_000_000_000_000_000, "1000000000 kJ/m^3"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the millionth of a currency unit per cubic metre.
pub(in crate::description) static VOLUME_PRICE: Dimension = Dimension {
    name: "price per volume",
    with_article: "a price per volume",
    documentation: "What a volume costs, as text with its unit: a currency by its three letters (ISO 4217) per cubic metre. Held in \
                    whole millionths of the currency per cubic metre.",
    example: "0.45 EUR/m^3",
    units: &[unit("EUR/m^3", 1_000_000), unit("EUR/m³", 1_000_000)],
    usual: "EUR/m^3",
    shown: &["EUR/m^3"],
    habits: &[("€/m3", "EUR/m^3"), ("eur/m3", "EUR/m^3"), ("$/m3", "USD/m^3"), ("usd/m3", "USD/m^3")],
    largest: (1_000_000_000_000, "1000000 EUR/m^3"),
    compound: false,
    signed: false,
    currency: Some("EUR"),
};

/// Base unit: the microgram per cubic metre.
pub(in crate::description) static VOLUME_EMISSION: Dimension = Dimension {
    name: "emission factor per volume",
    with_article: "an emission factor per volume",
    documentation: "Carbon dioxide equivalent per volume, as text with its unit. Held in whole micrograms per cubic metre.",
    example: "1.9 kg/m^3",
    units: &[
        unit("g/m^3", 1_000_000),
        unit("kg/m^3", 1_000_000_000),
        unit("g/m³", 1_000_000),
        unit("kg/m³", 1_000_000_000),
    ],
    usual: "g/m^3",
    shown: &["g/m^3"],
    habits: &[("g/m3", "g/m^3"), ("kg/m3", "kg/m^3")],
    largest: (1_000_000_000_000, "1000 kg/m^3"),
    compound: false,
    signed: false,
    currency: None,
};
