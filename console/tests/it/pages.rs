use crate::harness::{World, event};
use crate::http::Api;
use crate::preview::payment;

pub const PASSWORD: &str = "correct horse battery";

/// A user who can sign in.
pub async fn user(world: &World, name: &str, role: &str) {
    set_user(world, name, role, PASSWORD);
}

/// Sets a user's role and password; what the command says.
pub fn set_user(world: &World, name: &str, role: &str, password: &str) -> String {
    use std::io::Write;
    let mut command = world.command(&["user", "add", "--name", name, "--role", role]);
    let mut child =
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// A browser without a window: one cookie, and forms.
pub struct Browser {
    pub api: Api,
    pub cookie: String,
}

pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

impl Browser {
    pub fn sign_in(url: &str, name: &str, password: &str) -> (u16, String, Browser) {
        let api = Api::new(url, None);
        let body = format!("name={name}&password={}&next=/audit", password.replace(' ', "+"));
        let (status, headers, text) = api.send("POST", "/sign-in", &[FORM], body.as_bytes());
        let cookie = headers.get("set-cookie").map(|c| c.to_str().unwrap().to_owned()).unwrap_or_default();
        let output = headers.get("location").map_or(text, |l| l.to_str().unwrap().to_owned());
        (status, output, Browser { api, cookie })
    }

    pub fn cookie(&self) -> &str {
        self.cookie.split(';').next().unwrap()
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        let (status, _, text) = self.api.send("GET", path, &[("cookie", self.cookie())], b"");
        (status, text)
    }

    pub fn post(&self, path: &str, body: &str, more: &[(&str, &str)]) -> (u16, String) {
        let headers = [&[FORM, ("cookie", self.cookie())], more].concat();
        let (status, _, text) = self.api.send("POST", path, &headers, body.as_bytes());
        (status, text)
    }

    pub fn csrf(&self) -> String {
        let (_, page) = self.get("/");
        let at = page.find("name=\"csrf\" value=\"").expect("a form") + 19;
        page[at..].split('"').next().unwrap().trim_start_matches('"').to_owned()
    }
}

const PAGES: [&str; 11] = [
    "/",
    "/stripe",
    "/events",
    "/dead-letters",
    "/dead-letters/list",
    "/dead-letters/1",
    "/jobs",
    "/messages",
    "/rejections",
    "/audit",
    "/search?q=A-1",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_shown_without_signing_in_and_every_answer_has_strict_headers() {
    let world = World::new().await;
    let console = world.serve();
    let api = Api::new(&console.url, None);
    for path in PAGES {
        let (status, headers, _) = api.send("GET", path, &[], b"");
        assert_eq!(status, 303, "{path}");
        assert!(headers["location"].to_str().unwrap().starts_with("/sign-in"), "{path}");
    }
    for path in ["/", "/sign-in", "/assets/x/console.js", "/api/events", "/nothing"] {
        let (_, headers, _) = api.send("GET", path, &[], b"");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
    }
    let (_, _, page) = api.send("GET", "/sign-in?next=https://evil.example", &[], b"");
    assert!(page.contains("name=\"next\" value=\"/\"") && !page.contains("evil"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_signs_in_looks_acts_and_signs_out() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    let console = world.serve();
    world.dead_letter(&payment("evt_1", "A-1", 5), "amount_mismatch", "amount_mismatch: <b>no</b>").await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
    let (status, to, browser) = Browser::sign_in(&console.url, "anna", PASSWORD);
    assert_eq!((status, to.as_str()), (303, "/audit"));
    assert!(
        browser.cookie.contains("HttpOnly") && browser.cookie.contains("SameSite=Lax"),
        "{}",
        browser.cookie
    );
    for path in PAGES {
        let (status, page) = browser.get(path);
        assert_eq!(status, 200, "{path}: {page}");
        assert!(
            !page.contains("<script>") && !page.contains("<b>no</b>") && !page.contains("<img src=x"),
            "{path}"
        );
    }
    let (_, page) = browser.get("/dead-letters/1");
    assert!(page.contains("&lt;script&gt;") && page.contains("anna@example.com"), "{page}");
    let csrf = browser.csrf();
    let foreign = [("origin", "https://evil.example")];
    assert_eq!(browser.post("/dead-letters/1/discard", "csrf=wrong&reason=x", &[]).0, 403);
    assert_eq!(browser.post("/dead-letters/1/discard", &format!("csrf={csrf}&reason=x"), &foreign).0, 403);
    assert_eq!(
        browser
            .post(
                "/dead-letters/1/discard",
                &format!("csrf={csrf}&reason=x"),
                &[("sec-fetch-site", "cross-site")]
            )
            .0,
        403
    );
    assert_eq!(browser.post("/dead-letters/1/discard", &format!("csrf={csrf}&reason="), &[]).0, 400);
    assert_eq!(browser.post("/dead-letters/1/discard", &format!("csrf={csrf}&reason=a+test"), &[]).0, 303);
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE actor = 'user:anna' AND action = 'dead.discard' AND reason = 'a test'").await, 1);
    assert_eq!(browser.get("/dead-letters/99").0, 404);
    assert_eq!(browser.get("/dead-letters/list?state=lost").0, 400);
    assert_eq!(browser.get("/nothing").0, 404);
    assert_eq!(browser.post("/sign-out", &format!("csrf={csrf}"), &[]).0, 303);
    assert_eq!(browser.get("/").0, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_masked_content_and_cannot_act() {
    let world = World::new().await;
    user(&world, "vera", "viewer").await;
    let console = world.serve();
    world.dead_letter(&event("evt_1"), "amount_mismatch", "amount_mismatch: no").await;
    world.until("SELECT count(*) FROM dead_letters", 1).await;
    let (_, _, browser) = Browser::sign_in(&console.url, "vera", PASSWORD);
    let (_, page) = browser.get("/dead-letters/1");
    assert!(
        !page.contains("anna@example.com") && page.contains("•••") && !page.contains("/replay"),
        "{page}"
    );
    let csrf = browser.csrf();
    for path in
        ["/dead-letters/1/replay", "/dead-letters/1/discard", "/dead-letters/1/preview", "/jobs/1/cancel"]
    {
        assert_eq!(browser.post(path, &format!("csrf={csrf}&reason=x"), &[]).0, 403, "{path}");
    }
    assert_eq!(browser.get("/dead-letters/bulk?state=open").0, 403);
    world.ok(&["user", "disable", "vera"]).await;
    assert_eq!(browser.get("/").0, 303);
    assert_eq!(Browser::sign_in(&console.url, "vera", PASSWORD).0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_failures_lock_a_name_out_whether_it_exists_or_not() {
    let world = World::new().await;
    user(&world, "anna", "admin").await;
    let console = world.serve();
    for name in ["anna", "nobody"] {
        for _ in 0..5 {
            let (status, page, _) = Browser::sign_in(&console.url, name, "wrong password here");
            assert_eq!(status, 401);
            assert!(page.contains("Name or password is wrong"), "{page}");
        }
        let (status, page, _) = Browser::sign_in(&console.url, name, PASSWORD);
        assert_eq!(status, 401);
        assert!(page.contains("Too many failures"), "{page}");
    }
    assert!(world.ok(&["user", "list"]).await.contains("locked out"));
    world.ok(&["user", "unlock", "anna"]).await;
    assert_eq!(Browser::sign_in(&console.url, "anna", PASSWORD).0, 303);
    assert_eq!(world.number("SELECT count(*) FROM users WHERE password LIKE '$argon2id$%'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_signs_users_in_and_an_untrusted_one_does_not() {
    let world = World::new().await;
    let settings = [
        ("CONSOLE_PROXY_HEADER", "X-Forwarded-User"),
        ("CONSOLE_TRUSTED_PROXIES", "127.0.0.1"),
        ("CONSOLE_PROXY_ROLE", "viewer"),
    ];
    let trusting = world.serve_with(&settings);
    let api = Api::new(&trusting.url, None);
    let (status, headers, page) = api.send("GET", "/", &[("x-forwarded-user", "olga")], b"");
    assert_eq!(status, 200);
    assert!(page.contains("olga · viewer"), "{page}");
    let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let (status, _, _) = api.send("GET", "/", &[("cookie", &cookie)], b"");
    assert_eq!(status, 303, "the session of a proxy user is worth nothing without the proxy's word");
    world.ok(&["user", "add", "--name", "olga", "--role", "operator", "--no-password"]).await;
    let (_, _, page) = api.send("GET", "/", &[("x-forwarded-user", "olga"), ("cookie", &cookie)], b"");
    assert!(page.contains("olga · operator"), "{page}");
    world.ok(&["user", "disable", "olga"]).await;
    assert_eq!(api.send("GET", "/", &[("x-forwarded-user", "olga")], b"").0, 403);
    let doubting = world.serve_with(&[
        ("CONSOLE_PROXY_HEADER", "X-Forwarded-User"),
        ("CONSOLE_TRUSTED_PROXIES", "192.0.2.0/24"),
        ("CONSOLE_PROXY_ROLE", "admin"),
    ]);
    let api = Api::new(&doubting.url, None);
    assert_eq!(api.send("GET", "/", &[("x-forwarded-user", "olga")], b"").0, 303);
    let secure = world.serve_with(&[("CONSOLE_PUBLIC_URL", "https://console.example.com")]);
    user(&world, "otto", "admin").await;
    let (_, _, browser) = Browser::sign_in(&secure.url, "otto", PASSWORD);
    assert!(
        browser.cookie.starts_with("__Host-sluicegate=") && browser.cookie.contains("Secure"),
        "{}",
        browser.cookie
    );
}
