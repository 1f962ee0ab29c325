//! Whether this console can do its work.

use std::sync::Arc;
use std::time::Duration;

use amqp::broker::Broker;
use deadpool_postgres::Pool;
use service::health::Readiness;

use crate::common::error::ServiceError;

const DATABASE_ANSWER: Duration = Duration::from_secs(3);

/// Ready when the database answers and the broker is connected.
pub(crate) fn readiness(pool: Pool, broker: Broker) -> Readiness {
    Arc::new(move || {
        let (pool, broker) = (pool.clone(), broker.clone());
        Box::pin(async move {
            broker.explain()?;
            let answer = async {
                let client = pool.get().await.map_err(ServiceError::from)?;
                client.simple_query("SELECT FROM dead_letters LIMIT 0").await.map_err(ServiceError::from)
            };
            match tokio::time::timeout(DATABASE_ANSWER, answer).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(failure)) => Err(failure.to_string()),
                Err(_) => Err("the database does not answer".to_owned()),
            }
        })
    })
}
