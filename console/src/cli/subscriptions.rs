//! `sluicegate subscriptions list|show`.

use clap::Subcommand;
use jiff::Timestamp;

use super::CommandContext;
use super::listing::{PageArguments, PeriodArguments};
use super::output::{self, CommandResult};
use crate::common::money;
use crate::common::origin::{Mode, OriginFilter};
use crate::common::role::Role;
use crate::orders::subscriptions::{self, InvoiceRow, SubscriptionFilter, SubscriptionRow};

#[derive(Debug, Subcommand)]
pub(super) enum SubscriptionsCommand {
    /// Subscriptions, and whether they give access
    List {
        /// Only of this Stripe customer, such as cus_1
        #[arg(long)]
        customer: Option<String>,
        /// Only with this status, as Stripe spells it, such as past_due
        #[arg(long)]
        status: Option<String>,
        #[command(flatten)]
        period: PeriodArguments,
        /// true: only those that give access; false: only the others
        #[arg(long)]
        access: Option<bool>,
        /// Only of this connected account; self is the company's own
        #[arg(long)]
        account: Option<String>,
        /// Only live or only test subscriptions
        #[arg(long)]
        mode: Option<Mode>,
        #[command(flatten)]
        page: PageArguments,
    },
    /// One subscription with its newest invoices
    Show {
        /// Stripe's id of the subscription, such as sub_1
        id: String,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(context: &CommandContext, command: SubscriptionsCommand) -> CommandResult {
    match command {
        SubscriptionsCommand::List { customer, status, period, access, account, mode, page } => {
            let origin = OriginFilter::new(account.as_deref(), mode)?;
            let period = period.period();
            list(context, &SubscriptionFilter { customer, access, status, period, origin }, &page).await
        }
        SubscriptionsCommand::Show { id, json } => show(context, &id, json).await,
    }
}

async fn list(
    context: &CommandContext,
    filter: &SubscriptionFilter,
    arguments: &PageArguments,
) -> CommandResult {
    context.connections.reachable().await?;
    let page =
        subscriptions::page(&context.connections.pool, filter, &arguments.request(), Role::Admin).await?;
    if arguments.json {
        return output::json(&page);
    }
    let row = |subscription: &SubscriptionRow| {
        vec![
            subscription.id.clone(),
            subscription.status.clone().unwrap_or_default(),
            access(subscription),
            time(subscription.paid_through),
            time(subscription.current_period_end),
            subscription.customer.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<Vec<String>> = page.items.iter().map(row).collect();
    output::table(&["SUBSCRIPTION", "STATUS", "ACCESS", "PAID THROUGH", "PERIOD ENDS", "CUSTOMER"], &rows)?;
    output::more(page.next.as_deref())
}

async fn show(context: &CommandContext, id: &str, as_json: bool) -> CommandResult {
    context.connections.reachable().await?;
    let view = subscriptions::show(&context.connections.pool, id, Role::Admin).await?;
    if as_json {
        return output::json(&view);
    }
    let found = &view.subscription;
    output::fields(&[
        ("subscription", Some(found.id.clone())),
        ("account", Some(found.account.clone()).filter(|account| !account.is_empty())),
        ("mode", Some(Mode::of(found.livemode).to_string())),
        ("status", found.status.clone()),
        ("access", Some(access(found))),
        ("customer", found.customer.clone()),
        ("paid through", found.paid_through.map(output::time)),
        ("period ends", found.current_period_end.map(output::time)),
        ("cancels with the period", found.cancel_at_period_end.then(|| "yes".to_owned())),
        ("trial ends", found.trial_end.map(output::time)),
        ("ended", found.ended_at.map(output::time)),
    ])?;
    let row = |invoice: &InvoiceRow| {
        let currency = invoice.currency.as_deref().unwrap_or_default();
        vec![
            invoice.id.clone(),
            invoice.status.clone().unwrap_or_default(),
            money::show(invoice.amount_due, currency),
            money::show(invoice.amount_paid, currency),
            time(invoice.period_end),
        ]
    };
    let rows: Vec<Vec<String>> = view.invoices.iter().map(row).collect();
    output::table(&["INVOICE", "STATUS", "DUE", "PAID", "PERIOD ENDS"], &rows)
}

fn access(subscription: &SubscriptionRow) -> String {
    match (subscription.access, subscription.access_until) {
        (true, Some(until)) => format!("until {}", output::time(until)),
        (true, None) => "yes".to_owned(),
        (false, _) => "no".to_owned(),
    }
}

fn time(at: Option<Timestamp>) -> String {
    at.map(output::time).unwrap_or_default()
}
