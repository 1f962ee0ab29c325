//! The templates that the program brings, and those of the company's folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::kind::Kind;
use crate::locale::Locale;
use crate::template_error::TemplateError;

macro_rules! embedded {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("templates/", $name)))),*]
    };
}

/// The name and source of each.
pub(crate) const EMBEDDED: &[(&str, &str)] = embedded! {
    "order_confirmation.en.txt" "order_confirmation.de.txt" "order_confirmation.fr.txt" "order_confirmation.es.txt"
    "refund_notice.en.txt" "refund_notice.de.txt" "refund_notice.fr.txt" "refund_notice.es.txt"
    "payment_failed.en.txt" "payment_failed.de.txt" "payment_failed.fr.txt" "payment_failed.es.txt"
    "trial_ending.en.txt" "trial_ending.de.txt" "trial_ending.fr.txt" "trial_ending.es.txt"
    "dispute_opened.en.txt" "payment_held.en.txt" "dead_letters.en.txt" "delivery_failed.en.txt"
    "message.html"
};

/// The HTML of every e-mail that has none of its own: the paragraphs of the text.
pub(crate) const MESSAGE_HTML: &str = "message.html";

/// What a file's name says.
pub(crate) enum FileName {
    /// The template of a kind.
    Of(Kind),
    /// `message.html`, or a part that others include (`_<part>`).
    Shared,
}

impl FileName {
    /// `<kind>[.<locale>].txt|html`, `message.html` or `_<part>`.
    pub(crate) fn read(name: &str) -> Option<Self> {
        if name == MESSAGE_HTML || name.starts_with('_') {
            return Some(Self::Shared);
        }
        let stem = name.strip_suffix(".txt").or_else(|| name.strip_suffix(".html"))?;
        let kind = match stem.split_once('.') {
            Some((kind, locale)) => {
                Locale::ALL.into_iter().find(|known| known.as_str() == locale)?;
                kind
            }
            None => stem,
        };
        Kind::from_name(kind).map(Self::Of)
    }
}

/// The company's templates by name, each with its path and source. Hidden files are passed over.
pub(crate) fn read_folder(
    folder: &Path,
    errors: &mut Vec<TemplateError>,
) -> BTreeMap<String, (PathBuf, String)> {
    let mut files = BTreeMap::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(source) => {
            errors.push(TemplateError::Read { path: folder.to_owned(), source });
            return files;
        }
    };
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(source) => {
                errors.push(TemplateError::Read { path: folder.to_owned(), source });
                continue;
            }
        };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if name.starts_with('.') {
            continue;
        }
        if FileName::read(&name).is_none() {
            errors.push(TemplateError::Name { file: path });
            continue;
        }
        match std::fs::read_to_string(&path) {
            Ok(source) => {
                files.insert(name, (path, source));
            }
            Err(source) => errors.push(TemplateError::Read { path, source }),
        }
    }
    files
}
