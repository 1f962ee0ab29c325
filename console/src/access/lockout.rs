//! Lock-out after repeated failures to sign in, by name and by address. It counts names that do not
//! exist like those that do, so that nobody learns which is which.

use std::net::IpAddr;

use deadpool_postgres::GenericClient;
use jiff::{SignedDuration, Timestamp};

use crate::failure::Failure;
use crate::store::access as store;

const TRIES_OF_A_NAME: i32 = 5;
/// Many people may sit behind one address.
const TRIES_OF_AN_ADDRESS: i32 = 30;
const LOCKED_FOR: SignedDuration = SignedDuration::from_mins(15);

/// Until when signing in is refused, if it is.
pub async fn locked_until(
    client: &impl GenericClient,
    name: &str,
    from: Option<IpAddr>,
) -> Result<Option<Timestamp>, Failure> {
    store::locked_until(client, &subjects(name, from)).await
}

/// Counts a failure; true when it locks the name or the address out.
pub async fn failed(client: &impl GenericClient, name: &str, from: Option<IpAddr>) -> Result<bool, Failure> {
    let mut locked = false;
    for subject in subjects(name, from) {
        let most = if subject.starts_with("address:") { TRIES_OF_AN_ADDRESS } else { TRIES_OF_A_NAME };
        locked |= store::count_failure(client, &subject, most, Timestamp::now() + LOCKED_FOR).await?;
    }
    Ok(locked)
}

/// Forgets the failures of a name that signed in, or that an admin unlocks.
pub async fn forget(client: &impl GenericClient, name: &str) -> Result<(), Failure> {
    store::forget_failures(client, &subject(name)).await
}

fn subjects(name: &str, from: Option<IpAddr>) -> Vec<String> {
    let address = from.map(|from| format!("address:{from}"));
    [Some(subject(name)), address].into_iter().flatten().collect()
}

fn subject(name: &str) -> String {
    let name: String = name.chars().filter(|c| *c != '\0').take(100).collect();
    format!("name:{}", name.to_lowercase())
}
