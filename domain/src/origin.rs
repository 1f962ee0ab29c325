//! Where an object lives. Two merchants, and a merchant's live and test mode, share no order.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The account and mode that an event belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The connected account (`acct_…`); empty is the company's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account: String,
    /// False for test mode.
    pub livemode: bool,
}

/// An order of one account and mode. Its id is the company's own word, so it is unique only with both.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey {
    /// The account and mode.
    pub origin: Origin,
    /// The company's order id.
    pub id: String,
}

impl OrderKey {
    /// The order of an account and mode.
    #[must_use]
    pub fn new(origin: &Origin, id: &str) -> Self {
        Self { origin: origin.clone(), id: id.to_owned() }
    }
}

/// As people know it: the id alone.
impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}
