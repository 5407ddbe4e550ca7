//! Simulated time as whole nanoseconds.
//!
//! A float clock loses resolution as a run gets longer, and sums that should be equal differ in the last bit; both break
//! the exact state times and the digest. So time is an `i64`, arithmetic is checked, and floats appear at the borders only.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use crate::persist::{Persist, Reader, Unreadable, Writer};

const NANOS_PER_MILLI: i64 = 1_000_000;
const NANOS_PER_SECOND: i64 = 1_000_000_000;
const NANOS_PER_MINUTE: i64 = 60 * NANOS_PER_SECOND;
const NANOS_PER_HOUR: i64 = 60 * NANOS_PER_MINUTE;
const NANOS_PER_DAY: i64 = 24 * NANOS_PER_HOUR;

/// A point in simulated time: whole nanoseconds since the start of the run.
///
/// `SimTime::MAX` is read as "never" ([`SimTime::saturating_add`] arrives there, `Display` writes it so).
/// Arithmetic with operators panics on overflow and names the operation; with every duration bounded by
/// [`crate::limits::LONGEST_DURATION`] and every run by the same, that cannot be reached: 2 x 100 years fit in an `i64`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimTime(i64);

impl Persist for SimTime {
    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
    }

    /// Nothing is planned beyond twice the longest duration; reckoning with times that were read cannot overflow.
    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let time = Self(i64::read(reader)?);
        let longest = 2 * crate::limits::LONGEST_DURATION.0;
        if time != Self::MAX && !(-longest..=longest).contains(&time.0) {
            return Err(reader.unreadable("a time"));
        }
        Ok(time)
    }
}

/// A length of simulated time in whole nanoseconds; may be negative as the difference of two times.
///
/// ```
/// use kernel::SimDuration;
/// assert_eq!(SimDuration::from_millis(3_723_500).to_string(), "1 h 02 min 03.5 s");
/// assert_eq!(SimDuration::from_secs(90), SimDuration::from_millis(45_000) * 2);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimDuration(i64);

impl Persist for SimDuration {
    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let duration = Self(i64::read(reader)?);
        let longest = crate::limits::LONGEST_DURATION.0;
        if duration != Self::MAX && !(-longest..=longest).contains(&duration.0) {
            return Err(reader.unreadable("a duration"));
        }
        Ok(duration)
    }
}

#[cold]
#[inline(never)]
fn overflow(operation: &str) -> ! {
    panic!("simulated time overflow in {operation}: durations and horizons are bounded by limits::LONGEST_DURATION")
}

/// Nearest whole nanosecond, halves away from zero; `None` where an `i64` cannot hold it.
fn nanos_from_seconds(seconds: f64) -> Option<i64> {
    let nanos = (seconds * 1e9).round();
    // Both bounds are exact powers of two, so the comparison is exact; NaN fails it.
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    (-BOUND..BOUND).contains(&nanos).then_some(nanos as i64)
}

impl SimDuration {
    /// Whether something could take so long: not negative, and not longer than anything may.
    #[must_use]
    pub fn is_of_work(self) -> bool {
        (Self::ZERO..=crate::limits::LONGEST_DURATION).contains(&self)
    }
}

impl SimTime {
    /// The start of the run.
    pub const ZERO: Self = Self(0);
    /// Later than everything: never.
    pub const MAX: Self = Self(i64::MAX);

    /// The time that many nanoseconds after the start.
    #[inline]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the start.
    #[inline]
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Rounds to the nearest nanosecond; `None` if not finite or out of range (about 292 years).
    pub fn from_seconds_f64(seconds: f64) -> Option<Self> {
        nanos_from_seconds(seconds).map(Self)
    }

    /// Seconds since the start, for reports; exact to the nanosecond up to 104 days, 16 digits beyond.
    #[inline]
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The time `duration` later, or [`SimTime::MAX`] (never) where that does not fit.
    #[inline]
    pub const fn saturating_add(self, duration: SimDuration) -> Self {
        Self(self.0.saturating_add(duration.0))
    }

    /// The time `duration` later; `None` on overflow.
    #[inline]
    pub const fn checked_add(self, duration: SimDuration) -> Option<Self> {
        match self.0.checked_add(duration.0) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }

    /// The time `duration` earlier; `None` on overflow.
    #[inline]
    pub const fn checked_sub(self, duration: SimDuration) -> Option<Self> {
        match self.0.checked_sub(duration.0) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }

    /// How long after `earlier` this is (negative if before); `None` on overflow.
    #[inline]
    pub const fn checked_since(self, earlier: SimTime) -> Option<SimDuration> {
        match self.0.checked_sub(earlier.0) {
            Some(nanos) => Some(SimDuration(nanos)),
            None => None,
        }
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest duration an `i64` holds, about 292 years.
    pub const MAX: Self = Self(i64::MAX);

    /// A duration of that many nanoseconds.
    #[inline]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// A duration of that many milliseconds; saturates at about 292 years.
    #[inline]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(NANOS_PER_MILLI))
    }

