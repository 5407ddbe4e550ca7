//! How the program ends: exit codes, and failures on their way to the user.
//!
//! Whoever runs the program from a script must know from the code alone whether trying again can help, so failures that
//! may pass (a full disk, a file that is not there yet) never share a code with those that stay.

use std::io;

use plant::description::Complaint;
use plant::run::RunError;
use scenario::diagnostic::{self, Style};
use scenario::load::Rejected;
use scenario::sources::Sources;
use scenario::syntax::codes::UNREADABLE;

use crate::output;

/// What the process answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Done,
    /// A defect of the engine or of a plugin.
    Internal,
    /// The command line makes no sense.
    Usage,
    /// The scenario is wrong, or ends in an error when played.
    Invalid,
    /// Files could not be read or written; trying again may help.
    InputOutput,
    /// Runs of a study are missing.
    Incomplete,
    /// Something that the scenario expects does not hold.
    Unmet,
    /// Ctrl-C.
    Interrupted,
}

/// The exit codes as they stand under `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
    0  all is well
    1  a defect of the engine or of a plugin, or `verify` found a difference
    2  the command line makes no sense
    3  runs of a study are missing
    4  the scenario is wrong
    5  a file could not be read or written; trying again may help
   99  something that the scenario expects does not hold
  130  interrupted";

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Internal => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
            Exit::Invalid => 4,
            Exit::InputOutput => 5,
            Exit::Unmet => 99,
            Exit::Interrupted => 130,
        }
    }
}

/// Why a command cannot be carried out.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    /// What is said on stderr; nothing if nobody listens any more.
    text: String,
}

impl Failure {
    /// A defect.
    pub fn internal(message: impl AsRef<str>) -> Self {
        Failure { exit: Exit::Internal, text: output::error_line(message.as_ref()) }
    }

    /// Arguments that are well formed and make no sense, and what would.
    pub fn usage(message: impl AsRef<str>, help: &str) -> Self {
        let text = output::error_line(message.as_ref()) + &output::help_line(help);
        Failure { exit: Exit::Usage, text }
    }

    /// `what` could not be done because of what the operating system says.
    pub fn input_output(what: &str, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure { exit: Exit::Done, text: String::new() };
        }
        Failure { exit: Exit::InputOutput, text: output::error_line(&format!("{what}: {error}")) }
    }

    /// Something that is not there and may be there tomorrow, and what to do.
    pub fn missing(message: impl AsRef<str>, help: &str) -> Self {
        Failure { exit: Exit::InputOutput, ..Failure::usage(message, help) }
    }

    /// A scenario that is wrong, with everything that is wrong with it.
    pub fn rejected(rejected: &Rejected) -> Self {
        let text = diagnostic::render(&rejected.complaints, &rejected.sources, Style::Coloured);
        Failure { exit: exit_of(rejected), text: format!("{text}\n{}", mistakes(rejected)) }
    }

    /// A scenario that cannot be played as it is, and what to do.
    pub fn invalid(message: impl AsRef<str>, help: &str) -> Self {
        let text = output::error_line(message.as_ref()) + &output::help_line(help);
        Failure { exit: Exit::Invalid, text }
    }

    /// Ctrl-C before there was anything to show.
    pub fn interrupted(message: impl AsRef<str>) -> Self {
        Failure { exit: Exit::Interrupted, text: output::warning_line(message.as_ref()) }
    }

    /// What is wrong with a case of a study.
    pub fn complaints(complaints: &[Complaint], sources: &Sources) -> Self {
        Failure { exit: Exit::Invalid, text: format!("{}\n", diagnostic::render(complaints, sources, Style::Coloured)) }
    }

    /// A run that ended before its time.
    pub fn ended(error: &RunError) -> Self {
        let code = error.code();
        let exit = match error {
            RunError::Invariant { .. } | RunError::Systems { .. } => Exit::Internal,
            _ => Exit::Invalid,
        };
        let text = format!(
            "{}{}",
            output::coded_error_line(code.id, &error.to_string()),
            output::help_line(&format!("`linewright explain {}` says more", code.id))
        );
        Failure { exit, text }
    }

    /// The same, as a mistake of the command line.
    pub fn into_usage(self) -> Self {
        Failure { exit: Exit::Usage, ..self }
    }

    /// Says on stderr what is wrong and returns the answer of the process.
    pub fn report(&self) -> Exit {
        output::complain(&self.text);
        self.exit
    }
}

/// A file that cannot be read may be there tomorrow; every other mistake stays.
pub fn exit_of(rejected: &Rejected) -> Exit {
    let passing = rejected.complaints.iter().all(|complaint| complaint.code == &UNREADABLE);
    if passing { Exit::InputOutput } else { Exit::Invalid }
}

/// `error: 3 mistakes` and where to read more.
fn mistakes(rejected: &Rejected) -> String {
    let codes: Vec<&str> = {
        let mut ids: Vec<&str> = rejected.complaints.iter().map(|complaint| complaint.code.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let count = rejected.complaints.len();
    let noun = if count == 1 { "mistake" } else { "mistakes" };
    let example = codes.first().copied().unwrap_or("LW0101");
    format!(
        "{}{}",
        output::error_line(&format!("{count} {noun}")),
        output::help_line(&format!("`linewright explain {example}` says more"))
    )
}
