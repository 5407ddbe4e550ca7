//! One session: made, filled with subscriptions, and watched until it breaks.
//!
//! A server that has nothing to say sends an empty message now and then (OPC 10000-4, 5.14.1.2). A subscription of which nothing has
//! been heard for longer than that is lost, whatever the connection looks like.
//!
//! The client reckons with the server's clock when it renews what secures the connection. One that is right is taken as it is; one
//! that is far off is set right by the library, in the server times of values too: those are put back as they were.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use opcua::client::transport::{ConnectorBuilder, TransportPollResult};
use opcua::client::{
    ClientConfig, IdentityToken, MonitoredItemMap, OnSubscriptionNotificationCore, Session, SessionBuilder,
};
use opcua::core::ResponseMessage;
use opcua::core::comms::url::hostname_from_url;
use opcua::crypto::{CertificateStore, SecurityPolicy};
use opcua::sync::RwLock;
use opcua::types::{
    ContextOwned, DataChangeFilter, DataChangeNotification, DataChangeTrigger, DataValue, DateTime,
    EndpointDescription, Error, ExtensionObject, GetEndpointsRequest, MessageSecurityMode, MonitoredItemCreateRequest,
    MonitoringMode, MonitoringParameters, NodeId, NotificationMessage, ReadValueId, RequestHeader,
    StatusChangeNotification, StatusCode, TimestampsToReturn, UserTokenType,
};

use super::certificates::Certificates;
use super::trouble::{Trouble, name};
use super::value::{self, Circumstances, Use};
use crate::feed::Outlet;
use crate::feed::connection::{NAP, Watch};
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
/// How long a session may take to come about.
const CONNECTING: Duration = Duration::from_secs(8);
/// How long parting may take.
const FAREWELL: Duration = Duration::from_millis(100);
/// How far a clock may be off that is taken as it is: far less than the time for which a connection is secured.
const SKEW: Duration = Duration::from_secs(30);
/// Nodes named when some are missing.
const NAMED: usize = 3;

/// Whom to call, and as whom.
pub(super) struct Call {
    pub url: String,
    pub mode: MessageSecurityMode,
    pub policy: SecurityPolicy,
    pub user: IdentityToken,
    pub certificates: Option<Certificates>,
    /// How to speak to a server whose clock is right, and to one whose clock is not.
    pub configs: [ClientConfig; 2],
}

/// What is asked for.
pub(super) struct Items {
    pub source: u16,
    pub nodes: Vec<(NodeId, Arc<str>)>,
    pub publishing: Duration,
    pub sampling: Duration,
    pub queue: u32,
}

