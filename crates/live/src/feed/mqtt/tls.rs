//! The secured connection to a broker: whose word is taken, and what we show of ourselves.

use std::sync::Arc;

use rumqttc::{TlsConfiguration, Transport};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::TlsDescription;
use crate::feed::FeedError;

/// A transport as described, with each file at the path that `place` gives it.
///
/// # Errors
/// Files that cannot be read or do not hold what they ought to.
pub(crate) fn transport(description: &TlsDescription, place: impl Fn(&str) -> String) -> Result<Transport, FeedError> {
    let mut roots = RootCertStore::empty();
    let authorities = place(&description.ca);
    for certificate in certificates(&authorities)? {
        roots.add(certificate).map_err(|error| wrong(&authorities, &error))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&authorities, &error))?
        .with_root_certificates(roots);
    let config = match (&description.certificate, &description.key) {
        (None, None) => builder.with_no_client_auth(),
        (Some(certificate), Some(key)) => {
            let (certificate, key) = (place(certificate), place(key));
            let chain = certificates(&certificate)?;
            let private = PrivateKeyDer::from_pem_file(&key).map_err(|error| wrong(&key, &error))?;
            builder.with_client_auth_cert(chain, private).map_err(|error| wrong(&certificate, &error))?
        }
        (given, _) => {
            let (given, missing) = if given.is_some() { ("certificate", "key") } else { ("key", "certificate") };
            let message = format!("`{given}` is given without `{missing}`: give both or none");
            return Err(FeedError { subject: "tls".to_owned(), message, retryable: false });
        }
    };
    Ok(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))))
}

fn certificates(path: &str) -> Result<Vec<CertificateDer<'static>>, FeedError> {
    let found = CertificateDer::pem_file_iter(path).map_err(|error| wrong(path, &error))?;
    let certificates: Vec<_> = found.collect::<Result<_, _>>().map_err(|error| wrong(path, &error))?;
    if certificates.is_empty() {
        let message = "there is no certificate in PEM format in it".to_owned();
        return Err(FeedError { subject: path.to_owned(), message, retryable: false });
    }
    Ok(certificates)
}

fn wrong(path: &str, error: &dyn std::fmt::Display) -> FeedError {
    FeedError { subject: path.to_owned(), message: error.to_string(), retryable: false }
}
