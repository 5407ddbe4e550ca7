//! What `signals.ron` may say.

use kernel::SimDuration;
use plant::description::{
    Complaint, Describe, Map, Name, Node, Reader, Shape, ShapeKind, Value, VariantContents, VariantShape, describe,
};

use super::codes;
use crate::feed::mqtt::{PayloadDescription, QualityOfServiceDescription, TlsDescription, VersionDescription};
use crate::feed::opcua::{PolicyDescription, SecurityDescription};

describe! {
    /// Which signals of the plant mean what to the model.
    pub struct SignalsDescription {
        /// Version of the format: 1.
        schema: u32,
        /// When the run begins on the clock of the plant, as in "2026-11-23T06:00:00Z"; with the first observation unless given.
        start: Option<Name> = None,
        /// How long an observation is held back in case an earlier one is still on its way.
        window: SimDuration = SimDuration::from_secs(1),
        /// How far ahead of this machine's clock a timestamp may be; what is further ahead is invalid.
        ahead: SimDuration = SimDuration::from_minutes(1),
        /// Where observations come from.
        sources: Map<SourceDescription>,
        /// What they mean.
        signals: Map<SignalDescription>,
    }
}

describe! {
    /// Where observations come from, and what its clock is like.
    pub struct SourceDescription {
        /// What it is.
        from: FeedDescription,
        /// Whether it is no plant but plays one: everything that a twin says of it is marked as simulated. What tags itself so is
        /// marked all the same.
        simulated: bool = false,
        /// How far its clock is ahead of the true time.
        fast_by: SimDuration = SimDuration::ZERO,
        /// How far its clock is behind the true time.
        slow_by: SimDuration = SimDuration::ZERO,
        /// Which of the timestamps of what it says counts.
        timestamps: TimestampPolicyDescription = TimestampPolicyDescription::Source,
        /// In which order it tells what happens at one instant; in the order in which it happens unless given, a server of OPC UA in any.
        ties: Option<TiesDescription> = None,
        /// How far the other sources may get ahead of it while its connection is lost; what it says later than that is late.
        waited_for: SimDuration = SimDuration::from_minutes(10),
    }
}

describe! {
    /// In which order a source tells what happens at one instant.
    pub enum TiesDescription {
        /// In that in which it happens.
        InOrder,
        /// In any: work that ends is then taken to end before other work begins in its place. For logs in whole seconds, sorted by something else.
        AnyOrder,
    }
}

