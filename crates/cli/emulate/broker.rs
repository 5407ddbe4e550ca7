//! Brokers that an emulation tells what happens, as a client of MQTT or as an edge node of Sparkplug B.

use std::time::Duration;

use live::emulate::{Access, EdgeNode, Emulation, Message, Publisher};
use live::feed::connection::{Status, Watch};
use live::feed::mqtt::TlsDescription;

use crate::arguments::Emulate;
use crate::exit::Failure;
use crate::output::{self, figure};

/// How long a broker is waited for at the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// A broker, and what was said last of how its connection stands.
pub struct Broker {
    address: String,
    line: Line,
    said: Status,
}

/// How it is spoken to.
enum Line {
    Mqtt(Publisher),
    Sparkplug(EdgeNode),
}

impl Line {
    fn watch(&self) -> &Watch {
        match self {
            Line::Mqtt(publisher) => publisher.watch(),
            Line::Sparkplug(node) => node.watch(),
        }
    }
}

impl Broker {
    /// All brokers that `arguments` name.
    ///
    /// # Errors
    /// Whom nobody can be called by, and files and variables that are not there.
    pub fn call_all(arguments: &Emulate, emulation: &Emulation) -> Result<Vec<Self>, Failure> {
        let mut brokers = Vec::new();
        let mut add = |address: &str, line| {
            let said = Status::Connecting { why: None };
            brokers.push(Broker { address: address.to_owned(), line, said });
        };
        if let Some(address) = &arguments.mqtt {
            let publisher = Publisher::connect(&access(arguments, address, "emulate"));
            let wrong = |error: live::feed::FeedError| Failure::usage(error.to_string(), "give --mqtt HOST:PORT");
            add(address, Line::Mqtt(publisher.map_err(wrong)?));
        }
        if let Some(address) = &arguments.sparkplug {
            let access = access(arguments, address, "node");
            let node = EdgeNode::connect(&access, &arguments.group, &arguments.node, emulation);
            let wrong = |error: live::feed::FeedError| Failure::usage(error.to_string(), "give --sparkplug HOST:PORT");
            add(address, Line::Sparkplug(node.map_err(wrong)?));
        }
        Ok(brokers)
    }

    pub fn tell(&self, message: &Message) {
        match &self.line {
            Line::Mqtt(publisher) => publisher.publish(message.clone()),
            Line::Sparkplug(node) => node.publish(message),
        }
    }

    /// Says how the connection stands when that has changed.
    pub fn look(&mut self) {
        let status = self.line.watch().status();
        if status == self.said {
            return;
        }
        let address = &self.address;
        match &status {
            Status::Connected { .. } => output::complain(&format!("connected to {address}\n")),
            Status::Connecting { why: Some(why) } => {
                output::complain(&output::warning_line(&format!("no connection to {address} yet: {why}")));
            }
            Status::Lost { why, .. } if !matches!(self.said, Status::Lost { .. }) => {
                output::complain(&output::warning_line(&format!("lost the connection to {address}: {why}")));
            }
            _ => {}
        }
        self.said = status;
    }

    /// Lets it have everything, and says how much that was.
    pub fn close(self) -> String {
        let watch = self.line.watch().clone();
        let (lost, told) = match self.line {
            Line::Mqtt(publisher) => {
                let published = publisher.close(PATIENCE);
                (published.waiting + published.dropped, format!("the broker has {}", published.acknowledged))
            }
            Line::Sparkplug(node) => {
                let sent = node.close(PATIENCE);
                (sent.waiting + sent.dropped, format!("{} sent as Sparkplug", sent.sent))
            }
        };
        if lost > 0 {
            let why = match watch.status() {
                Status::Connecting { why: Some(why) } | Status::Lost { why, .. } => format!(": {why}"),
                Status::Connecting { why: None } | Status::Connected { .. } => String::new(),
            };
            let text = format!("{} did not come to {}{why}", figure::counted(lost, "message"), self.address);
            output::complain(&output::warning_line(&text));
        }
        told
    }
}

/// How a broker is called, by a name of this process.
fn access(arguments: &Emulate, broker: &str, role: &str) -> Access {
    let tls = arguments.tls_ca.clone().map(|ca| TlsDescription {
        ca,
        certificate: arguments.tls_certificate.clone(),
        key: arguments.tls_key.clone(),
    });
    Access {
        username_from: arguments.username_from.clone(),
        password_from: arguments.password_from.clone(),
        tls,
        ..Access::open(broker, &format!("linewright-{role}-{}", std::process::id()))
    }
}
