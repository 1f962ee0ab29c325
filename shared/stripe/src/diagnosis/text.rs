//! JSON as text: its tokens, and the characters of its strings. Nothing is parsed into values, which would lose how
//! they were written.

/// The tokens of a JSON text, whether it is valid or not.
pub(super) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    /// The next token: a bracket, a comma, a colon, a string with its quotation marks, or a word or number.
    pub(super) fn next_token(&mut self) -> Option<&'a [u8]> {
        self.rest = self.rest.trim_ascii_start();
        let length = match self.rest.first()? {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => string_length(self.rest),
            _ => {
                let ends = |byte: &u8| byte.is_ascii_whitespace() || b"{}[],:\"".contains(byte);
                self.rest.iter().position(ends).unwrap_or(self.rest.len())
            }
        };
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(token)
    }
}

/// The length of the string at the beginning of a text, to the end of the text where it is not closed.
fn string_length(text: &[u8]) -> usize {
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Writes a string without the escapes that JSON does not ask for. One that is not UTF-8 or not JSON stays as it is.
pub(super) fn plain(string: &[u8], written: &mut Vec<u8>) {
    match serde_json::from_slice::<String>(string).and_then(|text| serde_json::to_vec(&text)) {
        Ok(text) => written.extend(text),
        Err(_) => written.extend_from_slice(string),
    }
}

/// Writes a string with `\uXXXX` for every character beyond ASCII.
pub(super) fn escaped(string: &[u8], written: &mut Vec<u8>) {
    let mut text = Vec::new();
    plain(string, &mut text);
    let Ok(text) = std::str::from_utf8(&text) else { return written.extend(text) };
    for character in text.chars() {
        if character.is_ascii() {
            written.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                written.extend(format!("\\u{unit:04x}").bytes());
            }
        }
    }
}
