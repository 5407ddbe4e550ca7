//! An OPC UA server whose variables say what happens in an emulation, a variable an address.
//!
//! Every message is put into the queue of everyone who has asked for every change (a sampling interval of 0), whatever else happens at the
//! same instant. Values are set one by one for that: set together, the library would tell the last of them several times. Nobody
//! can write. There is no security: it is meant for one's own machine.
//!
//! ```text
//!  Objects ── Linewright ─┬─ Simulated = true
//!                         ├─ linewright/mill/started = 7      ns=2;s=linewright/mill/started
//!                         └─ ...
//! ```

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use opcua::server::address_space::{AddressSpace, ObjectBuilder, Variable, VariableBuilder};
use opcua::server::diagnostics::NamespaceMetadata;
use opcua::server::node_manager::memory::{SimpleNodeManager, simple_node_manager};
use opcua::server::{Limits, ServerBuilder, ServerHandle, SubscriptionLimits};
use opcua::types::{
    DataTypeId, DataValue, DateTime, NodeId, ObjectId, ObjectTypeId, QualifiedName, StatusCode, VariableTypeId, Variant,
};
use serde_json::Value;

use super::signals::NAMESPACE_INDEX;
use super::{Emulation, Message};
use crate::feed::FeedError;
use crate::feed::connection::host_and_port;
use crate::feed::opcua::{SIMULATED, UNIX_EPOCH_TICKS};
use crate::wall_time::{TimeFormat, WallTime};

/// The namespace of the variables.
const NAMESPACE: &str = "urn:linewright:emulation";
/// Most changes of a value that wait for somebody who asks for so many.
const LONGEST_QUEUE: usize = 100_000;
/// Most messages that wait for an answer of theirs.
const MOST_MESSAGES: usize = 10_000;
/// How often is looked what there is to be sent.
const TICK_MS: u64 = 20;
/// How long the server stays at the end, so that everybody can have everything.
const LINGER: Duration = Duration::from_secs(2);
/// How long is waited for those who do not part.
const FAREWELL: Duration = Duration::from_millis(500);

/// A server that tells what happens.
pub struct VariableServer {
    handle: ServerHandle,
    manager: Arc<SimpleNodeManager>,
    thread: Option<JoinHandle<()>>,
    /// Where the library keeps certificates that there are none of.
    folder: PathBuf,
}

impl VariableServer {
    /// A server at `address`, a host and port, with a variable for each address of `emulation`.
    ///
    /// # Errors
    /// An address where nobody can listen.
    pub fn listen(address: &str, emulation: &Emulation) -> Result<Self, FeedError> {
        let wrong = |message: String| FeedError { subject: address.to_owned(), message, retryable: false };
        let (host, port) = host_and_port(address).map_err(wrong)?;
        // Whoever had the port last may be about to leave it.
        let listener = TcpListener::bind(address).map_err(|error| {
            let retryable = error.kind() == std::io::ErrorKind::AddrInUse;
            FeedError { retryable, ..wrong(error.to_string()) }
        })?;
        listener.set_nonblocking(true).map_err(|error| wrong(error.to_string()))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| wrong(error.to_string()))?;
        let folder = std::env::temp_dir().join(format!("linewright-emulate-{}-{port}", std::process::id()));
        let namespace = NamespaceMetadata { namespace_uri: NAMESPACE.to_owned(), ..NamespaceMetadata::default() };
        // The server has work for its thread from the beginning.
        let inside = runtime.enter();
        let built = ServerBuilder::new_anonymous("Linewright, simulated")
            .application_uri("urn:linewright:emulate")
            .product_uri("urn:linewright")
            .host(host)
            .port(port)
            .pki_dir(&folder)
            .limits(limits())
            .subscription_poll_interval_ms(TICK_MS)
            .with_node_manager(simple_node_manager(namespace, "linewright"))
            .build();
        let (server, handle) = built.map_err(wrong)?;
        let manager = handle.node_managers().get_of_type::<SimpleNodeManager>();
        let (Some(manager), Some(NAMESPACE_INDEX)) = (manager, handle.get_namespace_index(NAMESPACE)) else {
            return Err(wrong("the server has no room for variables".to_owned()));
        };
        fill(&mut manager.address_space().write(), emulation);
        drop(inside);
        let token = handle.token().clone();
        let run = async move {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            tokio::select! {
                _ = server.run_with(listener) => {}
                () = async { token.cancelled().await; tokio::time::sleep(FAREWELL).await } => {}
            }
        };
        let thread = std::thread::Builder::new().name("opcua".to_owned()).spawn(move || runtime.block_on(run));
        let thread = Some(thread.map_err(|error| wrong(error.to_string()))?);
        Ok(VariableServer { handle, manager, thread, folder })
    }

    /// Tells everybody what `message` says; never waits. False if there is no variable for it.
    pub fn tell(&self, message: &Message) -> bool {
        let Ok(said) = serde_json::from_str::<Value>(&message.json) else { return false };
        let (time, picoseconds) = said["time"]
            .as_str()
            .and_then(|time| WallTime::read(time, TimeFormat::Iso8601))
            .map_or_else(|| (DateTime::now(), 0), time_of);
        let value = DataValue {
            value: Some(variant(&said["value"])),
            status: Some(StatusCode::Good),
            source_timestamp: Some(time),
            source_picoseconds: (picoseconds > 0).then_some(picoseconds),
            server_timestamp: Some(DateTime::now()),
            server_picoseconds: None,
        };
        self.manager.set_value(self.handle.subscriptions(), &node_of(&message.address), None, value).is_ok()
    }

    /// Stays until whoever looks every second has everything, and ends.
    pub fn close(mut self) {
        std::thread::sleep(LINGER);
        self.end();
    }

    fn end(&mut self) {
        self.handle.cancel();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
        // It held nothing.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Drop for VariableServer {
    fn drop(&mut self) {
        self.end();
    }
}

