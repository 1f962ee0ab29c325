//! Outgoing messages over TLS: to an endpoint whose certificate is trusted, and to none other.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use e2e::{Program, System, eventually};
use rcgen::generate_simple_self_signed;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use simulator::servers::{Receiver, Reply};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A TLS endpoint for `localhost` in front of a plain one.
struct TlsFront {
    port: u16,
    /// PEM, gone when dropped.
    certificate: PathBuf,
}

impl TlsFront {
    async fn open(behind: SocketAddr) -> Self {
        let made = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let name = format!("sluicegate-{}.pem", simulator::servers::test_prefix());
        let certificate = std::env::temp_dir().join(name);
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let mut stream = acceptor.accept(stream).await?;
                    let mut plain = TcpStream::connect(behind).await?;
                    copy_bidirectional(&mut stream, &mut plain).await
                });
            }
        });
        Self { port, certificate }
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.certificate));
    }
}

async fn system_with(front: &TlsFront) -> System {
    System::new()
        .await
        .with("OUT_WEBHOOK_URL", &format!("https://localhost:{}/hooks", front.port))
        .with("OUT_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        .with("OUT_WEBHOOK_ALLOW_PRIVATE", "true")
}

/// Writes one message, once the endpoint is known: it is owed what is written from then on.
async fn write(system: &System) {
    let known = "SELECT count(*) FROM outbox_destinations WHERE name = 'http'";
    eventually("the destination is known", async || system.number(known).await == 1).await;
    let message = "INSERT INTO outbox (key, topic, lasting, payload)
                   VALUES ('order.paid/1', 'order.paid', true, '{\"order\": \"1\"}')";
    system.execute(message).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_reaches_an_https_endpoint_whose_certificate_is_trusted() {
    let receiver = Receiver::open(|_| Reply::Status(200)).await.unwrap();
    let front = TlsFront::open(receiver.address()).await;
    let system = system_with(&front).await.with("SSL_CERT_FILE", &front.certificate.display().to_string());
    let _worker = system.start(Program::FulfillmentWorker).await;
    write(&system).await;
    eventually("the message is received", async || receiver.received().len() == 1).await;
    assert_eq!(receiver.received()[0].header("webhook-id"), "order.paid/1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_posted_to_an_endpoint_whose_certificate_nobody_vouches_for() {
    let receiver = Receiver::open(|_| Reply::Status(200)).await.unwrap();
    let front = TlsFront::open(receiver.address()).await;
    let system = system_with(&front).await;
    let _worker = system.start(Program::FulfillmentWorker).await;
    write(&system).await;
    let refused = "SELECT count(*) FROM outbox_deliveries WHERE destination = 'http' AND last_error ILIKE '%certificate%'";
    eventually("the attempt is recorded", async || system.number(refused).await == 1).await;
    assert!(receiver.received().is_empty());
}
