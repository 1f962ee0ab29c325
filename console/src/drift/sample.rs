//! Which objects are compared. Pure.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// Parts of a million that are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample(u64);

const ALL: u64 = 1_000_000;

impl Sample {
    /// Whether an object is chosen: by a hash of its id, so that the same ones are chosen each time, and those of a small
    /// sample are in every larger one.
    pub(crate) fn chooses(self, id: &str) -> bool {
        let hash = Sha256::digest(id);
        let number = hash.iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        number % ALL < self.0
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, decimals) = (self.0 / 10_000, format!("{:04}", self.0 % 10_000));
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{whole}%"),
            decimals => write!(f, "{whole}.{decimals}%"),
        }
    }
}

/// `1%`, `0.5%`, `100%`: up to four decimals.
impl FromStr for Sample {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const TAKES: &str =
            "takes a percentage above 0 and up to 100 with at most four decimals, such as 1% or 0.5%";
        let number = text.strip_suffix('%').ok_or(TAKES)?;
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || decimals.len() > 4 {
            return Err(TAKES);
        }
        let parts = format!("{whole}{decimals:0<4}").parse().ok();
        parts.filter(|parts| (1..=ALL).contains(parts)).map(Self).ok_or(TAKES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_a_percentage() {
        for (text, parts) in
            [("1%", 10_000), ("0.5%", 5_000), ("100%", ALL), ("0.0001%", 1), ("12.25%", 122_500)]
        {
            assert_eq!(text.parse(), Ok(Sample(parts)), "{text}");
            assert_eq!(Sample(parts).to_string(), text);
        }
        for text in ["", "%", "1", "0%", "100.1%", "-1%", "1.%", ".5%", "0.00001%", "1,5%"] {
            assert!(text.parse::<Sample>().is_err(), "{text}");
        }
    }

    #[test]
    fn about_as_many_are_chosen_as_asked_for_and_a_larger_sample_has_those_of_a_smaller_one() {
        let (small, large): (Sample, Sample) = ("1%".parse().unwrap(), "10%".parse().unwrap());
        let ids: Vec<String> = (0..20_000).map(|number| format!("pi_{number}")).collect();
        let chosen = |sample: Sample| ids.iter().filter(|id| sample.chooses(id)).count();
        assert!((120..=280).contains(&chosen(small)) && (1_700..=2_300).contains(&chosen(large)));
        assert!(ids.iter().all(|id| large.chooses(id) || !small.chooses(id)));
        assert!(ids.iter().all(|id| Sample(ALL).chooses(id)));
    }
}
