//! The digest of a run: 128 bits chained over every event.
//!
//! It guards against bugs, not forgers: two runs that differ in one event end in different digests, at a few
//! nanoseconds an event. Files and run ids use a cryptographic hash elsewhere.

use std::fmt;
use std::str::FromStr;

// Odd multipliers with well mixed bits: the first two primes of xxHash64, and the golden ratio in 64 bits.
const FIRST_MULTIPLIER: u64 = 0x9E37_79B1_85EB_CA87;
const SECOND_MULTIPLIER: u64 = 0xC2B2_AE3D_27D4_EB4F;
const GOLDEN_RATIO: u64 = 0x9E37_79B9_7F4A_7C15;

/// A running digest in two 64-bit lanes.
///
/// Each [`mix`](DigestChain::mix) is a bijection of the state for a given input, so a difference once in the state is
/// never forgotten, and different inputs to equal states give different states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DigestChain {
    first: u64,
    second: u64,
}

impl Default for DigestChain {
    fn default() -> Self {
        Self::new()
    }
}

impl DigestChain {
    /// The empty chain.
    #[inline]
    pub const fn new() -> Self {
        Self { first: GOLDEN_RATIO, second: FIRST_MULTIPLIER ^ SECOND_MULTIPLIER }
    }

    /// Appends two words, usually what happened and when. Two multiplications deep, about 2 ns.
    #[inline]
    pub const fn mix(&mut self, first: u64, second: u64) {
        // Every line is invertible, so the whole step is.
        let a = (self.first ^ first).wrapping_add(GOLDEN_RATIO).wrapping_mul(FIRST_MULTIPLIER);
        let b = (self.second ^ second).wrapping_add(a.rotate_left(32)).wrapping_mul(SECOND_MULTIPLIER);
        self.first = a ^ b.rotate_left(29);
        self.second = b ^ (b >> 32);
    }

    /// Appends a text, its length first, so that two texts in a row cannot be confused with two others.
    pub fn mix_text(&mut self, text: &str) {
        self.mix(text.len() as u64, 0);
        for chunk in text.as_bytes().chunks(16) {
            let mut padded = [0; 16];
            padded[..chunk.len()].copy_from_slice(chunk);
            let word = u128::from_le_bytes(padded);
            self.mix(word as u64, (word >> 64) as u64);
        }
    }

    /// The digest so far; the chain can go on.
    pub const fn value(&self) -> Digest {
        let mut last = *self;
        // The last input has passed one round only; three more spread it over all 128 bits.
        last.mix(SECOND_MULTIPLIER, GOLDEN_RATIO);
        last.mix(0, 0);
        last.mix(0, 0);
        Digest(((last.first as u128) << 64) | last.second as u128)
    }
}

/// A finished digest of 128 bits, written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest(u128);

impl Digest {
    /// The digest with these bits.
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The bits of the digest.
    pub const fn bits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// A text that is no digest: not exactly 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADigest;

impl fmt::Display for NotADigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a digest is exactly 32 hexadecimal digits")
    }
}

impl std::error::Error for NotADigest {}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        // from_str_radix alone would accept a sign.
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotADigest);
        }
        u128::from_str_radix(text, 16).map(Self).map_err(|_| NotADigest)
    }
}

/// One digest out of many named ones, whatever order they come in.
///
/// The pairs are sorted first, so the elements of a plant may be stored and visited in any order. Allocates once.
pub fn combine(parts: impl IntoIterator<Item = (u64, Digest)>) -> Digest {
    let mut sorted: Vec<(u64, Digest)> = parts.into_iter().collect();
    sorted.sort_unstable();
    let mut chain = DigestChain::new();
    for (name_hash, digest) in sorted {
        chain.mix(name_hash, 0);
        chain.mix((digest.0 >> 64) as u64, digest.0 as u64);
    }
    chain.value()
}

/// A stable 64-bit hash of a name: the same on every machine and in every version.
pub fn hash_name(name: &str) -> u64 {
    let mut chain = DigestChain::new();
    chain.mix_text(name);
    chain.value().0 as u64
}
