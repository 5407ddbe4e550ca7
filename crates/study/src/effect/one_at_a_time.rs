//! One parameter at a time: how far a KPI moves when a parameter goes to its low or high value and all others stay.
//!
//! It sees no interactions, which a factorial does, and costs two points a parameter (Law 2015, section 12.1). Changes are paired
//! with the base within each replication, so common random numbers make them sharp.

use kernel::Moments;

/// The values of a numeric parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// At the base.
    pub base: f64,
    /// The low one.
    pub low: f64,
    /// The high one.
    pub high: f64,
}

/// What one parameter does to a KPI.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// Change from the base to the low value, in every row where both are defined.
    pub low: Moments,
    /// Change from the base to the high value.
    pub high: Moments,
    /// The high value's KPI less the low one's: the length of the parameter's bar in a tornado diagram.
    pub swing: Moments,
    /// By how many per cent the KPI rises for a rise of the parameter by one per cent, over the range from low to high. `None`
    /// for a parameter that is no number, or where a base of 0 leaves per cents without meaning.
    pub elasticity: Option<f64>,
}

/// The sensitivities to `parameters`, in their order; `None` for a parameter that is no number.
///
/// Each row is one replication of the points: the base, then the low and the high value of each parameter in turn.
///
/// # Errors
/// In words, if the rows do not fit the parameters.
pub fn sensitivities(parameters: &[Option<Setting>], rows: &[Vec<f64>]) -> Result<Vec<Sensitivity>, &'static str> {
    if !super::are_rows_of(rows, 1 + 2 * parameters.len()) {
        return Err("every row must have the base and two values for each parameter");
    }
    let mut base = Moments::new();
    rows.iter().for_each(|row| base.add(row[0]));
    let sensitivity = |(index, setting): (usize, &Option<Setting>)| {
        let (at_low, at_high) = (1 + 2 * index, 2 + 2 * index);
        let difference = |from: usize, to: usize| {
            let mut moments = Moments::new();
            rows.iter().for_each(|row| moments.add(row[to] - row[from]));
            moments
        };
        let swing = difference(at_low, at_high);
        let elasticity = setting.and_then(|setting| elasticity(&swing, &base, setting));
        Sensitivity { low: difference(0, at_low), high: difference(0, at_high), swing, elasticity }
    };
    Ok(parameters.iter().enumerate().map(sensitivity).collect())
}

fn elasticity(swing: &Moments, base: &Moments, setting: Setting) -> Option<f64> {
    let of_kpi = swing.mean()? / base.mean()?;
    let of_parameter = (setting.high - setting.low) / setting.base;
    let is_told = of_parameter.is_finite() && (of_kpi / of_parameter).is_finite();
    is_told.then_some(of_kpi / of_parameter)
}
