//! Currencies and prices.

use super::rng::Rng;

/// A currency by its code in lower case, as Stripe writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Currency {
    pub(crate) code: &'static str,
    /// One unit in minor units: 1, 100 or 1000.
    unit: i64,
}

/// With two decimals, with none, with three.
pub(crate) const CURRENCIES: &[Currency] = &[
    Currency { code: "usd", unit: 100 },
    Currency { code: "eur", unit: 100 },
    Currency { code: "gbp", unit: 100 },
    Currency { code: "usd", unit: 100 },
    Currency { code: "jpy", unit: 1 },
    Currency { code: "kwd", unit: 1000 },
];

impl Currency {
    /// A price that the currency can have; Stripe wants three decimals to end in 0.
    pub(crate) fn price(self, rng: &mut Rng) -> i64 {
        let units = rng.range(5, 400);
        match self.unit {
            1 => units * 100 + rng.range(0, 9) * 10,
            1000 => units * 1000 + rng.range(0, 99) * 10,
            unit => units * unit + *rng.pick(&[0, 50, 90, 95, 99]),
        }
    }
}
