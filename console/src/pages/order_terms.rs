//! Registering an order, or correcting what it was registered with, with a preview of what that would change: for an
//! order that somebody looks at, and for the one that a case is about.

use actix_web::web::{self, Form, Query};
use maud::{Markup, html};
use serde::Deserialize;

use crate::audit::reason::AuditReason;
use crate::common::error::ServiceError;
use crate::common::money;
use crate::common::origin::OriginFilter;
use crate::common::role::Role;
use crate::http::Console;
use crate::http::session::CurrentUser;
use crate::orders::address::{Mode, OrderAddress};
use crate::orders::correct::{self, Correction};
use crate::orders::preview::{self, OrderPreview};
use crate::orders::service;
use crate::orders::store::{self, OrderRow};
use crate::orders::terms::minor_units;
use crate::pages::layout::{MenuItem, address, badge, page, search_address};
use crate::pages::order_preview::previewed;
use crate::pages::reason::{self, RejectedForm};
use crate::pages::{PageResult, page_response, page_with_status, redirect};

/// Which order, and what is known of it where it is not registered: a case suggests what was paid.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::pages) struct OrderQuery {
    id: String,
    account: Option<String>,
    mode: Option<Mode>,
    customer: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
}

#[derive(Debug, Deserialize)]
struct TermsForm {
    csrf: String,
    customer: String,
    amount: String,
    currency: String,
    reason: String,
    /// There when the preview is asked for.
    preview: Option<String>,
}

/// What the fields hold.
struct Values<'a> {
    customer: &'a str,
    amount: &'a str,
    currency: &'a str,
}

/// What a page shows besides the form.
#[derive(Default)]
struct Shown<'a> {
    preview: Option<&'a OrderPreview>,
    refused: Option<&'a RejectedForm>,
    reason: &'a str,
}

impl OrderQuery {
    fn address(&self, console: &Console) -> Result<OrderAddress, ServiceError> {
        OrderAddress::new(&self.id, self.account.as_deref(), self.mode, console.rules.livemode)
    }

    fn at(&self) -> String {
        let of = [
            ("id", Some(self.id.as_str())),
            ("account", self.account.as_deref()),
            ("mode", self.mode.map(Mode::as_str)),
        ];
        address("/orders/terms", &of)
    }
}

async fn show(
    current_user: CurrentUser,
    console: web::Data<Console>,
    query: Query<OrderQuery>,
) -> PageResult {
    current_user.principal.require(Role::Operator)?;
    let address = query.address(&console)?;
    let order = find(&console, &address).await?;
    let known = order.as_ref().filter(|order| order.registered);
    let amount = known.and_then(|order| Some(plain(order.amount?, order.currency.as_deref()?)));
    let given = |known: Option<&str>, given: &Option<String>| {
        known.map(str::to_owned).or_else(|| given.clone()).unwrap_or_default()
    };
    let values = Values {
        customer: &given(known.and_then(|order| order.customer.as_deref()), &query.customer),
        amount: &given(amount.as_deref(), &query.amount),
        currency: &given(known.and_then(|order| order.currency.as_deref()), &query.currency),
    };
    Ok(page_response(&render(&current_user, &query, order.as_ref(), &values, &Shown::default())))
}

/// An amount without its currency.
fn plain(amount: i64, currency: &str) -> String {
    money::show(amount, currency).split(' ').next().unwrap_or_default().to_owned()
}

async fn find(console: &Console, address: &OrderAddress) -> Result<Option<OrderRow>, ServiceError> {
    store::show(&console.pool.get().await?, address).await
}

fn render(
    current_user: &CurrentUser,
    query: &OrderQuery,
    order: Option<&OrderRow>,
    values: &Values<'_>,
    shown: &Shown<'_>,
) -> Markup {
    let registered = order.is_some_and(|order| order.registered);
    let title = if registered { "Correct an order" } else { "Register an order" };
    let body = html! {
        h1 { (title) }
        p.sub { "Order " span.mono { (query.id) }
            @match order {
                Some(order) => { " " (badge(&order.status)) @if !order.registered { " adopted from a payment" } }
                None => { " is not known yet." }
            }
        }
        @if let Some(preview) = shown.preview { (previewed(preview)) }
        form.card method="post" action=(query.at()) {
            (current_user.csrf_field())
            div.row {
                div.field { label for="amount" { "Amount" } input id="amount" name="amount" value=(values.amount) required maxlength="20" inputmode="decimal" placeholder="45.00"; }
                div.field { label for="currency" { "Currency" } input id="currency" name="currency" value=(values.currency) required maxlength="3" placeholder="usd"; }
                div.field { label for="customer" { "Customer " span.hint { "Stripe's id, where it matters who pays" } } input id="customer" name="customer" value=(values.customer) maxlength="255" placeholder="cus_…"; }
            }
            (reason::field_with(shown.refused, "kept in the audit", shown.reason))
            @if let Some(other) = shown.refused.and_then(RejectedForm::other) { (other) }
            p.hint { "Payments that match it count from then on, and their cases close. A payment that does not match is held." }
            div.row {
                button class=(if shown.preview.is_some() { "quiet" } else { "" }) name="preview" value="1" formnovalidate { "Preview" }
                button class=(if shown.preview.is_some() { "" } else { "quiet" }) { (if registered { "Correct" } else { "Register" }) }
            }
        }
    };
    page(Some(current_user), MenuItem::Cases, title, &body)
}

