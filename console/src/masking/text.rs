//! E-mail addresses and card numbers within texts.

use percent_encoding::percent_decode_str;

use super::HIDDEN;

/// What looks like `@` to a person is taken for it.
const AT: [char; 3] = ['@', '＠', '﹫'];
/// What an e-mail address ends at. Ids such as `order.paid/A-1` keep what stands before.
const AROUND: &str = "<>\"'(),;|[]{}/:=&?#";
/// What people and forms put between the digits of a card number, one at a time.
const BETWEEN: &str = " -._/+\u{a0}\u{2009}\u{202f}–";
/// An address that was encoded for an address that was encoded.
const DEPTH: u8 = 3;

/// A text with e-mail addresses and card numbers hidden, wherever they stand in it.
pub(crate) fn text(text: &str) -> String {
    decoded(text, DEPTH)
}

fn decoded(text: &str, depth: u8) -> String {
    let plain = without_emails(&without_cards(text));
    if depth == 0 || !plain.contains('%') {
        return plain;
    }
    let parts = plain.split_inclusive(char::is_whitespace).map(|part| {
        let inside = percent_decode_str(part).decode_utf8_lossy();
        if inside == part || decoded(&inside, depth - 1) == inside {
            return part.to_owned();
        }
        format!("{HIDDEN}{}", &part[part.trim_end().len()..])
    });
    parts.collect()
}

fn without_emails(text: &str) -> String {
    if !text.contains(AT) {
        return text.to_owned();
    }
    let ends = |c: char| c.is_whitespace() || AROUND.contains(c);
    let parts = text.split_inclusive(ends).map(|part| {
        let bare = part.trim_end_matches(ends);
        let email = bare
            .split_once(AT)
            .is_some_and(|(before, after)| !before.is_empty() && after.chars().any(char::is_alphanumeric));
        if email { format!("{HIDDEN}{}", &part[bare.len()..]) } else { part.to_owned() }
    });
    parts.collect()
}

/// Any groups of digits in a row that make up a card number: `id12 4242 4242 4242 4242` has one from its second on.
fn without_cards(text: &str) -> String {
    let groups = groups(text);
    let mut kept = String::with_capacity(text.len());
    let (mut at, mut first) = (0, 0);
    while first < groups.len() {
        match card_from(text, &groups[first..]) {
            Some(count) => {
                kept.push_str(&text[at..groups[first].0]);
                kept.push_str(HIDDEN);
                at = groups[first + count - 1].1;
                first += count;
            }
            None => first += 1,
        }
    }
    kept.push_str(&text[at..]);
    kept
}

/// Where runs of digits begin and end.
fn groups(text: &str) -> Vec<(usize, usize)> {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for (i, _) in text.bytes().enumerate().filter(|(_, b)| b.is_ascii_digit()) {
        match groups.last_mut() {
            Some(last) if last.1 == i => last.1 = i + 1,
            _ => groups.push((i, i + 1)),
        }
    }
    groups
}

/// How many groups from the first on make up a card number.
fn card_from(text: &str, groups: &[(usize, usize)]) -> Option<usize> {
    let mut digits = String::new();
    let mut end = None;
    for (i, (from, to)) in groups.iter().enumerate() {
        if end.is_some_and(|end| !is_between(&text[end..*from])) {
            return None;
        }
        digits.push_str(&text[*from..*to]);
        if digits.len() > 19 {
            return None;
        }
        if is_card_number(&digits) {
            return Some(i + 1);
        }
        end = Some(*to);
    }
    None
}

fn is_between(gap: &str) -> bool {
    let mut chars = gap.chars();
    chars.next().is_some_and(|c| BETWEEN.contains(c))
        && chars.next().is_none_or(|c| c == ' ')
        && chars.next().is_none()
}

/// 13 to 19 digits as card networks give them out, that pass the check that every card number passes. A time in
/// milliseconds or microseconds begins with a 1, which none of them does.
pub(super) fn is_card_number(text: &str) -> bool {
    let issued = text.starts_with(['2', '3', '4', '5', '6']);
    if !issued || !(13..=19).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = text
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| match (i % 2, u32::from(b - b'0')) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_text_keeps_what_is_around_an_address() {
        for (given, shown) in [
            ("mail to <a.b@c.de>, twice", "mail to <•••>, twice"),
            ("order.paid/anna@example.com", "order.paid/•••"),
            ("order:anna@example.com", "order:•••"),
            ("order anna@example.com is registered", "order ••• is registered"),
            ("anna%40example.com", "•••"),
            ("see /search?q=anna%2540example.com now", "see ••• now"),
            ("anna＠example.com", "•••"),
            ("mailto:anna@example.com?x=1", "mailto:•••?x=1"),
        ] {
            assert_eq!(text(given), shown);
        }
    }

    #[test]
    fn a_card_number_is_found_among_other_digits() {
        for (given, shown) in [
            ("4111-1111-1111-1111", "•••"),
            ("id12 4242424242424242", "id12 •••"),
            ("4242.4242.4242.4242", "•••"),
            ("4242424242424242 12/30 123", "••• 12/30 123"),
            ("card=4242%204242%204242%204242&x=1 there", "••• there"),
            ("4242+4242+4242+4242", "•••"),
            ("4242  4242  4242  4242", "•••"),
            ("378282246310005, 6011111111111117", "•••, •••"),
        ] {
            assert_eq!(text(given), shown);
        }
    }

    #[test]
    fn what_is_no_address_and_no_card_stays() {
        for plain in [
            "evt_1 @ noon",
            "1790000000",
            "1790000000000",
            "2025-03-31 12:45:01.123456",
            "100 % off",
            "50%25",
            "pi_3NabcDEF@",
            "cus_4242",
            "1234 5678 9012 3456",
            "",
        ] {
            assert_eq!(text(plain), plain);
        }
    }
}
