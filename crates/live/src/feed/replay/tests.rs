//! Files replayed: what comes out, at which pace, and what becomes of damaged lines.

use std::io::Write;
use std::path::PathBuf;

use super::*;
use crate::feed::outlet;
use crate::observation::{Quality, Reading};
use crate::wall_time::TimeFormat;

/// A directory of its own that is gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("linewright-replay-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a scratch directory");
        Scratch(path)
    }

    fn file(&self, name: &str, text: &str) -> (String, BufReader<File>) {
        let path = self.0.join(name);
        File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).expect("written");
        (path.to_string_lossy().into_owned(), BufReader::new(File::open(&path).expect("there")))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn all(records: &mut dyn Records) -> Vec<Observation> {
    std::iter::from_fn(|| records.next().unwrap_or_else(|error| panic!("{error}"))).collect()
}

#[test]
fn rows_are_observations() {
    let scratch = Scratch::new("rows");
    let (path, file) = scratch.file(
        "log.csv",
        "id,machine,what,part,at\n1,M 1,Started,Part 7,10\n2,M 1,Done,3.5,11.5\n3,M 2,Done,,soon\n4\n",
    );
    let wanted = Wanted {
        time: "at",
        format: crate::wall_time::TimeFormat::UnixSeconds,
        address: "{machine}/{what}",
        value: Some("part"),
    };
    let mut csv = csv::Csv::new(3, path.clone(), file, &wanted).unwrap_or_else(|error| panic!("{error}"));
    let observations = all(&mut csv);
    let shown: Vec<_> = observations.iter().map(|one| (&*one.address, one.reading.text(), one.quality)).collect();
    assert_eq!(
        shown,
        [
            ("M 1/Started", "Part 7".to_owned(), Quality::Good),
            ("M 1/Done", "3.5".to_owned(), Quality::Good),
            ("M 2/Done", "-".to_owned(), Quality::Bad),
            ("/", "-".to_owned(), Quality::Bad),
        ]
    );
    assert_eq!(observations[1].stamps.source, Some(WallTime::from_nanos(11_500_000_000)));
    let (path, file) = scratch.file("other.csv", "a,b\n");
    let error = csv::Csv::new(0, path, file, &wanted).err().expect("no such column");
    assert!(error.message.contains("no column \"machine\"; there are: a, b"), "{error}");
}

#[test]
fn a_quote_that_stays_open_ends_the_reading_and_a_remark_of_several_lines_does_not() {
    let scratch = Scratch::new("quotes");
    let wanted = Wanted { time: "at", format: TimeFormat::UnixSeconds, address: "{what}", value: None };
    let read = |text: &str| {
        let (path, file) = scratch.file("log.csv", text);
        let mut csv = csv::Csv::new(0, path, file, &wanted).unwrap_or_else(|error| panic!("{error}"));
        let mut count = 0;
        loop {
            match csv.next() {
                Ok(Some(_)) => count += 1,
                Ok(None) => return Ok(count),
                Err(error) => return Err((count, error.message)),
            }
        }
    };
    assert_eq!(read("at,what,remark\n1,on,\"two\nlines\"\n2,off,\n"), Ok(2));
    for open in
        ["at,what,remark\n1,on,\n2,\"off,\n3,on,\n4,off,\n", "at,what,remark\n1,on,\n2,off,\"\n3,on,\n4,\"on\",\n"]
    {
        let (count, message) = read(open).expect_err("it takes what follows for one value");
        assert_eq!(count, 1, "{message}");
        assert!(message.contains("row 3: a quotation mark"), "{message}");
    }
    let (_, message) = read("at,what,remark\n26.11.2026 07:00,on,\n").expect_err("no time like that");
    assert!(message.contains("row 2: the time \"26.11.2026 07:00\" is not UnixSeconds"), "{message}");
    assert_eq!(read("at,what,remark\n1,on,\nsoon,off,\n"), Ok(2), "one among others is counted");
}

