//! Keyed hashes of what people are looked for by: e-mail addresses, names and last four digits. Pure.
//!
//! What is stored is HMAC-SHA256 under `SEARCH_SECRET`, so that the table shows nobody's address. Must accept every
//! body, whatever it holds, and never hand out what it read.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;
use stripe::envelope::without_byte_order_mark;

/// Bytes of a hash that are kept: a collision among 10^9 keys has a chance of 1 in 10^20.
pub const HASH_BYTES: usize = 16;
const MOST_KEYS: usize = 40;
const MOST_WORDS: usize = 6;
const MOST_CHARS: usize = 255;
const DEPTH: u8 = 12;

/// Something that a person or a card is looked for by, in the form that is hashed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonalKey {
    /// An e-mail address, lower case.
    Email(String),
    /// One word of a name, lower case.
    NameWord(String),
    /// The last four digits of a card or a bank account.
    Last4(String),
}

impl PersonalKey {
    /// An e-mail address; none where there is no `@` in it.
    #[must_use]
    pub fn email(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        (text.contains('@') && text.chars().count() <= MOST_CHARS).then_some(Self::Email(text))
    }

    /// The words of a name.
    #[must_use]
    pub fn name(text: &str) -> Vec<Self> {
        let lower = text.to_lowercase();
        let between = |c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '"');
        let words = lower.split(between).map(|word| word.trim_matches('.')).filter(|word| !word.is_empty());
        words
            .filter(|word| word.chars().count() <= 64)
            .take(MOST_WORDS)
            .map(|word| Self::NameWord(word.to_owned()))
            .collect()
    }

    /// The last four digits; none where they are no four digits.
    #[must_use]
    pub fn last4(text: &str) -> Option<Self> {
        (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| Self::Last4(text.to_owned()))
    }

    /// What is stored for it.
    #[must_use]
    pub fn hash(&self, secret: &SecretString) -> [u8; HASH_BYTES] {
        match self {
            Self::Email(text) => keyed(secret, "email", text),
            Self::NameWord(text) => keyed(secret, "name", text),
            Self::Last4(text) => keyed(secret, "last4", text),
        }
    }
}

/// A hash by which it is seen that the secret is another.
#[must_use]
pub fn secret_mark(secret: &SecretString) -> [u8; HASH_BYTES] {
    keyed(secret, "mark", "")
}

fn keyed(secret: &SecretString, kind: &str, text: &str) -> [u8; HASH_BYTES] {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 2)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("any key length");
    mac.update(kind.as_bytes());
    mac.update(b"\n");
    mac.update(text.as_bytes());
    let mut hash = [0; HASH_BYTES];
    hash.copy_from_slice(&mac.finalize().into_bytes()[..HASH_BYTES]);
    hash
}

/// The keys of an event's object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectKeys {
    /// What they lead to: the payment intent where the object names one, else the object itself.
    pub object_id: String,
    /// The connected account; empty is the company's own.
    pub account: String,
    /// Whether it is about real money.
    pub livemode: bool,
    /// At most 40 of them.
    pub keys: BTreeSet<PersonalKey>,
}

/// What an event's body says of people and cards; none where it says nothing.
#[must_use]
pub fn of_event(body: &[u8]) -> Option<ObjectKeys> {
    let event: Value = serde_json::from_slice(without_byte_order_mark(body)).ok()?;
    let object = &event["data"]["object"];
    let object_id = target(object)?;
    let mut keys = BTreeSet::new();
    collect(object, kind(object) == "customer", DEPTH, &mut keys);
    let keys: BTreeSet<PersonalKey> = keys.into_iter().take(MOST_KEYS).collect();
    let account = event["account"].as_str().unwrap_or_default().to_owned();
    let livemode = event["livemode"] == Value::Bool(true);
    (!keys.is_empty() && !account.contains('\0')).then_some(ObjectKeys { object_id, account, livemode, keys })
}

/// The number that an invoice's event shows, with the invoice's id.
#[must_use]
pub fn invoice_number(body: &[u8]) -> Option<(String, String)> {
    let event: Value = serde_json::from_slice(without_byte_order_mark(body)).ok()?;
    let object = &event["data"]["object"];
    let text = |name: &str| object[name].as_str().filter(|text| !text.is_empty() && !text.contains('\0'));
    (kind(object) == "invoice").then_some(())?;
    Some((text("id")?.to_owned(), text("number")?.to_owned()))
}

fn kind(object: &Value) -> &str {
    object["object"].as_str().unwrap_or_default()
}

/// An id, or the id of what stands in its place.
fn id_of(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value["id"].as_str())
}

fn target(object: &Value) -> Option<String> {
    let id = match kind(object) {
        "payment_method" => id_of(&object["customer"]),
        "invoice" | "subscription" | "customer" | "payment_intent" => object["id"].as_str(),
        _ => id_of(&object["payment_intent"]).or_else(|| object["id"].as_str()),
    };
    id.filter(|id| !id.is_empty() && id.len() <= MOST_CHARS && !id.contains('\0')).map(str::to_owned)
}

/// Members that hold the name of a person or company that pays.
const NAME_HOLDERS: [&str; 5] =
    ["billing_details", "customer_details", "shipping", "shipping_details", "collected_information"];

fn collect(value: &Value, of_person: bool, depth: u8, keys: &mut BTreeSet<PersonalKey>) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Array(items) => {
            items.iter().for_each(|item| collect(item, of_person, depth - 1, keys));
        }
        Value::Object(members) => {
            for (name, inner) in members {
                match inner.as_str() {
                    Some(text) => keys.extend(of_member(name, text, of_person)),
                    // What a shop writes there is its own.
                    None if name == "metadata" => {}
                    None => {
                        let person = NAME_HOLDERS.contains(&name.as_str()) || kind(inner) == "customer";
                        collect(inner, person, depth - 1, keys);
                    }
                }
            }
        }
        _ => {}
    }
}

fn of_member(name: &str, text: &str, of_person: bool) -> Vec<PersonalKey> {
    match name {
        "email" | "receipt_email" | "customer_email" | "payer_email" => {
            PersonalKey::email(text).into_iter().collect()
        }
        "last4" | "dynamic_last4" => PersonalKey::last4(text).into_iter().collect(),
        "customer_name" | "payer_name" => PersonalKey::name(text),
        "name" if of_person => PersonalKey::name(text),
        _ => Vec::new(),
    }
}

#[cfg(test)]
#[path = "search_keys_tests.rs"]
mod tests;
