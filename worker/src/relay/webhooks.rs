//! The endpoints that outgoing messages are posted to.

use std::time::Duration;

use reqwest::Url;

use super::signature::SigningKey;

/// Where messages are posted to.
#[derive(Default)]
pub struct OutWebhooks {
    pub endpoints: Vec<OutWebhook>,
    /// Whether they may have private addresses.
    pub allow_private: bool,
    /// How long each may take to answer.
    pub timeout: Duration,
}

pub struct OutWebhook {
    pub name: String,
    pub url: Url,
    /// What it verifies messages with; several while one is rolled.
    pub keys: Vec<SigningKey>,
    /// What it is sent.
    pub topics: Vec<&'static str>,
}
