//! The question why, as every form asks it, and forms that are shown again: what was entered is never lost.

use actix_web::ResponseError;
use actix_web::http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::common::text_enum::TextEnum;
use crate::events::preview::PreviewView;
use crate::pages::PageFailure;

const REASON: &str = "missing_reason";

/// What was just done, as the address of the page that shows it says.
#[derive(Debug, Deserialize)]
pub(in crate::pages) struct DoneQuery {
    done: Option<String>,
}

impl DoneQuery {
    /// What was done; nothing where the address names something else.
    pub(in crate::pages) fn completed(&self) -> Option<Completed> {
        self.done.as_deref().and_then(Completed::parse)
    }
}

/// What somebody says when they do something.
#[derive(Debug, Deserialize)]
pub(in crate::pages) struct ReasonForm {
    pub(in crate::pages) csrf: String,
    pub(in crate::pages) reason: String,
}

impl ReasonForm {
    /// Does what the form asks for. What the user can correct, or may work a moment later, is given back, so that the
    /// form is shown again; any other failure is a page of its own.
    pub(in crate::pages) async fn carry_out<T>(
        &self,
        act: impl AsyncFnOnce(&AuditReason) -> Result<T, ServiceError>,
    ) -> Result<Result<T, RejectedForm>, PageFailure> {
        let done = match AuditReason::new(&self.reason) {
            Ok(reason) => act(&reason).await,
            Err(failure) => Err(failure),
        };
        match done {
            Ok(done) => Ok(Ok(done)),
            Err(failure) => RejectedForm::new(failure, &self.reason).map(Err),
        }
    }
}

/// What the user just did, for the page that is shown then.
#[derive(Default)]
pub(in crate::pages) struct PageState<'a> {
    /// As the address says.
    pub(in crate::pages) done: Option<Completed>,
    /// A preview that was asked for.
    pub(in crate::pages) preview: Option<&'a PreviewView>,
    /// A form that was not carried out.
    pub(in crate::pages) refused: Option<&'a RejectedForm>,
}

/// Why a form was not carried out, for the form that is shown again.
pub(in crate::pages) struct RejectedForm {
    failure: ServiceError,
    /// The reason as it was entered.
    reason: String,
}

impl RejectedForm {
    /// What can be corrected in the form, or may work a moment later; any other failure is a page of its own.
    pub(in crate::pages) fn new(failure: ServiceError, reason: &str) -> Result<RejectedForm, PageFailure> {
        match failure {
            ServiceError::Invalid { .. } | ServiceError::Conflict { .. } | ServiceError::Unavailable(_) => {
                Ok(RejectedForm { failure, reason: reason.to_owned() })
            }
            other => Err(PageFailure(other)),
        }
    }

    /// The status of the page with the form.
    pub(in crate::pages) fn status(&self) -> StatusCode {
        self.failure.status_code()
    }

    /// The message, where it is about what has this code.
    pub(in crate::pages) fn about(&self, code: &str) -> Option<Markup> {
        (self.failure.code() == code).then(|| {
            html! { p.note.bad id="refused" role="alert" { "Nothing was done: " (self.failure) } }
        })
    }

    /// The message, where it is about nothing that has one of these codes.
    pub(in crate::pages) fn besides(&self, codes: &[&str]) -> Option<Markup> {
        Some(self.failure.code()).filter(|code| !codes.contains(code)).and_then(|code| self.about(code))
    }

    /// The message, where it is not about the reason.
    pub(in crate::pages) fn other(&self) -> Option<Markup> {
        self.besides(&[REASON])
    }
}

/// The field for the reason, with what was entered before.
pub(in crate::pages) fn field(refused: Option<&RejectedForm>, kept: &str) -> Markup {
    field_with(refused, kept, "")
}

/// The same, with what was entered where nothing was refused.
pub(in crate::pages) fn field_with(refused: Option<&RejectedForm>, kept: &str, entered: &str) -> Markup {
    let wrong = refused.and_then(|r| r.about(REASON));
    html! {
        div.field {
            label for="reason" { "Reason " span.hint { (kept) } }
            textarea id="reason" name="reason" required maxlength="1000"
                aria-invalid=[wrong.as_ref().map(|_| "true")] aria-describedby=[wrong.as_ref().map(|_| "refused")]
                { (refused.map_or(entered, |r| &r.reason)) }
            @if let Some(wrong) = wrong { (wrong) }
        }
    }
}
