//! Edge nodes from birth to death, losses on the way, and rubbish of all kinds.

use prost::Message as _;

use super::super::reader::{Heard, LONGEST, Message, Reader};
use super::reader::{MOST_METRICS, MOST_METRICS_OF_NODE, MOST_NODES, SparkplugReader};
use super::wire::{Metric, MetricValue, Payload, PropertyContent, PropertySet, PropertyValue, REBIRTH, datatype};
use crate::feed::connection::Watch;
use crate::observation::{Observation, Quality, Reading};
use crate::wall_time::WallTime;

/// A reader, and everything around it.
struct Follower {
    reader: SparkplugReader,
    watch: Watch,
    now: WallTime,
    heard: Heard,
}

impl Follower {
    fn new(asks_for_rebirth: bool) -> Self {
        let named = ["g/n/a", "g/n/d/b", "g/silent/a", "g/nobody"];
        let reader = SparkplugReader::new(0, asks_for_rebirth, named.into_iter());
        Follower { reader, watch: Watch::default(), now: WallTime::from_nanos(7), heard: Heard::default() }
    }

    fn bytes(&mut self, topic: &str, payload: &[u8]) -> Vec<Observation> {
        let message = Message { topic, payload, is_retained: false, arrival: self.now };
        self.reader.read(message, &self.watch, &mut self.heard);
        std::mem::take(&mut self.heard.observations)
    }

    fn say(&mut self, topic: &str, seq: Option<u64>, metrics: &[Metric]) -> Vec<Observation> {
        let metrics = metrics.iter().map(Metric::encode_to_vec).collect();
        self.bytes(topic, &Payload { timestamp: Some(9_000), metrics, seq }.encode_to_vec())
    }

    /// The address, the number and the quality of each value.
    fn told(&mut self, topic: &str, seq: u64, metrics: &[Metric]) -> Vec<(String, Option<f64>, Quality)> {
        let tell = |one: Observation| (one.address.to_string(), one.reading.number(), one.quality);
        self.say(topic, Some(seq), metrics).into_iter().map(tell).collect()
    }

    fn requests(&mut self) -> usize {
        std::mem::take(&mut self.heard.requests).len()
    }
}

fn named(name: &str, alias: u64, number: f64) -> Metric {
    Metric { name: Some(name.to_owned()), datatype: Some(datatype::DOUBLE), ..numbered(alias, number) }
}

fn numbered(alias: u64, number: f64) -> Metric {
    let value = Some(MetricValue::Double(number));
    Metric { alias: Some(alias), timestamp: Some(5_000), value, ..Metric::default() }
}

fn session(number: u64) -> Metric {
    let (name, value) = (Some("bdSeq".to_owned()), Some(MetricValue::Long(number)));
    Metric { name, datatype: Some(datatype::INT64), value, ..Metric::default() }
}

fn good(address: &str, number: f64) -> (String, Option<f64>, Quality) {
    (address.to_owned(), Some(number), Quality::Good)
}

fn uncertain(address: &str, number: f64) -> (String, Option<f64>, Quality) {
    (address.to_owned(), Some(number), Quality::Uncertain)
}

fn bad(address: &str) -> (String, Option<f64>, Quality) {
    (address.to_owned(), None, Quality::Bad)
}

const NBIRTH: &str = "spBv1.0/g/NBIRTH/n";
const NDATA: &str = "spBv1.0/g/NDATA/n";
const NDEATH: &str = "spBv1.0/g/NDEATH/n";
const DBIRTH: &str = "spBv1.0/g/DBIRTH/n/d";
const DDATA: &str = "spBv1.0/g/DDATA/n/d";
const DDEATH: &str = "spBv1.0/g/DDEATH/n/d";

