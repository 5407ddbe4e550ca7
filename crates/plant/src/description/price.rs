//! Money: sums in a currency of the scenario's choice, and what energy costs in it per kilowatt-hour, anything per hour, or
//! matter per kilogram.

use super::describe::Describe;
use super::dimension::{Dimension, HOURLY_RATE, MASS_PRICE, MONEY, PRICE, VOLUME_PRICE};
use super::node::{Node, Value};
use super::origin::Origin;
use super::quantity::{quantity_shape, read_quantity, written_quantity};
use super::reader::Reader;
use super::shape::Shape;

/// Reads an amount in whole millionths, and its currency.
fn read_amount(node: &Node, dimension: &'static Dimension, reader: &mut Reader<'_>) -> Option<(i64, String)> {
    let millionths = read_quantity(node, dimension, reader)?;
    let Value::Text(text) = &node.value else { return None };
    // What was read is a number and a unit, which is the currency and maybe a slash and the rest.
    let before: String = text.split('/').next()?.split_whitespace().collect();
    let currency = before.get(before.len().checked_sub(3)?..)?.to_owned();
    Some((millionths, currency))
}

fn written_amount(millionths: i64, currency: &str, dimension: &Dimension) -> Option<String> {
    Some(written_quantity(millionths, dimension).replacen(dimension.currency?, currency, 1))
}

macro_rules! amounts {
    ($($(#[$attribute:meta])* $name:ident of $dimension:ident: $millionths:ident, $unit:literal;)*) => {$(
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            millionths: i64,
            currency: String,
            origin: Origin,
        }

        impl $name {
            #[doc = concat!("In millionths of its currency", $unit, ".")]
            #[must_use]
            pub fn $millionths(&self) -> i64 {
                self.millionths
            }

            /// Its currency by its three letters, as in `EUR`.
            #[must_use]
            pub fn currency(&self) -> &str {
                &self.currency
            }

            /// Where it is written.
            #[must_use]
            pub fn origin(&self) -> Origin {
                self.origin
            }
        }

        impl Describe for $name {
            fn shape() -> Shape {
                quantity_shape(&$dimension)
            }

            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                let (millionths, currency) = read_amount(node, &$dimension, reader)?;
                Some($name { millionths, currency, origin: node.origin })
            }

            fn write(&self) -> Option<String> {
                written_amount(self.millionths, &self.currency, &$dimension)
            }
        }
    )*};
}

amounts! {
    /// A price of energy, not negative, in whole millionths of a currency unit per kilowatt-hour.
    Price of PRICE: millionths_per_kwh, " per kilowatt-hour";
    /// A price per volume, not negative, in whole millionths of a currency unit per cubic metre.
    VolumePrice of VOLUME_PRICE: millionths_per_m3, " per cubic metre";
    /// A sum of money, not negative, in whole millionths of a currency unit.
    Money of MONEY: millionths, "";
    /// What an hour costs, not negative, in whole millionths of a currency unit.
    HourlyRate of HOURLY_RATE: millionths_per_hour, " per hour";
    /// What a mass of something costs or is worth, not negative, in whole millionths of a currency unit per kilogram.
    MassPrice of MASS_PRICE: millionths_per_kg, " per kilogram";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(i64, String), String> {
        let mut reader = Reader::without_tables();
        let price = Price::read(&Node::text(text), &mut reader);
        price.map(|price| (price.millionths, price.currency)).ok_or_else(|| {
            let complaint = &reader.complaints()[0];
            format!("{}: {}", complaint.code.id, complaint.help.as_deref().unwrap_or("-"))
        })
    }

    #[test]
    fn prices_are_read_in_any_currency() {
        for (text, millionths, currency) in [
            ("0.31 EUR/kWh", 310_000, "EUR"),
            ("310 EUR/MWh", 310_000, "EUR"),
            ("0.3125USD / kWh", 312_500, "USD"),
            ("31.5 JPY/kWh", 31_500_000, "JPY"),
            ("0 CHF/kWh", 0, "CHF"),
        ] {
            assert_eq!(read(text), Ok((millionths, currency.to_owned())), "{text}");
            let price = Price { millionths, currency: currency.to_owned(), origin: Origin::NOWHERE };
            let written = price.write().expect("prices are written");
            assert_eq!(read(written.trim_matches('"')), Ok((millionths, currency.to_owned())), "{written}");
        }
    }

    #[test]
    fn every_damaged_price_is_refused() {
        for (text, expected) in [
            ("0.31", "LW0202: write \"0.31 EUR/kWh\" or another of EUR/kWh, EUR/MWh, or another currency"),
            ("0.31 EUR", "LW0203: write \"0.31 EUR/kWh\" for example"),
            ("0.31 eur/kwh", "LW0204: did you mean \"0.31 EUR/kWh\"?"),
            ("0.31 usd/KWh", "LW0204: did you mean \"0.31 USD/kWh\"?"),
            ("0.31 €/kWh", "LW0204: did you mean \"0.31 EUR/kWh\"?"),
            ("31 ct/kWh", "LW0204: write \"0.31 EUR/kWh\" for example"),
            ("0.31 EURO/kWh", "LW0204: write \"0.31 EUR/kWh\" for example"),
            ("0.31 EUR/kW", "LW0204: write \"0.31 EUR/kWh\" for example"),
            ("0.31 kWh", "LW0203: write \"0.31 EUR/kWh\" for example"),
            ("0.31 /kWh", "LW0204: write \"0.31 EUR/kWh\" for example"),
            ("-0.31 EUR/kWh", "LW0206: -"),
            ("0,31 EUR/kWh", "LW0205: the decimal mark is a point, and thousands have none: write 0.31"),
            ("0.0000001 EUR/kWh", "LW0206: -"),
        ] {
            assert_eq!(read(text), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn sums_of_money_are_read_in_any_currency() {
        let read = |text: &str| Money::read(&Node::text(text), &mut Reader::without_tables());
        for (text, expected) in [
            ("120 EUR", Some((120_000_000, "EUR"))),
            ("0.5USD", Some((500_000, "USD"))),
            ("120", None),
            ("120 eur", None),
            ("120 EUR/kWh", None),
            ("120 kWh", None),
        ] {
            let money = read(text);
            let found = money.as_ref().map(|money| (money.millionths(), money.currency()));
            assert_eq!(found, expected, "{text}");
            let written = money.as_ref().and_then(Describe::write);
            assert_eq!(written.and_then(|written| read(written.trim_matches('"'))), money, "{text}");
        }
    }
}
