//! Why a payment was declined, in words: <https://docs.stripe.com/declines/codes>. Pure.

/// A decline code in words; none for one that is not in Stripe's list, which then stands for itself.
pub(crate) fn described(code: &str) -> Option<&'static str> {
    Some(match code {
        "insufficient_funds" => "there was not enough money in the account",
        "card_declined"
        | "generic_decline"
        | "do_not_honor"
        | "do_not_try_again"
        | "no_action_taken"
        | "not_permitted"
        | "service_not_allowed"
        | "transaction_not_allowed"
        | "call_issuer"
        | "revocation_of_all_authorizations"
        | "revocation_of_authorization"
        | "security_violation"
        | "stop_payment_order"
        | "try_again_later" => "the bank declined it and gave no other reason",
        "expired_card" => "the card has expired",
        "incorrect_cvc" | "invalid_cvc" => "the security code was wrong",
        "incorrect_number" | "invalid_number" => "the card number was wrong",
        "incorrect_zip" | "incorrect_address" => "the postal code or address was wrong",
        "incorrect_pin"
        | "invalid_pin"
        | "offline_pin_required"
        | "online_or_offline_pin_required"
        | "pin_try_exceeded" => "the PIN was wrong or is needed",
        "invalid_expiry_month" | "invalid_expiry_year" => "the expiry date was wrong",
        "invalid_account" | "new_account_information_available" | "account_closed" | "no_account" => {
            "the account is closed or does not exist"
        }
        "invalid_amount" => "the amount is not allowed for this card",
        "card_not_supported" | "currency_not_supported" => "the card does not support this kind of payment",
        "card_velocity_exceeded" | "withdrawal_count_limit_exceeded" | "approve_with_id" => {
            "the limit of the card was reached"
        }
        "duplicate_transaction" => "the same amount had been paid with this card shortly before",
        "authentication_required" | "payment_intent_authentication_failure" => {
            "the customer did not confirm it with their bank"
        }
        "processing_error" | "issuer_not_available" | "reenter_transaction" => {
            "the bank could not be reached or could not process it"
        }
        "lost_card" | "stolen_card" | "pickup_card" | "restricted_card" => {
            "the bank blocks this card: do not tell the customer more than that it was declined"
        }
        "fraudulent" | "merchant_blacklist" | "highest_risk_level" | "elevated_risk_level" | "rule" => {
            "it was blocked as a risk: do not tell the customer more than that it was declined"
        }
        "testmode_decline" => "a card for tests was used in live mode, or the other way round",
        "debit_not_authorized" => "the customer did not allow the debit",
        _ => return None,
    })
}

/// The most business days from a customer's payment until it is known whether the money comes, by Stripe's pages on each
/// payment method; none where the method takes no fixed time.
pub(crate) fn business_days(method: &str) -> Option<u32> {
    Some(match method {
        "sepa_debit" => 14,
        "bacs_debit" => 7,
        "acss_debit" => 5,
        "us_bank_account" | "ach_debit" => 4,
        "au_becs_debit" => 3,
        _ => return None,
    })
}

/// A payment method in words.
pub(crate) fn method_name(method: &str) -> String {
    match method {
        "sepa_debit" => "SEPA debit".to_owned(),
        "bacs_debit" => "Bacs debit".to_owned(),
        "acss_debit" => "pre-authorized debit".to_owned(),
        "us_bank_account" | "ach_debit" => "bank debit".to_owned(),
        "au_becs_debit" => "BECS debit".to_owned(),
        other => other.replace('_', " "),
    }
}
