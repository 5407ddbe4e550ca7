//! Which word of a fixed set was meant by one that is not in it: a slip, a longer or shorter form, or what other tools call
//! the same thing.

use super::nearest::{folded, nearest};

/// What other tools and textbooks call the things of a scenario, as they are compared (see [`folded`]), and our word.
const ELSEWHERE: &[(&str, &[&str])] = &[
    (
        "Station",
        &[
            "machine",
            "server",
            "workstation",
            "workcenter",
            "workplace",
            "processor",
            "process",
            "singleproc",
            "parallelproc",
        ],
    ),
    ("Buffer", &["queue", "storage", "store", "stock", "warehouse", "rack", "container"]),
    ("Source", &["generator", "entitygenerator", "create", "arrival", "arrivals", "input"]),
    ("Sink", &["drain", "exit", "entitysink", "terminator", "dispose", "output"]),
    ("Conveyor", &["belt", "track", "roller", "line"]),
    (
        "Pool",
        &["worker", "workers", "resource", "resources", "operator", "operators", "crew", "team", "staff", "labor"],
    ),
    ("Branch", &["splitter", "router", "selectoutput", "decide", "decision", "switch", "diverter"]),
    ("Merge", &["join", "junction", "union"]),
    ("Assembly", &["assembler", "combiner", "combine"]),
    ("Disassembly", &["disassembler", "dismantle", "dismantler", "separator"]),
    ("Batch", &["batcher", "palletizer", "group"]),
    ("Unbatch", &["unbatcher", "depalletizer", "split", "ungroup"]),
    ("Furnace", &["oven", "kiln", "autoclave", "heattreatment"]),
    ("AdditiveStation", &["printer", "3dprinter", "threedprinter", "lasersintering", "powderbedfusion"]),
    ("Delay", &["wait", "timer", "hold", "transport"]),
    ("PhotoEye", &["photocell", "lightbarrier", "sensor"]),
    ("Tank", &["vessel", "basin", "reservoir", "silo", "hopper"]),
    ("Pipe", &["tube", "pipeline", "hose"]),
    ("Pump", &["compressor", "dosingpump"]),
    ("PowerMeter", &["meter", "energymeter"]),
    ("Fail", &["break", "breakdown", "failure"]),
    ("Go", &["resume", "start"]),
    ("Set", &["change", "assign"]),
    ("Constant", &["deterministic", "fixed"]),
    ("Fifo", &["fcfs", "firstinfirstout", "firstcomefirstserved"]),
    ("Lifo", &["lastinfirstout"]),
    ("Spt", &["sjf", "shortestprocessingtime", "shortestjobfirst"]),
    ("Edd", &["earliestduedate", "duedate"]),
];

/// The one of `known`, the words of a fixed set, that was most likely meant by `word`.
///
/// More is guessed here than in [`nearest`], which is for names: words of a language that begin alike mean something alike
/// (`Triangle`, `Triangular`), names that begin alike (`line 1/mill`, `line 1/saw`) do not.
#[must_use]
pub fn nearest_word<'k>(word: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> Option<&'k str> {
    nearest(word, known.clone()).or_else(|| ours(word, known.clone())).or_else(|| alike(word, known))
}

/// Our word for what is called `word` elsewhere.
fn ours<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word: String = folded(word).into_iter().collect();
    let (ours, _) = ELSEWHERE.iter().find(|(_, elsewhere)| elsewhere.contains(&word.as_str()))?;
    known.into_iter().find(|known| known == ours)
}

/// The word that begins like `word` for the longest: one that `word` goes on from, or one that shares more than half.
fn alike<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    const WHOLE: usize = 4;
    const SHARED: usize = 5;
    let wanted = folded(word);
    let mut best: Option<(usize, &'k str)> = None;
    for candidate in known {
        let letters = folded(candidate);
        let common = wanted.iter().zip(&letters).take_while(|(one, other)| one == other).count();
        let goes_on = common == letters.len() && common >= WHOLE;
        let shares = common >= SHARED && 2 * common > wanted.len().max(letters.len());
        if (goes_on || shares) && best.is_none_or(|(most, _)| common > most) {
            best = Some((common, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_recognized_by_their_beginning_and_by_what_others_call_them() {
        let known = ["Station", "Buffer", "Triangular", "Exponential", "Rush", "Repair", "Set", "Fail", "Go"];
        for (word, expected) in [
            ("Triangle", Some("Triangular")),
            ("Statoin", Some("Station")),
            ("RushOrder", Some("Rush")),
            ("Machine", Some("Station")),
            ("work_station", Some("Station")),
            ("Queue", Some("Buffer")),
            ("ExponentialTime", Some("Exponential")),
            ("Break", Some("Fail")),
            ("Drain", None),
            ("Settle", None),
            ("Goods", None),
            ("Trial", None),
            ("Explode", None),
            ("", None),
        ] {
            assert_eq!(nearest_word(word, known), expected, "{word}");
        }
    }

    #[test]
    fn no_word_of_others_is_said_twice() {
        let mut all: Vec<&str> = ELSEWHERE.iter().flat_map(|(_, elsewhere)| elsewhere.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        for word in all {
            assert_eq!(folded(word).into_iter().collect::<String>(), word, "as it is compared");
        }
    }
}
