//! That documents hold all that the database must give back.

use domain::invoice::Invoice;
use domain::order::Order;
use domain::payment::Payment;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::memory::Memory;

impl Memory {
    /// Asserts that every document says all that its aggregate knows, but for what columns of its own hold.
    pub(crate) fn check_documents(&self) {
        for payment in self.rows.payments.values() {
            let read: Payment = reread(payment);
            assert_eq!(Payment { linked: payment.linked.clone(), held: payment.held, ..read }, *payment);
        }
        for order in self.rows.orders.values() {
            let read: Order = reread(order);
            assert_eq!(Order { expected: order.expected.clone(), ..read }, *order);
        }
        for invoice in self.rows.invoices.values() {
            let read: Invoice = reread(invoice);
            assert_eq!(Invoice { linked: invoice.linked.clone(), ..read }, *invoice);
        }
        for subscription in self.rows.subscriptions.values() {
            assert_eq!(reread(subscription), *subscription);
        }
    }
}

fn reread<T: Serialize + DeserializeOwned>(state: &T) -> T {
    serde_json::from_str(&serde_json::to_string(state).unwrap()).unwrap()
}
