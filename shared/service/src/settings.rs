//! Reading settings: every problem is found before any is reported.
//!
//! Each process has a clap struct of `Option<String>` arguments (flag and environment variable of
//! one name) and turns it into a typed struct through [`Problems`]. A helper that finds a problem
//! notes it and returns a stand-in, so that the others are looked at too; [`Problems::finish`]
//! refuses the lot. Values of secrets are never quoted. An empty value counts as not set, because
//! container tools pass empty variables for absent ones.

use secrecy::SecretString;
use std::fmt;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

mod args;

pub use args::{LogArgs, MetricsArgs};

/// The exit code for wrong settings and wrong use.
pub const EXIT_USAGE: i32 = 2;

/// What is wrong with the settings, each naming the variable and what it takes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl Problems {
    /// Notes that the variable `name` has a problem. `what` must not quote a secret.
    pub fn add(&mut self, name: &str, what: impl fmt::Display) {
        self.0.push(format!("{name} {what}"));
    }

    /// Refuses when anything was noted.
    pub fn finish(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Prints all problems and ends the process with [`EXIT_USAGE`] when anything was noted.
    pub fn finish_or_exit(self) {
        if let Err(problems) = self.finish() {
            eprint!("{problems}");
            eprintln!("See --help for what each setting takes.");
            std::process::exit(EXIT_USAGE);
        }
    }

    /// Any value: `parse` says what it means, `takes` describes what it may be.
    pub fn value<T>(
        &mut self,
        name: &str,
        raw: Option<&str>,
        default: T,
        takes: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> T {
        let Some(raw) = set(raw) else { return default };
        match parse(raw) {
            Some(value) => value,
            None => {
                self.add(name, format_args!("takes {takes}, not {raw:?}"));
                default
            }
        }
    }

    /// An address with a port.
    pub fn address(&mut self, name: &str, raw: Option<&str>, default: SocketAddr) -> SocketAddr {
        self.value(name, raw, default, "an address and port such as 127.0.0.1:8080", |raw| raw.parse().ok())
    }

    /// An address with a port, or `off`.
    pub fn address_or_off(
        &mut self,
        name: &str,
        raw: Option<&str>,
        default: Option<SocketAddr>,
    ) -> Option<SocketAddr> {
        self.value(
            name,
            raw,
            default,
            "an address and port such as 127.0.0.1:9090, or off",
            |raw| match raw {
                "off" => Some(None),
                _ => raw.parse().ok().map(Some),
            },
        )
    }

    /// A whole number within a range.
    pub fn integer(
        &mut self,
        name: &str,
        raw: Option<&str>,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> u64 {
        let takes = format!("a whole number from {} to {}", range.start(), range.end());
        self.value(name, raw, default, &takes, |raw| raw.parse().ok().filter(|number| range.contains(number)))
    }

    /// A length of time with its unit, within a range.
    pub fn duration(
        &mut self,
        name: &str,
        raw: Option<&str>,
        default: Duration,
        range: RangeInclusive<Duration>,
    ) -> Duration {
        let takes = format!(
            "a length of time from {} to {} such as 5s, 250ms or 1m",
            humantime::format_duration(*range.start()),
            humantime::format_duration(*range.end())
        );
        self.value(name, raw, default, &takes, |raw| {
            humantime::parse_duration(raw).ok().filter(|duration| range.contains(duration))
        })
    }

    /// Lengths of time with their units, comma separated.
    pub fn durations(&mut self, name: &str, raw: Option<&str>, default: &[Duration]) -> Vec<Duration> {
        let takes = "lengths of time, comma separated, such as 10s,1m,10m";
        self.value(name, raw, default.to_vec(), takes, |raw| {
            raw.split(',')
                .map(|part| {
                    humantime::parse_duration(part.trim()).ok().filter(|duration| !duration.is_zero())
                })
                .collect()
        })
    }

    /// One of a list of values.
    pub fn word<T: Copy>(&mut self, name: &str, raw: Option<&str>, default: T, words: &[(&str, T)]) -> T {
        let takes = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" or ");
        self.value(name, raw, default, &takes, |raw| {
            words.iter().find(|(word, _)| *word == raw).map(|(_, value)| *value)
        })
    }

    /// A secret given as `NAME` or, by the path of a file that holds it, as `NAME_FILE`.
    pub fn secret(&mut self, name: &str, raw: Option<&str>, file: Option<&str>) -> Option<SecretString> {
        match (set(raw), set(file)) {
            (Some(_), Some(_)) => {
                self.add(name, format_args!("and {name}_FILE are both set: give one of them"));
                None
            }
            (Some(raw), None) => Some(SecretString::from(raw)),
            (None, Some(path)) => match std::fs::read_to_string(path) {
                Ok(text) if text.trim().is_empty() => {
                    self.add(&format!("{name}_FILE"), format_args!("names an empty file: {path:?}"));
                    None
                }
                Ok(text) => Some(SecretString::from(text.trim())),
                Err(error) => {
                    let what = format_args!("names a file that cannot be read: {path:?}: {error}");
                    self.add(&format!("{name}_FILE"), what);
                    None
                }
            },
            (None, None) => None,
        }
    }

    /// A required secret. `takes` describes it.
    pub fn required_secret(
        &mut self,
        name: &str,
        raw: Option<&str>,
        file: Option<&str>,
        takes: &str,
    ) -> SecretString {
        let before = self.0.len();
        let secret = self.secret(name, raw, file);
        if secret.is_none() && self.0.len() == before {
            self.add(name, format_args!("is required (or {name}_FILE): {takes}"));
        }
        secret.unwrap_or_default()
    }
}

fn set(raw: Option<&str>) -> Option<&str> {
    raw.map(str::trim).filter(|raw| !raw.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn every_problem_is_reported_and_names_its_variable() {
        let mut problems = Problems::default();
        problems.address("A_BIND", Some("nonsense"), ([127, 0, 0, 1], 1).into());
        problems.integer("B_SIZE", Some("0"), 5, 1..=10);
        problems.duration("C_TIME", Some("5"), Duration::ZERO, Duration::ZERO..=Duration::from_secs(1));
        problems.durations("D_TIMES", Some("1s,,2s"), &[]);
        problems.word("E_WORD", Some("maybe"), true, &[("yes", true), ("no", false)]);
        problems.required_secret("F_URL", None, Some(""), "the address of it");
        problems.secret("G_KEY", None, Some("/nowhere/at/all"));
        let text = problems.finish().unwrap_err().to_string();
        for name in ["A_BIND", "B_SIZE", "C_TIME", "D_TIMES", "E_WORD", "F_URL", "G_KEY_FILE"] {
            assert_eq!(
                text.lines().filter(|line| line.starts_with(&format!("{name} "))).count(),
                1,
                "{text}"
            );
        }
        assert!(text.contains("from 1 to 10") && text.contains("yes or no"), "{text}");
    }

    #[test]
    fn good_values_and_defaults_are_taken() {
        let mut problems = Problems::default();
        assert_eq!(problems.integer("N", Some(" 7 "), 5, 1..=10), 7);
        assert_eq!(problems.integer("N", Some(""), 5, 1..=10), 5);
        assert_eq!(problems.address_or_off("M", Some("off"), Some(([127, 0, 0, 1], 1).into())), None);
        assert_eq!(
            problems.durations("R", Some("10s, 1m"), &[]),
            [Duration::from_secs(10), Duration::from_secs(60)]
        );
        assert_eq!(problems.finish(), Ok(()));
    }

    #[test]
    fn a_secret_may_stand_in_a_file_and_is_never_quoted() {
        let path = std::env::temp_dir().join(format!("sluicegate-secret-{}", std::process::id()));
        std::fs::write(&path, "whsec_hunter2\n").unwrap();
        let file = path.to_str();
        let mut problems = Problems::default();
        let secret = problems.required_secret("KEY", None, file, "a key");
        assert_eq!(secret.expose_secret(), "whsec_hunter2");
        problems.secret("KEY", Some("whsec_hunter2"), file);
        let text = problems.finish().unwrap_err().to_string();
        assert!(text.contains("KEY_FILE") && !text.contains("hunter2"), "{text}");
        std::fs::remove_file(path).unwrap();
    }
}
