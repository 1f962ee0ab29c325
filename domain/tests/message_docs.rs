//! What docs/ says of the outgoing messages is what the code says.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../examples/message-docs/files.rs"]
mod files;
#[path = "../examples/message-docs/page.rs"]
mod page;
#[path = "../examples/message-docs/schemas.rs"]
mod schemas;
#[path = "../examples/message-docs/yaml.rs"]
mod yaml;

#[test]
fn the_files_are_as_the_code_writes_them() {
    for (path, text) in files::files().unwrap() {
        let found = std::fs::read_to_string(&path).unwrap();
        assert!(
            found == text,
            "{} is not as the code has it: cargo run -p domain --example message-docs",
            path.display()
        );
    }
}
