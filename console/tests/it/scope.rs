//! A token with the scope `orders`: what the company's backend needs, and nothing else.

use serde_json::json;

use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};

/// What such a token reaches.
const REACHED: [(&str, &str); 6] = [
    ("get", "/api/orders"),
    ("post", "/api/orders"),
    ("get", "/api/orders/{id}"),
    ("post", "/api/verify-payment"),
    ("get", "/api/subscriptions"),
    ("get", "/api/subscriptions/{id}"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_token_with_the_scope_orders_reaches_orders_and_subscriptions_and_nothing_else() {
    let world = World::new().await;
    let console = world.serve();
    // Its role would be enough for everything.
    let made = world.ok(&["token", "create", "--name", "shop", "--role", "admin", "--scope", "orders"]).await;
    let shop = Api::new(&console.url, made.split_whitespace().last());
    let document = serde_json::to_value(console::openapi()).unwrap();
    let mut reached = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let concrete = path.replace("{id}", "1").replace("{name}", "anna").replace("{command}", "pause");
            let (status, _, body) = shop.send(&method.to_uppercase(), &concrete, &[], b"");
            assert!(operation["responses"]["403"].is_object(), "{method} {path} says nothing of 403");
            if status == 403 {
                assert!(body.contains("has the scope orders"), "{method} {path}: {body}");
            } else {
                assert_ne!(status, 401, "{method} {path}: {body}");
                reached.push((method.clone(), path.clone()));
            }
        }
    }
    reached.sort();
    let mut expected = REACHED.map(|(method, path)| (method.to_owned(), path.to_owned()));
    expected.sort();
    assert_eq!(reached, expected);
    assert_eq!(Browser::sign_in(&console.url, "shop", PASSWORD).0, 401, "and no page");
}

#[tokio::test(flavor = "multi_thread")]
async fn within_its_scope_a_token_may_do_what_its_role_may() {
    let world = World::new().await;
    let console = world.serve();
    let token = |made: String| made.split_whitespace().last().unwrap().to_owned();
    let shop = token(world.ok(&["token", "create", "--name", "shop", "--scope", "orders"]).await);
    let reader = ["token", "create", "--name", "reader", "--role", "viewer", "--scope", "orders"];
    let reader = token(world.ok(&reader).await);
    let (shop, reader) = (Api::new(&console.url, Some(&shop)), Api::new(&console.url, Some(&reader)));
    let order = json!({"id": "A-1", "amount": 1, "currency": "usd", "mode": "test"});
    reader.refused(reader.post("/api/orders", &order), 403, "forbidden");
    assert_eq!(shop.post("/api/orders", &order).0, 201);
    assert_eq!(reader.get("/api/orders/A-1").0, 200);
    // Correcting is for people, who give a reason.
    let body = json!({"amount": 2, "reason": "x"});
    assert!(shop.refused(shop.patch("/api/orders/A-1", &body), 403, "forbidden").contains("scope orders"));
    assert!(world.fails(&["token", "create", "--name", "x", "--scope", "all"], 2).await.contains("--role"));
    world.fails(&["token", "create", "--name", "x"], 2).await;
    assert!(world.ok(&["token", "list"]).await.contains("orders"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_is_given_over_the_api_and_on_the_page_and_is_everything_by_default() {
    let world = World::new().await;
    user(&world, "root", "admin").await;
    let console = world.serve();
    let admin = Api::new(&console.url, Some(&world.token("admin").await));
    let body = json!({"name": "api", "role": "operator", "scope": "orders"});
    let (status, made) = admin.post("/api/tokens", &body);
    assert_eq!((status, &made["scope"]), (201, &json!("orders")));
    let (status, made) = admin.post("/api/tokens", &json!({"name": "wide", "role": "viewer"}));
    assert_eq!((status, &made["scope"]), (201, &json!("all")));
    admin.refused(
        admin.post("/api/tokens", &json!({"name": "x", "role": "viewer", "scope": "money"})),
        400,
        "invalid_body",
    );
    let (_, _, browser) = Browser::sign_in(&console.url, "root", PASSWORD);
    let form = format!("csrf={}&name=page&role=operator&scope=orders", browser.csrf());
    let (status, page) = browser.post("/access/tokens", &form, &[]);
    assert_eq!(status, 200);
    assert!(page.contains("and the scope orders"), "{page}");
    let token = page.split("id=\"new-token\">").nth(1).unwrap().split('<').next().unwrap();
    let shop = Api::new(&console.url, Some(token));
    assert_eq!(shop.get("/api/orders").0, 200);
    shop.refused(shop.get("/api/events"), 403, "forbidden");
    let scopes =
        "SELECT string_agg(name || ' ' || scope, ', ' ORDER BY name) FROM tokens WHERE name <> 'test-admin'";
    let client = world.pool.get().await.unwrap();
    let scopes: String = client.query_one(scopes, &[]).await.unwrap().get(0);
    assert_eq!(scopes, "api orders, page orders, wide all");
}
