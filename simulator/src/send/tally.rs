//! Counts of what became of each post.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// Listed by name when given up; the rest are only counted.
const NAMED: usize = 10;

/// What became of the events.
#[derive(Debug, Default)]
pub struct Tally {
    accepted: usize,
    refused: BTreeMap<String, usize>,
    given_up: Vec<String>,
}

impl Tally {
    /// A post that was answered with 2xx.
    pub(crate) fn accept(&mut self) {
        self.accepted += 1;
    }

    /// A post that was not, and with what it met.
    pub(crate) fn refuse(&mut self, refusal: String) {
        *self.refused.entry(refusal).or_default() += 1;
    }

    /// An event that was tried for the last time.
    pub(crate) fn give_up(&mut self, name: &str) {
        self.given_up.push(name.to_owned());
    }

    /// Takes in what another counted.
    pub(crate) fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.given_up.extend(other.given_up);
        for (refusal, count) in other.refused {
            *self.refused.entry(refusal).or_default() += count;
        }
    }

    /// Whether every event was accepted in the end.
    #[must_use]
    pub fn all_accepted(&self) -> bool {
        self.given_up.is_empty()
    }

    /// The counts as text.
    #[must_use]
    pub fn report(&self, took: Duration) -> String {
        let rate = self.accepted as f64 / took.as_secs_f64().max(0.001);
        let mut text = format!(
            "sent {} in {:.1} s ({rate:.0}/s): {} accepted",
            self.accepted + self.refused.values().sum::<usize>(),
            took.as_secs_f64(),
            self.accepted
        );
        for (refusal, count) in &self.refused {
            // Writing to a String cannot fail.
            write!(text, ", {count} × {refusal}").ok();
        }
        if !self.given_up.is_empty() {
            write!(text, "\ngiven up: {}", self.given_up.len()).ok();
            for name in self.given_up.iter().take(NAMED) {
                write!(text, "\n  {name}").ok();
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_every_status_and_what_was_given_up() {
        let mut tally = Tally::default();
        tally.refuse("503".to_owned());
        tally.accept();
        tally.refuse("no connection".to_owned());
        tally.give_up("evt_1 charge.refunded");
        let report = tally.report(Duration::from_secs(1));
        assert_eq!(
            report,
            "sent 3 in 1.0 s (1/s): 1 accepted, 1 × 503, 1 × no connection\ngiven up: 1\n  evt_1 charge.refunded"
        );
        assert!(!tally.all_accepted());
    }
}
