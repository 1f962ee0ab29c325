//! Moments as people type them: `3d` and `90m` ago, `yesterday`, `2026-11-25`, `2026-11-25T14:00Z`; and the period between
//! two of them. Pages, API and command line all read them here.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Deserializer};

use super::error::ServiceError;

/// What a moment may be.
pub(crate) const TAKES: &str = "a length of time such as 90m or 3d, today, yesterday, a date such as 2026-11-25, or a time such as 2026-11-25T14:00Z";

/// Which end of a period a moment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Since,
    Until,
}

/// Reads where a period begins: a length of time counts back from `now`, a date begins at midnight in UTC.
pub(crate) fn parse(text: &str, now: Timestamp) -> Option<Timestamp> {
    read(text, now, End::Since)
}

fn read(text: &str, now: Timestamp, end: End) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(ago) = humantime::parse_duration(text) {
        return now.checked_sub(SignedDuration::try_from(ago).ok()?).ok();
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let day = day(text, now)?;
    // A day that something goes until is in it to its end.
    let day = if end == End::Until { day.checked_add(1.day()).ok()? } else { day };
    day.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

fn day(text: &str, now: Timestamp) -> Option<Date> {
    let today = now.to_zoned(TimeZone::UTC).date();
    match text {
        "today" => return Some(today),
        "yesterday" => return today.yesterday().ok(),
        _ => {}
    }
    let date: Date = text.parse().ok()?;
    // Of a time without a zone it is not known which moment it means.
    (text.len() == date.to_string().len()).then_some(date)
}

/// From when until when something is looked for; an end that is not named is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) since: Option<Timestamp>,
    /// Not in it.
    pub(crate) until: Option<Timestamp>,
}

impl Period {
    /// From the parameters of an address or the fields of a form, which are empty where nothing was typed.
    pub(crate) fn read(
        since: Option<&str>,
        until: Option<&str>,
        now: Timestamp,
    ) -> Result<Period, ServiceError> {
        let moment = |name: &str, text: Option<&str>, end| {
            let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
            let wrong =
                || ServiceError::invalid("invalid_time", format!("{name} takes {TAKES}, not {text:?}"));
            read(text, now, end).map(Some).ok_or_else(wrong)
        };
        Ok(Period { since: moment("since", since, End::Since)?, until: moment("until", until, End::Until)? })
    }
}

/// Where a period begins, for the command line.
pub(crate) fn since_argument(text: &str) -> Result<Timestamp, String> {
    read(text, Timestamp::now(), End::Since).ok_or_else(|| format!("takes {TAKES}"))
}

/// Where a period ends, for the command line: a date is in it.
pub(crate) fn until_argument(text: &str) -> Result<Timestamp, String> {
    read(text, Timestamp::now(), End::Until).ok_or_else(|| format!("takes {TAKES}"))
}

/// Where a period begins, for the API.
pub(crate) fn since_parameter<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    parameter(from, since_argument)
}

/// Where a period ends, for the API.
pub(crate) fn until_parameter<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    parameter(from, until_argument)
}

fn parameter<'de, D: Deserializer<'de>>(
    from: D,
    read: fn(&str) -> Result<Timestamp, String>,
) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| read(&text)).transpose().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-28T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_moment_is_a_time_ago_a_date_or_a_time() {
        for (text, moment) in [
            ("3d", "2026-11-25T12:00:00Z"),
            ("90m", "2026-11-28T10:30:00Z"),
            (" 1h ", "2026-11-28T11:00:00Z"),
            ("today", "2026-11-28T00:00:00Z"),
            ("yesterday", "2026-11-27T00:00:00Z"),
            ("2026-11-25", "2026-11-25T00:00:00Z"),
            ("2026-11-25T14:00Z", "2026-11-25T14:00:00Z"),
            ("2026-11-25T14:00:00+02:00", "2026-11-25T12:00:00Z"),
        ] {
            assert_eq!(parse(text, now()), Some(moment.parse().unwrap()), "{text}");
        }
        for text in ["", "soon", "3", "2026-11-25T14:00", "2026-13-01", "99999999999999d"] {
            assert_eq!(parse(text, now()), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_in_the_period_that_goes_until_it() {
        let read = |since, until| Period::read(since, until, now()).unwrap();
        let yesterday = read(Some("yesterday"), Some("yesterday"));
        assert_eq!(yesterday.since, Some("2026-11-27T00:00:00Z".parse().unwrap()));
        assert_eq!(yesterday.until, Some("2026-11-28T00:00:00Z".parse().unwrap()));
        assert_eq!(
            read(None, Some("2026-11-25T14:00Z")).until,
            Some("2026-11-25T14:00:00Z".parse().unwrap())
        );
        assert_eq!(read(Some(" "), None), Period::default());
        let wrong = Period::read(Some("soon"), None, now()).unwrap_err().to_string();
        assert!(wrong.contains("since takes") && wrong.contains("\"soon\""), "{wrong}");
    }
}
