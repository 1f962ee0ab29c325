//! What the lines of an invoice pay for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::{Fields, ViewError};

/// The period of a subscription that an invoice pays for, in unix seconds: that of the subscription's own recurring
/// lines. Prorations, credits and one-off items extend nothing, nor does usage, which is billed when its period is over.
/// Of each item the latest end counts, and of the items the earliest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    /// When the period begins, in unix seconds.
    pub start: i64,
    /// When the period ends, in unix seconds.
    pub end: i64,
}

/// The periods that the lines of an invoice pay for.
pub(super) struct Periods {
    pub(super) whole: Option<Period>,
    pub(super) by_item: BTreeMap<String, Period>,
}

impl Periods {
    /// Where an invoice of the subscription has charges and none of them is a recurring line (an upgrade in the
    /// middle of a period), the latest end of the prorations counts, else of the other lines. Lines that the body
    /// leaves out (`has_more`) are not guessed at. A fee beside a change of the plan has no period worth the name.
    pub(super) fn of_lines(fields: &Fields<'_>, created: Option<i64>) -> Result<Self, ViewError> {
        let mut by_item: BTreeMap<String, Period> = BTreeMap::new();
        let mut otherwise: Option<(bool, Period)> = None;
        let is_update = fields.text("billing_reason") == Some("subscription_update");
        for line in lines(fields) {
            let Some(period) = Period::of_line(&line)? else { continue };
            if line.integer("amount")?.unwrap_or(0) < 0 {
                continue;
            }
            let prorated = is_prorated(&line);
            if !prorated && !is_one_off(&line) {
                let latest = by_item.entry(item_of(&line)).or_insert(period);
                *latest = if period.end > latest.end { period } else { *latest };
            } else if period.end > period.start || !is_update {
                let rank = |(prorated, period): &(bool, Period)| (*prorated, period.end);
                otherwise = otherwise.into_iter().chain([(prorated, period)]).max_by_key(rank);
            }
        }
        let more = fields.child("lines").is_some_and(|lines| lines.flag("has_more") == Some(true));
        let of_usage = by_item.values().copied().min_by_key(|period| period.end).filter(|_| !more);
        by_item.retain(|_, period| created.is_none_or(|created| period.end > created));
        let recurring = by_item.values().copied().min_by_key(|period| period.end).or(of_usage);
        let of_subscription =
            fields.text("billing_reason").is_some_and(|reason| reason.starts_with("subscription"));
        let otherwise = otherwise.map(|(_, period)| period).filter(|_| of_subscription && !more);
        let whole = recurring.or(otherwise);
        Ok(Self { whole, by_item })
    }
}

impl Period {
    fn of_line(line: &Fields<'_>) -> Result<Option<Self>, ViewError> {
        let Some(period) = line.child("period") else { return Ok(None) };
        let start = period.integer("start")?.unwrap_or(0);
        Ok(period.integer("end")?.map(|end| Self { start, end }))
    }
}

fn item_of(line: &Fields<'_>) -> String {
    let details = line.child("parent").and_then(|parent| parent.child("subscription_item_details"));
    let item = details.and_then(|details| details.id_of("subscription_item"));
    item.or_else(|| line.id_of("subscription_item")).unwrap_or_default()
}

/// Whether a line is an invoice item, which may have a period of its own, and not the subscription's.
fn is_one_off(line: &Fields<'_>) -> bool {
    match line.child("parent").and_then(|parent| parent.owned("type")) {
        Some(kind) => kind != "subscription_item_details",
        None => line.text("type") == Some("invoiceitem") || line.has("invoice_item"),
    }
}

fn is_prorated(line: &Fields<'_>) -> bool {
    let parent = line.child("parent");
    let details =
        ["subscription_item_details", "invoice_item_details"].map(|name| parent.and_then(|p| p.child(name)));
    let places = [Some(*line)].into_iter().chain(details).flatten();
    places.into_iter().any(|place| place.flag("proration") == Some(true))
}

/// The lines of an invoice. In 2012 `lines` held `subscriptions`, `invoiceitems` and `prorations` instead of `data`.
fn lines<'a>(fields: &Fields<'a>) -> Vec<Fields<'a>> {
    let mut lines: Vec<_> = fields.list("lines").collect();
    if let Some(old) = fields.child("lines") {
        for kind in ["subscriptions", "invoiceitems", "prorations"] {
            lines.extend(old.list(kind));
        }
    }
    lines
}
