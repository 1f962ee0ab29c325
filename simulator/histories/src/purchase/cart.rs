//! What is bought, where its order id is written, and its checkout session.

use serde_json::{Map, Value, json};

use crate::company::Company;
use crate::expected_state::{ExpectedDispute, ExpectedOrder, ExpectedPayment};
use crate::object::Object;
use crate::objects;

/// Where the company wrote its order id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OrderReference {
    Session,
    SessionAndIntent,
    ClientReference,
}

/// How a payment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Paid,
    Failed,
    Canceled,
    Expired,
}

/// A purchase on its way.
#[derive(Debug, Clone)]
pub(crate) struct Cart {
    pub(crate) order: String,
    pub(crate) amount: i64,
    /// Stripe's name of the payment method.
    pub(crate) method: &'static str,
    pub(crate) session: Option<Object>,
    pub(crate) intent: Option<Object>,
    pub(crate) charge: Option<Object>,
    /// What was captured of a hold, where that is not all of it.
    pub(crate) captured: Option<i64>,
    reference: OrderReference,
    metadata: Map<String, Value>,
    customer: Value,
}

impl Cart {
    pub(crate) fn new(company: &mut Company) -> Self {
        let order = company.ids.next("order_");
        let snake = company.rng.chance(50);
        let mut metadata = Map::new();
        metadata.insert(if snake { "order_id" } else { "orderId" }.to_owned(), order.as_str().into());
        if company.rng.chance(50) {
            let customer = company.ids.next("customer-");
            metadata.insert(if snake { "customer_id" } else { "customerId" }.to_owned(), customer.into());
            metadata.insert(if snake { "product_ids" } else { "productIds" }.to_owned(), "p-1,p-2".into());
        }
        if company.rng.chance(15) {
            // What customers type is passed on as it is.
            metadata.insert("note".to_owned(), "„Für Oma“ \"<b>’; --\\\n🎁".into());
        }
        let reference = *company.rng.pick(&[
            OrderReference::Session,
            OrderReference::SessionAndIntent,
            OrderReference::ClientReference,
        ]);
        let known = company.rng.chance(50);
        let customer = if known { company.ids.next("cus_").into() } else { Value::Null };
        let amount = company.currency.price(&mut company.rng);
        let (session, intent, charge, captured) = (None, None, None, None);
        Self {
            order,
            amount,
            method: "card",
            session,
            intent,
            charge,
            captured,
            reference,
            metadata,
            customer,
        }
    }

    /// Another payment for the same order.
    pub(crate) fn again(&self) -> Self {
        self.clone()
    }

    /// The same cart under another order id, as when the customer changes it.
    pub(crate) fn reordered(&self, company: &mut Company) -> Self {
        self.clone().of_order(&company.ids.next("order_"))
    }

    /// The same cart for this order.
    pub(crate) fn of_order(mut self, order: &str) -> Self {
        let key = if self.metadata.contains_key("order_id") { "order_id" } else { "orderId" };
        self.metadata.insert(key.to_owned(), order.into());
        order.clone_into(&mut self.order);
        self
    }

    /// Stripe's customer is known.
    pub(crate) fn bill_to(&mut self, customer: &str) {
        self.customer = customer.into();
    }

    /// What the company writes where it names the order.
    pub(crate) fn metadata(&self) -> Map<String, Value> {
        self.metadata.clone()
    }

    /// The metadata of the payment intent. Without a session it is the only place there is.
    pub(crate) fn intent_metadata(&self) -> Map<String, Value> {
        if self.session.is_none() || self.reference == OrderReference::SessionAndIntent {
            self.metadata.clone()
        } else {
            Map::new()
        }
    }

    pub(crate) fn customer(&self) -> Value {
        self.customer.clone()
    }

    /// Stripe sends nothing when a session is opened.
    pub(crate) fn open_session(&mut self, company: &mut Company) {
        let mut session = objects::session(company, self.amount);
        session.set("customer", self.customer.clone());
        if self.reference == OrderReference::ClientReference {
            session.set("client_reference_id", self.order.as_str());
        } else {
            session.set("metadata", self.metadata.clone());
        }
        if self.amount == 0 {
            session.set("amount_subtotal", 1900).set("total_details.amount_discount", 1900);
        }
        self.session = Some(session);
    }

