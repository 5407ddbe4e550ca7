//! Numbers, texts and what is built of them: options, lists, tuples.

use super::codes;
use super::complaint::Complaint;
use super::decimal::Decimal;
use super::describe::Describe;
use super::name::written_text;
use super::node::{Node, Value, quote};
use super::reader::Reader;
use super::shape::{Shape, ShapeKind};

/// The complaint that `node` is not `expected` ("a whole number").
pub(super) fn wrong_type(node: &Node, expected: &str) -> Complaint {
    let message = format!("expected {expected}, found {}", node.kind_in_words());
    Complaint::new(&codes::WRONG_TYPE, node.origin, message).label(format!("expected {expected}"))
}

impl Describe for bool {
    fn shape() -> Shape {
        Shape::scalar("true or false", "Yes or no.", "true")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        if let Value::Bool(value) = node.value {
            return Some(value);
        }
        let complaint = wrong_type(node, "`true` or `false`");
        let help = match &node.value {
            Value::Text(word) | Value::Identifier(word) => match word.to_lowercase().as_str() {
                "true" | "yes" | "on" => Some("write `true`"),
                "false" | "no" | "off" => Some("write `false`"),
                _ => None,
            },
            Value::Integer(0) => Some("write `false`"),
            Value::Integer(1) => Some("write `true`"),
            _ => None,
        };
        reader.complain(match help {
            Some(help) => complaint.help(help),
            None => complaint,
        });
        None
    }

    fn read_cell(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Text(text) if text.trim() == "true" => Some(true),
            Value::Text(text) if text.trim() == "false" => Some(false),
            _ => Self::read(node, reader),
        }
    }

    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// Reads a whole number from `least` to `most`.
fn whole(node: &Node, least: i64, most: i64, reader: &mut Reader<'_>) -> Option<i64> {
    let complaint = match &node.value {
        Value::Integer(value) if (least..=most).contains(value) => return Some(*value),
        Value::Integer(value) => {
            let message = if *value < least {
                if least == 0 { format!("{value} is negative") } else { format!("{value} is less than {least}") }
            } else {
                format!("{value} is more than {most}")
            };
            let label = if least == 0 && *value < 0 {
                "expected a whole number, 0 or more".to_owned()
            } else {
                format!("expected a whole number from {least} to {most}")
            };
            Complaint::new(&codes::OUT_OF_RANGE, node.origin, message).label(label)
        }
        Value::Float(value) => {
            let complaint = Complaint::new(&codes::NOT_WHOLE, node.origin, format!("{value:?} is not a whole number"))
                .label("expected a whole number");
            // A float of this size is exact, and so is its text.
            if value.fract() == 0.0 && value.abs() < 1e15 {
                complaint.help(format!("write {value:.0}, without a point or exponent"))
            } else {
                complaint
            }
        }
        Value::Text(text) => {
            let complaint = wrong_type(node, "a whole number");
            match text.trim().parse::<i64>() {
                Ok(value) => complaint.help(format!("write {value}, without quotes")),
                Err(_) => complaint,
            }
        }
        _ => wrong_type(node, "a whole number"),
    };
    reader.complain(complaint);
    None
}

/// The number in a cell of a table as a node; other nodes and other texts as they are.
pub(super) fn number_in_cell(node: &Node) -> Node {
    if let Value::Text(text) = &node.value {
        let text = text.trim();
        if let Ok(value) = text.parse::<i64>() {
            return Node::integer(value).at(node.origin);
        }
        if let Ok(decimal) = Decimal::parse(text)
            && let Some(value) = decimal.to_f64()
        {
            return Node::float(value).at(node.origin);
        }
    }
    node.clone()
}

