//! What was expected and what came of it, as a table and as data.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use scenario::expand::{Scenario, Sense};
use serde::Serialize;
use study::baseline::{Against, BASE};
use study::expect::Verdict;

use super::table::{Column, Table};
use super::{ALARMING, GOOD, HEADING, figure, regressions, styled};
use crate::exit::Failure;

/// Most failed cases that are shown one by one.
const MOST_CASES: usize = 5;

/// The verdicts on one case.
#[derive(Debug)]
pub struct Judged {
    /// Its name.
    pub case: String,
    /// How the expectations fared.
    pub verdicts: Vec<Verdict>,
}

/// One expectation in JSON.
#[derive(Debug, Serialize)]
pub struct VerdictRow {
    kpi: String,
    unit: String,
    sense: &'static str,
    expected: f64,
    confidence: f64,
    mean: Option<f64>,
    bound: Option<f64>,
    margin: Option<f64>,
    replications: u64,
    passed: bool,
    file: Option<String>,
    line: Option<usize>,
}

fn word(sense: Sense) -> &'static str {
    match sense {
        Sense::AtLeast => "at least",
        Sense::AtMost => "at most",
    }
}

/// The verdicts as data, each with the place where its expectation stands.
pub fn rows(verdicts: &[Verdict], scenario: &Scenario) -> Vec<VerdictRow> {
    let row = |verdict: &Verdict| {
        let expectation = &verdict.expectation;
        let source = scenario.loaded.sources.get(expectation.origin.source);
        VerdictRow {
            kpi: expectation.kpi.to_string(),
            unit: expectation.kpi.quantity.unit().to_owned(),
            sense: word(expectation.sense),
            expected: expectation.bound,
            confidence: expectation.confidence,
            mean: verdict.mean,
            bound: verdict.bound,
            margin: verdict.margin(),
            replications: verdict.count,
            passed: verdict.passed,
            file: source.as_ref().map(|source| source.name().to_owned()),
            line: source.as_ref().map(|source| source.position(expectation.origin.start).0),
        }
    };
    verdicts.iter().map(row).collect()
}

/// The verdicts as a table; nothing where nothing is expected.
pub fn page(verdicts: &[Verdict], width: usize) -> String {
    if verdicts.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&[
        Column::Names("Expected"),
        Column::Figures(""),
        Column::Figures("mean"),
        Column::Figures("bound"),
        Column::Figures("sure"),
        Column::Words(""),
    ]);
    for verdict in verdicts {
        let expectation = &verdict.expectation;
        let quantity = expectation.kpi.quantity;
        let shown =
            |value: Option<f64>| value.map_or(figure::NONE.to_owned(), |value| figure::measured(quantity, value));
        let failed = match verdict.margin() {
            Some(margin) => format!("failed by {}", figure::measured(quantity, -margin)),
            None => "failed: undefined in every run".to_owned(),
        };
        table.row([
            expectation.kpi.to_string(),
            format!("{} {}", word(expectation.sense), figure::measured(quantity, expectation.bound)),
            shown(verdict.mean),
            shown(verdict.bound),
            if verdict.count > 1 { figure::percent(expectation.confidence) } else { "one run".to_owned() },
            if verdict.passed { "passed".to_owned() } else { failed },
        ]);
    }
    let failed = verdicts.iter().filter(|verdict| !verdict.passed).count();
    let summary = match failed {
        0 => styled(GOOD, "everything that is expected holds"),
        failed => styled(ALARMING, format_args!("{failed} of {} expectations failed", verdicts.len())),
    };
    format!("\n{}  {summary}\n", table.fitted(width, &["sure", "bound"]).render(width))
}

/// The verdicts on several cases: in full where all is well or there is one case, else those that failed.
pub fn page_of_cases(judged: &[Judged], width: usize) -> String {
    let mut text = String::new();
    let failed = |judged: &&Judged| judged.verdicts.iter().any(|verdict| !verdict.passed);
    let count = judged.iter().map(|judged| judged.verdicts.len()).sum::<usize>();
    if count == 0 {
        return text;
    }
    for judged in judged.iter().filter(failed).take(MOST_CASES) {
        text.push_str(&format!("\n{}{}", styled(HEADING, &judged.case), page(&judged.verdicts, width)));
    }
    match judged.iter().filter(failed).count() {
        0 => text.push_str(&format!("\n  {}\n", styled(GOOD, "everything that is expected holds in every case"))),
        failed => {
            let all = figure::counted(judged.len() as u64, "case");
            let summary = styled(ALARMING, format_args!("expectations failed in {failed} of {all}"));
            text.push_str(&format!("\n  {summary}\n"));
        }
    }
    text
}

/// What was expected in a sentence: `throughput at least 120 /h`.
fn expected(verdict: &Verdict) -> String {
    let expectation = &verdict.expectation;
    let bound = figure::measured(expectation.kpi.quantity, expectation.bound);
    format!("{} {} {bound}", expectation.kpi, word(expectation.sense))
}

