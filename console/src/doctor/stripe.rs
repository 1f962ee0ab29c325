//! Stripe: whether it accepts the key, and whether its endpoints send the event types that are needed.

use std::collections::BTreeSet;

use domain::NEEDED;
use serde_json::Value;
use service::error::chain;
use stripe_api::{ApiError, Call, List, Resource, RetryPolicy};

use super::finding::{CheckId, Finding};
use crate::runtime::Connections;
use crate::runtime::settings::ConsoleSettings;

/// For whom the types are needed whatever they sell.
const EVERYBODY: [&str; 2] = ["payments", "all"];

pub(super) async fn check(settings: &ConsoleSettings, connections: &Connections) -> Vec<Finding> {
    let Ok(api) = connections.stripe_api() else {
        return vec![Finding::skipped(CheckId::StripeApi, "STRIPE_API_KEY is not set")];
    };
    let (api, call) = (api.with_policy(RetryPolicy::PROMPT), Call::default());
    let events = api.page(&List::new(Resource::Event).page_size(1), &call).await;
    let accepted = events.is_ok();
    let mut found = vec![key(&events.map(drop))];
    if settings.sweep.poll.is_some() {
        found.push(Finding::skipped(CheckId::WebhookEvents, "events are polled (STRIPE_POLL)"));
    } else if accepted {
        let endpoints = api.all(List::new(Resource::WebhookEndpoint), call).await;
        found.push(endpoints.map_or_else(|error| unreadable(&error), |endpoints| webhook_events(&endpoints)));
    }
    found
}

fn key(read: &Result<(), ApiError>) -> Finding {
    let check = CheckId::StripeApi;
    match read {
        Ok(()) => Finding::ok(check, "it accepts the key"),
        Err(error @ ApiError::Unauthorized { .. }) => {
            Finding::failed(check, chain(error), "replace STRIPE_API_KEY, or let it read events")
        }
        Err(error) => {
            Finding::failed(check, chain(error), "see https://status.stripe.com; webhooks do not need it")
        }
    }
}

fn unreadable(error: &ApiError) -> Finding {
    let check = CheckId::WebhookEvents;
    match error {
        ApiError::Unauthorized { .. } => Finding::skipped(check, "the key may not read webhook endpoints"),
        error => Finding::skipped(check, chain(error)),
    }
}

/// What the enabled endpoints together do not send.
fn webhook_events(endpoints: &[Value]) -> Finding {
    let check = CheckId::WebhookEvents;
    let enabled = endpoints.iter().filter(|endpoint| endpoint["status"] == "enabled");
    let sent = enabled.flat_map(|endpoint| endpoint["enabled_events"].as_array().into_iter().flatten());
    let sent: BTreeSet<&str> = sent.filter_map(Value::as_str).collect();
    if sent.is_empty() {
        let remedy =
            "create or enable one: https://docs.stripe.com/webhooks; Stripe disables one that keeps failing";
        return Finding::failed(check, "no webhook endpoint is enabled", remedy);
    }
    let is_sent = |kind: &&str| sent.contains("*") || sent.contains(kind);
    let lacking = NEEDED.iter().filter_map(|(kinds, needed_for, _)| {
        let missing: Vec<&str> = kinds.iter().copied().filter(|kind| !is_sent(kind)).collect();
        (!missing.is_empty()).then_some((*needed_for, missing))
    });
    let lacking: Vec<(&str, Vec<&str>)> = lacking.collect();
    if lacking.is_empty() {
        return Finding::ok(check, "all that are needed are sent");
    }
    let groups = lacking.iter().map(|(needed_for, kinds)| format!("for {needed_for}: {}", kinds.join(" ")));
    let found = format!("not sent {}", groups.collect::<Vec<_>>().join("; "));
    let remedy = "add them to the endpoint at Stripe; docs/EVENTS.md says what is wrong without them";
    if lacking.iter().any(|(needed_for, _)| EVERYBODY.contains(needed_for)) {
        return Finding::failed(check, found, remedy);
    }
    Finding::warning(check, found, remedy)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::doctor::finding::CheckStatus;

    fn endpoint(status: &str, events: &[&str]) -> Value {
        json!({"object": "webhook_endpoint", "status": status, "enabled_events": events})
    }

    #[test]
    fn every_type_counts_wherever_it_is_sent() {
        let all: Vec<&str> = NEEDED.iter().flat_map(|(kinds, ..)| kinds.iter().copied()).collect();
        assert_eq!(webhook_events(&[endpoint("enabled", &["*"])]).status, CheckStatus::Ok);
        let (some, others) = all.split_at(3);
        let both = [endpoint("enabled", some), endpoint("enabled", others)];
        assert_eq!(webhook_events(&both).status, CheckStatus::Ok);
        let disabled = [endpoint("enabled", some), endpoint("disabled", others)];
        assert_eq!(webhook_events(&disabled).status, CheckStatus::Failed);
        assert_eq!(webhook_events(&[endpoint("disabled", &["*"])]).status, CheckStatus::Failed);
    }

    #[test]
    fn what_only_some_companies_need_is_a_warning() {
        let all = NEEDED.iter().filter(|(_, needed_for, _)| *needed_for != "subscriptions");
        let all: Vec<&str> = all.flat_map(|(kinds, ..)| kinds.iter().copied()).collect();
        let found = webhook_events(&[endpoint("enabled", &all)]);
        assert_eq!(found.status, CheckStatus::Warning);
        assert!(found.found.contains("for subscriptions: customer.subscription.created"), "{found:?}");
        let all: Vec<&str> = all.into_iter().filter(|kind| *kind != "charge.dispute.created").collect();
        assert_eq!(webhook_events(&[endpoint("enabled", &all)]).status, CheckStatus::Failed);
    }
}
