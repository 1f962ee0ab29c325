//! What `make run`, `make demo` and `make test` do once the programs are built.

mod command;
mod signals;

pub use command::{CommandArgs, run_command};
pub use signals::Signals;