macro_rules! whole_numbers {
    ($($type:ty, $least:expr, $most:expr, $documentation:literal;)*) => {$(
        impl Describe for $type {
            fn shape() -> Shape {
                Shape::scalar(if $least < 0 { "whole number" } else { "count" }, $documentation, "1")
            }

            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                let value = whole(node, $least, $most, reader)?;
                Self::try_from(value).ok()
            }

            fn read_cell(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                Self::read(&number_in_cell(node), reader)
            }

            fn write(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )*};
}

whole_numbers! {
    u16, 0, i64::from(u16::MAX), "A whole number, 0 or more.";
    u32, 0, i64::from(u32::MAX), "A whole number, 0 or more.";
    u64, 0, i64::MAX, "A whole number, 0 or more.";
    i32, i64::from(i32::MIN), i64::from(i32::MAX), "A whole number.";
    i64, i64::MIN, i64::MAX, "A whole number.";
}

impl Describe for f64 {
    fn shape() -> Shape {
        Shape::scalar("number", "A number without a unit.", "1.5")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let complaint = match &node.value {
            Value::Float(value) if value.is_finite() => return Some(*value),
            // 2^53: beyond it, not every whole number is a float.
            Value::Integer(value) if value.unsigned_abs() <= 1 << 53 => return Some(*value as f64),
            Value::Integer(value) => {
                Complaint::new(&codes::OUT_OF_RANGE, node.origin, format!("{value} cannot be held exactly"))
                    .label("expected a number of at most 15 digits")
                    .help(format!("write {:e}", *value as f64))
            }
            Value::Float(value) => {
                Complaint::new(&codes::MALFORMED, node.origin, format!("{value} is not a finite number"))
                    .label("expected a number")
            }
            Value::Text(text) => {
                let complaint = wrong_type(node, "a number");
                match Decimal::parse(text.trim()) {
                    Ok(_) => complaint.help(format!("write {}, without quotes", text.trim())),
                    Err(_) => complaint,
                }
            }
            _ => wrong_type(node, "a number"),
        };
        reader.complain(complaint);
        None
    }

    fn read_cell(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Self::read(&number_in_cell(node), reader)
    }

    fn write(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }
}

impl Describe for String {
    fn shape() -> Shape {
        Shape::scalar("text", "Any text, in quotes.", "\"text\"")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let complaint = match &node.value {
            Value::Text(text) => return Some(text.clone()),
            Value::Identifier(word) => wrong_type(node, "a text").help(format!("write {}", quote(word))),
            Value::Integer(value) => wrong_type(node, "a text").help(format!("write \"{value}\"")),
            _ => wrong_type(node, "a text"),
        };
        reader.complain(complaint);
        None
    }

    fn write(&self) -> Option<String> {
        Some(written_text(self))
    }
}

impl<T: Describe> Describe for Option<T> {
    fn shape() -> Shape {
        Shape {
            name: Self::type_name(),
            documentation: "The value, or `None`.".to_owned(),
            kind: ShapeKind::Optional(T::shape),
        }
    }

    fn type_name() -> String {
        format!("{}, or None", T::type_name())
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match node.value {
            Value::Absent => Some(None),
            _ => T::read(node, reader).map(Some),
        }
    }

    fn read_cell(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Absent => Some(None),
            Value::Text(text) if text.trim().is_empty() => Some(None),
            _ => T::read_cell(node, reader).map(Some),
        }
    }

    fn write(&self) -> Option<String> {
        match self {
            None => Some("None".to_owned()),
            Some(value) => value.write(),
        }
    }
}

impl<T: Describe> Describe for Box<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn type_name() -> String {
        T::type_name()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        T::read(node, reader).map(Box::new)
    }

    fn write(&self) -> Option<String> {
        (**self).write()
    }
}

impl<T: Describe> Describe for Vec<T> {
    fn shape() -> Shape {
        Shape {
            name: Self::type_name(),
            documentation: "Values in square brackets.".to_owned(),
            kind: ShapeKind::List(T::shape),
        }
    }

    fn type_name() -> String {
        format!("list of {}", T::type_name())
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Value::List(items) = &node.value else {
            reader.complain(wrong_type(node, "a list").help(match node.value {
                Value::Absent => "write `[]` for an empty list",
                _ => "put it in square brackets: `[...]`",
            }));
            return None;
        };
        // All items are read before any is missed, so that each can complain.
        let read: Vec<Option<T>> = items.iter().map(|item| T::read(item, reader)).collect();
        read.into_iter().collect()
    }

    fn write(&self) -> Option<String> {
        let written: Option<Vec<String>> = self.iter().map(T::write).collect();
        Some(format!("[{}]", written?.join(", ")))
    }
}

/// The values of a tuple of `count`; complains of anything else.
fn tuple<'n>(node: &'n Node, count: usize, example: &str, reader: &mut Reader<'_>) -> Option<&'n [Node]> {
    let complaint = match &node.value {
        Value::Call { name: None, arguments, .. } if arguments.len() == count => return Some(arguments),
        Value::Call { name: None, arguments, .. } => {
            let message = format!("expected {count} values in these brackets, found {}", arguments.len());
            Complaint::new(&codes::WRONG_ARGUMENTS, node.origin, message).label(format!("expected {count} values"))
        }
        _ => wrong_type(node, &format!("{count} values in round brackets")),
    };
    reader.complain(complaint.help(format!("write {example}")));
    None
}

macro_rules! tuples {
    ($($count:literal: $($type:ident $value:ident $index:tt),+;)*) => {$(
        impl<$($type: Describe),+> Describe for ($($type,)+) {
            fn shape() -> Shape {
                Shape {
                    name: Self::type_name(),
                    documentation: "Values in round brackets, in this order.".to_owned(),
                    kind: ShapeKind::Tuple(vec![$($type::shape),+]),
                }
            }

            fn type_name() -> String {
                format!("({})", [$($type::type_name()),+].join(", "))
            }

            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                let example = match node.value {
                    Value::Call { name: None, ref arguments, .. } if arguments.len() == $count => String::new(),
                    _ => Self::shape().example(),
                };
                let values = tuple(node, $count, &example, reader)?;
                $(let $value = $type::read(&values[$index], reader);)+
                Some(($($value?,)+))
            }

            fn write(&self) -> Option<String> {
                Some(format!("({})", [$(self.$index.write()?),+].join(", ")))
            }
        }
    )*};
}

tuples! {
    2: A first 0, B second 1;
    3: A first 0, B second 1, C third 2;
}
