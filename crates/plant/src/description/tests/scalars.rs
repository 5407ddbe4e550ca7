//! Numbers, texts, names, lists, dates and ratios: what is read, and what is said of the rest.

use super::super::*;
use super::{accepts, refuses};

#[test]
fn scalars_are_refused_with_advice() {
    let check = |refused: fn(&Node, &[&str]), node: Node, expected: &str| refused(&node, &[expected]);
    for (refused, node, expected) in [
        (
            refuses::<u32> as fn(&Node, &[&str]),
            Node::float(2.5),
            "LW0207 2.5: 2.5 is not a whole number | expected a whole number | -",
        ),
        (
            refuses::<u32>,
            Node::float(2.0),
            "LW0207 2.0: 2.0 is not a whole number | expected a whole number | write 2, without a point or exponent",
        ),
        (refuses::<u32>, Node::integer(-1), "LW0206 -1: -1 is negative | expected a whole number, 0 or more | -"),
        (
            refuses::<u16>,
            Node::integer(65536),
            "LW0206 65536: 65536 is more than 65535 | expected a whole number from 0 to 65535 | -",
        ),
        (
            refuses::<i32>,
            Node::integer(-3_000_000_000),
            "LW0206 -3000000000: -3000000000 is less than -2147483648 | \
             expected a whole number from -2147483648 to 2147483647 | -",
        ),
        (
            refuses::<u64>,
            Node::absent(),
            "LW0201 None: expected a whole number, found `None` | expected a whole number | -",
        ),
        (
            refuses::<f64>,
            Node::text("1.5"),
            "LW0201 \"1.5\": expected a number, found the text \"1.5\" | expected a number | write 1.5, without quotes",
        ),
        (
            refuses::<f64>,
            Node::integer(i64::MAX),
            "LW0206 9223372036854775807: 9223372036854775807 cannot be held exactly | \
             expected a number of at most 15 digits | write 9.223372036854776e18",
        ),
        (refuses::<f64>, Node::float(f64::NAN), "LW0205 NaN: NaN is not a finite number | expected a number | -"),
        (refuses::<f64>, Node::float(f64::INFINITY), "LW0205 inf: inf is not a finite number | expected a number | -"),
        (
            refuses::<bool>,
            Node::text("yes"),
            "LW0201 \"yes\": expected `true` or `false`, found the text \"yes\" | expected `true` or `false` | write `true`",
        ),
        (
            refuses::<bool>,
            Node::integer(0),
            "LW0201 0: expected `true` or `false`, found the number 0 | expected `true` or `false` | write `false`",
        ),
        (
            refuses::<String>,
            Node::integer(3),
            "LW0201 3: expected a text, found the number 3 | expected a text | write \"3\"",
        ),
        (refuses::<Name>, Node::text(""), "LW0210 \"\": this name is empty | expected a name | -"),
        (
            refuses::<Name>,
            Node::text(" a "),
            "LW0205 \" a \": a name has no blanks around it and no control characters | expected a name | write \"a\"",
        ),
        (
            refuses::<Vec<u32>>,
            Node::integer(1),
            "LW0201 1: expected a list, found the number 1 | expected a list | put it in square brackets: `[...]`",
        ),
        (
            refuses::<(Name, f64)>,
            Node::call("", [Node::text("a")]),
            "LW0209 (\"a\"): expected 2 values in these brackets, found 1 | expected 2 values | write (\"packer\", 1.5)",
        ),
        (
            refuses::<Map<u32>>,
            Node::list([]),
            "LW0201 []: expected a map, found a list | expected `{ \"name\": value }` | write { \"name\": 1 }",
        ),
        (
            refuses::<Ratio>,
            Node::float(1.2),
            "LW0206 1.2: 1.2 is more than 1 | expected a ratio from 0 to 1 | for percent write \"1.2 %\"",
        ),
        (
            refuses::<Ratio>,
            Node::integer(-1),
            "LW0206 -1: -1 is negative | expected a ratio from 0 to 1 | 0 is nothing of it",
        ),
        (
            refuses::<Ratio>,
            Node::text("101 %"),
            "LW0206 \"101 %\": \"101 %\" is more than 100 % | expected a ratio from 0 to 100 % | -",
        ),
        (
            refuses::<Ratio>,
            Node::text("0.5"),
            "LW0205 \"0.5\": \"0.5\" is not a ratio | expected a number from 0 to 1, or a percentage | \
             write 0.5 without quotes, or \"0.5 %\"",
        ),
        (
            refuses::<ClockTime>,
            Node::text("6 am"),
            "LW0205 \"6 am\": \"6 am\" is not a time of day | expected a time of day | write \"06:00\"",
        ),
        (
            refuses::<ClockTime>,
            Node::text("24:01"),
            "LW0206 \"24:01\": \"24:01\" is not on the clock | expected a time from 00:00 to 24:00 | -",
        ),
        (
            refuses::<Date>,
            Node::text("2026-02-29"),
            "LW0206 \"2026-02-29\": there is no day \"2026-02-29\" | expected year-month-day | -",
        ),
        (
            refuses::<Date>,
            Node::text("25.12.2026"),
            "LW0205 \"25.12.2026\": \"25.12.2026\" is not a date | expected a date | write \"2026-12-25\"",
        ),
        (
            refuses::<Weekdays>,
            Node::text("Mon-Friday"),
            "LW0205 \"Mon-Friday\": \"Mon-Friday\" is not a list of days of the week | there is no day \"Friday\" | did you mean Fri?",
        ),
    ] {
        check(refused, node, expected);
    }
}