impl std::fmt::Debug for VariableServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("VariableServer")
    }
}

/// Every change is wanted, and room for all that happens between two looks.
fn limits() -> Limits {
    let subscriptions = SubscriptionLimits {
        min_sampling_interval_ms: 0.0,
        min_publishing_interval_ms: TICK_MS as f64,
        max_monitored_item_queue_size: LONGEST_QUEUE,
        max_monitored_items_per_sub: LONGEST_QUEUE,
        max_queued_notifications: MOST_MESSAGES,
        max_subscriptions_per_session: 1_000,
        ..SubscriptionLimits::default()
    };
    Limits {
        max_array_length: LONGEST_QUEUE,
        max_message_size: 64 << 20,
        max_chunk_count: 8_192,
        subscriptions,
        ..Limits::default()
    }
}

/// The node of an address.
fn node_of(address: &str) -> NodeId {
    NodeId::new(NAMESPACE_INDEX, address)
}

fn fill(space: &mut AddressSpace, emulation: &Emulation) {
    let folder = node_of("Linewright");
    let name_of = |address: &str| QualifiedName::new(NAMESPACE_INDEX, address);
    ObjectBuilder::new(&folder, name_of("Linewright"), "Linewright")
        .description(SIMULATED)
        .has_type_definition(ObjectTypeId::FolderType)
        .organized_by(ObjectId::ObjectsFolder)
        .insert(space);
    let mut insert = |address: &str, kind: DataTypeId, value: DataValue| {
        let mut variable: Variable = VariableBuilder::new(&node_of(address), name_of(address), address)
            .description(SIMULATED)
            .data_type(kind)
            .build();
        variable.set_data_value(value);
        let references = [
            (&folder, &opcua::types::ReferenceTypeId::Organizes.into(), opcua::nodes::ReferenceDirection::Inverse),
            (
                &VariableTypeId::BaseDataVariableType.into(),
                &opcua::types::ReferenceTypeId::HasTypeDefinition.into(),
                opcua::nodes::ReferenceDirection::Forward,
            ),
        ];
        opcua::nodes::NodeInsertTarget::insert(space, variable, Some(&references));
    };
    let now = DateTime::now();
    let stated = |value: Variant, status: StatusCode| DataValue {
        value: Some(value),
        status: Some(status),
        source_timestamp: Some(now),
        server_timestamp: Some(now),
        ..DataValue::default()
    };
    insert("Simulated", DataTypeId::Boolean, stated(Variant::Boolean(true), StatusCode::Good));
    for (address, word) in emulation.addresses() {
        let kind = match word {
            "started" | "finished" => DataTypeId::UInt64,
            "state" => DataTypeId::String,
            "value" => DataTypeId::Double,
            _ => DataTypeId::Boolean,
        };
        insert(&address, kind, stated(Variant::Empty, StatusCode::BadWaitingForInitialData));
    }
}

/// A value as OPC UA tells it. Numbers are parts where they are whole, and else readings.
fn variant(value: &Value) -> Variant {
    match value {
        Value::Bool(truth) => Variant::Boolean(*truth),
        Value::String(text) => Variant::String(text.as_str().into()),
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            (Some(whole), _) => Variant::UInt64(whole),
            (None, Some(number)) => Variant::Double(number),
            (None, None) => Variant::Empty,
        },
        _ => Variant::Empty,
    }
}

/// A time in steps of 100 ns, and what is left of it in tens of picoseconds.
fn time_of(time: WallTime) -> (DateTime, u16) {
    let nanos = time.as_nanos();
    let rest = u16::try_from(nanos.rem_euclid(100)).unwrap_or_default();
    (DateTime::from(nanos.div_euclid(100) + UNIX_EPOCH_TICKS), rest * 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_to_the_nanosecond() {
        for nanos in [0, 1_700_000_000_123_456_789, -1, 99] {
            let (time, picoseconds) = time_of(WallTime::from_nanos(nanos));
            assert_eq!((time.ticks() - UNIX_EPOCH_TICKS) * 100 + i64::from(picoseconds) / 100, nanos);
        }
    }
}
