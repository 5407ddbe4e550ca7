//! Whoever is told what a twin finds: the terminal, files, a topic of a broker.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use super::alarms::Alarm;
use crate::arguments::{Format, Live};
use crate::exit::Failure;
use crate::output;

/// Everybody who is told.
pub struct Recipients {
    format: Format,
    /// Gets states and alarms.
    log: Option<LinesFile>,
    /// Gets alarms.
    alarms: Option<LinesFile>,
    #[cfg(feature = "mqtt")]
    topic: Option<Topic>,
}

impl Recipients {
    /// Those that `arguments` name.
    ///
    /// # Errors
    /// Files that cannot be written, a topic that cannot be one.
    pub fn open(arguments: &Live) -> Result<Self, Failure> {
        #[cfg(not(feature = "mqtt"))]
        if arguments.alarms_mqtt.is_some() {
            let help = "build it with `--features mqtt`";
            return Err(Failure::usage("this program was built without MQTT", help));
        }
        Ok(Recipients {
            format: arguments.format,
            log: arguments.log.as_deref().map(LinesFile::open).transpose()?,
            alarms: arguments.alarms.as_deref().map(LinesFile::open).transpose()?,
            #[cfg(feature = "mqtt")]
            topic: arguments.alarms_mqtt.as_deref().map(Topic::open).transpose()?,
        })
    }

    /// Tells of an alarm.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn alarm(&mut self, alarm: Alarm) -> Result<(), Failure> {
        let json = alarm.json();
        let text = match self.format {
            Format::Human => alarm.line(),
            Format::Json => json.clone(),
        };
        output::print(&text)?;
        for file in self.alarms.iter_mut().chain(&mut self.log) {
            file.write(&json)?;
        }
        #[cfg(feature = "mqtt")]
        if let Some(topic) = &mut self.topic {
            topic.publish(json);
        }
        Ok(())
    }

    /// Tells of a state, which is a page for people and a line for programs.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub fn state(&mut self, page: &str, line: &str) -> Result<(), Failure> {
        output::print(match self.format {
            Format::Human => page,
            Format::Json => line,
        })?;
        self.log.as_mut().map_or(Ok(()), |log| log.write(line))
    }

    /// Lets a broker have what it has not got yet.
    pub fn close(self) {
        #[cfg(feature = "mqtt")]
        if let Some(topic) = self.topic {
            topic.close();
        }
    }
}

/// A file of JSON lines that is appended to.
struct LinesFile {
    name: String,
    file: File,
}

impl LinesFile {
    /// Opens `path`; what is in it stays.
    fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.map_err(|error| Failure::input_output(&format!("cannot write {name}"), &error))?;
        Ok(LinesFile { name, file })
    }

    /// Appends a line, whole.
    fn write(&mut self, line: &str) -> Result<(), Failure> {
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|error| Failure::input_output(&format!("cannot write {}", self.name), &error))
    }
}

/// A topic at a broker.
#[cfg(feature = "mqtt")]
struct Topic {
    publisher: live::emulate::Publisher,
    topic: String,
    sequence: u64,
}

#[cfg(feature = "mqtt")]
impl Topic {
    /// How long a broker is waited for at the end.
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

    /// Begins to connect to "host:port/topic".
    fn open(text: &str) -> Result<Self, Failure> {
        let help = "write --alarms-mqtt HOST:PORT/TOPIC, as in localhost:1883/plant/alarms";
        let wrong = || Failure::usage(format!("{text} names no topic of a broker"), help);
        let (broker, topic) = text.split_once('/').ok_or_else(wrong)?;
        if topic.is_empty() || topic.contains(['+', '#', '\0']) {
            return Err(wrong());
        }
        let client_id = format!("linewright-alarms-{}", std::process::id());
        let publisher = live::emulate::Publisher::connect(&live::emulate::Access::open(broker, &client_id))
            .map_err(|error| Failure::usage(error.to_string(), help))?;
        Ok(Topic { publisher, topic: topic.to_owned(), sequence: 0 })
    }

    fn publish(&mut self, json: String) {
        let sequence = self.sequence;
        self.sequence += 1;
        self.publisher.publish(live::emulate::Message { address: self.topic.clone(), sequence, json });
    }

    fn close(self) {
        let published = self.publisher.close(Self::PATIENCE);
        let lost = published.waiting + published.dropped;
        if lost > 0 {
            let text = format!("{} did not come to the broker", output::figure::counted(lost, "alarm"));
            output::complain(&output::warning_line(&text));
        }
    }
}
