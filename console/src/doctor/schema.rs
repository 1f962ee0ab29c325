//! The schema that the database has, and what this role may do with it.

use deadpool_postgres::GenericClient;
use tokio_postgres::error::SqlState;

use super::finding::{CheckId, Finding};
use crate::common::error::ServiceError;

pub(crate) const SCHEMA: &str = include_str!("sql/schema.sql");
pub(crate) const GRANTS: &str = include_str!("sql/grants.sql");

pub(super) async fn check(client: &impl GenericClient) -> Result<Vec<Finding>, ServiceError> {
    let applied = match client.query(SCHEMA, &[]).await {
        Ok(rows) => rows.iter().map(|row| row.get(0)).collect(),
        // Nobody has ever migrated.
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let mut found = vec![version(&applied, &postgres::migrate::versions())];
    let row = client.query_one(GRANTS, &[]).await?;
    found.push(grants(&row.get::<_, Vec<String>>("missing"), row.get("alters_audit")));
    Ok(found)
}

fn version(applied: &[i32], needed: &[i32]) -> Finding {
    let missing = needed.iter().filter(|version| !applied.contains(version)).count();
    let newer = applied.iter().filter(|version| !needed.contains(version)).count();
    let newest = applied.iter().max().map_or_else(|| "none".to_owned(), |version| format!("V{version}"));
    match (missing, newer) {
        (0, 0) => Finding::ok(CheckId::SchemaVersion, newest),
        (0, _) => Finding::warning(
            CheckId::SchemaVersion,
            format!("{newest}, newer than this build"),
            "use the newest build: an upgrade is under way, or was taken back",
        ),
        (missing, _) => Finding::failed(
            CheckId::SchemaVersion,
            format!("{newest}; {missing} migrations are missing"),
            "run `sluicegate migrate`",
        ),
    }
}

fn grants(missing: &[String], alters_audit: bool) -> Finding {
    if !missing.is_empty() {
        let found = format!("this role may not read and write {}", missing.join(", "));
        return Finding::failed(
            CheckId::Grants,
            found,
            "run `sluicegate migrate --grant-to ROLE` as the owner, or use the role of the programs",
        );
    }
    if alters_audit {
        let remedy = "let the programs use a role of their own: `sluicegate migrate --grant-to ROLE` gives it its rights";
        return Finding::warning(CheckId::Grants, "this role can alter the audit", remedy);
    }
    Finding::ok(CheckId::Grants, "this role cannot alter the audit")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::CheckStatus;

    #[test]
    fn a_schema_is_good_only_where_it_is_the_one_of_this_build() {
        assert_eq!(version(&[1, 2], &[1, 2]).status, CheckStatus::Ok);
        assert_eq!(version(&[1], &[1, 2]).status, CheckStatus::Failed);
        assert_eq!(version(&[], &[1, 2]).found, "none; 2 migrations are missing");
        assert_eq!(version(&[1, 2, 3], &[1, 2]).status, CheckStatus::Warning);
    }

    #[test]
    fn a_role_that_can_alter_the_audit_is_named_and_one_that_cannot_write_has_failed() {
        assert_eq!(grants(&[], false).status, CheckStatus::Ok);
        assert_eq!(grants(&[], true).status, CheckStatus::Warning);
        assert_eq!(grants(&["events".to_owned()], false).status, CheckStatus::Failed);
    }
}
