//! First sign-in, one's own password, signing out everywhere, lock-outs that hit nobody else, tokens that expire.

use serde_json::json;

use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, FORM, PASSWORD, user};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_admin_gets_a_one_time_password_and_chooses_another() {
    let world = World::new().await;
    let made = world.ok(&["user", "first"]).await;
    assert!(made.starts_with("sign in as admin"), "{made}");
    let password = made.split_whitespace().last().unwrap().to_owned();
    assert!(world.ok(&["user", "first", "--name", "other"]).await.contains("nothing was done"));
    let console = world.serve();
    let (status, _, admin) = Browser::sign_in(&console.url, "admin", &password);
    assert_eq!(status, 303);
    for path in ["/", "/audit", "/access"] {
        assert_eq!(
            admin.api.send("GET", path, &[("cookie", admin.cookie())], b"").1["location"],
            "/account",
            "{path}"
        );
    }
    let (_, page) = admin.get("/account");
    assert!(page.contains("was for one time"), "{page}");
    let at = page.find("name=\"csrf\" value=\"").unwrap() + 19;
    let csrf = page[at..].split('"').next().unwrap().to_owned();
    let change = |current: &str, new: &str, again: &str| {
        let form =
            format!("csrf={csrf}&current_password={current}&new_password={new}&again_password={again}");
        admin.post("/account/password", &form, &[])
    };
    let long = "a+much+better+one";
    for (answer, message) in [
        (change("wrong", long, long), "current password is wrong"),
        (change(&password, long, "another+much+better"), "not the same"),
        (change(&password, "short", "short"), "12 to 1000"),
        (change(&password, &password, &password), "is the current one"),
    ] {
        assert_eq!(answer.0, 400, "{message}");
        assert!(answer.1.contains(message), "{message}: {}", answer.1);
    }
    assert_eq!(change(&password, long, long).0, 303);
    assert_eq!(admin.get("/account").0, 303, "signed out everywhere");
    assert_eq!(Browser::sign_in(&console.url, "admin", &password).0, 401);
    let (status, _, admin) = Browser::sign_in(&console.url, "admin", "a much better one");
    assert_eq!((status, admin.get("/").0), (303, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_ends_every_session() {
    let world = World::new().await;
    user(&world, "anna", "viewer").await;
    let console = world.serve();
    let (_, _, one) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let (_, _, two) = Browser::sign_in(&console.url, "anna", PASSWORD);
    assert_eq!(two.post("/account/sign-out", "csrf=wrong", &[]).0, 403);
    assert_eq!(two.post("/account/sign-out", &format!("csrf={}", two.csrf()), &[]).0, 303);
    assert_eq!((one.get("/").0, two.get("/").0), (303, 303));
}

/// A sign-in through a proxy that says where it comes from, with this browser's cookie; the status and the cookies set.
fn sign_in_from(api: &Api, address: &str, password: &str, browser: &str) -> (u16, String, Vec<String>) {
    let body = format!("name=anna&password={}", password.replace(' ', "+"));
    let headers = [FORM, ("x-forwarded-for", address), ("cookie", browser)];
    let (status, headers, text) = api.send("POST", "/sign-in", &headers, body.as_bytes());
    let cookies = headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap().to_owned()).collect();
    (status, text, cookies)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_locks_nobody_out_and_a_known_browser_stays_in() {
    let world = World::new().await;
    user(&world, "anna", "admin").await;
    let console = world.serve_with(&[("CONSOLE_TRUSTED_PROXIES", "127.0.0.1")]);
    let api = Api::new(&console.url, None);
    let (status, _, cookies) = sign_in_from(&api, "10.0.0.1", PASSWORD, "");
    assert_eq!(status, 303);
    let browser =
        cookies.iter().find(|c| c.starts_with("sluicegate-browser=")).expect("a cookie of the browser");
    assert!(browser.contains("HttpOnly") && browser.contains("SameSite=Strict"), "{browser}");
    let browser = browser.split(';').next().unwrap();
    for _ in 0..5 {
        assert_eq!(sign_in_from(&api, "10.0.0.9", "a wrong password", "").0, 401);
    }
    assert!(sign_in_from(&api, "10.0.0.9", PASSWORD, "").1.contains("Too many failures"));
    assert_eq!(sign_in_from(&api, "10.0.0.2", PASSWORD, "").0, 303, "from elsewhere she gets in");
    // From the stranger's own address, where she shares it.
    assert_eq!(sign_in_from(&api, "10.0.0.9", PASSWORD, browser).0, 303);
    // A botnet: the name is locked out for all but her browser.
    world.sql("UPDATE sign_in_failures SET failures = 99, last_at = now() WHERE subject = 'name:anna'").await;
    world.sql("INSERT INTO sign_in_failures (subject, failures, last_at) VALUES ('name:anna', 99, now()) ON CONFLICT DO NOTHING").await;
    assert_eq!(sign_in_from(&api, "10.1.0.1", "a wrong password", "").0, 401);
    assert!(sign_in_from(&api, "10.0.0.2", PASSWORD, "").1.contains("Too many failures"));
    assert_eq!(sign_in_from(&api, "10.0.0.2", PASSWORD, browser).0, 303);
    // Another user's browser is a stranger's.
    world.sql("UPDATE known_browsers SET user_name = 'otto'").await;
    assert!(sign_in_from(&api, "10.0.0.2", PASSWORD, browser).1.contains("Too many failures"));
    assert!(world.ok(&["user", "list"]).await.contains("locked out"));
    world.ok(&["user", "unlock", "anna"]).await;
    assert_eq!(sign_in_from(&api, "10.0.0.9", PASSWORD, "").0, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_expires_by_itself() {
    let world = World::new().await;
    user(&world, "anna", "admin").await;
    let console = world.serve();
    let made = world.ok(&["token", "create", "--name", "shop", "--role", "viewer", "--expires", "1"]).await;
    let api = Api::new(&console.url, Some(made.split_whitespace().last().unwrap()));
    assert_eq!(api.get("/api/events").0, 200);
    assert!(world.ok(&["token", "list"]).await.contains("valid until"));
    world.sql("UPDATE tokens SET expires_at = now() - interval '1 second'").await;
    assert_eq!(api.get("/api/events").0, 401);
    assert!(world.ok(&["token", "list"]).await.contains("expired"));
    let admin = Api::new(&console.url, Some(&world.token("admin").await));
    let token = |days: i64| json!({"name": format!("t{days}"), "role": "viewer", "expires_in_days": days});
    let (status, made) = admin.post("/api/tokens", &token(90));
    assert_eq!(status, 201);
    assert!(made["expires_at"].is_string(), "{made}");
    for days in [0, -1, 4000] {
        admin.refused(admin.post("/api/tokens", &token(days)), 400, "invalid_expiry");
    }
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    let (_, page) = anna.get("/access");
    assert!(page.contains("is refused from then on, for good") && page.contains("expired"), "{page}");
}
