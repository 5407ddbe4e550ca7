//! A headless Chromium, told what to do through the DevTools protocol over a pair of pipes.
//!
//! Protocol: <https://chromedevtools.github.io/devtools-protocol/>. With `--remote-debugging-pipe` the browser reads messages
//! from descriptor 3 and writes them to descriptor 4, each of them JSON that ends with a zero byte, so neither a port nor a
//! WebSocket is needed.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::studies::Scratch;

/// An answer that takes longer does not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A shell hands its own standard pipes to the browser as the descriptors that it listens on.
const SCRIPT: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#;

/// Nothing may go out on its own account; where the tests run as root, the browser has no sandbox.
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
];

/// A browser that goes with it.
pub struct Chromium {
    process: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    messages: u64,
    /// What it told without being asked, in order.
    pub events: Vec<Value>,
    session: Option<String>,
    _profile: Scratch,
}

impl Chromium {
    /// Starts one with an empty page; `None` where there is none.
    pub fn start() -> Option<Self> {
        let program = xtask::outside::browser()?;
        let profile = Scratch::new("chromium");
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, program]).args(FLAGS).arg(format!("--user-data-dir={}", profile.path()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("a shell");
        let to = process.stdin.take().expect("a pipe");
        let mut reader = BufReader::new(process.stdout.take().expect("a pipe"));
        let (sender, from) = channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            while reader.read_until(0, &mut bytes).is_ok_and(|count| count > 1) {
                let message = serde_json::from_slice(&bytes[..bytes.len() - 1]);
                bytes.clear();
                // Nobody listens any more once the browser is dropped.
                let Ok(true) = message.map(|message: Value| sender.send(message).is_ok()) else { return };
            }
        });
        let mut browser =
            Chromium { process, to, from, messages: 0, events: Vec::new(), session: None, _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached =
            browser.call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Calls a method and waits for its answer.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.messages += 1;
        let mut message = json!({ "id": self.messages, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("a browser that listens");
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let mut message = self.from.recv_timeout(left).unwrap_or_else(|_| panic!("no answer to {method}"));
            if message["id"] == json!(self.messages) {
                assert!(message.get("error").is_none(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
            self.events.push(message);
        }
    }

    /// Waits for an event that did not come yet.
    pub fn wait_for(&mut self, method: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.events.iter().any(|event| event["method"] == method) {
            let left = until.saturating_duration_since(Instant::now());
            let event = self.from.recv_timeout(left).unwrap_or_else(|_| panic!("no {method}"));
            self.events.push(event);
        }
    }

    /// The value of an expression on the page, a promise awaited.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.call("Runtime.evaluate", parameters);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].take()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Closing takes the processes of its pages along, which killing would leave behind for a while.
        let message = json!({ "id": 0, "method": "Browser.close" });
        let is_told = self.to.write_all(format!("{message}\0").as_bytes()).is_ok();
        let until = Instant::now() + Duration::from_secs(5);
        while is_told && Instant::now() < until && matches!(self.process.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
