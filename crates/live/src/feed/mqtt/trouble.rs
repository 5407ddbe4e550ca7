//! What is wrong with a connection, in words that say what to do.

use std::io;

use rumqttc::{ConnectReturnCode, ConnectionError, StateError, v5};
use rustls::{AlertDescription, CertificateError, Error as TlsError};

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// In words.
    pub message: String,
    /// Whether somebody refuses somebody: the same will hardly go well in a moment.
    pub is_refusal: bool,
}

impl Trouble {
    pub(crate) fn refusal(message: impl Into<String>) -> Self {
        Trouble { message: message.into(), is_refusal: true }
    }

    fn passing(message: impl Into<String>) -> Self {
        Trouble { message: message.into(), is_refusal: false }
    }

    /// What the client for MQTT 3.1.1 says.
    pub(crate) fn of(error: &ConnectionError) -> Self {
        use rumqttc::mqttbytes::Error as CodecError;
        match error {
            ConnectionError::Tls(rumqttc::TlsError::Io(error)) if is_closed(error) => Trouble::passing(UNSECURED),
            ConnectionError::Io(error)
            | ConnectionError::Tls(rumqttc::TlsError::Io(error))
            | ConnectionError::MqttState(StateError::Io(error) | StateError::Deserialization(CodecError::Io(error))) => {
                of_io(error)
            }
            ConnectionError::Tls(rumqttc::TlsError::TLS(error)) => of_tls(error),
            ConnectionError::ConnectionRefused(code) => match code {
                ConnectReturnCode::ServiceUnavailable => Trouble::passing("the broker is not available"),
                ConnectReturnCode::RefusedProtocolVersion => {
                    Trouble::refusal("the broker does not speak this version of MQTT: try another `version`")
                }
                ConnectReturnCode::BadClientId => Trouble::refusal("the broker does not accept the `client_id`"),
                ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => {
                    Trouble::refusal(NOT_AUTHORIZED)
                }
                ConnectReturnCode::Success => Trouble::passing(error.to_string()),
            },
            ConnectionError::MqttState(StateError::ConnectionAborted) => Trouble::passing(CLOSED),
            ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => Trouble::passing(SILENT),
            other => Trouble::passing(other.to_string()),
        }
    }

    /// What the client for MQTT 5 says.
    pub(crate) fn of_v5(error: &v5::ConnectionError) -> Self {
        use v5::mqttbytes::Error as CodecError;
        use v5::mqttbytes::v5::ConnectReturnCode as Code;
        use v5::{ConnectionError, StateError};
        match error {
            ConnectionError::Tls(rumqttc::TlsError::Io(error)) if is_closed(error) => Trouble::passing(UNSECURED),
            ConnectionError::Io(error)
            | ConnectionError::Tls(rumqttc::TlsError::Io(error))
            | ConnectionError::MqttState(StateError::Io(error) | StateError::Deserialization(CodecError::Io(error))) => {
                of_io(error)
            }
            ConnectionError::Tls(rumqttc::TlsError::TLS(error)) => of_tls(error),
            ConnectionError::ConnectionRefused(code) => match code {
                Code::BadUserNamePassword | Code::NotAuthorized | Code::Banned | Code::BadAuthenticationMethod => {
                    Trouble::refusal(NOT_AUTHORIZED)
                }
                Code::BadClientId | Code::ClientIdentifierNotValid => {
                    Trouble::refusal("the broker does not accept the `client_id`")
                }
                Code::RefusedProtocolVersion | Code::UnsupportedProtocolVersion => {
                    Trouble::refusal("the broker does not speak MQTT 5: try `version: V4`")
                }
                other => Trouble::passing(format!("the broker refuses the connection: {other:?}")),
            },
            ConnectionError::MqttState(StateError::ServerDisconnect { reason_code, reason_string }) => {
                let reason = reason_string.as_deref().map_or(String::new(), |reason| format!(" ({reason})"));
                Trouble::passing(format!("the broker ended the connection: {reason_code:?}{reason}"))
            }
            ConnectionError::MqttState(StateError::ConnectionAborted) => Trouble::passing(CLOSED),
            ConnectionError::Timeout(_) => Trouble::passing(SILENT),
            other => Trouble::passing(other.to_string()),
        }
    }
}

const NOT_AUTHORIZED: &str = "the broker does not let us in: look at `username_from` and `password_from`";
const CLOSED: &str = "the broker closed the connection";
const UNSECURED: &str = "the broker closed the connection before it was secured: it may not speak TLS at this port";
const SELF_SIGNED: &str = "the broker's certificate is one of an authority, signed by itself and not made for a broker";
const SILENT: &str = "the broker does not answer";

/// Whether the other end has gone away.
fn is_closed(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
}

/// Errors of TLS come wrapped as errors of input and output.
fn of_io(error: &io::Error) -> Trouble {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) {
        Some(error) => of_tls(error),
        None => Trouble::passing(error.to_string()),
    }
}

fn of_tls(error: &TlsError) -> Trouble {
    Trouble::refusal(match error {
        TlsError::InvalidCertificate(error) => match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the broker's certificate has expired".to_owned()
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the broker's certificate is not valid yet: look at the clocks".to_owned()
            }
            CertificateError::NotValidForName => {
                "the broker's certificate is made out to another host than `broker` names".to_owned()
            }
            CertificateError::NotValidForNameContext { expected, presented } => format!(
                "the broker's certificate is made out to {}, and not to {}",
                presented.join(", "),
                expected.to_str()
            ),
            CertificateError::UnknownIssuer => {
                "the broker's certificate is signed by nobody in `ca`; it may be signed by the broker itself".to_owned()
            }
            // What rustls has no word for comes from the library below it, which shows itself by its words alone.
            CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => SELF_SIGNED.to_owned(),
            other => format!("the broker's certificate is not accepted: {other}"),
        },
        TlsError::AlertReceived(AlertDescription::CertificateRequired) => {
            "the broker asks for a certificate of ours: give `certificate` and `key`".to_owned()
        }
        TlsError::AlertReceived(alert) => format!(
            "the broker breaks the secured connection off ({alert:?}): it may want another `certificate` of ours, or none"
        ),
        TlsError::InvalidMessage(_) => "the broker does not speak TLS at this port".to_owned(),
        other => other.to_string(),
    })
}
