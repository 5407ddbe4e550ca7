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
/// Each [`mix`](DigestChain::mix) and each [`append`](DigestChain::append) is a bijection of the state for a given input, so a difference once in the state is
/// never forgotten, and different inputs to equal states give different states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DigestChain {
    first: u64,
    second: u64,
}
crate::persist!(struct DigestChain { first, second });

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

    /// Appends an event: when it happened, and what. Half the work of [`mix`](DigestChain::mix), for chains that grow
    /// with every event: the last words are not spread out yet, but each further step and [`value`](DigestChain::value)
    /// spread them.
    #[inline(always)]
    pub const fn append(&mut self, when: u64, what: u64) {
        // Invertible too: `what` and the old second lane come out of the new first one, the rest out of the second.
        let a = (self.first ^ when).wrapping_mul(FIRST_MULTIPLIER).wrapping_add(1);
        self.first = self.second.wrapping_add(what);
        self.second = a.rotate_left(29) ^ self.first;
    }

    /// Appends something that goes with an event appended elsewhere, such as a part that comes in: half of that work again.
    /// Invertible for a given input like the others; the next [`append`](DigestChain::append) spreads it.
    #[inline(always)]
    pub const fn join(&mut self, when: u64, what: u64) {
        self.second = (self.second.rotate_left(23) ^ when).wrapping_add(what.wrapping_mul(SECOND_MULTIPLIER));
    }

    /// Appends two words and spreads them. Two multiplications deep, about 4 ns.
    #[inline(always)]
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
crate::persist!(struct Digest(inner));

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

#[cfg(test)]
mod tests {
    use super::*;

    /// A way to put two words into a chain.
    type Step = fn(&mut DigestChain, u64, u64);
    const STEPS: [Step; 3] = [DigestChain::mix, DigestChain::append, joined_and_appended];

    /// What is joined is followed by an event sooner or later.
    fn joined_and_appended(chain: &mut DigestChain, first: u64, second: u64) {
        chain.join(first, second);
        chain.append(1, 2);
    }

    fn after_steps(step: Step, words: &[(u64, u64)]) -> Digest {
        let mut chain = DigestChain::new();
        for &(first, second) in words {
            step(&mut chain, first, second);
        }
        chain.value()
    }

    fn after(words: &[(u64, u64)]) -> Digest {
        after_steps(DigestChain::mix, words)
    }

    #[test]
    fn every_bit_of_every_word_moves_about_half_of_the_digest() {
        let words: [(u64, u64); 4] = [(0, 0), (1, 2), (u64::MAX, 7), (3, 0)];
        for step in STEPS {
            let plain = after_steps(step, &words).bits();
            for position in 0..words.len() {
                for bit in 0..128 {
                    let mut changed = words;
                    match bit {
                        0..64 => changed[position].0 ^= 1 << bit,
                        _ => changed[position].1 ^= 1 << (bit - 64),
                    }
                    let moved = (after_steps(step, &changed).bits() ^ plain).count_ones();
                    // 64 expected, standard deviation 5.7.
                    assert!((34..=94).contains(&moved), "word {position}, bit {bit}: {moved} bits moved");
                }
            }
        }
    }

    #[test]
    fn order_number_and_place_of_words_matter() {
        for step in STEPS {
            let digests = [
                after_steps(step, &[]),
                after_steps(step, &[(0, 0)]),
                after_steps(step, &[(0, 0), (0, 0)]),
                after_steps(step, &[(1, 0)]),
                after_steps(step, &[(0, 1)]),
                after_steps(step, &[(1, 0), (0, 1)]),
                after_steps(step, &[(0, 1), (1, 0)]),
            ];
            for (index, digest) in digests.iter().enumerate() {
                assert!(!digests[..index].contains(digest), "digest {index} occurs twice");
            }
        }
    }

    #[test]
    fn words_that_differ_little_never_collide() {
        for step in STEPS {
            let mut seen = std::collections::BTreeSet::new();
            for first in 0..300 {
                for second in 0..300 {
                    assert!(seen.insert(after_steps(step, &[(first, second)])));
                    assert!(seen.insert(after_steps(step, &[(first, second), (first, second)])));
                }
            }
        }
    }

    #[test]
    fn the_function_itself_does_not_change() {
        // Golden: digests are compared across versions, machines and builds.
        assert_eq!(after(&[(1, 2), (3, 4)]).to_string(), "a7cae3a793de0ed2c41bc580879b6036");
        assert_eq!(after_steps(DigestChain::append, &[(1, 2), (3, 4)]).to_string(), "a6e01f5c10f15e7b829aac058ce30a0f");
        assert_eq!(hash_name("mill"), 16_218_249_505_557_767_604);
        assert_eq!(combine([(1, Digest(5)), (2, Digest(6))]).to_string(), "595f071c17db0bf3720abdd4a1853817");
    }

    #[test]
    fn combining_ignores_the_order_but_not_the_names() {
        let (one, two) = (after(&[(1, 1)]), after(&[(2, 2)]));
        assert_eq!(combine([(1, one), (2, two)]), combine([(2, two), (1, one)]));
        assert_ne!(combine([(1, one), (2, two)]), combine([(2, one), (1, two)]));
        assert_ne!(combine([(1, one)]), combine([(1, one), (1, one)]));
    }

    #[test]
    fn texts_keep_their_borders() {
        let of = |texts: &[&str]| {
            let mut chain = DigestChain::new();
            texts.iter().for_each(|text| chain.mix_text(text));
            chain.value()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a"]), of(&["a\0"]));
        assert_ne!(of(&[""]), of(&[]));
        assert_ne!(of(&["exactly 16 bytes"]), of(&["exactly 16 bytes", ""]));
    }

    #[test]
    fn text_form_round_trips_and_refuses_everything_else() {
        let digest = Digest(0x0123_4567_89ab_cdef_0011_2233_4455_6677);
        assert_eq!(digest.to_string(), "0123456789abcdef0011223344556677");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        for wrong in [
            "",
            "12",
            "+123456789abcdef0011223344556677",
            "0123456789abcdef00112233445566 7",
            "g123456789abcdef0011223344556677",
        ] {
            assert_eq!(wrong.parse::<Digest>(), Err(NotADigest), "{wrong}");
        }
    }
}
