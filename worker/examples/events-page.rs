//! Prints `docs/EVENTS.md`.

fn main() {
    print!("{}", worker::events_page());
}
