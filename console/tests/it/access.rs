//! Who gets in, and who does not.

use crate::harness::World;
use crate::pages::{Browser, PASSWORD, set_user, user};

/// Signs in with all of these at once: how many were looked at and wrong, and how many were locked out.
fn at_once(url: &str, names: &[String], password: &str) -> (usize, usize) {
    let tries: Vec<_> = names
        .iter()
        .map(|name| {
            let (url, name, password) = (url.to_owned(), name.clone(), password.to_owned());
            std::thread::spawn(move || Browser::sign_in(&url, &name, &password).1)
        })
        .collect();
    let said: Vec<String> = tries.into_iter().map(|t| t.join().unwrap()).collect();
    let count = |words: &str| said.iter().filter(|s| s.contains(words)).count();
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
    let said = set_user(&world, "anna", "viewer", PASSWORD);
    assert_eq!(said, "user anna added: role viewer\n");
    let console = world.serve();
    let (_, _, first) = Browser::sign_in(&console.url, "anna", PASSWORD);
    assert_eq!(first.get("/").0, 200);
    let another = "another battery staple";
    let said = set_user(&world, "anna", "operator", another);
    assert_eq!(
        said,
        "user anna changed: new password, signed out everywhere, role operator instead of viewer\n"
    );
    assert_eq!(first.get("/").0, 303);
    assert_eq!(Browser::sign_in(&console.url, "anna", PASSWORD).0, 401);
    let (_, _, second) = Browser::sign_in(&console.url, "anna", another);
    let said = world.ok(&["user", "role", "anna", "admin"]).await;
    assert_eq!(said, "user anna changed: role admin instead of operator\n");
    assert!(second.get("/").1.contains("anna · admin"));
    let said = world.ok(&["user", "add", "--name", "anna", "--role", "admin", "--no-password"]).await;
    assert_eq!(said, "user anna changed: password removed, signed out everywhere, role admin\n");
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
    let said = world.ok(&["user", "add", "--name", "anna", "--role", "viewer", "--no-password"]).await;
    assert_eq!(
        said,
        "user anna changed: password removed, signed out everywhere, enabled again, role viewer\n"
    );
    for command in ["disable", "enable", "unlock"] {
        let complaint = world.fails(&["user", command, "nobody-at-all"], 1).await;
        assert!(complaint.contains("not found"), "{complaint}");
    }
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE subject LIKE '%nobody%'").await, 0);
}
