//! State as bytes and back: what a snapshot on the disk is made of.
//!
//! [`Persist`] is implemented by one line below a type, which names its fields once more: a field that is forgotten does not
//! compile. The bytes are canonical: the same value gives the same bytes, whatever machine writes them. Whole numbers take as
//! many bytes as they need (seven bits each, least first; signed ones with the sign in the lowest bit), fractions are the bits
//! of the `f64`, collections begin with their length, choices with their number.
//!
//! Nothing in the bytes says what they mean, so whoever keeps them keeps a format version beside them and a checksum over them.
//!
//! ```
//! use kernel::persist::{Persist, Reader, Writer, persist};
//!
//! #[derive(Debug, PartialEq)]
//! struct Machine { busy: bool, parts: Vec<u64>, state: State }
//! persist!(struct Machine { busy, parts, state });
//!
//! #[derive(Debug, PartialEq)]
//! enum State { Idle, Failed { mode: u32 } }
//! persist!(enum State { 0 => Idle, 1 => Failed { mode } });
//!
//! let machine = Machine { busy: true, parts: vec![7, 300], state: State::Failed { mode: 2 } };
//! let mut writer = Writer::new();
//! machine.write(&mut writer);
//! let bytes = writer.finish();
//! assert_eq!(bytes, [1, 2, 7, 0xac, 2, 1, 2]);
//! assert_eq!(Machine::read(&mut Reader::new(&bytes, 0)), Ok(machine));
//! assert!(Machine::read(&mut Reader::new(&bytes[..4], 0)).is_err());
//! ```
//!
//! Invariant: reading any bytes whatever ends in a value or an error, without a panic and without more memory than the bytes
//! themselves can account for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::num::NonZeroU64;

pub use crate::persist;

/// A value as bytes and back.
pub trait Persist: Sized {
    /// Appends the value.
    fn write(&self, writer: &mut Writer);

    /// Takes a value off the front.
    ///
    /// # Errors
    /// Bytes that no value of this type is written as.
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable>;
}

/// Bytes that are no value of the type that was looked for: what was, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable {
    /// What should have been there.
    pub expected: &'static str,
    /// The byte, counted from 0.
    pub at: usize,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "byte {} is not the beginning of {}", self.at, self.expected)
    }
}

impl std::error::Error for Unreadable {}

/// Bytes that values are appended to.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// No bytes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// One byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// A whole number in as few bytes as it needs.
    #[inline]
    pub fn whole(&mut self, mut number: u128) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}

/// Bytes that values are taken off.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    elements: usize,
    part_types: usize,
    apart: Option<u64>,
    /// References to what comes later.
    noted: Vec<u64>,
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, in which elements of a plant are numbered below `elements`: a number beyond is refused while it is read.
    #[must_use]
    pub fn new(bytes: &'a [u8], elements: usize) -> Self {
        Self { bytes, at: 0, elements, part_types: usize::MAX, apart: None, noted: Vec::new() }
    }

    /// Streams that are read go on elsewhere than where they were, a different place for each `number`.
    #[must_use]
    pub fn with_streams_apart(self, number: u64) -> Self {
        Self { apart: Some(number), ..self }
    }

    /// Part types are numbered below `part_types`: a number beyond is refused while it is read.
    #[must_use]
    pub fn with_part_types(self, part_types: usize) -> Self {
        Self { part_types, ..self }
    }

    /// How many part types there are, if that is known.
    #[must_use]
    pub fn part_types(&self) -> usize {
        self.part_types
    }

    /// Notes a reference that was read, to be looked at once all that there is has been read.
    #[inline]
    pub fn note(&mut self, reference: u64) {
        self.noted.push(reference);
    }

    /// The references noted so far.
    #[must_use]
    pub fn noted(&self) -> &[u64] {
        &self.noted
    }

    /// Reads what may name things that are gone by now: none of its references is noted.
    ///
    /// # Errors
    ///
    /// Where the bytes are not those of a `T`.
    pub fn read_unnoted<T: Persist>(&mut self) -> Result<T, Unreadable> {
        let noted = self.noted.len();
        let read = T::read(self);
        self.noted.truncate(noted);
        read
    }

    /// Where streams that are read go on, if not where they were.
    pub(crate) fn apart(&self) -> Option<u64> {
        self.apart
    }

    /// How many elements there are.
    #[must_use]
    pub fn elements(&self) -> usize {
        self.elements
    }

    /// Bytes that are left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The complaint that `expected` is not here.
    #[must_use]
    pub fn unreadable(&self, expected: &'static str) -> Unreadable {
        Unreadable { expected, at: self.at }
    }

    /// One byte.
    ///
    /// # Errors
    /// At the end of the bytes.
    #[inline]
    pub fn byte(&mut self) -> Result<u8, Unreadable> {
        let Some(byte) = self.bytes.get(self.at) else { return Err(self.unreadable("one more byte")) };
        self.at += 1;
        Ok(*byte)
    }

    /// So many bytes as they are.
    ///
    /// # Errors
    /// With fewer left.
    pub fn raw(&mut self, count: usize) -> Result<&'a [u8], Unreadable> {
        if count > self.left() {
            return Err(self.unreadable("so many bytes"));
        }
        let taken = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(taken)
    }

    /// A whole number of at most so many bits.
    ///
    /// # Errors
    /// A larger number, or one that is not written in as few bytes as it needs.
    #[inline]
    pub fn whole(&mut self, bits: u32) -> Result<u128, Unreadable> {
        let (begin, mut number, mut shift) = (self.at, 0u128, 0u32);
        loop {
            let byte = self.byte()?;
            let part = u128::from(byte & 0x7f);
            let is_too_large = shift >= bits || (bits - shift < 7 && part >> (bits - shift) != 0);
            if is_too_large || (byte == 0 && shift > 0) {
                return Err(Unreadable { expected: "a whole number", at: begin });
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
            shift += 7;
        }
    }

    /// The length of a collection whose items take at least a byte each.
    fn length(&mut self) -> Result<usize, Unreadable> {
        let at = self.at;
        let length = self.whole(64)?;
        if length > self.left() as u128 {
            return Err(Unreadable { expected: "a length", at });
        }
        Ok(length as usize)
    }
}

