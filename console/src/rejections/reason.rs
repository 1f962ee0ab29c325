//! Why deliveries are refused, and what to do about it.

use crate::common::text_enum::text_enum;

text_enum! {
    /// Why the ingress refused a delivery: the code that it answered.
    pub(crate) enum RejectionReason {
        MissingSignature = "missing_signature",
        MalformedSignature = "malformed_signature",
        SignatureMismatch = "signature_mismatch",
        TimestampOutOfTolerance = "timestamp_out_of_tolerance",
        /// It is signed, but no event.
        MalformedEvent = "malformed_event",
        UnknownEndpoint = "unknown_endpoint",
        AddressNotAllowed = "address_not_allowed",
        RateLimited = "rate_limited",
        BodyTooLarge = "body_too_large",
    }
}

impl RejectionReason {
    /// What it means and what to do, in plain words.
    pub(crate) const fn advice(self) -> &'static str {
        match self {
            Self::MissingSignature => {
                "Requests without the header Stripe-Signature. Stripe always sends it: somebody else calls this address, \
                 or a proxy removes the header."
            }
            Self::MalformedSignature => {
                "The header Stripe-Signature cannot be read. A proxy cuts or rewrites it, or somebody else calls this \
                 address."
            }
            Self::SignatureMismatch => {
                "No configured secret matches. Compare the secret with the one on the endpoint's page in Stripe's \
                 dashboard (each endpoint, account and mode has its own), and see below what was found for the last \
                 deliveries. Stripe sends them again for up to 3 days: none is lost when it is corrected by then."
            }
            Self::TimestampOutOfTolerance => {
                "The signature is right but too old. Set this machine's clock by NTP; if it is right, something between \
                 Stripe and the ingress holds deliveries up or sends them again."
            }
            Self::MalformedEvent => {
                "Signed with the right secret, but no event of Stripe's. Somebody else knows the secret, or signs tests \
                 with it."
            }
            Self::UnknownEndpoint => {
                "No endpoint has this name. Correct the URL in Stripe's dashboard, or set STRIPE_WEBHOOK_SECRET_<NAME>."
            }
            Self::AddressNotAllowed => {
                "The client's address is not in INGRESS_ALLOW. Behind a proxy, set INGRESS_TRUSTED_PROXIES; Stripe \
                 changes its addresses now and then."
            }
            Self::RateLimited => {
                "More requests of one address than INGRESS_RATE_LIMIT allows. If they are Stripe's, raise it."
            }
            Self::BodyTooLarge => "A body larger than INGRESS_MAX_BODY. If it is Stripe's, raise it.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RejectionReason;
    use crate::common::text_enum::TextEnum as _;

    #[test]
    fn the_reasons_are_those_of_the_ingress() {
        let ours: Vec<_> = RejectionReason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(
            ours,
            stripe::rejection::RejectionReason::ALL.map(stripe::rejection::RejectionReason::as_str)
        );
    }
}
