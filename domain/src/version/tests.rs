use serde_json::json;

use super::*;

/// One event of one second: what it says the state was and is.
fn delta(event: &str, from: Option<&str>, to: &str) -> Delta<String> {
    Delta {
        event: event.to_owned(),
        kind: "customer.subscription.updated".to_owned(),
        request: None,
        created: 100,
        before: from.map(str::to_owned),
        after: to.to_owned(),
        is_creation: false,
        is_terminal: false,
        is_observation: false,
        rank: Rank::default(),
        view: Some(to.to_owned()),
    }
}

fn creation(event: &str, to: &str) -> Delta<String> {
    Delta { is_creation: true, kind: "customer.subscription.created".to_owned(), ..delta(event, None, to) }
}

/// Applies the deltas in every order and checks that all end the same.
fn applied(deltas: &[Delta<String>]) -> Versioned<String> {
    let mut objects = permutations(deltas.len()).into_iter().map(|order| {
        let mut order = order.into_iter().map(|i| deltas[i].clone());
        let mut object = Versioned::new(order.next().unwrap());
        order.for_each(|delta| object.apply(delta));
        object
    });
    let first = objects.next().unwrap();
    for object in objects {
        assert_eq!(object, first);
    }
    first
}

fn permutations(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for shorter in permutations(n - 1) {
        for at in 0..n {
            let mut longer = shorter.clone();
            longer.insert(at, n - 1);
            all.push(longer);
        }
    }
    all
}

#[test]
fn a_newer_second_wins_whatever_comes_first() {
    let old = delta("evt_1", None, "a");
    let new = Delta { created: 101, ..delta("evt_0", None, "b") };
    assert_eq!(applied(&[old, new]).latest(), "b");
}

#[test]
fn within_one_second_the_trail_ends_where_nothing_leaves() {
    let object = applied(&[
        creation("evt_9", "a"),
        delta("evt_4", Some("a"), "b"),
        delta("evt_7", Some("b"), "c"),
        delta("evt_1", Some("c"), "d"),
    ]);
    assert_eq!((object.latest().as_str(), object.ambiguous()), ("d", false));
}

#[test]
fn a_state_visited_twice_is_counted() {
    let object = applied(&[
        creation("evt_1", "a"),
        delta("evt_2", Some("a"), "b"),
        delta("evt_3", Some("b"), "a"),
        delta("evt_4", Some("a"), "c"),
    ]);
    assert_eq!((object.latest().as_str(), object.ambiguous()), ("c", false));
}

#[test]
fn a_round_ends_in_the_state_that_the_second_before_left_behind() {
    let base = Delta { created: 99, ..delta("evt_0", None, "a") };
    let object = applied(&[base, delta("evt_2", Some("a"), "b"), delta("evt_3", Some("b"), "a")]);
    assert_eq!((object.latest().as_str(), object.ambiguous()), ("a", false));
}

#[test]
fn a_round_whose_beginning_is_unknown_is_ambiguous() {
    assert!(applied(&[delta("evt_2", Some("a"), "b"), delta("evt_3", Some("b"), "a")]).ambiguous());
}

#[test]
fn a_missing_delta_makes_the_end_ambiguous_until_it_arrives() {
    let (first, missing, last) =
        (delta("evt_1", Some("a"), "b"), delta("evt_2", Some("b"), "c"), delta("evt_3", Some("c"), "d"));
    let mut object = applied(&[first, last]);
    assert!(object.ambiguous());
    object.apply(missing);
    assert_eq!((object.latest().as_str(), object.ambiguous()), ("d", false));
}

#[test]
fn two_types_that_report_one_change_count_once() {
    let other = |event, from: &str, to: &str| Delta {
        kind: "charge.refund.updated".to_owned(),
        ..delta(event, Some(from), to)
    };
    let object = applied(&[
        creation("evt_1", "a"),
        delta("evt_2", Some("a"), "b"),
        other("evt_3", "a", "b"),
        delta("evt_4", Some("b"), "a"),
        other("evt_5", "b", "a"),
    ]);
    assert_eq!((object.latest().as_str(), object.ambiguous()), ("a", false));
}