    /// A duration of that many seconds; saturates at about 292 years.
    #[inline]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds.saturating_mul(NANOS_PER_SECOND))
    }

    /// A duration of that many minutes; saturates at about 292 years.
    #[inline]
    pub const fn from_minutes(minutes: i64) -> Self {
        Self(minutes.saturating_mul(NANOS_PER_MINUTE))
    }

    /// A duration of that many hours; saturates at about 292 years.
    #[inline]
    pub const fn from_hours(hours: i64) -> Self {
        Self(hours.saturating_mul(NANOS_PER_HOUR))
    }

    /// Rounds to the nearest nanosecond; `None` if not finite or out of range (about 292 years).
    pub fn from_seconds_f64(seconds: f64) -> Option<Self> {
        nanos_from_seconds(seconds).map(Self)
    }

    /// The whole nanoseconds.
    #[inline]
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Seconds, for reports; exact to the nanosecond up to 104 days, 16 digits beyond.
    #[inline]
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Whether this is exactly no time.
    #[inline]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether this points backwards in time.
    #[inline]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The sum, held at the ends of the range.
    #[inline]
    pub const fn saturating_add(self, other: SimDuration) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The sum; `None` on overflow.
    #[inline]
    pub const fn checked_add(self, other: SimDuration) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }

    /// The difference; `None` on overflow.
    #[inline]
    pub const fn checked_sub(self, other: SimDuration) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }

    /// The product; `None` on overflow.
    #[inline]
    pub const fn checked_mul(self, factor: i64) -> Option<Self> {
        match self.0.checked_mul(factor) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }
}

/// Implements one checked operator from the method of the same meaning.
macro_rules! checked_operator {
    ($trait:ident :: $method:ident, $left:ty, $right:ty => $output:ty, $checked:ident, $name:literal) => {
        impl $trait<$right> for $left {
            type Output = $output;
            #[inline]
            fn $method(self, right: $right) -> $output {
                match self.$checked(right) {
                    Some(result) => result,
                    None => overflow($name),
                }
            }
        }
    };
}

checked_operator!(Add::add, SimTime, SimDuration => SimTime, checked_add, "SimTime + SimDuration");
checked_operator!(Sub::sub, SimTime, SimDuration => SimTime, checked_sub, "SimTime - SimDuration");
checked_operator!(Sub::sub, SimTime, SimTime => SimDuration, checked_since, "SimTime - SimTime");
checked_operator!(Add::add, SimDuration, SimDuration => SimDuration, checked_add, "SimDuration + SimDuration");
checked_operator!(Sub::sub, SimDuration, SimDuration => SimDuration, checked_sub, "SimDuration - SimDuration");
checked_operator!(Mul::mul, SimDuration, i64 => SimDuration, checked_mul, "SimDuration * i64");

impl AddAssign<SimDuration> for SimTime {
    #[inline]
    fn add_assign(&mut self, right: SimDuration) {
        *self = *self + right;
    }
}

impl AddAssign for SimDuration {
    #[inline]
    fn add_assign(&mut self, right: SimDuration) {
        *self = *self + right;
    }
}

impl SubAssign for SimDuration {
    #[inline]
    fn sub_assign(&mut self, right: SimDuration) {
        *self = *self - right;
    }
}

impl Neg for SimDuration {
    type Output = SimDuration;
    #[inline]
    fn neg(self) -> SimDuration {
        SimDuration::ZERO - self
    }
}

impl Sum for SimDuration {
    fn sum<I: Iterator<Item = SimDuration>>(durations: I) -> SimDuration {
        durations.fold(SimDuration::ZERO, |total, duration| total + duration)
    }
}

/// Writes `value` with up to `digits` decimals taken from `remainder`, trailing zeros dropped.
fn write_decimal(f: &mut fmt::Formatter<'_>, value: u64, remainder: u64, digits: usize, pad: usize) -> fmt::Result {
    write!(f, "{value:0pad$}")?;
    if remainder == 0 {
        return Ok(());
    }
    let mut fraction = remainder;
    let mut width = digits;
    while fraction.is_multiple_of(10) {
        fraction /= 10;
        width -= 1;
    }
    write!(f, ".{fraction:0width$}")
}

