//! Users, sessions, tokens and failures to sign in, in the database. Sees hashes only.

pub mod sessions;
pub mod users;
