//! The files, as they must be in the repository.

use std::io;
use std::path::{Path, PathBuf};

use super::{page, schemas, yaml};

/// Each file with its text.
pub(crate) fn files() -> io::Result<[(PathBuf, String); 3]> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let page = docs.join("MESSAGES.md");
    let text = page::written_into(&std::fs::read_to_string(&page)?);
    Ok([
        (docs.join("asyncapi.yaml"), yaml::text(&schemas::asyncapi())),
        (docs.join("messages.schema.json"), format!("{:#}\n", schemas::bundle())),
        (page, text),
    ])
}
