//! Every list, search and group view on a large table: no sequential scan over a table that grows.

use console::STATEMENTS;
use serde_json::Value;

use crate::harness::World;

/// Enough rows that PostgreSQL plans as it would with many more.
const ROWS: &str = include_str!("large.sql");
const GROWING: [&str; 11] = [
    "events",
    "dead_letters",
    "effects",
    "payments",
    "orders",
    "audit",
    "outbox_messages",
    "outbox_sent",
    "outbox_delivered",
    "outbox_deliveries",
    "charges",
];

fn scans(plan: &Value, found: &mut Vec<String>) {
    if plan["Node Type"].as_str().is_some_and(|kind| kind.contains("Seq Scan"))
        && let Some(table) = plan["Relation Name"].as_str()
        && GROWING.contains(&table)
    {
        found.push(table.to_owned());
    }
    plan["Plans"].as_array().into_iter().flatten().for_each(|inner| scans(inner, found));
}

fn statement(name: &str) -> &'static str {
    STATEMENTS.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name}")).1
}

/// A statement with its parameters put in, as `force_custom_plan` plans it.
fn with(sql: &str, parameters: &[&str]) -> String {
    let mut sql = sql.to_owned();
    for (i, parameter) in parameters.iter().enumerate().rev() {
        sql = sql.replace(&format!("${}", i + 1), &format!("({parameter})"));
    }
    sql
}

fn dead_letters(overrides: &[(usize, &str)]) -> String {
    let mut parameters = ["NULL"; 13];
    parameters[12] = "51";
    for (at, value) in overrides {
        parameters[at - 1] = value;
    }
    with(statement("dead_letter_list"), &parameters)
}

fn listed(overrides: &[(usize, &str)]) -> String {
    let mut parameters = ["NULL"; 12];
    parameters[11] = "51";
    for (at, value) in overrides {
        parameters[at - 1] = value;
    }
    with(statement("event_list"), &parameters)
}

fn orders(overrides: &[(usize, &str)]) -> String {
    let mut parameters = ["NULL"; 9];
    parameters[8] = "51";
    for (at, value) in overrides {
        parameters[at - 1] = value;
    }
    with(statement("order_page"), &parameters)
}

fn messages(name: &str, overrides: &[(usize, &str)]) -> String {
    let mut parameters = ["NULL"; 10];
    parameters[9] = "51";
    for (at, value) in overrides {
        parameters[at - 1] = value;
    }
    with(statement(name), &parameters)
}

/// Lists of orders and of messages.
fn order_and_message_views() -> Vec<(&'static str, String)> {
    vec![
        ("orders", orders(&[])),
        ("orders, page 2", orders(&[(7, "now() - interval '1 hour'"), (8, "5")])),
        ("orders of a customer", orders(&[(1, "'cus_7'")])),
        ("orders since", orders(&[(3, "now() - interval '1 hour'")])),
        ("orders by status", orders(&[(2, "'paid'")])),
        ("payments of an order", with(statement("order_payments"), &["'order-7'", "''", "false"])),
        (
            "orders that requests wait for",
            with(statement("order_statuses"), &["ARRAY['order-7']", "ARRAY['']", "ARRAY[NULL]::bool[]"]),
        ),
        ("messages", messages("messages", &[])),
        ("messages of a topic", messages("messages", &[(2, "'refund.failed'")])),
        ("messages by number", messages("messages", &[(1, "ARRAY[7, 8]::int8[]")])),
        ("messages of a destination", messages("messages", &[(8, "'http'")])),
        ("messages that were sent", messages("messages", &[(7, "'sent'"), (8, "'http'")])),
        ("messages that wait", messages("messages_open", &[(7, "'pending'")])),
        ("messages that failed", messages("messages_open", &[(7, "'failed'"), (8, "'http'")])),
        (
            "messages about an order",
            with(statement("messages_named"), &["'order-7'", "ARRAY['order.paid', 'refund.created']"]),
        ),
    ]
}

/// What the search box looks up.
fn searches() -> Vec<(&'static str, String)> {
    let amounts = [
        "ARRAY[0, 2, 3]",
        "ARRAY[45, 4500, 45000]::int8[]",
        "ARRAY[]::text[]",
        "ARRAY['JPY']",
        "ARRAY['KWD']",
        "NULL",
        "NULL",
        "20",
    ];
    vec![
        ("an id in any case", with(statement("search_ids"), &["'order-77'", "'order-77'"])),
        (
            "a part of an order's id",
            with(statement("search_order_parts"), &["'%der-777%'", "NULL", "NULL", "20"]),
        ),
        ("amounts", with(statement("search_amounts"), &amounts)),
        ("a code", with(statement("search_codes"), &["'inv-7'", "20"])),
        ("numbers", with(statement("search_numbers"), &["7", "7"])),
        (
            "keys",
            with(
                statement("search_keys"),
                &["ARRAY['\\x00112233445566778899aabbccddeeff'::bytea]", "NULL", "NULL", "20"],
            ),
        ),
        (
            "attempts to pay",
            with(
                statement("order_attempts"),
                &["ARRAY['pi_77']", "ARRAY['charge.failed', 'charge.succeeded']"],
            ),
        ),
        ("attempts at an event", with(statement("event_attempts"), &["'evt_77'"])),
        ("versions of an object", with(statement("event_versions"), &["'evt_77'"])),
    ]
}

