//! Sequences that once went wrong, through the real database: in original order, reversed, doubled and in 50 random orders
//! each ends in the rows that its file names.

use domain::rules::Rules;
use serde::Deserialize;
use serde_json::Value;
use simulator::histories::{Rng, delivery};

use crate::database::{Bench, inbound};
use crate::folder;

/// Random orders of arrival of each file.
const RANDOM: u64 = 50;

#[derive(Deserialize)]
struct Sequence {
    name: String,
    #[serde(default)]
    register: Option<Vec<Registered>>,
    events: Vec<Value>,
    sql: Vec<(String, Vec<Vec<String>>)>,
}

#[derive(Deserialize)]
struct Registered {
    id: String,
    customer: Option<String>,
    amount: i64,
    currency: String,
}

#[tokio::test]
async fn every_sequence_ends_in_the_rows_that_it_names_in_every_order_of_arrival() {
    let bench = Bench::new(Rules::default()).await;
    let mut files: Vec<_> = std::fs::read_dir(folder("faults"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no sequences");
    let mut wrong = Vec::new();
    let mut run = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let length = serde_json::from_str::<Sequence>(&text).unwrap().events.len();
        for (how, order) in arrivals(length) {
            run += 1;
            let sequence: Sequence = serde_json::from_str(&with_ids_of_its_own(&text, run)).unwrap();
            wrong.extend(play(&bench, &sequence, &order).await.map(|found| format!("{how}: {found}")));
        }
    }
    assert!(wrong.is_empty(), "{} of {run} runs end wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn arrivals(length: usize) -> Vec<(String, Vec<usize>)> {
    let order: Vec<usize> = (0..length).collect();
    let reversed = order.iter().rev().copied().collect();
    let doubled = order.iter().flat_map(|at| [*at, *at]).chain(order.clone()).collect();
    let mut all = vec![
        ("original order".to_owned(), order.clone()),
        ("reversed".to_owned(), reversed),
        ("doubled".to_owned(), doubled),
    ];
    for seed in 0..RANDOM {
        let mut rng = Rng::new(seed);
        let mut shuffled = delivery::duplicate(order.clone(), 30, &mut rng);
        delivery::shuffle(&mut shuffled, &mut rng);
        all.push((format!("seed {seed} {shuffled:?}"), shuffled));
    }
    all
}

/// Stripe's ids carry the mark `Fault`, the company's order ids begin with `F<digit>-`.
fn with_ids_of_its_own(text: &str, run: u32) -> String {
    let mut text = text.replace("Fault", &format!("Fault{run}n"));
    for digit in 0..10 {
        text = text.replace(&format!("F{digit}-"), &format!("F{digit}-{run}-"));
    }
    text
}

/// Delivers the events in batches cut by their position, and says what is wrong with the end.
async fn play(bench: &Bench, sequence: &Sequence, order: &[usize]) -> Option<String> {
    for of in sequence.register.iter().flatten() {
        let register =
            "INSERT INTO orders (id, customer, amount, currency, registered) VALUES ($1, $2, $3, $4, true)";
        bench.look.execute(register, &[&of.id, &of.customer, &of.amount, &of.currency]).await.unwrap();
    }
    for batch in order.chunks(1 + order.len() % 3) {
        let batch: Vec<_> =
            batch.iter().map(|&at| inbound(sequence.events[at].to_string().as_bytes())).collect();
        bench.process(&batch).await;
    }
    for (sql, expected) in &sequence.sql {
        let found: Vec<Vec<String>> = bench
            .look
            .simple_query(sql)
            .await
            .unwrap()
            .iter()
            .filter_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => {
                    Some((0..row.len()).map(|at| row.get(at).unwrap_or_default().to_owned()).collect())
                }
                _ => None,
            })
            .collect();
        if found != *expected {
            return Some(format!("{}: {sql}: {found:?}, not {expected:?}", sequence.name));
        }
    }
    None
}