/// Does it, in the caller's transaction.
async fn act(
    tx: &deadpool_postgres::Transaction<'_>,
    console: &Console,
    current_user: &CurrentUser,
    address: &OrderAddress,
    form: &TermsForm,
) -> Result<(), ServiceError> {
    let actor = &current_user.principal.actor;
    // A preview is rolled back with its line of the audit: why may still be open.
    let blank = form.preview.is_some() && form.reason.trim().is_empty();
    let reason = AuditReason::new(if blank { "preview" } else { &form.reason })?;
    let customer = Some(form.customer.trim()).filter(|customer| !customer.is_empty());
    let amount = minor_units(&form.amount, &form.currency)?;
    let currency = form.currency.trim();
    if store::show(tx, address).await?.is_some_and(|order| order.registered) {
        let correction = Correction {
            customer: customer.map(str::to_owned),
            amount: Some(amount),
            currency: Some(currency.to_owned()),
        };
        correct::correct_in(tx, actor, address, correction, reason.as_str(), &console.rules).await?;
    } else {
        let order = service::checked(address.clone(), customer, amount, currency)?;
        service::create_in(tx, actor, &order, &console.rules).await?;
        service::note(tx, actor, address, &reason).await?;
    }
    Ok(())
}

async fn send(
    current_user: CurrentUser,
    console: web::Data<Console>,
    query: Query<OrderQuery>,
    form: Form<TermsForm>,
) -> PageResult {
    current_user.check_form(&form.csrf, Role::Operator)?;
    let address = query.address(&console)?;
    let values = Values { customer: &form.customer, amount: &form.amount, currency: &form.currency };
    if form.preview.is_some() {
        let done =
            preview::preview(&console.pool, &address, async |tx: &deadpool_postgres::Transaction<'_>| {
                act(tx, &console, &current_user, &address, &form).await
            });
        let order = find(&console, &address).await?;
        return match done.await {
            Ok(preview) => {
                let shown = Shown { preview: Some(&preview), refused: None, reason: &form.reason };
                Ok(page_response(&render(&current_user, &query, order.as_ref(), &values, &shown)))
            }
            Err(failure) => refuse(&current_user, &query, order.as_ref(), &values, failure, &form.reason),
        };
    }
    let done = async {
        let mut client = console.pool.get().await?;
        let tx = client.transaction().await?;
        act(&tx, &console, &current_user, &address, &form).await?;
        Ok::<_, ServiceError>(tx.commit().await?)
    };
    if let Err(failure) = done.await {
        let order = find(&console, &address).await?;
        return refuse(&current_user, &query, order.as_ref(), &values, failure, &form.reason);
    }
    let origin = OriginFilter { account: Some(address.account.clone()), livemode: address.livemode };
    Ok(redirect(&search_address(&address.id, &origin, None)))
}

fn refuse(
    current_user: &CurrentUser,
    query: &OrderQuery,
    order: Option<&OrderRow>,
    values: &Values<'_>,
    failure: ServiceError,
    reason: &str,
) -> PageResult {
    let refused = RejectedForm::new(failure, reason)?;
    let shown = Shown { preview: None, refused: Some(&refused), reason };
    Ok(page_with_status(refused.status(), &render(current_user, query, order, values, &shown)))
}

/// The address of the form for the order of a case, with what was paid where it is not registered.
pub(in crate::pages) fn at_of_case(case: &crate::cases::store::Case) -> String {
    let origin = case.origin();
    let amount = case.amount.and_then(|amount| Some(plain(amount, case.currency.as_deref()?)));
    address(
        "/orders/terms",
        &[
            ("id", Some(&case.order_id)),
            ("account", origin.account_name()),
            ("mode", origin.mode_name()),
            ("customer", case.customer.as_deref()),
            ("amount", amount.as_deref()),
            ("currency", case.currency.as_deref()),
        ],
    )
}

pub(in crate::pages) fn routes(app: &mut web::ServiceConfig) {
    app.service(web::resource("/orders/terms").route(web::get().to(show)).route(web::post().to(send)));
}
