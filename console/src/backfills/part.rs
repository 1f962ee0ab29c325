//! Which objects of Stripe's are taken in. Pure.

use stripe_api::Resource;

use crate::common::text_enum::text_enum;

text_enum! {
    /// What is taken in.
    pub(crate) enum BackfillPart {
        /// Subscriptions, canceled ones included
        Subscriptions = "subscriptions",
        /// Payment intents, checkout sessions and charges
        Payments = "payments",
        /// Invoices with all of their lines, and what they were paid by
        Invoices = "invoices",
        Refunds = "refunds",
        Disputes = "disputes",
        /// All of these
        All = "all",
    }
}

impl BackfillPart {
    /// The kinds of object, in the order in which they are read.
    pub(crate) fn resources(self) -> &'static [Resource] {
        const PAYMENTS: &[Resource] = &[Resource::PaymentIntent, Resource::CheckoutSession, Resource::Charge];
        const ALL: &[Resource] = &[
            Resource::Subscription,
            Resource::Invoice,
            Resource::InvoicePayment,
            Resource::PaymentIntent,
            Resource::CheckoutSession,
            Resource::Charge,
            Resource::Refund,
            Resource::Dispute,
        ];
        match self {
            Self::Subscriptions => &[Resource::Subscription],
            Self::Payments => PAYMENTS,
            Self::Invoices => &[Resource::Invoice, Resource::InvoicePayment],
            Self::Refunds => &[Resource::Refund],
            Self::Disputes => &[Resource::Dispute],
            Self::All => ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::text_enum::TextEnum as _;

    #[test]
    fn all_is_every_other_part_and_each_kind_of_object_can_be_taken_in() {
        let parts = BackfillPart::ALL.iter().filter(|part| **part != BackfillPart::All);
        let parts: Vec<Resource> = parts.flat_map(|part| part.resources()).copied().collect();
        let all = BackfillPart::All.resources();
        assert!(parts.iter().all(|resource| all.contains(resource)) && parts.len() == all.len());
        for resource in all {
            let known = domain::fetched::TYPES.iter().any(|(object, _)| *object == resource.object());
            assert!(known, "{}", resource.object());
        }
    }
}
