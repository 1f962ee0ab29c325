//! `sluicegate orders create|correct|list|show`.

use clap::{Args, Subcommand};

use super::CommandContext;
use super::listing::{PageArguments, PeriodArguments};
use super::output::{self, CommandResult};
use crate::audit::reason::AuditReason;
use crate::common::error::ServiceError;
use crate::common::moment::Period;
use crate::common::money;
use crate::common::origin::{Mode, OriginFilter};
use crate::common::role::Role;
use crate::order_status;
use crate::orders::address::OrderAddress;
use crate::orders::correct::{self, Correction};
use crate::orders::list::{self, OrderFilter};
use crate::orders::service;
use crate::orders::status::OrderStatus;
use crate::orders::store::OrderRow;

/// Which of several orders with the same id.
#[derive(Debug, Args)]
pub(super) struct ScopeArguments {
    /// A connected account, such as acct_1; the company's own by default
    #[arg(long)]
    account: Option<String>,
    /// Live or test; the mode that is processed by default
    #[arg(long)]
    mode: Option<Mode>,
}

impl ScopeArguments {
    fn address(&self, id: &str, context: &CommandContext) -> Result<OrderAddress, ServiceError> {
        OrderAddress::new(id, self.account.as_deref(), self.mode, context.settings.rules.livemode)
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum OrdersCommand {
    /// Register an order before it is paid; the same order again changes nothing
    Create {
        /// The company's id of the order
        #[arg(long)]
        id: String,
        /// The Stripe customer who is to pay
        #[arg(long)]
        customer: Option<String>,
        /// What is to be paid, in the currency's smallest unit (1999 for 19.99 USD)
        #[arg(long, allow_negative_numbers = true)]
        amount: i64,
        /// Three letters, such as usd
        #[arg(long)]
        currency: String,
        #[command(flatten)]
        scope: ScopeArguments,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Correct what an order was registered with; only before anything was paid
    Correct {
        /// The company's id of the order
        #[arg(long)]
        id: String,
        /// The customer who is to pay
        #[arg(long)]
        customer: Option<String>,
        /// What is to be paid, in the currency's smallest unit (1999 for 19.99 USD)
        #[arg(long, allow_hyphen_values = true)]
        amount: Option<i64>,
        /// Three letters, such as usd
        #[arg(long)]
        currency: Option<String>,
        /// The reason, which the audit records
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        scope: ScopeArguments,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Orders, newest first
    List {
        /// Only of this Stripe customer
        #[arg(long)]
        customer: Option<String>,
        /// Only with this status
        #[arg(long)]
        status: Option<OrderStatus>,
        #[command(flatten)]
        period: PeriodArguments,
        /// Only of this connected account; self is the company's own
        #[arg(long)]
        account: Option<String>,
        /// Only live or only test orders
        #[arg(long)]
        mode: Option<Mode>,
        #[command(flatten)]
        page: PageArguments,
    },
    /// One order, where it stands, and why it is not paid
    Show {
        /// The company's id of the order
        id: String,
        #[command(flatten)]
        scope: ScopeArguments,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(context: &CommandContext, command: OrdersCommand) -> CommandResult {
    let pool = &context.connections.pool;
    match command {
        OrdersCommand::Create { id, customer, amount, currency, scope, json } => {
            let address = scope.address(&id, context)?;
            let order = service::checked(address, customer.as_deref(), amount, &currency)?;
            context.connections.reachable().await?;
            let (order, _) = service::create(pool, &context.actor, &order, &context.settings.rules).await?;
            print(&order, json)
        }
        OrdersCommand::Correct { id, customer, amount, currency, reason, scope, json } => {
            let correction = Correction { customer, amount, currency };
            let address = scope.address(&id, context)?;
            let reason = AuditReason::new(&reason)?;
            context.connections.reachable().await?;
            let order = correct::correct(
                pool,
                &context.actor,
                &address,
                correction,
                &reason,
                &context.settings.rules,
            )
            .await?;
            print(&order, json)
        }
        OrdersCommand::List { customer, status, period, account, mode, page } => {
            let Period { since, until } = period.period();
            let origin = OriginFilter::new(account.as_deref(), mode)?;
            list(context, OrderFilter { customer, status, since, until, origin }, &page).await
        }
        OrdersCommand::Show { id, scope, json } => {
            let address = scope.address(&id, context)?;
            context.connections.reachable().await?;
            let view = order_status::service::show(pool, &address, Role::Admin).await?;
            if json {
                return output::json(&view);
            }
            print(&view.order, false)?;
            output::fields(&[("not paid because", view.not_paid_because.map(|reason| reason.message))])
        }
    }
}

async fn list(context: &CommandContext, filter: OrderFilter, arguments: &PageArguments) -> CommandResult {
    context.connections.reachable().await?;
    let page = list::list(&context.connections.pool, filter, &arguments.request(), Role::Admin).await?;
    if arguments.json {
        return output::json(&page);
    }
    let row = |order: &OrderRow| {
        let show = |amount| money::show(amount, order.currency.as_deref().unwrap_or_default());
        vec![
            order.id.clone(),
            output::time(order.created_at),
            order.status.to_string(),
            order.amount.map(show).unwrap_or_default(),
            show(order.amount_paid),
            order.customer.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<Vec<String>> = page.items.iter().map(row).collect();
    output::table(&["ORDER", "CREATED", "STATUS", "AMOUNT", "PAID", "CUSTOMER"], &rows)?;
    output::more(page.next.as_deref())
}

fn print(order: &OrderRow, as_json: bool) -> CommandResult {
    if as_json {
        return output::json(order);
    }
    let currency = order.currency.as_deref().unwrap_or("");
    output::fields(&[
        ("order", Some(order.id.clone())),
        ("account", Some(order.account.clone()).filter(|account| !account.is_empty())),
        ("mode", order.livemode.map(|livemode| Mode::of(livemode).to_string())),
        ("status", Some(order.status.to_string())),
        ("customer", order.customer.clone()),
        ("amount", order.amount.map(|a| money::show(a, currency))),
        ("paid", Some(money::show(order.amount_paid, currency))),
        ("refunded", Some(money::show(order.amount_refunded, currency))),
        ("disputed", Some(order.amount_disputed).filter(|a| *a > 0).map(|a| money::show(a, currency))),
        ("payment intent", order.payment_intent.clone()),
        ("registered", Some(if order.registered { "yes" } else { "no, adopted from a payment" }.to_owned())),
        ("reference code", order.reference_code.clone()),
    ])
}
