//! What is wrong with a session, in words that say what to do.

use opcua::types::{Error, StatusCode};

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// In words.
    pub message: String,
    /// Whether somebody refuses somebody: the same will hardly go well in a moment.
    pub is_refusal: bool,
}

impl Trouble {
    pub(super) fn refusal(message: impl Into<String>) -> Self {
        Trouble { message: message.into(), is_refusal: true }
    }

    pub(super) fn passing(message: impl Into<String>) -> Self {
        Trouble { message: message.into(), is_refusal: false }
    }

    /// What the client says with more than a code.
    pub(super) fn of(error: &Error) -> Self {
        Trouble::of_status(error.status())
    }

    /// What a code of OPC UA means where a session is being made or kept (OPC 10000-4, 5.7 and 7.39).
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::BadIdentityTokenRejected
            | StatusCode::BadUserAccessDenied
            | StatusCode::BadIdentityTokenInvalid
            | StatusCode::BadUserSignatureInvalid => {
                Trouble::refusal("the server does not let us in: look at `username_from` and `password_from`")
            }
            StatusCode::BadSecurityChecksFailed
            | StatusCode::BadCertificateUntrusted
            | StatusCode::BadCertificateInvalid
            | StatusCode::BadCertificateUseNotAllowed
            | StatusCode::BadCertificateChainIncomplete
            | StatusCode::BadCertificateIssuerRevocationUnknown
            | StatusCode::BadApplicationSignatureInvalid => Trouble::refusal(format!(
                "the server and we do not accept each other's certificates ({}): have the server trust ours, and look whether its own has changed",
                status.sub_code()
            )),
            StatusCode::BadCertificateTimeInvalid => {
                Trouble::refusal("a certificate has expired or is not valid yet: look at the clocks, or renew it")
            }
            StatusCode::BadCertificateUriInvalid => Trouble::refusal(
                "a certificate is made out to another application: `application_uri` has to be the one in our certificate",
            ),
            StatusCode::BadCertificateHostNameInvalid => {
                Trouble::refusal("the server's certificate is made out to another host than `endpoint` names")
            }
            StatusCode::BadSecurityPolicyRejected | StatusCode::BadSecurityModeRejected => {
                Trouble::refusal("the server does not take this `security` with this `policy`")
            }
            StatusCode::BadTcpEndpointUrlInvalid => Trouble::refusal("the server has no endpoint of this name"),
            StatusCode::BadTooManySessions => Trouble::passing("the server has too many sessions already"),
            StatusCode::BadConnectionClosed | StatusCode::BadConnectionRejected | StatusCode::BadNotConnected => {
                Trouble::passing("the server closed the connection")
            }
            StatusCode::BadCommunicationError => Trouble::passing("nobody answers there"),
            StatusCode::BadTimeout | StatusCode::BadRequestTimeout => Trouble::passing("the server does not answer"),
            StatusCode::Good => Trouble::passing("the session has ended"),
            other => Trouble::passing(format!("the server says {}", name(other))),
        }
    }
}

/// A code in words, for people.
pub(super) fn name(status: StatusCode) -> String {
    format!("{} ({})", status.sub_code(), status.sub_code().description())
}
