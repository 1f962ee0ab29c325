//! Prints `docs/EVENTS.md`.

fn main() {
    print!("{}", domain::events_page());
}
