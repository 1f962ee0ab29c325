//! One message: what it says, where it stands, and sending it again.

use actix_web::HttpResponse;
use actix_web::web::{self, Form, Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

use crate::audit::reason::AuditReason;
use crate::common::completed::Completed;
use crate::common::role::Role;
use crate::common::text_enum::TextEnum;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::messages::service::{self, MessageView};
use crate::messages::state::DeliveryState;
use crate::messages::{resend, store::Delivery};
use crate::pages::layout::{MenuItem, badge, exact, page, when};
use crate::pages::reason::{self, RejectedForm};
use crate::pages::tree::tree;
use crate::pages::{PageFailure, PageResult, page_response, page_with_status, redirect};

#[derive(Debug, Deserialize)]
struct DoneQuery {
    done: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ResendForm {
    csrf: String,
    destination: String,
    reason: String,
}

async fn show(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<i64>,
    query: Query<DoneQuery>,
) -> PageResult {
    let view = service::show(&console.pool, *id, current_user.principal.role).await?;
    let done = query.done.as_deref().and_then(Completed::parse) == Some(Completed::Resent);
    Ok(page_response(&render(&current_user, &view, done, None)))
}

fn render(
    current_user: &CurrentUser,
    view: &MessageView,
    resent: bool,
    refused: Option<&RejectedForm>,
) -> Markup {
    let m = &view.message;
    let settled: Vec<&Delivery> =
        m.deliveries.iter().filter(|delivery| delivery.state != DeliveryState::Pending).collect();
    let body = html! {
        h1 { "Message #" (m.id) }
        p.sub { (m.topic) " · " span.mono { (m.key) } }
        @if resent { p.note.good role="status" { "It is sent again." } }
        div.columns {
            div {
                (deliveries(&m.deliveries))
                @if current_user.operates() && !settled.is_empty() { (form(current_user, view, &settled, refused)) }
                @else if let Some(other) = refused.and_then(RejectedForm::other) { (other) }
                section.card { h2 { "Details" } dl.facts {
                    dt { "Written" } dd { (exact(m.created_at)) }
                    dt { "Kind" } dd { (if m.lasting { "lasting: stays true" } else { "notice: was true when it was written" }) }
                    dt { "Mode" } dd { (if m.livemode { "live" } else { "test" }) }
                    @if !m.account.is_empty() { dt { "Account" } dd { (m.account) } }
                } }
            }
            div { section.card { h2 { "Data" } @if !current_user.operates() { p.hint { "Personal data is masked for your role." } } (tree(&view.data)) } }
        }
    };
    page(Some(current_user), MenuItem::Messages, &format!("Message {}", m.id), &body)
}

fn deliveries(deliveries: &[Delivery]) -> Markup {
    html! { section.card { h2 { "Destinations" } div.scroll { table {
        thead { tr { th { "Destination" } th { "State" } th.num { "Attempts" } th { "Sent" } th { "Next attempt" } th { "Error" } } }
        tbody { @for d in deliveries { tr {
            td { (d.destination) } td { (badge(&d.state)) } td.num { (d.attempts) }
            td.when { @if let Some(at) = d.sent_at { (when(at)) } }
            td.when { @if let Some(at) = d.next_attempt_at { (when(at)) } }
            td.long { (d.last_error.as_deref().unwrap_or("")) }
        } } }
    } } } }
}

fn form(
    current_user: &CurrentUser,
    view: &MessageView,
    settled: &[&Delivery],
    refused: Option<&RejectedForm>,
) -> Markup {
    // What failed is what somebody most likely came for.
    let likely = settled.iter().find(|delivery| delivery.state == DeliveryState::Failed);
    html! {
        form.card method="post" action=(format!("/messages/{}/resend", view.message.id)) {
            h2 { "Send it again" }
            p { "Consumers know repeats by the message's id." }
            (current_user.csrf_field())
            @if let Some(other) = refused.and_then(RejectedForm::other) { (other) }
            div.field { label for="destination" { "Destination" } select id="destination" name="destination" {
                @for d in settled { option value=(d.destination) selected[likely.is_some_and(|l| l.destination == d.destination)] { (d.destination) } }
            } }
            (reason::field(refused, "kept in the audit"))
            button { "Send again" }
        }
    }
}

async fn send_again(
    current_user: CurrentUser,
    console: web::Data<Console>,
    id: Path<i64>,
    form: Form<ResendForm>,
) -> Result<HttpResponse, PageFailure> {
    current_user.check(&form.csrf)?;
    current_user.principal.require(Role::Operator)?;
    let done = async {
        let reason = AuditReason::new(&form.reason)?;
        let actor = &current_user.principal.actor;
        resend::resend(&console.pool, actor, *id, &form.destination, &reason).await
    };
    match done.await {
        Ok(_) => Ok(redirect(&format!("/messages/{id}?done={}", Completed::Resent))),
        Err(failure) => {
            let refused = RejectedForm::new(failure, &form.reason)?;
            let view = service::show(&console.pool, *id, current_user.principal.role).await?;
            let page = render(&current_user, &view, false, Some(&refused));
            Ok(page_with_status(refused.status(), &page))
        }
    }
}

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/messages/{id}", web::get().to(show))
        .route("/messages/{id}/resend", web::post().to(send_again));
}
