//! What Stripe's amounts count: <https://docs.stripe.com/currencies>.

/// Currencies whose amounts have no decimals. ISK and UGX count no decimals any more, but Stripe passes them with two.
pub const ZERO_DECIMALS: [&str; 15] =
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];

/// Currencies whose amounts have three decimals.
pub const THREE_DECIMALS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// How many decimals the amounts of a currency have, whose code is in upper case.
#[must_use]
pub fn decimals(code: &str) -> u32 {
    if ZERO_DECIMALS.contains(&code) {
        0
    } else if THREE_DECIMALS.contains(&code) {
        3
    } else {
        2
    }
}