#[test]
fn two_events_of_one_request_are_one_change() {
    let by = |request: &str, delta: Delta<String>| Delta { request: Some(request.to_owned()), ..delta };
    let object = applied(&[
        by("req_1", delta("evt_1", Some("a"), "b")),
        by("req_1", delta("evt_2", Some("a"), "b")),
        by("req_2", delta("evt_3", Some("b"), "c")),
    ]);
    assert_eq!((object.latest().as_str(), object.ambiguous()), ("c", false));
}

#[test]
fn a_doubled_event_without_a_request_is_ambiguous_only_where_it_matters() {
    let harmless = applied(&[
        delta("evt_1", Some("a"), "b"),
        delta("evt_2", Some("a"), "b"),
        delta("evt_3", Some("b"), "c"),
    ]);
    assert_eq!((harmless.latest().as_str(), harmless.ambiguous()), ("c", false));
    let base = Delta { created: 99, ..delta("evt_0", None, "a") };
    // Either one change reported twice and then undone (ends in a), or done, undone and done again (ends in b).
    let open = applied(&[
        base,
        delta("evt_1", Some("a"), "b"),
        delta("evt_2", Some("a"), "b"),
        delta("evt_3", Some("b"), "a"),
    ]);
    assert!(open.ambiguous());
}

#[test]
fn a_state_without_a_delta_is_ranked_by_its_status() {
    let rank = |certain, delta: Delta<String>| Delta { rank: Rank { certain, tiebreak: 0 }, ..delta };
    let object = applied(&[rank(0, creation("evt_1", "draft")), rank(1, delta("evt_2", None, "open"))]);
    assert_eq!((object.latest().as_str(), object.ambiguous()), ("open", false));
    let tied = applied(&[rank(1, delta("evt_1", None, "x")), rank(1, delta("evt_2", None, "y"))]);
    assert!(tied.ambiguous());
}

#[test]
fn a_final_status_ends_the_trail_even_with_an_older_clock() {
    let terminal = Delta { is_terminal: true, created: 99, ..delta("evt_5", None, "canceled") };
    let object = applied(&[delta("evt_1", Some("a"), "b"), terminal]);
    assert_eq!((object.latest().as_str(), object.ambiguous()), ("canceled", false));
}

#[test]
fn deltas_of_three_seconds_are_applied_in_any_order() {
    let at = |created, delta: Delta<String>| Delta { created, ..delta };
    applied(&[
        at(98, delta("evt_1", None, "a")),
        at(99, delta("evt_2", Some("a"), "b")),
        at(100, delta("evt_3", Some("b"), "c")),
        at(100, delta("evt_4", Some("c"), "b")),
        at(99, delta("evt_5", Some("x"), "y")),
    ]);
}

