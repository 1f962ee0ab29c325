//! Who may deliver, and how often: the allow list and the rate limit, by the address of the client.

use crate::answer::Refusal;
use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const FORWARDED_FOR: &str = "x-forwarded-for";
/// How often addresses that came long ago are forgotten.
const UPKEEP: Duration = Duration::from_secs(60);

/// The addresses that Stripe sends webhooks from.
const STRIPE: &str = include_str!("../stripe-addresses.txt");

/// The networks of `INGRESS_ALLOW`: `stripe`, CIDRs and addresses, comma separated.
pub(crate) fn allowed(list: &str) -> Option<Vec<IpNet>> {
    let mut networks = Vec::new();
    for part in list.split(',').map(str::trim) {
        match part {
            "stripe" => networks.extend(stripe()),
            part => networks.push(service::settings::setting::network(part)?),
        }
    }
    Some(networks)
}

fn stripe() -> impl Iterator<Item = IpNet> {
    let lines = STRIPE.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(service::settings::setting::network)
}

/// The settings of the guard.
#[derive(Debug, Clone, Default)]
pub struct GuardSettings {
    /// Who may deliver; nothing: everybody.
    pub allow: Option<Vec<IpNet>>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpNet>,
    /// Requests per second of one client address.
    pub rate: Option<NonZeroU32>,
}

/// The allow list and the rate limit of all the server's threads.
pub(crate) struct Guard {
    settings: GuardSettings,
    rate: Option<DefaultKeyedRateLimiter<IpAddr>>,
    clock: DefaultClock,
}

impl Guard {
    pub(crate) fn new(settings: GuardSettings) -> Arc<Self> {
        let rate = settings.rate.map(|rate| RateLimiter::keyed(Quota::per_second(rate)));
        Arc::new(Self { settings, rate, clock: DefaultClock::default() })
    }

    /// The address that sends a request. Every connection of this server is TCP and has a peer.
    pub(crate) fn client(&self, request: &HttpRequest) -> Option<IpAddr> {
        Some(client(request.peer_addr()?, request.headers(), &self.settings.proxies))
    }

    /// Refuses a request of an address that may not deliver, or not so often.
    pub(crate) fn check(&self, request: &HttpRequest) -> Result<(), Refusal> {
        let Some(client) = self.client(request) else { return Ok(()) };
        if self.settings.allow.as_ref().is_some_and(|allow| !contains(allow, client)) {
            return Err(Refusal::NotAllowed);
        }
        let Some(rate) = &self.rate else { return Ok(()) };
        rate.check_key(&subscriber(client)).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            Refusal::RateLimited { seconds: wait.as_secs() + 1 }
        })
    }

    /// Forgets addresses that have not come for a while.
    pub(crate) async fn upkeep(self: Arc<Self>, end: CancellationToken) {
        while let (Some(rate), Some(())) =
            (&self.rate, end.run_until_cancelled(tokio::time::sleep(UPKEEP)).await)
        {
            rate.retain_recent();
            rate.shrink_to_fit();
        }
    }
}

fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// Who sends: the peer or, behind trusted proxies, the last address that is not one of them. What stands to the left
/// of it was written by the client, who may write anything.
fn client(peer: SocketAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let mut client = peer.ip().to_canonical();
    let values: Vec<&str> = headers.get_all(FORWARDED_FOR).filter_map(|value| value.to_str().ok()).collect();
    for hop in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        if !contains(proxies, client) {
            break;
        }
        let Some(address) = hop_address(hop.trim()) else { break };
        client = address;
    }
    client
}

/// An address, with or without a port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let address =
        hop.parse::<IpAddr>().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

/// A subscriber of IPv6 has a /64 at least, and could come from another address each time.
fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn client_of(peer: &str, forwarded: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(HeaderName::from_static(FORWARDED_FOR), HeaderValue::from_static(value));
        }
        let proxies = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        client(format!("{peer}:1").parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_only_up_to_the_first_stranger() {
        assert_eq!(client_of("1.1.1.1", &["2.2.2.2"]), "1.1.1.1");
        assert_eq!(client_of("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client_of("10.0.0.1", &["3.3.3.3, 2.2.2.2"]), "2.2.2.2");
        assert_eq!(client_of("10.0.0.1", &["3.3.3.3, 2.2.2.2, 10.0.0.2"]), "2.2.2.2");
        assert_eq!(client_of("10.0.0.1", &["3.3.3.3", "2.2.2.2:443,10.0.0.2"]), "2.2.2.2");
        assert_eq!(client_of("[fd00::1]", &["2001:db8::7"]), "2001:db8::7");
        assert_eq!(client_of("[::ffff:10.0.0.1]", &["2.2.2.2"]), "2.2.2.2");
        assert_eq!(client_of("10.0.0.1", &["2.2.2.2, unknown"]), "10.0.0.1");
    }

    #[test]
    fn stripes_addresses_are_there_and_can_be_joined_by_others() {
        let stripe = allowed("stripe").unwrap();
        assert!(stripe.len() >= 10 && contains(&stripe, "3.18.12.63".parse().unwrap()));
        let listed = STRIPE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
        assert_eq!(stripe.len(), listed, "every line is an address");
        let both = allowed("stripe, 192.0.2.0/24").unwrap();
        assert!(contains(&both, "192.0.2.9".parse().unwrap()));
        assert_eq!(allowed("stripes"), None);
    }

    #[test]
    fn one_subscriber_of_ipv6_is_one_client() {
        let address = |text: &str| subscriber(text.parse().unwrap());
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_ne!(address("1.2.3.4"), address("1.2.3.5"));
    }
}
