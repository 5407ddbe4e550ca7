//! Secured connections: what has to be refused is refused, with the reason, and what is sound is let through.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use live::feed::connection::Status;
use live::observation::Reading;

use super::super::mosquitto::{BATCHES, Broker, Listener, free_port, is_missing, signals, wait};

/// Runs OpenSSL in `folder`.
fn openssl(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("openssl");
    let output = command.args(arguments).current_dir(folder).stdin(Stdio::null()).output().expect("openssl starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

const KEY: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/// An authority whose word is good for nothing else.
pub fn authority(folder: &Path, name: &str) {
    let (key, certificate, subject) = (format!("{name}.key"), format!("{name}.pem"), format!("/CN={name}"));
    let more = ["-keyout", &key, "-out", &certificate, "-days", "2", "-subj", &subject];
    let extension = ["-addext", "basicConstraints=critical,CA:TRUE"];
    openssl(folder, &[&["req", "-x509"], &KEY[..], &more, &extension].concat());
}

/// A certificate for `host`, signed by `authority`, for so many days from now.
pub fn certificate(folder: &Path, name: &str, host: &str, authority: &str, days: &str) {
    let (key, request, made) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
    let subject = format!("/CN={host}");
    openssl(folder, &[&["req"], &KEY[..], &["-keyout", &key, "-out", &request, "-subj", &subject]].concat());
    fs::write(folder.join("ext"), format!("subjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\n")).expect("a file");
    let (pem, private) = (format!("{authority}.pem"), format!("{authority}.key"));
    openssl(
        folder,
        &[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            &pem,
            "-CAkey",
            &private,
            "-CAcreateserial",
            "-days",
            days,
            "-extfile",
            "ext",
            "-out",
            &made,
        ],
    );
}

/// A certificate that nobody vouches for but itself.
fn self_signed(folder: &Path, name: &str, is_authority: &str) {
    let (key, made) = (format!("{name}.key"), format!("{name}.pem"));
    let more = ["-keyout", &key, "-out", &made, "-days", "2", "-subj", "/CN=localhost"];
    let constraint = format!("basicConstraints=critical,CA:{is_authority}");
    let extension = ["-addext", "subjectAltName=DNS:localhost", "-addext", &constraint];
    openssl(folder, &[&["req", "-x509"], &KEY[..], &more, &extension].concat());
}

/// The source behind `port`, with what `tls` says of files.
fn source(port: u16, version: &str, tls: &str) -> String {
    format!(
        r#"Mqtt(broker: "localhost:{port}", version: {version}, client_id: "{version}", topics: ["plant/#"], tls: ({tls}))"#
    )
}

#[test]
fn only_sound_certificates_are_taken() {
    if is_missing() {
        return;
    }
    let broker = Broker::new("tls");
    let folder = broker.folder().to_owned();
    authority(&folder, "ca");
    authority(&folder, "stranger");
    certificate(&folder, "good", "localhost", "ca", "2");
    certificate(&folder, "expired", "localhost", "ca", "-1");
    certificate(&folder, "other", "other.example", "ca", "2");
    certificate(&folder, "client", "client", "ca", "2");
    certificate(&folder, "foreign", "client", "stranger", "2");
    self_signed(&folder, "own", "FALSE");
    self_signed(&folder, "crowned", "TRUE");
    let mut listeners =
        format!("per_listener_settings false\nallow_anonymous true\nlistener {} 127.0.0.1\n", broker.port());
    let mut listen = |name: &str, more: &str| {
        let (port, folder) = (free_port(), folder.display());
        listeners += &format!(
            "listener {port} 127.0.0.1\ncafile {folder}/ca.pem\ncertfile {folder}/{name}.pem\nkeyfile {folder}/{name}.key\n{more}"
        );
        port
    };
    let good = listen("good", "");
    let expired = listen("expired", "");
    let other = listen("other", "");
    let own = listen("own", "");
    let crowned = listen("crowned", "");
    let mutual = listen("good", "require_certificate true\n");
    broker.configure(&listeners);
    let broker = broker.started();
    let ca = r#"ca: "ca.pem""#;
    let with = |name: &str| format!(r#"ca: "ca.pem", certificate: "{name}.pem", key: "{name}.key""#);
    for version in ["V4", "V5"] {
        for (port, tls, expected) in [
            (expired, ca.to_owned(), "has expired"),
            (other, ca.to_owned(), "made out to"),
            (own, ca.to_owned(), "signed by nobody in `ca`"),
            (crowned, ca.to_owned(), "signed by itself"),
            (good, r#"ca: "stranger.pem""#.to_owned(), "signed by nobody in `ca`"),
            (mutual, ca.to_owned(), "asks for a certificate of ours"),
            (mutual, with("foreign"), "want another `certificate` of ours"),
        ] {
            let error = Listener::new(&signals(&folder, &source(port, version, &tls)), BATCHES).end();
            let error = error.expect_err(expected);
            assert!(error.message.contains(expected) && !error.retryable, "{expected}: {error}");
        }
        // A broker that is just going down would do the same, so this is tried again.
        let plain = Listener::new(&signals(&folder, &source(broker.port(), version, ca)), BATCHES);
        wait("a reason", || plain.watch.status() != Status::Connecting { why: None });
        let status = format!("{:?}", plain.watch.status());
        assert!(status.contains("may not speak TLS"), "{status}");
        plain.leave();
        for (port, tls) in [(good, ca.to_owned()), (mutual, with("client"))] {
            let mut listener = Listener::new(&signals(&folder, &source(port, version, &tls)), BATCHES).connected();
            let topic = format!("plant/{port}/{version}");
            broker.publish_file(&topic, b"42");
            wait("a message", || {
                listener.listen().iter().any(|one| *one.address == *topic && one.reading == Reading::Number(42.0))
            });
            listener.leave();
        }
    }
}

#[test]
fn files_that_are_no_certificates_are_named() {
    let broker = Broker::new("files");
    let folder = broker.folder();
    fs::write(folder.join("empty.pem"), "").expect("a file");
    for (tls, expected) in
        [(r#"ca: "missing.pem""#, "missing.pem"), (r#"ca: "empty.pem""#, "empty.pem: there is no certificate")]
    {
        let signals = signals(folder, &source(1, "V5", tls));
        let error = live::feed::open(&signals, live::feed::replay::Playback::default())
            .map(|_| ())
            .expect_err("no certificate");
        assert!(error.to_string().contains(expected), "{error}");
    }
}
