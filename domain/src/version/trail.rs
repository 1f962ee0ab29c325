//! The end of the trail that the events of one second make.

use std::collections::{BTreeMap, BTreeSet};

use super::Delta;

/// The step that reached the end of the trail.
pub(super) struct End {
    pub(super) step: usize,
    pub(super) ambiguous: bool,
}

/// Where the steps of one second end. `base` is the state that the second before left behind.
/// `steps` must not be empty.
pub(super) fn end<T>(steps: &[Delta<T>], base: Option<&str>) -> End {
    let edges = edges(steps);
    let if_reported_once = ends(&edges, |edge| edge.least, base);
    let if_reported_often = ends(&edges, |edge| edge.most, base);
    let (reached, certain) = match (if_reported_often, if_reported_once) {
        (Some(a), Some(b)) => (Some(a), a == b),
        (Some(one), None) | (None, Some(one)) => (Some(one), true),
        (None, None) => (None, edges.is_empty()),
    };
    let on_trail: BTreeSet<&str> = edges.keys().flat_map(|(from, to)| [*from, Some(*to)]).flatten().collect();
    // Off the trail stand the states that no step touches; where the trail has no single end, each of
    // its states is as good as another.
    let candidates: Vec<usize> = (0..steps.len())
        .filter(|&i| {
            let state = steps[i].after.as_str();
            reached == Some(state) || reached.is_none() || !on_trail.contains(state)
        })
        .collect();
    best(steps, &candidates, certain)
}

fn best<T>(steps: &[Delta<T>], candidates: &[usize], certain: bool) -> End {
    // Of equal states one that says what was before speaks for all, then the first event by id, so that arrival does
    // not matter.
    let key = |&i: &usize| (!steps[i].is_creation, steps[i].rank, &steps[i].after, steps[i].before.is_some());
    let step = candidates.iter().copied().rev().max_by(|a, b| key(a).cmp(&key(b))).unwrap_or(0);
    let winner = &steps[step];
    let rival = |i: usize| {
        let other = &steps[i];
        other.after != winner.after
            && other.is_creation == winner.is_creation
            && other.rank.certain == winner.rank.certain
    };
    End { step, ambiguous: !certain || candidates.iter().any(|&i| rival(i)) }
}

/// A change, reported by how many events: at least and at most so many changes it was.
struct Edge {
    least: i64,
    most: i64,
}

type Edges<'a> = BTreeMap<(Option<&'a str>, &'a str), Edge>;

/// Groups the steps into changes (`None` is where a created object comes from).
fn edges<T>(steps: &[Delta<T>]) -> Edges<'_> {
    // change -> type -> (known requests, events whose request is unknown)
    let mut reported: BTreeMap<_, BTreeMap<&str, (BTreeSet<&str>, i64)>> = BTreeMap::new();
    for step in steps {
        let from = step.before.as_deref();
        if (from.is_none() && !step.is_creation) || from == Some(step.after.as_str()) {
            continue;
        }
        let by_type = reported.entry((from, step.after.as_str())).or_default();
        let (requests, unknown) = by_type.entry(step.kind.as_str()).or_default();
        match step.request.as_deref() {
            Some(request) => {
                requests.insert(request);
            }
            None => *unknown += 1,
        }
    }
    reported
        .into_iter()
        .map(|(change, by_type)| {
            let count = |(requests, unknown): &(BTreeSet<&str>, i64)| {
                let certain = i64::try_from(requests.len()).unwrap_or(i64::MAX);
                (certain.max(1), certain.saturating_add(*unknown))
            };
            let least = by_type.values().map(|reported| count(reported).0).max().unwrap_or(1);
            let most = by_type.values().map(|reported| count(reported).1).max().unwrap_or(1);
            (change, Edge { least, most })
        })
        .collect()
}

/// The single end of the trail over `edges`, `None` where there is none.
fn ends<'a>(edges: &Edges<'a>, times: impl Fn(&Edge) -> i64, base: Option<&'a str>) -> Option<&'a str> {
    if edges.is_empty() || !connected(edges) {
        return None;
    }
    let mut balance: BTreeMap<Option<&str>, i64> = BTreeMap::new();
    for ((from, to), edge) in edges {
        *balance.entry(*from).or_default() -= times(edge);
        *balance.entry(Some(*to)).or_default() += times(edge);
    }
    let uneven: Vec<_> = balance.iter().filter(|(_, balance)| **balance != 0).collect();
    match uneven.as_slice() {
        [] => base.filter(|base| balance.contains_key(&Some(*base))),
        [(a, 1), (_, -1)] | [(_, -1), (a, 1)] => **a,
        _ => None,
    }
}

fn connected(edges: &Edges<'_>) -> bool {
    let mut open: Vec<_> = edges.keys().collect();
    let Some((from, to)) = open.pop() else { return true };
    let mut reached = BTreeSet::from([*from, Some(*to)]);
    loop {
        let before = open.len();
        open.retain(|(from, to)| {
            let touches = reached.contains(from) || reached.contains(&Some(*to));
            if touches {
                reached.extend([*from, Some(*to)]);
            }
            !touches
        });
        if open.is_empty() || open.len() == before {
            return open.is_empty();
        }
    }
}
