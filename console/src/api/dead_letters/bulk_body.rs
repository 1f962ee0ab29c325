//! How the body of a bulk replay or discard is described: a dry run needs no reason, a job does.

use utoipa::ToSchema;
use utoipa::openapi::{Object, ObjectBuilder, Type};

use crate::dead_letters::filter::DeadLetterFilter;

/// A dry run, or a job.
#[derive(ToSchema)]
#[schema(as = BulkBody)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(in crate::api) enum BulkDescribed {
    /// Only say what would be done.
    DryRun(DryRunBody),
    Job(JobBody),
}

/// Which dead letters a job would take in.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
pub(in crate::api) struct DryRunBody {
    /// Which dead letters; open ones where no state is named.
    #[schema(required = false)]
    filter: DeadLetterFilter,
    /// Only say what would be done.
    #[schema(schema_with = only_true)]
    dry_run: bool,
    /// Not looked at: the same body makes the job when `dry_run` is gone.
    reason: Option<String>,
    rate: Option<i32>,
    canary: Option<i32>,
    count: Option<i64>,
}

/// A job over many dead letters.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
pub(in crate::api) struct JobBody {
    /// Which dead letters; open ones where no state is named.
    #[schema(required = false)]
    filter: DeadLetterFilter,
    /// Kept in the audit with every dead letter.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S")]
    reason: String,
    /// Dead letters per second; 10 by default.
    #[schema(minimum = 1, maximum = 1000)]
    rate: Option<i32>,
    /// How many go first; the rest follows when they took effect. Of a replay only.
    #[schema(minimum = 0)]
    canary: Option<i32>,
    /// How many dead letters they must be, as a preview has said. Refused when they are not.
    count: Option<i64>,
    #[schema(required = false, schema_with = only_false)]
    dry_run: bool,
}

fn only_true() -> Object {
    ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([true])).build()
}

fn only_false() -> Object {
    ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([false])).build()
}
