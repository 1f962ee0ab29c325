//! Lock-out after repeated failures to sign in: of a name from one address, of an address, and of a name from
//! everywhere where very many fail. So a stranger who guesses locks out themselves and not the person whose name they
//! use. A browser that the person has signed in with before counts alone: it stays in whatever strangers do. An attempt
//! counts before its password is looked at, so that many at once get no further than one after the other. It counts names
//! that do not exist like those that do, so that nobody learns which is which.

use std::net::IpAddr;

use deadpool_postgres::{GenericClient, Pool};
use jiff::{SignedDuration, Timestamp};

use crate::auth::known_browsers::KnownBrowser;
use crate::auth::store::users as store;
use crate::common::error::ServiceError;

/// Of one name from one address, or from one known browser.
const MAX_ATTEMPTS: i32 = 5;
/// Many people may sit behind one address.
const MAX_ATTEMPTS_OF_ADDRESS: i32 = 30;
/// Of one name from many addresses: somebody guesses with a botnet.
const MAX_ATTEMPTS_OF_NAME: i32 = 100;
const LOCKOUT: SignedDuration = SignedDuration::from_mins(15);

/// Who tries to sign in from where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) name: &'a str,
    pub(crate) from: Option<IpAddr>,
    /// The browser, where this user has signed in with it before.
    pub(crate) browser: Option<&'a KnownBrowser>,
}

/// Whether an attempt to sign in may be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInAttempt {
    /// It is counted. Last: if it fails, somebody is locked out.
    Counted {
        /// The limit is reached.
        last: bool,
    },
    /// Too many failures: not before this time.
    LockedOut(Timestamp),
}

/// Counts an attempt as a failure until it turns out right, unless too many have failed.
pub(crate) async fn begin(pool: &Pool, attempt: Attempt<'_>) -> Result<SignInAttempt, ServiceError> {
    let mut client = pool.get().await?;
    let tx = client.transaction().await?;
    let until = Timestamp::now() + LOCKOUT;
    let mut last = false;
    // In one order, always: two attempts never wait for each other in a circle.
    for (subject, most) in subjects(attempt) {
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

/// The attempt was right: its own failures are forgotten, what it counted for the name and the address is given back.
pub(crate) async fn succeeded(client: &impl GenericClient, attempt: Attempt<'_>) -> Result<(), ServiceError> {
    for (at, (subject, most)) in subjects(attempt).into_iter().enumerate() {
        if at == 0 {
            store::forget_failures(client, &subject).await?;
        } else {
            store::return_failure(client, &subject, most).await?;
        }
    }
    Ok(())
}

/// Forgets the failures of a name, from wherever; false when there are none.
pub(crate) async fn forget(client: &impl GenericClient, name: &str) -> Result<bool, ServiceError> {
    store::forget_name(client, &plain(name)).await
}

/// What an attempt counts for, in the order in which rows are locked, with the most failures of each.
fn subjects(attempt: Attempt<'_>) -> Vec<(String, i32)> {
    let name = plain(attempt.name);
    if let Some(browser) = attempt.browser {
        return vec![(format!("browser:{} {name}", browser.fingerprint()), MAX_ATTEMPTS)];
    }
    let address = attempt.from.map(|from| from.to_canonical().to_string());
    // The address first: it has no space, and a name that is typed may hold anything.
    let pair = format!("pair:{} {name}", address.as_deref().unwrap_or("unknown"));
    let mut subjects = vec![(pair, MAX_ATTEMPTS), (format!("name:{name}"), MAX_ATTEMPTS_OF_NAME)];
    subjects.extend(address.map(|address| (format!("address:{address}"), MAX_ATTEMPTS_OF_ADDRESS)));
    subjects
}

fn plain(name: &str) -> String {
    let name: String = name.chars().filter(|c| *c != '\0').take(100).collect();
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, from: &str) -> Vec<String> {
        let attempt = Attempt { name, from: from.parse().ok(), browser: None };
        subjects(attempt).into_iter().map(|(subject, _)| subject).collect()
    }

    #[test]
    fn a_name_that_is_typed_counts_for_no_other_name_and_address() {
        assert_eq!(of("Anna", "10.0.0.1"), ["pair:10.0.0.1 anna", "name:anna", "address:10.0.0.1"]);
        assert_eq!(of("10.0.0.1 anna", "10.0.0.2")[0], "pair:10.0.0.2 10.0.0.1 anna");
        assert_eq!(of("anna", "")[0], "pair:unknown anna");
    }
}
