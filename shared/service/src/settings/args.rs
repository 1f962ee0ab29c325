//! Arguments that every program takes, to be flattened into its own.

use super::setting::{value, word};
use super::{Problems, Setting};
use crate::telemetry::LogFormat;
use clap::Args;

const LOG_FORMATS: [(&str, LogFormat); 3] =
    [("auto", LogFormat::Auto), ("pretty", LogFormat::Pretty), ("json", LogFormat::Json)];

/// The settings `LOG_FORMAT` and `RUST_LOG`, which every program has.
#[derive(Debug, Clone, Args)]
pub struct LogArgs {
    /// How log lines look: auto (pretty on a terminal, else json), pretty or json.
    #[arg(long, env = "LOG_FORMAT", value_name = "FORMAT", default_value = "auto", value_parser = word(&LOG_FORMATS))]
    log_format: Setting<LogFormat>,
    /// What is logged: error, warn, info, debug, trace, or directives of tracing such as
    /// info,ingress=debug.
    #[arg(long, env = "RUST_LOG", value_name = "FILTER", default_value = "info",
        value_parser = value("a level such as info, or directives of tracing such as info,ingress=debug", |raw| {
            tracing_subscriber::EnvFilter::try_new(raw).ok().map(|_| raw.to_owned())
        }))]
    rust_log: Setting<String>,
}

impl LogArgs {
    /// How log lines look, and the filter that says which are written.
    pub fn read(&self, problems: &mut Problems) -> (LogFormat, String) {
        (problems.take(&self.log_format), problems.take(&self.rust_log))
    }
}

#[cfg(test)]
mod tests {
    use super::super::setting::from_pairs;
    use super::*;

    #[test]
    fn defaults_are_those_of_the_documentation() {
        let mut problems = Problems::default();
        let log: LogArgs = from_pairs(&[]);
        assert_eq!(log.read(&mut problems), (LogFormat::Auto, "info".to_owned()));
        assert_eq!(problems.finish(), Ok(()));
    }
}