#[test]
fn nodes_and_devices_live_and_die() {
    let mut follower = Follower::new(true);
    assert_eq!(follower.told(NBIRTH, 0, &[session(3), named("a", 1, 1.0)]), [good("g/n/a", 1.0)]);
    assert_eq!(
        follower.told(DBIRTH, 1, &[named("b", 2, 2.0), named("c", 3, 3.0)]),
        [good("g/n/d/b", 2.0), good("g/n/d/c", 3.0)]
    );
    assert_eq!(follower.told(NDATA, 2, &[numbered(1, 1.5)]), [good("g/n/a", 1.5)]);
    assert_eq!(
        follower.told(DDATA, 3, &[numbered(3, 3.5), named("b", 9, 2.5)]),
        [good("g/n/d/c", 3.5), good("g/n/d/b", 2.5)]
    );
    assert_eq!(follower.requests(), 0);
    // A number of the device's is none of the node's.
    assert_eq!(follower.told(NDATA, 4, &[numbered(3, 0.0)]), [bad("g/n")]);
    assert_eq!(follower.told(DDEATH, 5, &[]), [bad("g/n/d/b"), bad("g/n/d/c")]);
    assert_eq!(follower.told(DDATA, 6, &[numbered(3, 0.0)]), [bad("g/n/d")]);
    // Born anew, without one of its metrics.
    assert_eq!(follower.told(DBIRTH, 7, &[named("c", 4, 4.0)]), [good("g/n/d/c", 4.0)]);
    assert_eq!(follower.told(DBIRTH, 8, &[named("b", 4, 4.0)]), [good("g/n/d/b", 4.0), bad("g/n/d/c")]);
    // The death of an earlier session says nothing; that of this one ends everything, once.
    assert!(follower.say(NDEATH, None, &[session(2)]).is_empty());
    assert_eq!(follower.watch.outdated(), 1);
    let ended = follower.say(NDEATH, None, &[session(3)]);
    assert_eq!(ended.iter().map(|one| &*one.address).collect::<Vec<_>>(), ["g/n/a", "g/n/d/b"]);
    assert!(ended.iter().all(|one| one.quality == Quality::Bad && one.reading == Reading::Nothing));
    assert!(ended.iter().all(|one| one.stamps.source.is_none() && one.stamps.server.is_none()));
    assert!(follower.say(NDEATH, None, &[session(3)]).is_empty());
    assert_eq!(follower.told(NDATA, 9, &[numbered(1, 1.5)]), [bad("g/n")]);
    assert_eq!(follower.told(NBIRTH, 0, &[session(4), named("a", 1, 7.0)]), [good("g/n/a", 7.0)]);
    assert_eq!(follower.watch.gaps(), 0);
}

#[test]
fn losses_are_seen_and_asked_about_where_that_is_allowed() {
    for asks in [true, false] {
        let asked = usize::from(asks);
        let mut follower = Follower::new(asks);
        assert_eq!(follower.told(NDATA, 17, &[numbered(1, 1.0)]), [bad("g/n")]);
        assert_eq!(follower.requests(), asked, "before the birth");
        follower.told(NBIRTH, 0, &[session(0), named("a", 1, 1.0)]);
        // Numbers begin again after 255.
        for number in 1..=600_u64 {
            assert_eq!(follower.told(NDATA, number % 256, &[numbered(1, 2.0)]), [good("g/n/a", 2.0)]);
        }
        assert_eq!((follower.watch.gaps(), follower.requests()), (0, 0));
        assert_eq!(follower.told(NDATA, 602 % 256, &[numbered(1, 3.0)]), [uncertain("g/n/a", 3.0)]);
        assert_eq!((follower.watch.gaps(), follower.requests()), (1, asked));
        // An answer is waited for, and asked for again when none comes.
        assert_eq!(follower.told(NDATA, 603 % 256, &[numbered(8, 3.0)]), [bad("g/n")]);
        assert_eq!(follower.requests(), 0);
        follower.now = WallTime::from_nanos(20_000_000_000);
        assert_eq!(follower.told(NDATA, 604 % 256, &[numbered(8, 3.0)]), [bad("g/n")]);
        assert_eq!((follower.watch.gaps(), follower.requests()), (1, asked));
        assert_eq!(follower.told(NBIRTH, 0, &[session(0), named("a", 1, 4.0)]), [good("g/n/a", 4.0)]);
        assert_eq!(follower.told(NDATA, 1, &[numbered(1, 5.0)]), [good("g/n/a", 5.0)]);
        // Our own connection broke: anything may have been missed.
        follower.reader.reconnected(follower.now, &mut follower.heard);
        assert_eq!(follower.requests(), asked);
        assert_eq!(follower.told(NDATA, 2, &[numbered(1, 6.0)]), [uncertain("g/n/a", 6.0)]);
        follower.now = WallTime::from_nanos(40_000_000_000);
        assert_eq!(follower.told(NDATA, 3, &[numbered(1, 6.0)]), [uncertain("g/n/a", 6.0)]);
        assert_eq!(follower.requests(), asked, "no answer has come");
        assert_eq!(follower.told(NBIRTH, 0, &[session(0), named("a", 2, 4.0)]), [good("g/n/a", 4.0)]);
        assert_eq!(follower.told(NDATA, 1, &[numbered(1, 6.0)]), [bad("g/n")], "numbers are those of the last birth");
    }
}

