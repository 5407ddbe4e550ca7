//! One session: made, filled with subscriptions, and watched until it breaks.
//!
//! The client reckons with the server's clock when it renews what secures the connection. One that is right is taken as it is; one
//! that is far off is set right by the library, in the server times of values too: those are put back as they were.

use std::sync::Arc;
use std::time::Duration;

use opcua::client::transport::{ConnectorBuilder, TransportPollResult};
use opcua::client::{ClientConfig, IdentityToken, Session, SessionBuilder};
use opcua::core::ResponseMessage;
use opcua::crypto::{CertificateStore, SecurityPolicy};
use opcua::sync::RwLock;
use opcua::types::{
    DateTime, EndpointDescription, Error, GetEndpointsRequest, MessageSecurityMode, NodeId, RequestHeader, StatusCode,
    UserTokenType,
};

use super::certificates::Certificates;
use super::subscription::{Items, Subscribed, subscribe};
use super::trouble::Trouble;
use crate::feed::Outlet;
use crate::feed::connection::{NAP, Watch};

/// How long a session may take to come about.
const CONNECTING: Duration = Duration::from_secs(8);
/// How long parting may take.
const FAREWELL: Duration = Duration::from_millis(100);
/// How far a clock may be off that is taken as it is: far less than the time for which a connection is secured.
const SKEW: Duration = Duration::from_secs(30);

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

/// A task that ends with whoever has begun it.
struct Task(tokio::task::JoinHandle<StatusCode>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
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
        if let Some(trouble) = subscribed.iter().find_map(|one| one.trouble(&session)) {
            return trouble;
        }
        if let Some(moment) = subscribed.iter().map(Subscribed::complete).min().flatten() {
            watch.complete_to(moment);
        }
    }
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
    // Servers name themselves as they are called at home, which may be nothing to us.
    Ok(EndpointDescription { endpoint_url: call.url.as_str().into(), ..first.clone() })
}
