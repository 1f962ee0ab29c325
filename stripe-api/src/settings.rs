//! `STRIPE_API_…`, to be flattened into the arguments of the programs that read from Stripe.

use std::num::NonZeroU32;
use std::time::Duration;

use clap::Args;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use service::settings::setting::{integer, value};
use service::settings::{Problems, Setting};

use crate::budget::{LIVE_RATE, TEST_RATE};

const KEY: &str = "STRIPE_API_KEY";
const BASE: &str = "https://api.stripe.com";

/// Stripe answers most reads within a second; its own libraries wait for 80.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The key and where it is used.
#[derive(Debug, Clone, Args)]
pub struct StripeApiArgs {
    /// A secret or restricted key of Stripe, sk_… or rk_…, that may read: for verify-payment and for objects that are
    /// fetched anew. Default: none, nothing is fetched.
    #[arg(long, env = "STRIPE_API_KEY", hide_env_values = true, value_name = "KEY")]
    stripe_api_key: Option<String>,
    /// A file that holds STRIPE_API_KEY.
    #[arg(long, env = "STRIPE_API_KEY_FILE", value_name = "PATH")]
    stripe_api_key_file: Option<String>,
    /// Where Stripe's API is; another one for tests.
    #[arg(long, env = "STRIPE_API_BASE", value_name = "URL", default_value = BASE,
        value_parser = value("a URL without a path, such as https://api.stripe.com", base))]
    stripe_api_base: Setting<Url>,
    /// Requests per second that one process makes, at most. Default: 20 with a live key, else 5.
    #[arg(long, env = "STRIPE_API_RATE", value_name = "NUMBER", value_parser = integer(1..=1000u32))]
    stripe_api_rate: Option<Setting<u32>>,
}

/// What a client needs.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// `sk_…` or `rk_…`.
    pub key: SecretString,
    /// Scheme, host and port.
    pub base: Url,
    /// Requests per second of this process.
    pub rate: NonZeroU32,
    /// For one attempt, from connecting to the last byte.
    pub timeout: Duration,
}

impl ApiSettings {
    /// The mode that the key reads; none where its beginning does not say.
    #[must_use]
    pub fn livemode(&self) -> Option<bool> {
        key_mode(self.key.expose_secret())
    }
}

impl StripeApiArgs {
    /// The settings; none without a key. `livemode` is the mode whose events are processed, none for both: a key of the
    /// other mode reads objects that do not exist here.
    pub fn read(&self, livemode: Option<bool>, problems: &mut Problems) -> Option<ApiSettings> {
        let (raw, file) = (self.stripe_api_key.as_deref(), self.stripe_api_key_file.as_deref());
        let key = problems.secret(KEY, raw, file);
        let base = problems.take(&self.stripe_api_base);
        let rate = problems.take_optional(self.stripe_api_rate.as_ref()).and_then(NonZeroU32::new);
        let key = key?;
        let text = key.expose_secret();
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            problems.add(KEY, "takes a key such as sk_live_… or rk_live_…; what it holds is not one");
        }
        let mode = key_mode(text);
        if let (Some(key_is_live), Some(livemode)) = (mode, livemode)
            && key_is_live != livemode
        {
            let words = |live: bool| if live { "live" } else { "test" };
            let (of_key, of_events) = (words(key_is_live), words(livemode));
            problems.add(KEY, format_args!("is a {of_key} key and STRIPE_LIVEMODE is {of_events}"));
        }
        let usual = if mode == Some(true) { LIVE_RATE } else { TEST_RATE };
        Some(ApiSettings { key, base, rate: rate.unwrap_or(usual), timeout: TIMEOUT })
    }
}

/// Whether a key is of live mode, as its beginning says.
fn key_mode(key: &str) -> Option<bool> {
    let (kind, rest) = key.split_once('_')?;
    let known = matches!(kind, "sk" | "rk");
    match rest.split_once('_') {
        Some(("live", _)) if known => Some(true),
        Some(("test", _)) if known => Some(false),
        _ => None,
    }
}

fn base(raw: &str) -> Option<Url> {
    let url: Url = raw.parse().ok()?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    (plain && anonymous && matches!(url.scheme(), "https" | "http") && url.has_host()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use service::settings::setting::from_pairs;

    fn read(pairs: &[(&str, &str)], livemode: Option<bool>) -> (Option<ApiSettings>, String) {
        let mut problems = Problems::default();
        let settings = from_pairs::<StripeApiArgs>(pairs).read(livemode, &mut problems);
        (settings, problems.to_string())
    }

    #[test]
    fn without_a_key_nothing_is_read_and_defaults_are_those_of_the_documentation() {
        assert!(matches!(read(&[], None), (None, problems) if problems.is_empty()));
        let (settings, problems) = read(&[("STRIPE_API_KEY", "sk_live_1")], None);
        let settings = settings.unwrap();
        assert_eq!((settings.base.as_str(), settings.rate.get()), ("https://api.stripe.com/", 20));
        assert_eq!(problems, "");
        let (settings, _) = read(&[("STRIPE_API_KEY", "rk_test_1")], None);
        assert_eq!(settings.unwrap().rate.get(), 5);
        let (settings, _) = read(&[("STRIPE_API_KEY", "rk_test_1"), ("STRIPE_API_RATE", "50")], None);
        assert_eq!(settings.unwrap().rate.get(), 50);
    }

    #[test]
    fn a_key_of_the_other_mode_is_refused_without_quoting_it() {
        for (key, livemode) in [("sk_test_hunter2", true), ("rk_live_hunter2", false)] {
            let (_, problems) = read(&[("STRIPE_API_KEY", key)], Some(livemode));
            assert!(
                problems.contains("STRIPE_API_KEY is a") && problems.contains("STRIPE_LIVEMODE"),
                "{problems}"
            );
            assert!(!problems.contains("hunter2"), "{problems}");
            assert_eq!(read(&[("STRIPE_API_KEY", key)], None).1, "");
            assert_eq!(read(&[("STRIPE_API_KEY", key)], Some(!livemode)).1, "");
        }
    }

    #[test]
    fn a_wrong_base_and_an_unreadable_key_are_named() {
        for base in ["api.stripe.com", "ftp://h", "https://u@h", "https://h/v1", "https://h/?a=1"] {
            let (_, problems) = read(&[("STRIPE_API_BASE", base)], None);
            assert!(problems.contains("STRIPE_API_BASE takes a URL"), "{base}: {problems}");
        }
        let (_, problems) = read(&[("STRIPE_API_KEY", "sk_live_hunter2 x")], None);
        assert!(
            problems.contains("STRIPE_API_KEY takes a key") && !problems.contains("hunter2"),
            "{problems}"
        );
        assert_eq!(read(&[("STRIPE_API_BASE", "http://127.0.0.1:12111")], None).1, "");
    }
}
