//! Sessions of signed-in users. The cookie is random; the database knows its hash only.

use deadpool_postgres::{GenericClient, Pool};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{hash, secret};
use crate::auth::store::sessions::{self as store, UserSession};
use crate::common::error::ServiceError;

/// A session ends after this time, and after a third of it without use.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(12);
const MAX_IDLE: SignedDuration = SignedDuration::from_hours(4);

/// Begins a session; the cookie's value.
pub(crate) async fn begin(
    client: &impl GenericClient,
    user: &str,
    by_proxy: bool,
) -> Result<String, ServiceError> {
    let cookie = secret();
    let expires = Timestamp::now() + MAX_AGE;
    store::insert_session(client, &hash(&cookie), user, &csrf(&cookie), by_proxy, expires).await?;
    Ok(cookie)
}

/// The session of a cookie that is valid, used and not idle for too long.
pub(crate) async fn find(pool: &Pool, cookie: &str) -> Result<Option<UserSession>, ServiceError> {
    if cookie.len() > 200 {
        return Ok(None);
    }
    let client = pool.get().await?;
    store::session(&client, &hash(cookie), Timestamp::now() - MAX_IDLE).await
}

pub(crate) async fn end(client: &impl GenericClient, cookie: &str) -> Result<(), ServiceError> {
    store::delete_session(client, &hash(cookie)).await
}

/// The token of a session's forms: bound to the cookie, of no use without it.
pub(crate) fn csrf(cookie: &str) -> String {
    hex::encode(&Sha256::digest(format!("csrf {cookie}").as_bytes())[..16])
}
