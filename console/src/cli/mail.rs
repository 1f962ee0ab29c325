//! `sluicegate mail`: what e-mails say, before anybody gets one. Needs no server.

use clap::{Args, Subcommand};
use mail::preview::{SENDER, samples};
use mail::{Kind, Locale, Templates};
use service::settings::Problems;
use worker::settings::TemplateArgs;

use super::output::{self, CommandResult};
use crate::common::error::ServiceError;

#[derive(Debug, Subcommand)]
pub(super) enum MailCommand {
    /// Show a sample of each e-mail
    Preview(PreviewArguments),
    /// Check every template, those of MAIL_TEMPLATES with them
    Check,
}

#[derive(Debug, Args)]
pub(super) struct PreviewArguments {
    /// One kind only, such as order_confirmation
    #[arg(value_parser = kind)]
    kind: Option<Kind>,
    /// In this language: en, de, fr or es. Default: MAIL_LOCALE
    #[arg(long, value_parser = locale)]
    locale: Option<Locale>,
    /// Show the HTML instead of the text
    #[arg(long)]
    html: bool,
}

fn kind(raw: &str) -> Result<Kind, String> {
    Kind::from_name(raw).ok_or_else(|| format!("the kinds are {}", Kind::ALL.map(Kind::as_str).join(", ")))
}

fn locale(raw: &str) -> Result<Locale, String> {
    let known = Locale::ALL.into_iter().find(|locale| locale.as_str() == raw);
    known.ok_or_else(|| format!("the languages are {}", Locale::ALL.map(Locale::as_str).join(", ")))
}

pub(super) fn run(settings: &TemplateArgs, command: &MailCommand) -> CommandResult {
    let mut problems = Problems::default();
    let default = settings.locale(&mut problems);
    let templates = settings.templates(&mut problems);
    problems.finish()?;
    let Some(templates) = templates else { return Ok(()) };
    match command {
        MailCommand::Check => output::line("every template is right"),
        MailCommand::Preview(arguments) => preview(&templates, arguments, default),
    }
}

fn preview(templates: &Templates, arguments: &PreviewArguments, default: Locale) -> CommandResult {
    let kinds = arguments.kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
    for kind in kinds {
        let locale = templates.written_in(kind, arguments.locale.unwrap_or(default));
        let sample = samples(kind, locale).into_iter().next().unwrap_or_default();
        let rendered = templates.render(kind, locale, &sample, SENDER, false);
        let rendered = rendered.map_err(|error| ServiceError::Internal(error.to_string()))?;
        output::line(&format!("--- {} ({})", kind.as_str(), locale.as_str()))?;
        output::line(&format!("Subject: {}", rendered.subject))?;
        output::line("")?;
        let body = if arguments.html { &rendered.html } else { &rendered.text };
        body.lines().try_for_each(output::line)?;
        output::line("")?;
    }
    Ok(())
}
