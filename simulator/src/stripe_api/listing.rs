//! A page of a list: filters, cursors, `has_more` (<https://docs.stripe.com/api/pagination>).

use serde_json::{Value, json};

use super::answer::Answer;
use super::collections::{Collection, SUBSCRIPTION};

const DEFAULT_LIMIT: usize = 10;
const MAX_LIMIT: usize = 100;

/// The page of `objects` (newest first) that the parameters ask for, each as `shown` has it.
pub(super) fn page(
    collection: &Collection,
    path: &str,
    objects: Vec<&Value>,
    params: &[(String, String)],
    shown: impl Fn(&Value) -> Value,
) -> Answer {
    let cursors = Cursors::read(params);
    let (limit, rest) = match cursors {
        Ok(read) => read,
        Err(answer) => return answer,
    };
    let mut kept = match filtered(collection, objects, &rest) {
        Ok(kept) => kept,
        Err(answer) => return answer,
    };
    let at = |id: &str, param| {
        let found = kept.iter().position(|object| object["id"] == id);
        found.ok_or_else(|| Answer::missing(400, collection.object, id, param))
    };
    let range = match (&limit.after, &limit.before) {
        (Some(id), _) => at(id, "starting_after").map(|at| at + 1..(at + 1 + limit.count).min(kept.len())),
        (None, Some(id)) => at(id, "ending_before").map(|at| at.saturating_sub(limit.count)..at),
        (None, None) => Ok(0..limit.count.min(kept.len())),
    };
    let range = match range {
        Ok(range) => range,
        Err(answer) => return answer,
    };
    let has_more = match (&limit.after, &limit.before) {
        (None, Some(_)) => range.start > 0,
        _ => range.end < kept.len(),
    };
    let data: Vec<Value> = kept.drain(range).map(shown).collect();
    Answer::ok(json!({"object": "list", "data": data, "has_more": has_more, "url": path}))
}

struct Cursors {
    count: usize,
    after: Option<String>,
    before: Option<String>,
}

type Params = Vec<(String, String)>;

impl Cursors {
    /// The cursors, and the parameters that are filters.
    fn read(params: &[(String, String)]) -> Result<(Self, Params), Answer> {
        let mut cursors = Self { count: DEFAULT_LIMIT, after: None, before: None };
        let mut rest = Vec::new();
        for (name, value) in params {
            match name.as_str() {
                "limit" => {
                    let count = value.parse().ok().filter(|count| (1..=MAX_LIMIT).contains(count));
                    let message = "This value must be between 1 and 100 (inclusive).";
                    cursors.count = count.ok_or_else(|| Answer::invalid_parameter("limit", message))?;
                }
                "starting_after" => cursors.after = Some(value.clone()),
                "ending_before" => cursors.before = Some(value.clone()),
                _ => rest.push((name.clone(), value.clone())),
            }
        }
        if cursors.after.is_some() && cursors.before.is_some() {
            let message = "You cannot provide both starting_after and ending_before.";
            return Err(Answer::invalid_parameter("ending_before", message));
        }
        Ok((cursors, rest))
    }
}

fn filtered<'a>(
    collection: &Collection,
    mut objects: Vec<&'a Value>,
    params: &[(String, String)],
) -> Result<Vec<&'a Value>, Answer> {
    let is_subscription = collection.object == SUBSCRIPTION;
    if is_subscription && params.iter().all(|(name, _)| name != "status") {
        objects.retain(|object| object["status"] != "canceled");
    }
    let list: Vec<&str> = params.iter().filter(|(n, _)| n == "types[]").map(|(_, v)| v.as_str()).collect();
    for (name, value) in params {
        if let Some(compare) = created(name) {
            let at: i64 = value.parse().map_err(|_| Answer::invalid_parameter(name, "Invalid timestamp."))?;
            objects.retain(|object| object["created"].as_i64().is_some_and(|made| compare(made, at)));
            continue;
        }
        let Some((_, fields)) = collection.filters.iter().find(|(filter, _)| filter == name) else {
            return Err(Answer::unknown_parameter(name));
        };
        match (is_subscription, name.as_str(), value.as_str()) {
            (true, "status", "all") => {}
            (true, "status", "ended") => {
                objects.retain(|object| matches!(field(object, fields), "canceled" | "incomplete_expired"))
            }
            (_, "types[]", _) => objects.retain(|object| list.contains(&field(object, fields))),
            // `charge.*` stands for every type that begins so.
            (_, "type", value) if value.ends_with('*') => {
                objects.retain(|object| field(object, fields).starts_with(value.trim_end_matches('*')));
            }
            _ => objects.retain(|object| field(object, fields) == value),
        }
    }
    Ok(objects)
}

/// What the first of these fields that is there says.
fn field<'a>(object: &'a Value, fields: &[&str]) -> &'a str {
    fields.iter().find_map(|field| object.pointer(field)?.as_str()).unwrap_or_default()
}

fn created(name: &str) -> Option<fn(i64, i64) -> bool> {
    Some(match name {
        "created" => |made, at| made == at,
        "created[gt]" => |made, at| made > at,
        "created[gte]" => |made, at| made >= at,
        "created[lt]" => |made, at| made < at,
        "created[lte]" => |made, at| made <= at,
        _ => return None,
    })
}

/// Without what the simulator adds to filter by.
pub(super) fn without_own_fields(object: &Value) -> Value {
    let mut object = object.clone();
    if let Value::Object(fields) = &mut object {
        fields.remove("simulated_payout");
    }
    object
}
