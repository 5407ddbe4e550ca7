//! What `cargo xtask bench` can be asked for.

/// Shown for `--help`.
pub const HELP: &str = "\
cargo xtask bench [MODEL...] [--rounds N] [--events N] [--at-least RATIO]
cargo xtask bench probes
cargo xtask bench studies
cargo xtask bench live
cargo xtask bench fab
cargo xtask bench motion [--mujoco PYTHON]

  MODEL             a (M/M/1), b (20 stations in series), c (b with failures and shared repairers); all by default
  probes            instead: times of making a plant ready and of a whole `linewright run`
  studies           instead: replications, cores, overhead, memory and a sweep of 10,000 points of a line of 5 stations
  live              instead: observations a second, memory, a snapshot and a forecast of a plant that is followed
  fab               instead: a fab of 1,443 tools, where its files are, with 1, 2 and 4 times the work in progress
  motion            instead: bodies on belts against rapier alone, bodies that sleep, and whole plants with them
  --mujoco PYTHON   for motion: also against MuJoCo, by a Python that has the package `mujoco`
  --rounds N        alternating rounds of baseline and engine (default 7)
  --events N        events of the model per run (default 10000000); 100000000 shows whether memory stays flat
  --at-least RATIO  fail if the engine's median speed is below this share of the baseline's
";

/// The parsed arguments.
#[derive(Debug, PartialEq)]
pub struct Options {
    models: Vec<String>,
    /// Whether the probes are asked for instead of the models.
    pub probes: bool,
    /// Whether the studies are asked for instead of the models.
    pub studies: bool,
    /// Whether following a plant is asked for instead of the models.
    pub live: bool,
    /// Whether the fab is asked for instead of the models.
    pub fab: bool,
    /// Whether bodies on belts are asked for instead of the models.
    pub motion: bool,
    /// The Python that is to play the same scenes in MuJoCo.
    pub mujoco: Option<String>,
    /// How often both sides play each model.
    pub rounds: usize,
    /// Events of the model in each run, after the warm-up.
    pub events: u64,
    /// The share of the baseline's speed below which the command fails.
    pub at_least: Option<f64>,
}

impl Options {
    /// Reads the arguments; None if they ask for help.
    ///
    /// # Errors
    /// Names the argument that was not understood.
    pub fn parse(arguments: &[String], models: &[&str]) -> Result<Option<Self>, String> {
        let mut options = Self {
            models: Vec::new(),
            probes: false,
            studies: false,
            live: false,
            fab: false,
            motion: false,
            mujoco: None,
            rounds: 7,
            events: 10_000_000,
            at_least: None,
        };
        let mut arguments = arguments.iter().map(String::as_str);
        while let Some(argument) = arguments.next() {
            if argument == "--mujoco" {
                let python = arguments.next().ok_or("--mujoco needs the name or path of a Python")?;
                options.mujoco = Some(python.to_owned());
                continue;
            }
            let mut number = |least: f64| {
                let value = arguments.next().ok_or_else(|| format!("{argument} needs a number"))?;
                let number = value.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= least);
                number.ok_or_else(|| format!("{argument} {value}: not a number of at least {least}"))
            };
            match argument {
                "--help" | "-h" => return Ok(None),
                "--rounds" => options.rounds = number(1.0)? as usize,
                "--events" => options.events = number(1000.0)? as u64,
                "--at-least" => options.at_least = Some(number(0.0)?),
                "probes" => options.probes = true,
                "studies" => options.studies = true,
                "live" => options.live = true,
                "fab" => options.fab = true,
                "motion" => options.motion = true,
                name if models.contains(&name) => options.models.push(name.to_owned()),
                unknown => {
                    return Err(format!("{unknown}: neither an option nor one of the models {}", models.join(", ")));
                }
            }
        }
        Ok(Some(options))
    }

    /// Whether a model is to be played.
    pub fn wants(&self, model: &str) -> bool {
        self.models.is_empty() || self.models.iter().any(|name| name == model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Options>, String> {
        Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>(), &["a", "b"])
    }

    #[test]
    fn arguments_are_read() {
        let read = Options {
            models: vec!["b".to_owned()],
            probes: false,
            studies: false,
            live: false,
            fab: false,
            motion: false,
            mujoco: None,
            rounds: 3,
            events: 1_000_000,
            at_least: Some(0.7),
        };
        assert_eq!(parse("b --rounds 3 --events 1e6 --at-least 0.7"), Ok(Some(read)));
        assert_eq!(parse("--rounds 3 --help"), Ok(None));
        assert!(parse("").is_ok_and(|options| options.is_some_and(|options| options.wants("a") && options.wants("b"))));
        assert!(parse("b").is_ok_and(|options| options.is_some_and(|options| !options.wants("a"))));
    }

    #[test]
    fn wrong_arguments_are_named() {
        let cases = [
            ("c", "c: neither"),
            ("--mujoco", "--mujoco needs"),
            ("--rounds", "--rounds needs"),
            ("--rounds 0", "--rounds 0: not"),
            ("--events x", "--events x: not"),
        ];
        for (line, expected) in cases {
            let message = parse(line).err().unwrap_or_default();
            assert!(message.starts_with(expected), "{line}: {message}");
        }
    }
}
