//! Energy carriers besides electricity: bought by energy (gas, heat), by volume (nitrogen, water), or made on site from
//! electricity (compressed air).
//!
//! What is drawn of a carrier is a power or a flow that holds until it changes, so amounts are exact: milliwatts or nanolitres per
//! hour times nanoseconds. Electricity that makes a carrier is drawn by whoever uses it, at the time of use: it is in the power
//! of that element and so in the plant's, its peak, its tariff and its emissions.

use std::sync::Arc;

use crate::codes;
use crate::description::{
    Complaint, Describe, Emission, Energy, FlowRate, Name, Node, Origin, Power, Price, Reader, Shape, SpecificEnergy,
    Value, Volume, VolumeEmission, VolumePrice, describe,
};

/// How much of a carrier there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierMeasure {
    /// By energy, in kilowatt-hours.
    Energy,
    /// By volume.
    Volume,
}

impl CarrierMeasure {
    /// What draws of it are, for a message.
    pub(super) fn in_words(self) -> (&'static str, &'static str) {
        match self {
            CarrierMeasure::Energy => ("energy", "a power, as in \"40 kW\""),
            CarrierMeasure::Volume => ("volume", "a flow, as in \"12 m^3/h\""),
        }
    }
}

/// The unit behind the number of a text: what follows the first letter that is none of a number.
fn unit_of(node: &Node) -> &str {
    let Value::Text(text) = &node.value else { return "" };
    text.trim().trim_start_matches(|letter: char| {
        letter.is_ascii_digit() || matches!(letter, '.' | ',' | '+' | '-' | '_' | ' ')
    })
}

/// Declares a quantity of a carrier: one of two, told apart by the unit.
macro_rules! either {
    ($(#[$attribute:meta])* $name:ident, $text:literal, [$by_energy:literal, $by_volume:literal]: $Energy:ident, $Volume:ident, $is_volume:expr) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name {
            /// Of a carrier that is measured by energy.
            Energy($Energy),
            /// Of a carrier that is measured by volume.
            Volume($Volume),
        }

        impl Describe for $name {
            fn shape() -> Shape {
                Shape::one_of(stringify!($name), $text, &[$by_energy, $by_volume], vec![$Energy::shape(), $Volume::shape()])
            }

            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                let is_volume: fn(&str) -> bool = $is_volume;
                if is_volume(unit_of(node)) {
                    $Volume::read(node, reader).map($name::Volume)
                } else {
                    $Energy::read(node, reader).map($name::Energy)
                }
            }

            fn write(&self) -> Option<String> {
                match self {
                    $name::Energy(value) => value.write(),
                    $name::Volume(value) => value.write(),
                }
            }
        }

        impl $name {
            pub(super) fn measure(&self) -> CarrierMeasure {
                match self {
                    $name::Energy(_) => CarrierMeasure::Energy,
                    $name::Volume(_) => CarrierMeasure::Volume,
                }
            }
        }
    };
}

either! {
    /// What a carrier costs.
    CarrierPrice, "A price by energy or by volume.", ["\"0.09 EUR/kWh\"", "\"0.45 EUR/m^3\""]: Price, VolumePrice,
    |unit| !unit.to_lowercase().ends_with("wh")
}
either! {
    /// What a carrier emits.
    CarrierEmission, "Greenhouse gases by energy or by volume.", ["\"201 g/kWh\"", "\"1.9 kg/m^3\""]: Emission, VolumeEmission,
    |unit| !unit.to_lowercase().ends_with("wh")
}
either! {
    /// How fast a carrier is drawn.
    CarrierRate, "A power, or a flow of what is measured by volume.", ["\"40 kW\"", "\"12 m^3/h\""]: Power, FlowRate,
    |unit| unit.contains('/') || unit.to_lowercase().ends_with("pm")
}
either! {
    /// An amount of a carrier.
    CarrierAmount, "An energy, or a volume of what is measured by volume.", ["\"0.2 kWh\"", "\"30 l\""]: Energy, Volume,
    |unit| !unit.ends_with('J') && !unit.to_lowercase().ends_with("wh") && !unit.to_lowercase().starts_with("joule")
}

impl CarrierRate {
    /// Milliwatts, or nanolitres per hour.
    pub(super) fn value(&self) -> i64 {
        match self {
            CarrierRate::Energy(power) => power.as_milliwatts(),
            CarrierRate::Volume(flow) => flow.as_nanolitres_per_hour(),
        }
    }
}

impl CarrierAmount {
    /// Milliwatt-nanoseconds, or nanolitres per hour times nanoseconds.
    pub(super) fn value(&self) -> i128 {
        match self {
            CarrierAmount::Energy(energy) => i128::from(energy.as_millijoules()) * MILLIJOULE,
            CarrierAmount::Volume(volume) => i128::from(volume.as_nanolitres()) * NANOLITRE,
        }
    }
}

