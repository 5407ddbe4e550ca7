//! The feed: follows a server, whatever becomes of the session.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use kernel::SimDuration;
use opcua::client::{ClientBuilder, ClientConfig, IdentityToken};
use opcua::core::comms::url::{hostname_from_url, is_opc_ua_binary_url};
use opcua::crypto::SecurityPolicy;
use opcua::types::{MessageSecurityMode, NodeId};

use super::certificates::Certificates;
use super::session::{Call, follow};
use super::standing::Standing;
use super::subscription::Items;
use super::{PolicyDescription, SecurityDescription};
use crate::feed::connection::{LASTING, Pauses, Watch, sleep};
use crate::feed::{Feed, FeedError, Outlet};
use crate::signals::{FeedDescription, Signals};

/// Values that come together, at most; a server sends more of them in the next message.
const LONGEST_ARRAY: usize = 100_000;
/// The longest message that is read, and the longest text in it.
const LONGEST_MESSAGE: usize = 64 << 20;
const LONGEST_TEXT: usize = 1 << 20;
/// The shortest piece in which a message comes (OPC 10000-6, 7.1.2.3).
const SHORTEST_CHUNK: usize = 8_192;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a server is asked whether it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(2);
/// How long a server keeps a session for us that we do not use.
const SESSION_MS: u32 = 60_000;
/// How long the keys of a connection are good for: ten minutes.
const CHANNEL_MS: u32 = 600_000;

/// A server as a feed.
pub(in crate::feed) struct Server {
    /// As the signals name it.
    subject: String,
    call: Call,
    items: Items,
    watch: Watch,
}

impl Server {
    /// The server that `feed` describes, with the nodes that `signals` names of it.
    ///
    /// # Errors
    /// What it needs and is not there.
    pub(in crate::feed) fn open(signals: &Signals, source: u16, feed: &FeedDescription) -> Result<Self, FeedError> {
        let FeedDescription::OpcUa {
            endpoint,
            security,
            policy,
            pki,
            certificate,
            key,
            application_uri,
            username_from,
            password_from,
            publishing,
            sampling,
            queue,
        } = feed
        else {
            let message = "this is no OPC UA server".to_owned();
            return Err(FeedError { subject: "source".to_owned(), message, retryable: false });
        };
        let wrong = |message: String| FeedError { subject: endpoint.clone(), message, retryable: false };
        if !is_opc_ua_binary_url(endpoint) || hostname_from_url(endpoint).is_err() {
            return Err(wrong("this names no server: write \"opc.tcp://host:4840\"".to_owned()));
        }
        if *publishing < SimDuration::from_millis(1) || *sampling < SimDuration::ZERO || *queue == 0 {
            let message = "`publishing` is at least 1 ms, `sampling` is not negative, `queue` is at least 1";
            return Err(wrong(message.to_owned()));
        }
        let nodes = signals.signals.iter().filter(|signal| signal.source == source);
        let nodes: Result<Vec<_>, FeedError> = nodes
            .map(|signal| {
                let node: Result<NodeId, _> = signal.address.parse();
                let node = node.map_err(|_| {
                    let (name, address) = (&signal.name, &signal.address);
                    wrong(format!(
                        "the address \"{address}\" of `{name}` is no node: write \"ns=2;s=Name\" or \"ns=2;i=5\""
                    ))
                })?;
                Ok((node, signal.address.clone()))
            })
            .collect();
        let nodes = nodes?;
        if nodes.is_empty() {
            return Err(wrong("no signal comes from it: nothing would be asked for".to_owned()));
        }
        let variable = |name: &String| {
            std::env::var(name).map_err(|_| wrong(format!("the environment variable {name} is not set")))
        };
        let user = match (username_from, password_from) {
            (None, None) => IdentityToken::Anonymous,
            (None, Some(_)) => return Err(wrong("`password_from` is given without `username_from`".to_owned())),
            (Some(name), password) => {
                let password = password.as_ref().map(variable).transpose()?.unwrap_or_default();
                IdentityToken::new_user_name(variable(name)?, password)
            }
        };
        let mode = match security {
            SecurityDescription::None => MessageSecurityMode::None,
            SecurityDescription::Sign => MessageSecurityMode::Sign,
            SecurityDescription::SignAndEncrypt => MessageSecurityMode::SignAndEncrypt,
        };
        let policy = match (security, policy) {
            (SecurityDescription::None, _) => SecurityPolicy::None,
            (_, PolicyDescription::Basic256Sha256) => SecurityPolicy::Basic256Sha256,
            (_, PolicyDescription::Aes128Sha256RsaOaep) => SecurityPolicy::Aes128Sha256RsaOaep,
            (_, PolicyDescription::Aes256Sha256RsaPss) => SecurityPolicy::Aes256Sha256RsaPss,
        };
        // What the library is told of files must not depend on where it looks from.
        let path = |file: &String| std::path::absolute(signals.path_of(file)).map_err(|error| wrong(error.to_string()));
        let own: Option<(PathBuf, PathBuf)> = match (certificate, key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((path(certificate)?, path(key)?)),
            (given, _) => {
                let (given, missing) = if given.is_some() { ("certificate", "key") } else { ("key", "certificate") };
                return Err(wrong(format!("`{given}` is given without `{missing}`: give both or none")));
            }
        };
        let certificates = match security {
            SecurityDescription::None => None,
            _ => Some(Certificates::open(&path(pki)?, own, application_uri)?),
        };
        let configs = [false, true].map(|is_off| config(application_uri, is_off));
        let call = Call { url: endpoint.clone(), mode, policy, user, certificates, configs };
        let duration = |duration: SimDuration| Duration::from_nanos(duration.as_nanos().max(0).unsigned_abs());
        // A clock that is fast may tell times that are still further ahead.
        let clock = signals.sources.get(usize::from(source)).map_or(SimDuration::ZERO, |source| source.clock.offset);
        let items = Items {
            source,
            standing: Standing::new(nodes.len(), signals.ahead + clock),
            nodes,
            publishing: duration(*publishing),
            sampling: duration(*sampling),
            queue: *queue,
        };
        Ok(Server { subject: endpoint.clone(), call, items, watch: Watch::default() })
    }

