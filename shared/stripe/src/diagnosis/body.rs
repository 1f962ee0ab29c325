//! What may happen to a body on the way: each way back is tried until one gives the bytes that were signed.

use serde::{Deserialize, Serialize};

/// How a body was altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alteration {
    /// White space was added or removed at its beginning or end, such as a newline.
    WhiteSpaceAround,
    /// `\r\n` and `\n` were exchanged.
    LineEndings,
    /// A byte order mark was put before it.
    ByteOrderMark,
    /// It was parsed and written again: the white space between its tokens differs.
    Reserialized,
    /// It was parsed and written again: characters are escaped, or no longer escaped.
    Escapes,
}

/// How JSON is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Without white space: `JSON.stringify`, serde, Go.
    Compact,
    /// A space behind commas and colons: Python's `json.dumps`.
    Spaced,
    /// Indented by so many spaces, as Stripe sends it: 2.
    Indented(usize),
}

const STYLES: [Style; 4] = [Style::Indented(2), Style::Compact, Style::Spaced, Style::Indented(4)];

/// How the characters of strings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Characters {
    AsTheyAre,
    /// As they are in UTF-8, where JSON does not ask for an escape.
    Plain,
    /// `\uXXXX` for all beyond ASCII.
    Escaped,
}

/// The alteration that, undone, gives a body that `is_signed`.
pub(super) fn alteration(body: &[u8], is_signed: impl Fn(&[u8]) -> bool) -> Option<Alteration> {
    let trimmed = body.trim_ascii();
    let with = |end: &[u8]| [trimmed, end].concat();
    if [trimmed.to_vec(), body.trim_ascii_end().to_vec(), with(b"\n"), with(b"\r\n")]
        .iter()
        .any(|b| is_signed(b))
    {
        return Some(Alteration::WhiteSpaceAround);
    }
    if let Some(rest) = body.strip_prefix(b"\xef\xbb\xbf")
        && is_signed(rest)
    {
        return Some(Alteration::ByteOrderMark);
    }
    let unix = without_carriage_returns(body);
    if is_signed(&unix) || is_signed(&with_carriage_returns(&unix)) {
        return Some(Alteration::LineEndings);
    }
    for characters in [Characters::AsTheyAre, Characters::Plain, Characters::Escaped] {
        let found = STYLES
            .into_iter()
            .map(|style| rewritten(body, style, characters))
            .any(|before| is_signed(&before) || is_signed(&[&before[..], b"\n"].concat()));
        if found {
            let same = characters == Characters::AsTheyAre;
            return Some(if same { Alteration::Reserialized } else { Alteration::Escapes });
        }
    }
    None
}

/// Whether a JSON object or array is not complete.
pub(super) fn is_cut(body: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut tokens = super::text::Tokens::new(body);
    while let Some(token) = tokens.next_token() {
        match token {
            b"{" | b"[" => depth += 1,
            b"}" | b"]" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth > 0
}

fn without_carriage_returns(body: &[u8]) -> Vec<u8> {
    let mut rest = body.iter().copied().peekable();
    let mut text = Vec::with_capacity(body.len());
    while let Some(byte) = rest.next() {
        if byte != b'\r' || rest.peek() != Some(&b'\n') {
            text.push(byte);
        }
    }
    text
}

fn with_carriage_returns(body: &[u8]) -> Vec<u8> {
    body.iter()
        .flat_map(|byte| if *byte == b'\n' { &b"\r\n"[..] } else { std::slice::from_ref(byte) })
        .copied()
        .collect()
}

/// The same JSON in another style: its tokens, numbers and names as they are written, in their order.
fn rewritten(body: &[u8], style: Style, characters: Characters) -> Vec<u8> {
    let mut written = Vec::with_capacity(body.len() * 2);
    let mut tokens = super::text::Tokens::new(body);
    let (mut depth, mut opened) = (0_usize, false);
    while let Some(token) = tokens.next_token() {
        let closes = matches!(token, b"}" | b"]");
        if closes {
            depth = depth.saturating_sub(1);
        }
        if opened != closes {
            // After a bracket that is not closed at once, and before one that closes something.
            break_line(&mut written, style, depth);
        }
        opened = false;
        match token {
            b"{" | b"[" => {
                written.extend_from_slice(token);
                depth += 1;
                opened = true;
            }
            b"," => {
                written.push(b',');
                match style {
                    Style::Spaced => written.push(b' '),
                    Style::Compact => {}
                    Style::Indented(_) => break_line(&mut written, style, depth),
                }
            }
            b":" => written.extend_from_slice(if style == Style::Compact { b":" } else { b": " }),
            string if string.first() == Some(&b'"') => match characters {
                Characters::AsTheyAre => written.extend_from_slice(string),
                Characters::Plain => super::text::plain(string, &mut written),
                Characters::Escaped => super::text::escaped(string, &mut written),
            },
            other => written.extend_from_slice(other),
        }
    }
    written
}

fn break_line(written: &mut Vec<u8>, style: Style, depth: usize) {
    if let Style::Indented(by) = style {
        written.push(b'\n');
        written.resize(written.len() + by * depth, b' ');
    }
}
