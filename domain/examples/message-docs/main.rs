//! Writes what docs/ says of the outgoing messages from their topics and types: docs/asyncapi.yaml, docs/messages.schema.json
//! and two parts of docs/MESSAGES.md.

mod files;
mod page;
mod schemas;
mod yaml;

fn main() -> std::io::Result<()> {
    for (path, text) in files::files()? {
        std::fs::write(path, text)?;
    }
    Ok(())
}