#[test]
fn what_has_no_time_moves_no_clock() {
    let scratch = Scratch::new("timeless");
    let wanted = Wanted { time: "at", format: TimeFormat::UnixSeconds, address: "{what}", value: None };
    let rows: String = (0..200).map(|at| if at == 50 { "NaN,on\n".to_owned() } else { format!("{at},on\n") }).collect();
    let (path, file) = scratch.file("log.csv", &format!("at,what\n{rows}"));
    let mut csv = csv::Csv::new(0, path, file, &wanted).unwrap_or_else(|error| panic!("{error}"));
    let mut ahead = Ahead::default();
    let told = std::iter::from_fn(|| ahead.next(&mut csv).unwrap_or_else(|error| panic!("{error}")));
    let told: Vec<Observation> = told.collect();
    assert_eq!((&*told[50].address, told[50].stamps.source), ("", None));
    assert_eq!(told[50].stamps.arrival, told[49].stamps.arrival, "it came with the one before");
}

#[test]
fn lines_of_json_are_observations_and_rubbish_is_told_as_such() {
    let scratch = Scratch::new("json");
    let long = format!("{{\"a\": \"{}\"}}", "x".repeat(2 << 20));
    let text = format!(
        "{{\"at\": 5, \"tag\": {{\"name\": \"mill\"}}, \"v\": [true], \"n\": 9}}\n\nrubbish\n{long}\n{{\"at\": 6, \"tag\": {{\"name\": \"mill\"}}, \"v\": [2.5]}}"
    );
    let (path, file) = scratch.file("log.jsonl", &text);
    let pointers = json_lines::Pointers {
        time: "/at".into(),
        format: crate::wall_time::TimeFormat::UnixSeconds,
        address: "/tag/name".into(),
        value: Some("/v/0".into()),
        sequence: Some("/n".into()),
    };
    let observations = all(&mut json_lines::JsonLines::new(0, path, file, pointers));
    let qualities: Vec<Quality> = observations.iter().map(|one| one.quality).collect();
    assert_eq!(qualities, [Quality::Good, Quality::Bad, Quality::Bad, Quality::Good]);
    assert_eq!((observations[0].reading.clone(), observations[0].sequence), (Reading::Truth(true), Some(9)));
    assert_eq!(observations[3].reading, Reading::Number(2.5));
}

#[test]
fn shdr_lines_hold_samples_conditions_messages_and_assets() {
    let mut shdr = Shdr::new(1);
    let mut said = Vec::new();
    for line in [
        "* PING",
        "2022-08-08T13:51:34.7Z|execution|ACTIVE|S1load|12.5|block|",
        "2022-08-08T13:51:35Z|system|FAULT|17|high|HIGH|coolant low",
        "2022-08-08T13:51:35Z|note|M7|door open",
        "2022-08-08T13:51:36Z|@ASSET@|1.20|CuttingTool|--multiline--ABCD",
        "<CuttingTool>|a|b",
        "--multiline--ABCD",
        "2022-08-08T13:51:37Z@100.0|avail|UNAVAILABLE",
        "yesterday|avail|AVAILABLE",
    ] {
        shdr.line(line, None, |one| said.push((one.address.to_string(), one.reading.text(), one.quality)));
    }
    let expected = [
        ("execution", "ACTIVE", Quality::Good),
        ("S1load", "12.5", Quality::Good),
        ("block", "-", Quality::Good),
        ("system", "FAULT", Quality::Good),
        ("note", "door open", Quality::Good),
        ("avail", "-", Quality::Bad),
        ("avail", "AVAILABLE", Quality::Bad),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(key, value, quality)| ((*key).to_owned(), (*value).to_owned(), *quality)).collect();
    assert_eq!(said, expected);
}

/// Observations that are there already.
struct Kept(std::vec::IntoIter<Observation>);

impl Records for Kept {
    fn next(&mut self) -> Result<Option<Observation>, FeedError> {
        Ok(self.0.next())
    }
}

#[test]
fn the_pace_is_kept_and_what_lies_before_is_left_out() {
    let observation = |second: i64| Observation {
        source: 0,
        address: "a".into(),
        reading: Reading::Nothing,
        stamps: crate::observation::Stamps {
            source: Some(WallTime::from_nanos(second * 1_000_000_000)),
            server: None,
            arrival: WallTime::from_nanos(0),
        },
        quality: Quality::Good,
        sequence: None,
        is_simulated: false,
        is_standing: false,
    };
    let records = Kept((0..6).map(observation).collect::<Vec<_>>().into_iter());
    let files = vec![OpenFile::of(Box::new(records), SimDuration::ZERO, Slopes::default())];
    let from = Some(WallTime::from_nanos(1_000_000_000));
    let mut replay = Replay { files, playback: Playback { pace: Pace::Times(20.0), from } };
    let (outlet, intake) = outlet(16);
    let began = Instant::now();
    replay.run(&outlet).expect("it replays");
    drop(outlet);
    let batches: Vec<usize> =
        std::iter::from_fn(|| intake.take(Duration::from_secs(1))).map(|batch| batch.len()).collect();
    assert_eq!(batches.iter().sum::<usize>(), 5);
    // Four seconds at twenty times the pace: batch after batch, not before a fifth of a second has gone.
    assert!(batches.len() >= 4 && began.elapsed() >= Duration::from_millis(200), "{batches:?}");
}

