//! The HTTP client of all calls to the servers of others, Stripe's and the company's. It knows neither what is asked nor
//! what an answer means.

mod retry_after;

pub use retry_after::retry_after;

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use rustls::crypto::ring;
use rustls::{ClientConfig, Error, RootCertStore};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A client that trusts the certificate authorities of the system, and gives up after `timeout` at the latest.
///
/// No redirects: a key must not follow one, and it could lead to an address that is refused. No proxy of the environment:
/// it would see the key where a URL is http, and connect where the client does not.
///
/// # Errors
/// From rustls, which may refuse its own defaults.
pub fn builder(timeout: Duration) -> Result<ClientBuilder, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(timeout)
        .user_agent(concat!("Sluicegate/", env!("CARGO_PKG_VERSION"))))
}
