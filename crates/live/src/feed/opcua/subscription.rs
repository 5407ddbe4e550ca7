//! Subscriptions: what is asked for, and what comes of it.
//!
//! A server that has nothing to say sends an empty message now and then (OPC 10000-4, 5.14.1.2). A subscription of which nothing has
//! been heard for longer than that is lost, whatever the connection looks like.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use opcua::client::{MonitoredItemMap, OnSubscriptionNotificationCore, Session};
use opcua::sync::RwLock;
use opcua::types::{
    AttributeId, ContextOwned, DataChangeFilter, DataChangeNotification, DataChangeTrigger, DataValue, Error,
    ExtensionObject, MonitoredItemCreateRequest, MonitoringMode, MonitoringParameters, NodeId, NotificationMessage,
    ReadValueId, StatusChangeNotification, StatusCode, TimestampsToReturn,
};

use super::standing::Standing;
use super::trouble::{Trouble, name};
use super::value::{self, Circumstances, Use};
use crate::feed::Outlet;
use crate::feed::connection::Watch;
use crate::wall_time::WallTime;

/// Items of one subscription: what servers take that say nothing of it.
const ITEMS: usize = 1_000;
/// Items that are asked for in one request.
const ITEMS_PER_REQUEST: usize = 250;
/// Values in one message, at most.
const VALUES_PER_MESSAGE: u32 = 10_000;
/// How long a server may be silent that has nothing to say.
const SILENCE: Duration = Duration::from_secs(2);
/// After so many silences of ours a server may forget us.
const LIFETIME: u32 = 15;
/// A server that promises nothing sensible is not waited for longer.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);
/// Nodes whose descriptions are asked for in one request.
const DESCRIPTIONS_PER_REQUEST: usize = 250;
/// Nodes named when some are missing.
const NAMED: usize = 3;

/// What is asked for.
pub(super) struct Items {
    pub source: u16,
    pub nodes: Vec<(NodeId, Arc<str>)>,
    pub standing: Standing,
    pub publishing: Duration,
    pub sampling: Duration,
    pub queue: u32,
}

/// A subscription, as far as it has to be watched.
pub(super) struct Subscribed {
    id: u32,
    heard: Arc<Mutex<Heard>>,
}

/// What was heard last of a subscription.
struct Heard {
    at: Instant,
    /// When there was nothing left to be sent.
    complete: Option<Instant>,
    ended: Option<StatusCode>,
    /// The number of the last message with something in it.
    number: Option<u32>,
    is_gap: bool,
}

impl Heard {
    fn new() -> Self {
        Heard { at: Instant::now(), complete: None, ended: None, number: None, is_gap: false }
    }

    /// A message with something in it has come. They are numbered one by one, from 1 again after the last number
    /// (OPC 10000-4, 5.14.1.1). Says whether one is missing before it.
    fn count(&mut self, number: u32) -> bool {
        let is_gap = self.number.is_some_and(|last| number > last.checked_add(1).unwrap_or(1));
        self.is_gap |= is_gap;
        self.number = Some(number);
        is_gap
    }
}

impl Subscribed {
    /// The last moment up to which everything has come.
    pub(super) fn complete(&self) -> Option<Instant> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).complete
    }

    /// What is wrong with it.
    pub(super) fn trouble(&self, session: &Session) -> Option<Trouble> {
        let (silent, ended, is_gap) = {
            let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            (heard.at.elapsed(), heard.ended, heard.is_gap)
        };
        if is_gap {
            return Some(Trouble::passing("messages of the server did not come: what was in them is lost"));
        }
        if let Some(status) = ended {
            return Some(Trouble::passing(format!("the server ended a subscription: {}", name(status))));
        }
        (silent > promised(session, self.id)).then(|| Trouble::passing("the server does not publish any more"))
    }
}

