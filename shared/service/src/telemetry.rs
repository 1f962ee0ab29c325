//! Logs and metrics of a process. Bodies and secrets never get here.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Pretty on a terminal, JSON elsewhere.
    #[default]
    Auto,
    /// For people, with colours on a terminal.
    Pretty,
    /// For machines, one object a line.
    Json,
}

/// Seconds; from a confirm on the same machine to the longest time-out.
const LATENCY_BUCKETS: [f64; 13] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Events of one batch: a worker takes up to 512 at once.
const BATCH_BUCKETS: [f64; 8] = [1.0, 2.0, 4.0, 16.0, 64.0, 128.0, 256.0, 512.0];

/// lapin logs a returned message with its body, and repeats what the broker task logs once. The
/// first must not be, whatever the filter says; the second only when somebody asks for it.
const NEVER: &str = "lapin::returned_messages=off";
const LAPIN: (&str, &str) = ("lapin", "off");
/// actix reports what strangers send as errors, with as much of it as they like.
const HTTP: (&str, &str) = ("actix_http", "off");

/// Starts logging to standard error. `filter` is what `RUST_LOG` says, or its default. The first
/// call counts.
pub fn init(format: LogFormat, filter: &str) {
    let mut directives = filter.to_owned();
    for (target, level) in [LAPIN, HTTP] {
        if !filter.contains(target) {
            directives = format!("{directives},{target}={level}");
        }
    }
    let filter = EnvFilter::builder().parse_lossy(format!("{directives},{NEVER}"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let pretty = match format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let result = if pretty {
        builder.with_ansi(std::io::stderr().is_terminal()).compact().try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
    if result.is_err() {
        tracing::debug!("logging was started before");
    }
}

/// The metrics of this process, recorded from the first call on.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = builder().build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another metrics recorder was there before: /metrics will stay empty");
            }
            handle
        })
        .clone()
}

/// Histograms with buckets, which can be added up over processes: a quantile of one process cannot, and falls to 0 when
/// nothing was recorded for a while.
fn builder() -> PrometheusBuilder {
    let buckets = [("_seconds", &LATENCY_BUCKETS[..]), ("_batch_events", &BATCH_BUCKETS[..])];
    buckets.into_iter().fold(PrometheusBuilder::new(), |builder, (suffix, buckets)| {
        // The only error is an empty list of buckets.
        builder
            .set_buckets_for_metric(Matcher::Suffix(suffix.to_owned()), buckets)
            .unwrap_or_else(|_| PrometheusBuilder::new())
    })
}

#[cfg(test)]
mod tests {
    use super::builder;

    #[test]
    fn the_size_of_batches_is_a_histogram_with_buckets() {
        let recorder = builder().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            metrics::histogram!("sluicegate_batch_events").record(3.0);
            metrics::histogram!("messaging_process_duration_seconds").record(0.02);
        });
        let text = recorder.handle().render();
        for line in [
            r#"sluicegate_batch_events_bucket{le="2"} 0"#,
            r#"sluicegate_batch_events_bucket{le="4"} 1"#,
            r#"messaging_process_duration_seconds_bucket{le="0.025"} 1"#,
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(!text.contains("quantile"), "{text}");
    }
}
