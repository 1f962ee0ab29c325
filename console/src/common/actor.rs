//! Who does something: written to the audit with everything that is done.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Actor {
    /// Somebody at the command line, by the name of the account that their process runs as.
    CommandLine(String),
    User(String),
    /// An API token, by its name.
    Token(String),
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::CommandLine(name) => write!(f, "cli:{name}"),
            Actor::User(name) => write!(f, "user:{name}"),
            Actor::Token(name) => write!(f, "token:{name}"),
        }
    }
}
