//! Putting an incident report together.

use deadpool_postgres::Pool;
use jiff::Timestamp;
use serde::Serialize;

use super::store::{self, Cause, StateCount};
use crate::attention::store::{self as attention, Attention, Note};
use crate::audit::action::Subject;
use crate::audit::store::{self as audit, AuditEntry};
use crate::common::error::ServiceError;
use crate::dead_letters::advice;
use crate::jobs::service as jobs;
use crate::jobs::service::JobView;

/// Lines of the audit that a report holds; the rest are counted.
const MAX_LINES: i64 = 1000;

/// What happened, since when, and what was done by whom.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct IncidentReport {
    pub(crate) title: String,
    /// When the report was made.
    pub(crate) at: Timestamp,
    /// What failed, of a group.
    pub(crate) cause: Option<Cause>,
    /// What that means, in words.
    pub(crate) meaning: Option<&'static str>,
    /// When the first of them failed.
    pub(crate) since: Option<Timestamp>,
    /// When the last of them became a dead letter.
    pub(crate) until: Option<Timestamp>,
    /// The dead letters, by the state that they are in now.
    pub(crate) dead_letters: Vec<StateCount>,
    /// Who looks after it.
    pub(crate) attention: Attention,
    pub(crate) notes: Vec<Note>,
    /// The job, of a job.
    pub(crate) job: Option<JobView>,
    /// What was done, the oldest first.
    pub(crate) actions: Vec<AuditEntry>,
    /// There were more than the report holds.
    pub(crate) more_actions: bool,
    /// Number and hash of the audit's last line when the report was made: every hash above is behind it in the chain.
    pub(crate) audit_head: Option<(i64, String)>,
}

/// The report of a group, by its fingerprint.
pub(crate) async fn group(pool: &Pool, fingerprint: &str) -> Result<IncidentReport, ServiceError> {
    let client = pool.get().await?;
    let cause = store::cause(&client, fingerprint).await?;
    let cause = cause.ok_or_else(|| ServiceError::NotFound(format!("a group {fingerprint}")))?;
    let subject = Subject::Group(fingerprint).to_string();
    let meaning = Some(advice::of(&cause.reason).meaning);
    let report = IncidentReport {
        title: format!("{} in {}", cause.reason, cause.kind),
        cause: Some(cause),
        meaning,
        attention: attention::show(&client, &subject).await?,
        notes: attention::notes(&client, &subject).await?,
        job: None,
        ..empty(&client, store::group(&client, fingerprint).await?).await?
    };
    Ok(report.with_actions(store::group_audit(&client, fingerprint, MAX_LINES + 1).await?))
}

/// The report of a bulk job.
pub(crate) async fn job(pool: &Pool, id: i64) -> Result<IncidentReport, ServiceError> {
    let view = jobs::show(pool, id).await?;
    let client = pool.get().await?;
    let report = IncidentReport {
        title: format!("bulk job {id}: {} of {} dead letters", view.job.action, view.job.total),
        job: Some(view),
        ..empty(&client, store::job(&client, id).await?).await?
    };
    Ok(report.with_actions(store::job_audit(&client, id, MAX_LINES + 1).await?))
}

async fn empty(
    client: &impl deadpool_postgres::GenericClient,
    dead_letters: Vec<StateCount>,
) -> Result<IncidentReport, ServiceError> {
    Ok(IncidentReport {
        title: String::new(),
        at: Timestamp::now(),
        cause: None,
        meaning: None,
        since: dead_letters.iter().map(|count| count.first_failed_at).min(),
        until: dead_letters.iter().map(|count| count.last_dead_at).max(),
        dead_letters,
        attention: Attention::default(),
        notes: Vec::new(),
        job: None,
        actions: Vec::new(),
        more_actions: false,
        audit_head: audit::head(client).await?.map(|(id, hash)| (id, hex::encode(hash))),
    })
}

impl IncidentReport {
    fn with_actions(mut self, mut actions: Vec<AuditEntry>) -> Self {
        let most = usize::try_from(MAX_LINES).unwrap_or(usize::MAX);
        self.more_actions = actions.len() > most;
        actions.truncate(most);
        self.actions = actions;
        self
    }
}
