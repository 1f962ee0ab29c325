//! What a payment's objects say together.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use stripe::objects::{CheckoutSession, PaymentIntent};

use super::conversion::{self, Conversion};
use super::status::settled;
use super::{DisputeState, PaidInvoice, Payment, Status, is_purchase};
use crate::version::Versioned;

/// A payment in short, as its order needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// The payment's status, derived from its objects.
    pub status: Status,
    /// Minor units that were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// The currency as a lower-case ISO code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What was captured, in the currency's minor unit.
    pub paid: i64,
    /// What was refunded of it, in the currency's minor unit.
    pub refunded: i64,
    /// The charge itself has shown this sum as refunded: it is none that merely some of the refunds add up to.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub refunded_confirmed: bool,
    /// Minor units that open disputes ask for.
    #[serde(skip_serializing_if = "is_zero")]
    pub disputed: i64,
    /// Minor units lost to disputes.
    #[serde(skip_serializing_if = "is_zero")]
    pub lost: i64,
    /// The state of the dispute that weighs most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispute: Option<DisputeState>,
    /// The id of the payment intent, `pi_…`, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// When it was made, unix seconds by Stripe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
    /// What its order costs, in minor units, where that is not what this payment captured: the whole of an invoice that
    /// several payments pay, or of a hold of which more may be captured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<i64>,
    /// What a one-off invoice that it pays asks for in all, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoiced: Option<i64>,
    /// The price before discounts, tax and shipping, in minor units: Stripe's own explanation of the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtotal: Option<i64>,
    /// What else Stripe's own figures leave as the price, in minor units: without the tax or shipping that Stripe added, or
    /// before the customer's credit balance and credit notes.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub prices: BTreeSet<i64>,
    /// What the company asked for, where the buyer paid in another currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion: Option<Conversion>,
    /// The customer ids that its objects name: the company's own (`customerId`) and Stripe's.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub customers: BTreeSet<String>,
    /// The products that its metadata names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products: Option<String>,
    /// The reference code beside the order id that counts, else the first that its metadata carries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Its order is named by nothing but a charge that may have been edited.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

impl Summary {
    /// The same payment in the company's currency, where the buyer paid in another.
    #[must_use]
    pub fn converted(&self) -> Cow<'_, Self> {
        let Some(conversion) = &self.conversion else { return Cow::Borrowed(self) };
        Cow::Owned(Self {
            amount: self.amount.map(|amount| conversion.convert(amount)),
            currency: Some(conversion.currency.clone()),
            paid: conversion.convert(self.paid),
            refunded: conversion.convert(self.refunded),
            disputed: conversion.convert(self.disputed),
            lost: conversion.convert(self.lost),
            price: self.price.map(|price| conversion.convert(price)),
            subtotal: conversion.subtotal,
            prices: BTreeSet::new(),
            conversion: None,
            ..self.clone()
        })
    }

    /// The company's own customer id where one is named, else Stripe's.
    #[must_use]
    pub fn customer(&self) -> Option<String> {
        let own = self.customers.iter().find(|customer| !customer.starts_with("cus_"));
        own.or_else(|| self.customers.first()).cloned()
    }
}

impl Payment {
    /// What the objects say together.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let intent = self.intent.as_ref().map(Versioned::latest);
        let session = self.session();
        let charge = self.money_charge();
        let free = self.free_invoice();
        let disputes = || self.disputes.values();
        let in_rows = self.disputes.sums();
        Summary {
            status: self.status(),
            amount: intent
                .map(|intent| intent.amount)
                .or_else(|| session.and_then(|session| session.amount_total))
                .or_else(|| charge.map(|charge| charge.amount))
                .or_else(|| free.map(|_| 0)),
            currency: intent
                .map(|intent| intent.currency.clone())
                .or_else(|| session.and_then(|session| session.currency.clone()))
                .or_else(|| charge.map(|charge| charge.currency.clone()))
                .or_else(|| free.and_then(|invoice| invoice.free_in.clone())),
            paid: self.paid(),
            refunded: self.refunded(),
            refunded_confirmed: self.charges_show(self.refunded()),
            disputed: disputes().map(super::Dispute::open).sum::<i64>() + in_rows.open,
            lost: disputes().map(super::Dispute::lost).sum::<i64>() + in_rows.lost,
            dispute: disputes().map(super::Dispute::state).chain(in_rows.worst()).max(),
            intent: intent
                .map(|intent| intent.id.clone())
                .or_else(|| session.and_then(|session| session.payment_intent.clone()))
                .or_else(|| self.charges.values().find_map(|v| v.latest().payment_intent.clone())),
            created: intent
                .and_then(|intent| intent.created)
                .or_else(|| charge.and_then(|charge| charge.created))
                .or_else(|| session.and_then(|session| session.created)),
            price: self.price(),
            invoiced: self.one_off_invoices().filter_map(|invoice| invoice.amount_due).max(),
            subtotal: self.subtotal(),
            prices: self.other_prices(),
            conversion: session.and_then(|session| {
                let paid_in = intent.map(|i| &i.currency).or_else(|| charge.map(|charge| &charge.currency));
                conversion::of(session).or_else(|| conversion::presented(session, paid_in?))
            }),
            customers: self.customers(),
            products: self.references().find_map(|reference| reference.products.clone()),
            code: self.references().find_map(|reference| reference.code.clone()),
            provisional: false,
        }
    }

    pub(super) fn one_off_invoices(&self) -> impl Iterator<Item = &PaidInvoice> {
        self.invoices.values().filter(|invoice| invoice.subscription.is_none())
    }

    /// What its order costs, where that is more than this payment may have captured.
    fn price(&self) -> Option<i64> {
        let invoiced = self.one_off_invoices().filter_map(|invoice| invoice.due_by_payments).max();
        let held = self.intent.as_ref().map(Versioned::latest);
        invoiced
            .or_else(|| held.filter(|intent| intent.status == "requires_capture").map(|intent| intent.amount))
    }

    fn customers(&self) -> BTreeSet<String> {
        let of_stripe = [
            self.session().and_then(|session| session.customer.clone()),
            self.intent.as_ref().and_then(|versions| versions.latest().customer.clone()),
            self.money_charge().and_then(|charge| charge.customer.clone()),
            self.free_invoice().and_then(|invoice| invoice.customer.clone()),
        ];
        let own = self.references().filter_map(|reference| reference.customer.clone());
        own.chain(of_stripe.into_iter().flatten()).collect()
    }

    /// The session that speaks for the payment: one that was paid, else the first by id.
    pub(super) fn session(&self) -> Option<&CheckoutSession> {
        let purchases =
            || self.sessions.values().map(Versioned::latest).filter(|session| is_purchase(session));
        purchases().find(|session| settled(session)).or_else(|| purchases().next())
    }

    /// Minor units captured: by the payment intent, else the session, else the charges. While more of a hold may be
    /// captured, the payment intent or the charge may be the older one.
    pub(super) fn paid(&self) -> i64 {
        let intent = self.intent.as_ref().map(Versioned::latest);
        if let Some(intent) = intent.filter(|intent| intent.status == "succeeded") {
            return intent.received();
        }
        let session = self.session().filter(|session| session.payment_status.as_deref() == Some("paid"));
        let otherwise = session.and_then(|session| session.amount_total).unwrap_or_else(|| {
            self.charges.values().map(|versions| versions.latest().captured_amount()).sum()
        });
        otherwise.max(intent.map_or(0, PaymentIntent::captured_amount))
    }
}
