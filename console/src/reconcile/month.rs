//! A month as people write it. Pure.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A calendar month in UTC, as Stripe dates its transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Month {
    /// Its first moment.
    pub(crate) since: Timestamp,
    /// The first moment after it.
    pub(crate) until: Timestamp,
}

impl Month {
    pub(crate) fn holds(self, at: Timestamp) -> bool {
        (self.since..self.until).contains(&at)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.since.strftime("%Y-%m"))
    }
}

/// `2026-10`.
impl FromStr for Month {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const TAKES: &str = "takes a month such as 2026-10";
        let (year, month) = text.split_once('-').ok_or(TAKES)?;
        let digits =
            |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(TAKES);
        }
        let (year, month): (i16, i8) = (year.parse().map_err(|_| TAKES)?, month.parse().map_err(|_| TAKES)?);
        if year < 2000 || !(1..=12).contains(&month) {
            return Err(TAKES);
        }
        let first = |year, month| -> Option<Timestamp> {
            Some(Date::new(year, month, 1).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
        };
        let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let (since, until) = (first(year, month), first(next.0, next.1));
        since.zip(until).map(|(since, until)| Self { since, until }).ok_or(TAKES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_and_ends_at_midnight_in_utc() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let month: Month = "2026-12".parse().unwrap();
        assert_eq!((month.since, month.until), (at("2026-12-01T00:00:00Z"), at("2027-01-01T00:00:00Z")));
        assert_eq!(month.to_string(), "2026-12");
        let february: Month = "2028-02".parse().unwrap();
        assert!(february.holds(at("2028-02-29T23:59:59Z")) && !february.holds(at("2028-03-01T00:00:00Z")));
        for text in ["", "2026", "2026-13", "2026-00", "26-10", "2026-1", "2026-10-01", "1999-10", "9999-12"]
        {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }
}
