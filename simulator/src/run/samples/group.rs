//! What the samples consist of: histories of every kind, and some events that must not come through.

use crate::histories::{self, ExpectedState, History, Kind, SimEvent};

/// Samples of one kind, shown in one line.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) what: String,
    pub(crate) events: Vec<SimEvent>,
    /// How many histories they are, and what each must come to; none for single odd events.
    pub(crate) expected_states: Vec<(&'static str, ExpectedState)>,
    pub(crate) expect: Expect,
    /// An order that has to be registered first.
    pub(crate) register: Option<Order>,
}

/// What must become of a group's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    /// The state that the histories say.
    ExpectedState,
    /// Ignored for this reason.
    Ignored(&'static str),
    /// At least one ends dead for this reason, none for another, and none of their orders is paid.
    Dead(&'static str),
    /// Processed; the payment is held for this reason, with an open case, and its order is not paid.
    Held(&'static str),
    /// The ingress answers 400 with this code.
    Refused(&'static str),
}

/// An order as the company's backend registers it.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) id: String,
    customer: String,
    amount: String,
    currency: &'static str,
}

impl Order {
    /// The command line that registers it.
    pub(crate) fn arguments(&self) -> [&str; 10] {
        let Order { id, customer, amount, currency } = self;
        ["orders", "create", "--id", id, "--customer", customer, "--amount", amount, "--currency", currency]
    }
}

/// All the samples of a seed: `count` histories, and the odd ones.
pub(crate) fn groups(seed: u64, count: u64) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for index in 0..count {
        // Each kind in turn, so that few histories show many kinds.
        let kind = Kind::ALL[usize::try_from(index).unwrap_or(0) % Kind::ALL.len()];
        let History { name, events, expected_state, .. } = histories::write(seed, index, &[kind]);
        match groups.iter_mut().find(|group| group.what == name) {
            Some(group) => {
                group.events.extend(events);
                group.expected_states.push((name, expected_state));
            }
            None => groups.push(Group {
                what: name.to_owned(),
                events,
                expected_states: vec![(name, expected_state)],
                expect: Expect::ExpectedState,
                register: None,
            }),
        }
    }
    groups.extend(wrong_amount(seed, count));
    groups.extend([no_id(seed), unheard_of(seed), forged(seed)]);
    groups
}

/// A real payment of less than its registered order costs.
fn wrong_amount(seed: u64, first: u64) -> Option<Group> {
    // An order is registered for a customer, and not every purchase has one.
    let mut purchases = (first..first + 100).map(|index| histories::write(seed, index, &[Kind::Card]));
    let named = |history: &History| {
        history.expected_state.orders.first().is_some_and(|order| order.customer.is_some())
    };
    let History { events, expected_state, .. } = purchases.find(named)?;
    let order = expected_state.orders.first()?;
    let register = Order {
        id: order.id.clone(),
        customer: order.customer.clone().unwrap_or_default(),
        amount: (order.amount + 500).to_string(),
        currency: order.currency,
    };
    Some(Group {
        what: "pays too little".to_owned(),
        events,
        expected_states: vec![("pays too little", expected_state)],
        expect: Expect::Held("amount_mismatch"),
        register: Some(register),
    })
}

fn no_id(seed: u64) -> Group {
    let object = r#"{"object":"payment_intent","amount":1999,"currency":"usd","status":"succeeded"}"#;
    single("lacks its id", Expect::Dead("missing_field"), seed, "payment_intent.succeeded", object)
}

fn unheard_of(seed: u64) -> Group {
    let object = r#"{"id":"thing_1","object":"thing"}"#;
    single("a type unheard of", Expect::Ignored("unhandled_type"), seed, "thing.happened", object)
}

fn forged(seed: u64) -> Group {
    let object =
        r#"{"id":"pi_forged","object":"payment_intent","amount":1,"currency":"usd","status":"succeeded"}"#;
    single(
        "a forged signature",
        Expect::Refused("signature_mismatch"),
        seed,
        "payment_intent.succeeded",
        object,
    )
}

fn single(what: &str, expect: Expect, seed: u64, kind: &str, object: &str) -> Group {
    let id = format!("evt_sample{seed}{}", what.replace(' ', ""));
    let created = jiff::Timestamp::now().as_second();
    let body = format!(
        r#"{{"id":"{id}","object":"event","api_version":"2024-06-20","created":{created},"livemode":false,"type":"{kind}","data":{{"object":{object}}}}}"#
    );
    let event = SimEvent { id, kind: kind.to_owned(), created, body: body.into_bytes() };
    Group { what: what.to_owned(), events: vec![event], expected_states: Vec::new(), expect, register: None }
}
