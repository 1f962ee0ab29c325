//! Arguments that every program takes, to be flattened into its own.

use super::setting::{address_or_off, value, word};
use super::{Problems, Setting};
use crate::telemetry::LogFormat;
use clap::Args;
use std::net::SocketAddr;

/// `LOG_FORMAT` and `RUST_LOG`.
#[derive(Debug, Clone, Args)]
pub struct LogArgs {
    /// How log lines look: pretty or json. Default: pretty on a terminal, else json.
    #[arg(long, env = "LOG_FORMAT", value_name = "FORMAT",
        value_parser = word(&[("pretty", LogFormat::Pretty), ("json", LogFormat::Json)]))]
    log_format: Option<Setting<LogFormat>>,
    /// What is logged: error, warn, info, debug, trace, or directives of tracing such as
    /// info,ingress=debug.
    #[arg(long, env = "RUST_LOG", value_name = "FILTER", default_value = "info",
        value_parser = value("a level such as info, or directives of tracing such as info,ingress=debug", |raw| {
            tracing_subscriber::EnvFilter::try_new(raw).ok().map(|_| raw.to_owned())
        }))]
    rust_log: Setting<String>,
}

impl LogArgs {
    /// Format and filter.
    pub fn read(&self, problems: &mut Problems) -> (LogFormat, String) {
        let format = problems.take_optional(self.log_format.as_ref()).unwrap_or(LogFormat::Auto);
        (format, problems.take(&self.rust_log))
    }
}

/// `METRICS_BIND`.
#[derive(Debug, Clone, Args)]
pub struct MetricsArgs {
    /// Where /metrics, /health/live and /health/ready are served: an address and port, or off.
    /// Default: 127.0.0.1, port 9090 (ingress), 9091 (workers) or 9092 (console).
    #[arg(long, env = "METRICS_BIND", value_name = "ADDRESS", value_parser = address_or_off())]
    metrics_bind: Option<Setting<Option<SocketAddr>>>,
}

impl MetricsArgs {
    /// The address; on loopback with `port` by default.
    pub fn bind(&self, problems: &mut Problems, port: u16) -> Option<SocketAddr> {
        let default = Some(SocketAddr::from(([127, 0, 0, 1], port)));
        problems.take_optional(self.metrics_bind.as_ref()).unwrap_or(default)
    }
}

#[cfg(test)]
mod tests {
    use super::super::setting::from_pairs;
    use super::*;

    #[test]
    fn defaults_are_those_of_the_documentation() {
        let mut problems = Problems::default();
        let metrics: MetricsArgs = from_pairs(&[]);
        assert_eq!(metrics.bind(&mut problems, 9090), "127.0.0.1:9090".parse().ok());
        let log: LogArgs = from_pairs(&[]);
        assert_eq!(log.read(&mut problems), (LogFormat::Auto, "info".to_owned()));
        assert_eq!(problems.finish(), Ok(()));
    }
}