    pub(in crate::feed) fn watch(&self) -> Watch {
        self.watch.clone()
    }
}

/// How to speak to a server whose clock is off, or is not.
fn config(application_uri: &str, is_off: bool) -> ClientConfig {
    ClientBuilder::new()
        .application_name("Linewright")
        .application_uri(application_uri)
        .product_uri("urn:linewright")
        .session_name("Linewright")
        .session_timeout(SESSION_MS)
        .channel_lifetime(CHANNEL_MS)
        .max_array_length(LONGEST_ARRAY)
        .max_message_size(LONGEST_MESSAGE)
        .max_chunk_count(LONGEST_MESSAGE / SHORTEST_CHUNK)
        .max_string_length(LONGEST_TEXT)
        .max_byte_string_length(LONGEST_TEXT)
        .request_timeout(PATIENCE)
        .keep_alive_interval(KEEP_ALIVE)
        .max_failed_keep_alive_count(2)
        // Sessions are made anew here: one that the library resumes by itself may never publish again.
        .session_retry_limit(0)
        .recreate_subscriptions(false)
        .ignore_clock_skew(is_off)
        .into_config()
}

impl Feed for Server {
    fn run(&mut self, outlet: &Outlet) -> Result<(), FeedError> {
        let ended = |message: String| FeedError { subject: self.subject.clone(), message, retryable: false };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| ended(error.to_string()))?;
        let mut pauses = Pauses::default();
        while !outlet.is_closed() {
            let before = self.watch.connections();
            let began = Instant::now();
            let result = runtime.block_on(follow(&self.call, &self.items, &self.watch, outlet));
            let Err(trouble) = result else { return Ok(()) };
            self.watch.failed(trouble.message.clone());
            // Whoever was let in before will be let in again; who never was has to change something.
            if trouble.is_refusal && self.watch.connections() == 0 {
                return Err(ended(trouble.message));
            }
            if self.watch.connections() > before && began.elapsed() >= LASTING {
                pauses = Pauses::default();
            }
            sleep(pauses.after(trouble.is_refusal), outlet);
        }
        Ok(())
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Server({}, {:?})", self.subject, self.watch.status())
    }
}
