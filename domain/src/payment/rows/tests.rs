use super::*;
use crate::version::Rank;

/// A refund of a charge: when it was made, and when the event says so by which it stands where it does.
fn refund(charge: Option<&str>, amount: i64, status: &str, made: Option<i64>, at: i64) -> Versioned<Refund> {
    let view = Refund {
        id: format!("re_{amount}_{at}"),
        status: status.to_owned(),
        amount,
        currency: "usd".to_owned(),
        charge: charge.map(str::to_owned),
        payment_intent: None,
        reason: None,
        failure_reason: None,
        created: made,
    };
    Versioned::new(delta("evt_1", status, at, view))
}

fn delta<T>(event: &str, after: &str, created: i64, view: T) -> Delta<T> {
    Delta {
        event: event.to_owned(),
        kind: "refund.updated".to_owned(),
        request: None,
        created,
        before: None,
        after: after.to_owned(),
        is_creation: false,
        is_terminal: false,
        is_observation: false,
        rank: Rank::default(),
        view: Some(view),
    }
}

/// One more event of the same second, which says something else: nobody knows which is the newer one.
fn uncertain(mut versions: Versioned<Refund>) -> Versioned<Refund> {
    let delta = delta("evt_2", "other", versions.latest_delta().created, versions.latest().clone());
    versions.apply(delta);
    assert!(versions.ambiguous());
    versions
}

fn of(refunds: &[Versioned<Refund>]) -> RefundsInRows {
    let mut sums = RefundsInRows::default();
    refunds.iter().for_each(|refund| sums.add("", refund));
    sums
}

#[test]
fn refunds_in_rows_were_all_made_by_a_time_or_none_or_it_is_not_certain() {
    let made = [(100, "succeeded"), (200, "succeeded")];
    let sums = of(&made.map(|(at, status)| refund(Some("ch_1"), at, status, Some(at), at)));
    let charge = sums.of_charge("ch_1").unwrap();
    let by = [99, 100, 199, 200, 201].map(|at| charge.made_by(at));
    assert_eq!(by, [Some(false), None, None, Some(true), Some(true)]);
    assert_eq!(ChargeRefunds::default().made_by(5), Some(true), "there are none");
    // One that does not say when it was made was made before everything.
    let sums = of(&[
        refund(Some("ch_1"), 5, "succeeded", None, 300),
        refund(Some("ch_1"), 6, "succeeded", Some(200), 200),
    ]);
    assert_eq!([199, 200].map(|at| sums.of_charge("ch_1").unwrap().made_by(at)), [None, Some(true)]);
}

#[test]
fn refunds_in_rows_came_undone_before_at_or_after_a_time_or_on_both_sides() {
    let undone = |times: &[i64]| {
        let all: Vec<_> = times.iter().map(|at| refund(Some("ch_1"), *at, "failed", Some(1), *at)).collect();
        of(&all).of_charge("ch_1").unwrap().clone()
    };
    let sides = |times: &[i64]| [99, 100, 101, 200, 201].map(|at| undone(times).undone_side(at));
    use Side::{After, At, Before};
    assert_eq!(sides(&[100]), [Some(After), Some(At), Some(Before), Some(Before), Some(Before)]);
    assert_eq!(sides(&[100, 200]), [Some(After), None, None, None, Some(Before)]);
    assert_eq!(ChargeRefunds::default().undone_side(5), Some(Before), "there are none");
    let sums = of(&[refund(Some("ch_1"), 5, "succeeded", Some(1), 300)]);
    assert_eq!(sums.of_charge("ch_1").unwrap().undone_side(5), Some(Before), "it stands");
}

#[test]
fn the_sums_over_refunds_follow_what_is_added_and_subtracted() {
    let standing = refund(Some("ch_1"), 500, "succeeded", Some(100), 100);
    let failed = refund(Some("ch_1"), 30, "failed", Some(110), 150);
    let canceled = refund(Some("ch_1"), 4, "canceled", Some(120), 160);
    let other = uncertain(refund(Some("ch_2"), 7, "pending", Some(130), 130));
    let mut sums = RefundsInRows::default();
    assert!(sums.is_empty() && !sums.ambiguous());
    [&standing, &failed, &canceled, &other].into_iter().for_each(|one| sums.add("", one));
    let of_charge =
        |sums: &RefundsInRows, charge: &str| sums.of_charge(charge).map(|of| (of.kept, of.undone));
    assert_eq!((of_charge(&sums, "ch_1"), of_charge(&sums, "ch_2")), (Some((500, 34)), Some((7, 0))));
    assert_eq!((sums.kept(), sums.ambiguous(), sums.is_empty()), (507, true, false));
    sums.subtract("", &other);
    assert_eq!((of_charge(&sums, "ch_2"), sums.ambiguous(), sums.kept()), (None, false, 500));
    sums.subtract("", &failed);
    assert_eq!(of_charge(&sums, "ch_1"), Some((500, 4)));
    sums.subtract("", &standing);
    assert_eq!(of_charge(&sums, "ch_1"), Some((0, 4)));
    sums.subtract("", &canceled);
    assert!(sums.is_empty());
    // Two uncertain ones of one charge, and refunds that name no charge.
    let two = [refund(None, 1, "pending", Some(1), 1), refund(None, 2, "pending", Some(1), 1)].map(uncertain);
    let mut sums = of(&two);
    sums.subtract("", &two[0]);
    assert_eq!((sums.ambiguous(), sums.kept()), (true, 2));
}

