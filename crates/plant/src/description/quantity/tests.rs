//! Quantities: what each text is in base units, and what is said of every text that is none.

use super::super::tests::{accepts, refuses};
use super::*;

#[test]
fn durations_are_exact() {
    for (text, nanoseconds) in [
        ("40 s", 40_000_000_000),
        ("40s", 40_000_000_000),
        ("  40   s ", 40_000_000_000),
        ("0.1 s", 100_000_000),
        ("0.3 s", 300_000_000),
        ("1.000000001 s", 1_000_000_001),
        ("0 s", 0),
        ("-0 s", 0),
        ("1 h 30 min", 5_400_000_000_000),
        ("1h30min", 5_400_000_000_000),
        ("1 h 02 min 03.5 s", 3_723_500_000_000),
        ("1 wk 1 d", 691_200_000_000_000),
        ("1.5 d", 129_600_000_000_000),
        ("2.5e-3 s", 2_500_000),
        ("1e3 s", 1_000_000_000_000),
        ("7 us", 7_000),
        ("7 µs", 7_000),
        ("0.5 ns", 1),
        ("1.4 ns", 1),
        ("100 ms 1 us", 100_001_000),
        ("36525 d", 3_155_760_000_000_000_000),
    ] {
        accepts(&Node::text(text), &SimDuration::from_nanos(nanoseconds));
    }
}

#[test]
fn the_other_quantities_are_exact() {
    for (text, nanometres) in
        [("12 m", 12_000_000_000), ("0.35 m", 350_000_000), ("1 km", 1_000_000_000_000), ("5 um", 5_000)]
    {
        accepts(&Node::text(text), &Length::from_nanometres(nanometres));
    }
    for (text, speed) in [
        ("0.5 m/s", 500_000_000),
        ("30 m/min", 500_000_000),
        ("1 m/min", 16_666_667),
        ("3.6 km/h", 1_000_000_000),
        ("250 mm / s", 250_000_000),
    ] {
        accepts(&Node::text(text), &Speed::from_nanometres_per_second(speed));
    }
    for (text, power) in [("2.1 kW", 2_100_000), ("300 W", 300_000), ("5 mW", 5), ("5 MW", 5_000_000_000)] {
        accepts(&Node::text(text), &Power::from_milliwatts(power));
    }
    for (text, energy) in
        [("1 kWh", 3_600_000_000), ("1.5 kJ", 1_500_000), ("2 Wh", 7_200_000), ("1 MJ", 1_000_000_000)]
    {
        accepts(&Node::text(text), &Energy::from_millijoules(energy));
    }
    for (text, emission) in [("400 g/kWh", 400.0), ("0.4 kg/kWh", 400.0), ("0.4 t/MWh", 400.0)] {
        let read = Emission::read(&Node::text(text), &mut Reader::without_tables());
        assert_eq!(read.map(Emission::g_per_kwh), Some(emission), "{text}");
    }
    for (text, interval) in [("12 /h", "5 min"), ("2 Hz", "500 ms"), ("3 /min", "20 s"), ("1/d", "1 d")] {
        let rate = Frequency::read(&Node::text(text), &mut Reader::without_tables());
        let expected = SimDuration::read(&Node::text(interval), &mut Reader::without_tables());
        assert_eq!(rate.and_then(Frequency::interval), expected, "{text}");
    }
}

#[test]
fn units_of_other_systems_are_converted() {
    fn help<T: Describe>(text: &str) -> (String, String) {
        let mut reader = Reader::without_tables();
        assert!(T::read(&Node::text(text), &mut reader).is_none(), "{text}");
        let [complaint] = reader.complaints() else { panic!("{text}") };
        (complaint.code.id.to_owned(), complaint.help.clone().unwrap_or_default())
    }
    for ((code, help), known) in [
        (help::<Length>("13 ft"), "1 ft is 0.3048 m: write \"3.9624 m\""),
        (help::<Coordinate>("-2 in"), "1 in is 25.4 mm: write \"-50.8 mm\""),
        (help::<Speed>("100 ft/min"), "1 ft/min is 0.3048 m/min: write \"30.48 m/min\""),
        (help::<Mass>("5 lb"), "1 lb is 0.45359237 kg: write \"2.26796185 kg\""),
        (help::<Power>("10 hp"), "1 hp is 0.745699872 kW: write \"7.45699872 kW\""),
    ] {
        assert_eq!((code.as_str(), help.as_str()), ("LW0204", known));
    }
    assert_eq!(help::<Mass>("5 ft").0, "LW0203", "a length is no mass");
}

