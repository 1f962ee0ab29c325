//! Dates as people write them, in UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::locale::Locale;

const EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// The day of a time in unix seconds; none for a time beyond what a calendar holds.
pub(crate) fn day(seconds: i64, locale: Locale) -> Option<String> {
    Some(format_day(utc(seconds)?, locale))
}

/// The day and minute of a time in unix seconds.
pub(crate) fn minute(seconds: i64, locale: Locale) -> Option<String> {
    let at = utc(seconds)?;
    Some(format!("{}, {:02}:{:02} UTC", format_day(at, locale), at.hour(), at.minute()))
}

fn utc(seconds: i64) -> Option<DateTime> {
    Some(TimeZone::UTC.to_datetime(Timestamp::from_second(seconds).ok()?))
}

fn format_day(at: DateTime, locale: Locale) -> String {
    let month = |names: [&'static str; 12]| {
        usize::try_from(at.month() - 1).ok().and_then(|index| names.get(index).copied()).unwrap_or_default()
    };
    let (day, year) = (at.day(), at.year());
    match locale {
        Locale::En => format!("{} {day}, {year}", month(EN)),
        Locale::De => format!("{day}. {} {year}", month(DE)),
        Locale::Fr if day == 1 => format!("1er {} {year}", month(FR)),
        Locale::Fr => format!("{day} {} {year}", month(FR)),
        Locale::Es => format!("{day} de {} de {year}", month(ES)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected texts: the long and medium patterns of Unicode's CLDR.
    #[test]
    fn a_day_is_written_as_each_language_does() {
        // 2026-03-01T14:05:00Z.
        let at = 1_772_373_900;
        let days = Locale::ALL.map(|locale| day(at, locale).unwrap());
        assert_eq!(days, ["March 1, 2026", "1. März 2026", "1er mars 2026", "1 de marzo de 2026"]);
        assert_eq!(minute(at, Locale::En).unwrap(), "March 1, 2026, 14:05 UTC");
        // 2026-12-31T23:59:59Z.
        let days = Locale::ALL.map(|locale| day(1_798_761_599, locale).unwrap());
        assert_eq!(
            days,
            ["December 31, 2026", "31. Dezember 2026", "31 décembre 2026", "31 de diciembre de 2026"]
        );
        assert_eq!(day(i64::MAX, Locale::En), None);
    }
}
