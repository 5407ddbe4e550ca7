//! The units a scenario may use, by what they measure, with their exact size in whole base units.
//!
//! Each dimension is held in a base unit so small that every unit is a fraction of two integers of it. Units that people
//! write by habit are listed too, so that the complaint can say what to write.

mod carrier;
mod liquid;
mod matter;

pub(super) use carrier::{SPECIFIC_ENERGY, VOLUME_EMISSION, VOLUME_PRICE};
pub(super) use liquid::{AREA, FLOW_RATE, VOLUME};
pub(super) use matter::{DENSITY, HEATING_RATE, MASS_PRICE, TEMPERATURE};

/// What a quantity measures.
#[derive(Debug)]
pub(super) struct Dimension {
    /// `duration`.
    pub name: &'static str,
    /// `a duration`.
    pub with_article: &'static str,
    /// For the reference: what it is and how it is held.
    pub documentation: &'static str,
    /// A literal, without quotes.
    pub example: &'static str,
    /// The accepted units.
    pub units: &'static [Unit],
    /// The unit suggested for a number that has none; it is a power of ten of base units, so that every quantity can
    /// be written with it.
    pub usual: &'static str,
    /// Units in which a whole number reads well, the largest first.
    pub shown: &'static [&'static str],
    /// What people write by habit, in lower case, and the unit they mean.
    pub habits: &'static [(&'static str, &'static str)],
    /// The largest quantity, in base units, and how it is written.
    pub largest: (i64, &'static str),
    /// Whether several terms may be added: `1 h 30 min`.
    pub compound: bool,
    /// Whether it may be negative: a direction counts.
    pub signed: bool,
    /// The currency that stands in the units, where any other may stand in its place.
    pub currency: Option<&'static str>,
}

/// A unit: `numerator / denominator` base units.
#[derive(Debug)]
pub(super) struct Unit {
    pub symbol: &'static str,
    pub numerator: u64,
    pub denominator: u64,
}

const fn unit(symbol: &'static str, numerator: u64) -> Unit {
    Unit { symbol, numerator, denominator: 1 }
}

const fn fraction(symbol: &'static str, numerator: u64, denominator: u64) -> Unit {
    Unit { symbol, numerator, denominator }
}

/// Base unit: the nanosecond.
pub(super) static DURATION: Dimension = Dimension {
    name: "duration",
    with_article: "a duration",
    documentation: "A length of time that is not negative, as text with units; several may be added up, the larger first: \
                    `\"1 h 30 min\"`. Held in whole nanoseconds.",
    example: "40 s",
    units: &[
        unit("ns", 1),
        unit("us", 1_000),
        unit("ms", 1_000_000),
        unit("s", 1_000_000_000),
        unit("min", 60_000_000_000),
        unit("h", 3_600_000_000_000),
        unit("d", 86_400_000_000_000),
        unit("wk", 604_800_000_000_000),
        unit("µs", 1_000),
        unit("μs", 1_000),
    ],
    usual: "s",
    shown: &["wk", "d", "h", "min", "s", "ms", "us", "ns"],
    habits: &[
        ("sec", "s"),
        ("secs", "s"),
        ("second", "s"),
        ("seconds", "s"),
        ("m", "min"),
        ("mins", "min"),
        ("minute", "min"),
        ("minutes", "min"),
        ("hr", "h"),
        ("hrs", "h"),
        ("hour", "h"),
        ("hours", "h"),
        ("day", "d"),
        ("days", "d"),
        ("w", "wk"),
        ("week", "wk"),
        ("weeks", "wk"),
        ("msec", "ms"),
        ("millisecond", "ms"),
        ("milliseconds", "ms"),
    ],
    largest: (kernel::limits::LONGEST_DURATION.as_nanos(), "100 years"),
    compound: true,
    signed: false,
    currency: None,
};

