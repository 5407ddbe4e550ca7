//! How a scenario's text becomes the parts of a plant, without the plant knowing any text format.
//!
//! A text format gives [`Node`]s, each with its [`Origin`]. Types declared with [`describe!`](crate::describe) read
//! themselves from nodes, complain of everything wrong in one pass through a [`Reader`], and tell what they look like as a
//! [`Shape`], from which the reference is generated. Quantities carry their unit as text and are held exactly, in
//! whole base units.
//!
//! A type that is written in several ways implements [`Describe`] by hand and leaves the work to types that exist:
//!
//! ```
//! use plant::description::{Describe, Map, Node, Reader, Shape, TimeDistribution, Value};
//!
//! /// A time, the same for all part types or one for each.
//! enum Dwell {
//!     Same(TimeDistribution),
//!     ByType(Map<TimeDistribution>),
//! }
//!
//! impl Describe for Dwell {
//!     fn shape() -> Shape {
//!         let examples = ["\"5 min\"", "{ \"red\": \"5 min\" }"];
//!         Shape::one_of("Dwell", "A time for all, or by part type.", &examples, vec![TimeDistribution::shape()])
//!     }
//!
//!     fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
//!         match node.value {
//!             Value::Map(_) => Map::read(node, reader).map(Dwell::ByType),
//!             _ => TimeDistribution::read(node, reader).map(Dwell::Same),
//!         }
//!     }
//! }
//!
//! let node = Node::map([("red", Node::text("5 min"))]);
//! assert!(matches!(Dwell::read(&node, &mut Reader::without_tables()), Some(Dwell::ByType(times)) if times.len() == 1));
//! ```
//!
//! Invariant: reading never panics, whatever the node; `None` is only answered after a complaint.
//! Invariant: nothing here knows a file, a clock or a text format; tables and other files come through a [`TableSource`].

mod choice;
pub mod codes;
mod complaint;
mod decimal;
mod declaration;
mod describe;
mod dimension;
mod distribution;
mod document;
mod fields;
mod moment;
mod name;
mod nearest;
mod node;
mod number_with_unit;
mod origin;
mod price;
mod quantity;
mod ratio;
mod reader;
mod scalar;
mod shape;
mod table;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use crate::describe;
pub(crate) use choice::with_article;
pub use choice::{Argument, Choice, unknown_word};
pub use codes::CODES;
pub use complaint::{Code, Complaint};
pub use describe::{Describe, Fields, Written, field_name, field_shape, word_of, write_arguments, write_fields};
pub use distribution::{CountDistribution, NumberDistribution, TimeDistribution};
pub use document::Document;
pub use fields::{FieldSet, read_struct};
pub(crate) use moment::DAY_NAMES;
pub use moment::{ClockTime, Date, Weekdays};
pub use name::{Label, Labels, Map, Name};
pub use nearest::nearest;
pub use node::{Field, Node, Value};
pub use number_with_unit::{NumberWithUnit, magnitude};
pub use origin::Origin;
pub use price::{HourlyRate, MassPrice, Money, Price, VolumePrice};
pub use quantity::{
    Acceleration, Angle, AngularAcceleration, AngularJerk, AngularSpeed, Area, Coordinate, Density, Emission, Energy,
    FlowRate, Frequency, HeatingRate, Jerk, Length, Mass, Power, SpecificEnergy, Speed, Temperature, Volume,
    VolumeEmission,
};
pub use ratio::Ratio;
pub use reader::{MOST_COMPLAINTS, Reader};
pub use shape::{FieldShape, Shape, ShapeKind, ShapeOf, VariantContents, VariantShape, documentation};
pub use table::{Table, TableSource};
pub use vocabulary::nearest_word;
