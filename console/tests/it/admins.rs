//! What admins do over the web, and nobody else.

use serde_json::{Value, json};

use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, PASSWORD, user};

const FORMS: [(&str, &str); 7] = [
    ("/access/users", "name=eve&role=admin&password=correct+horse+battery"),
    ("/access/users/anna/role", "role=viewer"),
    ("/access/users/anna/disable", ""),
    ("/access/users/anna/enable", ""),
    ("/access/users/anna/unlock", ""),
    ("/access/tokens", "name=eve&role=admin"),
    ("/access/tokens/1/revoke", ""),
];

fn requests() -> [(&'static str, Value); 7] {
    [
        ("/api/users", json!({"name": "eve", "role": "admin", "password": PASSWORD})),
        ("/api/users/anna/role", json!({"role": "viewer"})),
        ("/api/users/anna/disable", json!({})),
        ("/api/users/anna/enable", json!({})),
        ("/api/users/anna/unlock", json!({})),
        ("/api/tokens", json!({"name": "eve", "role": "admin"})),
        ("/api/tokens/1/revoke", json!({})),
    ]
}

async fn audited(world: &World, actor: &str, action: &str) -> i64 {
    world.number(&format!("SELECT count(*) FROM audit WHERE actor = '{actor}' AND action = '{action}'")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_see_users_and_tokens_and_change_them() {
    let world = World::new().await;
    user(&world, "anna", "admin").await;
    let console = world.serve();
    for role in ["viewer", "operator"] {
        user(&world, role, role).await;
        let (_, _, browser) = Browser::sign_in(&console.url, role, PASSWORD);
        assert!(!browser.get("/").1.contains("/access"), "{role} has it in the menu");
        assert_eq!(browser.get("/access").0, 403);
        let csrf = browser.csrf();
        for (path, form) in FORMS {
            assert_eq!(browser.post(path, &format!("csrf={csrf}&{form}"), &[]).0, 403, "{role} {path}");
        }
        let api = Api::new(&console.url, Some(&world.token(role).await));
        for path in ["/api/users", "/api/tokens"] {
            api.refused(api.get(path), 403, "forbidden");
        }
        for (path, body) in requests() {
            api.refused(api.post(path, &body), 403, "forbidden");
        }
    }
    let (_, _, admin) = Browser::sign_in(&console.url, "anna", PASSWORD);
    for (path, form) in FORMS {
        assert_eq!(admin.post(path, &format!("csrf=wrong&{form}"), &[]).0, 403, "{path} without our form");
    }
    assert_eq!(world.number("SELECT count(*) FROM users WHERE role = 'admin'").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM tokens WHERE revoked_at IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_adds_changes_and_disables_users_on_the_page() {
    let world = World::new().await;
    user(&world, "anna", "admin").await;
    let console = world.serve();
    let (_, _, admin) = Browser::sign_in(&console.url, "anna", PASSWORD);
    assert!(admin.get("/").1.contains("href=\"/access\""));
    let csrf = format!("csrf={}", admin.csrf());
    let post = |path: &str, form: &str| admin.post(path, &format!("{csrf}&{form}"), &[]);
    let made = "name=otto&role=viewer&password=correct+horse+battery";
    assert_eq!(post("/access/users", made).0, 303);
    let (status, _, otto) = Browser::sign_in(&console.url, "otto", PASSWORD);
    assert_eq!((status, otto.get("/access").0), (303, 403));
    assert_eq!(post("/access/users/otto/role", "role=operator").0, 303);
    assert!(otto.get("/").1.contains("otto · operator"));
    assert_eq!(post("/access/users/otto/disable", "").0, 303);
    assert_eq!(otto.get("/").0, 303);
    assert_eq!(post("/access/users/otto/disable", "").0, 409);
    assert_eq!(post("/access/users/otto/enable", "").0, 303);
    assert_eq!(post("/access/users", "name=otto&role=viewer&password=&no_password=1").0, 303);
    assert_eq!(Browser::sign_in(&console.url, "otto", PASSWORD).0, 401);
    assert_eq!(post("/access/users/otto/unlock", "").0, 303);
    assert_eq!(world.number("SELECT count(*) FROM sign_in_failures WHERE subject = 'name:otto'").await, 0);
    assert_eq!(post("/access/users", "name=otto&role=viewer&password=short").0, 400);
    let (status, page) = post("/access/users", "name=eve&role=operator&password=short");
    assert!(status == 400 && page.contains("Nothing was done: a password takes 12"), "{status} {page}");
    assert!(page.contains("value=\"eve\"") && page.contains("value=\"operator\" selected"), "{page}");
    assert!(!page.contains("short\""), "a password comes back: {page}");
    assert_eq!(post("/access/users/nobody/disable", "").0, 404);
    for (action, times) in
        [("user.add", 1), ("user.change", 2), ("user.disable", 1), ("user.enable", 1), ("user.unlock", 1)]
    {
        assert_eq!(audited(&world, "user:anna", action).await, times, "{action}");
    }
    let (status, page) = post("/access/tokens", "name=shop&role=viewer");
    let token = page.split("id=\"new-token\">").nth(1).unwrap().split('<').next().unwrap();
    assert_eq!((status, Api::new(&console.url, Some(token)).get("/api/events").0), (200, 200));
    let id = world.number("SELECT id FROM tokens WHERE name = 'shop'").await;
    assert!(!admin.get("/access").1.contains(token));
    let (status, page) = post("/access/tokens", "name=shop&role=viewer");
    assert!(status == 409 && page.contains("exists, or existed, already"), "{status} {page}");
    assert_eq!(post(&format!("/access/tokens/{id}/revoke"), "").0, 303);
    assert_eq!(Api::new(&console.url, Some(token)).get("/api/events").0, 401);
    assert_eq!(audited(&world, "user:anna", "token.create").await, 1);
    assert_eq!(audited(&world, "user:anna", "token.revoke").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_does_for_admins_what_the_command_line_does() {
    let world = World::new().await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("admin").await));
    let new = json!({"name": "otto", "role": "viewer", "password": PASSWORD});
    let (status, made) = api.post("/api/users", &new);
    assert_eq!((status, &made["added"], &made["role"]), (201, &json!(true), &json!("viewer")));
    let (status, changed) =
        api.post("/api/users", &json!({"name": "otto", "role": "operator", "password": null}));
    assert_eq!(
        (status, &changed["password"], &changed["role_before"]),
        (200, &json!("removed"), &json!("viewer"))
    );
    let (status, changed) = api.post("/api/users/otto/role", &json!({"role": "viewer"}));
    assert_eq!((status, &changed["password"]), (200, &Value::Null));
    for wish in ["disable", "enable", "unlock"] {
        assert_eq!(api.post(&format!("/api/users/otto/{wish}"), &json!({})).0, 200, "{wish}");
    }
    let users = api.ok("/api/users");
    assert_eq!(users["items"][0]["name"], "otto");
    assert!(!users.to_string().contains("argon2"), "{users}");
    api.refused(api.post("/api/users", &json!({"name": "otto", "role": "viewer"})), 400, "invalid_body");
    api.refused(api.post("/api/users/none/disable", &json!({})), 404, "not_found");
    api.refused(api.post("/api/users/otto/enable", &json!({})), 409, "user_enabled");
    let (status, token) = api.post("/api/tokens", &json!({"name": "shop", "role": "operator"}));
    assert_eq!(status, 201);
    let shop = Api::new(&console.url, token["token"].as_str());
    assert_eq!(shop.get("/api/events").0, 200);
    let tokens = api.ok("/api/tokens");
    let listed = tokens["items"].as_array().unwrap().iter().find(|t| t["name"] == "shop").unwrap();
    assert!(!tokens.to_string().contains(token["token"].as_str().unwrap()));
    let revoke = format!("/api/tokens/{}/revoke", listed["id"]);
    assert_eq!(api.post(&revoke, &json!({})).0, 200);
    api.refused(api.post(&revoke, &json!({})), 404, "not_found");
    api.refused(api.post("/api/tokens", &json!({"name": "shop", "role": "viewer"})), 409, "token_exists");
    shop.refused(shop.get("/api/events"), 401, "unauthorized");
    assert_eq!(audited(&world, "token:test-admin", "user.change").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_web_an_admin_always_remains() {
    let world = World::new().await;
    user(&world, "anna", "admin").await;
    let console = world.serve();
    let (_, _, admin) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let csrf = format!("csrf={}", admin.csrf());
    let api = Api::new(&console.url, Some(&world.token("admin").await));
    let away = [
        ("/access/users/anna/disable", ""),
        ("/access/users/anna/role", "role=viewer"),
        ("/access/users", "name=anna&role=viewer&password=correct+horse+battery"),
        ("/access/users", "name=anna&role=admin&password=&no_password=1"),
    ];
    for (path, form) in away {
        let (status, page) = admin.post(path, &format!("{csrf}&{form}"), &[]);
        assert!(status == 409 && page.contains("another admin"), "{path} {form}: {status} {page}");
    }
    api.refused(api.post("/api/users/anna/disable", &json!({})), 409, "last_admin");
    api.refused(api.post("/api/users/anna/role", &json!({"role": "operator"})), 409, "last_admin");
    user(&world, "otto", "admin").await;
    assert_eq!(admin.post("/access/users/anna/disable", &csrf, &[]).0, 409);
    assert_eq!(admin.post("/access/users/otto/disable", &csrf, &[]).0, 303);
    api.refused(api.post("/api/users/anna/disable", &json!({})), 409, "last_admin");
    world.ok(&["user", "disable", "anna"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_admins_who_disable_each_other_at_once_one_remains() {
    let world = World::new().await;
    let console = world.serve();
    let api = Api::new(&console.url, Some(&world.token("admin").await));
    for name in ["anna", "otto"] {
        user(&world, name, "admin").await;
    }
    for _ in 0..10 {
        let attempts = ["anna", "otto"].map(|name| {
            let api = api.clone();
            std::thread::spawn(move || api.post(&format!("/api/users/{name}/disable"), &json!({})).0)
        });
        let mut output = attempts.map(|t| t.join().unwrap());
        output.sort_unstable();
        assert_eq!(output, [200, 409]);
        world.sql("UPDATE users SET disabled_at = NULL").await;
    }
}
