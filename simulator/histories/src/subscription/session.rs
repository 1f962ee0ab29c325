//! The checkout session of a subscription.

use serde_json::{Value, json};

use super::life::Life;
use crate::company::Company;
use crate::objects;

impl Life {
    /// The checkout session that the subscription came from. It must never touch an order, whatever the
    /// company wrote on it.
    pub(super) fn session(&mut self, company: &mut Company, payment_status: &str, bill: usize) {
        let mut session = objects::session(company, self.bills[bill].invoice.int("amount_due"));
        let order = company.ids.next("order_");
        session
            .set("mode", "subscription")
            .set("status", "complete")
            .set("payment_status", payment_status)
            .set("payment_method_collection", "always")
            .set("url", Value::Null)
            .set("customer", self.customer.as_str())
            .set("subscription", self.sub.id())
            .set("invoice", self.bills[bill].invoice.id());
        if company.rng.chance(50) {
            session.set("client_reference_id", order.as_str());
        } else {
            session.set("metadata", json!({"orderId": order}));
        }
        company.tick();
        company.emit("checkout.session.completed", &session);
        company.expected_state.absent_orders.push(order);
    }
}