#[test]
fn scalars_are_read() {
    accepts(&Node::integer(3), &3.0);
    accepts(&Node::absent(), &None::<u32>);
    accepts(&Node::integer(3), &Some(3_u32));
    accepts(&Node::list([Node::integer(1), Node::integer(2)]), &vec![1_u64, 2]);
    accepts(&Node::call("", [Node::text("a"), Node::float(0.5)]), &(Name::from("a"), 0.5));
    accepts(&Node::text("2 %"), &Ratio::new(0.02).expect("a ratio"));
    accepts(&Node::text("100%"), &Ratio::ONE);
    accepts(&Node::integer(0), &Ratio::ZERO);
    accepts(&Node::text("6:30"), &ClockTime::new(6, 30, 0).expect("a time"));
    accepts(&Node::text("24:00"), &ClockTime::new(24, 0, 0).expect("a time"));
    for (date, days) in [((1970, 1, 1), 0), ((2000, 2, 29), 11_016), ((2026, 11, 23), 20_780), ((1969, 12, 31), -1)] {
        assert_eq!(Date::new(date.0, date.1, date.2).map(Date::days_since_1970), Some(days));
    }
    for (text, days) in
        [("Mon-Fri", &[0, 1, 2, 3, 4][..]), ("Sat-Mon", &[0, 5, 6]), ("Wed, Sun", &[2, 6]), ("Tue", &[1])]
    {
        let read = Weekdays::read(&Node::text(text), &mut Reader::without_tables()).expect(text);
        assert_eq!(read.iter().collect::<Vec<u8>>(), days, "{text}");
    }
}

#[test]
fn keys_of_maps_are_names_and_there_once() {
    let entries = [("a", Node::integer(1)), ("", Node::text("x")), ("a", Node::integer(2))];
    refuses::<Map<u32>>(
        &Node::map(entries),
        &[
            "LW0210 \"\": this name is empty | expected a name | -",
            "LW0201 \"x\": expected a whole number, found the text \"x\" | expected a whole number | -",
            "LW0303 \"a\": \"a\" is given twice | given again here | keep one of the two",
        ],
    );
    let read =
        Map::<u32>::read(&Node::map([("b", Node::integer(1)), ("a", Node::integer(2))]), &mut Reader::without_tables());
    let read = read.expect("a map");
    assert_eq!(read.iter().map(|(name, value)| (name.text(), *value)).collect::<Vec<_>>(), [("b", 1), ("a", 2)]);
    assert_eq!(read.get("a"), Some(&2));
}

#[test]
fn complaints_are_bounded_and_not_repeated() {
    let mut reader = Reader::without_tables();
    let wrong = Node::text("x").at(Origin::new(0, 1, 4));
    for _ in 0..3 {
        assert_eq!(u32::read(&wrong, &mut reader), None);
    }
    assert_eq!((reader.complaints().len(), reader.said()), (1, 3));
    for place in 0..500 {
        assert_eq!(u32::read(&wrong.clone().at(Origin::new(0, place, place + 3)), &mut reader), None);
    }
    assert_eq!((reader.complaints().len(), reader.said()), (MOST_COMPLAINTS, 503));
    assert!(reader.left_out() > 0);
}
