//! Arguments that every program takes, to be flattened into its own.

use super::Problems;
use crate::telemetry::LogFormat;
use clap::Args;
use std::net::SocketAddr;

/// `LOG_FORMAT` and `RUST_LOG`.
#[derive(Debug, Clone, Default, Args)]
pub struct LogArgs {
    /// The format of log lines: pretty or json. Default: pretty on a terminal, otherwise json.
    #[arg(long, env = "LOG_FORMAT", value_name = "WORD")]
    pub log_format: Option<String>,
    /// What is logged: error, warn, info, debug, trace, or tracing directives such as
    /// info,ingress=debug. Default: info.
    #[arg(long, env = "RUST_LOG", value_name = "FILTER")]
    pub rust_log: Option<String>,
}

impl LogArgs {
    /// Format and filter.
    pub fn read(&self, problems: &mut Problems) -> (LogFormat, String) {
        let words = [("pretty", LogFormat::Pretty), ("json", LogFormat::Json)];
        let format = problems.word("LOG_FORMAT", self.log_format.as_deref(), LogFormat::Auto, &words);
        let takes = "a level such as info, or directives of tracing such as info,ingress=debug";
        let filter = problems.value("RUST_LOG", self.rust_log.as_deref(), "info".to_owned(), takes, |raw| {
            tracing_subscriber::EnvFilter::try_new(raw).ok().map(|_| raw.to_owned())
        });
        (format, filter)
    }
}

/// `METRICS_BIND`.
#[derive(Debug, Clone, Default, Args)]
pub struct MetricsArgs {
    /// Where /metrics, /health/live and /health/ready are served: an address and port, or off.
    /// Default: 127.0.0.1, port 9090 (ingress), 9091 (workers) or 9092 (console).
    #[arg(long, env = "METRICS_BIND", value_name = "ADDRESS")]
    pub metrics_bind: Option<String>,
}

impl MetricsArgs {
    /// The address; on loopback with `port` by default.
    pub fn bind(&self, problems: &mut Problems, port: u16) -> Option<SocketAddr> {
        let default = Some(SocketAddr::from(([127, 0, 0, 1], port)));
        problems.address_or_off("METRICS_BIND", self.metrics_bind.as_deref(), default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_the_documentation() {
        let mut problems = Problems::default();
        assert_eq!(MetricsArgs::default().bind(&mut problems, 9090), "127.0.0.1:9090".parse().ok());
        assert_eq!(LogArgs::default().read(&mut problems), (LogFormat::Auto, "info".to_owned()));
        assert_eq!(problems.finish(), Ok(()));
    }
}
