//! How a scenario's text becomes the parts of a plant, without the plant knowing any text format.
//!
//! A text format gives [`Node`]s, each with its [`Origin`]. Types declared with [`describe!`](crate::describe) read
//! themselves from nodes, complain of everything wrong in one pass through a [`Reader`], and tell what they look like as a
//! [`Shape`], from which the reference is generated. Quantities carry their unit as text and are held exactly, in
//! whole base units.
//!
//! Invariant: reading never panics, whatever the node; `None` is only answered after a complaint.
//! Invariant: nothing here knows a file, a clock or a text format; tables come through a [`TableSource`].

mod choice;
pub mod codes;
mod complaint;
mod decimal;
mod declaration;
mod describe;
mod dimension;
mod distribution;
mod fields;
mod moment;
mod name;
mod nearest;
mod node;
mod origin;
mod quantity;
mod ratio;
mod reader;
mod scalar;
mod shape;
mod table;
#[cfg(test)]
mod tests;

pub use crate::describe;
pub use choice::{Argument, Choice, unknown_word};
pub use codes::CODES;
pub use complaint::{Code, Complaint};
pub use describe::{Describe, Fields, Written, field_shape, write_arguments, write_fields};
pub use distribution::{CountDistribution, NumberDistribution, TimeDistribution};
pub use fields::{FieldSet, read_struct};
pub use moment::{ClockTime, Date, Weekdays};
pub use name::{Map, Name};
pub use nearest::nearest;
pub use node::{Field, Node, Value};
pub use origin::Origin;
pub use quantity::{Emission, Energy, Frequency, Length, Power, Speed};
pub use ratio::Ratio;
pub use reader::{MOST_COMPLAINTS, Reader};
pub use shape::{FieldShape, Shape, ShapeKind, ShapeOf, VariantContents, VariantShape, documentation};
pub use table::{Table, TableSource};
