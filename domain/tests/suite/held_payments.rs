//! Which payments of an order count, case by case: customers, currencies, codes, amounts.

use std::collections::BTreeSet;

use domain::order::{Expected, Order, Status};
use domain::payment::{Conversion, DisputeState, HeldReason, Status as PaymentStatus, Summary};
use domain::rules::{OrdersPolicy, Rules, reference_code};
use secrecy::SecretString;

fn paid(amount: i64) -> Summary {
    Summary {
        status: PaymentStatus::Paid,
        amount: Some(amount),
        currency: Some("usd".into()),
        paid: amount,
        created: Some(100),
        ..Summary::default()
    }
}

fn registered(amount: i64) -> Order {
    let expected = Expected { customer: None, amount, currency: "usd".into(), reference_code: None };
    Order { expected: Some(expected), ..Order::default() }
}

/// Why a single payment of an order is held.
fn held(mut order: Order, payment: Summary, rules: &Rules) -> Option<HeldReason> {
    order.payments.insert("pi_1".into(), payment);
    order.decide_held("o1", rules);
    order.held.get("pi_1").copied()
}

#[test]
fn customers_are_compared_like_with_like() {
    let of = |expected: &str, named: &[&str]| {
        let mut order = registered(2000);
        order.expected.as_mut().unwrap().customer = Some(expected.into());
        let customers: BTreeSet<String> = named.iter().map(|id| (*id).to_owned()).collect();
        held(order, Summary { customers, ..paid(2000) }, &Rules::default())
    };
    let mismatch = Some(HeldReason::CustomerMismatch);
    assert_eq!(of("42", &["42"]), None);
    assert_eq!(of("42", &["43"]), mismatch);
    assert_eq!(of("42", &["41", "42", "43"]), None, "one of the company's ids is the registered one");
    assert_eq!(of("42", &["cus_1"]), None, "Stripe's id says nothing of the company's");
    assert_eq!(of("42", &["cus_1", "43"]), mismatch);
    assert_eq!(of("cus_1", &["cus_1", "43"]), None);
    assert_eq!(of("cus_1", &["cus_2"]), mismatch);
    assert_eq!(of("cus_1", &["43"]), None);
    assert_eq!(of("42", &[]), None, "a guest names nobody");
}

#[test]
fn a_payment_in_another_currency_is_held_unless_stripe_converted_it() {
    let euro = |amount| Summary { currency: Some("eur".into()), ..paid(amount) };
    let mismatch = Some(HeldReason::CurrencyMismatch);
    assert_eq!(held(registered(2000), euro(2000), &Rules::default()), mismatch);
    let conversion = Conversion { from: 1800, to: 2000, currency: "usd".into(), subtotal: None };
    let converted = Summary { conversion: Some(conversion), ..euro(1800) };
    assert_eq!(held(registered(2000), converted.clone(), &Rules::default()), None);
    // What the buyer paid in was registered: nothing is converted.
    let mut in_euro = registered(1800);
    in_euro.expected.as_mut().unwrap().currency = "eur".into();
    assert_eq!(held(in_euro, converted, &Rules::default()), None);
    // Nothing but a refund is known: its currency is not.
    let unknown = Summary { currency: None, amount: None, paid: 0, refunded: 5, ..Summary::default() };
    assert_eq!(held(registered(2000), unknown, &Rules::default()), None);
}

#[test]
fn without_a_secret_codes_are_compared_where_both_sides_have_one() {
    let of = |registered_code: Option<&str>, carried: Option<&str>| {
        let mut order = registered(2000);
        order.expected.as_mut().unwrap().reference_code = registered_code.map(str::to_owned);
        held(order, Summary { code: carried.map(str::to_owned), ..paid(2000) }, &Rules::default())
    };
    assert_eq!(of(Some("abc"), Some("abc")), None);
    assert_eq!(of(Some("abc"), Some("abd")), Some(HeldReason::ReferenceCodeMismatch));
    assert_eq!(of(Some("abc"), None), None);
    assert_eq!(of(None, Some("abc")), None);
}

