//! Variables that no program knows, and variables that are documented but not built yet.
//!
//! A misspelt setting must not be ignored: `INGRESS_MAXBODY` would leave the limit at its default. One `.env` serves
//! all programs, so each knows the names of all.

use super::Problems;

/// Every setting of any program, in the order of the alphabet. A test holds this against each program's `--help`.
pub const KNOWN: [&str; 70] = [
    "ALERT_TO",
    "ALERT_URL",
    "ALERT_URL_FILE",
    "AMQP_PREFIX",
    "AMQP_URL",
    "AMQP_URL_FILE",
    "AUDIT_ANCHOR_FILE",
    "CLIENT_REFERENCE_ID",
    "CONSOLE_BIND",
    "CONSOLE_PROXY_HEADER",
    "CONSOLE_PROXY_ROLE",
    "CONSOLE_PUBLIC_URL",
    "CONSOLE_TRUSTED_PROXIES",
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "INGRESS_ALLOW",
    "INGRESS_BIND",
    "INGRESS_BODY_TIMEOUT",
    "INGRESS_MAX_BODY",
    "INGRESS_MAX_CONNECTIONS",
    "INGRESS_MAX_CONNECTIONS_PER_ADDRESS",
    "INGRESS_MAX_IN_FLIGHT",
    "INGRESS_PUBLISH_TIMEOUT",
    "INGRESS_RATE_LIMIT",
    "INGRESS_TLS_CERT",
    "INGRESS_TLS_KEY",
    "INGRESS_TRUSTED_PROXIES",
    "LOG_FORMAT",
    "MAIL_FROM",
    "MAIL_KINDS",
    "MAIL_LOCALE",
    "MAIL_TEMPLATES",
    "METRICS_BIND",
    "ORDERS_POLICY",
    "OUT_WEBHOOK_ALLOW_PRIVATE",
    "OUT_WEBHOOK_SECRET",
    "OUT_WEBHOOK_SECRET_FILE",
    "OUT_WEBHOOK_TIMEOUT",
    "OUT_WEBHOOK_TOPICS",
    "OUT_WEBHOOK_URL",
    "RABBITMQ_MANAGEMENT_URL",
    "RABBITMQ_MANAGEMENT_URL_FILE",
    "REFERENCE_SECRET",
    "REFERENCE_SECRET_FILE",
    "REPLAY_APPROVAL",
    "RETRY_SCHEDULE",
    "RUST_LOG",
    "SEARCH_SECRET",
    "SEARCH_SECRET_FILE",
    "SMTP_URL",
    "SMTP_URL_FILE",
    "STRIPE_API_BASE",
    "STRIPE_API_KEY",
    "STRIPE_API_KEY_FILE",
    "STRIPE_API_RATE",
    "STRIPE_LIVEMODE",
    "STRIPE_POLL",
    "STRIPE_SIGNATURE_TOLERANCE",
    "STRIPE_SWEEP",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_WEBHOOK_SECRET_FILE",
    "SUBSCRIPTION_GRACE",
    "WORKER_BATCH",
    "WORKER_CONCURRENCY",
    // Of the compose file and of what `make run` writes to its `env` file.
    "CONSOLE_PID",
    "CONSOLE_PORT",
    "CONSOLE_URL",
    "INGRESS_PID",
    "INGRESS_PORT",
    "INGRESS_URL",
];

/// A variable that begins so is meant for us. `LOG_`, `RUST_`, `DATABASE_`, `MAIL_`, `SMTP_` and
/// `OTEL_` are others' too.
const PREFIXES: [&str; 15] = [
    "ALERT_",
    "AMQP_",
    "AUDIT_ANCHOR_",
    "CLIENT_REFERENCE_",
    "CONSOLE_",
    "INGRESS_",
    "METRICS_",
    "ORDERS_",
    "OUT_",
    "REFERENCE_",
    "REPLAY_",
    "RETRY_",
    "STRIPE_",
    "SUBSCRIPTION_",
    "WORKER_",
];

/// Variables that begin so may end in a name of the operator's choice: one for each endpoint.
const NAMED: [&str; 2] = ["OUT_WEBHOOK_", "STRIPE_WEBHOOK_SECRET_"];

