//! What the library of Eclipse Tahu makes of our payloads, and what we make of its.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use kernel::SimTime;
use live::emulate::Message;
use live::observation::{Quality, Reading};
use live::serde_json::{Value, from_str, json};
use live::wall_time::{TimeFormat, WallTime};

use super::super::mosquitto::{BATCHES, Broker, Listener, is_missing, wait};
use super::{Access, EdgeNode, emulation, following};
use crate::playing::root;

/// Names the folder with the packages; `cargo xtask test` sets it.
const PACKAGES: &str = "LINEWRIGHT_NODE_MODULES";

/// What the script writes when told `what`; `None` where there is no such library.
fn tahu(what: &str, input: &str) -> Option<Vec<Value>> {
    let Ok(packages) = std::env::var(PACKAGES) else {
        println!("skipped: {PACKAGES} names no packages for Node.js; `cargo xtask test` installs them");
        return None;
    };
    let mut command = Command::new("node");
    command.arg(root().join("tests/outside/sparkplug/payloads.js")).arg(what).env("NODE_PATH", packages);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node starts");
    // It reads everything before it writes anything.
    child.stdin.take().expect("an input").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    Some(text.lines().map(|line| from_str(line).expect("JSON")).collect())
}

#[test]
fn sparkplug_payloads_of_ours_say_to_others_what_was_meant() {
    if is_missing() || tahu("decode", "").is_none() {
        return;
    }
    let broker = Broker::new("sparkplug-decoded").started();
    let raw = broker.listen_raw("spBv1.0/#");
    let mut emulation = emulation();
    let node = EdgeNode::connect(&Access::open(&broker.address(), "node"), "line", "node", &emulation).expect("a node");
    let mut told: Vec<Message> = Vec::new();
    emulation.play_to(SimTime::MAX, &mut |message| told.push(message)).expect("it plays");
    told.iter().for_each(|message| node.publish(message));
    let sent = node.close(Duration::from_secs(20));
    assert_eq!((sent.sent, sent.waiting), (told.len() as u64, 0));
    let heard = raw.end();
    let topics: Vec<&str> = heard.iter().map(|(topic, _)| topic.as_str()).collect();
    assert_eq!((topics[0], topics[topics.len() - 1]), ("spBv1.0/line/NBIRTH/node", "spBv1.0/line/NDEATH/node"));
    assert!(topics[1..topics.len() - 1].iter().all(|topic| *topic == "spBv1.0/line/NDATA/node"));
    let input: String = heard.iter().map(|(_, hex)| format!("{hex}\n")).collect();
    let payloads = tahu("decode", &input).expect("payloads");
    assert_eq!(payloads.len(), told.len() + 2);
    let simulated = |metric: &Value| metric["properties"]["simulated"]["value"] == true;
    let birth = payloads[0]["metrics"].as_array().expect("metrics");
    let session = &birth[0];
    assert_eq!(
        (&session["name"], &session["type"], &payloads[0]["seq"]),
        (&json!("bdSeq"), &json!("Int64"), &json!(0))
    );
    assert_eq!((&birth[1]["name"], &birth[1]["value"]), (&json!("Node Control/Rebirth"), &json!(false)));
    let mut names: BTreeMap<u64, &Value> = BTreeMap::new();
    for metric in &birth[2..] {
        assert!(simulated(metric) && metric.get("value") == Some(&Value::Null), "{metric}");
        assert!(names.insert(metric["alias"].as_u64().expect("a number"), metric).is_none(), "{metric}");
    }
    for (number, (payload, message)) in payloads[1..].iter().zip(&told).enumerate() {
        let meant: Value = from_str(&message.json).expect("JSON");
        let metric = &payload["metrics"][0];
        let known = names[&metric["alias"].as_u64().expect("a number")];
        assert_eq!(format!("plant/{}", known["name"].as_str().expect("a name")), message.address);
        assert!(metric.get("name").is_none() && simulated(metric), "{metric}");
        let at = WallTime::read(meant["time"].as_str().expect("a time"), TimeFormat::Iso8601).expect("a time");
        let millisecond = json!(at.as_nanos() / 1_000_000);
        assert_eq!((&metric["timestamp"], &payload["timestamp"]), (&millisecond, &millisecond));
        assert_eq!(payload["seq"], (number + 1) % 256);
        let (kind, field) = match &meant["value"] {
            Value::Bool(_) => ("Boolean", "booleanValue"),
            Value::String(_) => ("String", "stringValue"),
            _ if message.address.ends_with("/value") => ("Double", "doubleValue"),
            _ => ("UInt64", "longValue"),
        };
        assert_eq!((&known["type"], &metric["field"]), (&json!(kind), &json!(field)));
        match meant["value"].as_f64() {
            Some(number) => assert_eq!(metric["value"].as_f64(), Some(number)),
            None => assert_eq!(metric["value"], meant["value"]),
        }
    }
    let death = payloads.last().expect("a death");
    assert_eq!((&death["metrics"][0]["name"], &death["metrics"][0]["value"]), (&session["name"], &session["value"]));
    assert_eq!(death["metrics"].as_array().map(Vec::len), Some(1));
}

#[test]
fn sparkplug_payloads_of_others_are_read_as_they_were_meant() {
    if is_missing() {
        return;
    }
    let Some(written) = tahu("encode", "").and_then(|mut written| written.pop()) else { return };
    let broker = Broker::new("sparkplug-encoded").started();
    let mut listener = Listener::new(&following(&broker, "twin", ""), BATCHES).connected();
    let expected = written["expected"].as_array().expect("values");
    for (kind, key) in [("DBIRTH", "birth"), ("DDATA", "data")] {
        let hex = written[key].as_str().expect("bytes");
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal"))
            .collect();
        if kind == "DBIRTH" {
            broker.publish_file("spBv1.0/line/NBIRTH/node", &super::payload(255, &[]));
        }
        broker.publish_file(&format!("spBv1.0/line/{kind}/node/device"), &bytes);
    }
    wait("all values", || listener.listen().len() >= 2 * expected.len());
    let watch = listener.watch.clone();
    assert_eq!((watch.gaps(), watch.unreadable()), (0, 2));
    let heard = listener.leave();
    for (round, heard) in heard.chunks(expected.len()).enumerate() {
        for (observation, meant) in heard.iter().zip(expected) {
            let name = meant["name"].as_str().expect("a name");
            assert_eq!(*observation.address, format!("line/node/device/{name}"));
            let said = match &meant["said"] {
                Value::Bool(truth) => Reading::Truth(*truth),
                Value::String(text) => Reading::Text(text.as_str().into()),
                other => other.as_f64().map_or(Reading::Nothing, Reading::Number),
            };
            assert_eq!(observation.reading, said, "{name}");
            let quality = match meant["quality"].as_str() {
                Some("Good") => Quality::Good,
                Some("Uncertain") => Quality::Uncertain,
                _ => Quality::Bad,
            };
            assert_eq!(observation.quality, quality, "{name}");
            let millisecond = 1_700_000_000_000 + 1_000 * round as i64 + meant["alias"].as_i64().expect("a number");
            let (source, server) = (observation.stamps.source, observation.stamps.server);
            assert_eq!(source.map(|at| at.as_nanos()), Some(millisecond * 1_000_000), "{name}");
            assert_eq!(server.map(|at| at.as_nanos() / 1_000_000_000), Some(1_700_000_001 + round as i64), "{name}");
        }
    }
}
