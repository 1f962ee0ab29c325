//! What a comparison found.

use std::collections::HashSet;

use serde::Serialize;
use stripe_api::Resource;

use super::difference::Difference;
use crate::common::text_enum::text_enum;

text_enum! {
    /// How the database and Stripe differ about an object.
    pub(crate) enum DriftKind {
        /// Both have it, and rows differ.
        Differs = "differs",
        /// Stripe has it, and the database does not.
        MissingHere = "missing_here",
        /// The database has it, and Stripe does not.
        MissingAtStripe = "missing_at_stripe",
        /// Stripe has it, and the workers would refuse it.
        Refused = "refused",
    }
}

/// One object about which the database and Stripe differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Drift {
    /// The kind of object, as Stripe names it.
    pub(crate) object: &'static str,
    pub(crate) id: String,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    pub(crate) kind: DriftKind,
    pub(crate) differences: Vec<Difference>,
    /// The keys of messages that a repair sends.
    pub(crate) messages: Vec<String>,
    /// Why the workers would refuse it.
    pub(crate) error: Option<String>,
    /// The event that repaired it.
    pub(crate) repaired_by: Option<String>,
}

/// How a kind of object compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct KindSummary {
    /// The kind, as Stripe names it.
    pub(crate) object: &'static str,
    /// The connected account; empty is the company's own.
    pub(crate) account: String,
    /// Objects that were compared.
    pub(crate) compared: u64,
    /// Of those, the ones about which both sides differ.
    pub(crate) drifted: u64,
    /// Of those, the ones that were repaired.
    pub(crate) repaired: u64,
}

/// A whole comparison.
#[derive(Debug, Default, Serialize)]
pub(crate) struct DriftReport {
    pub(crate) items: Vec<Drift>,
    pub(crate) kinds: Vec<KindSummary>,
    /// Table, id and column of each difference.
    #[serde(skip)]
    reported: HashSet<(String, String, String)>,
}

impl DriftReport {
    /// Objects about which both sides still differ.
    pub(crate) fn left(&self) -> u64 {
        self.kinds.iter().map(|kind| kind.drifted - kind.repaired).sum()
    }

    /// The summary of a kind of an account.
    pub(super) fn kind(&mut self, resource: Resource, account: &str) -> &mut KindSummary {
        let object = resource.object();
        let at = self.kinds.iter().position(|kind| kind.object == object && kind.account == account);
        let at = at.unwrap_or_else(|| {
            let account = account.to_owned();
            self.kinds.push(KindSummary { object, account, compared: 0, drifted: 0, repaired: 0 });
            self.kinds.len() - 1
        });
        &mut self.kinds[at]
    }

    /// Adds what was found of an object.
    pub(super) fn add(&mut self, resource: Resource, drift: Drift) {
        let kind = self.kind(resource, &drift.account);
        kind.drifted += 1;
        kind.repaired += u64::from(drift.repaired_by.is_some());
        self.reported.extend(drift.differences.iter().map(key));
        self.items.push(drift);
    }

    /// The differences that no object that was found before has shown: the objects of one payment show the same ones.
    pub(super) fn untold(&self, differences: Vec<Difference>) -> Vec<Difference> {
        differences.into_iter().filter(|difference| !self.reported.contains(&key(difference))).collect()
    }
}

fn key(difference: &Difference) -> (String, String, String) {
    (difference.table.clone(), difference.id.clone(), difference.field.clone())
}
