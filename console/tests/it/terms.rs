//! Registering and correcting an order, and accepting a payment, on the page: looked at first.

use crate::browser::{receive, work};
use crate::harness::World;
use crate::pages::{Browser, PASSWORD, user};
use crate::preview::payment;

async fn held(world: &World, id: &str, order: &str, amount: i64) -> i64 {
    receive(world, &payment(id, order, amount)).await;
    world
        .until(&format!("SELECT count(*) FROM cases WHERE payment_id = 'pi_{id}' AND state = 'open'"), 1)
        .await;
    world.number(&format!("SELECT id FROM cases WHERE payment_id = 'pi_{id}'")).await
}

/// The order that is registered with a wrong amount.
const TERMS: &str = "/orders/terms?id=A-2&mode=test";

fn send(browser: &Browser, path: &str, more: &str) -> (u16, String) {
    browser.post(path, &format!("csrf={}&{more}", browser.csrf()), &[])
}

async fn registers(world: &World, anna: &Browser) {
    let unknown = held(world, "evt_1", "A-1", 4500).await;
    let (_, page) = anna.get(&format!("/cases/{unknown}"));
    let at = page.find("href=\"/orders/terms?").expect("a way to register it") + 6;
    let form = page[at..].split('"').next().unwrap().replace("&amp;", "&");
    let (status, page) = anna.get(&form);
    assert_eq!(status, 200);
    assert!(
        page.contains("value=\"45.00\"")
            && page.contains("value=\"usd\"")
            && page.contains("value=\"cus_1\""),
        "{page}"
    );
    let terms = "/orders/terms?id=A-1&account=self&mode=test";
    let (status, page) = send(anna, terms, "customer=cus_1&amount=45.00&currency=usd&reason=&preview=1");
    assert_eq!(status, 200);
    assert!(
        page.contains("What this would do now")
            && page.contains(&format!("#{unknown}"))
            && page.contains("45.00 USD"),
        "{page}"
    );
    assert_eq!(
        world.number("SELECT count(*) FROM orders WHERE registered").await,
        0,
        "a preview writes nothing"
    );
    assert_eq!(world.number("SELECT count(*) FROM audit WHERE action = 'order.create'").await, 0);
    for (wrong, message) in [
        ("customer=&amount=45.001&currency=usd&reason=x", "at most 2 decimals"),
        ("customer=&amount=45&currency=dollars&reason=x", "three letters"),
        ("customer=&amount=45&currency=usd&reason=+", "a reason of 1 to 1000"),
    ] {
        let (status, page) = send(anna, terms, wrong);
        assert_eq!(status, 400, "{wrong}");
        assert!(page.contains(message), "{message}: {page}");
    }
    assert_eq!(
        send(anna, terms, "customer=cus_1&amount=45.00&currency=USD&reason=the+shop+forgot+it").0,
        303
    );
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE id = 'A-1' AND status = 'paid'").await, 1);
    assert_eq!(
        world
            .number(&format!("SELECT count(*) FROM cases WHERE id = {unknown} AND resolution = 'matched'"))
            .await,
        1
    );
    let why = "SELECT count(*) FROM audit WHERE subject = 'order:A-1' AND reason LIKE '%the shop forgot it%' AND actor = 'user:anna'";
    assert_eq!(world.number(why).await, 1);
}

async fn corrects(world: &World, anna: &Browser) {
    // An order that is registered with another amount is corrected.
    world
        .ok(&["orders", "create", "--id", "A-2", "--amount", "1000", "--currency", "usd", "--mode", "test"])
        .await;
    let wrong = held(world, "evt_2", "A-2", 1500).await;
    assert!(anna.get(&format!("/cases/{wrong}")).1.contains("Correct the order"));
    assert!(anna.get(TERMS).1.contains("value=\"10.00\""));
    assert_eq!(send(anna, TERMS, "customer=&amount=15&currency=usd&reason=a+typo").0, 303);
    assert_eq!(
        world
            .number("SELECT count(*) FROM orders WHERE id = 'A-2' AND status = 'paid' AND amount = 1500")
            .await,
        1
    );
    let (status, page) = send(anna, TERMS, "customer=&amount=16&currency=usd&reason=again");
    assert_eq!(status, 409);
    assert!(page.contains("is paid already") && page.contains("value=\"16\""), "{page}");
}

async fn accepts(world: &World, anna: &Browser) -> i64 {
    // Or the payment is accepted as it is.
    world
        .ok(&["orders", "create", "--id", "A-3", "--amount", "1000", "--currency", "usd", "--mode", "test"])
        .await;
    let less = held(world, "evt_3", "A-3", 900).await;
    let (status, page) = send(anna, &format!("/cases/{less}/preview"), "reason=the+shop+gave+a+discount");
    assert_eq!(status, 200);
    assert!(
        page.contains("What this would do now") && page.contains("the shop gave a discount</textarea>"),
        "{page}"
    );
    assert_eq!(
        world.number(&format!("SELECT count(*) FROM cases WHERE id = {less} AND state = 'open'")).await,
        1
    );
    assert_eq!(send(anna, &format!("/cases/{less}/accept"), "reason=a+discount").0, 303);
    assert_eq!(send(anna, &format!("/cases/{less}/preview"), "reason=x").0, 409);
    less
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_order_is_registered_corrected_and_a_payment_accepted_from_its_case() {
    let world = World::new().await;
    user(&world, "anna", "operator").await;
    user(&world, "vera", "viewer").await;
    let console = world.serve_with(&[("ORDERS_POLICY", "require")]);
    let _work = work(&world);
    let (_, _, anna) = Browser::sign_in(&console.url, "anna", PASSWORD);
    registers(&world, &anna).await;
    corrects(&world, &anna).await;
    let less = accepts(&world, &anna).await;
    let (_, _, vera) = Browser::sign_in(&console.url, "vera", PASSWORD);
    assert_eq!(vera.get(TERMS).0, 403);
    assert_eq!(
        vera.post(TERMS, &format!("csrf={}&customer=&amount=1&currency=usd&reason=x", vera.csrf()), &[]).0,
        403
    );
    assert!(!vera.get(&format!("/cases/{less}")).1.contains("/orders/terms"));
}