#[test]
fn with_a_secret_a_payment_carries_the_code_over_the_price_or_what_was_asked_for() {
    let secret = SecretString::from("a secret");
    let code = |amount: i64, currency: &str| Some(reference_code(&secret, "o1", amount, currency));
    let rules = Rules { reference_secret: Some(secret.clone()), ..Rules::default() };
    let mismatch = Some(HeldReason::ReferenceCodeMismatch);
    // A registered order: its price, and nothing else.
    let discounted = |code| Summary { code, amount: Some(1800), paid: 1800, subtotal: Some(2000), ..paid(0) };
    assert_eq!(held(registered(2000), discounted(code(2000, "usd")), &rules), None);
    assert_eq!(held(registered(2000), discounted(code(1800, "usd")), &rules), mismatch);
    assert_eq!(held(registered(2000), discounted(code(2000, "eur")), &rules), mismatch);
    assert_eq!(held(registered(2000), discounted(None), &rules), mismatch);
    // One that nobody registered: the amount, the price of an invoice in parts, or the subtotal.
    assert_eq!(held(Order::default(), discounted(code(2000, "usd")), &rules), None);
    assert_eq!(held(Order::default(), discounted(code(1800, "usd")), &rules), None);
    assert_eq!(held(Order::default(), discounted(code(1900, "usd")), &rules), mismatch);
    assert_eq!(held(Order::default(), discounted(None), &rules), mismatch);
    let part = Summary { code: code(5000, "usd"), price: Some(5000), ..paid(2500) };
    assert_eq!(held(Order::default(), part, &rules), None);
    let unknown = Summary { code: code(2000, "usd"), currency: None, ..paid(2000) };
    assert_eq!(held(Order::default(), unknown, &rules), mismatch);
    // The code that was registered must be the one carried, beside the secret's.
    let mut other = registered(2000);
    other.expected.as_mut().unwrap().reference_code = Some("other".into());
    assert_eq!(held(other, Summary { code: code(2000, "usd"), ..paid(2000) }, &rules), mismatch);
}

#[test]
fn a_payment_for_an_order_that_nobody_registered_is_held_only_where_that_is_required() {
    let require = Rules { orders: OrdersPolicy::Require, ..Rules::default() };
    assert_eq!(held(Order::default(), paid(2000), &require), Some(HeldReason::OrderNotFound));
    assert_eq!(held(registered(2000), paid(2000), &require), None);
    assert_eq!(held(Order::default(), paid(2000), &Rules::default()), None);
}

#[test]
fn one_of_the_amounts_that_stripe_explains_is_the_price() {
    let of = |payment: Summary| held(registered(2000), payment, &Rules::default());
    let mismatch = Some(HeldReason::AmountMismatch);
    assert_eq!(of(paid(2000)), None);
    assert_eq!(of(paid(1999)), mismatch);
    assert_eq!(of(Summary { subtotal: Some(2000), ..paid(1800) }), None);
    assert_eq!(of(Summary { invoiced: Some(2000), ..paid(1000) }), None);
    assert_eq!(of(Summary { amount: Some(2000), ..paid(1500) }), None, "asked for, and captured in part");
    assert_eq!(
        of(Summary { amount: Some(2500), ..paid(2000) }),
        None,
        "captured, of more that was asked for"
    );
    let authorized = Summary { status: PaymentStatus::Authorized, amount: Some(2500), ..paid(2000) };
    assert_eq!(of(authorized), mismatch, "what will be captured of a hold is not known");
}

#[test]
fn a_payment_without_money_is_not_held_whatever_it_asks_for() {
    let of = |payment: Summary| held(registered(2000), payment, &Rules::default());
    let other =
        |status| Summary { status, amount: Some(5), currency: Some("eur".into()), ..Summary::default() };
    for status in
        [PaymentStatus::Pending, PaymentStatus::Failed, PaymentStatus::Canceled, PaymentStatus::Expired]
    {
        assert_eq!(of(other(status)), None, "{status:?}");
    }
    let mismatch = Some(HeldReason::CurrencyMismatch);
    for status in [PaymentStatus::Processing, PaymentStatus::Authorized, PaymentStatus::Paid] {
        assert_eq!(of(other(status)), mismatch, "{status:?}");
    }
    assert_eq!(of(Summary { refunded: 5, ..other(PaymentStatus::Pending) }), mismatch);
    assert_eq!(of(Summary { dispute: Some(DisputeState::Won), ..other(PaymentStatus::Pending) }), mismatch);
}