describe! {
    /// What observations come from.
    pub enum FeedDescription {
        /// A CSV file with a header: an observation a row.
        Csv {
            /// The file, beside this one.
            file: String,
            /// The column with the time.
            time: String,
            /// How times are written.
            time_format: TimeFormatDescription = TimeFormatDescription::Iso8601,
            /// The address of a row: text with the names of columns in braces, as in "{machine}/{activity}".
            address: String,
            /// The column with the value; what is observed is an event without a value unless given.
            value: Option<String> = None,
        },
        /// A file of Apache Parquet: an observation a row; needs a program built with the feature `parquet`.
        Parquet {
            /// The file, beside this one.
            file: String,
            /// The column with the time: a timestamp, or what `time_format` says.
            time: String,
            /// How times are written where the column holds numbers or text.
            time_format: TimeFormatDescription = TimeFormatDescription::Iso8601,
            /// The address of a row: text with the names of columns in braces, as in "{machine}/{activity}".
            address: String,
            /// The column with the value; what is observed is an event without a value unless given.
            value: Option<String> = None,
        },
        /// A file of JSON texts, one a line: an observation each.
        JsonLines {
            /// The file, beside this one.
            file: String,
            /// Where the time is, as a JSON pointer (RFC 6901): "/timestamp".
            time: String,
            /// How times are written.
            time_format: TimeFormatDescription = TimeFormatDescription::Iso8601,
            /// Where the address is, as a JSON pointer.
            address: String,
            /// Where the value is, as a JSON pointer.
            value: Option<String> = None,
            /// Where the sequence number is, as a JSON pointer, if there is one.
            sequence: Option<String> = None,
        },
        /// A file of MTConnect SHDR text, as an adapter sends it (MTConnect Standard, part 1, "Agent and adapter").
        Shdr {
            /// The file, beside this one.
            file: String,
        },
        /// An MTConnect adapter that sends SHDR text over the network.
        ShdrAdapter {
            /// The adapter: "192.168.0.20:7878".
            adapter: String,
        },
        /// The messages of an MQTT broker; needs a program built with the feature `mqtt`.
        Mqtt {
            /// The broker: "localhost:1883".
            broker: String,
            /// The version of MQTT that is spoken.
            version: VersionDescription = VersionDescription::V5,
            /// The name under which the broker keeps messages for us while we are away: no other client may use it.
            client_id: String,
            /// The topics, with + for any one level and # for any levels at the end: ["plant/#"].
            topics: Vec<String>,
            /// What the broker promises of each message.
            quality_of_service: QualityOfServiceDescription = QualityOfServiceDescription::AtLeastOnce,
            /// How messages are read.
            payload: PayloadDescription = PayloadDescription::Text,
            /// The environment variable that holds the user name, if the broker asks for one.
            username_from: Option<String> = None,
            /// The environment variable that holds the password.
            password_from: Option<String> = None,
            /// How the connection is secured; not at all unless given.
            tls: Option<TlsDescription> = None,
        },
        /// The edge nodes of Sparkplug B at an MQTT broker (Eclipse Sparkplug 3.0.0, ISO/IEC 20237); needs a program built with the
        /// feature `mqtt`. Addresses are "GROUP/NODE/METRIC" and "GROUP/NODE/DEVICE/METRIC".
        Sparkplug {
            /// The broker: "localhost:1883".
            broker: String,
            /// The version of MQTT that is spoken.
            version: VersionDescription = VersionDescription::V5,
            /// The name under which the broker knows us: no other client may use it.
            client_id: String,
            /// The groups whose edge nodes are followed: ["line 1"].
            groups: Vec<String>,
            /// Whether an edge node is asked to tell all over again where something was lost or came before we did. This writes
            /// to the plant: the command "Node Control/Rebirth", and nothing else ever.
            asks_for_rebirth: bool = false,
            /// The environment variable that holds the user name, if the broker asks for one.
            username_from: Option<String> = None,
            /// The environment variable that holds the password.
            password_from: Option<String> = None,
            /// How the connection is secured; not at all unless given.
            tls: Option<TlsDescription> = None,
        },
        /// The variables of an OPC UA server: an address is a node id, as in "ns=2;s=Mill.Started"; needs a program built with the feature `opcua`.
        OpcUa {
            /// The server: "opc.tcp://plc.example:4840".
            endpoint: String,
            /// How what is said is secured.
            security: SecurityDescription = SecurityDescription::None,
            /// By which methods, if it is.
            policy: PolicyDescription = PolicyDescription::Basic256Sha256,
            /// The folder, beside this one, with the certificates of servers that are trusted (`trusted`), and with ours.
            pki: String = "pki".to_owned(),
            /// Our own certificate (.der or .pem), beside this file; one is made in `pki` unless given.
            certificate: Option<String> = None,
            /// The private key of our certificate (.pem).
            key: Option<String> = None,
            /// Who we are, as our certificate says it.
            application_uri: String = "urn:linewright:live".to_owned(),
            /// The environment variable that holds the user name, if the server asks for one.
            username_from: Option<String> = None,
            /// The environment variable that holds the password.
            password_from: Option<String> = None,
            /// How often the server is to send what has changed.
            publishing: SimDuration = SimDuration::from_millis(100),
            /// How often it is to look at its values; 0 for every change.
            sampling: SimDuration = SimDuration::ZERO,
            /// How many changes of a value it is to keep until they are sent.
            queue: u32 = 1_000,
        },
    }
}

describe! {
    /// How times are written.
    pub enum TimeFormatDescription {
        /// As in "2026-11-23T06:00:00.25Z".
        Iso8601,
        /// Seconds since 1970.
        UnixSeconds,
        /// Milliseconds since 1970.
        UnixMilliseconds,
        /// Nanoseconds since 1970.
        UnixNanoseconds,
    }
}

describe! {
    /// One signal of the plant.
    pub struct SignalDescription {
        /// The source that it comes from; may be left out where there is one.
        source: Option<Name> = None,
        /// What the source calls it.
        address: String,
        /// Of which type its values are; what comes as another type is converted where it says the same without doubt, and invalid where not.
        r#type: TypeDescription = TypeDescription::Any,
        /// What it means to the model; a signal without a meaning is only recorded.
        shows: Option<ShowsDescription> = None,
        /// The unit of its values, for people.
        unit: String = String::new(),
        /// What values are multiplied with.
        scale: f64 = 1.0,
        /// The worst quality that is applied.
        quality: QualityDescription = QualityDescription::Uncertain,
        /// What its value is between two samples of a file.
        between: BetweenDescription = BetweenDescription::Step,
        /// Which of its timestamps counts; as its source says unless given.
        timestamps: Option<TimestampPolicyDescription> = None,
        /// How long after its time has gone by an observation is still used, as if it had happened at the moment that the model has
        /// come to, if the signal has said nothing newer; what comes later is late. For values: a level told late is better than none.
        lateness: SimDuration = SimDuration::ZERO,
        /// Which way it goes.
        direction: DirectionDescription = DirectionDescription::Read,
    }
}

