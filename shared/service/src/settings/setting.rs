//! A setting as clap reads it: typed, with its default, and with its error kept.
//!
//! Clap ends the program at the first value that it cannot parse. These parsers never fail: they keep the error, which
//! [`Problems::take`] notes beside all others. An empty value counts as not set.

use super::Problems;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Error};
use ipnet::IpNet;
use std::ffi::OsStr;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

/// A value that was parsed, or what is wrong with it.
#[derive(Debug, Clone)]
pub struct Setting<T> {
    /// What was given or, where that is wrong or empty, the default.
    value: Option<T>,
    /// What is wrong: the variable and a sentence.
    problem: Option<(String, String)>,
}

impl Problems {
    /// The value of a setting with a default. What is wrong with it is noted; the default stands in.
    pub fn take<T: Clone>(&mut self, setting: &Setting<T>) -> T {
        #[expect(clippy::expect_used, reason = "each program's tests read its defaults")]
        self.take_optional(Some(setting)).expect("a setting with a default that can be parsed")
    }

    /// The value of a setting without a default, where it is set.
    pub fn take_optional<T: Clone>(&mut self, setting: Option<&Setting<T>>) -> Option<T> {
        let setting = setting?;
        if let Some((name, what)) = &setting.problem {
            self.add(name, what);
        }
        setting.value.clone()
    }

    /// The value of a setting that must be there. `takes` says what it may be.
    pub fn take_required<T: Clone>(
        &mut self,
        name: &str,
        setting: Option<&Setting<T>>,
        takes: &str,
    ) -> Option<T> {
        if setting.is_none_or(|setting| setting.value.is_none() && setting.problem.is_none()) {
            self.add(name, format_args!("is required: {takes}"));
        }
        self.take_optional(setting)
    }
}

type Parse<T> = dyn Fn(&str) -> Option<T> + Send + Sync;

/// A clap value parser that keeps its error.
pub struct Parser<T> {
    takes: Arc<str>,
    parse: Arc<Parse<T>>,
    values: Vec<&'static str>,
}

impl<T> Clone for Parser<T> {
    fn clone(&self) -> Self {
        Self { takes: Arc::clone(&self.takes), parse: Arc::clone(&self.parse), values: self.values.clone() }
    }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Parser<T> {
    type Value = Setting<T>;

    fn parse_ref(&self, _: &Command, arg: Option<&Arg>, raw: &OsStr) -> Result<Setting<T>, Error> {
        let default = arg.and_then(|arg| arg.get_default_values().first()).and_then(|value| value.to_str());
        let default = default.and_then(|default| (self.parse)(default));
        let raw = raw.to_string_lossy();
        let raw = raw.trim();
        if raw.is_empty() {
            return Ok(Setting { value: default, problem: None });
        }
        if let Some(value) = (self.parse)(raw) {
            return Ok(Setting { value: Some(value), problem: None });
        }
        // Flag and variable have one name.
        let name = arg.map(|arg| arg.get_id().as_str().to_ascii_uppercase()).unwrap_or_default();
        let what = format!("takes {}, not {raw:?}", self.takes);
        Ok(Setting { value: default, problem: Some((name, what)) })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = self.values.iter().map(|value| PossibleValue::new(*value));
        (!self.values.is_empty()).then(|| Box::new(values) as Box<_>)
    }
}

/// Any value: `parse` says what it means, `takes` says what it may be.
pub fn value<T>(
    takes: impl Into<Arc<str>>,
    parse: impl Fn(&str) -> Option<T> + Send + Sync + 'static,
) -> Parser<T> {
    Parser { takes: takes.into(), parse: Arc::new(parse), values: Vec::new() }
}

/// One word of a list.
pub fn word<T: Copy + Send + Sync>(words: &'static [(&'static str, T)]) -> Parser<T> {
    let values: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let parse = |raw: &str| words.iter().find(|(word, _)| *word == raw).map(|(_, value)| *value);
    Parser { takes: alternatives(&values).into(), parse: Arc::new(parse), values }
}

/// `live, test or any`.
fn alternatives(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// An address with a port.
pub fn address() -> Parser<SocketAddr> {
    value("an address and port such as 127.0.0.1:8080", |raw| raw.parse().ok())
}

/// An address with a port, or `off`.
pub fn address_or_off() -> Parser<Option<SocketAddr>> {
    value("an address and port such as 127.0.0.1:9090, or off", |raw| match raw {
        "off" => Some(None),
        _ => raw.parse().ok().map(Some),
    })
}

/// Addresses and CIDRs, comma separated.
pub fn networks() -> Parser<Vec<IpNet>> {
    value("addresses or CIDRs, comma separated, such as 10.0.0.0/8,192.0.2.7", |raw| {
        raw.split(',').map(|part| network(part.trim())).collect()
    })
}

/// A CIDR, or an address as the network of it alone.
pub fn network(raw: &str) -> Option<IpNet> {
    raw.parse().ok().or_else(|| raw.parse::<IpAddr>().ok().map(IpNet::from))
}

/// A whole number within a range.
pub fn integer<T>(range: RangeInclusive<T>) -> Parser<T>
where
    T: PartialOrd + std::fmt::Display + std::str::FromStr + Send + Sync + 'static,
{
    let takes = format!("a whole number from {} to {}", range.start(), range.end());
    value(takes, move |raw| raw.parse().ok().filter(|number| range.contains(number)))
}

/// A length of time with its unit, within a range.
pub fn duration(range: RangeInclusive<Duration>) -> Parser<Duration> {
    let takes = format!(
        "a length of time from {} to {} such as 5s, 250ms or 1m",
        humantime::format_duration(*range.start()),
        humantime::format_duration(*range.end())
    );
    value(takes, move |raw| humantime::parse_duration(raw).ok().filter(|duration| range.contains(duration)))
}

/// A length of time with its unit, or `off`.
pub fn length_or_off(range: RangeInclusive<Duration>) -> Parser<Option<Duration>> {
    let takes = format!(
        "a length of time from {} to {} such as 10s or 1h, or off",
        humantime::format_duration(*range.start()),
        humantime::format_duration(*range.end())
    );
    value(takes, move |raw| match raw {
        "off" => Some(None),
        _ => humantime::parse_duration(raw).ok().filter(|length| range.contains(length)).map(Some),
    })
}

/// Lengths of time with their units, comma separated.
pub fn durations() -> Parser<Vec<Duration>> {
    let one = |part: &str| humantime::parse_duration(part.trim()).ok().filter(|duration| !duration.is_zero());
    value("lengths of time, comma separated, such as 10s,1m,10m", move |raw| {
        raw.split(',').map(one).collect()
    })
}

/// Reads arguments from these settings alone, without flags and environment: for tests.
///
/// # Panics
/// When a name is not a setting of `A`.
pub fn from_pairs<A: clap::Args>(pairs: &[(&str, &str)]) -> A {
    let command = A::augment_args(Command::new("test").no_binary_name(true)).mut_args(|arg| arg.env(None));
    let flags =
        pairs.iter().map(|(name, value)| format!("--{}={value}", name.to_lowercase().replace('_', "-")));
    #[expect(clippy::expect_used, reason = "for tests, which pass names that exist")]
    let matches = command.try_get_matches_from(flags).expect("settings that exist");
    #[expect(clippy::expect_used, reason = "the matches are those of the same arguments")]
    A::from_arg_matches(&matches).expect("matches of these arguments")
}

#[cfg(test)]
#[path = "setting_tests.rs"]
mod tests;
