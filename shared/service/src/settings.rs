//! Reading settings: every problem is found before any is reported.
//!
//! Each process declares its settings once, in a clap struct: flag and environment variable of one name, type,
//! default, and the sentence of `--help`. A [`Setting`] keeps its error, so that the others are looked at too;
//! [`Problems::finish`] refuses the lot. Values of secrets are never quoted. An empty value counts as not set, because
//! container tools pass empty variables for absent ones.

use secrecy::SecretString;
use std::fmt;

mod args;
mod known;
pub mod setting;

pub use args::LogArgs;
pub use known::{KNOWN, Program, environment};
pub use setting::Setting;

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
        problems.required_secret("F_URL", None, Some(""), "the address of it");
        problems.secret("G_KEY", None, Some("/nowhere/at/all"));
        let text = problems.finish().unwrap_err().to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[0].starts_with("F_URL is required") && lines[1].starts_with("G_KEY_FILE names"),
            "{text}"
        );
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