fn of_amounts(price: i64, amounts: &[i64]) -> Vec<String> {
    let mut order = registered(price);
    for (at, amount) in amounts.iter().enumerate() {
        let created = Some(100 + i64::try_from(at).unwrap());
        order.payments.insert(format!("pi_{at:02}"), Summary { created, ..paid(*amount) });
    }
    order.decide_held("o1", &Rules::default());
    order.held.keys().cloned().collect()
}

#[test]
fn split_payments_that_come_to_the_price_count_and_the_first_of_them_are_taken() {
    assert!(of_amounts(1000, &[400, 600]).is_empty());
    assert_eq!(of_amounts(1000, &[400, 500]), ["pi_00", "pi_01"]);
    assert_eq!(of_amounts(1000, &[400, 300, 600]), ["pi_01"], "the 300 are too much");
    assert_eq!(of_amounts(1000, &[400, 600, 400]), ["pi_02"], "the first 400 were paid earlier");
    assert_eq!(of_amounts(1000, &[1001, 400, 600]), ["pi_00"], "more than the price is no part of it");
    assert_eq!(of_amounts(1000, &[1000, 400, 500]), ["pi_01", "pi_02"], "paid once by itself");
    assert_eq!(of_amounts(1000, &[400, 0, 600]), ["pi_01"], "nothing is no part of it");
}

#[test]
fn of_many_split_payments_the_first_twelve_are_looked_at() {
    let mut amounts = vec![7; 11];
    amounts.push(1293);
    assert_eq!(of_amounts(1300, &amounts).len(), 10, "7 and 1293 come to the price");
    let mut amounts = vec![7; 12];
    amounts.push(1293);
    assert_eq!(of_amounts(1300, &amounts).len(), 13, "the 1293 are the thirteenth");
}

#[test]
fn two_currencies_are_never_added_and_the_first_payment_says_which_it_is() {
    let euro = Summary { currency: Some("eur".into()), created: Some(50), ..paid(300) };
    let failed = Summary { status: PaymentStatus::Failed, created: Some(10), ..paid(0) };
    let mut order = Order::default();
    for (id, payment) in [("pi_1", paid(2000)), ("pi_2", euro), ("pi_3", failed)] {
        order.payments.insert(id.into(), payment);
    }
    order.decide_held("o1", &Rules::default());
    assert_eq!(order.held.into_iter().collect::<Vec<_>>(), [("pi_1".into(), HeldReason::CurrencyMismatch)]);
}

#[test]
fn what_staff_accepted_is_not_held_and_covers_the_price() {
    let mut short = registered(2000);
    short.payments.insert("pi_1".into(), paid(1500));
    short.accept("pi_1");
    short.decide_held("o1", &Rules::default());
    assert!(short.held.is_empty());
    let totals = short.totals();
    assert_eq!((totals.status, totals.paid, totals.amount), (Status::Paid, 1500, Some(2000)));
    // In another currency it covers the order, and its money is none of the order's currency.
    let mut other = registered(2000);
    other.payments.insert("pi_1".into(), Summary { currency: Some("eur".into()), ..paid(1700) });
    other.accept("pi_1");
    other.decide_held("o1", &Rules::default());
    let totals = other.totals();
    assert_eq!((totals.status, totals.paid, totals.currency.as_deref()), (Status::Paid, 0, Some("usd")));
    // One that is not paid covers nothing.
    let mut held = registered(2000);
    held.payments.insert("pi_1".into(), Summary { status: PaymentStatus::Authorized, paid: 0, ..paid(1500) });
    held.accept("pi_1");
    held.decide_held("o1", &Rules::default());
    assert_eq!((held.held.len(), held.totals().status), (0, Status::Processing));
}
