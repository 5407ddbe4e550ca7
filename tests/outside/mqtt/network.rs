//! A twin that follows a broker through bad networks, and a broker that ends in mid-stream: whatever the window and the broker's
//! promise can mend leads to the same digest as the clean stream; what is lost is missed by its number.

use std::net::SocketAddr;
use std::sync::PoisonError;
use std::time::Duration;

use kernel::Stream;
use live::counters::Fate;
use live::emulate::{Access, Message, Publisher};
use live::feed::connection::Status;
use live::serde_json::{Value, from_slice};
use live::wall_time::{TimeFormat, WallTime};

use super::super::mosquitto::{Broker, is_missing, wait};
use crate::live::LINE;
use crate::network::proxy::{Protocol, Proxy};
use crate::network::{Deeds, Follower, Nature, Network, Step, TAIL, Told, digest_of, for_seeds, signals, told};
use crate::playing::opened_text;

const SEEDS: u64 = 500;
/// The type of a packet that publishes, in the upper half of its first byte (MQTT 3.1.1 and 5, 2.2.1 and 2.1.2).
const PUBLISH: u8 = 3;

/// A number of variable length, and how many bytes it takes (MQTT 3.1.1, 2.2.3; MQTT 5, 1.5.5).
fn variable(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (place, byte) in bytes.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, place + 1));
        }
    }
    None
}

/// A packet: its type and flags, the length of what remains, and that.
fn cut(came: &mut Vec<u8>) -> Option<Vec<u8>> {
    let (remaining, length) = variable(came.get(1..)?)?;
    let end = 1 + length + remaining;
    (came.len() >= end).then(|| came.drain(..end).collect())
}

/// Where the payload of a packet begins that publishes (MQTT 3.1.1 and 5, 3.3): after the topic, the number of the packet if the
/// quality of service has one, and in version 5 properties.
fn payload_of(packet: &[u8], has_properties: bool) -> usize {
    let (_, length) = variable(&packet[1..]).expect("a length");
    let topic = 1 + length;
    let mut place = topic + 2 + usize::from(u16::from_be_bytes([packet[topic], packet[topic + 1]]));
    if packet[0] & 0b110 != 0 {
        place += 2;
    }
    if has_properties {
        let (properties, length) = variable(&packet[place..]).expect("a length");
        place += length + properties;
    }
    place
}

fn carry(network: &mut Network, packet: Vec<u8>, has_properties: bool) -> Vec<Step> {
    if packet[0] >> 4 != PUBLISH {
        return vec![Step::Send(packet)];
    }
    let payload = payload_of(&packet, has_properties);
    let json: Value = from_slice(&packet[payload..]).expect("what was published");
    let number = json["sequence"].as_u64().expect("a number");
    let Some(at) = json["time"].as_str().and_then(|time| WallTime::read(time, TimeFormat::Iso8601)) else {
        network.mark(number);
        return Vec::new();
    };
    network.take(number, at, packet, |bytes: &mut [u8], stream: &mut Stream| {
        let place = payload + stream.below((bytes.len() - payload) as u64) as usize;
        bytes[place] = 0xff;
    })
}

fn message(seed: u64, told: &Told) -> Message {
    let Told { number, at, what } = told;
    let json = format!(r#"{{"time": "{at}", "value": {number}, "sequence": {number}}}"#);
    Message { address: format!("plant {seed}/{what}"), sequence: *number, json }
}

/// A source that listens to the plant number `seed` by whoever is at `address`.
fn source(address: SocketAddr, seed: u64, version: &str, quality: &str) -> String {
    format!(
        r##"Mqtt(broker: "{address}", version: {version}, client_id: "twin {seed}", topics: ["plant {seed}/#"],
        quality_of_service: {quality}, payload: Json(time: "/time", value: "/value", sequence: "/sequence"))"##
    )
}

fn is_connected(follower: &Follower) -> bool {
    matches!(follower.watch.status(), Status::Connected { .. })
}

