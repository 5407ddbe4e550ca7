//! A twin that follows an MTConnect adapter through bad networks.
//!
//! SHDR numbers nothing and promises nothing: what the window can mend leads to the same digest as the clean stream; what is
//! garbled or too late is counted, and where a connection was broken the twin knows that. A line that is left out between two
//! others by somebody who keeps the connection cannot be missed by anybody; numbers of MQTT payloads can (`outside::mqtt::network`).

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::PoisonError;
use std::thread::JoinHandle;

use kernel::Stream;
use live::counters::Fate;
use live::wall_time::{TimeFormat, WallTime};

use super::proxy::{Protocol, Proxy};
use super::{Follower, Nature, Network, Step, Told, digest_of, for_seeds, signals, told};
use crate::live::LINE;
use crate::playing::opened_text;

const SEEDS: u64 = 500;

/// An adapter that says everything at once to the first who calls, and answers whoever asks whether it lives.
fn adapter(told: &[Told]) -> (SocketAddr, JoinHandle<()>) {
    let text: String = told.iter().map(|told| format!("{}|{}|{}\n", told.at, told.what, told.number)).collect();
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a call");
        (&stream).write_all(text.as_bytes()).expect("it listens");
        let questions = BufReader::new(&stream).lines().map_while(Result::ok);
        for _ in questions.filter(|line| line.starts_with("* PING")) {
            if (&stream).write_all(b"* PONG 10000\n").is_err() {
                return;
            }
        }
    });
    (address, thread)
}

fn cut(came: &mut Vec<u8>) -> Option<Vec<u8>> {
    let end = came.iter().position(|byte| *byte == b'\n')?;
    Some(came.drain(..=end).collect())
}

fn carry(network: &mut Network, line: Vec<u8>) -> Vec<Step> {
    let text = String::from_utf8_lossy(&line);
    let mut fields = text.trim_end().split('|');
    let at = fields.next().and_then(|time| WallTime::read(time, TimeFormat::Iso8601));
    match (at, fields.nth(1).and_then(|number| number.parse().ok())) {
        (Some(at), Some(number)) => network.take(number, at, line, garble),
        _ => vec![Step::Send(line)],
    }
}

/// Spoils a byte of the date or the key. One of the value would make it another value, which nobody could tell.
fn garble(line: &mut [u8], stream: &mut Stream) {
    let end = line.iter().rposition(|byte| *byte == b'|').expect("fields");
    let place = stream.below(end as u64) as usize;
    let place = if line[place] == b'|' { place - 1 } else { place };
    line[place] = 0xff;
}

#[test]
fn what_500_bad_networks_do_to_an_adapter_is_mended_or_named() {
    let told = told(60);
    let count = told.len() as u64;
    let plant = opened_text(LINE).plant;
    let clean = digest_of(&plant, &told, &(1..=count).collect());
    let follow = |seed: u64| {
        let is_harmful = seed % 2 == 1;
        let nature = Nature { loses: false, harms: is_harmful, breaks: (seed / 2) % 3, loses_at_breaks: is_harmful };
        let (speaker, speaking) = adapter(&told);
        let network = Network::new(seed, nature, count);
        let deeds = network.deeds();
        let deeds = || deeds.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let proxy = Proxy::before(speaker, Protocol { cut, carry, calls_anew: false }, network);
        let from = format!(r#"ShdrAdapter(adapter: "{}")"#, proxy.address);
        let mut follower = Follower::new(&plant, signals(&from, "", &plant));
        follower.listen_until("everything", |one| deeds().is_over && one.received() == deeds().sent);
        let watch = follower.watch.clone();
        let twin = follower.end();
        drop(proxy);
        speaking.join().expect("no panic");
        let (deeds, counters) = (deeds(), *twin.counters());
        let context = format!("seed {seed}: {nature:?}, {counters}, {}", deeds.broken);
        assert_eq!((counters.received, counters.waiting()), (deeds.sent, 0), "{context}");
        assert_eq!(counters.of(Fate::Duplicate), deeds.twice(), "{context}");
        let nonsense = counters.of(Fate::Invalid) + counters.of(Fate::Late);
        assert_eq!(nonsense, deeds.garbled + deeds.too_late, "{context}");
        // A connection that broke is known to have broken, whether or not anything was lost.
        assert_eq!(watch.connections(), 1 + deeds.broken, "{context}");
        let lost = count - deeds.came.len() as u64;
        assert!(lost == 0 || nonsense > 0 || deeds.broken > 0, "{context}");
        // It has come to what the plant has told it, be that all or not.
        let expected = if lost == 0 { clean } else { digest_of(&plant, &told, &deeds.came) };
        assert_eq!(twin.digest(), expected, "{context}, {lost} lost");
        (lost == 0, deeds)
    };
    let outcomes = for_seeds(SEEDS, follow);
    let mended = outcomes.iter().filter(|(is_whole, _)| *is_whole).count() as u64;
    let sum = |of: fn(&super::Deeds) -> u64| outcomes.iter().map(|(_, deeds)| of(deeds)).sum::<u64>();
    println!(
        "{mended} of {SEEDS} mended: {} lines, {} delayed, {} twice, {} garbled, {} too late, {} connections broken",
        sum(|deeds| deeds.sent),
        sum(|deeds| deeds.delayed),
        sum(super::Deeds::twice),
        sum(|deeds| deeds.garbled),
        sum(|deeds| deeds.too_late),
        sum(|deeds| deeds.broken)
    );
    assert!((SEEDS / 2..SEEDS).contains(&mended), "{mended}");
    assert!(sum(|deeds| deeds.broken) > SEEDS / 2);
}
