//! `Stripe-Version` (<https://docs.stripe.com/api/versioning>).

/// The account's own, which a request that names none gets.
pub(super) const DEFAULT: &str = "2026-07-29.dahlia";

/// A date, since 2024-09-30 with the name of its release, and the versions of previews: `2026-07-29.dahlia; x_beta=v1`.
pub(super) fn is_version(text: &str) -> bool {
    let (version, _) = text.split_once(';').unwrap_or((text, ""));
    let (date, release) = match version.trim_end().split_once('.') {
        Some((date, release)) => (date, Some(release)),
        None => (version.trim_end(), None),
    };
    let named = release.is_none_or(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase()));
    let is_date = date.len() == 10 && date.parse::<jiff::civil::Date>().is_ok();
    is_date && named && (date < "2024-09-30") == release.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_date_with_the_name_of_its_release() {
        for version in [
            "2011-01-01",
            "2024-06-20",
            "2024-09-30.acacia",
            "2026-07-29.preview",
            "2026-07-29.dahlia; a_beta=v1",
            DEFAULT,
        ] {
            assert!(is_version(version), "{version}");
        }
        for nonsense in
            ["", "latest", "2024-13-01", "2025-03-31", "2020-08-27.basil", "2025-03-31.", "20250331.basil"]
        {
            assert!(!is_version(nonsense), "{nonsense}");
        }
    }
}