    pub(crate) fn complete_session(&mut self, company: &mut Company, payment_status: &str) {
        let Some(session) = &mut self.session else { return };
        session
            .set("status", "complete")
            .set("payment_status", payment_status)
            .set("payment_method_types", json!([self.method]))
            .set("url", Value::Null);
        if let Some(intent) = &self.intent {
            session.set("payment_intent", intent.id());
        }
        company.tick();
        company.emit("checkout.session.completed", session);
    }

    /// What became of a delayed method.
    pub(crate) fn settle_session(&mut self, company: &mut Company, kind: &'static str, payment_status: &str) {
        let Some(session) = &mut self.session else { return };
        session.set("payment_status", payment_status);
        company.tick();
        company.emit(kind, session);
    }

    pub(crate) fn expire_session(&mut self, company: &mut Company) {
        let Some(session) = &mut self.session else { return };
        session.set("status", "expired").set("url", Value::Null).set("expires_at", company.now);
        if let Some(intent) = &self.intent {
            session.set("payment_intent", intent.id());
        }
        company.emit("checkout.session.expired", session);
    }

    /// Writes down what became of the payment, and that the order ends with it.
    pub(crate) fn ends(&self, company: &mut Company, end: End) {
        let payment = self.payment_ends(company, end);
        let status = match end {
            End::Paid => after_payment(&payment),
            End::Failed => "payment_failed",
            End::Canceled => "canceled",
            End::Expired => "expired",
        };
        company.expected_state.orders.push(ExpectedOrder {
            account: company.account.clone().unwrap_or_default(),
            livemode: company.livemode,
            id: self.order.clone(),
            status,
            amount: self.captured.unwrap_or(self.amount),
            currency: company.currency.code,
            amount_paid: payment.amount_paid,
            amount_refunded: payment.amount_refunded,
            customer: self.known_customer(),
            was_paid: end == End::Paid,
        });
    }

    pub(crate) fn known_customer(&self) -> Option<String> {
        let named = (self.reference != OrderReference::ClientReference || self.session.is_none())
            .then(|| self.metadata.get("customerId").or_else(|| self.metadata.get("customer_id")))
            .flatten();
        named.unwrap_or(&self.customer).as_str().map(str::to_owned)
    }

    /// Writes down what became of the payment alone.
    pub(crate) fn payment_ends(&self, company: &mut Company, end: End) -> ExpectedPayment {
        let object = self.intent.as_ref().or(self.session.as_ref()).or(self.charge.as_ref());
        let id = object.map(Object::id).unwrap_or_default().to_owned();
        let refunds = company.expected_state.refunds.iter();
        let given =
            refunds.filter(|refund| refund.payment == id && !matches!(refund.status, "failed" | "canceled"));
        let amount_refunded = given.map(|refund| refund.amount).sum();
        let dispute = company.expected_state.disputes.iter().find(|dispute| dispute.payment == id);
        let payment = ExpectedPayment {
            account: company.account.clone().unwrap_or_default(),
            livemode: company.livemode,
            order: Some(self.order.clone()),
            status: match end {
                End::Paid => "paid",
                End::Failed => "failed",
                End::Canceled => "canceled",
                End::Expired => "expired",
            },
            amount: self.amount,
            currency: company.currency.code,
            amount_paid: if end == End::Paid { self.captured.unwrap_or(self.amount) } else { 0 },
            amount_refunded,
            dispute: dispute.map(ExpectedDispute::state),
            id,
        };
        company.expected_state.payments.push(payment.clone());
        payment
    }
}

/// The status of a paid order: the worst wins.
fn after_payment(payment: &ExpectedPayment) -> &'static str {
    match (payment.dispute, payment.amount_refunded) {
        (Some("lost"), _) => "charged_back",
        (Some("open"), _) => "disputed",
        (_, 0) => "paid",
        (_, refunded) if refunded >= payment.amount_paid => "refunded",
        _ => "partially_refunded",
    }
}