/// Lists of events.
fn event_views() -> Vec<(&'static str, String)> {
    vec![
        ("events", listed(&[])),
        ("events, page 2", listed(&[(10, "now() - interval '1 hour'"), (11, "'evt_5'")])),
        ("events by type", listed(&[(1, "'charge.refunded'")])),
        ("events by outcome", listed(&[(2, "'dead'")])),
        ("events by object", listed(&[(3, "'pi_77'")])),
        ("events by account", listed(&[(4, "'acct_7'")])),
        ("events by account and type", listed(&[(1, "'charge.refunded'"), (4, "'acct_7'")])),
        ("events by type and outcome", listed(&[(1, "'charge.refunded'"), (2, "'retrying'")])),
        ("events of the last hour", listed(&[(8, "now() - interval '1 hour'")])),
        ("events by endpoint", listed(&[(7, "'shop'")])),
        ("events by several types", listed(&[(6, "ARRAY['charge.refunded', 'charge.succeeded']")])),
        ("events, newer", {
            let mut parameters = ["NULL"; 12];
            (parameters[9], parameters[10], parameters[11]) = ("now() - interval '1 hour'", "'evt_5'", "51");
            with(statement("event_list_newer"), &parameters)
        }),
        ("types of events", with(statement("event_types"), &["'charge'"])),
    ]
}

/// The lists, searches and group views by name, as they are asked for.
fn views() -> Vec<(&'static str, String)> {
    vec![
        ("dead letters by the beginning of a type", dead_letters(&[(1, "'charge'")])),
        ("dead letters", dead_letters(&[])),
        ("open dead letters", dead_letters(&[(4, "'open'")])),
        ("dead letters by account", dead_letters(&[(9, "'acct_7'")])),
        ("dead letters by type", dead_letters(&[(1, "'charge.refunded'")])),
        ("dead letters by reason", dead_letters(&[(2, "'order_not_found'")])),
        ("a group's dead letters", dead_letters(&[(3, "'000000000000'"), (4, "'open'")])),
        ("dead letters by id", dead_letters(&[(5, "'order-77'"), (6, "'%order-77%'")])),
        ("dead letters by words", dead_letters(&[(5, "'payment 999'"), (6, "'%payment 999%'")])),
        (
            "dead letters that name an id",
            with(statement("dead_letter_naming"), &["'order-77'", "NULL", "NULL", "20"]),
        ),
        ("groups", with(statement("dead_letter_groups"), &["'open'", "NULL", "NULL", "NULL", "NULL", "100"])),
        (
            "aggregates of an id",
            with(statement("search_aggregates"), &["'order-77'", "NULL", "NULL", "NULL", "NULL"]),
        ),
        (
            "aggregates of a customer",
            with(statement("search_aggregates"), &["NULL", "NULL", "'cus_7'", "NULL", "NULL"]),
        ),
        (
            "events of an order",
            with(
                statement("search_events"),
                &[
                    "ARRAY[1,1]",
                    "ARRAY['order','payment']",
                    "ARRAY['order-77','pi_77']",
                    "ARRAY['','']",
                    "ARRAY[false,false]",
                    "ARRAY[1]",
                    "ARRAY['order-77']",
                    "1",
                    "NULL",
                    "NULL",
                    "NULL",
                    "NULL",
                    "NULL",
                    "NULL",
                    "NULL",
                    "NULL",
                    "NULL",
                    "NULL",
                    "NULL",
                    "101",
                ],
            ),
        ),
        ("an event", with(statement("event_show"), &["'evt_77'"])),
        ("overview", statement("overview").to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_list_search_or_group_view_scans_a_growing_table() {
    let world = World::new().await;
    world.sql(&ROWS.replace(":events", "60000").replace(":letters", "20000")).await;
    // As autovacuum leaves them.
    world.sql("VACUUM ANALYZE").await;
    let client = world.pool.get().await.unwrap();
    let mut wrong = Vec::new();
    for (name, sql) in
        views().into_iter().chain(event_views()).chain(order_and_message_views()).chain(searches())
    {
        let row = client
            .query_one(&format!("EXPLAIN (FORMAT JSON) {sql}"), &[])
            .await
            .unwrap_or_else(|e| panic!("{name}: {e:?}\n{sql}"));
        let plan: Value = row.get(0);
        let mut found = Vec::new();
        scans(&plan[0]["Plan"], &mut found);
        if !found.is_empty() {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "sequential scans: {wrong:#?}");
}
