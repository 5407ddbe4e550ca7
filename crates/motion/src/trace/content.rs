//! Numbers and names in as few bytes as they need, and back without trust in what is read.
//!
//! Whole numbers are postcard's: seven bits a byte, and a sign in the lowest bit.

use super::TraceError;

/// The most bytes a whole number takes.
const LONGEST: usize = 10;

/// Appends a whole number.
pub fn put(bytes: &mut Vec<u8>, value: u64) {
    // Ten bytes hold every number.
    if let Ok(written) = postcard::to_slice(&value, &mut [0; LONGEST]) {
        bytes.extend_from_slice(written);
    }
}

/// Appends a whole number that may be negative.
pub fn put_signed(bytes: &mut Vec<u8>, value: i64) {
    if let Ok(written) = postcard::to_slice(&value, &mut [0; LONGEST]) {
        bytes.extend_from_slice(written);
    }
}

/// Appends a name.
pub fn put_name(bytes: &mut Vec<u8>, name: &str) {
    put(bytes, name.len() as u64);
    bytes.extend_from_slice(name.as_bytes());
}

/// What is left to read of a piece of a file.
pub struct Content<'a> {
    rest: &'a [u8],
    at_byte: u64,
}

impl<'a> Content<'a> {
    /// All of it; errors name the place where the piece begins.
    pub fn new(bytes: &'a [u8], at_byte: u64) -> Self {
        Self { rest: bytes, at_byte }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The error that what was read makes no sense.
    pub fn damaged(&self, what: &'static str) -> TraceError {
        TraceError::Damaged { at_byte: self.at_byte, what }
    }

    /// A whole number.
    pub fn whole(&mut self) -> Result<u64, TraceError> {
        let (value, rest) = postcard::take_from_bytes(self.rest).map_err(|_| self.damaged("a number is none"))?;
        self.rest = rest;
        Ok(value)
    }

    /// A whole number that may be negative.
    pub fn signed(&mut self) -> Result<i64, TraceError> {
        let (value, rest) = postcard::take_from_bytes(self.rest).map_err(|_| self.damaged("a number is none"))?;
        self.rest = rest;
        Ok(value)
    }

    /// How many of something follow that take so many bytes each at least.
    pub fn count(&mut self, bytes_each: usize) -> Result<usize, TraceError> {
        let count = usize::try_from(self.whole()?).unwrap_or(usize::MAX);
        let is_possible = count.checked_mul(bytes_each).is_some_and(|bytes| bytes <= self.rest.len());
        if is_possible { Ok(count) } else { Err(self.damaged("more is said to follow than does")) }
    }

    /// So many bytes.
    fn bytes(&mut self, count: usize) -> Result<&'a [u8], TraceError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| self.damaged("it ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8, TraceError> {
        Ok(self.bytes(1)?[0])
    }

    /// A number of 64 bits.
    pub fn number(&mut self) -> Result<f64, TraceError> {
        let mut bits = [0; 8];
        bits.copy_from_slice(self.bytes(8)?);
        Ok(f64::from_le_bytes(bits))
    }

    /// A name.
    pub fn name(&mut self) -> Result<String, TraceError> {
        let count = self.count(1)?;
        let bytes = self.bytes(count)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| self.damaged("a name is no text"))
    }
}
