//! Who gets in, and who does not.

use crate::harness::World;
use crate::http::Api;
use crate::pages::{Browser, FORM, PASSWORD, set_user, user};

/// Signs in with all of these at once: how many were looked at and wrong, and how many were locked out.
fn at_once(url: &str, names: &[String], password: &str) -> (usize, usize) {
    let attempts: Vec<_> = names
        .iter()
        .map(|name| {
            let (url, name, password) = (url.to_owned(), name.clone(), password.to_owned());
            std::thread::spawn(move || Browser::sign_in(&url, &name, &password).1)
        })
        .collect();
    let output: Vec<String> = attempts.into_iter().map(|t| t.join().unwrap()).collect();
    let count = |words: &str| output.iter().filter(|s| s.contains(words)).count();
    (count("Name or password is wrong"), count("Too many failures"))
}

#[tokio::test(flavor = "multi_thread")]
async fn many_attempts_at_once_get_no_further_than_one_after_the_other() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    let same = vec!["anna".to_owned(); 20];
    assert_eq!(at_once(&console.url, &same, "wrong password here"), (5, 15));
    let (status, page, _) = Browser::sign_in(&console.url, "anna", PASSWORD);
    assert_eq!(status, 401);
    assert!(page.contains("Too many failures"), "{page}");
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE action = 'sign_in.locked'").await, 1);
    let others: Vec<String> = (0..35).map(|n| format!("nobody-{n}")).collect();
    assert_eq!(at_once(&console.url, &others, "wrong password here"), (25, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_rightly_counts_for_nothing() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    for _ in 0..2 {
        for _ in 0..4 {
            assert_eq!(Browser::sign_in(&console.url, "anna", "wrong password here").0, 401);
        }
        assert_eq!(Browser::sign_in(&console.url, "anna", PASSWORD).0, 303);
    }
    world.sql("INSERT INTO sign_in_failures (subject, failures, last_at) VALUES ('address:127.0.0.1', 29, now()) ON CONFLICT (subject) DO UPDATE SET failures = 29").await;
    assert_eq!(Browser::sign_in(&console.url, "anna", PASSWORD).0, 303);
    let kept = "SELECT count(*) FROM sign_in_failures WHERE failures = 29 AND locked_until IS NULL";
    assert_eq!(world.number(kept).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_or_removed_password_ends_what_was_signed_in_with_it() {
    let world = World::new().await;
    let output = set_user(&world, "anna", "viewer", PASSWORD);
    assert_eq!(output, "user anna added: role viewer\n");
    let console = world.serve();
    let (_, _, first) = Browser::sign_in(&console.url, "anna", PASSWORD);
    assert_eq!(first.get("/").0, 200);
    let another = "another battery staple";
    let output = set_user(&world, "anna", "operator", another);
    assert_eq!(
        output,
        "user anna changed: new password, signed out everywhere, role operator instead of viewer\n"
    );
    assert_eq!(first.get("/").0, 303);
    assert_eq!(Browser::sign_in(&console.url, "anna", PASSWORD).0, 401);
    let (_, _, second) = Browser::sign_in(&console.url, "anna", another);
    let output = world.ok(&["user", "role", "anna", "admin"]).await;
    assert_eq!(output, "user anna changed: role admin instead of operator\n");
    assert!(second.get("/").1.contains("anna · admin"));
    let output = world.ok(&["user", "add", "--name", "anna", "--role", "admin", "--no-password"]).await;
    assert_eq!(output, "user anna changed: password removed, signed out everywhere, role admin\n");
    assert_eq!(second.get("/").0, 303);
    assert_eq!(Browser::sign_in(&console.url, "anna", another).0, 401);
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE action = 'user.change'").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_enabled_again_has_to_sign_in_again() {
    let world = World::new().await;
    user(&world, "anna", "viewer").await;
    let console = world.serve();
    let (_, _, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    world.ok(&["user", "disable", "anna"]).await;
    assert!(world.fails(&["user", "disable", "anna"], 1).await.contains("disabled already"));
    assert!(world.ok(&["user", "enable", "anna"]).await.contains("enabled again"));
    assert!(world.fails(&["user", "enable", "anna"], 1).await.contains("not disabled"));
    assert_eq!(browser.get("/").0, 303);
    assert_eq!(Browser::sign_in(&console.url, "anna", PASSWORD).0, 303);
    world.ok(&["user", "disable", "anna"]).await;
    let output = world.ok(&["user", "add", "--name", "anna", "--role", "viewer", "--no-password"]).await;
    assert_eq!(
        output,
        "user anna changed: password removed, signed out everywhere, enabled again, role viewer\n"
    );
    for command in ["disable", "enable", "unlock"] {
        let complaint = world.fails(&["user", command, "nobody-at-all"], 1).await;
        assert!(complaint.contains("not found"), "{complaint}");
    }
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE subject LIKE '%nobody%'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_names_two_users_signs_in_neither() {
    let world = World::new().await;
    user(&world, "root", "admin").await;
    let console = world.serve_with(&[
        ("CONSOLE_PROXY_HEADER", "X-Forwarded-User"),
        ("CONSOLE_TRUSTED_PROXIES", "127.0.0.1"),
        ("CONSOLE_PROXY_ROLE", "viewer"),
    ]);
    let api = Api::new(&console.url, None);
    for names in [["root", "stranger"], ["stranger", "root"], ["root", "root"], ["root", ""]] {
        let headers = names.map(|name| ("x-forwarded-user", name));
        let (status, _, page) = api.send("GET", "/", &headers, b"");
        assert_eq!(status, 400, "{names:?}");
        assert!(page.contains("more than one user"), "{page}");
    }
    assert_eq!(api.send("GET", "/", &[("x-forwarded-user", "root, stranger")], b"").0, 400);
    assert_eq!(api.send("GET", "/", &[("x-forwarded-user", "root")], b"").0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_only_its_own_header_says_where_an_attempt_comes_from() {
    let world = World::new().await;
    let console = world.serve_with(&[("CONSOLE_TRUSTED_PROXIES", "127.0.0.1")]);
    let api = Api::new(&console.url, None);
    let headers = [FORM, ("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "203.0.113.1, 192.0.2.7")];
    assert_eq!(api.send("POST", "/sign-in", &headers, b"name=x&password=y").0, 401);
    let counted = "SELECT count(*) FROM sign_in_failures WHERE subject = 'address:192.0.2.7'";
    assert_eq!(world.number(counted).await, 1);
    // Of the address, of the name, and of the name from the address.
    assert_eq!(world.number("SELECT count(*) FROM sign_in_failures").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_are_accepted_from_the_public_address_whatever_the_proxy_calls_the_host() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve_with(&[("CONSOLE_PUBLIC_URL", "https://console.example.com")]);
    let api = Api::new(&console.url, None);
    let body = format!("name=anna&password={}", PASSWORD.replace(' ', "+"));
    let send = |origin: &str| {
        let headers = [FORM, ("origin", origin), ("sec-fetch-site", "same-origin")];
        api.send("POST", "/sign-in", &headers, body.as_bytes())
    };
    let (status, headers, _) = send("https://console.example.com");
    assert_eq!(status, 303);
    let cookie = headers["set-cookie"].to_str().unwrap().to_owned();
    let browser = Browser { api: Api::new(&console.url, None), cookie };
    let out = format!("csrf={}", browser.csrf());
    assert_eq!(browser.post("/sign-out", &out, &[("origin", "https://evil.example")]).0, 403);
    assert_eq!(browser.post("/sign-out", &out, &[("origin", "https://console.example.com")]).0, 303);
    assert_eq!(send("https://console.example.com.evil.example").0, 403);
    assert_eq!(send("null").0, 403);
    assert_eq!(send(&console.url).0, 303);
}
