//! The header `Retry-After`: <https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>. Pure.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Nobody can ask to be left alone for longer: a longer wait is a mistake.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long an answer asks to wait, a day at most. `now` is what a date in the header is compared with; a date that is
/// past is no wait. `None` without the header, or where it is neither seconds nor a date.
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = DateTimeParser::new().parse_timestamp(text).ok()?;
            Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO)
        }
    };
    Some(wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read_and_have_a_limit() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let read = |text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            retry_after(&headers, now).map(|wait| wait.as_secs())
        };
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Wed, 25 Nov 2026 12:00:30 GMT"), Some(30));
        assert_eq!(read("Wed, 25 Nov 2026 11:00:00 GMT"), Some(0));
        assert_eq!(read("999999999"), Some(86_400));
        assert_eq!(read("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
