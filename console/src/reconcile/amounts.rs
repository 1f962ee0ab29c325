//! Whether two amounts are the same money, also across a conversion. Integers only.

/// Whether `ledger` minor units of one currency, at `rate` units of another for one, are `balance` minor units of that.
/// Each of the `transactions` was rounded by itself, and the rate that Stripe shows is rounded too.
pub(super) fn converts_to(ledger: i64, rate: &str, balance: i64, transactions: usize) -> Option<bool> {
    let (whole, decimals) = rate.split_once('.').unwrap_or((rate, ""));
    let digits = format!("{whole}{decimals}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scale = 10i128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let exact = i128::from(ledger).checked_mul(digits.parse().ok()?)?;
    let off = exact.checked_sub(i128::from(balance).checked_mul(scale)?)?.checked_abs()?;
    let by_rounding = i128::try_from(transactions).ok()?.checked_mul(scale)?;
    let by_rate = i128::from(ledger).checked_abs()?.checked_add(1)? / 2;
    Some(off <= by_rounding.checked_add(by_rate)?)
}

#[cfg(test)]
mod tests {
    use super::converts_to;

    #[test]
    fn an_amount_converts_at_its_rate_up_to_rounding() {
        // 10.00 EUR at 1.234 are 12.34 USD (the example of Stripe's documentation).
        assert_eq!(converts_to(1000, "1.234", 1234, 1), Some(true));
        assert_eq!(converts_to(-1000, "1.234", -1234, 1), Some(true));
        assert_eq!(converts_to(1000, "1.234", 1236, 1), Some(false));
        assert_eq!(converts_to(1000, "1.234", -1234, 1), Some(false));
        // 99.99 at 0.91833 are 91.823…, and 500 yen at 0.6667 cents each are 333.35 cents.
        assert_eq!(converts_to(9999, "0.91833", 9182, 1), Some(true));
        assert_eq!(converts_to(500, "0.6667", 333, 1), Some(true));
        assert_eq!(converts_to(500, "0.6667", 340, 1), Some(false));
        assert_eq!(converts_to(500, "2", 1000, 1), Some(true));
    }

    #[test]
    fn what_is_no_rate_says_nothing() {
        for rate in ["", "1e-5", "-1", "x", "1.2.3"] {
            assert_eq!(converts_to(1000, rate, 1000, 1), None, "{rate}");
        }
    }
}