/// Which program reads the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The program `ingress`, which reads `STRIPE_WEBHOOK_SECRET_<NAME>` as well.
    Ingress,
    /// Any of the workers.
    Worker,
    /// The console and its commands.
    Console,
}

use Program::{Console, Ingress, Worker};

/// Documented settings that are not built yet, with the programs that would need them. A name that ends in `*` stands
/// for all that begin so.
const PLANNED: [(&str, &[Program]); 1] = [("OTEL_EXPORTER_OTLP_ENDPOINT", &[Ingress, Worker, Console])];

impl Problems {
    /// Notes the variables that are set and that no program knows, and warns on standard error of those that `program`
    /// cannot follow yet: an environment that serves several systems may hold them. Values are never shown: they may be
    /// secrets.
    pub fn unknown_variables(&mut self, program: Program, environment: &[(String, String)]) {
        for (name, value) in environment {
            let name = name.as_str();
            if value.trim().is_empty() || KNOWN.contains(&name) || is_service_link(name, value) {
                continue;
            }
            match is_planned(program, name) {
                Some(true) => {
                    eprintln!("{name} is set and has no effect: this version does not support it yet")
                }
                Some(false) => {}
                None if NAMED.iter().any(|named| name.starts_with(named)) => {}
                None if PREFIXES.iter().any(|prefix| name.starts_with(prefix)) => {
                    self.add(
                        name,
                        "is not a setting of any program: see docs/configuration.md for the names",
                    );
                }
                None => {}
            }
        }
    }
}

/// Whether a setting that is not built yet would concern the program; none for any other variable.
fn is_planned(program: Program, name: &str) -> Option<bool> {
    let (_, needed_by) = PLANNED.iter().find(|(planned, _)| matches(planned, name))?;
    Some(needed_by.contains(&program))
}

/// The environment of this process, for `main` to pass on; what is not UTF-8 is none of ours.
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == pattern,
    }
}

/// Kubernetes sets `INGRESS_SERVICE_HOST` and the like in every pod beside a service that is called `ingress`.
fn is_service_link(name: &str, value: &str) -> bool {
    let is_port = |rest: &str| {
        let mut parts = rest.split('_');
        let number =
            parts.next().is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        number && matches!(parts.next(), Some("TCP" | "UDP" | "SCTP"))
    };
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.ends_with("_PORT") && value.contains("://")
        || name.split_once("_PORT_").is_some_and(|(_, rest)| is_port(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(program: Program, environment: &[(&str, &str)]) -> String {
        let mut problems = Problems::default();
        let environment: Vec<_> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        problems.unknown_variables(program, &environment);
        problems.to_string()
    }

    #[test]
    fn a_misspelt_variable_is_a_problem_that_does_not_show_its_value() {
        let text =
            problems(Worker, &[("INGRESS_MAXBODY", "hunter2"), ("STRIPE_KEY", "hunter2"), ("HOME", "/")]);
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(
            text.contains("INGRESS_MAXBODY is not a setting") && text.contains("STRIPE_KEY is"),
            "{text}"
        );
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn the_settings_of_other_programs_named_endpoints_and_empty_variables_are_no_problem() {
        let environment = [
            ("INGRESS_BIND", "x"),
            ("CONSOLE_BIND", "x"),
            ("STRIPE_WEBHOOK_SECRET_ACME", "x"),
            ("INGRESS_WHATEVER", " "),
            ("INGRESS_SERVICE_HOST", "10.0.0.1"),
            ("INGRESS_SERVICE_PORT_HTTP", "80"),
            ("CONSOLE_PORT", "tcp://10.0.0.1:80"),
            ("CONSOLE_PORT_80_TCP_ADDR", "10.0.0.1"),
        ];
        assert_eq!(problems(Ingress, &environment), "");
    }

    #[test]
    fn what_is_not_built_yet_concerns_the_programs_that_would_need_it_and_stops_none() {
        let name = "OTEL_EXPORTER_OTLP_ENDPOINT";
        assert_eq!(problems(Worker, &[(name, "http://collector:4317")]), "");
        assert_eq!((is_planned(Worker, name), is_planned(Ingress, name)), (Some(true), Some(true)));
        assert_eq!(is_planned(Worker, "STRIPE_KEY"), None);
    }
}
