//! `describe!`: one declaration from which a type, its reader and its documentation all come, so none can go stale.

/// Declares a struct or an enum that a scenario can hold.
///
/// The fields of a struct are public; a field with `= value` may be left out of the scenario. Doc comments become the
/// documentation of the [`Shape`](crate::description::Shape), so write them for the author of a scenario. `Debug`,
/// `Clone` and `PartialEq` are derived; other attributes are passed through. A struct gets
/// [`Describe`](crate::description::Describe) and [`Fields`](crate::description::Fields), an enum `Describe`.
///
/// The variants of an enum are words, words with fields (given by name), or words with arguments (given in order or by
/// name; their names here are for documentation and do not appear in the type).
///
/// ```
/// use kernel::SimDuration;
/// use plant::description::{Describe, Name, Node, Reader, describe};
///
/// describe! {
///     /// Where parts wait.
///     pub struct Shelf {
///         /// Most parts at a time.
///         capacity: u32 = 1,
///         /// Least time a part stays.
///         dwell: SimDuration = SimDuration::ZERO,
///         /// Where parts go from here.
///         next: Name,
///         /// Which part leaves first.
///         order: Order = Order::Fifo,
///     }
/// }
///
/// describe! {
///     /// Which part leaves first.
///     pub enum Order {
///         /// The one that came first.
///         Fifo,
///         /// The one that waited longest, if at least so long; otherwise the last.
///         Patient(
///             /// How long.
///             limit: SimDuration,
///         ),
///         /// The one of a type.
///         Favourite {
///             /// The type.
///             part_type: Name,
///         },
///     }
/// }
///
/// // What the scenario says as Shelf(next: "mill", order: Patient("5 min")).
/// let order = Node::call("Patient", [Node::text("5 min")]);
/// let node = Node::structure("Shelf", [("next", Node::text("mill")), ("order", order)]);
/// let mut reader = Reader::without_tables();
/// let shelf = Shelf::read(&node, &mut reader).unwrap();
/// assert_eq!(shelf.capacity, 1);
/// assert_eq!(shelf.order, Order::Patient(SimDuration::from_minutes(5)));
///
/// // Shelf(nxt: "mill", capacity: 2.5): two mistakes, two complaints.
/// let node = Node::structure("Shelf", [("nxt", Node::text("mill")), ("capacity", Node::float(2.5))]);
/// assert_eq!(Shelf::read(&node, &mut reader), None);
/// let said: Vec<&str> = reader.complaints().iter().map(|complaint| complaint.message.as_str()).collect();
/// assert_eq!(said, ["Shelf has no field `nxt`", "2.5 is not a whole number"]);
/// ```
#[macro_export]
macro_rules! describe {
    (
        $(#[$($attribute:tt)*])*
        $visibility:vis struct $name:ident {
            $($(#[$($field_attribute:tt)*])* $field:ident : $type:ty $(= $default:expr)?),* $(,)?
        }
    ) => {
        $(#[$($attribute)*])*
        #[derive(Debug, Clone, PartialEq)]
        $visibility struct $name {
            $($(#[$($field_attribute)*])* pub $field: $type,)*
        }

        impl $crate::description::Describe for $name {
            fn shape() -> $crate::description::Shape {
                $crate::description::Shape {
                    name: <$name as $crate::description::Describe>::type_name(),
                    documentation: $crate::describe!(@documentation $([$($attribute)*])*),
                    kind: $crate::description::ShapeKind::Struct(<$name as $crate::description::Fields>::fields()),
                }
            }

            fn type_name() -> ::std::string::String {
                ::std::string::String::from($crate::description::word_of(::std::stringify!($name)))
            }

            fn read(
                node: &$crate::description::Node,
                reader: &mut $crate::description::Reader<'_>,
            ) -> ::std::option::Option<Self> {
                $crate::description::read_struct($crate::description::word_of(::std::stringify!($name)), node, reader)
            }

            fn write(&self) -> ::std::option::Option<::std::string::String> {
                $crate::description::write_fields("", &[$(
                    $crate::describe!(@written $field, &self.$field, $type $(, $default)?),
                )*])
            }
        }

        impl $crate::description::Fields for $name {
            const NAMES: &'static [&'static str] = &[$($crate::description::field_name(::std::stringify!($field))),*];

            fn fields() -> ::std::vec::Vec<$crate::description::FieldShape> {
                ::std::vec![$(
                    $crate::describe!(@field [$([$($field_attribute)*])*] $field, $type $(, $default)?)
                ),*]
            }

            fn read_fields(
                _fields: &$crate::description::FieldSet<'_>,
                _reader: &mut $crate::description::Reader<'_>,
            ) -> ::std::option::Option<Self> {
                $(let $field = $crate::describe!(@value _fields, _reader, $field, $type $(, $default)?);)*
                ::std::option::Option::Some($name { $($field: $field?),* })
            }
        }
    };

    (
        $(#[$($attribute:tt)*])*
        $visibility:vis enum $name:ident {
            $(
                $(#[$($variant_attribute:tt)*])*
                $variant:ident
                $({
                    $($(#[$($field_attribute:tt)*])* $field:ident : $type:ty $(= $default:expr)?),* $(,)?
                })?
                $((
                    $($(#[$($argument_attribute:tt)*])* $argument:ident : $argument_type:ty
                        $(= $argument_default:expr)?),* $(,)?
                ))?
            ),* $(,)?
        }
    ) => {
        $(#[$($attribute)*])*
        #[derive(Debug, Clone, PartialEq)]
        $visibility enum $name {
            $(
                $(#[$($variant_attribute)*])*
                $variant
                $({ $($(#[$($field_attribute)*])* $field: $type,)* })?
                $(( $($(#[$($argument_attribute)*])* $argument_type,)* ))?,
            )*
        }

        impl $crate::description::Describe for $name {
            fn shape() -> $crate::description::Shape {
                $crate::description::Shape {
                    name: <$name as $crate::description::Describe>::type_name(),
                    documentation: $crate::describe!(@documentation $([$($attribute)*])*),
                    kind: $crate::description::ShapeKind::Enum(::std::vec![$(
                        $crate::description::VariantShape {
                            name: ::std::stringify!($variant),
                            documentation: $crate::describe!(@documentation $([$($variant_attribute)*])*),
                            contents: $crate::describe!(@contents
                                $({ $($crate::describe!(
                                    @field [$([$($field_attribute)*])*] $field, $type $(, $default)?
                                )),* })?
                                $(( $($crate::describe!(
                                    @field [$([$($argument_attribute)*])*] $argument, $argument_type
                                        $(, $argument_default)?
                                )),* ))?
                            ),
                        }
                    ),*]),
                }
            }

            fn type_name() -> ::std::string::String {
                ::std::string::String::from($crate::description::word_of(::std::stringify!($name)))
            }

            fn read(
                node: &$crate::description::Node,
                reader: &mut $crate::description::Reader<'_>,
            ) -> ::std::option::Option<Self> {
                let choice = $crate::description::Choice::of(
                    node,
                    $crate::description::word_of(::std::stringify!($name)),
                    &[$(::std::stringify!($variant)),*],
                    reader,
                )?;
                $(
                    if choice.variant() == ::std::stringify!($variant) {
                        return $crate::describe!(@read choice, reader, $name, $variant
                            $({ $($field: $type $(= $default)?),* })?
                            $(( $($argument: $argument_type $(= $argument_default)?),* ))?
                        );
                    }
                )*
                ::std::option::Option::None
            }

            fn read_cell(
                node: &$crate::description::Node,
                reader: &mut $crate::description::Reader<'_>,
            ) -> ::std::option::Option<Self> {
                <Self as $crate::description::Describe>::read(&node.as_word(), reader)
            }

            fn write(&self) -> ::std::option::Option<::std::string::String> {
                $(
                    $crate::describe!(@write self, $name, $variant
                        $({ $($field: $type $(= $default)?),* })?
                        $(( $($argument: $argument_type $(= $argument_default)?),* ))?
                    );
                )*
                ::std::option::Option::None
            }
        }
    };

    // The documentation in a list of attributes.
    (@documentation $([$($attribute:tt)*])*) => {
        $crate::description::documentation(&[$($crate::describe!(@line $($attribute)*)),*])
    };
    (@line doc = $line:expr) => { ::std::option::Option::Some($line) };
    (@line $($other:tt)*) => { ::std::option::Option::None };

    // The shape of one field or argument.
    (@field [$([$($attribute:tt)*])*] $field:ident, $type:ty) => {
        $crate::description::field_shape::<$type>(
            $crate::description::field_name(::std::stringify!($field)),
            $crate::describe!(@documentation $([$($attribute)*])*),
            ::std::option::Option::None,
        )
    };
    (@field [$([$($attribute:tt)*])*] $field:ident, $type:ty, $default:expr) => {
        $crate::description::field_shape::<$type>(
            $crate::description::field_name(::std::stringify!($field)),
            $crate::describe!(@documentation $([$($attribute)*])*),
            ::std::option::Option::Some(($default, ::std::stringify!($default))),
        )
    };

    // What stands behind the word of a variant.
    (@contents) => { $crate::description::VariantContents::Nothing };
    (@contents { $($field:expr),* }) => { $crate::description::VariantContents::Fields(::std::vec![$($field),*]) };
    (@contents ( $($field:expr),* )) => { $crate::description::VariantContents::Arguments(::std::vec![$($field),*]) };

    // Reads one field.
    (@value $fields:ident, $reader:ident, $field:ident, $type:ty) => {
        $fields.required::<$type>($crate::description::field_name(::std::stringify!($field)), $reader)
    };
    (@value $fields:ident, $reader:ident, $field:ident, $type:ty, $default:expr) => {
        $fields.optional::<$type>($crate::description::field_name(::std::stringify!($field)), || $default, $reader)
    };
    (@required) => { true };
    (@required $default:expr) => { false };

    // Reads one variant.
    (@read $choice:ident, $reader:ident, $name:ident, $variant:ident) => {
        $choice.nothing($reader).map(|()| $name::$variant)
    };
    (@read $choice:ident, $reader:ident, $name:ident, $variant:ident
        { $($field:ident : $type:ty $(= $default:expr)?),* }
    ) => {{
        let _fields = $choice.fields(&[$($crate::description::field_name(::std::stringify!($field))),*], $reader)?;
        $(let $field = $crate::describe!(@value _fields, $reader, $field, $type $(, $default)?);)*
        ::std::option::Option::Some($name::$variant { $($field: $field?),* })
    }};
    (@read $choice:ident, $reader:ident, $name:ident, $variant:ident
        ( $($field:ident : $type:ty $(= $default:expr)?),* )
    ) => {{
        let _fields = $choice.arguments(
            &[$(($crate::description::field_name(::std::stringify!($field)), $crate::describe!(@required $($default)?))),*],
            $reader,
        )?;
        $(let $field = $crate::describe!(@value _fields, $reader, $field, $type $(, $default)?);)*
        ::std::option::Option::Some($name::$variant($($field?),*))
    }};

    // One field as scenario text, for the writing of defaults: left out where it is its own default.
    (@written $field:ident, $value:expr, $type:ty) => {
        ($crate::description::field_name(::std::stringify!($field)), $crate::description::Describe::write($value), false)
    };
    (@written $field:ident, $value:expr, $type:ty, $default:expr) => {{
        let default: $type = $default;
        ($crate::description::field_name(::std::stringify!($field)), $crate::description::Describe::write($value), *$value == default)
    }};

    // Writes one variant, if it is the one.
    (@write $self:ident, $name:ident, $variant:ident) => {
        if let $name::$variant = $self {
            return ::std::option::Option::Some(::std::string::String::from(::std::stringify!($variant)));
        }
    };
    (@write $self:ident, $name:ident, $variant:ident { $($field:ident : $type:ty $(= $default:expr)?),* }) => {
        #[allow(irrefutable_let_patterns, reason = "an enum may have a single variant")]
        if let $name::$variant { $($field),* } = $self {
            return $crate::description::write_fields(::std::stringify!($variant), &[$(
                $crate::describe!(@written $field, $field, $type $(, $default)?),
            )*]);
        }
    };
    (@write $self:ident, $name:ident, $variant:ident ( $($field:ident : $type:ty $(= $default:expr)?),* )) => {
        #[allow(irrefutable_let_patterns, reason = "an enum may have a single variant")]
        if let $name::$variant($($field),*) = $self {
            return $crate::description::write_arguments(::std::stringify!($variant), &[$(
                $crate::describe!(@written $field, $field, $type $(, $default)?),
            )*]);
        }
    };
}
