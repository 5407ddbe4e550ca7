//! Whose word is taken, and what we show of ourselves: certificates of applications (OPC 10000-4, 6.1.3).
//!
//! ```text
//!  pki/own/cert.der          ours, for the server to trust; made by us where there is none
//!  pki/private/private.pem   its key
//!  pki/trusted/              certificates of servers that are trusted: .der or .pem, under any name
//!  pki/rejected/             those that were shown to us and are not trusted
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use opcua::crypto::{CertificateStore, X509, X509Data};
use opcua::types::ByteString;

use super::trouble::Trouble;
use crate::feed::FeedError;

/// Days for which a certificate of ours is made out: five years, as servers have to be told of each new one.
const DAYS: u32 = 5 * 365;
/// Bits of a key of ours; every policy that is not broken takes so many.
const KEY_BITS: u32 = 2_048;
/// Most files that are looked at for one that is trusted.
const MOST_TRUSTED: usize = 10_000;
/// Most certificates that are laid down: whoever shows a new one each time does not fill the disk.
const MOST_REJECTED: usize = 100;

/// The certificates of one source.
#[derive(Debug, Clone)]
pub(super) struct Certificates {
    pub folder: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Certificates {
    /// Those in `folder`, with our own in the files `own` if they are given. Makes what is missing.
    ///
    /// # Errors
    /// Files that cannot be read or made.
    pub(super) fn open(
        folder: &Path,
        own: Option<(PathBuf, PathBuf)>,
        application_uri: &str,
    ) -> Result<Self, FeedError> {
        let is_ours = own.is_none();
        let (certificate, key) =
            own.unwrap_or_else(|| (folder.join("own/cert.der"), folder.join("private/private.pem")));
        for place in [folder.join("trusted"), folder.join("rejected")] {
            fs::create_dir_all(&place).map_err(|error| wrong(&place, &error))?;
        }
        if is_ours && !certificate.exists() && !key.exists() {
            make(&certificate, &key, application_uri)?;
        }
        let certificates = Certificates { folder: folder.to_owned(), certificate, key };
        let found = CertificateStore::read_cert(&certificates.certificate);
        let found = found.map_err(|error| wrong(&certificates.certificate, &error))?;
        CertificateStore::read_pkey(&certificates.key).map_err(|error| wrong(&certificates.key, &error))?;
        if found.is_application_uri_valid(application_uri).is_err() {
            let message = format!(
                "the certificate is not made out to \"{application_uri}\": say in `application_uri` to whom it is"
            );
            return Err(wrong(&certificates.certificate, &message));
        }
        Ok(certificates)
    }

    /// Whether the certificate that a server shows is one of those that are trusted. One that is gets the name by which the
    /// library looks for it; one that is not is laid down where it can be looked at.
    pub(super) fn look_at(&self, shown: &ByteString) -> Result<(), Trouble> {
        let certificate = X509::from_byte_string(shown)
            .map_err(|_| Trouble::refusal("the server shows no certificate that could be read"))?;
        let name = CertificateStore::cert_file_name(&certificate);
        let (trusted, rejected) = (self.folder.join("trusted"), self.folder.join("rejected").join(&name));
        let failed = |what: &Path, error: std::io::Error| Trouble::refusal(format!("{}: {error}", what.display()));
        let files = fs::read_dir(&trusted).map_err(|error| failed(&trusted, error))?;
        for file in files.take(MOST_TRUSTED).filter_map(Result::ok) {
            let path = file.path();
            let is_it = CertificateStore::read_cert(&path).is_ok_and(|one| one.as_byte_string() == *shown);
            if !is_it {
                continue;
            }
            let named = trusted.join(&name);
            if path != named {
                fs::write(&named, shown.as_ref()).map_err(|error| failed(&named, error))?;
                fs::remove_file(&path).map_err(|error| failed(&path, error))?;
            }
            // What was rejected once would be rejected for ever.
            let _ = fs::remove_file(&rejected);
            return Ok(());
        }
        let place = self.folder.join("rejected");
        if fs::read_dir(&place).map_err(|error| failed(&place, error))?.take(MOST_REJECTED).count() >= MOST_REJECTED {
            return Err(Trouble::refusal(format!(
                "the server's certificate is not trusted, and {} is full: look at what is in it, and empty it",
                place.display()
            )));
        }
        fs::write(&rejected, shown.as_ref()).map_err(|error| failed(&rejected, error))?;
        Err(Trouble::refusal(format!(
            "the server's certificate is not trusted: if it is the right one, move {} to {}",
            rejected.display(),
            trusted.display()
        )))
    }
}

/// Makes a certificate and its key, which nobody else may read.
fn make(certificate: &Path, key: &Path, application_uri: &str) -> Result<(), FeedError> {
    for file in [certificate, key] {
        let Some(place) = file.parent() else { continue };
        fs::create_dir_all(place).map_err(|error| wrong(place, &error))?;
    }
    let data = X509Data {
        key_size: KEY_BITS,
        common_name: "Linewright".to_owned(),
        organization: "Linewright".to_owned(),
        organizational_unit: String::new(),
        country: String::new(),
        state: String::new(),
        alt_host_names: X509Data::alt_host_names(application_uri, None, false, true, false),
        certificate_duration_days: DAYS,
    };
    // The key is written into a file that is there already, with nobody else's rights.
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(key).map_err(|error| wrong(key, &error))?;
    CertificateStore::create_certificate_and_key(&data, true, certificate, key)
        .map(|_| ())
        .map_err(|error| wrong(certificate, &error))
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> FeedError {
    FeedError { subject: path.display().to_string(), message: error.to_string(), retryable: false }
}
