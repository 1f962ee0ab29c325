//! What somebody typed into the search box, read in every way that it can mean. Pure.

use jiff::civil::Date;

use super::amount::{self, AmountTerm};
use super::dashboard;
use crate::common::origin::OriginFilter;

/// The fewest characters of a part of an order's id: trigrams find no less.
pub(crate) const MIN_PART: usize = 3;

/// One way to read what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Term {
    /// A complete id of anything, in any case.
    Id(String),
    /// A part of an order's id, lower case.
    OrderPart(String),
    /// A dead letter's number.
    DeadLetter(i64),
    /// A case's number.
    Case(i64),
    /// The number that an invoice shows, or a reference code; lower case.
    Code(String),
    /// An e-mail address, lower case.
    Email(String),
    /// The last four digits of a card or bank account.
    Last4(String),
    /// The words of a person's name, lower case.
    Name(Vec<String>),
    /// An amount; with several currencies it can be several numbers of minor units.
    Amount(AmountTerm),
    /// A day, in UTC.
    Day(Date),
}

/// What was typed, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// What was typed without what people put around it.
    pub(crate) text: String,
    /// Every reading, the likeliest first.
    pub(crate) terms: Vec<Term>,
    /// What was typed without the spaces around it, where that is something else: ids of a shop may hold any character.
    pub(crate) verbatim: Option<String>,
    /// The account and mode that a pasted address of Stripe's dashboard names.
    pub(crate) origin: OriginFilter,
}

impl Query {
    /// Reads what was typed.
    pub(crate) fn parse(typed: &str) -> Query {
        if let Some(object) = dashboard::parse(typed.trim()) {
            let origin = OriginFilter { account: object.account, livemode: object.livemode };
            return Query {
                terms: vec![Term::Id(object.id.clone())],
                text: object.id,
                verbatim: None,
                origin,
            };
        }
        let (text, numbered) = stripped(typed);
        if text.is_empty() {
            return Query::default();
        }
        let terms = readings(text, numbered);
        let said = typed.trim();
        let verbatim = (terms.first() != Some(&Term::Id(said.to_owned()))).then(|| said.to_owned());
        Query { terms, text: text.to_owned(), verbatim, origin: OriginFilter::default() }
    }
}

/// What people put around an id when they copy it out of a sentence.
const AROUND: &[char] =
    &['"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»', '<', '>', '(', ')', '[', ']', '{', '}', ',', ';'];

/// The text without quotes, brackets and spaces around it; true where it began with `#`.
fn stripped(typed: &str) -> (&str, bool) {
    let ends = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}' || AROUND.contains(&c);
    let text = typed.trim_matches(ends).trim_end_matches(['.', ':', '!', '?']);
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    match text.strip_prefix('#') {
        Some(rest) => (rest.trim_matches(ends), true),
        None => (text.trim_matches(ends), false),
    }
}

fn readings(text: &str, numbered: bool) -> Vec<Term> {
    let lower = text.to_lowercase();
    if let Some(term) = labelled(&lower, text) {
        return term;
    }
    let mut terms = vec![Term::Id(text.to_owned())];
    if numbered && let Ok(number) = text.parse::<i64>() {
        terms.extend([Term::DeadLetter(number), Term::Case(number)]);
    }
    if is_email(&lower) {
        terms.push(Term::Email(lower.clone()));
    }
    if is_last4(text) {
        terms.push(Term::Last4(text.chars().filter(char::is_ascii_digit).collect()));
    }
    if is_stripe_id(&lower) {
        return terms;
    }
    terms.extend(day(text).map(Term::Day));
    terms.extend(amount::parse(text).map(Term::Amount));
    if !text.contains(char::is_whitespace) && text.contains(|c: char| c.is_ascii_digit()) {
        terms.push(Term::Code(lower.clone()));
    }
    if lower.chars().count() >= MIN_PART && !is_email(&lower) {
        terms.push(Term::OrderPart(lower.clone()));
    }
    terms.extend(name(&lower).map(Term::Name));
    terms
}

/// `case 7`, `dead letter #17`, `order A-1`: what it is was said.
fn labelled(lower: &str, text: &str) -> Option<Vec<Term>> {
    type Numbered = fn(i64) -> Term;
    const LABELS: [(&str, Numbered); 4] = [
        ("case", Term::Case),
        ("dead letter", Term::DeadLetter),
        ("dead-letter", Term::DeadLetter),
        ("letter", Term::DeadLetter),
    ];
    for (label, term) in LABELS {
        let Some(rest) = lower.strip_prefix(label) else { continue };
        let number = rest.trim_start_matches([' ', '#', ':', '\u{a0}', '-']);
        if let Ok(number) = number.parse::<i64>() {
            return Some(vec![term(number)]);
        }
    }
    let (word, _) = lower.split_once([' ', ':'])?;
    const KINDS: [&str; 8] =
        ["order", "payment", "charge", "customer", "subscription", "invoice", "refund", "event"];
    if !KINDS.contains(&word) {
        return None;
    }
    // The text has the same beginning, in its own case.
    let rest = text.get(word.len()..)?.trim_start_matches([' ', ':', '#', '\u{a0}']);
    (!rest.is_empty()).then(|| readings(rest, text.contains('#')))
}

/// As Stripe makes ids: a prefix of letters, `_`, and letters and digits, with further `_`.
fn is_stripe_id(lower: &str) -> bool {
    const PREFIXES: [&str; 17] = [
        "evt", "pi", "ch", "py", "pyr", "cus", "sub", "in", "re", "du", "dp", "cs", "si", "pm", "seti",
        "txn", "inpay",
    ];
    lower.split_once('_').is_some_and(|(prefix, rest)| {
        PREFIXES.contains(&prefix)
            && !rest.is_empty()
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

fn is_email(lower: &str) -> bool {
    let Some((local, domain)) = lower.rsplit_once('@') else { return false };
    !local.is_empty() && domain.contains('.') && !lower.contains(char::is_whitespace)
}

/// `4242`, `•••• 4242`, `**** 4242`, `ending in 4242`.
fn is_last4(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let rest = text.trim_end_matches(|c: char| c.is_ascii_digit()).trim().to_lowercase();
    let said = rest.is_empty()
        || matches!(rest.as_str(), "ending" | "ending in" | "ending with" | "card" | "last4" | "last 4")
        || rest.chars().all(|c| matches!(c, '*' | '•' | '.' | '…' | 'x' | '·' | ' ' | '-'));
    digits == 4 && said && text.ends_with(|c: char| c.is_ascii_digit())
}

/// `2026-11-25`, `25.11.2026`, `25/11/2026`; with the month first only where the second number cannot be one.
fn day(text: &str) -> Option<Date> {
    if let Some(date) = text.parse::<Date>().ok().filter(|date| date.to_string() == text) {
        return Some(date);
    }
    let parts: Vec<i16> =
        text.split(['.', '/', '-']).map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let [first, second, year] = parts[..] else { return None };
    if !(1900..=2200).contains(&year) {
        return None;
    }
    let date =
        |day: i16, month: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    date(first, second).or_else(|| date(second, first))
}

/// The words of a name: letters, with what stands in names.
fn name(lower: &str) -> Option<Vec<String>> {
    let in_a_name = |c: char| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.');
    let words: Vec<String> = lower
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let is_name = (1..=5).contains(&words.len())
        && words.iter().all(|word| word.chars().all(in_a_name) && word.chars().any(char::is_alphabetic))
        && lower.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    is_name.then_some(words)
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
