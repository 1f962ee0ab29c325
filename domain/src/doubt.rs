//! Objects of which the events do not say enough: Stripe's API can.

/// An object that is worth fetching.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// What `object` says in it, one of [`fetched::TYPES`](crate::fetched::TYPES).
    pub object: &'static str,
    /// Its id.
    pub id: String,
}

impl Doubt {
    pub(crate) fn new(object: &'static str, id: &str) -> Self {
        Self { object, id: id.to_owned() }
    }
}
