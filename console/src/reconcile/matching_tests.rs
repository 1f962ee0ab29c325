//! Books written by hand, with their sums.

use jiff::Timestamp;

use super::matching::{Books, Group, Place, Problem, groups};
use super::month::Month;
use super::totals::{Sum, totals};
use super::transaction::{Movement, Transaction};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn october() -> Month {
    "2026-10".parse().unwrap()
}

fn transaction(id: &str, category: &str, source: &str, amount: i64, fee: i64) -> Transaction {
    Transaction {
        id: id.to_owned(),
        kind: category.to_owned(),
        category: category.to_owned(),
        source: Some(source.to_owned()),
        amount,
        fee,
        net: amount - fee,
        currency: "eur".to_owned(),
        exchange_rate: None,
        created: at("2026-10-15T12:00:00Z"),
        available_on: at("2026-10-17T12:00:00Z"),
    }
}

fn movement(key: &str, payment: &str, amount: i64) -> Movement {
    let (kind, about) = key.split_once('/').unwrap();
    Movement {
        key: key.to_owned(),
        kind: kind.to_owned(),
        object: about.split('/').next().unwrap().to_owned(),
        payment: payment.to_owned(),
        amount,
        currency: "eur".to_owned(),
        at: at("2026-10-15T12:00:00Z"),
    }
}

fn books(transactions: Vec<Transaction>, movements: Vec<Movement>) -> Books {
    let place = |payment: &str, charge: Option<&str>| Place {
        payment: Some(payment.to_owned()),
        charge: charge.map(str::to_owned),
    };
    let places = [
        ("ch_1", place("pi_1", None)),
        ("re_1", place("pi_1", Some("ch_1"))),
        ("re_2", place("pi_1", Some("ch_1"))),
        ("dp_1", place("pi_1", Some("ch_1"))),
    ];
    let places = places.map(|(id, place)| (id.to_owned(), place)).into();
    Books { transactions, movements, places }
}