#[test]
fn a_request_is_the_one_command_there_is() {
    let mut follower = Follower::new(true);
    follower.say("spBv1.0/line 1/DDATA/press/head", Some(0), &[numbered(1, 1.0)]);
    let (topic, payload) = follower.heard.requests.pop().expect("a request");
    let payload = Payload::decode(payload.as_slice()).expect("a payload");
    let metrics: Vec<Metric> =
        payload.metrics.iter().map(|bytes| Metric::decode(bytes.as_slice()).expect("a metric")).collect();
    assert_eq!((topic.as_str(), payload.seq), ("spBv1.0/line 1/NCMD/press", None));
    let expected = Metric {
        name: Some(REBIRTH.to_owned()),
        timestamp: Some(0),
        datatype: Some(datatype::BOOLEAN),
        value: Some(MetricValue::Boolean(true)),
        ..Metric::default()
    };
    assert_eq!(metrics, [expected]);
}

#[test]
fn times_and_qualities_come_as_they_are_told() {
    let mut follower = Follower::new(false);
    let at = |seconds: i64, nanos: i64| Some(WallTime::from_nanos(seconds * 1_000_000_000 + nanos));
    let birth = follower.say(NBIRTH, Some(0), &[named("a", 1, 1.0)]);
    assert_eq!((birth[0].stamps.source, birth[0].stamps.server), (at(5, 0), at(9, 0)));
    // Two of one millisecond are two; told again in a birth the second is the same.
    let data = follower.say(NDATA, Some(1), &[numbered(1, 1.0), Metric { timestamp: None, ..numbered(1, 2.0) }]);
    assert_eq!((data[0].stamps.source, data[0].stamps.server), (at(5, 1), at(9, 0)));
    assert_eq!((data[1].stamps.source, data[1].stamps.server), (at(9, 0), None));
    let birth = follower.say(NBIRTH, Some(0), &[named("a", 1, 1.0)]);
    assert_eq!(birth[0].stamps.source, at(5, 1));
    let far = Metric { timestamp: Some(u64::MAX), ..numbered(1, 1.0) };
    let quality = |code| {
        let value = PropertyValue { datatype: Some(datatype::INT32), value: Some(PropertyContent::Int(code)) };
        let properties = Some(PropertySet { keys: vec!["Quality".to_owned()], values: vec![value] });
        Metric { properties, ..numbered(1, 1.0) }
    };
    let null = Metric { is_null: Some(true), ..numbered(1, 1.0) };
    for (metric, expected) in [
        (quality(192), good("g/n/a", 1.0)),
        (quality(500), uncertain("g/n/a", 1.0)),
        (quality(0), ("g/n/a".to_owned(), Some(1.0), Quality::Bad)),
        (null, bad("g/n/a")),
        (Metric { value: None, ..numbered(1, 1.0) }, bad("g/n/a")),
        (Metric { value: Some(MetricValue::Text("1".to_owned())), ..numbered(1, 1.0) }, bad("g/n/a")),
        (far, bad("g/n/a")),
    ] {
        let tell = |one: Observation| (one.address.to_string(), one.reading.number(), one.quality);
        let told: Vec<_> = follower.say(NDATA, None, &[metric]).into_iter().map(tell).collect();
        assert_eq!(told, [expected]);
    }
    assert_eq!(follower.watch.unreadable(), 3);
}

