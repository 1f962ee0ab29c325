//! What a terminal is shown: everything that came from outside could drive it, or look like what it is not.

/// The text with every character escaped that is not seen or changes how others are seen: control characters of both
/// sets, marks of writing direction, characters without width.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// JSON with the same characters escaped as JSON does it: what reads it gets the text as it is.
pub(crate) fn visible_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        // JSON has no other line breaks than its own; those within texts are escaped already.
        if c != '\n' && is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            shown.push(c);
        }
    }
    shown
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::{visible, visible_json};

    #[test]
    fn what_is_not_seen_is_escaped_and_the_rest_stays() {
        assert_eq!(visible("a\u{1b}[31mb\u{9b}2J\u{7f}"), "a\\u{1b}[31mb\\u{9b}2J\\u{7f}");
        assert_eq!(visible("one\ntwo\t"), "one\\ntwo\\t");
        for hidden in [
            '\u{202e}', '\u{2066}', '\u{2069}', '\u{200e}', '\u{61c}', '\u{200b}', '\u{200d}', '\u{2060}',
            '\u{feff}',
        ] {
            assert_eq!(visible(&format!("x{hidden}y")), format!("x\\u{{{:x}}}y", u32::from(hidden)));
        }
        assert_eq!(visible("Zürich – 東京 🎉 עברית"), "Zürich – 東京 🎉 עברית");
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!({"a\u{202e}": "x\u{9b}\u{1b}\u{e0041}\n\"é", "b": [1, null]});
        let shown = visible_json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(!shown.contains(['\u{202e}', '\u{9b}', '\u{1b}', '\u{e0041}']), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}
