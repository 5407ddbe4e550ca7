//! Numbers after options, and the option that most commands have.

use clap::Args;

/// A number after an option. A negative one is taken for a value, so that it is told what is expected.
pub fn whole(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("expected a whole number from 0 to {}", u64::MAX))
}

/// A confidence after an option.
pub fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (f64::MIN_POSITIVE..1.0).contains(share));
    share.ok_or_else(|| "expected a share between 0 and 1, such as 0.95".to_owned())
}

/// A number of cores after an option.
pub fn cores(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number: &usize| (1..=4096).contains(number));
    number.ok_or_else(|| "expected a number of cores from 1 to 4096".to_owned())
}

/// Who plays.
#[derive(Debug, Args)]
pub struct Team {
    /// Cores that play; all unless given. Results do not depend on it.
    #[arg(long, value_name = "N", value_parser = cores, allow_negative_numbers = true)]
    pub jobs: Option<usize>,
}
