//! Browsers that a user has signed in with: a random cookie, of which the database knows the hash. It lets nobody in; it
//! only says that failures from elsewhere are not this browser's.

use deadpool_postgres::{GenericClient, Pool};

use super::{hash, secret};
use crate::common::error::ServiceError;

pub(crate) const FIND: &str = include_str!("sql/browser_find.sql");
pub(crate) const INSERT: &str = include_str!("sql/browser_insert.sql");
pub(crate) const END: &str = include_str!("sql/browser_end.sql");

/// A browser that a user has signed in with before.
#[derive(Debug, Clone)]
pub(crate) struct KnownBrowser(Vec<u8>);

impl KnownBrowser {
    /// What distinguishes it from others.
    pub(crate) fn fingerprint(&self) -> String {
        hex::encode(&self.0[..8])
    }
}

/// The browser with this cookie, where this user has signed in with it.
pub(crate) async fn find(
    pool: &Pool,
    cookie: Option<&str>,
    user: &str,
) -> Result<Option<KnownBrowser>, ServiceError> {
    let Some(cookie) = cookie.filter(|cookie| cookie.len() <= 200) else { return Ok(None) };
    let hash = hash(cookie);
    let row = pool.get().await?.query_opt(FIND, &[&hash, &user]).await?;
    Ok(row.map(|_| KnownBrowser(hash)))
}

/// Remembers a browser; the cookie's value.
pub(crate) async fn remember(client: &impl GenericClient, user: &str) -> Result<String, ServiceError> {
    let cookie = secret();
    client.execute(INSERT, &[&hash(&cookie), &user]).await?;
    Ok(cookie)
}

/// Forgets all browsers of a user.
pub(crate) async fn forget(client: &impl GenericClient, user: &str) -> Result<(), ServiceError> {
    client.execute(END, &[&user]).await?;
    Ok(())
}
