//! Amounts as people write them: minor units with the decimals of their currency. Integers only, never floats.

use crate::locale::Locale;

/// Stays on one line with what it separates.
const NO_BREAK: char = '\u{a0}';
/// What French puts between thousands.
const NARROW_NO_BREAK: char = '\u{202f}';

/// An amount in the form of a locale: `€1,234.50`, `1.234,50 €`. Euro, pound and (in English) dollar have their sign, all
/// others their code, which nobody mistakes for another country's dollar or krone.
pub(crate) fn amount(minor_units: i64, currency: &str, locale: Locale) -> String {
    let code = currency.to_ascii_uppercase();
    let number = number(minor_units.unsigned_abs(), stripe::currency::decimals(&code), locale);
    let minus = if minor_units < 0 { "-" } else { "" };
    match (locale, sign(&code, locale)) {
        (Locale::En, Some(sign)) => format!("{minus}{sign}{number}"),
        (Locale::En, None) => format!("{minus}{code}{NO_BREAK}{number}"),
        (_, Some(sign)) => format!("{minus}{number}{NO_BREAK}{sign}"),
        (_, None) => format!("{minus}{number}{NO_BREAK}{code}"),
    }
}

fn sign(code: &str, locale: Locale) -> Option<&'static str> {
    match (code, locale) {
        ("EUR", _) => Some("€"),
        ("GBP", _) => Some("£"),
        ("USD", Locale::En) => Some("$"),
        _ => None,
    }
}

fn number(minor_units: u64, decimals: u32, locale: Locale) -> String {
    let unit = 10u64.pow(decimals);
    let whole = grouped(minor_units / unit, locale);
    if decimals == 0 {
        return whole;
    }
    let point = if locale == Locale::En { '.' } else { ',' };
    format!("{whole}{point}{:0width$}", minor_units % unit, width = decimals as usize)
}

/// With a mark between thousands; Spanish has none in a number of four digits.
fn grouped(whole: u64, locale: Locale) -> String {
    let digits = whole.to_string();
    let mark = match locale {
        Locale::En => ',',
        Locale::De => '.',
        Locale::Fr => NARROW_NO_BREAK,
        Locale::Es if digits.len() <= 4 => return digits,
        Locale::Es => '.',
    };
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected texts: the currency patterns of Unicode's CLDR.
    #[test]
    fn an_amount_has_the_decimals_of_its_currency_and_the_marks_of_the_locale() {
        let shown = |minor_units, currency| {
            Locale::ALL
                .map(|locale| amount(minor_units, currency, locale).replace(['\u{a0}', '\u{202f}'], "_"))
        };
        assert_eq!(shown(123_450, "eur"), ["€1,234.50", "1.234,50_€", "1_234,50_€", "1234,50_€"]);
        assert_eq!(
            shown(123_456_789, "usd"),
            ["$1,234,567.89", "1.234.567,89_USD", "1_234_567,89_USD", "1.234.567,89_USD"]
        );
        assert_eq!(shown(12_345, "jpy"), ["JPY_12,345", "12.345_JPY", "12_345_JPY", "12.345_JPY"]);
        assert_eq!(shown(1_234, "kwd"), ["KWD_1.234", "1,234_KWD", "1,234_KWD", "1,234_KWD"]);
        assert_eq!(shown(5, "gbp"), ["£0.05", "0,05_£", "0,05_£", "0,05_£"]);
        assert_eq!(shown(-250, "eur"), ["-€2.50", "-2,50_€", "-2,50_€", "-2,50_€"]);
        assert_eq!(amount(i64::MIN, "jpy", Locale::En), "-JPY\u{a0}9,223,372,036,854,775,808");
    }
}