/// Exact text: the largest unit unpadded, the rest with two digits, units that are all zero at the end left out.
fn write_nanos(f: &mut fmt::Formatter<'_>, nanos: i64) -> fmt::Result {
    if nanos < 0 {
        f.write_str("-")?;
    }
    let total = nanos.unsigned_abs();
    match total {
        0 => return f.write_str("0 s"),
        1..1_000 => return write!(f, "{total} ns"),
        1_000..1_000_000 => {
            write_decimal(f, total / 1_000, total % 1_000, 3, 0)?;
            return f.write_str(" us");
        }
        1_000_000..1_000_000_000 => {
            write_decimal(f, total / 1_000_000, total % 1_000_000, 6, 0)?;
            return f.write_str(" ms");
        }
        _ => {}
    }
    let mut rest = total;
    let mut started = false;
    for (unit_nanos, unit) in [(NANOS_PER_DAY, "d"), (NANOS_PER_HOUR, "h"), (NANOS_PER_MINUTE, "min")] {
        let count = rest / unit_nanos.unsigned_abs();
        rest %= unit_nanos.unsigned_abs();
        match (started, count) {
            (false, 0) => continue,
            (false, _) => write!(f, "{count} {unit}")?,
            (true, _) => write!(f, " {count:02} {unit}")?,
        }
        started = true;
        if rest == 0 {
            return Ok(());
        }
    }
    let pad = if started { 2 } else { 0 };
    if started {
        f.write_str(" ")?;
    }
    let second = NANOS_PER_SECOND.unsigned_abs();
    write_decimal(f, rest / second, rest % second, 9, pad)?;
    f.write_str(" s")
}

impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_nanos(f, self.0)
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == SimTime::MAX { f.write_str("never") } else { write_nanos(f, self.0) }
    }
}

impl fmt::Debug for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SimDuration({self})")
    }
}

impl fmt::Debug for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SimTime({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_exact_and_short() {
        for (nanos, text) in [
            (0, "0 s"),
            (7, "7 ns"),
            (1_500, "1.5 us"),
            (1_234_567, "1.234567 ms"),
            (45 * NANOS_PER_SECOND, "45 s"),
            (1_000_000_001, "1.000000001 s"),
            (90 * NANOS_PER_SECOND, "1 min 30 s"),
            (3_723_500_000_000, "1 h 02 min 03.5 s"),
            (NANOS_PER_HOUR, "1 h"),
            (NANOS_PER_HOUR + NANOS_PER_SECOND, "1 h 00 min 01 s"),
            (2 * NANOS_PER_DAY + 3 * NANOS_PER_HOUR, "2 d 03 h"),
            (-90 * NANOS_PER_MINUTE, "-1 h 30 min"),
            (i64::MIN, "-106751 d 23 h 47 min 16.854775808 s"),
        ] {
            assert_eq!(SimDuration::from_nanos(nanos).to_string(), text);
        }
        assert_eq!(SimTime::MAX.to_string(), "never");
        assert_eq!(format!("{:?}", SimTime::from_nanos(NANOS_PER_HOUR)), "SimTime(1 h)");
    }

    #[test]
    fn seconds_round_to_the_nearest_nanosecond_or_are_refused() {
        for (seconds, nanos) in [
            (0.0, Some(0)),
            (1.5, Some(1_500_000_000)),
            (-1.5, Some(-1_500_000_000)),
            (0.4e-9, Some(0)),
            (0.6e-9, Some(1)),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (9.3e9, None),
            (-9.3e9, None),
            (9.2e9, Some(9_200_000_000_000_000_000)),
        ] {
            assert_eq!(SimDuration::from_seconds_f64(seconds).map(SimDuration::as_nanos), nanos, "{seconds}");
            assert_eq!(SimTime::from_seconds_f64(seconds).map(SimTime::as_nanos), nanos, "{seconds}");
        }
    }

    #[test]
    fn operators_agree_with_integers() {
        let (start, span) = (SimTime::from_nanos(100), SimDuration::from_nanos(30));
        assert_eq!((start + span).as_nanos(), 130);
        assert_eq!((start - span).as_nanos(), 70);
        assert_eq!(start - (start + span), -span);
        assert_eq!((span * 3 - span + span).as_nanos(), 90);
        assert_eq!([span, span].into_iter().sum::<SimDuration>().as_nanos(), 60);
        assert_eq!(SimTime::MAX.saturating_add(span), SimTime::MAX);
        assert_eq!(SimTime::MAX.checked_add(span), None);
        assert_eq!(SimDuration::MAX.checked_mul(2), None);
        assert_eq!(SimDuration::from_hours(1), SimDuration::from_minutes(60));
        assert_eq!(SimDuration::from_hours(i64::MAX), SimDuration::MAX);
    }

    #[test]
    #[should_panic(expected = "overflow in SimTime + SimDuration")]
    fn overflow_names_the_operation() {
        let _ = SimTime::MAX + SimDuration::from_nanos(1);
    }
}