fn problems(groups: &[Group<'_>]) -> Vec<(String, Problem)> {
    groups.iter().filter_map(|group| Some((group.about.clone(), group.problem?))).collect()
}

#[test]
fn a_month_that_adds_up_is_explained_to_the_cent() {
    let books = books(
        vec![
            transaction("txn_1", "charge", "ch_1", 10_000, 320),
            transaction("txn_2", "refund", "re_1", -2_500, 0),
            transaction("txn_3", "dispute", "dp_1", -7_500, 1_500),
            transaction("txn_4", "dispute_reversal", "dp_1", 7_500, -1_500),
            transaction("txn_5", "payout", "po_1", -7_000, 0),
            transaction("txn_6", "fee", "fee_1", -80, 0),
            transaction("txn_7", "topup", "tu_1", 100, 0),
        ],
        vec![
            movement("payment/pi_1", "pi_1", 10_000),
            movement("refund/re_1", "pi_1", -2_500),
            movement("dispute_withdrawn/txn_3", "pi_1", -7_500),
            movement("dispute_reinstated/txn_4", "pi_1", 7_500),
        ],
    );
    let groups = groups(&books, october());
    assert_eq!(problems(&groups), []);
    let all = totals(&books.transactions, &groups, october());
    let eur = &all["eur"];
    // 10,000 - 2,500 - 7,500 + 7,500 - 7,000 - 80 + 100 = 520, of which 320 + 1,500 - 1,500 are fees.
    assert_eq!((eur.explained, eur.unexplained), (Sum { count: 7, amount: 520 }, Sum::default()));
    assert_eq!((eur.fees, eur.net, eur.payouts), (320, 200, 7_000));
    assert_eq!(eur.categories["topup"], Sum { count: 1, amount: 100 });
}

#[test]
fn what_one_side_lacks_and_what_differs_is_named() {
    let books = books(
        vec![
            transaction("txn_1", "charge", "ch_1", 10_000, 320),
            transaction("txn_2", "refund", "re_1", -2_500, 0),
            transaction("txn_9", "charge", "ch_foreign", 999, 59),
        ],
        vec![movement("payment/pi_1", "pi_1", 10_001), movement("refund/re_2", "pi_1", -1_000)],
    );
    let groups = groups(&books, october());
    let named = [
        ("ch_foreign", Problem::NoLedgerRow),
        ("pi_1", Problem::AmountDiffers),
        ("re_1", Problem::NoLedgerRow),
        ("re_2", Problem::NoTransaction),
    ];
    assert_eq!(problems(&groups), named.map(|(about, problem)| (about.to_owned(), problem)));
    let found = groups[1].unexplained().unwrap();
    assert_eq!((found.amount, found.ledger_amount), (Some(10_000), Some(10_001)));
    let eur = &totals(&books.transactions, &groups, october())["eur"];
    // 10,000 - 2,500 + 999
    assert_eq!((eur.explained, eur.unexplained), (Sum::default(), Sum { count: 3, amount: 8_499 }));
    assert_eq!(eur.only_in_ledger, Sum { count: 1, amount: -1_000 });
}

#[test]
fn a_payment_that_was_captured_in_parts_is_the_sum_of_its_transactions() {
    let parts = |last| {
        let transactions = vec![
            transaction("txn_1", "charge", "ch_1", 2_000, 88),
            transaction("txn_2", "charge", "ch_1", 3_000, 117),
            transaction("txn_3", "partial_capture_reversal", "ch_1", last, 0),
        ];
        books(transactions, vec![movement("payment/pi_1", "pi_1", 4_500)])
    };
    assert_eq!(problems(&groups(&parts(-500), october())), []);
    assert_eq!(problems(&groups(&parts(-400), october())), [("pi_1".to_owned(), Problem::AmountDiffers)]);
}

#[test]
fn refunds_of_which_the_ledger_knows_only_the_sum_are_those_of_their_charge() {
    let refunds = vec![
        transaction("txn_1", "refund", "re_1", -1_000, 0),
        transaction("txn_2", "refund", "re_2", -1_500, 0),
    ];
    let steps =
        vec![movement("refund/ch_1/1000", "pi_1", -1_000), movement("refund/ch_1/2500", "pi_1", -1_500)];
    assert_eq!(problems(&groups(&books(refunds.clone(), steps), october())), []);
    let one = vec![movement("refund/re_1", "pi_1", -1_000), movement("refund/ch_1/unlisted", "pi_1", -1_500)];
    assert_eq!(problems(&groups(&books(refunds.clone(), one), october())), []);
    let missing = vec![movement("refund/ch_1/1000", "pi_1", -1_000)];
    let found = problems(&groups(&books(refunds, missing), october()));
    assert_eq!(found, [("ch_1".to_owned(), Problem::AmountDiffers)]);
}

#[test]
fn a_refund_that_came_back_needs_both_rows_and_one_that_never_left_needs_no_transaction() {
    let failed = vec![
        transaction("txn_1", "refund", "re_1", -1_000, 0),
        transaction("txn_2", "refund_failure", "re_1", 1_000, 0),
    ];
    let rows = vec![movement("refund/re_1", "pi_1", -1_000), movement("refund_undone/re_1", "pi_1", 1_000)];
    assert_eq!(problems(&groups(&books(failed.clone(), rows.clone()), october())), []);
    assert_eq!(problems(&groups(&books(Vec::new(), rows.clone()), october())), []);
    let found = problems(&groups(&books(failed, rows[..1].to_vec()), october()));
    assert_eq!(found, [("re_1".to_owned(), Problem::AmountDiffers)]);
}

#[test]
fn only_what_is_of_the_month_counts_and_a_transaction_of_the_next_one_explains_its_row() {
    let mut charge = transaction("txn_1", "charge", "ch_1", 10_000, 320);
    charge.created = at("2026-11-01T00:00:00Z");
    let mut refund = movement("refund/re_1", "pi_1", -500);
    refund.at = at("2026-11-02T00:00:00Z");
    let books = books(vec![charge], vec![movement("payment/pi_1", "pi_1", 10_000), refund]);
    let groups = groups(&books, october());
    assert_eq!((groups.len(), problems(&groups)), (1, vec![]));
    assert!(totals(&books.transactions, &groups, october()).is_empty());
}

#[test]
fn a_payment_in_another_currency_than_the_balances_is_compared_at_stripes_rate() {
    // 100.00 EUR at 1.0877 are 108.77 USD.
    let converted = |amount| {
        let mut txn = transaction("txn_1", "charge", "ch_1", amount, 345);
        txn.currency = "usd".to_owned();
        txn.exchange_rate = Some("1.0877".to_owned());
        books(vec![txn], vec![movement("payment/pi_1", "pi_1", 10_000)])
    };
    assert_eq!(problems(&groups(&converted(10_877), october())), []);
    assert_eq!(problems(&groups(&converted(10_899), october())).len(), 1);
}
