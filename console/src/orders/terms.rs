//! What somebody enters about an order: the amount as people write it, with or without decimals. Pure.

use crate::common::error::ServiceError;

/// The amount in minor units: `45`, `45.00` and `45,00` with usd are 4500, `500` with jpy is 500. Never rounded.
pub(crate) fn minor_units(text: &str, currency: &str) -> Result<i64, ServiceError> {
    let decimals = stripe::currency::decimals(&currency.trim().to_ascii_uppercase()) as usize;
    let wrong = || {
        let example = if decimals == 0 { "45".to_owned() } else { format!("45.{}", "0".repeat(decimals)) };
        let message =
            format!("the amount takes a number such as {example}, with at most {decimals} decimals");
        ServiceError::invalid("invalid_amount", message)
    };
    let text = text.trim();
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > decimals {
        return Err(wrong());
    }
    format!("{whole}{fraction:0<decimals$}").parse().map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::minor_units;

    #[test]
    fn an_amount_is_read_as_people_write_it_and_never_rounded() {
        for (text, currency, amount) in [
            ("45", "usd", 4500),
            ("45.00", "usd", 4500),
            ("45,5", "EUR", 4550),
            (" 0.05 ", "usd", 5),
            ("500", "jpy", 500),
            ("1.234", "kwd", 1234),
            ("0", "usd", 0),
        ] {
            assert_eq!(minor_units(text, currency).unwrap(), amount, "{text} {currency}");
        }
        for (text, currency) in [
            ("45.001", "usd"),
            ("1.5", "jpy"),
            ("", "usd"),
            ("-1", "usd"),
            ("1.000,00", "eur"),
            ("99999999999999999999", "usd"),
            (".5", "usd"),
        ] {
            assert!(minor_units(text, currency).is_err(), "{text} {currency}");
        }
    }
}
