//! `sluicegate doctor`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::CommandContext;
use super::output::{self, CommandResult};
use super::signature::SignatureArguments;
use crate::common::error::ServiceError;
use crate::doctor::files::DoctorFiles;
use crate::doctor::finding::{CheckStatus, Finding};
use crate::doctor::service;

#[derive(Debug, Subcommand)]
pub(super) enum DoctorCommand {
    /// Say why a delivery's signature does not match: exit 0 when it does, 1 when it does not
    Signature(SignatureArguments),
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct DoctorArguments {
    /// One question alone, which needs no server
    #[command(subcommand)]
    pub(super) question: Option<DoctorCommand>,
    /// The certificate of the ingress, a PEM file
    #[arg(long, env = "INGRESS_TLS_CERT", value_name = "PATH")]
    certificate: Option<PathBuf>,
    /// The newest backup, or the folder that it is in
    #[arg(long, value_name = "PATH")]
    backup: Option<PathBuf>,
    /// How old the newest backup may be
    #[arg(long, value_name = "TIME", default_value = "26h")]
    backup_age: humantime::Duration,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &CommandContext, arguments: DoctorArguments) -> CommandResult {
    let DoctorArguments { question: _, certificate, backup, backup_age, json } = arguments;
    let certificate = certificate.filter(|path| !path.as_os_str().is_empty());
    let files = DoctorFiles { certificate, backup, backup_age: *backup_age };
    let found = service::examine(&context.settings, &context.connections, &files).await;
    if json {
        output::json(&json!({ "items": found, "next": null }))?;
    } else {
        let rows: Vec<Vec<String>> = found.iter().map(row).collect();
        output::table(&["STATUS", "CHECK", "FOUND"], &rows)?;
        let bad = found.iter().filter_map(|finding| Some((finding.check, finding.remedy.as_ref()?)));
        bad.into_iter().try_for_each(|(check, remedy)| output::line(&format!("{check}: {remedy}")))?;
    }
    match found.iter().filter(|finding| finding.status == CheckStatus::Failed).count() {
        0 => Ok(()),
        1 => Err(ServiceError::conflict("checks_failed", "1 check failed").into()),
        failed => Err(ServiceError::conflict("checks_failed", format!("{failed} checks failed")).into()),
    }
}

fn row(finding: &Finding) -> Vec<String> {
    let status = match finding.status {
        CheckStatus::Failed => "FAILED",
        other => other.as_str(),
    };
    vec![status.to_owned(), finding.check.to_string(), finding.found.clone()]
}
