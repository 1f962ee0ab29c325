//! The settings that decisions depend on, to be flattened into the workers' arguments and the console's.

use std::time::Duration;

use clap::Args;
use domain::rules::{ClientReferenceId, KeptParts, MODES, OrdersPolicy, Rules};
use service::settings::setting::{duration, word};
use service::settings::{Problems, Setting};

const YEAR: Duration = Duration::from_secs(364 * 24 * 60 * 60);
const ORDERS_POLICIES: [(&str, OrdersPolicy); 2] =
    [("adopt", OrdersPolicy::Adopt), ("require", OrdersPolicy::Require)];
const CLIENT_REFERENCE_IDS: [(&str, ClientReferenceId); 2] =
    [("order", ClientReferenceId::Order), ("ignore", ClientReferenceId::Ignore)];

/// What the workers decide by, and the console's previews with them: the same for all.
#[derive(Debug, Clone, Args)]
pub struct RulesArgs {
    /// Which events are processed: live, test or any. Those of the other mode are recorded and ignored. Required.
    #[arg(long, env = "STRIPE_LIVEMODE", value_name = "MODE", value_parser = word(&MODES))]
    stripe_livemode: Option<Setting<Option<bool>>>,
    /// What becomes of a payment whose order is not registered: adopt (the order is created from the payment) or
    /// require (the payment is held until the order is registered).
    #[arg(long, env = "ORDERS_POLICY", value_name = "POLICY", default_value = "adopt",
        value_parser = word(&ORDERS_POLICIES))]
    orders_policy: Setting<OrdersPolicy>,
    /// What a checkout session's `client_reference_id` is: order (the order's id, where no metadata names one) or
    /// ignore (something else, such as the user's id).
    #[arg(long, env = "CLIENT_REFERENCE_ID", value_name = "MEANING", default_value = "order",
        value_parser = word(&CLIENT_REFERENCE_IDS))]
    client_reference_id: Setting<ClientReferenceId>,
    /// How long a subscription keeps access after it became past due, such as 7d; 0s: not at all.
    // Stripe goes on trying a failed renewal for about a week or two; a shorter grace locks out customers whose card
    // is charged the next day.
    #[arg(long, env = "SUBSCRIPTION_GRACE", value_name = "TIME", default_value = "7d",
        value_parser = duration(Duration::ZERO..=YEAR))]
    subscription_grace: Setting<Duration>,
    /// When set, every payment that names an order must carry that order's reference code. Default: none.
    #[arg(long, env = "REFERENCE_SECRET", hide_env_values = true, value_name = "SECRET")]
    reference_secret: Option<String>,
    /// A file that holds REFERENCE_SECRET.
    #[arg(long, env = "REFERENCE_SECRET_FILE", value_name = "PATH")]
    reference_secret_file: Option<String>,
    /// When set, e-mail addresses, names and last four digits are kept as hashes under it, so that the console finds
    /// payments by them; the same for all workers and the console. Default: none, and they find nothing.
    #[arg(long, env = "SEARCH_SECRET", hide_env_values = true, value_name = "SECRET")]
    search_secret: Option<String>,
    /// A file that holds SEARCH_SECRET.
    #[arg(long, env = "SEARCH_SECRET_FILE", value_name = "PATH")]
    search_secret_file: Option<String>,
}

impl RulesArgs {
    /// The rules. `decides` is whether events are decided by them: only then the mode is required.
    pub fn read(&self, decides: bool, problems: &mut Problems) -> Rules {
        let (secret, file) = (self.reference_secret.as_deref(), self.reference_secret_file.as_deref());
        let search = (self.search_secret.as_deref(), self.search_secret_file.as_deref());
        let mode = self.stripe_livemode.as_ref();
        let livemode = match decides {
            true => problems.take_required("STRIPE_LIVEMODE", mode, "live, test or any"),
            false => problems.take_optional(mode),
        };
        Rules {
            orders: problems.take(&self.orders_policy),
            client_reference_id: problems.take(&self.client_reference_id),
            reference_secret: problems.secret("REFERENCE_SECRET", secret, file),
            grace: problems.take(&self.subscription_grace),
            livemode: livemode.flatten(),
            can_fetch: false,
            search_secret: problems.secret("SEARCH_SECRET", search.0, search.1),
            kept_parts: KeptParts::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use service::settings::setting::from_pairs;

    #[test]
    fn the_mode_must_be_given_where_events_are_decided() {
        let mut problems = Problems::default();
        from_pairs::<RulesArgs>(&[]).read(true, &mut problems);
        let text = problems.finish().unwrap_err().to_string();
        assert_eq!(text, "STRIPE_LIVEMODE is required: live, test or any\n");
        let mut problems = Problems::default();
        from_pairs::<RulesArgs>(&[]).read(false, &mut problems);
        assert_eq!(problems.finish(), Ok(()));
    }

    #[test]
    fn every_value_is_read() {
        let mut problems = Problems::default();
        let args: RulesArgs = from_pairs(&[
            ("STRIPE_LIVEMODE", "live"),
            ("ORDERS_POLICY", "require"),
            ("CLIENT_REFERENCE_ID", "ignore"),
            ("SUBSCRIPTION_GRACE", "0s"),
        ]);
        let rules = args.read(true, &mut problems);
        assert_eq!(problems.finish(), Ok(()));
        assert_eq!((rules.livemode, rules.orders), (Some(true), OrdersPolicy::Require));
        assert_eq!((rules.client_reference_id, rules.grace), (ClientReferenceId::Ignore, Duration::ZERO));
    }
}