#[test]
fn what_500_bad_networks_do_to_a_broker_is_mended_or_named() {
    if is_missing() {
        return;
    }
    let broker = Broker::new("network").started();
    let told = told(40);
    let count = told.len() as u64;
    let plant = opened_text(LINE).plant;
    let clean = digest_of(&plant, &told, &(1..=count).collect());
    let follow = |seed: u64| {
        let [is_harmful, is_promised, is_v5] = [1, 2, 4].map(|bit| seed & bit != 0);
        // What was spoiled and is told again after a break would be too late, or not: that is left to chance nowhere here.
        let breaks = if is_harmful == is_promised { 0 } else { 1 + (seed / 8) % 2 };
        let loses = is_harmful && !is_promised;
        // What was under way where a connection broke is told again or not: that is for the broker to say.
        let nature = Nature { loses, harms: is_harmful, breaks, loses_at_breaks: false };
        let network = Network::new(seed, nature, count);
        let deeds = network.deeds();
        let deeds = || deeds.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let carry = match is_v5 {
            true => |network: &mut Network, packet: Vec<u8>| carry(network, packet, true),
            false => |network: &mut Network, packet: Vec<u8>| carry(network, packet, false),
        };
        let speaker = SocketAddr::from(([127, 0, 0, 1], broker.port()));
        let proxy = Proxy::before(speaker, Protocol { cut, carry, calls_anew: true }, network);
        let (version, quality) =
            (if is_v5 { "V5" } else { "V4" }, if is_promised { "AtLeastOnce" } else { "AtMostOnce" });
        let from = source(proxy.address, seed, version, quality);
        let mut follower = Follower::new(&plant, signals(&from, &format!("plant {seed}/"), &plant));
        follower.listen_until("a connection", is_connected);
        let publisher = Publisher::connect(&Access::open(&broker.address(), &format!("plant {seed}")));
        let publisher = publisher.expect("a publisher");
        let (body, tail) = told.split_at((count - TAIL) as usize);
        body.iter().for_each(|told| publisher.publish(message(seed, told)));
        // Without a promise what is published while nobody is there is gone: the end comes when all of this is through or lost.
        let mut marks = 0;
        while !is_promised && deeds().marks == 0 {
            marks += 1;
            let json = format!(r#"{{"sequence": {marks}}}"#);
            publisher.publish(Message { address: format!("plant {seed}/mark"), sequence: marks, json });
            for _ in 0..10 {
                follower.listen(Duration::from_millis(2));
            }
            assert!(marks < 1_000, "nothing comes through any more: seed {seed}");
        }
        tail.iter().for_each(|told| publisher.publish(message(seed, told)));
        let published = publisher.close(Duration::from_secs(60));
        assert_eq!((published.acknowledged, published.dropped), (count + marks, 0));
        follower.listen_until("everything", |one| deeds().is_over && one.received() == deeds().sent);
        let watch = follower.watch.clone();
        let twin = follower.end();
        drop(proxy);
        let (deeds, counters) = (deeds(), *twin.counters());
        let context = format!("seed {seed}: {nature:?}, {version}, {quality}, {counters}");
        assert_eq!((counters.received, counters.waiting()), (deeds.sent, 0), "{context}");
        assert_eq!(counters.of(Fate::Duplicate), deeds.twice(), "{context}");
        let nonsense = counters.of(Fate::Invalid) + counters.of(Fate::Late);
        assert_eq!(nonsense, deeds.garbled + deeds.too_late, "{context}");
        assert_eq!(watch.unreadable(), deeds.garbled, "{context}");
        assert_eq!(watch.connections(), 1 + deeds.broken, "{context}");
        // Whatever did not come, or not in one piece, or too late, is missed by its number.
        let lost = count - deeds.came.len() as u64;
        assert_eq!(twin.order().gaps().map(|gaps| gaps.missing).sum::<u64>(), lost, "{context}");
        assert_eq!(lost > 0, is_harmful, "{context}");
        let expected = if lost == 0 { clean } else { digest_of(&plant, &told, &deeds.came) };
        assert_eq!(twin.digest(), expected, "{context}, {lost} lost");
        (lost, deeds)
    };
    let outcomes = for_seeds(SEEDS, follow);
    let sum = |of: fn(&Deeds) -> u64| outcomes.iter().map(|(_, deeds)| of(deeds)).sum::<u64>();
    println!(
        "{} of {SEEDS} mended: {} messages, {} delayed, {} twice, {} garbled, {} too late, {} lost, {} connections broken",
        outcomes.iter().filter(|(lost, _)| *lost == 0).count(),
        sum(|deeds| deeds.sent),
        sum(|deeds| deeds.delayed),
        sum(Deeds::twice),
        sum(|deeds| deeds.garbled),
        sum(|deeds| deeds.too_late),
        outcomes.iter().map(|(lost, _)| lost).sum::<u64>(),
        sum(|deeds| deeds.broken)
    );
    assert!(sum(|deeds| deeds.broken) >= SEEDS / 2);
}

#[test]
fn what_a_broker_tells_again_after_its_end_is_done_once() {
    if is_missing() {
        return;
    }
    // Fewer than mosquitto sends without an acknowledgement (`max_inflight_messages`, 20).
    const UNDER_WAY: u64 = 15;
    let told = told(40);
    let count = told.len() as u64;
    let plant = opened_text(LINE).plant;
    let clean = digest_of(&plant, &told, &(1..=count).collect());
    let mut broker = Broker::new("told-again").started();
    for (seed, version) in [(0, "V4"), (1, "V5")] {
        let address = SocketAddr::from(([127, 0, 0, 1], broker.port()));
        let from = source(address, seed, version, "AtLeastOnce");
        let mut follower = Follower::new(&plant, signals(&from, &format!("plant {seed}/"), &plant));
        follower.listen_until("a connection", is_connected);
        let publisher = Publisher::connect(&Access::open(&broker.address(), "plant")).expect("a publisher");
        let (first, rest) = told.split_at(UNDER_WAY as usize);
        first.iter().for_each(|told| publisher.publish(message(seed, told)));
        // They have come and nobody has done with them: to the broker they are still to be delivered.
        let watch = follower.watch.clone();
        wait("the first messages", || watch.messages() == UNDER_WAY);
        broker.stop();
        wait("a loss", || matches!(watch.status(), Status::Lost { .. }));
        broker.start();
        wait("the first messages again", || watch.messages() == 2 * UNDER_WAY);
        rest.iter().for_each(|told| publisher.publish(message(seed, told)));
        assert_eq!(publisher.close(Duration::from_secs(60)).acknowledged, count);
        follower.listen_until("everything", |one| one.received() == count + UNDER_WAY);
        let twin = follower.end();
        assert_eq!((watch.messages(), watch.repeated()), (count + UNDER_WAY, UNDER_WAY), "{version}");
        let counters = twin.counters();
        assert_eq!(counters.of(Fate::Applied) + counters.of(Fate::Refused), count, "{counters}");
        assert_eq!(counters.of(Fate::Duplicate), UNDER_WAY, "{counters}");
        assert_eq!(twin.order().gaps().map(|gaps| gaps.missing).sum::<u64>(), 0);
        assert_eq!(twin.digest(), clean, "{version}");
    }
}