/// How long nothing may be heard of a subscription.
fn promised(session: &Session, id: u32) -> Duration {
    let subscriptions = session.subscription_state().lock();
    let silence = subscriptions
        .get(id)
        .map_or(SILENCE, |one| one.publishing_interval().saturating_mul(one.max_keep_alive_count()));
    (silence.max(SILENCE) * 2).min(LONGEST_SILENCE)
}

/// Asks for all items.
pub(super) async fn subscribe(
    session: &Session,
    items: &Items,
    watch: &Watch,
    outlet: &Outlet,
) -> Result<Vec<Subscribed>, Error> {
    let silence = (SILENCE.as_nanos() / items.publishing.as_nanos().max(1)).clamp(1, 10_000) as u32;
    let mut subscribed = Vec::new();
    let mut missing = Vec::new();
    for (number, nodes) in items.nodes.chunks(ITEMS).enumerate() {
        let heard = Arc::new(Mutex::new(Heard::new()));
        let first = number * ITEMS;
        let taker = Taker {
            source: items.source,
            first: first as u32 + 1,
            nodes: nodes.iter().map(|(_, address)| address.clone()).zip(described(session, nodes).await).collect(),
            standing: items.standing.clone(),
            heard: heard.clone(),
            context: session.context(),
            watch: watch.clone(),
            outlet: outlet.clone(),
        };
        let id = session
            .create_subscription(items.publishing, silence * LIFETIME, silence, VALUES_PER_MESSAGE, 0, true, taker)
            .await?;
        subscribed.push(Subscribed { id, heard });
        for (part, nodes) in nodes.chunks(ITEMS_PER_REQUEST).enumerate() {
            let first = first + part * ITEMS_PER_REQUEST;
            let requests = (1 + first as u32..).zip(nodes).map(|(handle, (node, _))| request(handle, node, items));
            let made = session.create_monitored_items(id, TimestampsToReturn::Both, requests.collect()).await?;
            let failed = made.iter().zip(nodes).filter(|(one, _)| !one.result.status_code.is_good());
            missing.extend(failed.map(|(one, (_, address))| (address.clone(), one.result.status_code)));
        }
    }
    // What is not there is told as bad, and all else works.
    let came = Circumstances { source: items.source, arrival: WallTime::now(), taken_off: 0, is_simulated: false };
    let bad = missing.iter().map(|(address, status)| {
        let value = DataValue { status: Some(*status), ..DataValue::default() };
        value::read(address, &value, came).0
    });
    let bad: Vec<_> = bad.collect();
    watch.remark((!bad.is_empty()).then(|| {
        let named = missing.iter().take(NAMED);
        let named: Vec<String> = named.map(|(address, status)| format!("{address}: {}", name(*status))).collect();
        let more = if missing.len() > NAMED { ", ..." } else { "" };
        format!("{} of {} nodes cannot be had: {}{more}", missing.len(), items.nodes.len(), named.join(", "))
    }));
    if !bad.is_empty() {
        outlet.offer(bad);
    }
    Ok(subscribed)
}

/// Whether each node says of itself that it is of no plant. A server that tells no descriptions has none that do.
async fn described(session: &Session, nodes: &[(NodeId, Arc<str>)]) -> Vec<bool> {
    let mut described = Vec::with_capacity(nodes.len());
    for nodes in nodes.chunks(DESCRIPTIONS_PER_REQUEST) {
        let ask = |(node, _): &(NodeId, Arc<str>)| ReadValueId::new(node.clone(), AttributeId::Description);
        let asked: Vec<ReadValueId> = nodes.iter().map(ask).collect();
        let told = session.read(&asked, TimestampsToReturn::Neither, 0.0).await.unwrap_or_default();
        let told = told.iter().map(value::is_simulated).chain(std::iter::repeat(false));
        described.extend(told.take(nodes.len()));
    }
    described
}

