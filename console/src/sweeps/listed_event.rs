//! One event as Stripe's list has it. Pure.

use jiff::Timestamp;
use serde_json::Value;

/// An event of the list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ListedEvent {
    pub(crate) id: String,
    pub(crate) kind: String,
    /// When Stripe made it.
    pub(crate) created: Timestamp,
    pub(crate) livemode: bool,
    /// The event as a webhook would have brought it.
    body: Value,
}

impl ListedEvent {
    /// Reads an entry of the list of `account` (empty: the company's own); none for what is no event.
    pub(crate) fn read(mut entry: Value, account: &str) -> Option<ListedEvent> {
        let text = |name: &str| entry[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let (id, kind) = (text("id")?, text("type")?);
        let created = Timestamp::from_second(entry["created"].as_i64()?).ok()?;
        let livemode = entry["livemode"].as_bool()?;
        // A webhook names the connected account; in the list of that account it goes without saying.
        if !account.is_empty() && entry["account"].is_null() {
            entry.as_object_mut()?.insert("account".to_owned(), account.into());
        }
        Some(ListedEvent { id, kind, created, livemode, body: entry })
    }

    /// Whether a worker does something with it: what nobody handles is not missed.
    pub(crate) fn is_handled(&self) -> bool {
        domain::handlers::handles(&self.kind)
    }

    /// Its id, type and body, to be published.
    pub(crate) fn message(&self) -> (String, String, Vec<u8>) {
        (self.id.clone(), self.kind.clone(), self.body.to_string().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry() -> Value {
        json!({"id": "evt_1", "object": "event", "type": "charge.refunded", "created": 1_790_000_000,
               "livemode": true, "data": {"object": {"id": "ch_1"}}})
    }

    #[test]
    fn an_event_of_a_connected_account_names_it_as_a_webhook_would() {
        let event = ListedEvent::read(entry(), "acct_1").unwrap();
        let body: Value = serde_json::from_slice(&event.message().2).unwrap();
        assert_eq!(body["account"], "acct_1");
        let own: Value =
            serde_json::from_slice(&ListedEvent::read(entry(), "").unwrap().message().2).unwrap();
        assert_eq!(own, entry());
    }

    #[test]
    fn what_is_no_event_is_left_out() {
        for name in ["id", "type", "created", "livemode"] {
            let mut broken = entry();
            broken.as_object_mut().unwrap().remove(name);
            assert_eq!(ListedEvent::read(broken, ""), None, "{name}");
        }
    }
}
