//! Users, sessions, tokens and failures to sign in, in the database. Sees hashes only.

pub(crate) mod sessions;
pub(crate) mod users;
