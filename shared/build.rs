//! Rebuilds when a migration is added: the macro that embeds them only sees changes of old ones.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
