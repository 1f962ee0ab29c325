//! The settings that workers and console must have alike, as `sluicegate doctor` compares them.

use std::time::Duration;

use amqp::topology::label;
use domain::rules::{ClientReferenceId, MODES, OrdersPolicy, Rules, reference_code};
use serde_json::{Map, Value};

/// Each setting by its name, with its value; of a secret, enough to see whether two are the same and no more than every
/// reference code shows.
#[must_use]
pub fn shared_settings(rules: &Rules, retry: &[Duration], has_api_key: bool) -> Map<String, Value> {
    let mode = MODES.iter().find(|(_, mode)| *mode == rules.livemode).map(|(name, _)| *name);
    let orders = match rules.orders {
        OrdersPolicy::Adopt => "adopt",
        OrdersPolicy::Require => "require",
    };
    let reference = match rules.client_reference_id {
        ClientReferenceId::Order => "order",
        ClientReferenceId::Ignore => "ignore",
    };
    let schedule: Vec<String> = retry.iter().map(|delay| label(*delay)).collect();
    let secret = rules.reference_secret.as_ref();
    let secret = secret.map(|secret| reference_code(secret, "sluicegate doctor", 0, "xxx"));
    let entries: [(&str, Value); 7] = [
        ("CLIENT_REFERENCE_ID", reference.into()),
        ("ORDERS_POLICY", orders.into()),
        ("REFERENCE_SECRET", secret.into()),
        ("RETRY_SCHEDULE", schedule.join(",").into()),
        ("STRIPE_API_KEY", if has_api_key { "set" } else { "not set" }.into()),
        ("STRIPE_LIVEMODE", mode.into()),
        ("SUBSCRIPTION_GRACE", label(rules.grace).into()),
    ];
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    #[test]
    fn a_secret_is_compared_and_never_shown() {
        let of = |secret: &str| {
            let reference_secret = Some(SecretString::from(secret));
            shared_settings(&Rules { reference_secret, ..Rules::default() }, &[], false)
        };
        assert_eq!(of("hunter2"), of("hunter2"));
        assert_ne!(of("hunter2"), of("hunter3"));
        assert!(!format!("{:?}", of("hunter2")).contains("hunter2"));
    }

    #[test]
    fn every_setting_that_decides_is_among_them() {
        let adopted = shared_settings(&Rules::default(), &[Duration::from_secs(90)], true);
        let other = Rules {
            orders: OrdersPolicy::Require,
            client_reference_id: ClientReferenceId::Ignore,
            reference_secret: Some(SecretString::from("x")),
            grace: Duration::from_secs(60),
            livemode: Some(true),
            ..Rules::default()
        };
        let other = shared_settings(&other, &[], false);
        assert!(adopted.iter().all(|(name, value)| other[name] != *value), "{adopted:?} {other:?}");
        assert_eq!(adopted["RETRY_SCHEDULE"], "1m30s");
    }
}
