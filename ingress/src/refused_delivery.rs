//! A refused delivery in short: who sent it, how it was signed, and what is wrong with it. Nothing of it can be read from
//! the description, and no secret is in it.

use actix_web::HttpRequest;
use actix_web::http::header;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::net::IpAddr;
use stripe::diagnosis::{Delivery, Diagnosis, Secrets, diagnose};
use stripe::rejection::{BodySummary, RejectionSample};
use stripe::signature::read_header;

/// Characters of what strangers may write at any length.
const LONGEST_TEXT: usize = 100;

/// Bodies up to here, which most events are, are searched for what was altered in them. It costs some thirty signatures
/// over the body for each secret, and holds up the thread that serves requests.
const LONGEST_SEARCH: usize = 16 * 1024;

/// What is described.
pub(crate) struct RefusedDelivery<'a> {
    /// Empty for the one without a name.
    pub(crate) endpoint: &'a str,
    /// The value of `Stripe-Signature`.
    pub(crate) header: &'a [u8],
    /// None where it was refused before its body was read.
    pub(crate) body: Option<&'a [u8]>,
    /// Unix seconds.
    pub(crate) now: i64,
    pub(crate) client: Option<IpAddr>,
    /// The greatest age that is accepted, in seconds.
    pub(crate) tolerance: u64,
    /// Of the endpoint without a name.
    pub(crate) secrets: &'a [SecretString],
    /// The others.
    pub(crate) endpoints: &'a BTreeMap<String, Vec<SecretString>>,
}

impl RefusedDelivery<'_> {
    /// The description.
    pub(crate) fn sample(&self, request: &HttpRequest) -> RejectionSample {
        let header = read_header(self.header);
        let user_agent = request.headers().get(header::USER_AGENT);
        RejectionSample {
            at: self.now,
            path: cut(request.path()),
            client: self.client.map(|client| client.to_string()),
            user_agent: user_agent.map(|text| cut(&String::from_utf8_lossy(text.as_bytes()))),
            skew: header.signed_at().map(|signed| self.now.saturating_sub(signed)),
            v1: header.v1 > 0,
            v0: header.v0 > 0,
            body: self.body.map(BodySummary::of),
            diagnosis: self.body.map(|body| self.diagnose(body)),
        }
    }

    fn diagnose(&self, body: &[u8]) -> Diagnosis {
        let unnamed = [("", self.secrets)];
        let named = self.endpoints.iter().map(|(name, secrets)| (name.as_str(), &secrets[..]));
        let all: Vec<(&str, &[SecretString])> = unnamed.into_iter().chain(named).collect();
        let own = all.iter().find(|(name, _)| *name == self.endpoint).map_or(&[][..], |(_, secrets)| secrets);
        let others: Vec<_> = all.iter().copied().filter(|(name, _)| *name != self.endpoint).collect();
        let delivery = Delivery {
            header: self.header,
            body,
            now: self.now,
            tolerance: self.tolerance,
            longest_search: LONGEST_SEARCH,
        };
        diagnose(&delivery, &Secrets { own, others: &others })
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}
