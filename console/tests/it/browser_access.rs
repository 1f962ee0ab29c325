//! Users and tokens in a real browser.

use crate::browser::{sign_in, unharmed};
use crate::harness::World;
use crate::pages::user;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_admin_adds_a_user_and_makes_a_token() {
    let world = World::new().await;
    user(&world, "anna", "admin").await;
    user(&world, "vera", "viewer").await;
    world.ok(&["user", "disable", "vera"]).await;
    let console = world.serve();
    let browser = sign_in(&console, "anna");
    browser.click("Access");
    browser.sees("Users and tokens");
    browser.fill("name", "otto");
    browser.fill("password", "correct horse battery");
    browser.click("Add user");
    browser.sees("The user was added.");
    browser.sees("otto");
    browser.script("document.getElementById('token').value = 'shop'");
    browser.click("Create token");
    browser.sees("shown only now: slg_");
    browser.picture("access-token");
    unharmed(&browser);
    assert_eq!(world.number("SELECT count(*) FROM users WHERE name = 'otto' AND role = 'viewer'").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM tokens WHERE name = 'shop'").await, 1);
    browser.go("/access");
    browser.sees("Revoke");
    browser.picture("access");
    assert!(!browser.text().contains("slg_"));
    browser.phone(360);
    browser.go("/access");
    browser.fits("/access");
    browser.picture("phone-access");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