/// How it came out, in a sentence.
fn outcome(verdict: &Verdict) -> String {
    let quantity = verdict.expectation.kpi.quantity;
    let sure = figure::percent(verdict.expectation.confidence);
    match (verdict.mean, verdict.bound, verdict.margin()) {
        (Some(mean), Some(bound), Some(margin)) => {
            let side = match verdict.expectation.sense {
                Sense::AtLeast => "not below",
                Sense::AtMost => "not above",
            };
            let (mean, bound) = (figure::measured(quantity, mean), figure::measured(quantity, bound));
            let by = if verdict.passed {
                String::new()
            } else {
                format!(": failed by {}", figure::measured(quantity, -margin))
            };
            match verdict.count {
                1 => format!("{mean} in one run{by}"),
                count => format!("mean {mean} over {count} replications, {side} {bound} with {sure}{by}"),
            }
        }
        _ => "undefined in every run".to_owned(),
    }
}

/// The verdicts as JUnit XML, which CI systems show as tests.
///
/// # Errors
/// None that verdicts can have.
pub fn junit(name: &str, judged: &[Judged], against: &[Against], scenario: &Scenario) -> Result<String, Failure> {
    let mut report = Report::new(name);
    for Judged { case, verdicts } in judged {
        let mut suite = TestSuite::new(case.as_str());
        for (verdict, row) in verdicts.iter().zip(rows(verdicts, scenario)) {
            let status = match verdict.passed {
                true => TestCaseStatus::success(),
                false => {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(outcome(verdict)).set_type("expectation");
                    if let (Some(file), Some(line)) = (&row.file, row.line) {
                        status.set_description(format!("{file}:{line}: expected {}", expected(verdict)));
                    }
                    status
                }
            };
            let mut test = TestCase::new(expected(verdict), status);
            test.set_classname(case.as_str());
            if verdict.passed {
                test.set_system_out(outcome(verdict));
            }
            suite.add_test_case(test);
        }
        report.add_test_suite(suite);
    }
    for Against { case, differences } in against {
        let case = if case == BASE { name } else { case };
        let mut suite = TestSuite::new(format!("{case} against the baseline"));
        for difference in differences {
            let mut status = TestCaseStatus::success();
            if regressions::is_worse(difference) {
                status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_message(regressions::outcome(difference)).set_type("regression");
            }
            let mut test = TestCase::new(regressions::expected(difference), status);
            test.set_classname(case);
            suite.add_test_case(test);
        }
        report.add_test_suite(suite);
    }
    let text = report.to_string().map_err(|error| Failure::internal(format!("verdicts are no JUnit XML: {error}")))?;
    Ok(text)
}

/// The failed verdicts as annotations of GitHub Actions, at the lines of the expectations; and a last line in words.
pub fn github(judged: &[Judged], against: &[Against], scenario: &Scenario) -> String {
    // Workflow commands: %, line breaks and, in properties, `:` and `,` are written as escapes.
    let text = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |value: &str| text(value).replace(':', "%3A").replace(',', "%2C");
    let mut lines = String::new();
    let mut failed = 0;
    for Judged { case, verdicts } in judged {
        for (verdict, row) in verdicts.iter().zip(rows(verdicts, scenario)).filter(|(verdict, _)| !verdict.passed) {
            failed += 1;
            let place = match (&row.file, row.line) {
                (Some(file), Some(line)) => format!("file={},line={line},", property(file)),
                _ => String::new(),
            };
            let title = property(&format!("{case}: expected {}", expected(verdict)));
            lines.push_str(&format!("::error {place}title={title}::{}\n", text(&outcome(verdict))));
        }
    }
    let file = scenario.loaded.files.first().and_then(|number| scenario.loaded.sources.get(*number));
    let place = file.map(|file| format!("file={},line=1,", property(file.name()))).unwrap_or_default();
    for Against { case, differences } in against {
        let case = if case == BASE { &scenario.plant.name } else { case.as_str() };
        for difference in differences.iter().filter(|difference| regressions::is_worse(difference)) {
            let title = property(&format!("{case}: expected {}", regressions::expected(difference)));
            lines.push_str(&format!("::error {place}title={title}::{}\n", text(&regressions::outcome(difference))));
        }
    }
    let all: usize = judged.iter().map(|judged| judged.verdicts.len()).sum();
    if all > 0 {
        lines.push_str(&format!("{} of {all} expectations hold\n", all - failed));
    }
    if !against.is_empty() {
        let worse =
            against.iter().flat_map(|against| &against.differences).filter(|found| regressions::is_worse(found));
        lines.push_str(&format!("{} got worse than the baseline\n", figure::counted(worse.count() as u64, "KPI")));
    }
    lines
}