#[test]
fn several_files_are_played_as_one_by_their_true_times() {
    let seen = |source: u16, second: i64| Observation {
        source,
        address: "a".into(),
        reading: Reading::Nothing,
        stamps: crate::observation::Stamps {
            source: Some(WallTime::from_nanos(second * 1_000_000_000)),
            server: None,
            arrival: WallTime::from_nanos(0),
        },
        quality: Quality::Good,
        sequence: None,
        is_simulated: false,
        is_standing: false,
    };
    let kept = |source, seconds: &[i64]| {
        Box::new(Kept(seconds.iter().map(|second| seen(source, *second)).collect::<Vec<_>>().into_iter()))
    };
    // The second clock is ten seconds fast.
    let files = vec![
        OpenFile::of(kept(0, &[1, 2, 8, 9]), SimDuration::ZERO, Slopes::default()),
        OpenFile::of(kept(1, &[11, 13, 15, 30]), SimDuration::from_secs(10), Slopes::default()),
    ];
    let mut replay = Replay { files, playback: Playback::default() };
    let mut order = Vec::new();
    while let Some(one) = replay.next().expect("it reads") {
        order.push((one.source, one.stamps.source.expect("a time").as_nanos() / 1_000_000_000));
    }
    assert_eq!(order, [(0, 1), (1, 11), (0, 2), (1, 13), (1, 15), (0, 8), (0, 9), (1, 30)]);
}

#[test]
fn values_between_samples_lie_on_the_line_from_one_to_the_next() {
    let plant = r#"Scenario(schema: 1, clock: (horizon: "1 h"), elements: {"in": Source(arrivals: Unlimited, next: "out"), "out": Sink()})"#;
    let files = std::collections::BTreeMap::from([("plant.ron".to_owned(), plant.as_bytes().to_vec())]);
    let registry = Arc::new(plant::registry::Registry::default());
    let sources = scenario::sources::Sources::new(files);
    let plant = scenario::expand::open_from(sources, "plant.ron", &[], &registry).expect("a sound plant").plant;
    let scratch = Scratch::new("slopes");
    let text = "at,what,value\n0,level,0\n1,other,7\n4,level,8\n5,other,9\n6,level,2\n9,other,1\n";
    let (path, _) = scratch.file("log.csv", text);
    let signals = r#"Signals(schema: 1,
        sources: {"log": (from: Csv(file: "log.csv", time: "at", time_format: UnixSeconds, address: "{what}", value: "value"))},
        signals: {"level": (address: "level", between: Slope(every: "1 s")), "other": (address: "other")},
    )"#;
    let folder = path.trim_end_matches("log.csv").to_owned();
    let files = std::collections::BTreeMap::from([("signals.ron".to_owned(), signals.as_bytes().to_vec())]);
    let signals = Signals::open_from(scenario::sources::Sources::new(files), "signals.ron", &plant);
    let signals = signals.unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints)).in_folder(&folder);
    let mut replay = Replay::open(&signals, Playback::default()).expect("it opens").expect("a file");
    let mut said = Vec::new();
    while let Some(one) = replay.next().expect("it reads") {
        let at = one.stamps.source.expect("a time").as_nanos() / 1_000_000_000;
        said.push((at, one.address.to_string(), one.reading.number().expect("a number")));
    }
    let expected = [
        (0, "level", 0.0),
        (1, "other", 7.0),
        (1, "level", 2.0),
        (2, "level", 4.0),
        (3, "level", 6.0),
        (4, "level", 8.0),
        (5, "other", 9.0),
        (5, "level", 5.0),
        (6, "level", 2.0),
        (9, "other", 1.0),
    ];
    assert_eq!(said, expected.map(|(at, address, value)| (at, address.to_owned(), value)));
}
