//! What a request is for.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::answer::Answer;
use super::balance;
use super::catalog::{Catalog, View};
use super::collections::{BALANCE_TRANSACTION, Collection, PAYOUT, THIN_EVENT, of_path};
use super::listing::{page, without_own_fields};
use super::query::decoded;
use super::unlisted;

/// An invoice's body holds at most so many lines.
const LINES_IN_BODY: usize = 10;

/// The answer to a GET.
pub(super) fn get(catalog: &Catalog, path: &str, params: &[(String, String)], view: &View<'_>) -> Answer {
    if let Some(id) = path.strip_prefix("/v2/core/events/") {
        let found = catalog.get(THIN_EVENT, &decoded(id), view);
        return found.cloned().map_or_else(|| Answer::missing(404, "event", id, "id"), Answer::ok);
    }
    let Some((collection, rest)) = of_path(path) else { return Answer::unknown_path("GET", path) };
    match rest.map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
        None => list(catalog, collection, path, params, view),
        Some((id, "")) => one(catalog, collection, &decoded(id), params, view),
        Some((id, "lines")) if collection.object == "invoice" => {
            lines(catalog, collection, &decoded(id), path, params, view)
        }
        Some(_) => Answer::unknown_path("GET", path),
    }
}

fn list(
    catalog: &Catalog,
    collection: &Collection,
    path: &str,
    params: &[(String, String)],
    view: &View<'_>,
) -> Answer {
    match collection.object {
        BALANCE_TRANSACTION => {
            let books = balance::books(catalog, view);
            page(collection, path, books.transactions.iter().collect(), params, without_own_fields)
        }
        PAYOUT => {
            let books = balance::books(catalog, view);
            page(collection, path, books.payouts.iter().collect(), params, without_own_fields)
        }
        kind => {
            let mut objects = catalog.list(kind, view);
            let charge = params.iter().find(|(name, _)| name == "charge" && kind == "refund");
            let unlisted = charge.map(|(_, charge)| unlisted::refunds_of(catalog, charge, view));
            objects.extend(unlisted.iter().flatten());
            page(collection, path, objects, params, |object| shown(catalog, object).into_owned())
        }
    }
}

fn one(
    catalog: &Catalog,
    collection: &Collection,
    id: &str,
    params: &[(String, String)],
    view: &View<'_>,
) -> Answer {
    if let Some((name, _)) = params.first() {
        return Answer::unknown_parameter(name);
    }
    let books;
    let found = match collection.object {
        kind @ (BALANCE_TRANSACTION | PAYOUT) => {
            books = balance::books(catalog, view);
            let all = if kind == PAYOUT { &books.payouts } else { &books.transactions };
            all.iter().find(|object| object["id"] == id)
        }
        kind => catalog.get(kind, id, view),
    };
    let is_refund = found.is_none() && collection.object == "refund";
    let unlisted = is_refund.then(|| unlisted::refund(catalog, id, view)).flatten();
    match found.or(unlisted.as_ref()) {
        Some(object) => Answer::ok(without_own_fields(&shown(catalog, object))),
        None => Answer::missing(404, collection.object, id, "id"),
    }
}

fn lines(
    catalog: &Catalog,
    collection: &Collection,
    id: &str,
    path: &str,
    params: &[(String, String)],
    view: &View<'_>,
) -> Answer {
    let Some(invoice) = catalog.get(collection.object, id, view) else {
        return Answer::missing(404, collection.object, id, "invoice");
    };
    let mut all = invoice["lines"]["data"].as_array().cloned().unwrap_or_default();
    all.extend(catalog.more_lines.get(id).into_iter().flatten().cloned());
    let lines = Collection { object: "line_item", path: "", filters: &[] };
    page(&lines, path, all.iter().collect(), params, Value::clone)
}

/// An object as a body shows it.
fn shown<'a>(catalog: &Catalog, object: &'a Value) -> Cow<'a, Value> {
    let more = object["id"].as_str().and_then(|id| catalog.more_lines.get(id));
    let inside = object["lines"]["data"].as_array().map_or(0, Vec::len);
    if object["object"] != "invoice" || (more.is_none() && inside <= LINES_IN_BODY) {
        return Cow::Borrowed(object);
    }
    let mut object = object.clone();
    let total = inside + more.map_or(0, Vec::len);
    if let Value::Array(lines) = &mut object["lines"]["data"] {
        lines.extend(more.into_iter().flatten().cloned());
        lines.truncate(LINES_IN_BODY);
    }
    object["lines"]["has_more"] = json!(total > LINES_IN_BODY);
    object["lines"]["total_count"] = json!(total);
    Cow::Owned(object)
}
