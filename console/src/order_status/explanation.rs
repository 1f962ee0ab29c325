//! Why an order is not paid, in one sentence for staff. It says more than the shop's page may ([`super::not_paid`]):
//! codes, cards, cases. Pure.

use jiff::Timestamp;

use super::attempts::{Attempt, AttemptResult};
use super::decline;
use super::not_paid::{NotPaid, NotPaidCode};
use super::view::OrderView;
use crate::cases::state::CaseState;
use crate::cases::store::Case;

/// Why the order is not paid; none where it is. `attempts` is the newest first.
pub(crate) fn sentence(order: &OrderView, attempts: &[Attempt]) -> Option<String> {
    let because = order.not_paid_because.as_ref()?;
    let last = attempts.first();
    let failed = last.filter(|attempt| attempt.result == AttemptResult::Failed);
    Some(match because.code {
        NotPaidCode::PaymentFailed | NotPaidCode::PaymentStarted => match failed {
            Some(attempt) => declined(attempt),
            None => because.message.clone(),
        },
        NotPaidCode::PaymentCanceled | NotPaidCode::CheckoutExpired => match failed {
            Some(attempt) => format!("{} {}", because.message, declined(attempt)),
            None => because.message.clone(),
        },
        NotPaidCode::PaymentProcessing => under_way(last, because),
        NotPaidCode::OrderNotFound
        | NotPaidCode::AmountMismatch
        | NotPaidCode::CurrencyMismatch
        | NotPaidCode::CustomerMismatch
        | NotPaidCode::ReferenceCodeMismatch => held(&order.cases, because),
        NotPaidCode::NoPayment | NotPaidCode::PaymentAuthorized | NotPaidCode::PartlyPaid => {
            because.message.clone()
        }
    })
}

fn declined(attempt: &Attempt) -> String {
    let with = attempt.paid_with().map(|with| format!(" with {with}")).unwrap_or_default();
    let why = attempt.declined().map(|why| format!(": {why}")).unwrap_or_default();
    format!(
        "The last attempt{with} was declined on {}{why}. The customer has not tried again.",
        time(attempt.at)
    )
}

fn under_way(last: Option<&Attempt>, because: &NotPaid) -> String {
    let Some(attempt) = last.filter(|attempt| attempt.result == AttemptResult::Processing) else {
        return because.message.clone();
    };
    let what = attempt.paid_with().unwrap_or_else(|| "payment".to_owned());
    let since = time(attempt.at);
    match attempt.method.as_deref().and_then(decline::business_days) {
        Some(days) => {
            format!("The {what} has been under way since {since}: it takes up to {days} business days.")
        }
        None => format!("The {what} has been under way since {since}: this method takes hours or days."),
    }
}

fn held(cases: &[Case], because: &NotPaid) -> String {
    match cases.iter().find(|case| case.state == CaseState::Open) {
        Some(case) => format!(
            "{} was taken, and {} expected: held ({}), case {}.",
            case.paid(),
            case.expected(),
            case.reason,
            case.id
        ),
        None => because.message.clone(),
    }
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d at %H:%M UTC").to_string()
}

#[cfg(test)]
#[path = "explanation_tests.rs"]
mod tests;