fn step(last: i64) -> super::super::RefundedStep {
    super::super::RefundedStep::new(None, last, false)
}

#[test]
fn of_the_sums_that_a_charge_showed_the_newest_ten_and_the_highest_ten_are_kept_where_refunds_are_known() {
    let steps = |count: i64| (1..=count).map(|sum| (sum, step(1000 - sum))).collect::<BTreeMap<_, _>>();
    let left = |count: i64, known: Option<&str>| {
        let mut payment = Payment::default();
        payment.refunded_amounts.insert("ch_1".to_owned(), steps(count));
        if let Some(charge) = known {
            payment.refunds.insert("re_1".to_owned(), refund(Some(charge), 1, "succeeded", Some(1), 1));
        }
        payment.forget_refunded_amounts();
        payment.refunded_amounts["ch_1"].keys().copied().collect::<Vec<_>>()
    };
    // The higher the sum, the older: the newest are 1 to 10, the highest the last ten.
    assert_eq!(left(25, Some("ch_1")), (1..=10).chain(16..=25).collect::<Vec<_>>());
    assert_eq!(left(20, Some("ch_1")).len(), 20);
    assert_eq!(left(21, Some("ch_1")).len(), 20);
    assert_eq!(left(25, None).len(), 25, "the charge's sums are all that is known");
    assert_eq!(left(25, Some("ch_2")).len(), 25);
    // Those in rows are known as well.
    let mut payment = Payment::default();
    payment.refunded_amounts.insert("ch_1".to_owned(), steps(25));
    payment.refunds.put("re_1", refund(Some("ch_1"), 1, "succeeded", Some(1), 1));
    payment.forget_refunded_amounts();
    assert_eq!(payment.refunded_amounts["ch_1"].len(), 20);
}

/// A dispute of a charge with what was withdrawn of it.
fn dispute(status: &str, amount: i64, withdrawn: i64) -> Dispute {
    let moved = stripe::objects::BalanceTransaction {
        id: format!("txn_{amount}"),
        amount: -withdrawn,
        currency: "usd".to_owned(),
        created: None,
    };
    let view = stripe::objects::Dispute {
        id: format!("dp_{amount}"),
        status: status.to_owned(),
        amount,
        currency: "usd".to_owned(),
        charge: Some("ch_1".to_owned()),
        payment_intent: None,
        reason: None,
        due_by: None,
        balance_transactions: if withdrawn > 0 { vec![moved] } else { Vec::new() },
    };
    let mut disputes = BTreeMap::new();
    Dispute::record(&mut disputes, "dp", delta("evt_1", status, 100, view), None);
    disputes.remove("dp").unwrap()
}

#[test]
fn the_sums_over_disputes_follow_what_is_added_and_subtracted() {
    let (open, other) = (dispute("needs_response", 500, 500), dispute("under_review", 30, 30));
    let (lost, lost_too) = (dispute("lost", 700, 700), dispute("lost", 2, 2));
    let won = dispute("won", 40, 0);
    let mut sums = DisputesInRows::default();
    let state = |sums: &DisputesInRows| (sums.open, sums.lost, sums.worst(), sums.is_empty());
    assert_eq!(state(&sums), (0, 0, None, true));
    [&open, &other, &lost, &lost_too, &won].into_iter().for_each(|one| sums.add("", one));
    assert_eq!(state(&sums), (530, 702, Some(DisputeState::Lost), false));
    sums.subtract("", &lost);
    assert_eq!(state(&sums), (530, 2, Some(DisputeState::Lost), false));
    sums.subtract("", &lost_too);
    assert_eq!(state(&sums), (530, 0, Some(DisputeState::Open), false));
    sums.subtract("", &other);
    sums.subtract("", &open);
    assert_eq!(state(&sums), (0, 0, Some(DisputeState::Won), false));
    sums.subtract("", &won);
    assert_eq!(state(&sums), (0, 0, None, true));
}

#[test]
fn a_payment_is_ambiguous_where_a_refund_or_a_dispute_in_a_row_is() {
    let mut payment = Payment::default();
    payment.refunds.put("re_1", refund(Some("ch_1"), 5, "pending", Some(1), 1));
    payment.disputes.put("dp_1", dispute("needs_response", 5, 5));
    assert!(!payment.ambiguous());
    payment.refunds.put("re_2", uncertain(refund(Some("ch_1"), 6, "pending", Some(1), 1)));
    assert!(payment.ambiguous());
    payment.refunds.take("re_2");
    assert!(!payment.ambiguous());
    let mut unclear = dispute("needs_response", 7, 7);
    let second = delta("evt_2", "other", 100, unclear.versions.latest().clone());
    unclear.versions.apply(second);
    payment.disputes.put("dp_2", unclear);
    assert!(payment.ambiguous());
    payment.disputes.take("dp_2");
    assert!(!payment.ambiguous());
}