/// Implements [`Persist`] for a type by naming its fields, or its choices with their numbers and fields.
///
/// Numbers of choices are part of the format: they stay what they are when choices come or go.
#[macro_export]
macro_rules! persist {
    (struct $Name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::persist::Persist for $Name {
            fn write(&self, writer: &mut $crate::persist::Writer) {
                let Self { $($field),* } = self;
                $($crate::persist::Persist::write($field, writer);)*
                let _ = writer;
            }
            fn read(reader: &mut $crate::persist::Reader<'_>) -> Result<Self, $crate::persist::Unreadable> {
                $(let $field = $crate::persist::Persist::read(reader)?;)*
                let _ = reader;
                Ok(Self { $($field),* })
            }
        }
    };
    (struct $Name:ident ( $($field:ident),* $(,)? )) => {
        impl $crate::persist::Persist for $Name {
            fn write(&self, writer: &mut $crate::persist::Writer) {
                let Self($($field),*) = self;
                $($crate::persist::Persist::write($field, writer);)*
            }
            fn read(reader: &mut $crate::persist::Reader<'_>) -> Result<Self, $crate::persist::Unreadable> {
                $(let $field = $crate::persist::Persist::read(reader)?;)*
                Ok(Self($($field),*))
            }
        }
    };
    (enum $Name:ident { $(
        $number:literal => $Choice:ident $(( $($item:ident),* $(,)? ))? $({ $($field:ident),* $(,)? })?
    ),* $(,)? }) => {
        impl $crate::persist::Persist for $Name {
            fn write(&self, writer: &mut $crate::persist::Writer) {
                match self {
                    $(Self::$Choice $(( $($item),* ))? $({ $($field),* })? => {
                        writer.byte($number);
                        $($($crate::persist::Persist::write($item, writer);)*)?
                        $($($crate::persist::Persist::write($field, writer);)*)?
                    })*
                }
            }
            fn read(reader: &mut $crate::persist::Reader<'_>) -> Result<Self, $crate::persist::Unreadable> {
                match reader.byte()? {
                    $($number => {
                        $($(let $item = $crate::persist::Persist::read(reader)?;)*)?
                        $($(let $field = $crate::persist::Persist::read(reader)?;)*)?
                        Ok(Self::$Choice $(( $($item),* ))? $({ $($field),* })?)
                    })*
                    _ => Err(reader.unreadable(concat!("a choice of ", stringify!($Name)))),
                }
            }
        }
    };
}

macro_rules! whole_numbers {
    ($($Type:ty),*) => {$(
        impl Persist for $Type {
            #[inline]
            fn write(&self, writer: &mut Writer) {
                writer.whole(*self as u128);
            }
            #[inline]
            fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
                Ok(reader.whole(<$Type>::BITS)? as $Type)
            }
        }
    )*};
}

whole_numbers!(u8, u16, u32, u64, u128);

macro_rules! signed_numbers {
    ($($Type:ty as $Unsigned:ty),*) => {$(
        impl Persist for $Type {
            #[inline]
            fn write(&self, writer: &mut Writer) {
                writer.whole(((*self << 1) ^ (*self >> (<$Type>::BITS - 1))) as $Unsigned as u128);
            }
            #[inline]
            fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
                let folded = reader.whole(<$Type>::BITS)? as $Unsigned;
                Ok((folded >> 1) as $Type ^ -((folded & 1) as $Type))
            }
        }
    )*};
}

signed_numbers!(i32 as u32, i64 as u64, i128 as u128);

impl Persist for usize {
    fn write(&self, writer: &mut Writer) {
        writer.whole(*self as u128);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let number = reader.whole(64)?;
        usize::try_from(number).map_err(|_| reader.unreadable("a whole number"))
    }
}

