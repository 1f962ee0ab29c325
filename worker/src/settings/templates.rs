//! The words of e-mails, to be flattened into the workers' arguments and the console's.

use std::path::Path;

use clap::Args;
use mail::{Locale, Templates};
use service::error::chain;
use service::settings::setting::{value, word};
use service::settings::{Problems, Setting};

const LOCALES: [(&str, Locale); 4] = [
    (Locale::En.as_str(), Locale::En),
    (Locale::De.as_str(), Locale::De),
    (Locale::Fr.as_str(), Locale::Fr),
    (Locale::Es.as_str(), Locale::Es),
];

/// `MAIL_TEMPLATES` and `MAIL_LOCALE`.
#[derive(Debug, Clone, Args)]
pub struct TemplateArgs {
    /// A folder with templates of e-mails that replace ours; see docs/MAIL.md. Default: none.
    #[arg(long, env = "MAIL_TEMPLATES", value_name = "PATH",
        value_parser = value("a folder", |raw| Some(raw.to_owned())))]
    mail_templates: Option<Setting<String>>,
    /// The language of e-mails to customers whose own is not known, and of alerts: en, de, fr or es.
    #[arg(long, env = "MAIL_LOCALE", value_name = "LANGUAGE", default_value = "en", value_parser = word(&LOCALES))]
    mail_locale: Setting<Locale>,
}

impl TemplateArgs {
    /// The language.
    pub fn locale(&self, problems: &mut Problems) -> Locale {
        problems.take(&self.mail_locale)
    }

    /// The templates, checked; none when something is wrong with them.
    pub fn templates(&self, problems: &mut Problems) -> Option<Templates> {
        let folder = problems.take_optional(self.mail_templates.as_ref());
        match Templates::load(folder.as_deref().map(Path::new)) {
            Ok(templates) => Some(templates),
            Err(errors) => {
                for error in errors {
                    problems.add("MAIL_TEMPLATES:", chain(&error));
                }
                None
            }
        }
    }
}
