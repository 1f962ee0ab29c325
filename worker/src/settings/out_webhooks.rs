//! `OUT_WEBHOOK_…`: where outgoing messages are posted to.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use clap::Args;
use domain::message::TOPICS;
use reqwest::Url;
use secrecy::ExposeSecret;
use service::settings::setting::{duration, word};
use service::settings::{Problems, Setting};

use crate::relay::address::is_public;
use crate::relay::signature::SigningKey;
use crate::relay::{OutWebhook, OutWebhooks};

const URL: &str = "OUT_WEBHOOK_URL";
const SECRET: &str = "OUT_WEBHOOK_SECRET";
const TOPIC_LIST: &str = "OUT_WEBHOOK_TOPICS";
const ALLOW_PRIVATE: &str = "OUT_WEBHOOK_ALLOW_PRIVATE";
const TIMEOUT: &str = "OUT_WEBHOOK_TIMEOUT";

const TOPICS_TAKES: &str =
    "takes topics of docs/MESSAGES.md, comma separated, such as order.paid,subscription.*";
const SECRET_TAKES: &str = "whsec_ and 24 to 64 bytes in base64; several, comma separated";

/// The endpoint without a name, and what goes for all.
#[derive(Debug, Clone, Args)]
pub(super) struct OutWebhookArgs {
    /// Outgoing messages are also posted to this URL, signed as Standard Webhooks say. Further endpoints are made by
    /// setting `OUT_WEBHOOK_URL_<NAME>`, `OUT_WEBHOOK_SECRET_<NAME>` and `OUT_WEBHOOK_TOPICS_<NAME>` in the environment.
    /// All workers must be given the same. Default: none.
    #[arg(long, env = "OUT_WEBHOOK_URL", hide_env_values = true, value_name = "URL")]
    out_webhook_url: Option<String>,
    /// The secret that they are signed with, whsec_…; several, comma separated, while one is rolled. Required with
    /// `OUT_WEBHOOK_URL`.
    #[arg(long, env = "OUT_WEBHOOK_SECRET", hide_env_values = true, value_name = "SECRETS")]
    out_webhook_secret: Option<String>,
    /// A file that holds `OUT_WEBHOOK_SECRET`.
    #[arg(long, env = "OUT_WEBHOOK_SECRET_FILE", value_name = "PATH")]
    out_webhook_secret_file: Option<String>,
    /// The topics that are posted, comma separated, such as order.paid,subscription.*. Default: all.
    #[arg(long, env = "OUT_WEBHOOK_TOPICS", value_name = "TOPICS")]
    out_webhook_topics: Option<String>,
    /// Whether URLs may be http and lead to private addresses such as 10.0.0.1 or localhost: true or false.
    #[arg(long, env = "OUT_WEBHOOK_ALLOW_PRIVATE", value_name = "ANSWER", default_value = "false",
        value_parser = word(&[("true", true), ("false", false)]))]
    out_webhook_allow_private: Setting<bool>,
    /// How long an endpoint may take to answer.
    #[arg(long, env = "OUT_WEBHOOK_TIMEOUT", value_name = "TIME", default_value = "10s",
        value_parser = duration(Duration::from_millis(100)..=Duration::from_secs(30)))]
    out_webhook_timeout: Setting<Duration>,
}

/// The settings of one endpoint, as they are written.
#[derive(Default)]
struct Raw {
    url: Option<String>,
    secret: Option<String>,
    secret_file: Option<String>,
    topics: Option<String>,
}

impl OutWebhookArgs {
    pub(super) fn read(&self, problems: &mut Problems, environment: &[(String, String)]) -> OutWebhooks {
        let allow_private = problems.take(&self.out_webhook_allow_private);
        let timeout = problems.take(&self.out_webhook_timeout);
        let unnamed = Raw {
            url: self.out_webhook_url.clone(),
            secret: self.out_webhook_secret.clone(),
            secret_file: self.out_webhook_secret_file.clone(),
            topics: self.out_webhook_topics.clone(),
        };
        let mut raws = named(environment, problems);
        raws.insert(String::new(), unnamed);
        let endpoints =
            raws.into_iter().filter_map(|(name, raw)| raw.read(&name, allow_private, problems)).collect();
        OutWebhooks { endpoints, allow_private, timeout }
    }
}