impl Persist for bool {
    fn write(&self, writer: &mut Writer) {
        writer.byte(u8::from(*self));
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        match reader.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(reader.unreadable("yes or no")),
        }
    }
}

impl Persist for f64 {
    fn write(&self, writer: &mut Writer) {
        writer.raw(&self.to_bits().to_le_bytes());
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let mut bits = [0; 8];
        bits.copy_from_slice(reader.raw(8)?);
        Ok(f64::from_bits(u64::from_le_bytes(bits)))
    }
}

impl Persist for NonZeroU64 {
    fn write(&self, writer: &mut Writer) {
        self.get().write(writer);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        NonZeroU64::new(u64::read(reader)?).ok_or_else(|| reader.unreadable("a number that is not zero"))
    }
}

impl Persist for () {
    fn write(&self, _writer: &mut Writer) {}
    fn read(_reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        Ok(())
    }
}

impl Persist for String {
    fn write(&self, writer: &mut Writer) {
        self.len().write(writer);
        writer.raw(self.as_bytes());
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let length = reader.length()?;
        let bytes = reader.raw(length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| reader.unreadable("text in UTF-8"))
    }
}

impl Persist for std::sync::Arc<str> {
    fn write(&self, writer: &mut Writer) {
        self.len().write(writer);
        writer.raw(self.as_bytes());
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        Ok(String::read(reader)?.into())
    }
}

impl Persist for Cow<'static, str> {
    fn write(&self, writer: &mut Writer) {
        self.len().write(writer);
        writer.raw(self.as_bytes());
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        String::read(reader).map(Cow::Owned)
    }
}

impl<T: Persist> Persist for std::sync::Arc<[T]> {
    fn write(&self, writer: &mut Writer) {
        self.len().write(writer);
        self.iter().for_each(|item| item.write(writer));
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        Ok(Vec::read(reader)?.into())
    }
}

impl<T: Persist> Persist for Option<T> {
    fn write(&self, writer: &mut Writer) {
        writer.byte(u8::from(self.is_some()));
        if let Some(value) = self {
            value.write(writer);
        }
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        if bool::read(reader)? { T::read(reader).map(Some) } else { Ok(None) }
    }
}

impl<T: Persist> Persist for Box<T> {
    fn write(&self, writer: &mut Writer) {
        (**self).write(writer);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        T::read(reader).map(Box::new)
    }
}

impl<T: Persist> Persist for Vec<T> {
    fn write(&self, writer: &mut Writer) {
        self.len().write(writer);
        self.iter().for_each(|item| item.write(writer));
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let length = reader.length()?;
        // Grows as items come: a length alone, however large, asks for no memory.
        (0..length).map(|_| T::read(reader)).collect()
    }
}

impl<T: Persist> Persist for VecDeque<T> {
    fn write(&self, writer: &mut Writer) {
        self.len().write(writer);
        self.iter().for_each(|item| item.write(writer));
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        Vec::read(reader).map(VecDeque::from)
    }
}

impl<K: Persist + Ord, V: Persist> Persist for BTreeMap<K, V> {
    fn write(&self, writer: &mut Writer) {
        self.len().write(writer);
        for (key, value) in self {
            key.write(writer);
            value.write(writer);
        }
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let mut map = BTreeMap::new();
        for _ in 0..reader.length()? {
            let key = K::read(reader)?;
            if map.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(reader.unreadable("a key after the last one"));
            }
            map.insert(key, V::read(reader)?);
        }
        Ok(map)
    }
}

impl<T: Persist + Ord> Persist for BTreeSet<T> {
    fn write(&self, writer: &mut Writer) {
        self.len().write(writer);
        self.iter().for_each(|item| item.write(writer));
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let mut set = BTreeSet::new();
        for _ in 0..reader.length()? {
            let item = T::read(reader)?;
            if set.last().is_some_and(|last| *last >= item) {
                return Err(reader.unreadable("an item after the last one"));
            }
            set.insert(item);
        }
        Ok(set)
    }
}

impl<T: Persist, const N: usize> Persist for [T; N] {
    fn write(&self, writer: &mut Writer) {
        self.iter().for_each(|item| item.write(writer));
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let items: Vec<T> = (0..N).map(|_| T::read(reader)).collect::<Result<_, _>>()?;
        items.try_into().map_err(|_| reader.unreadable("so many items"))
    }
}

impl<A: Persist, B: Persist> Persist for (A, B) {
    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
        self.1.write(writer);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        Ok((A::read(reader)?, B::read(reader)?))
    }
}

impl<A: Persist, B: Persist, C: Persist> Persist for (A, B, C) {
    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
        self.1.write(writer);
        self.2.write(writer);
    }
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        Ok((A::read(reader)?, B::read(reader)?, C::read(reader)?))
    }
}

#[cfg(test)]
mod tests;
