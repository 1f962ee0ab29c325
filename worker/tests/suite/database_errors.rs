//! What is said of a database error: it goes to logs, and as a dead letter's error to everybody who may see those.

use domain::rules::Rules;
use service::error::chain;
use worker::store::StoreError;

use crate::database::Bench;

#[tokio::test]
async fn an_error_of_the_database_quotes_no_customer_data() {
    let bench = Bench::new(Rules::default()).await;
    let insert = "INSERT INTO orders (id, livemode) VALUES ('anna@example.com', false)";
    bench.look.batch_execute(insert).await.unwrap();
    let error = bench.look.batch_execute(insert).await.unwrap_err();
    let detail = error.as_db_error().unwrap().detail().unwrap().to_owned();
    assert!(detail.contains("anna@example.com"), "the server names the row: {detail}");
    let line = chain(&StoreError::from(error));
    assert!(line.contains("23505") && line.contains("orders_key") && !line.contains("anna"), "{line}");
}
