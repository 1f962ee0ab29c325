//! The table of what was sent and its results, beside the expected ones.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context;
use tokio_postgres::Client;

use super::SampleResult;
use super::group::{Expect, Group};
use super::post::Posted;
use crate::run::progress::columns;
use crate::verify;

/// The result of each event, by id.
pub(crate) type SampleResults = HashMap<String, SampleResult>;

const SHOWN: usize = 30;

#[derive(Debug)]
pub(crate) struct Report {
    rows: Vec<Vec<String>>,
    /// What is not as expected, in detail.
    wrong: Vec<String>,
}

impl Report {
    pub(crate) async fn new(
        groups: &[Group],
        posted: &Posted,
        results: &SampleResults,
        database: &Client,
    ) -> anyhow::Result<Report> {
        let head = ["sample", "histories", "events", "processed", "ignored", "dead", "result", "as expected"];
        let mut report = Report { rows: vec![head.map(str::to_owned).to_vec()], wrong: Vec::new() };
        for (at, group) in groups.iter().enumerate() {
            let answers = posted.refused.get(&at).map_or(&[][..], Vec::as_slice);
            report.add(group, answers, results, database).await?;
        }
        Ok(report)
    }

    async fn add(
        &mut self,
        group: &Group,
        answers: &[String],
        results: &SampleResults,
        db: &Client,
    ) -> anyhow::Result<()> {
        let count = |outcome: &str| {
            let of = group.events.iter().filter_map(|event| results.get(&event.id));
            of.filter(|result| result.outcome == outcome).count()
        };
        let states = states(db, group).await?;
        let reasons = tally(group.events.iter().filter_map(|event| results.get(&event.id)?.reason.clone()));
        let result_text = match group.expect {
            Expect::ExpectedState => states,
            Expect::Refused(_) => tally(answers.iter().cloned()),
            Expect::Held(_) => {
                let (held, _) = held(db, group).await?;
                [held, states].join("; ")
            }
            Expect::Ignored(_) | Expect::Dead(_) => [reasons, states]
                .iter()
                .filter(|text| !text.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join("; "),
        };
        let wrong = wrong(group, answers, results, db).await?;
        self.rows.push(vec![
            group.what.clone(),
            group.expected_states.len().to_string(),
            group.events.len().to_string(),
            count("processed").to_string(),
            count("ignored").to_string(),
            count("dead").to_string(),
            result_text,
            if wrong.is_empty() { "yes".to_owned() } else { "NO".to_owned() },
        ]);
        self.wrong.extend(wrong);
        Ok(())
    }

    pub(crate) fn is_well(&self) -> bool {
        self.wrong.is_empty()
    }

    pub(crate) fn text(&self) -> String {
        let mut text = columns(&self.rows);
        for line in self.wrong.iter().take(SHOWN) {
            text.push_str("\n  NOT as expected: ");
            text.push_str(line);
        }
        text
    }
}

/// What is not as expected in a group.
async fn wrong(
    group: &Group,
    answers: &[String],
    results: &SampleResults,
    db: &Client,
) -> anyhow::Result<Vec<String>> {
    let what = &group.what;
    if let Expect::Refused(code) = group.expect {
        let right = !answers.is_empty() && answers.iter().all(|answer| answer == &format!("400 {code}"));
        return Ok(if right {
            Vec::new()
        } else {
            vec![format!("{what}: the ingress answered {answers:?}")]
        });
    }
    let mut wrong: Vec<String> =
        answers.iter().map(|answer| format!("{what}: the ingress answered {answer}")).collect();
    for event in &group.events {
        let (outcome, reason) = match results.get(&event.id) {
            Some(result) => (result.outcome.as_str(), result.reason.as_deref().unwrap_or_default()),
            None => ("not seen by a worker", ""),
        };
        let right = match group.expect {
            Expect::Ignored(expected) => outcome == "ignored" && reason == expected,
            Expect::Dead(expected) if outcome == "dead" => reason == expected,
            _ => matches!(outcome, "processed" | "ignored"),
        };
        if !right {
            wrong.push(format!("{what}: {} {} is {outcome} {reason}", event.kind, event.id));
        }
    }
    if let Expect::Held(reason) = group.expect {
        let (held, open) = held(db, group).await?;
        let paid = states(db, group).await?.contains(" paid");
        wrong.extend(
            (held != format!("held {reason}") || open != 1)
                .then(|| format!("{what}: {held:?}, {open} open cases")),
        );
        wrong.extend(paid.then(|| format!("{what}: the order is paid")));
    } else if matches!(group.expect, Expect::Dead(_)) {
        let dead = group
            .events
            .iter()
            .filter_map(|event| results.get(&event.id))
            .any(|result| result.outcome == "dead");
        let paid = states(db, group).await?.contains(" paid");
        wrong.extend((!dead).then(|| format!("{what}: no event is dead")));
        wrong.extend(paid.then(|| format!("{what}: the order is paid")));
    } else {
        let expected_states: Vec<_> =
            group.expected_states.iter().map(|(name, expected_state)| (*name, expected_state)).collect();
        let differences =
            verify::differences(db, &expected_states).await.context("comparing with the database")?;
        // A row that is marked ambiguous waits for a fetch from Stripe, which samples cannot give.
        let certain = differences.iter().filter(|difference| !difference.ambiguous);
        wrong.extend(certain.map(|difference| {
            let verify::Difference { history, what, id, must_be, is, .. } = difference;
            format!("{history}: {what} of {id} must be {must_be}, is {is}")
        }));
    }
    Ok(wrong)
}

/// Why the group's payments are held, and how many cases are open.
async fn held(db: &Client, group: &Group) -> anyhow::Result<(String, i64)> {
    let orders = group.expected_states.iter().flat_map(|(_, expected_state)| &expected_state.orders);
    let orders: Vec<&str> = orders.map(|order| order.id.as_str()).collect();
    let sql = "SELECT coalesce(string_agg('held ' || reason, ', '), 'not held'), count(*) FROM cases \
               WHERE state = 'open' AND order_id = ANY ($1)";
    let row = db.query_one(sql, &[&orders]).await.context("looking for cases")?;
    Ok((row.get(0), row.get(1)))
}

/// The states of a group's orders and subscriptions, counted.
async fn states(db: &Client, group: &Group) -> anyhow::Result<String> {
    let expected_states = || group.expected_states.iter().map(|(_, expected_state)| expected_state);
    let orders = expected_states()
        .flat_map(|expected_state| expected_state.orders.iter().map(|order| order.id.as_str()))
        .collect();
    let subscriptions = expected_states()
        .flat_map(|expected_state| expected_state.subscriptions.iter().map(|s| s.id.as_str()))
        .collect();
    let mut parts = Vec::new();
    for (table, noun, ids) in [("orders", "order", orders), ("subscriptions", "subscription", subscriptions)]
    {
        let ids: Vec<&str> = ids;
        if ids.is_empty() {
            continue;
        }
        let sql =
            format!("SELECT status, count(*) FROM {table} WHERE id = ANY($1) GROUP BY 1 ORDER BY 2 DESC, 1");
        let rows = db.query(&sql, &[&ids]).await.with_context(|| format!("looking at {table}"))?;
        let part = |row: &tokio_postgres::Row| format!("{} {}", row.get::<_, i64>(1), row.get::<_, &str>(0));
        let counts: Vec<String> = rows.iter().map(part).collect();
        parts.push(format!("{noun}: {}", counts.join(", ")));
    }
    Ok(parts.join("; "))
}

fn tally(words: impl Iterator<Item = String>) -> String {
    let mut counts = BTreeMap::<String, usize>::new();
    for text in words {
        *counts.entry(text).or_default() += 1;
    }
    counts.iter().map(|(text, count)| format!("{count} {text}")).collect::<Vec<_>>().join(", ")
}