describe! {
    /// Of which type values are.
    pub enum TypeDescription {
        /// As they come.
        Any,
        /// Of none: each observation says that something has happened, whatever comes with it.
        Event,
        /// Yes or no: also 1 and 0, and the words true, false, yes, no, on and off.
        Truth,
        /// A number: also text that is one, and yes and no as 1 and 0.
        Number,
        /// A text: also a number, or yes or no, as it would be written. For names of parts that may be numbers: 0 would say that nothing has happened.
        Text,
    }
}

describe! {
    /// Which timestamp counts.
    pub enum TimestampPolicyDescription {
        /// That of the source, its clock set right; where there is none that of the server, and where there is none the arrival.
        Source,
        /// That of the server, and where there is none the arrival: for sources whose clocks cannot be trusted.
        Server,
        /// The arrival: where no clock but ours can be trusted. What is sent twice comes at two times, and is not known to be the same.
        Arrival,
    }
}

/// Which way a signal goes: to the twin, and never from it.
#[derive(Debug, Clone, PartialEq)]
pub enum DirectionDescription {
    /// It is read.
    Read,
}

impl Describe for DirectionDescription {
    fn shape() -> Shape {
        let read = VariantShape {
            name: "Read",
            documentation: "It is read. There is nothing else: no signal is ever written. The one thing that a twin may send a plant is what `asks_for_rebirth` of a Sparkplug source says.".to_owned(),
            contents: VariantContents::Nothing,
        };
        Shape {
            name: "Direction".to_owned(),
            documentation: "Which way a signal goes.".to_owned(),
            kind: ShapeKind::Enum(vec![read]),
        }
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        if node.value == Value::Identifier("Read".to_owned()) {
            return Some(DirectionDescription::Read);
        }
        reader.complain(
            Complaint::new(&codes::WRITES, node.origin, "the twin never writes to the plant: all signals are read")
                .label("expected `Read`")
                .help("leave `direction` out, or write `direction: Read`"),
        );
        None
    }

    fn write(&self) -> Option<String> {
        Some("Read".to_owned())
    }
}

describe! {
    /// What a value is between two samples.
    pub enum BetweenDescription {
        /// That of the first one.
        Step,
        /// On the straight line from one to the next, told so often. Only files are known ahead: of connections it is that of the
        /// first one all the same.
        Slope {
            /// How often.
            every: SimDuration = SimDuration::from_secs(1),
        },
    }
}

describe! {
    /// How good a value has to be.
    pub enum QualityDescription {
        /// Good.
        Good,
        /// Good or uncertain.
        Uncertain,
        /// Any.
        Bad,
    }
}

describe! {
    /// What a signal means to the model.
    pub enum ShowsDescription {
        /// Work on a part has begun at the element; at a source, a part has come in. A value of no or 0 says nothing: with it a
        /// contact goes back.
        Started(
            /// The element.
            element: Name,
        ),
        /// Work on a part has ended at the element, or a part has come to the end of a way. A value of no or 0 says nothing.
        Finished(
            /// The element.
            element: Name,
        ),
        /// The element is down while the value is yes (true, or a number that is not 0).
        Down(
            /// The element.
            element: Name,
        ),
        /// The value is a word for what the element does.
        State(
            /// The element.
            element: Name,
            /// What each word means; other words change nothing.
            words: Map<DoingDescription>,
        ),
        /// A part has come to a photo-eye across a conveyor; where values come, one that is yes says so.
        Passed(
            /// The photo-eye.
            eye: Name,
        ),
        /// The value is how many parts the element holds.
        Level(
            /// The element.
            element: Name,
        ),
        /// The value is that of a parameter of the model, times `scale`, in `unit`.
        Sets(
            /// The path of the parameter, as in "oven.energy.processing"; it begins with an element.
            path: Name,
        ),
        /// The value counts the parts that the element has finished, since whenever.
        Count(
            /// The element.
            element: Name,
        ),
    }
}

describe! {
    /// What an element does.
    pub enum DoingDescription {
        /// It works on a part.
        Working,
        /// It waits, ready to work.
        Waiting,
        /// It is down.
        Down,
    }
}
kernel::persist!(enum DoingDescription { 0 => Working, 1 => Waiting, 2 => Down });
