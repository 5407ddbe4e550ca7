//! What `signals.ron` may say of an MQTT broker and of what comes from it.

use plant::description::describe;

use crate::signals::TimeFormatDescription;

describe! {
    /// The version of MQTT that is spoken.
    pub enum VersionDescription {
        /// MQTT 3.1.1.
        V4,
        /// MQTT 5.
        V5,
    }
}

describe! {
    /// What a broker promises of each message.
    pub enum QualityOfServiceDescription {
        /// It comes once or not at all.
        AtMostOnce,
        /// It comes, and may come again after a broken connection.
        AtLeastOnce,
    }
}

describe! {
    /// How the payload of a message is read.
    pub enum PayloadDescription {
        /// The whole payload is the value, as text. The address is the topic.
        Text,
        /// The payload is a JSON text; what is wanted of it is named by JSON pointers (RFC 6901), as in "/value".
        Json {
            /// Where the time is; a message without one is timed by its arrival.
            time: Option<String> = None,
            /// How times are written.
            time_format: TimeFormatDescription = TimeFormatDescription::Iso8601,
            /// Where the address is; the topic unless given.
            address: Option<String> = None,
            /// Where the value is; what is observed is an event without a value unless given.
            value: Option<String> = None,
            /// Where the sequence number is, by which a message that comes twice is known.
            sequence: Option<String> = None,
        },
    }
}

describe! {
    /// How the connection is secured. All files are in PEM format and beside this one.
    pub struct TlsDescription {
        /// The certificates of the authorities whose word is taken for the broker.
        ca: String,
        /// Our own certificate, for a broker that asks for one.
        certificate: Option<String> = None,
        /// The private key of our certificate.
        key: Option<String> = None,
    }
}