/// Base unit: the nanometre.
pub(super) static LENGTH: Dimension = Dimension {
    name: "length",
    with_article: "a length",
    documentation: "A length that is not negative, as text with its unit. Held in whole nanometres.",
    example: "12 m",
    units: &[
        unit("um", 1_000),
        unit("mm", 1_000_000),
        unit("cm", 10_000_000),
        unit("m", 1_000_000_000),
        unit("km", 1_000_000_000_000),
        unit("µm", 1_000),
        unit("μm", 1_000),
    ],
    usual: "m",
    shown: &["m", "mm", "um"],
    habits: &[
        ("meter", "m"),
        ("meters", "m"),
        ("metre", "m"),
        ("metres", "m"),
        ("millimeter", "mm"),
        ("millimeters", "mm"),
        ("millimetres", "mm"),
    ],
    largest: (1_000_000_000_000_000, "1000 km"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the nanometre per second.
pub(super) static SPEED: Dimension = Dimension {
    name: "speed",
    with_article: "a speed",
    documentation: "A speed that is not negative, as text with its unit. Held in whole nanometres per second, to which others \
                    are rounded.",
    example: "0.5 m/s",
    units: &[
        unit("mm/s", 1_000_000),
        unit("cm/s", 10_000_000),
        unit("m/s", 1_000_000_000),
        fraction("mm/min", 1_000_000, 60),
        fraction("m/min", 1_000_000_000, 60),
        fraction("m/h", 1_000_000_000, 3_600),
        fraction("km/h", 1_000_000_000_000, 3_600),
    ],
    usual: "m/s",
    shown: &["m/s", "mm/s"],
    habits: &[("mps", "m/s"), ("kmh", "km/h"), ("kph", "km/h"), ("m/sec", "m/s"), ("mm/sec", "mm/s")],
    largest: (1_000_000_000_000, "1000 m/s"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the milliwatt.
pub(super) static POWER: Dimension = Dimension {
    name: "power",
    with_article: "a power",
    documentation: "An electrical power that is not negative, as text with its unit. Held in whole milliwatts.",
    example: "11 kW",
    units: &[unit("mW", 1), unit("W", 1_000), unit("kW", 1_000_000), unit("MW", 1_000_000_000)],
    usual: "kW",
    shown: &["MW", "kW", "W", "mW"],
    habits: &[("watt", "W"), ("watts", "W"), ("kilowatt", "kW"), ("kilowatts", "kW")],
    largest: (1_000_000_000_000, "1000 MW"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the millijoule.
pub(super) static ENERGY: Dimension = Dimension {
    name: "energy",
    with_article: "an energy",
    documentation: "An energy that is not negative, as text with its unit. Held in whole millijoules.",
    example: "1.2 kWh",
    units: &[
        unit("J", 1_000),
        unit("kJ", 1_000_000),
        unit("MJ", 1_000_000_000),
        unit("GJ", 1_000_000_000_000),
        unit("Wh", 3_600_000),
        unit("kWh", 3_600_000_000),
        unit("MWh", 3_600_000_000_000),
    ],
    usual: "kJ",
    shown: &["kWh", "Wh", "J"],
    habits: &[("joule", "J"), ("joules", "J")],
    largest: (1_000_000_000_000_000_000, "1000000 GJ"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the microgram per kilowatt-hour.
pub(super) static EMISSION: Dimension = Dimension {
    name: "emission factor",
    with_article: "an emission factor",
    documentation: "Carbon dioxide equivalent per electrical energy, as text with its unit. Held in whole micrograms per \
                    kilowatt-hour.",
    example: "400 g/kWh",
    units: &[
        unit("g/kWh", 1_000_000),
        unit("kg/kWh", 1_000_000_000),
        unit("g/MWh", 1_000),
        unit("kg/MWh", 1_000_000),
        unit("t/MWh", 1_000_000_000),
    ],
    usual: "g/kWh",
    shown: &["g/kWh"],
    habits: &[("gco2/kwh", "g/kWh"), ("gco2e/kwh", "g/kWh"), ("kgco2/kwh", "kg/kWh"), ("kgco2e/kwh", "kg/kWh")],
    largest: (1_000_000_000_000, "1000 kg/kWh"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: one in a million weeks, of which each time unit's rate is a whole number.
pub(super) static FREQUENCY: Dimension = Dimension {
    name: "frequency",
    with_article: "a frequency",
    documentation: "How often something happens, as text with its unit. Held in whole millionths per week.",
    example: "12 /h",
    units: &[
        unit("/wk", 1_000_000),
        unit("/d", 7_000_000),
        unit("/h", 168_000_000),
        unit("/min", 10_080_000_000),
        unit("/s", 604_800_000_000),
        unit("Hz", 604_800_000_000),
        unit("kHz", 604_800_000_000_000),
    ],
    usual: "/wk",
    shown: &["/s", "/min", "/h", "/d", "/wk"],
    habits: &[
        ("perhour", "/h"),
        ("1/h", "/h"),
        ("perh", "/h"),
        ("/hour", "/h"),
        ("perminute", "/min"),
        ("/minute", "/min"),
        ("persecond", "/s"),
        ("/second", "/s"),
        ("perday", "/d"),
        ("/day", "/d"),
        ("perweek", "/wk"),
        ("/week", "/wk"),
    ],
    largest: (604_800_000_000_000_000, "1000 kHz"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the millionth of a currency unit per kilowatt-hour.
pub(super) static PRICE: Dimension = Dimension {
    name: "energy price",
    with_article: "a price of energy",
    documentation: "What energy costs, as text with its unit: a currency by its three letters (ISO 4217) per kWh or MWh. Held in \
                    whole millionths of the currency per kilowatt-hour.",
    example: "0.31 EUR/kWh",
    units: &[unit("EUR/kWh", 1_000_000), unit("EUR/MWh", 1_000)],
    usual: "EUR/kWh",
    shown: &["EUR/kWh"],
    habits: &[
        ("€/kwh", "EUR/kWh"),
        ("€/mwh", "EUR/MWh"),
        ("$/kwh", "USD/kWh"),
        ("$/mwh", "USD/MWh"),
        ("£/kwh", "GBP/kWh"),
        ("£/mwh", "GBP/MWh"),
    ],
    largest: (1_000_000_000_000, "1000000 EUR/kWh"),
    compound: false,
    signed: false,
    currency: Some("EUR"),
};

/// Base unit: the millionth of a currency unit.
pub(super) static MONEY: Dimension = Dimension {
    name: "sum of money",
    with_article: "a sum of money",
    documentation: "A sum of money, as text with its currency by its three letters (ISO 4217). Held in whole millionths of the \
                    currency.",
    example: "120 EUR",
    units: &[unit("EUR", 1_000_000)],
    usual: "EUR",
    shown: &["EUR"],
    habits: &[("€", "EUR"), ("$", "USD"), ("£", "GBP")],
    largest: (1_000_000_000_000_000_000, "1000000000000 EUR"),
    compound: false,
    signed: false,
    currency: Some("EUR"),
};

/// Base unit: the millionth of a currency unit per hour.
pub(super) static HOURLY_RATE: Dimension = Dimension {
    name: "hourly rate",
    with_article: "a sum of money per hour",
    documentation: "What an hour costs, as text with its unit: a currency by its three letters (ISO 4217) per hour. Held in whole \
                    millionths of the currency per hour.",
    example: "38 EUR/h",
    units: &[unit("EUR/h", 1_000_000)],
    usual: "EUR/h",
    shown: &["EUR/h"],
    habits: &[("€/h", "EUR/h"), ("$/h", "USD/h"), ("£/h", "GBP/h")],
    largest: (1_000_000_000_000_000, "1000000000 EUR/h"),
    compound: false,
    signed: false,
    currency: Some("EUR"),
};

/// Base unit: the nanometre, to either side.
pub(super) static COORDINATE: Dimension = Dimension {
    name: "coordinate",
    with_article: "a coordinate",
    documentation: "A distance along an axis, negative on its other side, as text with its unit. Held in whole nanometres.",
    example: "-2.5 m",
    units: LENGTH.units,
    usual: "m",
    shown: LENGTH.shown,
    habits: LENGTH.habits,
    largest: (1_000_000_000_000_000, "1000 km"),
    compound: false,
    signed: true,
    currency: None,
};

/// A radian is 57.295 779 513 082 321 degrees (180 / pi).
const NANODEGREES_IN_A_MILLION_RADIANS: u64 = 57_295_779_513_082_321;

/// Base unit: the nanodegree.
pub(super) static ANGLE: Dimension = Dimension {
    name: "angle",
    with_article: "an angle",
    documentation: "An angle, positive counter-clockwise, as text with its unit. Held in whole billionths of a degree, to which \
                    radians are rounded.",
    example: "90 deg",
    units: &[
        unit("deg", 1_000_000_000),
        fraction("rad", NANODEGREES_IN_A_MILLION_RADIANS, 1_000_000),
        unit("°", 1_000_000_000),
    ],
    usual: "deg",
    shown: &["deg"],
    habits: &[("degree", "deg"), ("degrees", "deg"), ("radian", "rad"), ("radians", "rad")],
    largest: (3_600_000_000_000, "3600 deg"),
    compound: false,
    signed: true,
    currency: None,
};

/// Base unit: the nanometre per second squared.
pub(super) static ACCELERATION: Dimension = Dimension {
    name: "acceleration",
    with_article: "an acceleration",
    documentation: "An acceleration that is not negative, as text with its unit. Held in whole nanometres per second squared.",
    example: "2 m/s^2",
    units: &[
        unit("mm/s^2", 1_000_000),
        unit("m/s^2", 1_000_000_000),
        unit("mm/s²", 1_000_000),
        unit("m/s²", 1_000_000_000),
    ],
    usual: "m/s^2",
    shown: &["m/s^2", "mm/s^2"],
    habits: &[("m/s/s", "m/s^2"), ("mps2", "m/s^2")],
    largest: (1_000_000_000_000_000, "1000000 m/s^2"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the nanometre per second cubed.
pub(super) static JERK: Dimension = Dimension {
    name: "jerk",
    with_article: "a jerk",
    documentation: "How fast an acceleration changes, not negative, as text with its unit. Held in whole nanometres per second \
                    cubed.",
    example: "20 m/s^3",
    units: &[
        unit("mm/s^3", 1_000_000),
        unit("m/s^3", 1_000_000_000),
        unit("mm/s³", 1_000_000),
        unit("m/s³", 1_000_000_000),
    ],
    usual: "m/s^3",
    shown: &["m/s^3", "mm/s^3"],
    habits: &[],
    largest: (1_000_000_000_000_000_000, "1000000000 m/s^3"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the nanodegree per second.
pub(super) static ANGULAR_SPEED: Dimension = Dimension {
    name: "angular speed",
    with_article: "an angular speed",
    documentation: "How fast something turns, not negative, as text with its unit. Held in whole billionths of a degree per second.",
    example: "180 deg/s",
    units: &[
        unit("deg/s", 1_000_000_000),
        fraction("rad/s", NANODEGREES_IN_A_MILLION_RADIANS, 1_000_000),
        unit("rpm", 6_000_000_000),
        unit("°/s", 1_000_000_000),
    ],
    usual: "deg/s",
    shown: &["deg/s"],
    habits: &[("degrees/s", "deg/s"), ("1/min", "rpm"), ("/min", "rpm")],
    largest: (1_000_000_000_000_000, "1000000 deg/s"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the nanodegree per second squared.
pub(super) static ANGULAR_ACCELERATION: Dimension = Dimension {
    name: "angular acceleration",
    with_article: "an angular acceleration",
    documentation: "How fast an angular speed changes, not negative, as text with its unit. Held in whole billionths of a degree \
                    per second squared.",
    example: "600 deg/s^2",
    units: &[
        unit("deg/s^2", 1_000_000_000),
        fraction("rad/s^2", NANODEGREES_IN_A_MILLION_RADIANS, 1_000_000),
        unit("deg/s²", 1_000_000_000),
        fraction("rad/s²", NANODEGREES_IN_A_MILLION_RADIANS, 1_000_000),
    ],
    usual: "deg/s^2",
    shown: &["deg/s^2"],
    habits: &[],
    largest: (1_000_000_000_000_000, "1000000 deg/s^2"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the nanodegree per second cubed.
pub(super) static ANGULAR_JERK: Dimension = Dimension {
    name: "angular jerk",
    with_article: "an angular jerk",
    documentation: "How fast an angular acceleration changes, not negative, as text with its unit. Held in whole billionths of a \
                    degree per second cubed.",
    example: "6000 deg/s^3",
    units: &[
        unit("deg/s^3", 1_000_000_000),
        fraction("rad/s^3", NANODEGREES_IN_A_MILLION_RADIANS, 1_000_000),
        unit("deg/s³", 1_000_000_000),
        fraction("rad/s³", NANODEGREES_IN_A_MILLION_RADIANS, 1_000_000),
    ],
    usual: "deg/s^3",
    shown: &["deg/s^3"],
    habits: &[],
    largest: (1_000_000_000_000_000_000, "1000000000 deg/s^3"),
    compound: false,
    signed: false,
    currency: None,
};

/// Base unit: the milligram.
pub(super) static MASS: Dimension = Dimension {
    name: "mass",
    with_article: "a mass",
    documentation: "A mass that is not negative, as text with its unit. Held in whole milligrams.",
    example: "2.5 kg",
    units: &[unit("mg", 1), unit("g", 1_000), unit("kg", 1_000_000), unit("t", 1_000_000_000)],
    usual: "kg",
    shown: &["t", "kg", "g", "mg"],
    habits: &[("kilo", "kg"), ("kilos", "kg"), ("gram", "g"), ("grams", "g"), ("ton", "t"), ("tonne", "t")],
    largest: (1_000_000_000_000_000, "1000000 t"),
    compound: false,
    signed: false,
    currency: None,
};

/// Every dimension a scenario can hold whose units are known. Money is not among them: any three capitals may be a currency.
pub(super) static DIMENSIONS: &[&Dimension] = &[
    &DURATION,
    &LENGTH,
    &SPEED,
    &POWER,
    &ENERGY,
    &EMISSION,
    &FREQUENCY,
    &PRICE,
    &ANGLE,
    &ACCELERATION,
    &JERK,
    &ANGULAR_SPEED,
    &ANGULAR_ACCELERATION,
    &ANGULAR_JERK,
    &MASS,
    &AREA,
    &VOLUME,
    &FLOW_RATE,
    &SPECIFIC_ENERGY,
    &VOLUME_PRICE,
    &VOLUME_EMISSION,
    &TEMPERATURE,
    &HEATING_RATE,
    &DENSITY,
];

/// Units of what no field holds, so that a complaint can say what they measure.
static OTHERS: &[(&str, &[&str])] = &[
    ("a ratio", &["%", "‰"]),
    ("a temperature", &["°F", "K"]),
    ("a pressure", &["bar", "mbar", "Pa", "kPa", "MPa", "hPa"]),
    ("a voltage", &["V", "kV", "mV"]),
    ("a current", &["A", "mA"]),
    ("a force", &["N", "kN"]),
    ("a sum of money", &["€", "EUR", "$", "USD", "£"]),
];

/// Units of other systems, what they measure, and how many there are of a unit that is known here (NIST SP 811, appendix B.9).
static FOREIGN: &[(&[&str], &str, f64, &str)] = &[
    (&["lb", "lbs"], "a mass", 0.453_592_37, "kg"),
    (&["oz"], "a mass", 28.349_523_125, "g"),
    (&["ft"], "a length", 0.3048, "m"),
    (&["in", "inch"], "a length", 25.4, "mm"),
    (&["yd"], "a length", 0.9144, "m"),
    (&["ft/min", "fpm"], "a speed", 0.3048, "m/min"),
    (&["ft/s"], "a speed", 0.3048, "m/s"),
    (&["in/s"], "a speed", 25.4, "mm/s"),
    (&["gal"], "a volume", 3.785_411_784, "l"),
    (&["hp"], "a power", 0.745_699_872, "kW"),
    (&["rpm"], "an angular speed", 6.0, "deg/s"),
];

/// What a unit of another system measures, and how many there are in one of a unit that is known here.
pub(super) fn foreign(symbol: &str) -> Option<(&'static str, f64, &'static str)> {
    let lower = symbol.to_lowercase();
    let found = FOREIGN.iter().find(|(symbols, ..)| symbols.contains(&lower.as_str()));
    found.map(|(_, measured, factor, unit)| (*measured, *factor, *unit))
}

impl Dimension {
    /// The unit written `symbol`.
    pub fn unit(&self, symbol: &str) -> Option<&'static Unit> {
        let (currency, per) = symbol.split_at(symbol.find('/').unwrap_or(symbol.len()));
        let usual = self.currency.filter(|_| is_currency(currency)).map(|usual| format!("{usual}{per}"));
        let symbol = usual.as_deref().unwrap_or(symbol);
        self.units.iter().find(|unit| unit.symbol == symbol)
    }

    /// Whether it is what that measures; coordinates are lengths with a direction.
    pub fn is_of(&self, measured: &str) -> bool {
        measured == self.with_article
            || (measured == LENGTH.with_article && self.with_article == COORDINATE.with_article)
    }

    /// From where to where it goes, for a message.
    pub fn range(&self) -> String {
        let (_, largest) = self.largest;
        if self.signed { format!("-{largest} to {largest}") } else { format!("0 to {largest}") }
    }

    /// The symbols, without those that are other spellings of the same.
    pub fn symbols(&self) -> impl Iterator<Item = &'static str> {
        self.units.iter().map(|unit| unit.symbol).filter(|symbol| symbol.is_ascii())
    }

    /// The symbols for a message.
    pub fn listed(&self) -> String {
        let listed = self.symbols().collect::<Vec<&str>>().join(", ");
        if self.currency.is_some() { listed + ", or another currency" } else { listed }
    }

    /// The units that `symbol` was probably meant to be: by habit, or in another case.
    pub fn meant(&self, symbol: &str) -> Vec<String> {
        let lower = symbol.to_lowercase();
        if let Some((_, meant)) = self.habits.iter().find(|(habit, _)| *habit == lower) {
            return vec![(*meant).to_owned()];
        }
        // What stands there is a currency of somebody's choice, whatever its case.
        let own = symbol.split('/').next().unwrap_or_default().to_uppercase();
        let known = self.symbols().map(|known| match self.currency {
            Some(usual) if is_currency(&own) => known.replacen(usual, &own, 1),
            _ => known.to_owned(),
        });
        known.filter(|known| known.to_lowercase() == lower).collect()
    }
}

/// Whether `text` can be the code of a currency: three capitals (ISO 4217).
fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

/// What `symbol` measures, if anything known: `a mass`.
pub(super) fn measured_by(symbol: &str) -> Option<&'static str> {
    let held = DIMENSIONS.iter().find(|dimension| dimension.unit(symbol).is_some());
    let other = || OTHERS.iter().find(|(_, symbols)| symbols.contains(&symbol)).map(|(what, _)| *what);
    held.map(|dimension| dimension.with_article).or_else(other).or_else(|| foreign(symbol).map(|(what, ..)| what))
}
