//! TLS on the ingress itself.

use crate::harness::{Gate, PATH, event, signed, until};
use ingress::TlsFiles;
use rcgen::generate_simple_self_signed;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;

/// A folder that is gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("sluicegate-tls-{}", simulator::servers::test_prefix()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn files(&self) -> TlsFiles {
        let look_every = Duration::from_millis(20);
        TlsFiles { certificate: self.0.join("cert.pem"), key: self.0.join("key.pem"), look_every }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Writes a new certificate for localhost, and returns it.
fn renew(files: &TlsFiles) -> CertificateDer<'static> {
    let made = generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let write = |path: &Path, text: String| std::fs::write(path, text).expect("a file");
    write(&files.certificate, made.cert.pem());
    write(&files.key, made.signing_key.serialize_pem());
    made.cert.der().clone()
}

/// Posts over TLS, trusting this certificate alone; the first line of the answer, none where TLS fails.
async fn deliver(address: SocketAddr, trusted: &CertificateDer<'static>, request: &[u8]) -> Option<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = tokio::net::TcpStream::connect(address).await.expect("the ingress accepts");
    let name = "localhost".try_into().expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()?;
    stream.write_all(request).await.ok()?;
    let mut answer = vec![0; 15];
    stream.read_exact(&mut answer).await.ok()?;
    Some(String::from_utf8(answer).expect("a status line"))
}

#[tokio::test]
async fn an_event_is_delivered_over_tls_and_a_renewed_certificate_is_used_without_a_restart() {
    let folder = Folder::new();
    let files = folder.files();
    let first = renew(&files);
    let gate = Gate::start_on(&crate::harness::amqp_url(), |settings| settings.tls = Some(files.clone()));
    let request = |id: &str| signed(PATH, &event(id, "x"));
    until("an event is accepted over TLS", async || {
        deliver(gate.address, &first, &request("evt_1")).await.as_deref() == Some("HTTP/1.1 200 OK")
    })
    .await;
    // A certificate without its key changes nothing.
    std::fs::write(&files.key, "not a key").expect("a file");
    assert_eq!(deliver(gate.address, &first, &request("evt_2")).await.as_deref(), Some("HTTP/1.1 200 OK"));
    let second = renew(&files);
    until("the renewed certificate is used", async || {
        deliver(gate.address, &second, &request("evt_3")).await.as_deref() == Some("HTTP/1.1 200 OK")
    })
    .await;
    assert_eq!(deliver(gate.address, &first, &request("evt_4")).await, None);
    gate.stop().await;
}
