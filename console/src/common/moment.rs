//! Moments as people type them: `3d` and `90m` ago, `2026-11-25`, `2026-11-25T14:00Z`. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// What a moment may be.
pub(crate) const TAKES: &str =
    "a length of time such as 90m or 3d, a date such as 2026-11-25, or a time such as 2026-11-25T14:00Z";

/// Reads a moment: a length of time counts back from `now`, a date begins at midnight in UTC.
pub(crate) fn parse(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(ago) = humantime::parse_duration(text) {
        return now.checked_sub(SignedDuration::try_from(ago).ok()?).ok();
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let date: Date = text.parse().ok()?;
    // Of a time without a zone it is not known which moment it means.
    let alone = text.len() == date.to_string().len();
    date.to_zoned(TimeZone::UTC).ok().filter(|_| alone).map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_ago_a_date_or_a_time() {
        let now: Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
        for (text, moment) in [
            ("3d", "2026-11-25T12:00:00Z"),
            ("90m", "2026-11-28T10:30:00Z"),
            (" 1h ", "2026-11-28T11:00:00Z"),
            ("2026-11-25", "2026-11-25T00:00:00Z"),
            ("2026-11-25T14:00Z", "2026-11-25T14:00:00Z"),
            ("2026-11-25T14:00:00+02:00", "2026-11-25T12:00:00Z"),
        ] {
            assert_eq!(parse(text, now), Some(moment.parse().unwrap()), "{text}");
        }
        for text in ["", "soon", "3", "2026-11-25T14:00", "2026-13-01", "99999999999999d"] {
            assert_eq!(parse(text, now), None, "{text}");
        }
    }
}
