//! The settings that decisions depend on, to be flattened into the workers' arguments and the console's.

use std::time::Duration;

use clap::Args;
use domain::rules::{ClientReferenceId, MODES, OrdersPolicy, Rules};
use service::settings::Problems;

/// Stripe goes on trying a failed renewal for about a week or two; a shorter grace locks out customers whose
/// card is charged the next day.
const GRACE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const ORDERS_POLICIES: [(&str, OrdersPolicy); 2] =
    [("adopt", OrdersPolicy::Adopt), ("require", OrdersPolicy::Require)];
const CLIENT_REFERENCE_IDS: [(&str, ClientReferenceId); 2] =
    [("order", ClientReferenceId::Order), ("ignore", ClientReferenceId::Ignore)];

/// What the workers decide by, and the console's previews with them: the same for all.
#[derive(Debug, Clone, Default, Args)]
pub struct RulesArgs {
    /// Which events are processed: live, test or any. Those of the other mode are recorded and ignored. Required.
    #[arg(long, env = "STRIPE_LIVEMODE", value_name = "MODE")]
    stripe_livemode: Option<String>,
    /// What becomes of a payment whose order is not registered: adopt (the order is created from the payment) or
    /// require (the payment is held until the order is registered). Default: adopt.
    #[arg(long, env = "ORDERS_POLICY", value_name = "POLICY")]
    orders_policy: Option<String>,
    /// What a checkout session's `client_reference_id` is: order (the order's id, where no metadata names one) or
    /// ignore (something else, such as the user's id). Default: order.
    #[arg(long, env = "CLIENT_REFERENCE_ID", value_name = "MEANING")]
    client_reference_id: Option<String>,
    /// How long a subscription keeps access after it became past due, such as 7d; 0s: not at all. Default: 7d.
    #[arg(long, env = "SUBSCRIPTION_GRACE", value_name = "TIME")]
    subscription_grace: Option<String>,
    /// When set, every payment that names an order must carry that order's reference code. Default: none.
    #[arg(long, env = "REFERENCE_SECRET", hide_env_values = true, value_name = "SECRET")]
    reference_secret: Option<String>,
    /// A file that holds REFERENCE_SECRET.
    #[arg(long, env = "REFERENCE_SECRET_FILE", value_name = "PATH")]
    reference_secret_file: Option<String>,
}

impl RulesArgs {
    /// The rules. `decides` is whether events are decided by them: only then the mode is required.
    pub fn read(&self, decides: bool, problems: &mut Problems) -> Rules {
        let (secret, file) = (self.reference_secret.as_deref(), self.reference_secret_file.as_deref());
        let mode = self.stripe_livemode.as_deref();
        let livemode = match decides {
            true => problems.required_word("STRIPE_LIVEMODE", mode, &MODES),
            false => problems.word("STRIPE_LIVEMODE", mode, None, &MODES),
        };
        Rules {
            orders: problems.word(
                "ORDERS_POLICY",
                self.orders_policy.as_deref(),
                OrdersPolicy::Adopt,
                &ORDERS_POLICIES,
            ),
            client_reference_id: problems.word(
                "CLIENT_REFERENCE_ID",
                self.client_reference_id.as_deref(),
                ClientReferenceId::Order,
                &CLIENT_REFERENCE_IDS,
            ),
            reference_secret: problems.secret("REFERENCE_SECRET", secret, file),
            grace: problems.duration(
                "SUBSCRIPTION_GRACE",
                self.subscription_grace.as_deref(),
                GRACE,
                Duration::ZERO..=GRACE * 52,
            ),
            livemode,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_must_be_given_where_events_are_decided() {
        let mut problems = Problems::default();
        RulesArgs::default().read(true, &mut problems);
        let text = problems.finish().unwrap_err().to_string();
        assert_eq!(text, "STRIPE_LIVEMODE is required: live, test or any\n");
        let mut problems = Problems::default();
        RulesArgs::default().read(false, &mut problems);
        assert_eq!(problems.finish(), Ok(()));
    }

    #[test]
    fn every_value_is_read() {
        let mut problems = Problems::default();
        let args = RulesArgs {
            stripe_livemode: Some("live".to_owned()),
            orders_policy: Some("require".to_owned()),
            client_reference_id: Some("ignore".to_owned()),
            ..RulesArgs::default()
        };
        let rules = args.read(true, &mut problems);
        assert_eq!(problems.finish(), Ok(()));
        assert_eq!((rules.livemode, rules.orders), (Some(true), OrdersPolicy::Require));
        assert_eq!(rules.client_reference_id, ClientReferenceId::Ignore);
    }
}
