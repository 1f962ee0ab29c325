//! JSON as Stripe writes webhook bodies: two spaces, `id` and `object` first, the rest by name.

use std::io::Write as _;

use serde_json::{Map, Value};

const HEAD: [&str; 2] = ["id", "object"];
const SPACES: &[u8; 64] = b"                                                                ";

/// Appends `value`, indented as at `depth`.
pub(crate) fn write(out: &mut Vec<u8>, value: &Value, depth: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => object(out, map, depth),
        Value::Array(list) if !list.is_empty() => {
            out.push(b'[');
            for (at, item) in list.iter().enumerate() {
                line(out, at > 0, depth + 1);
                write(out, item, depth + 1);
            }
            line(out, false, depth);
            out.push(b']');
        }
        Value::String(text) => string(out, text),
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => number_text(out, number),
        Value::Object(_) => out.extend_from_slice(b"{}"),
        Value::Array(_) => out.extend_from_slice(b"[]"),
    }
}

fn object(out: &mut Vec<u8>, map: &Map<String, Value>, depth: usize) {
    out.push(b'{');
    let mut comma = false;
    let is_object = map.contains_key("object");
    let first = HEAD.iter().filter(|_| is_object).filter_map(|key| map.get_key_value(*key));
    for (key, value) in first {
        entry(out, comma, key, value, depth);
        comma = true;
    }
    for (key, value) in map {
        if !(is_object && HEAD.contains(&key.as_str())) {
            entry(out, comma, key, value, depth);
            comma = true;
        }
    }
    line(out, false, depth);
    out.push(b'}');
}

fn entry(out: &mut Vec<u8>, comma: bool, key: &str, value: &Value, depth: usize) {
    line(out, comma, depth + 1);
    // Stripe's keys need no escape.
    out.push(b'"');
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\": ");
    write(out, value, depth + 1);
}

fn line(out: &mut Vec<u8>, comma: bool, depth: usize) {
    out.extend_from_slice(if comma { b",\n" } else { b"\n" });
    out.extend_from_slice(&SPACES[..(depth * 2).min(SPACES.len())]);
}

/// A JSON string. The only control character that histories hold is the line feed.
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    // Most texts need no escape: those are copied whole. Looking for one character at a time is fast in
    // a debug build too, where most histories are written.
    if text.contains('"') || text.contains('\\') || text.contains('\n') {
        escaped(out, text);
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
}

fn escaped(out: &mut Vec<u8>, text: &str) {
    for &byte in text.as_bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
}

fn number_text(out: &mut Vec<u8>, number: &serde_json::Number) {
    // Writing to a Vec cannot fail.
    drop(write!(out, "{number}"));
}
