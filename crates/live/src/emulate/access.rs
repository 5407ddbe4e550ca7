//! Whom emulations publish at, and how they show who they are.

use std::time::Duration;

use rumqttc::{MqttOptions, Transport};

use crate::feed::FeedError;
use crate::feed::connection::host_and_port;
use crate::feed::mqtt::{TlsDescription, credentials, tls};

/// A connection that says nothing for this long is asked whether it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// A broker, and as whom to call it.
#[derive(Debug, Clone)]
pub struct Access {
    /// "localhost:1883".
    pub broker: String,
    /// The name under which the broker knows us.
    pub client_id: String,
    /// The environment variable that holds the user name, if the broker asks for one.
    pub username_from: Option<String>,
    /// The environment variable that holds the password.
    pub password_from: Option<String>,
    /// How the connection is secured; not at all unless given.
    pub tls: Option<TlsDescription>,
}

impl Access {
    /// A broker that lets everybody in, over a connection that is not secured.
    #[must_use]
    pub fn open(broker: &str, client_id: &str) -> Self {
        Access {
            broker: broker.to_owned(),
            client_id: client_id.to_owned(),
            username_from: None,
            password_from: None,
            tls: None,
        }
    }

    /// How the client connects, in a session of its own each time.
    pub(super) fn options(&self) -> Result<MqttOptions, FeedError> {
        let wrong = |message: String| FeedError { subject: self.broker.clone(), message, retryable: false };
        let (host, port) = host_and_port(&self.broker).map_err(wrong)?;
        let transport = match &self.tls {
            None => Transport::Tcp,
            Some(description) => tls::transport(description, str::to_owned)?,
        };
        let mut options = MqttOptions::new(&self.client_id, host, port);
        options.set_keep_alive(KEEP_ALIVE).set_clean_session(true).set_transport(transport);
        let names = (self.username_from.as_deref(), self.password_from.as_deref());
        if let Some((name, password)) = credentials(names.0, names.1).map_err(wrong)? {
            options.set_credentials(name, password);
        }
        Ok(options)
    }
}