/// A task that ends with whoever has begun it.
struct Task(tokio::task::JoinHandle<StatusCode>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A subscription, as far as it has to be watched.
struct Subscribed {
    id: u32,
    heard: Arc<Mutex<Heard>>,
}

/// What was heard last of a subscription.
struct Heard {
    at: Instant,
    ended: Option<StatusCode>,
}

/// Makes a session and hands on what comes, until nobody listens to `outlet` any more.
///
/// # Errors
/// Why there is no session, or none any more.
pub(super) async fn follow(call: &Call, items: &Items, watch: &Watch, outlet: &Outlet) -> Result<(), Trouble> {
    let mut open = None;
    let result = tokio::select! {
        () = closed(outlet) => Ok(()),
        trouble = hold(call, items, watch, outlet, &mut open) => Err(trouble),
    };
    if let (Some((session, _task)), true) = (open, result.is_ok()) {
        // Servers have room for few sessions: one that is left open is missed by the next who comes.
        let _ = tokio::time::timeout(FAREWELL, session.disconnect()).await;
    }
    result
}

async fn closed(outlet: &Outlet) {
    while !outlet.is_closed() {
        tokio::time::sleep(NAP).await;
    }
}

type Open = Option<(Arc<Session>, Task)>;

/// Holds a session until it breaks.
async fn hold(call: &Call, items: &Items, watch: &Watch, outlet: &Outlet, open: &mut Open) -> Trouble {
    let made = tokio::time::timeout(CONNECTING, connect(call, open)).await;
    let session = match made {
        Ok(Ok(session)) => session,
        Ok(Err(trouble)) => return trouble,
        Err(_) => return Trouble::passing("the server does not answer"),
    };
    let subscribed = match subscribe(&session, items, watch, outlet).await {
        Ok(subscribed) => subscribed,
        Err(error) => return Trouble::of(&error),
    };
    watch.connected();
    loop {
        tokio::time::sleep(NAP).await;
        if let Some((_, task)) = open
            && task.0.is_finished()
        {
            return match (&mut task.0).await {
                Ok(StatusCode::Good) => Trouble::passing("the server closed the connection"),
                Ok(status) => Trouble::of_status(status),
                Err(error) => Trouble::passing(error.to_string()),
            };
        }
        for one in &subscribed {
            let (at, ended) = {
                let heard = one.heard.lock().unwrap_or_else(PoisonError::into_inner);
                (heard.at, heard.ended)
            };
            if let Some(status) = ended {
                return Trouble::passing(format!("the server ended a subscription: {}", name(status)));
            }
            if at.elapsed() > promised(&session, one.id) {
                return Trouble::passing("the server does not publish any more");
            }
        }
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

/// Makes a session.
async fn connect(call: &Call, open: &mut Open) -> Result<Arc<Session>, Trouble> {
    let (offered, is_off) = endpoints(call).await.map_err(|error| Trouble::of(&error))?;
    let endpoint = chosen(call, &offered)?;
    let mut store = CertificateStore::new(std::path::Path::new(""));
    if let Some(certificates) = &call.certificates {
        certificates.look_at(&endpoint.server_certificate)?;
        let (folder, own) = (&certificates.folder, (&certificates.certificate, &certificates.key));
        store = CertificateStore::new_with_x509_data(folder, false, Some(own.0), Some(own.1), NOTHING).0;
    }
    let built = SessionBuilder::new(&call.configs[usize::from(is_off)])
        .user_identity_token(call.user.clone())
        .connect_to_endpoint_directly(endpoint)
        .and_then(|builder| builder.build(Arc::new(RwLock::new(store))));
    let (session, events) = built.map_err(|error| Trouble::of(&error))?;
    let mut task = Task(events.spawn());
    let result = tokio::select! {
        ended = &mut task.0 => Err(ended.map_or_else(|error| Trouble::passing(error.to_string()), Trouble::of_status)),
        _ = session.wait_for_connection() => Ok(()),
    };
    result?;
    *open = Some((session.clone(), task));
    Ok(session)
}

/// Nothing that a certificate could be made from: ours is there already.
const NOTHING: Option<opcua::crypto::X509Data> = None;

/// What the server offers, and whether its clock is off. It is asked without security, so nothing of it is believed that the
/// session does not prove.
async fn endpoints(call: &Call) -> Result<(Vec<EndpointDescription>, bool), Error> {
    let connector = call.url.as_str().build()?;
    let store = Arc::new(RwLock::new(CertificateStore::new(std::path::Path::new(""))));
    let unsecured = (call.url.as_str(), SecurityPolicy::None.to_str(), MessageSecurityMode::None);
    let channel =
        SessionBuilder::new(&call.configs[0]).connect_to_endpoint_directly(unsecured)?.build_channel(store)?;
    let mut carrier = channel.connect_no_retry(&connector).await?;
    let ask = async {
        let request = GetEndpointsRequest {
            request_header: RequestHeader::new(&NodeId::null(), &DateTime::now(), channel.request_handle()),
            endpoint_url: call.url.as_str().into(),
            locale_ids: None,
            profile_uris: None,
        };
        let answer = channel.send(request, CONNECTING).await;
        channel.close_channel().await;
        answer
    };
    tokio::pin!(ask);
    let answer = loop {
        tokio::select! {
            answer = &mut ask => break answer?,
            polled = carrier.poll() => if let TransportPollResult::Closed(status) = polled {
                return Err(Error::new(status, "closed while endpoints were asked for"));
            },
        }
    };
    match answer {
        ResponseMessage::GetEndpoints(answer) => {
            let ticks = answer.response_header.timestamp.ticks().abs_diff(DateTime::now().ticks());
            Ok((answer.endpoints.unwrap_or_default(), u128::from(ticks) * 100 > SKEW.as_nanos()))
        }
        ResponseMessage::ServiceFault(fault) => Err(Error::new(fault.response_header.service_result, "endpoints")),
        _ => Err(Error::new(StatusCode::BadUnknownResponse, "endpoints")),
    }
}

/// The endpoint among those `offered` that is secured as wanted, under the name by which we reach it.
fn chosen(call: &Call, offered: &[EndpointDescription]) -> Result<EndpointDescription, Trouble> {
    let policy_of = |endpoint: &EndpointDescription| SecurityPolicy::from_uri(endpoint.security_policy_uri.as_ref());
    let is_secured = |endpoint: &&EndpointDescription| {
        endpoint.security_mode == call.mode
            && policy_of(endpoint) == call.policy
            && endpoint.endpoint_url.as_ref().starts_with("opc.tcp:")
    };
    let wanted = match &call.user {
        IdentityToken::Anonymous => UserTokenType::Anonymous,
        _ => UserTokenType::UserName,
    };
    let takes_us = |endpoint: &&EndpointDescription| {
        endpoint.user_identity_tokens.iter().flatten().any(|token| token.token_type == wanted)
    };
    let secured: Vec<&EndpointDescription> = offered.iter().filter(is_secured).collect();
    let Some(first) = secured.iter().copied().find(takes_us).or(secured.first().copied()) else {
        let mut names: Vec<String> = offered
            .iter()
            .map(|endpoint| match endpoint.security_mode {
                MessageSecurityMode::None => "None".to_owned(),
                mode => format!("{mode:?} with {}", policy_of(endpoint).to_str()),
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        return Err(Trouble::refusal(format!(
            "the server does not offer this `security` with this `policy`; it offers {}",
            names.join(", ")
        )));
    };
    if !takes_us(&first) {
        return Err(Trouble::refusal(match wanted {
            UserTokenType::Anonymous => {
                "the server lets nobody in without a name: give `username_from` and `password_from`"
            }
            _ => "the server takes no user names here: leave `username_from` out",
        }));
    }
    let mut endpoint = first.clone();
    // Servers name themselves as they are called at home, which may be nothing to us.
    if hostname_from_url(&call.url).is_ok() {
        endpoint.endpoint_url = call.url.as_str().into();
    }
    Ok(endpoint)
}

/// Asks for all items.
async fn subscribe(session: &Session, items: &Items, watch: &Watch, outlet: &Outlet) -> Result<Vec<Subscribed>, Error> {
    let silence = (SILENCE.as_nanos() / items.publishing.as_nanos().max(1)).clamp(1, 10_000) as u32;
    let mut subscribed = Vec::new();
    let mut missing = Vec::new();
    for (number, nodes) in items.nodes.chunks(ITEMS).enumerate() {
        let heard = Arc::new(Mutex::new(Heard { at: Instant::now(), ended: None }));
        let first = number * ITEMS;
        let taker = Taker {
            source: items.source,
            first: first as u32 + 1,
            addresses: nodes.iter().map(|(_, address)| address.clone()).collect(),
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
    let came = Circumstances { source: items.source, arrival: WallTime::now(), taken_off: 0 };
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
    addresses: Vec<Arc<str>>,
    heard: Arc<Mutex<Heard>>,
    context: Arc<RwLock<ContextOwned>>,
    watch: Watch,
    outlet: Outlet,
}

impl OnSubscriptionNotificationCore for Taker {
    fn on_subscription_notification(&mut self, message: NotificationMessage, _items: MonitoredItemMap<'_>) {
        let taken_off = self.context.read().options().client_offset.num_nanoseconds().unwrap_or_default() / 100;
        let came = Circumstances { source: self.source, arrival: WallTime::now(), taken_off };
        let mut batch = Vec::new();
        let mut ended = None;
        for data in message.notification_data.into_iter().flatten() {
            if let Some(change) = data.inner_as::<StatusChangeNotification>() {
                ended = Some(change.status).filter(StatusCode::is_bad);
            }
            let Some(changes) = data.into_inner_as::<DataChangeNotification>() else { continue };
            for change in changes.monitored_items.into_iter().flatten() {
                let place = change.client_handle.checked_sub(self.first).map(|place| place as usize);
                // Nothing else was asked for.
                let Some(address) = place.and_then(|place| self.addresses.get(place)) else { continue };
                let (observation, used) = value::read(address, &change.value, came);
                self.watch.count_message(false);
                if used == Use::Unreadable {
                    self.watch.count_unreadable();
                }
                if change.value.status.is_some_and(|status| status.overflow()) {
                    self.watch.count_overflow();
                }
                batch.push(observation);
            }
        }
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.at = Instant::now();
        heard.ended = heard.ended.or(ended);
        drop(heard);
        if !batch.is_empty() {
            self.outlet.offer(batch);
        }
    }
}
