//! Keyed hashes by which staff find payments: see [`domain::search_keys`].

use deadpool_postgres::GenericClient;
use domain::search_keys;
use secrecy::SecretString;

use super::error::StoreError;

const SAVE: &str = include_str!("sql/save_search_keys.sql");

/// Saves what the bodies of events say of people and cards, as hashes under the secret; those that are there stay.
///
/// # Errors
/// [`StoreError`] from PostgreSQL.
pub async fn save_search_keys<'a>(
    client: &impl GenericClient,
    secret: &SecretString,
    bodies: impl Iterator<Item = &'a [u8]>,
) -> Result<(), StoreError> {
    let (mut hashes, mut objects, mut accounts, mut modes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for found in bodies.filter_map(search_keys::of_event) {
        for key in &found.keys {
            hashes.push(key.hash(secret).to_vec());
            objects.push(found.object_id.clone());
            accounts.push(found.account.clone());
            modes.push(found.livemode);
        }
    }
    if hashes.is_empty() {
        return Ok(());
    }
    let statement = client.prepare_cached(SAVE).await?;
    client.execute(&statement, &[&hashes, &objects, &accounts, &modes]).await?;
    Ok(())
}