/// The endpoints of `OUT_WEBHOOK_…_<NAME>`. A variable that means nothing is a problem: it would be a message that never
/// arrives.
fn named(environment: &[(String, String)], problems: &mut Problems) -> BTreeMap<String, Raw> {
    let mut found: BTreeMap<String, Raw> = BTreeMap::new();
    let ours =
        environment.iter().filter(|(name, value)| name.starts_with("OUT_WEBHOOK_") && !value.is_empty());
    for (variable, value) in ours.cloned() {
        let of = |prefix: &str| variable.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
        if [URL, SECRET, TOPIC_LIST, ALLOW_PRIVATE, TIMEOUT].contains(&variable.as_str()) {
            continue;
        } else if let Some(name) = of(URL) {
            found.entry(name.to_owned()).or_default().url = Some(value);
        } else if let Some(name) = of(TOPIC_LIST) {
            found.entry(name.to_owned()).or_default().topics = Some(value);
        } else if of(SECRET) == Some("FILE") {
            continue;
        } else if let Some(name) = of(SECRET).and_then(|rest| rest.strip_suffix("_FILE")) {
            found.entry(name.to_owned()).or_default().secret_file = Some(value);
        } else if let Some(name) = of(SECRET) {
            found.entry(name.to_owned()).or_default().secret = Some(value);
        } else {
            problems.add(
                &variable,
                "is no setting; there are OUT_WEBHOOK_URL, _SECRET, _TOPICS, each with _<NAME>",
            );
        }
    }
    found
}

impl Raw {
    fn read(self, name: &str, allow_private: bool, problems: &mut Problems) -> Option<OutWebhook> {
        let variable = |base: &str| if name.is_empty() { base.to_owned() } else { format!("{base}_{name}") };
        let is_set = |raw: &Option<String>| raw.as_deref().is_some_and(|raw| !raw.trim().is_empty());
        if !is_set(&self.url) {
            if is_set(&self.secret) || is_set(&self.secret_file) || is_set(&self.topics) {
                problems.add(&variable(URL), "is missing for the secret or topics of that name");
            }
            return None;
        }
        let url = self.url.as_deref().unwrap_or_default().trim();
        let url = checked_url(&variable(URL), url, allow_private, problems);
        let secret = problems.required_secret(
            &variable(SECRET),
            self.secret.as_deref(),
            self.secret_file.as_deref(),
            SECRET_TAKES,
        );
        let text = secret.expose_secret();
        let keys: Option<Vec<SigningKey>> =
            text.split(',').map(|secret| SigningKey::parse(secret.trim())).collect();
        if keys.is_none() && !text.is_empty() {
            problems.add(&variable(SECRET), format_args!("takes {SECRET_TAKES}; what it holds is not that"));
        }
        let all = || TOPICS.iter().map(|topic| topic.name).collect();
        let topics = match self.topics.as_deref().map(str::trim).filter(|raw| !raw.is_empty()) {
            None => all(),
            Some(raw) => topics(raw).unwrap_or_else(|| {
                problems.add(&variable(TOPIC_LIST), TOPICS_TAKES);
                all()
            }),
        };
        let name = if name.is_empty() { "http".to_owned() } else { format!("http:{}", name.to_lowercase()) };
        Some(OutWebhook { name, url: url?, keys: keys?, topics })
    }
}

/// The URL is not quoted: it may hold a password.
pub(super) fn checked_url(
    variable: &str,
    raw: &str,
    allow_private: bool,
    problems: &mut Problems,
) -> Option<Url> {
    let url = Url::parse(raw).ok().filter(|url| url.has_host() && ["http", "https"].contains(&url.scheme()));
    let Some(url) = url else {
        problems.add(variable, "takes a URL such as https://example.com/webhooks; what it holds is not one");
        return None;
    };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let private = host.parse::<IpAddr>().is_ok_and(|address| !is_public(address));
    if !allow_private && (private || url.scheme() == "http") {
        let what = "takes https and a public address, unless OUT_WEBHOOK_ALLOW_PRIVATE is true";
        problems.add(variable, what);
        return None;
    }
    Some(url)
}

/// Names of topics; a star at the end stands for every ending.
fn topics(raw: &str) -> Option<Vec<&'static str>> {
    let mut wanted = Vec::new();
    for pattern in raw.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()) {
        let matches = |name: &str| match pattern.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == pattern,
        };
        let before = wanted.len();
        wanted.extend(TOPICS.iter().map(|topic| topic.name).filter(|name| matches(name)));
        if wanted.len() == before {
            return None;
        }
    }
    wanted.sort_unstable();
    wanted.dedup();
    (!wanted.is_empty()).then_some(wanted)
}

#[cfg(test)]
#[path = "out_webhooks_tests.rs"]
mod tests;
