//! The question why, as every form asks it, and forms that are shown again: what was entered is never lost.

use actix_web::ResponseError;
use actix_web::http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;

use super::PageFailure;
use crate::common::completed::Completed;
use crate::common::error::ServiceError;
use crate::events::preview::PreviewView;

const REASON: &str = "missing_reason";

/// What somebody says when they do something.
#[derive(Debug, Deserialize)]
pub(super) struct ReasonForm {
    pub(super) csrf: String,
    pub(super) reason: String,
}

/// What the user just did, for the page that is shown then.
#[derive(Default)]
pub(super) struct PageState<'a> {
    /// As the address says.
    pub(super) done: Option<Completed>,
    /// A preview that was asked for.
    pub(super) preview: Option<&'a PreviewView>,
    /// A form that was not carried out.
    pub(super) refused: Option<&'a RejectedForm>,
}

/// Why a form was not carried out, for the form that is shown again.
pub(super) struct RejectedForm {
    failure: ServiceError,
    /// The reason as it was entered.
    reason: String,
}

impl RejectedForm {
    /// What can be corrected in the form, or may work a moment later; any other failure is a page of its own.
    pub(super) fn new(failure: ServiceError, reason: &str) -> Result<RejectedForm, PageFailure> {
        match failure {
            ServiceError::Invalid { .. } | ServiceError::Conflict { .. } | ServiceError::Unavailable(_) => {
                Ok(RejectedForm { failure, reason: reason.to_owned() })
            }
            other => Err(PageFailure(other)),
        }
    }

    /// The status of the page with the form.
    pub(super) fn status(&self) -> StatusCode {
        self.failure.status_code()
    }

    /// The message, where it is about what has this code.
    pub(super) fn about(&self, code: &str) -> Option<Markup> {
        (self.failure.code() == code).then(|| {
            html! { p.note.bad id="refused" role="alert" { "Nothing was done: " (self.failure) } }
        })
    }

    /// The message, where it is about nothing that has one of these codes.
    pub(super) fn besides(&self, codes: &[&str]) -> Option<Markup> {
        Some(self.failure.code()).filter(|code| !codes.contains(code)).and_then(|code| self.about(code))
    }

    /// The message, where it is not about the reason.
    pub(super) fn other(&self) -> Option<Markup> {
        self.besides(&[REASON])
    }
}

/// The field for the reason, with what was entered before.
pub(super) fn field(refused: Option<&RejectedForm>, kept: &str) -> Markup {
    let wrong = refused.and_then(|r| r.about(REASON));
    html! {
        div.field {
            label for="reason" { "Reason " span.hint { (kept) } }
            textarea id="reason" name="reason" required maxlength="1000"
                aria-invalid=[wrong.as_ref().map(|_| "true")] aria-describedby=[wrong.as_ref().map(|_| "refused")]
                { (refused.map_or("", |r| &r.reason)) }
            @if let Some(wrong) = wrong { (wrong) }
        }
    }
}