#[test]
fn equal_states_hash_equally_however_their_keys_are_ordered() {
    let one: Value = serde_json::from_str(r#"{"a":1,"b":{"c":2,"d":[1,2]}}"#).unwrap();
    let other: Value = serde_json::from_str(r#"{"b":{"d":[1,2],"c":2},"a":1}"#).unwrap();
    assert_eq!(digest(&one), digest(&other));
    let changed: Value = serde_json::from_str(r#"{"b":{"d":[2,1],"c":2},"a":1}"#).unwrap();
    assert_ne!(digest(&one), digest(&changed));
    assert_eq!(digest(&json!({"a": {"b": null}})), digest(&json!({"a": {}, "c": null})));
    assert_ne!(digest(&json!(["ab", "c"])), digest(&json!(["a", "bc"])));
}

#[test]
fn previous_attributes_are_merged_back_objects_deep_and_arrays_whole() {
    let object = json!({"status": "active", "metadata": {"a": "1", "b": "2"}, "items": [3], "new": true});
    let previous = json!({"status": "trialing", "metadata": {"b": "1"}, "items": [1, 2], "new": null});
    assert_eq!(
        before(&object, previous.as_object().unwrap()),
        json!({"status": "trialing", "metadata": {"a": "1", "b": "1"}, "items": [1, 2], "new": null})
    );
}

/// What Stripe's API showed, with all changes up to the end of second `as_of`.
fn observation(event: &str, as_of: i64, state: &str) -> Delta<String> {
    Delta { is_observation: true, created: as_of, ..delta(event, None, state) }
}

#[test]
fn an_observation_stands_above_older_events_and_below_newer_ones() {
    let older = delta("evt_1", Some("a"), "b");
    let seen = observation("evt_2", 200, "d");
    let newer = Delta { created: 201, ..delta("evt_3", Some("d"), "e") };
    assert_eq!(applied(std::slice::from_ref(&seen)).latest(), "d");
    assert_eq!(applied(&[older.clone(), seen.clone()]).latest(), "d");
    assert_eq!(applied(&[older, seen, newer]).latest(), "e");
}

#[test]
fn of_two_observations_the_newer_counts() {
    let object =
        applied(&[observation("evt_1", 200, "a"), observation("evt_2", 201, "b"), creation("evt_3", "c")]);
    assert_eq!(object.latest(), "b");
}

#[test]
fn an_observation_settles_events_that_prove_nothing() {
    let steps = [delta("evt_1", Some("a"), "b"), delta("evt_2", Some("c"), "d")];
    let seen = |state: &str| applied(&[steps[0].clone(), steps[1].clone(), observation("evt_3", 100, state)]);
    assert!(applied(&steps).ambiguous());
    for state in ["b", "d", "e"] {
        assert_eq!((seen(state).latest().as_str(), seen(state).ambiguous()), (state, false));
    }
}

#[test]
fn an_event_that_leads_to_what_was_observed_says_when_it_was() {
    let object = applied(&[observation("evt_1", 200, "b"), delta("evt_2", Some("a"), "b")]);
    assert_eq!((object.latest().as_str(), object.latest_delta().created), ("b", 100));
}

#[test]
fn a_final_status_is_not_undone_by_an_observation_and_an_observed_one_not_by_an_older_event() {
    let terminal = Delta { is_terminal: true, ..delta("evt_1", Some("a"), "paid") };
    assert_eq!(applied(&[terminal.clone(), observation("evt_2", 200, "a")]).latest(), "paid");
    let seen = Delta { is_terminal: true, ..observation("evt_3", 90, "paid") };
    assert_eq!(applied(&[seen.clone(), delta("evt_4", None, "a")]).latest(), "paid");
    let object = applied(&[terminal, seen]);
    assert_eq!(object.latest_delta().event, "evt_1", "the event knows when it was");
}

#[test]
fn an_answer_from_before_an_event_changes_nothing() {
    let change = delta("evt_1", Some("a"), "b");
    let lagging = observation("evt_2", 130, "a");
    assert_eq!(applied(&[change.clone(), lagging.clone()]).latest(), "b");
    // Another event led back to that state: it may be the newest.
    let back = delta("evt_3", Some("b"), "a");
    assert_eq!(applied(&[change.clone(), lagging, back]).latest(), "a");
    // Nothing lags for hours: an event is missing.
    assert_eq!(applied(&[change, observation("evt_2", 4000, "a")]).latest(), "a");
}

#[test]
fn an_observation_within_deltas_of_three_seconds_is_applied_in_any_order() {
    let at = |created, delta: Delta<String>| Delta { created, ..delta };
    for as_of in [97, 98, 99, 100, 101] {
        for state in ["a", "b", "c", "x", "z"] {
            applied(&[
                at(98, delta("evt_1", None, "a")),
                at(99, delta("evt_2", Some("a"), "b")),
                at(100, delta("evt_3", Some("b"), "c")),
                at(100, delta("evt_4", Some("c"), "b")),
                observation("evt_5", as_of, state),
            ]);
        }
    }
}
