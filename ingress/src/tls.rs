//! TLS on the ingress itself, for those who have no proxy that ends it. The files are read again when they change, so
//! that a renewed certificate needs no restart.

use crate::connections::{Connection, Guarded};
use actix_web::rt::net::TcpStream;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Why the files are no certificate and its key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("cannot read {path:?}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path:?} does not hold what it should, as PEM")]
    Pem { path: PathBuf, source: pem::Error },
    #[error("{path:?} holds no certificate")]
    Empty { path: PathBuf },
    #[error("certificate and key cannot be used together")]
    Unusable(#[from] rustls::Error),
}

/// The certificate chain and its key, as PEM files.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The certificate, then those of its issuers.
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// How often both are looked at.
    pub look_every: Duration,
}

/// What the files held.
#[derive(PartialEq, Eq)]
struct Bytes {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl TlsFiles {
    pub(crate) fn new(certificate: PathBuf, key: PathBuf) -> Self {
        Self { certificate, key, look_every: LOOK_EVERY }
    }

    /// Whether the files can be used.
    pub(crate) fn check(&self) -> Result<(), TlsError> {
        self.config(&self.read()?).map(drop)
    }

    fn read(&self) -> Result<Bytes, TlsError> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|source| TlsError::Read { path: path.clone(), source })
        };
        Ok(Bytes { certificate: read(&self.certificate)?, key: read(&self.key)? })
    }

    fn config(&self, bytes: &Bytes) -> Result<Arc<ServerConfig>, TlsError> {
        let certificates = CertificateDer::pem_slice_iter(&bytes.certificate).collect::<Result<Vec<_>, _>>();
        let certificates =
            certificates.map_err(|source| TlsError::Pem { path: self.certificate.clone(), source })?;
        if certificates.is_empty() {
            return Err(TlsError::Empty { path: self.certificate.clone() });
        }
        let key = PrivateKeyDer::from_pem_slice(&bytes.key);
        let key = key.map_err(|source| TlsError::Pem { path: self.key.clone(), source })?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(certificates, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// The certificate in use.
pub(crate) struct Tls {
    files: TlsFiles,
    bytes: Bytes,
    config: Arc<RwLock<Arc<ServerConfig>>>,
}

/// The certificate in use, for a thread of the server.
#[derive(Clone)]
pub(crate) struct Acceptor(Arc<RwLock<Arc<ServerConfig>>>);

impl Tls {
    pub(crate) fn new(files: TlsFiles) -> Result<Self, TlsError> {
        let bytes = files.read()?;
        let config = Arc::new(RwLock::new(files.config(&bytes)?));
        Ok(Self { files, bytes, config })
    }

    pub(crate) fn acceptor(&self) -> Acceptor {
        Acceptor(Arc::clone(&self.config))
    }

    /// Reads the files again when they change. Until both fit together again the certificate before is used.
    pub(crate) async fn keep_up(mut self, end: CancellationToken) {
        while end.run_until_cancelled(tokio::time::sleep(self.files.look_every)).await.is_some() {
            let Ok(bytes) = self.files.read() else { continue };
            if bytes == self.bytes {
                continue;
            }
            match self.files.config(&bytes) {
                Ok(config) => {
                    *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
                    tracing::info!(certificate = ?self.files.certificate, "the certificate was read again");
                }
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(
                        error,
                        "the certificate has changed and cannot be used; the one before is"
                    );
                }
            }
            self.bytes = bytes;
        }
    }
}

impl Acceptor {
    pub(crate) async fn accept(&self, stream: Guarded<TcpStream>, within: Duration) -> io::Result<Stream> {
        let config = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        let accepted = tokio::time::timeout(within, TlsAcceptor::from(config).accept(stream)).await;
        accepted.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map(Box::new).map(Stream::Tls)
    }
}

/// A guarded connection, with or without TLS.
pub(crate) enum Stream {
    Plain(Guarded<TcpStream>),
    Tls(Box<TlsStream<Guarded<TcpStream>>>),
}

impl Stream {
    pub(crate) fn connection(&self) -> &Connection {
        match self {
            Self::Plain(stream) => stream.connection(),
            Self::Tls(stream) => stream.get_ref().0.connection(),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
