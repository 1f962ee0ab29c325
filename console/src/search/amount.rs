//! Amounts as people type them: `45`, `45.00 USD`, `$45`, `1.234,50 €`. Integers only, never floats. Pure.

/// An amount that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AmountTerm {
    /// The currencies that it may be in, lower case; empty: any.
    pub(crate) currencies: Vec<String>,
    /// The minor units that it is where a currency has so many decimals: 45 is 45 yen, 4500 cents, 45000 fils. Only
    /// those that the typed decimals fit in.
    pub(crate) minor_units: Vec<(u32, i64)>,
}

/// Signs of currencies, and the codes that each may mean.
const SIGNS: [(&str, &[&str]); 22] = [
    // The longer ones first.
    ("US$", &["usd"]),
    ("CA$", &["cad"]),
    ("AU$", &["aud"]),
    ("C$", &["cad"]),
    ("A$", &["aud"]),
    ("NZ$", &["nzd"]),
    ("HK$", &["hkd"]),
    ("R$", &["brl"]),
    ("Fr.", &["chf"]),
    ("zł", &["pln"]),
    ("Kč", &["czk"]),
    ("kr", &["sek", "nok", "dkk", "isk"]),
    ("$", &["usd", "cad", "aud", "nzd", "sgd", "hkd", "mxn"]),
    ("€", &["eur"]),
    ("£", &["gbp"]),
    ("¥", &["jpy", "cny"]),
    ("₹", &["inr"]),
    ("₩", &["krw"]),
    ("₽", &["rub"]),
    ("₺", &["try"]),
    ("₫", &["vnd"]),
    ("฿", &["thb"]),
];

/// Reads an amount.
pub(crate) fn parse(text: &str) -> Option<AmountTerm> {
    let text = text.trim();
    let (number, currencies) = currency(text);
    let three = !currencies.is_empty() && currencies.iter().all(|currency| of(currency) == 3);
    let (whole, fraction) = split(number.trim(), three)?;
    let minor_units: Vec<(u32, i64)> = [0, 2, 3]
        .into_iter()
        .filter_map(|decimals| minor(&whole, &fraction, decimals).map(|minor| (decimals, minor)))
        .filter(|(decimals, _)| currencies.is_empty() || currencies.iter().any(|c| of(c) == *decimals))
        .collect();
    (!minor_units.is_empty()).then_some(AmountTerm { currencies, minor_units })
}

fn of(currency: &str) -> u32 {
    stripe::currency::decimals(&currency.to_ascii_uppercase())
}

/// The number without its currency, and the currencies that were named.
fn currency(text: &str) -> (&str, Vec<String>) {
    for (sign, codes) in SIGNS {
        if let Some(number) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return (number, codes.iter().map(|code| (*code).to_owned()).collect());
        }
    }
    let code = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic());
    if let (Some(before), Some(rest)) = (text.get(..3), text.get(3..))
        && code(before)
    {
        return (rest, vec![before.to_ascii_lowercase()]);
    }
    if let Some(at) = text.len().checked_sub(3)
        && let (Some(rest), Some(after)) = (text.get(..at), text.get(at..))
        && code(after)
    {
        return (rest, vec![after.to_ascii_lowercase()]);
    }
    (text, Vec::new())
}

