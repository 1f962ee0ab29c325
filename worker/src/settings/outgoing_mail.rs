//! `SMTP_URL`, `MAIL_…` and `ALERT_…`: e-mail and alerts.

use std::net::IpAddr;

use clap::Args;
use lettre::message::Mailbox;
use mail::Kind;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use service::settings::setting::value;
use service::settings::{Problems, Setting};

use super::out_webhooks::checked_url;
use super::templates::TemplateArgs;
use crate::relay::{MailServer, OutgoingMail, Security};

const SMTP_TAKES: &str =
    "takes smtp://user:password@host:587 or smtps://user:password@host:465; what it holds is not that";

/// E-mail and alerts.
#[derive(Debug, Clone, Args)]
pub(super) struct OutgoingMailArgs {
    /// The mail server that e-mails are handed to: smtps://user:password@host:465, or smtp:// with STARTTLS
    /// (?tls=required, the default; ?tls=opportunistic; ?tls=none). Default: none, no e-mail is sent. All workers must be
    /// given the same.
    #[arg(long, env = "SMTP_URL", hide_env_values = true, value_name = "URL")]
    smtp_url: Option<String>,
    /// A file that holds `SMTP_URL`.
    #[arg(long, env = "SMTP_URL_FILE", value_name = "PATH")]
    smtp_url_file: Option<String>,
    /// Who sends, such as Example Shop <orders@example.com>. Required with `SMTP_URL`.
    #[arg(long, env = "MAIL_FROM", value_name = "MAILBOX", value_parser = value(MAILBOX, mailbox))]
    mail_from: Option<Setting<Mailbox>>,
    /// Which e-mails and alerts are sent, comma separated: order_confirmation, refund_notice, payment_failed,
    /// trial_ending, dispute_opened, payment_held, dead_letters, delivery_failed. Default: all.
    #[arg(long, env = "MAIL_KINDS", value_name = "KINDS", value_parser = value(KINDS, kinds))]
    mail_kinds: Option<Setting<Vec<Kind>>>,
    /// Who is alerted by e-mail, comma separated. Default: nobody.
    #[arg(long, env = "ALERT_TO", value_name = "ADDRESSES",
        value_parser = value("e-mail addresses, comma separated", mailboxes))]
    alert_to: Option<Setting<Vec<Mailbox>>>,
    /// Where alerts are posted to, as Slack takes them. Default: nowhere.
    #[arg(long, env = "ALERT_URL", hide_env_values = true, value_name = "URL")]
    alert_url: Option<String>,
    /// A file that holds `ALERT_URL`.
    #[arg(long, env = "ALERT_URL_FILE", value_name = "PATH")]
    alert_url_file: Option<String>,
    #[command(flatten)]
    templates: TemplateArgs,
}

const MAILBOX: &str = "an e-mail address such as Example Shop <orders@example.com>";
const KINDS: &str = "kinds of docs/MAIL.md, comma separated, such as order_confirmation,dead_letters";

impl OutgoingMailArgs {
    /// None when neither e-mail nor alerts are switched on.
    pub(super) fn read(&self, allow_private: bool, problems: &mut Problems) -> Option<OutgoingMail> {
        let url = problems.secret("SMTP_URL", self.smtp_url.as_deref(), self.smtp_url_file.as_deref());
        let from = problems.take_optional(self.mail_from.as_ref());
        if url.is_some() && self.mail_from.is_none() {
            problems.add("MAIL_FROM", format_args!("is required with SMTP_URL: {MAILBOX}"));
        }
        let alert_to = problems.take_optional(self.alert_to.as_ref()).unwrap_or_default();
        if url.is_none() && !alert_to.is_empty() {
            problems.add("ALERT_TO", "needs SMTP_URL, which is not set");
        }
        let alert_url =
            problems.secret("ALERT_URL", self.alert_url.as_deref(), self.alert_url_file.as_deref());
        let alert_url =
            alert_url.and_then(|url| checked_url("ALERT_URL", url.expose_secret(), allow_private, problems));
        let kinds = problems.take_optional(self.mail_kinds.as_ref());
        let locale = self.templates.locale(problems);
        let templates = self.templates.templates(problems);
        let server = url.zip(from).and_then(|(url, from)| server(url.expose_secret(), from, problems));
        if server.is_none() && alert_url.is_none() {
            return None;
        }
        let kinds = kinds.unwrap_or_else(|| Kind::ALL.to_vec());
        Some(OutgoingMail { server, alert_to, alert_url, kinds, locale, templates: templates? })
    }
}

fn kinds(raw: &str) -> Option<Vec<Kind>> {
    raw.split(',').map(|name| Kind::from_name(name.trim())).collect()
}

fn mailbox(raw: &str) -> Option<Mailbox> {
    raw.trim().parse().ok()
}

fn mailboxes(raw: &str) -> Option<Vec<Mailbox>> {
    raw.split(',').map(mailbox).collect()
}

/// Reads `SMTP_URL`, which is never quoted: it may hold a password.
fn server(raw: &str, from: Mailbox, problems: &mut Problems) -> Option<MailServer> {
    let url = Url::parse(raw).ok().filter(Url::has_host);
    let Some(url) = url else {
        problems.add("SMTP_URL", SMTP_TAKES);
        return None;
    };
    let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
    let security = match (url.scheme(), tls.as_deref()) {
        ("smtps", None) => Security::Tls,
        ("smtp", None | Some("required")) => Security::StartTls,
        ("smtp", Some("opportunistic")) => Security::Opportunistic,
        ("smtp", Some("none")) => Security::Plain,
        ("smtp", Some(_)) => {
            problems.add("SMTP_URL", "takes tls=required, tls=opportunistic or tls=none");
            return None;
        }
        _ => {
            problems.add("SMTP_URL", SMTP_TAKES);
            return None;
        }
    };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let credentials = credentials(&url);
    let encrypted = matches!(security, Security::Tls | Security::StartTls);
    if credentials.is_some() && !encrypted && !is_loopback(&host) {
        problems.add("SMTP_URL", "holds a password: it takes smtps or tls=required");
        return None;
    }
    let port = url.port().unwrap_or(if security == Security::Tls { 465 } else { 587 });
    Some(MailServer { host, port, security, credentials, from })
}

fn credentials(url: &Url) -> Option<(String, SecretString)> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let user = Some(url.username()).filter(|user| !user.is_empty())?;
    Some((decoded(user), SecretString::from(decoded(url.password().unwrap_or_default()))))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
#[path = "outgoing_mail_tests.rs"]
mod tests;
