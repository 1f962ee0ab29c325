//! What Stripe's amounts count: <https://docs.stripe.com/currencies>.

/// How many decimals the amounts of a currency have, whose code is in upper case. ISK and UGX count no decimals any more,
/// but Stripe passes them with two.
#[must_use]
pub fn decimals(code: &str) -> u32 {
    match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}
