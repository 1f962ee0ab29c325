//! What `sslmode` and `sslrootcert` mean. The driver knows neither `verify-*` nor certificates.

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::path::PathBuf;
use std::sync::Arc;

/// Why TLS cannot be used as the URL asks.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// `sslrootcert` names a file that cannot be read.
    #[error("cannot read the certificates of sslrootcert: {0}")]
    RootCert(String),
    /// There is nothing to verify the server with.
    #[error("no certificate authorities found to verify the server with; name a file in sslrootcert")]
    NoRoots,
    /// The TLS library does not take the certificates or the settings.
    #[error("cannot set up TLS")]
    Rustls(#[from] Error),
    /// The roots cannot be used.
    #[error("cannot set up TLS")]
    Verifier(#[from] rustls::client::VerifierBuilderError),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verify {
    /// Encrypt, and accept any certificate.
    Nothing,
    /// A certificate of a known authority, for whatever name.
    Authority,
    /// And for the name that was connected to.
    Full,
}

/// The part of a database URL that is about TLS.
#[derive(Debug)]
pub(super) struct Tls {
    verify: Verify,
    roots: Option<PathBuf>,
}

impl Tls {
    /// Takes out of a URL what the driver does not know, and leaves what it does.
    pub(super) fn split(url: &str) -> Result<(String, Self), String> {
        let mut tls = Self { verify: Verify::Nothing, roots: None };
        let Some((base, query)) = url.split_once('?').filter(|_| url.contains("://")) else {
            return Ok((url.to_owned(), tls));
        };
        let mut kept = Vec::new();
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some(("sslmode", mode)) => {
                    let (mode, verify) = sslmode(mode)?;
                    tls.verify = verify;
                    kept.push(format!("sslmode={mode}"));
                }
                Some(("sslrootcert", path)) => tls.roots = Some(PathBuf::from(path.replace("%2F", "/"))),
                _ => kept.push(pair.to_owned()),
            }
        }
        Ok((format!("{base}?{}", kept.join("&")), tls))
    }

    pub(super) fn client_config(&self) -> Result<ClientConfig, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let verifier: Arc<dyn ServerCertVerifier> = match self.verify {
            Verify::Nothing => Arc::new(Unverified(provider)),
            Verify::Authority => Arc::new(AnyName(self.web_pki(provider)?)),
            Verify::Full => self.web_pki(provider)?,
        };
        Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
    }

    fn web_pki(&self, provider: Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, TlsError> {
        let roots = Arc::new(self.root_store()?);
        Ok(WebPkiServerVerifier::builder_with_provider(roots, provider).build()?)
    }

    fn root_store(&self) -> Result<RootCertStore, TlsError> {
        let mut store = RootCertStore::empty();
        if let Some(path) = &self.roots {
            let unreadable = |error: &dyn std::fmt::Display| TlsError::RootCert(error.to_string());
            for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))? {
                store.add(certificate.map_err(|error| unreadable(&error))?)?;
            }
        } else {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        if store.is_empty() { Err(TlsError::NoRoots) } else { Ok(store) }
    }
}

fn sslmode(mode: &str) -> Result<(&'static str, Verify), String> {
    match mode {
        "disable" => Ok(("disable", Verify::Nothing)),
        "allow" | "prefer" => Ok(("prefer", Verify::Nothing)),
        "require" => Ok(("require", Verify::Nothing)),
        "verify-ca" => Ok(("require", Verify::Authority)),
        "verify-full" => Ok(("require", Verify::Full)),
        _ => Err("sslmode takes disable, allow, prefer, require, verify-ca or verify-full".to_owned()),
    }
}

/// Encrypts without asking who answers, as `sslmode=require` promises and no more.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// `verify-ca`: the chain must be good, the name may be another.
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.0.verify_server_cert(end_entity, intermediates, name, ocsp, now) {
            // The name is checked last, so a wrong name means that the chain is good.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_is_left_what_it_knows() {
        let (url, tls) =
            Tls::split("postgres://u@h/db?sslmode=verify-full&sslrootcert=%2Fca.pem&connect_timeout=3")
                .unwrap();
        assert_eq!(url, "postgres://u@h/db?sslmode=require&connect_timeout=3");
        assert_eq!((tls.verify, tls.roots), (Verify::Full, Some(PathBuf::from("/ca.pem"))));
    }

    #[test]
    fn missing_certificates_are_an_error() {
        let (_, tls) = Tls::split("postgres://h/db?sslmode=verify-ca&sslrootcert=/nowhere.pem").unwrap();
        assert!(matches!(tls.client_config(), Err(TlsError::RootCert(_))));
    }
}
