//! Which payment a charge belongs to: all that is kept of a charge by itself.

use super::aggregate::Aggregate;
use super::keys::Keys;
use super::origin::Origin;

/// Which payment a charge belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChargeLink {
    /// The payment's id; the charge's own while its payment intent is unknown.
    pub payment: Option<String>,
}

impl Aggregate for ChargeLink {
    type Key = String;
    const NAME: &'static str = "charge";

    fn origin(&self, _key: &String) -> Origin {
        Origin::default()
    }

    fn wanted(keys: &Keys) -> Vec<String> {
        keys.charges.keys().cloned().collect()
    }

    fn joined(&self, charge: &String, keys: &mut Keys) {
        match &self.payment {
            Some(payment) => drop(keys.payments.insert(payment.clone())),
            None if keys.charges.get(charge) == Some(&true) => drop(keys.payments.insert(charge.clone())),
            None => {}
        }
    }
}