#[test]
fn every_damaged_duration_is_refused() {
    let expected = "expected a duration";
    let range = "expected a duration from 0 to 100 years";
    let units = "expected a duration: ns, us, ms, s, min, h, d, wk";
    let write = "write a number and a unit: \"40 s\"";
    for (text, place, message, label, help) in [
        ("40 kg", "LW0203 kg", "\"40 kg\" is a mass", units, "write \"40 s\" for example"),
        ("5 m", "LW0203 m", "\"5 m\" is a length", units, "did you mean \"5 min\"?"),
        ("5 kWh", "LW0203 kWh", "\"5 kWh\" is an energy", units, "write \"5 s\" for example"),
        ("5 %", "LW0203 %", "\"5 %\" is a ratio", units, "write \"5 s\" for example"),
        ("40 secs", "LW0204 secs", "there is no unit \"secs\"", units, "did you mean \"40 s\"?"),
        ("2 Hours", "LW0204 Hours", "there is no unit \"Hours\"", units, "did you mean \"2 h\"?"),
        ("2 MIN", "LW0204 MIN", "there is no unit \"MIN\"", units, "did you mean \"2 min\"?"),
        ("2 mni", "LW0204 mni", "there is no unit \"mni\"", units, "did you mean \"2 min\"?"),
        ("2 parsecs", "LW0204 parsecs", "there is no unit \"parsecs\"", units, "write \"2 s\" for example"),
        ("", "LW0205 \"\"", "this text is empty", expected, write),
        ("   ", "LW0205    ", "this text is empty", expected, write),
        ("s", "LW0205 s", "\"s\" does not begin with a number", expected, write),
        ("NaN s", "LW0205 NaN s", "NaN is not a number", expected, write),
        ("inf", "LW0205 inf", "inf is not a number", expected, write),
        ("1.2.3 s", "LW0205 1.2.3", "\"1.2.3\" is not a number", expected, write),
        ("1_000 s", "LW0205 1_000", "\"1_000\" is not a number", expected, write),
        ("--5 s", "LW0205 -", "\"-\" is not a number", expected, write),
        ("1e999 s", "LW0205 1e999", "\"1e999\" is out of all proportion", expected, write),
        (
            "1,5 s",
            "LW0205 1,5",
            "1,5 has a comma",
            expected,
            "the decimal mark is a point, and thousands have none: write 1.5",
        ),
        (
            "30 min 1 h",
            "LW0205 h",
            "`h` stands after `min`",
            expected,
            "put the larger unit first, and each unit once: \"1 h 30 min\"",
        ),
        ("40 s!", "LW0204 s!", "there is no unit \"s!\"", units, "write \"40 s\" for example"),
        ("-5 s", "LW0206 -5", "\"-5 s\" is negative", range, "-"),
        ("1 h -5 min", "LW0206 -5", "\"1 h -5 min\" is negative", range, "-"),
        ("101 years", "LW0204 years", "there is no unit \"years\"", units, "write \"101 s\" for example"),
        ("36526 d", "LW0206 36526 d", "\"36526 d\" is more than 100 years", range, "-"),
        ("1e30 wk", "LW0206 1e30 wk", "\"1e30 wk\" is more than 100 years", range, "-"),
        ("0.1 ns", "LW0206 0.1 ns", "\"0.1 ns\" is too small to be told from 0", range, "-"),
        (
            "40",
            "LW0202 40",
            "40 has no unit",
            "expected a duration with its unit",
            "write \"40 s\" or another of ns, us, ms, s, min, h, d, wk",
        ),
        (
            "1 h 30",
            "LW0202 30",
            "30 has no unit",
            "expected a duration with its unit",
            "write \"30 s\" or another of ns, us, ms, s, min, h, d, wk",
        ),
    ] {
        refuses::<SimDuration>(&Node::text(text), &[&format!("{place}: {message} | {label} | {help}")]);
    }
}

#[test]
fn bare_numbers_are_refused_with_the_likely_text() {
    refuses::<SimDuration>(
        &Node::integer(40),
        &["LW0202 40: 40 has no unit | expected a duration with its unit | \
           write \"40 s\" or another of ns, us, ms, s, min, h, d, wk"],
    );
    refuses::<Power>(
        &Node::float(2.5),
        &[
            "LW0202 2.5: 2.5 has no unit | expected a power with its unit | write \"2.5 kW\" or another of mW, W, kW, MW",
        ],
    );
    refuses::<Length>(
        &Node::list([]),
        &["LW0201 []: expected a length, found a list | expected a length | write \"12 m\""],
    );
}