#[test]
fn metrics_say_that_they_are_simulated() {
    let mut follower = Follower::new(false);
    let tagged = |content| {
        let value = PropertyValue { datatype: Some(datatype::BOOLEAN), value: content };
        let properties = Some(PropertySet { keys: vec!["simulated".to_owned()], values: vec![value] });
        Metric { properties, ..named("a", 1, 1.0) }
    };
    let truth = |truth| Some(PropertyContent::Boolean(truth));
    let metrics = [tagged(truth(true)), tagged(truth(false)), tagged(None), named("a", 1, 1.0)];
    for (topic, seq) in [(NBIRTH, 0), (NDATA, 1)] {
        let said = follower.say(topic, Some(seq), &metrics);
        let said: Vec<bool> = said.iter().map(|one| one.is_simulated).collect();
        assert_eq!(said, [true, false, false, false], "{topic}");
    }
}

#[test]
fn rubbish_is_counted_and_stops_nothing() {
    let mut follower = Follower::new(true);
    let retained = Message { topic: NBIRTH, payload: b"", is_retained: true, arrival: follower.now };
    follower.reader.read(retained, &follower.watch, &mut follower.heard);
    follower.bytes(NBIRTH, &vec![0; LONGEST + 1]);
    assert_eq!((follower.watch.unreadable(), follower.watch.refused()), (1, 1));
    for topic in
        ["", "a", "spBv1.0", "spBv1.0/g/NBIRTH", "spBv1.0/g/NDATA/n/d", "spBv1.0/g/DDATA/n", "spBv1.0//NDATA/n"]
    {
        assert_eq!(follower.bytes(topic, b"").len(), 1, "{topic}");
    }
    let long = format!("spBv1.0/g/NDATA/{}", "ü".repeat(40_000));
    assert!(follower.bytes(&long, b"").iter().all(|one| one.address.len() <= 1_024));
    let garbage: [&[u8]; 5] =
        [b"\xff\xff\xff", b"\x12\xff", b"\x1a\x02ab", b"\x0a\x05\xff\xff\xff\xff\xff", b"garbage"];
    for payload in garbage {
        assert_eq!(follower.bytes(NDATA, payload).len(), 1, "{payload:?}");
    }
    let before = follower.watch.unreadable();
    // Metrics that are none spoil neither the others nor the number of the message.
    follower.told(NBIRTH, 0, &[named("a", 1, 1.0)]);
    let metrics = vec![b"\x0a\x02\xff\xfe".to_vec(), vec![], numbered(1, 2.0).encode_to_vec()];
    let payload = Payload { timestamp: None, metrics, seq: Some(1) }.encode_to_vec();
    let heard = follower.bytes(NDATA, &payload);
    let told: Vec<_> = heard.iter().map(|one| (&*one.address, one.quality)).collect();
    assert_eq!(told, [("g/n/a", Quality::Good), ("g/n", Quality::Bad)]);
    assert_eq!((follower.watch.unreadable(), follower.watch.gaps()), (before + 1, 0));
}