/// The digits before and behind the decimal separator. The last `.` or `,` separates decimals unless three digits follow
/// and nothing speaks for decimals: `1,234` is a thousand, `1.234,50` has fifty cents, and `1.234` of a currency with
/// three decimals (`three`) is what the console itself shows.
fn split(number: &str, three: bool) -> Option<(String, String)> {
    let number = number.trim_end_matches(".-").trim_end_matches(",-").trim_end_matches(".–");
    let digit = |c: char| c.is_ascii_digit();
    let grouping = |c: char| matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}');
    if !number.starts_with(digit)
        || !number.ends_with(digit)
        || !number.chars().all(|c| digit(c) || grouping(c))
    {
        return None;
    }
    let last = number.rfind(['.', ',']);
    let decimals_at = last.filter(|at| {
        let (before, behind) = (&number[..*at], &number[*at + 1..]);
        let separator = number[*at..].chars().next();
        let repeated = before.chars().any(|c| Some(c) == separator);
        let decimals = behind.len() <= 2 || (behind.len() == 3 && (three || before.contains(['.', ','])));
        !repeated && behind.chars().all(digit) && decimals
    });
    let (whole, fraction) = match decimals_at {
        Some(at) => (&number[..at], &number[at + 1..]),
        None => (number, ""),
    };
    let mut groups = whole.split(grouping);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    if !rest.is_empty() && (first.len() > 3 || rest.iter().any(|group| group.len() != 3)) {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    Some((whole, fraction.to_owned()))
}

/// The amount in minor units; none where more decimals were typed than there are, or it does not fit.
fn minor(whole: &str, fraction: &str, decimals: u32) -> Option<i64> {
    let room = usize::try_from(decimals).ok()?;
    let significant = fraction.trim_end_matches('0');
    if significant.len() > room {
        return None;
    }
    format!("{whole}{significant:0<room$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::common::money;

    fn minor(text: &str) -> Vec<(u32, i64)> {
        parse(text).map(|term| term.minor_units).unwrap_or_default()
    }

    #[test]
    fn an_amount_without_a_currency_may_be_in_any() {
        assert_eq!(minor("45"), [(0, 45), (2, 4500), (3, 45_000)]);
        assert_eq!(minor("45.00"), [(0, 45), (2, 4500), (3, 45_000)]);
        assert_eq!(minor("45.5"), [(2, 4550), (3, 45_500)]);
        assert!(parse("45").unwrap().currencies.is_empty());
    }

    #[test]
    fn a_currency_says_how_many_decimals_there_are() {
        for text in ["45.00 USD", "45 usd", "USD 45", "usd45.00", "45,00USD", "US$45"] {
            let term = parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (term.minor_units, term.currencies),
                (vec![(2, 4500)], vec!["usd".to_owned()]),
                "{text}"
            );
        }
        assert_eq!(minor("500 JPY"), [(0, 500)]);
        assert_eq!(minor("1.234 KWD"), [(3, 1234)]);
        assert_eq!(minor("1,5 KWD"), [(3, 1500)]);
        assert_eq!(minor("¥500"), [(0, 500), (2, 50_000)]);
        assert!(parse("$45").unwrap().currencies.contains(&"usd".to_owned()));
        assert_eq!(minor("5.5 JPY"), []);
    }

    #[test]
    fn thousands_are_grouped_in_any_countrys_way() {
        for text in [
            "1.234,50 €",
            "1,234.50 EUR",
            "1'234.50 EUR",
            "1 234,50 EUR",
            "1\u{202f}234,50\u{a0}€",
            "1234.5 eur",
        ] {
            assert_eq!(minor(text), [(2, 123_450)], "{text}");
        }
        assert_eq!(minor("1,234 USD"), [(2, 123_400)]);
        assert_eq!(minor("1.234.567 EUR"), [(2, 123_456_700)]);
        assert_eq!(minor("45.- CHF"), [(2, 4500)]);
    }

    #[test]
    fn what_is_shown_is_found() {
        for (amount, currency) in [
            (4500, "usd"),
            (123_450, "eur"),
            (5, "eur"),
            (500, "jpy"),
            (1234, "jpy"),
            (1234, "kwd"),
            (100, "usd"),
        ] {
            let shown = money::show(amount, currency);
            let term = parse(&shown).unwrap_or_else(|| panic!("{shown}"));
            assert!(term.minor_units.iter().any(|(_, minor)| *minor == amount), "{shown}: {term:?}");
            assert_eq!(term.currencies, [currency]);
        }
    }

    #[test]
    fn other_texts_are_no_amounts() {
        for text in
            ["", "A-1", "USD", "45a", "4 5", "12,34,56", "1.2.3", "-45", "99999999999999999999", "25.11.2026"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
