//! Emulations over secured connections, in both tongues: they come through where all is sound, and say why not where it is not.

use live::feed::connection::Status;

use super::super::mosquitto::{BATCHES, Broker, Listener, PLANT, is_missing, signals, wait};
use super::super::mqtt::tls::{authority, certificate};
use super::path;
use crate::studies::{File, linewright};

#[test]
fn emulations_in_mqtt_and_sparkplug_are_secured() {
    if is_missing() {
        return;
    }
    let broker = Broker::new("sparkplug-secured");
    let folder = broker.folder().to_owned();
    authority(&folder, "ca");
    authority(&folder, "stranger");
    certificate(&folder, "broker", "localhost", "ca", "2");
    certificate(&folder, "client", "client", "ca", "2");
    let files = folder.display();
    let passwords = folder.join("passwords");
    // The environment of every test has these two.
    let value = |name: &str| std::env::var(name).expect("set by cargo");
    let (name, password) = ("CARGO_PKG_NAME", "CARGO_PKG_VERSION");
    let mut command = std::process::Command::new("mosquitto_passwd");
    command.args(["-b", "-c"]).arg(&passwords).args([value(name), value(password)]);
    assert!(command.status().expect("mosquitto_passwd starts").success());
    broker.configure(&format!(
        "listener {} 127.0.0.1\ncafile {files}/ca.pem\ncertfile {files}/broker.pem\nkeyfile {files}/broker.key\n\
         require_certificate true\nallow_anonymous false\npassword_file {}\n",
        broker.port(),
        passwords.display()
    ));
    let broker = broker.started();
    let address = broker.address();
    let tls = r#"ca: "ca.pem", certificate: "client.pem", key: "client.key""#;
    let access = format!(r#"username_from: "{name}", password_from: "{password}", tls: ({tls}),"#);
    let scenario = File::new("sparkplug-secured", PLANT);
    let emulate = |how: &str, ca: &str, password: &str| {
        let file = |name: &str| path(&folder.join(name)).to_owned();
        let (ca, certificate, key) = (file(ca), file("client.pem"), file("client.key"));
        let secured = ["--tls-ca", &ca, "--tls-certificate", &certificate, "--tls-key", &key];
        let named = ["--username-from", name, "--password-from", password];
        let arguments = ["emulate", scenario.path(), how, &address, "--speed", "100000", "--until", "10 min"];
        let output = linewright(&[&arguments[..], &secured, &named].concat());
        (String::from_utf8_lossy(&output.stderr).into_owned(), output.status.code())
    };
    for (how, ca, wrong, expected, from) in [
        (
            "--mqtt",
            "stranger.pem",
            password,
            "signed by nobody in `ca`",
            format!(r#"Mqtt(broker: "{address}", client_id: "mqtt", topics: ["linewright/#"], {access})"#),
        ),
        (
            "--sparkplug",
            "ca.pem",
            name,
            "does not let us in",
            format!(r#"Sparkplug(broker: "{address}", client_id: "b", groups: ["linewright"], {access})"#),
        ),
    ] {
        let mut listener = Listener::new(&signals(&folder, &from), BATCHES);
        wait("a connection", || matches!(listener.watch.status(), Status::Connected { .. }));
        let (said, code) = emulate(how, "ca.pem", password);
        assert_eq!(code, Some(0), "{said}");
        wait("messages", || listener.listen().len() > 10);
        // Whoever does not know the authority, or the password, does not come through and is told why.
        let (said, _) = emulate(how, ca, wrong);
        assert!(said.contains(expected), "{how}: {said}");
        let (said, code) = emulate(how, "missing.pem", password);
        assert!(said.contains("missing.pem") && code == Some(2), "{said}");
        listener.leave();
    }
}
