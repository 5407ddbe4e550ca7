//! The dimensions of what flows: areas, volumes and flow rates, with their units as in the room above.

use super::{Dimension, unit};

/// Base unit: the square micrometre.
pub(in crate::description) static AREA: Dimension = Dimension {
    name: "area",
    with_article: "an area",
    documentation: "An area that is not negative, as text with its unit. Held in whole square micrometres.",
    example: "25 cm^2",
    units: &[
        unit("mm^2", 1_000_000),
        unit("cm^2", 100_000_000),
        unit("m^2", 1_000_000_000_000),
        unit("mm²", 1_000_000),
        unit("cm²", 100_000_000),
        unit("m²", 1_000_000_000_000),
    ],
    usual: "m^2",
    shown: &["m^2", "cm^2", "mm^2"],
    habits: &[("sqm", "m^2"), ("qm", "m^2"), ("m2", "m^2"), ("cm2", "cm^2"), ("mm2", "mm^2")],
    largest: (1_000_000_000_000_000_000, "1000000 m^2"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the nanolitre.
pub(in crate::description) static VOLUME: Dimension = Dimension {
    name: "volume",
    with_article: "a volume",
    documentation: "A volume that is not negative, as text with its unit. Held in whole nanolitres.",
    example: "500 l",
    units: &[
        unit("ml", 1_000_000),
        unit("l", 1_000_000_000),
        unit("hl", 100_000_000_000),
        unit("cm^3", 1_000_000),
        unit("dm^3", 1_000_000_000),
        unit("m^3", 1_000_000_000_000),
        unit("cm³", 1_000_000),
        unit("dm³", 1_000_000_000),
        unit("m³", 1_000_000_000_000),
    ],
    usual: "l",
    shown: &["m^3", "l", "ml"],
    habits: &[
        ("liter", "l"),
        ("liters", "l"),
        ("litre", "l"),
        ("litres", "l"),
        ("ltr", "l"),
        ("m3", "m^3"),
        ("cbm", "m^3"),
        ("ccm", "cm^3"),
        ("cc", "cm^3"),
    ],
    largest: (1_000_000_000_000_000_000, "1000000 m^3"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the nanolitre per hour, of which a rate per second, minute or hour is a whole number.
pub(in crate::description) static FLOW_RATE: Dimension = Dimension {
    name: "flow rate",
    with_article: "a flow rate",
    documentation: "A volume per time that is not negative, as text with its unit. Held in whole nanolitres per hour.",
    example: "30 l/min",
    units: &[
        unit("ml/h", 1_000_000),
        unit("ml/min", 60_000_000),
        unit("ml/s", 3_600_000_000),
        unit("l/h", 1_000_000_000),
        unit("l/min", 60_000_000_000),
        unit("l/s", 3_600_000_000_000),
        unit("m^3/h", 1_000_000_000_000),
        unit("m^3/min", 60_000_000_000_000),
        unit("m^3/s", 3_600_000_000_000_000),
        unit("m³/h", 1_000_000_000_000),
        unit("m³/min", 60_000_000_000_000),
        unit("m³/s", 3_600_000_000_000_000),
    ],
    usual: "l/h",
    shown: &["m^3/h", "l/min", "l/h", "ml/h"],
    habits: &[
        ("lpm", "l/min"),
        ("lps", "l/s"),
        ("l/sec", "l/s"),
        ("m3/h", "m^3/h"),
        ("m3/min", "m^3/min"),
        ("m3/s", "m^3/s"),
        ("cbm/h", "m^3/h"),
        ("m^3/hour", "m^3/h"),
        ("l/hour", "l/h"),
        ("l/minute", "l/min"),
    ],
    largest: (360_000_000_000_000_000, "100 m^3/s"),
    compound: false,
    signed: false,
    currency: None,
};
