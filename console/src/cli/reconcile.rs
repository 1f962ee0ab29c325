//! `sluicegate reconcile`.

use clap::Args;
use serde_json::json;

use super::CommandContext;
use super::output::{self, CommandResult};
use crate::backfills::service::all_accounts;
use crate::checks::store::{self as checks, CheckKind, CheckResult};
use crate::common::error::ServiceError;
use crate::common::{money, origin};
use crate::reconcile::matching::{Problem, Unexplained};
use crate::reconcile::month::Month;
use crate::reconcile::service::{Reconciler, Reconciliation};
use crate::reconcile::store::Balance;
use crate::reconcile::totals::{CurrencyTotals, Sum};

#[derive(Debug, Args)]
pub(super) struct ReconcileArguments {
    /// Which month, in UTC, such as 2026-10
    #[arg(long)]
    month: Month,
    /// Of this connected account; `self` for the company's own, `all` for that and every account that is connected to it
    #[arg(long, default_value = "self")]
    account: String,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &CommandContext, arguments: ReconcileArguments) -> CommandResult {
    let settings = &context.settings;
    let api = context.connections.stripe_api()?;
    let livemode = settings.stripe_api.as_ref().and_then(|api| api.livemode()).or(settings.rules.livemode);
    let livemode = livemode.ok_or_else(|| {
        let message = "STRIPE_API_KEY does not begin with its mode: set STRIPE_LIVEMODE to live or test";
        ServiceError::invalid("unknown_mode", message)
    })?;
    context.connections.reachable().await?;
    let accounts = match arguments.account.as_str() {
        "all" => all_accounts(api).await?,
        account => vec![origin::account(account)?],
    };
    let reconciler = Reconciler { pool: &context.connections.pool, api };
    let mut done = Vec::with_capacity(accounts.len());
    for account in accounts {
        let reconciliation = reconciler.reconcile(&Balance { account, livemode }, arguments.month).await?;
        checks::insert(&context.connections.database().await?, &result(&reconciliation, arguments.month))
            .await?;
        if !arguments.json {
            print(&reconciliation)?;
        }
        done.push(reconciliation);
    }
    if arguments.json {
        output::json(&json!({ "items": done, "next": null }))?;
    }
    match done.iter().map(|reconciliation| reconciliation.unexplained.len()).sum::<usize>() {
        0 => Ok(()),
        1 => Err(ServiceError::conflict("unexplained", "1 movement is not explained").into()),
        open => {
            Err(ServiceError::conflict("unexplained", format!("{open} movements are not explained")).into())
        }
    }
}

fn result(reconciliation: &Reconciliation, month: Month) -> CheckResult {
    let transactions = reconciliation.currencies.values();
    let found = reconciliation.unexplained.len();
    CheckResult {
        kind: CheckKind::Reconcile,
        account: reconciliation.account.clone(),
        scope: month.to_string(),
        checked: transactions.map(|totals| totals.explained.count + totals.unexplained.count).sum(),
        found: u64::try_from(found).unwrap_or(u64::MAX),
        repaired: 0,
    }
}

fn print(reconciliation: &Reconciliation) -> CommandResult {
    let account = origin::account_name(&reconciliation.account);
    if reconciliation.currencies.is_empty() {
        return output::line(&format!("{account}: nothing moved"));
    }
    for (currency, totals) in &reconciliation.currencies {
        output::line(&format!("{account}, {}", currency.to_ascii_uppercase()))?;
        print_totals(currency, totals)?;
    }
    if reconciliation.unexplained.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<String>> = reconciliation.unexplained.iter().map(row).collect();
    output::table(&["PROBLEM", "KIND", "ABOUT", "BALANCE", "LEDGER", "TRANSACTIONS"], &rows)
}

fn print_totals(currency: &str, totals: &CurrencyTotals) -> CommandResult {
    let amount = |amount: i64| Some(money::show(amount, currency));
    let sum = |sum: &Sum| Some(format!("{} in {}", money::show(sum.amount, currency), sum.count));
    output::fields(&[
        ("  explained", sum(&totals.explained)),
        ("  unexplained", sum(&totals.unexplained)),
        ("  only in the ledger", sum(&totals.only_in_ledger).filter(|_| totals.only_in_ledger.count > 0)),
        ("  fees", amount(totals.fees)),
        ("  net", amount(totals.net)),
        ("  payouts", amount(totals.payouts)),
    ])?;
    let line = |(category, of): (&String, &Sum)| {
        output::line(&format!("    {category}: {} in {}", money::show(of.amount, currency), of.count))
    };
    totals.categories.iter().try_for_each(line)
}

fn row(found: &Unexplained) -> Vec<String> {
    let problem = match found.problem {
        Problem::NoLedgerRow => "not in the ledger",
        Problem::NoTransaction => "only in the ledger",
        Problem::AmountDiffers => "amounts differ",
    };
    let amount = |amount: Option<i64>, currency: &Option<String>| match (amount, currency) {
        (Some(amount), Some(currency)) => money::show(amount, currency),
        _ => "–".to_owned(),
    };
    vec![
        problem.to_owned(),
        found.kind.clone(),
        found.about.clone(),
        amount(found.amount, &found.currency),
        amount(found.ledger_amount, &found.ledger_currency),
        output::short(&found.transactions.join(" "), 60),
    ]
}
