//! Lock-out after repeated failures to sign in, by name and by address. An attempt counts before its password is
//! looked at, so that many at once get no further than one after the other. It counts names that do not exist like
//! those that do, so that nobody learns which is which.

use std::net::IpAddr;

use deadpool_postgres::{GenericClient, Pool};
use jiff::{SignedDuration, Timestamp};

use crate::auth::store::users as store;
use crate::common::error::ServiceError;

const MAX_ATTEMPTS_OF_NAME: i32 = 5;
/// Many people may sit behind one address.
const MAX_ATTEMPTS_OF_ADDRESS: i32 = 30;
const LOCKOUT: SignedDuration = SignedDuration::from_mins(15);

/// Whether an attempt to sign in may be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInAttempt {
    /// It is counted. Last: if it fails, the name or the address is locked out.
    Counted {
        /// The limit is reached.
        last: bool,
    },
    /// Too many failures: not before this time.
    LockedOut(Timestamp),
}

/// Counts an attempt as a failure until it turns out right, unless the name or the address is locked out.
pub(crate) async fn begin(
    pool: &Pool,
    name: &str,
    from: Option<IpAddr>,
) -> Result<SignInAttempt, ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let until = Timestamp::now() + LOCKOUT;
    let mut last = false;
    // Names before addresses, always: two attempts never wait for each other in a circle.
    for (subject, most) in subjects(name, from) {
        match store::reserve_failure(&tx, &subject, most, until).await? {
            Some(locks) => last |= locks,
            // Rolled back: an attempt that is not looked at counts nowhere.
            None => {
                let locked = store::locked_until(&tx, &subject).await?;
                return Ok(SignInAttempt::LockedOut(locked.unwrap_or(until)));
            }
        }
    }
    tx.commit().await?;
    store::clear_failures(&client).await?;
    Ok(SignInAttempt::Counted { last })
}

/// The attempt was right: the name's failures are forgotten, the address gets back what it counted.
pub(crate) async fn succeeded(
    client: &impl GenericClient,
    name: &str,
    from: Option<IpAddr>,
) -> Result<(), ServiceError> {
    forget(client, name).await?;
    match from {
        Some(from) => store::return_failure(client, &address(from), MAX_ATTEMPTS_OF_ADDRESS).await,
        None => Ok(()),
    }
}

/// Forgets the failures of a name.
pub(crate) async fn forget(client: &impl GenericClient, name: &str) -> Result<bool, ServiceError> {
    store::forget_failures(client, &subject(name)).await
}

fn subjects(name: &str, from: Option<IpAddr>) -> Vec<(String, i32)> {
    let address = from.map(|from| (address(from), MAX_ATTEMPTS_OF_ADDRESS));
    [Some((subject(name), MAX_ATTEMPTS_OF_NAME)), address].into_iter().flatten().collect()
}

fn address(from: IpAddr) -> String {
    format!("address:{}", from.to_canonical())
}

fn subject(name: &str) -> String {
    let name: String = name.chars().filter(|c| *c != '\0').take(100).collect();
    format!("name:{}", name.to_lowercase())
}
