//! A broker that is not ours (Eclipse Mosquitto) on a port of its own.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use live::signals::Signals;

pub use super::listening::{BATCHES, Listener, PLANT, free_port, open, run, wait};
use crate::studies::Scratch;

/// Whoever says nothing for this long has said everything.
const SILENCE: Duration = Duration::from_millis(400);

/// Debian keeps it where only root looks.
fn program() -> Option<&'static str> {
    let answers =
        |name: &&str| Command::new(name).arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    ["mosquitto", "/usr/sbin/mosquitto"].into_iter().find(answers)
}

/// Whether a test has to be left out; says so.
pub fn is_missing() -> bool {
    let is_missing = program().is_none();
    if is_missing {
        println!("skipped: there is no mosquitto; `cargo xtask test` installs one");
    }
    is_missing
}

/// A broker with files of its own.
pub struct Broker {
    scratch: Scratch,
    port: u16,
    process: Option<Child>,
}

impl Broker {
    /// A broker that is not started yet. It keeps what waits for clients that are away, on the disk when it ends.
    pub fn new(name: &str) -> Self {
        let broker = Broker { scratch: Scratch::new(name), port: free_port(), process: None };
        fs::create_dir_all(broker.folder()).expect("a folder");
        let listener = format!("listener {} 127.0.0.1\nallow_anonymous true\n", broker.port);
        broker.configure(&listener);
        broker
    }

    /// Gives it other listeners; its folder holds the files that they name.
    pub fn configure(&self, listeners: &str) {
        let folder = self.scratch.path();
        // As root it would become somebody who may not read its folder.
        let text = format!(
            "user root\npersistence true\npersistence_location {folder}/\nmax_queued_messages 0\nset_tcp_nodelay true\n{listeners}"
        );
        fs::write(self.folder().join("mosquitto.conf"), text).expect("a file");
    }

    pub fn folder(&self) -> &Path {
        Path::new(self.scratch.path())
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn address(&self) -> String {
        format!("localhost:{}", self.port)
    }

    pub fn started(mut self) -> Self {
        self.start();
        self
    }

    pub fn start(&mut self) {
        let log = fs::File::options().create(true).append(true).open(self.folder().join("log")).expect("a log");
        let mut command = Command::new(program().expect("mosquitto"));
        command.arg("-c").arg(self.folder().join("mosquitto.conf"));
        self.process = Some(command.stdout(Stdio::null()).stderr(log).spawn().expect("mosquitto starts"));
        wait("mosquitto listens", || TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    /// Ends it as an operating system does that shuts down. (Killed with SIGKILL it forgets messages it has acknowledged:
    /// no client could make up for that.)
    pub fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let killed = Command::new("kill").arg(process.id().to_string()).status().expect("kill");
        assert!(killed.success());
        let _ = process.wait();
    }

    /// Publishes a file as one message, by a client that is not ours either.
    pub fn publish_file(&self, topic: &str, content: &[u8]) {
        let path = self.folder().join("message");
        fs::write(&path, content).expect("a file");
        let mut command = Command::new("mosquitto_pub");
        command.args(["-p", &self.port.to_string(), "-q", "1", "-t", topic, "-f"]).arg(path);
        assert!(command.status().expect("mosquitto_pub starts").success());
    }
}

/// A client that is not ours either and writes down what comes.
pub struct Raw {
    process: Child,
    file: PathBuf,
}

impl Broker {
    /// Writes down all messages of the topics that `filter` names.
    pub fn listen_raw(&self, filter: &str) -> Raw {
        let file = self.folder().join("raw");
        let mut command = Command::new("stdbuf");
        command.args(["-oL", "mosquitto_sub", "-d", "-p", &self.port.to_string(), "-t", filter, "-F", "raw %t %x"]);
        let output = fs::File::create(&file).expect("a file");
        let process = command.stdout(output).stderr(Stdio::null()).spawn().expect("mosquitto_sub starts");
        wait("a subscription", || fs::read_to_string(&file).is_ok_and(|text| text.contains("Subscribed")));
        Raw { process, file }
    }
}

impl Raw {
    /// The topics, and the payloads in hexadecimal, once nothing more has come for a while.
    pub fn end(mut self) -> Vec<(String, String)> {
        let text = || fs::read_to_string(&self.file).expect("a file");
        let mut before = text();
        loop {
            std::thread::sleep(SILENCE);
            let now = text();
            if now == before {
                break;
            }
            before = now;
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        let lines = before.lines().filter_map(|line| line.strip_prefix("raw ")?.rsplit_once(' '));
        lines.map(|(topic, payload)| (topic.to_owned(), payload.to_owned())).collect()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Signals with one source, as `from` says, in a file in `folder`.
pub fn signals(folder: &Path, from: &str) -> Signals {
    let text = format!(r#"Signals(schema: 1, sources: {{"broker": (from: {from})}}, signals: {{}})"#);
    let path = folder.join("signals.ron");
    fs::write(&path, text).expect("a file");
    open(&path)
}