/// A request for every change of a node's value, status or source timestamp.
fn request(client_handle: u32, node: &NodeId, items: &Items) -> MonitoredItemCreateRequest {
    let filter =
        DataChangeFilter { trigger: DataChangeTrigger::StatusValueTimestamp, deadband_type: 0, deadband_value: 0.0 };
    MonitoredItemCreateRequest {
        item_to_monitor: ReadValueId::from(node.clone()),
        monitoring_mode: MonitoringMode::Reporting,
        requested_parameters: MonitoringParameters {
            client_handle,
            sampling_interval: items.sampling.as_secs_f64() * 1e3,
            filter: ExtensionObject::from_message(filter),
            queue_size: items.queue,
            discard_oldest: true,
        },
    }
}

/// Takes what comes for one subscription.
struct Taker {
    source: u16,
    /// The handle of the first address.
    first: u32,
    /// The address of each node, and whether it is of no plant.
    nodes: Vec<(Arc<str>, bool)>,
    standing: Standing,
    heard: Arc<Mutex<Heard>>,
    context: Arc<RwLock<ContextOwned>>,
    watch: Watch,
    outlet: Outlet,
}

impl OnSubscriptionNotificationCore for Taker {
    fn on_subscription_notification(&mut self, message: NotificationMessage, _items: MonitoredItemMap<'_>) {
        let taken_off = self.context.read().options().client_offset.num_nanoseconds().unwrap_or_default() / 100;
        let came = Circumstances { source: self.source, arrival: WallTime::now(), taken_off, is_simulated: false };
        let (mut batch, mut items) = (Vec::new(), Vec::new());
        let mut ended = None;
        let number = message.notification_data.as_ref().is_some_and(|data| !data.is_empty());
        let number = number.then_some(message.sequence_number);
        for data in message.notification_data.into_iter().flatten() {
            if let Some(change) = data.inner_as::<StatusChangeNotification>() {
                ended = Some(change.status).filter(StatusCode::is_bad);
            }
            let Some(changes) = data.into_inner_as::<DataChangeNotification>() else { continue };
            for change in changes.monitored_items.into_iter().flatten() {
                let place = change.client_handle.checked_sub(self.first).map(|place| place as usize);
                // Nothing else was asked for.
                let Some((address, is_simulated)) = place.and_then(|place| self.nodes.get(place)) else { continue };
                // The server has no value yet (OPC 10000-4, 7.39.2): nothing was observed.
                if change.value.status == Some(StatusCode::BadWaitingForInitialData) {
                    continue;
                }
                let came = Circumstances { is_simulated: *is_simulated, ..came };
                let (observation, used) = value::read(address, &change.value, came);
                self.watch.count_message(false);
                if used == Use::Unreadable {
                    self.watch.count_unreadable();
                }
                if change.value.status.is_some_and(|status| status.overflow()) {
                    self.watch.count_overflow();
                }
                batch.push(observation);
                items.push(change.client_handle as usize - 1);
            }
        }
        self.standing.mark(&mut batch, &items);
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.at = Instant::now();
        if batch.len() < VALUES_PER_MESSAGE as usize {
            heard.complete = Some(heard.at);
        }
        heard.ended = heard.ended.or(ended);
        if number.is_some_and(|number| heard.count(number)) {
            self.watch.count_gap();
        }
        drop(heard);
        if !batch.is_empty() {
            self.outlet.offer(batch);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_missing_is_seen() {
        for (numbers, is_gap) in [
            (&[1, 2, 3][..], false),
            (&[7, 8][..], false),
            (&[u32::MAX - 1, u32::MAX, 1, 2][..], false),
            // One that comes again.
            (&[1, 2, 2, 3][..], false),
            (&[1, 3][..], true),
            (&[u32::MAX, 2][..], true),
        ] {
            let mut heard = Heard::new();
            let gaps = numbers.iter().filter(|number| heard.count(**number)).count();
            assert_eq!((heard.is_gap, gaps > 0), (is_gap, is_gap), "{numbers:?}");
        }
    }
}
