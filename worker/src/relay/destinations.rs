//! The destinations of the settings besides the exchange.

use std::sync::Arc;
use std::time::Duration;

use mail::{Audience, Kind};
use reqwest::Client;
use thiserror::Error;

use super::alert_url::{ALERT_URL, AlertUrl};
use super::channel::Channel;
use super::customer_mail::{CustomerMail, MAIL};
use super::destination_sender::DestinationSender;
use super::endpoint::{self, ClientError, Endpoint};
use super::mail_writer::MailWriter;
use super::outgoing_mail::OutgoingMail;
use super::smtp::Smtp;
use super::staff_mail::{StaffMail, destination};
use super::webhooks::OutWebhooks;

/// What the sender is called where neither a name nor a server is set.
const UNNAMED: &str = "Sluicegate";

/// Why nothing can be sent.
#[derive(Debug, Error)]
pub enum DestinationError {
    /// By HTTP.
    #[error(transparent)]
    Http(#[from] ClientError),
    /// By e-mail.
    #[error("cannot set up TLS for e-mail")]
    Mail(#[from] lettre::transport::smtp::Error),
}

/// All of them.
pub(super) fn destinations(
    webhooks: OutWebhooks,
    mail: Option<OutgoingMail>,
) -> Result<Vec<DestinationSender>, DestinationError> {
    let mut senders = Vec::new();
    let (timeout, allow_private) = (webhooks.timeout, webhooks.allow_private);
    if !webhooks.endpoints.is_empty() {
        let client = endpoint::client(timeout, allow_private)?;
        senders.extend(webhooks.endpoints.into_iter().map(|webhook| {
            let endpoint = Endpoint { client: client.clone(), url: webhook.url, keys: webhook.keys };
            let (name, topics) = (webhook.name, webhook.topics);
            DestinationSender { name, topics, channel: Channel::Webhook(endpoint) }
        }));
    }
    if let Some(mail) = mail {
        senders.extend(of_mail(mail, timeout, allow_private)?);
    }
    Ok(senders)
}

fn of_mail(
    mail: OutgoingMail,
    timeout: Duration,
    allow_private: bool,
) -> Result<Vec<DestinationSender>, DestinationError> {
    let mut senders = Vec::new();
    let (customer, staff) = (topics(&mail.kinds, Audience::Customer), topics(&mail.kinds, Audience::Staff));
    let from = mail.server.as_ref().map(|server| server.from.clone());
    let sender = from.as_ref().map_or_else(
        || UNNAMED.to_owned(),
        |from| from.name.clone().unwrap_or_else(|| from.email.domain().to_owned()),
    );
    let writer = Arc::new(MailWriter { templates: mail.templates, locale: mail.locale, sender });
    if let (Some(server), Some(from)) = (&mail.server, from) {
        let smtp = Arc::new(Smtp::new(server)?);
        let channel =
            CustomerMail { smtp: Arc::clone(&smtp), writer: Arc::clone(&writer), from: from.clone() };
        senders.push(sender_to(MAIL.to_owned(), &customer, Channel::Customer(channel)));
        for (index, to) in mail.alert_to.into_iter().enumerate() {
            let (smtp, writer, from) = (Arc::clone(&smtp), Arc::clone(&writer), from.clone());
            let name = destination(index);
            let channel = StaffMail { smtp, writer, from, to, name: name.clone() };
            senders.push(sender_to(name, &staff, Channel::Staff(channel)));
        }
    }
    if let Some(url) = mail.alert_url {
        let client: Client = endpoint::client(timeout, allow_private)?;
        senders.push(sender_to(
            ALERT_URL.to_owned(),
            &staff,
            Channel::AlertUrl(AlertUrl { client, url, writer }),
        ));
    }
    senders.retain(|sender| !sender.topics.is_empty());
    Ok(senders)
}

fn sender_to(name: String, topics: &[&'static str], channel: Channel) -> DestinationSender {
    DestinationSender { name, topics: topics.to_vec(), channel }
}

fn topics(kinds: &[Kind], audience: Audience) -> Vec<&'static str> {
    let kinds = kinds.iter().filter(|kind| kind.audience() == audience);
    kinds.flat_map(|kind| kind.topics().iter().copied()).collect()
}