/// Milliwatt-nanoseconds in a millijoule.
pub(super) const MILLIJOULE: i128 = 1_000_000_000;
/// Nanolitres per hour times nanoseconds in a nanolitre.
const NANOLITRE: i128 = 3_600_000_000_000;
/// Nanolitres in a cubic metre.
const CUBIC_METRE: i128 = 1_000_000_000_000;

describe! {
    /// An energy carrier besides electricity. It is measured by energy or by volume, as its price and its emission say; one that is
    /// made on site says what electricity a cubic metre of it takes.
    pub struct Carrier {
        /// What it costs.
        price: Option<CarrierPrice> = None,
        /// What it emits.
        emission: Option<CarrierEmission> = None,
        /// The electricity that makes it, where it is made on site.
        electricity: Option<SpecificEnergy> = None,
    }
}

/// A carrier resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct CarrierPlan {
    /// Its name.
    pub name: Arc<str>,
    /// By what it is measured.
    pub measure: CarrierMeasure,
    /// Millionths of the currency per kilowatt-hour or cubic metre, if it is bought.
    pub price: Option<i64>,
    /// Micrograms per kilowatt-hour or cubic metre, if it emits anything by itself.
    pub emission: Option<i64>,
    /// Millijoules of electricity per cubic metre, if it is made on site.
    pub electricity: Option<i64>,
}

impl Carrier {
    pub(super) fn plan(&self, name: &Name) -> Result<CarrierPlan, Complaint> {
        let said = [
            self.electricity.map(|_| CarrierMeasure::Volume),
            self.price.as_ref().map(CarrierPrice::measure),
            self.emission.as_ref().map(CarrierEmission::measure),
        ];
        let wrong = |message: String, label: &str, help: &str| {
            Complaint::new(&codes::CONTRADICTION, name.origin(), message).label(label).help(help)
        };
        let mut measures = said.into_iter().flatten();
        let Some(measure) = measures.next() else {
            return Err(wrong(
                format!("nothing is said of what \"{}\" costs, emits or takes", name.text()),
                "expected `price`, `emission` or `electricity`",
                "write \"0 EUR/kWh\" for what costs nothing",
            ));
        };
        if measures.any(|other| other != measure) {
            return Err(wrong(
                format!("\"{}\" is measured by energy and by volume", name.text()),
                "expected its price, its emission and its electricity all by kWh or all by m^3",
                "give all of them by what the carrier is bought by",
            ));
        }
        let price = self.price.as_ref().map(|price| match price {
            CarrierPrice::Energy(price) => price.millionths_per_kwh(),
            CarrierPrice::Volume(price) => price.millionths_per_m3(),
        });
        let emission = self.emission.as_ref().map(|emission| match emission {
            CarrierEmission::Energy(emission) => emission.as_micrograms_per_kwh(),
            CarrierEmission::Volume(emission) => emission.as_micrograms_per_m3(),
        });
        let electricity = self.electricity.map(SpecificEnergy::as_millijoules_per_m3);
        Ok(CarrierPlan { name: name.text().into(), measure, price, emission, electricity })
    }

    /// Its currency and where that stands, if it has a price.
    pub(super) fn currency(&self) -> Option<(&str, Origin)> {
        self.price.as_ref().map(|price| match price {
            CarrierPrice::Energy(price) => (price.currency(), price.origin()),
            CarrierPrice::Volume(price) => (price.currency(), price.origin()),
        })
    }
}

impl CarrierPlan {
    /// The electrical power in milliwatts that makes a flow of it, rounded to the nearest.
    pub(crate) fn electricity_mw(&self, rate: i64) -> i64 {
        let per_hour = i128::from(rate) * i128::from(self.electricity.unwrap_or(0));
        ((per_hour + CUBIC_METRE * 1_800) / (CUBIC_METRE * 3_600)) as i64
    }

    /// The electricity in milliwatt-nanoseconds that makes an amount of it, rounded down.
    pub(crate) fn electricity_for(&self, amount: i128) -> i128 {
        amount / NANOLITRE * i128::from(self.electricity.unwrap_or(0)) / (CUBIC_METRE / MILLIJOULE)
    }

    /// An amount in kilowatt-hours or cubic metres.
    fn units(&self, amount: i128) -> f64 {
        match self.measure {
            CarrierMeasure::Energy => amount as f64 / 3.6e18,
            CarrierMeasure::Volume => amount as f64 / (NANOLITRE * CUBIC_METRE) as f64,
        }
    }

    /// An amount in joules or litres.
    pub(crate) fn in_base_units(&self, amount: i128) -> f64 {
        self.units(amount) * if self.measure == CarrierMeasure::Energy { 3.6e6 } else { 1e3 }
    }

    /// What an amount costs by itself, if it is bought.
    pub(crate) fn cost(&self, amount: i128) -> Option<f64> {
        self.price.map(|price| self.units(amount) * price as f64 / 1e6)
    }

    /// What an amount emits by itself in grams, if it does.
    pub(crate) fn emission_g(&self, amount: i128) -> Option<f64> {
        self.emission.map(|emission| self.units(amount) * emission as f64 / 1e6)
    }
}
