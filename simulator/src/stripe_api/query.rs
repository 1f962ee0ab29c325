//! The parameters of a request.

/// Decodes `a=1&b%5Bc%5D=2`.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        })
        .map(|(name, value)| (without_index(&name), value))
        .collect()
}

/// Percent-encoding, and `+` for a space.
pub(super) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => (out.push(byte), at += 3).1,
            None => (out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] }), at += 1).1,
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Stripe's libraries number the entries of a list: `types[0]`.
fn without_index(name: &str) -> String {
    match name.strip_suffix(']').and_then(|name| name.rsplit_once('[')) {
        Some((list, index)) if !index.is_empty() && index.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{list}[]")
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded_and_lists_lose_their_indexes() {
        let read = pairs("created%5Bgte%5D=1&types[0]=a.b&types[1]=c&q=%C3%B6+x&limit=3");
        let expected =
            [("created[gte]", "1"), ("types[]", "a.b"), ("types[]", "c"), ("q", "ö x"), ("limit", "3")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
