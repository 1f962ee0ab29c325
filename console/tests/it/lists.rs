//! Lists: what they are filtered by, both ways through their pages, and their files.

use serde_json::Value;

use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};

/// Nine events, one a hour, the newest first; a day before, and of two endpoints.
async fn events(world: &World) {
    world
        .sql(
            "INSERT INTO events (id, type, created, livemode, endpoint, object_id, received_at, outcome, attempts, processed_at, payload)
             SELECT 'evt_' || n, (ARRAY['charge.failed','charge.dispute.created','customer.created'])[n % 3 + 1], now(), n % 2 = 0,
                    CASE WHEN n > 6 THEN 'shop' END, 'ch_' || n, now() - n * interval '1 hour', 'processed', 1, now(),
                    json_build_object('data', json_build_object('object', json_build_object('id', 'ch_' || n, 'object', 'charge', 'amount', n * 100,
                        'currency', 'usd', 'customer', '=cus_' || n, 'metadata', json_build_object('orderId', 'A-' || n))))
             FROM generate_series(1, 9) n",
        )
        .await;
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_filtered_by_time_type_prefix_and_endpoint() {
    let world = World::new().await;
    events(&world).await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    let listed = |query: &str| ids(&api.ok(&format!("/api/events?{query}")));
    assert_eq!(listed("since=150m"), ["evt_1", "evt_2"]);
    assert_eq!(listed("since=270m&until=150m"), ["evt_3", "evt_4"]);
    assert_eq!(listed("type=charge").len(), 6);
    assert_eq!(listed("type=charge.*").len(), 6);
    assert_eq!(listed("type=charge.failed"), ["evt_3", "evt_6", "evt_9"]);
    assert_eq!(listed("type=charge.fail"), Vec::<String>::new());
    assert_eq!(listed("type=charge&mode=live"), ["evt_4", "evt_6"]);
    assert_eq!(listed("endpoint=shop"), ["evt_7", "evt_8", "evt_9"]);
    assert_eq!(listed("since=2020-01-01&until=2020-01-02"), Vec::<String>::new());
    api.refused(api.get("/api/events?since=soon"), 400, "invalid_query");
    let item = &api.ok("/api/events?limit=1")["items"][0];
    assert_eq!((item["about"]["order"].as_str(), item["about"]["amount"].as_i64()), (Some("A-1"), Some(100)));
    let shown = world.ok(&["events", "list", "--since", "150m", "--type", "customer"]).await;
    assert!(shown.contains("evt_2") && !shown.contains("evt_1 "), "{shown}");
    assert!(world.fails(&["events", "list", "--since", "soon"], 2).await.contains("yesterday"));
    for list in ["dead list", "cases list", "messages list", "orders list", "subscriptions list"] {
        let mut arguments: Vec<&str> = list.split(' ').collect();
        arguments.extend(["--since", "yesterday", "--until", "2030-01-01"]);
        world.ok(&arguments).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_walked_to_its_end_and_back_by_links_that_keep_the_filter() {
    let world = World::new().await;
    events(&world).await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    let page = |query: &str| api.ok(&format!("/api/events?limit=4{query}"));
    let first = page("");
    assert!(first["previous"].is_null());
    let second = page(&format!("&before={}", first["next"].as_str().unwrap()));
    let third = page(&format!("&before={}", second["next"].as_str().unwrap()));
    assert_eq!((ids(&third), third["next"].is_null()), (vec!["evt_9".to_owned()], true));
    let back = page(&format!("&after={}", third["previous"].as_str().unwrap()));
    assert_eq!(ids(&back), ids(&second));
    let top = page(&format!("&after={}", back["previous"].as_str().unwrap()));
    assert_eq!((ids(&top), top["previous"].is_null()), (ids(&first), true));
    assert_eq!(top["next"], first["next"]);
    let both = "/api/events?before=1.evt_1&after=1.evt_1";
    api.refused(api.get(both), 400, "invalid_cursor");
    world.sql("INSERT INTO orders (id, amount, currency, created_at) SELECT 'B-' || n, 100, 'usd', now() - n * interval '1 minute' FROM generate_series(1, 120) n").await;
    user(&world, "vera", "viewer").await;
    let (_, _, browser) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let (_, first) = browser.get("/orders?status=pending&since=1d");
    assert!(first.contains(">B-50<") && !first.contains(">B-51<") && !first.contains("Newer"), "{first}");
    let link = |page: &str, rel: &str| {
        let at = page.find(&format!("rel=\"{rel}\"")).unwrap_or_else(|| panic!("no {rel}: {page}"));
        let before = &page[..at];
        let href = &before[before.rfind("href=\"").unwrap() + 6..];
        href.split('"').next().unwrap().replace("&amp;", "&")
    };
    let older = link(&first, "next");
    assert!(older.starts_with("/orders?status=pending&since=1d&before="), "{older}");
    let (_, second) = browser.get(&older);
    assert!(second.contains(">B-51<") && second.contains(">B-100<"), "{second}");
    let (_, again) = browser.get(&link(&second, "prev"));
    assert!(again.contains(">B-1<") && again.contains(">B-50<") && !again.contains(">B-51<"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_what_the_filter_takes_in_masked_as_the_list_is() {
    let world = World::new().await;
    events(&world).await;
    world.sql("INSERT INTO orders (id, customer, amount, currency, amount_paid) SELECT 'anna' || n || '@example.com', 'cus_1', 4500, 'usd', 0 FROM generate_series(1, 1203) n").await;
    world
        .sql("INSERT INTO orders (id, customer, amount, currency) VALUES ('J-1', '=SUM(A1)', 500, 'jpy')")
        .await;
    let console = world.serve();
    user(&world, "vera", "viewer").await;
    user(&world, "otto", "operator").await;
    let file = |name: &str, path: &str| {
        let (_, _, browser) = Browser::sign_in(&console.url, name, PASSWORD);
        let (status, headers, text) = browser.api.send("GET", path, &[("cookie", browser.cookie())], b"");
        assert_eq!(status, 200, "{path}: {text}");
        (
            headers["content-type"].to_str().unwrap().to_owned(),
            headers["content-disposition"].to_str().unwrap().to_owned(),
            text,
        )
    };
    let (kind, saved, csv) = file("otto", "/export/orders.csv");
    assert!(
        kind.starts_with("text/csv") && saved.starts_with("attachment; filename=\"orders-"),
        "{kind} {saved}"
    );
    assert_eq!(csv.lines().count(), 1205);
    assert!(csv.starts_with("order,status,since,currency,costs,paid,"), "{csv}");
    assert!(csv.contains("anna7@example.com,pending,") && csv.contains(",USD,45.00,0.00,"));
    assert!(csv.contains(",JPY,500,0,") && csv.contains(",'=SUM(A1),"));
    let (_, _, masked) = file("vera", "/export/orders.csv");
    assert!(!masked.contains("@example.com") && masked.contains("•••"));
    let (kind, _, json) = file("otto", "/export/events.json?type=charge&since=270m");
    assert_eq!(kind, "application/json");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (ids(&json), json["next"].is_null()),
        (vec!["evt_1".into(), "evt_3".into(), "evt_4".into()], true)
    );
    let api = Api::new(&console.url, Some(&world.token("viewer").await));
    for list in ["events", "dead-letters", "cases", "messages", "orders", "subscriptions"] {
        let (status, headers, text) =
            api.send("GET", &format!("/api/export/{list}?format=csv&since=1d"), &[], b"");
        assert_eq!(
            (status, headers["content-type"].to_str().unwrap().starts_with("text/csv")),
            (200, true),
            "{list}: {text}"
        );
        assert!(api.ok(&format!("/api/export/{list}?format=json"))["items"].is_array(), "{list}");
    }
    assert_eq!(api.get("/api/export/orders?since=soon").0, 400);
    assert_eq!(api.get("/api/export/users").0, 404);
    let (_, _, browser) = Browser::sign_in(&console.url, "vera", PASSWORD);
    assert_eq!(browser.get("/export/orders.xlsx").0, 404);
    assert_eq!(browser.get("/export/orders.csv?since=soon").0, 400);
}
