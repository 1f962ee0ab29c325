//! Amounts for people: minor units with the currency's own number of decimals. Integers only, never floats.

/// The amount as people write it: `19.99 USD`, `500 JPY`, `1.234 KWD`.
pub(crate) fn show(amount: i64, currency: &str) -> String {
    format!("{} {}", digits(amount, currency), currency.to_ascii_uppercase())
}

/// The amount without its currency: `19.99`, `500`, `1.234`.
pub(crate) fn digits(amount: i64, currency: &str) -> String {
    let decimals = stripe::currency::decimals(&currency.to_ascii_uppercase());
    let sign = if amount < 0 { "-" } else { "" };
    let digits = amount.unsigned_abs();
    if decimals == 0 {
        return format!("{sign}{digits}");
    }
    let unit = 10u64.pow(decimals);
    format!("{sign}{}.{:0width$}", digits / unit, digits % unit, width = decimals as usize)
}

/// A number out of JSON as an amount; in minor units, said so, where the currency is not known.
pub(crate) fn value(amount: &serde_json::Number, currency: Option<&str>) -> String {
    match (amount.as_i64(), currency) {
        (Some(0), None) => "0".to_owned(),
        (Some(amount), Some(currency)) => show(amount, currency),
        _ => format!("{amount} minor units"),
    }
}

#[cfg(test)]
mod tests {
    use super::show;

    #[test]
    fn an_amount_has_the_decimals_of_its_currency() {
        assert_eq!(show(1999, "usd"), "19.99 USD");
        assert_eq!(show(5, "eur"), "0.05 EUR");
        assert_eq!(show(500, "jpy"), "500 JPY");
        assert_eq!(show(1234, "kwd"), "1.234 KWD");
        assert_eq!(show(-250, "usd"), "-2.50 USD");
        assert_eq!(show(i64::MIN, "jpy"), "-9223372036854775808 JPY");
    }
}
