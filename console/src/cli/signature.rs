//! `sluicegate doctor signature`: what is wrong with a delivery that was refused. Needs no server.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use secrecy::SecretString;
use stripe::diagnosis::{Delivery, Diagnosis, Secrets, diagnose};

use super::CommandError;
use super::output::{self, CommandResult};
use crate::common::error::ServiceError;

/// The variable with the secrets of the endpoint without a name; the others begin so.
const SECRET: &str = "STRIPE_WEBHOOK_SECRET";
/// Ends the variables that name a file with a secret.
const FILE: &str = "_FILE";

#[derive(Debug, Args)]
pub(super) struct SignatureArguments {
    /// The value of the header Stripe-Signature
    #[arg(long)]
    header: String,
    /// The file with the body, byte for byte; - reads standard input
    #[arg(long)]
    body_file: PathBuf,
    /// The variable with the secrets of the endpoint that it was delivered to. Those of the other endpoints,
    /// STRIPE_WEBHOOK_SECRET_<NAME>, are tried as well
    #[arg(long, default_value = SECRET)]
    secret_env: String,
    /// When it arrived, such as 2026-11-28T14:00:00Z. Default: now
    #[arg(long)]
    at: Option<Timestamp>,
    /// The greatest age that is accepted, in seconds
    #[arg(long, default_value_t = 300)]
    tolerance: u64,
}

/// The secrets of one endpoint.
struct Endpoint {
    variable: String,
    name: String,
    secrets: Vec<SecretString>,
}

pub(super) fn run(arguments: &SignatureArguments, environment: &[(String, String)]) -> CommandResult {
    let endpoints = endpoints(environment, &arguments.secret_env)?;
    let Some(own) = endpoints.iter().find(|endpoint| endpoint.variable == arguments.secret_env) else {
        let message = format!("{} is not set: it holds the secret of the endpoint", arguments.secret_env);
        return Err(ServiceError::invalid("no_secret", message).into());
    };
    let others: Vec<(&str, &[SecretString])> = endpoints
        .iter()
        .filter(|endpoint| endpoint.variable != own.variable)
        .map(|endpoint| (endpoint.name.as_str(), &endpoint.secrets[..]))
        .collect();
    let body = read(&arguments.body_file)?;
    let delivery = Delivery {
        header: header_value(&arguments.header).as_bytes(),
        body: &body,
        now: arguments.at.unwrap_or_else(Timestamp::now).as_second(),
        tolerance: arguments.tolerance,
        longest_search: usize::MAX,
    };
    let diagnosis = diagnose(&delivery, &Secrets { own: &own.secrets, others: &others });
    match diagnosis {
        Diagnosis::Valid { .. } => output::line(&diagnosis.to_string()),
        wrong => Err(CommandError::Diagnosed(wrong)),
    }
}

/// All that are set, and the one that was asked for.
fn endpoints(environment: &[(String, String)], wanted: &str) -> Result<Vec<Endpoint>, CommandError> {
    let mut endpoints: Vec<Endpoint> = Vec::new();
    for (variable, value) in environment.iter().filter(|(_, value)| !value.is_empty()) {
        let plain = variable.strip_suffix(FILE).unwrap_or(variable);
        let suffix = plain
            .strip_prefix(SECRET)
            .and_then(|rest| rest.strip_prefix('_').or(rest.is_empty().then_some("")));
        if suffix.is_none() && plain != wanted {
            continue;
        }
        let text = if plain == variable.as_str() {
            value.clone()
        } else {
            String::from_utf8_lossy(&read(Path::new(value))?).into_owned()
        };
        let name = suffix.unwrap_or(plain).to_ascii_lowercase();
        // Not trimmed: what stands around a secret may be what is wrong with it.
        let secrets = text.split(',').map(SecretString::from).collect();
        endpoints.push(Endpoint { variable: plain.to_owned(), name, secrets });
    }
    Ok(endpoints)
}

/// The value alone, where the whole line of the header was copied.
fn header_value(header: &str) -> &str {
    let name = "stripe-signature:";
    match header.get(..name.len()) {
        Some(begin) if begin.eq_ignore_ascii_case(name) => header[name.len()..].trim(),
        _ => header.trim(),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    let mut bytes = Vec::new();
    let result = if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(drop)
    } else {
        std::fs::read(path).map(|read| bytes = read)
    };
    let failed =
        |error| ServiceError::invalid("unreadable", format!("{} cannot be read: {error}", path.display()));
    result.map(|()| bytes).map_err(|error| failed(error).into())
}