#[test]
fn other_dimensions_have_their_own_advice() {
    refuses::<Power>(
        &Node::text("2 KW"),
        &["LW0204 KW: there is no unit \"KW\" | expected a power: mW, W, kW, MW | did you mean \"2 kW\"?"],
    );
    refuses::<Power>(
        &Node::text("2 Mw"),
        &["LW0204 Mw: there is no unit \"Mw\" | expected a power: mW, W, kW, MW | did you mean \"2 mW\" or \"2 MW\"?"],
    );
    refuses::<Length>(
        &Node::text("1 m 20 cm"),
        &["LW0205 20 cm: \"20 cm\" follows after the unit | expected a length | write a number and a unit: \"12 m\""],
    );
    refuses::<Speed>(
        &Node::text("5 m"),
        &["LW0203 m: \"5 m\" is a length | \
           expected a speed: mm/s, cm/s, m/s, mm/min, m/min, m/h, km/h | write \"5 m/s\" for example"],
    );
    refuses::<Length>(
        &Node::text("2000 km"),
        &["LW0206 2000 km: \"2000 km\" is more than 1000 km | expected a length from 0 to 1000 km | -"],
    );
}

#[test]
fn what_is_written_reads_back() {
    let mut values: Vec<i64> =
        vec![0, 1, 999, 1_000, 90_000_000_000, 5_400_000_000_000, 604_800_000_000_000, 1_500_000_001];
    values.extend((0..17).map(|power| 7 * 10_i64.pow(power)));
    for value in values {
        accepts_written(&SimDuration::from_nanos(value));
        accepts_written(&Length::from_nanometres(value.min(1_000_000_000_000_000)));
        accepts_written(&Speed::from_nanometres_per_second(value.min(1_000_000_000_000)));
        accepts_written(&Power::from_milliwatts(value.min(1_000_000_000_000)));
        accepts_written(&Energy::from_millijoules(value));
        accepts_written(&Emission::from_micrograms_per_kwh(value.min(1_000_000_000_000)));
        accepts_written(&Frequency::from_millionths_per_week(value));
    }
    for (value, expected) in [
        (90_000_000_000, "\"90 s\""),
        (5_400_000_000_000, "\"90 min\""),
        (1_500_000_000, "\"1500 ms\""),
        (86_400_000_000_000, "\"1 d\""),
    ] {
        assert_eq!(SimDuration::from_nanos(value).write().as_deref(), Some(expected));
    }
}

fn accepts_written<T: Describe + PartialEq + std::fmt::Debug>(value: &T) {
    let written = value.write().expect("quantities are written");
    accepts(&Node::text(written.trim_matches('"')), value);
}

#[test]
fn every_example_and_largest_value_reads() {
    for dimension in super::super::dimension::DIMENSIONS {
        let mut reader = Reader::without_tables();
        let read = read_quantity(&Node::text(dimension.example), dimension, &mut reader);
        assert!(read.is_some_and(|value| value > 0), "{}: {:?}", dimension.name, reader.complaints());
        assert_eq!(read_quantity(&Node::text("0"), dimension, &mut reader), None);
        let usual = dimension.unit(dimension.usual).expect(dimension.usual);
        assert!(
            usual.denominator == 1 && 10_u64.pow(usual.numerator.ilog10()) == usual.numerator,
            "{}",
            dimension.name
        );
        let largest = written_quantity(dimension.largest.0, dimension);
        let read = read_quantity(&Node::text(largest.trim_matches('"')), dimension, &mut reader);
        assert_eq!(read, Some(dimension.largest.0), "{largest}");
        if dimension.name != "duration" {
            let read = read_quantity(&Node::text(dimension.largest.1), dimension, &mut reader);
            assert_eq!(read, Some(dimension.largest.0), "{}", dimension.largest.1);
        }
        for unit in dimension.shown {
            assert!(dimension.unit(unit).is_some(), "{unit}");
        }
        for (habit, unit) in dimension.habits {
            assert!(dimension.unit(unit).is_some() && dimension.unit(habit).is_none(), "{habit} {unit}");
        }
    }
}

#[test]
fn no_text_is_read_with_a_slip_in_it() {
    // Any one character put into a sound quantity either changes nothing but blanks or the number, or is refused.
    for slip in "xX!?;:_/%#µ€".chars() {
        let text = "12.5 min";
        for (place, _) in text.char_indices() {
            let mut damaged = text.to_owned();
            damaged.insert(place, slip);
            let mut reader = Reader::without_tables();
            assert_eq!(SimDuration::read(&Node::text(&damaged), &mut reader), None, "{damaged}");
            assert_eq!(reader.complaints().len(), 1, "{damaged}");
        }
    }
}

#[test]
fn travel_times_are_rounded_to_the_nanosecond() {
    let speed = Speed::from_nanometres_per_second(500_000_000);
    assert_eq!(speed.time_for(Length::from_nanometres(12_000_000_000)), Some(SimDuration::from_secs(24)));
    assert_eq!(
        Speed::from_nanometres_per_second(3).time_for(Length::from_nanometres(2)),
        Some(SimDuration::from_nanos(666_666_667))
    );
    assert_eq!(Speed::ZERO.time_for(Length::ZERO), None);
    assert_eq!(Frequency::ZERO.interval(), None);
}