#[test]
fn memory_is_bounded() {
    let mut follower = Follower::new(true);
    let birth = |node: usize, follower: &mut Follower| {
        let of = |number: usize| Metric { name: Some(format!("{number}")), ..Metric::default() };
        let metrics: Vec<Metric> = (0..100_000).map(of).collect();
        follower.say(&format!("spBv1.0/g/NBIRTH/{node}"), Some(0), &metrics).len()
    };
    let heard: Vec<usize> = (0..4).map(|node| birth(node, &mut follower)).collect();
    assert_eq!(heard, [MOST_METRICS_OF_NODE, MOST_METRICS - MOST_METRICS_OF_NODE, 0, 0]);
    assert_eq!(follower.watch.unreadable(), 4);
    // A node that is born again, with other metrics, takes no more room than before.
    let metrics: Vec<Metric> = (0..10).map(|number| named(&format!("new {number}"), number, 1.0)).collect();
    let heard = follower.say("spBv1.0/g/NBIRTH/0", Some(0), &metrics);
    assert_eq!(heard.iter().filter(|one| one.quality == Quality::Good).count(), 10);
    for node in 0..2 * MOST_NODES {
        follower.say(&format!("spBv1.0/g/NDATA/{node}"), Some(0), &[numbered(1, 1.0)]);
    }
    assert_eq!(follower.watch.unreadable(), 4 + 2 * MOST_NODES as u64 - 1);
    assert!(follower.requests() <= MOST_NODES);
}

#[test]
fn nodes_that_are_silent_when_we_come_are_asked_for_their_births() {
    let mut follower = Follower::new(true);
    let asked_after = |follower: &mut Follower, seconds: i64| {
        follower.now = follower.now.after(kernel::SimDuration::from_secs(seconds));
        follower.reader.wait(follower.now, &mut follower.heard);
        let asked: Vec<String> =
            std::mem::take(&mut follower.heard.requests).into_iter().map(|(topic, _)| topic).collect();
        asked
    };
    let (node, silent) = ("spBv1.0/g/NCMD/n".to_owned(), "spBv1.0/g/NCMD/silent".to_owned());
    assert!(asked_after(&mut follower, 0).is_empty() && asked_after(&mut follower, 2).is_empty());
    assert_eq!(asked_after(&mut follower, 2), [node, silent.clone()]);
    assert!(asked_after(&mut follower, 1).is_empty());
    // One answers; the other is asked twice more, and again after a break.
    follower.say(NBIRTH, Some(0), &[session(1), named("a", 1, 1.0)]);
    assert_eq!(asked_after(&mut follower, 10), std::slice::from_ref(&silent));
    assert_eq!(asked_after(&mut follower, 10), std::slice::from_ref(&silent));
    assert!(asked_after(&mut follower, 100).is_empty());
    follower.reader.reconnected(follower.now, &mut follower.heard);
    follower.heard.requests.clear();
    assert!(asked_after(&mut follower, 1).is_empty());
    assert_eq!(asked_after(&mut follower, 3), [silent]);
    // Without leave nobody is asked anything.
    let mut reader = Follower::new(false);
    assert!(asked_after(&mut reader, 0).is_empty() && asked_after(&mut reader, 60).is_empty());
}

#[test]
fn a_death_is_dated_by_whoever_was_there() {
    let mut follower = Follower::new(false);
    let mut say = |topic: &str, second: u64, seq: Option<u64>, metrics: &[Metric]| {
        let metrics = metrics.iter().map(Metric::encode_to_vec).collect();
        let payload = Payload { timestamp: Some(second * 1_000), metrics, seq };
        follower.bytes(topic, &payload.encode_to_vec()).into_iter().map(|one| one.stamps.source).collect::<Vec<_>>()
    };
    let at = |second: i64| Some(WallTime::from_nanos(second * 1_000_000_000));
    say(NBIRTH, 10, Some(0), &[session(1), named("a", 1, 1.0)]);
    say(DBIRTH, 11, Some(1), &[named("b", 2, 1.0)]);
    // The node tells of its device; a will that was written before the birth tells nothing of when.
    assert_eq!(say(DDEATH, 20, Some(2), &[]), [at(20)]);
    assert_eq!(say(NDEATH, 9, None, &[session(1)]), [None]);
    // One that a node publishes itself as it leaves does.
    say(NBIRTH, 30, Some(0), &[session(2), named("a", 1, 1.0)]);
    assert_eq!(say(NDEATH, 40, None, &[session(2)]), [at(40)]);
}
