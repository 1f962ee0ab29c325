//! Arguments of the programs that speak to PostgreSQL, to be flattened into their own.

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use service::error::chain;
use service::settings::Problems;

/// The setting `DATABASE_URL`, or the file that holds it.
#[derive(Debug, Clone, Args)]
pub struct DatabaseArgs {
    /// PostgreSQL: postgres://user:password@host:5432/database?sslmode=verify-full. Required.
    /// sslmode takes disable, prefer (the default), require, verify-ca, verify-full; sslrootcert
    /// names a file of certificate authorities (default: the system's).
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// A file that holds DATABASE_URL.
    #[arg(long, env = "DATABASE_URL_FILE", value_name = "PATH")]
    database_url_file: Option<String>,
}

impl DatabaseArgs {
    /// The database's URL, checked; what is wrong with it is noted in `problems`.
    pub fn url(&self, problems: &mut Problems) -> SecretString {
        let takes = "postgres://user:password@host:5432/database";
        let (raw, file) = (self.database_url.as_deref(), self.database_url_file.as_deref());
        let url = problems.required_secret("DATABASE_URL", raw, file, takes);
        if !url.expose_secret().is_empty()
            && let Err(error) = crate::pool::check_url(&url)
        {
            problems.add("DATABASE_URL", format_args!("takes {takes}: {}", chain(&error)));
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use service::settings::setting::from_pairs;

    #[test]
    fn a_wrong_url_is_refused_without_quoting_its_password() {
        let mut problems = Problems::default();
        let database: DatabaseArgs = from_pairs(&[("DATABASE_URL", "postgres://u:hunter2@h:x/d")]);
        database.url(&mut problems);
        let text = problems.finish().unwrap_err().to_string();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("DATABASE_URL takes"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}
