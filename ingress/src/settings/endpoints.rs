//! The webhook endpoints and their secrets.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use service::settings::Problems;

/// The variable with the secrets of `/webhooks/stripe`.
pub(super) const SECRET: &str = "STRIPE_WEBHOOK_SECRET";
/// What it may be.
pub(super) const SECRET_TAKES: &str =
    "the signing secret of the webhook endpoint, whsec_…; several, comma separated";

/// The endpoints of `STRIPE_WEBHOOK_SECRET_<NAME>` and `STRIPE_WEBHOOK_SECRET_<NAME>_FILE`.
pub(super) fn named(
    environment: &[(String, String)],
    problems: &mut Problems,
) -> BTreeMap<String, Vec<SecretString>> {
    let mut found: BTreeMap<&str, (Option<&str>, Option<&str>)> = BTreeMap::new();
    for (variable, value) in environment {
        let Some(name) = variable.strip_prefix(SECRET).and_then(|rest| rest.strip_prefix('_')) else {
            continue;
        };
        match name.strip_suffix("_FILE") {
            // `STRIPE_WEBHOOK_SECRET_FILE` is the file of the endpoint without a name.
            None if name == "FILE" => {}
            None => found.entry(name).or_default().0 = Some(value),
            Some(name) => found.entry(name).or_default().1 = Some(value),
        }
    }
    let mut endpoints = BTreeMap::new();
    for (name, (secret, file)) in found {
        let variable = format!("{SECRET}_{name}");
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') || name.is_empty() {
            problems.add(&variable, "must end in a name of letters, digits, dashes and underscores");
            continue;
        }
        let secrets = problems.required_secret(&variable, secret, file, SECRET_TAKES);
        let secrets = split(&variable, &secrets, problems);
        if endpoints.insert(name.to_ascii_lowercase(), secrets).is_some() {
            problems.add(&variable, "is set twice, in upper and in lower case");
        }
    }
    endpoints
}

/// The secrets of one endpoint.
pub(super) fn split(name: &str, secrets: &SecretString, problems: &mut Problems) -> Vec<SecretString> {
    let text = secrets.expose_secret();
    let each: Vec<_> =
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(SecretString::from).collect();
    if each.is_empty() && !text.is_empty() {
        problems.add(name, format_args!("holds no secret; it takes {SECRET_TAKES}"));
    }
    each
}
