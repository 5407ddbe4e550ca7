//! What came of a calibration, as data.

use live::calibrate::fit::{Estimate, Law};
use live::calibrate::overlay::law_text;
use live::calibrate::{Calibration, Parameter};
use plant::plant::Plant;
use serde::Serialize;

/// The result for programs.
#[derive(Debug, Serialize)]
pub struct Whole<'a> {
    plant: &'a str,
    simulated: bool,
    observations: u64,
    unknown: u64,
    unusable: u64,
    misdated: u64,
    duplicates: u64,
    first: Option<String>,
    last: Option<String>,
    parameters: Vec<ParameterResult<'a>>,
    branches: Vec<BranchResult<'a>>,
}

#[derive(Debug, Serialize)]
struct ParameterResult<'a> {
    path: &'a str,
    element: &'a str,
    quantity: &'static str,
    law: Option<String>,
    family: Option<&'static str>,
    parameters: Vec<EstimateResult>,
    times: usize,
    censored: usize,
    unpaired: usize,
    aicc: Vec<AiccResult>,
    distance: Option<f64>,
    p_value: Option<f64>,
    changes: Vec<ChangeResult>,
    is_set: bool,
    refusal: Option<&'a str>,
    notes: &'a [String],
}

/// A bound that is not finite is none.
#[derive(Debug, Serialize)]
struct EstimateResult {
    name: &'static str,
    unit: &'static str,
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
}

#[derive(Debug, Serialize)]
struct AiccResult {
    family: &'static str,
    aicc: f64,
}

#[derive(Debug, Serialize)]
struct ChangeResult {
    at: String,
    before_s: f64,
    since_s: f64,
    p_value: f64,
}

#[derive(Debug, Serialize)]
struct BranchResult<'a> {
    branch: &'a str,
    ways: Vec<WayResult<'a>>,
    is_set: bool,
    refusal: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct WayResult<'a> {
    to: &'a str,
    parts: usize,
    share: f64,
    low: f64,
    high: f64,
}

fn estimate_result(name: &'static str, is_time: bool, estimate: &Estimate) -> EstimateResult {
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    EstimateResult {
        name,
        unit: if is_time { "s" } else { "" },
        value: estimate.value,
        low: finite(estimate.low),
        high: finite(estimate.high),
    }
}

impl<'a> Whole<'a> {
    /// Everything that came of a calibration.
    pub fn new(calibration: &'a Calibration, plant: &'a Plant) -> Self {
        Whole {
            plant: &plant.name,
            simulated: calibration.is_simulated,
            observations: calibration.received,
            unknown: calibration.unknown,
            unusable: calibration.unusable,
            misdated: calibration.misdated,
            duplicates: calibration.duplicates,
            first: calibration.extent.map(|(first, _)| first.to_string()),
            last: calibration.extent.map(|(_, last)| last.to_string()),
            parameters: calibration.parameters.iter().map(|parameter| parameter_result(parameter, plant)).collect(),
            branches: calibration
                .branchings
                .iter()
                .map(|branching| BranchResult {
                    branch: plant.model.name(branching.branch),
                    ways: branching
                        .ways
                        .iter()
                        .map(|way| WayResult {
                            to: plant.model.name(way.to),
                            parts: way.count,
                            share: way.share.value,
                            low: way.share.low,
                            high: way.share.high,
                        })
                        .collect(),
                    is_set: branching.refusal.is_none(),
                    refusal: branching.refusal.as_deref(),
                })
                .collect(),
        }
    }
}

fn parameter_result<'a>(parameter: &'a Parameter, plant: &'a Plant) -> ParameterResult<'a> {
    let Parameter { target, sample, law, goodness, .. } = parameter;
    let (parameters, aicc) = match law {
        Some(Law::Fitted { family, estimates, candidates }) => (
            family
                .parameters()
                .iter()
                .zip(estimates)
                .map(|(kind, estimate)| estimate_result(kind.name, kind.is_time, estimate))
                .collect(),
            candidates
                .iter()
                .map(|candidate| AiccResult { family: candidate.family.name(), aicc: candidate.aicc })
                .collect(),
        ),
        Some(Law::Constant(value)) => {
            let estimate = Estimate { value: *value, low: *value, high: *value };
            (vec![estimate_result("value", true, &estimate)], Vec::new())
        }
        None => (Vec::new(), Vec::new()),
    };
    ParameterResult {
        path: &target.path,
        element: plant.model.name(parameter.element),
        quantity: parameter.quantity.name(),
        law: law.as_ref().map(law_text),
        family: law.as_ref().map(Law::name),
        parameters,
        times: sample.complete().len(),
        censored: sample.censored().len(),
        unpaired: parameter.unpaired,
        aicc,
        distance: goodness.map(|goodness| goodness.distance),
        p_value: goodness.map(|goodness| goodness.p_value),
        changes: parameter
            .changes
            .iter()
            .map(|found| ChangeResult {
                at: found.at.to_string(),
                before_s: found.change.before,
                since_s: found.change.after,
                p_value: found.change.p_value,
            })
            .collect(),
        is_set: law.is_some() && target.refusal.is_none(),
        refusal: target.refusal.as_deref(),
        notes: &target.notes,
    }
}
